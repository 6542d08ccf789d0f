"""The whys: a tree with evidence that goes deep enough and reads back (R21 to R27)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.record import whys
from postmortem.record.review.finding import Finding, Severeness
from postmortem.record.review.wording import likeness, phrases
from postmortem.record.severity import depth

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from postmortem.record.incident import Incident, Why
    from postmortem.record.playbook import Playbook

_LATE = {"acting", "closed"}


def findings(incident: Incident, playbook: Playbook, _now: datetime) -> Iterator[Finding]:
    """Findings of the stage "ask why"."""
    if not incident.whys:
        level: Severeness = "error" if incident.state in _LATE else "hint"
        yield Finding("R21", level, "whys", "nobody has asked why yet", "ask the first why", "why")
        return
    names = whys.labels(incident)
    leaves = {leaf.id for leaf in whys.leaves(incident)}
    texts = {why.id: why.text for why in incident.whys}
    for why, deep in whys.walk(incident):
        if why.status == "ruled out":
            continue
        yield from _words(why, names[why.id], playbook, is_leaf=why.id in leaves)
        yield from _restated(why, names, texts, playbook)
        if whys.root_at(incident, why.id) is not None:
            yield from _root(why, names[why.id], deep, playbook)
    yield from _shape(incident, playbook, leaves)


def _place(why: Why) -> str:
    return f"whys.{why.id}.text"


def _words(why: Why, name: str, playbook: Playbook, *, is_leaf: bool) -> Iterator[Finding]:
    if not why.text.strip():
        yield Finding("R21", "warning", _place(why), f"{name} is empty", "write the answer, or take it out", "why")
        return
    for phrase in phrases(why.text, "whys", playbook):
        level: Severeness = "warning" if is_leaf and phrase.group == "person" else "hint"
        yield Finding(
            phrase.rule, level, _place(why), f"{name}: “{phrase.text}” {phrase.ask}", "ask why of this", "why"
        )


def _restated(why: Why, names: dict[str, str], texts: dict[str, str], playbook: Playbook) -> Iterator[Finding]:
    if why.parent is None or not why.text.strip():
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


def _root(why: Why, name: str, deep: int, playbook: Playbook) -> Iterator[Finding]:
    rules = playbook.whys
    if deep < rules.shallow_under:
        yield Finding(
            "R23",
            "warning",
            _place(why),
            f"root {name} stands {deep} deep",
            "ask why once more, or say why it stops",
            "why",
        )
    if deep > rules.far_over:
        yield Finding(
            "R23",
            "hint",
            _place(why),
            f"root {name} stands {deep} deep: too far to act on?",
            "look one why above",
            "why",
        )
    for field, ask in (("can_act", rules.stop["can_act"]), ("would_have_helped", rules.stop["would_have_helped"])):
        if getattr(why, field) == "no":
            yield Finding("R23", "warning", f"whys.{why.id}.{field}", f"root {name}: {ask} No.", "ask further", "why")
    if why.status == "confirmed" and not why.evidence:
        yield Finding(
            "R24",
            "warning",
            f"whys.{why.id}.evidence",
            f"root {name} is confirmed and has no evidence",
            "name what it was seen from, or mark it possible",
            "why",
        )


def _shape(incident: Incident, playbook: Playbook, leaves: set[str]) -> Iterator[Finding]:
    asked = depth(incident, playbook)
    late = incident.state in _LATE
    missing: Severeness = "warning" if late else "hint"
    there = {why.leg or "occurrence" for why in incident.whys if why.parent is None and why.status != "ruled out"}
    for leg in asked.legs:
        if leg not in there:
            yield Finding("R22", missing, "whys", f"not asked yet: {playbook.whys.legs[leg]}", "ask it once", "why")
    if asked.branches and len(leaves) == 1 and len(incident.whys) > 1:
        yield Finding("R21", missing, "whys", "it is a single chain", "ask of each why: what else had to be so?", "why")
    if not incident.causes:
        level: Severeness = "error" if late else "hint"
        yield Finding("R23", level, "whys", "no root is marked yet", "mark the why that you can act on", "why")
