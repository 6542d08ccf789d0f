"""Workbooks: what their cells become, what is told, and what is refused before it is opened."""

from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postmortem.exchange import mapping_from, read, read_fitting, write_rejects
from postmortem.exchange.mapped import unpacking
from postmortem.record.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from postmortem.exchange import Mapping

NOW = datetime(2026, 11, 22, tzinfo=UTC)
HEAD = ["No", "What", "When", "Cost", "Note"]


def crm(**source: Any) -> Mapping:
    """A small mapping with dates that no workbook writes."""
    columns = {
        "What": "title",
        "When": {"to": "occurred_at", "optional": True},
        "Cost": {"to": "impact.our_cost", "optional": True},
        "Note": {"to": "extra", "optional": True},
    }
    return mapping_from({"source": {"system": "crm", "key": "No", "dates": ["%d.%m.%Y"], **source}, "columns": columns})


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    """Writes a workbook: sheets by name, each a list of rows; a function draws what rows can't say."""

    def written(sheets: dict[str, list[list[Any]]], draw: Callable[[Any, Any], None] | None = None) -> Path:
        path = tmp_path / "a.xlsx"
        with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm:ss"}) as workbook:
            workbook.set_properties({"created": NOW.replace(tzinfo=None)})
            for name, rows in sheets.items():
                sheet = workbook.add_worksheet(name)
                for at, cells in enumerate(rows):
                    for column, cell in enumerate(cells):
                        if cell is not None:
                            sheet.write(at, column, cell)
                if draw is not None:
                    draw(workbook, sheet)
        return path

    return written


def one(path: Path, mapping: Mapping | None = None) -> Any:
    """The incident of a workbook with one row."""
    found = read(path, mapping=mapping or crm(), now=NOW)
    assert () == found.rejects, found.rejects[0].reasons
    return found.incidents[0]


@pytest.mark.parametrize("dates", [["%d.%m.%Y"], ["iso"], ["%Y-%d-%m"], ["%m/%d/%Y %H:%M"]])
@pytest.mark.parametrize("cell", [datetime(2026, 3, 2, 17, 30), date(2026, 3, 2)])  # noqa: DTZ001 - as a cell holds it
def test_a_cell_that_holds_a_date_comes_through_whatever_the_formats_of_text(
    book: Callable[..., Path], dates: list[str], cell: date
):
    """The day stays the day, and the zone is the mapping's."""
    incident = one(book({"S": [HEAD, [7, "Late", cell]]}), crm(dates=dates, zone="Europe/Berlin"))
    hour = (16, 30) if isinstance(cell, datetime) else (23, 0)

    assert datetime(2026, 3, 2 if hour[0] == 16 else 1, *hour, tzinfo=UTC) == incident.occurred_at


@pytest.mark.parametrize(
    ("expected", "cell"),
    [
        ("7", 7),
        ("12.5", 12.5),
        ("0.1", 0.1),
        ("0.00000001", 1e-8),
        ("true", True),
        ("12:30:00", time(12, 30)),
        ("30:00:00", timedelta(hours=30)),
        ("0042", "0042"),
        ("Zähler ☎ 中", "Zähler ☎ 中"),
    ],
)
def test_a_cell_becomes_the_text_that_a_person_sees(book: Callable[..., Path], expected: str, cell: Any):
    """Whole numbers have no point, small ones no exponent, texts keep their zeros."""
    kinds = {timedelta: "[h]:mm", time: "hh:mm"}

    def draw(workbook: Any, sheet: Any) -> None:
        if type(cell) in kinds:
            sheet.write(1, 4, cell, workbook.add_format({"num_format": kinds[type(cell)]}))

    rows = [HEAD, [1, "Late", None, None, None if type(cell) in kinds else cell]]

    assert expected == one(book({"S": rows}, draw)).extra[0].value


def test_amounts_are_read_where_the_source_writes_a_decimal_comma(book: Callable[..., Path]):
    """A number in a cell has no mark of its own."""
    found = one(book({"S": [HEAD, [1, "Late", None, 1234.5]]}), crm(decimal=",", thousands="."))

    assert "1234.5" == str(found.impact.our_cost)


