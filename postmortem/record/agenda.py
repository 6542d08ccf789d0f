"""A meeting before it begins: how long, what comes when, who speaks in which order, and what to have ready."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from postmortem.record import clock, days, moments
from postmortem.record.facilitation import filled
from postmortem.record.playbook import STAGES, StageId
from postmortem.record.review import review
from postmortem.record.severity import assess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook
    from postmortem.record.review import Finding
    from postmortem.record.vocabulary import Severity

STORY: Final[tuple[StageId, ...]] = STAGES[:4]
"""What happened and why: most of the hour belongs here (P)."""

BEFORE: Final[tuple[StageId, ...]] = STAGES[:3]
"""What can be made ready before the meeting; the rest is the meeting's own work."""


@dataclass(frozen=True, slots=True)
class Item:
    """One stage in the agenda.

    Attributes:
        minutes: Its share, whole minutes.
        from_min: Minutes after the start at which it begins.
        begins_at: When it begins; `None` where no start is planned.
        ends_at: When it ends.
        ask: The question to ask.
        speaks: Who speaks.
    """

    stage: StageId
    name: str
    minutes: int
    from_min: int
    begins_at: datetime | None
    ends_at: datetime | None
    ask: str
    speaks: str


@dataclass(frozen=True, slots=True)
class Invited:
    """A role that the record names, and how it comes into it.

    Attributes:
        there: Whether it saw or did something then: who was there tells first.
        senior: How late it speaks: 0, or more for a role with a word of the playbook's list.
    """

    role: str
    because: str
    there: bool = False
    senior: int = 0


@dataclass(frozen=True, slots=True)
class Ready:
    """Something to look at before the meeting.

    Attributes:
        where: The field it is about; empty where it is about no single one.
    """

    stage: StageId
    where: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Agenda:
    """The meeting as it is planned.

    Attributes:
        minutes: How long it takes, whole minutes.
        proposed: How long a meeting on something this bad is proposed to take; `None` while nobody knows how bad it is.
        severity: How bad it is.
        story_min: Minutes for what happened and why.
        items: The seven stages.
        ready: What to look at before.
    """

    minutes: int
    proposed: int | None
    severity: Severity | None
    story_min: int
    begins_at: datetime | None
    ends_at: datetime | None
    items: tuple[Item, ...]
    ready: tuple[Ready, ...]


def shares(weights: tuple[float, ...], whole: int) -> tuple[int, ...]:
    """Whole minutes in proportion to weights, whose sum is exact: the largest remainders get what is left.

    Everybody gets a minute where there are enough of them.

    Args:
        weights: Positive.
        whole: Minutes to share.

    Examples:
        >>> shares((10, 5, 8, 17, 6, 10, 4), 60)
        (10, 5, 8, 17, 6, 10, 4)
        >>> shares((10, 5, 8, 17, 6, 10, 4), 25)
        (4, 2, 3, 7, 3, 4, 2)
    """
    least = 1 if whole >= len(weights) else 0
    left = whole - least * len(weights)
    exact = [max(0.0, weight * whole / sum(weights) - least) for weight in weights]
    scale = left / sum(exact) if sum(exact) else 0.0
    given = [int(part * scale + 1e-9) for part in exact]
    rest = sorted(range(len(weights)), key=lambda at: (given[at] - exact[at] * scale, at))
    for at in rest[: left - sum(given)]:
        given[at] += 1
    return tuple(part + least for part in given)


