"""What is found of a recovery: the order, the times, the colleagues, the manager (R1, R9, R12 to R15, R19)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from postmortem.record import gates, procedures, recovery
from postmortem.record.edit import put
from postmortem.record.gates import customer
from postmortem.record.incident import Impact, Incident, Source
from postmortem.record.review import recovering, review

if TYPE_CHECKING:
    from postmortem.record.playbook import Playbook

NINE = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
NOON = NINE + timedelta(hours=3)
SERIOUS = Impact(potential_harm="injury")


def at(minutes: float) -> datetime:
    """So many minutes after nine."""
    return NINE + timedelta(minutes=minutes)


def told(**fields: Any) -> Incident:
    """A mistake of ours that was known at nine and is being made good."""
    return Incident(**{"title": "Late", "fault": "ours", "state": "recovering", "known_at": NINE, **fields})


def done(incident: Incident, playbook: Playbook, **steps: float) -> Incident:
    """Steps done so many minutes after nine."""
    for name, minutes in steps.items():
        incident = recovery.do(incident, name.replace("_", "-"), playbook, at=at(minutes))
    return incident


def found(incident: Incident, playbook: Playbook, rule: str, now: datetime = NOON) -> list[tuple[str, str, str]]:
    """The findings of one rule: level, place, message."""
    return [
        (item.level, item.where.removeprefix("recovery."), item.message)
        for item in recovering.findings(incident, playbook, now)
        if item.rule == rule
    ]


def test_each_step_that_came_too_early_is_named_with_by_how_long(playbook: Playbook):
    """And what comes first (R13)."""
    early = done(told(), playbook, explain_why=2, explain_mistake=38)
    alone = done(told(), playbook, thank=1, apologise=1)

    assert [
        (
            "hint",
            "steps.explain-why.status",
            "“Explain why it happened, no excuses” came 36 min before “Explain the mistake (the admission)”",
        )
    ] == found(early, playbook, "R13")
    first = "was done, and “Explain the mistake (the admission)”, which comes first, is still to do"
    assert [f"“Apologise” {first}", f"“Thank the customer for understanding” {first}"] == [
        message for _, _, message in found(alone, playbook, "R13")
    ]


def remedies(incident: Incident, playbook: Playbook, rule: str) -> list[str]:
    """What would do about the findings of one rule."""
    return [item.remedy for item in recovering.findings(incident, playbook, NOON) if item.rule == rule]


def test_what_came_out_of_order_says_what_can_be_done_now(playbook: Playbook):
    """While something is to do, it; else in the next talk; once all is said, nobody can, and stage 4 asks why (R13)."""
    to_do = done(told(), playbook, apologise=1)
    talk = done(told(), playbook, apologise=1, explain_mistake=38)
    over = talk
    for rule in recovery.procedure(talk, playbook).steps:
        if recovery.said_of(over, rule.id).status == "to do":
            over = recovery.set_step(over, rule.id, status="not needed", because="They moved away")

    assert ["do “Explain the mistake (the admission)” now, before anything else"] == remedies(to_do, playbook, "R13")
    assert [
        "begin your next talk with “Explain the mistake (the admission)”, so that they hear it first once"
    ] == remedies(talk, playbook, "R13")
    assert ["both are done: ask in stage 4 what made the other one come first"] == remedies(over, playbook, "R13")


@pytest.mark.parametrize("because", ["x", ".", "...", "n/a", "N/A", " - ", "none", "unknown"])
def test_a_reason_that_says_nothing_is_none(because: str, playbook: Playbook):
    """It is kept as it was typed, found in plain words, and opens no gate (R12, R39)."""
    spared = recovery.set_step(told(told_at=at(5)), "thank", status="not needed", because=because)
    gaps = [gap for gap in customer.steps(spared, playbook, NOON) if gap.at.startswith("recovery.steps.thank")]
    ((level, where, message),) = found(spared, playbook, "R12")

    assert because == recovery.said_of(spared, "thank").because
    assert ("warning", "steps.thank.because") == (level, where)
    assert f"and “{because.strip()}” is no reason" in message
    assert ["is said not to be needed, and not why"] == [gap.message.partition(") ")[2] for gap in gaps]


def test_that_nobody_talks_to_them_needs_a_word_of_why(playbook: Playbook):
    """Every step that says something put away with a letter is told once more, together; one reason will do."""
    silent = told()
    for rule in recovery.procedure(silent, playbook).steps:
        silent = recovery.set_step(silent, rule.id, status="not needed", because="x")
    told_why = recovery.set_step(silent, "apologise", because="They moved away, and left no address")
    together = "nobody talks to the customer: every step that does is put away, and nothing says why"

    assert ("warning", "recovery.steps".removeprefix("recovery."), together) in found(silent, playbook, "R12")
    assert together not in {message for _, _, message in found(told_why, playbook, "R12")}
    assert "customer-told" in {it.gate for it in gates.missing(silent, playbook, NOON, "analysing")}


@pytest.mark.parametrize("step", ["apologise", "explain-why", "assure", "offer", "contact", "thank"])
def test_what_is_said_before_the_admission_is_out_of_order(step: str, playbook: Playbook):
    """An offer and a thank-you too (R13)."""
    early = done(told(), playbook, **{step.replace("-", "_"): 2, "explain_mistake": 38})

    assert [f"steps.{step}.status"] == [where for _, where, _ in found(early, playbook, "R13")]


def test_an_admission_without_a_time_is_asked_for_it_where_an_apology_has_one(playbook: Playbook):
    """Nobody can tell then which came first (R13); the time at which they were told will do for it."""
    undated = recovery.set_step(told(), "explain-mistake", status="done")
    apologised = done(undated, playbook, apologise=10, thank=12)
    known = apologised.model_copy(update={"told_at": at(5)})
    late = apologised.model_copy(update={"told_at": at(30)})

    assert [] == found(undated, playbook, "R13")
    assert [
        (
            "hint",
            "steps.explain-mistake.at",
            "when “Explain the mistake (the admission)” was is not said: did it come before “Apologise”?",
        )
    ] == found(apologised, playbook, "R13")
    assert [] == found(known, playbook, "R13")
    assert "“Apologise” came 20 min before “Explain the mistake (the admission)”" == found(late, playbook, "R13")[0][2]


@pytest.mark.parametrize(
    ("minutes", "level", "said"),
    [
        (200, "warning", "the time of “Thank the customer for understanding” lies ahead of now"),
        (-30, "warning", "“Thank the customer for understanding” was done 30 min before anybody knew of it"),
        (-90, "error", "“Thank the customer for understanding” was done 30 min before the mistake"),
    ],
)
def test_a_time_that_can_not_be_so_is_found(minutes: float, level: str, said: str, playbook: Playbook):
    """Ahead of now, before we knew, before it happened; one of them at a time."""
    wrong = done(told(occurred_at=at(-60)), playbook, thank=minutes)

    assert [(level, "steps.thank.at", said)] == found(wrong, playbook, "R12")


def test_a_follow_up_before_the_fix_asks_for_another(playbook: Playbook):
    """The customer was asked too soon."""
    soon = done(told(), playbook, follow_up=30, fix=60)

    assert [
        (
            "warning",
            "steps.follow-up.at",
            "“Follow up with another apology and help” was done 30 min before it was fixed",
        )
    ] == found(soon, playbook, "R12")
    assert [] == [text for _, place, text in found(soon, playbook, "R13") if "follow-up" in place]


def test_not_needed_without_a_reason_asks_for_one(playbook: Playbook):
    """A blank is no reason."""
    blank = procedures.spare(told(), "offer", playbook, "  ")
    good = procedures.spare(told(), "offer", playbook, "They wanted nothing")

    assert [
        ("warning", "steps.offer.because", "“Offer credit or compensation” is not needed, without a reason")
    ] == found(blank, playbook, "R12")
    assert [] == found(good, playbook, "R12")


def test_late_is_said_with_how_late(playbook: Playbook):
    """Done late is a thought, still to do is to look at; an hour for a moderate one."""
    late = done(told(), playbook, explain_mistake=75)

    assert [
        ("hint", "steps.explain-mistake", "“Explain the mistake (the admission)” came 15 min late"),
        ("warning", "steps.apologise", "“Apologise” is 2 h late"),
        ("warning", "steps.offer-follow-up", "“Offer to follow up if it takes longer” is 2 h late"),
    ] == found(late, playbook, "R19")


def test_a_follow_up_from_before_the_fix_is_asked_for_again(playbook: Playbook):
    """It is late once its day is over, and it did not “come late” (R12, R19)."""
    early = done(told(fixed_at=at(120)), playbook, follow_up=60)
    later = at(120) + timedelta(days=9)

    assert ("warning", "steps.follow-up.at") in {item[:2] for item in found(early, playbook, "R12", later)}
    assert ("warning", "steps.follow-up", "“Follow up with another apology and help” is 4 days late") in found(
        early, playbook, "R19", later
    )


@pytest.mark.parametrize(("state", "level"), [("draft", ["hint"]), ("recovering", ["warning"]), ("closed", [])])
def test_it_is_asked_when_we_knew(state: str, level: list[str], playbook: Playbook):
    """Every target counts from then (R19); of what was raised, and what came from elsewhere, nobody asks."""
    silent = told(state=state, known_at=None, occurred_at=NINE)
    others = (put(silent, "raised_at", NINE), put(silent, "source", Source(system="desk", key="1")))

    def asked(incident: Incident) -> list[str]:
        return [
            item.level for item in review(incident, playbook, NOON) if (item.rule, item.where) == ("R19", "known_at")
        ]

    assert [level, [], []] == [asked(it) for it in (silent, *others)]


def test_a_late_offer_to_follow_up_is_found(playbook: Playbook):
    """Once the fix takes longer than an hour (R12, step 5); not before, and not once it was offered or fixed."""
    offered = done(told(), playbook, offer_follow_up=70)
    fixed = done(told(), playbook, fix=110)
    imported = told(source=Source(system="crm", key="1"), state="draft")
    late = ("warning", "steps.offer-follow-up", "“Offer to follow up if it takes longer” is 20 min late")

    assert late in found(told(), playbook, "R19", at(80))
    for incident, minutes in ((told(), 60), (offered, 80), (fixed, 120), (imported, 80)):
        assert "steps.offer-follow-up" not in {place for _, place, _ in found(incident, playbook, "R19", at(minutes))}


def test_what_was_imported_and_says_nothing_of_its_recovery_is_not_late(playbook: Playbook):
    """Nothing was promised here; of a draft of our own the customer waits as of any other."""
    imported = told(source=Source(system="desk", key="1"))

    assert [] == found(imported, playbook, "R19")
    assert [] != found(told(), playbook, "R19") == found(told(state="draft"), playbook, "R19")


def test_who_came_first_is_a_thought_with_its_lead_time(playbook: Playbook):
    """We asked ourselves why they met it before we did (R1)."""
    asked = told(raised_at=at(-10), told_at=at(28))
    first = told(raised_at=at(60), told_at=at(28))

    assert [("hint", "told_at", "the customer raised it 38 min before we told them")] == found(
        done(asked, playbook, explain_mistake=28), playbook, "R1"
    )
    assert ["that they knew first can't be undone: ask in stage 4 why"] == [
        item.remedy
        for item in recovering.findings(done(asked, playbook, explain_mistake=28), playbook, NOON)
        if item.rule == "R1"
    ]
    assert [] == found(done(first, playbook, explain_mistake=28), playbook, "R1")
    assert [("hint", "told_at", "the customer knew of it before we did")] == found(
        told(found_by="them"), playbook, "R1"
    )


def test_the_record_and_its_step_tell_the_same_time(playbook: Playbook):
    """An admission can't come before they were told; words may come before the admission."""
    apart = put(done(told(), playbook, explain_mistake=10), "told_at", at(40))
    words = put(done(told(), playbook, explain_mistake=40), "told_at", at(10))
    unsaid = put(done(told(), playbook, fix=40), "fixed_at", None)

    assert [("warning", "steps.explain-mistake.at")] == [item[:2] for item in found(apart, playbook, "R1")]
    assert [("hint", "steps.explain-mistake.at")] == [item[:2] for item in found(words, playbook, "R1")]
    assert ("warning", "steps.fix.at", "“Fix it” is done, and when it was fixed is not said") in found(
        unsaid, playbook, "R19"
    )


