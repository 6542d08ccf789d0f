"""What can't be right in a recovery is refused, or found, with its place and what would do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from postmortem.record import recovery
from postmortem.record.due import promises
from postmortem.record.edit import put
from postmortem.record.errors import DataError
from postmortem.record.playbook import playbook_from
from postmortem.record.reading import incident_from
from postmortem.record.review import review
from postmortem.record.review.linked import circles
from postmortem.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook
    from postmortem.record.review.finding import Finding

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFF = {
    "title": "Line dead after a repair",
    "owner": "Desk",
    "fault": "ours",
    "state": "recovering",
    "zone": "Europe/Berlin",
    "occurred_at": "2026-03-10T09:00+01:00",
    "known_at": "2026-03-10T10:00+01:00",
    "fixed_at": "2026-03-10T15:00+01:00",
}


def off(**fields: Any) -> Incident:
    """A line that was dead for six hours."""
    return incident_from({**OFF, **fields})


def done(incident: Incident, step: str, at: str) -> Incident:
    """The incident with a step said to be done at a time."""
    return recovery.set_step(incident, step, status="done", at=at)


def about(incident: Incident, place: str, playbook: Playbook, now: datetime = NOW) -> list[Finding]:
    """What is found at a place of the record."""
    return [finding for finding in review(incident, playbook, now) if finding.where.startswith(place)]


def refusal(**fields: Any) -> list[tuple[str, str]]:
    """The places and words with which a record is refused."""
    with pytest.raises(DataError) as caught:
        off(**fields)
    return [(problem.where, f"{problem.finding} {problem.remedy}") for problem in caught.value.problems]


# -- times --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "at", "word"),
    [
        ("apologise", "2026-03-20T13:01+01:00", "ahead of now"),
        ("fix", "2126-03-10T15:00+01:00", "ahead of now"),
        ("explain-mistake", "2026-03-10T08:59+01:00", "before"),
        ("fix", "2025-03-10T15:00+01:00", "before"),
        ("follow-up", "2026-03-10T14:59+01:00", "before"),
    ],
)
def test_a_step_at_a_time_at_which_it_cant_have_been_done_is_found(step: str, at: str, word: str, playbook: Playbook):
    """Later than now, before the mistake, and a follow-up before the fix: each at its own time, with what to do."""
    found = about(done(off(), step, at), f"recovery.steps.{step}", playbook)

    assert [True] == [word in finding.message for finding in found if finding.where.endswith((step, ".at"))][:1]
    assert all(finding.remedy for finding in found)


@pytest.mark.parametrize("step", ["explain-mistake", "fix", "follow-up"])
def test_a_step_at_a_time_at_which_it_may_well_have_been_done_is_not_found(step: str, playbook: Playbook):
    """The nets catch nothing else."""
    at = {"explain-mistake": "2026-03-10T10:20+01:00", "fix": "2026-03-10T15:00+01:00"}.get(step)
    found = about(done(off(), step, at or "2026-03-15T10:00+01:00"), f"recovery.steps.{step}", playbook)

    assert [] == [finding for finding in found if "ahead of now" in finding.message or "before" in finding.message]


def test_a_time_without_an_offset_is_refused():
    """Nobody could say later when it was."""
    with pytest.raises(DataError) as caught:
        done(off(), "apologise", "2026-03-10T10:20")

    assert "offset" in str(caught.value)


# -- money --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["owed", "offered"])
@pytest.mark.parametrize("amount", ["-0.01", "-1e9", "1e13", "NaN", "Infinity", "64 USD", "lots", True, [64]])
def test_amounts_that_are_none_are_refused_at_their_place(field: str, amount: Any):
    """Negative, absurd, not a number, in another currency: the record stays as it was."""
    found = refusal(recovery={"compensation": [{"id": "k1", field: amount}]})

    assert [f"recovery.compensation.k1.{field}"] == [where for where, _ in found]
    assert "expected" in found[0][1]


@pytest.mark.parametrize(
    ("item", "place", "word"),
    [
        ({"offered": "6400", "offered_at": "2026-03-10T16:00+01:00"}, "offered", "look at the decimals"),
        ({"offered": "64", "offered_at": "2026-03-10T08:59+01:00"}, "offered_at", "before it happened"),
        ({"offered": "64", "offered_at": "2126-03-10T16:00+01:00"}, "offered_at", "ahead of now"),
        (
            {"offered": "64", "offered_at": "2026-03-11T09:00+01:00", "carried_out_at": "2026-03-11T08:59+01:00"},
            "carried_out_at",
            "before it was offered",
        ),
    ],
)
def test_an_amount_or_a_time_that_may_be_and_hardly_is_is_asked_about(
    item: dict[str, str], place: str, word: str, playbook: Playbook
):
    """A hundred times what is owed; before it happened; in a hundred years; paid before it was offered."""
    record = off(
        impact={"customer_cost": "64"},
        recovery={"compensation": [{"id": "k1", "kind": "reimbursement", "owed": "64", **item}]},
    )
    found = about(record, f"recovery.compensation.k1.{place}", playbook)

    assert [True] == [word in f"{finding.message} {finding.remedy}" for finding in found]


@pytest.mark.parametrize("place", ["impact.customer_cost", "impact.our_cost", "recovery.resolve.at_what_cost"])
@pytest.mark.parametrize("amount", ["-5", "1e13"])
def test_costs_that_are_none_are_refused_as_well(place: str, amount: str):
    """By hand as from a file."""
    with pytest.raises(DataError, match="expected at"):
        put(off(), place, amount)


def test_a_second_currency_is_refused_and_the_one_is_named():
    """All amounts of a record are in its one currency: what was paid in another is converted, and told."""
    found = refusal(currency="EUR", recovery={"compensation": [{"id": "k1", "owed": "64", "currency": "USD"}]})

    assert ["recovery.compensation.k1.currency"] == [where for where, _ in found]
    assert "one currency" in found[0][1]


def test_a_currency_that_is_none_is_refused():
    """Two in one field are none."""
    assert [("currency", True)] == [(where, "EUR" in words) for where, words in refusal(currency="EUR/USD")]


# -- procedures ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "place", "words"),
    [
        ({"after": ["apologize"]}, "procedures.presets.ours.say-it.after", "did you mean 'apologise'?"),
        ({"part_of": "fixed"}, "procedures.presets.ours.say-it.part_of", "there are: say-it, apologise"),
        ({"target": "tomorrow"}, "procedures.presets.ours.steps.say-it.target", "expected"),
        ({"condition": "perhaps"}, "procedures.presets.ours.steps.say-it.condition", "expected"),
        ({"over_min": -1}, "procedures.presets.ours.steps.say-it.over_min", "expected"),
    ],
)
def test_a_procedure_that_names_what_is_not_there_is_refused(step: dict[str, Any], place: str, words: str):
    """The team's file, the place in it, and what would do."""
    steps = [{"id": "say-it", "text": "Say it", **step}, {"id": "apologise", "text": "Apologise"}]
    with pytest.raises(DataError) as caught:
        playbook_from({"procedures": {"presets": {"ours": {"title": "Ours", "steps": steps}}}}, "playbook team.toml")

    assert "playbook team.toml" in str(caught.value)
    assert [(place, True)] == [(it.where, words in f"{it.finding} {it.remedy}") for it in caught.value.problems]


