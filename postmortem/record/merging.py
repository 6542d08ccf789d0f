"""Two people at one record: what each made of it since both saw the same, put together so that neither is lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from postmortem.record import states, talks, unread
from postmortem.record.base import Value
from postmortem.record.compensation import is_offered
from postmortem.record.edit import changed, ids_of, made, next_id, retired
from postmortem.record.errors import DataError
from postmortem.record.moving import with_moved
from postmortem.record.pairing import named, reordered, woven
from postmortem.record.parts import Source
from postmortem.record.treatment import RecoveryStep

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from postmortem.record.incident import Checklist, Incident, Why
    from postmortem.record.treatment import Compensation, Recovery

Names = dict[str, str]
Side = Literal["mine", "theirs"]

ANALYSIS: Final = ("join", "whys", "causes", "actions")
"""Fields that point into each other: where they no longer fit after a merge they are taken together."""

_ORDER_MATTERS: Final = frozenset({"items"})
"""Lists that say another thing in another order: the points of a checklist."""


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

    A part that one side took out and the other went on writing in stays; a branch that the other hung elsewhere stays
    with everything below it. Parts that both added under one id get ids
    of their own, and what points at them follows. Lists of plain words take what either side added, and lose what
    either side took out. A list that one side put in another order stands in that order; where both did, in that of the
    preferred side. Whys that can't stand together, as when two moves would make a circle, are one clash of the whole
    analysis.

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
    ids = ids_of(base) | ids_of(mine) | ids_of(theirs)
    if base in (mine, theirs):
        side = theirs if base == mine else mine
        return Merge(side.model_copy(update={"id": theirs.id, "revision": theirs.revision}))
    mine, theirs = with_moved(base, mine, theirs), with_moved(base, theirs, mine)
    mine, theirs = talks.before_said(base, mine, theirs), talks.before_said(base, theirs, mine)
    mine = _apart(base, mine, theirs)
    meeting = _Meeting(prefer)
    both: Incident = meeting.both(base, mine, theirs, "")
    clashes = meeting.clashes
    try:
        result = changed(_met(both, base, mine, theirs, prefer), id=theirs.id, revision=theirs.revision)
    except DataError:
        side = mine if prefer == "mine" else theirs
        whole = {name: getattr(side, name) for name in ANALYSIS}
        clashes = [clash for clash in clashes if clash.place.split(".")[0] not in ANALYSIS]
        clashes += [
            Clash(name, *(getattr(it, name) for it in (base, mine, theirs)))
            for name in ANALYSIS
            if getattr(mine, name) != getattr(theirs, name)
        ]
        result = changed(both, **whole, id=theirs.id, revision=theirs.revision)
    if closer := next((side for side in (theirs, mine) if side.state == "closed" != base.state), None):
        # One side closed it while the other saw that an effect failed: the record does not stay closed (R36, R39).
        again = states.followed(closer, result)
        if again is not result and again.reopened_because != result.reopened_because:
            # What was said of an earlier time stays beside it.
            reasons = dict.fromkeys(filter(None, (result.reopened_because, again.reopened_because)))
            again = changed(again, reopened_because="; ".join(reasons))
        result = again
    return Merge(retired(result, *(ids - ids_of(result))), tuple(clashes))


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
        # Where it came from is one thing: half of one source and half of another would be neither.
        if isinstance(mine, Value) and type(mine) is type(theirs) and not isinstance(mine, Source):
            parts = {
                # A part that both added, such as the answer to one question, started from nothing.
                name: self.both(
                    getattr(base, name, None if field.is_required() else field.default),
                    getattr(mine, name),
                    getattr(theirs, name),
                    f"{place}.{name}" if place else name,
                )
                for name, field in type(mine).model_fields.items()
                if place or name not in {"id", "revision"}
            }
            return theirs.model_copy(update=parts)
        if isinstance(mine, tuple):
            return self._parts(base or (), mine, theirs, place)
        return self._clash(Clash(place, base, mine, theirs))

    def _clash(self, clash: Clash) -> Any:  # noqa: ANN401 - any part of a record
        self.clashes.append(clash)
        return clash.mine if self._prefer == "mine" else clash.theirs

    def _parts(self, base: Sequence[Any], mine: Sequence[Any], theirs: Sequence[Any], place: str) -> tuple[Any, ...]:
        old, own, other = named(base, mine, theirs)
        result: dict[Any, Any] = {}
        for name, part in other.items():
            if name in own:
                result[name] = self.both(old.get(name), own[name], part, f"{place}.{name}")
            elif name not in old:
                result[name] = part
            elif part != old[name]:
                result[name] = self.both(old[name], _said_no_more(part), part, f"{place}.{name}")
        for name in own:
            if name not in other and name not in old:
                result[name] = own[name]
            elif name not in other and own[name] != old[name]:
                result[name] = self.both(old[name], own[name], _said_no_more(own[name]), f"{place}.{name}")
        if place.rsplit(".", 1)[-1] in _ORDER_MATTERS and all(
            reordered(*two) for two in ((old, own), (old, other), (own, other))
        ):
            self._clash(Clash(place, base, mine, theirs))
        return tuple(result[name] for name in _ordered(old, own, other, result, self._prefer))


def _said_no_more(part: Any) -> Any:  # noqa: ANN401 - any part with an id
    """What a part is to whoever took it out while the other side went on writing in it: it stays as it is.

    But a step of which nothing is said any more is to do again, and has no time.
    """
    return made(RecoveryStep, id=part.id) if isinstance(part, RecoveryStep) else part


def _ordered(
    old: Mapping[Any, Any], own: Mapping[Any, Any], other: Mapping[Any, Any], wanted: Mapping[Any, Any], prefer: Side
) -> list[Any]:
    """The wanted names in the order of the side that put them in another one; what the other side added falls in."""
    mine_leads = reordered(old, own) and (prefer == "mine" or not reordered(old, other))
    return woven(own, other, wanted) if mine_leads else woven(other, own, wanted)


def _apart(base: Incident, mine: Incident, theirs: Incident) -> Incident:
    """Mine, with other ids for the parts that both sides added under one id, and with their id for one root of both."""
    gone = tuple(ids_of(base) | {*mine.gone, *theirs.gone})
    nodes = _fresh("w", base.whys, mine.whys, theirs.whys, gone)
    tree = tuple(_renamed(why, nodes, "id", "parent") for why in mine.whys)
    marks = tuple(_renamed(cause, nodes, "why") for cause in mine.causes)
    # What both marked is one root, whatever id it was given here.
    marked = {cause.why: cause.id for cause in theirs.causes}
    mine_before = {cause.id for cause in marks if _has(base.causes, cause.id)}
    same = {
        cause.id: name
        for cause in marks
        if (name := marked.get(cause.why, cause.id)) not in {cause.id, *mine_before}
        and not (cause.id in mine_before and (_has(theirs.causes, cause.id) or _has(base.causes, name)))
    }
    rest = [cause for cause in marks if cause.id not in same]
    roots = _fresh("c", base.causes, rest, theirs.causes, (*gone, *same.values())) | same
    deeds = tuple(
        action.model_copy(update={"causes": tuple(dict.fromkeys(roots.get(name, name) for name in action.causes))})
        for action in mine.actions
    )
    sheets, own_lists = _lists(base, mine, theirs, gone)
    deeds = tuple(_renamed(action, sheets, "checklist") for action in deeds)
    caught = {f"{theirs.id}/{old}": f"{theirs.id}/{new}" for old, new in sheets.items()}
    misses = tuple(caught.get(name, name) for name in mine.should_have_caught)
    lists = {
        "whys": (nodes, tree),
        "causes": (roots, tuple(_renamed(cause, roots, "id") for cause in marks)),
        "actions": _own("a", base.actions, deeds, theirs.actions, gone),
        "checklists": (sheets, own_lists),
        "timeline": _own("m", base.timeline, mine.timeline, theirs.timeline, gone),
        "commitments": _own("p", base.commitments, mine.commitments, theirs.commitments, gone),
        "topics": _own("t", base.topics, mine.topics, theirs.topics, gone),
        "feedback": _own("f", base.feedback, mine.feedback, theirs.feedback, gone),
    }
    owed, offers = _offers(base.recovery, mine.recovery, theirs.recovery, gone)
    places = {f"{name}.{old}": f"{name}.{new}" for name, (names, _) in lists.items() for old, new in names.items()}
    places |= {f"recovery.compensation.{old}": f"recovery.compensation.{new}" for old, new in owed.items()}
    return _followed(
        mine.model_copy(
            update={name: parts for name, (_, parts) in lists.items()}
            | {"should_have_caught": misses, "recovery": mine.recovery.model_copy(update={"compensation": offers})}
        ),
        base,
        places,
    )


def _followed(mine: Incident, base: Incident, places: Names) -> Incident:
    """With what is said of a place, as a finding put away or a text that waits there, at the place's new name."""
    if not places:
        return mine

    def now(place: str) -> str:
        path = place.split(".")
        for length in range(len(path), 0, -1):
            if new := places.get(".".join(path[:length])):
                return ".".join([new, *path[length:]])
        return place

    kept = tuple(
        item if item in base.kept else item.model_copy(update={"where": now(item.where)}) for item in mine.kept
    )
    versions = tuple(
        item if item in base.versions else item.model_copy(update={"place": now(item.place)}) for item in mine.versions
    )
    return unread.moved(mine.model_copy(update={"kept": kept, "versions": versions}), now)


