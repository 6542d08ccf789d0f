"""Texts, instants and days as every database can hold them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Final

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


def plain(text: str) -> str:
    r"""The text as every database can hold it: NUL and halves of characters give way to the replacement character.

    Examples:
        >>> plain("a\x00b") == "a\N{REPLACEMENT CHARACTER}b"
        True
    """
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text) if _UNSTORABLE.search(text) else text


def folded(text: str) -> str:
    """The text as it is searched: no difference between capitals and small letters, in any script.

    Examples:
        >>> folded("STRASSE") == folded("Straße")
        True
    """
    return plain(text).casefold()


@lru_cache(maxsize=4096)
def source_digest(system: str, key: str) -> str:
    """A short text for a pair of system and key, equal only for equal pairs.

    Examples:
        >>> source_digest("crm", "1") == source_digest("crm1", "")
        False
    """
    return blake2b(f"{plain(system)}\0{plain(key)}".encode(), digest_size=16).hexdigest()


def instant_text(moment: datetime) -> str:
    """An instant as the store writes it: UTC, microseconds, `Z`.

    Examples:
        >>> instant_text(datetime(2026, 3, 2, 16, 30, tzinfo=UTC))
        '2026-03-02T16:30:00.000000Z'
    """
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def instant_from(text: str) -> datetime:
    """An instant from what the store wrote."""
    return datetime.fromisoformat(text)


def at(moment: datetime | None) -> str | None:
    """An instant as the store writes it, if there is one."""
    return instant_text(moment) if moment is not None else None


def on(day: date | None) -> str | None:
    """A day as the store writes it, if there is one."""
    return day.isoformat() if day is not None else None


def said(text: str) -> str | None:
    """A text as the store can hold it; none where nothing was said."""
    return plain(text) or None
