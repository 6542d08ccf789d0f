"""Where the instants of an incident stand on a line: plain numbers and words, drawn by the template."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise, product
from typing import TYPE_CHECKING, Final

from postmortem.record import recovery
from postmortem.record.sentences import filled
from postmortem.report import wording
from postmortem.report.paper import Paper
from postmortem.report.summary import Anchor, Band, Label, Seen, Segment, Stem, Timeline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import tzinfo

    from postmortem.record.incident import Incident
    from postmortem.record.letters import LetterLabel

    Place = Callable[[datetime], float]

_INSTANTS: Final[Mapping[str, LetterLabel]] = {
    "occurred_at": "began",
    "known_at": "noticed",
    "raised_at": "raised",
    "told_at": "told",
    "fixed_at": "fixed",
}
_OUR_WORDS: Final[Mapping[LetterLabel, str]] = {
    "began": "it began",
    "noticed": "we knew",
    "raised": "they told us",
    "asked": "they asked",
    "told": "we told them",
    "fixed": "put right",
    "unnoticed": "not known to us: {span}",
    "repaired": "put right in {span}",
    "working": "not put right yet",
}

_EDGE: Final = 8.0
_ROOM: Final = 4.0
"""So far words keep from a stem that goes up beside them."""
_CLEAR: Final = 3.0
"""Where there is less room, so far they stand beside it."""
_BAR: Final = 24.0
_STEPS_MIN: Final = (
    1,
    2,
    5,
    10,
    15,
    30,
    60,
    120,
    180,
    360,
    720,
    1440,
    2880,
    7200,
    14400,
    43200,
    129600,
    259200,
    525600,
)
_MOST_TICKS: Final = 6
_SPREAD: Final = 0.06


@dataclass(frozen=True, slots=True)
class _Placed:
    x: float
    text: str
    width: float


def timeline(incident: Incident, zone: tzinfo, now: datetime) -> Timeline:
    """What happened, in order: a sentence, the key instants to scale, and every moment in words.

    Args:
        incident: The record.
        zone: The zone in which times are shown.
        now: Where a mistake that is not put right yet ends.
    """
    return Timeline(
        sentence=_sentence(incident, now),
        band=band(incident, Paper.english(zone), now, _OUR_WORDS),
        moments=tuple(_moments(incident, zone)),
    )


def _moments(incident: Incident, zone: tzinfo) -> Iterator[Seen]:
    told = [seen for seen in incident.timeline if seen.text or seen.at]
    if all(seen.at for seen in told):
        told.sort(key=lambda seen: seen.at or datetime.min.replace(tzinfo=zone))
    before = None
    for seen in told:
        when = wording.near_moment(seen.at, zone, before) if seen.at else "time not known"
        iso = seen.at.astimezone(zone).isoformat() if seen.at else ""
        yield Seen(when=when, iso=iso, text=wording.clean(seen.text), seen_by=wording.clean(seen.seen_by))
        before = seen.at or before


def _sentence(incident: Incident, now: datetime) -> str:
    began, aware, fixed = incident.occurred_at, recovery.known_at(incident), incident.fixed_at
    parts = []
    unseen = recovery.minutes_between(began, aware)
    if unseen is not None and unseen > 0:
        parts.append(f"{wording.duration(unseen)} passed before anyone here knew")
    elif unseen is not None:
        parts.append("We knew as soon as it happened")
    repair = recovery.minutes_between(aware or began, fixed)
    if repair is not None and repair >= 0:
        since = "later it was put right" if parts else "after it began it was put right"
        parts.append(f"{wording.duration(repair)} {since}")
    elif fixed is None and (aware or began) and (open_for := recovery.minutes_between(aware or began, now) or 0) > 0:
        parts.append(f"it is not put right yet, after {wording.duration(open_for)}")
    return wording.sentence(wording.first_up("; ".join(parts)))


def band(
    incident: Incident,
    paper: Paper,
    now: datetime,
    words: Mapping[LetterLabel, str],
    *,
    width: float = 700,
    letter: float = 7.1,
) -> Band | None:
    """The key instants to scale; `None` where there are fewer than two to set apart.

    Args:
        incident: The record.
        paper: How days, times and spans are written.
        now: Where the band ends while it is not put right.
        words: The words for each instant and each stretch of time.
        width: Width of the drawing in its own units.
        letter: Mean width of a letter in the drawing's type.
    """
    # Whoever was told before asks about it; they tell us nothing that we did not say (R1).
    asked = incident.raised_at and incident.told_at and incident.told_at < incident.raised_at
    spoken = {**words, "raised": words["asked"]} if asked else words
    told = [(at, spoken[said]) for name, said in _INSTANTS.items() if (at := getattr(incident, name))]
    if incident.known_at == incident.raised_at:
        told = [pair for pair in told if pair[1] != words["noticed"]]
    told.sort(key=lambda pair: pair[0])
    last = told[-1][0] if told else now
    if incident.fixed_at is None and told:
        last = max(last, min(now, last + (last - told[0][0]) * 0.5 + timedelta(minutes=30)))
    if not told or last <= told[0][0]:
        return None
    spread = (last - told[0][0]) * _SPREAD
    start, end = told[0][0] - spread, last + spread

    def x(at: datetime) -> float:
        share: float = (at - start) / (end - start)
        return round(_EDGE + (width - 2 * _EDGE) * share, 1)

    days = {at.astimezone(paper.zone).date() for at, _ in told}
    placed = []
    for (at, said), before in zip(told, [None, *(at for at, _ in told)], strict=False):
        same_day = len(days) == 1
        when = paper.clock(at) if same_day else paper.near_moment(at, before)
        text = f"{when} {said}"
        placed.append(_Placed(x(at), text, len(text) * letter))
    places = _arranged(placed, width)
    rows = max(row for row, _ in places) + 1
    stems = [(mark.x, row) for mark, (row, _) in zip(placed, places, strict=True)]
    top = rows * 18.0 + 8
    segments = _segments(incident, last, x)
    return Band(
        width=width,
        height=top + _BAR + 22,
        top=top,
        segments=tuple(segments),
        stems=tuple(Stem(x=at, top=top - 18.0 * row - 6) for at, row in stems),
        labels=(
            *(
                Label(
                    x=_beside(mark, row, anchor, stems),
                    y=top - 18.0 * row - 10,
                    text=mark.text,
                    anchor=anchor,
                    bold=True,
                )
                for mark, (row, anchor) in zip(placed, places, strict=True)
            ),
            *_ticks(start, end, paper, x, top + _BAR + 18, width),
        ),
        inside=tuple(_inside(segments, top, letter, _said_inside(incident, paper, words))),
        alt=wording.sentence("; ".join(mark.text for mark in placed)),
    )


def _beside(mark: _Placed, row: int, anchor: Anchor, stems: Sequence[tuple[float, int]]) -> float:
    """Where its words begin, or end: at its stem, and clear of those that go up right beside it."""
    near = [at for at, top in stems if top > row and abs(at - mark.x) < _ROOM]
    if anchor == "start":
        return round(max([mark.x - 2, *(at + _CLEAR for at in near)]), 1)
    return round(min([mark.x + 2, *(at - _CLEAR for at in near)]), 1)


def _segments(incident: Incident, last: datetime, at: Place) -> list[Segment]:
    began, aware, fixed = incident.occurred_at, recovery.known_at(incident), incident.fixed_at
    found = []
    if began and aware and began < aware:
        found.append(Segment(x=at(began), width=round(at(aware) - at(began), 1), kind="unknown"))
    origin = max(filter(None, (began, aware)), default=None)
    if origin and fixed and origin < fixed:
        found.append(Segment(x=at(origin), width=round(at(fixed) - at(origin), 1), kind="ours"))
    elif origin and fixed is None and origin < last:
        found.append(Segment(x=at(origin), width=round(at(last) - at(origin), 1), kind="open"))
    return found


def _said_inside(incident: Incident, paper: Paper, words: Mapping[LetterLabel, str]) -> dict[str, str]:
    """What stands in each kind of stretch."""
    began, aware = incident.occurred_at, recovery.known_at(incident)
    unseen = recovery.minutes_between(began, aware)
    took = recovery.minutes_between(max(filter(None, (began, aware)), default=None), incident.fixed_at)
    return {
        "unknown": filled(words["unnoticed"], {"span": paper.span(unseen or 0)}),
        "ours": filled(words["repaired"], {"span": paper.span(took or 0)}),
        "open": words["working"],
    }


def _inside(segments: Sequence[Segment], top: float, letter: float, said: Mapping[str, str]) -> Iterator[Label]:
    for segment in segments:
        text = said[segment.kind]
        if len(text) * letter + 24 < segment.width:
            yield Label(x=round(segment.x + segment.width / 2, 1), y=top + 16.5, text=text, anchor="middle", bold=True)


def _arranged(marks: Sequence[_Placed], width: float) -> tuple[tuple[int, Anchor], ...]:
    """A row and an anchor for each label: no words meet, no stem runs through words, and rows are few."""
    anchors: tuple[Anchor, ...] = ("start", "end")
    for room, rows in product((_ROOM, 0.0), range(1, len(marks) + 1)):
        choices = [
            [(row, anchor) for row, anchor in product(range(rows), anchors) if _fits(mark, anchor, width)]
            or [(0, "end")]
            for mark in marks
        ]
        found = _search(marks, choices, (), room)
        if found is not None:
            return found
    if all(_fits(mark, "start", width) for mark in marks):
        return tuple((len(marks) - 1 - row, "start") for row in range(len(marks)))
    # Towards the right edge the words stand left of their stems, the last one on top; the first may need more room.
    return tuple((row, "end" if _fits(mark, "end", width) else "start") for row, mark in enumerate(marks))


def _search(
    marks: Sequence[_Placed],
    choices: Sequence[Sequence[tuple[int, Anchor]]],
    chosen: tuple[tuple[int, Anchor], ...],
    room: float,
) -> tuple[tuple[int, Anchor], ...] | None:
    if len(chosen) == len(marks):
        return chosen
    for choice in choices[len(chosen)]:
        if all(_apart(marks[other], place, marks[len(chosen)], choice, room) for other, place in enumerate(chosen)):
            found = _search(marks, choices, (*chosen, choice), room)
            if found is not None:
                return found
    return None


def _span(mark: _Placed, anchor: Anchor, room: float = _ROOM) -> tuple[float, float]:
    return (mark.x - room, mark.x + mark.width + 6) if anchor == "start" else (mark.x - mark.width - 6, mark.x + room)


def _fits(mark: _Placed, anchor: Anchor, width: float) -> bool:
    left, right = _span(mark, anchor)
    return left >= -_EDGE and right <= width + _EDGE


def _apart(one: _Placed, place: tuple[int, Anchor], other: _Placed, there: tuple[int, Anchor], room: float) -> bool:
    if place[0] == there[0]:
        (left, right), (left2, right2) = _span(one, place[1]), _span(other, there[1])
        return right <= left2 or right2 <= left
    upper, low, anchor = (one, other, there[1]) if place[0] > there[0] else (other, one, place[1])
    left, right = _span(low, anchor, room)
    return not left < upper.x < right


def _ticks(  # noqa: PLR0917 - private, called once
    start: datetime, end: datetime, paper: Paper, x: Place, y: float, width: float
) -> Iterator[Label]:
    span = (end - start) / timedelta(minutes=1)
    step = next((step for step in _STEPS_MIN if span / step <= _MOST_TICKS), _STEPS_MIN[-1])
    first = start.astimezone(paper.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    skipped = int((start - first) / timedelta(minutes=step))
    ticks = [first + timedelta(minutes=step * count) for count in range(skipped, skipped + 3 * _MOST_TICKS)]
    shown = [at for at in ticks if start <= at <= end]
    written = 0.0
    for before, at in pairwise([None, *shown]):
        if at is None:
            continue
        text = _tick_text(at.astimezone(paper.zone), before.astimezone(paper.zone) if before else None, step, paper)
        place = x(at)
        half = len(text) * 3.6
        if max(_EDGE, written) + half < place < width - _EDGE - half:
            written = place + half
            yield Label(x=place, y=y, text=text, anchor="middle")


def _tick_text(at: datetime, before: datetime | None, step: int, paper: Paper) -> str:
    if step < wording.DAY:
        return paper.near_day(at, at.year) if (at.hour, at.minute) == (0, 0) else paper.clock(at)
    return paper.near_day(at, before.year if before else None)
