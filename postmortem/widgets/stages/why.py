"""Stage 4: from what the customer met to a cause we can act on (R21 to R27)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from postmortem.record import causes, whys
from postmortem.record.vocabulary import LEGS, EvidenceKind, Join
from postmortem.widgets.blocks import Block, Form, category_badge

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from postmortem.record.incident import Why
    from postmortem.widgets.meeting import Retrospective


def body(form: Form) -> list[Block]:
    """What the stage shows: one tree a leg."""
    meeting, incident, playbook = form.meeting, form.incident, form.meeting.playbook
    names = whys.labels(incident)
    legs = []
    for leg in LEGS:
        tops = whys.children(incident, None, leg)
        ids = {identifier for top in tops for identifier in whys.branch(incident, top.id)}
        roots = sum(cause.why in ids for cause in incident.causes)
        legs.append(
            {
                "leg": leg,
                "letter": leg[0].upper(),
                "ask": playbook.whys.legs[leg],
                "roots": f"{roots} root{'s' if roots != 1 else ''}"
                if roots
                else "no root yet"
                if tops
                else "not asked yet",
                "nodes": [_node(form, top, names) for top in tops],
            }
        )
    return [
        {
            "t": "tree",
            "legs": legs,
            "join": incident.join,
            "can_undo": meeting.can_undo,
            "can_redo": meeting.can_redo,
            "evidence_kinds": list(get_args(EvidenceKind)),
            "stop": dict(playbook.whys.stop),
            "empty": "Start with what the customer met. Then ask: why?",
        }
    ]


def _node(form: Form, why: Why, names: Mapping[str, str]) -> Block:
    incident = form.incident
    root = whys.root_at(incident, why.id)
    place = f"whys.{why.id}"
    findings = [
        form.finding(number, finding)
        for number, finding in enumerate(form.findings, start=1)
        if finding.where.startswith(f"{place}.")
    ]
    return {
        "id": why.id,
        "place": f"{place}.text",
        "label": names[why.id],
        "text": why.text,
        "status": why.status,
        "join": why.join,
        "evidence": [{"kind": item.kind, "text": item.text} for item in why.evidence],
        "can_act": why.can_act or "",
        "would_have_helped": why.would_have_helped or "",
        "may_stop": whys.may_stop(why),
        "root": category_badge(root.category, possible=why.status == "possible") if root else None,
        "read_back": list(whys.read_back(incident, why.id)) if why.text.strip() else [],
        "findings": findings,
        "children": [_node(form, child, names) for child in whys.children(incident, why.id)],
    }


def ask(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """A new why under a node, or the first of a leg."""
    node, leg = args.get("node") or None, args.get("leg") or None
    after = meeting.change(lambda incident: whys.answer(incident, node, leg=leg))
    return f"edit:{after.whys[-1].id}"


def beside(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """A new why beside a node."""
    node = str(args["node"])
    why = whys.find(meeting.incident, node)
    leg = whys.leg_of(meeting.incident, node) if why.parent is None else None
    after = meeting.change(lambda incident: whys.answer(incident, why.parent, leg=leg))
    return f"edit:{after.whys[-1].id}"


def reword(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Say it in other words."""
    meeting.change(lambda incident: whys.reword(incident, str(args["node"]), str(args["text"])))
    return ""


def remove(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Take a branch out; the focus goes to the sibling or the parent."""
    node = str(args["node"])
    why = whys.find(meeting.incident, node)
    row = [item.id for item in whys.children(meeting.incident, why.parent, whys.leg_of(meeting.incident, node))]
    at = row.index(node)
    near = row[at + 1] if at + 1 < len(row) else row[at - 1] if at else why.parent
    meeting.change(lambda incident: whys.remove(incident, node))
    return f"node:{near}" if near else ""


def status(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Possible, confirmed, ruled out."""
    meeting.change(lambda incident: whys.mark(incident, str(args["node"]), args["status"]))
    return ""


def root(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Mark a root, or take the mark away."""
    node = str(args["node"])
    turn = causes.unmark_root if whys.root_at(meeting.incident, node) else causes.mark_root
    meeting.change(lambda incident: turn(incident, node))
    return ""


def join(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """AND or OR for the causes below a node."""
    node = str(args["node"])
    other: Join = "or" if whys.find(meeting.incident, node).join == "and" else "and"
    meeting.change(lambda incident: whys.join(incident, node, other))
    return ""


def shift(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Up or down among siblings."""
    meeting.change(lambda incident: whys.shift(incident, str(args["node"]), -1 if args["by"] == -1 else 1))
    return f"node:{args['node']}"


def evidence(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """One more piece of evidence; an empty one adds nothing."""
    if str(args["text"]).strip():
        meeting.change(
            lambda incident: whys.add_evidence(incident, str(args["node"]), args["kind"], str(args["text"]).strip())
        )
    return ""


def drop_evidence(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Take a piece of evidence away."""
    meeting.change(lambda incident: whys.drop_evidence(incident, str(args["node"]), int(args["index"])))
    return ""


def stop(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Answer a question of the stop test."""
    why = whys.find(meeting.incident, str(args["node"]))
    answers: dict[str, Any] = {"can_act": why.can_act, "would_have_helped": why.would_have_helped}
    answers[str(args["question"])] = args["answer"] or None
    meeting.change(lambda incident: whys.stop_test(incident, why.id, **answers))
    return ""


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {
    "ask": ask,
    "beside": beside,
    "reword": reword,
    "remove": remove,
    "status": status,
    "root": root,
    "join": join,
    "shift": shift,
    "evidence": evidence,
    "drop-evidence": drop_evidence,
    "stop": stop,
}
