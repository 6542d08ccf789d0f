"""The chart of what people said of the meetings keeps the rules of all charts, and claims nothing."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace

import pandas as pd
import pytest

from postmortem import charts
from postmortem.analysis import answers_by_meeting

HOSTILE = "<script>alert(1)</script><b>x</b> $x^2$ \u202e end\nnext"
TREND = re.compile(r"\b(rising|falling|improv\w*|trend|leads|more often|less often)\b", re.IGNORECASE)


def drawn(meetings: int, answers: int = 6, theme: str = "light", record: str = "2026-%03d") -> charts.Chart:
    """So many meetings, three weeks apart, with so many answers each."""
    first = pd.Timestamp("2025-02-03T14:00", tz="UTC")
    rows = [
        (record % at if "%" in record else record, f"f{k}", first + pd.Timedelta(days=21 * at), yes, "no" if k else yes)
        for at in range(meetings)
        for k in range(answers)
        for yes in ["no" if (at + k) % 5 == 0 else "yes"]
    ]
    frame = pd.DataFrame(rows, columns=["incident_id", "feedback_id", "held_at", "learned", "again"])
    frame["held_at"] = pd.to_datetime(frame["held_at"], utc=True)
    return charts.meetings(answers_by_meeting(SimpleNamespace(feedback=frame)), theme=theme)


SIZES = [(1, 1), (1, 6), (2, 4), (2, 5), (12, 6), (30, 6), (30, 40)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_keeps_the_look_of_all_charts(size, theme):
    """No legend, no hover, plain lists, at most two grid lines, no text under 13 pixels, the same bytes again."""
    chart = drawn(*size, theme=theme)
    told = chart.figure.to_json()
    layout = json.loads(told)["layout"]

    assert layout["showlegend"] is False
    assert layout["hovermode"] is False
    assert {"scatter"} == {trace.type for trace in chart.figure.data}
    assert "bdata" not in told
    assert len(told) < 32_000
    assert {13} == {note["font"]["size"] for note in layout["annotations"]}
    assert all(
        len(axis["tickvals"]) <= 2 for axis in layout.values() if isinstance(axis, dict) and axis.get("showgrid")
    )
    assert told == drawn(*size, theme=theme).figure.to_json()


@pytest.mark.parametrize("size", SIZES)
def test_it_says_its_numbers_in_words_and_claims_no_trend(size):
    """The n in the subtitle, a number in the title, a table without holes, no word of better or worse as a finding."""
    chart = drawn(*size)

    assert re.search(r"n = \d", chart.subtitle)
    assert re.search(r"\d", chart.title)
    assert not TREND.search(f"{chart.title} {chart.alternative}")
    assert chart.table.notna().all(axis=None)
    assert "1 meetings" not in chart.subtitle
    assert "1 people" not in chart.subtitle


def test_under_ten_answers_every_one_is_shown_and_nothing_is_judged():
    """R43: no band, no stroke, and the verdict says so."""
    chart = drawn(2, 4)

    assert "too few to judge" in chart.title
    assert "Too few to judge." == chart.verdict.word
    assert not chart.figure.layout.shapes
    assert {"markers"} == {trace.mode for trace in chart.figure.data}


def test_from_ten_answers_on_the_interval_of_all_is_drawn():
    """A band a lane, and its ends in the lane's heading; a meeting has none of its own."""
    chart = drawn(2, 5)
    bands = [shape for shape in chart.figure.layout.shapes if shape.type == "rect"]

    assert 2 == len(bands)
    assert any("95\xa0% interval" in note.text for note in chart.figure.layout.annotations)
    assert {"markers"} == {trace.mode for trace in chart.figure.data}


def test_a_month_with_ten_answers_has_a_stroke_of_its_own():
    """And the verdict says what a stroke is."""
    chart = drawn(30, 40)

    assert "lines" in {trace.mode for trace in chart.figure.data}
    assert "a stroke is" in chart.verdict.why


def test_nothing_said_yet_says_what_to_do():
    """A sentence in place of the drawing."""
    chart = drawn(0)

    assert chart.empty.startswith("No answer yet.")
    assert 0 == len(chart.figure.data)


def test_what_people_typed_is_no_markup_in_the_figure():
    """An id from elsewhere reaches the table as plain text, and the figure not at all."""
    chart = drawn(1, 6, record=HOSTILE)

    assert "script" not in chart.figure.to_json()
    assert HOSTILE == chart.table["Record"].iloc[0]
