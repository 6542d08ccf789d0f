"""What is due, printed, as JSON, and as a calendar."""

from __future__ import annotations

import pytest
from icalendar import Calendar

LATE = {
    "title": "Line dead at 14 Mill Lane",
    "known_at": "2026-03-20T11:50:00+01:00",
    "zone": "Europe/Berlin",
    "owner": "Service desk",
    "team": "Field",
    "customer": {"name": "Residents of 14 Mill Lane"},
    "actions": [{"id": "a1", "text": "Call 14 Mill Lane first", "owner": "Lead", "due_on": "2026-03-27"}],
}


@pytest.fixture
def one(shell):
    """One record, told ten minutes before noon in Berlin; it is one o'clock there now."""
    shell("new", shell.write("late.json", LATE))
    return shell


def test_it_is_listed_overdue_first_then_today_this_week_and_later(one):
    """Under plain headings, with when, which record, whose and what."""
    done = one("due")
    lines = [line for line in done.stdout.splitlines() if line and not line.startswith("Due ")]

    assert ["Overdue (3)", "Tomorrow and the rest of the week (2)", "Later (1)"] == [
        line for line in lines if line.startswith(("Overdue", "Today", "Tomorrow", "Later"))
    ]
    assert lines[1].startswith("10 min late")
    assert "tomorrow 11:50  2026-001  Service desk  Fix it" in done.stdout
    assert "Fri 27 Mar  2026-001  Lead   Call 14 Mill Lane first" in done.stdout
    assert (0, "6 promises, 3 overdue.\n") == (done.exit_code, done.stderr)


def test_an_effect_check_is_a_question_in_the_list_and_in_the_calendar(shell):
    """What is counted, alone, would read as a thing to do."""
    effect = {"measure": "Calls within a week", "check_on": "2026-03-27"}
    action = {"id": "a1", "text": "Call first", "owner": "Lead", "effect": effect}
    shell("new", shell.write("checked.json", {**LATE, "actions": [action]}))
    done = shell("due", "--ics", "due.ics")

    assert "Did it hold? Calls within a week" in done.stdout
    assert "SUMMARY:Did it hold? Calls within a week" in (shell.folder / "due.ics").read_text("utf-8")


def test_json_is_one_document_with_everything(one):
    """Nothing else is printed."""
    told = one.json("due", "--who", "Lead")

    assert [
        {
            "incident_id": "2026-001",
            "title": "Line dead at 14 Mill Lane",
            "team": "Field",
            "promise_id": "action-a1",
            "kind": "action",
            "text": "Call 14 Mill Lane first",
            "who": "Lead",
            "place": "actions.a1",
            "due_at": "2026-03-27T23:00:00+00:00",
            "due_on": "2026-03-27",
            "when": "later",
            "late_min": 0.0,
            "said": "Fri 27 Mar",
        }
    ] == told


def test_it_can_be_narrowed(one):
    """By the days ahead, by whose it is, by the record."""
    assert {"overdue", "this week"} == {row["when"] for row in one.json("due", "--days", "6")}
    assert 6 == len(one.json("due", "--days", "7"))
    assert {"overdue"} == {row["when"] for row in one.json("due", "--days", "0")}
    assert [] == one.json("due", "--team", "Hotel")
    assert 6 == len(one.json("due", "--text", "mill lane", "--state", "draft"))


def test_now_is_what_is_told(one):
    """A walk through the week."""
    assert "today  2026-001  Lead" in one("due", "--who", "Lead", "--now", "2026-03-27T12:00Z").stdout
    assert "1 day late" in one("due", "--who", "Lead", "--now", "2026-03-28T12:00Z").stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--who", "Laed"], "Nothing that is open fits. Nothing is 'Laed''s; did you mean 'Lead'?"),
        (["--team", "Hotel"], "Nothing that is open fits. postmortem due alone shows all that is due."),
    ],
)
def test_where_nothing_fits_it_says_what_to_do(one, words, said):
    """A near role is named."""
    done = one("due", *words)

    assert (0, "", f"{said}\n") == (done.exit_code, done.stdout, done.stderr)


def test_where_nothing_is_due_it_says_what_to_do(shell):
    """In an empty store, and in one where nothing is promised."""
    assert "there is no incident yet. postmortem lab begins one" in shell("due").stderr
    shell("new", shell.write("quiet.json", {"title": "Quiet"}))
    assert "Nothing is due. Promises get their dates in the records" in shell("due").stderr


def test_a_calendar_is_written_and_names_no_customer(one):
    """Every promise is an event; what is on standard output stays the list."""
    done = one("due", "--ics", "due.ics")
    content = (one.folder / "due.ics").read_bytes()

    assert 6 == len(Calendar.from_ical(content).walk("VEVENT"))
    assert b"Mill" not in content
    assert "6 events written to due.ics. Import it again whenever something changed." in done.stderr
    assert done.stdout.startswith("Overdue")


def test_a_calendar_that_is_written_again_moves_and_cancels(one):
    """The same events: one on another day, one done."""
    one("due", "--ics", "due.ics")
    before = {str(it["uid"]): it for it in Calendar.from_ical((one.folder / "due.ics").read_bytes()).walk("VEVENT")}
    record = one.json("show", "2026-001")
    record["actions"][0]["due_on"] = "2026-04-01"
    record["told_at"] = "2026-03-20T12:10:00+01:00"
    one("edit", "2026-001", one.write("it.json", record))
    one("due", "--ics", "due.ics")
    after = {str(it["uid"]): it for it in Calendar.from_ical((one.folder / "due.ics").read_bytes()).walk("VEVENT")}
    (action,) = [name for name in after if "action-a1" in name]
    (told,) = [name for name in after if "explain-mistake" in name]

    assert set(before) == set(after)
    assert ["2026-03-27", "2026-04-01"] == [str(it[action].decoded("dtstart")) for it in (before, after)]
    assert ["CONFIRMED", "CANCELLED"] == [it[told]["status"] for it in (before, after)]
    assert before[action]["sequence"] < after[action]["sequence"]


def test_what_was_deleted_is_cancelled_in_a_calendar_that_is_written_again(one):
    """Every event of it, and its customer is not named even then (R41)."""
    one("due", "--ics", "due.ics")
    before = {str(it["uid"]) for it in Calendar.from_ical((one.folder / "due.ics").read_bytes()).walk("VEVENT")}
    one("delete", "2026-001", "--yes")
    one("due", "--ics", "due.ics")
    content = (one.folder / "due.ics").read_bytes()
    after = {str(it["uid"]): it["status"] for it in Calendar.from_ical(content).walk("VEVENT")}

    assert dict.fromkeys(before, "CANCELLED") == after
    assert b"Mill" not in content


def test_a_calendar_that_can_not_be_written_is_told(one):
    """The list is not lost in silence."""
    done = one("due", "--ics", one.folder / "none" / "due.ics")

    assert 1 == done.exit_code
    assert "due.ics" in done.stderr


def test_a_record_that_tries_to_draw_on_the_terminal_is_made_harmless(shell):
    """What people typed is text."""
    shell("new", shell.write("bad.json", LATE | {"owner": "\x1b[31mred\nrole"}))

    assert "\x1b" not in shell("due").stdout
    assert "[31mred role" in shell("due").stdout


def test_the_samples_have_something_due(samples):
    """So that whoever tries it sees how it looks."""
    done = samples("due", "--days", "30")

    assert 0 == done.exit_code
    assert "Overdue (" in done.stdout
