"""The facts of the gates, read from a record once more and in another way: from the document, with plain words.

Nothing of `record.gates` is used here: a gate that forgets to look is found by what stands, or does not stand, in the
document itself. Only for the default playbook.
"""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from postmortem.record.base import zone
from postmortem.record.playbook import DEFAULT_FILE
from postmortem.record.reading import document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postmortem.record.incident import Incident

RULES = tomllib.loads(DEFAULT_FILE.read_text(encoding="utf-8"))
HARM = {"none": 0, "distress": 1, "injury": 3, "life-threatening": 3}
COULD = {"none": 0, "distress": 0, "injury": 2, "life-threatening": 3}
REPUTATION = {"none": 0, "grumbling": 0, "complaint": 1, "public": 2}
TRUST = {"will stay": 0, "unsure": 1, "lost": 2}
NAMES = ("minor", "moderate", "serious", "critical")


def _is_manager(role: str) -> bool:
    """By the words of the default playbook, read from its file."""
    return any(word in role.lower().split() for word in RULES["escalation"]["managers"])


def level(doc: dict[str, Any]) -> int | None:
    """0 for minor to 3 for critical; `None` while nothing is answered; a milder one by hand is explained."""
    said = doc.get("evaluation", {})
    own, by_answers = said.get("level"), _by_answers(doc)
    if own and (_explained(said) or by_answers is None or NAMES.index(own) >= by_answers):
        return NAMES.index(own)
    return by_answers


def _explained(said: dict[str, Any]) -> bool:
    return bool(said.get("reason", "").strip() and said.get("by", "").strip())


def _by_answers(doc: dict[str, Any]) -> int | None:
    impact = doc.get("impact", {})
    found = [
        table[impact[name]]
        for name, table in (("harm", HARM), ("potential_harm", COULD), ("reputation", REPUTATION), ("trust", TRUST))
        if impact.get(name)
    ]
    for name, marks in (
        ("customers", (10, 100)),
        ("customer_min", (59, 239)),
        ("customer_cost", (50, 1000)),
        ("our_cost", (500, 10000)),
    ):
        if impact.get(name) is not None:
            found.append(sum(float(impact[name]) > mark for mark in marks))
    return max(found, default=None)


_NOT_WITHOUT = {"offered_at": "offered", "approved_at": "approved_by", "manager_told_at": "manager_told"}
"""What is not so either, while its time has not come."""
_MAY_COME = {"check_on", "due_on", "call_back_on", "starts_at"}


def known(part: Any, now: datetime) -> Any:
    """A document without what is dated later than now."""
    if isinstance(part, list):
        return [known(item, now) for item in part]
    if not isinstance(part, dict):
        return part
    early = {
        key
        for key, value in part.items()
        if (key == "at" or key.endswith(("_at", "_on")))
        and key not in _MAY_COME
        and isinstance(value, str)
        and _is_later(value, now)
    }
    gone = early | {_NOT_WITHOUT[key] for key in early & set(_NOT_WITHOUT)}
    if "offered_at" in early:
        part = {"owed": part.get("offered"), **part}
    if "answered_at" in early and part.get("answer") == "declined":
        gone.add("answer")
    if "checked_on" in early and part.get("result") == "held":
        gone.add("result")
    return {key: known(value, now) for key, value in part.items() if key not in gone}


def _is_later(value: str, now: datetime) -> bool:
    return datetime.fromisoformat(value) > now if "T" in value else value > f"{now:%Y-%m-%d}"


def lacking(incident: Incident, state: str, now: datetime | None = None) -> list[str]:
    """What a record lacks for a state by now, in plain words; empty where every fact stands in it."""
    now = now or datetime.max.replace(tzinfo=UTC)
    doc = known(document(incident), now)
    doc["signatures"] = [
        it for it in document(incident).get("signatures", []) if not _is_later(it.get("at") or "", now)
    ]
    doc["now"] = now
    order = ["recovering", "analysing", "acting", "closed"]
    found: list[str] = []
    for name in order[: order.index("acting" if state == "reopened" else state) + 1] if state != "draft" else []:
        found += {"recovering": _recovering, "analysing": _analysing, "acting": _acting, "closed": _closed}[name](doc)
    return found


def _recovering(doc: dict[str, Any]) -> Iterator[str]:
    if not doc["title"].strip():
        yield "title"
    if not doc.get("owner", "").strip():
        yield "owner"


