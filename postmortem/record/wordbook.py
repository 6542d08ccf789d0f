"""The words to the customer as data (R20): templates by tone and part, and how one language tells days and amounts.

`templates/en.toml` is the default; a team's own file, in its own language, is named in its playbook.
"""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING, Final, Literal, Self, get_args

from pydantic import Field, model_validator

from postmortem.record.base import Table, Value
from postmortem.record.errors import Problem, Unsound, near

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date, datetime
    from decimal import Decimal

PartName = Literal[
    "admission", "apology", "explanation", "assurance", "prevention", "offer", "contact", "thanks", "follow-up"
]
PARTS: Final[tuple[PartName, ...]] = get_args(PartName)
"""What is said in a step, in the order in which it is said."""

Sentence = str | tuple[str, ...]
"""One sentence, or several ways to say it: the first that the record can fill is taken."""

BLANKS: Final = {
    "customer": "the customer's name",
    "team": "our team",
    "record": "the id of the record",
    "told": "what happened instead, where it is a sentence of its own",
    "happened": "what happened instead, to stand after a colon",
    "expected": "what they expected, to stand after a colon",
    "since": "when it began",
    "until": "until when it lasted",
    "fixed": "when it was put right",
    "lost": "the time they lost",
    "paid": "what they paid because of it",
    "back": "what we pay back",
    "credit": "what we credit for their time",
    "goodwill": "what we give them besides, as an amount",
    "given": "what else they are offered, in words",
    "action": "what keeps it from happening again",
    "by": "until when that is done",
    "done": "when that was done",
    "owner": "who owns the recovery, as a role",
    "contact": "the number or address at which they reach us",
    "follow_up": "the day on which we ask how things are",
    "when_raised": "nothing; the sentence stands where they had to tell us",
    "when_told": "nothing; the sentence stands where we knew it before they raised it",
    "when_fixed": "nothing; the sentence stands once it is put right",
    "when_open": "nothing; the sentence stands until it is put right",
}
"""What a template may leave to the record, and what is filled in."""

BETTER: Final = {
    "admission": "the admission in the tone that was chosen",
    "apology": "the apology in the tone that was chosen",
    "sorry": "both in one breath",
    **BLANKS,
}
"""The same for what a word list of the playbook offers as a better form."""

_BLANK: Final = re.compile(r"\{([^{}]*)\}")
_WEEK, _YEAR = 7, 12
_HOUR, _DAY = 60, 24 * 60
_TWO_DAYS, _TWO_WEEKS = 2, 14


class Tone(Value):
    """One tone: a template for each part, and what is said instead where it was not, or not wholly, our mistake.

    Attributes:
        say: A template for each part: sentences in their order.
        joined: The admission and the apology in one breath, where both are said and it was our mistake; without it, one
            after the other.
        shared: What is said instead where part of it was our mistake.
        not_ours: What is said instead where it was not (R14); nothing is admitted there that does not stand here.
        unknown: What is said instead while nobody knows yet.
    """

    title: str = Field(min_length=1)
    say: Table[PartName, tuple[Sentence, ...]]
    joined: tuple[Sentence, ...] = ()
    shared: Table[PartName, tuple[Sentence, ...]]
    not_ours: Table[PartName, tuple[Sentence, ...]]
    unknown: Table[PartName, tuple[Sentence, ...]]


