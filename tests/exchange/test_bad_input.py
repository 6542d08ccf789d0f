"""What will not do ends in a clear message: file, row, column, remedy; the good rows stay good."""

from __future__ import annotations

import json
import tracemalloc
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postmortem.exchange import read
from postmortem.record.errors import DataError, PostmortemError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from postmortem.exchange import Mapping, Reading

    Read = Callable[..., Reading]

NOW = datetime(2026, 11, 22, tzinfo=UTC)
HEAD = "No,What,When\n"
GOOD = "9,Fine,2026-03-07\n"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"", "the file is empty"),
        ("a.json", b"", "the file is empty"),
        ("a.jsonl", b"\xef\xbb\xbf \r\n\n", "only blanks"),
        ("a.csv", bytes(range(256)) * 20, "binary, not text"),
        ("a.csv", b"PK\x03\x04" + b"x" * 99, "save the sheet as CSV"),
        ("a.xlsx", b"PK\x03\x04" + b"x" * 99, "save it again as .xlsx"),
        ("a.csv", (HEAD + GOOD).encode("utf-16"), "seems to be UTF-16; save it as UTF-8"),
        ("a.csv", (HEAD + GOOD).encode("utf-16-le"), "seems to be UTF-16"),
        ("a.json", '[{"title": "ä"}]'.encode("utf-16"), "seems to be UTF-16"),
        ("a.json", b'[{"title": "a"}, {"title": "b"', "line 1, character 31: not JSON"),
        ("a.json", b'[{"title": "a"},\n\n {"title" "b"}]', "line 3, character 11: not JSON"),
        ("a.json", b'[{"title": "a"}', "the file ends inside the list"),
        ("a.json", b'{"title": "a"}{"title": "b"}', "name the file .jsonl"),
        ("a.json", b"hello", "expected an incident {…} or a list of them […], found 'hello'"),
        ("a.json", b"[" * 100_000, "nested too deeply"),
        ("a.jsonl", '{"title": "Müller"}\n'.encode("latin-1"), "line 1: not UTF-8, found byte 0xFC"),
        ("a.json", '\n[{"title": "Müller"}]\n'.encode("latin-1"), "line 2: not UTF-8, found byte 0xFC"),
        ("a.csv", b"No,What,When,What\n", "column 'What': stands 2 times in the header, as columns 2 and 4"),
        ("a.csv", b"No,Waht,When\n", "column 'What': named by the mapping (columns.What), but not in the header"),
        ("a.csv", b'No,"What,When\n1,a,b\n', "row 1 (the header): a quotation mark is opened"),
        ("a.txt", b"hello", "unknown kind of file '.txt'; name it .json"),
        ("a.cvs", b"hello", "did you mean '.csv'?"),
    ],
)
def test_a_file_that_will_not_do_is_refused_with_its_name_the_finding_and_a_remedy(
    reading: Read, name: str, content: bytes, said: str
):
    """Nothing of it is read, and nobody meets a traceback."""
    with pytest.raises(DataError) as caught:
        reading(name, content)

    assert str(caught.value).startswith(f"{name}: ")
    assert said in str(caught.value)


def test_latin_1_is_told_at_every_row_and_column_with_how_it_would_read(reading: Read):
    """The person can see at once whether the guess is right, and where to say so."""
    with pytest.raises(DataError) as caught:
        reading("a.csv", f"{HEAD}1,Müller,2026-03-07\n{GOOD}3,Größe,2026-03-07\n".encode("latin-1"))

    assert ["row 2, column 'What'", "row 4, column 'What'"] == [problem.where for problem in caught.value.problems]
    assert "'Müller'" in str(caught.value)
    assert 'encoding = "cp1252"' in str(caught.value)


def test_latin_1_is_read_when_the_mapping_says_so(reading: Read, crm: Mapping):
    """The remedy that was offered works."""
    mapping = crm.model_copy(update={"source": crm.source.model_copy(update={"encoding": "cp1252"})})
    found = reading("a.csv", f"{HEAD}1,Müller,2026-03-07\n".encode("latin-1"), mapping)

    assert "Müller" == found.incidents[0].title


def test_a_folder_and_a_missing_file_are_told_apart(tmp_path: Path, crm: Mapping):
    """Each has its own remedy."""
    with pytest.raises(DataError, match="this is a folder; name a file inside it"):
        read(tmp_path, mapping=crm, now=NOW)
    with pytest.raises(DataError, match="there is no such file"):
        read(tmp_path / "a.csv", mapping=crm, now=NOW)


