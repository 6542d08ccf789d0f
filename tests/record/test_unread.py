"""What was typed and could not be read stays in the record as it was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.record import unread
from postmortem.record.incident import Extra, Incident
from postmortem.record.review import review
from tests.record.examples import well_made

if TYPE_CHECKING:
    from datetime import datetime

    from postmortem.record.playbook import Playbook

LATE = Incident(title="Late", extra=(Extra(name="lat", value="41.9"),))


def test_a_later_text_takes_the_place_of_an_earlier_one():
    """One field holds one text; what else the source said stays."""
    kept = unread.kept(unread.kept(LATE, "told_at", "soon"), "told_at", "at tea")

    assert {"told_at": "at tea"} == unread.texts(kept)
    assert LATE == unread.without(kept, "told_at")


def test_taking_out_what_is_not_there_changes_nothing():
    """The same value comes back."""
    assert LATE is unread.without(LATE, "told_at")


def test_the_review_asks_for_it_where_it_was_typed(playbook: Playbook, now: datetime):
    """So that no stage is done while a word in it waits."""
    places = {"impact.customer_min": "tell", "recovery.steps.fix.at": "recover", "fixed_at": "recover"}
    places |= {"actions.a1.due_on": "act"}
    for place, stage in places.items():
        found = [
            item for item in review(unread.kept(well_made(), place, "later"), playbook, now) if item.where == place
        ]

        assert [("warning", stage)] == [(item.level, item.stage) for item in found]


def test_a_moment_before_the_one_above_it_is_asked_about(playbook: Playbook, now: datetime):
    """A time told without a day may have been the next morning's."""
    evening = {"id": "m1", "text": "Sent", "at": "2026-03-02T18:05:00Z"}
    morning = {"id": "m2", "text": "Rang", "at": "2026-03-02T07:10:00Z"}
    told = Incident.model_validate({"title": "Late", "timeline": [evening, morning]})

    assert ["timeline.m2.at"] == [item.where for item in review(told, playbook, now) if item.where.endswith(".at")]
