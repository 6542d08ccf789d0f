"""One incident: everything a team writes down about one mistake, as one frozen value. Its parts stand in `parts`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Self

from pydantic import Field, field_validator, model_validator

from postmortem.record.base import CURRENCY_PATTERN, INCIDENT_ID_PATTERN, Identifier, Instant, Value, ZoneName
from postmortem.record.errors import Unsound
from postmortem.record.parts import (
    Action,
    Cause,
    Checklist,
    ChecklistRun,
    ChecklistVersion,
    Commitment,
    Customer,
    Effect,
    Entry,
    Evaluation,
    Evidence,
    Extra,
    Feedback,
    Impact,
    Kept,
    Link,
    Meeting,
    Moment,
    Opinion,
    Reply,
    Signature,
    Source,
    Topic,
    Version,
    Why,
)
from postmortem.record.treatment import Compensation, Escalation, Recovery, RecoveryStep, Resolve
from postmortem.record.vocabulary import Fault, FoundBy, Harmed, Join, State

__all__ = [
    "Action",
    "Cause",
    "Checklist",
    "ChecklistRun",
    "ChecklistVersion",
    "Commitment",
    "Compensation",
    "Customer",
    "Effect",
    "Entry",
    "Escalation",
    "Evaluation",
    "Evidence",
    "Extra",
    "Feedback",
    "Impact",
    "Incident",
    "Kept",
    "Link",
    "Meeting",
    "Moment",
    "Opinion",
    "Recovery",
    "RecoveryStep",
    "Reply",
    "Resolve",
    "Signature",
    "Source",
    "Topic",
    "Version",
    "Why",
]


LATEST_REVISION: Final = 2_147_483_647
"""The largest whole number that every store can count to."""


class Incident(Value):
    """One mistake, from the telling to the last check.

    Only `title` is needed. Instants are kept in UTC and shown in `zone`; where no zone is given, the offset in which
    the first instant was told is taken. `id` and `revision` are given by the store. `gone` names ids of parts that were
    taken out, so that none is given again.

    Raises:
        pydantic.ValidationError: If a part does not fit; `record.reading.incident_from` says it in plain words.

    Examples:
        >>> incident = Incident.model_validate({"title": "Line dead", "occurred_at": "2026-03-02T17:30:00+01:00"})
        >>> incident.occurred_at.isoformat(), incident.zone
        ('2026-03-02T16:30:00+00:00', '+01:00')
    """

    title: str
    id: str = Field(default="", max_length=120, pattern=INCIDENT_ID_PATTERN)
    revision: int = Field(default=0, ge=0, le=LATEST_REVISION)
    state: State = "draft"

    summary: str = ""
    team: str = ""
    service: str = ""
    kind: str = ""
    harmed: Harmed = "customer"
    customer: Customer = Customer()
    fault: Fault = "not yet known"
    owner: str = ""
    zone: ZoneName = "UTC"
    currency: str = Field(default="", pattern=CURRENCY_PATTERN)

    found_by: FoundBy = "not known"
    occurred_at: Instant | None = None
    known_at: Instant | None = None
    raised_at: Instant | None = None
    told_at: Instant | None = None
    fixed_at: Instant | None = None
    closed_at: Instant | None = None
    reopened_because: str = ""
    timeline: tuple[Moment, ...] = ()

    impact: Impact = Impact()
    evaluation: Evaluation = Evaluation()
    recovery: Recovery = Recovery()

    join: Join = "or"
    whys: tuple[Why, ...] = ()
    causes: tuple[Cause, ...] = ()
    factors: tuple[str, ...] = ()

    actions: tuple[Action, ...] = ()
    checklists: tuple[Checklist, ...] = ()
    should_have_caught: tuple[str, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    learned: tuple[str, ...] = ()
    meeting: Meeting = Meeting()
    topics: tuple[Topic, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    links: tuple[Link, ...] = ()
    signatures: tuple[Signature, ...] = ()
    kept: tuple[Kept, ...] = ()
    versions: tuple[Version, ...] = ()
    tags: tuple[str, ...] = ()

    source: Source | None = None
    extra: tuple[Extra, ...] = ()
    gone: tuple[Identifier, ...] = ()

    def __repr__(self) -> str:
        """Id, revision and title: what a person wants to know."""
        return f"<Incident {self.id or 'not saved'} r{self.revision}: {self.title!r}>"

    @model_validator(mode="before")
    @classmethod
    def _zone_as_told(cls, given: Any) -> Any:  # noqa: ANN401 - whatever stands in the file
        if not isinstance(given, Mapping) or given.get("zone"):
            return given
        told = (given.get(name) for name in ("occurred_at", "known_at", "raised_at", "told_at", "fixed_at"))
        offset = next((found for value in told if (found := _offset_of(value))), "")
        return {**given, "zone": offset} if offset else given

    @field_validator("title")
    @classmethod
    def _one_line(cls, title: str) -> str:
        if not title.strip():
            raise ValueError("expected a title: what went wrong, in one line")
        return title

    @model_validator(mode="after")
    def _sound(self) -> Self:
        # The tree and the references are checked in one place each, and all problems are told at once.
        from postmortem.record.soundness import problems_of  # noqa: PLC0415 - it needs the classes above

        problems = problems_of(self)
        if problems:
            raise Unsound(problems)
        return self


_TOLD_OFFSET = re.compile(r"(?<=\d)([+-](?:0\d|1[0-4])):?([0-5]\d)$")


def _offset_of(value: object) -> str:
    """The offset in which an instant was told, as `+01:00`; empty for UTC and for what is not an instant."""
    text = value.isoformat() if isinstance(value, datetime) else value
    if not isinstance(text, str) or text.endswith(("Z", "+00:00")):
        return ""
    told = _TOLD_OFFSET.search(text.strip())
    offset = f"{told[1]}:{told[2]}" if told else ""
    return "" if offset[1:] == "00:00" else offset
