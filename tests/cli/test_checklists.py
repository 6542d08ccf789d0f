"""Checklists from the shell (R37): which there are, one sheet to print, one use kept."""

from __future__ import annotations

import pytest

LIST = "2025-010/heating-closing-list"
TAP, RADIATOR = "Farthest tap: temperature", "Farthest radiator: warm at the bottom"


def test_every_list_is_told_with_its_uses_and_misses(samples):
    """As a table and as JSON."""
    told = {row["list"]: row for row in samples.json("checklist", "list")}

    assert 5 == len(told)
    assert (4, ["2025-017"], 1) == tuple(told[LIST][name] for name in ("uses", "missed", "missed_since_this_version"))
    assert LIST in samples("checklist", "list").output


def test_a_use_is_kept_by_the_words_or_the_numbers_of_its_points(samples):
    """Under who saves, and on the day that was said; what was not ticked is said too."""
    points = ("--ticked", "1", "--ticked", RADIATOR.upper())
    told = samples.json("checklist", "tick", LIST, *points, "--on", "2026-03-19", "--job", "School")

    assert ([TAP, RADIATOR], "2026-03-19", "School", "Ana") == tuple(told[it] for it in ("ticked", "on", "job", "by"))
    assert 2 == len(told["not_ticked"])
    run = samples.json("show", "2025-010")["checklists"][0]["runs"][-1]
    assert told["id"] == run["id"]


def test_the_same_use_said_twice_is_two_uses(samples):
    """Two jobs on one day read alike."""
    before = samples.json("checklist", "list")[1]["uses"]
    for _ in range(2):
        samples("checklist", "tick", LIST, "--all")

    assert before + 2 == samples.json("checklist", "list")[1]["uses"]


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (["tick", LIST, "--ticked", "Farthest tab: temperature"], f"did you mean '{TAP}'?"),
        (["tick", LIST, "--ticked", "9"], "there are 4"),
        (["tick", LIST, "--all", "--on", "2027-01-01"], "is not yet"),
        (["tick", LIST, "--all", "--on", "2025-01-01"], "before the list was published"),
        (["tick", LIST, "--all", "--version", "7"], "there is no version 7"),
        (["tick", "2025-010/heating-list", "--all"], f"did you mean '{LIST}'?"),
        (["tick", LIST, "--all", "--ticked", "1"], "leave --ticked out"),
        (["print", LIST, "-o", "list.docx"], "expected .html, .md or .json"),
    ],
)
def test_what_will_not_do_is_refused_with_a_remedy(samples, words, remedy):
    """And nothing is kept."""
    before = samples.json("checklist", "list")
    result = samples("checklist", *words)

    assert 0 != result.exit_code
    assert remedy in " ".join(result.stderr.split())
    assert before == samples.json("checklist", "list")


def test_a_sheet_is_printed_by_the_name_of_its_list(samples):
    """Any capitals will do where no other list is called so."""
    result = samples("checklist", "print", "before you leave a BOILER room", "-o", "list.html")
    page = (samples.folder / "list.html").read_text(encoding="utf-8")

    assert 0 == result.exit_code
    assert (TAP in page, "Why this list exists" in page) == (True, True)


def test_a_store_without_lists_says_where_they_come_from(shell):
    """On standard error; the list is empty."""
    assert [] == shell.json("checklist", "list")
    assert "make one in stage 6" in shell("checklist", "list").stderr


def test_today_is_the_day_where_the_record_is(shell, monkeypatch):
    """Whatever the machine's clock says: in Tokyo the list was published this morning."""
    monkeypatch.setenv("TZ", "UTC")
    sheet = {"id": "l1", "name": "Leaving", "items": ["All lines ring"], "published_on": "2026-03-10"}
    told = {"title": "Late", "zone": "Asia/Tokyo", "occurred_at": "2026-03-10T00:30+09:00", "checklists": [sheet]}
    shell.write("a.json", told | {"id": "2026-001", "should_have_caught": ["2026-001/l1"]})
    shell("import", "a.json")
    kept = shell.json("checklist", "tick", "Leaving", "--all", "--now", "2026-03-09T23:30Z")

    assert "2026-03-10" == kept["on"]
    assert 1 == shell.json("checklist", "list")[0]["missed_since_this_version"]
