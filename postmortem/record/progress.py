"""How far a record has come through the seven stages of the retrospective."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from postmortem.record import gates
from postmortem.record.playbook import STAGES, StageId
from postmortem.record.recovery import steps

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook
    from postmortem.record.review.finding import Finding


@dataclass(frozen=True, slots=True)
class StageProgress:
    """One stage as it stands.

    Attributes:
        started: Whether anything was written in it.
        missing: How many findings ask for something.
        hints: How many are a thought only.
        to_do: How many steps with the customer are still to do.
        late: How many steps with the customer are past their time and still to do (R19).
        to_close: Of the last stage: how many gates closing still waits at; `None` where the record is closed (R39).
    """

    stage: StageId
    started: bool
    missing: int
    hints: int = 0
    to_do: int = 0
    late: int = 0
    to_close: int | None = None

    @property
    def word(self) -> str:
        """One word or two for the stage bar."""
        if not self.started:
            return "not started"
        if self.late:
            return f"{self.late} late"
        if self.missing:
            return f"{self.missing} to look at"
        if self.to_do:
            return f"{self.to_do} to do"
        if self.to_close is not None:
            return f"{self.to_close} to do" if self.to_close else "can close"
        return f"{self.hints} to look at" if self.hints else "done"

    @property
    def done(self) -> bool:
        """Whether it was begun and nothing is asked for any more."""
        return self.started and not (self.missing or self.to_do or self.hints) and self.to_close is None


def progress(
    incident: Incident, findings: Sequence[Finding], playbook: Playbook, now: datetime
) -> tuple[StageProgress, ...]:
    """Every stage with what was written and what is missing.

    Args:
        incident: The record.
        findings: What `review` said of it.
        playbook: The rules in force.
        now: What is late is late by now.
    """
    impact, recovery = incident.impact, incident.recovery
    started: dict[StageId, bool] = {
        "tell": bool(incident.summary or incident.timeline or impact.happened or incident.occurred_at),
        "evaluate": any(
            (impact.harm, impact.potential_harm, impact.trust, impact.reputation, incident.evaluation.level)
        ),
        "recover": bool(recovery.steps or recovery.wording or recovery.channel or recovery.compensation),
        "why": bool(incident.whys),
        "classify": any(cause.category for cause in incident.causes),
        "act": bool(incident.actions),
        "review": incident.state in {"acting", "reopened", "closed"} or bool(incident.learned),
    }
    asked = {stage: sum(finding.stage == stage and finding.level != "hint" for finding in findings) for stage in STAGES}
    hints = {stage: sum(finding.stage == stage for finding in findings) - asked[stage] for stage in STAGES}
    open_steps = [step for step in steps(incident, playbook, now) if step.is_open and not step.is_part]
    late = sum(step.is_late for step in open_steps)
    told = {stage: StageProgress(stage, started[stage], asked[stage], hints[stage]) for stage in STAGES}
    told["recover"] = replace(told["recover"], to_do=len(open_steps), late=late)
    if started["review"] and incident.state != "closed":
        waits = {gap.gate for gap in gates.missing(incident, playbook, now, "closed")}
        told["review"] = replace(told["review"], to_close=len(waits))
    return tuple(told.values())