def test_a_workbook_with_macros_is_read_as_any_other(book: Callable[..., Path], tmp_path: Path):
    """Nothing of them is looked at."""
    path = book({"S": [HEAD, [1, "Late"]]}).rename(tmp_path / "a.xlsm")

    assert "Late" == one(path).title


def test_a_formula_counts_with_its_value_and_one_that_is_text_stays_text(book: Callable[..., Path]):
    """Nothing is run."""

    def draw(_: Any, sheet: Any) -> None:
        sheet.write_formula(1, 3, "=6*7", None, 42)
        sheet.write_string(1, 4, "=cmd|' /C calc'!A0")

    found = one(book({"S": [HEAD, [1, "Late"]]}, draw))

    assert ("42", "=cmd|' /C calc'!A0") == (str(found.impact.our_cost), found.extra[0].value)


def test_rows_are_counted_as_the_spreadsheet_does_and_blank_ones_pass(book: Callable[..., Path]):
    """Whoever looks for row 6 finds it there."""
    found = read(
        book({"S": [[], HEAD, [1, "A"], [], [], [2, "B", "soon"], [3, "C", None, None, None, "far"]]}),
        mapping=crm(),
        now=NOW,
    )

    assert (3, [6, 7]) == (found.rows_read, [reject.number for reject in found.rejects])
    assert "row 6, column 'When': expected a time such as 07.03.2026, found 'soon'" in found.problems[0].__str__()


def test_a_title_above_the_header_is_passed_over_and_said(book: Callable[..., Path]):
    """Also when it is merged over all columns."""

    def draw(_: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 0, 4, "Complaints of March")

    found = read(book({"S": [[], [], ["printed", "on Monday"], HEAD, [1, "A"]]}, draw), mapping=crm(), now=NOW)

    assert 1 == len(found.incidents)
    assert ("the header is row 4; passed over above it: 'Complaints of March printed on Monday'",) == found.notes


def test_the_first_sheet_that_holds_anything_is_read_and_the_others_are_told(book: Callable[..., Path]):
    """Or the one that the mapping names."""
    path = book({"Cover": [], "March": [HEAD, [1, "A"]], "April": [HEAD, [2, "B"]]})
    first, named = (read(path, mapping=mapping, now=NOW) for mapping in (crm(), crm(sheet="April")))

    assert ("A", "B") == (first.incidents[0].title, named.incidents[0].title)
    assert first.notes[0].startswith("the sheet 'March' is read; not read: 'Cover', 'April'")


def test_a_hidden_sheet_is_read_only_when_it_is_named(book: Callable[..., Path]):
    """What nobody sees was most likely not meant."""

    def draw(_: Any, sheet: Any) -> None:
        if sheet.name == "Old":
            sheet.hide()

    path = book({"Front": [HEAD, [1, "A"]], "Old": [HEAD, [2, "B"]]}, draw)

    assert ["A", "B"] == [one(path, mapping).title for mapping in (crm(), crm(sheet="Old"))]


def test_error_values_are_rejected_with_their_place_where_anything_is_made_of_them(book: Callable[..., Path]):
    """The reader alone would give them back as empty."""

    def draw(_: Any, sheet: Any) -> None:
        sheet.write_formula(1, 3, "=NA()", None, "#N/A")
        sheet.write_formula(2, 5, "=1/0", None, "#DIV/0!")

    found = read(book({"S": [[*HEAD, "Rest"], [1, "A"], [2, "B"]]}, draw), mapping=crm(), now=NOW)

    assert ["B"] == [incident.title for incident in found.incidents]
    assert "row 2, column 'Cost': holds the error value #N/A" in found.rejects[0].reasons


def test_cells_that_are_merged_into_another_row_are_told(book: Callable[..., Path]):
    """They look filled and are empty."""

    def draw(_: Any, sheet: Any) -> None:
        sheet.merge_range(1, 4, 3, 4, "for all three")

    found = read(book({"S": [HEAD, [1, "A"], [2, "B"], [3, "C"]]}, draw), mapping=crm(), now=NOW)

    assert (["A"], [3, 4]) == ([one.title for one in found.incidents], [reject.number for reject in found.rejects])
    assert "column 'Note': is merged with the cell in row 2" in found.rejects[0].reasons


