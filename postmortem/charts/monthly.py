"""Incidents a month: one line of dots, or one small panel a label on the same scale."""

from __future__ import annotations

from itertools import pairwise
from math import ceil
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go

from postmortem.analysis.labels import CATEGORY_ORDER, OF_CAUSES
from postmortem.analysis.monthly import ALL, FEW
from postmortem.charts import look as looks
from postmortem.charts.chart import LANES, NARROW, Chart, Verdict
from postmortem.charts.words import counted, listed, month, number, period, plain, quoted, sentence, wrapped

KEY: Final = "months"
_SEVERAL: Final = (*OF_CAUSES, "factor")
"""What one incident may have more than one of."""
_COLUMNS: Final = 3
_NAMED: Final = 2
_EVERY: Final = 24
"""Up to how many months each dot of few incidents has its number."""
_PANEL: Final = 176
_LEFT: Final = 28
_SMALL: Final = ((30, 11), (60, 8), (240, 5))
"""Up to how many months a dot has which size in pixels."""


def months(frame: pd.DataFrame, *, theme: looks.Theme = "light") -> Chart:
    """Draw what `analysis.counts_by_month` counted: one line, or a panel a label.

    A month that is not complete is hollow. Nothing here says that counts rise or fall: no rule has been asked.

    Args:
        frame: As `analysis.counts_by_month` gives it.
        theme: `light` or `dark`.

    Raises:
        DataError: If there is no such theme.
    """
    look = looks.tokens(theme)
    question = "How many incidents are there a month?"
    if not len(frame):
        remedy = "No incident with a date fits. Widen the filters, or give the incidents the time they happened."
        return looks.blank(KEY, question, remedy, look)
    one = frame["label"].iloc[0] == ALL and frame["kind"].iloc[0] == ALL
    labels = [ALL] if one else list(dict.fromkeys(zip(frame["kind"], frame["label"], strict=True)))
    return Chart(
        key=KEY,
        question=question if one else "What turns up when?",
        title=_title_of_one(frame) if one else _title(frame, len(labels)),
        subtitle=_subtitle(frame, one=one),
        figure=_line(frame, look) if one else _panels(frame, look),
        verdict=_verdict(frame),
        alternative=_in_words(frame, one=one),
        table=_table(frame, one=one),
        least=LANES if one else NARROW,
    )


def _title_of_one(frame: pd.DataFrame) -> str:
    n, whole = int(frame["n"].iloc[0]), frame[frame["complete"]]
    over = counted(len(frame), "month")
    if n < FEW:
        return f"{counted(n, 'incident')} in {over}: too few to judge"
    usual = frame["usual"].iloc[0]
    if pd.isna(usual):
        return f"{counted(n, 'incident')} in {over}: too few months to say what is usual"
    least, most = whole["incidents"].min(), whole["incidents"].max()
    spread = f"every complete month had {number(least)}" if least == most else f"from {number(least)} to {number(most)}"
    return f"{usual:g} {'incident' if usual == 1 else 'incidents'} in a usual month, {spread}"


def _title(frame: pd.DataFrame, labels: int) -> str:
    of = int(frame["of"].iloc[0])
    months_ = frame.drop_duplicates("month")
    if of < FEW:
        return f"{counted(of, 'incident')} in {counted(len(months_), 'month')}: too few to judge"
    whole = int(months_["complete"].sum())
    seen = frame[frame["complete"] & (frame["incidents"] > 0) & (frame["n"] >= FEW) & (frame["kind"] == "ranked")]
    times = seen.groupby("label")["month"].size()
    if not len(times) or whole < FEW or frame["by"].iloc[0] == "team":
        of_what = "team" if frame["by"].iloc[0] == "team" else "label"
        return f"{counted(of, 'incident')} in {counted(len(months_), 'month')}, {counted(labels, of_what)}"
    steady = times[times == times.max()].index.tolist()
    who = f"{len(steady)} of them" if len(steady) > _NAMED else _together(sorted(steady))
    said = f"{who} turned up in {number(times.max())} of {counted(whole, 'complete month')}"
    return said[:1].upper() + said[1:]


def _together(labels: list[str]) -> str:
    if all(label in CATEGORY_ORDER for label in labels):
        return f"{listed(labels)} causes"
    return listed([quoted(label) for label in labels])


def _subtitle(frame: pd.DataFrame, *, one: bool) -> str:
    what = "Incidents a month" if one else "Incidents a month, same scale"
    undated = int(frame["undated"].iloc[0])
    n = f"n = {counted(frame['of'].iloc[0], 'incident')}"
    n += f", and {number(undated)} without a date" if undated else ""
    hollow = "" if frame["complete"].all() else "hollow: month not complete"
    return sentence(what, period(frame["month"].min(), frame["month"].max()), n, hollow)


