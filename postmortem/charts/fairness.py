"""What comparable cases got: a dot a case on one scale, this case by its shape and its word, and the median."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import plotly.graph_objects as go

from postmortem.charts import look as looks
from postmortem.charts.chart import Chart, Verdict
from postmortem.charts.words import counted, escaped, number, plain, sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

KEY: Final = "fairness"
QUESTION: Final = "What did comparable cases get?"
_BASIS: Final = {
    "kind and severity": "the same kind of mistake and severity",
    "kind": "the same kind of mistake",
    "severity": "the same severity",
    "currency": "all kinds and severities",
}
_LANES: Final = 5
_CLOSE_SHARE: Final = 0.025


def fairness(frame: pd.DataFrame, *, theme: looks.Theme = "light") -> Chart:
    """Draw what `analysis.comparable` found.

    Under five comparable cases nothing is drawn: they are listed (R43). Nothing is called too much or too little: a
    case has its own reasons, and the median is where half of the others are.

    Args:
        frame: As `analysis.comparable` gives it.
        theme: `light` or `dark`.

    Raises:
        DataError: If there is no such theme.
    """
    look = looks.tokens(theme)
    mine, others = frame[frame["this"]].iloc[0], frame[~frame["this"]]
    if not len(others):
        return looks.blank(KEY, QUESTION, "No comparable case tells of an offer yet.", look)
    currency = str(mine["currency"])
    few = bool(pd.isna(mine["median"]))
    return Chart(
        key=KEY,
        question=QUESTION,
        title=_title(mine, others, currency, few=few),
        subtitle=_subtitle(frame, others, currency),
        figure=_listed(others, look) if few else _drawn(mine, others, look, currency),
        verdict=_verdict(mine, few=few),
        alternative=_in_words(mine, others, currency),
        table=_table(frame, currency),
    )


def common(basis: str) -> str:
    """What comparable cases have in common, in words."""
    return _BASIS.get(basis, basis)


def _title(mine: pd.Series[Any], others: pd.DataFrame, currency: str, *, few: bool) -> str:
    if few:
        return f"{counted(len(others), 'comparable case')}: too few to compare, so each is listed"
    half = _money(mine["median"], currency)
    middle = f"half of {number(len(others))} comparable cases were offered {half} or less"
    if pd.isna(mine["offered"]):
        return f"Nothing is offered here yet; {middle}"
    return f"{_money(mine['offered'], currency)} is offered here; {middle}"


def _subtitle(frame: pd.DataFrame, others: pd.DataFrame, currency: str) -> str:
    n = f"n = {counted(len(others), 'case')} with {common(str(frame['basis'].iloc[0]))}"
    without = int(frame["without"].iloc[0])
    n += f"; {number(without)} more tell{'s' if without == 1 else ''} of no offer" if without else ""
    return sentence(f"Credit and goodwill offered to a case as a whole, {currency}", n)


def _verdict(mine: pd.Series[Any], *, few: bool) -> Verdict:
    if few:
        return Verdict("Too few to compare.", "Under five cases each is listed, and no middle is drawn.")
    why = "The middle is where to look, not what to give. What was paid back is not counted."
    return Verdict(
        "Not judged.",
        why if pd.notna(mine["offered"]) else f"{why} This case stands here once it is offered something.",
    )


def _in_words(mine: pd.Series[Any], others: pd.DataFrame, currency: str) -> str:
    parts = [f"{plain(row['incident_id'])}: {_money(row['offered'], currency)}" for _, row in others.iterrows()]
    own = "nothing yet" if pd.isna(mine["offered"]) else _money(mine["offered"], currency)
    middle = "" if pd.isna(mine["median"]) else f" The median of the others is {_money(mine['median'], currency)}."
    return f"This case: {own}.{middle} From the least up: {'; '.join(parts)}."


def _table(frame: pd.DataFrame, currency: str) -> pd.DataFrame:
    said = frame["title"].astype(object).where(frame["title"].notna(), "")
    table = pd.DataFrame({"Case": frame["incident_id"].tolist(), "What happened": said.tolist()}, dtype=object)
    table["Case"] = [
        f"{name} (this case)" if this else name for name, this in zip(frame["incident_id"], frame["this"], strict=True)
    ]
    for column, name in (
        ("offered", f"Offered, {currency}"),
        ("per_hour", f"For an hour lost, {currency}"),
        ("reimbursed", f"Paid back, {currency}"),
    ):
        table[name] = frame[column].astype(object).where(frame[column].notna(), "").tolist()
    return table


def _money(value: float, currency: str) -> str:
    whole = float(value) == int(value)
    return f"{currency} {value:,.0f}" if whole else f"{currency} {value:,.2f}"


def lanes(values: Sequence[float], reach: float) -> list[int]:
    """In which lane each of some rising values stands, so that no two dots lie on each other.

    Examples:
        >>> lanes([10, 10, 50], 100)
        [0, 1, 0]
    """
    last = [-reach] * _LANES
    found = []
    for value in values:
        free = [lane for lane in range(_LANES) if value - last[lane] >= reach * _CLOSE_SHARE]
        lane = free[0] if free else min(range(_LANES), key=lambda at: last[at])
        last[lane] = value
        found.append(lane)
    return found


def dots(frame: pd.DataFrame) -> dict[str, Any]:
    """The same drawing as shares of its width, for a panel that draws it in its own theme; empty under five cases.

    Args:
        frame: As `analysis.comparable` gives it.
    """
    mine, others = frame[frame["this"]].iloc[0], frame[~frame["this"]]
    if pd.isna(mine["median"]):
        return {}
    values, currency = [float(value) for value in others["offered"]], str(mine["currency"])
    own = None if pd.isna(mine["offered"]) else float(mine["offered"])
    reach, middle = _reach(values, own), float(mine["median"])
    return {
        "dots": [[round(x / reach, 4), lane] for x, lane in zip(values, lanes(values, reach), strict=True)],
        "lanes": _LANES,
        "median": [round(middle / reach, 4), f"Median {_money(middle, currency)}"],
        "own": None if own is None else [round(own / reach, 4), f"This case, {_money(own, currency)}"],
        "reach": _money(round(reach), currency),
    }


def _reach(values: Sequence[float], own: float | None) -> float:
    return max([*values, own or 0.0, 1.0]) * 1.08


def _drawn(mine: pd.Series[Any], others: pd.DataFrame, look: looks.Tokens, currency: str) -> go.Figure:
    values = [float(value) for value in others["offered"]]
    own = None if pd.isna(mine["offered"]) else float(mine["offered"])
    reach = _reach(values, own)
    points = go.Scatter(
        x=values,
        y=[1 + lane for lane in lanes(values, reach)],
        mode="markers",
        hoverinfo="skip",
        cliponaxis=False,
        marker={"color": look.data, "size": 10, "line": {"width": 1, "color": look.paper}},
    )
    middle = float(mine["median"])
    texts = [
        looks.label(
            f"Median {_money(middle, currency)}",
            x=middle,
            y=6.4,
            colour=look.ink_2,
            anchor=_side(middle, reach),
            xshift=4 if middle < reach / 2 else -4,
        )
    ]
    traces: list[object] = [points]
    if own is not None:
        mark = {"color": look.accent, "size": 14, "symbol": "diamond", "line": {"width": 1, "color": look.paper}}
        traces.append(go.Scatter(x=[own], y=[0], mode="markers", hoverinfo="skip", marker=mark, cliponaxis=False))
        side = "left" if own < reach / 2 else "right"
        texts.append(
            looks.label(
                f"<b>This case, {_money(own, currency)}</b>",
                x=own,
                y=0,
                colour=look.ink,
                anchor=side,
                xshift=11 if side == "left" else -11,
            )
        )
    return looks.figure(
        look,
        traces,
        height=170,
        margin=(8, 8, 6, 30),
        xaxis={"range": [0, reach], "tickformat": ",.0f", "showgrid": True, "gridcolor": look.grid},
        yaxis={"range": [-0.8, 7], "visible": False},
        annotations=texts,
        shapes=[looks.rule((middle, middle), (-0.6, 5.8), colour=look.ink_2, dash="dash")],
    )


def _side(value: float, reach: float) -> str:
    return "left" if value < reach / 2 else "right"


def _listed(others: pd.DataFrame, look: looks.Tokens) -> go.Figure:
    """The few cases, a line each, where a drawing would say more than they do."""
    hidden = {"visible": False}
    currency = str(others["currency"].iloc[0])
    texts = [
        looks.label(
            f"{escaped(plain(row['incident_id']))}: {_money(row['offered'], currency)}",
            x=0,
            y=-place,
            xref="paper",
            colour=look.ink,
            anchor="left",
        )
        for place, (_, row) in enumerate(others.iterrows())
    ]
    yaxis = {"visible": False, "range": [0.5 - len(others), 0.5]}
    return looks.figure(
        look, [], height=16 + 24 * len(others), margin=(0, 0, 4, 4), xaxis=hidden, yaxis=yaxis, annotations=texts
    )
