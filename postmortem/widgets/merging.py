"""Two people at one record: what each made of it since both saw the same, put together so that neither is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postmortem.record.base import Value
from postmortem.record.edit import changed, next_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from postmortem.record.incident import Incident, Why

Names = dict[str, str]


def merged(base: Incident, mine: Incident, theirs: Incident) -> Incident:
    """What stands when both sides' changes are made, field by field and part by part.

    Where both changed one field, mine stands; theirs is a revision of its own. A part that one side took out and the
    other went on writing in stays. Parts that both added under one id get ids of their own.

    Args:
        base: What both started from.
        mine: What was made of it here.
        theirs: What was made of it elsewhere; the result takes its id and its revision.

    Raises:
        DataError: If the two don't fit together, as when two moves of whys would make a circle.

    Examples:
        >>> from postmortem.record.incident import Incident
        >>> base = Incident(title="Late")
        >>> both = merged(base, changed(base, team="Field"), changed(base, owner="Field lead"))
        >>> both.team, both.owner
        ('Field', 'Field lead')
    """
    mine = _apart(base, mine, theirs)
    both: Incident = _both(base, mine, theirs)
    return changed(_met(both, mine, theirs), id=theirs.id, revision=theirs.revision)


def _both(base: Any, mine: Any, theirs: Any) -> Any:  # noqa: ANN401 - any part of a record
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    if isinstance(mine, Value) and type(mine) is type(theirs):
        parts = {
            # A part that both added, such as the answer to one question, started from nothing.
            name: _both(getattr(base, name, field.default), getattr(mine, name), getattr(theirs, name))
            for name, field in type(mine).model_fields.items()
        }
        return theirs.model_copy(update=parts)
    if isinstance(mine, tuple):
        named = all(_name(part) for part in (*base, *mine, *theirs))
        return _parts(base, mine, theirs) if named else _items(base, mine, theirs)
    return mine


def _name(part: object) -> str:
    return str(getattr(part, "id", getattr(part, "question", "")))


def _parts(base: Sequence[Any], mine: Sequence[Any], theirs: Sequence[Any]) -> tuple[Any, ...]:
    old, own, other = ({_name(part): part for part in side} for side in (base, mine, theirs))
    result: dict[str, Any] = {}
    for name, part in other.items():
        if name in own:
            result[name] = _both(old.get(name), own[name], part)
        elif name not in old or part != old[name]:
            result[name] = part
    result |= {name: part for name, part in own.items() if name not in other and (name not in old or part != old[name])}
    if [name for name in old if name in own] != [name for name in own if name in old]:
        order = {name: at for at, name in enumerate(own)}
        return tuple(sorted(result.values(), key=lambda part: order.get(_name(part), len(order))))
    return tuple(result.values())


def _items(base: Sequence[Any], mine: Sequence[Any], theirs: Sequence[Any]) -> tuple[Any, ...]:
    kept = [item for item in theirs if item in mine or item not in base]
    return (*kept, *(item for item in mine if item not in base and item not in kept))


def _apart(base: Incident, mine: Incident, theirs: Incident) -> Incident:
    """Mine, with other ids for the parts that both sides added under one id."""
    nodes = _fresh("w", base.whys, mine.whys, theirs.whys)
    tree = tuple(_renamed(why, nodes, "id", "parent") for why in mine.whys)
    marks = tuple(_renamed(cause, nodes, "why") for cause in mine.causes)
    # What both marked is one root, whatever id it was given here.
    marked = {cause.why: cause.id for cause in theirs.causes}
    same = {cause.id: marked[cause.why] for cause in marks if not _has(base.causes, cause.id) and cause.why in marked}
    roots = _fresh("c", base.causes, [cause for cause in marks if cause.id not in same], theirs.causes) | same
    causes = {cause.id: cause for cause in reversed([_renamed(cause, roots, "id") for cause in marks])}
    deeds = tuple(
        action.model_copy(update={"causes": tuple(dict.fromkeys(roots.get(name, name) for name in action.causes))})
        for action in mine.actions
    )
    owed = _own(base.recovery.compensation, mine.recovery.compensation, theirs.recovery.compensation, "k")
    return mine.model_copy(
        update={
            "whys": tree,
            "causes": tuple(reversed(causes.values())),
            "actions": _own(base.actions, deeds, theirs.actions, "a"),
            "timeline": _own(base.timeline, mine.timeline, theirs.timeline, "m"),
            "commitments": _own(base.commitments, mine.commitments, theirs.commitments, "p"),
            "recovery": mine.recovery.model_copy(update={"compensation": owed}),
        }
    )


def _own(base: Sequence[Any], mine: Sequence[Any], theirs: Sequence[Any], letter: str) -> tuple[Any, ...]:
    names = _fresh(letter, base, mine, theirs)
    return tuple(_renamed(part, names, "id") for part in mine)


def _fresh(letter: str, base: Sequence[Any], mine: Sequence[Any], theirs: Sequence[Any]) -> Names:
    added = {part.id: part for part in theirs if not _has(base, part.id)}
    names: Names = {}
    used: tuple[Any, ...] = (*theirs, *mine)
    for part in mine:
        # The very same part on both sides is one: a save that was told to have failed may have reached the store.
        if part.id in added and part != added[part.id] and not _has(base, part.id):
            names[part.id] = next_id(letter, used)
            used = (*used, part.model_copy(update={"id": names[part.id]}))
    return names


def _has(parts: Sequence[Any], name: str) -> bool:
    return any(part.id == name for part in parts)


def _renamed(part: Any, names: Mapping[str, str], *fields: str) -> Any:  # noqa: ANN401 - any part with an id
    new = {name: names[value] for name in fields if (value := getattr(part, name)) in names}
    return part.model_copy(update=new) if new else part


def _met(both: Incident, mine: Incident, theirs: Incident) -> Incident:
    """With the whys that something still hangs on, and without references to roots that are gone."""
    known: dict[str, Why] = {why.id: why for why in (*theirs.whys, *mine.whys)}
    tree = list(both.whys)
    needed = [cause.why for cause in both.causes] + [why.parent for why in tree if why.parent]
    for name in needed:
        if not _has(tree, name):
            tree.append(known[name])
            needed += [above for above in (known[name].parent,) if above]
    roots = {cause.id for cause in both.causes}
    actions = tuple(
        action.model_copy(update={"causes": tuple(name for name in action.causes if name in roots)})
        for action in both.actions
    )
    return both.model_copy(update={"whys": tuple(tree), "actions": actions})
