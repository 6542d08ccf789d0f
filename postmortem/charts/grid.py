"""Counts in rows and columns, each cell a bar from 0 on one scale for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import plotly.graph_objects as go

from postmortem.analysis.labels import CATEGORY_ORDER
from postmortem.analysis.monthly import FEW, NO_TEAM
from postmortem.analysis.outcome import EFFECTS
from postmortem.charts import look as looks
from postmortem.charts.chart import NARROW, Chart, Verdict
from postmortem.charts.words import counted, number, plain, sentence, width, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

_ROW: Final = 38
_LEFT: Final = 140
_HEAD: Final = 96
_NUMBER: Final = 34
_FOUR: Final = CATEGORY_ORDER[:4]


def category_by_team(frame: pd.DataFrame, *, theme: looks.Theme = "light") -> Chart:
    """Draw what `analysis.category_by_team` counted, teams in the order of the alphabet.

    Args:
        frame: As `analysis.category_by_team` gives it.
        theme: `light` or `dark`.

    Raises:
        DataError: If there is no such theme.
    """
    look = looks.tokens(theme)
    key, question = "category_by_team", "Where does which kind of cause turn up?"
    if not len(frame):
        remedy = "No incident fits. Widen the filters, or tell the first incident."
        return looks.blank(key, question, remedy, look)
    table = frame.pivot_table(index="team", columns="category", values="incidents", sort=False).astype(int)
    sizes = frame.drop_duplicates("team").set_index("team")["of"]
    n = int(sizes.sum())
    why = "Teams stand in the order of the alphabet. More work brings more incidents: these are counts, not rates."
    verdict = Verdict("For learning, not ranking.", f"{why} An incident with causes of two kinds counts under both.")
    rows = [
        (wrapped("No team given" if team == NO_TEAM else team, _LEFT - 14), counted(sizes[team], "incident"))
        for team in table.index
    ]
    heads = [(word, looks.glyph(word, look)) for word in table.columns]
    colours = [getattr(look, looks.SIGNS[word].token) if word in _FOUR else look.data_soft for word in table.columns]
    parts = [
        f"{plain(team)}, {counted(sizes[team], 'incident')}: "
        + ", ".join(f"{word} {number(table.loc[team, word])}" for word in table.columns if table.loc[team, word])
        for team in table.index
    ]
    shown = table.reset_index().rename(columns={"team": "Team"}).rename_axis(columns=None)
    shown["Team"] = [plain(team) for team in shown["Team"]]
    shown.insert(1, "Incidents", [int(sizes[team]) for team in table.index])
    return Chart(
        key=key,
        question=question,
        title=_title(table, sizes),
        subtitle=sentence(
            "Incidents with a cause of the kind", f"n = {counted(n, 'incident')}", counted(len(table), "team")
        ),
        figure=drawn(table, rows, heads, colours, look),
        verdict=verdict if n >= FEW else Verdict("Too few to judge.", verdict.why),
        alternative="; ".join(parts) + ".",
        table=shown,
        least=NARROW,
    )


def _title(table: pd.DataFrame, sizes: pd.Series[Any]) -> str:
    enough = table.loc[sizes.reindex(table.index) >= FEW, [word for word in table.columns if word in _FOUR]]
    n = counted(sizes.sum(), "incident")
    if not len(enough):
        return f"{n} in {counted(len(table), 'team')}: too few in each to compare"
    top = enough.eq(enough.max(axis=1), axis=0)
    alone = top[(top.sum(axis=1) == 1)]
    times = alone.sum().sort_values(ascending=False, kind="stable")
    if not len(alone) or (len(times) > 1 and times.iloc[0] == times.iloc[1]):
        return (
            f"No one kind of cause is the most frequent across {counted(len(enough), 'team')} with 10 incidents or more"
        )
    where = f"{number(times.iloc[0])} of {counted(len(enough), 'team')}"
    few = "" if len(enough) == len(table) else " with 10 incidents or more"
    return f"{str(times.index[0]).capitalize()} is the most frequent kind of cause in {where}{few}"


def held(frame: pd.DataFrame, *, theme: looks.Theme = "light") -> Chart:
    """Draw what `analysis.actions_held` counted.

    Args:
        frame: As `analysis.actions_held` gives it.
        theme: `light` or `dark`.

    Raises:
        DataError: If there is no such theme.
    """
    look = looks.tokens(theme)
    key, question = "held", "Did our actions hold?"
    if not len(frame):
        remedy = "No action yet. Plan one for a root cause, and look later whether it held."
        return looks.blank(key, question, remedy, look)
    table = frame.pivot_table(index="strength", columns="effect", values="actions", sort=False).astype(int)
    sizes = table.sum(axis=1)
    good, bad = int(table["held"].sum()), int(table["not held"].sum())
    checked, n = good + bad, int(sizes.sum())
    title = f"{number(good)} of {counted(checked, 'checked action')} held"
    if not checked:
        title = f"None of {counted(n, 'action')} has been checked for its effect yet"
    elif checked < FEW:
        title = f"{counted(checked, 'action')} of {number(n)} checked, {number(good)} held: too few to say what lasts"
    why = "As people recorded it at the effect check; the boxes say how strong the form of an action is, not its words."
    rows = [
        ([_boxes(str(name), look) + wrapped(str(name).capitalize(), 104, lines=1)[0]], counted(sizes[name], "action"))
        for name in table.index
    ]
    colours = [look.accent, look.data, look.data_soft, look.data_soft]
    heads = list(zip(EFFECTS, ("✓", "↺", "?", "○"), strict=True))
    parts = [
        f"{plain(name).capitalize()}, {counted(sizes[name], 'action')}: "
        + ", ".join(f"{word} {number(table.loc[name, word])}" for word in table.columns)
        for name in table.index
    ]
    shown = table.reset_index().rename(columns={"strength": "Strength"}).rename_axis(columns=None)
    shown.insert(1, "Actions", [int(sizes[name]) for name in table.index])
    return Chart(
        key=key,
        question=question,
        title=title,
        subtitle=sentence("Actions by strength and effect", f"n = {counted(n, 'action')}, {number(checked)} checked"),
        figure=drawn(table, rows, heads, colours, look),
        verdict=Verdict("Too few to judge." if checked < FEW else "Not judged.", why),
        alternative="; ".join(parts) + ".",
        table=shown,
        least=NARROW,
    )


def _boxes(strength: str, look: looks.Tokens) -> str:
    full = {"stronger": 3, "intermediate": 2, "weaker": 1}.get(strength)
    return "" if full is None else looks.coloured("▮" * full + "▯" * (3 - full), look.ink_2) + " "


def _columns(heads: Sequence[float], largest: Sequence[int], room: float) -> tuple[list[float], float]:
    """How wide each column is, and how many pixels an incident is in all of them; as many as there is room for.

    A column has room for its heading, and for its longest bar with the number behind it.
    """
    low, high = 0.0, room
    for _ in range(40):
        middle = (low + high) / 2
        widths = [max(head, most * middle + _NUMBER) for head, most in zip(heads, largest, strict=True)]
        low, high = (middle, high) if sum(widths) <= room else (low, middle)
    low = max(low, 0.01)
    return [max(head, most * low + _NUMBER) for head, most in zip(heads, largest, strict=True)], low


def drawn(
    table: pd.DataFrame,
    rows: Sequence[tuple[list[str], str]],
    heads: Sequence[tuple[str, str]],
    colours: Sequence[str],
    look: looks.Tokens,
    *,
    left: int = _LEFT,
) -> go.Figure:
    """Columns side by side on one scale; the number stands at the end of each bar, a zero alone.

    Args:
        table: Counts, a column a bar.
        rows: The name of each row in lines, escaped, and what stands small below it.
        heads: The word above each column, and its sign.
        colours: Of the bars, by column.
        look: The colours.
        left: Pixels for the names of the rows.
    """
    room = float(NARROW - left)
    traces, axes, annotations = [], {}, []
    heights = [wrapped(word.capitalize(), _HEAD) for word, _ in heads]
    largest = [max(int(table.iloc[:, index].max()), 1) for index in range(len(heads))]
    needed, pixels = _columns([max(width(line) for line in lines) * 12 / 13 + 6 for lines in heights], largest, room)
    shares = [one / sum(needed) for one in needed]
    begins = 0.0
    for index, ((_, sign), lines, share) in enumerate(zip(heads, heights, shares, strict=True)):
        axis = "x" if not index else f"x{index + 1}"
        values = [int(n) for n in table.iloc[:, index]]
        bars = {"x": values, "y": list(range(len(rows))), "xaxis": axis, "orientation": "h", "width": 0.5}
        traces.append(go.Bar(**bars, hoverinfo="skip", marker={"color": colours[index], "line": {"width": 0}}))
        domain = [round(begins, 5), min(1.0, round(begins + share, 5))]
        reach = round(share * room / pixels, 4)
        axes[f"xaxis{axis[1:]}"] = {"domain": domain, "range": [0, reach], "showticklabels": False}
        said = "<br>".join([sign or "&nbsp;", *(looks.coloured(line, look.ink, 12) for line in lines)])
        head = looks.label(said, x=domain[0], y=1, xref="paper", yref="paper", yshift=56, colour=look.ink, stands="top")
        annotations.append(head)
        begins += share
        for place, n in enumerate(values):
            said = f"<b>{number(n)}</b>" if n else looks.coloured("0", look.ink_3)
            annotations.append(looks.label(said, x=n, y=place, xref=axis, xshift=5, colour=look.ink))
    for place, (name, size) in enumerate(rows):
        said = "<br>".join([*name, *([looks.coloured(size, look.ink_2, 12)] if size else [])])
        annotations.append(looks.label(said, x=0, y=place, xref="paper", xshift=-10, colour=look.ink, anchor="right"))
    each = _ROW + 14 * (max(len(name) for name, _ in rows) - 1)
    up = {"range": [len(rows) - 0.5, -0.5], "showticklabels": False}
    lines_ = [
        looks.rule((0, 1), (place + 0.5, place + 0.5), colour=look.grid, xref="paper") for place in range(len(rows) - 1)
    ]
    return looks.figure(
        look,
        traces,
        height=62 + each * len(rows),
        margin=(left, 0, 58, 4),
        yaxis=up,
        annotations=annotations,
        shapes=lines_,
        **axes,
    )
