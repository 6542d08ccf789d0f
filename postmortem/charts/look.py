"""The look of every chart in one place: tokens for light and dark, signs by meaning, one template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import pandas as pd
import plotly.graph_objects as go

from postmortem.charts.chart import Chart, Verdict
from postmortem.charts.words import escaped, month
from postmortem.record.errors import DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

Theme = Literal["light", "dark"]

CONFIG: Final[dict[str, Any]] = {
    "displayModeBar": False,
    "showSendToCloud": False,
    "displaylogo": False,
    "responsive": True,
    "typesetMath": False,
}
"""What every renderer hands to plotly.js: no bar of buttons, nothing sent anywhere, dollars are dollars."""

FONT: Final = (
    '"Inter", "Segoe UI", -apple-system, BlinkMacSystemFont, Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans",'
    " Arial, system-ui, sans-serif"
)
"""Names first: on a machine without any of them, system-ui may be a face that is 15 % wider."""

TEXT: Final = 13
"""Pixels; nothing in a chart is smaller than 12."""


@dataclass(frozen=True)
class Tokens:
    """The colours of one theme by meaning; `data` and `data_soft` are the greys that charts are drawn in."""

    paper: str
    grid: str
    line: str
    ink: str
    ink_2: str
    ink_3: str
    accent: str
    data: str
    data_soft: str
    good: str
    bad: str
    system: str
    motivation: str
    training: str
    understanding: str
    outside: str
    unclassified: str


TOKENS: Final[dict[Theme, Tokens]] = {
    "light": Tokens(
        paper="#ffffff",
        grid="#ebebe6",
        line="#d3d3cc",
        ink="#1d2329",
        ink_2="#4d5863",
        ink_3="#646c74",
        accent="#0b5cad",
        data="#76818b",
        data_soft="#b9c0c7",
        good="#1b6e3c",
        bad="#a3261a",
        system="#332288",
        motivation="#d55e00",
        training="#009e73",
        understanding="#000000",
        outside="#767676",
        unclassified="#767676",
    ),
    "dark": Tokens(
        paper="#14181d",
        grid="#262d35",
        line="#3b4450",
        ink="#e8eaed",
        ink_2="#b3bac2",
        ink_3="#98a1aa",
        accent="#6fb1ff",
        data="#8b96a1",
        data_soft="#56616c",
        good="#6fd39a",
        bad="#ff8a7a",
        system="#a99cff",
        motivation="#ff9a4d",
        training="#3fd0a4",
        understanding="#ffffff",
        outside="#98a1aa",
        unclassified="#98a1aa",
    ),
}


class Sign(NamedTuple):
    """How a category is told apart: by a mark, the same as a character, and the name of its colour."""

    symbol: str
    glyph: str
    token: str


SIGNS: Final[dict[str, Sign]] = {
    "system": Sign("square", "■", "system"),
    "understanding": Sign("diamond", "◆", "understanding"),
    "training": Sign("circle", "●", "training"),
    "motivation": Sign("triangle-up", "▲", "motivation"),
    "outside our control": Sign("x-thin-open", "\N{MULTIPLICATION SIGN}", "outside"),
    "unclassified": Sign("circle-open", "○", "unclassified"),
}
"""Colour is never the only sign of a category; its word always stands beside it."""


def tokens(theme: Theme) -> Tokens:
    """The colours of a theme.

    Raises:
        DataError: If there is no such theme.
    """
    if theme not in TOKENS:
        raise DataError("theme", [Problem("", f"expected light or dark, found {theme!r}")])
    return TOKENS[theme]


def glyph(category: object, look: Tokens) -> str:
    """The sign of a category before its word, in its colour; nothing for any other word."""
    sign = SIGNS.get(str(category))
    return f'<span style="color:{getattr(look, sign.token)}">{sign.glyph}</span> ' if sign else ""


def coloured(text: str, colour: str, size: int = TEXT) -> str:
    """A text of ours, or an escaped one, in a colour."""
    return f'<span style="color:{colour};font-size:{size}px">{text}</span>'


def label(
    text: str,
    *,
    x: object,
    y: object,
    colour: str,
    xref: str = "x",
    yref: str = "y",
    xshift: float = 0,
    yshift: float = 0,
    anchor: str = "left",
    stands: str = "middle",
) -> dict[str, Any]:
    """A text beside a mark, shifted by pixels so that it stays there at any width.

    Args:
        text: Escaped already.
        x: Where it belongs, in the units of `xref`.
        y: Where it belongs, in the units of `yref`.
        colour: Of the text.
        xref: The axis, or `paper`.
        yref: The axis, or `paper`.
        xshift: Pixels to the right.
        yshift: Pixels up.
        anchor: Which side of the text is at x: left, center or right.
        stands: Which side of the text is at y: top, middle or bottom.
    """
    place = {"x": x, "y": y, "xref": xref, "yref": yref, "xshift": xshift, "yshift": yshift}
    sides = {"xanchor": anchor, "yanchor": stands, "align": anchor}
    return {"text": text, "showarrow": False, "font": {"color": colour, "size": TEXT}, **place, **sides}


def rule(x: tuple[object, object], y: tuple[float, float], *, colour: str, **line: object) -> dict[str, Any]:
    """A straight line; `xref`, `yref`, `width` and `dash` as keywords."""
    refs = {"xref": line.pop("xref", "x"), "yref": line.pop("yref", "y"), "layer": line.pop("layer", "below")}
    ends = {"x0": x[0], "x1": x[1], "y0": y[0], "y1": y[1]}
    return {"type": "line", **ends, **refs, "line": {"color": colour, "width": line.pop("width", 1), **line}}


def template(look: Tokens) -> go.layout.Template:
    """Everything that all figures of a theme have in common."""
    axis = {
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "fixedrange": True,
        "automargin": False,
        "ticklabelstandoff": 6,
        "gridcolor": look.grid,
        "tickfont": {"color": look.ink_2, "size": TEXT},
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": TEXT, "color": look.ink},
            "paper_bgcolor": look.paper,
            "plot_bgcolor": look.paper,
            "colorway": [look.data],
            "xaxis": axis,
            "yaxis": axis,
        }
    )


def figure(
    look: Tokens, traces: Sequence[object], *, height: int, margin: tuple[int, int, int, int], **layout: object
) -> go.Figure:
    """A figure of fixed height and fluid width, without legend, buttons or hover.

    Args:
        look: The colours.
        traces: Bars and scatters only: the small bundle draws nothing else.
        height: Pixels.
        margin: Pixels left, right, top, bottom.
        **layout: Axes, annotations and shapes.
    """
    sides = dict(zip(("l", "r", "t", "b"), margin, strict=True))
    fixed = {"autosize": True, "height": height, "margin": {**sides, "pad": 0}, "showlegend": False}
    fixed |= {"hovermode": False, "dragmode": False, "template": template(look)}
    return go.Figure(data=list(traces), layout={**fixed, **layout})


def blank(key: str, question: str, remedy: str, look: Tokens) -> Chart:
    """What stands in a chart's place when there is nothing to draw: a sentence that says what to do."""
    hidden = {"visible": False}
    said = label(escaped(remedy), x=0, y=0.5, colour=look.ink_2, xref="paper", yref="paper")
    drawn = figure(look, [], height=64, margin=(0, 0, 0, 0), xaxis=hidden, yaxis=hidden, annotations=[said])
    return Chart(
        key=key,
        question=question,
        title="Nothing to show yet",
        subtitle="n = 0",
        figure=drawn,
        verdict=Verdict("", ""),
        alternative=remedy,
        table=pd.DataFrame(),
        empty=remedy,
    )


def month_ticks(first: pd.Timestamp, last: pd.Timestamp, most: int = 4, *, short: bool = False) -> dict[str, Any]:
    """At most so many months along an axis of days, with English names whatever the machine speaks."""
    months = pd.date_range(first.replace(day=1), last, freq="MS")
    months = months[months >= first]
    steps = (1, 2, 3, 4, 6, 12, 24, 60, 120, 240, 600, 1200)
    step = next(step for step in steps if len(months) <= most * step)
    shown = [at for at in months if (at.year * 12 + at.month - first.month - first.year * 12) % step == 0]
    ticks = {"tickvals": [at.strftime("%Y-%m-%d") for at in shown]}
    return {**ticks, "ticktext": [month(at, short=short) for at in shown], "tickangle": 0}


def round_top(largest: float) -> int:
    """The one round number that a grid line is drawn at: the largest of 1, 2, 5, 10, 20 … that is not above.

    Examples:
        >>> [round_top(value) for value in (0, 1, 4, 13, 70)]
        [1, 1, 2, 10, 50]
    """
    top = 1
    for step in (value * 10**power for power in range(9) for value in (1, 2, 5)):
        top = step if step <= largest else top
    return top
