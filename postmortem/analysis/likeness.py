"""Which past texts say the same as a new one: suggestions, which a person confirms or leaves (R32).

An engine is told the past once and then asked as often as somebody types. Nobody else knows how it compares: an engine
that compares meaning takes the place of the one for words without another change.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from postmortem.record.vocabulary import UNCLASSIFIED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Numbers = np.ndarray[tuple[int, ...], np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Said:
    """A text that was written before, and the category it was given (R28); empty where it has none."""

    text: str
    category: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A past text that may mean the same.

    Attributes:
        index: Which of the past texts.
        score: How alike the two are, from 0 to 1. A score is no probability, and scores of two engines don't compare.
        why: What speaks for it, in a few words, such as `job sheet, test`; empty where the engine can't say.
    """

    index: int
    score: float
    why: str = ""


class Memory(Protocol):
    """What an engine knows of the past."""

    def nearest(self, text: str, k: int = 5, *, category: str = "") -> tuple[Match, ...]:
        """The past texts that are most alike, the best first; of equal ones, the one that was told first.

        Args:
            text: What is written now.
            k: How many at most. Those that are too far away to be worth a look are left out, so it may be none.
            category: The category of what is written now, where somebody has said it.
        """


class Engine(Protocol):
    """A way to tell which texts mean the same."""

    def remember(self, past: Iterable[Said]) -> Memory:
        """Take in the past once, so that each question after that is quick."""


def nearest(
    text: str, past: Iterable[Said], k: int = 5, *, category: str = "", engine: Engine | None = None
) -> tuple[Match, ...]:
    """The past texts that are most alike: for one question. For several, keep what `Engine.remember` gives.

    Args:
        text: What is written now.
        past: What was written before.
        k: How many at most.
        category: The category of what is written now, where somebody has said it.
        engine: What compares; `WordEngine` where none is named.

    Examples:
        >>> past = [Said("The job sheet has no line for a last test", "system"), Said("The belt of the hub broke")]
        >>> [(match.index, match.why) for match in nearest("The sheet asks for no test", past)]
        [(0, 'sheet, test')]
    """
    return (engine or WordEngine()).remember(past).nearest(text, k, category=category)


LEAST: Final = 0.25
"""The score of `WordEngine` below which a text is not worth a look; `tests/real/test_likeness.py` measures it."""
_OTHER_CATEGORY: Final = 0.8
"""What a score is multiplied by where both sides name a category, and not the same one: it ranks, it never excludes."""
_WORD_SHARE: Final = 0.5
"""How much of a word's own vector is the word itself; the rest is its letters, so that `tests` is near `testing`."""
_GRAMS: Final = (3, 4, 5)
_SMALL: Final = """
a about after again all also always am an and any are as at back be because been before being both but by can
could did do does done down each enough every for from get goes had has have he her here him his how if in
into is it its itself just like made make makes many may me more most much must my never new no nobody none
nor not nothing now of off on once one only or other our out over own said same say says set she should so
some somebody still such take taken than that the their them then there these they thing this those through to
too under until up us use used very was way we well were what when where which while who whole whom whose why
will with without would yet you your
"""
_SMALL_WORDS: Final = frozenset(_SMALL.split())
"""Words that say nothing of a cause, whatever is written about."""
_WORD: Final = re.compile(r"[^\W_]+", re.UNICODE)
_OWNING: Final = re.compile("['\N{RIGHT SINGLE QUOTATION MARK}]s\\b")
_TOLD_WORDS: Final = 4
_NEAR: Final = 0.6
"""The share of letter sequences from which two words count as the same word in `Match.why`."""


def words_in(text: str) -> list[str]:
    """The words of a text as they are compared: small letters, without the smallest words.

    Examples:
        >>> words_in("Nobody tests the LINE next to it")
        ['tests', 'line', 'next']
    """
    return [word for word in _WORD.findall(_OWNING.sub("", text.casefold())) if _counts(word)]


def _counts(word: str) -> bool:
    return word not in _SMALL_WORDS and (len(word) > 1 or word.isdecimal())


@lru_cache(maxsize=65_536)
def _parts(word: str) -> tuple[str, ...]:
    """The letter sequences of a word, with its ends marked."""
    framed = f"<{word}>"
    found = (framed[at : at + size] for size in _GRAMS for at in range(len(framed) - size + 1))
    return tuple(dict.fromkeys(found))


