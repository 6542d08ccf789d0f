"""The way to reach us that was given to the customer: never their own, a colleague's, a date or a record's id (R41)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from postmortem.record import people, procedures, recovery
from postmortem.record.phrases import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook

_PHONE: Final = re.compile(r"(?<![\w-])\+?\(?\d[\d \-./()]{4,}\d(?!\w)")
_MAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_DAY: Final = r"\d{4}-\d\d?-\d\d?|\d\d?[./]\d\d?[./](?:\d{4}|\d\d)"
_HOURS: Final = r"\d\d?[.:]\d\d ?[-\N{EN DASH}] ?\d\d?[.:]\d\d"
_NO_NUMBER: Final = re.compile(rf"(?<![\d./-])(?:{_DAY}|{_HOURS})(?![./-]?\d)")
_DIGITS: Final = range(6, 16)
_TAIL: Final = 7
"""By so many last digits a number is known, however it is written."""
_SHORT: Final = 2


def given(incident: Incident, playbook: Playbook) -> str:
    """The number or address of ours in the note of the step in which it was given; empty where there is none.

    Args:
        incident: The record.
        playbook: The rules in force: which steps give it, and the first names by which a colleague is known.

    Examples:
        >>> from postmortem.record.incident import Incident, Recovery, RecoveryStep
        >>> from postmortem.record.playbook import default_playbook
        >>> told = RecoveryStep(id="contact", status="done", note="Told them on 2026-03-02: 0228 555 0199")
        >>> given(Incident(title="Off", recovery=Recovery(steps=(told,))), default_playbook())
        '0228 555 0199'
    """
    hidden = _hidden(incident, playbook)
    own, ids = _known(incident.customer.contact), _ids(incident)
    for step in procedures.said_in(incident, "contact", playbook):
        note = _NO_NUMBER.sub("|", clean(step.note))
        note = ids.sub("|", note) if ids is not None else note
        numbers = (_whole(match.group().strip(" .-/")) for match in _PHONE.finditer(note))
        numbers = (found for found in numbers if len(_digits(found)) in _DIGITS)
        for found in (*numbers, *(match.group() for match in _MAIL.finditer(note))):
            if _known(found).isdisjoint(own) and hidden.isdisjoint(re.findall(r"[^\W\d_]+", found.lower())):
                return found
    return ""


def wanted(incident: Incident, playbook: Playbook) -> str:
    """What to do so that a letter tells how to reach us; empty where it does, or where no step asks for it.

    Args:
        incident: The record.
        playbook: The rules in force.

    Examples:
        >>> from postmortem.record.incident import Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> wanted(Incident(title="Off"), default_playbook()).split(":")[0]
        'The letter has no number or address of ours yet'
    """
    procedure = recovery.procedure(incident, playbook)
    step = next((step for step in procedure.steps if step.says == "contact"), None)
    if step is None or recovery.said_of(incident, step.id).status == "not needed" or given(incident, playbook):
        return ""
    number = procedure.numbers().get(step.id)
    where = f"step {number}" if number else f"the step “{recovery.worded(step.text, incident)}”"
    return f"The letter has no number or address of ours yet: add how they reach you, as a note at {where}."


def _whole(number: str) -> str:
    """A number without the bracket that stands before all of it."""
    return number if ")" in number else number.replace("(", "")


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _known(text: str) -> set[str]:
    """The numbers and addresses in a text, as they are compared."""
    numbers = (_digits(found) for found in _PHONE.findall(text))
    return {number[-_TAIL:] for number in numbers} | {found.lower() for found in _MAIL.findall(text)}


def _ids(incident: Incident) -> re.Pattern[str] | None:
    """The ids of this record and of those it speaks of: some read like numbers."""
    ids = [incident.id, *(link.incident_id for link in incident.links)]
    ids += [cause.recurring_id for cause in incident.causes]
    found = sorted({name for name in ids if name}, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, found))})(?![\w-])") if found else None


def _hidden(incident: Incident, playbook: Playbook) -> set[str]:
    """Words of people's names: a colleague's own address is not given away, nor the customer's (R41).

    A name is a person's where it has a first name of the playbook, or is of several words with capitals. Whatever the
    team is called by stays.
    """
    firsts = {name.lower() for name in playbook.names.first}
    theirs = (incident.customer.name, *re.split(r"[,;|]", incident.customer.contact))
    found: set[str] = set()
    for name in (*people.colleagues(incident), *theirs):
        words = [word for word in re.findall(r"[^\W\d_]+", name) if len(word) > _SHORT]
        if _is_person(words, firsts):
            found.update(word.lower() for word in words)
    return found - set(re.findall(r"[^\W\d_]+", incident.team.lower()))


def _is_person(words: Iterable[str], firsts: set[str]) -> bool:
    told = list(words)
    return any(word.lower() in firsts for word in told) or (
        len(told) > 1 and all(word[0].isupper() and word[1:].islower() for word in told)
    )
