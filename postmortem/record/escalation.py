"""Handing over to a manager (R9): when it is asked for, with the customer's permission, and what to do without one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from postmortem.record import days, moments
from postmortem.record.edit import changed, put
from postmortem.record.errors import PostmortemError
from postmortem.record.recovery import whom
from postmortem.record.severity import assess

if TYPE_CHECKING:
    from datetime import datetime

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook


_WORD: Final = re.compile(r"\w+")


class EscalationError(PostmortemError):
    """A hand-over that would break the rule: without a name, or without the customer's permission."""


def is_manager(role: str, playbook: Playbook) -> bool:
    """Whether a role is a manager's (R7): it has one of the playbook's words, or several of them as one name.

    Examples:
        >>> from postmortem.record.playbook import default_playbook
        >>> is_manager("Duty manager", default_playbook()), is_manager("Technician", default_playbook())
        (True, False)
    """
    names, said = playbook.escalation.managers, _spaced(role)
    return not names or any(name in said for name in map(_spaced, names) if name)


def _spaced(text: str) -> str:
    """Its words in small letters, each with a space around it, so that a whole word or name is found in it."""
    return "".join(f" {word} " for word in _WORD.findall(text.casefold()))


def wanted(incident: Incident, playbook: Playbook) -> tuple[str, ...]:
    """Why a manager is asked for; empty where nothing asks for one.

    Examples:
        >>> from postmortem.record.incident import Customer, Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> wanted(Incident(title="Late", customer=Customer(vip=True)), default_playbook())
        ('the customer is one we take special care of',)
    """
    level = assess(incident, playbook).level
    reasons = []
    if level is not None and playbook.severity.levels[level].escalate:
        reasons.append(f"it is {level}")
    if incident.customer.vip and playbook.escalation.vip:
        who = whom(incident)
        reasons.append(f"the {who} is one we take special care of")
    return tuple(reasons)


def is_said(incident: Incident) -> bool:
    """Whether anything was said of a manager: that one is there or not, that one took over, that one calls back."""
    said = incident.recovery.escalation
    return bool(said.manager_available or said.handed_to.strip() or said.handed_at or said.call_back_on)


def was_alone(incident: Incident) -> bool:
    """Whether no manager was there, now or at first: the record goes on saying so once one has taken over (R9)."""
    said = incident.recovery.escalation
    return said.manager_available == "no" or said.call_back_on is not None or said.called_back_at is not None


def available(incident: Incident) -> Incident:
    """A manager is there. A call-back that was promised stays promised until somebody calls or takes over (R9)."""
    return put(incident, "recovery.escalation.manager_available", "yes")


def no_manager(incident: Incident, playbook: Playbook, now: datetime) -> Incident:
    """No manager is there: the handler goes on, and one calls back within the playbook's working days.

    A day that is promised already stays. After a call-back that took place a new one is due, and the note keeps when
    that one was.

    Args:
        incident: The record; it stays as it is.
        playbook: The rules in force.
        now: When it was found that none is there; aware.

    Examples:
        >>> from datetime import datetime
        >>> from postmortem.record.incident import Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> friday = datetime.fromisoformat("2026-03-13T17:30Z")
        >>> alone = no_manager(Incident(title="Gas"), default_playbook(), friday)
        >>> alone.recovery.escalation.call_back_on.isoformat()
        '2026-03-16'
    """
    said = incident.recovery.escalation
    working = changed(playbook.calendar, days="working")
    day = days.after(days.of(now, incident.zone), playbook.escalation.call_back_days, working)
    if said.called_back_at is None:
        new = changed(said, manager_available="no", call_back_on=said.call_back_on or day)
    else:
        before, here = said.called_back_at, incident.zone
        called = f"A manager called back on {moments.day(days.of(before, here))}, {moments.clock(before, here)}."
        note = " ".join(filter(None, (said.note.strip(), called)))
        new = changed(said, manager_available="no", call_back_on=day, called_back_at=None, note=note)
    return put(incident, "recovery.escalation", new)


def hand_over(incident: Incident, to: str = "", *, at: datetime) -> Incident:
    """A manager takes over, which the customer agreed to; where nobody was told before, this one is told with it (R7).

    Args:
        incident: The record; it stays as it is.
        to: Who takes over, as a role; the one that the record names already where none is named.
        at: When; aware.

    Raises:
        EscalationError: If nobody is named, or the customer was not asked or did not agree.

    Examples:
        >>> from datetime import datetime
        >>> from postmortem.record.incident import Incident
        >>> hand_over(Incident(title="Gas"), "Duty manager", at=datetime.fromisoformat("2026-03-13T17:30Z"))
        Traceback (most recent call last):
        ...
        postmortem.record.escalation.EscalationError: the customer was not asked yet: ask first, then hand over
    """
    said = incident.recovery.escalation
    who = whom(incident)
    if said.permission == "no":
        raise EscalationError(f"the {who} does not want it handed over: go on yourself, and keep the manager informed")
    if said.permission != "yes":
        raise EscalationError(f"the {who} was not asked yet: ask first, then hand over")
    name = to.strip() or said.handed_to.strip()
    if not name:
        raise EscalationError("who takes it over? Name the manager, as a role")
    new = changed(said, manager_available="yes", handed_to=name, handed_at=at)
    after = put(incident, "recovery.escalation", new)
    told = after.evaluation
    if told.manager_told.strip():
        return after
    return put(after, "evaluation", changed(told, manager_told=name, manager_told_at=told.manager_told_at or at))


def called_back(incident: Incident, at: datetime) -> Incident:
    """The manager who was not there has called back."""
    said = incident.recovery.escalation
    return put(incident, "recovery.escalation", changed(said, called_back_at=at))