def _verdict(frame: pd.DataFrame) -> Verdict:
    if int(frame["of"].iloc[0]) < FEW:
        return Verdict(
            "Too few to judge.", "Under 10 incidents every count is shown and nothing is called rising or falling."
        )
    why = "These are counts. Whether they rise or fall is not said here."
    if frame["by"].iloc[0] in _SEVERAL:
        why += " An incident with two labels counts under both."
    return Verdict("Not judged.", why)


def _in_words(frame: pd.DataFrame, *, one: bool) -> str:
    parts = []
    for (kind, label), rows in frame.groupby(["kind", "label"], sort=False):
        whole = rows[rows["complete"]]
        name = "Incidents" if one else _word(str(kind), str(label))
        part = f"{name}: {number(rows['n'].iloc[0])} in all"
        if len(whole):
            most = whole.iloc[int(whole["incidents"].to_numpy().argmax())]
            part += f", at most {number(most['incidents'])} in a complete month ({month(most['month'])})"
        open_ = rows[~rows["complete"]]
        if len(open_):
            n, at = number(open_["incidents"].iloc[-1]), month(open_["month"].iloc[-1])
            part += f", {n} in {at}, which is not complete"
        parts.append(part)
    return ". ".join(parts) + "."


def _word(kind: str, label: str) -> str:
    """A label as it stands above its panel; what is not ranked is named by why."""
    if kind == "ranked":
        return label[:1].upper() + label[1:] if label in CATEGORY_ORDER else plain(label)
    return {"rest": "The others together", "not named": "Not given"}.get(kind, kind[:1].upper() + kind[1:])


def _table(frame: pd.DataFrame, *, one: bool) -> pd.DataFrame:
    named = frame.assign(
        Month=[
            month(at) + ("" if full else ", not complete")
            for at, full in zip(frame["month"], frame["complete"], strict=True)
        ]
    )
    if one:
        return pd.DataFrame({"Month": named["Month"].tolist(), "Incidents": frame["incidents"].tolist()})
    table = pd.DataFrame({"Month": named["Month"].unique().tolist()})
    for (kind, label), rows in frame.groupby(["kind", "label"], sort=False):
        table[_word(str(kind), str(label))] = rows["incidents"].tolist()
    return table


def _size(n: int) -> int:
    return next((size for most, size in _SMALL if n <= most), 3)


def _traces(
    rows: pd.DataFrame, look: looks.Tokens, *, axis: str = "", size: int, ends: bool = False
) -> list[go.Scatter]:
    """The complete months as a line with dots, the others hollow and joined by dots."""
    at = [day.strftime("%Y-%m-%d") for day in rows["month"]]
    values, whole = [int(n) for n in rows["incidents"]], [bool(full) for full in rows["complete"]]
    refs = {"xaxis": f"x{axis}", "yaxis": f"y{axis}", "hoverinfo": "skip", "cliponaxis": False}
    traces = []
    for start, stop, full in _stretches(whole):
        first = start if full else max(0, start - 1)
        last = stop if full else min(len(at), stop + 1)
        if last - first > 1:
            line = {"color": look.data if ends else look.data_soft, "width": 1.5}
            line |= {} if full else {"dash": "dot"}
            traces.append(go.Scatter(x=at[first:last], y=values[first:last], mode="lines", line=line, **refs))
    marks = [place for place in range(len(at)) if not ends or place in {0, len(at) - 1} or not whole[place]]
    fill = [look.data if whole[place] else look.paper for place in marks]
    dots = {"size": size, "color": fill, "line": {"color": look.data, "width": min(2, size / 5)}}
    x, y = [at[place] for place in marks], [values[place] for place in marks]
    traces.append(go.Scatter(x=x, y=y, mode="markers", marker=dots, **refs))
    return traces


def _stretches(whole: list[bool]) -> list[tuple[int, int, bool]]:
    """Where complete and incomplete months follow each other: start, end (not in it), and which."""
    cuts = [0, *(place for place in range(1, len(whole)) if whole[place] != whole[place - 1]), len(whole)]
    return [(start, stop, whole[start]) for start, stop in pairwise(cuts)]


