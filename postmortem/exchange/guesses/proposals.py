"""Which column of a table goes where: a proposal for each, how sure it is, the reason, and what else it could be."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, get_args

from postmortem.exchange.guesses import headers
from postmortem.exchange.guesses.cells import Looks, looks
from postmortem.exchange.guesses.headers import EXACT, Words, is_key, is_person, likeness, plain
from postmortem.exchange.guesses.sampling import ROWS, Sample
from postmortem.exchange.mapped.targets import SPECIAL, is_list, target_of
from postmortem.record.vocabulary import CATEGORIES, Fault, FoundBy

if TYPE_CHECKING:
    from collections.abc import Mapping as Table

Confidence = Literal["sure", "likely", "a guess", "chosen", "kept"]

KEY: Final = "key"
"""Stands for "this column names the row" where a field would stand."""

LEFT_OUT: Final = ""
EXTRA: Final = "extra"

CLOSED_WORDS: Final = {"fault": get_args(Fault), "found_by": get_args(FoundBy), "category": CATEGORIES}
"""Fields that take certain words only: a column is proposed where all its values are such words already."""

_MOSTLY = 0.6
_NEARLY_ALL = 0.9
_TITLE = 160
_NAME = 80
_ONE_WORD = 1.5
_A_SENTENCE = 2.5
_A_LINE = 80
_STOOD_IN = 0  # no name says so, only what the values look like
_FEW_TEAMS = 0.5
_NAMES: Final = frozenset({"team", "service", "kind", "owner", "customer.name", "recovery.channel"})
_SPREAD = 20


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for one column.

    Attributes:
        column: Its name.
        to: The field; `key` where it names the row, `extra` where it is kept as it is, empty where it is left out.
        confidence: How sure that is: `sure`, `likely`, `a guess`; `kept` where nothing better was found, `chosen` where
            a person decided.
        reason: Why, in plain words.
        alternatives: What else it could be.
        looks: What its values look like.
    """

    column: str
    to: str
    confidence: Confidence
    reason: str
    alternatives: tuple[str, ...]
    looks: Looks


@dataclass(frozen=True, slots=True)
class _Match:
    """One column and one field that it may fill."""

    column: str
    to: str
    score: int
    word: str
    fit: float


def proposals(sample: Sample, words: Words, chosen: Table[str, str]) -> dict[str, Proposal]:
    """A proposal for every column, in the order of the header.

    Args:
        sample: The header and the first rows.
        words: What columns are usually called.
        chosen: What a person decided, by column; it stands, and the rest is proposed around it.
    """
    empty = frozenset({"", *(word.casefold() for word in words.empty)})
    seen = {column: looks(sample.cells(column, ROWS), empty) for column in sample.header}
    matches = _matches(sample, seen, words)
    taken: dict[str, _Match] = {}
    full = {to for to in chosen.values() if not _takes_many(to)}
    exact = {match.to for match in matches if match.score == EXACT}
    for match in matches:
        if match.column in chosen or match.column in taken or match.to in full:
            continue
        if _takes_many(match.to) and match.score < EXACT and match.to in exact:
            continue  # what is called just so is meant; what only sounds like it is often the same once more
        taken[match.column] = match
        if not _takes_many(match.to):
            full.add(match.to)
    _keep_chain_whole(taken)
    if "category" in full and not {"whys", "chain"} & {match.to for match in taken.values()}:
        taken = {column: match for column, match in taken.items() if match.to != "category"}
    if "title" not in full:
        _name_by_what_is_told(taken, seen, matches, words, chosen)
    key = _key(sample, seen, words, chosen, taken)
    return {
        column: _proposal(
            column,
            seen[column],
            taken.get(column),
            matches,
            chosen.get(column),
            named=column == key,
            kept=_kept(column, sample, seen[column], words, keyed=bool(key)),
        )
        for column in sample.header
    }


def _takes_many(to: str) -> bool:
    return to in SPECIAL - {"category"} or to == LEFT_OUT or is_list(to)


