"""The five whys as a tree (R21 to R25): looking at it, and changing it.

Every function takes an incident and gives a value; one that changes the tree gives a new incident. A node is named by
its id. `None` as a parent means the incident itself: what the customer met.

References:
    Card, "The problem with '5 whys'", BMJ Quality & Safety 26 (2017): a tree, not a list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from postmortem.record.aloud import after_therefore, explained, plain
from postmortem.record.edit import changed, forget, made, next_id, retired
from postmortem.record.errors import PostmortemError, UnknownNodeError
from postmortem.record.incident import Cause, Evidence, Incident, Why
from postmortem.record.vocabulary import LEGS, Answer, EvidenceKind, Join, Leg, WhyStatus, YesNo

if TYPE_CHECKING:
    from collections.abc import Iterator


class TreeError(PostmortemError):
    """A change that would make the whys something other than a tree."""


def find(incident: Incident, node: str) -> Why:
    """The why of an id.

    Raises:
        UnknownNodeError: If there is none; a near id is offered.
    """
    for why in incident.whys:
        if why.id == node:
            return why
    raise UnknownNodeError("why", node, [why.id for why in incident.whys])


def children(incident: Incident, parent: str | None, leg: Leg | None = None) -> tuple[Why, ...]:
    """The answers to one why, in their order; for the incident itself those of one leg, or of all."""
    below = (why for why in incident.whys if why.parent == parent)
    return tuple(why for why in below if leg is None or parent is not None or (why.leg or "occurrence") == leg)


def leaves(incident: Incident) -> tuple[Why, ...]:
    """The whys that nobody has asked further, in reading order; ruled-out ones are left out."""
    parents = {why.parent for why in incident.whys}
    return tuple(why for why, _ in walk(incident) if why.id not in parents and why.status != "ruled out")


def branches(incident: Incident) -> bool:
    """Whether the whys are more than a single chain in each leg (R21); one that was ruled out counts."""
    asked = [(why.parent, why.leg or "occurrence" if why.parent is None else "") for why in incident.whys]
    return len(set(asked)) < len(asked)


def path(incident: Incident, node: str) -> tuple[Why, ...]:
    """The whys from the first answer down to this one."""
    steps = [find(incident, node)]
    while (above := steps[-1].parent) is not None:
        steps.append(find(incident, above))
    return tuple(reversed(steps))


def depth(incident: Incident, node: str) -> int:
    """How many whys were asked to come here; the first answer has depth 1."""
    return len(path(incident, node))


def leg_of(incident: Incident, node: str) -> Leg:
    """The question that the node's branch answers (R22)."""
    return path(incident, node)[0].leg or "occurrence"


def walk(incident: Incident) -> Iterator[tuple[Why, int]]:
    """Every why with its depth, leg by leg, each branch from its top to its leaves, siblings in their order."""
    below: dict[str | None, list[Why]] = {}
    for why in incident.whys:
        below.setdefault(why.parent, []).append(why)
    order = {leg: rank for rank, leg in enumerate(LEGS)}
    stack = [(why, 1) for why in sorted(below.get(None, []), key=lambda top: order[top.leg or "occurrence"])][::-1]
    while stack:
        why, level = stack.pop()
        yield why, level
        stack.extend((child, level + 1) for child in reversed(below.get(why.id, [])))


def labels(incident: Incident) -> dict[str, str]:
    """A name for each why that tells its place: `O1.2` is the second answer under the first why of occurrence.

    Examples:
        >>> tree = answer(answer(Incident(title="Late"), None, "Left late"), "w1", "No reminder")
        >>> labels(tree)
        {'w1': 'O1', 'w2': 'O1.1'}
    """
    names: dict[str, str] = {}
    count: dict[str, int] = {}
    for why, _ in walk(incident):
        above = (why.leg or "occurrence")[0].upper() if why.parent is None else f"{names[why.parent]}."
        count[above] = count.get(above, 0) + 1
        names[why.id] = f"{above}{count[above]}"
    return names


