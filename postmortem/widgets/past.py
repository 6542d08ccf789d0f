"""What is still open from earlier retrospectives, and what was met before (R32, R36)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from postmortem.widgets.blocks import Block, Form
    from postmortem.widgets.meeting import Retrospective


def part(_form: Form) -> list[Block]:
    """What stands above the first why."""
    return []


def aside(_form: Form) -> list[Block]:
    """What stands beside the whys."""
    return []


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {}
