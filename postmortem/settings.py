"""What the surroundings say: who saves, and what time it is. Only the surface (widgets, command line) asks."""

from __future__ import annotations

import getpass
import os
from datetime import UTC, datetime

from postmortem.record.errors import DataError, Problem


def now(told: str | None = None) -> datetime:
    """The instant that counts as now, in UTC.

    `POSTMORTEM_NOW` is read each time: set anew in a running notebook, as with `%env`, it moves the clock there.

    Args:
        told: An instant as text; where none is given, the one in `POSTMORTEM_NOW`; where there is none, the clock's.

    Raises:
        DataError: If the text is no instant with an offset.

    Examples:
        >>> now("2026-03-20T13:00:00+01:00").isoformat()
        '2026-03-20T12:00:00+00:00'
    """
    text = told or os.environ.get("POSTMORTEM_NOW", "")
    if not text:
        return datetime.now(UTC)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        expected = "expected a date and time with an offset such as 2026-03-07T14:02:00+01:00"
        raise DataError("now", [Problem("--now or POSTMORTEM_NOW", f"{expected}, found {text!r}")])
    return instant.astimezone(UTC)


def by(told: str | None = None) -> str:
    """Who saves: the name that was told, else `POSTMORTEM_BY`, else the operating system's user name."""
    if named := (told or os.environ.get("POSTMORTEM_BY", "")).strip():
        return named
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "somebody"
