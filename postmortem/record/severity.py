"""How bad it is (R6 to R8): computed from answers, shown with its reasons; the worst answer wins."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from postmortem.record.vocabulary import SEVERITIES, Severity

if TYPE_CHECKING:
    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook
    from postmortem.record.rules import Level, SeverityQuestion


_NO_ANSWER = {"", "not known", "not known yet"}


@dataclass(frozen=True, slots=True)
class Reason:
    """One answer and the level it stands for."""

    question: str
    ask: str
    answer: str
    level: Severity


@dataclass(frozen=True, slots=True)
class Assessment:
    """The level of an incident and where it comes from.

    Attributes:
        level: The level in force: a person's own if there is one, else the computed one.
        computed: What the answers say; `None` while nothing is answered.
        reasons: Every answer with its level, the worst first.
        open_questions: What is not answered or not known; it never raises the level.
        overridden: Whether a person set another level (R8).
    """

    level: Severity | None
    computed: Severity | None
    reasons: tuple[Reason, ...]
    open_questions: tuple[str, ...]
    overridden: bool


def assess(incident: Incident, playbook: Playbook) -> Assessment:
    """The severity of an incident under a playbook.

    Examples:
        >>> from postmortem.record.incident import Impact, Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> leak = Incident(title="Gas valve left open", impact=Impact(harm="none", potential_harm="life-threatening"))
        >>> assess(leak, default_playbook()).level
        'critical'
    """
    reasons: list[Reason] = []
    unanswered: list[str] = []
    for question in playbook.severity.questions:
        reason = _reason(incident, question)
        if reason is None:
            unanswered.append(question.id)
        else:
            reasons.append(reason)
    reasons.sort(key=lambda reason: -rank(reason.level))
    computed = reasons[0].level if reasons else None
    own = incident.evaluation.level
    return Assessment(
        level=own or computed,
        computed=computed,
        reasons=tuple(reasons),
        open_questions=tuple(unanswered),
        overridden=own is not None and own != computed,
    )


def rank(level: Severity | None) -> int:
    """Where a level stands, 0 for minor to 3 for critical; -1 for none."""
    return SEVERITIES.index(level) if level else -1


def depth(incident: Incident, playbook: Playbook) -> Level:
    """What the incident's level asks for (R7); as for a moderate one while no level is known."""
    return playbook.severity.levels[assess(incident, playbook).level or "moderate"]


def _reason(incident: Incident, question: SeverityQuestion) -> Reason | None:
    if question.field:
        value = getattr(incident.impact, question.field)
        if value is None:
            return None
    else:
        replies = {reply.question: reply.answer for reply in incident.evaluation.replies}
        value = replies.get(question.id)
    if question.over:
        amount = _amount(value)
        level = None if amount is None else _level_of_amount(amount, question)
        unknown = amount is None
    else:
        level = question.levels.get(str(value))
        unknown = value is None or (level is None and str(value).strip() in _NO_ANSWER)
    if unknown:
        return None
    return Reason(question.id, question.ask, f"{value:g}" if isinstance(value, float) else str(value), level or "minor")


def _amount(value: object) -> float | None:
    try:
        amount = float(str(value))
    except ValueError:
        return None
    return amount if isfinite(amount) else None


def _level_of_amount(value: float, question: SeverityQuestion) -> Severity | None:
    passed = [level for level in SEVERITIES if level in question.over and value > question.over[level]]
    return passed[-1] if passed else None
