"""What will be said to the customer, and how it may be heard (R15, R16, R20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postmortem.record.review.wording import heard
from postmortem.widgets.blocks import Block, Form, lines, note, options, section

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from postmortem.widgets.meeting import Retrospective


def part(form: Form) -> list[Block]:
    """The channel, the words, and how they may be heard."""
    return [
        section(
            "What you will say",
            form.toggle(
                "recovery.channel", "How will you tell them", options(form.meeting.playbook.channels), clear=True
            ),
            form.text("recovery.channel_reason", "Why this way", optional=True) if _unfit(form) else note(""),
            form.area("recovery.wording", "Your words", tall=True, help="Kept as you type. Nothing is sent from here."),
            lines(_heard(form)),
            hint="What we did comes first, then that we are sorry, then what happens now.",
        )
    ]


def _unfit(form: Form) -> bool:
    channel = form.meeting.playbook.channels.get(form.incident.recovery.channel)
    return channel is not None and not channel.fit


def _heard(form: Form) -> list[str]:
    """Another way to say what stands under the field as a hint."""
    found = heard(form.incident.recovery.wording, form.meeting.playbook)
    return [f"One way to say it: {better}" for better in dict.fromkeys(phrase.better for phrase in found) if better]


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {}
