"""The tidy tables as a workbook."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from typing import TYPE_CHECKING

import pandas as pd
import pytest
import python_calamine
from hypothesis import given, settings

from postmortem.exchange import workbook, write_xlsx
from postmortem.exchange.tables import TABLES
from postmortem.record.errors import DataError
from tests.strategies import texts

if TYPE_CHECKING:
    from pathlib import Path

FORMULAS = ["=cmd()", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "＝1", "{=1}", "http://x", "mailto:a@b", "'=1"]  # noqa: RUF001 - the wide sign is meant


def frames(titles: list[str] | None = None) -> dict[str, pd.DataFrame]:
    """Six tables, one of them with a cell of each kind."""
    titles = titles or ["Late", "Lost"]
    incidents = pd.DataFrame(
        {
            "title": pd.array(titles, dtype="str"),
            "vip": [True, False] * (len(titles) // 2) + [True] * (len(titles) % 2),
            "our_cost": [1.5] + [None] * (len(titles) - 1),
            "customers": pd.array([3] + [None] * (len(titles) - 1), dtype="Int64"),
            "occurred_at": pd.to_datetime(["2026-03-07T14:02+01:00"] + [None] * (len(titles) - 1), utc=True),
            "due_on": pd.to_datetime(["2026-03-08"] + [None] * (len(titles) - 1), utc=True),
        }
    )
    return {name: incidents if name == "incidents" else pd.DataFrame({"incident_id": []}) for name in TABLES}


def rows(path: Path, sheet: str = "incidents") -> list[list[object]]:
    """What stands in a sheet."""
    return python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python()


def test_each_table_is_a_sheet_and_each_cell_is_what_it_is(tmp_path: Path):
    """A number adds up, a day sorts, an instant is in UTC; what is missing is empty."""
    path = tmp_path / "year.xlsx"
    write_xlsx(path, frames())
    header, first, second = rows(path)

    assert list(TABLES) == python_calamine.CalamineWorkbook.from_path(str(path)).sheet_names
    assert ["title", "vip", "our_cost", "customers", "occurred_at", "due_on"] == header
    assert ["Late", True, 1.5, 3.0, datetime(2026, 3, 7, 13, 2), date(2026, 3, 8)] == first  # noqa: DTZ001 - a workbook has no zones
    assert ["Lost", False, "", "", "", ""] == second


def test_no_text_becomes_a_formula_or_a_link(tmp_path: Path):
    """Nothing that somebody typed is run or opened by a spreadsheet."""
    path = tmp_path / "year.xlsx"
    write_xlsx(path, frames(FORMULAS))
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        cells = archive.read("xl/worksheets/sheet1.xml").decode()

    assert FORMULAS == [row[0].replace("_x000D_", "\r") for row in rows(path)[1:]]
    assert "<f>" not in cells
    assert "hyperlink" not in cells
    assert not [name for name in names if "rels" in name and "sheet" in name]


@settings(max_examples=25)
@given(text=texts(60).filter(str.strip))
def test_any_text_gives_a_workbook_that_opens(text: str, tmp_path_factory: pytest.TempPathFactory):
    """Control characters are written as a workbook writes them, and come back."""
    path = tmp_path_factory.mktemp("book") / "year.xlsx"
    write_xlsx(path, frames([text, "next"]))

    assert "next" == rows(path)[2][0]


def test_a_text_too_long_for_a_cell_stands_whole_in_its_own_sheet(tmp_path: Path):
    """Nothing is cut without a word, and nothing is lost."""
    text = "wörd 🙂 " * 9_000
    path = tmp_path / "year.xlsx"
    write_xlsx(path, frames([text, "short"]))
    pieces = [row for row in rows(path, "long_texts")[1:] if row[:3] == ["incidents", 2.0, "title"]]

    assert str(rows(path)[1][0]).endswith("(the whole text stands in the sheet long_texts)")
    assert text == "".join(str(row[4]) for row in pieces)
    assert all(len(str(row[4]).encode("utf-16-le")) // 2 <= workbook.LONGEST_CELL for row in pieces)


def test_equal_tables_give_equal_bytes(tmp_path: Path):
    """A workbook in a repository changes when its tables do."""
    for name in ("a.xlsx", "b.xlsx"):
        write_xlsx(tmp_path / name, frames())

    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_more_rows_than_a_sheet_holds_are_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A cut table would be taken for a whole one."""
    monkeypatch.setattr(workbook, "MOST_ROWS", 2)
    with pytest.raises(DataError, match=r"more than a sheet holds .* name it \.parquet or \.csv"):
        write_xlsx(tmp_path / "year.xlsx", frames())

    assert [] == list(tmp_path.iterdir())
