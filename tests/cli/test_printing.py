"""What goes to a terminal is plain, fits, and is the same on every machine."""

from __future__ import annotations

import pytest

from postmortem.cli import printing


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("two\nlines", "two lines"),
        ("bell\x07", "bell"),
        ("colour \x1b[31mred", "colour [31mred"),
        ("turned\u202e around", "turned around"),
        ("hidden\u200b", "hidden"),
        ("naïve “quotes” 東京", "naïve “quotes” 東京"),
    ],
)
def test_typed_text_is_made_harmless(typed, shown):
    """Signs that steer a terminal or mislead the eye are left out; every script stays."""
    assert shown == printing.plain(typed)


@pytest.mark.parametrize(("text", "most"), [("plain", 5), ("longer than that", 8), ("東京東京", 5), ("e\u0301" * 9, 4)])
def test_a_cut_text_never_takes_more_room_than_there_is(text, most):
    """In columns, not in characters."""
    assert most >= printing.columns_of(printing.cut(text, most))


def test_columns_stand_under_each_other():
    """Wide signs and short words alike."""
    lines = printing.table(["Id", "Team", "Title"], [["1", "東京", "a"], ["22", "Desk", "b"]], most=40).splitlines()

    assert [10] * 3 == [printing.columns_of(line) - printing.columns_of(line.split()[-1]) for line in lines]


@pytest.mark.parametrize(("columns", "expected"), [("20", 60), ("100", 100), ("300", 120)])
def test_lines_are_never_too_short_to_read_nor_too_long(monkeypatch, columns, expected):
    """Whatever the terminal says."""
    monkeypatch.setenv("COLUMNS", columns)

    assert expected == printing.width()


def test_json_stays_readable_where_the_output_is_unicode(capsys):
    """And is pure ASCII, which any program reads, where it is not."""
    printing.say_json({"title": "naïve"})

    assert "naïve" in capsys.readouterr().out


def test_json_does_not_guess():
    """What has no JSON form is a mistake of ours, and is not printed as something else."""
    with pytest.raises(TypeError, match="object has no JSON form"):
        printing.say_json(object())


def test_a_last_cell_that_is_told_whole_goes_on_below_itself_on_a_terminal_and_stays_a_line_elsewhere(monkeypatch):
    """Half a promise is none; and what another program reads has one row in each line."""
    titles, rows = ["Id", "What"], [["1", "Offer the reimbursement of EUR 64.90"]]
    piped = printing.table(titles, rows, most=24, whole=True)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)

    assert "Id  What\n1   Offer the reimbursement of EUR 64.90" == piped
    assert "Id  What\n1   Offer the\n    reimbursement of EUR\n    64.90" == printing.table(
        titles, rows, most=24, whole=True
    )
