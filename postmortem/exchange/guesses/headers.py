"""What a header says: the words that columns are usually called by, as data, and how like them a header is."""

from __future__ import annotations

import re
import tomllib
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import Field, ValidationError, field_validator

from postmortem.exchange.mapped.targets import SPECIAL, target_names, target_of
from postmortem.record.base import Frozen, Table, Value
from postmortem.record.errors import DataError, Problem, near
from postmortem.record.reading import problems_in

if TYPE_CHECKING:
    from collections.abc import Iterable

EXACT: Final = 3
PART: Final = 2
NEAR: Final = 1

_SHIPPED = Path(__file__).with_name("headers.toml")
_TYPING_SLIP = 0.84
_SHORTEST = 5
_FEW = 2
_TOO_COMMON = {"date", "time", "when", "from", "what", "title", "name", "issue", "end", "text"}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SIGNS = re.compile(r"[^\w#]+|_")


class FieldWords(Value):
    """What the columns for one field are called.

    Attributes:
        label: How the field is called where a person chooses it.
        words: Headers, in lower case.
    """

    label: str = ""
    words: tuple[str, ...] = ()


class Words(Value):
    """The words of headers and cells that a guess knows; `headers.toml` holds those that come with the package."""

    filler: tuple[str, ...] = ()
    time: tuple[str, ...] = ()
    person: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    either: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    fields: Table[str, FieldWords] = Field(default_factory=Frozen)

    @field_validator("fields")
    @classmethod
    def _known_fields(cls, fields: Table[str, FieldWords]) -> Table[str, FieldWords]:
        for name in fields:
            if name not in SPECIAL and target_of(name) is None:
                hint = near(name, [*target_names(), *SPECIAL])
                raise ValueError(f"there is no field {name!r}" + (f"; did you mean {hint!r}?" if hint else ""))
        return fields

    def __add__(self, other: Words) -> Words:
        """Both together; the labels of the other one count."""
        named = {
            name: FieldWords(label=more.label or mine.label, words=tuple(dict.fromkeys((*mine.words, *more.words))))
            for name in (*self.fields, *(name for name in other.fields if name not in self.fields))
            for mine, more in [(self.fields.get(name, FieldWords()), other.fields.get(name, FieldWords()))]
        }
        lists = {
            name: tuple(dict.fromkeys((*getattr(self, name), *getattr(other, name))))
            for name in Words.model_fields
            if name != "fields"
        }
        return Words(fields=Frozen(named), **lists)

    def label(self, target: str) -> str:
        """How a field is called where a person chooses it."""
        found = self.fields.get(target)
        return found.label if found is not None and found.label else target


@lru_cache(maxsize=8)
def load_words(path: str | None = None) -> Words:
    """The words that come with the package, and those of a team's own file added to them.

    Raises:
        DataError: If the file can't be read, or does not fit; with all its problems, by key.

    Examples:
        >>> words = load_words()
        >>> words.label("title"), likeness("Event Start Date", "occurred_at", words)
        ('Title: what went wrong', (3, 'start date'))
    """
    shipped = _loaded(_SHIPPED)
    return shipped if path is None else shipped + _loaded(Path(path))


def _loaded(file: Path) -> Words:
    subject = f"words {file.name}"
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise DataError(subject, [Problem("", f"can't be read: {error.strerror}", "check the path")]) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(subject, [Problem("", f"not TOML in UTF-8: {error}")]) from None
    try:
        return Words.model_validate(data)
    except ValidationError as error:
        raise DataError(subject, problems_in(error, model=Words, data=data)) from None


@lru_cache(maxsize=4096)
def plain(header: str) -> str:
    """A header as plain words.

    Examples:
        >>> plain("WhyItHappened_EN_LIST"), plain("Tracking #"), plain("date_received")
        ('why it happened en list', 'tracking number', 'date received')
    """
    spaced = _SIGNS.sub(" ", _CAMEL.sub(" ", header)).replace("#", " number ")
    return " ".join(spaced.casefold().split())


def _without(text: str, words: Iterable[str]) -> str:
    left = " ".join(word for word in text.split() if word not in set(words))
    return left or text


def is_person(header: str, words: Words) -> bool:
    """Whether a column holds a person, or how to reach one; by its name alone.

    Examples:
        >>> [is_person(name, load_words()) for name in ("Name", "Customer e-mail", "Incident Name", "Street Name")]
        [True, True, False, True]
    """
    text = plain(header)
    if any(text in field.words for name, field in words.fields.items() if not name.startswith("customer.")):
        return text in words.person
    said = {plain(word) for word in words.person}
    return bool(said & {text, _without(text, words.filler)}) or any(word in said for word in text.split())


def is_key(header: str, words: Words) -> bool:
    """Whether a column names the row, by its name.

    Examples:
        >>> [is_key(name, load_words()) for name in ("Complaint ID", "lesson_id", "Grid")]
        [True, True, False]
    """
    text = plain(header)
    return text in words.key or _without(text, words.filler) in words.key or text.split()[-1:] in (["id"], ["number"])


def likeness(header: str, target: str, words: Words) -> tuple[int, str]:
    """How like the words for a field a header is: `EXACT`, `PART`, `NEAR` or 0; and the word it is like.

    Examples:
        >>> words = load_words()
        >>> likeness("Occured at", "occurred_at", words), likeness("Company", "title", words)
        ((1, 'occurred'), (0, ''))
    """
    known = words.fields[target].words if target in words.fields else ()
    time = words.time if target_of(target) in {"instant", "day"} else ()
    return _likeness(header, known, words.filler, time, in_part=not target.startswith("customer."))


@lru_cache(maxsize=16_384)
def _likeness(
    header: str, known: tuple[str, ...], filler: tuple[str, ...], time: tuple[str, ...], *, in_part: bool
) -> tuple[int, str]:
    text = plain(header)
    core = _without(_without(text, filler), time)
    forms = [text, _without(text, filler), core]
    for form in forms:
        if form in known:
            return EXACT, form
    if in_part:
        part = next((word for word in known if _is_part(word, text, core)), "")
        if part:
            return PART, part
    hint = near(core, known)
    if hint and len(core) >= _SHORTEST and SequenceMatcher(None, core, hint).ratio() >= _TYPING_SLIP:
        return NEAR, hint
    return 0, ""


def _is_part(word: str, text: str, core: str) -> bool:
    if " " in word:
        return f" {word} " in f" {text} "
    return word in core.split() and len(core.split()) <= _FEW and word not in _TOO_COMMON