def _lists(
    base: Incident, mine: Incident, theirs: Incident, gone: tuple[str, ...]
) -> tuple[Names, tuple[Checklist, ...]]:
    """My checklists with other ids for those that both sides made, and for the uses that both sides added."""
    names = _fresh("l", base.checklists, mine.checklists, theirs.checklists, gone)
    old, own, other = (
        [run for sheet in side.checklists for run in sheet.runs if run.id] for side in (base, mine, theirs)
    )
    runs = _fresh("r", old, own, other, gone)
    return names, tuple(
        _renamed(sheet, names, "id").model_copy(
            update={"runs": tuple(_renamed(run, runs, "id") for run in sheet.runs)} if runs else {}
        )
        for sheet in mine.checklists
    )


def _offers(
    base: Recovery, mine: Recovery, theirs: Recovery, gone: tuple[str, ...]
) -> tuple[Names, tuple[Compensation, ...]]:
    """What I keep as owed, with their id for what both kept by the rules: one thing, unless both offered it."""
    old, new = base.compensation, [item for item in theirs.compensation if not _has(base.compensation, item.id)]
    same: Names = {}
    for item in mine.compensation:
        if _has(old, item.id) or item.kind == "goodwill":
            continue
        alike = (it for it in new if (it.kind, it.what, it.owed) == (item.kind, item.what, item.owed))
        if twin := next((it for it in alike if not (is_offered(it) and is_offered(item))), None):
            new.remove(twin)
            same[item.id] = twin.id
    rest = [item for item in mine.compensation if item.id not in same]
    names = _fresh("k", old, rest, theirs.compensation, (*gone, *same)) | same
    return names, tuple(_renamed(item, names, "id") for item in mine.compensation)


