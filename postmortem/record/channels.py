"""By which way the customer is told, and whether that is fit for telling a mistake (R16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.record import recovery
from postmortem.record.edit import changed

if TYPE_CHECKING:
    from postmortem.record.incident import Incident, RecoveryStep
    from postmortem.record.playbook import Playbook


def named(told: str, playbook: Playbook) -> str:
    """The playbook's name of a channel, however it was written; an empty text where it has none like it.

    Examples:
        >>> from postmortem.record.playbook import default_playbook
        >>> [named(told, default_playbook()) for told in ("Email", "E-Mail", "In Person", "pigeon")]
        ['e-mail', 'e-mail', 'in person', '']
    """
    return next((name for name in playbook.channels if _bare(name) == _bare(told)), "")


def _bare(told: str) -> str:
    return "".join(letter for letter in told.casefold() if letter.isalnum())


def why_not(told: str, playbook: Playbook) -> str:
    """Why a channel is not fit for telling a mistake; an empty text where it is, or is not known."""
    channel = playbook.channels.get(named(told, playbook))
    return (channel.why_not or "They may not hear that you mean it.") if channel is not None and not channel.fit else ""


def has_reason(incident: Incident, step: RecoveryStep, playbook: Playbook) -> bool:
    """Whether it is said why a step was told by its channel: in the step itself, or in the record for the same channel.

    The record's reason is for the channel that the record names, and for no other.
    """
    said = incident.recovery
    same = named(said.channel, playbook) == named(step.channel, playbook)
    return bool(step.because.strip() or (same and said.channel_reason.strip()))


def telling(incident: Incident, playbook: Playbook) -> tuple[RecoveryStep, ...]:
    """The steps in which the mistake is told, as far as the record says by which way."""
    tells = {rule.id for rule in recovery.procedure(incident, playbook).steps if rule.target == "tell"}
    told = (step for step in incident.recovery.steps if step.id in tells and step.status != "not needed")
    return tuple(step for step in told if step.channel.strip())


def ranked(playbook: Playbook) -> list[str]:
    """All channels, the fittest first."""
    channels = playbook.channels
    return sorted(channels, key=lambda name: (not channels[name].fit, channels[name].rank))


def best(playbook: Playbook) -> str:
    """The fittest way that is at hand from where one sits: the phone, as in person takes going there."""
    fit = [name for name in ranked(playbook) if playbook.channels[name].fit]
    return "phone" if "phone" in fit else next(iter(fit), "")


def followed(before: Incident, after: Incident, playbook: Playbook) -> Incident:
    """The record after a change: where another channel was taken, the reason for the one before goes with that one.

    It stays with the step that was told by it.

    Examples:
        >>> from datetime import datetime
        >>> from postmortem.record.edit import put
        >>> from postmortem.record.incident import Incident, Recovery
        >>> from postmortem.record.playbook import default_playbook
        >>> rules, noon = default_playbook(), datetime.fromisoformat("2026-03-11T12:00Z")
        >>> deaf = Incident(title="Late", recovery=Recovery(channel="e-mail", channel_reason="They are deaf"))
        >>> told = recovery.do(deaf, "explain-mistake", rules, at=noon, channel="e-mail")
        >>> after = followed(told, put(told, "recovery.channel", "phone"), rules)
        >>> after.recovery.channel_reason, after.recovery.steps[0].because
        ('', 'They are deaf')
    """
    was, now = before.recovery, after.recovery
    reason = was.channel_reason
    if (
        not was.channel
        or not reason.strip()
        or now.channel_reason != reason
        or _bare(was.channel) == _bare(now.channel)
    ):
        return after
    for step in telling(after, playbook):
        if step.status == "done" and not step.because.strip() and _bare(step.channel) == _bare(was.channel):
            after = recovery.set_step(after, step.id, because=reason)
    return changed(after, recovery=changed(after.recovery, channel_reason=""))
