"""What people said of the meetings: two lanes on one scale, a mark a meeting or month, and the interval of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import plotly.graph_objects as go

from postmortem.analysis.monthly import FEW
from postmortem.charts import look as looks
from postmortem.charts.chart import Chart, Verdict
from postmortem.charts.words import counted, day, month, number, percent, period, sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

KEY: Final = "meetings"
_SAID: Final = {"learned": "learned something", "again": "would come again"}
_LANE: Final = 156
_HEAD: Final = 34
_NAMED: Final = 14
"""Up to how many marks in a lane each has its number."""
_TICKS: Final = 4


def meetings(frame: pd.DataFrame, *, theme: looks.Theme = "light") -> Chart:
    """Draw what `analysis.answers_by_meeting` counted.

    Under ten answers to a question no interval is drawn, and nothing is called better or worse at any number: no rule
    has been asked.

    Args:
        frame: As `analysis.answers_by_meeting` gives it.
        theme: `light` or `dark`.

    Raises:
        DataError: If there is no such theme.
    """
    look = looks.tokens(theme)
    question = "What do people say of our meetings?"
    if not len(frame):
        remedy = "No answer yet. Ask the two questions at the end of a meeting: it takes a minute."
        return looks.blank(KEY, question, remedy, look)
    lanes = [(name, frame[frame["question"] == name]) for name in _SAID if (frame["question"] == name).any()]
    return Chart(
        key=KEY,
        question=question,
        title=_title(frame, lanes),
        subtitle=_subtitle(frame),
        figure=_figure(frame, lanes, look),
        verdict=_verdict(frame),
        alternative=_in_words(lanes),
        table=_table(frame),
    )


def _title(frame: pd.DataFrame, lanes: Sequence[tuple[str, pd.DataFrame]]) -> str:
    told = [f"{_of(rows['all_yes'].iloc[0], rows['all_n'].iloc[0])} {_SAID[name]}" for name, rows in lanes]
    if frame["answers"].iloc[0] < FEW:
        return f"{', '.join(told)}: too few to judge"
    return ", ".join(told)


def _of(yes: float, n: float) -> str:
    return f"{number(yes)} of {number(n)}"


def _subtitle(frame: pd.DataFrame) -> str:
    answers, undated = int(frame["answers"].iloc[0]), int(frame["undated"].iloc[0])
    n = f"n = {counted(answers, 'person', 'people')} after {counted(frame['meetings'].iloc[0], 'meeting')}"
    n += f", {number(undated)} of them at a meeting without a day" if undated else ""
    what = f"Share of yes, {'by meeting' if frame['by'].iloc[0] == 'meeting' else 'by month'}"
    return sentence(what, period(frame["period"].min(), frame["period"].max()), n)


def _verdict(frame: pd.DataFrame) -> Verdict:
    if frame["answers"].iloc[0] < FEW:
        return Verdict("Too few to judge.", "Under 10 answers each is shown, and no interval is drawn.")
    own = bool((frame["n"] >= FEW).any())
    why = (
        "The band is the exact 95\xa0% interval of all answers together"
        + (
            "; a stroke is that of one mark with 10 answers or more. "
            if own
            else "; one mark has too few for its own. "
        )
        + "Whether meetings get better or worse is not said here. Only those who answered are counted."
    )
    return Verdict("Not judged.", why)


def _span(low: float, high: float) -> str:
    return f"{percent(low)} to {percent(high)}"


def _in_words(lanes: Sequence[tuple[str, pd.DataFrame]]) -> str:
    parts = []
    for name, rows in lanes:
        yes, n, low, high = (rows[f"all_{part}"].iloc[0] for part in ("yes", "n", "low", "high"))
        part = f"{_of(yes, n)} {_SAID[name]}"
        part += f" ({percent(yes / n)}; 95\xa0% interval {_span(low, high)})" if n >= FEW else ""
        last = rows.iloc[-1]
        part += f"; last, {_when(last)}: {_of(last['yes'], last['n'])}"
        parts.append(part)
    return ". ".join(parts) + "."


def _when(row: pd.Series[Any]) -> str:
    return day(row["period"]) if row["by"] == "meeting" else month(row["period"])


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    by = "Meeting" if frame["by"].iloc[0] == "meeting" else "Month"
    keys = frame.drop_duplicates(["period", "incident_id"]).sort_values(["period", "incident_id"])
    table: dict[str, list[str]] = {by: [_when(row) for _, row in keys.iterrows()]}
    if by == "Meeting":
        table["Record"] = [str(name) for name in keys["incident_id"]]
    for name, said in _SAID.items():
        rows = frame[frame["question"] == name]
        found = {
            (row["period"], row["incident_id"]): _cell(row) for _, row in rows.astype({"incident_id": str}).iterrows()
        }
        pairs = zip(keys["period"], keys["incident_id"].astype(str), strict=True)
        table[said[:1].upper() + said[1:]] = [found.get(pair, "nobody answered") for pair in pairs]
    return pd.DataFrame(table)


def _cell(row: pd.Series[Any]) -> str:
    told = _of(row["yes"], row["n"])
    return f"{told} ({_span(row['low'], row['high'])})" if row["n"] >= FEW else told


def _places(frame: pd.DataFrame) -> dict[tuple[pd.Timestamp, str], int]:
    """Where each period stands along the axis: meetings one after the other, months with the gaps between them."""
    keys = frame.assign(incident_id=frame["incident_id"].astype(str)).drop_duplicates(["period", "incident_id"])
    ordered = sorted(zip(keys["period"], keys["incident_id"], strict=True))
    if frame["by"].iloc[0] == "meeting":
        return {pair: at for at, pair in enumerate(ordered)}
    first = ordered[0][0]
    return {(at, name): (at.year - first.year) * 12 + at.month - first.month for at, name in ordered}


def _figure(frame: pd.DataFrame, lanes: Sequence[tuple[str, pd.DataFrame]], look: looks.Tokens) -> go.Figure:
    places = _places(frame)
    last = max(places.values())
    height = _LANE * len(lanes) + 28
    traces: list[go.Scatter] = []
    axes: dict[str, Any] = {}
    annotations: list[dict[str, Any]] = []
    shapes: list[dict[str, Any]] = []
    for index, (name, rows) in enumerate(lanes):
        axis = "" if not index else str(index + 1)
        roof = 1 - index * _LANE / (_LANE * len(lanes))
        floor = roof - 1 / len(lanes)
        up = [round(floor + 6 / height, 4), round(roof - _HEAD / height, 4)]
        ends = [-0.6, last + 0.6]
        axes[f"xaxis{axis}"] = {"range": ends, "anchor": f"y{axis}", "showticklabels": False}
        scale = {"range": [-0.3, 1.12], "tickvals": [0, 1], "ticktext": ["none", "all"], "showgrid": True}
        axes[f"yaxis{axis}"] = {**scale, "domain": up, "anchor": f"x{axis}"}
        annotations.append(_heading(name, rows, look, y=roof))
        shapes += _band(rows, look, axis=axis, ends=ends)
        traces += _marks(rows, places, look, axis=axis)
        annotations += _numbers(rows, places, look, axis=axis)
    lowest = f"xaxis{'' if len(lanes) == 1 else len(lanes)}"
    axes[lowest] |= {"showticklabels": True, **_ticks(places, by=str(frame["by"].iloc[0]))}
    return looks.figure(
        look, traces, height=height, margin=(44, 12, 0, 26), annotations=annotations, shapes=shapes, **axes
    )


def _heading(name: str, rows: pd.DataFrame, look: looks.Tokens, *, y: float) -> dict[str, Any]:
    yes, n, low, high = (rows[f"all_{part}"].iloc[0] for part in ("yes", "n", "low", "high"))
    said = f"<b>{_SAID[name][:1].upper()}{_SAID[name][1:]}</b>: {_of(yes, n)}"
    said += f", 95\xa0% interval {_span(low, high)}" if n >= FEW else ", too few to judge"
    return looks.label(said, x=0, y=y, xref="paper", yref="paper", xshift=-44, colour=look.ink, stands="top")


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


def _marks(
    rows: pd.DataFrame, places: dict[tuple[pd.Timestamp, str], int], look: looks.Tokens, *, axis: str
) -> list[go.Scatter]:
    refs = {"xaxis": f"x{axis}", "yaxis": f"y{axis}", "hoverinfo": "skip", "cliponaxis": False}
    at = [places[(when, str(name))] for when, name in zip(rows["period"], rows["incident_id"], strict=True)]
    traces = []
    for place, (_, row) in zip(at, rows.iterrows(), strict=True):
        if row["n"] >= FEW:
            ends = {"x": [place, place], "y": [round(row["low"], 4), round(row["high"], 4)]}
            traces.append(go.Scatter(**ends, mode="lines", line={"color": look.data, "width": 1.5}, **refs))
    dots = {"size": 9, "color": look.data, "line": {"color": look.paper, "width": 1}}
    share = [round(float(value), 4) for value in rows["share"]]
    traces.append(go.Scatter(x=at, y=share, mode="markers", marker=dots, **refs))
    return traces


def _numbers(
    rows: pd.DataFrame, places: dict[tuple[pd.Timestamp, str], int], look: looks.Tokens, *, axis: str
) -> list[dict[str, Any]]:
    shown = rows if len(rows) <= _NAMED else rows.iloc[[0, -1]]
    places_of = zip(shown["period"], shown["incident_id"], shown["yes"], shown["n"], strict=True)
    return [
        looks.label(
            f"{number(yes)}/{number(n)}",
            x=places[(when, str(name))],
            y=0,
            xref=f"x{axis}",
            yref=f"y{axis}",
            yshift=-6,
            colour=look.ink_2,
            anchor="center",
            stands="top",
        )
        for when, name, yes, n in places_of
    ]


def _ticks(places: dict[tuple[pd.Timestamp, str], int], *, by: str) -> dict[str, Any]:
    step = -(-len(places) // _TICKS)
    shown = list(places.items())[::step]
    word = month if by == "month" or len(places) > _TICKS else day
    return {"tickangle": 0, "tickvals": [at for _, at in shown], "ticktext": [word(when) for (when, _), _ in shown]}