@pytest.mark.parametrize(
    ("name", "start", "said"),
    [
        ("a.csv", b"", "line 1: longer than 1,000,000 characters"),
        ("a.csv", b'No,What,When\n1,"', "line 2: longer than 1,000,000 characters"),
        ("a.jsonl", b'{"title": "', "line 1: longer than 16,000,000 characters"),
        ("a.json", b'{"title": "', "one incident longer than 16,000,000 characters"),
        ("a.json", b"", "expected an incident"),
    ],
)
def test_200_mb_of_one_line_is_refused_without_filling_the_memory(
    tmp_path: Path, crm: Mapping, name: str, start: bytes, said: str
):
    """What is kept in memory is bounded by the longest line, not by the file."""
    path = tmp_path / name
    with path.open("wb") as file:
        file.write(start)
        for _ in range(200):
            file.write(b"a" * 1_000_000)
    tracemalloc.start()
    with pytest.raises(DataError) as caught:
        read(path, mapping=crm, now=NOW)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert said in str(caught.value)
    assert peak < 150_000_000


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("1,A,3/7/2026", "row 2, column 'When': expected a time such as 2026-03-07T14:02:00+00:00 or 07.03.2026"),
        ("1,A,1628-01-01", "row 2, column 'When': expected a year from 1900 to 2200, found 1628"),
        ("1,A,2027-01-01", "row 2, column 'When': 2027-01-01T00:00:00+00:00 lies in the future; check the order"),
        ("1,A", "row 2: expected 3 cells, found 2: no cell for 'When'"),
        ("1,A,2026-03-07,x", "row 2: expected 3 cells, found 4: 'x' has no column"),
        (",,", "row 2: the row is empty"),
        ("1,,2026-03-07", "row 2, column 'What': missing"),
        (",A,2026-03-07", "row 2, column 'No': the key is missing"),
        ('1,"A,2026-03-07', "row 2: a quotation mark is opened and never closed"),
        ('1,"A"B,2026-03-07', "row 2: quotation marks do not fit"),
        ("1,A\0B,2026-03-07", "row 2: a NUL byte stands in the row"),
    ],
)
def test_a_bad_row_is_rejected_with_its_reason_and_the_next_one_is_read(reading: Read, row: str, said: str):
    """One bad row costs no other."""
    found = reading("a.csv", f"{HEAD}{row}\n{GOOD}8,Also fine,08.03.2026\n")

    assert ["Fine", "Also fine"] == [incident.title for incident in found.incidents]
    assert 3 == found.rows_read
    assert said in found.rejects[0].reasons


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (",,our", "did you mean 'ours'?"),
        (f",{'9' * 5000},", "column 'Cost': expected at most 1,000,000,000,000"),
        (",1e400,", "column 'Cost'"),
        (",NaN,", "column 'Cost': expected a number"),
        (",-3,", "column 'Cost': expected at least 0"),
        ("2026-03-01,,", "2026-03-01T00:00+00:00 lies before it occurred (occurred_at, 2026-03-07T00:00+00:00)"),
    ],
)
def test_a_value_that_will_not_do_is_told_with_its_column(reading: Read, cells: str, said: str):
    """Numbers, words and the order of times are looked at as well."""
    found = reading("a.csv", f"No,What,When,Fixed,Cost,Fault\n1,A,2026-03-07,{cells}\n")

    assert said in found.rejects[0].reasons
    assert 2 == found.rejects[0].number


def test_all_problems_of_a_row_are_told_at_once(reading: Read):
    """Nobody mends one and meets the next."""
    found = reading("a.csv", "No,What,When,Cost,Fault\n,,soon,-3,me\n")

    columns = [problem.where.split(", ")[1] for problem in found.rejects[0].problems]

    assert sorted(f"column '{name}'" for name in ("No", "What", "When", "Cost", "Fault")) == sorted(columns)


def test_a_key_with_two_contents_rejects_both_and_each_names_the_other(reading: Read):
    """Nobody can say which of them holds."""
    found = reading("a.csv", f"{HEAD}1,A,2026-03-07\n{GOOD}1,B,2026-03-07\n")

    assert ["Fine"] == [incident.title for incident in found.incidents]
    assert [2, 4] == [reject.number for reject in found.rejects]
    assert "the key '1' stands also at row 4" in found.rejects[0].reasons
    assert "the key '1' stands also at row 2" in found.rejects[1].reasons


def test_a_row_that_stands_twice_under_its_key_is_taken_once(reading: Read):
    """The second says nothing new, and it is told."""
    found = reading("a.csv", f"{HEAD}{GOOD}{GOOD}")

    assert 1 == len(found.incidents)
    assert "the same as row 2" in found.rejects[0].reasons


def test_formulas_and_scripts_are_kept_as_the_text_they_are(reading: Read):
    """They are made harmless where they are shown, not where they are kept."""
    found = reading("a.csv", f"{HEAD}1,=cmd(),2026-03-07\n2,<script>alert(1)</script>,2026-03-07\n")

    assert ["=cmd()", "<script>alert(1)</script>"] == [incident.title for incident in found.incidents]


def test_blanks_and_quotes_around_the_names_of_the_header_do_not_matter(reading: Read):
    """Some systems write `"No", "What"`."""
    found = reading("a.csv", '"No", "What", "When"\n"1","A","2026-03-07"\n"2", "B, with comma", "2026-03-07"\n')

    assert ["A", "B, with comma"] == [incident.title for incident in found.incidents]


