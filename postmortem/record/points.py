"""The points of a checklist (R37), one at a time: other words, one more, one less, another place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.record import checklists

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from postmortem.record.incident import Incident


def reword(  # noqa: PLR0917 - one point of one list, and what it was typed over
    incident: Incident, name: str, at: int, text: str, was: Sequence[str] = (), on: date | None = None
) -> Incident:
    """Give one point other words.

    Args:
        incident: The record; it stays as it is.
        name: The id of the list.
        at: Which point, counted from 0.
        text: The new words.
        was: What its field has shown meanwhile. Where the point reads otherwise by now, because somebody else changed
            it, the new words become a point of their own: neither text is lost.
        on: The day of the change.

    Raises:
        UnknownNodeError: If there is no such list.
    """
    items = list(checklists.find(incident, name).items)
    seen = set(was) or ({items[at]} if 0 <= at < len(items) else set())
    there = sorted((place for place, item in enumerate(items) if item in seen), key=lambda place: abs(place - at))
    if there:
        items[there[0]] = text
    elif text not in items:
        items.insert(at + 1, text)
    return checklists.revise(incident, name, items, on=on)


def add(incident: Incident, name: str, text: str = "", *, after: int | None = None, on: date | None = None) -> Incident:
    """Add a point, at the end or below another one.

    Raises:
        UnknownNodeError: If there is no such list.
    """
    items = list(checklists.find(incident, name).items)
    items.insert(len(items) if after is None else after + 1, text)
    return checklists.revise(incident, name, items, on=on)


def drop(incident: Incident, name: str, at: int, *, text: str | None = None, on: date | None = None) -> Incident:
    """Take a point out; where `text` is given and the point reads otherwise by now, the one that reads so.

    Raises:
        UnknownNodeError: If there is no such list.
    """
    items = list(checklists.find(incident, name).items)
    return checklists.revise(
        incident, name, [item for place, item in enumerate(items) if place != _place(items, at, text)], on=on
    )


def shift(
    incident: Incident, name: str, at: int, by: int, *, text: str | None = None, on: date | None = None
) -> Incident:
    """Move a point up (`by=-1`) or down (`by=1`); at an end of the list it stays.

    Raises:
        UnknownNodeError: If there is no such list.
    """
    items = list(checklists.find(incident, name).items)
    place = _place(items, at, text)
    if not 0 <= place < len(items):
        return incident
    point = items.pop(place)
    items.insert(min(max(place + by, 0), len(items)), point)
    return checklists.revise(incident, name, items, on=on)


def _place(items: Sequence[str], at: int, text: str | None) -> int:
    """Where a point stands by now: people may have moved it since it was drawn."""
    if text is None or (0 <= at < len(items) and items[at] == text):
        return at
    return min((place for place, item in enumerate(items) if item == text), key=lambda it: abs(it - at), default=-1)
