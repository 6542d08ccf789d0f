"""A round of silent ideas: everyone writes alone, then all are shown together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from postmortem.widgets.blocks import Block, Form
    from postmortem.widgets.meeting import Retrospective


def part(_form: Form) -> list[Block]:
    """What stands above the whys, and above the actions."""
    return []


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {}
