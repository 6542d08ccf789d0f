"""What changed between two states of a record, told so that nothing is lost in the telling."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postmortem.record import actions, causes, unread, whys
from postmortem.record import incident as incident_module
from postmortem.record.difference import Change, Piece, changes, pieces
from postmortem.record.edit import add, changed, drop, put
from postmortem.record.incident import Incident, Moment
from postmortem.record.labels import names_told
from tests.edits import edited, leaves
from tests.strategies import incidents, texts

BASE = whys.answer(whys.answer(Incident(title="Late", zone="Europe/London"), None, "Left late"), "w1", "No alarm")
BASE = add(causes.mark_root(BASE, "w2"), "timeline", Moment(id="m1", text="Seen"))
MANY = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def pairs(draw):
    """Two states of one record, or two records that have nothing to do with each other."""
    before = draw(incidents() | edited(BASE, "base"))
    return before, draw(edited(before, "new") | incidents())


def told(edit, start=BASE):
    """What is told of one edit, as label, kind, before and after."""
    return [(it.label, it.kind, it.before, it.after) for it in changes(start, edit(start))]


def test_a_field_is_told_by_its_name_on_screen():
    """With what stood there, and what stands there now."""
    place = "impact.happened"

    assert [("What happened instead", "added", "", "Off for a day")] == told(lambda it: put(it, place, "Off for a day"))
    assert [("What went wrong, in one line", "changed", "Late", "Too late")] == told(
        lambda it: put(it, "title", "Too late")
    )


def test_times_are_told_in_the_zone_of_the_record():
    """Also the hour that stands twice."""
    edit = lambda it: put(it, "occurred_at", datetime.fromisoformat("2026-07-02T08:30:00Z"))  # noqa: E731
    twice = lambda it: put(it, "occurred_at", datetime.fromisoformat("2026-10-25T00:30:00Z"))  # noqa: E731

    assert [("It happened", "added", "", "2 Jul 2026, 09:30")] == told(edit)
    assert [("It happened", "added", "", "25 Oct 2026, 01:30 +01:00")] == told(twice)


@pytest.mark.parametrize(
    ("place", "value", "shown"),
    [
        ("impact.customer_min", 265, "4 h 25 min"),
        ("impact.customer_cost", Decimal("64.50"), "64.50"),
        ("customer.vip", True, "yes"),
        ("recovery.escalation.call_back_on", date(2026, 3, 7), "7 Mar 2026"),
    ],
)
def test_values_are_told_as_they_are_read(place, value, shown):
    """Durations, money, answers and days."""
    assert [shown] == [after for _, _, _, after in told(lambda it: put(it, place, value))]


def test_a_why_is_told_by_its_place_and_its_text():
    """Never by its id."""
    assert [("Why O1.1 “No alarm clock”: Answer", "changed", "No alarm", "No alarm clock")] == told(
        lambda it: whys.reword(it, "w2", "No alarm clock")
    )
    assert [("Why O2 “No alarm”: Where it stands", "moved", "under O1 “Left late”", "at the top")] == told(
        lambda it: whys.move(it, "w2", None)
    )[:1]


def test_a_part_is_told_whole_in_one_change():
    """With a line for each thing that is said of it."""
    edit = lambda it: actions.plan(it, "Set two alarms", causes=("c1",), owner="Field lead")  # noqa: E731

    assert [("Action", "added", "", "Set two alarms\nAnswers the root: O1.1 “No alarm”\nOwner: Field lead")] == told(
        edit
    )
    assert [("Moment", "removed", "Seen", "")] == told(lambda it: drop(it, "timeline", "m1"))


def test_another_order_is_told_as_one_move():
    """With the order before and after."""
    base = put(BASE, "learned", ("Ask", "Tell"))

    assert [("What we take with us: order", "moved", "1. Ask\n2. Tell", "1. Tell\n2. Ask")] == told(
        lambda it: put(it, "learned", ("Tell", "Ask")), base
    )


def test_a_text_that_could_not_be_read_is_told_with_its_place():
    """It waits to be written another way."""
    assert [("Value of the source", "added", "", "not read yet, typed at told_at\nValue: after lunch")] == told(
        lambda it: unread.kept(it, "told_at", "after lunch")
    )


def test_changed_words_are_shown_among_those_that_stayed():
    """A long text need not be read twice."""
    change = Change("summary", "Summary", "changed", "The line was off all day.", "The line was off for half a day.")

    assert (
        Piece("same", "The line was off"),
        Piece("removed", " all"),
        Piece("added", " for half a"),
        Piece("same", " day."),
    ) == change.pieces


def test_texts_with_little_in_common_are_told_one_after_the_other():
    """A puzzle of single words helps nobody."""
    assert (Piece("removed", "a b c d e"), Piece("added", "v w x y e")) == pieces("a b c d e", "v w x y e")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("word " * 50_000, "other " * 50_000),
        (" ".join("ab"[at % 2] for at in range(1_500)), " ".join("ab"[at // 2 % 2] for at in range(1_500))),
    ],
)
def test_texts_that_would_take_minutes_are_told_whole(one, other):
    """Very long ones, and two words over and over."""
    assert [("removed", one), ("added", other)] == [(it.kind, it.text) for it in pieces(one, other)]


@MANY
@given(texts(200), texts(200))
def test_pieces_give_back_both_texts(before, after):
    """To the last sign."""
    found = pieces(before, after)

    assert before == "".join(piece.text for piece in found if piece.kind != "added")
    assert after == "".join(piece.text for piece in found if piece.kind != "removed")


@MANY
@given(pairs())
def test_there_are_changes_exactly_where_something_changed(pair):
    """Ids and revisions aside; and each change says two different things."""
    before, after = pair
    aside = {"id": "", "revision": 0, "gone": ()}
    found = changes(before, after)

    assert () == changes(after, after)
    assert (before.model_copy(update=aside) != after.model_copy(update=aside)) == bool(found)
    assert all(change.before != change.after for change in found)


@MANY
@given(pairs())
def test_every_word_that_changed_is_told(pair):
    """What is new stands in an after, what is gone in a before."""
    before, after = pair
    found = changes(before, after)
    new, old = "\n".join(it.after for it in found), "\n".join(it.before for it in found)
    has = lambda it: {value for name, value in leaves(it) if isinstance(value, str) and name not in ASIDE}  # noqa: E731

    assert [] == [text for text in has(after) - has(before) if text not in new]
    assert [] == [text for text in has(before) - has(after) if text not in old]


ASIDE = {"checklist", "name", "incident_id", "rule", "id"}
"""Told by what they point at, or in the label."""


@MANY
@given(incidents())
def test_a_whole_record_can_be_told(incident):
    """As it stood in one revision."""
    found = changes(None, incident)
    told_words = "\n".join(it.after for it in found)

    assert {"added"} == {it.kind for it in found}
    assert all(why.text in told_words for why in incident.whys)
    assert incident.title in told_words


def test_every_label_names_a_field_that_there_is():
    """A renamed field is noticed here."""
    models = {name: getattr(incident_module, name) for name in incident_module.__all__}

    assert [] == [(model, field) for model, field in names_told() if field not in models[model].model_fields]


def test_nothing_is_told_of_a_new_id_or_revision():
    """They are the store's, not the team's."""
    assert () == changes(BASE, changed(BASE, id="2026-001", revision=7))
