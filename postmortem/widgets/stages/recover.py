"""Stage 3: where we stand with the customer (R9, R11 to R20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postmortem.widgets import escalating, owed, saying, steps, ways

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from postmortem.widgets.blocks import Block, Form
    from postmortem.widgets.meeting import Retrospective


def body(form: Form) -> list[Block]:
    """What the stage shows."""
    return [*steps.part(form), *escalating.part(form), *saying.part(form), *owed.part(form)]


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {
    **steps.DO,
    **escalating.DO,
    **saying.DO,
    **ways.DO,
    **owed.DO,
}
