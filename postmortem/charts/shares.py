"""Shares over time: lanes on one scale from none to all, a mark a period, and the interval of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pandas as pd
import plotly.graph_objects as go

from postmortem.analysis.monthly import FEW
from postmortem.charts import look as looks
from postmortem.charts.words import month, number, percent
from postmortem.record.moments import day

if TYPE_CHECKING:
    from collections.abc import Sequence

_LANE: Final = 156
_HEAD: Final = 34
_LINE: Final = 17
"""Pixels of each line that a heading has beyond its first, and of the numbers below a lane."""
_NUMBERS: Final = 9
"""How many numbers fit side by side on the narrowest page that must work; the others stand in the table."""
_TICKS: Final = 4

Places = dict[tuple[pd.Timestamp, str], int]


class Lane(NamedTuple):
    """One lane.

    Attributes:
        heading: What stands above it, as the figure reads it: our own words, or escaped ones.
        rows: A row a mark: `period`, `incident_id` (empty for months), `yes`, `n`, `share`, `low`, `high`, and the
            same in each `all_yes`, `all_n`, `all_low`, `all_high`; a mark is hollow where `complete` is false.
    """

    heading: str
    rows: pd.DataFrame


def of(yes: float, n: float) -> str:
    """So many of so many."""
    return f"{number(yes)} of {number(n)}"


def span(low: float, high: float) -> str:
    """From one share to another."""
    return f"{percent(low)} to {percent(high)}"


def heading(said: str, rows: pd.DataFrame) -> str:
    """A lane's heading: what is counted, how many of how many, and the interval of all, where there is one."""
    yes, n, low, high = (rows[f"all_{part}"].iloc[0] for part in ("yes", "n", "low", "high"))
    told = f"<b>{said}</b>: {of(yes, n)}"
    if n < FEW:
        return f"{told}, too few to judge"
    return told if pd.isna(low) else f"{told}<br>95\xa0% interval {span(low, high)}"


def drawn(lanes: Sequence[Lane], look: looks.Tokens, *, by: str, tall: int = _LANE) -> go.Figure:
    """The lanes, one above the other.

    Args:
        lanes: From the top.
        look: The colours.
        by: `meeting` or `month`: meetings stand one after the other, months with the gaps between them.
        tall: Pixels of a lane.
    """
    places = _places(pd.concat([lane.rows for lane in lanes]), by)
    last = max(places.values())
    head = _HEAD + _LINE * max(lane.heading.count("<br>") for lane in lanes)
    tall += head - _HEAD
    height = tall * len(lanes) + 36
    traces: list[go.Scatter] = []
    axes: dict[str, Any] = {}
    annotations: list[dict[str, Any]] = []
    shapes: list[dict[str, Any]] = []
    for index, (said, rows) in enumerate(lanes):
        axis = "" if not index else str(index + 1)
        roof = 1 - index / len(lanes)
        floor = roof - 1 / len(lanes)
        up = [round(floor + _LINE / height, 4), round(roof - head / height, 4)]
        ends = [-0.6, last + 0.6]
        axes[f"xaxis{axis}"] = {"range": ends, "anchor": f"y{axis}", "showticklabels": False}
        scale = {"range": [-0.3, 1.12], "tickvals": [0, 1], "ticktext": ["none", "all"], "showgrid": True}
        axes[f"yaxis{axis}"] = {**scale, "domain": up, "anchor": f"x{axis}"}
        above = looks.label(said, x=0, y=roof, xref="paper", yref="paper", xshift=-44, colour=look.ink, stands="top")
        annotations.append(above)
        shapes += _band(rows, look, axis=axis, ends=ends)
        traces += _marks(rows, places, look, axis=axis)
        annotations += _numbers(rows, places, look, axis=axis)
    lowest = f"xaxis{'' if len(lanes) == 1 else len(lanes)}"
    # The numbers of the lowest lane stand between it and its months.
    axes[lowest] |= {"showticklabels": True, "ticklabelstandoff": 8, **_ticks(places, by=by)}
    return looks.figure(
        look, traces, height=height, margin=(44, 12, 0, 34), annotations=annotations, shapes=shapes, **axes
    )


