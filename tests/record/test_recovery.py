"""Making it good: who knew first, what is due and out of order (R1, R11 to R19)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from postmortem.record import recovery
from postmortem.record.errors import DataError
from postmortem.record.incident import Impact, Incident
from postmortem.record.playbook import Playbook, playbook_from

NINE = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
TEN, NOON = NINE + timedelta(hours=1), NINE + timedelta(hours=3)


def told(**fields: Any) -> Incident:
    """An incident with these fields."""
    return Incident(title="Late", **fields)


def done(incident: Incident, *steps: str, at: datetime = NINE) -> Incident:
    """The incident with steps done one minute after the other."""
    for minute, step in enumerate(steps):
        incident = recovery.set_step(incident, step, status="done", at=at + timedelta(minutes=minute))
    return incident


def step(incident: Incident, name: str, playbook: Playbook, now: datetime = NOON) -> recovery.StepNow:
    """One step as it stands."""
    return next(each for each in recovery.steps(incident, playbook, now) if each.rule.id == name)


@pytest.mark.parametrize(
    ("fields", "who"),
    [
        ({"known_at": NINE, "raised_at": TEN}, "us"),
        ({"known_at": TEN, "raised_at": NINE}, "them"),
        ({"known_at": NINE, "raised_at": NINE}, "them"),
        ({"known_at": NINE, "raised_at": TEN, "found_by": "them"}, "us"),
        ({"known_at": NINE, "found_by": "us"}, "us"),
        ({"known_at": NINE, "found_by": "them"}, "them"),
        ({"known_at": NINE}, "us"),
        ({"raised_at": NINE}, "them"),
        ({"raised_at": NINE, "found_by": "us"}, "us"),
        ({"found_by": "them"}, "them"),
    ],
)
def test_who_knew_first(fields: dict[str, Any], who: str):
    """The instants tell where both are known; else what was said (R1)."""
    assert who == recovery.knew_first(told(**fields))


@pytest.mark.parametrize(
    ("fields", "before"),
    [
        ({}, None),
        ({"raised_at": NINE}, None),
        ({"told_at": NINE}, True),
        ({"told_at": NINE, "found_by": "us"}, True),
        ({"told_at": NINE, "found_by": "them"}, None),
        ({"told_at": NINE, "raised_at": TEN, "found_by": "them"}, True),
        ({"told_at": NINE, "raised_at": TEN}, True),
        ({"told_at": TEN, "raised_at": NINE}, False),
        ({"told_at": NINE, "raised_at": NINE}, False),
    ],
)
def test_whether_we_told_them_before_they_asked(fields: dict[str, Any], before: bool | None):  # noqa: FBT001 - a row of the table
    """The first measure of the whole handling (R1)."""
    assert before is recovery.told_before_asked(told(**fields))


@pytest.mark.parametrize(
    ("fault", "chosen", "name"),
    [
        ("ours", "", "thirteen-steps"),
        ("shared", "", "thirteen-steps"),
        ("not yet known", "", "thirteen-steps"),
        ("customer", "", "not-our-mistake"),
        ("third party", "", "not-our-mistake"),
        ("customer", "four-steps", "four-steps"),
        ("ours", "no longer there", "thirteen-steps"),
    ],
)
def test_the_procedure_follows_the_fault_unless_one_is_chosen(fault: str, chosen: str, name: str, playbook: Playbook):
    """Not our mistake has a shorter way of its own (R14)."""
    incident = told(fault=fault, recovery={"procedure": chosen})

    assert name == recovery.procedure_name(incident, playbook)
    assert playbook.procedures.presets[name] == recovery.procedure(incident, playbook)


def test_every_step_is_there_before_anything_was_said(playbook: Playbook):
    """Thirteen, numbered from 1, all to do (R12)."""
    steps = recovery.steps(told(), playbook, NOON)

    assert list(range(1, 14)) == [each.number for each in recovery.numbered(steps)]
    assert [("offer-follow-up", 5)] == [(each.rule.id, each.number) for each in steps if each.is_part]
    assert {"to do"} == {each.done.status for each in steps}
    assert {None} == {each.due_at for each in steps}


@pytest.mark.parametrize(
    ("harm", "minutes"),
    [("none", (240, 240, 2880)), ("distress", (60, 60, 1440)), ("injury", (15, 15, 120)), (None, (60, 60, 1440))],
)
def test_a_step_is_due_by_the_targets_of_the_severity(harm: str | None, minutes: tuple[int, ...], playbook: Playbook):
    """Telling, apologising, mending, counted from knowing (R19); as for a moderate one while no level is known."""
    incident = told(known_at=NINE, impact=Impact(harm=harm))

    assert minutes == tuple(
        (step(incident, name, playbook).due_at - NINE).total_seconds() / 60
        for name in ("explain-mistake", "apologise", "fix")
    )


def test_the_clock_runs_from_whoever_knew_first(playbook: Playbook):
    """When they raise it, we know."""
    assert NINE == recovery.known_at(told(known_at=TEN, raised_at=NINE))
    assert NINE + timedelta(hours=1) == step(told(known_at=TEN, raised_at=NINE), "explain-mistake", playbook).due_at
    assert None is recovery.known_at(told(told_at=NINE))


def test_the_follow_up_is_due_on_the_fifth_day_after_the_fix(playbook: Playbook):
    """Late once that day is over where it happened; not due before there is a fix (R12)."""
    due = step(told(fixed_at=NINE, zone="Europe/Berlin"), "follow-up", playbook)

    assert date(2026, 3, 25) == due.due_on
    assert datetime(2026, 3, 25, 23, 0, tzinfo=UTC) == due.due_at
    assert None is step(told(known_at=NINE), "follow-up", playbook).due_at


def test_a_step_without_a_target_is_never_late(playbook: Playbook):
    """Thanking has no hour."""
    thank = step(told(known_at=NINE), "thank", playbook, NINE + timedelta(days=400))

    assert (None, 0) == (thank.due_at, thank.late_min)


def test_lateness_is_counted_to_the_deed_or_to_now(playbook: Playbook):
    """Done late, still to do, done in time, not needed."""
    incident = told(known_at=NINE)
    waived = recovery.set_step(incident, "explain-mistake", status="not needed", because="They saw it")

    assert 120 == step(incident, "explain-mistake", playbook).late_min
    assert 0 == step(incident, "explain-mistake", playbook, TEN).late_min
    assert (
        30
        == step(done(incident, "explain-mistake", at=TEN + timedelta(minutes=30)), "explain-mistake", playbook).late_min
    )
    assert 0 == step(done(incident, "explain-mistake"), "explain-mistake", playbook).late_min
    assert 0 == step(waived, "explain-mistake", playbook).late_min


def test_an_apology_before_the_admission_is_out_of_order(playbook: Playbook):
    """It is shown, not forbidden (R13)."""
    early = done(told(), "apologise", "explain-mistake")
    good = done(told(), "explain-mistake", "apologise")

    assert ("Explain the mistake (the admission)",) == step(early, "apologise", playbook).before
    assert () == step(good, "apologise", playbook).before


def test_explaining_why_without_the_admission_is_out_of_order(playbook: Playbook):
    """Facts and cause come after it (R13)."""
    assert ("Explain the mistake (the admission)",) == step(done(told(), "explain-why"), "explain-why", playbook).before


def test_a_step_that_was_not_needed_does_not_stand_in_the_way(playbook: Playbook):
    """Nor does one that is still to do come out of order itself."""
    waived = recovery.set_step(told(), "explain-mistake", status="not needed", because="They saw it")

    assert () == step(done(waived, "apologise"), "apologise", playbook).before
    assert () == step(told(), "apologise", playbook).before


def test_a_step_out_of_order_is_named_as_the_procedure_in_force_names_it():
    """Two procedures may have a step of one id and different words."""
    team = playbook_from(
        {"procedures": {"presets": {"own": {"title": "Own", "steps": [
            {"id": "fix", "text": "Mend the heating"}, {"id": "follow-up", "text": "Call", "after": ["fix"]}]}}}}
    )  # fmt: skip
    incident = done(told(recovery={"procedure": "own"}), "follow-up")

    assert ("Mend the heating",) == step(incident, "follow-up", team).before
    assert ("Fix it",) == step(done(told(), "follow-up"), "follow-up", team).before


def test_a_step_is_said_once_and_then_amended():
    """Saying more of a step keeps what was said."""
    incident = recovery.set_step(told(), "apologise", status="done", by="Front desk")
    incident = recovery.set_step(incident, "apologise", note="By phone")

    assert [("apologise", "done", "Front desk", "By phone")] == [
        (said.id, said.status, said.by, said.note) for said in incident.recovery.steps
    ]


def test_a_step_that_does_not_fit_is_refused_in_plain_words():
    """First said or amended."""
    for incident in (told(), done(told(), "fix")):
        with pytest.raises(DataError, match="expected to do, done or not needed, found 'finished'"):
            recovery.set_step(incident, "fix", status="finished")


def test_minutes_lie_between_two_instants():
    """Either way round; none where one is missing."""
    assert 60 == recovery.minutes_between(NINE, TEN)
    assert -60 == recovery.minutes_between(TEN, NINE)
    assert None is recovery.minutes_between(None, TEN) is recovery.minutes_between(NINE, None)
