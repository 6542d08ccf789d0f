"""Words in free text that a hint is about (R13, R15, R20, R26, R27, R35)."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from postmortem.record.playbook import Playbook
    from postmortem.record.rules import Names, Words
    from postmortem.record.vocabulary import Fault


_APOSTROPHES = {ord("\u2019"): "'", ord("\u2018"): "'"}
"""Telephones and word processors write the curly ones; a character stays a character, so places hold."""
_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]")
_CAPITAL = "[A-ZÀ-ÖØ-ÞŁŚŠŽŻČ]"
_SPACE: Final = r"\s+"
_BETWEEN: Final = r"\s(?:[^.!?;:\n]{0,60}?\s)??"
"""Whatever stands between two words of a phrase, in the same sentence and not far apart."""
_REST: Final = r"(?:\s[^\n.,;:!?]{0,80})?(?!\w)"
"""The rest of the clause, as long as one can look over it."""
_STOP: Final = re.compile(r"[.!?](?=\s)|\n")
_OPENING: Final = " \t\r\"'(-\N{LEFT DOUBLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}\N{EM DASH}"
_NOT_KNOWN: Final = {"", "n/a", "nobody knows", "not known", "not known yet", "open", "unclear", "unknown"}
"""What is said where nobody has the answer; question marks, stops and dashes may stand with it, or alone."""
_NO_REASON: Final = {"because", "n.a", "na", "nil", "no reason", "none"}
_SHORT: Final = 20
_FAR_EAST: Final = "\u2e80"
"""From here on a sign is a word."""
_FAR: Final = 400
"""No sentence is spoken longer."""


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
        says: How it may be heard, in a few words.
        fact: What the record knows of it, as a template.
    """

    rule: str
    group: str
    text: str
    start: int
    ask: str
    better: str = ""
    says: str = ""
    fact: str = ""

    @classmethod
    def of(cls, name: str, group: Words, text: str, start: int) -> Phrase:
        """The phrase that a group of words found."""
        return cls(group.rule, name, text, start, group.ask, group.better, group.says, group.fact)


def clean(text: str) -> str:
    """A typed text on one line, composed, without what cannot be seen."""
    return " ".join(_UNSEEN.sub(" ", unicodedata.normalize("NFC", text)).split())


def is_not_known(text: str) -> bool:
    """Whether a text says that nobody has the answer: in so many words, or by signs alone.

    Examples:
        >>> is_not_known("Not known yet."), is_not_known("?"), is_not_known("two")
        (True, True, False)
    """
    return text.casefold().strip(" ?.!-\N{EN DASH}") in _NOT_KNOWN


def says_nothing(text: str) -> bool:
    """Whether a text is no reason, whatever stands in it: signs, a single letter, or that there is none (R8, R12, R33).

    Examples:
        >>> [says_nothing(text) for text in ("", "x", "...", "N/A", "-", "They moved away")]
        [True, True, True, True, True, False]
    """
    letters = sum(1 + (sign >= _FAR_EAST) for sign in text if sign.isalnum())
    return letters <= 1 or is_not_known(text) or text.casefold().strip(" ?.!-\N{EN DASH}") in _NO_REASON


def no_reason(text: str) -> str:
    """That what is written is no reason, to follow what needs one; empty where nothing is written.

    Examples:
        >>> no_reason("..."), no_reason(" ")
        (', and “...” is no reason', '')
    """
    given = text.strip()[:_SHORT]
    return f", and “{given}” is no reason" if given else ""


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
        Phrase.of(name, group, text[start:end], start)
        for name, group in playbook.words.items()
        if place in group.where
        for start, end in _spans(plain, group, playbook)
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


def has(text: str, group: str, playbook: Playbook) -> bool:
    """Whether words of a group stand in a text, as an admission does in "We cut you off" (R20).

    Examples:
        >>> from postmortem.record.playbook import default_playbook
        >>> has("We deployed several changes at once.", "admission", default_playbook())
        True
        >>> has("That was not our mistake.", "admission", default_playbook())
        False
    """
    return _first(text.translate(_APOSTROPHES), group, playbook) is not None


