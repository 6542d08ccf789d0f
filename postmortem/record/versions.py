"""Two texts for one field: what somebody wrote there while another was saved, until a person decides.

The text that was saved first stands in the field; the other waits beside it as a `Version`, in the record itself, so
that everybody sees both and neither is lost with a kernel or a window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.record.edit import changed
from postmortem.record.parts import Version

if TYPE_CHECKING:
    from datetime import datetime

    from postmortem.record.incident import Incident


def at(incident: Incident, place: str) -> tuple[Version, ...]:
    """The other wordings that wait at a place, in the order in which they were written."""
    return tuple(version for version in incident.versions if version.place == place)


def kept(incident: Incident, place: str, text: str, *, by: str, when: datetime) -> Incident:
    """The incident with another wording at a place; a later one of the same person takes the place of the earlier.

    Args:
        incident: The record; it stays as it is.
        place: The field.
        text: What was written there.
        by: Who wrote it.
        when: When; aware.

    Examples:
        >>> from datetime import UTC, datetime
        >>> from postmortem.record.incident import Incident
        >>> two = kept(Incident(title="Late"), "title", "An hour late", by="Ana", when=datetime(2026, 3, 2, tzinfo=UTC))
        >>> two.title, [(version.by, version.text) for version in at(two, "title")]
        ('Late', [('Ana', 'An hour late')])
    """
    before = without(incident, place, by)
    return changed(before, versions=(*before.versions, Version(place=place, text=text, by=by, at=when)))


def without(incident: Incident, place: str, by: str | None = None) -> Incident:
    """The incident without the other wordings at a place, or without one person's."""
    left = tuple(item for item in incident.versions if item.place != place or (by is not None and item.by != by))
    return incident if left == incident.versions else changed(incident, versions=left)
