"""The sentences of the letter to the customer as data (R20, R41), a team's own beside the words one says.

Only what a customer may read can be filled in: no colleague, no cause, no category and no severity has a blank.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args

from pydantic import Field

from postmortem.record.base import Filled, Frozen, Table, Value
from postmortem.record.sentences import WHOSE, Sentence, problems_of, ways, wrong

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from postmortem.record.errors import Problem

LetterPart = Literal[
    "greeting", "happened", "apology", "story", "repaired", "done", "given", "offered", "gave", "working", "looking",
    "changing", "when", "undecided", "reach", "closing", "signature",
]  # fmt: skip
LetterLabel = Literal[
    "heading", "story", "did", "vows", "reach", "began", "noticed", "raised", "asked", "told", "fixed", "unnoticed",
    "repaired", "working", "costs", "lost", "colleague", "colleagues", "somebody",
]  # fmt: skip
Whose = Literal["say", "shared", "not_ours", "unknown"]
PARTS: Final[tuple[LetterPart, ...]] = get_args(LetterPart)
LABELS: Final[tuple[LetterLabel, ...]] = get_args(LetterLabel)

BLANKS: Final = {
    "customer": "the customer's name",
    "team": "our team",
    "record": "the id of the record",
    "happened": "what happened instead",
    "expected": "what they expected",
    "since": "the day on which it began",
    "fixed": "when it was put right",
    "took": "how long that took from when we knew",
    "unseen": "how long it went on before they told us",
    "lost": "the time they lost",
    "paid": "what they paid because of it",
    "given": "what they were given, in words",
    "offer": "what was offered or given: the amount, and what it is for",
    "action": "what was done, or keeps it from happening again",
    "by": "until when that is done",
    "done": "when that was done",
    "follow_up": "the day on which we ask how things are",
    "span": "a time on the line of time",
    "when_raised": "nothing; the sentence stands where they had to tell us",
    "when_many": "nothing; the sentence stands where there are several customers",
    "when_each": "nothing; the sentence stands where each of several customers gets it",
    "when_together": "nothing; the sentence stands where several customers get it together",
    "when_accepted": "nothing; the sentence stands where they accepted it and it is not carried out yet",
    "when_lost": "nothing; the sentence stands where it cost them time",
    "when_paid": "nothing; the sentence stands where it cost them money",
    "when_colleague": "nothing; the sentence stands where a coworker was hurt",
    "when_team": "nothing; the sentence stands where the name of our team ends with “team”",
}
"""What a sentence of the letter may leave to the record, and what is filled in."""

_GIVES: Final = ("offer", "when_each", "when_together")
PART_BLANKS: Final[Mapping[LetterPart, tuple[str, ...]]] = {
    "greeting": ("customer", "when_colleague"),
    "happened": ("since", "happened"),
    "apology": (),
    "story": ("expected", "unseen", "lost", "paid", "when_raised", "when_many"),
    "repaired": ("fixed", "took"),
    "done": ("done", "action"),
    "given": ("given",),
    "offered": (*_GIVES, "when_accepted"),
    "gave": _GIVES,
    "working": (),
    "looking": (),
    "changing": (),
    "when": ("done", "by"),
    "undecided": (),
    "reach": ("team", "record"),
    "closing": ("follow_up", "when_lost", "when_paid"),
    "signature": ("team", "when_team"),
}
"""The blanks that each part of the letter has."""
LABEL_BLANKS: Final[Mapping[LetterLabel, tuple[str, ...]]] = {
    "unnoticed": ("span",),
    "repaired": ("span",),
    "lost": ("lost",),
}
"""The blanks that labels have; the others have none."""


class Letter(Value):
    """The sentences of the letter, each part as in a tone: a list of sentences, or of ways to say one.

    What a file does not give is told in English (`whole`), and named (`gaps`).

    Attributes:
        labels: Headings, the words on the line of time, and what stands in place of a colleague.
        say: The sentences of each part.
        shared: What is said instead where part of it was our mistake.
        not_ours: What is said instead where it was not (R14).
        unknown: What is said instead while nobody knows yet.
    """

    labels: Table[LetterLabel, Filled] = Field(default_factory=Frozen)
    say: Table[LetterPart, tuple[Sentence, ...]] = Field(default_factory=Frozen)
    shared: Table[LetterPart, tuple[Sentence, ...]] = Field(default_factory=Frozen)
    not_ours: Table[LetterPart, tuple[Sentence, ...]] = Field(default_factory=Frozen)
    unknown: Table[LetterPart, tuple[Sentence, ...]] = Field(default_factory=Frozen)

    def sentences(self, part: LetterPart, fault: str) -> tuple[Sentence, ...]:
        """The sentences of one part, as they fit whose mistake it was."""
        own: Mapping[LetterPart, tuple[Sentence, ...]] = getattr(self, WHOSE.get(fault, "say"))
        return own[part] if part in own else self.say[part]

    def problems(self) -> Iterator[Problem]:
        """What will not do in it, each with its place."""
        for name, label in self.labels.items():
            yield from wrong(f"letter.labels.{name}", label, LABEL_BLANKS.get(name, ()))
        for whose in get_args(Whose):
            told: Mapping[LetterPart, tuple[Sentence, ...]] = getattr(self, whose)
            for part, sentences in told.items():
                yield from problems_of(f"letter.{whose}.{part}", sentences, PART_BLANKS[part])


def gaps(own: Letter, english: Letter) -> tuple[str, ...]:
    """What a letter does not give, by key: it is told in English.

    Args:
        own: The team's.
        english: The default, which gives everything.

    Examples:
        >>> english = Letter(labels={"heading": "What happened"}, say={"apology": ("Sorry.",)})
        >>> gaps(Letter(say={"apology": ("Es tut uns leid.",)}), english)
        ('letter.labels.heading',)
    """
    return tuple(
        f"letter.{table}.{key}"
        for table in _TABLES
        for key in getattr(english, table)
        if key not in getattr(own, table)
    )


def whole(own: Letter, english: Letter, is_hidden: Callable[[str], bool] = lambda _: False) -> Letter:
    """A letter with English in place of what it does not give, and of what may not be read.

    Args:
        own: The team's.
        english: The default, which gives everything.
        is_hidden: Whether a sentence of the team's holds something that this customer may not read (R41).
    """
    tables = {
        table: {
            **getattr(english, table),
            **{key: told for key, told in getattr(own, table).items() if not any(map(is_hidden, _texts(told)))},
        }
        for table in _TABLES
    }
    return own.model_copy(update={table: Frozen(told) for table, told in tables.items()})


_TABLES: Final = tuple(Letter.model_fields)


def _texts(told: str | tuple[Sentence, ...]) -> Iterator[str]:
    for sentence in (told,) if isinstance(told, str) else told:
        yield from ways(sentence)