def heard(text: str, playbook: Playbook, fault: Fault = "ours", colleagues: tuple[str, ...] = ()) -> tuple[Phrase, ...]:
    """How the words to the customer may be heard (R13, R15, R20): what is in them, and that there is no admission yet.

    Args:
        text: What will be said.
        playbook: The rules in force.
        fault: Whose mistake it was. Where it was not ours nobody waits for an admission; where that is not known yet,
            that it is being found out will do.
        colleagues: Roles and names of colleagues: blamed as a person's name is (R15).
    """
    found = phrases(text, "wording", playbook)
    if colleagues:
        found = tuple(sorted((*found, *_blamed(text, colleagues, playbook)), key=lambda phrase: phrase.start))
    admission: Words | None = playbook.words.get("admission")
    waits = fault in {"ours", "shared"} or (fault == "not yet known" and not has(text, "finding-out", playbook))
    if text.strip() and admission is not None and waits and not has(text, "admission", playbook):
        found = (*found, Phrase.of("admission", admission, "", len(text)))
    return found


def side_by_side(found: Iterable[Phrase]) -> list[Phrase]:
    """What is heard, with no two places over each other.

    What one group says twice of the same words is told once, and of several that begin at the same word and break one
    rule, the longest. Where two rules are broken by the same words, both are told: the one that begins first ends where
    the other begins, as a whole "but …" does before whom it blames; of two that begin together the longer one goes on
    where the shorter ends, as "due to high" is an excuse and all that follows it comes before the admission.

    Examples:
        >>> from postmortem.record.playbook import default_playbook
        >>> words = "Due to high demand your order was late. That was our mistake."
        >>> [(place.rule, place.text) for place in side_by_side(heard(words, default_playbook()))]
        [('R20', 'Due to high'), ('R13', 'demand your order was late')]
    """
    kept: list[Phrase] = []
    ends = dict[str, int]()
    for phrase in sorted(_in_turn(found), key=lambda phrase: (phrase.start, -len(phrase.text))):
        last = kept[-1] if phrase.text and kept else None
        if phrase.text and (phrase.start < ends.get(phrase.group, 0) or (last and phrase.start == last.start)):
            continue
        if last:
            kept[-1] = replace(last, text=last.text[: phrase.start - last.start].rstrip())
        kept.append(phrase)
        ends[phrase.group] = phrase.start + len(phrase.text)
    return kept


def _in_turn(found: Iterable[Phrase]) -> Iterator[Phrase]:
    """Of those that begin at one word the longest of each rule, each where the shorter one of another rule ends."""
    longest = {(phrase.start, phrase.rule): phrase for phrase in sorted(found, key=_length)}
    told = dict[int, int]()
    for phrase in sorted(longest.values(), key=_length):
        rest = phrase.text[told.get(phrase.start, 0) :].lstrip()
        if rest or not phrase.text:
            yield replace(phrase, text=rest, start=phrase.start + len(phrase.text) - len(rest))
        told[phrase.start] = len(phrase.text)


def _length(phrase: Phrase) -> int:
    return len(phrase.text)


def _blamed(text: str, colleagues: tuple[str, ...], playbook: Playbook) -> Iterator[Phrase]:
    """Where a colleague of the record stands in the place of a person's name (R15)."""
    plain = text.translate(_APOSTROPHES)
    named = [name for name in colleagues if not set(name) & set("|*…<>")]
    for key, group in playbook.words.items():
        words = tuple(word.replace("<name>", name) for word in group.words if "<name>" in word for name in named)
        if words and "wording" in group.where:
            for start, end in _spans(plain, group.model_copy(update={"words": words}), playbook):
                yield Phrase.of(key, group, text[start:end], start)


def loaded(text: str, playbook: Playbook) -> str:
    """The first words that may be heard amiss in words to a customer, whatever would stand around them; else nothing.

    Examples:
        >>> from postmortem.record.playbook import default_playbook
        >>> loaded("The line was dead, but only at night", default_playbook())
        'but only at night'
    """
    plain = text.translate(_APOSTROPHES)
    alone = {"near": (), "after": (), "before": ""}
    groups = (group.model_copy(update=alone) for group in playbook.words.values() if "wording" in group.where)
    found = [span for group in groups for span in _spans(plain, group, playbook)]
    start, end = min(found, default=(0, 0))
    return text[start:end]


