"""Words in free text that a hint is about (R20, R26, R27, R35)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from postmortem.record.playbook import Playbook
    from postmortem.record.rules import Words


_APOSTROPHES = {ord("\u2019"): "'", ord("\u2018"): "'"}
"""Telephones and word processors write the curly ones; a character stays a character, so places hold."""
_CAPITAL = "[A-ZÀ-ÖØ-ÞŁŚŠŽŻČ]"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A place in a text that a hint is about.

    Attributes:
        rule: The rule of the playbook.
        group: The group of words in the playbook it belongs to; `names` for a person's name.
        text: The words as they stand there.
        start: Where they begin, counted in characters from 0.
        ask: What the hint asks.
        better: A better form, where the playbook has one.
    """

    rule: str
    group: str
    text: str
    start: int
    ask: str
    better: str = ""


def phrases(text: str, place: str, playbook: Playbook) -> tuple[Phrase, ...]:
    """Every word or phrase in a text that the playbook has a hint for, in reading order.

    Args:
        text: What was written.
        place: What kind of text it is: `whys`, `timeline`, `actions` or `wording`.
        playbook: The rules in force.

    Examples:
        >>> from postmortem.record.playbook import default_playbook
        >>> [phrase.text for phrase in phrases("The technician forgot it", "whys", default_playbook())]
        ['forgot']
    """
    plain = text.translate(_APOSTROPHES)
    found = [
        Phrase(group.rule, name, text[match.start() : match.end()], match.start(), group.ask, group.better)
        for name, group in playbook.words.items()
        if place in group.where
        for match in _pattern(group.words).finditer(plain)
    ]
    if place != "wording":  # the customer is spoken to by name
        found += names_in(text, playbook)
    return tuple(sorted(found, key=lambda phrase: phrase.start))


def names_in(text: str, playbook: Playbook) -> tuple[Phrase, ...]:
    """Every name of a person in a text, as far as the playbook's titles and first names tell (R26).

    Examples:
        >>> from postmortem.record.playbook import default_playbook
        >>> [phrase.text for phrase in names_in("Ask Mrs Ødegård, or the desk", default_playbook())]
        ['Mrs Ødegård']
    """
    return tuple(
        Phrase("R26", "names", match.group(), match.start(), playbook.names.ask)
        for match in _name_pattern(playbook.names.titles, playbook.names.first).finditer(text)
    )


def starts_with(text: str, words: tuple[str, ...]) -> bool:
    """Whether a text begins with one of some words."""
    return _pattern(words).match(text.strip().translate(_APOSTROPHES)) is not None


def heard(text: str, playbook: Playbook) -> tuple[Phrase, ...]:
    """How the words to the customer may be heard (R20): what is in them, and that there is no admission yet."""
    found = phrases(text, "wording", playbook)
    admission: Words | None = playbook.words.get("admission")
    if text.strip() and admission is not None and not _pattern(admission.words).search(text.translate(_APOSTROPHES)):
        found = (*found, Phrase(admission.rule, "admission", "", len(text), admission.ask, admission.better))
    return found


@lru_cache(maxsize=64)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    parts = [_literal(word[:-1]) + r"\w*" if word.endswith("*") else _literal(word) for word in longest_first]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts) or '(?!)'})(?!\w)", re.IGNORECASE)


def _literal(words: str) -> str:
    # However many spaces, or a line's end, stand between the words.
    return r"\s+".join(map(re.escape, words.split()))


@lru_cache(maxsize=8)
def _name_pattern(titles: tuple[str, ...], first: tuple[str, ...]) -> re.Pattern[str]:
    # A title as the playbook writes it or with a capital, never in capitals only: "MS Teams" is nobody's name.
    forms = sorted({form for title in titles for form in (title, title.capitalize())}, key=len, reverse=True)
    titled = rf"(?:{'|'.join(map(re.escape, forms)) or '(?!)'})\.? {_CAPITAL}\w+"
    named = "|".join(re.escape(name.capitalize()) for name in first) or "(?!)"
    return re.compile(rf"\b(?:{titled}|(?:{named})(?: {_CAPITAL}\w+)?)\b")


def words_of(text: str) -> frozenset[str]:
    """The words of a text for comparing, without the smallest ones and without endings of number."""
    small = {
        "the",
        "a",
        "an",
        "was",
        "were",
        "is",
        "are",
        "to",
        "of",
        "in",
        "on",
        "and",
        "it",
        "that",
        "had",
        "has",
        "be",
    }
    return frozenset(word.rstrip("s") for word in re.findall(r"\w+", text.lower()) if word not in small)


def likeness(one: str, other: str) -> float:
    """Share of words that two texts have in common, 0 to 1 (Jaccard index).

    Examples:
        >>> likeness("The switch was off", "The switch was off.")
        1.0
    """
    left, right = words_of(one), words_of(other)
    return len(left & right) / len(left | right) if left | right else 0.0
