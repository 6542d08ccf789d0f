"""From one row of a source to an incident that holds, or to everything that speaks against it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from postmortem.record.base import zone
from postmortem.record.errors import Problem
from postmortem.record.incident import Incident
from postmortem.record.order import disorder
from postmortem.record.reading import problems_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from postmortem.exchange.mapped.translation import Cell, Translation

_INSTANTS: Final = ("occurred_at", "known_at", "raised_at", "told_at", "fixed_at", "closed_at")


class Conversion:
    """Makes incidents of rows, whatever kind of file they stand in.

    Args:
        translation: The mapping, bound to the file's columns.
        now: What lies later than this can't have happened; usually day and month were taken for each other.
    """

    def __init__(self, translation: Translation, now: datetime) -> None:
        self._translation = translation
        self._now = now

    def incident(self, cells: Sequence[Cell], place: str, content: str = "") -> tuple[Incident | None, list[Problem]]:
        """The incident that a row makes; none where there are problems, each with the place of the row.

        Args:
            cells: The row.
            place: How a person finds it, such as `row 7`.
            content: See `Translation.document`.
        """
        document, problems = self._translation.document(cells, content)
        incident = None
        try:
            incident = Incident.model_validate(document)
        except ValidationError as error:
            problems += problems_in(error)
        else:
            problems += [*disorder(incident), *self._later(incident)]
        return (None, list(self._placed(problems, place))) if problems else (incident, [])

    def _later(self, incident: Incident) -> Iterator[Problem]:
        for field in _INSTANTS:
            moment = getattr(incident, field)
            if moment is not None and moment > self._now:
                shown = moment.astimezone(zone(incident.zone)).isoformat()
                yield Problem(
                    field, f"{shown} lies in the future", "check the order of day and month under dates in [source]"
                )

    def _placed(self, problems: list[Problem], place: str) -> Iterator[Problem]:
        for problem in problems:
            told = problem.where.startswith(self._translation.word)
            where = problem.where if told else self._translation.place(problem.where)
            yield Problem(f"{place}, {where}", problem.finding, problem.remedy)
