"""What keeps coming back: one lane a recurring cause, one mark an incident, and the quiet since the last."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go

from postmortem.analysis.monthly import FEW
from postmortem.analysis.recurrence import EVENT
from postmortem.charts import look as looks
from postmortem.charts.chart import LANES, Chart, Verdict
from postmortem.charts.words import counted, escaped, number, period, plain, quoted, sentence, wrapped
from postmortem.record.moments import day

KEY: Final = "between"
_QUESTION: Final = "What keeps coming back, and how long does it stay away?"
_LANE: Final = 88
_LEFT: Final = 6
_STACK: Final = 10
_BINS: Final = 56
"""How many marks fit side by side into a lane on the narrowest page; closer ones are stacked."""
_HIGHEST: Final = 4
_ONE_GAP: Final = 2
_APART: Final = 26
"""Every gap has its number above the later mark where it is wider than a twenty-sixth of the lane."""


def between(frame: pd.DataFrame, *, theme: looks.Theme = "light", most: int = 8) -> Chart:
    """Draw what `analysis.time_between` found.

    A cause with fewer than ten incidents has the days between them written beside its marks (R43).

    Args:
        frame: As `analysis.time_between` gives it.
        theme: `light` or `dark`.
        most: How many causes have a lane; all of them stand in the table.

    Raises:
        DataError: If there is no such theme.
    """
    look = looks.tokens(theme)
    if not len(frame):
        remedy = "No recurring cause yet. Confirm, where a cause is written, that it is one you have met before."
        return looks.blank(KEY, _QUESTION, remedy, look)
    groups = [rows for _, rows in frame.groupby("recurring_id", sort=False)]
    events = frame[frame["kind"] == EVENT]
    appearances = f"n = {counted(len(events), 'appearance')} of {counted(len(groups), 'recurring cause')}"
    return Chart(
        key=KEY,
        question=_QUESTION,
        title=_title(groups),
        subtitle=sentence(
            "One mark an incident, by day",
            period(events["on"].min(), frame["on"].max()),
            appearances,
            "line: quiet since the last",
        ),
        figure=_drawn(groups[:most], look),
        verdict=_verdict(groups, most),
        alternative=" ".join(_in_words(rows) for rows in groups),
        table=_table(groups),
        least=LANES,
    )


def _quiet(rows: pd.DataFrame) -> tuple[int, bool]:
    """The quiet days until now, and whether they are more than every gap before."""
    days, longest = int(rows["days"].iloc[-1]), rows["longest_days"].iloc[0]
    return days, bool(pd.notna(longest) and days > longest)


def _title(groups: list[pd.DataFrame]) -> str:
    first = groups[0].iloc[0]
    n = int(first["n"])
    name = quoted(first["name"])
    if n >= FEW:
        said = f"{name} was there {number(n)} times, {_apart(first['median_days'])} apart in the median"
    else:
        few = f"with fewer than 10 incidents{' each' if len(groups) > 1 else ''}"
        said = f"{counted(len(groups), 'recurring cause')} {few}: too few to judge, so every gap is listed"
    # Longer than one single gap would say little.
    quiet = [
        (days, rows) for rows in groups for days, longest in [_quiet(rows)] if longest and rows["n"].iloc[0] > _ONE_GAP
    ]
    if not quiet:
        return said
    days, rows = max(quiet, key=lambda pair: pair[0])
    row = rows.iloc[0]
    who = "it" if row["recurring_id"] == first["recurring_id"] and n >= FEW else quoted(row["name"])
    after = f"the longest gap before was {number(row['longest_days'])}"
    return f"{said}; {who} has been quiet for {counted(days, 'day')}, {after}"


def _apart(days: float) -> str:
    return f"{days:g} {'day' if days == 1 else 'days'}"


def _verdict(groups: list[pd.DataFrame], most: int) -> Verdict:
    few = sum(int(rows["n"].iloc[0]) < FEW for rows in groups)
    why = []
    if few:
        subject = "the cause" if few == 1 and len(groups) == 1 else f"{number(few)} of {counted(len(groups), 'cause')}"
        why.append(f"Under 10 incidents ({subject}) the days between them are listed and no limit is drawn.")
    why.append("A long quiet time is seen here, not proved: the effect of an action is judged on its own.")
    if len(groups) > most:
        why.append(f"{counted(len(groups) - most, 'more cause')} in the table.")
    return Verdict("Too few to judge." if few == len(groups) else "Not judged.", " ".join(why))


def _in_words(rows: pd.DataFrame) -> str:
    row, events = rows.iloc[0], rows[rows["kind"] == EVENT]
    quiet, longest = _quiet(rows)
    n, last = counted(row["n"], "incident"), day(events["on"].iloc[-1])
    said = f"{quoted(row['name'])} ({row['category']}): {n}, last on {last}"
    gaps = [number(days) for days in events["days"].dropna()]
    if row["n"] < FEW and gaps:
        said += f", days between them {', '.join(gaps)}"
    elif gaps:
        said += f", {_apart(row['median_days'])} apart in the median and at most {_apart(row['longest_days'])}"
    return f"{said}, quiet for {counted(quiet, 'day')}{', longer than ever before' if longest else ''}."


def _table(groups: list[pd.DataFrame]) -> pd.DataFrame:
    records = []
    for rows in groups:
        row, events = rows.iloc[0], rows[rows["kind"] == EVENT]
        gaps = [number(days) for days in events["days"].dropna()]
        known = pd.notna(row["median_days"])
        records.append(
            {
                "Cause": plain(row["name"]),
                "Id": plain(row["recurring_id"]),
                "Category": row["category"],
                "Incidents": int(row["n"]),
                "First": day(events["on"].iloc[0]),
                "Last": day(events["on"].iloc[-1]),
                "Days between": ", ".join(gaps),
                "Median days": float(row["median_days"]) if known else "",
                "Longest": int(row["longest_days"]) if known else "",
                "Quiet days until now": _quiet(rows)[0],
            }
        )
    return pd.DataFrame(records)


def _drawn(groups: list[pd.DataFrame], look: looks.Tokens) -> go.Figure:
    first = min(rows["on"].iloc[0] for rows in groups)
    last = max(rows["on"].iloc[-1] for rows in groups)
    span = max((last - first).days, 1)
    traces: list[go.Scatter] = []
    shapes: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    ends = [(first - pd.Timedelta(days=span * 0.02 + 1)).strftime("%Y-%m-%d"), last.strftime("%Y-%m-%d")]
    for lane, rows in enumerate(groups):
        events = rows[rows["kind"] == EVENT]
        row, at = rows.iloc[0], [on.strftime("%Y-%m-%d") for on in events["on"]]
        sign = looks.SIGNS.get(str(row["category"]), looks.SIGNS["unclassified"])
        colour = getattr(look, sign.token)
        heights = _stacked([(on - first).days for on in events["on"]], span)
        y = [round(lane - (12 + height * _STACK) / _LANE, 4) for height in heights]
        hollow = sign.symbol.endswith("open")
        marker = {
            "symbol": sign.symbol,
            "size": 11 if sign.symbol == "triangle-up" else 9,
            "color": colour,
            "line": {"width": 1.5 if hollow else 0, "color": colour},
        }
        traces.append(go.Scatter(x=at, y=y, mode="markers", marker=marker, hoverinfo="skip", cliponaxis=False))
        shapes.append(looks.rule((0, 1), (lane, lane), colour=look.line, xref="paper"))
        days, longest = _quiet(rows)
        settled = look.accent if longest else look.data
        mid = lane - 12 / _LANE
        if days:
            shapes.append(looks.rule((at[-1], ends[1]), (mid, mid), colour=settled, width=3 if longest else 1.5))
        name = f"{looks.glyph(row['category'], look)}<b>{wrapped(row['name'], 380, lines=1)[0]}</b>"
        name += f"  {looks.coloured(escaped(row['category']), look.ink_2)}"
        annotations.append(looks.label(name, x=0, y=lane - 72 / _LANE, xref="paper", xshift=-_LEFT, colour=look.ink))
        quiet = f"quiet {counted(days, 'day')}{',<br>longest yet' if longest else ''}"
        n, word = counted(row["n"], "incident").rsplit(" ", 1)
        said = f"<b>{n}</b> {word}<br>{looks.coloured(quiet, look.accent if longest else look.ink_2)}"
        annotations.append(looks.label(said, x=1, y=lane, xref="paper", xshift=12, colour=look.ink, stands="bottom"))
        if row["n"] < FEW:
            annotations += _gaps(events, at, y, span, look)
    ticks = looks.month_ticks(first, last)
    across = {"type": "date", "range": ends, **ticks}
    up = {"range": [len(groups) - 1 + 4 / _LANE, -84 / _LANE], "showticklabels": False}
    height = 88 + _LANE * (len(groups) - 1) + 36
    return looks.figure(
        look,
        traces,
        height=height,
        margin=(_LEFT, 130, 0, 32),
        xaxis=across,
        yaxis=up,
        annotations=annotations,
        shapes=shapes,
    )


def _stacked(days: list[int], span: int) -> list[int]:
    """How high each mark stands so that neighbours do not cover each other; at most four above the first."""
    last: dict[int, int] = {}  # the latest day at each height; the days come in order
    heights = []
    for at in days:
        free = (height for height in range(_HIGHEST) if height not in last or (at - last[height]) * _BINS >= span)
        heights.append(height := next(free, _HIGHEST))
        last[height] = at
    return heights


def _gaps(events: pd.DataFrame, at: list[str], y: list[float], span: int, look: looks.Tokens) -> list[dict[str, Any]]:
    return [
        looks.label(number(gap), x=at[place], y=min(y), yshift=7, colour=look.ink_2, anchor="center", stands="bottom")
        for place, gap in enumerate(events["days"])
        if pd.notna(gap) and gap * _APART >= span
    ]
