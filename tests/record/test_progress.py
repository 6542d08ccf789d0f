"""How far a record has come through the seven stages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from postmortem.record import states
from postmortem.record.edit import changed, put
from postmortem.record.incident import Incident, Moment
from postmortem.record.progress import progress
from postmortem.record.review import review
from tests.record.examples import well_made

if TYPE_CHECKING:
    from postmortem.record.playbook import Playbook

NINE = datetime(2026, 3, 20, 9, tzinfo=UTC)


def words(incident: Incident, playbook: Playbook, now: datetime = NINE) -> dict[str, str]:
    """The word of each stage."""
    found = review(incident, playbook, now)
    return {item.stage: item.word for item in progress(incident, found, playbook, now)}


def test_an_empty_record_has_started_nowhere(playbook: Playbook):
    """Nobody is told that something is done, or missing, before they began."""
    assert {"not started"} == set(words(Incident(title="Late"), playbook).values())


def test_a_stage_without_a_question_is_done(playbook: Playbook):
    """What the review has nothing to ask about."""
    assert "done" == words(well_made(), playbook)["classify"]


def test_the_review_is_done_when_the_record_is_closed(playbook: Playbook):
    """Before that it says how many gates closing waits at, also after it was opened again (R39)."""
    again = states.reopen(well_made(), "They rang again")

    assert "done" == words(well_made(), playbook)["review"]
    assert "1 to do" == words(again, playbook)["review"]
    assert "can close" == words(put(again, "timeline", (Moment(id="m1", text="We rang", at=NINE),)), playbook)["review"]
    assert "3 to do" == words(changed(again, actions=()), playbook)["review"]


def test_a_step_past_its_time_is_told_in_the_stage(playbook: Playbook):
    """Late is said before all else: the customer waits (R19)."""
    waiting = Incident.model_validate(
        {"title": "Late", "known_at": NINE, "recovery": {"channel": "phone"}, "fault": "ours", "owner": "Desk lead"}
    )

    assert "13 to do" == words(waiting, playbook)["recover"]
    assert "2 late" == words(waiting, playbook, NINE + timedelta(minutes=90))["recover"]
