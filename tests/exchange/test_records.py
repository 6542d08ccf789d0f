"""JSON of other systems through a mapping: paths, lists, objects, and what is said of the rest."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postmortem.exchange import mapping_from, read, read_fitting, write_rejects
from postmortem.record.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from postmortem.exchange import Mapping, Reading

    Read = Callable[..., Reading]

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def desk(**source: Any) -> Mapping:
    """A mapping of paths."""
    columns = {
        "what": "title",
        "at.time": "occurred_at",
        "who.team": {"to": "team", "optional": True},
        "parts.name": {"to": "tags", "optional": True},
        "cost": {"to": "impact.our_cost", "optional": True},
        "note": {"to": "extra", "optional": True},
    }
    told = {"system": "desk", "key": "no", "format": "json", "rows": "rows", **source}
    return mapping_from({"source": told, "columns": columns})


def row(no: int = 1, **more: Any) -> dict[str, Any]:
    """A record that will do."""
    return {"no": no, "what": "Late", "at": {"time": "2026-03-07T14:02:00Z"}, **more}


def text_of(*rows: Any, **beside: Any) -> str:
    """A file with its records under a name."""
    return json.dumps({**beside, "rows": list(rows)})


def test_a_path_finds_what_stands_inside_and_every_element_of_a_list(reading: Read):
    """Several elements are several words."""
    found = reading("a.json", text_of(row(who={"team": "Field"}, parts=[{"name": "pump"}, {"name": "valve"}])), desk())

    assert ("Field", ("pump", "valve")) == (found.incidents[0].team, found.incidents[0].tags)


def test_a_name_with_dots_in_it_is_found_too(reading: Read):
    """Some systems write a path as a name."""
    assert "Field" == reading("a.json", text_of(row(**{"who.team": "Field"})), desk()).incidents[0].team


@pytest.mark.parametrize("path", ["rows", "data.rows"])
@pytest.mark.parametrize("before", [{}, {"next": None, "count": 2, "users": [{"rows": 1}], "x": {"y": [1]}}])
def test_the_rows_are_found_wherever_the_path_leads(reading: Read, path: str, before: dict[str, Any]):
    """Whatever stands before and behind them."""
    held: Any = [row(1), row(2)]
    for name in reversed(path.split(".")):
        held = {**before, name: held, "more": {"z": 1}}
    found = reading("a.json", json.dumps(held), desk(rows=path))

    assert ["1", "2"] == [incident.source.key for incident in found.incidents]


@pytest.mark.parametrize(
    "given",
    [[row()], row(), {"rows": row()}, {"rows": [row()]}],
    ids=["a list", "one record", "one record below its name", "a list below its name"],
)
def test_one_record_and_many_are_read_in_every_usual_shape(reading: Read, given: Any):
    """The same system writes all of them."""
    assert 1 == len(reading("a.json", json.dumps(given), desk()).incidents)


def test_fields_that_nothing_is_made_of_are_told_once_by_their_shortest_path(reading: Read):
    """Empty ones are no loss."""
    more = {"who": {"team": "a", "mail": "b"}, "x": {"y": 1, "z": 2}, "e": [], "n": None}
    found = reading("a.json", text_of(row(1, **more), row(2, **more), users=[{"id": 1}], count=2), desk())

    assert ("who.mail", "x", "users") == found.not_carried


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"at": {"time": "soon"}}, "record 2, field 'at.time': expected a time such as"),
        ({"cost": "much"}, "record 2, field 'cost': expected an amount such as 12.50, found 'much'"),
        ({"cost": True}, "record 2, field 'cost': expected an amount"),
        ({"cost": 1e999}, "record 2: Infinity is no JSON value"),
        ({"what": {"text": "Late"}}, "record 2, field 'what': expected a word, found {'text': 'Late'}; name a field"),
        ({"what": [{"x": [1]}]}, "record 2, field 'what': expected a word"),
        ({"what": None}, "record 2"),
        ({"what": []}, "record 2"),
        ({"at": "2026-03-07"}, None),
        ({"no": None}, "record 2, field 'no': the key is missing"),
        ({"no": {}}, "record 2, field 'no': the key is missing"),
        ({"at": {"time": "2027-03-07T00:00:00Z"}}, "lies in the future"),
        ({"at": {"time": ["2026-03-07", "2026-03-08"]}}, "found '2026-03-07, 2026-03-08'"),
        ({"what": "half \ud800"}, "half of a character"),
    ],
)
def test_a_value_that_will_not_do_is_told_with_its_record_and_its_field(reading: Read, bad: Any, said: str | None):
    """The record beside it is read."""
    found = reading("a.json", text_of(row(1), {**row(2), **bad}), desk())

    assert "1" == found.incidents[0].source.key
    assert said is None or said in found.rejects[0].reasons
    assert 2 == found.rows_read == len(found.incidents) + len(found.rejects)


@pytest.mark.parametrize("bad", [1, None, "x", [1], [[{}]], True, []])
def test_what_is_no_object_is_no_record(reading: Read, bad: Any):
    """It is counted, and told."""
    found = reading("a.json", text_of(row(1), bad), desk())

    assert (2, 1) == (found.rows_read, len(found.rejects))
    assert "expected a record" in found.rejects[0].reasons


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"rows": [', "cut off"),
        ('{"rows": [{"no": 1}', "the file ends inside the list"),
        ('{"rows": [], ', "the file ends inside the object"),
        ('{"rows": [],}', "found '}'"),
        ('{"rows" []}', "expected : behind 'rows'"),
        ('{"rows": []} x', "expected { or [, found 'x'"),
        ('{"rows": ' + "[" * 100_000, "nested too deeply"),
        ('{"x": ' + "[" * 100_000, "nested too deeply"),
        ("hello", "not JSON"),
        ("", "the file is empty"),
        ('{"a": {"rows": []}}', "field 'no': named by the mapping (source.key), but in no row of the file"),
        (json.dumps({"rows": [{"na": 1, "waht": "x", "at": {"time": None}}]}), "field 'what': named by the mapping"),
    ],
)
def test_a_file_that_will_not_do_is_refused_as_a_whole(reading: Read, content: str, said: str):
    """With its place, and what to do."""
    with pytest.raises(DataError) as caught:
        reading("a.json", content, desk())

    assert said in str(caught.value)


def test_a_field_that_no_row_has_is_told_with_the_near_name(reading: Read):
    """It is a typing error in the mapping, or another system's file."""
    with pytest.raises(DataError, match=r"field 'what': .* did you mean 'waht'"):
        reading("a.json", json.dumps({"rows": [{"no": 1, "waht": "x", "at": {"time": None}}]}), desk())


