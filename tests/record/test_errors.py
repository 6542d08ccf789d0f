"""What an error says: the place, what was found, what would do, and all of it at once."""

from __future__ import annotations

import pytest

from postmortem.record.errors import (
    DataError,
    PostmortemError,
    Problem,
    UnknownNodeError,
    Unsound,
    near,
    shown,
    shown_name,
)


def test_an_error_names_its_subject_and_every_problem():
    """A headline with the count, then a line for each."""
    error = DataError("incidents.csv", [Problem("row 1", "it is empty"), Problem("row 2", "no title", "add one")])

    assert "incidents.csv: 2 problems\n  row 1: it is empty\n  row 2: no title; add one" == str(error)
    assert ("row 1", "row 2") == tuple(problem.where for problem in error.problems)


def test_one_problem_is_not_called_problems():
    """The count is a sentence."""
    assert "a.json: 1 problem\n  it is empty" == str(DataError("a.json", [Problem("", "it is empty")]))


def test_hundreds_of_problems_stay_readable():
    """Twenty are shown, the rest is counted, and a program still gets them all."""
    error = DataError("a.csv", [Problem(f"row {row}", "no title") for row in range(1, 301)])

    assert 22 == len(str(error).splitlines())
    assert "  … and 280 more" == str(error).splitlines()[-1]
    assert 300 == len(error.problems)


def test_twenty_problems_are_all_shown():
    """Nothing is counted that stands there."""
    error = DataError("a.csv", [Problem(f"row {row}", "no title") for row in range(1, 21)])

    assert "  row 20: no title" == str(error).splitlines()[-1]


@pytest.mark.parametrize(
    ("word", "known", "meant"),
    [
        ("trainning", ["training", "system"], "training"),
        ("SYSTEM", ["training", "system"], "system"),
        ("titel", ["title", "team"], "title"),
        ("europe/berln", ["Europe/Berlin"], "Europe/Berlin"),
        ("weather", ["training", "system"], ""),
        ("", ["training"], ""),
        ("training", [], ""),
    ],
)
def test_a_near_name_is_offered(word: str, known: list[str], meant: str):
    """As it is spelt there, whatever the capitals; nothing where nothing is near."""
    assert meant == near(word, known)


def test_a_value_is_shown_on_one_short_line():
    """No value of a file can break the lines of an error, or fill the screen."""
    assert r"'a\nb\x1b[2J'" == shown("a\nb\x1b[2J")
    assert 82 > len(shown("x" * 10_000_000))


def test_a_name_from_a_file_cannot_forge_a_line():
    """A plain name stands bare; one with line ends or controls is quoted."""
    assert "told_at" == shown_name("told_at")
    assert r"'a\nrow 9: fine'" == shown_name("a\nrow 9: fine")
    assert 82 > len(shown_name("x" * 100_000))


def test_an_unknown_node_offers_the_near_one_or_lists_them():
    """The person sees which ids there are."""
    assert "no why 'w11' in this incident; did you mean 'w1'?" == str(UnknownNodeError("why", "w11", ["w1", "c7"]))
    assert "no why 'x' in this incident; there are: w1, w2" == str(UnknownNodeError("why", "x", ["w1", "w2"]))
    assert "no why 'x' in this incident; there are: none yet" == str(UnknownNodeError("why", "x", []))


def test_every_error_has_one_root():
    """Who catches PostmortemError catches what this package raises on purpose."""
    assert issubclass(DataError, PostmortemError)
    assert issubclass(UnknownNodeError, PostmortemError)


def test_what_a_model_finds_keeps_its_places():
    """The problems of a check travel whole; their text is one line each."""
    found = Unsound([Problem("whys.w1", "twice"), Problem("whys.w2", "twice")])

    assert "whys.w1: twice\nwhys.w2: twice" == str(found)
    assert 2 == len(found.problems)
