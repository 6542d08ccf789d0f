"""Which part of one version of a list is which part of another; and in what order a merged list stands.

A part is known by its id, by the question it answers, or by what else names it among its siblings; a part that
nothing names, such as a lesson, is known by what it says.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from postmortem.record.parts import ChecklistVersion, Extra, Kept, Link, Opinion, Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Name = Any
"""What a part is known by: a text, or the part itself with a number where it stands several times."""


def name_of(part: object) -> str:
    """What a part is known by among its siblings; empty where nothing names it.

    Examples:
        >>> name_of(Extra(name="priority", value="P2")), name_of("a lesson")
        ('priority', '')
    """
    match part:
        case Extra():
            return part.name
        case Opinion():
            return part.by
        case Link():
            return part.incident_id
        case Kept():
            return f"{part.rule} {part.where}"
        case Version():
            return f"{part.place} {part.by}"
    other = "version" if isinstance(part, ChecklistVersion) else "question"
    return str(getattr(part, "id", getattr(part, other, "")))


def named(*versions: Sequence[Any]) -> tuple[dict[Name, Any], ...]:
    """The parts of several versions of a list under the names they have in all of them, each in its own order.

    Where a version holds two parts of one name, or a part without a name, all are known by what they say.

    Examples:
        >>> named(("a", "a"), ("a",))
        ({('a', 1): 'a', ('a', 2): 'a'}, {('a', 1): 'a'})
    """
    tables = [{name_of(part): part for part in parts} for parts in versions]
    if all(len(table) == len(parts) and "" not in table for table, parts in zip(tables, versions, strict=True)):
        return tuple(tables)
    return tuple(_by_content(parts) for parts in versions)


def _by_content(parts: Sequence[Any]) -> dict[Name, Any]:
    count: Counter[Any] = Counter()
    table = {}
    for part in parts:
        count[part] += 1
        table[part, count[part]] = part
    return table


def reordered(before: Iterable[Name], after: Iterable[Name]) -> bool:
    """Whether what stands in both stands in another order.

    Examples:
        >>> reordered("abc", "acb"), reordered("abc", "axc")
        (True, False)
    """
    old, new = list(before), list(after)
    there, here = set(old), set(new)
    return [name for name in old if name in here] != [name for name in new if name in there]


def woven(lead: Iterable[Name], follow: Iterable[Name], wanted: Iterable[Name]) -> list[Name]:
    """The wanted names in the order of one list; what only the other knows stands before what follows it there.

    Examples:
        >>> "".join(woven("abX", "aYb", "abXY")), "".join(woven("abX", "abY", "abXY"))
        ('aYbX', 'abXY')
    """
    kept = dict.fromkeys(wanted)
    order = [name for name in lead if name in kept]
    there = set(order)
    before: dict[Name, list[Name]] = {}
    pending: list[Name] = []
    for name in follow:
        if name in there:
            before[name] = pending
            pending = []
        elif name in kept:
            pending.append(name)
    return [item for name in order for item in (*before.get(name, ()), name)] + pending