def test_colleagues_hear_of_it_before_the_customer(playbook: Playbook):
    """A hint only where somebody said that they did not (R15)."""
    rashly = told(told_at=NINE, recovery={"colleagues_told": "no"})

    assert ["recovery.colleagues_told"] == [
        item.where for item in recovering.findings(rashly, playbook, NOON) if item.rule == "R15"
    ]
    assert [] == found(told(told_at=NINE), playbook, "R15")
    assert [] == found(told(recovery={"colleagues_told": "no"}), playbook, "R15")


@pytest.mark.parametrize(
    ("fault", "procedure", "levels"),
    [
        ("customer", "", []),
        ("customer", "thirteen-steps", ["hint"]),
        ("ours", "not-our-mistake", ["warning"]),
        ("not yet known", "not-our-mistake", []),
        ("ours", "four-steps", []),
    ],
)
def test_the_steps_fit_the_fault(fault: str, procedure: str, levels: list[str], playbook: Playbook):
    """Shown, not forbidden (R14)."""
    incident = told(fault=fault, recovery={"procedure": procedure})

    assert levels == [level for level, _, _ in found(incident, playbook, "R14")]


@pytest.mark.parametrize(
    ("said", "place", "message"),
    [
        ({}, "manager_available", "a manager is asked for: it is serious"),
        ({"handed_at": NINE, "handed_to": "Duty manager"}, "permission", "was not asked"),
        ({"handed_at": NINE, "permission": "no"}, "permission", "had not agreed"),
        ({"manager_available": "no"}, "call_back_on", "no day is set"),
        ({"manager_available": "no", "call_back_on": date(2026, 3, 18)}, "call_back_on", "is overdue, 36 h ago"),
    ],
)
def test_a_hand_over_keeps_to_its_rule(said: dict[str, Any], place: str, message: str, playbook: Playbook):
    """Asked for, with permission, and a call-back where nobody is there (R9)."""
    ((level, where, text),) = found(told(impact=SERIOUS, recovery={"escalation": said}), playbook, "R9")

    assert ("warning", f"escalation.{place}") == (level, where)
    assert message in text


