"""Every chart keeps the rules of the look, whatever the data, and is the same for the same data."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from postmortem import charts
from postmortem.charts.look import TEXT, month_ticks, template, tokens
from postmortem.record.errors import DataError

HOSTILE = '<script>alert(1)</script> <b>x</b> <a href="https://example.org">go</a> $x^2$ %{y} & \u202e end\nnext'
DAYS = ("2026-01-02", "2026-02-03", "2026-02-27", "2026-04-05", "2026-05-06", "2026-05-07")


@pytest.fixture
def hostile(tables):
    """Twelve incidents in which everything that people type is hostile."""
    cause = {"category": "system", "text": HOSTILE, "recurring_id": HOSTILE}
    action = {"strength": HOSTILE, "text": HOSTILE}
    one = {"team": HOSTILE, "service": HOSTILE, "title": HOSTILE, "causes": [cause], "actions": [action]}
    step = {"step_id": HOSTILE, "status": "done"}
    promise = {"kind": HOSTILE, "text": HOSTILE, "who": HOSTILE, "due_at": "2026-01-01"}
    one |= {"known_at": "2026-01-01", "told_at": "2026-01-01", "steps": [step], "promises": [promise]}
    return tables(*(one | {"id": f"{day}-{turn}", "occurred_at": day} for day in DAYS for turn in "ab"))


def texts(figure: dict) -> list[str]:
    """Every text in a figure."""
    found = [note["text"] for note in figure["layout"].get("annotations", ())]
    for name, part in figure["layout"].items():
        if "axis" in name:
            found += part.get("ticktext", ())
    return found


def as_json(chart: charts.Chart) -> dict:
    """A figure as plotly.js gets it."""
    return json.loads(chart.figure.to_json())


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_legend_no_hover_no_second_axis_and_a_fluid_width(of_history, theme):
    """A4 and the design: labels stand at the marks, the height is fixed, the width follows the page."""
    for chart in of_history[theme]:
        layout = chart.figure.layout

        assert layout.showlegend is False
        assert layout.hovermode is False
        assert (None, True) == (layout.width, layout.autosize)
        assert layout.height >= 64
        assert not any(getattr(layout[name], "overlaying", None) for name in layout if name.startswith("yaxis"))


def test_only_bars_and_scatters_are_drawn(of_history):
    """A small bundle of plotly.js draws anything else wrong without a word."""
    assert {"bar", "scatter"} == {trace.type for chart in of_history["light"] for trace in chart.figure.data}


def test_bars_start_at_nought_and_at_most_two_grid_lines_are_drawn(of_history):
    """A4: a length is read from nought; the grid is quiet."""
    for chart in of_history["light"]:
        layout = as_json(chart)["layout"]
        for name, axis in layout.items():
            if name.startswith("xaxis") and chart.figure.data and chart.figure.data[0].type == "bar":
                assert 0 == axis["range"][0]
            if axis and "axis" in name and axis.get("showgrid"):
                assert len(axis["tickvals"]) <= 2


def test_no_text_is_under_twelve_pixels(of_history):
    """Small type is type that nobody reads."""
    for chart in of_history["light"]:
        notes = as_json(chart)["layout"].get("annotations", ())

        assert {TEXT} >= {note["font"]["size"] for note in notes}
        assert not [note for note in notes for size in range(12) if f"font-size:{size}px" in note["text"]]


def test_the_same_frames_give_the_same_bytes(all_charts, history, of_history):
    """Nothing random and no clock is in a figure."""
    first = [chart.figure.to_json() for chart in of_history["light"]]

    assert first == [chart.figure.to_json() for chart in all_charts(history)]


def test_a_figure_is_small_and_holds_plain_lists(of_history):
    """Binary arrays can't be compared, and stored notebooks have a limit."""
    for chart in of_history["light"]:
        said = chart.figure.to_json()

        assert "bdata" not in said
        assert len(said) < 32_000


