"""The tidy tables as CSV."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from postmortem.exchange import mapping_from, read, write_csv
from postmortem.exchange.tables import TABLES
from postmortem.record import commitments
from postmortem.record.errors import DataError
from postmortem.record.incident import Incident
from postmortem.store import open_store
from postmortem.store.derived import FLAT

if TYPE_CHECKING:
    from pathlib import Path


def frames() -> dict[str, pd.DataFrame]:
    """Every table, one of them with awkward cells."""
    incidents = pd.DataFrame(
        {
            "incident_id": ["a", "b"],
            "title": ["=cmd()", 'Late, "again"'],
            "vip": [True, False],
            "our_cost": [1.5, None],
            "customers": pd.array([3, None], dtype="Int64"),
            "occurred_at": pd.to_datetime(["2026-03-07T14:02Z", None]),
        }
    )
    return {name: incidents if name == "incidents" else pd.DataFrame({"incident_id": []}) for name in TABLES}


def rows(path: Path) -> list[list[str]]:
    """What stands in a file."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_each_table_has_its_file(tmp_path: Path):
    """The one that was named gets the incidents."""
    write_csv(tmp_path / "year.csv", frames())
    others = {f"year-{name}.csv" for name in TABLES[1:]}

    assert {"year.csv", *others} == {path.name for path in tmp_path.iterdir()}


def test_no_table_of_a_store_is_left_out():
    """What the store gives is what is written, in the same order."""
    assert tuple(table.name for table in FLAT) == TABLES


def test_what_was_promised_paid_and_ticked_is_written_harmless_and_without_what_is_not_shared(tmp_path: Path):
    """No cell is run; the customer's name and what somebody keeps to himself are in no table (R38, R41)."""
    day, at = "2026-03-02", "2026-03-02T10:00Z"
    run = {"on": day, "by": "=by()", "job": "+job()", "ticked": ("All lines ring",)}
    sheet = {"id": "l1", "name": "=name()", "job": "@job()", "items": ("All lines ring",), "runs": (run,)}
    incident = Incident(
        title="Line dead",
        known_at=at,
        raised_at=at,
        customer={"name": "Zenobia Quill", "contact": "zenobia@example.org"},
        actions=({"id": "a1", "text": "-text()", "owner": "=who()", "due_on": day},),
        recovery={"compensation": ({"id": "=1+1", "owed": 64},)},
        checklists=(sheet,),
        should_have_caught=("=list()", "2026-001/l1"),
    )
    with open_store("sqlite://") as store:
        store.save(commitments.make(incident, "I ring at half time", who="Ana"), by="Ana")
        written = write_csv(tmp_path / "year.csv", store.tables())
    cells = {cell for path in written for row in rows(path)[1:] for cell in row}
    new = [path for path in written if path.stem.removeprefix("year-") in TABLES[9:]]

    assert [5, True] == [len(new), all(len(rows(path)) > 1 for path in new)]
    assert {"'=by()", "'+job()", "'=name()", "'@job()", "'-text()", "'=who()", "'=1+1", "'=list()"} <= cells
    assert [] == [cell for cell in cells if cell[:1] in tuple("=+-@")]
    assert [] == [cell for cell in cells for word in ("enobia", "half time") if word in cell]


def test_cells_are_plain_missing_is_empty_and_formulas_are_harmless(tmp_path: Path):
    """Any program reads it, and none runs it."""
    write_csv(tmp_path / "year.csv", frames())
    _, first, second = rows(tmp_path / "year.csv")

    assert ["a", "'=cmd()", "true", "1.5", "3", "2026-03-07T14:02:00+00:00"] == first
    assert ["b", 'Late, "again"', "false", "", "", ""] == second


@pytest.mark.parametrize(
    "text",
    ["=1", "+a", "-a", "@a", "\t=1", "\r=1", "\n=1", "＝1", "＋a", "－a", "＠a", "-1+cmd|' /C calc'!A0"],  # noqa: RUF001 - the wide signs are meant
)
def test_no_cell_of_a_csv_is_run_and_what_is_imported_again_says_what_stands_there(text: str, tmp_path: Path):
    """The apostrophe is part of the cell: it is neither dropped nor doubled behind anybody's back."""
    tables = frames() | {"incidents": pd.DataFrame({"incident_id": ["a"], "title": [text]})}
    write_csv(tmp_path / "year.csv", tables)
    columns = {"incident_id": "extra.id", "title": {"to": "extra.told"}}
    mapping = mapping_from(
        {"source": {"system": "x", "key": "incident_id"}, "columns": columns, "constants": {"title": "Late"}}
    )
    kept = read(tmp_path / "year.csv", mapping=mapping, now=datetime(2026, 11, 22, tzinfo=UTC)).incidents[0].extra

    assert f"'{text}" == rows(tmp_path / "year.csv")[1][1]
    assert f"'{text}".split() == next(one.value for one in kept if one.name == "told").split()


def test_a_missing_table_is_told_and_nothing_is_written(tmp_path: Path):
    """All or none."""
    with pytest.raises(DataError, match="causes: there is no such table"):
        write_csv(tmp_path / "year.csv", {"incidents": frames()["incidents"]})

    assert [] == list(tmp_path.iterdir())


def test_when_one_file_can_not_be_written_none_is(tmp_path: Path):
    """Half an export would be taken for a whole one."""
    (tmp_path / "year-steps.csv").mkdir()
    with pytest.raises(DataError, match="this is a folder"):
        write_csv(tmp_path / "year.csv", frames())

    assert ["year-steps.csv"] == [path.name for path in tmp_path.iterdir()]