def test_a_number_with_more_figures_than_a_workbook_keeps_is_told(book: Callable[..., Path]):
    """A card or case number would be another one."""
    found = read(book({"S": [HEAD, [12345678901234567, "A"]]}), mapping=crm(), now=NOW)

    assert "column 'No': is a number of more than 15 figures" in found.rejects[0].reasons


def test_rejects_are_mended_as_csv_and_dates_of_cells_come_through(book: Callable[..., Path], tmp_path: Path):
    """The dates stand there as ISO 8601, whatever the mapping says of text."""
    path = book({"S": [HEAD, [1, "A", datetime(2026, 3, 2, 17, 30), "much"]]})  # noqa: DTZ001 - as a cell holds it
    write_rejects(tmp_path / "r.csv", read(path, mapping=crm(), now=NOW))
    text = (tmp_path / "r.csv").read_text().replace('"much"', '"5"')
    (tmp_path / "r.csv").write_text(text)

    assert datetime(2026, 3, 2, 17, 30, tzinfo=UTC) == one(tmp_path / "r.csv").occurred_at


def test_a_missing_column_and_a_missing_sheet_are_told_with_the_near_name(book: Callable[..., Path]):
    """As for a CSV file."""
    path = book({"March": [["No", "Waht"], [1, "A"]]})
    with pytest.raises(DataError, match="did you mean 'Waht'"):
        read(path, mapping=crm(), now=NOW)
    with pytest.raises(DataError, match="there is no sheet 'Marhc'; did you mean 'March'"):
        read(path, mapping=crm(sheet="Marhc"), now=NOW)


def test_a_workbook_finds_its_shipped_mapping_or_is_told_what_one_is(book: Callable[..., Path]):
    """Its header is shown."""
    header = ["Case Number", "Subject", "Date/Time Opened"]
    opened = datetime(2026, 3, 2, 17, 30)  # noqa: DTZ001 - as a cell holds it
    assert "salesforce" == read_fitting(book({"S": [header, ["0001", "Late", opened]]}), now=NOW)[1]

    with pytest.raises(
        DataError, match="a table needs a mapping, which says what its columns mean; its header is: No, What"
    ):
        read_fitting(book({"S": [HEAD]}), now=NOW)