def agenda(incident: Incident, playbook: Playbook, now: datetime) -> Agenda:
    """The plan of the meeting on an incident.

    Args:
        incident: The record, with its `meeting`.
        playbook: The stages and their minutes, and the section on meetings.
        now: For what the review says of the record; aware.

    Raises:
        ValueError: If `now` has no offset.

    Examples:
        >>> from datetime import UTC
        >>> from postmortem.record.incident import Incident, Meeting
        >>> from postmortem.record.playbook import default_playbook
        >>> start = datetime(2026, 3, 24, 14, tzinfo=UTC)
        >>> plan = agenda(Incident(title="Late", meeting=Meeting(starts_at=start)), default_playbook(), start)
        >>> plan.minutes, plan.story_min, f"{plan.items[3].begins_at:%H:%M}", f"{plan.ends_at:%H:%M}"
        (60, 40, '14:23', '15:00')
    """
    minutes = max(1, round(clock.length(incident, playbook)))
    begins_at = incident.meeting.starts_at
    items, passed = [], 0
    for stage, share in zip(STAGES, shares(tuple(playbook.stages[it].minutes for it in STAGES), minutes), strict=True):
        rules = playbook.stages[stage]
        items.append(
            Item(
                stage=stage,
                name=rules.name,
                minutes=share,
                from_min=passed,
                begins_at=_after(begins_at, passed),
                ends_at=_after(begins_at, passed + share),
                ask=rules.prompt,
                speaks=playbook.meeting.speaks.get(stage, ""),
            )
        )
        passed += share
    level = assess(incident, playbook).level
    return Agenda(
        minutes=minutes,
        proposed=playbook.meeting.minutes[level] if level else None,
        severity=level,
        story_min=sum(item.minutes for item in items if item.stage in STORY),
        begins_at=begins_at,
        ends_at=_after(begins_at, minutes),
        items=tuple(items),
        ready=tuple(_ready(incident, playbook, review(incident, playbook, now))),
    )


def _after(start: datetime | None, minutes: int) -> datetime | None:
    # Instants are in UTC: the night in which the clocks change has no hole here.
    return start + timedelta(minutes=minutes) if start is not None else None


def _ready(incident: Incident, playbook: Playbook, found: tuple[Finding, ...]) -> Iterator[Ready]:
    meeting = incident.meeting
    if not incident.timeline:
        told = "nothing is told in the order in which it happened"
        yield Ready("tell", "timeline", told, "ask whoever was there for three lines with times")
    if assess(incident, playbook).computed is None:
        yield Ready("evaluate", "impact.harm", "nobody has said yet how bad it was", "answer what is known already")
    was_there = {_key(who.role) for who in invited(incident, playbook) if who.there}
    leads, writes = _key(meeting.facilitator), _key(meeting.scribe)
    if leads and leads in was_there:
        told = f"{meeting.facilitator} was there when it happened"
        yield Ready("tell", "meeting.facilitator", told, "somebody who was not there leads more freely")
    if leads and leads == writes:
        yield Ready("tell", "meeting.scribe", "one person leads and writes", "ask a second one to write")
    for stage in BEFORE:
        for finding in found:
            if finding.stage == stage and finding.level != "hint":
                yield Ready(stage, finding.where, finding.message, finding.remedy)


def invited(incident: Incident, playbook: Playbook) -> tuple[Invited, ...]:
    """The roles that the record names, in the order in which they speak: who was there first, the most senior last.

    The customer is left out, also where a moment was seen by them.

    Args:
        incident: The record.
        playbook: For the words of roles that speak late.

    Examples:
        >>> from postmortem.record.incident import Incident, Moment
        >>> from postmortem.record.playbook import default_playbook
        >>> seen = (Moment(id="m1", text="Left", seen_by="Crew lead"), Moment(id="m2", text="Rang", seen_by="Desk"))
        >>> [who.role for who in invited(Incident(title="Late", timeline=seen), default_playbook())]
        ['Desk', 'Crew lead']
    """
    found: dict[str, Invited] = {}
    outside = {"customer", _key(incident.customer.name), ""}
    for role, because, there in _named(incident):
        key = _key(role)
        if key not in outside and key not in found:
            found[key] = Invited(" ".join(role.split()), because, there, _seniority(role, playbook.meeting.senior))
    return tuple(sorted(found.values(), key=lambda who: (who.senior, not who.there)))