def _own(
    letter: str, base: Sequence[Any], mine: Sequence[Any], theirs: Sequence[Any], gone: tuple[str, ...]
) -> tuple[Names, tuple[Any, ...]]:
    names = _fresh(letter, base, mine, theirs, gone)
    return names, tuple(_renamed(part, names, "id") for part in mine)


def _fresh(
    letter: str, base: Sequence[Any], mine: Sequence[Any], theirs: Sequence[Any], gone: tuple[str, ...]
) -> Names:
    old = {part.id for part in base}
    added = {part.id: part for part in theirs if part.id not in old}
    doubtful = [part for part in mine if part.id in added]
    names: Names = {}
    used: tuple[Any, ...] = (*theirs, *mine)
    while True:
        # The very same part on both sides is one: a save that was told to have failed may have reached the store.
        # A part below one that is given another id is another part too.
        apart = [
            part
            for part in doubtful
            if part.id not in names and (part != added[part.id] or getattr(part, "parent", None) in names)
        ]
        if not apart:
            return names
        for part in apart:
            names[part.id] = next_id(letter, used, gone)
            used = (*used, part.model_copy(update={"id": names[part.id]}))


def _has(parts: Sequence[Any], name: str) -> bool:
    return any(part.id == name for part in parts)


def _renamed(part: Any, names: Mapping[str, str], *fields: str) -> Any:  # noqa: ANN401 - any part with an id
    new = {name: names[value] for name in fields if (value := getattr(part, name)) in names}
    return part.model_copy(update=new) if new else part


def _met(both: Incident, base: Incident, mine: Incident, theirs: Incident, prefer: Side) -> Incident:
    """With the whys that something still hangs on, and without references to roots that are gone."""
    known: dict[str, Why] = {why.id: why for why in (*theirs.whys, *mine.whys)}
    tree = {why.id: why for why in both.whys}
    needed = [cause.why for cause in both.causes] + [why.parent for why in both.whys if why.parent]
    for name in needed:
        if name not in tree:
            tree[name] = known[name]
            needed += [above for above in (known[name].parent,) if above]
    if len(tree) > len(both.whys):
        old, own, other = ({why.id: why for why in side.whys} for side in (base, mine, theirs))
        tree = {name: tree[name] for name in _ordered(old, own, other, tree, prefer)}
    roots = {cause.id for cause in both.causes}
    actions = tuple(
        action.model_copy(update={"causes": tuple(name for name in action.causes if name in roots)})
        for action in both.actions
    )
    return both.model_copy(update={"whys": tuple(tree.values()), "actions": actions})