def changed(path: Path, part: str, change: Callable[[str], str]) -> Path:
    """A workbook with one of its parts in other words."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts[part] = change(parts[part].decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return path


SHEET = "xl/worksheets/sheet1.xml"


def test_a_formula_without_its_value_is_told(book: Callable[..., Path]):
    """Some programs save none; empty would be a guess."""

    def draw(_: Any, sheet: Any) -> None:
        sheet.write_formula(1, 3, "=6*7", None, 42)

    path = changed(book({"S": [HEAD, [1, "A"]]}, draw), SHEET, lambda text: text.replace("<v>42</v>", ""))
    found = read(path, mapping=crm(), now=NOW)

    assert "row 2, column 'Cost': holds a formula without its value" in found.rejects[0].reasons


def test_a_number_beyond_all_numbers_is_told(book: Callable[..., Path]):
    """A damaged file may hold one; a spreadsheet never writes it."""
    path = changed(
        book({"S": [HEAD, [1, "A", None, 77]]}), SHEET, lambda text: text.replace("<v>77</v>", "<v>1e999</v>")
    )
    found = read(path, mapping=crm(), now=NOW)

    assert "row 2, column 'Cost': is no number" in found.rejects[0].reasons


def test_one_cell_far_out_is_refused_before_the_cells_between_are_laid_out(book: Callable[..., Path]):
    """A file of six kilobytes would take hundreds of gigabytes."""
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    path = changed(book({"S": [HEAD, [1, "A"]]}), SHEET, lambda text: text.replace("</sheetData>", far))
    with pytest.raises(DataError, match=r"reaches to row 1,048,576 and column 16,384: 17,179,869,184 cells"):
        read(path, mapping=crm(), now=NOW)


@pytest.mark.parametrize("cell", ['<c r="XFD&#49;048576"><v>1</v></c>', "<c r=XFD1048576><v>1</v></c>"])
def test_a_cell_whose_place_is_written_as_no_spreadsheet_does_is_refused(book: Callable[..., Path], cell: str):
    """What can't be understood can't be bounded."""
    path = changed(book({"S": [HEAD]}), SHEET, lambda text: text.replace("</row>", f"{cell}</row>"))
    with pytest.raises(DataError, match="in a way that no spreadsheet writes"):
        read(path, mapping=crm(), now=NOW)


def test_what_unpacks_to_more_than_a_machine_holds_is_refused_with_its_size(
    book: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
):
    """Nothing of it is unpacked."""
    path = changed(book({"S": [HEAD]}), "docProps/app.xml", lambda text: text + " " * 5_000_000)
    monkeypatch.setattr(unpacking, "MOST_UNPACKED", 4_000_000)
    with pytest.raises(DataError, match=r"unpacked it has 0\.0 GB; up to 0 GB are read"):
        read(path, mapping=crm(), now=NOW)


def test_a_part_that_lies_about_its_size_is_refused(book: Callable[..., Path]):
    """Its sum would be small and its content large."""
    path = changed(book({"S": [HEAD]}), "docProps/app.xml", lambda text: text + " " * 5_000_000)
    raw = path.read_bytes()
    with zipfile.ZipFile(path) as whole:
        size = whole.getinfo("docProps/app.xml").file_size
    path.write_bytes(raw.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little")))
    with pytest.raises(DataError, match="unpacks to more than the 100 bytes it tells"):
        read(path, mapping=crm(), now=NOW)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "an old workbook (.xls) by another name"),
        (b"PK\x03\x04" + b"x" * 99, "no workbook, or a broken one"),
        (b"No,What\n1,A\n", "no workbook, or a broken one"),
        (b"", "the file is empty"),
    ],
)
def test_what_is_no_workbook_is_refused_with_what_it_is(tmp_path: Path, content: bytes, said: str):
    """And what to do."""
    (tmp_path / "a.xlsx").write_bytes(content)
    with pytest.raises(DataError) as caught:
        read(tmp_path / "a.xlsx", mapping=crm(), now=NOW)

    assert said in str(caught.value)


def test_an_archive_of_something_else_is_no_workbook(tmp_path: Path):
    """Its parts are missing."""
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("../../etc/passwd", "x")
    with pytest.raises(DataError, match="no workbook: xl/_rels/workbook"):
        read(tmp_path / "a.xlsx", mapping=crm(), now=NOW)


@pytest.mark.parametrize("sheets", [{"S": []}, {"S": [], "T": []}])
def test_a_workbook_without_a_cell_is_empty(book: Callable[..., Path], sheets: dict[str, list[list[Any]]]):
    """As a file of blanks is."""
    with pytest.raises(DataError, match="every sheet is empty"):
        read(book(sheets), mapping=crm(), now=NOW)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_workbook_is_read_rejected_or_refused(book: Callable[..., Path], data: st.DataObject):
    """Cut off, or with wrong bytes anywhere: nothing falls over, and every row that is read is counted."""
    path = book({"S": [HEAD, [1, "A", None, 3], [2, "B"]]})
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(min_value=0, max_value=4))):
        raw[data.draw(st.integers(min_value=0, max_value=len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(
        raw[: data.draw(st.integers(min_value=1, max_value=len(raw)))] if data.draw(st.booleans()) else raw
    )
    try:
        found = read(path, mapping=crm(), now=NOW)
    except DataError:
        return

    assert found.rows_read == len(found.incidents) + len(found.rejects)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(change=st.data())
def test_a_workbook_whose_sheet_is_written_otherwise_is_read_rejected_or_refused(
    book: Callable[..., Path], change: st.DataObject
):
    """Whole as an archive, broken inside."""
    words = [
        'r="',
        "<c ",
        "</c>",
        "<v>",
        "<row ",
        "</row>",
        "<f>",
        't="e"',
        't="s"',
        "9999999",
        "&",
        "<!--",
        "]]>",
        "\0",
    ]

    def broken(text: str) -> str:
        at = change.draw(st.integers(min_value=0, max_value=len(text)))
        return text[:at] + change.draw(st.sampled_from(words)) + text[at + change.draw(st.integers(0, 3)) :]

    path = changed(book({"S": [HEAD, [1, "A", None, 3], [2, "B"]]}), SHEET, broken)
    try:
        found = read(path, mapping=crm(), now=NOW)
    except DataError:
        return

    assert found.rows_read == len(found.incidents) + len(found.rejects)