@pytest.mark.parametrize("key", ["default", "not_ours"])
def test_a_procedure_that_is_taken_and_not_there_is_refused(key: str):
    """A near name is offered."""
    with pytest.raises(
        DataError, match=f"procedures.{key}: there is no 'thirteen-step'; did you mean 'thirteen-steps'"
    ):
        playbook_from({"procedures": {key: "thirteen-step"}})


def test_a_step_that_a_record_has_and_the_playbook_lost_stays_in_the_record(playbook: Playbook):
    """A team takes a step out of its procedure; what was done in a running record is not forgotten."""
    steps = [{"id": "apologise", "text": "Apologise", "target": "apologise", "apology": True}]
    shorter = playbook_from({"procedures": {"default": "ours", "presets": {"ours": {"title": "Ours", "steps": steps}}}})
    incident = done(done(off(), "explain-mistake", "2026-03-10T10:10Z"), "apologise", "2026-03-10T10:11Z")

    assert ["apologise"] == [step.rule.id for step in recovery.steps(incident, shorter, NOW)]
    assert ["explain-mistake", "apologise"] == [step.id for step in incident.recovery.steps]
    assert {"done"} == {step.done.status for step in recovery.steps(incident, playbook, NOW)[:2]}


# -- links --------------------------------------------------------------------------------------------------------


