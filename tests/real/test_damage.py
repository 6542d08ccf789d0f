"""Every real data set, damaged in every way that is known: refused in a sentence, or read without losing a row."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from postmortem.exchange import SUFFIXES, shipped_mappings
from postmortem.store import open_store
from tests import damage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postmortem.exchange import Mapping
    from postmortem.store import Store

NAMED = os.environ.get("POSTMORTEM_REAL_DATA")
FOLDER = Path(NAMED) if NAMED else Path(__file__).parents[3] / "shared" / "data"
ROWS = 12
MOST = 6_000
_FEW = 1
_TABLES = {".csv", ".tsv"}
_BOOKS = {".xlsx"}


def sets() -> list[str]:
    """A file of each kind from each folder of the real data, as paths in it."""
    found: list[str] = []
    for folder in sorted(path for path in FOLDER.rglob("*") if path.is_dir()):
        files = sorted(file for file in folder.iterdir() if file.suffix in SUFFIXES and file.name != "SOURCE.md")
        for suffix in SUFFIXES:
            found += [file.relative_to(FOLDER).as_posix() for file in files if file.suffix == suffix][:_FEW]
    return found


def rows_of(data: bytes) -> list[list[str]]:
    """The first rows of a table."""
    text = data.decode("utf-8-sig", "replace")
    found = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)
    return [row for row, _ in zip((row for row in found if row), range(ROWS), strict=False)]


def small(path: Path) -> bytes:
    """The beginning of a file, sound in itself."""
    data = path.read_bytes()
    if path.suffix in _TABLES:
        return damage.table_bytes(rows_of(data))
    if path.suffix == ".json":
        value = json.loads(data)
        return json.dumps(value[:ROWS] if isinstance(value, list) else value).encode()
    return data[:MOST]


def mappings(header: list[str], suffix: str) -> list[Mapping | None]:
    """What such a file is read through: a plain mapping, and every shipped one that takes its header."""
    own = set(header)
    fitting = [mapping for mapping in shipped_mappings().values() if set(mapping.columns) & own]
    if suffix in _TABLES | _BOOKS:
        return [damage.plain_mapping(header), *fitting]
    return [
        None,
        *(mapping for mapping in shipped_mappings().values() if getattr(mapping.source, "format", "") == "json"),
    ]


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """One store for all: what stands in it changes no rule."""
    with open_store("sqlite://") as opened:
        yield opened


SETS = sets() if FOLDER.is_dir() else []
each_set = pytest.mark.parametrize("name", SETS or [pytest.param("-", marks=pytest.mark.skip("real data is absent"))])
each_table = pytest.mark.parametrize(
    "name",
    [name for name in SETS if Path(name).suffix in _TABLES]
    or [pytest.param("-", marks=pytest.mark.skip("real data is absent"))],
)
each_json = pytest.mark.parametrize(
    "name",
    [name for name in SETS if name.endswith(".json")]
    or [pytest.param("-", marks=pytest.mark.skip("real data is absent"))],
)


@each_set
@pytest.mark.parametrize("way", damage.BYTES)
def test_a_damaged_file_loses_nothing_without_a_word(tmp_path: Path, store: Store, name: str, way: str):
    """Cut, flipped, encoded, quoted, filled in any way: rows read are imported, unchanged, updated or rejected."""
    good = small(FOLDER / name)
    path = tmp_path / f"data{Path(name).suffix}"
    path.write_bytes(damage.BYTES[way](good, Random(way)))  # noqa: S311 - a test's chance
    through = mappings(rows_of(good)[0], path.suffix)[:2]

    fates = [damage.fate(path, mapping, store) for mapping in through]

    assert fates[0] is None or way not in {"empty", "blanks only", "NULs only", "a picture", "compressed"}


@each_table
@pytest.mark.parametrize("suffix", [suffix for suffix in (".csv", ".xlsx") if suffix in SUFFIXES])
@pytest.mark.parametrize("way", damage.TABLES)
def test_a_damaged_table_loses_nothing_without_a_word(tmp_path: Path, store: Store, name: str, way: str, suffix: str):
    """Columns and cells that are lost, doubled, renamed, swapped or filled with nonsense, in a table or a workbook."""
    good = rows_of((FOLDER / name).read_bytes())
    path = tmp_path / f"data{suffix}"
    rows = damage.TABLES[way](good, Random(way))  # noqa: S311 - a test's chance
    path.write_bytes(damage.table_bytes(rows) if suffix == ".csv" else damage.workbook_bytes(rows))

    counts = {damage.fate(path, mapping, store) for mapping in mappings(good[0], suffix)}

    # What the file holds is known here: a workbook has no row where nothing stands.
    assert suffix != ".csv" or {len([row for row in rows if row]) - 1, None} >= counts


@each_json
@pytest.mark.parametrize("suffix", [suffix for suffix in (".json", ".jsonl") if suffix in SUFFIXES])
@pytest.mark.parametrize("way", damage.JSON)
def test_damaged_json_loses_nothing_without_a_word(tmp_path: Path, store: Store, name: str, way: str, suffix: str):
    """Values in envelopes, mixed, nested, doubled, emptied, and whatever else other programs write."""
    value = json.loads(small(FOLDER / name))
    path = tmp_path / f"data{suffix}"
    path.write_bytes(damage.JSON[way](value, Random(way)))  # noqa: S311 - a test's chance

    for mapping in mappings([], suffix):
        damage.fate(path, mapping, store)


@each_set
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_under_another_suffix_loses_nothing_without_a_word(tmp_path: Path, store: Store, name: str, suffix: str):
    """A table named .json, JSON named .csv, text named .xlsx."""
    good = small(FOLDER / name)
    path = tmp_path / f"data{suffix}"
    path.write_bytes(good)

    for mapping in mappings(rows_of(good)[0], suffix):
        damage.fate(path, mapping, store)


def test_what_must_hold_is_noticed_where_it_does_not(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch):
    """The net itself: a reading that forgets a row is caught."""
    path = tmp_path / "data.jsonl"
    path.write_text('{"title": "A"}\n{"title": "B"}\n', encoding="utf-8")
    whole = damage.read

    def forgetful(*words: object, **more: object) -> object:
        found = whole(*words, **more)
        object.__setattr__(found, "incidents", found.incidents[1:])
        return found

    monkeypatch.setattr(damage, "read", forgetful)

    with pytest.raises(AssertionError):
        damage.fate(path, None, store)


def test_there_are_hundreds_of_broken_inputs():
    """At least two hundred, and every kind of file that can be read has some."""
    if not SETS:
        pytest.skip("real data is absent")

    assert 200 < len(SETS) * len(damage.BYTES)
    assert {Path(name).suffix for name in SETS} <= set(SUFFIXES)


def test_an_undamaged_cut_is_read(store: Store, tmp_path: Path):
    """What the damage begins with is sound: else nothing would be shown."""
    if not SETS:
        pytest.skip("real data is absent")
    refused = []
    for name in SETS:
        path = tmp_path / f"data{Path(name).suffix}"
        path.write_bytes(small(FOLDER / name))
        found = damage.fate(path, mappings(rows_of(path.read_bytes())[0], path.suffix)[0], store)
        refused += [name] if found is None else []

    assert len(refused) < len(SETS) / 4
