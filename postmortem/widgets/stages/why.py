"""Stage 4: from what the customer met to a cause we can act on (R21 to R27)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, get_args

from postmortem.record import apart as rules
from postmortem.record import causes, whys
from postmortem.record.aloud import after_therefore, explained
from postmortem.record.severity import assess, depth, in_force
from postmortem.record.vocabulary import CATEGORIES, LEGS, EvidenceKind, Join, Leg
from postmortem.widgets import apart, opinions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from postmortem.record.incident import Cause, Incident, Why
    from postmortem.record.review import Finding
    from postmortem.widgets.blocks import Block, Form
    from postmortem.widgets.meeting import Retrospective

_LETTERS: Final[Mapping[Leg, str]] = {
    "occurrence": "The whys here are numbered O1, O1.1 and so on: O for occurrence, how it came to happen.",
    "detection": "D for detection: how it could stay unseen until the customer met it.",
    "recovery": "R for recovery: what we added to it once we knew.",
}


def body(form: Form) -> list[Block]:
    """What the stage shows: one tree a leg, and what the level of the mistake asks for (R7)."""
    meeting, incident, playbook = form.meeting, form.incident, form.meeting.playbook
    asked = depth(incident, playbook).legs
    rows = _Rows(form)
    legs = []
    for leg in LEGS:
        tops = [rows.node(top) for top in whys.children(incident, None, leg)]
        roots = sum(1 for top in tops for node in _below(top) if node["root"])
        legs.append(
            {
                "leg": leg,
                "letter": leg[0].upper(),
                "ask": playbook.whys.legs[leg],
                "explains": _LETTERS[leg],
                "roots": f"{roots} root{'s' if roots != 1 else ''}"
                if roots
                else "no root yet"
                if tops
                else "not asked yet",
                "folded": leg not in asked and not tops,
                "nodes": tops,
                "therefore": after_therefore(explained(incident, leg)),
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
            "kinds": list(CATEGORIES),
            "stop": dict(playbook.whys.stop),
            "empty": "Start with what the customer met. Then ask: why?",
            **_foot(form),
        }
    ]


def _foot(form: Form) -> Block:
    """What the level asks of the whys, how far they are, and what is still missing (R7)."""
    incident, playbook = form.incident, form.meeting.playbook
    level, asks = assess(incident, playbook).level, depth(incident, playbook)
    letters = " and ".join(
        filter(None, (", ".join(leg[0].upper() for leg in part) for part in (asks.legs[:-1], asks.legs[-1:])))
    )
    name = f"{level.capitalize()}:" if level else "No level yet, so as for a moderate mistake:"
    wanted = f"question{'s' if len(asks.legs) > 1 else ''} {letters} {'are' if len(asks.legs) > 1 else 'is'} asked for"
    wanted = wanted if asks.legs else "no whys are asked for"
    possible = sum(whys.find(incident, cause.why).status == "possible" for cause in incident.causes)
    count = len(incident.causes)
    return {
        "roots": f"{count} root{'s' if count != 1 else ''}{f', {possible} possible' if possible else ''}."
        if count
        else "",
        "level": in_force(incident, playbook),
        "asks": f"{name} {wanted}{', and branches' if asks.branches else ''}.",
        "missing": [finding.message for finding in form.findings if finding.where == "whys"],
    }


def _below(node: Block) -> list[Block]:
    """A node and everything below it."""
    return [node, *(inner for child in node["children"] for inner in _below(child))]


class _Rows:
    """Draws the nodes of one record; what each of them needs is looked up once for all."""

    def __init__(self, form: Form) -> None:
        incident = form.incident
        self._form = form
        self._names = whys.labels(incident)
        self._roots: dict[str, Cause] = {cause.why: cause for cause in reversed(incident.causes)}
        self._under: dict[str | None, list[Why]] = {}
        for why in incident.whys:
            self._under.setdefault(why.parent, []).append(why)
        self._twice = {version.place for version in incident.versions}
        self._findings: dict[str, list[Block]] = {}
        for number, finding in enumerate(form.findings, start=1):
            start, _, rest = finding.where.partition(".")
            if start == "whys" and rest:
                told = {**form.finding(number, finding), "offers": _offers(finding)}
                self._findings.setdefault(rest.rpartition(".")[0], []).append(told)

    def node(self, why: Why) -> Block:
        """One why with everything below it."""
        root, place = self._roots.get(why.id), f"whys.{why.id}.text"
        return {
            "id": why.id,
            "place": place,
            "label": self._names[why.id],
            "text": why.text,
            "therefore": after_therefore(why.text),
            "status": why.status,
            "join": why.join,
            "evidence": [{"kind": item.kind, "text": item.text} for item in why.evidence],
            "can_act": why.can_act or "",
            "would_have_helped": why.would_have_helped or "",
            "may_stop": whys.may_stop(why),
            "holds": why.holds or "",
            "root": apart.badge(self._form.meeting, root, possible=why.status == "possible") if root else None,
            "writing": self._form.meeting.writing(place),
            "versions": self._form.versions_at(place) if place in self._twice else None,
            "findings": self._findings.get(why.id, []),
            "children": [self.node(child) for child in self._under.get(why.id, ())],
        }


def _offers(finding: Finding) -> list[list[str]]:
    """What can be done about a finding, right beside it: pairs of a deed and the word on its button."""
    part = finding.where.rpartition(".")[2]
    ask, reword = ["ask", "Ask why of this"], ["edit", "Reword"]
    offers = {
        "evidence": [["evidence", "Add evidence"]],
        "holds": [reword, ["hold", "It holds now"]],
        "can_act": [["look", "Answer it"]],
        "would_have_helped": [["look", "Answer it"]],
    }.get(part, [])
    if part == "text":
        by_rule = {"R21": [["edit", "Write it"], ["remove", "Take it out"]], "R23": [ask], "R25": [reword]}
        offers = by_rule.get(finding.rule, [ask, reword])
        if finding.remedy == "look one why above":
            offers = [["above", "Go there"]]
    return offers if finding.level == "error" else [*offers, ["keep", "Keep"]]


def ask(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """A new why under a node, or the first of a leg."""
    node, leg = args.get("node") or None, args.get("leg") or None
    text = str(args.get("text", ""))
    after = meeting.change(lambda incident: whys.answer(incident, node, text, leg=leg))
    return f"edit:{after.whys[-1].id}"


def beside(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """A new why beside a node."""
    node = str(args["node"])
    why = whys.find(meeting.incident, node)
    leg = whys.leg_of(meeting.incident, node) if why.parent is None else None
    after = meeting.change(lambda incident: whys.answer(incident, why.parent, leg=leg))
    return f"edit:{after.whys[-1].id}"


def reword(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Say it in other words; where somebody else did so meanwhile, unseen, these wait beside theirs."""
    node, text, was = str(args["node"]), str(args["text"]), args.get("was")
    if not isinstance(was, list) or not meeting.beside(f"whys.{node}.text", text, [str(seen) for seen in was]):
        meeting.change(lambda incident: whys.reword(incident, node, text))
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


