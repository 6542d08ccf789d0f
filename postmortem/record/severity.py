"""How bad it is (R6 to R8): computed from answers, shown with its reasons; the worst answer wins."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import TYPE_CHECKING, Any, get_args

from postmortem.record import phrases
from postmortem.record.errors import Problem, near, twice, unknown
from postmortem.record.parts import Impact
from postmortem.record.vocabulary import SEVERITIES, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook
    from postmortem.record.rules import Level, SeverityQuestion, SeverityRules


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
        level: The level in force: a person's own if there is one that counts, else the computed one.
        computed: What the answers say; `None` while nothing is answered.
        reasons: Every answer with its level, the worst first.
        open_questions: What is not answered or not known; it never raises the level.
        overridden: Whether a person set another level (R8).
        unexplained: Whether that one lacks its reason or its name. It stays written; a lower one counts only with both.
    """

    level: Severity | None
    computed: Severity | None
    reasons: tuple[Reason, ...]
    open_questions: tuple[str, ...]
    overridden: bool
    unexplained: bool = False


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
    said = incident.evaluation
    own = said.level
    overridden = own is not None and own != computed
    unexplained = overridden and not (said.reason.strip() and said.by.strip())
    return Assessment(
        level=computed if unexplained and rank(own) < rank(computed) else own or computed,
        computed=computed,
        reasons=tuple(reasons),
        open_questions=tuple(unanswered),
        overridden=overridden,
        unexplained=unexplained,
    )


def by_hand(incident: Incident, assessment: Assessment) -> str:
    """What is to be said of a level that a person set beside the computed one; empty where nobody did (R8).

    Examples:
        >>> from postmortem.record.incident import Evaluation, Impact, Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> leak = Incident(title="Gas", impact=Impact(harm="injury"), evaluation=Evaluation(level="minor"))
        >>> by_hand(leak, assess(leak, default_playbook()))
        'minor was set by hand, and counts once a reason and a name stand beside it'
    """
    own = incident.evaluation.level
    if not assessment.overridden or own is None:
        return ""
    if assessment.level != own:
        return f"{own} was set by hand, and counts once a reason and a name stand beside it"
    reason = incident.evaluation.reason.strip() or "no reason given"
    return f"set by hand: {reason}; the answers say {assessment.computed or 'nothing yet'}"


def rank(level: Severity | None) -> int:
    """Where a level stands, 0 for minor to 3 for critical; -1 for none."""
    return SEVERITIES.index(level) if level else -1


def in_force(incident: Incident, playbook: Playbook) -> Severity:
    """The level whose rules count: the incident's own; as for a moderate one while no level is known (R7, R19)."""
    return assess(incident, playbook).level or "moderate"


def depth(incident: Incident, playbook: Playbook) -> Level:
    """What the incident's level asks for (R7)."""
    return playbook.severity.levels[in_force(incident, playbook)]


def _reason(incident: Incident, question: SeverityQuestion) -> Reason | None:
    value = getattr(incident.impact, question.field) if question.field else _reply(incident, question)
    if value is None:
        return None
    level: Severity | None
    if question.over:
        amount = _amount(value)
        if amount is None:
            return None
        level = _level_of_amount(amount, question)
    else:
        # What stands in a field is one of its words; what is said to a team's own question may be anything.
        value = value if question.field else choice(question, str(value))
        if not value:
            return None
        level = question.levels.get(str(value))
    return Reason(question.id, question.ask, f"{value:g}" if isinstance(value, float) else str(value), level or "minor")


def _reply(incident: Incident, question: SeverityQuestion) -> str | None:
    """What was said to a question of the team's own; `None` where nothing was."""
    return next((reply.answer for reply in incident.evaluation.replies if reply.question == question.id), None)


def choice(question: SeverityQuestion, said: str) -> str:
    """The answer that is meant, as the playbook writes it, however it is written; empty where it is none of them.

    Examples:
        >>> from postmortem.record.rules import SeverityQuestion
        >>> press = SeverityQuestion(id="press", ask="Did the press ask?", levels={"yes": "serious"})
        >>> choice(press, " YES"), choice(press, "No"), choice(press, "perhaps")
        ('yes', 'no', '')
    """
    meant = said.strip().casefold()
    return next((answer for answer in question.choices if answer.strip().casefold() == meant), "")


