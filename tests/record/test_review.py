"""The review as a whole: what returns, in which order, and how loud."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from postmortem.record import gates
from postmortem.record.edit import changed, get
from postmortem.record.errors import PostmortemError
from postmortem.record.incident import Incident, Kept
from postmortem.record.playbook import STAGES, Playbook, default_playbook
from postmortem.record.reading import incident_from
from postmortem.record.review import Finding, review
from postmortem.record.review.finding import ordered
from tests.record.examples import WELL_MADE, well_made
from tests.strategies import incidents

LEVELS = ("error", "warning", "hint")
NOW = datetime.fromisoformat("2026-03-20T12:00Z")


def test_a_record_that_is_well_made_has_no_findings(playbook: Playbook, now: datetime):
    """Nothing is found for the sake of finding something."""
    assert () == review(well_made(), playbook, now)


def test_a_fresh_record_hears_no_error(playbook: Playbook, now: datetime):
    """Who has just begun to tell it is not shouted at."""
    assert {"hint"} == {finding.level for finding in review(Incident(title="Line was dead"), playbook, now)}


@pytest.mark.parametrize("state", ["draft", "recovering", "analysing"])
def test_what_is_only_missing_yet_is_no_error(state: str, playbook: Playbook, now: datetime):
    """While the work goes on there is time for it."""
    begun = changed(
        incident_from(
            {
                "title": "Late",
                "owner": "Desk",
                "told_at": "2026-03-02T18:00Z",
                "impact": {"harm": "none", "customer_min": 0, "customer_cost": 0},
                "recovery": {"steps": [{"id": "apologise", "status": "done", "at": "2026-03-02T18:01Z"}]},
                "whys": [{"id": "w1", "text": "Left late"}],
                "causes": [{"id": "c1", "why": "w1"}],
            }
        ),
        state=state,
    )

    assert "error" not in {finding.level for finding in review(begun, playbook, now)}


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("R21", {"whys": [], "causes": [], "actions": []}),
        ("R23", {"causes": [], "actions": []}),
        ("R28", {"causes": [{"id": "c1", "why": "w3"}, WELL_MADE["causes"][1]]}),
        ("R33", {"actions": []}),
    ],
)
def test_what_is_missing_becomes_an_error_when_acting_begins(
    rule: str, fields: dict[str, Any], playbook: Playbook, now: datetime
):
    """A hint or a warning first, then what the record can't close with (R39)."""

    def level(state: str) -> set[str]:
        return {f.level for f in review(well_made(**fields, state=state), playbook, now) if f.rule == rule}

    assert "error" not in level("analysing")
    assert "error" in level("acting")
    assert "error" in level("closed")


@pytest.mark.parametrize(
    ("place", "value"),
    [("owner", ""), ("due_on", None)],
)
def test_an_action_without_owner_or_day_can_be_begun_but_not_closed(
    place: str, value: Any, playbook: Playbook, now: datetime
):
    """A warning while acting, an error when closed (R35)."""
    action = {**WELL_MADE["actions"][0], place: value, "done_on": None}
    action = {name: given for name, given in action.items() if given is not None}

    def level(state: str) -> set[str]:
        found = review(well_made(actions=[action], state=state), playbook, now)
        return {finding.level for finding in found if finding.where == f"actions.a1.{place}"}

    assert {"warning"} == level("acting")
    assert {"error"} == level("closed")


def test_a_finding_put_away_does_not_return(playbook: Playbook, now: datetime):
    """It alone; the same rule at another place, or another rule at the same, still speaks."""
    telling = Incident(title="Late", timeline=({"id": "m1", "text": "Tom should have called"},))  # type: ignore[arg-type] # read as written
    quiet = changed(telling, kept=(Kept(rule="R27", where="timeline.m1.text"),))

    assert {"R26", "R27"} == {f.rule for f in review(telling, playbook, now) if f.where == "timeline.m1.text"}
    assert {"R26"} == {f.rule for f in review(quiet, playbook, now) if f.where == "timeline.m1.text"}
    assert {f.rule for f in review(telling, playbook, now)} - {"R27"} == {f.rule for f in review(quiet, playbook, now)}


@pytest.mark.parametrize(
    ("reason", "by", "stays"),
    [("", "", True), ("It is small", "", True), ("", "Ana", True), (" ", " ", True), ("It is small", "Ana", False)],
)
def test_an_error_is_put_away_with_a_reason_and_a_name_only(
    reason: str,
    by: str,
    stays: bool,  # noqa: FBT001 - a row of the table
    playbook: Playbook,
    now: datetime,
):
    """That all actions are weaker ones takes somebody to stand by it (R34)."""
    weak = well_made(
        impact={"happened": "A hundred lines were dead", "harm": "none", "trust": "lost"},
        actions=[{**WELL_MADE["actions"][0], "form": "remind"}],
        kept=[{"rule": "R34", "where": "actions", "reason": reason, "by": by}],
    )

    # Without a name or a reason the hint is quiet, and the record is not closed with it all the same.
    assert stays is (("R34", "error") in {(finding.rule, finding.level) for finding in review(weak, playbook, now)})