def kind(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Say which kind of root a why is; a why that is none yet becomes one. The reason and its trail stay (R28)."""
    node = str(args["node"])
    there = whys.root_at(meeting.incident, node)
    if there is not None:
        opinions.choose(meeting, there.id, str(args["kind"] or ""))
        return ""

    def classified(incident: Incident) -> Incident:
        marked = causes.mark_root(incident, node)
        (cause,) = [cause.id for cause in marked.causes if cause.why == node][:1]
        # Where two people classify apart, what is chosen is this person's own opinion (R31).
        if args["kind"] and rules.is_asked(marked, cause, meeting.playbook):
            return rules.opine(marked, cause, meeting.by, args["kind"])
        return causes.amend(marked, cause, category=args["kind"] or None)

    meeting.change(classified)
    return ""


def join(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """AND or OR for the causes below a node, or for the first whys."""
    node = args.get("node") or None
    now = whys.find(meeting.incident, node).join if node else meeting.incident.join
    other: Join = "or" if now == "and" else "and"
    meeting.change(lambda incident: whys.join(incident, node, other))
    return ""


def shift(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Up or down among siblings."""
    meeting.change(lambda incident: whys.shift(incident, str(args["node"]), -1 if args["by"] == -1 else 1))
    return f"node:{args['node']}"


def indent(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Under the sibling above."""
    meeting.change(lambda incident: whys.indent(incident, str(args["node"])))
    return f"node:{args['node']}"


def outdent(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Beside its parent."""
    meeting.change(lambda incident: whys.outdent(incident, str(args["node"])))
    return f"node:{args['node']}"


def move(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """To another place of the tree, also of another leg."""
    node, parent = str(args["node"]), args.get("parent") or None
    before, leg = args.get("before") or None, args.get("leg") or None
    meeting.change(lambda incident: whys.move(incident, node, parent, before=before, leg=None if parent else leg))
    return f"node:{node}"


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


def hold(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Say whether one link holds when it is read back, or that all of them up to the title do (R25)."""
    node = str(args["node"])
    if args.get("all"):
        meeting.change(lambda incident: whys.hold_all(incident, node))
    else:
        meeting.change(lambda incident: whys.hold(incident, node, args["holds"] or None))
    return ""


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {
    "ask": ask,
    "beside": beside,
    "reword": reword,
    "remove": remove,
    "status": status,
    "root": root,
    "kind": kind,
    "join": join,
    "shift": shift,
    "indent": indent,
    "outdent": outdent,
    "move": move,
    "evidence": evidence,
    "drop-evidence": drop_evidence,
    "stop": stop,
    "hold": hold,
}