def _named(incident: Incident) -> Iterator[tuple[str, str, bool]]:
    for moment in incident.timeline:
        yield moment.seen_by, "was there", True
    for step in incident.recovery.steps:
        yield step.by, "spoke with the customer", True
    yield incident.owner, "owns the recovery", False
    yield incident.recovery.escalation.handed_to, "took it over", False
    for action in incident.actions:
        yield action.owner, "has an action to do", False


def in_order(incident: Incident, playbook: Playbook) -> tuple[Invited, ...]:
    """Who is asked to come, in the order in which they speak; who the record does not name stands after the others.

    Args:
        incident: The record, with its `meeting`.
        playbook: For the words of roles that speak late.
    """
    known = {_key(who.role): who for who in invited(incident, playbook)}
    people = [
        known.get(_key(role)) or Invited(role, "is asked to come", senior=_seniority(role, playbook.meeting.senior))
        for role in incident.meeting.people
    ]
    place = {_key(who.role): at for at, who in enumerate(known.values())}
    return tuple(sorted(people, key=lambda who: (who.senior, not who.there, place.get(_key(who.role), len(place)))))


def _key(text: str) -> str:
    return " ".join(text.casefold().split())


def _seniority(role: str, words: tuple[str, ...]) -> int:
    said = set(re.findall(r"\w+", role.casefold()))
    return max((at for at, word in enumerate(words, start=1) if word.casefold() in said), default=0)


def day_text(at: datetime, name: str) -> str:
    """A day in a zone, for people.

    Examples:
        >>> from datetime import UTC
        >>> day_text(datetime(2026, 3, 24, 14, tzinfo=UTC), "Europe/London")
        'Tuesday 24 March 2026'
    """
    return moments.long_weekday(days.of(at, name))


def said(incident: Incident, plan: Agenda, playbook: Playbook, hide: Callable[[str], str]) -> Mapping[str, str]:
    """What stands in the blanks of the playbook's texts.

    Args:
        incident: The record.
        plan: Its agenda.
        playbook: For the ground rules.
        hide: Takes the customer out of a text: nothing that leaves the room by letter names them.
    """
    meeting = incident.meeting

    def plain(text: str) -> str:
        return hide(" ".join(text.split()))

    zone_name = incident.zone
    begins, ends = (moments.clock(at, zone_name) if at else "" for at in (plan.begins_at, plan.ends_at))
    stages = (
        f"  {moments.clock(item.begins_at, zone_name) if item.begins_at else f'{item.minutes:2} min'}  {item.name}: "
        f"{playbook.stages[item.stage].purpose}"
        for item in plan.items
        if item.minutes
    )
    return {
        "title": plain(incident.title),
        "record": incident.id,
        "day": day_text(plan.begins_at, incident.zone) if plan.begins_at else "",
        "begins": begins,
        "ends": ends,
        "minutes": str(plan.minutes),
        "where": plain(meeting.where),
        "facilitator": plain(meeting.facilitator),
        "scribe": plain(meeting.scribe),
        "people": ", ".join(plain(role) for role in meeting.people),
        "agenda": "\n".join(stages),
        "ground_rules": "\n".join(f"  - {rule}" for rule in playbook.meeting.ground_rules),
    }


def invitation(incident: Incident, plan: Agenda, playbook: Playbook, hide: Callable[[str], str]) -> str:
    """The text that is sent: the playbook's line above it, an empty line, and its invitation.

    Args:
        incident: The record.
        plan: Its agenda.
        playbook: Whose template it is.
        hide: Takes the customer out of a text.

    Examples:
        >>> from datetime import UTC
        >>> from postmortem.record.incident import Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> late, rules = Incident(title="Mill Lane was late"), default_playbook()
        >>> plan = agenda(late, rules, datetime(2026, 3, 2, tzinfo=UTC))
        >>> invitation(late, plan, rules, lambda text: text.replace("Mill Lane", "the customer")).splitlines()[0]
        'Looking back together: the customer was late'
    """
    words = said(incident, plan, playbook, hide)
    rules = playbook.meeting
    return f"{filled(rules.subject, words).strip()}\n\n{filled(rules.invitation, words).strip()}\n"