def test_rows_are_counted_as_a_spreadsheet_counts_them(reading: Read):
    """Blank lines count, cells with several lines do not; where the two differ, the line is named too."""
    found = reading("a.csv", f'{HEAD}1,"A\nand more",2026-03-07\n\n2,B,soon\n')

    assert 4 == found.rejects[0].number
    assert "row 4 (line 5), column 'When'" in found.rejects[0].reasons


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ('{"titel": "A"}', "titel: unknown field; did you mean 'title'?"),
        ('{"title": "A", "title": "B"}', "the field 'title' stands twice"),
        ('{"title": "A", "impact": {"our_cost": NaN}}', "NaN is no JSON value"),
        ('{"title": "A", "impact": {"customer_min": Infinity}}', "Infinity is no JSON value"),
        ('{"title": "A", "impact": {"our_cost": 1e999}}', "impact.our_cost: expected a number"),
        (f'{{"title": "A", "impact": {{"customers": {"9" * 5000}}}}}', "a number with 5,000 digits"),
        ('{"title": "A", "fault": "our"}', "did you mean 'ours'?"),
        ('{"title": "\\ud800"}', "half of a character"),
        ('{"title": "A", "occurred_at": "1628-01-01T00:00Z"}', "found 1628"),
        (
            '{"title": "A", "occurred_at": "2026-03-07T00:00Z", "fixed_at": "2026-03-06T00:00Z"}',
            "fixed_at: 2026-03-06T00:00+00:00 lies before it occurred (occurred_at, 2026-03-07T00:00+00:00)",
        ),
        (f'{{"title": {"[" * 60}{"]" * 60}}}', "nested too deeply"),
        ("[1]", "expected an incident as {…}, found [1]"),
        ("null", "expected an incident as {…}, found None"),
    ],
)
@pytest.mark.parametrize("lines", [True, False])
def test_a_bad_document_is_rejected_and_the_next_one_is_read(reading: Read, document: str, said: str, *, lines: bool):
    """It makes no difference whether they stand in a list or in lines."""
    good = '{"title": "Fine"}'
    found = reading("a.jsonl", f"{good}\n\n{document}\n") if lines else reading("a.json", f"[{good},{document}]")

    assert ["Fine"] == [incident.title for incident in found.incidents]
    assert (3 if lines else 2) == found.rejects[0].number
    assert said in found.rejects[0].reasons
    assert 2 == found.rows_read


def test_a_line_that_was_cut_off_is_rejected_and_the_others_are_read(reading: Read):
    """The last line of a file that was cut off is the only one that is lost."""
    found = reading("a.jsonl", '{"title": "Fine"}\n{"title": "Al')

    assert ["Fine"] == [incident.title for incident in found.incidents]
    assert "line 2: not JSON" in found.rejects[0].reasons
    assert {"text": '{"title": "Al'} == found.rejects[0].values


def test_what_comes_out_of_a_store_is_taken_as_it_stands_there(reading: Read):
    """A record with an odd order of times that was exported must not be lost on its way back; the review tells it."""
    odd = {"title": "A", "id": "1", "occurred_at": "2026-03-07T00:00:00Z", "fixed_at": "2026-03-06T00:00:00Z"}

    assert 1 == len(reading("a.json", json.dumps([{**odd, "revision": 3}])).incidents)
    assert 1 == len(reading("b.json", json.dumps([odd])).rejects)


def test_without_a_mapping_the_header_is_named_and_how_to_write_one(reading: Read):
    """Who has a table of their own is shown the way."""
    told = r"(?s)its header is: No, What, When; have one guessed: postmortem map a\.csv.*or write one as TOML"
    with pytest.raises(DataError, match=told):
        reading("a.csv", HEAD + GOOD, None)


def test_without_a_mapping_the_shipped_one_that_fits_is_named(reading: Read):
    """Who has one of the known tables is told the name of its mapping."""
    header = "time,year,lat,long,commodity,volume,state,release type,water,cost,cause\n"
    with pytest.raises(DataError, match="name it with --map phmsa"):
        reading("a.csv", header, None)


@given(content=st.binary(max_size=300) | st.text(alphabet='",;\n\r\t\0{}[]:1aé=', max_size=300).map(str.encode))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.json", "a.jsonl"])
def test_whatever_stands_in_a_file_nobody_meets_a_traceback(reading: Read, name: str, content: bytes):
    """Any bytes are read, or refused in words; and what was read adds up."""
    try:
        found = reading(name, content)
    except PostmortemError:
        return

    assert found.rows_read == len(found.incidents) + len(found.rejects)


@given(rows=st.lists(st.text(alphabet="\",;\n 12aA-'=", max_size=30), max_size=8))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_rows_follow_a_good_header_they_add_up(reading: Read, rows: list[str]):
    """Rows read are good ones and rejects together, however the rows are broken; each place stands once."""
    found = reading("a.csv", HEAD + "".join(f"{row}\n" for row in rows))
    numbers = [reject.number for reject in found.rejects]

    assert found.rows_read == len(found.incidents) + len(found.rejects)
    assert sorted(set(numbers)) == numbers
    assert all(reject.problems for reject in found.rejects)
