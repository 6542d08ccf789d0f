"""How the checklists are used: a lane a list, a bar a month of uses, and a cross where it should have caught one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import plotly.graph_objects as go

from postmortem.analysis.monthly import FEW
from postmortem.charts import look as looks
from postmortem.charts.chart import Chart, Verdict
from postmortem.charts.words import counted, escaped, month, number, percent, period, plain, sentence, wrapped
from postmortem.record.moments import day

if TYPE_CHECKING:
    from collections.abc import Sequence

KEY: Final = "checklists"
_LANES: Final = 6
"""So many lists are drawn; the others stand in the table."""
_LANE: Final = 149
_HEAD: Final = 63
_NUMBERED: Final = 24
"""Up to so many months each has its number; of more, the table tells."""
_ROOM: Final = 296
"""How wide a heading may be, in pixels."""


def checklist_runs(frame: pd.DataFrame, *, theme: looks.Theme = "light") -> Chart:
    """Draw what `analysis.checklist_use` counted.

    Every month has its number; nothing is called more or less than usual, at any number. Under ten uses of a list its
    share is told as points of points, not per cent (R43).

    Args:
        frame: As `analysis.checklist_use` gives it.
        theme: `light` or `dark`.

    Raises:
        DataError: If there is no such theme.
    """
    look = looks.tokens(theme)
    question = "Are our checklists used, and what did they miss?"
    if not len(frame):
        return looks.blank(KEY, question, "No checklist yet. An action can publish one, in the stage “Act”.", look)
    if not frame["month"].notna().any():
        waiting = counted(frame["list"].nunique(), "list")
        return looks.blank(KEY, question, f"{waiting}, and no use with a day yet. Tick one: open_checklists().", look)
    lanes = [(name, rows) for name, rows in frame.groupby("list", sort=False) if rows["month"].notna().any()]
    return Chart(
        key=KEY,
        question=question,
        title=_title(frame),
        subtitle=_subtitle(frame),
        figure=_figure(frame, lanes[:_LANES], look),
        verdict=_verdict(frame, drawn=min(len(lanes), _LANES)),
        alternative=" ".join(f"{_in_words(rows)}." for _, rows in frame.groupby("list", sort=False)),
        table=_table(frame),
        least=_ROOM + 4,
    )


def _lists(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop_duplicates("list")


def _title(frame: pd.DataFrame) -> str:
    lists = _lists(frame)
    used, missed = int(lists["all_runs"].sum()), int(lists["all_misses"].sum())
    told = counted(used, "use")
    told += f", {counted(missed, 'incident')} that a list should have caught" if missed else ", nothing missed so far"
    return f"{told}: too few to judge" if used < FEW else told


def _subtitle(frame: pd.DataFrame) -> str:
    lists = _lists(frame)
    dated = frame[frame["month"].notna()]
    n = f"n = {counted(int(lists['all_runs'].sum()), 'use')} of {counted(len(lists), 'list')}"
    unused = int(((lists["all_runs"] == 0) & lists["kept"]).sum())
    n += f", {number(unused)} of them never used" if unused else ""
    return sentence("Uses by month", period(dated["month"].min(), dated["month"].max()), n)


def _verdict(frame: pd.DataFrame, *, drawn: int) -> Verdict:
    lists = _lists(frame)
    parts = [
        "A use is what somebody ticked and kept; jobs without a list are not counted, so no share of jobs is told."
    ]
    ahead, undated = int(frame["ahead"].iloc[0]), int(lists["undated"].sum())
    if ahead:
        parts.append(f"{counted(ahead, 'use')} on a day still to come left out.")
    if undated:
        parts.append(f"{counted(undated, 'missed incident')} without a day in no month.")
    if gone := int((~lists["kept"].astype(bool)).sum()):
        parts.append(f"{counted(gone, 'list')} named and not there.")
    if len(lists) > drawn:
        parts.append(f"{number(len(lists) - drawn)} more in the table.")
    few = int(lists["all_runs"].sum()) < FEW
    return Verdict("Too few to judge." if few else "Not judged.", " ".join(parts))


def _named(row: pd.Series[Any]) -> tuple[str, str]:
    """What a list is called, and where it stands, with its version."""
    name = plain(row["name"]) if pd.notna(row["name"]) else ""
    version = f", version {number(row['version'])}" if pd.notna(row["version"]) else ""
    return name or "A list that is not there", f"{plain(row['list'])}{version}"


def _name(row: pd.Series[Any]) -> str:
    name, place = _named(row)
    return f"{name} ({place})"


def _counts(rows: pd.DataFrame) -> str:
    row = rows.iloc[0]
    if not row["all_runs"]:
        told = "never used"
    else:
        told = counted(row["all_runs"], "use")
        if pd.notna(row["share"]):
            ticked, points = rows["ticked"].sum(), rows["points"].sum()
            enough = row["all_runs"] >= FEW
            few = f"{number(ticked)} of {counted(points, 'point')}"
            told += f", {f'{percent(ticked / points)} of the points' if enough else few} ticked"
    return f"{told}, {number(row['all_misses'])} missed" if row["all_misses"] else f"{told}, nothing missed"


def _in_words(rows: pd.DataFrame) -> str:
    row = rows.iloc[0]
    last = f"; last used {day(row['last_on'])}" if pd.notna(row["last_on"]) else ""
    return f"{_name(row)}: {_counts(rows)}{last}"


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    rows = [
        {
            "List": _name(row),
            "Month": month(row["month"]) if pd.notna(row["month"]) else "",
            "Uses": number(row["runs"]),
            "Points ticked": f"{number(row['ticked'])} of {number(row['points'])}" if row["points"] else "",
            "Missed": number(row["misses"]),
        }
        for _, row in frame.iterrows()
    ]
    return pd.DataFrame(rows)


def _figure(frame: pd.DataFrame, lanes: Sequence[tuple[object, pd.DataFrame]], look: looks.Tokens) -> go.Figure:
    dated = frame[frame["month"].notna()]
    first, last = dated["month"].min(), dated["month"].max()
    ends = [_at(first - pd.Timedelta(days=16)), _at(last + pd.Timedelta(days=16))]
    top = max(int(dated["runs"].max()), 1)
    height = _LANE * len(lanes) + 26
    traces: list[Any] = []
    axes: dict[str, Any] = {}
    annotations: list[dict[str, Any]] = []
    for index, (_, rows) in enumerate(lanes):
        axis = "" if not index else str(index + 1)
        roof = 1 - index / len(lanes)
        floor = roof - 1 / len(lanes)
        up = [round(floor + 12 / height, 4), round(roof - _HEAD / height, 4)]
        axes[f"xaxis{axis}"] = {"type": "date", "range": ends, "anchor": f"y{axis}", "showticklabels": False}
        axes[f"yaxis{axis}"] = {
            "range": [-0.28 * top, 1.3 * top],
            "domain": up,
            "anchor": f"x{axis}",
            "showticklabels": False,
        }
        annotations.append(_heading(rows, look, y=roof))
        traces += _marks(rows[rows["month"].notna()], look, axis=axis, top=top)
        if (last - first).days // 28 < _NUMBERED:
            annotations += _numbers(rows[rows["month"].notna()], look, axis=axis, top=top, last=last)
    lowest = f"xaxis{'' if len(lanes) == 1 else len(lanes)}"
    axes[lowest] |= {"showticklabels": True, **looks.month_ticks(first, last)}
    return looks.figure(look, traces, height=height, margin=(4, 12, 0, 26), annotations=annotations, bargap=0.3, **axes)


def _at(when: pd.Timestamp) -> str:
    return str(when.strftime("%Y-%m-%d"))


def _heading(rows: pd.DataFrame, look: looks.Tokens, *, y: float) -> dict[str, Any]:
    name, place = (wrapped(said, _ROOM, 1)[0] for said in _named(rows.iloc[0]))
    said = f"<b>{name}</b><br>{place}<br>{escaped(_counts(rows))}"
    return looks.label(said, x=0, y=y, xref="paper", yref="paper", colour=look.ink, stands="top")


def _marks(rows: pd.DataFrame, look: looks.Tokens, *, axis: str, top: int) -> list[Any]:
    refs = {"xaxis": f"x{axis}", "yaxis": f"y{axis}", "hoverinfo": "skip", "cliponaxis": False}
    at = [_at(when) for when in rows["month"]]
    bars = go.Bar(x=at, y=[int(n) for n in rows["runs"]], marker={"color": look.data, "line": {"width": 0}}, **refs)
    bars.width = 20 * 24 * 3600 * 1000
    missed = rows[rows["misses"] > 0]
    cross = {"symbol": "x-thin-open", "size": 10, "color": look.bad, "line": {"width": 2}}
    under = [-0.16 * top] * len(missed)
    return [bars, go.Scatter(x=[_at(when) for when in missed["month"]], y=under, mode="markers", marker=cross, **refs)]


def _numbers(
    rows: pd.DataFrame, look: looks.Tokens, *, axis: str, top: int, last: pd.Timestamp
) -> list[dict[str, Any]]:
    xref, yref = f"x{axis}", f"y{axis}"
    told = []
    for when, runs, misses in zip(rows["month"], rows["runs"], rows["misses"], strict=True):
        x, low = _at(when), -0.16 * top
        if runs:
            text, up = number(runs), int(runs)
            above = looks.label(
                text, x=x, y=up, yshift=2, stands="bottom", anchor="center", colour=look.ink_2, xref=xref, yref=yref
            )
            told.append(above)
        if misses:
            text = f"missed {number(misses)}"
            side, shift = ("right", -9) if when == last else ("left", 9)
            told.append(looks.label(text, x=x, y=low, xshift=shift, anchor=side, colour=look.bad, xref=xref, yref=yref))
    return told
