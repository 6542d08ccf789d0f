"""What the headings and columns of a written post-mortem mean: data, to which a team adds its own."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from postmortem.record.base import zone
from postmortem.record.errors import DataError, Problem, near, shown, shown_name

if TYPE_CHECKING:
    import os

FIELDS: Final = ("summary", "impact.happened", "causes", "five_whys", "actions", "learned", "timeline")
COLUMNS: Final = (
    "timeline.at",
    "timeline.text",
    "timeline.seen_by",
    "actions.text",
    "actions.owner",
    "actions.due_on",
    "actions.done_on",
)
_SECTIONS: Final = ("headings", "columns", "zones")
_SHIPPED: Final = Path(__file__).with_name("headings.toml")
_BRACKETS: Final = re.compile(r"[(\[][^()\[\]]*[)\]]")
_LONGEST: Final = 500
_NUMBER: Final = re.compile(r"^\s*(\d+|[ivx]+)[.)]\s+")


@dataclass(frozen=True, slots=True)
class Headings:
    """What headings, columns of tables and names of time zones mean.

    Attributes:
        headings: Patterns of headings with their field, the first that fits counts.
        columns: Patterns of columns with their field.
        zones: Names of time zones; an empty text where several have the name.
    """

    headings: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str], ...]
    zones: tuple[tuple[str, str], ...]

    def field_of(self, heading: str) -> str | None:
        """The field that a section under this heading belongs to.

        Examples:
            >>> shipped_headings().field_of("**3. Root Causes:**"), shipped_headings().field_of("Attendees")
            ('causes', None)
        """
        return _first(self.headings, plain(heading))

    def column_of(self, table: str, title: str) -> str | None:
        """The field of a table, `actions` or `timeline`, that a column belongs to."""
        own = tuple((pattern, field) for pattern, field in self.columns if field.startswith(f"{table}."))
        return _first(own, plain(title))

    def zone_of(self, name: str) -> str | None:
        """The time zone of a name; empty where several have it, nothing where none has."""
        return dict(self.zones).get(name.upper())


def plain(heading: str) -> str:
    """A heading as it is compared.

    Examples:
        >>> plain("What went *wrong*?"), plain("Timeline (all times in UTC)")
        ('what went wrong', 'timeline')
    """
    # A line as long as a book is no heading, and comparing it with every pattern would take minutes.
    text = re.sub(r"[*_`#]", "", heading[:_LONGEST].replace("’", "'"))  # noqa: RUF001 - the curly one is meant
    text = _NUMBER.sub("", _BRACKETS.sub(" ", text).strip())
    return " ".join(text.casefold().split()).strip(" :.?!-–")  # noqa: RUF001 - the dash is meant


def _first(patterns: tuple[tuple[str, str], ...], text: str) -> str | None:
    return next((field for pattern, field in patterns if text and fnmatchcase(text, pattern)), None)


@lru_cache(maxsize=1)
def shipped_headings() -> Headings:
    """The table that comes with the program, `headings.toml`."""
    return _made(tomllib.loads(_SHIPPED.read_text("utf-8")), _SHIPPED.name)


def load_headings(path: str | os.PathLike[str]) -> Headings:
    """A team's own table; what it does not name is taken from the shipped one.

    Args:
        path: A TOML file with any of the sections `[headings]`, `[columns]` and `[zones]`.

    Raises:
        DataError: If it can't be read, or names a section, a field or a time zone that is not known.
    """
    file = Path(path)
    try:
        data = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(file.name, [Problem("", f"can't be read: {error}", "check the file")]) from None
    own, shipped = _made(data, file.name), shipped_headings()
    return Headings(
        own.headings + shipped.headings,
        own.columns + shipped.columns,
        tuple({**dict(shipped.zones), **dict(own.zones)}.items()),
    )


def _made(data: dict[str, Any], subject: str) -> Headings:
    problems = [_unknown(name, _SECTIONS, "section") for name in data if name not in _SECTIONS]
    sections = {name: data.get(name, {}) for name in _SECTIONS}
    problems += [Problem(name, "expected a section") for name, one in sections.items() if not isinstance(one, dict)]
    if problems:
        raise DataError(subject, problems)
    pairs: dict[str, list[tuple[str, str]]] = {"headings": [], "columns": []}
    for section, known in (("headings", FIELDS), ("columns", COLUMNS)):
        for field, patterns in sections[section].items():
            if field not in known:
                problems.append(_unknown(f"{section}.{field}", known, "field", field))
            elif not isinstance(patterns, list) or not all(isinstance(one, str) for one in patterns):
                problems.append(Problem(f"{section}.{field}", f"expected a list of texts, found {shown(patterns)}"))
            else:
                pairs[section] += [(" ".join(one.casefold().split()), field) for one in patterns]
    for name, value in sections["zones"].items():
        try:
            zone(value) if value else None
        except (ValueError, TypeError, AttributeError):
            problems.append(Problem(f"zones.{shown_name(name)}", f"no time zone: {shown(value)}", "as in '+01:00'"))
    if problems:
        raise DataError(subject, problems)
    zones = tuple((name.upper(), value) for name, value in sections["zones"].items())
    return Headings(tuple(pairs["headings"]), tuple(pairs["columns"]), zones)


def _unknown(where: str, known: tuple[str, ...], what: str, name: str = "") -> Problem:
    hint = near(name or where, known)
    return Problem(where, f"unknown {what}", f"did you mean {hint!r}?" if hint else f"there are: {', '.join(known)}")