def _steps(doc: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    procedures = RULES["procedures"]
    name = doc.get("recovery", {}).get("procedure", "")
    if name not in procedures["presets"]:
        ours = doc.get("fault") not in {"customer", "third party"}
        name = procedures["default" if ours else "not_ours"]
    said = {step["id"]: step for step in doc.get("recovery", {}).get("steps", [])}
    rules = procedures["presets"][name]["steps"]
    is_over = doc.get("state") == "closed" and bool(doc.get("closed_at"))
    if is_over and any(rule["id"] in said for rule in rules):
        rules = [rule for rule in rules if rule["id"] in said]
    return [(rule, said.get(rule["id"], {})) for rule in rules]


def _settled(step: dict[str, Any]) -> bool:
    return (step.get("status") == "done" and bool(step.get("at"))) or (
        step.get("status") == "not needed" and bool(step.get("because", "").strip())
    )


def _before_the_fix(doc: dict[str, Any], rule: dict[str, Any], step: dict[str, Any]) -> bool:
    at, fixed_at = step.get("at"), doc.get("fixed_at")
    is_done = rule.get("target") == "follow_up" and step.get("status") == "done" and bool(at and fixed_at)
    return is_done and datetime.fromisoformat(at or "") < datetime.fromisoformat(fixed_at)


def _analysing(doc: dict[str, Any]) -> Iterator[str]:
    recovery, impact, bad = doc.get("recovery", {}), doc.get("impact", {}), level(doc)
    if bad is None:
        yield "level"
    yield from _answers(doc, impact)
    if bad is not None and bad >= 2 and not doc.get("evaluation", {}).get("manager_told", "").strip():
        yield "manager told"
    steps = _steps(doc)
    if not doc.get("told_at") and not any(_settled(step) for rule, step in steps if rule.get("target") == "tell"):
        yield "told"
    sorry = [step for rule, step in steps if rule.get("target") == "apologise"]
    if sorry and not _settled(sorry[0]):
        yield "apology"
    yield from _not_offered(recovery, impact, doc.get("fault"))
    lost = any(rule.get("target") == "tell" and step.get("status") != "done" and _settled(step) for rule, step in steps)
    spoken = doc.get("told_at") or any(rule.get("says") and step.get("status") == "done" for rule, step in steps)
    if ((bad is not None and bad >= 2) or doc.get("customer", {}).get("vip")) and (spoken or not lost):
        said = recovery.get("escalation", {})
        handed = said.get("permission") == "yes" and said.get("handed_to", "").strip() and said.get("handed_at")
        alone = said.get("manager_available") == "no" and (said.get("call_back_on") or said.get("called_back_at"))
        if not (handed or alone or said.get("permission") == "no"):
            yield "escalation"


def _not_offered(recovery: dict[str, Any], impact: dict[str, Any], fault: str | None) -> Iterator[str]:
    owed = {"reimbursement": float(impact.get("customer_cost") or 0)}
    lost = float(impact.get("customer_min") or 0)
    heads = impact.get("customers") if impact.get("customers") is not None else 1
    owed["service credit"] = lost / 60 * 10 * heads if lost >= 60 else 0
    if fault in {"customer", "third party"}:
        owed = {}
    for kind in ("reimbursement", "service credit", "goodwill"):
        items = [item for item in recovery.get("compensation", []) if item.get("kind", "reimbursement") == kind]
        kept = sum(float(item.get("owed") or 0) for item in items)
        given = [
            item
            for item in items
            if item.get("offered") is not None
            or item.get("offered_at")
            or item.get("carried_out_at")
            or item.get("answer", "waiting") != "waiting"
        ]
        worth = sum(
            float(item["offered"] if item.get("offered") is not None else item.get("owed") or 0) for item in given
        )
        why = [item for item in items if item.get("because", "").strip()]
        # Less of what they paid is for a manager to decide.
        if why and (kind != "reimbursement" or any(item.get("approved_by", "").strip() for item in why)):
            less = sum(float(item.get("offered") or item.get("owed") or 0) for item in why)
            rest = sum(float(item.get("owed") or 0) for item in items if item not in why)
            kept, owed[kind] = less + rest, 0
        if worth + 0.01 * max(1, heads) < max(kept, owed.get(kind, 0)):
            yield f"offer of {kind}"


def _is_kept_back(doc: dict[str, Any], item: dict[str, Any]) -> bool:
    """What they paid was offered, and the day after it is over."""
    waits = item.get("kind", "reimbursement") == "reimbursement" and item.get("answer", "waiting") == "waiting"
    if not waits or not item.get("offered_at"):
        return False
    here = zone(doc.get("zone") or "UTC")
    day = datetime.fromisoformat(item["offered_at"]).astimezone(here).date()
    return bool(doc["now"] >= datetime.combine(day + timedelta(days=2), time(), tzinfo=here))


def _put_away(doc: dict[str, Any], rule: str, where: str) -> bool:
    return any(
        (kept["rule"], kept["where"]) == (rule, where) and kept.get("reason", "").strip() and kept.get("by", "").strip()
        for kept in doc.get("kept", [])
    )


def _answers(doc: dict[str, Any], impact: dict[str, Any]) -> Iterator[str]:
    if not impact.get("harm") and "harm" not in impact.get("not_known", []):
        yield "harm"
    own = doc.get("evaluation", {})
    if own.get("level") and NAMES.index(own["level"]) != _by_answers(doc) and not _explained(own):
        yield "reason and name of a level"
    if doc.get("fault") not in {"customer", "third party"}:
        for name in ("customer_cost", "customer_min"):
            if impact.get(name) is None and not _put_away(doc, "R18", f"impact.{name}"):
                yield name


def _roots(doc: dict[str, Any]) -> list[dict[str, Any]]:
    ruled_out = {why["id"] for why in doc.get("whys", []) if why.get("status") == "ruled out"}
    return [cause for cause in doc.get("causes", []) if cause["why"] not in ruled_out]


def _leg(doc: dict[str, Any], name: str) -> str:
    whys = {why["id"]: why for why in doc["whys"]}
    while whys[name].get("parent"):
        name = whys[name]["parent"]
    return str(whys[name].get("leg") or "occurrence")


def _acting(doc: dict[str, Any]) -> Iterator[str]:  # noqa: C901 - one plain question after the other
    bad = level(doc) if level(doc) is not None else 1
    roots, actions = _roots(doc), doc.get("actions", [])
    if not any(why.get("text", "").strip() and why.get("status") != "ruled out" for why in doc.get("whys", [])):
        yield "whys"
    if not roots:
        yield "root"
    legs = (["occurrence"], ["occurrence", "detection"], ["occurrence", "detection"])
    wanted = [*legs, ["occurrence", "detection", "recovery"]][bad or 0]
    if not set(wanted) <= {_leg(doc, cause["why"]) for cause in roots}:
        yield "a root in each leg"
    below = [why.get("parent") or f"the {why.get('leg') or 'occurrence'}" for why in doc.get("whys", [])]
    if bad is not None and bad >= 2 and max(map(below.count, below), default=0) < 2:
        yield "branches"
    answered = {name for action in actions for name in action.get("causes", [])}
    for cause in roots:
        if not cause.get("category"):
            yield f"kind of {cause['id']}"
        if bad == 3 and len({opinion["by"].strip().lower() for opinion in cause.get("opinions", [])}) < 2:
            yield f"second opinion on {cause['id']}"
        if cause["id"] not in answered and not cause.get("accepted_because", "").strip():
            yield f"answer to {cause['id']}"
    if not any(action.get("text", "").strip() for action in actions):
        yield "an action"
    if any(not action.get("text", "").strip() for action in actions):
        yield "words of an action"


def _closed(doc: dict[str, Any]) -> Iterator[str]:  # noqa: C901 - one plain question after the other
    recovery, bad = doc.get("recovery", {}), level(doc)
    fixing = [step for rule, step in _steps(doc) if rule.get("target") == "fix"]
    if not doc.get("fixed_at") and not recovery.get("resolve", {}).get("result") and not any(map(_settled, fixing)):
        yield "fixed"
    for rule, step in _steps(doc):
        if (not _settled(step) and not rule.get("condition")) or _before_the_fix(doc, rule, step):
            yield f"step {rule['id']}"
    for item in recovery.get("compensation", []):
        if not item.get("carried_out_at") and (item.get("answer") == "accepted" or _is_kept_back(doc, item)):
            yield f"{item['id']} carried out"
    said = recovery.get("escalation", {})
    if said.get("call_back_on") and not said.get("called_back_at") and not said.get("handed_at"):
        yield "call back"
    for action in doc.get("actions", []):
        effect, name = action.get("effect", {}), action["id"]
        if not action.get("owner", "").strip():
            yield f"owner of {name}"
        if not action.get("done_on") and not action.get("carried_to", "").strip():
            yield f"{name} done"
        looked = action.get("kind") in {"immediate", "improvement"} or effect.get("result", "unknown") != "unknown"
        if bad == 3 and not looked and not (effect.get("measure", "").strip() and effect.get("check_on")):
            yield f"effect of {name}"
    yield from _effects(doc, bad)
    strong = {
        RULES["forms"].get(a.get("form", ""), {}).get("strength")
        for a in doc.get("actions", [])
        if a.get("kind") != "immediate"
    }
    if bad is not None and bad >= 2 and strong - {None} == {"weaker"} and not _put_away(doc, "R34", "actions"):
        yield "more than weaker actions"
    if bad == 3 and not any(
        it.get("by", "").strip() and _is_manager(it.get("role", "")) for it in doc.get("signatures", [])
    ):
        yield "signature"


def _effects(doc: dict[str, Any], bad: int | None) -> Iterator[str]:
    effects = [action.get("effect", {}) for action in doc.get("actions", [])]
    shown = [
        it for it in effects if it.get("result", "unknown") != "unknown" or (it.get("measure") and it.get("check_on"))
    ]
    if bad == 3 and effects and not shown:
        yield "an effect"
    for action in doc.get("actions", []):
        seen = action.get("effect", {}).get("checked_on", "")
        since = [
            other
            for other in doc["actions"]
            if other is not action
            and other.get("effect", {}).get("result") != "not held"
            and other.get("causes")
            and set(action.get("causes", [])) <= set(other["causes"])
            and (not other.get("done_on") or other["done_on"] >= seen)
        ]
        failed = action.get("effect", {}).get("result") == "not held" and not action.get("carried_to", "").strip()
        if failed and not (seen and since):
            yield f"answer to {action['id']}, which failed"
