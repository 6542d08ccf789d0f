"""Whether two names that people typed are one person's."""

from __future__ import annotations


def key(name: str) -> str:
    """A name as names are compared: without spaces around it, in small letters.

    Examples:
        >>> key("Ana "), key("ana") == key("ANA")
        ('ana', True)
    """
    return name.strip().casefold()


def is_same(one: str, other: str) -> bool:
    """Whether two names are one person's.

    Examples:
        >>> is_same("Ana", "ana "), is_same("Ana", "Anna")
        (True, False)
    """
    return key(one) == key(other)