@dataclass(frozen=True, slots=True)
class Unclear:
    """What was said to a question of the team's own and is no answer to it: the question stays open.

    Attributes:
        said: The words.
        near: The answer that is most likely meant; empty where none is near.
    """

    question: SeverityQuestion
    said: str
    near: str


def unclear(incident: Incident, playbook: Playbook) -> tuple[Unclear, ...]:
    """The replies that are no answers, so that somebody looks again; not those that say it is not known (R6)."""
    return tuple(
        Unclear(question, said.strip(), near(said.strip(), question.choices))
        for question in playbook.severity.questions
        if not question.field and (said := _reply(incident, question)) is not None
        if not phrases.is_not_known(said)
        if (_amount(said) is None if question.over else not choice(question, said))
    )


def _amount(value: object) -> float | None:
    try:
        amount = float(str(value))
    except ValueError:
        return None
    return amount if isfinite(amount) else None


def _level_of_amount(value: float, question: SeverityQuestion) -> Severity | None:
    passed = [level for level in SEVERITIES if level in question.over and value > question.over[level]]
    return passed[-1] if passed else None


# -- the section of the playbook ---------------------------------------------------------------------------------------


def problems_of(rules: SeverityRules) -> list[Problem]:
    """What will not do in the questions: fields and answers that nobody knows, amounts that fall, harm not first (R6).

    Args:
        rules: The section.
    """
    problems = twice("severity.questions", [question.id for question in rules.questions])
    for question in rules.questions:
        place = f"severity.questions.{question.id}"
        if question.field and question.field not in Impact.model_fields:
            problems.append(unknown(f"{place}.field", question.field, Impact.model_fields))
        else:
            problems += _answers(place, question)
            problems += _amounts(place, question)
    return [*problems, *_harm_first(rules.questions)]


def _answers(place: str, question: SeverityQuestion) -> Iterator[Problem]:
    answers = _words_of(Impact.model_fields[question.field].annotation) if question.field else ()
    if bool(question.levels) == bool(question.over):
        yield Problem(place, "expected either levels or over", "levels for words, over for amounts")
    elif answers and question.over:
        yield Problem(f"{place}.over", f"{question.field} is no amount", "use levels")
    elif question.field and question.levels and not answers:
        yield Problem(f"{place}.levels", f"{question.field} is an amount", "use over")
    if answers:
        yield from (unknown(f"{place}.levels.{it}", it, answers) for it in question.levels if it not in answers)
    if question.answers and (question.field or question.over):
        yield Problem(f"{place}.answers", "only a question of your own in words has answers", "leave it out")
    said = [answer.strip().casefold() for answer in (*question.levels, *question.answers)]
    yield from twice(f"{place}.levels", said)


def _amounts(place: str, question: SeverityQuestion) -> Iterator[Problem]:
    """Levels that begin at less than a milder one does: the milder one could never be the answer."""
    begins = [(level, question.over[level]) for level in SEVERITIES if level in question.over]
    for (milder, more), (worse, less) in pairwise(begins):
        if less < more:
            found = f"{worse} begins over {less:g}, and {milder} only over {more:g}"
            yield Problem(f"{place}.over.{worse}", found, "a worse level begins at more")


def _harm_first(questions: Sequence[SeverityQuestion]) -> Iterator[Problem]:
    """R6: harm to a person is asked first, and alone can make it critical."""
    place, harm = "severity.questions", next((it for it in questions if it.field == "harm"), None)
    if harm is None:
        first = 'put one with field = "harm" first; to keep those there are, write [severity.questions] with add = […]'
        yield Problem(place, "none asks whether a person was harmed (R6)", first)
        return
    if harm is not questions[0]:
        yield Problem(f"{place}.{harm.id}", "harm to a person is asked first (R6)", "put it at the beginning")
    if harm.levels and "critical" not in harm.levels.values():
        found = "no answer makes it critical, and harm to a person alone can (R6)"
        yield Problem(f"{place}.{harm.id}.levels", found, 'as in life-threatening = "critical"')


def _words_of(annotation: Any) -> tuple[str, ...]:  # noqa: ANN401 - a type expression
    """The words that a field takes; none where it takes anything else."""
    parts = [part for part in get_args(annotation) if part is not type(None)]
    words = [word for part in parts for word in get_args(part)]
    return tuple(words) if words and all(isinstance(word, str) for word in words) else ()
