"""The chart of the checklists says what its frame says, and never more than small numbers allow."""

from __future__ import annotations

import pandas as pd
import pytest

from postmortem.charts import checklist_runs


def frame(*rows, **also) -> pd.DataFrame:
    """Rows of list, month, runs, ticked, points, misses; the sums are made of them."""
    columns = ["list", "month", "runs", "ticked", "points", "misses"]
    made = pd.DataFrame(rows, columns=columns)
    made["month"] = pd.to_datetime(made["month"])
    sums = made.groupby("list")[["runs", "misses", "ticked", "points"]].transform("sum")
    made["all_runs"], made["all_misses"] = sums["runs"], sums["misses"]
    made["share"] = sums["ticked"] / sums["points"]
    fixed = {"name": "Leaving", "version": 2.0, "undated": 0, "last_on": pd.Timestamp(2026, 3, 2), "kept": True}
    return made.assign(**{**fixed, "lists": made["list"].nunique(), "ahead": 0, **also})


ONE = ("2026-001/l1", "2026-01-01", 3, 9, 12, 0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_month_has_its_bar_and_its_number(theme):
    """And a miss its cross, with the word beside it."""
    chart = checklist_runs(frame(ONE, ("2026-001/l1", "2026-03-01", 1, 4, 4, 2)), theme=theme)

    assert [3, 1] == list(chart.figure.data[0].y)
    assert {"3", "1", "missed 2"} <= {item.text for item in chart.figure.layout.annotations}
    assert "4 uses, 2 incidents that a list should have caught: too few to judge" == chart.title


def test_under_ten_uses_points_are_told_as_points():
    """From ten on as a share."""
    few = checklist_runs(frame(ONE))
    many = checklist_runs(frame(("2026-001/l1", "2026-01-01", 12, 36, 48, 0)))

    assert "9 of 12 points ticked" in few.alternative
    assert "75 % of the points ticked" in many.alternative.replace("\N{NO-BREAK SPACE}", " ")
    assert "Not judged." == many.verdict.word


def test_more_lists_than_are_drawn_stand_in_the_table():
    """And it is said."""
    chart = checklist_runs(frame(*((f"2026-00{at}/l1", "2026-01-01", 1, 1, 1, 0) for at in range(1, 10))))

    assert 9 == len(chart.table)
    assert "3 more in the table." in chart.verdict.why


def test_what_is_left_out_is_said():
    """Uses still to come, misses without a day, lists that are gone."""
    said = checklist_runs(frame(ONE, kept=False, ahead=2, undated=1)).verdict.why

    assert all(part in said for part in ("2 uses on a day still to come", "1 missed incident", "1 list named"))


def test_without_a_list_or_a_use_the_chart_says_what_to_do():
    """Nothing is drawn."""
    assert "An action can publish one" in checklist_runs(frame(ONE).iloc[:0]).empty
    assert "no use with a day yet" in checklist_runs(frame(("2026-001/l1", None, 0, 0, 0, 0))).empty


def test_a_hostile_name_is_a_text():
    """It stands in the heading as it was typed."""
    chart = checklist_runs(frame(ONE, name="<img src=x onerror=alert(1)>"))

    assert not any("<img" in item.text for item in chart.figure.layout.annotations)
