"""How one language writes days, times, spans and amounts on a page: its word file says how (`[telling.written]`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from postmortem.record.playbook import default_playbook
from postmortem.report import wording

if TYPE_CHECKING:
    from datetime import date, datetime, tzinfo
    from decimal import Decimal

    from postmortem.record.wordbook import Telling


@dataclass(frozen=True, slots=True)
class Paper:
    """One language on paper, in one zone.

    Attributes:
        telling: How the language tells them, as it is written.
        zone: The zone of all times.

    Examples:
        >>> from datetime import UTC, date, datetime
        >>> paper = Paper.english(UTC)
        >>> paper.day(date(2026, 10, 7)), paper.near_moment(datetime(2026, 10, 7, 15, 5, tzinfo=UTC), None)
        ('7 October 2026', '7 Oct 2026, 15:05')
        >>> paper.span(385), paper.amount(20, "EUR")
        ('6 h 25 min', 'EUR 20')
    """

    telling: Telling
    zone: tzinfo

    @classmethod
    def of(cls, telling: Telling, zone: tzinfo) -> Self:
        """What a language says, as it writes it."""
        return cls(wording.legible(telling.on_paper()), zone)

    @classmethod
    def english(cls, zone: tzinfo) -> Self:
        """What all pages but the letter are written in."""
        return cls.of(default_playbook().wording.telling, zone)

    def day(self, on: date) -> str:
        """A day in a sentence."""
        return self.telling.day_as(self.telling.written.day, on)

    def near_day(self, on: date, year: int | None = None) -> str:
        """A day in short; its year is left out where it is this one."""
        return self.telling.day_as(self.telling.day if on.year == year else self.telling.day_of_year, on)

    def clock(self, at: datetime, zone: tzinfo | None = None) -> str:
        """The time of day."""
        return self.telling.time_said(at.astimezone(zone or self.zone))

    def near_moment(self, at: datetime, beside: datetime | None) -> str:
        """The time alone where the reader knows the day from what stands beside it, else day and time."""
        form = self.telling.moment
        return wording.near_moment(at, self.zone, beside, day=self.near_day, clock=self.clock, form=form)

    def span(self, minutes: float) -> str:
        """A span, in the two largest units that say it."""
        return wording.duration(minutes, self.telling.units, self.telling.written.under)

    def amount(self, amount: Decimal, currency: str) -> str:
        """An amount with its currency."""
        return self.telling.amount_said(amount, currency)
