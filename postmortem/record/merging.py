"""Two people at one record: what each made of it since both saw the same, put together so that neither is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from postmortem.record.base import Frozen, Value
from postmortem.record.edit import changed, next_id
from postmortem.record.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from postmortem.record.incident import Incident, Why

Names = dict[str, str]
Side = Literal["mine", "theirs"]

ANALYSIS: Final = ("join", "whys", "causes", "actions")
"""Fields that point into each other: where they no longer fit after a merge they are taken together."""


@dataclass(frozen=True, slots=True)
class Clash:
    """One field that both sides changed, each to something else.

    Attributes:
        place: Where it stands, as `record.edit` writes places.
        base: What both sides started from.
        mine: What was made of it here.
        theirs: What was made of it elsewhere.
    """

    place: str
    base: Any
    mine: Any
    theirs: Any


@dataclass(frozen=True, slots=True)
class Merge:
    """Two sides of one record, put together.

    Attributes:
        incident: With the changes of both sides; at each clash it says what the preferred side says.
        clashes: Where a person has to choose, in the order of the record; empty where all changes fit together.
    """

    incident: Incident
    clashes: tuple[Clash, ...] = ()


def merge(base: Incident, mine: Incident, theirs: Incident, *, prefer: Side = "mine") -> Merge:
    """Both sides' changes, field by field and part by part.

    A part that one side took out and the other went on writing in stays. Parts that both added under one id get ids
    of their own. Lists of plain words take what either side added, and lose what either side took out. Whys that can't
    stand together, as when two moves would make a circle, are one clash of the whole analysis.

    Args:
        base: What both started from.
        mine: What was made of it here.
        theirs: What was made of it elsewhere; the result takes its id and its revision.
        prefer: Which side stands where both changed one field.

    Examples:
        >>> from postmortem.record.incident import Incident
        >>> base = Incident(title="Late")
        >>> both = merge(base, changed(base, team="Field"), changed(base, owner="Field lead"))
        >>> both.incident.team, both.incident.owner, both.clashes
        ('Field', 'Field lead', ())
        >>> merge(base, changed(base, team="Field"), changed(base, team="Vans")).clashes
        (Clash(place='team', base='', mine='Field', theirs='Vans'),)
    """
    mine = _apart(base, mine, theirs)
    meeting = _Meeting(prefer)
    both: Incident = meeting.both(base, mine, theirs, "")
    try:
        result = _met(both, mine, theirs)
        return Merge(changed(result, id=theirs.id, revision=theirs.revision), tuple(meeting.clashes))
    except DataError:
        side = mine if prefer == "mine" else theirs
        whole = {name: getattr(side, name) for name in ANALYSIS}
        clashes = [clash for clash in meeting.clashes if clash.place.split(".")[0] not in ANALYSIS]
        clashes += [
            Clash(name, *(getattr(it, name) for it in (base, mine, theirs)))
            for name in ANALYSIS
            if getattr(mine, name) != getattr(theirs, name)
        ]
        return Merge(changed(both, **whole, id=theirs.id, revision=theirs.revision), tuple(clashes))


class _Meeting:
    """Goes through both sides at once and notes where they clash."""

    def __init__(self, prefer: Side) -> None:
        self._prefer = prefer
        self.clashes: list[Clash] = []

    def both(self, base: Any, mine: Any, theirs: Any, place: str) -> Any:  # noqa: ANN401 - any part of a record
        """What stands at one place."""
        if mine in (base, theirs):
            return theirs
        if theirs == base:
            return mine
        if isinstance(mine, Value) and type(mine) is type(theirs):
            parts = {
                # A part that both added, such as the answer to one question, started from nothing.
                name: self.both(
                    getattr(base, name, field.default),
                    getattr(mine, name),
                    getattr(theirs, name),
                    f"{place}.{name}" if place else name,
                )
                for name, field in type(mine).model_fields.items()
                if place or name not in {"id", "revision"}
            }
            return theirs.model_copy(update=parts)
        if isinstance(mine, tuple):
            named = all(_name(part) for part in (*base, *mine, *theirs))
            return self._parts(base, mine, theirs, place) if named else _items(base, mine, theirs)
        if isinstance(mine, Mapping):
            return Frozen(self._table(base or {}, mine, theirs, place))
        self.clashes.append(Clash(place, base, mine, theirs))
        return mine if self._prefer == "mine" else theirs

    def _parts(self, base: Sequence[Any], mine: Sequence[Any], theirs: Sequence[Any], place: str) -> tuple[Any, ...]:
        old, own, other = ({_name(part): part for part in side} for side in (base, mine, theirs))
        result = self._table(old, own, other, place)
        if [name for name in old if name in own] != [name for name in own if name in old]:
            order = {name: at for at, name in enumerate(own)}
            return tuple(sorted(result.values(), key=lambda part: order.get(_name(part), len(order))))
        return tuple(result.values())

    def _table(
        self, old: Mapping[str, Any], own: Mapping[str, Any], other: Mapping[str, Any], place: str
    ) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for name, part in other.items():
            if name in own:
                result[name] = self.both(old.get(name), own[name], part, f"{place}.{name}")
            elif name not in old or part != old[name]:
                result[name] = part
        kept = (name for name in own if name not in other and (name not in old or own[name] != old[name]))
        return result | {name: own[name] for name in kept}


def _name(part: object) -> str:
    return str(getattr(part, "id", getattr(part, "question", "")))


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
