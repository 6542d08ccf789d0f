"""Handing over to a manager (R9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from postmortem.widgets.blocks import Block, Form
    from postmortem.widgets.meeting import Retrospective


def part(_form: Form) -> list[Block]:
    """Whether it is handed over, and what is said then."""
    return []


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {}
