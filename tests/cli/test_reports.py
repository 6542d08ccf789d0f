"""Reports to give away: who reads them, and which incidents they hold."""

from __future__ import annotations

import json

import pytest

from postmortem.cli import reports
from postmortem.report.summary import AUDIENCES


def test_the_audiences_are_the_librarys():
    """The command offers those that a report can be written for."""
    assert AUDIENCES == reports.AUDIENCES


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("suffix", ["html", "md", "json"])
def test_a_report_is_written_by_suffix_for_each_audience(samples, audience, suffix):
    """Standard output stays empty; the file is named on standard error."""
    done = samples("report", "2025-005", "--audience", audience, "-o", f"it.{suffix}")

    assert 0 == done.exit_code
    assert "" == done.stdout
    assert f"it.{suffix}" in done.stderr
    assert "2025-005" in (samples.folder / f"it.{suffix}").read_text(encoding="utf-8")


def test_the_managers_report_does_not_name_the_customer(samples):
    """The audience reaches the library."""
    samples("report", "2025-005", "--audience", "manager", "-o", "it.html")

    assert "Larkfield" not in (samples.folder / "it.html").read_text(encoding="utf-8")


def test_a_letter_without_a_way_to_reach_us_says_where_to_note_one(samples):
    """Beside the file, and in the letter not at all; no other reader is told."""
    done = samples("report", "2025-005", "--audience", "customer", "-o", "it.html")
    other = samples("report", "2025-005", "--audience", "manager", "-o", "other.html")

    assert "add how they reach you" in done.stderr
    assert "add how they reach you" not in other.stderr + (samples.folder / "it.html").read_text(encoding="utf-8")


def test_the_same_instant_gives_the_same_bytes(samples):
    """--now makes a report reproducible."""
    for name in ("a.html", "b.html"):
        samples("report", "2025-005", "--audience", "team", "-o", name, "--now", "2026-03-01T12:00:00Z")

    assert (samples.folder / "a.html").read_bytes() == (samples.folder / "b.html").read_bytes()


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--team", "Field service"],
        ["--severity", "serious", "--severity", "critical"],
        ["--since", "2025-06-01", "--until", "2025-12-31"],
        ["--text", "tester"],
        ["--text", "tester", "--state", "closed"],
    ],
)
def test_trends_show_as_many_incidents_as_the_list(samples, words):
    """The same filters mean the same incidents, and the page says how many are hidden."""
    listed = len(samples.json("list", *words))
    samples("trends", *words, "-o", "it.json")
    summary = json.loads((samples.folder / "it.json").read_text(encoding="utf-8"))

    assert 0 < listed
    assert f"showing {listed} " in summary["count"]


@pytest.mark.parametrize("suffix", ["html", "md", "json"])
def test_trends_name_no_customer_that_somebody_typed(samples, suffix):
    """A cause and an action of this and of another record name the customer; the page does not (R41)."""
    for number, customer in enumerate(({"name": "Quillfeather Yard"}, {})):
        told = {"id": f"2026-7{number}", "title": "Late", "occurred_at": "2026-02-01T10:00:00Z", "customer": customer}
        told |= {"whys": [{"id": "w1", "text": "No list for Quillfeather Yard"}]}
        told |= {"causes": [{"id": "c1", "why": "w1", "category": "system", "recurring_id": "C-99"}]}
        told |= {"actions": [{"id": "a1", "text": "Write one for Quillfeather Yard", "due_on": "2026-03-01"}]}
        samples("import", samples.write(f"{number}.json", told))
    done = samples("trends", "-o", f"it.{suffix}", "--text", "quillfeather")
    page = (samples.folder / f"it.{suffix}").read_text(encoding="utf-8")

    assert "2 of 26 incidents" in done.stderr
    assert "No list for the customer" in page
    assert "quillfeather" not in page.casefold()


def test_trends_of_an_empty_store_are_a_page_with_sentences(shell):
    """No incident, no traceback, no empty chart without a word."""
    done = shell("trends", "-o", "it.html")

    assert 0 == done.exit_code
    assert "No incident fits" in (shell.folder / "it.html").read_text(encoding="utf-8")
