"""Whatever two people do to one record, a merge drops nothing that they wrote, and invents nothing."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postmortem.record.edit import ids_of, next_id
from postmortem.record.incident import Incident
from postmortem.record.merging import merge
from tests.edits import edited, said, told
from tests.strategies import incidents

MANY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def meetings(draw, start=None):
    """What both started from, and what each made of it, in words that stand once."""
    base = draw(edited(Incident(title="Late", revision=1), "base", most=16) if start is None else start)
    return base, draw(edited(base, "mine")), draw(edited(base, "theirs"))


anything = meetings() | meetings(incidents()) | st.tuples(incidents(), incidents(), incidents())
"""The same of any record; and three records that have nothing to do with each other."""


def but_for_the_state(found, leaves):
    """Without what a merge itself says: that a record closed by one is open again, for the other saw an effect fail."""
    return {leaf for leaf in leaves if found.state != "reopened" or leaf[0] not in {"state", "reopened_because"}}


@MANY
@given(anything, st.sampled_from(["mine", "theirs"]))
def test_nothing_is_invented(three, prefer):
    """All that the result says, one side says."""
    base, mine, theirs = three

    found = merge(base, mine, theirs, prefer=prefer).incident

    assert but_for_the_state(found, said(found)) <= said(mine, theirs)


@MANY
@given(anything, st.sampled_from(["mine", "theirs"]))
def test_nothing_that_either_wrote_is_dropped(three, prefer):
    """It stands in the result, or in a clash that a person decides."""
    base, mine, theirs = three
    found = merge(base, mine, theirs, prefer=prefer)

    assert but_for_the_state(found.incident, said(mine, theirs) - said(base)) <= said(found.incident) | told(
        found.clashes
    )
    if found.incident.state == "reopened":
        reasons = {side.reopened_because for side in (mine, theirs)} - {base.reopened_because}
        kept = {
            found.incident.reopened_because,
            *(clash.mine for clash in found.clashes),
            *(c.theirs for c in found.clashes),
        }
        assert all(any(reason in str(text) for text in kept) for reason in reasons)


@MANY
@given(meetings())
def test_what_neither_touched_stands(three):
    """Words that stand in all three stand in the result."""
    base, mine, theirs = three
    found = merge(base, mine, theirs)

    assert said(base) & said(mine) & said(theirs) <= said(found.incident) | told(found.clashes)


@MANY
@given(meetings())
def test_what_one_took_out_and_the_other_left_alone_is_gone(three):
    """A part that the other did not write in does not come back, unless a why hangs below it."""
    base, mine, theirs = three
    found = merge(base, mine, theirs).incident
    for name in ("timeline", "commitments", "actions"):
        standing = {part.id for part in getattr(found, name)}
        for one, other in ((mine, theirs), (theirs, mine)):
            left = {part.id for part in getattr(one, name)}
            gone = [part for part in getattr(base, name) if part.id not in left and part in getattr(other, name)]

            assert not standing & {part.id for part in gone}


@MANY
@given(anything)
def test_the_result_is_always_sound(three):
    """It can be written and read, with the id and the revision of theirs."""
    found = merge(*three).incident

    assert found == Incident.model_validate(found.model_dump())
    assert (three[2].id, three[2].revision) == (found.id, found.revision)


@MANY
@given(meetings())
def test_without_a_clash_it_is_the_same_whoever_comes_first(three):
    """Both ways round, the result says the same."""
    base, mine, theirs = three
    one, other = merge(base, mine, theirs), merge(base, theirs, mine)

    assert bool(one.clashes) == bool(other.clashes)
    assert one.clashes or said(one.incident) == said(other.incident)


@MANY
@given(anything)
def test_a_side_that_did_nothing_leaves_the_other_as_it_is(three):
    """Nothing is tidied up on the way."""
    base, mine, _ = three
    same = {"id": base.id, "revision": base.revision}

    assert mine.model_copy(update=same) == merge(base, mine, base).incident
    assert mine == merge(base, base, mine).incident
    assert () == merge(base, mine, mine).clashes
    assert said(mine) == said(merge(base, mine, mine).incident)


@MANY
@given(meetings())
def test_an_id_is_never_given_again(three):
    """Whatever stood in any of the three, a new part gets an id that none of them has."""
    base, mine, theirs = three
    found = merge(base, mine, theirs).incident
    if found in (base, mine, theirs):
        return
    known = ids_of(base) | ids_of(mine) | ids_of(theirs)

    assert next_id("w", found.whys, found.gone) not in known
    assert next_id("m", found.timeline, found.gone) not in known
