"""What keeps a record from a state that it lacks facts for, on every way that is no button (R2, R39)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortem.record import gates, recovery, states
from postmortem.record.edit import changed, put
from postmortem.record.errors import PostmortemError
from postmortem.record.incident import Incident
from postmortem.record.merging import merge
from postmortem.record.playbook import default_playbook, playbook_from
from postmortem.record.reading import incident_from
from postmortem.record.states import GateError
from tests.edits import edited
from tests.record.examples import well_made

RULES = default_playbook()
NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)
CLOSED = well_made()
OPEN = changed(CLOSED, state="acting", closed_at=None)
SPARSE = incident_from({"title": "Late", "state": "closed", "source": {"system": "desk", "key": "7"}})


def lacking(incident: Incident, to: Any = "closed") -> set[str]:
    """The gates at which something is missing."""
    return {gap.gate for gap in gates.missing(incident, RULES, NOON, to)}


def together(base: Incident, mine: Incident, theirs: Incident) -> Incident:
    """Two changes of one record, as they are kept."""
    return states.met(merge(base, mine, theirs).incident, (mine, theirs), RULES, NOON)


# -- by hand -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["recovering", "analysing", "acting", "reopened", "closed"])
@pytest.mark.parametrize("words", ["", "  "])
def test_the_owner_of_a_recovery_is_not_taken_out_without_another(state: Any, words: str):
    """R2: never empty once recovery starts, and whoever tries is told what to do."""
    begun = changed(OPEN, state=state)
    with pytest.raises(PostmortemError, match="name who owns it now"):
        states.held(begun, changed(begun, owner=words), RULES, NOON)

    assert "Van lead" == states.held(begun, changed(begun, owner="Van lead"), RULES, NOON).owner


@pytest.mark.parametrize(
    ("before", "own"),
    [
        (changed(OPEN, state="draft"), {}),
        (changed(OPEN, owner=""), {}),
        (changed(OPEN, state="recovering"), {"owner": {"off": True}}),
        (changed(OPEN, state="recovering"), {"owner": {"to": "closed"}}),
    ],
)
def test_where_no_gate_asks_for_an_owner_yet_there_may_be_none(before: Incident, own: dict[str, Any]):
    """In a draft, where nobody ever was, and where the team asks for it later or not at all."""
    after = changed(before, owner="", summary="In other words")

    assert after == states.held(before, after, playbook_from({"gates": own}), NOON)


@pytest.mark.parametrize("to", ["draft", "acting", "reopened"])
def test_a_closed_record_goes_back_for_a_reason_whichever_way(to: Any):
    """One that was given when it was opened before is none."""
    before = changed(CLOSED, reopened_because="They rang")
    for after in (changed(before, state=to), changed(before, state=to, reopened_because=" ")):
        with pytest.raises(PostmortemError, match="for a reason: say why"):
            states.held(before, after, RULES, NOON)
    with pytest.raises(PostmortemError, match="for a reason: say why"):
        states.advance(before, RULES, NOON, to)

    told = changed(before, state=to, reopened_because="The belt broke")
    assert told == states.held(before, told, RULES, NOON)
    assert told == states.advance(before, RULES, NOON, to, because="The belt broke")


def test_the_same_reason_as_the_last_time_is_given_once_more():
    """And passes: it is nobody's fault that they rang twice."""
    again = states.reopen(changed(CLOSED, reopened_because="They rang"), "They rang ")

    assert "They rang (once more)" == again.reopened_because
    assert again == states.held(changed(CLOSED, reopened_because="They rang"), again, RULES, NOON)


def test_a_new_record_by_hand_comes_from_a_draft():
    """Whatever it says of itself."""
    grave = incident_from({"title": "Gas", "state": "closed", "impact": {"harm": "life-threatening"}})
    with pytest.raises(GateError) as caught:
        states.begun(grave, RULES, NOON)

    assert lacking(grave) >= {gap.gate for gap in caught.value.missing} >= {"owner", "customer-told", "fixed"}
    assert CLOSED == states.begun(CLOSED, RULES, NOON)
    assert NOON == states.begun(changed(CLOSED, closed_at=None), RULES, NOON).closed_at
    assert Incident(title="Gas") == states.begun(Incident(title="Gas"), RULES, NOON)


