"""The ladder of strength (R34): what would be one rung stronger, and why not now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from postmortem.record import actions, causes, ladder, whys
from postmortem.record.errors import UnknownNodeError
from postmortem.record.incident import Incident
from postmortem.record.playbook import playbook_from
from postmortem.record.vocabulary import STRENGTHS

if TYPE_CHECKING:
    from postmortem.record.playbook import Playbook


@pytest.fixture
def reminded() -> Incident:
    """A weaker action against a root about promised times."""
    rooted = causes.mark_root(whys.answer(Incident(title="Late"), None, "The address was written down wrongly"), "w1")
    return actions.plan(rooted, "Remind the desk", causes=("c1",), form="remind")


def test_every_form_that_mends_stands_on_one_rung(playbook: Playbook):
    """Finding out more mends nothing."""
    named = [name for rung in STRENGTHS for name in ladder.forms_of(playbook, rung)]

    assert sorted(name for name, form in playbook.forms.items() if not form.investigation) == sorted(named)


@pytest.mark.parametrize(
    ("form", "rung"),
    [
        ("remind", "intermediate"),
        ("checklist", "stronger"),
        ("automate", None),
        ("", "intermediate"),
        ("x", "intermediate"),
    ],
)
def test_the_rung_above_follows_the_form(playbook: Playbook, form: str, rung: str | None):
    """Without a form it counts as a weaker one; above the highest there is none."""
    assert rung == ladder.above(playbook, form)


def test_a_rung_for_which_a_team_has_no_form_is_passed(playbook: Playbook):
    """The next one above it is offered."""
    forms = {name: {"strength": "stronger"} for name in ladder.forms_of(playbook, "intermediate")}

    assert "stronger" == ladder.above(playbook_from({"forms": forms}), "remind")


def test_the_form_nearest_in_words_comes_first(reminded: Incident, playbook: Playbook):
    """The root speaks of an address: so does the example of a read-back."""
    assert "read-back" == ladder.stronger(reminded, reminded.actions[0], playbook)[0]
    assert set(ladder.forms_of(playbook, "intermediate")) == set(
        ladder.stronger(reminded, reminded.actions[0], playbook)
    )


def test_without_words_in_common_the_playbook_s_order_stands(reminded: Incident, playbook: Playbook):
    """Always the same for the same words."""
    told = actions.amend(reminded, "a1", text="", causes=())

    assert ladder.forms_of(playbook, "intermediate") == ladder.stronger(told, told.actions[0], playbook)


def test_why_nothing_stronger_is_done_now_is_kept_with_the_name(reminded: Incident):
    """An empty reason takes it back; another one takes its place."""
    first = ladder.not_now(reminded, "actions.a1", "The app comes in May", by="Ana")
    second = ladder.not_now(first, "actions.a1", "The app comes in June", by="Ben")

    assert [("R34", "actions.a1", "The app comes in June", "Ben")] == [
        (kept.rule, kept.where, kept.reason, kept.by) for kept in second.kept
    ]
    assert first is ladder.not_now(first, "actions.a1", "The app comes in May", by="Ben")
    assert reminded == ladder.not_now(second, "actions.a1", "", by="Ben")


def test_of_an_action_that_is_not_there_nothing_can_be_said(reminded: Incident):
    """It is refused with those that are."""
    with pytest.raises(UnknownNodeError, match="no action 'a9'"):
        ladder.not_now(reminded, "actions.a9", "x", by="Ana")


def test_a_stronger_form_takes_the_reason_back(reminded: Incident):
    """It was said of the weaker one. The words stay, unless others are given."""
    told = ladder.not_now(reminded, "actions.a1", "The app comes in May", by="Ana")
    used = ladder.use(told, "a1", "read-back")

    assert ("read-back", "Remind the desk", ()) == (used.actions[0].form, used.actions[0].text, used.kept)
    assert "Repeat it" == ladder.use(told, "a1", "read-back", text="Repeat it").actions[0].text


def test_investigations_and_actions_without_a_form_are_counted_apart(reminded: Incident, playbook: Playbook):
    """They are on no rung."""
    more = actions.plan(actions.plan(reminded, "Look at twenty jobs", form="investigate"), "Something")

    assert {"stronger": 0, "intermediate": 0, "weaker": 1, "investigation": 1, "open": 1} == ladder.tally(
        more, playbook
    )
