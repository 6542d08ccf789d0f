"""What is said when something given to the toolkit will not do: the place, what was found, what would do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

_SHOWN = 20
_LONGEST = 80


def near(word: str, known: Iterable[str]) -> str:
    """The known name that is nearest to a word, or an empty text.

    Examples:
        >>> near("trainning", ["training", "system"])
        'training'
        >>> near("xyz", ["training", "system"])
        ''
    """
    matches = get_close_matches(word.lower(), [name.lower() for name in known], n=1, cutoff=0.7)
    return next((name for name in known if matches and name.lower() == matches[0]), "")


def shown(value: object) -> str:
    """A value as it stands in an error: quoted, on one line, never longer than 80 characters."""
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def shown_name(name: str) -> str:
    r"""A name from a file as it stands in a place: bare where it is a plain word, else quoted and cut like a value.

    Examples:
        >>> print(shown_name("told_at"), shown_name("told\n_at"))
        told_at 'told\n_at'
    """
    return name if name.isprintable() and len(name) <= _LONGEST else shown(name)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that will not do.

    Attributes:
        where: The place, as its owner would name it: `row 3, column 'told_at'`, `whys.w2.parent`.
        finding: What stands there and why it will not do.
        remedy: What would do; may be empty where the finding says it.
    """

    where: str
    finding: str
    remedy: str = ""

    def __str__(self) -> str:
        """Place, finding and remedy on one line."""
        line = f"{self.where}: {self.finding}" if self.where else self.finding
        return f"{line}; {self.remedy}" if self.remedy else line


class PostmortemError(Exception):
    """The root of every error this package raises on purpose; its text is meant for the person at the keyboard."""


def unknown(where: str, found: str, known: Collection[str], besides: str = "") -> Problem:
    """A name that nobody knows, with a near one, or with those there are.

    Args:
        where: The place.
        found: The name.
        known: The names there are.
        besides: What else would do, where no name is near.

    Examples:
        >>> print(unknown("kinds", "lat", ["late", "lost"]))
        kinds: there is no 'lat'; did you mean 'late'?
    """
    hint = near(found, known)
    remedy = "; ".join(filter(None, (f"there are: {', '.join(known)}", besides)))
    return Problem(where, f"there is no {found!r}", f"did you mean {hint!r}?" if hint else remedy)


def twice(place: str, names: Iterable[str]) -> list[Problem]:
    """The ids that stand more than once in a list."""
    return [
        Problem(f"{place}.{name}", f"it stands {count} times", "give each its own id")
        for name, count in Counter(names).items()
        if count > 1
    ]


class DataError(PostmortemError):
    """Input that will not do, with all its problems at once.

    Args:
        subject: What was read: a file's name, `incident 2026-014`, `playbook team.toml`.
        problems: Everything that is wrong with it.

    Examples:
        >>> print(DataError("team.toml", [Problem("kinds", "expected a list, found 3")]))
        team.toml: 1 problem
          kinds: expected a list, found 3
    """

    def __init__(self, subject: str, problems: Sequence[Problem]) -> None:
        self.subject = subject
        self.problems = tuple(problems)
        count = len(self.problems)
        lines = [f"{subject}: {count} problem{'' if count == 1 else 's'}"]
        lines += [f"  {problem}" for problem in self.problems[:_SHOWN]]
        if count > _SHOWN:
            lines.append(f"  … and {count - _SHOWN} more")
        super().__init__("\n".join(lines))


class Unsound(ValueError):  # noqa: N818 - it never leaves the reading: a DataError is made of it
    """What a model's own check found, on its way through pydantic to the reader.

    Args:
        problems: Everything that does not fit together, each with its own place.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in problems))


class UnknownNodeError(PostmortemError):
    """A part of an incident was asked for by an id that is not there."""

    def __init__(self, what: str, identifier: str, known: Sequence[str]) -> None:
        hint = near(identifier, known)
        listed = ", ".join(known[:_SHOWN]) or "none yet"
        tail = f"; did you mean {hint!r}?" if hint else f"; there are: {listed}"
        super().__init__(f"no {what} {identifier!r} in this incident{tail}")