def test_a_link_that_leads_back_is_refused_by_hand_and_told_from_a_file(tmp_path: Path):
    """Each would have been made while handling the next (R4); what comes from a file stays, and is found there."""
    kind = "made while handling"
    with open_store(tmp_path / "a.db") as store:
        first = store.save(off(), by="Ana")
        second = store.save(off(title="Lost", links=[{"incident_id": first.id, "kind": kind}]), by="Ana")
        with pytest.raises(DataError, match=f"{first.id} → {second.id} → {first.id}; keep this link in the one that"):
            store.save(put(first, "links", [{"incident_id": second.id, "kind": kind}]), by="Ana")
    kept = [put(first, "links", [{"incident_id": second.id, "kind": kind}]), second]

    assert {first.id: "links", second.id: "links"} == {name: told.where for name, told in circles(kept).items()}


# -- days ---------------------------------------------------------------------------------------------------------


def follow_up(fixed_at: str, zone: str, playbook: Playbook) -> tuple[date | None, datetime | None]:
    """The day of the follow-up, and from when it is late."""
    incident = incident_from(
        {"title": "Off", "fixed_at": fixed_at, "zone": zone, "recovery": {"procedure": "thirteen-steps"}}
    )
    step = next(each for each in recovery.steps(incident, playbook, NOW) if each.rule.id == "follow-up")
    promise = next(each for each in promises(incident, playbook) if each.kind == "follow-up")

    assert (step.due_on, step.due_at) == (promise.due_on, promise.due_at)
    return step.due_on, step.due_at


@pytest.mark.parametrize(
    ("fixed_at", "zone", "day", "late_from"),
    [
        # The clocks go forward on 29 March: five nights later all the same, of which one is an hour shorter.
        ("2026-03-25T11:20+01:00", "Europe/Berlin", date(2026, 3, 30), "2026-03-31T00:00+02:00"),
        # On the very day on which they go: it has 23 hours.
        ("2026-03-24T23:30+01:00", "Europe/Berlin", date(2026, 3, 29), "2026-03-30T00:00+02:00"),
        # Back on 25 October: that day has 25.
        ("2026-10-20T08:00+02:00", "Europe/Berlin", date(2026, 10, 25), "2026-10-26T00:00+01:00"),
        # Half past eleven at night in New York is the next day in UTC: the day where it happened counts.
        ("2025-03-04T23:30-05:00", "America/New_York", date(2025, 3, 9), "2025-03-10T00:00-04:00"),
        # Told by an offset alone.
        ("2026-03-25T11:20+01:00", "+01:00", date(2026, 3, 30), "2026-03-31T00:00+01:00"),
        # Leap days.
        ("2028-02-24T10:00Z", "UTC", date(2028, 2, 29), "2028-03-01T00:00Z"),
        ("2028-02-28T10:00Z", "UTC", date(2028, 3, 4), "2028-03-05T00:00Z"),
        ("2027-02-24T10:00Z", "UTC", date(2027, 3, 1), "2027-03-02T00:00Z"),
        ("2028-02-29T10:00Z", "UTC", date(2028, 3, 5), "2028-03-06T00:00Z"),
        # Over the end of a year.
        ("2026-12-28T10:00+01:00", "Europe/Berlin", date(2027, 1, 2), "2027-01-03T00:00+01:00"),
    ],
)
def test_five_days_later_is_a_day_where_it_happened(
    fixed_at: str, zone: str, day: date, late_from: str, playbook: Playbook
):
    """Whatever the clocks and the calendar do in between; it is late once that day is over there."""
    assert (day, datetime.fromisoformat(late_from)) == follow_up(fixed_at, zone, playbook)


