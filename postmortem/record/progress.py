"""How far a record has come through the seven stages of the retrospective."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from postmortem.record.playbook import STAGES, StageId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from postmortem.record.incident import Incident
    from postmortem.record.review.finding import Finding


@dataclass(frozen=True, slots=True)
class StageProgress:
    """One stage as it stands.

    Attributes:
        started: Whether anything was written in it.
        missing: How many findings ask for something (hints are not counted).
    """

    stage: StageId
    started: bool
    missing: int

    @property
    def word(self) -> str:
        """One word or two for the stage bar."""
        if not self.started:
            return "not started"
        return f"{self.missing} to look at" if self.missing else "done"


def progress(incident: Incident, findings: Sequence[Finding]) -> tuple[StageProgress, ...]:
    """Every stage with what was written and what is missing.

    Args:
        incident: The record.
        findings: What `review` said of it.
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
        "review": incident.state in {"acting", "closed"} or bool(incident.learned),
    }
    asked = {stage: sum(finding.stage == stage and finding.level != "hint" for finding in findings) for stage in STAGES}
    return tuple(StageProgress(stage, started[stage], asked[stage]) for stage in STAGES)