def _places(frame: pd.DataFrame, by: str) -> Places:
    """Where each period stands along the axis."""
    keys = frame.assign(incident_id=frame["incident_id"].astype(str)).drop_duplicates(["period", "incident_id"])
    ordered = sorted(zip(keys["period"], keys["incident_id"], strict=True))
    if by == "meeting":
        return {pair: at for at, pair in enumerate(ordered)}
    first = ordered[0][0]
    return {(at, name): (at.year - first.year) * 12 + at.month - first.month for at, name in ordered}


def _band(rows: pd.DataFrame, look: looks.Tokens, *, axis: str, ends: list[float]) -> list[dict[str, Any]]:
    low, high = rows["all_low"].iloc[0], rows["all_high"].iloc[0]
    if pd.isna(low):
        return []
    refs = {"xref": f"x{axis}", "yref": f"y{axis}", "layer": "below"}
    box = {"x0": ends[0], "x1": ends[1], "y0": round(low, 4), "y1": round(high, 4)}
    share = float(rows["all_yes"].iloc[0] / rows["all_n"].iloc[0])
    line = looks.rule(
        (ends[0], ends[1]), (round(share, 4),) * 2, colour=look.ink_2, xref=refs["xref"], yref=refs["yref"]
    )
    return [{"type": "rect", **box, **refs, "line": {"width": 0}, "fillcolor": look.grid}, line]


def _marks(rows: pd.DataFrame, places: Places, look: looks.Tokens, *, axis: str) -> list[go.Scatter]:
    refs = {"xaxis": f"x{axis}", "yaxis": f"y{axis}", "hoverinfo": "skip", "cliponaxis": False}
    at = [places[(when, str(name))] for when, name in zip(rows["period"], rows["incident_id"], strict=True)]
    traces = []
    for place, (_, row) in zip(at, rows.iterrows(), strict=True):
        if row["n"] >= FEW and not pd.isna(row["low"]):
            ends = {"x": [place, place], "y": [round(row["low"], 4), round(row["high"], 4)]}
            traces.append(go.Scatter(**ends, mode="lines", line={"color": look.data, "width": 1.5}, **refs))
    whole = rows["complete"].tolist() if "complete" in rows else [True] * len(rows)
    hollow = not all(whole)
    fill = [look.data if full else look.paper for full in whole] if hollow else look.data
    edge = {"color": look.data, "width": 1.5} if hollow else {"color": look.paper, "width": 1}
    share = [round(float(value), 4) for value in rows["share"]]
    dots = {"size": 8 if hollow else 9, "color": fill, "line": edge}
    traces.append(go.Scatter(x=at, y=share, mode="markers", marker=dots, **refs))
    return traces


def _numbers(rows: pd.DataFrame, places: Places, look: looks.Tokens, *, axis: str) -> list[dict[str, Any]]:
    at = [places[(when, str(name))] for when, name in zip(rows["period"], rows["incident_id"], strict=True)]
    shown = numbered(at, max(places.values()) + 1)
    return [
        looks.label(
            f"{number(yes)}/{number(n)}",
            x=place,
            y=0,
            xref=f"x{axis}",
            yref=f"y{axis}",
            yshift=-6,
            colour=look.ink_2,
            anchor="center",
            stands="top",
        )
        for place, yes, n in zip(at, rows["yes"], rows["n"], strict=True)
        if place in shown
    ]


def numbered(places: Sequence[int], span_: int) -> set[int]:
    """At which marks a number has room, where the axis is so many places wide.

    Examples:
        >>> sorted(numbered([0, 1, 2, 3], 4)), sorted(numbered([0, 1, 2, 3, 17], 18))
        ([0, 1, 2, 3], [0, 2, 17])
    """
    least = -(-span_ // _NUMBERS)
    shown: list[int] = []
    for place in places:
        if not shown or place - shown[-1] >= least:
            shown.append(place)
    return set(shown)


def _ticks(places: Places, *, by: str) -> dict[str, Any]:
    step = -(-len(places) // _TICKS)
    shown = sorted(places.items(), key=lambda pair: pair[1])[::step]
    word = month if by == "month" or len(places) > _TICKS else day
    return {"tickangle": 0, "tickvals": [at for _, at in shown], "ticktext": [word(when) for (when, _), _ in shown]}
