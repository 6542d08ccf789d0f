"""Times as a source writes them, in the formats that its mapping names."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from postmortem.record.base import zone
from postmortem.record.errors import shown

if TYPE_CHECKING:
    from postmortem.exchange.mapped.mapping import Origin

_EXAMPLE: Final = datetime(2026, 3, 7, 14, 2, tzinfo=UTC)
_WORKBOOK: Final = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?)?")


class Instants:
    """Reads times; each text and zone is read once.

    Args:
        source: How the times are written.
        workbook: Whether they come from a workbook, or from its rejects: its date cells are written as ISO 8601 here,
            and read as such where no format of the source fits.

    Examples:
        >>> from postmortem.exchange.mapped.mapping import Origin
        >>> read = Instants(Origin(system="crm", key="No", dates=("%d.%m.%Y",)))
        >>> read("07.03.2026", "UTC").isoformat()
        '2026-03-07T00:00:00+00:00'
        >>> read("7 March", "UTC")
        "expected a time such as 07.03.2026, found '7 March'; or name its format under dates in [source]"
    """

    def __init__(self, source: Origin, *, workbook: bool = False) -> None:
        self._dates = source.dates
        self._workbook = workbook
        self._read = lru_cache(maxsize=4096)(self._instant)

    def __call__(self, text: str, zone_name: str) -> datetime | str:
        """The instant, or the sentence that says why there is none."""
        return self._read(text, zone_name)

    def _instant(self, text: str, zone_name: str) -> datetime | str:
        told = (*self._dates, "iso") if self._workbook and _WORKBOOK.fullmatch(text) else self._dates
        for pattern in told:
            try:
                # An aware instant comes out below; what is parsed here may be without a zone, as the table is.
                moment = datetime.fromisoformat(text) if pattern == "iso" else datetime.strptime(text, pattern)  # noqa: DTZ007
            except ValueError:
                continue
            return moment if moment.tzinfo is not None else _in_zone(moment, zone_name)
        wanted = " or ".join(_EXAMPLE.isoformat() if one == "iso" else _EXAMPLE.strftime(one) for one in self._dates)
        return f"expected a time such as {wanted}, found {shown(text)}; or name its format under dates in [source]"


def _in_zone(moment: datetime, zone_name: str) -> datetime | str:
    """A wall-clock time in its zone: of two the first; a time that the clocks skipped is refused."""
    try:
        there = moment.replace(tzinfo=zone(zone_name))
        back = there.astimezone(UTC).astimezone(there.tzinfo)
    except (ValueError, OverflowError) as error:
        return str(error)
    if back.replace(tzinfo=None) != moment:
        return f"{moment.isoformat(' ')} never was in {zone_name}: the clocks were set forward over it; check the time"
    return there
