"""The charts of the handling say what was counted, claim nothing on few, and hide nothing that is open."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest

from postmortem import analysis, charts

NOW = datetime(2026, 10, 18, 12, tzinfo=UTC)
TREND = re.compile(r"\b(rising|falling|fell|improv\w*|trend|more often|less often|faster|slower)\b", re.IGNORECASE)
START = "2026-01-05T10:00Z"


def notes(chart: charts.Chart) -> list[str]:
    """Every text in a drawing."""
    return [note.text for note in chart.figure.layout.annotations]


def told(tables, *incidents) -> charts.Chart:
    """The chart of whom we told first."""
    return charts.told(analysis.told_first(tables(*incidents), now=NOW))


def waits(tables, *incidents) -> charts.Chart:
    """The chart of the waits."""
    return charts.waits(analysis.waits(tables(*incidents), now=NOW))


def after(minutes: int, k: int, **fields) -> dict:
    """An incident that was told so many minutes after it was known."""
    return {"id": f"i{k}", "known_at": START, "told_at": f"2026-01-05T{10 + minutes // 60}:{minutes % 60:02}Z"} | fields


def test_told_before_asked_is_a_share_with_its_interval(tables):
    """7 of 10, with the interval of the textbook; the month that has ten has a stroke of its own."""
    given = [{"id": f"a{k}", "told_at": START} for k in range(7)] + [
        {"id": f"b{k}", "raised_at": START} for k in range(3)
    ]
    chart = told(tables, *given, {"id": "new"})

    assert "7 of 10 were told before they asked (70\xa0%)" == chart.title
    assert "<b>Told before they asked</b>: 7 of 10<br>95\xa0% interval 35\xa0% to 93\xa0%" in notes(chart)
    assert "a stroke is that of a month with 10 or more" in chart.verdict.why
    assert "1 incident left out: nobody noted who spoke first." in chart.verdict.why
    assert ["35\xa0% to 93\xa0%"] == chart.table["95\xa0% interval"].tolist()


def test_few_that_were_told_have_no_interval(tables):
    """R43: each month is shown, no band, no stroke, no share in the title."""
    chart = told(tables, {"told_at": START}, {"raised_at": "2026-03-01"})

    assert "1 of 2 were told before they asked: too few to judge" == chart.title
    assert not chart.figure.layout.shapes
    assert "%" not in f"{chart.title}{chart.alternative}"


def test_a_month_without_any_is_a_gap_and_no_nought(tables):
    """January and March stand two months apart, with nothing between them."""
    chart = told(tables, {"told_at": START}, {"raised_at": "2026-03-01"})

    assert [(0, 2)] == [tuple(trace.x) for trace in chart.figure.data]
    assert 2 == len(chart.table)


def test_half_is_said_of_ten_waits_and_what_is_open_is_named(tables):
    """The sixth of eleven, the last of them open; under ten every wait stands in words."""
    closed = [after(minutes, k) for k, minutes in enumerate((1, 2, 3, 4, 5, 90, 91, 92, 93, 94))]
    chart = waits(tables, *closed, {"id": "open", "known_at": START})
    few = waits(tables, *closed[:6])

    assert chart.title.startswith("Half were told within 1 h 30 min; still open: 1 to tell and 11 to put right")
    assert "<b>Until we told them</b><br>half within 1 h 30 min, n = 11, 1 open" in notes(chart)
    assert "6 incidents: too few to judge, so every wait is shown" == few.title
    assert "6 in all; 1 min, 2 min, 3 min, 4 min, 5 min and 1 h 30 min" in few.alternative


def test_a_wait_that_is_open_is_hollow(tables):
    """Filled with paper, at the time it has waited so far; the subtitle says what hollow means."""
    chart = waits(tables, after(5, 1), {"id": "open", "known_at": START})
    dots = next(trace for trace in chart.figure.data if trace.mode == "markers")
    light = charts.TOKENS["light"]

    assert (light.data, light.paper) == dots.marker.color
    assert dots.y[1] > dots.y[0]
    assert "hollow: still open" in chart.subtitle


def test_a_month_of_which_half_still_wait_has_an_arrow_and_no_stroke(tables):
    """A median that nobody has seen yet is not drawn, and half of all is not claimed."""
    chart = waits(tables, *(after(5, k) for k in range(4)), *({"id": f"o{k}", "known_at": START} for k in range(8)))

    assert "\N{UPWARDS ARROW}" in notes(chart)
    assert "half of that month still wait" in chart.verdict.why
    assert not [trace for trace in chart.figure.data if trace.mode == "lines"]
    assert "Of 12 incidents, half are still open; still open: 8 to tell and 12 to put right" == chart.title


def test_the_steps_are_counted_one_by_one(tables):
    """In the order of the procedure, with what was in order of what was needed."""
    one = [{"status": "done"}, {"status": "done", "in_order": False}, {"status": "not needed"}, {"status": "to do"}]
    chart = charts.steps(analysis.conformance(tables(*({"id": f"i{k}", "steps": one} for k in range(10))), now=NOW))

    assert "10 of 30 steps were done in order and in time" == chart.title
    assert ["1 Explain the mistake (the admission)", "2 Apologise"] == chart.table["Step"].tolist()[:2]
    assert "2 Apologise: out of order 10;" in chart.alternative
    assert [10, 0, 0, 0] == chart.table["In order"].tolist()


def test_promises_stand_by_kind_without_an_interval(tables):
    """Those of one incident hang together; what is left out is said."""
    kept = [{"kind": "follow-up", "due_at": START, "met_at": START}] * 8
    late = [{"kind": "action", "due_at": START}] * 4
    chart = charts.promises(
        analysis.promises_kept(
            tables({"promises": [*kept, *late, {"kind": "action", "due_at": "2027-01-01"}]}), now=NOW
        )
    )

    assert "8 of 12 promises were kept by their date (67\xa0%)" == chart.title
    assert ["<b>Follow-ups</b>: 8 of 8, too few to judge", "<b>Actions</b>: 0 of 4, too few to judge"] == notes(chart)[
        ::2
    ]
    assert chart.verdict.why.startswith("4 past their date and open: not kept. Left out: 1 due later.")
    assert not chart.figure.layout.shapes


@pytest.mark.parametrize("place", [-4, -3, -2, -1], ids=["told", "waits", "steps", "promises"])
def test_no_chart_of_the_handling_says_that_it_gets_better(of_history, place):
    """No rule has been asked, at any number; the verdict says so."""
    chart = of_history["light"][place]

    assert not TREND.search(f"{chart.title} {chart.alternative}")
    assert "Not judged." == chart.verdict.word
    assert "not said here" in chart.verdict.why


def test_ten_years_of_months_stay_readable(tables):
    """At most four months are named, and as many numbers as have room on a narrow page."""
    given = [{"id": f"i{k}", "told_at": f"{2015 + k // 12}-{1 + k % 12:02}-03"} for k in range(120)]
    layout = json.loads(told(tables, *given).figure.to_json())["layout"]

    assert 4 >= len(layout["xaxis"]["ticktext"])
    assert 1 + 9 == len(layout["annotations"])
