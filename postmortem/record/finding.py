"""One finding about a record, and how findings are put in order."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

from postmortem.record.playbook import STAGES, StageId

if TYPE_CHECKING:
    from collections.abc import Iterable

Severeness = Literal["error", "warning", "hint"]
_ORDER: tuple[Severeness, ...] = ("error", "warning", "hint")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a careful reader would ask.

    Attributes:
        rule: The rule of the playbook, such as `R26`.
        level: `error`: the record can't stand in its state, or close, with it; `warning`: look at it; `hint`: a
            thought, never in the way.
        where: The field it is about, as a path for `record.edit.put`; empty where it is about the whole record.
        message: What was found, as a sentence.
        remedy: What would do.
        stage: The stage of the retrospective in which it is mended.
    """

    rule: str
    level: Severeness
    where: str
    message: str
    remedy: str
    stage: StageId

    def as_dict(self, incident_id: str) -> dict[str, str]:
        """The finding as the `check` command prints it."""
        told = asdict(self)
        return {"incident_id": incident_id, **{name: told[name] for name in _PRINTED}}


_PRINTED = ("rule", "level", "where", "message", "remedy", "stage")


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Needed ones first; within a level by stage, in the order in which they were found."""
    return tuple(sorted(findings, key=lambda finding: (_ORDER.index(finding.level), STAGES.index(finding.stage))))