@pytest.mark.parametrize(
    ("fixed", "calendar", "day"),
    [
        # Good Friday is 3 April 2026, Easter Monday 6 April. Wednesday 1 April: 2, 7, 8, 9, 10.
        ("2026-04-01", {"country": "DE"}, "2026-04-10"),
        ("2026-04-01", {"country": "GB", "subdivision": "ENG"}, "2026-04-10"),
        # In Scotland Easter Monday is worked: 2, 6, 7, 8, 9.
        ("2026-04-01", {"country": "GB", "subdivision": "SCT"}, "2026-04-09"),
        # In the United States both are worked: 2, 3, 6, 7, 8. So without a country.
        ("2026-04-01", {"country": "US"}, "2026-04-08"),
        ("2026-04-01", {}, "2026-04-08"),
        # A day of the team's own off, and a Saturday worked: 2, (3, 6 off), 7 off, 8, 9, 10, 11 worked.
        ("2026-04-01", {"country": "DE", "holidays": ["2026-04-07"], "worked": ["2026-04-11"]}, "2026-04-11"),
        # Fixed on Easter Sunday: 7, 8, 9, 10, 13.
        ("2026-04-05", {"country": "DE"}, "2026-04-13"),
        # Corpus Christi is none in Berlin, and one in Bavaria: Wednesday 3 June 2026, then 4 June.
        ("2026-06-03", {"country": "DE", "subdivision": "BE"}, "2026-06-10"),
        ("2026-06-03", {"country": "DE", "subdivision": "BY"}, "2026-06-11"),
        # Over a leap day: Thursday 24 February 2028: 25, 28, 29, 1, 2.
        ("2028-02-24", {}, "2028-03-02"),
        # A weekend of Friday and Saturday: Wednesday 1 April: 2, 5, 6, 7, 8.
        ("2026-04-01", {"weekend": ["Fri", "Sat"]}, "2026-04-08"),
    ],
)
def test_working_days_leave_out_weekends_and_holidays(fixed: str, calendar: dict[str, Any], day: str):
    """Counted by hand over Easter, by country and part of it."""
    rules = playbook_from({"calendar": {"days": "working", **calendar}})

    assert date.fromisoformat(day) == follow_up(f"{fixed}T10:00Z", "UTC", rules)[0]


@pytest.mark.parametrize(
    ("calendar", "place"),
    [
        ({"country": "XX"}, "calendar.country"),
        ({"country": "DE", "subdivision": "TX"}, "calendar.subdivision"),
        ({"weekend": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]}, "calendar.weekend"),
        ({"days": "some"}, "calendar.days"),
        ({"holidays": ["2026-02-29"]}, "calendar.holidays"),
        ({"holidays": [20260407]}, "calendar.holidays"),
    ],
)
def test_a_calendar_that_is_none_is_refused(calendar: dict[str, Any], place: str):
    """With the key; 29 February of a common year is no day."""
    with pytest.raises(DataError) as caught:
        playbook_from({"calendar": {"days": "working", **calendar}})

    assert all(problem.where.startswith(place) for problem in caught.value.problems)


def test_a_follow_up_in_the_last_hour_of_its_day_is_on_time(playbook: Playbook):
    """30 March 2026 in Berlin ends at 22:00 UTC: a minute before is in time, at ten it is late."""
    incident = off(fixed_at="2026-03-25T11:20+01:00")
    due = datetime(2026, 3, 30, 22, tzinfo=UTC)

    def late(at: datetime) -> float:
        told = recovery.set_step(incident, "follow-up", status="done", at=at)
        return next(each for each in recovery.steps(told, playbook, NOW) if each.rule.id == "follow-up").late_min

    assert (0, 0, 60) == (late(due - HOUR / 60), late(due), late(due + HOUR))
