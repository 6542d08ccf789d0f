"""What people say of a meeting when it is over, so that nobody can tell who said what.

An answer bears no name. Its id is given from outside, by chance, and the answers stand in the order of their ids: so
the record does not tell in which order they were handed in. The history still tells when each was added; whoever saves
one does it under nobody's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from postmortem.record.edit import put
from postmortem.record.errors import PostmortemError
from postmortem.record.parts import Feedback

if TYPE_CHECKING:
    from postmortem.record.incident import Incident
    from postmortem.record.vocabulary import YesNo


@dataclass(frozen=True, slots=True)
class Tally:
    """The answers together.

    Attributes:
        answers: How many people answered anything.
        learned: How many said yes, and how many said yes or no.
        again: The same for the second question.
        notes: What would have made it better, in the order of the alphabet.
    """

    answers: int
    learned: tuple[int, int]
    again: tuple[int, int]
    notes: tuple[str, ...]


def answer(
    incident: Incident, name: str, *, learned: YesNo | None = None, again: YesNo | None = None, note: str = ""
) -> Incident:
    """Hand in one person's answers.

    Args:
        incident: The record; it stays as it is.
        name: The id of the answer, by chance, such as `f-7c1e9a`.
        learned: Did you learn something?
        again: Would you come again?
        note: What would have made it better.

    Raises:
        PostmortemError: If nothing was answered, or there is an answer of this id.

    Examples:
        >>> from postmortem.record.incident import Incident
        >>> told = answer(Incident(title="Late"), "f-b2", learned="yes", again="yes")
        >>> told = answer(told, "f-a1", learned="no", note="Start on time")
        >>> tally(told)
        Tally(answers=2, learned=(1, 2), again=(1, 1), notes=('Start on time',))
    """
    note = " ".join(note.split())
    if learned is None and again is None and not note:
        raise PostmortemError("Answer one of the questions first; one is enough.")
    if any(given.id == name for given in incident.feedback):
        raise PostmortemError(f"there is an answer {name!r} already")
    given = Feedback(id=name, learned=learned, again=again, note=note)
    return put(incident, "feedback", tuple(sorted((*incident.feedback, given), key=lambda it: it.id)))


def tally(incident: Incident) -> Tally:
    """The answers of a record, counted."""
    learned = [it.learned for it in incident.feedback if it.learned]
    again = [it.again for it in incident.feedback if it.again]
    return Tally(
        answers=len(incident.feedback),
        learned=(learned.count("yes"), len(learned)),
        again=(again.count("yes"), len(again)),
        notes=tuple(sorted((it.note for it in incident.feedback if it.note), key=str.casefold)),
    )
