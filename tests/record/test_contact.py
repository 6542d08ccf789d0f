"""The way to reach us, as the words and the letter have it (R20, R41)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from postmortem.record import contact, saying
from postmortem.record.blanks import blanks
from postmortem.record.edit import changed
from postmortem.record.incident import Customer, Incident, Recovery, RecoveryStep
from postmortem.report.letter import letter

if TYPE_CHECKING:
    from postmortem.record.playbook import Playbook

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)


def noted(note: str, step: str = "contact", **facts: object) -> Incident:
    """A record with a note beside the step in which the contact was given."""
    told = RecoveryStep(id=step, status="done", at=NOON, note=note)
    customer = Customer(name="Harbour House", contact="Wilma Brackett, 01632 960200")
    off = Incident(title="Off", id="2026-014", fault="ours", known_at=NOON, customer=customer)
    return changed(off, recovery=Recovery(steps=(told,)), **facts)


@pytest.mark.parametrize(
    "note",
    [
        "done on 2026-03-02",
        "told 02.03.2026, at 15:20",
        "between 15.20 - 16.30",
        "told them 12 34",
        "see ticket INC-20260302 or 2026-014",
        "their number is 01632 960200",
        "their number is +44 1632 960 200",
        "write to wilma@harbour.example",
        "ask ferdinand.moss@line.example",
        "",
    ],
)
def test_what_is_no_way_to_us_is_given_as_none(note: str, playbook: Playbook):
    """Days, hours, ids, the customer's own number and a colleague's address: neither in the words nor in the letter."""
    incident = noted(note, owner="Ferdinand Moss")

    assert "" == contact.given(incident, playbook)
    assert "contact" not in blanks(incident, playbook).filled
    assert "" == letter(incident, playbook, NOON).contact
    assert "reach me" not in saying.proposal(incident, playbook, steps=["contact"]).text


@pytest.mark.parametrize(
    ("note", "given"),
    [
        ("on 2026-03-02: 020 7946 0018", "020 7946 0018"),
        ("2026-014, call (0228) 555-0199, ask for Ferdinand", "(0228) 555-0199"),
        ("01.23.45.67.89", "01.23.45.67.89"),
        ("service@line.example, not ferdinand@line.example", "service@line.example"),
        ("01632 960200 is theirs, ours 0228 555 0199", "0228 555 0199"),
    ],
)
def test_the_words_and_the_letter_give_the_same_way_to_reach_us(note: str, given: str, playbook: Playbook):
    """The first number or address in the note that is ours."""
    incident = noted(note, owner="Ferdinand Moss")

    assert given == contact.given(incident, playbook)
    assert given == blanks(incident, playbook).filled["contact"] == letter(incident, playbook, NOON).contact


def test_any_step_that_says_how_to_reach_us_may_hold_it(playbook: Playbook):
    """What a step says decides, not what it is called in a team's procedure."""
    name, rules = playbook.procedures.default, playbook.procedures
    steps = [changed(it, id="reach-us") if it.id == "contact" else it for it in rules.presets[name].steps]
    presets = {**rules.presets, name: changed(rules.presets[name], steps=tuple(steps))}
    team = changed(playbook, procedures=changed(rules, presets=presets))

    assert "0228 555 0199" == contact.given(noted("0228 555 0199", "reach-us"), team)


def test_a_team_that_is_called_like_a_colleague_keeps_its_address(playbook: Playbook):
    """The team's own name is no secret."""
    incident = noted("moss@line.example", owner="Ferdinand Moss", team="Team Moss")

    assert "moss@line.example" == contact.given(incident, playbook)
