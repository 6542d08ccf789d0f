"""Whatever chance makes of a file: a sentence, or every row is somewhere. The long run is `benchmarks/fuzz.py`."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from benchmarks import fuzz
from postmortem.exchange import SUFFIXES, import_into, load_mapping, mapping_from, read
from postmortem.record.edit import changed
from postmortem.store import open_store
from tests import damage, hang

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postmortem.store import Store

SEEDS = fuzz.Seeds()
QUICK = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """One store for all: what stands in it changes no rule."""
    with open_store("sqlite://") as opened:
        yield opened


@given(seed=st.integers(0, 2**40))
@QUICK
def test_a_file_that_chance_has_damaged_loses_nothing_without_a_word(tmp_path: Path, store: Store, seed: int):
    """Every suffix that can be read, every mapping that comes with the package, several damages at once."""
    _, what, took = fuzz.round_of(seed, SEEDS, tmp_path, store)

    assert {"read", "read, without a row", "refused"} >= {what}
    assert took < 10


@given(suffix=st.sampled_from(SUFFIXES), data=st.binary(max_size=300) | st.text(max_size=200).map(lambda t: t.encode()))
@QUICK
def test_any_bytes_under_any_suffix_are_a_sentence_or_rows(tmp_path: Path, store: Store, suffix: str, data: bytes):
    """Nothing needs to be like anything."""
    path = tmp_path / f"data{suffix}"
    path.write_bytes(data)

    for mapping in (None, damage.plain_mapping(["a", "b"])):
        assert (damage.fate(path, mapping, store) or 0) >= 0


@given(lines=st.lists(st.sampled_from(['{"title": "A"}', "{", "[]", "1", '{"titel": 1}', "", "   ", "nul", '"a"'])))
@QUICK
def test_every_line_that_is_not_blank_is_counted(tmp_path: Path, store: Store, lines: list[str]):
    """The number is known here without the program's help."""
    path = tmp_path / "data.jsonl"
    path.write_text("\n".join(['{"title": "first"}', *lines]), encoding="utf-8")

    assert 1 + sum(bool(line.strip()) for line in lines) == damage.fate(path, None, store)


@pytest.mark.parametrize("way", [*damage.TABLES])
def test_every_row_of_a_damaged_table_is_counted(tmp_path: Path, store: Store, way: str):
    """Where the table as a whole is taken, its rows are as many as were written."""
    good = fuzz.rows(random.Random(7), ["No", "What", "When", "Cost"])  # noqa: S311 - a test's chance
    rows = damage.TABLES[way](good, random.Random(way))  # noqa: S311
    path = tmp_path / "data.csv"
    path.write_bytes(damage.table_bytes(rows))

    assert {len([row for row in rows if row]) - 1, None} >= {
        damage.fate(path, damage.plain_mapping(good[0]), store),
        damage.fate(path, damage.plain_mapping(rows[0] or ["x"]), store),
    }


def test_a_markdown_heading_of_a_million_characters_takes_no_minutes(tmp_path: Path, store: Store):
    """Comparing it with every pattern took longer than anybody waits."""
    path = tmp_path / "data.md"
    path.write_text(f"# Outage\n\n## {'x,' * 500_000}\n\nIt broke.\n", encoding="utf-8")
    with hang.ends():
        fate = damage.fate(path, None, store)

    assert fate == 1


def test_a_header_of_half_a_million_columns_is_refused_at_once(tmp_path: Path, store: Store):
    """A line end that is missing made one row of the whole file; giving each column its own name took minutes."""
    path = tmp_path / "data.csv"
    path.write_text("No," + "x," * 450_000 + "\n1,2\n", encoding="utf-8")
    with hang.ends():
        fates = {damage.fate(path, mapping, store) for mapping in (MAPPING, load_mapping("jira_csv"))}

    assert {None} == fates


MAPPING = mapping_from({"source": {"system": "crm", "key": "No"}, "columns": {"What": "title", "Who": "owner"}})
ROWS = st.lists(
    st.tuples(st.sampled_from("1234"), st.sampled_from("AB"), st.sampled_from(["", "Ana", "Bo"])), max_size=6
)


class Importing(RuleBasedStateMachine):
    """Files come, again and changed, while people work; a model of a few lines says what each import must come to."""

    def __init__(self):
        super().__init__()
        self.store = open_store("sqlite://")
        # What the file said last of each key, and which keys people have worked on.
        self.said: dict[str, tuple[str, str]] = {}

    def teardown(self):
        """Let go of the store."""
        self.store.close()

    @rule(rows=ROWS, dry=st.booleans())
    def import_a_file(self, rows: list[tuple[str, str, str]], *, dry: bool):
        """Counts are those of the model, and a dry run changes nothing."""
        contents: dict[str, list[tuple[str, str]]] = {}
        for key, title, owner in rows:
            contents.setdefault(key, []).append((title, owner))
        good = {key: told[0] for key, told in contents.items() if len(set(told)) == 1}

        result = self._import("No,What,Who\n" + "".join(f"{','.join(row)}\n" for row in rows), dry=dry)

        assert len(rows) == result.read
        assert len(rows) - len(good) == result.rejected
        assert sum(key not in self.said for key in good) == result.imported
        known = {key: told for key, told in good.items() if key in self.said}
        assert sum(told == self.said[key] for key, told in known.items()) <= result.unchanged
        assert len(known) == result.unchanged + result.updated
        if not dry:
            self.said |= good

    def _import(self, text: str, *, dry: bool):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "crm.csv"
            path.write_text(text, encoding="utf-8")
            return import_into(self.store, read(path, mapping=MAPPING, now=damage.NOW), by="crm", dry_run=dry)

    @rule(key=st.sampled_from("1234"), word=st.sampled_from(["by hand", "again"]))
    def work_on_one(self, key: str, word: str):
        """Somebody adds what no file speaks of."""
        identifier = self.store.find_source("crm", key)
        if identifier is not None:
            self.store.save(changed(self.store.load(identifier), summary=word), by="Ana")

    @invariant()
    def every_key_stands_once(self):
        """Neither lost nor doubled, and what the file said last is what stands."""
        found = {incident.source.key: incident for incident in self.store.incidents()}

        assert len(self.store) == len(found)
        assert set(self.said) == set(found)
        assert {key: told[0] for key, told in self.said.items()} == {key: one.title for key, one in found.items()}


TestImporting = Importing.TestCase
TestImporting.settings = settings(max_examples=15, stateful_step_count=12, deadline=None)
