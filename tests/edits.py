"""What people do to a record, step by step, as Hypothesis strategies; and all that a record says, leaf by leaf."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import strategies as st

from postmortem.record import actions, causes, recovery, unread, whys
from postmortem.record.base import Value
from postmortem.record.edit import add, drop, next_id, put
from postmortem.record.incident import (
    Checklist,
    ChecklistRun,
    Commitment,
    Compensation,
    Evidence,
    Extra,
    Incident,
    Kept,
    Link,
    Moment,
    Reply,
    Signature,
)
from postmortem.record.vocabulary import CATEGORIES, LEGS

Leaf = tuple[str, Any]
Step = Callable[[Incident], Incident]

REFERENCES = frozenset({"id", "parent", "why", "causes", "where", "question", "gone", "revision", "leg", "join"})
"""Fields that name other parts, or place them: they follow the parts."""

_FIELDS = (
    "team",
    "summary",
    "owner",
    "service",
    "kind",
    "customer.name",
    "impact.expected",
    "impact.happened",
    "evaluation.reason",
    "recovery.wording",
    "recovery.resolve.given",
    "recovery.escalation.note",
)
_LISTS = ("factors", "should_have_caught", "learned", "tags", "impact.not_known")


def leaves(part: Any, name: str = "") -> Iterator[Leaf]:
    """What a part says: the name of each field that says anything, with its value."""
    if isinstance(part, Value):
        for field, rule in type(part).model_fields.items():
            value = getattr(part, field)
            if field not in REFERENCES and (rule.is_required() or value != rule.default):
                yield from leaves(value, field)
    elif isinstance(part, tuple):
        for item in part:
            yield from leaves(item, name)
    elif name not in REFERENCES and part is not None:
        # The place of what could not be read follows the part it was typed in.
        yield name, "unread" if name == "name" and str(part).startswith("not read yet: ") else part


def said(*parts: Any) -> set[Leaf]:
    """Everything that records, or other parts, say."""
    return {leaf for part in parts for leaf in leaves(part)}


def told(clashes: Any) -> set[Leaf]:
    """Everything that is kept in clashes."""
    sides = [(clash.place.rsplit(".", 1)[-1], side) for clash in clashes for side in (clash.mine, clash.theirs)]
    return {leaf for name, side in sides for leaf in leaves(side, name)}


@st.composite
def edited(draw: st.DrawFn, start: Incident, who: str, most: int = 8) -> Incident:
    """What becomes of a record after some steps of one person, each in words that nobody else writes."""
    incident = start
    for number in range(draw(st.integers(most // 2, most))):
        incident = draw(_steps(incident, f"{who} {number}"))
    return incident


def _steps(incident: Incident, word: str) -> st.SearchStrategy[Incident]:
    possible = [_field(incident, word), _listed(incident, word), _added(incident, word), _asked(incident, word)]
    if incident.whys:
        possible += [_tree(incident, word)] * 3
    if incident.causes or incident.actions:
        possible.append(_deeds(incident, word))
    if incident.timeline or incident.checklists or incident.extra or incident.kept:
        possible.append(_parts(incident, word))
    return st.one_of(possible)


def _field(incident: Incident, word: str) -> st.SearchStrategy[Incident]:
    return st.sampled_from(_FIELDS).map(lambda place: put(incident, place, word))


def _listed(incident: Incident, word: str) -> st.SearchStrategy[Incident]:
    def change(place: str, at: int, how: str) -> Incident:
        found: Any = incident
        for name in place.split("."):
            found = getattr(found, name)
        items = list(found)
        if how == "add" or not items:
            items.insert(at, word)
        elif how == "turn":
            items.reverse()
        else:
            items[at % len(items) : at % len(items) + 1] = [] if how == "drop" else [word]
        return put(incident, place, tuple(items))

    return st.builds(
        change, st.sampled_from(_LISTS), st.integers(0, 3), st.sampled_from(["add", "drop", "reword", "turn"])
    )


def _added(incident: Incident, word: str) -> st.SearchStrategy[Incident]:
    free = [name for name in ("l1", "l2") if name not in {item.id for item in incident.checklists}]
    new: list[Callable[[], Incident]] = [
        lambda: add(incident, "timeline", Moment(id=next_id("m", incident.timeline, incident.gone), text=word)),
        lambda: add(
            incident, "commitments", Commitment(id=next_id("p", incident.commitments, incident.gone), text=word)
        ),
        lambda: add(
            incident,
            "recovery.compensation",
            Compensation(id=next_id("k", incident.recovery.compensation, incident.gone), what=word),
        ),
        lambda: put(incident, "evaluation.replies", (*incident.evaluation.replies, Reply(question=word, answer=word))),
        lambda: put(incident, "evaluation.replies", (*incident.evaluation.replies, Reply(question="q", answer=word))),
        lambda: recovery.set_step(incident, "apologise", note=word),
        lambda: recovery.set_step(incident, "apologise", status="done", words=word),
        lambda: put(incident, "signatures", (*incident.signatures, Signature(by=word))),
        lambda: put(incident, "links", (*incident.links, Link(incident_id=word))),
        lambda: put(incident, "extra", (*incident.extra, Extra(name=word, value=word))),
        lambda: put(incident, "extra", (*incident.extra, Extra(name="priority", value=word))),
        lambda: unread.kept(incident, "impact.customer_min", word),
        lambda: put(incident, "kept", (*incident.kept, Kept(rule="R27", where="title", reason=word))),
        lambda: actions.plan(incident, word, causes=tuple(cause.id for cause in incident.causes[:1])),
        *(
            (lambda name=name: add(incident, "checklists", Checklist(id=name, name=word, items=(word,))))
            for name in free
        ),
    ]
    return st.sampled_from(new).map(lambda make: make())


def _asked(incident: Incident, word: str) -> st.SearchStrategy[Incident]:
    return st.builds(
        lambda parent, leg: whys.answer(incident, parent, word, leg=None if parent else leg),
        st.sampled_from([None, *(why.id for why in incident.whys)]),
        st.sampled_from(LEGS),
    )


def _tree(incident: Incident, word: str) -> st.SearchStrategy[Incident]:
    def turn(node: str, other: str | None, how: str, to: str) -> Incident:
        if how == "move":
            try:
                return whys.move(incident, node, other)
            except whys.TreeError:
                return incident
        deeds: dict[str, Step] = {
            "reword": lambda it: whys.reword(it, node, word),
            "remove": lambda it: whys.remove(it, node),
            "shift": lambda it: whys.shift(it, node, -1),
            "evidence": lambda it: whys.add_evidence(it, node, "record", word),
            "other evidence": lambda it: put(it, f"whys.{node}.evidence", (Evidence(kind="data", text=word),)),
            "status": lambda it: whys.mark(it, node, "confirmed" if to == "system" else "ruled out"),
            "mark": lambda it: causes.mark_root(it, node),
            "unmark": lambda it: causes.unmark_root(it, node),
            "put away": lambda it: put(
                it, "kept", (*it.kept, Kept(rule="R24", where=f"whys.{node}.text", reason=word))
            ),
        }
        return deeds[how](incident)

    names = [why.id for why in incident.whys]
    hows = ["move", "reword", "remove", "shift", "evidence", "other evidence", "status", "mark", "unmark", "put away"]
    return st.builds(
        turn,
        st.sampled_from(names),
        st.sampled_from([None, *names]),
        st.sampled_from(hows),
        st.sampled_from(CATEGORIES),
    )


def _deeds(incident: Incident, word: str) -> st.SearchStrategy[Incident]:
    possible: list[Incident] = []
    for cause in incident.causes:
        possible += [
            causes.classify(incident, cause.id, "system", reason=word),
            causes.accept(incident, cause.id, word),
            causes.give_opinion(incident, cause.id, "Ana", "training", word),
            actions.plan(incident, word, causes=(cause.id,)),
        ]
    for action in incident.actions:
        possible += [
            actions.amend(incident, action.id, text=word),
            actions.amend(incident, action.id, owner=word),
            actions.remove(incident, action.id),
        ]
    return st.sampled_from(possible)


def _parts(incident: Incident, word: str) -> st.SearchStrategy[Incident]:
    # As a file would take the last one out: without a word of it.
    possible: list[Incident] = [
        put(incident, "timeline", incident.timeline[::-1]),
        put(incident, "timeline", incident.timeline[:-1]),
    ]
    for moment in incident.timeline:
        place = f"timeline.{moment.id}"
        possible += [
            put(incident, f"{place}.text", word),
            drop(incident, "timeline", moment.id),
            unread.kept(incident, f"{place}.at", word),
        ]
    for sheet in incident.checklists:
        place = f"checklists.{sheet.id}"
        run = ChecklistRun.model_validate({"on": "2026-03-02", "by": word})
        possible += [
            put(incident, f"{place}.items", (*sheet.items, word)),
            put(incident, f"{place}.items", sheet.items[::-1]),
            put(incident, f"{place}.items", sheet.items[1:]),
            put(incident, f"{place}.runs", (*sheet.runs, run)),
        ]
    possible += [
        put(incident, "extra", incident.extra[1:]),
        put(incident, "extra", tuple(item.model_copy(update={"value": word}) for item in incident.extra)),
        put(incident, "kept", incident.kept[1:]),
    ]
    return st.sampled_from(possible)
