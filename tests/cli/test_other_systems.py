"""Files of other systems on the command line: the mapping is found, and what a person should know is said."""

from __future__ import annotations

import json
from pathlib import Path

import xlsxwriter

FILES = Path(__file__).parents[1] / "exchange" / "files"


def test_json_of_another_system_finds_its_mapping(shell):
    """As a table does."""
    done = shell("import", FILES / "jira.json")

    assert "jira.json: 2 read = 2 imported" in done.stdout
    assert "jira.json: read through the mapping 'jira'." in done.stderr
    assert 0 == done.exit_code


def test_our_own_incidents_need_no_mapping(shell):
    """Nothing is guessed of them."""
    done = shell("import", shell.write("a.json", {"title": "Late"}))

    assert "mapping" not in done.stderr


def test_what_is_passed_over_in_a_workbook_is_said(shell):
    """Other sheets, and the rows above the header; in JSON too."""
    with xlsxwriter.Workbook(shell.folder / "a.xlsx") as workbook:
        sheet = workbook.add_worksheet("March")
        workbook.add_worksheet("April").write(0, 0, "x")
        sheet.write(0, 0, "Cases of \x1b[31mMarch".replace("\x1b", ""))
        sheet.write_row(2, 0, ["Case Number", "Subject", "Date/Time Opened"])
        sheet.write_row(3, 0, ["0001", "Late", "3/2/2026 5:30 PM"])
    done = shell("import", "a.xlsx")
    said = " ".join(done.stderr.split())

    assert "a.xlsx: 1 read = 1 imported" in done.stdout
    assert "a.xlsx: the sheet 'March' is read; not read: 'April'" in said
    assert "the header is row 3; passed over above it: 'Cases of [31mMarch'" in said
    assert 2 == len(json.loads(shell("import", "a.xlsx", "--json").stdout)["files"][0]["notes"])