class WordEngine:
    """Compares by words, weighted by how rare they are in the past, and by category.

    Words that share most of their letters count as nearly the same. What means the same in other words is not found.

    References:
        G. Salton, C. Buckley, "Term-weighting approaches in automatic text retrieval", Information Processing and
        Management 24 (1988): tf-idf and the cosine; here with the smoothed idf ln((1 + n) / (1 + df)) + 1.
        G. Sidorov, A. Gelbukh, H. Gómez-Adorno, D. Pinto, "Soft similarity and soft cosine measure", Computación y
        Sistemas 18 (2014): the cosine where words have a likeness of their own; here that of their letter sequences.
        Lengths are those of the plain cosine, which is quicker and makes no difference that can be measured.

    Examples:
        >>> memory = WordEngine().remember([Said("Nobody tested the whole line"), Said("The van was late")])
        >>> [match.index for match in memory.nearest("The line was not tested")]
        [0]
        >>> memory.nearest("Salt in the sugar bowl")
        ()
    """

    def __repr__(self) -> str:
        """Which engine."""
        return "<WordEngine>"

    def remember(self, past: Iterable[Said]) -> WordMemory:
        """Take in the past once."""
        return WordMemory(tuple(past))


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows of numbers of which most are 0: which columns hold what, row after row."""

    rows: Numbers
    columns: Numbers
    values: Numbers
    starts: Numbers

    @classmethod
    def of(cls, rows: Iterable[Iterable[tuple[int, float]]]) -> _Table:
        """From what stands in each row, as pairs of column and value."""
        columns, values, starts = list[int](), list[float](), [0]
        for row in rows:
            for column, value in row:
                columns.append(column)
                values.append(value)
            starts.append(len(columns))
        every = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        return cls(every, np.array(columns, dtype=np.intp), np.array(values), np.array(starts))

    def times(self, vector: Numbers) -> Numbers:
        """The product with a vector: a number a row."""
        return np.bincount(self.rows, self.values * vector[self.columns], minlength=len(self.starts) - 1)

    def part(self, start: int, end: int) -> _Table:
        """Some rows, counted from 0 again."""
        at = slice(self.starts[start], self.starts[end])
        starts = self.starts[start : end + 1] - self.starts[start]
        return _Table(self.rows[at] - start, self.columns[at], self.values[at], starts)


class WordMemory:
    """The past as `WordEngine` holds it: which words stand in which text, and how alike words are.

    Args:
        past: The texts; `Match.index` counts them from 0.
    """

    def __init__(self, past: Sequence[Said]) -> None:
        numbers: dict[str, int] = {}
        counted = [Counter(words_in(said.text)) for said in past]
        told = _Table.of(
            ((numbers.setdefault(word, len(numbers)), _damped(count)) for word, count in row.items()) for row in counted
        )
        self._words = tuple(numbers)
        self._numbers = numbers
        frequency = np.bincount(told.columns, minlength=len(numbers))
        self._rarity = np.log((1 + len(past)) / (1 + frequency)) + 1
        self._rarest = float(np.log(1 + len(past)) + 1)
        self._texts = _Table(told.rows, told.columns, told.values * self._rarity[told.columns], told.starts)
        self._grams: dict[str, int] = {}
        self._vectors = _Table.of(self._vector(word, learn=True) for word in numbers)
        # Of a text without a word that counts it is 1, so that nothing is divided by 0.
        squares = np.bincount(told.rows, np.square(self._texts.values), minlength=len(past))
        self._lengths = np.sqrt(np.where(squares > 0, squares, 1))
        kinds = [said.category if said.category != UNCLASSIFIED else "" for said in past]
        self._kind = {name: number for number, name in enumerate(dict.fromkeys(["", *kinds]))}
        self._kinds = np.array([self._kind[name] for name in kinds], dtype=np.intp)

    def __len__(self) -> int:
        """How many texts it holds."""
        return len(self._lengths)

    def __repr__(self) -> str:
        """How much it holds."""
        return f"<WordMemory: {len(self)} texts, {len(self._words)} words>"

    def nearest(self, text: str, k: int = 5, *, category: str = "") -> tuple[Match, ...]:
        """The past texts that are most alike; see `Memory.nearest`."""
        said = Counter(words_in(text))
        if not said or not len(self) or k < 1:
            return ()
        asked, square = np.zeros(len(self._grams)), 0.0
        for word, count in said.items():
            known = self._numbers.get(word)
            weight = _damped(count) * (self._rarest if known is None else float(self._rarity[known]))
            for gram, value in self._vector(word, learn=False):
                asked[gram] += weight * value
            square += weight * weight
        scores = self._texts.times(self._vectors.times(asked)) / (self._lengths * np.sqrt(square))
        if category and category != UNCLASSIFIED:
            other = (self._kinds != self._kind.get(category, -1)) & (self._kinds != 0)
            scores[other] *= _OTHER_CATEGORY
        return tuple(
            Match(index, round(float(min(scores[index], 1.0)), 4), self._told(index, said))
            for index in _best(scores, k)
        )

    def _vector(self, word: str, *, learn: bool) -> list[tuple[int, float]]:
        """A word as numbers, of length 1: itself and its letter sequences; what is not known is left out."""
        parts = _parts(word)
        each = float(np.sqrt((1 - _WORD_SHARE) / len(parts)))
        named = [(f" {word}", float(np.sqrt(_WORD_SHARE))), *((part, each) for part in parts)]
        if learn:
            return [(self._grams.setdefault(name, len(self._grams)), value) for name, value in named]
        return [(self._grams[name], value) for name, value in named if name in self._grams]

    def _told(self, index: int, said: Iterable[str]) -> str:
        """The rarest words of a past text that stand in the question too, nearly as they are."""
        row = self._texts.part(index, index + 1)
        ranked = sorted(zip(-row.values, row.columns.tolist(), strict=True))
        asked = [set(_parts(word)) for word in said]
        told: list[str] = []
        for word in (self._words[at] for _, at in ranked):
            # One form of a word is enough.
            if any(_near(word, parts) for parts in asked) and not any(_near(word, set(_parts(one))) for one in told):
                told.append(word)
        return ", ".join(told[:_TOLD_WORDS])


def _damped(count: int) -> float:
    """A word that stands twice says more than one that stands once, and not twice as much (Salton and Buckley)."""
    return 1 + float(np.log(count))


def _near(word: str, parts: set[str]) -> bool:
    """Whether two words share most of their letter sequences, those of the shorter one."""
    own = set(_parts(word))
    return len(own & parts) >= _NEAR * min(len(own), len(parts))


def _best(scores: Numbers, k: int) -> list[int]:
    """The places of the best scores worth a look, the best first; of equal ones, the first."""
    worth = np.flatnonzero(scores >= LEAST)
    if len(worth) > k:
        least = np.partition(scores[worth], -k)[-k]
        worth = worth[scores[worth] >= least]
    return sorted(worth.tolist(), key=lambda index: (-scores[index], index))[:k]
