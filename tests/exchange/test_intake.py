"""From a reading into a store."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postmortem.exchange import ImportResult, import_into

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from postmortem.exchange import Reading
    from postmortem.record.incident import Incident


@dataclass
class Counted:
    """What became of some incidents."""

    imported: int = 0
    unchanged: int = 0
    updated: int = 0


@dataclass
class Shelf:
    """The smallest thing that keeps incidents by their source."""

    kept: dict[str, Incident] = field(default_factory=dict)

    def save_many(self, incidents: Iterable[Incident], *, by: str, dry_run: bool = False) -> Counted:
        """Keep them all."""
        assert by
        assert not dry_run
        counts = Counted()
        for incident in incidents:
            there = self.kept.get(incident.source.key)
            counts.imported += there is None
            counts.unchanged += there == incident
            counts.updated += there is not None and there != incident
            self.kept[incident.source.key] = incident
        return counts


def test_the_counts_are_those_of_the_store_and_the_rejects(reading: Callable[..., Reading]):
    """New, as before, in another form, rejected."""
    shelf = Shelf()
    import_into(shelf, reading("a.csv", "No,What,When\n1,A,2026-03-07\n2,B,2026-03-07\n"), by="Ana")
    second = reading("b.csv", "No,What,When\n1,A,2026-03-07\n2,C,2026-03-07\n3,D,2026-03-07\n4,E,soon\n")

    assert ImportResult(read=4, imported=1, unchanged=1, updated=1, rejected=1) == import_into(shelf, second, by="Ana")


def test_importing_a_file_again_changes_nothing(reading: Callable[..., Reading]):
    """Whoever is not sure whether it was imported may do it once more."""
    shelf = Shelf()
    found = reading("a.csv", "No,What,When\n1,A,2026-03-07\n2,B,2026-03-07\n")
    import_into(shelf, found, by="Ana")

    assert ImportResult(read=2, imported=0, unchanged=2, updated=0, rejected=0) == import_into(shelf, found, by="Ana")


@given(
    before=st.lists(st.text(alphabet="\",\n12AB' ", max_size=12), max_size=6),
    after=st.lists(st.text(alphabet="\",\n12AB' ", max_size=12), max_size=6),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_was_read_is_always_the_sum_of_the_rest(
    reading: Callable[..., Reading], before: list[str], after: list[str]
):
    """However broken the file, no row is lost between the doors."""
    shelf = Shelf()
    for rows in (before, after):
        found = reading("a.csv", "No,What,When\n1,A,2026-03-07\n" + "".join(f"{row},2026-03-07\n" for row in rows))
        result = import_into(shelf, found, by="Ana")

        assert result.read == result.imported + result.unchanged + result.updated + result.rejected
        assert found.rows_read == result.read


def test_progress_ends_with_all_of_them(reading: Callable[..., Reading]):
    """Also when there are none."""
    seen: list[tuple[int, int]] = []
    import_into(Shelf(), reading("a.json", "[]"), by="Ana", progress=lambda done, total: seen.append((done, total)))

    assert [(0, 0)] == seen
