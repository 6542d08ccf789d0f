"""The whys: a tree with evidence that goes deep enough and reads back (R21 to R27)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.record import whys
from postmortem.record.aloud import explained
from postmortem.record.phrases import likeness, phrases
from postmortem.record.review.finding import LATE, Finding, Severeness
from postmortem.record.severity import depth

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from postmortem.record.incident import Cause, Incident, Why
    from postmortem.record.playbook import Playbook

_REMEDIES = {"person": "ask why of this", "vague": "say how much, against what", "names": "write the role"}


def findings(incident: Incident, playbook: Playbook, _now: datetime) -> Iterator[Finding]:
    """Findings of the stage "ask why"."""
    if not incident.whys:
        yield Finding("R21", "hint", "whys", "nobody has asked why yet", "ask the first why", "why")
        return
    names: dict[str | None, str] = {None: "the title"}
    names.update(whys.labels(incident))
    leaves = {leaf.id for leaf in whys.leaves(incident)}
    texts: dict[str | None, str] = {None: incident.title}
    texts.update((why.id, why.text) for why in incident.whys)
    roots = {cause.why: cause for cause in incident.causes}
    for why, deep in whys.walk(incident):
        if why.status == "ruled out":
            continue
        yield from _words(why, names[why.id], playbook, is_leaf=why.id in leaves)
        yield from _restated(why, names, texts, playbook)
        if why.holds == "no":
            yield _broken(why, names, incident)
        if why.id in roots:
            yield from _root(why, roots[why.id], names[why.id], playbook, late=incident.state in LATE)
        if why.id in roots or why.id in leaves:
            yield from _depth(why, names[why.id], deep, playbook, is_root=why.id in roots)
        if why.status == "confirmed" and not why.evidence:
            yield _unproven(why, names[why.id], is_root=why.id in roots)
    yield from _shape(incident, playbook)


def _place(why: Why) -> str:
    return f"whys.{why.id}.text"


def _words(why: Why, name: str, playbook: Playbook, *, is_leaf: bool) -> Iterator[Finding]:
    if not why.text.strip():
        yield Finding("R21", "warning", _place(why), f"{name} is empty", "write the answer, or take it out", "why")
        return
    for phrase in phrases(why.text, "whys", playbook):
        level: Severeness = "warning" if is_leaf and phrase.group == "person" else "hint"
        remedy = _REMEDIES.get(phrase.group, "reword it")
        yield Finding(phrase.rule, level, _place(why), f"{name}: “{phrase.text}” {phrase.ask}", remedy, "why")


def _restated(
    why: Why, names: dict[str | None, str], texts: dict[str | None, str], playbook: Playbook
) -> Iterator[Finding]:
    if not why.text.strip():
        return
    if likeness(why.text, texts[why.parent]) >= playbook.whys.restated_from:
        yield Finding(
            "R25",
            "warning",
            _place(why),
            f"{names[why.id]} says {names[why.parent]} again",
            "read it back: “…, therefore …”; say what lies before it",
            "why",
        )


def _broken(why: Why, names: dict[str | None, str], incident: Incident) -> Finding:
    above = names[why.parent]
    if why.parent is None and why.leg not in {None, "occurrence"}:
        above = f"“{explained(incident, why.leg or 'occurrence')}”"
    found = f"read back, {names[why.id]} does not lead to {above}"
    return Finding(
        "R25", "warning", f"whys.{why.id}.holds", found, "reword one of the two, or say what lies between", "why"
    )


def _depth(why: Why, name: str, deep: int, playbook: Playbook, *, is_root: bool) -> Iterator[Finding]:
    rules, what = playbook.whys, f"root {name}" if is_root else name
    if deep < rules.shallow_under:
        level: Severeness = "warning" if is_root else "hint"
        remedy = "ask why once more, or put this away with the reason why it stops" if is_root else "ask why once more"
        yield Finding("R23", level, _place(why), f"{what} is only {_several(deep)} deep", remedy, "why")
    if deep > rules.far_over:
        found = f"{what} is {_several(deep)} deep: too far to act on?"
        yield Finding("R23", "hint", _place(why), found, "look one why above", "why")


def _several(deep: int) -> str:
    return f"{deep} {'why' if deep == 1 else 'whys'}"


def _root(why: Why, root: Cause, name: str, playbook: Playbook, *, late: bool) -> Iterator[Finding]:
    """The stop test (R23): a root that fails it is not one; one that nobody asked is asked late in the work."""
    stop = playbook.whys.stop
    for field, ask, answer in (
        ("can_act", stop["can_act"], why.can_act),
        ("would_have_helped", stop["would_have_helped"], why.would_have_helped),
    ):
        place = f"whys.{why.id}.{field}"
        if answer == "no" and field == "can_act" and root.category == "outside our control":
            # That nobody here can act on it is what the category means (R28).
            continue
        if answer == "no":
            yield Finding("R23", "warning", place, f"root {name}: {ask} No.", "ask further", "why")
        elif answer != "yes":
            level: Severeness = "warning" if late else "hint"
            yield Finding("R23", level, place, f"root {name}: {ask} Not answered yet.", "answer it", "why")
    if why.status == "possible" and not why.evidence:
        found = f"root {name}: {stop['evidence']} Not yet."
        yield Finding("R23", "hint", f"whys.{why.id}.evidence", found, "name what it was seen from", "why")


def _unproven(why: Why, name: str, *, is_root: bool) -> Finding:
    return Finding(
        "R24",
        "warning" if is_root else "hint",
        f"whys.{why.id}.evidence",
        f"{'root ' if is_root else ''}{name} is confirmed and has no evidence",
        "name what it was seen from, or mark it possible",
        "why",
    )


def _shape(incident: Incident, playbook: Playbook) -> Iterator[Finding]:
    asked = depth(incident, playbook)
    late = incident.state in LATE
    missing: Severeness = "warning" if late else "hint"
    there = {why.leg or "occurrence" for why in incident.whys if why.parent is None and why.status != "ruled out"}
    for leg in asked.legs:
        if leg not in there:
            yield Finding("R22", missing, "whys", f"not asked yet: {playbook.whys.legs[leg]}", "ask it once", "why")
    if asked.branches and not whys.branches(incident) and len(incident.whys) > 1:
        remedy = "ask of each why: what else had to be so?"
        yield Finding("R21", missing, "whys", "the whys are a single chain", remedy, "why")
    if not incident.causes:
        yield Finding("R23", "hint", "whys", "no root is marked yet", "mark the why that you can act on", "why")
