"""The rejects file: mended and imported again."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postmortem.exchange import read, write_rejects
from postmortem.exchange.tabular import as_it_was, harmless
from postmortem.record.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from postmortem.exchange import Mapping, Reading

    Read = Callable[..., Reading]

NOW = datetime(2026, 11, 22, tzinfo=UTC)
HEAD = "No,What,When\n"


def rows_of(path: Path) -> list[list[str]]:
    """What stands in a table."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_it_has_the_number_the_reasons_and_the_original_cells(reading: Read, tmp_path: Path):
    """A person sees what stood there and why it will not do."""
    write_rejects(tmp_path / "r.csv", reading("a.csv", f'{HEAD}1,"A, B",soon\n2,C,2026-03-07\n3,D\n'))
    rows = rows_of(tmp_path / "r.csv")

    assert ["rejected row", "rejected because", "No", "What", "When"] == rows[0]
    assert ["2", "1", "A, B", "soon"] == [rows[1][at] for at in (0, 2, 3, 4)]
    assert "expected a time" in rows[1][1]
    assert ["4", "3", "D"] == [*rows[2][:1], *rows[2][2:]]


def test_once_mended_it_is_imported_with_the_same_mapping(reading: Read, tmp_path: Path, crm: Mapping):
    """The two columns in front are passed over; texts are as they were."""
    path = tmp_path / "r.csv"
    write_rejects(path, reading("a.csv", f"{HEAD}1,=A,soon\n2,'=B,soon\n3,C,2026-03-07,too much\n"))
    text = path.read_text().replace("soon", "2026-03-07").replace("too much", "")
    path.write_text(text)
    found = read(path, mapping=crm, now=NOW)

    assert () == found.rejects
    assert ["=A", "'=B", "C"] == [incident.title for incident in found.incidents]


def test_not_mended_it_is_rejected_again_and_nothing_is_added(reading: Read, tmp_path: Path, crm: Mapping):
    """Writing and reading it in turns changes nothing of the cells."""
    first = reading("a.csv", f'{HEAD}1,"A""B",soon\n2,C\n3,D,2026-03-07,x,y\n4,"E\nF",soon\n')
    write_rejects(tmp_path / "r.csv", first)
    again = read(tmp_path / "r.csv", mapping=crm, now=NOW)

    def filled(found: Reading) -> list[dict[str, str]]:
        return [{name: cell for name, cell in reject.values.items() if cell} for reject in found.rejects]

    assert filled(first) == filled(again)


def test_no_cell_of_it_runs_in_a_spreadsheet(reading: Read, tmp_path: Path):
    """A formula in a rejected row stays a text."""
    write_rejects(tmp_path / "r.csv", reading("a.csv", f'{HEAD}=cmd(),@A,"+1+1"\n'))
    rows = rows_of(tmp_path / "r.csv")

    assert ["'=cmd()", "'@A", "'+1+1"] == rows[1][2:]


@given(text=st.text(alphabet="'=+-@\t\r1.aé＝", max_size=8))  # noqa: RUF001 - the wide sign is what is tested
def test_what_is_made_harmless_comes_back_as_it_was(text: str):
    """And no harmless text begins like a formula, but for plain numbers."""
    safe = harmless(text)

    assert text == as_it_was(safe)
    assert not safe.startswith(("=", "@", "\t", "\r"))


def test_rejects_of_json_are_lines_that_can_be_mended(reading: Read, tmp_path: Path):
    """Also the text of a line that could not be read."""
    path = tmp_path / "r.jsonl"
    write_rejects(path, reading("a.jsonl", '{"titel": "A"}\n{"title": "B"}\n{"title": "C"\n'))
    lines = [json.loads(line) for line in path.read_text().splitlines()]

    assert [1, 3] == [line["rejected"] for line in lines]
    assert {"titel": "A"} == lines[0]["document"]
    assert '{"title": "C"' == lines[1]["text"]

    path.write_text(path.read_text().replace("titel", "title").replace('\\"C\\"', '\\"C\\"}'))

    assert ["A", "C"] == [incident.title for incident in read(path, now=NOW).incidents]


def test_rejected_chains_can_be_mended_too(reading: Read, tmp_path: Path):
    """They are chains still."""
    path = tmp_path / "r.jsonl"
    write_rejects(path, reading("a.json", '[{"id": "a", "problem": "No heating", "whys": ["A", 5]}]'))
    path.write_text(path.read_text().replace('["A", 5]}', '["A", "B"]}'))

    assert ["No heating"] == [incident.title for incident in read(path, now=NOW).incidents]


@pytest.mark.parametrize(("name", "content"), [("r.jsonl", f"{HEAD}1,A,soon\n"), ("r.csv", "[1]")])
def test_the_wrong_suffix_is_told(reading: Read, tmp_path: Path, name: str, content: str):
    """A table can't be written as JSON lines, for its mapping would not fit it any more."""
    found = reading("a.csv" if name == "r.jsonl" else "a.json", content)
    with pytest.raises(DataError, match="name the file"):
        write_rejects(tmp_path / name, found)


@given(cells=st.lists(st.lists(st.text(alphabet="'=-,;\"\n aé1", max_size=6), min_size=3, max_size=3), max_size=5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_stands_in_the_cells_is_there_again(tmp_path: Path, crm: Mapping, cells: list[list[str]]):
    """No row is lost or split on the way through a rejects file."""
    path = tmp_path / "in.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([["No", "What", "When"], *cells])
    first = read(path, mapping=crm, now=NOW)
    write_rejects(tmp_path / "r.csv", first)
    again = read(tmp_path / "r.csv", mapping=crm, now=NOW)

    def kept(found: Reading) -> list[dict[str, str]]:
        # A row that was rejected only because it stands twice is a good one when it stands alone.
        return [dict(reject.values) for reject in found.rejects if "the same as" not in reject.reasons]

    assert kept(first) == kept(again)