def test_deep_nesting_in_a_record_is_a_reject_and_no_crash(reading: Read):
    """Within what a decoder can read."""
    deep = '{"a":' * 200 + "1" + "}" * 200
    found = reading("a.json", f'{{"rows": [{json.dumps(row())}, {{"no": 2, "x": {deep}}}]}}', desk())

    assert "nested too deeply" in found.rejects[0].reasons


def test_a_broken_line_is_a_reject_and_the_next_is_read(reading: Read):
    """Lines stand alone."""
    found = reading("a.jsonl", f"{json.dumps(row(1))}\n{{broken\n\n{json.dumps(row(3))}\n", desk())

    assert (["1", "3"], [2]) == (
        [one.source.key for one in found.incidents],
        [reject.number for reject in found.rejects],
    )


def test_rejects_are_mended_and_read_through_the_same_mapping(reading: Read, tmp_path: Path):
    """They hold the record as it stood."""
    write_rejects(tmp_path / "r.jsonl", reading("a.json", text_of(row(1), row(2, cost="much", x=[1])), desk()))
    path = tmp_path / "r.jsonl"
    path.write_text(path.read_text().replace('"much"', "12.5"))
    found = read(path, mapping=desk(), now=NOW)

    assert ["2"] == [incident.source.key for incident in found.incidents]
    assert ("x",) == found.not_carried