def _matches(sample: Sample, seen: Table[str, Looks], words: Words) -> list[_Match]:
    """Every column with every field it may fill, the best first."""
    order = {to: at for at, to in enumerate(words.fields)}
    place = {column: at for at, column in enumerate(sample.header)}
    found = []
    for column in sample.header:
        for to in words.fields:
            if to == "kind" and "cause" in plain(column).split():
                continue  # a kind of cause is no kind of mistake
            score, word = likeness(column, to, words)
            fit = _fit(column, to, seen[column], words) if score else 0.0
            if fit >= _MOSTLY:
                found.append(_Match(column, to, score, word, fit))
            elif to == "kind" and score and seen[column].separator:  # of several kinds in one cell each is a tag
                found.append(_Match(column, "tags", score, word, 1.0))
    found += [match for column in sample.header for match in _company(column, seen[column], words)]

    def rank(match: _Match) -> tuple[float, ...]:
        listed = words.fields[match.to].words
        at = listed.index(match.word) if match.word in listed else len(listed)
        return (-match.score, -round(match.fit, 1), order[match.to], at, place[match.column])

    return sorted(found, key=rank)


def _company(column: str, seen: Looks, words: Words) -> list[_Match]:
    """A company: whom it hurt, or who made the mistake; names that stand often are more likely the latter."""
    text = plain(column)
    if not {text, text.removesuffix(" name"), text.removesuffix(" name en")} & set(words.either):
        return []
    often = seen.distinct <= _FEW_TEAMS * seen.filled and seen.filled >= _SPREAD
    to = "team" if often else "customer.name"
    fit = _fit(column, to, seen, words)
    return [_Match(column, to, headers.PART, text, fit)] if fit >= _MOSTLY else []


def _fit(column: str, to: str, seen: Looks, words: Words) -> float:
    """How well the values of a column fit a field, from 0 to 1."""
    kind = target_of(to)
    if kind in {"instant", "day"}:
        return seen.share(seen.dates)
    if kind == "number":
        return seen.share(seen.numbers)
    if to in CLOSED_WORDS:
        return float(_only_words(seen, CLOSED_WORDS[to]))
    if to == "customer.vip":
        return float(seen.yes_no)
    return _fit_of_text(column, to, seen, words) if kind != "other" and seen.filled and not seen.yes_no else 0.0


def _fit_of_text(column: str, to: str, seen: Looks, words: Words) -> float:
    plain_text = 1 - max(seen.share(seen.numbers), seen.share(seen.dates))
    if to == "title":
        # Rows without one get a title that is put together; where most have none it is no title.
        fits = seen.length <= _TITLE and not seen.separator and not is_person(column, words)
        return plain_text * (_MOSTLY + (1 - _MOSTLY) * seen.filled / seen.seen) if fits else 0.0
    if to in _NAMES and (seen.length > _NAME or seen.separator):
        return 0.0
    if to == "summary" and (seen.separator or seen.words < _A_SENTENCE):
        return 0.0
    return plain_text


def _only_words(seen: Looks, known: tuple[str, ...]) -> bool:
    return 0 < seen.distinct <= len(known) and all(value.casefold() in known for value in seen.examples)


def _keep_chain_whole(taken: dict[str, _Match]) -> None:
    """One numbered why alone is no chain."""
    chain = [column for column, match in taken.items() if match.to == "chain"]
    if len(chain) == 1:
        taken[chain[0]] = replace(taken[chain[0]], to="whys")


def _name_by_what_is_told(
    taken: dict[str, _Match],
    seen: Table[str, Looks],
    matches: list[_Match],
    words: Words,
    chosen: Table[str, str],
) -> None:
    """Where no column is a title and what happened is told in a line, that line is the title.

    The next best column is then the summary.
    """
    told = next((column for column, match in taken.items() if match.to == "summary"), "")
    if not told or seen[told].length > _A_LINE or _fit(told, "title", seen[told], words) < _NEARLY_ALL:
        return
    taken[told] = replace(taken[told], to="title", score=_STOOD_IN)
    for match in matches:
        if match.to == "summary" and match.column not in taken and match.column not in chosen:
            taken[match.column] = match
            return


def _key(
    sample: Sample, seen: Table[str, Looks], words: Words, chosen: Table[str, str], taken: Table[str, _Match]
) -> str:
    """The column that names a row: called so, filled and different in every row; empty where there is none."""
    if KEY in chosen.values():
        return next(column for column, to in chosen.items() if to == KEY)
    for column in key_candidates(sample, seen):
        if is_key(column, words) and column not in chosen and column not in taken and not is_person(column, words):
            return column
    return ""


