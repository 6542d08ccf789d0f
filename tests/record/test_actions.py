"""What will be different (R33 to R36)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from postmortem.record import actions, causes, whys
from postmortem.record.edit import changed
from postmortem.record.errors import DataError, UnknownNodeError
from postmortem.record.incident import Action, Incident, Kept

if TYPE_CHECKING:
    from postmortem.record.playbook import Playbook


@pytest.fixture
def planned() -> Incident:
    """One root and one action that answers it."""
    rooted = causes.mark_root(whys.answer(Incident(title="Late"), None, "No reminder"), "w1")
    return actions.plan(rooted, "Add a closing list", causes=("c1",), form="checklist", owner="Field lead")


def test_an_action_is_planned_with_any_of_its_fields(planned: Incident):
    """It gets the next free id."""
    action = actions.plan(planned, "Tell the desk", kind="immediate", due_on="2026-03-16").actions[1]

    assert ("a2", "immediate", date(2026, 3, 16)) == (action.id, action.kind, action.due_on)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"causes": ("c9",)}, "actions.a2.causes: there is no cause 'c9'"),
        ({"due_on": "soon"}, "due_on: expected a day such as 2026-03-07, found 'soon'"),
        ({"ownr": "x"}, "ownr: unknown field; did you mean 'owner'?"),
        ({"kind": "corective"}, "did you mean 'corrective'?"),
    ],
)
def test_what_does_not_fit_is_refused_in_plain_words(planned: Incident, fields: dict[str, object], said: str):
    """A root that is not there, no day, no field, no kind."""
    with pytest.raises(DataError) as refused:
        actions.plan(planned, "x", **fields)

    assert said in str(refused.value)


def test_an_action_is_amended_and_completed(planned: Incident):
    """Each fact by itself (R35)."""
    done = actions.complete(actions.amend(planned, "a1", owner="Desk"), "a1", date(2026, 3, 16))

    assert ("Desk", date(2026, 3, 16)) == (done.actions[0].owner, done.actions[0].done_on)
    assert "Field lead" == planned.actions[0].owner


def test_an_action_is_open_until_it_is_done(planned: Incident):
    """Whatever its effect."""
    assert actions.is_open(planned.actions[0])
    assert not actions.is_open(actions.complete(planned, "a1", date(2026, 3, 16)).actions[0])


def test_removing_an_action_leaves_its_root(planned: Incident):
    """And takes the findings put away about it along."""
    kept = (Kept(rule="R35", where="actions.a1.text"), Kept(rule="R33", where="causes.c1.accepted_because"))
    left = actions.remove(changed(planned, kept=kept), "a1")

    assert ((), 1, 1) == (left.actions, len(left.causes), len(left.kept))


def test_strength_follows_the_form_and_never_the_wording(playbook: Playbook):
    """However strong the words (R34)."""
    strong = Action(id="a1", text="Remind everybody, by a forcing function", form="remind")

    assert "weaker" == actions.strength(strong, playbook)
    assert "stronger" == actions.strength(changed(strong, form="forcing-function", text="Remind"), playbook)
    assert None is actions.strength(changed(strong, form=""), playbook)
    assert None is actions.strength(changed(strong, form="unknown"), playbook)


def test_an_unknown_action_is_refused(planned: Incident):
    """With those that are there."""
    for ask in (
        lambda: actions.find(planned, "a9"),
        lambda: actions.amend(planned, "a9", owner="x"),
        lambda: actions.complete(planned, "a9", date(2026, 3, 16)),
        lambda: actions.remove(planned, "a9"),
    ):
        with pytest.raises(UnknownNodeError, match="no action 'a9'"):
            ask()


def test_an_action_answers_the_roots_it_is_tied_to(planned: Incident):
    """Each once; untied from all it stays."""
    two = causes.mark_root(whys.answer(planned, None, "No light"), "w2")
    tied = actions.tie(actions.tie(two, "a1", "c2"), "a1", "c2")
    assert ("c1", "c2") == tied.actions[0].causes

    assert ("c2",) == actions.untie(tied, "a1", "c1").actions[0].causes
    assert () == actions.untie(actions.untie(tied, "a1", "c1"), "a1", "c2").actions[0].causes
    with pytest.raises(DataError, match="there is no cause 'c9'"):
        actions.tie(two, "a1", "c9")


@pytest.mark.parametrize(
    ("fields", "day"),
    [
        ({"due_on": "2026-03-27"}, date(2026, 5, 29)),
        ({"due_on": "2026-03-28"}, date(2026, 6, 1)),
        ({"due_on": "2026-03-29"}, date(2026, 6, 1)),
        ({"due_on": "2026-03-27", "done_on": "2026-04-01"}, date(2026, 6, 3)),
        ({}, date(2026, 5, 22)),
    ],
)
def test_the_effect_is_proposed_to_be_looked_at_nine_weeks_after_it_is_done(
    planned: Incident, playbook: Playbook, fields: dict[str, str], day: date
):
    """Or due, or from today; on the Monday after a weekend (R36)."""
    action = actions.amend(planned, "a1", **fields).actions[0]

    assert day == actions.proposed_check(action, playbook, date(2026, 3, 20))


def test_a_serious_mistake_takes_more_than_weaker_actions(planned: Incident, playbook: Playbook):
    """What only puts this one right does not count; nothing planned is not weak (R34)."""
    weak = actions.amend(planned, "a1", form="remind")
    immediate = actions.plan(weak, "Plug it in", kind="immediate", form="automate")

    assert actions.only_weaker(immediate, playbook)
    assert not actions.only_weaker(planned, playbook)
    assert not actions.only_weaker(actions.remove(planned, "a1"), playbook)
    assert actions.is_grave(changed(planned, impact={"trust": "lost"}), playbook)
    assert not actions.is_grave(planned, playbook)
