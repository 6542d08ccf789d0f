"""The meeting's clock: where it is, how long it has been there, and when it ends at this pace. It never warns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from postmortem.record.edit import changed
from postmortem.record.errors import PostmortemError
from postmortem.record.parts import Entry, Meeting
from postmortem.record.playbook import STAGES, StageId

if TYPE_CHECKING:
    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook


@dataclass(frozen=True, slots=True)
class Share:
    """One stage's share of the meeting.

    Attributes:
        minutes: What the playbook suggests, at the length of this meeting.
        spent: Minutes spent in it so far, in all visits.
        here: Whether the meeting is there now.
    """

    stage: StageId
    minutes: float
    spent: float
    here: bool


@dataclass(frozen=True, slots=True)
class Clock:
    """The meeting at one moment.

    Attributes:
        begun_at: When it was started.
        minutes: How long it shall take.
        elapsed: Minutes since the start.
        shares: The seven stages in order.
        ends_at: When it ends if the stage it is in and those after it take what is left of their shares.
    """

    begun_at: datetime
    minutes: float
    elapsed: float
    shares: tuple[Share, ...]
    ends_at: datetime


def length(incident: Incident, playbook: Playbook) -> float:
    """How long the meeting shall take, in minutes: as it was planned, else as long as the stages together."""
    planned = incident.meeting.minutes
    return planned or sum(playbook.stages[stage].minutes for stage in STAGES)


def start(incident: Incident, at: datetime, *, by: str, stage: StageId = "tell") -> Incident:
    """Start the clock, or start it again.

    Args:
        incident: The record; it stays as it is.
        at: Now; aware.
        by: Who starts it: that person's way through the stages is the meeting's.
        stage: Where the meeting begins.

    Raises:
        PostmortemError: If there is no such stage.

    Examples:
        >>> from datetime import UTC, datetime
        >>> from postmortem.record.incident import Incident
        >>> start(Incident(title="Late"), datetime(2026, 3, 2, 13, tzinfo=UTC), by="Ana").meeting.begun_by
        'Ana'
    """
    _known(stage)
    return _with(incident, begun_at=at, begun_by=by, entered=(Entry(stage=stage, at=at),))


def stop(incident: Incident) -> Incident:
    """Take the clock away; when each stage was entered stays."""
    return _with(incident, begun_at=None, begun_by="")


def enter(incident: Incident, stage: StageId, at: datetime, *, by: str) -> Incident:
    """Say that the meeting has come to a stage; says nothing where no clock runs or somebody else leads.

    Raises:
        PostmortemError: If there is no such stage.
    """
    _known(stage)
    meeting = incident.meeting
    if meeting.begun_at is None or meeting.begun_by != by or (meeting.entered and meeting.entered[-1].stage == stage):
        return incident
    return _with(incident, entered=(*meeting.entered, Entry(stage=stage, at=at)))


def clock(incident: Incident, playbook: Playbook, now: datetime) -> Clock | None:
    """Where the meeting is; `None` where no clock runs.

    Args:
        incident: The record.
        playbook: For the suggested shares.
        now: The moment of the question; aware. A moment before the start counts as the start.

    Examples:
        >>> from datetime import UTC, datetime, timedelta
        >>> from postmortem.record.incident import Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> begun = datetime(2026, 3, 2, 13, tzinfo=UTC)
        >>> late = start(Incident(title="Late"), begun, by="Ana")
        >>> told = clock(late, default_playbook(), begun + timedelta(minutes=12))
        >>> told.elapsed, told.shares[0].minutes, f"{told.ends_at:%H:%M}"
        (12.0, 10.0, '14:02')
    """
    meeting = incident.meeting
    if meeting.begun_at is None:
        return None
    now = max(now, meeting.begun_at)
    spent = dict.fromkeys(STAGES, 0.0)
    # Of a stage that the team's playbook of then had and this one has not, only the time is gone.
    visits = [entry for entry in meeting.entered if entry.at >= meeting.begun_at]
    # Where two started the clock at once, or it was taken over from elsewhere, there may be no visit yet.
    for entry, left_at in zip(visits, [*(entry.at for entry in visits[1:]), now], strict=False):
        for stage in STAGES:
            if stage == entry.stage:
                spent[stage] += max(0.0, (min(left_at, now) - entry.at).total_seconds() / 60)
    here: StageId = next((stage for stage in STAGES if visits and stage == visits[-1].stage), "tell")
    whole = length(incident, playbook)
    scale = whole / sum(playbook.stages[stage].minutes for stage in STAGES)
    shares = tuple(
        Share(stage, playbook.stages[stage].minutes * scale, spent[stage], stage == here) for stage in STAGES
    )
    at = STAGES.index(here)
    left = max(0.0, shares[at].minutes - shares[at].spent)
    left += sum(max(0.0, share.minutes - share.spent) for share in shares[at + 1 :])
    elapsed = (now - meeting.begun_at).total_seconds() / 60
    return Clock(meeting.begun_at, whole, elapsed, shares, now + timedelta(minutes=left))


def _known(stage: str) -> None:
    if stage not in STAGES:
        raise PostmortemError(f"there is no stage {stage!r}; there are: {', '.join(STAGES)}")


def _with(incident: Incident, **changes: object) -> Incident:
    meeting: Meeting = changed(incident.meeting, **changes)
    return changed(incident, meeting=meeting)
