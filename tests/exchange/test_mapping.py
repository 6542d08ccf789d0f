"""Mapping files: what they may say, and what is said of one that will not do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from postmortem.exchange import load_mapping, mapping_from, shipped_mappings
from postmortem.record.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

SMALL: dict[str, Any] = {"source": {"system": "crm", "key": "No"}, "columns": {"What": "title"}}


def test_the_shipped_mappings_are_known_by_name():
    """Nobody has to know where they lie."""
    assert {"cer", "cfpb", "jira", "phmsa", "salesforce", "servicenow", "veris", "zendesk"} <= set(shipped_mappings())
    assert shipped_mappings()["cer"] == load_mapping("cer")


def test_a_file_of_ones_own_is_read_by_its_path(tmp_path: Path):
    """A short and a long form of a column mean the same."""
    path = tmp_path / "crm.toml"
    path.write_text('[source]\nsystem = "crm"\nkey = ["No"]\n[columns]\nWhat = { to = "title" }\n')

    assert mapping_from(SMALL) == load_mapping(path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"colums": {}}, "colums: unknown field; did you mean 'columns'?"),
        ({"source": {"system": "crm", "key": "No", "encodin": "utf-8"}}, "did you mean 'encoding'?"),
        ({"source": {"system": "crm", "key": "No", "encoding": "utf-9"}}, "expected an encoding such as utf-8"),
        ({"source": {"system": "crm", "key": "No", "zone": "Europe/Berln"}}, "expected a time zone"),
        ({"source": {"system": "crm"}}, "source.key: missing"),
        ({"columns": {}}, "columns: expected at least 1"),
        ({"columns": {"What": "titel"}}, "columns.What.to: there is no field 'titel'; did you mean 'title'?"),
        ({"columns": {"What": "title", "How": {"to": "team", "sep": ","}}}, "columns.How.sep: unknown field"),
        ({"columns": {"A": "title", "B": "title"}}, "title: 2 places give it a value"),
        ({"columns": {"A": "team"}}, "templates.title: missing"),
        ({"columns": {"A": "title", "B": {"to": "whys", "categories": {"x": "sytem"}}}}, "did you mean 'system'?"),
        ({"columns": {"A": "title", "B": {"to": "team", "undecided": ["x"]}}}, "belong to whys"),
        ({"templates": {"fault": "{What}"}}, "templates.fault: there is no field 'fault'"),
        ({"constants": {"faultt": "ours"}}, "did you mean 'fault'?"),
        ({"constants": {"fault": "our"}}, "constants.fault: expected ours"),
        ({"constants": {"id": "1"}}, "constants.id: there is no field 'id'"),
    ],
)
def test_what_will_not_do_is_told_by_its_key(change: dict[str, Any], said: str):
    """With a near name where there is one."""
    with pytest.raises(DataError) as caught:
        mapping_from({**SMALL, **change}, "mapping crm.toml")

    assert said in str(caught.value)


def test_all_that_will_not_do_is_told_at_once():
    """Nobody mends one and meets the next."""
    with pytest.raises(DataError) as caught:
        mapping_from({**SMALL, "columns": {"A": "titel", "B": "taem", "C": "title"}, "constants": {"fault": "our"}})

    assert 3 == len(caught.value.problems)


def test_a_name_that_is_not_shipped_offers_the_near_one():
    """A typing error in a name is no missing file."""
    with pytest.raises(DataError, match="did you mean 'phmsa'"):
        load_mapping("phmas")
    with pytest.raises(DataError, match="there are: cer, cfpb"):
        load_mapping("zzz")


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"columns = [", "not TOML"), (b"# M\xfcller", "not UTF-8"), (b"", "source: missing")],
)
def test_a_file_that_is_no_mapping_is_told(tmp_path: Path, content: bytes, said: str):
    """With its name, and why."""
    path = tmp_path / "crm.toml"
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        load_mapping(path)

    assert "mapping" in str(caught.value).splitlines()[0]
    assert said in str(caught.value)


def test_a_mapping_can_not_be_changed():
    """Two readings with one mapping are the same."""
    with pytest.raises(TypeError):
        load_mapping("cer").columns["A"] = None