class Telling(Value):
    """How a language tells days, times, amounts and spans.

    Attributes:
        day: A day; with the blanks `weekday`, `day`, `month`, `number` (of the month), `year`.
        day_of_year: A day of another year.
        time: A time of day; with `hour` and `minute`.
        moment: A day and a time; with `day` and `time`.
        amount: With `amount` and `symbol`.
        symbols: Signs for currencies; else the three letters stand.
        units: One and many of minutes, hours and days.
        joint: What stands between the last two of a list.
    """

    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    day: str
    day_of_year: str
    time: str
    moment: str
    amount: str
    decimal: str
    thousands: str
    symbols: Table[str, str]
    units: Table[Literal["minutes", "hours", "days"], tuple[str, str]]
    joint: str

    def day_said(self, on: date, beside: date | None = None) -> str:
        """A day; with its year where it is another one than that of the day beside it."""
        form = self.day if beside is None or on.year == beside.year else self.day_of_year
        month = self.months[on.month - 1]
        return form.format(weekday=self.weekdays[on.weekday()], day=on.day, month=month, number=on.month, year=on.year)

    def moment_said(self, at: datetime, beside: datetime | None = None) -> str:
        """A time, with its day where that is another one than that of the moment beside it; both in local time."""
        time = self.time.format(hour=f"{at:%H}", minute=f"{at:%M}")
        if beside is not None and at.date() == beside.date():
            return time
        return self.moment.format(day=self.day_said(at.date(), beside.date() if beside else None), time=time)

    def amount_said(self, amount: Decimal, currency: str) -> str:
        """An amount, to the cent unless it is whole."""
        whole = amount == int(amount)
        text = f"{amount:,.0f}" if whole else f"{amount:,.2f}"
        signs = str.maketrans({",": self.thousands, ".": self.decimal})
        # Three letters stand apart from the number, wherever a sign would stand.
        symbol = self.symbols.get(currency, f"{currency}\N{NO-BREAK SPACE}")
        return self.amount.format(amount=text.translate(signs), symbol=symbol).strip()

    def span_said(self, minutes: float) -> str:
        """A span in words: in hours and minutes up to two days, then in days."""
        whole = max(1, round(minutes))
        days, rest = divmod(whole, _DAY)
        if days < _TWO_DAYS:
            parts = [("hours", whole // _HOUR), ("minutes", whole % _HOUR)]
        else:
            hours = round(rest / _HOUR) if days < _TWO_WEEKS else 0
            days, hours = (days + 1, 0) if hours == _DAY // _HOUR else (days, hours)
            parts = [("days", days), ("hours", hours)]
        said = [f"{count} {self.units[unit][count != 1]}" for unit, count in parts if count]  # type: ignore[index]
        return self.listed(said)

    def listed(self, parts: list[str]) -> str:
        """Parts as one reads them aloud."""
        return f" {self.joint} ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


class Reading(Value):
    """How typed texts are put into a sentence of the language.

    Attributes:
        begins: A text that begins with one of these words is a sentence of its own.
        verbs: So is a text that has one of these.
        relative: A verb after one of these makes no sentence.
        speaks_of: Words that speak of the customer, not to them: with one of these a text is not said.
        verb_first: Whether an action begins with a verb that has a small letter within a sentence.
        lowered: Words that have a small letter within a sentence; all others stay as they are written.
        address: What is written of the customer, and how it is said to them.
    """

    begins: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    lowered: tuple[str, ...] = ()
    relative: tuple[str, ...] = ()
    speaks_of: tuple[str, ...] = ()
    verb_first: bool = False
    address: Table[str, str]


class Wordbook(Value):
    """All words of one language.

    Attributes:
        templates: The file the rest comes from; only a playbook names one.
        language: Its code, as `en`.

    Raises:
        pydantic.ValidationError: If a template has a blank that nobody fills, or a part is missing.
    """

    templates: str = ""
    language: str = Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")
    telling: Telling
    reading: Reading
    tones: Table[str, Tone]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        problems = [*self._counted(), *self._forms(), *self._parts(), *self._blanks()]
        if problems:
            raise Unsound(problems)
        return self

    def tone(self, name: str) -> Tone:
        """A tone by name; the first where the name is empty or no longer known."""
        return self.tones.get(name) or next(iter(self.tones.values()))

    def _counted(self) -> Iterator[Problem]:
        if not self.tones:
            yield Problem("tones", "there is none", "write at least one, such as [tones.plain]")
        for name, needed in (("weekdays", _WEEK), ("months", _YEAR)):
            found = len(getattr(self.telling, name))
            if found != needed:
                yield Problem(f"telling.{name}", f"expected {needed} names, found {found}", "name each, in order")
        for unit in ("minutes", "hours", "days"):
            if unit not in self.telling.units:
                yield Problem(f"telling.units.{unit}", "missing", "write one and many of it")

    def _forms(self) -> Iterator[Problem]:
        day = ("weekday", "day", "month", "number", "year")
        forms = {"day": day, "day_of_year": day, "time": ("hour", "minute"), "moment": ("day", "time")}
        for name, known in {**forms, "amount": ("amount", "symbol")}.items():
            yield from _wrong(f"telling.{name}", getattr(self.telling, name), known)

    def _parts(self) -> Iterator[Problem]:
        for name, tone in self.tones.items():
            for part in PARTS:
                if part not in tone.say:
                    yield Problem(f"tones.{name}.say.{part}", "missing", "every tone says every part")

    def _blanks(self) -> Iterator[Problem]:
        for name, tone in self.tones.items():
            said = {whose: getattr(tone, whose) for whose in ("say", "shared", "not_ours", "unknown")}
            for whose, table in {**said, "both": {"joined": tone.joined}}.items():
                for part, sentences in table.items():
                    for number, sentence in enumerate(sentences, start=1):
                        for way in (sentence,) if isinstance(sentence, str) else sentence:
                            yield from _wrong(
                                f"tones.{name}.{part if whose == 'both' else f'{whose}.{part}'}[{number}]", way, BLANKS
                            )


def problems_of(place: str, better: str) -> list[Problem]:
    """What a better form asks of the record that nobody fills in."""
    return list(_wrong(place, better, BETTER))


def _wrong(place: str, template: str, known: Collection[str]) -> Iterator[Problem]:
    try:
        names = [field for _, field, form, turned in string.Formatter().parse(template) if field is not None]
        plain = not any(form or turned for _, _, form, turned in string.Formatter().parse(template))
    except ValueError as error:
        yield Problem(
            place, f"a brace without its other half: {error}", "write a blank like {" + next(iter(known)) + "}"
        )
        return
    if not plain:
        yield Problem(place, "a blank holds a name and nothing else", "write it like {" + next(iter(known)) + "}")
    for name in names:
        if name not in known:
            hint = near(name, known)
            remedy = f"did you mean {{{hint}}}?" if hint else f"there are: {', '.join(known)}"
            yield Problem(place, f"there is no blank {{{name}}}", remedy)


def blanks_in(template: str) -> tuple[str, ...]:
    """The blanks of a sentence.

    Examples:
        >>> blanks_in("It cost you {lost} and {paid}.")
        ('lost', 'paid')
    """
    return tuple(_BLANK.findall(template))