def _first(plain: str, group: str, playbook: Playbook) -> int | None:
    words = playbook.words.get(group)
    return next((start for start, _ in _spans(plain, words, playbook)), None) if words is not None else None


def _spans(plain: str, group: Words, playbook: Playbook) -> Iterator[tuple[int, int]]:
    """Where the words of a group stand and mean what the group says."""
    names = playbook.names
    first = _first(plain, group.before, playbook) if group.before else len(plain)
    out = [match.span() for match in _pattern(group.unless).finditer(plain)] if group.unless else []
    told = _Told(plain) if group.near or group.after else None
    at = 0
    for match in _pattern(group.words, names).finditer(plain):
        start, end = match.span()
        end = start + len(match.group().rstrip())
        while at < len(out) and out[at][1] <= start:
            at += 1
        if first is None or start >= first or (at < len(out) and out[at][0] < end):
            continue
        if told is None or told.counts(start, group):
            yield start, end


class _Told:
    """A text by its sentences, each looked at once."""

    def __init__(self, plain: str) -> None:
        self.plain = plain
        self.starts = [0, *(match.end() for match in _STOP.finditer(plain))]
        self.near: dict[int, bool] = {}

    def counts(self, start: int, group: Words) -> bool:
        """Whether what a group waits for stands beside a place."""
        number = bisect_right(self.starts, start) - 1
        return (not group.near or self._near(number, group)) and (not group.after or self._after(number, start, group))

    def _near(self, number: int, group: Words) -> bool:
        if number not in self.near:
            self.near[number] = _pattern(group.near).search(self._sentence(number)) is not None
        return self.near[number]

    def _after(self, number: int, start: int, group: Words) -> bool:
        begun = max(self.starts[number], start - _FAR)
        before = self.plain[begun:start]
        if not before.strip(_OPENING) and number:
            before = self._sentence(number - 1)
        return _pattern(group.after).search(before) is not None

    def _sentence(self, number: int) -> str:
        end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.plain)
        return self.plain[max(self.starts[number], end - _FAR) : end]


@lru_cache(maxsize=128)
def _pattern(words: tuple[str, ...], names: Names | None = None) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    person = _named(names.titles, names.first) if names is not None else "(?!)"
    parts = [_literal(word, person) for word in longest_first]
    # Where every phrase begins with a letter, nothing else is looked at twice.
    ahead = r"(?=\w)" if all(word[:1].isalnum() or word[:1] in "*<" for word in words) else ""
    return re.compile(rf"(?<!\w){ahead}(?:{'|'.join(parts) or '(?!)'})(?!\w)", re.IGNORECASE)


def _literal(words: str, person: str) -> str:
    # However many spaces, or a line's end, stand between the words.
    found = ""
    told = words.split()
    for at, word in enumerate(told):
        if word == "…":
            found += _REST if at == len(told) - 1 else _BETWEEN
        elif word == "<name>":
            found += f"{_SPACE * (at > 0)}(?-i:{person})"
        else:
            gap = _SPACE if at and told[at - 1] != "…" else ""
            found += gap + (f"(?:{'|'.join(map(_ending, word.split('|')))})" if "|" in word[1:-1] else _ending(word))
    return found


def _ending(word: str) -> str:
    if len(word) > 1 and word.startswith("*"):
        return r"[\w-]*" + _ending(word[1:])
    return re.escape(word[:-1]) + r"\w*" if word.endswith("*") else re.escape(word)


@lru_cache(maxsize=8)
def _name_pattern(titles: tuple[str, ...], first: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{_named(titles, first)})\b")


def _named(titles: tuple[str, ...], first: tuple[str, ...]) -> str:
    # A title as the playbook writes it or with a capital, never in capitals only: "MS Teams" is nobody's name.
    forms = sorted({form for title in titles for form in (title, title.capitalize())}, key=len, reverse=True)
    titled = rf"(?:{'|'.join(map(re.escape, forms)) or '(?!)'})\.? {_CAPITAL}\w+"
    named = "|".join(re.escape(name.capitalize()) for name in first) or "(?!)"
    return rf"{titled}|(?:{named})(?: {_CAPITAL}\w+)?"


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