def _line(frame: pd.DataFrame, look: looks.Tokens) -> go.Figure:
    top, largest = looks.round_top(frame["incidents"].max()), int(frame["incidents"].max())
    first, last = frame["month"].iloc[0], frame["month"].iloc[-1]
    size, usual = _size(len(frame)), frame["usual"].iloc[0]
    at = [day.strftime("%Y-%m-%d") for day in frame["month"]]
    annotations, shapes = [], []
    if pd.notna(usual):
        shapes.append(looks.rule((0, 1), (usual, usual), colour=look.ink_2, xref="paper", width=2))
        said = f"<b>usual {usual:g}</b><br>median of the<br>complete months"
        annotations.append(looks.label(said, x=1, y=usual, xref="paper", xshift=10, colour=look.ink_2))
    place = int(frame["incidents"].to_numpy().argmax())
    shown = range(len(frame)) if frame["n"].iloc[0] < FEW and len(frame) <= _EVERY else sorted({place, len(frame) - 1})
    for index in shown:
        n = int(frame["incidents"].iloc[index])
        annotations.append(
            looks.label(number(n), x=at[index], y=n, yshift=size, colour=look.ink, anchor="center", stands="bottom")
        )
    pad = pd.Timedelta(days=12 + len(frame) // 4)
    ends = [(first - pad).strftime("%Y-%m-%d"), (last + pad).strftime("%Y-%m-%d")]
    across = {"type": "date", "range": ends, **looks.month_ticks(first, last)}
    up = {"range": [0, largest * 1.15 + 0.5], "tickvals": [0, top], "showgrid": True}
    margin = (40, 130 if pd.notna(usual) else 16, 16, 32)
    traces = _traces(frame, look, size=size)
    return looks.figure(
        look, traces, height=268, margin=margin, xaxis=across, yaxis=up, annotations=annotations, shapes=shapes
    )


def _panels(frame: pd.DataFrame, look: looks.Tokens) -> go.Figure:
    groups = list(frame.groupby(["kind", "label"], sort=False))
    lines = ceil(len(groups) / _COLUMNS)
    height = lines * _PANEL
    largest = int(frame["incidents"].max())
    top = looks.round_top(largest)
    first, last = frame["month"].min(), frame["month"].max()
    pad = pd.Timedelta(days=8 + frame["month"].nunique() // 3)
    ends = [(first - pad).strftime("%Y-%m-%d"), (last + pad).strftime("%Y-%m-%d")]
    traces, axes, annotations = [], {}, []
    for index, ((kind, label), rows) in enumerate(groups):
        axis = "" if not index else str(index + 1)
        column, line = index % _COLUMNS, index // _COLUMNS
        left = column / _COLUMNS + (0.012 if column else 0)
        roof = 1 - line / lines
        floor = roof - 1 / lines
        across = [round(left, 4), round((column + 1) / _COLUMNS - 0.035, 4)]
        up = [round(floor + 32 / height, 4), round(roof - 62 / height, 4)]
        ticks = looks.month_ticks(first, last, most=2, short=True)
        axes[f"xaxis{axis}"] = {"type": "date", "range": ends, "domain": across, "anchor": f"y{axis}", **ticks}
        scale_ = {
            "range": [0, largest * 1.1 + 0.5],
            "tickvals": [0, top],
            "showgrid": True,
            "showticklabels": column == 0,
        }
        axes[f"yaxis{axis}"] = {**scale_, "domain": up, "anchor": f"x{axis}"}
        traces += _traces(rows, look, axis=axis, size=9, ends=True)
        annotations.append(
            _heading(str(kind), str(label), rows, look, x=left, y=roof) | {"xshift": 0 if column else -_LEFT}
        )
        at = [day.strftime("%Y-%m-%d") for day in rows["month"]]
        for place in sorted({0, len(rows) - 1}):
            n = int(rows["incidents"].iloc[place])
            spot = {"x": at[place], "y": n, "xref": f"x{axis}", "yref": f"y{axis}", "yshift": 8}
            annotations.append(looks.label(number(n), **spot, colour=look.ink, anchor="center", stands="bottom"))
    margin = (_LEFT, 4, 0, 0)
    return looks.figure(look, traces, height=height, margin=margin, annotations=annotations, **axes)


def _heading(kind: str, label: str, rows: pd.DataFrame, look: looks.Tokens, *, x: float, y: float) -> dict[str, Any]:
    n, whole = int(rows["n"].iloc[0]), rows[rows["complete"]]
    name = wrapped(_word(kind, label), 170, lines=1)[0]
    said = f"{looks.glyph(label if kind == 'ranked' else kind, look)}<b>{name}</b><br>"
    if n < FEW:
        said += f"too few to judge, n = {n}"
    elif len(whole):
        least, most = int(whole["incidents"].min()), int(whole["incidents"].max())
        said += f"{counted(n, 'incident')}, {number(least)} to {number(most)} a month"
    else:
        said += counted(n, "incident")
    return looks.label(said, x=x, y=y, xref="paper", yref="paper", colour=look.ink, stands="top")
