"""The tidy tables as Parquet."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow.parquet as pq
import pytest
from pandas.testing import assert_frame_equal

from postmortem.exchange import write_parquet
from postmortem.exchange.tables import TABLES
from postmortem.record.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path


def frames() -> dict[str, pd.DataFrame]:
    """Six tables, one of them with a column of each type."""
    incidents = pd.DataFrame(
        {
            "title": pd.array(["=cmd()", "a\x00\r\nb"], dtype="str"),
            "team": pd.array([None, None], dtype="str"),
            "vip": [True, False],
            "our_cost": [1.5, None],
            "customers": pd.array([3, None], dtype="Int64"),
            "occurred_at": pd.to_datetime(["2026-03-07T14:02Z", None]).as_unit("us"),
            "severity": pd.Categorical(["minor", None], categories=["minor", "critical"]),
        }
    )
    actions = pd.DataFrame({"due_on": pd.to_datetime(["2026-03-08T00:00Z", None]).as_unit("us")})
    empty = pd.DataFrame({"incident_id": pd.array([], dtype="str")})
    return {name: {"incidents": incidents, "actions": actions}.get(name, empty) for name in TABLES}


def test_each_column_has_its_type(tmp_path: Path):
    """Whoever reads it need not guess."""
    write_parquet(tmp_path / "year.parquet", frames())
    types = {field.name: str(field.type) for field in pq.read_schema(tmp_path / "year.parquet")}

    assert {
        "title": "string",
        "team": "string",
        "vip": "bool",
        "our_cost": "double",
        "customers": "int64",
        "occurred_at": "timestamp[us, tz=UTC]",
        "severity": "dictionary<values=string, indices=int8, ordered=0>",
    } == types
    assert "date32[day]" == str(pq.read_schema(tmp_path / "year-actions.parquet").field("due_on").type)


def test_pandas_reads_the_same_frame_again(tmp_path: Path):
    """Types, words of a vocabulary that are not used, and texts as they are."""
    write_parquet(tmp_path / "year.parquet", frames())

    assert_frame_equal(frames()["incidents"], pd.read_parquet(tmp_path / "year.parquet"))
    assert [date(2026, 3, 8), None] == pd.read_parquet(tmp_path / "year-actions.parquet")["due_on"].tolist()


def test_when_one_file_can_not_be_written_none_is(tmp_path: Path):
    """Half an export would be taken for a whole one."""
    (tmp_path / "year-steps.parquet").mkdir()
    with pytest.raises(DataError, match="this is a folder"):
        write_parquet(tmp_path / "year.parquet", frames())

    assert ["year-steps.parquet"] == [path.name for path in tmp_path.iterdir()]


def test_equal_tables_give_equal_bytes(tmp_path: Path):
    """An export of the same state is the same file."""
    for name in ("a.parquet", "b.parquet"):
        write_parquet(tmp_path / name, frames())

    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_a_column_without_one_type_is_told(tmp_path: Path):
    """A frame of somebody's own is refused in words, not with a trace."""
    mixed = frames() | {"steps": pd.DataFrame({"number": [1, "two"]})}
    with pytest.raises(DataError, match=r"year\.parquet, steps"):
        write_parquet(tmp_path / "year.parquet", mixed)
