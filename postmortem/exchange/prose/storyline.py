"""The timeline of a written post-mortem: lists, tables, headings and lines that begin with a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postmortem.exchange.prose.outline import item_text, rows_of, text_of
from postmortem.exchange.prose.told_times import Times, moment

if TYPE_CHECKING:
    from datetime import date, time

    from postmortem.exchange.prose.headings import Headings
    from postmortem.exchange.prose.outline import Piece, Token


class Storyline:
    """Tells a timeline moment by moment, and carries the day on.

    A time is read where its day and its zone are stated; else it stays in the text. So does one that is earlier than
    the one before, with no day stated: nobody can say whether it is the next day or a slip.

    Attributes:
        moments: The lines of the timeline, as fields.
        notes: What stands beside them.
        said: What was read and does not stand in a text: times, headings of columns.
        zones: The zones of the times that were read, in their order.
        first_day: The first day that is told.
    """

    def __init__(self, times: Times, headings: Headings, day: date | None) -> None:
        self.moments: list[dict[str, Any]] = []
        self.notes: list[str] = []
        self.said: list[str] = []
        self.zones: list[str] = []
        self.first_day: date | None = None
        self._times = times
        self._headings = headings
        self._stated = day
        self._zone: str | None = None
        self._day: date | None = None
        self._last: time | None = None

    @property
    def _year(self) -> int | None:
        """The year that goes with a day without one."""
        return self._day.year if self._day else None

    def add(self, head: Piece, pieces: list[Piece]) -> None:
        """Take in one section, whose zone and day may stand in its heading, in what comes first, or over a column."""
        notes = [text_of([one for one in piece.tokens if one["type"] not in {"list", "table"}]) for piece in pieces[:1]]
        heads = [cell for piece in pieces for one in piece.tokens if one["type"] == "table" for cell in rows_of(one)[0]]
        said = " ".join((head.heading, *notes, *heads))
        self._zone, self._last = self._times.zone_in(said), None
        self._day = next(iter(self._times.days_in(said)), self._stated)
        if self._times.zone_in(head.heading) or self._times.days_in(head.heading):
            self.said.append(head.heading)
        for piece in pieces:
            told = self._times.told(piece.heading, self._year) if piece.heading else None
            if told is not None and (told.clock is not None or told.day is None):
                self._moment(piece.heading, piece.text)
                continue
            if told is not None and told.day is not None:
                self._turn(told.day)
                (self.notes if told.rest else self.said).append(piece.heading)
            for token in piece.tokens:
                self._block(token)

    def _turn(self, day: date) -> None:
        """Go on with another day."""
        self._day, self._last = day, None
        self.first_day = self.first_day or day

    def _block(self, token: Token) -> None:
        if token["type"] == "list":
            for item in token["children"]:
                first, _, more = item_text(item).partition("\n")
                self._moment(first, more)
        elif token["type"] == "table":
            self._table(token)
        else:
            waiting: list[str] = []
            beside: list[str] = []
            for line in text_of([token]).split("\n"):
                if token["type"] == "paragraph" and self._times.told(line, self._year).clock is not None:
                    waiting.append(line)
                elif waiting:
                    waiting[-1] += f"\n{line}"
                else:
                    beside.append(line)
            self.notes += ["\n".join(beside)] if beside else []
            for text in waiting:
                first, _, more = text.partition("\n")
                self._moment(first, more)

    def _table(self, token: Token) -> None:
        header, *rows = rows_of(token)
        fields = [self._headings.column_of("timeline", title) for title in header]
        if "timeline.at" not in fields and fields:
            fields[0] = "timeline.at"
        self.said += header
        for row in rows:
            when = " ".join(cell for name, cell in zip(fields, row, strict=False) if name == "timeline.at" and cell)
            by = ", ".join(cell for name, cell in zip(fields, row, strict=False) if name == "timeline.seen_by" and cell)
            texts = [
                cell if name == "timeline.text" else f"{title}: {cell}"
                for name, title, cell in zip(fields, header, row, strict=False)
                if cell and name not in {"timeline.at", "timeline.seen_by"}
            ]
            if any(row):
                self._moment(when, "; ".join(texts), by)

    def _moment(self, line: str, more: str, seen_by: str = "") -> None:
        """One line of the timeline."""
        told = self._times.told(line, self._year)
        if told.day is not None:
            self._turn(told.day)
        zone = told.zone if told.zone is not None else self._zone
        one: dict[str, Any] = {"id": f"m{len(self.moments) + 1}", "seen_by": seen_by}
        if told.clock and zone and self._day and (self._last is None or told.clock >= self._last):
            one["at"] = moment(self._day, told.clock, zone)
            self.zones.append(zone)
            self.said.append(told.words)
            line, self._last = told.rest, told.clock
        self.moments.append(one | {"text": "\n".join(filter(None, (line.strip(), more.strip("\n"))))})