def test_what_people_typed_is_shown_and_never_read_as_markup(all_charts, hostile):
    """Only our own spans, bold words and line breaks are markup; dollars start no formula, nothing turns the line."""
    for chart in all_charts(hostile):
        for text in texts(as_json(chart)):
            own = text
            for ours in ("<b>", "</b>", "<br>", "</span>"):
                own = own.replace(ours, "")
            while (start := own.find('<span style="color:#')) >= 0:
                own = own[:start] + own[own.index(">", start) + 1 :]

            assert not {"<", ">", "$", "\u202e", "\n"} & set(own)


def test_the_sentences_keep_what_people_typed_as_plain_text(all_charts, hostile):
    """Titles, words and tables are plain: whoever renders them escapes them, once."""
    for chart in all_charts(hostile):
        for text in (chart.title, chart.subtitle, chart.alternative, *chart.verdict):
            assert "&lt;" not in text
            assert "\u202e" not in text
            assert "\n" not in text


def test_the_whole_wording_stands_in_the_table(all_charts, tables):
    """A label is cut in the figure, and never in the table."""
    long = "The night shift hands over on paper that nobody keeps, because the screen is locked at ten " * 3
    cause = {"category": "system", "text": long.strip(), "recurring_id": "C-1"}
    given = tables(*({"occurred_at": day, "causes": [cause]} for day in DAYS * 2))

    for chart in all_charts(given)[1:3]:
        assert long.strip() == chart.table["Cause"].iloc[0]
        assert "…" in chart.title


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_come_from_the_tokens_of_the_theme(of_history, theme):
    """Dark is a second build with the dark table, not a filter."""
    allowed = set(vars(tokens(theme)).values())
    other = set(vars(tokens("dark" if theme == "light" else "light")).values()) - allowed
    for chart in of_history[theme]:
        said = chart.figure.to_json()

        assert not [colour for colour in other if colour in said]


def test_an_unknown_theme_is_refused(all_charts, tables):
    """Also where there is nothing to draw."""
    with pytest.raises(DataError, match="light or dark"):
        all_charts(tables(), "sepia")


def test_charts_are_never_sent_anywhere():
    """plotly.js offers to upload every chart unless it is told not to."""
    assert charts.CONFIG["showSendToCloud"] is False
    assert charts.CONFIG["displayModeBar"] is False
    assert charts.CONFIG["typesetMath"] is False


def test_every_category_has_a_shape_of_its_own():
    """Colour is never the only sign."""
    assert (
        6 == len({sign.symbol for sign in charts.SIGNS.values()}) == len({sign.glyph for sign in charts.SIGNS.values()})
    )


def luminance(colour: str) -> float:
    """Relative luminance of a colour, as WCAG 2 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_marks_stand_out_from_the_paper(theme):
    """WCAG 2: 4.5 to 1 for words, 3 to 1 for marks that carry a meaning."""
    look = tokens(theme)

    def contrast(name):
        pair = sorted([luminance(look.paper), luminance(getattr(look, name))])
        return (pair[1] + 0.05) / (pair[0] + 0.05)

    assert not [name for name in ("ink", "ink_2", "ink_3", "accent") if contrast(name) < 4.5]
    marks = ("data", "system", "motivation", "training", "understanding", "outside", "unclassified")
    assert not [name for name in marks if contrast(name) < 3]


def test_one_template_serves_all_and_changes_nobody_elses():
    """The default of plotly itself template stays as it was."""
    import plotly.io as pio  # noqa: PLC0415 - what is looked at is the state after our import

    assert "plotly" == pio.templates.default
    assert tokens("dark").paper == template(tokens("dark")).layout.paper_bgcolor


@pytest.mark.parametrize(
    ("first", "last"), [("2026-10-01", "2026-10-01"), ("2025-08-01", "2026-10-01"), ("1900-01-01", "2199-12-01")]
)
def test_a_few_months_are_named_however_long_the_time(first, last):
    """One to six names, from one month to three centuries."""
    ticks = month_ticks(pd.Timestamp(first), pd.Timestamp(last))

    assert 1 <= len(ticks["ticktext"]) <= 6
