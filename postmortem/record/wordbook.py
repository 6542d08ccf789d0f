"""The words to the customer as data (R20): templates by tone and part, the letter, and how a language tells days.

`templates/en.toml` is the default; a team's own file, in its own language, is named in its playbook.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, Self, get_args

from pydantic import Field, model_validator

from postmortem.record.base import Frozen, Table, Value
from postmortem.record.errors import Problem, Unsound
from postmortem.record.letters import Letter
from postmortem.record.sentences import Sentence, problems_of, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime
    from decimal import Decimal

PartName = Literal[
    "admission", "apology", "explanation", "assurance", "prevention", "offer", "contact", "thanks", "follow-up"
]
PARTS: Final[tuple[PartName, ...]] = get_args(PartName)
"""What is said in a step, in the order in which it is said."""

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


_DAY_BLANKS: Final = ("weekday", "day", "month", "short", "number", "year")
_TIME_BLANKS: Final = ("hour", "minute")
_MOMENT_BLANKS: Final = ("day", "time")
_AMOUNT_BLANKS: Final = ("amount", "symbol", "currency")


class Written(Value):
    """How the letter writes the same, shorter than one says it; what is not given is written as it is said.

    Attributes:
        months: Short names of the months, for the blank `short`.
        day: A day in a sentence.
        near_day: A day beside another one of the same year, as on a line of time.
        near_day_of_year: The same for a day of another year.
        time: A time of day.
        moment: A day and a time.
        amount: With `amount`, `symbol` and `currency`, its three letters.
        thousands: What stands between the thousands.
        units: One and many of minutes, hours and days.
        under: What is shorter than a minute.
    """

    months: tuple[str, ...] = ()
    day: str = ""
    near_day: str = ""
    near_day_of_year: str = ""
    time: str = ""
    moment: str = ""
    amount: str = ""
    thousands: str = ""
    units: Table[Literal["minutes", "hours", "days"], tuple[str, str]] = Field(default_factory=Frozen)
    under: str = ""


class Telling(Value):
    """How a language tells days, times, amounts and spans.

    Attributes:
        day: A day; with `weekday`, `day`, `month`, `short` (its short name), `number` (of the month) and `year`.
        day_of_year: A day of another year.
        time: A time of day; with `hour` and `minute`.
        moment: A day and a time; with `day` and `time`.
        amount: With `amount` and `symbol`, or `currency`, its three letters.
        symbols: Signs for currencies; else the three letters stand.
        units: One and many of minutes, hours and days.
        joint: What stands between the last two of a list.
        written: How the letter writes the same.
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
    written: Written = Written()

    def on_paper(self) -> Telling:
        """The same as the letter writes it, with what is written as it is said."""
        own, day = self.written, self.written.day or self.day_of_year
        changed = {
            "day": own.near_day or self.day,
            "day_of_year": own.near_day_of_year or day,
            **{
                name: told
                for name in ("time", "moment", "amount", "thousands", "units")
                if (told := getattr(own, name))
            },
        }
        # Each was looked at where it was read.
        return self.model_copy(update={**changed, "written": own.model_copy(update={"day": day})})

    def day_said(self, on: date, beside: date | None = None) -> str:
        """A day; with its year where it is another one than that of the day beside it."""
        return self.day_as(self.day if beside is None or on.year == beside.year else self.day_of_year, on)

    def day_as(self, form: str, on: date) -> str:
        """A day in one of the forms."""
        month = self.months[on.month - 1]
        short = self.written.months[on.month - 1] if self.written.months else month
        weekday = self.weekdays[on.weekday()]
        return form.format(weekday=weekday, day=on.day, month=month, short=short, number=on.month, year=on.year)

    def moment_said(self, at: datetime, beside: datetime | None = None) -> str:
        """A time, with its day where that is another one than that of the moment beside it; both in local time."""
        time = self.time_said(at)
        if beside is not None and at.date() == beside.date():
            return time
        return self.moment.format(day=self.day_said(at.date(), beside.date() if beside else None), time=time)

    def time_said(self, at: datetime) -> str:
        """A time of day; in local time."""
        return self.time.format(hour=f"{at:%H}", minute=f"{at:%M}")

    def amount_said(self, amount: Decimal, currency: str) -> str:
        """An amount, to the cent unless it is whole."""
        whole = amount == int(amount)
        text = f"{amount:,.0f}" if whole else f"{amount:,.2f}"
        signs = str.maketrans({",": self.thousands, ".": self.decimal})
        # Three letters stand apart from the number, wherever a sign would stand.
        symbol = self.symbols.get(currency, f"{currency}\N{NO-BREAK SPACE}")
        return self.amount.format(amount=text.translate(signs), symbol=symbol, currency=currency).strip()

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
        letter: The sentences of the letter to the customer; those that are not given are English.

    Raises:
        pydantic.ValidationError: If a template has a blank that nobody fills, or a part is missing.
    """

    templates: str = ""
    language: str = Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")
    telling: Telling
    reading: Reading
    tones: Table[str, Tone]
    letter: Letter = Letter()

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
        short, units = self.telling.written.months, self.telling.written.units
        if short and len(short) != _YEAR:
            found_short = f"expected {_YEAR} names, found {len(short)}"
            yield Problem("telling.written.months", found_short, "name each, in order")
        for unit in ("minutes", "hours", "days"):
            for place, told in (("telling", self.telling.units), ("telling.written", units)):
                if unit not in told and (told or place == "telling"):
                    yield Problem(f"{place}.units.{unit}", "missing", "write one and many of it")

    def _forms(self) -> Iterator[Problem]:
        days = dict.fromkeys(("day", "day_of_year", "near_day", "near_day_of_year"), _DAY_BLANKS)
        forms = {**days, "time": _TIME_BLANKS, "moment": _MOMENT_BLANKS, "amount": _AMOUNT_BLANKS}
        for place, told in (("telling", self.telling), ("telling.written", self.telling.written)):
            for name, known in forms.items():
                yield from wrong(f"{place}.{name}", getattr(told, name, ""), known)

    def _parts(self) -> Iterator[Problem]:
        for name, tone in self.tones.items():
            for part in PARTS:
                if part not in tone.say:
                    yield Problem(f"tones.{name}.say.{part}", "missing", "every tone says every part")

    def _blanks(self) -> Iterator[Problem]:
        for name, tone in self.tones.items():
            for whose in ("say", "shared", "not_ours", "unknown"):
                for part, sentences in getattr(tone, whose).items():
                    yield from problems_of(f"tones.{name}.{whose}.{part}", sentences, BLANKS)
            yield from problems_of(f"tones.{name}.joined", tone.joined, BLANKS)
        yield from self.letter.problems()


def problems_of_better(place: str, better: str) -> list[Problem]:
    """What a better form asks of the record that nobody fills in."""
    return list(wrong(place, better, BETTER))