def read_back(incident: Incident, node: str) -> tuple[str, ...]:
    """The branch read from the cause to what its question is about: "<cause>", "therefore <effect>", … (R25).

    Examples:
        >>> tree = answer(Incident(title="Line was dead."), None, "The switch was off.")
        >>> tree = answer(tree, "w1", "Nothing reminds the crew.")
        >>> read_back(tree, "w2")
        ('Nothing reminds the crew,', 'therefore the switch was off,', 'therefore line was dead.')
        >>> read_back(answer(tree, None, "No alarm is set.", leg="detection"), "w3")
        ('No alarm is set,', 'therefore the customer met it before we did.')
    """
    way = path(incident, node)
    steps = [*(why.text for why in reversed(way)), explained(incident, way[0].leg or "occurrence")]
    lines = [plain(steps[0]), *(f"therefore {after_therefore(step)}" for step in steps[1:])]
    return tuple(f"{line}{'.' if line is lines[-1] else ','}" for line in lines)


def _tree(incident: Incident, whys: tuple[Why, ...] | list[Why]) -> Incident:
    return changed(incident, whys=tuple(whys))


def _with(incident: Incident, node: str, **changes: object) -> Incident:
    find(incident, node)
    return _tree(incident, [changed(why, **changes) if why.id == node else why for why in incident.whys])


def answer(
    incident: Incident,
    parent: str | None,
    text: str = "",
    *,
    leg: Leg | None = None,
    status: WhyStatus = "possible",
    before: str | None = None,
    by: str = "",
) -> Incident:
    """Answer "why?" of a node with one more cause (R21).

    Args:
        incident: The record; it stays as it is.
        parent: The node that is asked, or `None` for the incident itself.
        text: The answer.
        leg: For a first answer: which of the three questions it belongs to (R22).
        status: Whether it is possible, confirmed or ruled out (R24).
        before: The sibling it shall stand before; last where none is named.
        by: Who answered.

    Raises:
        UnknownNodeError: If the parent or the sibling is not there.
        TreeError: If a leg is named that is not the branch's, or the sibling stands elsewhere.
        DataError: If a value does not fit.
    """
    new = made(
        Why,
        id=next_id("w", incident.whys, incident.gone),
        text=text,
        parent=parent,
        leg=_leg_at(incident, parent, leg, before) or (None if parent is not None else "occurrence"),
        status=status,
        by=by,
    )
    return _tree(incident, _inserted(incident, list(incident.whys), new, before))


def _leg_at(incident: Incident, parent: str | None, leg: Leg | None, before: str | None) -> Leg | None:
    """The leg a node takes: none below the first why of a branch, else the named one, or the row's."""
    if parent is not None:
        own = leg_of(incident, parent)
        if leg is not None and leg != own:
            raise TreeError(f"{parent!r} belongs to the leg {own!r}; its answers can't belong to {leg!r}")
        return None
    return leg or (leg_of(incident, before) if before is not None else None)


def _inserted(incident: Incident, whys: list[Why], new: Why, before: str | None) -> list[Why]:
    if before is None:
        return [*whys, new]
    sibling = find(incident, before)
    if sibling.parent != new.parent:
        raise TreeError(f"{before!r} does not stand under the same why")
    if new.parent is None and (sibling.leg or "occurrence") != new.leg:
        raise TreeError(f"{before!r} answers another question: it stands in the leg {sibling.leg or 'occurrence'!r}")
    at = next(index for index, why in enumerate(whys) if why.id == before)
    return [*whys[:at], new, *whys[at:]]


def reword(incident: Incident, node: str, text: str) -> Incident:
    """Say an answer in other words. Whether it holds is open again, and so are the links to it from below (R25).

    Raises:
        UnknownNodeError: If there is no such why.
    """
    if find(incident, node).text == text:
        return incident
    return _tree(
        incident,
        [
            changed(why, text=text, holds=None)
            if why.id == node
            else changed(why, holds=None)
            if why.parent == node and why.holds
            else why
            for why in incident.whys
        ],
    )


