"""The strip of what comparable cases got keeps the rules of all charts, and judges nobody."""

from __future__ import annotations

import json
import statistics

import pandas as pd
import pytest

from postmortem import charts
from postmortem.analysis.fairness import LEAST
from postmortem.charts.fairness import dots

HOSTILE = "<script>alert(1)</script><b>x</b> $x^2$"


def frame(own: float | None, *others: float, title: str = "Late") -> pd.DataFrame:
    """A case and what others were offered."""
    offered = [float("nan") if own is None else own, *others]
    rows = [(f"i{at}", title, at == 0, "late", "minor", value) for at, value in enumerate(offered)]
    found = pd.DataFrame(rows, columns=["incident_id", "title", "this", "kind", "severity", "offered"])
    told = {"basis": "kind", "currency": "EUR", "without": 2, "median": _median(sorted(others))}
    return found.assign(reimbursed=float("nan"), lost_min=60.0, per_hour=found["offered"], **told)


def _median(offers: list[float]) -> float:
    """As `analysis.comparable` tells it: none under five."""
    return statistics.median(offers) if len(offers) >= LEAST else float("nan")


FIVE = (10.0, 20.0, 30.0, 40.0, 50.0)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("own", [None, 0.0, 35.0, 5000.0])
def test_it_keeps_the_look_of_all_charts(own: float | None, theme: str):
    """No legend, no hover, no text under 13 pixels, the same bytes again; this case by its shape and its word."""
    chart = charts.fairness(frame(own, *FIVE), theme=theme)
    told = chart.figure.to_json()
    layout = json.loads(told)["layout"]

    assert layout["showlegend"] is layout["hovermode"] is False
    assert {13} == {note["font"]["size"] for note in layout["annotations"]}
    assert told == charts.fairness(frame(own, *FIVE), theme=theme).figure.to_json()
    assert (own is not None) == any(trace.marker.symbol == "diamond" for trace in chart.figure.data)
    assert (own is not None) == ("This case" in told)


def test_it_says_how_many_and_where_half_of_them_are():
    """The n, what they have in common, the median, and how many tell of nothing."""
    chart = charts.fairness(frame(35.0, *FIVE))

    assert "EUR 35 is offered here; half of 5 comparable cases were offered EUR 30 or less" == chart.title
    assert "n = 5 cases with the same kind of mistake; 2 more tell of no offer" in chart.subtitle
    assert "Not judged." == chart.verdict.word
    assert 6 == len(chart.table)


def test_under_five_they_are_listed_and_no_middle_is_said():
    """A median of three is three numbers (R43)."""
    chart = charts.fairness(frame(35.0, 10.0, 20.0, 30.0))

    assert "3 comparable cases: too few to compare, so each is listed" == chart.title
    assert () == chart.figure.data
    assert "edian" not in chart.figure.to_json() + chart.alternative
    assert {} == dots(frame(35.0, 10.0, 20.0))


def test_without_any_comparable_case_it_says_so():
    """A sentence in the chart's place."""
    assert "No comparable case" in charts.fairness(frame(35.0)).empty


def test_no_two_dots_lie_on_each_other():
    """Up to five of the same; the panel's own drawing has the same ones."""
    told = dots(frame(35.0, 20.0, 20.0, 20.0, 20.0, 20.0))

    assert 5 == len({tuple(dot) for dot in told["dots"]})
    assert all(0 <= x <= 1 for x, _ in [*told["dots"], told["own"], told["median"]])


def test_what_people_typed_is_escaped_in_the_drawing():
    """An id comes from a file, too."""
    few = frame(35.0, 10.0)
    few["incident_id"] = HOSTILE

    assert "<script" not in charts.fairness(few).figure.to_json()