def test_a_fact_that_is_missing_is_never_put_away(playbook: Playbook, now: datetime):
    """Neither with a reason nor with a name: it is there or it isn't (R39)."""
    away = Kept(rule="R33", where="causes.c1.accepted_because", reason="It is small", by="Ana")
    unplanned = changed(well_made(actions=[]), kept=(away,))

    assert "R33" in {finding.rule for finding in review(unplanned, playbook, now)}


def test_findings_stand_by_weight_then_by_stage():
    """What is needed first, then in the order of the work; among equals as they were found."""
    given_order = [
        Finding(rule, level, "", rule, "", stage)
        for rule, level, stage in (
            ("R1", "hint", "tell"),
            ("R2", "error", "act"),
            ("R3", "warning", "why"),
            ("R4", "error", "tell"),
            ("R5", "warning", "tell"),
            ("R6", "error", "act"),
        )
    ]

    assert ["R4", "R2", "R6", "R5", "R3", "R1"] == [finding.rule for finding in ordered(given_order)]


def test_a_finding_is_printed_with_its_incident():
    """As the check command shows it."""
    finding = Finding("R26", "hint", "whys.w1.text", "O1: …", "ask why", "why")

    assert {
        "incident_id": "2026-014",
        "rule": "R26",
        "level": "hint",
        "where": "whys.w1.text",
        "message": "O1: …",
        "remedy": "ask why",
        "stage": "why",
    } == finding.as_dict("2026-014")


def test_now_needs_an_offset(playbook: Playbook):
    """Nobody can say what is overdue at an hour without a zone."""
    with pytest.raises(ValueError, match="expected an instant with an offset"):
        review(Incident(title="Late"), playbook, datetime(2026, 3, 20))  # noqa: DTZ001 - that is the fault


@settings(deadline=None, max_examples=80)
@given(incidents())
def test_any_record_can_be_reviewed(incident: Incident):
    """Whatever stands in it: a finding has a rule, a level, a stage, a text, a remedy and a place that is there."""
    playbook = default_playbook()
    found = review(incident, playbook, NOW)

    assert found == review(incident, playbook, NOW)
    assert found == ordered(found)
    for finding in found:
        assert finding.rule in playbook.rules
        assert finding.level in LEVELS
        assert finding.stage in STAGES
        assert finding.message
        assert finding.remedy
        assert _is_there(incident, finding.where)


def _is_there(incident: Incident, place: str) -> bool:
    try:
        get(incident, place)
    except PostmortemError:
        return False
    return True


@settings(deadline=None, max_examples=40)
@given(incidents())
def test_what_is_put_away_is_gone_but_for_the_facts_of_its_state(incident: Incident):
    """What is left is exactly what the gates up to the record's own state miss."""
    playbook = default_playbook()
    kept = tuple(Kept(rule=f.rule, where=f.where, reason="Seen", by="Ana") for f in review(incident, playbook, NOW))
    quiet = changed(incident, kept=kept)
    missing = gates.missing(quiet, playbook, NOW, quiet.state)

    assert {found.where for found in missing} == {found.where for found in review(quiet, playbook, NOW)}


def test_days_are_counted_where_the_incident_is(playbook: Playbook):
    """Due on the sixteenth is not late while it is still the sixteenth there (R35)."""
    action = {**WELL_MADE["actions"][0], "done_on": None}
    action.pop("done_on")
    late_evening = datetime.fromisoformat("2026-03-17T05:00Z")  # the evening of the sixteenth in New York

    def late(zone: str) -> list[str]:
        found = review(well_made(actions=[action], zone=zone, state="acting"), playbook, late_evening)
        return [finding.message for finding in found if "late" in finding.message]

    assert [] == late("America/Los_Angeles")
    assert ["a1 is 1 day late"] == late("Europe/Berlin")


def test_lateness_is_told_in_days(playbook: Playbook):
    """One day, two days."""
    action = {name: value for name, value in WELL_MADE["actions"][0].items() if name != "done_on"}
    acting = well_made(actions=[action], state="acting")

    assert "a1 is 2 days late" in [f.message for f in review(acting, playbook, NOW - timedelta(days=2))]
