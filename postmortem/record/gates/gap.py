"""A fact that a gate looked for and did not find."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook, StageId


@dataclass(frozen=True, slots=True)
class Gap:
    """One fact that is not there.

    Attributes:
        where: The field it belongs to, as a path for `record.edit.get`.
        message: What is not there, as a sentence.
        remedy: What would do, as a sentence without its capital.
        stage: The stage of the retrospective in which it is mended.
        at: The place on the screen, where that is more exact than `where`.
    """

    where: str
    message: str
    remedy: str
    stage: StageId
    at: str = ""


Check = Callable[["Incident", "Playbook", datetime], Iterator[Gap]]
"""Looks for the facts of one gate."""

Concern = Callable[["Incident", "Playbook"], bool]
"""Whether a gate concerns a record at all."""
