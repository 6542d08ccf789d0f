"""Each rule that one record can be checked by: one change that is found, and one that is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from postmortem.record.review import review
from tests.record.examples import RECOVERY, WELL_MADE, well_made

if TYPE_CHECKING:
    from datetime import datetime

    from postmortem.record.playbook import Playbook

GRAVE = {"happened": "Gas could have leaked", "harm": "none", "potential_harm": "life-threatening"}
BAD = {"happened": "A hundred lines were dead", "harm": "none", "trust": "lost"}
SIGNED = [{"by": "Mira", "role": "manager"}]
THIRD_LEG = {"id": "w7", "text": "The desk took two days to call back", "leg": "recovery"}
CHECKED = [
    {**WELL_MADE["causes"][0], "opinions": [{"by": by, "category": "system"} for by in ("Ana", "Ben")]},
]
MOMENT = {"id": "m1"}
ONE_LEG = {"whys": WELL_MADE["whys"][:3], "causes": WELL_MADE["causes"][:1]}


def whys(*changes: dict[str, Any], **of_root: Any) -> dict[str, Any]:
    """The whys of the example: the root w3 changed, and others of the same id or new ones in their place."""
    changed = {why["id"]: why for why in WELL_MADE["whys"]}
    changed["w3"] = {**changed["w3"], **of_root}
    changed |= {why["id"]: {**changed.get(why["id"], {}), **why} for why in changes}
    return {"whys": [{name: value for name, value in why.items() if value is not ...} for why in changed.values()]}


def cause(*, of_third_leg: bool = False, **changes: Any) -> dict[str, Any]:
    """The first root of the example, changed; the second as it is, and one more in the leg of our answer."""
    third = [{"id": "c3", "why": "w7", "category": "system", "accepted_because": "It was one day"}]
    return {
        "causes": [{**WELL_MADE["causes"][0], **changes}, *WELL_MADE["causes"][1:], *(third if of_third_leg else [])]
    }


def action(**changes: Any) -> dict[str, Any]:
    """The action of the example, changed."""
    changed = {**WELL_MADE["actions"][0], **changes}
    return {"actions": [{name: value for name, value in changed.items() if value is not ...}]}


def effect(**changes: Any) -> dict[str, Any]:
    """Its effect, changed."""
    changed = {**WELL_MADE["actions"][0]["effect"], **changes}
    return action(effect={name: value for name, value in changed.items() if value is not ...})


def chain(length: int) -> dict[str, Any]:
    """One branch of a certain depth with the root at its end, and a second one of three."""
    last = WELL_MADE["whys"][2]
    texts = ["Plug", "Tester", "Sheet", "Van", "Route", "Shift", "Roster", "Budget", "Season"]
    branch = [
        {"id": f"x{step}", "text": texts[step], "parent": f"x{step - 1}" if step else None} for step in range(length)
    ]
    branch[-1] = {**last, **branch[-1]}
    return {
        "whys": [*branch, *WELL_MADE["whys"][3:]],
        "causes": [{**WELL_MADE["causes"][0], "why": f"x{length - 1}"}, *WELL_MADE["causes"][1:]],
    }


UNDER_WAY: dict[str, Any] = {"state": "recovering", "closed_at": None}
EXPLAINED = {"level": "minor", "reason": "A drill", "by": "Desk lead"}


def evaluated(**level: str) -> dict[str, Any]:
    """A level that was set by hand, while the recovery is under way."""
    return {**UNDER_WAY, "evaluation": level}


def lost(**answers: Any) -> dict[str, Any]:
    """What they paid and lost, while the recovery is under way."""
    return {**UNDER_WAY, "impact": {**WELL_MADE["impact"], **answers}}


def step_at(at: str | None) -> dict[str, Any]:
    """The thanks, and when they were said."""
    steps = [step for step in RECOVERY["steps"] if step["id"] != "thank"]
    return {**UNDER_WAY, "recovery": {**RECOVERY, "steps": [*steps, {"id": "thank", "status": "done", "at": at}]}}


def handing(**facts: Any) -> dict[str, Any]:
    """How it was handed over."""
    return {"recovery": {**RECOVERY, "escalation": {"manager_available": "yes", "permission": "yes", **facts}}}


AHEAD, BEFORE = "2026-03-21T12:00Z", "2026-03-03T12:00Z"

# What is changed, the rule that finds it, its level and place; and a change beside it that is in order.
FOUND: tuple[tuple[str, str, str, dict[str, Any], dict[str, Any]], ...] = (
    # what was told
    ("R1", "error", "fixed_at", {"fixed_at": "2026-03-01T12:00Z"}, {"fixed_at": "2026-03-03T12:00Z"}),
    ("R1", "error", "closed_at", {"closed_at": "2026-03-01T12:00Z"}, {"closed_at": "2026-03-19T12:00Z"}),
    ("R1", "warning", "told_at", {"told_at": "2026-04-01T12:00Z"}, {"told_at": "2026-03-19T12:00Z"}),
    ("R1", "warning", "occurred_at", {"occurred_at": "2027-03-02T12:00Z", "told_at": None, "closed_at": None}, {}),
    ("R2", "error", "owner", {"owner": " "}, {"owner": "", "state": "draft"}),
    ("R5", "hint", "impact.happened", {"summary": "", "impact": {"harm": "none"}}, {"impact": {"harm": "none"}}),
    ("R6", "error", "impact.harm", {"impact": {"happened": "x"}}, {"impact": {"happened": "x", "harm": "none"}}),
    ("R7", "error", "signatures", {"impact": GRAVE}, {"impact": GRAVE, "signatures": SIGNED}),
    ("R7", "error", "signatures", {"impact": GRAVE, "signatures": [{"by": "Mira"}]}, {"impact": BAD}),
    ("R8", "error", "evaluation.reason", {"evaluation": {"level": "minor"}}, {"evaluation": {"level": "moderate"}}),
    ("R8", "warning", "evaluation.reason", evaluated(level="minor"), evaluated(level="moderate")),
    ("R8", "warning", "evaluation.reason", evaluated(level="minor", reason="x", by="Ana"), evaluated(**EXPLAINED)),
    ("R8", "warning", "evaluation.by", evaluated(level="minor", reason="A drill"), evaluated(**EXPLAINED)),
    ("R18", "warning", "impact.customer_cost", lost(customer_cost=None), lost(customer_cost=0)),
    ("R18", "warning", "impact.customer_min", lost(customer_min=None), lost(customer_min=90)),
    ("R18", "error", "impact.customer_min", {"impact": {"harm": "none", "customer_cost": 0}}, {}),
    ("R12", "warning", "recovery.steps.thank.at", step_at(None), step_at(BEFORE)),
    ("R9", "warning", "recovery.escalation.handed_at", handing(handed_at=AHEAD), handing(handed_at=BEFORE)),
    (
        "R9",
        "warning",
        "recovery.escalation.called_back_at",
        handing(called_back_at=AHEAD),
        handing(called_back_at=BEFORE),
    ),
    (
        "R7",
        "warning",
        "evaluation.manager_told_at",
        {"evaluation": {"manager_told_at": AHEAD}},
        {"evaluation": {"manager_told_at": BEFORE}},
    ),
    (
        "R7",
        "warning",
        "signatures",
        {"signatures": [{**SIGNED[0], "at": AHEAD}]},
        {"signatures": [{**SIGNED[0], "at": BEFORE}]},
    ),
    (
        "R36",
        "warning",
        "actions.a1.effect.checked_on",
        effect(checked_on="2026-03-21"),
        effect(checked_on="2026-03-20"),
    ),
    ("R16", "warning", "recovery.channel", {"recovery": {"channel": "fax"}}, {"recovery": {"channel": "in person"}}),
    (
        "R16",
        "warning",
        "recovery.channel",
        {"recovery": {"channel": "e-mail"}},
        {"recovery": {"channel": "e-mail", "channel_reason": "They asked for it in writing"}},
    ),
    (
        "R20",
        "hint",
        "recovery.wording",
        {"recovery": {"wording": "We are sorry if you were upset"}},
        {"recovery": {"wording": "We gave you the wrong day. That was our mistake."}},
    ),
    ("R26", "hint", "summary", {"summary": "Tom left the switch off"}, {"summary": "The crew left the switch off"}),
    ("R26", "hint", "title", {"title": "Mrs Xu had no phone"}, {"title": "A customer had no phone"}),
    (
        "R27",
        "hint",
        "timeline.m1.text",
        {"timeline": [{**MOMENT, "text": "The crew should have looked"}]},
        {"timeline": [{**MOMENT, "text": "The crew left at nine"}], "learned": ["We should have looked"]},
    ),
    # the whys
    ("R21", "error", "whys", {"whys": [], "causes": [], "actions": []}, {}),
    (
        "R21",
        "warning",
        "whys.w2.text",
        whys({"id": "w2", "text": " "}),
        whys({"id": "w2", "text": " ", "status": "ruled out"}),
    ),
    (
        "R21",
        "error",
        "whys",
        {"impact": BAD},
        {"impact": BAD, **whys({"id": "w7", "text": "The van was full", "parent": "w2"})},
    ),
    (
        "R22",
        "error",
        "whys",
        ONE_LEG,
        {**ONE_LEG, "impact": {"happened": "x", "harm": "none"}},
    ),
    ("R22", "error", "whys", {"impact": GRAVE}, {"impact": GRAVE, **whys(THIRD_LEG), **cause(of_third_leg=True)}),
    ("R22", "error", "whys", whys({"id": "w6", "status": "ruled out"}), {"impact": BAD}),
    ("R23", "error", "whys", {"causes": [], "actions": []}, {}),
    ("R23", "warning", "whys.x1.text", chain(2), chain(3)),
    ("R23", "hint", "whys.x7.text", chain(8), chain(7)),
    (
        "R23",
        "hint",
        "whys.w7.text",
        whys({"id": "w7", "text": "The van was full", "parent": "w1"}),
        whys({"id": "w7", "text": "The van was full", "parent": "w2"}),
    ),
    ("R23", "warning", "whys.w3.can_act", whys(can_act="no"), whys()),
    ("R23", "warning", "whys.w3.would_have_helped", whys(would_have_helped="no"), whys()),
    ("R23", "warning", "whys.w3.can_act", whys(can_act=...), whys({"id": "w6", "can_act": ...})),
    ("R23", "warning", "whys.w3.would_have_helped", whys(would_have_helped="not known"), whys()),
    ("R23", "hint", "whys.w3.evidence", whys(status="possible", evidence=[]), whys(status="possible")),
    ("R24", "warning", "whys.w3.evidence", whys(evidence=[]), whys()),
    (
        "R24",
        "hint",
        "whys.w5.evidence",
        whys({"id": "w5", "status": "confirmed"}),
        whys({"id": "w5", "status": "possible"}),
    ),
    ("R24", "warning", "causes.c1.why", whys(status="ruled out"), whys()),
    (
        "R24",
        "warning",
        "actions.a1.form",
        whys(status="possible"),
        {**whys(status="possible"), **action(form="investigate")},
    ),
    (
        "R24",
        "warning",
        "actions.a1.form",
        whys(status="possible"),
        {**whys(status="possible"), **action(kind="immediate")},
    ),
    (
        "R25",
        "warning",
        "whys.w2.text",
        whys({"id": "w2", "text": "Main switch was left unplugged"}),
        whys({"id": "w2", "text": "Main switch needed for the tester"}),
    ),
    ("R25", "warning", "whys.w3.holds", whys(holds="no"), whys(holds="yes")),
    ("R25", "warning", "whys.w1.text", whys({"id": "w1", "text": WELL_MADE["title"]}), whys()),
    (
        "R26",
        "warning",
        "whys.w6.text",
        whys({"id": "w6", "text": "The technician forgot to test"}),
        whys({"id": "w6", "text": "Nothing reminds the technician to test"}),
    ),
    ("R26", "hint", "whys.w5.text", whys({"id": "w5", "text": "The technician forgot to test"}), whys()),
    (
        "R26",
        "hint",
        "whys.w6.text",
        whys({"id": "w6", "text": "Poor lighting"}),
        whys({"id": "w6", "text": "Two lamps of ten lit"}),
    ),
    (
        "R26",
        "hint",
        "whys.w6.text",
        whys({"id": "w6", "text": "Tom closed the job"}),
        whys({"id": "w6", "text": "The van closed the job"}),
    ),
    # the kind of cause
    ("R28", "error", "causes.c1.category", cause(category=None), cause(category="outside our control")),
    ("R28", "warning", "causes.c1.subcategory", cause(subcategory="hand-off"), cause(subcategory="")),
    (
        "R29",
        "hint",
        "causes.c1.reason",
        cause(reason=""),
        cause(reason="", trail=[{"question": "allowed", "answer": "no"}]),
    ),
    (
        "R29",
        "hint",
        "causes.c1.category",
        cause(trail=[{"question": "able", "answer": "no"}]),
        cause(trail=[{"question": "able", "answer": "not known"}, {"question": "gone", "answer": "no"}]),
    ),
    ("R31", "error", "causes.c1.opinions", {"impact": GRAVE}, {"impact": GRAVE, "causes": CHECKED}),
    # what is done
    (
        "R33",
        "error",
        "causes.c1.accepted_because",
        {"actions": []},
        {"actions": [], **cause(accepted_because="Once in ten years")},
    ),
    (
        "R33",
        "error",
        "causes.c1.accepted_because",
        {"actions": [], **cause(accepted_because="n/a")},
        {"actions": [], **cause(accepted_because="Once in ten years")},
    ),
    ("R33", "warning", "actions.a1.causes", action(causes=[]), action(causes=[], kind="improvement")),
    ("R33", "error", "actions", {"causes": [], "actions": []}, {}),
    ("R34", "hint", "actions.a1.form", action(form=""), action(form="automate")),
    ("R34", "hint", "actions.a1.form", action(form="magic"), action(form="remind")),
    ("R34", "error", "actions", {"impact": BAD, **action(form="remind")}, {"impact": BAD, **action(form="checklist")}),
    (
        "R34",
        "error",
        "actions",
        {"impact": GRAVE, "signatures": SIGNED, **action(form="policy")},
        {
            "impact": GRAVE,
            **action(form="policy"),
            "kept": [{"rule": "R34", "where": "actions", "reason": "The valve is built in 2027", "by": "Mira"}],
        },
    ),
    ("R34", "warning", "actions", {"impact": BAD, "state": "acting", **action(form="remind")}, action(form="remind")),
    ("R35", "error", "actions.a1.text", action(text=" "), action(text="Write it down")),
    ("R35", "warning", "actions.a1.text", action(text="Be more careful"), action(text="Put a tag on the plug")),
    ("R35", "hint", "actions.a1.text", action(text="Ask the crew to be careful"), action(text="Count the plugs")),
    ("R35", "hint", "actions.a1.text", action(text="The list is longer"), action(text="Lengthen the list")),
    ("R35", "error", "actions.a1.owner", action(owner=""), action(owner="Desk")),
    ("R35", "error", "actions.a1.due_on", action(due_on=..., done_on=...), action(due_on=...)),
    ("R35", "hint", "actions.a1.done_when", action(done_when=""), action(done_when="", kind="immediate")),
    ("R35", "hint", "actions.a1.could_break", action(could_break=""), action(could_break="", kind="immediate")),
    ("R35", "warning", "actions.a1.due_on", {"state": "acting", **action(done_on=...)}, {"state": "acting"}),
    ("R35", "error", "actions.a1.done_on", action(done_on="2026-04-01"), action(done_on="2026-03-20")),
    ("R35", "error", "actions.a1.done_on", action(done_on=...), action(done_on=..., carried_to="2026-020")),
    ("R26", "hint", "actions.a1.text", action(text="Ask Sarah to count"), action(text="Ask the desk to count")),
    ("R36", "hint", "actions.a1.effect.measure", effect(measure=""), action(effect={}, kind="improvement")),
    ("R36", "error", "actions.a1.effect.measure", {"impact": GRAVE, **effect(measure="")}, {"impact": GRAVE}),
    ("R36", "hint", "actions.a1.effect.expected", effect(expected=""), effect(expected="0")),
    ("R36", "warning", "actions.a1.effect.check_on", effect(check_on=...), effect(check_on="2026-06-16")),
    ("R36", "error", "actions.a1.effect.check_on", {"impact": GRAVE, **effect(check_on=...)}, {"impact": GRAVE}),
    ("R36", "warning", "actions.a1.effect.result", effect(check_on="2026-03-19"), effect(check_on="2026-03-20")),
    (
        "R36",
        "warning",
        "actions.a1.effect.result",
        effect(check_on="2026-03-19"),
        effect(check_on="2026-03-19", result="held"),
    ),
    ("R36", "error", "actions.a1.effect.result", effect(result="not held"), effect(result="held")),
    (
        "R36",
        "error",
        "actions.a1.effect.result",
        effect(result="not held"),
        action(effect={"result": "not held"}, carried_to="2026-020"),
    ),
    (
        "R23",
        "warning",
        "whys.w3.can_act",
        whys(can_act="no"),
        {**whys(can_act="no"), **cause(category="outside our control")},
    ),
)


def name(row: tuple[Any, ...]) -> str:
    """Rule, level and place of a row."""
    return " ".join(row[:3])


@pytest.mark.parametrize(("rule", "level", "where", "wrong", "right"), FOUND, ids=[name(row) for row in FOUND])
def test_a_rule_finds_what_it_is_for_and_nothing_beside_it(
    *,
    rule: str,
    level: str,
    where: str,
    wrong: dict[str, Any],
    right: dict[str, Any],
    playbook: Playbook,
    now: datetime,
):
    """At its place and with its weight; the change beside it is in order."""

    def found(change: dict[str, Any]) -> list[tuple[str, str, str]]:
        return [(f.rule, f.level, f.where) for f in review(well_made(**change), playbook, now)]

    assert (rule, level, where) in found(wrong)
    assert (rule, level, where) not in found(right)


def test_every_rule_of_the_review_has_its_example():
    """R21 to R29 and R33 to R36, none left out."""
    needed = {f"R{number}" for number in (*range(21, 30), *range(33, 37))}

    assert set() == needed - {row[0] for row in FOUND}


@pytest.mark.parametrize("answers", ["yes", "no"])
def test_the_trail_narrows_the_categories(answers: str, playbook: Playbook, now: datetime):
    """What is ours is not outside our control, and the other way round (R29)."""
    ours = cause(
        category="outside our control" if answers == "yes" else "system",
        trail=[{"question": "ours", "answer": answers}],
    )
    (finding,) = [f for f in review(well_made(**ours), playbook, now) if f.rule == "R29"]

    assert "the answers point to " in finding.message


def test_a_remedy_fits_its_hint(playbook: Playbook, now: datetime):
    """A name becomes a role, a vague word a measure, a person's part is asked further."""
    texts = {"w1": "Tom was there", "w2": "Poor light", "w6": "The crew forgot it"}
    found = review(well_made(**whys(*({"id": name, "text": text} for name, text in texts.items()))), playbook, now)
    remedies = {finding.where: finding.remedy for finding in found if finding.rule == "R26"}

    assert {
        "whys.w1.text": "write the role",
        "whys.w2.text": "say how much, against what",
        "whys.w6.text": "ask why of this",
    } == remedies


@pytest.mark.parametrize(
    ("length", "level"), [(1, "warning"), (2, "warning"), (3, None), (7, None), (8, "hint"), (9, "hint")]
)
def test_a_root_is_three_to_seven_deep(length: int, level: str | None, playbook: Playbook, now: datetime):
    """Under three: once more. Over seven: too far to act on? (R23)."""
    place = f"whys.x{length - 1}.text"
    found = [f.level for f in review(well_made(**chain(length)), playbook, now) if (f.rule, f.where) == ("R23", place)]

    assert ([level] if level else []) == found
