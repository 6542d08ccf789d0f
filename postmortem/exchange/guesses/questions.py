"""What a table can't tell of itself: questions to a person, each with what is assumed until it is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from postmortem.exchange.guesses.cells import date_readings
from postmortem.exchange.guesses.headers import EXACT, likeness, plain
from postmortem.exchange.guesses.proposals import KEY, doubled_keys, key_candidates
from postmortem.exchange.mapped.targets import target_of
from postmortem.record import moments

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from postmortem.exchange.guesses.cells import Dates
    from postmortem.exchange.guesses.headers import Words
    from postmortem.exchange.guesses.proposals import Proposal
    from postmortem.exchange.guesses.sampling import Sample

DAY_ORDER: Final = "day order"
DECIMAL: Final = "decimal mark"
ZONE: Final = "zone"

_FEW: Final = 6


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that only a person can tell.

    Attributes:
        name: What it is answered by.
        text: The question.
        options: What can be answered, each with its words; empty where any text will do.
        assumed: What is taken until it is answered, or what was answered.
        needed: Whether values might be read wrongly without an answer.
        answered: Whether a person answered it.
        column: The column whose field it settles; empty where it settles something else.
    """

    name: str
    text: str
    options: tuple[tuple[str, str], ...]
    assumed: str
    needed: bool = False
    answered: bool = False
    column: str = ""


def questions(
    sample: Sample,
    words: Words,
    proposed: tuple[Proposal, ...],
    *,
    dates: Dates,
    marks: tuple[str, str, str],
    answers: Mapping[str, str],
    chosen: Mapping[str, str],
) -> tuple[Question, ...]:
    """Everything that is to ask of a table, what matters most first."""
    by_field = {one.to: one for one in proposed}
    return (
        *_day_order(dates, answers),
        *_decimal(marks, answers),
        *_title(sample, words, proposed, by_field, chosen),
        *_meaning(words, proposed, chosen),
        *_key(sample, words, proposed, by_field),
        *_zone(proposed, answers),
    )


def _day_order(dates: Dates, answers: Mapping[str, str]) -> Iterator[Question]:
    proved = (dates.day_first > 0) + (dates.month_first > 0)
    if not dates.either or proved == 1:
        return
    options = tuple((order, _said(dates.either, order)) for order in ("day first", "month first"))
    text = f"{dates.either}: is that {options[0][1]} or {options[1][1]}?"
    if proved:
        text += (
            f" {dates.day_first:,} values can only be read with the day first, {dates.month_first:,} only with the "
            "month first; rows that do not fit the answer are rejected"
        )
    yield Question(
        DAY_ORDER,
        text,
        options,
        answers.get(DAY_ORDER) or dates.order or "day first",
        needed=True,
        answered=DAY_ORDER in answers,
    )


def _said(text: str, order: str) -> str:
    pattern = next(pattern for found, pattern in date_readings(text) if found == order)
    day = datetime.strptime(text, pattern)  # noqa: DTZ007 - only its day is said
    return moments.long_day(day, day.year)


def _decimal(marks: tuple[str, str, str], answers: Mapping[str, str]) -> Iterator[Question]:
    if not marks[2]:
        return
    sign = "," if "," in marks[2] else "."
    whole, rest = marks[2].split(sign, 1)
    options = (("." if sign == "," else ",", f"{whole}{rest}"), (sign, f"{whole} and a fraction"))
    text = f"{marks[2]}: is that {options[0][1]}, or {options[1][1]}?"
    yield Question(DECIMAL, text, options, answers.get(DECIMAL) or marks[0], needed=True, answered=DECIMAL in answers)


def _title(
    sample: Sample,
    words: Words,
    proposed: tuple[Proposal, ...],
    by_field: Mapping[str, Proposal],
    chosen: Mapping[str, str],
) -> Iterator[Question]:
    """Which column names the incident: where several are called so, or none is."""
    named = by_field.get("title")
    also = [one.column for one in proposed if "title" in one.alternatives and _is_called(one.column, words)]
    answered = "title" in chosen.values()
    if named is not None and also:
        options = tuple((column, column) for column in (named.column, *also))
        listed = " or ".join(repr(column) for column, _ in options)
        which = "these two columns" if len(options) == 2 else "these columns"  # noqa: PLR2004
        yield Question(
            "title", f"Which of {which} names the incident: {listed}?", options, named.column, answered=answered
        )
    elif named is None:
        texts = [
            one.column
            for one in proposed
            if one.looks.words > 1 and not one.looks.dates and one.to in {"extra", "summary", "kind"}
        ]
        options = (("", "none: a title is put together"), *((column, column) for column in texts[:_FEW]))
        yield Question(
            "title",
            "No column is called like a title. Which one says in a line what went wrong?",
            options,
            "",
            answered=answered,
        )
    elif named.confidence == "a guess":
        options = tuple((column, column) for column in sample.header)
        yield Question(
            "title", f"Does {named.column!r} say in one line what went wrong?", options, named.column, answered=answered
        )


def _is_called(column: str, words: Words) -> bool:
    return likeness(column, "title", words)[0] == EXACT


def _meaning(words: Words, proposed: tuple[Proposal, ...], chosen: Mapping[str, str]) -> Iterator[Question]:
    """Columns whose name says one thing as well as another."""
    for one in proposed:
        answered = one.column in chosen
        if one.to == "occurred_at" and one.confidence == "a guess":
            options = tuple((to, words.label(to)) for to in dict.fromkeys(("occurred_at", "known_at", "raised_at")))
            text = f"{one.column!r}: is that when it happened, or when somebody told of it?"
            yield Question(f"meaning of {one.column}", text, options, one.to, answered=answered, column=one.column)
        elif plain(one.column).removesuffix(" name") in words.either and one.to in {"team", "customer.name"}:
            options = (
                ("team", "who did the work (team)"),
                ("customer.name", "whom it hurt (customer)"),
                ("extra", "neither"),
            )
            text = f"{one.column!r}: is that who did the work, or whom it hurt?"
            yield Question(f"meaning of {one.column}", text, options, one.to, answered=answered, column=one.column)


def _key(
    sample: Sample, words: Words, proposed: tuple[Proposal, ...], by_field: Mapping[str, Proposal]
) -> Iterator[Question]:
    if KEY in by_field:
        return
    seen = {one.column: one.looks for one in proposed}
    candidates = key_candidates(sample, seen)
    options = (("", "none: a row is known by all it holds"), *((column, column) for column in candidates[:_FEW]))
    against = "".join(f" {told}." for told in doubled_keys(sample, seen, words)[:1])
    text = (
        f"Which column holds the number or name of each row?{against} "
        "Without one, a row that was changed in the file counts as a new one."
    )
    yield Question("key", text, options, "")


def _zone(proposed: tuple[Proposal, ...], answers: Mapping[str, str]) -> Iterator[Question]:
    """In which zone times without an offset were told; days alone need none."""
    clocked = [
        one
        for one in proposed
        if target_of(one.to) == "instant" and any(":" in text and not _has_offset(text) for text in one.looks.examples)
    ]
    if clocked or ZONE in answers:
        example = clocked[0].looks.examples[0] if clocked else ""
        text = f"{example}: the clock of which place is that? Write it like Europe/London."
        yield Question(ZONE, text, (), answers.get(ZONE) or "UTC", answered=ZONE in answers)


def _has_offset(text: str) -> bool:
    return any(pattern == "iso" or pattern.endswith("%z") for _, pattern in date_readings(text)) and (
        text.endswith("Z") or "+" in text or text[-6:-5] == "-" or text[-5:-4] == "-"
    )
