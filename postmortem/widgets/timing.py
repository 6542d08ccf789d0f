"""The meeting's clock on screen: what the browser counts from, and starting and stopping it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from postmortem.record import clock
from postmortem.record.base import zone
from postmortem.record.playbook import STAGES, StageId

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from postmortem.widgets.blocks import Block
    from postmortem.widgets.meeting import Retrospective


def clock_of(meeting: Retrospective) -> Block:
    """What the clock is drawn from. It changes only when somebody starts it or another stage is entered.

    Times are milliseconds since 1970, as browsers count them; `before` and `after` are minutes: spent in this stage
    on earlier visits, and left of the stages that follow.
    """
    incident, playbook = meeting.incident, meeting.playbook
    begun = incident.meeting.begun_at
    minutes = clock.length(incident, playbook)
    if begun is None:
        return {"begun": None, "minutes": round(minutes)}
    entered = max((entry.at for entry in incident.meeting.entered), default=begun)
    told = clock.clock(incident, playbook, entered)
    shares = told.shares if told else ()
    here = next((share for share in shares if share.here), None)
    later = shares[STAGES.index(here.stage) + 1 :] if here else ()
    return {
        "begun": _ms(begun.timestamp()),
        "day": f"{begun.astimezone(zone(incident.zone)):%d %b %Y %H:%M}",
        "minutes": minutes,
        "entered": _ms(entered.timestamp()),
        "before": here.spent if here else 0.0,
        "after": sum(max(0.0, share.minutes - share.spent) for share in later),
        "shares": [
            {
                "id": share.stage,
                "name": playbook.stages[share.stage].name,
                "minutes": share.minutes,
                "spent": share.spent,
                "here": share.here,
            }
            for share in shares
        ],
        "zone": incident.zone,
        "mine": incident.meeting.begun_by == meeting.by,
        "skew": _skew(meeting.now()),
    }


def _skew(now: datetime) -> int:
    """Milliseconds from the machine's clock to the one that counts here, which may be a told one."""
    apart = now - datetime.now(UTC)
    return 0 if abs(apart) < timedelta(minutes=1) else _ms(apart.total_seconds())


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def entered(meeting: Retrospective, stage: StageId) -> None:
    """Keep that the meeting came to a stage, where its clock runs and the one who leads it went there."""
    meeting.quietly(clock.enter, stage, meeting.now(), by=meeting.by)


def start(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Start the clock at the stage that is shown."""
    stage: StageId = next((name for name in STAGES if name == args.get("stage")), "tell")
    meeting.quietly(clock.start, meeting.now(), by=meeting.by, stage=stage)
    return ""


def stop(meeting: Retrospective, _args: Mapping[str, Any]) -> str:
    """Take the clock away."""
    meeting.quietly(clock.stop)
    return ""


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {"start-clock": start, "stop-clock": stop}