def test_a_key_that_stands_twice_with_other_contents_rejects_both(reading: Read):
    """Nobody can say which holds."""
    found = reading("a.json", text_of(row(1), row(1, cost=3), row(2)), desk())

    assert (3, ["2"]) == (found.rows_read, [incident.source.key for incident in found.incidents])


def test_equal_records_without_a_key_stay_as_many_as_there_are(reading: Read):
    """The key is made from the whole record, also from what is not carried."""
    mapping = desk(key="content")
    found = reading("a.json", text_of(row(x=1), row(x=1), row(x=2)), mapping)
    again = reading("b.json", text_of(row(x=2), row(x=1), row(x=1)), mapping)

    assert ["1", "1", "2"] == sorted(incident.source.key.rpartition("-")[2] for incident in found.incidents)
    assert {one.source.key for one in found.incidents} == {one.source.key for one in again.incidents}


def test_an_object_stands_for_the_first_of_its_fields_that_the_mapping_names(reading: Read):
    """And a field may have an order of its own."""
    given = row(note={"shown": "High", "value": "1"}, what={"shown": "x", "value": "y"})
    mapping = desk(objects=["shown", "value"]).model_dump()
    mapping["columns"]["what"]["objects"] = ["value"]
    found = reading("a.json", text_of(given), mapping_from(mapping)).incidents[0]

    assert ("y", "High") == (found.title, found.extra[0].value)


def test_numbers_and_yes_and_no_are_written_as_the_source_writes_them(reading: Read):
    """With the source's decimal mark, and never with an exponent."""
    mapping = desk(decimal=",")
    found = reading("a.json", text_of(row(1, cost=12.5, note=True), row(2, note=1e20)), mapping).incidents

    assert ("12.5", "true") == (str(found[0].impact.our_cost), found[0].extra[0].value)
    assert "100000000000000000000" == found[1].extra[0].value


def test_what_looks_like_a_formula_or_a_path_stays_a_text(reading: Read):
    """Nothing is run, nothing is opened."""
    found = reading("a.json", text_of(row(1, what="=cmd()", note="../../etc/passwd")), desk()).incidents[0]

    assert ("=cmd()", "../../etc/passwd") == (found.title, found.extra[0].value)


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_our_own_incidents_are_never_taken_for_another_system(tmp_path: Path, name: str):
    """Also where all of them are broken."""
    (tmp_path / name).write_text('{"title": "Late", "tickets": 1, "result": [], "issues": []}\n')

    assert None is read_fitting(tmp_path / name, now=NOW)[1]


def test_a_mapping_for_json_and_a_table_do_not_go_together(reading: Read):
    """It is said which is which."""
    with pytest.raises(DataError, match="the mapping is for JSON, and this is a table"):
        reading("a.csv", "no,what\n1,x\n", desk())


@pytest.mark.parametrize("said", [{"separator": ","}, {"sheet": "a"}, {"repeats": True}])
def test_what_belongs_to_tables_is_refused_in_a_mapping_for_json(said: dict[str, Any]):
    """It would do nothing, and somebody would wonder."""
    with pytest.raises(DataError, match="does not go with the format 'json'"):
        desk(**said)


_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
_NAMES = st.sampled_from(["no", "what", "at", "time", "who", "team", "parts", "name", "cost", "rows", "x", "at.time"])
_VALUES = st.recursive(
    _LEAVES, lambda inside: st.lists(inside, max_size=3) | st.dictionaries(_NAMES, inside, max_size=4), max_leaves=20
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=_VALUES, end=st.integers(min_value=0, max_value=400))
def test_whatever_stands_in_a_file_it_is_read_rejected_or_refused(tmp_path: Path, value: Any, end: int):
    """No shape falls over, and every row that is read is counted."""
    text = json.dumps({"rows": [row(1), value]})
    for content in (text, text[:end], json.dumps(value)):
        (tmp_path / "a.json").write_text(content)
        try:
            found = read(tmp_path / "a.json", mapping=desk(), now=NOW)
        except DataError:
            continue

        assert found.rows_read == len(found.incidents) + len(found.rejects)
