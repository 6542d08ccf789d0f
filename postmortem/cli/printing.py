"""How things look in a terminal: plain lines, calm tables, one JSON document; what people typed is made harmless."""

from __future__ import annotations

import json
import shutil
import sys
import unicodedata
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

import click

from postmortem.record.moments import day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import tzinfo

_NARROWEST: Final = 60
_WIDEST: Final = 120
_GAP: Final = "  "
_STEPS: Final = 1000


def plain(text: str) -> str:
    r"""Text as it may go to a terminal: one line, without control characters or marks that turn the writing around.

    Examples:
        >>> plain("red\x1b[31m alert\n  again")
        'red[31m alert again'
    """
    kept = "".join(sign if sign.isprintable() or sign.isspace() else "" for sign in text)
    return " ".join(kept.split())


def say(text: str = "") -> None:
    """Print data on standard output."""
    click.echo(_harmless(text))


def tell(text: str) -> None:
    """Print a message on standard error."""
    click.echo(_harmless(text), err=True)


def _harmless(text: str) -> str:
    return "\n".join(
        "".join(sign if sign.isprintable() else " " if sign.isspace() else "" for sign in line)
        for line in text.split("\n")
    )


def say_json(value: Any) -> None:  # noqa: ANN401 - whatever JSON can say, and values made of it
    """Print one JSON document on standard output."""
    ascii_only = not (sys.stdout.encoding or "").lower().startswith("utf")
    click.echo(json.dumps(value, indent=2, ensure_ascii=ascii_only, default=_as_json))


def _as_json(value: object) -> Any:  # noqa: ANN401 - whatever JSON can say
    if isinstance(value, datetime | date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


@contextmanager
def bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error; none where that is not a terminal."""
    with click.progressbar(length=_STEPS, label=plain(label), file=sys.stderr, hidden=not sys.stderr.isatty()) as shown:

        def progress(done: int, all_: int) -> None:
            shown.update(done * _STEPS // max(all_, 1) - shown.pos)

        yield progress


def width() -> int:
    """How many columns there are to write in: 80 where nobody says."""
    return max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size((80, 24)).columns))


def columns_of(text: str) -> int:
    """How many columns a text takes: a wide sign takes two, a combining one none.

    Examples:
        >>> columns_of("abc"), columns_of("東京")
        (3, 4)
    """
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text
    )


def cut(text: str, most: int) -> str:
    """A text of at most so many columns; a shortened one ends with an ellipsis.

    Examples:
        >>> cut("Phone not reconnected", 12)
        'Phone not r…'
    """
    text = plain(text)
    if columns_of(text) <= most:
        return text
    kept, taken = "", 0
    for sign in text:
        taken += columns_of(sign)
        if taken > most - 1:
            break
        kept += sign
    return f"{kept.rstrip()}…"


def table(titles: Sequence[str], rows: Sequence[Sequence[str]], *, most: int, whole: bool = False) -> str:
    """Rows under their titles; the last column takes what room is left.

    Args:
        titles: What stands above the columns.
        rows: The cells of each row.
        most: How many columns of signs there are.
        whole: The last column is written to its end: in further lines on a terminal, in one elsewhere. Else it is cut.

    Examples:
        >>> print(table(["Id", "Title"], [["2026-001", "Phone not reconnected after repair"]], most=32))
        Id        Title
        2026-001  Phone not reconnected…
    """
    cells = [[plain(cell) for cell in row] for row in (titles, *rows)]
    wide = [max(columns_of(row[at]) for row in cells) for at in range(len(titles) - 1)]
    rest = max(10, most - sum(wide) - len(_GAP) * len(wide))
    lines = list[str]()
    for row in cells:
        first, *more = _last(row[-1], rest) if whole else [cut(row[-1], rest)]
        lines.append(_GAP.join([*(_filled(cell, size) for cell, size in zip(row[:-1], wide, strict=True)), first]))
        lines += [" " * (sum(wide) + len(_GAP) * len(wide)) + line for line in more]
    return "\n".join(line.rstrip() for line in lines)


def _last(text: str, rest: int) -> list[str]:
    """A last cell in full: what a program reads on has a row in each line."""
    return (sys.stdout.isatty() and wrap(text, rest, break_on_hyphens=False)) or [text]


def _filled(text: str, size: int) -> str:
    return text + " " * (size - columns_of(text))


def paragraph(text: str, *, first: str = "", then: str = "") -> str:
    """A text in lines that fit the terminal.

    Args:
        text: What to write.
        first: What stands before the first line.
        then: What stands before every other line.
    """
    lines = wrap(plain(text), width(), initial_indent=first, subsequent_indent=then, break_on_hyphens=False)
    return "\n".join(lines) or first.rstrip()


def moment(at: datetime, zone: tzinfo) -> str:
    """Day and time in a zone."""
    local = at.astimezone(zone)
    return f"{day(local)}, {local:%H:%M}"


def counted(count: int, one: str, many: str = "") -> str:
    """A count with its noun.

    Examples:
        >>> counted(1, "incident"), counted(3144, "row"), counted(2, "copy", "copies")
        ('1 incident', '3,144 rows', '2 copies')
    """
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"
