"""Two texts for one field: what was saved first stays in it, the other waits beside it until a person decides.

What can't be written twice, as where a branch of the whys hangs, stands as the later save left it; what stood before
is in the revision before, and a sentence says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from postmortem.record import labels, unread, versions
from postmortem.record.base import Value
from postmortem.record.edit import get, put
from postmortem.record.errors import PostmortemError
from postmortem.record.incident import Incident
from postmortem.record.merging import Clash, merge
from postmortem.record.pairing import name_of, named
from postmortem.record.parts import Extra, Version
from postmortem.widgets import typed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

_STRUCTURE: Final = frozenset(
    {"id", "parent", "leg", "why", "join", "state", "closed_at", "begun_at", "begun_by", "carried_to", "carried_from"}
)
"""Fields that place or date a part: nobody writes a text in them, and half of one move is none."""
_APART: Final = frozenset({"id", "revision", "versions", "gone", "kept", "extra"})
"""What no field on screen holds."""


@dataclass(frozen=True, slots=True)
class Met:
    """Two sides put together.

    Attributes:
        incident: With both sides' changes; where both wrote in one field, theirs stands there and mine waits beside it.
        waiting: What of mine waits.
        said: What a person should know of that can't wait: a sentence each.
    """

    incident: Incident
    waiting: tuple[Version, ...] = ()
    said: tuple[str, ...] = ()


def met(
    base: Incident,
    mine: Incident,
    theirs: Incident,
    *,
    by: str,
    when: datetime,
    whose: Callable[[str], str] = lambda _place: "",
) -> Met:
    """What I made of a record and what others made of it meanwhile, so that no text of either is lost.

    Args:
        base: What both started from.
        mine: What was made of it here.
        theirs: What was saved meanwhile.
        by: Who works here.
        when: Now.
        whose: Who saved what stands at a place. What I saved myself, in another window, I may write over.

    Examples:
        >>> from datetime import UTC, datetime
        >>> base = Incident(title="Late")
        >>> mine, theirs = (base.model_copy(update={"title": text}) for text in ("An hour late", "Never came"))
        >>> both = met(base, mine, theirs, by="Ana", when=datetime(2026, 3, 2, tzinfo=UTC))
        >>> both.incident.title, [version.text for version in both.waiting]
        ('Never came', ['An hour late'])
    """
    both = merge(base, mine, theirs)
    incident, waiting, said = both.incident, list[Version](), list[str]()
    for clash in both.clashes:
        place, text = _written(clash, incident, when)
        author = whose(place)
        if place.startswith("versions.") or (author and author == by):
            continue
        if text is None:
            who = author or "Somebody else"
            said.append(f"{who} changed “{label(incident, place)}” too. Yours stands now; theirs is in the history.")
            continue
        if clash.theirs in (None, ""):
            # Taken out there, written here: what is written stands.
            continue
        incident = _theirs(clash, place, incident)
        if text:
            incident = versions.kept(incident, place, text, by=by, when=when)
            waiting.append(incident.versions[-1])
    for place in unread.texts(mine).keys() & unread.texts(incident).keys() - unread.texts(base).keys():
        # Read as nothing here, and as something there: what could be read stands in the field.
        if at(base, place) != (now := at(theirs, place)) and now is not None and whose(place) != by:
            text = unread.texts(incident)[place]
            incident = versions.kept(unread.without(incident, place), place, text, by=by, when=when)
            waiting.append(incident.versions[-1])
    return Met(incident, tuple(waiting), tuple(dict.fromkeys(said)))


def _written(clash: Clash, incident: Incident, when: datetime) -> tuple[str, str | None]:
    """The field that a clash is about, and what I wrote there; `None` where it is nothing that could wait."""
    if clash.place.startswith("extra."):
        place = unread.place_of(Extra(name=clash.place.removeprefix("extra.").removesuffix(".value"), value=""))
        return (place, str(clash.mine)) if place else (clash.place, None)
    whole = any(isinstance(side, tuple | Value) for side in (clash.base, clash.mine, clash.theirs))
    if whole or clash.place.rsplit(".", 1)[-1] in _STRUCTURE:
        return clash.place, None
    return clash.place, as_typed(clash.mine, incident, when, clash.place)


def _theirs(clash: Clash, place: str, incident: Incident) -> Incident:
    if clash.place == place:
        return put(incident, place, clash.theirs)
    return unread.kept(incident, place, str(clash.theirs))


def as_typed(value: Any, incident: Incident, now: datetime, place: str) -> str:  # noqa: ANN401 - whatever a field holds
    """A value as the field at a place shows it."""
    if isinstance(value, bool):
        return str(value).lower()
    return typed.show(value, typed.surroundings(incident, now, field=place))


def at(incident: Incident, place: str) -> Any:  # noqa: ANN401 - whatever stands there
    """What stands at a place; `None` where there is no such place."""
    try:
        return get(incident, place)
    except PostmortemError:
        return None


def with_text(incident: Incident, place: str, text: str, now: datetime) -> Incident:
    """The incident with a text put into a field as if it were typed there; what can't be read is kept as it is."""
    kind = typed.kind_of(place)
    try:
        value = typed.read(kind, text, typed.surroundings(incident, now, field=place))
    except typed.TypedError:
        return unread.kept(incident, place, text)
    try:
        return unread.without(put(incident, place, value), place)
    except PostmortemError:
        if text:
            raise
        return unread.without(put(incident, place, None), place)


def may_hold(incident: Incident, place: str, text: str) -> bool:
    """Whether a field can hold a text: any, unlike a choice, a time or a number."""
    try:
        return typed.kind_of(place) == "text" and at(put(incident, place, text), place) == text
    except PostmortemError:
        return False


def differing(before: object, after: object, place: str = "") -> Iterator[str]:
    """The places of fields that stand on both sides, and say something else."""
    if before == after:
        return
    if isinstance(before, Value) and type(before) is type(after):
        for name in type(before).model_fields:
            if place or name not in _APART:
                inner = f"{place}.{name}" if place else name
                yield from differing(getattr(before, name), getattr(after, name), inner)
    elif isinstance(before, tuple) and isinstance(after, tuple) and all(map(name_of, (*before, *after))):
        old, new = named(before, after)
        for name in old.keys() & new.keys():
            yield from differing(old[name], new[name], f"{place}.{name}")
    else:
        yield place


def label(incident: Incident, place: str) -> str:
    """What a field is called on screen.

    Examples:
        >>> label(Incident(title="Late"), "impact.happened"), label(Incident(title="Late"), "title")
        ('What happened instead', 'What went wrong, in one line')
    """
    path = place.split(".")
    part: Any = incident if len(path) == 1 else at(incident, ".".join(path[:-1]))
    if isinstance(part, tuple):
        return labels.label(Incident, path[0])
    return labels.label(type(part) if isinstance(part, Value) else Incident, path[-1])
