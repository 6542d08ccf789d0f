"""A mapping guessed from the header and the first rows of a table, with what is left to ask."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from postmortem.exchange.guesses import drafting, headers
from postmortem.exchange.guesses.cells import Dates, dates_in, is_clock, is_number, marks_in
from postmortem.exchange.guesses.preview import END_OF_TIME, preview
from postmortem.exchange.guesses.proposals import (
    CLOSED_WORDS,
    EXTRA,
    KEY,
    LEFT_OUT,
    Proposal,
    proposals,
)
from postmortem.exchange.guesses.questions import DAY_ORDER, DECIMAL, ZONE, Question, questions
from postmortem.exchange.guesses.sampling import Sample, sample
from postmortem.exchange.mapped.mapping import CONTENT, Mapping, mapping_from
from postmortem.exchange.mapped.targets import SPECIAL, is_list, target_of
from postmortem.record.base import Frozen
from postmortem.record.errors import DataError, Problem, near

if TYPE_CHECKING:
    from datetime import datetime

    from postmortem.exchange.guesses.cells import Looks
    from postmortem.exchange.guesses.headers import Words
    from postmortem.exchange.guesses.preview import Shown

SYSTEM: Final = "system"

_ANSWERS: Final = (DAY_ORDER, DECIMAL, ZONE, SYSTEM)
_MOST_UNFIT = 0.02
_LOUD = 6
_TRIED = 250
_PIECES = frozenset("{}|")


@dataclass(frozen=True)
class Guess:
    """A mapping proposed for a table. Choosing and answering gives another guess; this one stays as it is.

    Attributes:
        sample: The header and the first rows.
        words: What columns are usually called.
        chosen: What a person decided, by column: a field, `key`, `extra`, or an empty text to leave it out.
        answers: What a person answered, by the name of the question.

    Examples:
        >>> from postmortem.exchange.guesses.sampling import Sample
        >>> rows = (("7", "Line dead after repair", "25/12/2025 14:00"), ("8", "Sent twice", "03/01/2026 09:30"))
        >>> it = guess_of(Sample("crm.csv", ("Ticket ID", "Subject", "Occurred at"), rows))
        >>> {one.column: (one.to, one.confidence) for one in it.proposals}
        {'Ticket ID': ('key', 'sure'), 'Subject': ('title', 'sure'), 'Occurred at': ('occurred_at', 'sure')}
        >>> it.mapping.source.dates, it.preview(1)[0].incident.title
        (('%d/%m/%Y %H:%M',), 'Line dead after repair')
    """

    sample: Sample
    words: Words = field(repr=False)
    chosen: Frozen[str, str] = field(default_factory=Frozen)
    answers: Frozen[str, str] = field(default_factory=Frozen)

    def __repr__(self) -> str:
        """How much was found, and how much is asked."""
        found = sum(one.to not in {EXTRA, LEFT_OUT} for one in self.proposals)
        asked = len(self.questions)
        return (
            f"<Guess {self.sample.name!r}: {found} of {len(self.sample.header)} columns have a field, "
            f"{asked} question{'' if asked == 1 else 's'}>"
        )

    # ----------------------------------------------------------------------------------------------- what a person says

    def choose(self, column: str, to: str) -> Guess:
        """The same with one column decided: a field, `key`, `extra`, or an empty text to leave it out.

        Where another column was chosen for the field before, that choice is taken back.

        Raises:
            DataError: If there is no such column or no such field; a near name is offered.
        """
        if column not in self.sample.header:
            raise _unknown("column", column, self.sample.header)
        if to not in {KEY, LEFT_OUT} and to not in SPECIAL and not to.startswith("extra.") and target_of(to) is None:
            raise _unknown("field", to, tuple(self.words.fields))
        kept = {name: what for name, what in self.chosen.items() if what != to or _many(to)}
        return replace(self, chosen=Frozen({**kept, column: to}))

    def answer(self, question: str, option: str) -> Guess:
        """The same with a question answered, or a setting told.

        Args:
            question: The name of the question, or `zone` or `system`.
            option: One of its options; for `zone` and `system` any text that fits; an empty text takes an answer back.

        Raises:
            DataError: If there is no such question or no such option.
        """
        open_ = {one.name: one for one in self.questions}
        if question not in {*open_, *_ANSWERS}:
            raise _unknown("question", question, (*open_, *_ANSWERS))
        if not option and question in self.answers:
            return replace(
                self, answers=Frozen({name: told for name, told in self.answers.items() if name != question})
            )
        asked = open_.get(question)
        if asked is not None and asked.options and option not in {value for value, _ in asked.options}:
            raise _unknown("answer", option, tuple(value for value, _ in asked.options))
        new = replace(self, answers=Frozen({**self.answers, question: option}))
        if asked is not None and asked.column:
            new = new.choose(asked.column, option)
        elif question in {"title", KEY} and option:
            new = new.choose(option, question)
        mapping_from(new.data)  # a zone that there is not is refused here
        return new

    # ----------------------------------------------------------------------------------------------- what follows of it

    @cached_property
    def proposals(self) -> tuple[Proposal, ...]:
        """What is proposed for each column, in the order of the header."""
        found = proposals(self.sample, self.words, self.chosen)
        found = self._with_a_time(found)
        return tuple(self._tried(found).values())

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """What only a person can tell; each says what is assumed until then."""
        return questions(
            self.sample,
            self.words,
            self.proposals,
            dates=self._dates,
            marks=self._marks,
            answers=self.answers,
            chosen=self.chosen,
        )

    @property
    def needed(self) -> tuple[Question, ...]:
        """The questions without whose answer values might be read wrongly."""
        return tuple(one for one in self.questions if one.needed and not one.answered)

    @cached_property
    def mapping(self) -> Mapping:
        """The whole mapping, as it stands now."""
        return mapping_from(self.data, f"mapping for {self.sample.name}")

    @property
    def text(self) -> str:
        """The mapping as TOML with the reasons beside it, to be saved and loaded again."""
        return drafting.text(self)

    def preview(self, count: int = 5, *, now: datetime = END_OF_TIME, currency: str = "") -> tuple[Shown, ...]:
        """The first rows as incidents, or as what speaks against them.

        Args:
            count: How many rows.
            now: Rows that lie later would be rejected.
            currency: The team's; as for `read`.
        """
        return preview(self.sample, self.mapping, count, now=now, currency=currency)

    # ------------------------------------------------------------------------------------------------------- on the way

    @cached_property
    def _empty(self) -> frozenset[str]:
        return frozenset({"", *(word.casefold() for word in self.words.empty)})

    def _values(self, columns: tuple[str, ...], most: int | None = None) -> list[str]:
        return [
            cell for column in columns for cell in self.sample.cells(column, most) if cell.casefold() not in self._empty
        ]

    def _with_a_time(self, found: dict[str, Proposal]) -> dict[str, Proposal]:
        """Where no column says when it happened, the one that comes nearest: known, raised, or any time."""
        if any(one.to == "occurred_at" for one in found.values()):
            return found
        for wanted in ("known_at", "raised_at", EXTRA):
            for column, one in found.items():
                looks = one.looks
                if one.to != wanted or column in self.chosen or looks.share(looks.dates) < 1 - _MOST_UNFIT * 5:
                    continue
                told = f"{looks.dates:,} of {looks.filled:,} values are dates" if wanted == EXTRA else one.reason
                why = f"{told}; no column says when it happened, and without a time it can't be counted by month"
                others = tuple(dict.fromkeys((*(() if wanted == EXTRA else (wanted,)), "known_at", *one.alternatives)))
                better = replace(one, to="occurred_at", confidence="a guess", reason=why, alternatives=others)
                return {**found, column: better}
        return found

    def _tried(self, found: dict[str, Proposal]) -> dict[str, Proposal]:
        """The proposals that hold on the first rows: what would have rows rejected is kept as it is instead."""
        guarded = replace(self)
        guarded.__dict__["proposals"] = tuple(found.values())
        against: dict[str, int] = dict.fromkeys(found, 0)
        rows = guarded.preview(_TRIED)
        for shown in rows:
            for problem in shown.problems:
                for column in found:
                    against[column] += problem.where.endswith(f"column {column!r}")
        for column, count in against.items():
            one = found[column]
            unfit = count > max(1, _MOST_UNFIT * len(rows) * one.looks.filled / max(1, one.looks.seen))
            if unfit and column not in self.chosen and one.to not in {"title", "occurred_at", KEY, EXTRA}:
                why = f"{count:,} of the first {len(rows):,} rows would not do as {self.words.label(one.to)!r}"
                found[column] = replace(
                    one, to=EXTRA, confidence="kept", reason=why, alternatives=(one.to, *one.alternatives)
                )
        return found

    def _named(self, *to: str) -> tuple[str, ...]:
        return tuple(one.column for one in self.proposals if one.to in to)

    @cached_property
    def _times(self) -> tuple[str, ...]:
        return tuple(one.column for one in self.proposals if target_of(one.to) in {"instant", "day"})

    @cached_property
    def _clock(self) -> tuple[str, str]:
        """The column with the day on which it happened and the one with the time of that day, where they are two."""
        day = next((one for one in self.proposals if one.to == "occurred_at" and not one.looks.clocked), None)
        for one in self.proposals:
            cells = [cell for cell in self.sample.cells(one.column) if cell.casefold() not in self._empty]
            if day is None or one.to != EXTRA or not cells or not all(map(is_clock, cells)):
                continue
            if _PIECES.isdisjoint(day.column + one.column):
                return day.column, one.column
        return "", ""

    @cached_property
    def _dates(self) -> Dates:
        day, clock = self._clock
        both = zip(self.sample.cells(day), self.sample.cells(clock), strict=True) if clock else ()
        return dates_in([*self._values(self._times), *(" ".join(pair) for pair in both if all(pair))])

    @cached_property
    def _marks(self) -> tuple[str, str, str]:
        numbers = tuple(one.column for one in self.proposals if target_of(one.to) == "number")
        return marks_in([value for value in self._values(numbers) if is_number(value)])

    @cached_property
    def data(self) -> dict[str, Any]:
        """The mapping as plain data, as it stands in a file."""
        key = self._named(KEY)
        decimal, thousands, _ = self._marks
        if (mark := self.answers.get(DECIMAL)) and self._marks[2]:
            sign = "," if "," in self._marks[2] else "."
            decimal, thousands = mark, "" if mark == sign else sign
        order = self.answers.get(DAY_ORDER) or self._dates.order
        source: dict[str, Any] = {
            "system": self.answers.get(SYSTEM) or self.sample.name.rpartition(".")[0] or self.sample.name,
            "key": key[0] if key and key[0] != CONTENT else CONTENT,
            "encoding": self.sample.encoding,
            "separator": self.sample.separator,
            "zone": self.answers.get(ZONE) or "UTC",
            "dates": list(self._dates.taken("month first" if order == "month first" else "day first")),
            "empty": self._empty_words(),
            "decimal": decimal,
            "thousands": thousands,
        }
        templates = {"title": title} if (title := self._title()) else {}
        day, clock = self._clock
        if clock:
            templates["occurred_at"] = [f"{{{day}}} {{{clock}}}", f"{{{day}}}"]
        columns: dict[str, Any] = {
            one.column: self._rule(one)
            for one in self.proposals
            if one.to not in {KEY, LEFT_OUT} and one.to not in templates
        }
        columns = columns or {self.sample.header[0]: EXTRA}
        return {"source": source, "columns": columns} | ({"templates": templates} if templates else {})

    def _empty_words(self) -> list[str]:
        """The words for "no value" that stand in the table, but for those that say of a cause that it is not known."""
        undecided = {
            word.casefold() for one in self.proposals if one.to == "whys" for word in self._undecided(one.column)
        }
        known = {word.casefold() for word in self.words.empty}
        found: dict[str, str] = {}
        for column in self.sample.header:
            for cell in self.sample.cells(column):
                said = cell.casefold()
                if said in known and said not in found:
                    found[said] = cell
        needed = {
            cell.casefold()
            for one in self.proposals
            if target_of(one.to) in {"instant", "day", "number"}
            for cell in self.sample.cells(one.column)
        }
        return [cell for said, cell in found.items() if said not in undecided or said in needed]

    def _undecided(self, column: str) -> list[str]:
        known = {word.casefold() for word in self.words.undecided}
        looks = next(one.looks for one in self.proposals if one.column == column)
        cells = self.sample.cells(column)
        parts = (
            part.strip() for cell in cells for part in (cell.split(looks.separator) if looks.separator else [cell])
        )
        return sorted({part for part in parts if part.casefold() in known})

    def _rule(self, one: Proposal) -> str | dict[str, Any]:
        rule: dict[str, Any] = {"to": one.to}
        if one.looks.separator and (_many(one.to) or one.to.startswith(EXTRA)):
            rule["separator"] = one.looks.separator
        if one.to in {"kind", "service", "whys", "tags"} and _is_loud(one.looks):
            rule["case"] = "sentence"
        if one.to == "whys" and (undecided := self._undecided(one.column)):
            rule["undecided"] = undecided
        if one.to in CLOSED_WORDS:
            values = {cell: cell.casefold() for cell in self.sample.cells(one.column) if cell.casefold() != cell}
            if values and all(word in CLOSED_WORDS[one.to] for word in values.values()):
                rule["values"] = values
        return rule if len(rule) > 1 else one.to

    def _title(self) -> list[str]:
        """The templates of the title; none where one column gives every row its title."""
        named = next((one for one in self.proposals if one.to == "title"), None)
        if named is not None and (
            not _PIECES.isdisjoint(named.column) or len(self._values((named.column,))) == len(self.sample.rows)
        ):
            return []
        parts = {to: self._piece(to) for to in ("kind", "tags", "service", "team")}
        own = [parts[to] for to in ("kind", "tags", "service") if parts[to]][:2] or [parts["team"]] * bool(
            parts["team"]
        )
        system = self.sample.name.rpartition(".")[0].replace("{", "").replace("}", "") or "Row"
        key = self._piece(KEY) or self._piece("occurred_at")
        templates = [f"{{{named.column}}}"] if named is not None else []
        templates += [": ".join(own)] if len(own) > 1 else []
        templates += [*own, f"{system} {key}" if key else system, system]
        return list(dict.fromkeys(templates))

    def _piece(self, to: str) -> str:
        """A column as a part of a template, in readable case; never one that names a person."""
        for one in self.proposals:
            if one.to == to and _PIECES.isdisjoint(one.column) and not headers.is_person(one.column, self.words):
                return f"{{{one.column}|sentence}}" if _is_loud(one.looks) and to != KEY else f"{{{one.column}}}"
        return ""


def _is_loud(looks: Looks) -> bool:
    """Whether a column is written in capitals that are no abbreviations."""
    return bool(looks.examples) and looks.length > _LOUD and all(text.isupper() for text in looks.examples)


def _many(to: str) -> bool:
    return to in SPECIAL - {"category"} or to == LEFT_OUT or is_list(to)


def _unknown(what: str, name: str, known: tuple[str, ...]) -> DataError:
    hint = near(name, known)
    return DataError("guess", [Problem("", f"there is no {what} {name!r}", f"did you mean {hint!r}?" if hint else "")])


def guess(path: str | os.PathLike[str], *, words: str | os.PathLike[str] | None = None) -> Guess:
    """Guess what the columns of a table mean, from its header and its first rows.

    No kind of cause is ever guessed, and no person's name goes into a title.

    Args:
        path: A CSV or TSV file.
        words: A team's own words for headers, in the form of `headers.toml`; they are added to those in English.

    Raises:
        DataError: If the file as a whole will not do.
    """
    return guess_of(sample(path), words=words)


def guess_of(taken: Sample, *, words: str | os.PathLike[str] | None = None) -> Guess:
    """The same for a header and rows that were read already, from whatever they stand in."""
    return Guess(taken, headers.load_words(None if words is None else os.fspath(words)))
