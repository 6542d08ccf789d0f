"""What was said to the customer, talk by talk: the words stand with the step that a talk began with (R12, R20).

The field of the words, `recovery.wording`, is for the talk that comes next. A record of before says in it what was said
last, and keeps no words with its steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from postmortem.record.edit import changed, readdressed

if TYPE_CHECKING:
    from postmortem.record.incident import Incident

FIELD: Final = "recovery.wording"
"""Where the words of the next talk stand."""
_EVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Talk:
    """What was said in one talk.

    Attributes:
        step: The id of the step it began with; empty where the record does not say.
        place: Where its words stand, as `record.edit` writes places.
        at: When; `None` where the record does not say.
        channel: By which way.
        by: By whom, as a role.
        words: The words, as they stood.
    """

    step: str
    place: str
    at: datetime | None
    channel: str
    by: str
    words: str


def had(incident: Incident) -> tuple[Talk, ...]:
    """The talks whose words are kept, in the order of time.

    Examples:
        >>> from postmortem.record.incident import Incident, Recovery, RecoveryStep
        >>> told = RecoveryStep(id="admit", status="done", channel="phone", words="We cut your line.")
        >>> [(talk.step, talk.words) for talk in had(Incident(title="Off", recovery=Recovery(steps=(told,))))]
        [('admit', 'We cut your line.')]
        >>> before = Recovery(wording="We cut your line.", steps=(RecoveryStep(id="admit", status="done"),))
        >>> old = Incident(title="Off", told_at="2026-03-11T12:00Z", recovery=before)
        >>> [(talk.step, talk.words) for talk in had(old)]
        [('', 'We cut your line.')]
    """
    said = incident.recovery
    if _is_of_before(incident):
        return (Talk("", FIELD, None, "", "", said.wording.strip()),)
    done = [step for step in said.steps if step.status == "done" and step.words.strip()]
    return tuple(
        Talk(step.id, words_at(step.id), step.at, step.channel, step.by, step.words.strip())
        for step in sorted(done, key=lambda step: step.at or _EVER)
    )


def to_come(incident: Incident) -> str:
    """The words for the talk that comes next; empty where the field says what was said."""
    return "" if _is_of_before(incident) else incident.recovery.wording.strip()


def told(incident: Incident) -> tuple[str, ...]:
    """The words of all talks; where there was none, those for the talk that comes next."""
    return tuple(talk.words for talk in had(incident)) or tuple(filter(None, (to_come(incident),)))


def words_at(step: str) -> str:
    """Where the words of the talk stand that began with a step."""
    return f"recovery.steps.{step}.words"


def _is_of_before(incident: Incident) -> bool:
    """Whether the field says what was said last: they were told, and no words are kept with any step."""
    said = incident.recovery
    if incident.told_at is None or not said.wording.strip() or any(step.words.strip() for step in said.steps):
        return False
    return any(step.status == "done" for step in said.steps)


def keep(incident: Incident, step: str) -> Incident:
    """The words in the field were said in the talk that began with a step: they stand there, and the field is free.

    What was put away of them, and what others wrote instead, goes with them. Words that stood with the step stay above.

    Examples:
        >>> from postmortem.record.incident import Incident, Recovery, RecoveryStep
        >>> off = Incident(title="Off", recovery=Recovery(wording="We cut it. ", steps=(RecoveryStep(id="admit"),)))
        >>> said = keep(off, "admit").recovery
        >>> said.wording, said.steps[0].words
        ('', 'We cut it.')
    """
    words = incident.recovery.wording.strip()
    stood = _words_of(incident, step)
    if not words or stood is None:
        return incident
    both = "\n\n".join(dict.fromkeys(filter(None, (stood.strip(), words))))
    return readdressed(_with(incident, step, both, ""), FIELD, words_at(step))


def take_back(incident: Incident, step: str) -> Incident:
    """The words that stand with a step are for the next talk again, where the field is free; else they stay there."""
    words = _words_of(incident, step)
    if not words or incident.recovery.wording.strip():
        return incident
    return readdressed(_with(incident, step, "", words), words_at(step), FIELD)


def before_said(base: Incident, one: Incident, other: Incident) -> Incident:
    """One side of a merge as if the words that it has said stood in the field still, where the other wrote on there.

    So both stay: what was said with its step, and in the field what was written there since.

    Args:
        base: What both started from.
        one: Who said the words.
        other: Who may have gone on writing in the field.
    """
    words, kept = base.recovery.wording, {step.id: step.words for step in base.recovery.steps}
    was_said = any(step.words and step.words != kept.get(step.id, "") for step in one.recovery.steps)
    if one.recovery.wording or not words or not was_said or other.recovery.wording in {words, ""}:
        return one
    return changed(one, recovery=changed(one.recovery, wording=words))


def _words_of(incident: Incident, step: str) -> str | None:
    return next((item.words for item in incident.recovery.steps if item.id == step), None)


def _with(incident: Incident, step: str, words: str, wording: str) -> Incident:
    said = incident.recovery
    steps = tuple(changed(item, words=words) if item.id == step else item for item in said.steps)
    return changed(incident, recovery=changed(said, steps=steps, wording=wording))
