"""How long customers waited: a lane a measure, every wait of few, the median of many, and what is open as open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from postmortem.analysis.monthly import FEW
from postmortem.charts import look as looks
from postmortem.charts.chart import Chart, Verdict
from postmortem.charts.shares import numbered
from postmortem.charts.words import counted, listed, month, number, period, sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

KEY: Final = "waits"
_SAID: Final = {
    "tell": ("Until we told them", "were told", "to tell"),
    "apologise": ("Until we apologised", "had an apology", "to apologise to"),
    "fix": ("Until it was put right", "were put right", "to put right"),
    "follow up": ("From there until we followed up", "were followed up", "to follow up"),
}
"""Each measure as a heading, of those that are over, and of those that are not."""
_LANE: Final = 175
_HEAD: Final = 51
_LEFT: Final = 66
_TICKS: Final = 4
_WIDE: Final = 0.34
_HOUR: Final = 60
_DAY: Final = 24 * _HOUR
_ROUND: Final = {
    1: "1 min",
    10: "10 min",
    60: "1 h",
    1440: "1 day",
    10080: "1 week",
    43200: "30 days",
    525600: "1 year",
}


def waits(frame: pd.DataFrame, *, theme: looks.Theme = "light") -> Chart:
    """Draw what `analysis.waits` counted.

    A month with fewer than ten waits has a dot for each, hollow where it is still open, at the time it has waited so
    far; a month with more has a stroke at its median. Nothing is called shorter or longer: no rule has been asked.

    Args:
        frame: As `analysis.waits` gives it.
        theme: `light` or `dark`.

    Raises:
        DataError: If there is no such theme.
    """
    look = looks.tokens(theme)
    question = "How long do they wait for us?"
    if not len(frame):
        remedy = (
            "Nobody has said yet since when we know of a mistake, or nobody says when it was told or put right. "
            "Note both where the mistake is told."
        )
        return looks.blank(KEY, question, remedy, look)
    lanes = {str(name): rows for name, rows in frame.groupby("measure", sort=False)}
    n = max(int(rows["all_n"].iloc[0]) for rows in lanes.values())
    many = {name: rows for name, rows in lanes.items() if rows["all_n"].iloc[0] >= FEW}
    return Chart(
        key=KEY,
        question=question,
        title=_title(many, n),
        subtitle=sentence(
            "From knowing, by the month it began",
            period(frame["month"].min(), frame["month"].max()),
            f"n = {counted(n, 'incident')}",
            "hollow: still open" if frame["open"].sum() else "",
        ),
        figure=_figure(lanes, look),
        verdict=_verdict(frame, lanes, few=not many),
        alternative=" ".join(f"{_SAID[name][0]}: {_in_words(rows)}." for name, rows in lanes.items()),
        table=_table(frame),
    )


def _title(many: dict[str, pd.DataFrame], n: int) -> str:
    if not many:
        return f"{counted(n, 'incident')}: too few to judge, so every wait is shown"
    halves = [
        f"{_SAID[name][1]} within {_long(rows['all_median'].iloc[0], rows['unit'].iloc[0])}"
        for name, rows in many.items()
        if pd.notna(rows["all_median"].iloc[0])
    ]
    still = [
        f"{number(rows['all_open'].iloc[0])} {_SAID[name][2]}"
        for name, rows in many.items()
        if rows["all_open"].iloc[0]
    ]
    said = f"Half {listed(halves)}" if halves else f"Of {counted(n, 'incident')}, half are still open"
    return f"{said}; still open: {listed(still)}" if still else said


def _long(value: float, unit: str) -> str:
    """A wait in words: the two largest units that say it."""
    if unit == "days":
        return f"{value:g} {'day' if value == 1 else 'days'}"
    whole = int(value)
    if whole < _HOUR:
        return f"{whole} min" if whole else "a minute"
    if whole < _DAY:
        hours, rest = divmod(whole, _HOUR)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days, rest = divmod(whole, _DAY)
    hours = rest // _HOUR
    return counted(days, "day") + (f" {hours} h" if hours and days < 7 else "")  # noqa: PLR2004 - a week needs no hours


def _verdict(frame: pd.DataFrame, lanes: dict[str, pd.DataFrame], *, few: bool) -> Verdict:
    apart = sum(int(rows["apart"].iloc[0]) for rows in lanes.values())
    why = []
    if not few:
        why.append("Half: the Kaplan-Meier median, in which what is open counts as open and is not dropped.")
    if (frame["n"] >= FEW).any():
        why.append("A stroke is the median of a month with 10 waits or more.")
        if ((frame["n"] >= FEW) & frame["median"].isna()).any():
            why.append("\N{UPWARDS ARROW}: half of that month still wait.")
    if apart:
        why.append(f"Left out: {counted(apart, 'wait')} of which nobody said since when or until when.")
    why.append("Below each month: how many of its waits are over.")
    why.append("Whether it gets better or worse is not said here.")
    return Verdict("Too few to judge." if few else "Not judged.", " ".join(why))


def _in_words(rows: pd.DataFrame) -> str:
    n, still, median = (rows[f"all_{name}"].iloc[0] for name in ("n", "open", "median"))
    unit = str(rows["unit"].iloc[0])
    told = f"{number(n)} in all, {number(still)} still open" if still else f"{number(n)} in all"
    if n < FEW:
        each = sorted(wait for part in rows["waits"] for wait in part)
        return f"{told}" + (f"; {listed([_long(wait, unit) for wait in each])}" if each else "")
    return f"{told}; half of them " + ("are not over yet" if pd.isna(median) else f"within {_long(median, unit)}")


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for row in frame.to_dict("records"):
        said = [_long(wait, row["unit"]) for wait in row["waits"]]
        still = [f"{_long(wait, row['unit'])} and still open" for wait in row["still"]]
        median = "half still open" if pd.isna(row["median"]) else _long(row["median"], row["unit"])
        rows.append(
            {
                "Wait": _SAID[row["measure"]][0],
                "Began in": month(row["month"]) + ("" if row["complete"] else ", not complete"),
                "Over": row["closed"],
                "Open": row["open"],
                "Each, or their median": ", ".join([*said, *still]) if row["n"] < FEW else f"median: {median}",
            }
        )
    return pd.DataFrame(rows)


def _figure(lanes: dict[str, pd.DataFrame], look: looks.Tokens) -> go.Figure:
    months = pd.concat([rows["month"] for rows in lanes.values()])
    first = months.min()
    places = {at: (at.year - first.year) * 12 + at.month - first.month for at in sorted(months.unique())}
    ends = [-0.6, max(places.values()) + 0.6]
    height = _LANE * len(lanes) + 28
    traces: list[go.Scatter] = []
    axes: dict[str, Any] = {}
    annotations: list[dict[str, Any]] = []
    shapes: list[dict[str, Any]] = []
    longest = max((_largest(rows) for rows in lanes.values() if rows["unit"].iloc[0] == "minutes"), default=1.0)
    for index, (name, rows) in enumerate(lanes.items()):
        axis = "" if not index else str(index + 1)
        roof = 1 - index / len(lanes)
        floor = roof - 1 / len(lanes)
        in_days = rows["unit"].iloc[0] == "days"
        scale = _days(_largest(rows)) if in_days else _minutes(longest)
        domain = [round(floor + 22 / height, 4), round(roof - _HEAD / height, 4)]
        axes[f"xaxis{axis}"] = {"range": ends, "anchor": f"y{axis}", "showticklabels": False}
        axes[f"yaxis{axis}"] = {**scale, "domain": domain, "anchor": f"x{axis}", "showgrid": True}
        head = looks.label(
            _heading(name, rows), x=0, y=roof, xref="paper", yref="paper", xshift=-_LEFT, colour=look.ink, stands="top"
        )
        annotations.append(head)
        median = rows["all_median"].iloc[0]
        if pd.notna(median):
            at = _drawn_at([median], in_days=in_days)[0]
            refs = {"xref": f"x{axis}", "yref": f"y{axis}"}
            shapes.append(looks.rule((ends[0], ends[1]), (at, at), colour=look.ink_2, **refs))
        traces += _marks(rows, places, look, axis=axis, in_days=in_days)
        annotations += _below(rows, places, look, axis=axis, floor=scale["range"][0])
    step = -(-len(places) // _TICKS)
    shown = list(places.items())[::step]
    lowest = f"xaxis{'' if len(lanes) == 1 else len(lanes)}"
    ticks = {"tickangle": 0, "tickvals": [at for _, at in shown], "ticktext": [month(when) for when, _ in shown]}
    # The numbers of waits stand between the lane and its months.
    axes[lowest] |= {"showticklabels": True, "ticklabelstandoff": 24, **ticks}
    margin = (_LEFT, 12, 0, 26)
    return looks.figure(look, traces, height=height, margin=margin, annotations=annotations, shapes=shapes, **axes)


def _heading(name: str, rows: pd.DataFrame) -> str:
    n, still, median = (rows[f"all_{part}"].iloc[0] for part in ("n", "open", "median"))
    told = f"<b>{_SAID[name][0]}</b><br>"
    if n < FEW:
        told += f"too few to judge, n = {number(n)}"
    elif pd.isna(median):
        told += f"half not yet, n = {number(n)}"
    else:
        told += f"half within {_long(median, str(rows['unit'].iloc[0]))}, n = {number(n)}"
    return told + (f", {number(still)} open" if still else "")


def _largest(rows: pd.DataFrame) -> float:
    each = [wait for name in ("waits", "still") for part in rows[name] for wait in part]
    return float(max([*each, *rows["median"].dropna(), *rows["all_median"].dropna(), 1]))


def _drawn_at(values: Sequence[float], *, in_days: bool) -> list[float]:
    """Where values stand: minutes by their logarithm, with nought at one minute."""
    return [round(float(value) if in_days else float(np.log10(max(value, 1))), 4) for value in values]


def _minutes(longest: float) -> dict[str, Any]:
    """The axis of minutes, by their logarithm: the ends of a day and of a month fit on one scale."""
    there = [minutes for minutes in _ROUND if 1 < minutes <= longest] or [1]
    marks = sorted({there[len(there) // 3], there[2 * len(there) // 3]})
    at = _drawn_at(marks, in_days=False)
    top = float(np.log10(max(longest, 10)))
    return {"range": [-0.25, round(top * 1.08, 4)], "tickvals": at, "ticktext": [_ROUND[mark] for mark in marks]}


def _days(longest: float) -> dict[str, Any]:
    top = looks.round_top(longest)
    words = ["same day", f"{top} {'day' if top == 1 else 'days'}"]
    return {"range": [round(-0.12 * longest, 4), round(longest * 1.15, 4)], "tickvals": [0, top], "ticktext": words}


def _marks(
    rows: pd.DataFrame, places: dict[pd.Timestamp, int], look: looks.Tokens, *, axis: str, in_days: bool
) -> list[go.Scatter]:
    refs = {"xaxis": f"x{axis}", "yaxis": f"y{axis}", "hoverinfo": "skip", "cliponaxis": False}
    traces = []
    x: list[float] = []
    y: list[float] = []
    fill: list[str] = []
    for row in rows.to_dict("records"):
        place, each = places[row["month"]], [*row["waits"], *row["still"]]
        if row["n"] >= FEW and pd.notna(row["median"]):
            at = _drawn_at([row["median"]], in_days=in_days)[0]
            stroke = {"color": look.data, "width": 4}
            ends = {"x": [round(place - _WIDE, 2), round(place + _WIDE, 2)], "y": [at, at]}
            traces.append(go.Scatter(**ends, mode="lines", line=stroke, **refs))
        gap = min(0.16, 2 * _WIDE / max(len(each), 1))
        x += [round(place + (turn - (len(each) - 1) / 2) * gap, 3) for turn in range(len(each))]
        y += _drawn_at(each, in_days=in_days)
        fill += [look.data] * len(row["waits"]) + [look.paper] * len(row["still"])
    if x:
        dots = {"size": 8, "color": fill, "line": {"color": look.data, "width": 1.5}}
        traces.append(go.Scatter(x=x, y=y, mode="markers", marker=dots, **refs))
    return traces


def _below(
    rows: pd.DataFrame, places: dict[pd.Timestamp, int], look: looks.Tokens, *, axis: str, floor: float
) -> list[dict[str, Any]]:
    """How many began in each month; and an arrow where half of many still wait."""
    notes = []
    refs: dict[str, Any] = {"xref": f"x{axis}", "yref": f"y{axis}", "anchor": "center"}
    shown = numbered([places[at] for at in rows["month"]], max(places.values()) + 1)
    for row in rows.to_dict("records"):
        if places[row["month"]] not in shown:
            continue
        said = f"{number(row['closed'])}/{number(row['n'])}"
        at: dict[str, Any] = {"x": places[row["month"]], "y": floor, "yshift": -2}
        notes.append(looks.label(said, **at, **refs, colour=look.ink_2, stands="top"))
    for row in rows[(rows["n"] >= FEW) & rows["median"].isna()].to_dict("records"):
        up = refs | {"x": places[row["month"]], "y": 1, "yref": f"y{axis} domain"}
        notes.append(looks.label("\N{UPWARDS ARROW}", **up, colour=look.ink_2, stands="top"))
    return notes