@pytest.mark.parametrize(
    "said",
    [
        {"manager_available": "yes"},
        {"handed_at": NINE, "handed_to": "Duty manager", "permission": "yes"},
        {"manager_available": "no", "call_back_on": date(2026, 3, 20)},
        {"manager_available": "no", "call_back_on": date(2026, 3, 18), "called_back_at": NINE},
    ],
)
def test_a_hand_over_as_it_should_be_is_left_in_peace(said: dict[str, Any], playbook: Playbook):
    """Also on the last day of the call-back."""
    assert [] == found(told(impact=SERIOUS, recovery={"escalation": said}), playbook, "R9")


def test_a_closed_record_is_not_asked_again_about_what_can_not_be_changed(playbook: Playbook):
    """What came late stays late; what is missing stays missing."""
    late = done(told(state="closed"), playbook, explain_mistake=75)
    still = [("warning", "steps.apologise"), ("warning", "steps.offer-follow-up")]

    assert still == [item[:2] for item in found(late, playbook, "R19")]


def test_the_review_has_them_all(playbook: Playbook):
    """Among the findings of the stage recover."""
    assert {"recover"} == {item.stage for item in review(told(), playbook, NOON) if item.rule == "R19"}


@pytest.mark.parametrize("harmed", ["customer", "coworker"])
def test_the_word_fits_who_was_hurt(harmed: str, playbook: Playbook):
    """A colleague is not called a customer."""
    found_ = recovering.findings(
        done(told(harmed=harmed, raised_at=NINE), playbook, thank=-5, explain_mistake=5), playbook, NOON
    )
    said = " ".join(item.message for item in found_)

    assert (harmed == "customer") == ("customer" in said)
    assert (harmed == "coworker") == ("colleague" in said)