def move(
    incident: Incident, node: str, parent: str | None, *, before: str | None = None, leg: Leg | None = None
) -> Incident:
    """Hang a branch under another why, or under the incident itself.

    Args:
        incident: The record; it stays as it is.
        node: The first why of the branch.
        parent: Where it shall hang; `None` for the incident itself.
        before: The sibling it shall stand before; last where none is named.
        leg: For the incident itself: the question it shall answer; where none is named, that of the sibling it shall
            stand before, else the one it answered so far.

    Raises:
        UnknownNodeError: If a node is not there.
        TreeError: If the new parent lies inside the branch, or the sibling or the leg belongs elsewhere.
    """
    moved = find(incident, node)
    if parent is not None and node in {why.id for why in path(incident, parent)}:
        raise TreeError(f"{node!r} can't hang under its own branch: a why can't explain itself")
    if before == node:
        return incident
    top = _leg_at(incident, parent, leg, before) or (None if parent is not None else leg_of(incident, node))
    below = set(branch(incident, node))
    # A why below the first one may repeat its branch's leg; it would be the wrong one in another branch.
    rest = [changed(why, leg=None) if why.id in below and why.leg else why for why in incident.whys if why.id != node]
    # Read back under another why, it is another sentence (R25).
    holds = moved.holds if parent == moved.parent else None
    return _tree(incident, _inserted(incident, rest, changed(moved, parent=parent, leg=top, holds=holds), before))


def indent(incident: Incident, node: str) -> Incident:
    """Hang a why under the sibling above it, as its last answer; without one above nothing changes.

    Examples:
        >>> tree = answer(answer(Incident(title="Late"), None, "Left late"), None, "No reminder")
        >>> labels(indent(tree, "w2"))
        {'w1': 'O1', 'w2': 'O1.1'}
    """
    row = _row(incident, node)
    at = row.index(node)
    return move(incident, node, row[at - 1]) if at else incident


def outdent(incident: Incident, node: str) -> Incident:
    """Hang a why beside its parent, right after it; a first why stays where it is.

    Examples:
        >>> tree = answer(answer(Incident(title="Late"), None, "Left late"), "w1", "No reminder")
        >>> labels(outdent(tree, "w2"))
        {'w1': 'O1', 'w2': 'O2'}
    """
    parent = find(incident, node).parent
    if parent is None:
        return incident
    row = _row(incident, parent)
    after = row[row.index(parent) + 1 :]
    above = find(incident, parent).parent
    leg = leg_of(incident, node) if above is None else None
    return move(incident, node, above, before=after[0] if after else None, leg=leg)


def _row(incident: Incident, node: str) -> list[str]:
    """The ids of a why and of its siblings."""
    leg = leg_of(incident, node)
    return [sibling.id for sibling in children(incident, find(incident, node).parent, leg)]


def shift(incident: Incident, node: str, by: Literal[-1, 1]) -> Incident:
    """Let a why change places with the sibling before (-1) or after (1) it; at the end of the row nothing changes."""
    row = _row(incident, node)
    there = row.index(node) + by
    if not 0 <= there < len(row):
        return incident
    order = {identifier: index for index, identifier in enumerate(row)}
    order[row[there]], order[node] = order[node], order[row[there]]
    swapped = iter(sorted((find(incident, identifier) for identifier in row), key=lambda item: order[item.id]))
    return _tree(incident, [next(swapped) if item.id in order else item for item in incident.whys])


def branch(incident: Incident, node: str) -> tuple[str, ...]:
    """The ids of a why and of everything below it."""
    under: dict[str | None, list[str]] = {}
    for why in incident.whys:
        under.setdefault(why.parent, []).append(why.id)
    below = [find(incident, node).id]
    for identifier in below:
        below.extend(under.get(identifier, ()))
    return tuple(below)