# -- taken back, brought back, from a file -----------------------------------------------------------------------------


def test_what_is_not_refused_passes_no_gate_all_the_same():
    """What it says of the mistake stands; its state, its owner who was taken out, and an old reason do not."""
    now = changed(OPEN, state="reopened", closed_at=NOON, reopened_because="They rang")
    wanted = changed(CLOSED, title="In other words", owner="", actions=())
    found = states.allowed(now, wanted, RULES, NOON, because="-")

    assert ("In other words", ()) == (found.title, found.actions)
    assert ("reopened", NOON, "They rang", OPEN.owner) == (
        found.state,
        found.closed_at,
        found.reopened_because,
        found.owner,
    )
    assert "it was “closed”, and stays “reopened”" in states.stays(found, wanted.state)


def test_with_every_fact_it_may_go_on_unless_nothing_may():
    """An undo may, a revision brought back may not: nobody has asked what became of it since."""
    assert "closed" == states.allowed(OPEN, CLOSED, RULES, NOON, because="-").state
    assert "acting" == states.allowed(OPEN, CLOSED, RULES, NOON, because="-", on=False).state
    assert "" == states.stays(CLOSED, "closed")


def test_a_closed_record_that_is_brought_back_to_an_earlier_state_says_why():
    """And keeps when it was closed."""
    found = states.allowed(CLOSED, OPEN, RULES, NOON, because="revision 2 brought back")

    assert ("acting", CLOSED.closed_at, "revision 2 brought back") == (
        found.state,
        found.closed_at,
        found.reopened_because,
    )


# -- two changes that met ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["Ana", "Ben"])
def test_closed_by_one_while_another_takes_out_what_closing_asks_for_it_is_open_again(first: str):
    """Both keep their words, and it says why."""
    ana = changed(CLOSED, summary="Closed by Ana")
    ben = put(recovery.undo(OPEN, "follow-up", RULES), "team", "Field")
    both = together(OPEN, *((ana, ben) if first == "Ana" else (ben, ana)))

    assert ("reopened", "Closed by Ana", "Field") == (both.state, both.summary, both.team)
    assert CLOSED.closed_at == both.closed_at
    assert both.reopened_because.startswith("two changes met: ")
    assert "steps" in lacking(both)
    assert gates.missing(both, RULES, NOON)[0].message in both.reopened_because


def test_of_many_missing_facts_the_first_is_named_and_the_others_counted():
    """The list of them stands where the record stands."""
    both = together(OPEN, CLOSED, changed(OPEN, owner="", actions=(), causes=(), whys=()))

    assert "more facts are missing" in both.reopened_because


def test_two_changes_that_lack_nothing_together_stay_closed():
    """Whoever closed it did so on good grounds."""
    assert "closed" == together(OPEN, CLOSED, changed(OPEN, team="Field")).state


@pytest.mark.parametrize("closer", ["mine", "theirs"])
def test_what_came_closed_from_elsewhere_is_not_opened_by_a_word_that_is_added(closer: str):
    """It is taken as it is: what it lacked then is nothing new."""
    base = changed(SPARSE, state="acting") if closer == "theirs" else SPARSE

    assert "closed" == together(base, changed(base, team="Field"), changed(SPARSE, service="Phone")).state


def test_where_one_began_the_recovery_and_another_took_the_owner_out_the_owner_stands():
    """R2, for two changes that are each allowed."""
    base = Incident(title="Late", owner="Desk lead")
    both = together(base, changed(base, owner="", team="Field"), changed(base, state="recovering"))

    assert ("recovering", "Desk lead", "Field") == (both.state, both.owner, both.team)


@given(st.data())
def test_no_two_changes_leave_a_record_closed_without_its_facts(data: Any):
    """Whatever anybody typed while another closed it, or after (R39)."""
    mine = states.close(OPEN, RULES, NOON + timedelta(minutes=1))
    both = together(OPEN, mine, data.draw(edited(OPEN, "Ben", most=4)))

    assert "closed" != both.state or set() == lacking(both)
