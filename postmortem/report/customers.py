"""The customers of many incidents, taken out of the tables and texts that a page about them is made from (R41)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import narwhals as nw
import pandas as pd

from postmortem.analysis import Tables
from postmortem.analysis.frames import gathered
from postmortem.report.redaction import of_customer, of_values, phone_tails, telling, wholes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from postmortem.analysis import Frames
    from postmortem.record.incident import Customer
    from postmortem.report.redaction import Redaction

_TYPED: Final = {
    "incidents": ("team",),
    "causes": ("text", "recurring_id"),
    "actions": ("text", "owner"),
    "checklists": ("name", "job"),
}
"""What people typed in the tidy tables, and a page about many incidents shows."""

_NAMES: Final = frozenset({"team", "recurring_id"})
"""What incidents are counted by: two that differ must differ afterwards too."""

_WORDS: Final = re.compile(r"[^\W_]+")
_FAR_EAST: Final = "\u2e80"
"""From here on, letters stand without spaces between the words."""
_FIRST: Final = 2
"""By so many signs values are found; shorter ones tell nobody."""


class Customers:
    """The customers of many incidents, and what hides them; quick also where there are 100,000.

    In a text of an incident its own customer is hidden as in a manager's report, by each telling word of the name. In
    all other texts a customer is hidden where the name or a contact stands as a whole: a single word of it is too
    often a word like any other.

    Args:
        named: Who was hurt, by the incident's id.

    Examples:
        >>> from postmortem.record.incident import Customer
        >>> known = Customers({"a": Customer(name="Harbour House")})
        >>> known.hide("The House rang", "a"), known.hide("The House rang"), known.hide("As at Harbour House")
        ('The customer rang', 'The House rang', 'As at the customer')
    """

    def __init__(self, named: Mapping[str, Customer]) -> None:
        self._own = named
        self._values: dict[str, str] = {}
        self._lengths: dict[str, set[int]] = {}
        self._tails: dict[str, str] = {}
        self._words: dict[str, str] = {}
        self._sizes: set[int] = set()
        self._marks: dict[str, _Marks] = {}
        self._found: dict[str, tuple[str, ...]] = {}
        for customer in dict.fromkeys(named.values()):
            self._words.update((word.casefold(), word) for word in telling(customer.name))
            for value in wholes(customer):
                tails = phone_tails(value)
                self._tails.update(dict.fromkeys(tails, value))
                self._sizes.update(map(len, tails))
                signs = _signs(value)
                if len(signs) >= _FIRST:
                    self._values[signs] = value
                    self._lengths.setdefault(signs[:_FIRST], set()).add(len(signs))

    def hide(self, text: str, incident_id: str = "") -> str:
        """A text in which no customer is named.

        Args:
            text: What somebody typed.
            incident_id: The incident that it belongs to, where it belongs to one.
        """
        own = self._own.get(incident_id)
        if own is not None and self._marks_of(incident_id, own).in_(text):
            text = _of(own.name, own.contact)(text)
        found = self._found.get(text)
        if found is None:
            found = self._found[text] = tuple(dict.fromkeys(self._met(text)))
        return of_values(found)(text) if found else text

    def _marks_of(self, incident_id: str, customer: Customer) -> _Marks:
        marks = self._marks.get(incident_id)
        if marks is None:
            marks = self._marks[incident_id] = _marks(customer)
        return marks

    def hide_search(self, text: str) -> str:
        """Words that somebody looked for, without a customer: here one telling word of a name is enough."""
        met = (self._words.get(word.casefold()) for word in _WORDS.findall(unicodedata.normalize("NFC", text)))
        words = " ".join(filter(None, met))
        return self.hide(of_customer(words)(text) if words else text)

    def hide_in(self, tables: Frames) -> Frames:
        """The tidy tables with no text that names a customer; they are pandas frames then."""
        if not self._own:
            return tables
        return Tables.of(tables).each(self._hidden_in)

    def _hidden_in(self, name: str, native: Any) -> pd.DataFrame:  # noqa: ANN401 - any frame that narwhals reads
        frame = gathered(nw.from_native(native).lazy())
        typed = [column for column in _TYPED.get(name, ()) if column in frame]
        return self._unnamed(frame, typed) if typed else frame

    def _unnamed(self, frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
        incidents = ["" if pd.isna(given) else str(given) for given in frame["incident_id"]]
        changed = {}
        for column in columns:
            texts = frame[column].astype(object).tolist()
            if column in _NAMES:
                new = _apart({text: self.hide(text) for text in dict.fromkeys(texts) if isinstance(text, str)})
                told = [new.get(text, text) for text in texts]
            else:
                told = [
                    self.hide(text, incident) if isinstance(text, str) else text
                    for text, incident in zip(texts, incidents, strict=True)
                ]
            changed[column] = pd.Series(told, index=frame.index, dtype=object)
        return frame.assign(**changed)

    def _met(self, text: str) -> Iterator[str]:
        """The values that stand in a text; most texts have none, and need no costly look."""
        signs, starts = _signs_and_starts(text)
        for start in starts:
            for length in self._lengths.get(signs[start : start + _FIRST], ()):
                value = self._values.get(signs[start : start + length])
                if value is not None:
                    yield value
        if self._tails:
            for digits in _numbers(text):
                for size in self._sizes:
                    for at in range(len(digits) - size + 1):
                        value = self._tails.get(digits[at : at + size])
                        if value is not None:
                            yield value


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _signs(text: str) -> str:
    """Letters and digits alone: the same however the words are set apart."""
    return "".join(_WORDS.findall(_plain(text)))


def _signs_and_starts(text: str) -> tuple[str, list[int]]:
    """Letters and digits alone, and where a word begins in them."""
    words, starts, at = _WORDS.findall(_plain(text)), [], 0
    for word in words:
        starts += [at, *(at + place for place, sign in enumerate(word) if place and sign >= _FAR_EAST)]
        at += len(word)
    return "".join(words), starts


def _numbers(text: str) -> list[str]:
    """The digits of everything that may be a telephone number."""
    return [re.sub(r"\D", "", run) for run in re.findall(r"\d[\d\s\-./()]*\d", text)]


class _Marks(NamedTuple):
    """By what a customer may be met in a text: most texts name nobody, and the look that hides is a costly one.

    Attributes:
        words: The telling words of name and contact.
        tails: The ends of the telephone numbers.
        values: What has no telling word, such as "9-11", and is known as a whole only.
    """

    words: tuple[str, ...]
    tails: tuple[str, ...]
    values: tuple[str, ...]

    def in_(self, text: str) -> bool:
        """Whether a text may name the customer."""
        said = _plain(text)
        if any(word in said for word in self.words):
            return True
        if self.tails and any(tail in digits for digits in _numbers(text) for tail in self.tails):
            return True
        return any(bare in _signs(text) if (bare := _signs(value)) else value in said for value in self.values)


def _marks(customer: Customer) -> _Marks:
    pieces = (customer.name, customer.contact, *re.split(r"[,;|]", customer.contact))
    values = dict.fromkeys(_plain(piece.strip()) for piece in pieces)
    return _Marks(
        tuple(map(_plain, telling(f"{customer.name} {customer.contact}", shared=True))),
        phone_tails(customer.contact),
        tuple(value for value in values if value and not telling(value, shared=True)),
    )


@lru_cache(maxsize=4096)
def _of(name: str, contact: str) -> Redaction:
    return of_customer(name, contact)


def _apart(hidden: Mapping[str, str]) -> dict[str, str]:
    """What texts have become, where two that differed shall differ still: numbered in the order of the alphabet."""
    taken = {new for old, new in hidden.items() if new == old}
    told = {}
    for old, new in sorted(hidden.items()):
        name, number = new, 1
        while new != old and name in taken:
            number += 1
            name = f"{new} {number}"
        taken.add(name)
        told[old] = name
    return told