def key_candidates(sample: Sample, seen: Table[str, Looks]) -> tuple[str, ...]:
    """The columns in which every row that is kept has a word of its own: no times, no fractions, no sentences."""
    return tuple(
        column
        for column in sample.header
        if seen[column].distinct == seen[column].seen
        and not seen[column].dates
        and seen[column].words < _ONE_WORD
        and (seen[column].numbers == seen[column].whole)
        and _all_own(sample.cells(column))
    )


def doubled_keys(sample: Sample, seen: Table[str, Looks], words: Words) -> tuple[str, ...]:
    """What keeps columns from naming the row though they are called so: `'Ref' would, but 'A-1' stands in two rows`."""
    found = ((column, _twice(column, sample, seen[column], words)) for column in sample.header)
    return tuple(f"{column!r} would, but {twice}" for column, twice in found if twice)


def _twice(column: str, sample: Sample, seen: Looks, words: Words) -> str:
    """The value that stands in several rows of a column that is called like a key, and nearly is one."""
    if not is_key(column, words) or is_person(column, words) or seen.dates or seen.words >= _ONE_WORD:
        return ""
    counts = Counter(cell for cell in sample.cells(column) if cell)
    value, count = next(iter(counts.most_common(1)), ("", 0))
    return f"{value!r} stands in {count:,} rows" if count > 1 and seen.distinct > _FEW_TEAMS * seen.filled else ""


def _all_own(cells: tuple[str, ...]) -> bool:
    return all(cells) and len(set(cells)) == len(cells)


# ------------------------------------------------------------------------------------------------------------- in words


def _proposal(
    column: str,
    seen: Looks,
    match: _Match | None,
    matches: list[_Match],
    decided: str | None,
    *,
    named: bool,
    kept: str,
) -> Proposal:
    others = tuple(dict.fromkeys(one.to for one in matches if one.column == column))
    if decided is not None:
        return Proposal(column, decided, "chosen", "you chose it", _but(others, decided), seen)
    if named:
        told = f"its name says so, and each of the {seen.seen:,} rows has its own value"
        return Proposal(column, KEY, "sure", told, others, seen)
    if match is None:
        why = "another column fits better" if others else kept
        return Proposal(column, EXTRA, "kept", why, others, seen)
    sure = match.score == EXACT and match.fit >= _NEARLY_ALL
    confidence: Confidence = "sure" if sure else "likely" if match.score > headers.NEAR else "a guess"
    return Proposal(column, match.to, confidence, _reason(match, seen), _but(others, match.to), seen)


def _kept(column: str, sample: Sample, seen: Looks, words: Words, *, keyed: bool) -> str:
    """Why a column that no field is called like is kept as it is."""
    if not seen.filled:
        return "no value in the first rows"
    if plain(column) in words.severity:
        return "how bad it was follows here from what was told of the harm, and is no column"
    if not keyed and (twice := _twice(column, sample, seen, words)):
        return f"its name says that it names the row, but {twice}"
    return "no field of an incident goes by such a name"


def _but(names: tuple[str, ...], one: str) -> tuple[str, ...]:
    return tuple(name for name in names if name != one)


def _reason(match: _Match, seen: Looks) -> str:
    named = (
        "its name is" if match.score == EXACT else "its name has" if match.score == headers.PART else "its name is near"
    )
    kind = target_of(match.to)
    if match.score == _STOOD_IN:
        return "no column is called like a title, and its texts fit into a line"
    what = f"{named} {match.word!r}"
    if kind in {"instant", "day"}:
        return f"{what}, and {seen.dates:,} of {seen.filled:,} values are dates"
    if kind == "number":
        return f"{what}, and {seen.numbers:,} of {seen.filled:,} values are numbers"
    if match.to in CLOSED_WORDS or match.to == "customer.vip":
        return f"{what}, and its values are the words that belong there"
    if seen.separator:
        return f"{what}, and a cell holds several words"
    count = max(1, round(seen.words))
    return f"{what}, and its values are texts of about {count:,} word{'' if count == 1 else 's'}"
