"""What was typed into a field and could not be read as what the field holds: kept as it stands, until it can be.

It travels with the record, among the values that have no field of their own, so that nothing typed is lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.record.edit import changed
from postmortem.record.parts import Extra

if TYPE_CHECKING:
    from collections.abc import Callable

    from postmortem.record.incident import Incident

_MARK = "not read yet: "


def texts(incident: Incident) -> dict[str, str]:
    """What could not be read, by the place it was typed at.

    Examples:
        >>> from postmortem.record.incident import Incident
        >>> texts(kept(Incident(title="Late"), "impact.customer_min", "a morning"))
        {'impact.customer_min': 'a morning'}
    """
    return {extra.name.removeprefix(_MARK): extra.value for extra in incident.extra if extra.name.startswith(_MARK)}


def kept(incident: Incident, place: str, text: str) -> Incident:
    """The incident with a text that could not be read at a place; a later one takes the place of an earlier one."""
    before = without(incident, place)
    return changed(before, extra=(*before.extra, Extra(name=_MARK + place, value=text)))


def without(incident: Incident, place: str) -> Incident:
    """The incident without what could not be read at a place."""
    left = tuple(extra for extra in incident.extra if extra.name != _MARK + place)
    return incident if left == incident.extra else changed(incident, extra=left)


def place_of(extra: Extra) -> str:
    """The place a text that could not be read was typed at; empty for any other value.

    Examples:
        >>> place_of(Extra(name="not read yet: title", value="?")), place_of(Extra(name="priority", value="P2"))
        ('title', '')
    """
    return extra.name.removeprefix(_MARK) if extra.name.startswith(_MARK) else ""


def moved(incident: Incident, now: Callable[[str], str]) -> Incident:
    """The incident in which what could not be read stands at other places, as when a part was given another id."""
    extra = tuple(
        item.model_copy(update={"name": _MARK + now(place)}) if (place := place_of(item)) else item
        for item in incident.extra
    )
    return incident.model_copy(update={"extra": extra})