def remove(incident: Incident, node: str) -> Incident:
    """Take out a why with everything below it, and the roots that were marked there.

    Actions stay; they lose the root they answered, and the review says so (R33).

    Raises:
        UnknownNodeError: If there is no such why.
    """
    gone = set(branch(incident, node))
    lost = {cause.id for cause in incident.causes if cause.why in gone}
    left = forget(incident, *(f"whys.{name}" for name in gone), *(f"causes.{name}" for name in lost))
    without = changed(
        left,
        whys=tuple(why for why in incident.whys if why.id not in gone),
        causes=tuple(cause for cause in incident.causes if cause.id not in lost),
        actions=tuple(
            changed(action, causes=tuple(name for name in action.causes if name not in lost))
            if lost.intersection(action.causes)
            else action
            for action in incident.actions
        ),
    )
    return retired(without, *gone, *lost)


def join(incident: Incident, node: str | None, how: Join) -> Incident:
    """Say whether the causes below a why (or of the incident itself) are needed together or stand side by side."""
    return changed(incident, join=how) if node is None else _with(incident, node, join=how)


def mark(incident: Incident, node: str, status: WhyStatus) -> Incident:
    """Say whether an answer is possible, confirmed or ruled out (R24). A ruled-out one stays in sight."""
    return _with(incident, node, status=status)


def add_evidence(incident: Incident, node: str, kind: EvidenceKind, text: str) -> Incident:
    """Put one more piece of evidence under a why (R24)."""
    return _with(incident, node, evidence=(*find(incident, node).evidence, made(Evidence, kind=kind, text=text)))


def drop_evidence(incident: Incident, node: str, index: int) -> Incident:
    """Take away one piece of evidence, counted from 0."""
    evidence = find(incident, node).evidence
    if not 0 <= index < len(evidence):
        raise UnknownNodeError("evidence", str(index), [str(number) for number in range(len(evidence))])
    return _with(incident, node, evidence=(*evidence[:index], *evidence[index + 1 :]))


def stop_test(incident: Incident, node: str, *, can_act: Answer | None, would_have_helped: Answer | None) -> Incident:
    """Answer the first two questions of the stop test (R23); the third, evidence, is seen from the evidence itself."""
    return _with(incident, node, can_act=can_act, would_have_helped=would_have_helped)


def hold(incident: Incident, node: str, holds: YesNo | None) -> Incident:
    """Say whether the link from a why to the one above holds when it is read back (R25); `None` leaves it open.

    Examples:
        >>> tree = answer(answer(Incident(title="Late"), None, "Left late"), "w1", "It rained")
        >>> [why.holds for why in hold(tree, "w2", "no").whys]
        [None, 'no']
    """
    return _with(incident, node, holds=holds)


def hold_all(incident: Incident, node: str) -> Incident:
    """Say that every link from a why up to what the customer met holds: the branch was read aloud and makes sense."""
    way = {why.id for why in path(incident, node)}
    return _tree(incident, [changed(why, holds="yes") if why.id in way else why for why in incident.whys])


def may_stop(why: Why) -> bool:
    """Whether the stop test says that this why can stand as a root (R23)."""
    return why.can_act == "yes" and why.would_have_helped == "yes" and bool(why.evidence)


def root_at(incident: Incident, node: str) -> Cause | None:
    """The cause that is marked at a why, if it is a root."""
    return next((cause for cause in incident.causes if cause.why == node), None)


def outline(incident: Incident) -> str:
    """The tree as indented text, for an e-mail or a terminal.

    Examples:
        >>> print(outline(answer(answer(Incident(title="Late"), None, "Left late"), "w1", "No reminder")))
        O1 Left late (possible)
          O1.1 No reminder (possible)
    """
    names = labels(incident)
    return "\n".join(
        f"{'  ' * (level - 1)}{names[why.id]} {why.text} ({_state(incident, why)})" for why, level in walk(incident)
    )


def _state(incident: Incident, why: Why) -> str:
    root = root_at(incident, why.id)
    return why.status if root is None else f"{why.status}; root: {root.category or 'unclassified'}"
