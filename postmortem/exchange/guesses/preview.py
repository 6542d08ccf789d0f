"""The first rows of a table as a mapping would make them, before anything is imported."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from postmortem.exchange.mapped.conversion import Conversion
from postmortem.exchange.mapped.translation import Translation

if TYPE_CHECKING:
    from postmortem.exchange.guesses.sampling import Sample
    from postmortem.exchange.mapped.mapping import Mapping
    from postmortem.record.errors import Problem
    from postmortem.record.incident import Incident

END_OF_TIME: Final = datetime(2200, 1, 1, tzinfo=UTC)
"""Where nobody says what now is, nothing lies in the future."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One row as it would become.

    Attributes:
        number: The row among the readable ones, the first below the header being 1.
        incident: What it becomes; none where it would be rejected.
        problems: Why it would be rejected.
    """

    number: int
    incident: Incident | None
    problems: tuple[Problem, ...]


def preview(
    sample: Sample, mapping: Mapping, count: int = 5, *, now: datetime = END_OF_TIME, currency: str = ""
) -> tuple[Shown, ...]:
    """The first rows as incidents, or as what speaks against them.

    Args:
        sample: The header and the first rows.
        mapping: How they are read.
        count: How many rows.
        now: Rows that lie later would be rejected.
        currency: The team's; as for `read`.

    Examples:
        >>> from postmortem.exchange.guesses.sampling import Sample
        >>> from postmortem.exchange.mapped.mapping import mapping_from
        >>> told = {"source": {"system": "crm", "key": "No"}, "columns": {"Subject": "title", "Seen": "known_at"}}
        >>> rows = (("7", "Sent twice", "2026-03-03T09:30Z"), ("8", "Late", "soon"))
        >>> first, second = preview(Sample("crm.csv", ("No", "Subject", "Seen"), rows), mapping_from(told))
        >>> first.incident.title, second.incident, second.problems[0].where
        ('Sent twice', None, "row 3, column 'Seen'")
    """
    conversion = Conversion(Translation(mapping, sample.header, sample.name, currency=currency), now)
    rows = enumerate(sample.rows[:count], 1)
    made = ((number, *conversion.incident(row, f"row {number + 1}", "\x1f".join(row))) for number, row in rows)
    return tuple(Shown(number, incident, tuple(problems)) for number, incident, problems in made)
