"""The words of a person that are to be erased, and where in a text they stand.

A name is found in capitals or not, with its accents or without, composed or decomposed, and across the end of a line.
It is never found inside another word.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from postmortem.record.errors import DataError, Problem

ERASED: Final = "[erased]"
"""What stands in the place of what was erased."""

SHORTEST: Final = 3
"""How many letters and digits a term needs that is looked for in any spelling."""

_FAR_EAST: Final = 0x2E80
_PHONE_DIGITS: Final = 6
_BETWEEN: Final = r"[\s._\-]+"
"""What may stand between the words of one name: also as in an address, `maria.lindqvist@…`."""
# Accents and points above and below letters, and signs that can't be seen.
_MARKS: Final = re.compile(
    r"[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
    r"\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]+"
)
_STROKES: Final = str.maketrans(
    dict(zip("øØłŁđĐ", "oolldd", strict=True))
    | {"æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "\N{LATIN SMALL LETTER DOTLESS I}": "i"}
)


@dataclass(frozen=True, slots=True)
class Terms:
    """The words that are to be erased.

    Args:
        words: Names, addresses, numbers; each is one term, of one or several words.
        exact: Whether each is looked for only as it is written, with its capitals and accents.

    Raises:
        DataError: If there is none, or one that would erase too much.

    Examples:
        >>> terms = Terms(("Maria Lindqvist",))
        >>> terms.erased("MARIA  LÍNDQVIST called; Maria Lindqvistsson did not.")
        '[erased] called; Maria Lindqvistsson did not.'
    """

    words: tuple[str, ...] = field(repr=False)
    exact: bool = False
    _pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)
    _keys: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _phones: re.Pattern[str] | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        words = tuple(dict.fromkeys(" ".join(word.split()) for word in self.words if word.strip()))
        problems = [problem for word in words if (problem := _unfit(word, exact=self.exact))]
        if not words:
            problems = [Problem("term", "nothing to erase was named", "name a person, an address or a number")]
        if problems:
            raise DataError("erase", problems)
        forms = {form for word in words for form in self._forms(word)}
        named = sorted((form for form in forms if not _is_phone(form)), key=lambda form: (-len(form), form))
        phones = [_pattern_of(form) for form in sorted(forms) if _is_phone(form)]
        object.__setattr__(self, "words", words)
        object.__setattr__(self, "_pattern", re.compile("|".join([*map(_pattern_of, named), *phones])))
        object.__setattr__(self, "_keys", tuple(max(re.findall(r"[^\W_]+|.", form), key=len) for form in named))
        object.__setattr__(self, "_phones", re.compile("|".join(phones)) if phones else None)

    def _forms(self, word: str) -> set[str]:
        if self.exact:
            return {unicodedata.normalize("NFC", word), unicodedata.normalize("NFD", word)}
        return {_small(word)}

    def may_be_in(self, text: str) -> bool:
        """Whether it is worth a closer look: quick, also at a JSON text, and never no where something stands."""
        if not self.exact:
            text = _small(text)
        return any(key in text for key in self._keys) or (self._phones is not None and bool(self._phones.search(text)))

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where in a text the terms stand, from and to."""
        folded, places = self._folded(text)
        found: list[tuple[int, int]] = []
        for match in self._pattern.finditer(folded):
            start, last = places[match.start()], places[match.end() - 1]
            # A letter that is written in several parts is taken as a whole or not at all.
            if (match.start() and places[match.start() - 1] == start) or places[match.end()] == last:
                continue
            end = last + 1
            while not self.exact and end < len(text) and not _parts(text[end]):
                end += 1
            found.append((start, end))
        return found

    def erased(self, text: str) -> str:
        """The text without the terms."""
        for start, end in reversed(self.spans(text)):
            text = f"{text[:start]}{ERASED}{text[end:]}"
        return text

    def _folded(self, text: str) -> tuple[str, list[int] | range]:
        """The text as it is compared, and from which sign each of its letters comes; one more for the end."""
        if self.exact:
            return text, range(len(text) + 1)
        if text.isascii():
            return text.lower(), range(len(text) + 1)
        letters: list[str] = []
        places: list[int] = []
        for at, sign in enumerate(text):
            parts = _parts(sign)
            letters.append(parts)
            places.extend([at] * len(parts))
        return "".join(letters), [*places, len(text)]


def _small(text: str) -> str:
    """A text as it is compared: small, without accents; nothing of what can't be seen."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.translate(_STROKES)).casefold()
    return _MARKS.sub("", unicodedata.normalize("NFKD", apart))


@lru_cache(maxsize=4096)
def _parts(sign: str) -> str:
    """One sign as it is compared."""
    return _small(sign)


def _unfit(word: str, *, exact: bool) -> Problem | None:
    told = _small(word)
    letters = sum(2 if ord(sign) >= _FAR_EAST else 1 for sign in unicodedata.normalize("NFC", word) if sign.isalnum())
    if not letters:
        return Problem("term", f"{word!r} has no letter and no digit", "name a person, an address or a number")
    if told.strip("[]") == ERASED.strip("[]"):
        return Problem("term", f"{word!r} is what stands in the place of what was erased", "leave it out")
    if letters < SHORTEST and not exact:
        remedy = "write more of the name, or look for it exactly as written (--exact)"
        return Problem("term", f"{word!r} is so short that it stands in many places where nobody is meant", remedy)
    return None


def _is_phone(word: str) -> bool:
    return sum(sign.isdecimal() for sign in word) >= _PHONE_DIGITS and not any(sign.isalpha() for sign in word)


def _pattern_of(word: str) -> str:
    if _is_phone(word):
        digits = r"[\s\-./()]*".join(sign for sign in word if sign.isdecimal())
        return rf"(?<!\d)(?:\+|00)?{digits}(?!\d)"
    literal = _BETWEEN.join(map(re.escape, word.split()))
    left = r"(?<![^\W_])" if _bounded(word[0]) else ""
    right = r"(?![^\W_])" if _bounded(word[-1]) else ""
    return f"{left}{literal}{right}"


def _bounded(sign: str) -> bool:
    """Whether words that end with this sign are set apart from the next: those of the Far East are not."""
    return sign.isalnum() and ord(sign) < _FAR_EAST and not 0x1100 <= ord(sign) < 0x1200  # noqa: PLR2004 - Hangul's parts
