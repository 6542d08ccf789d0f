"""Which causes cost us most: bars from the largest down, with what is never ranked below a line."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pandas as pd
import plotly.graph_objects as go

from postmortem.analysis.monthly import FEW
from postmortem.analysis.ranking import SEVERAL
from postmortem.charts import look as looks
from postmortem.charts.chart import NARROW, Chart, Verdict
from postmortem.charts.words import (
    counted,
    escaped,
    listed,
    number,
    percent,
    period,
    plain,
    quoted,
    scale,
    scaled,
    sentence,
    width,
    wrapped,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

KEY: Final = "pareto"
_MARKUP: Final = re.compile(r"<[^>]*>")
_OF_CAUSES: Final = ("category", "text", "recurring_id", "leg", "factor")
_WORDS: Final = {
    "outside our control": "Outside our control",
    "unclassified": "Unclassified yet",
    "no cause yet": "No cause yet",
}
_UNNAMED: Final = {
    "recurring_id": "Not known to recur",
    "text": "Cause without words",
    "leg": "Leg not given",
    "factor": "No factor given",
}
_PAIR: Final = 2


class _Measure(NamedTuple):
    column: str
    title: str
    head: str
    unit: str
    of: str
    how: str = ""


_MEASURES: Final = (
    _Measure(
        "lost_min",
        "Minutes customers lost",
        "Customer minutes lost",
        "minutes",
        "of the minutes customers lost",
        " (customers \N{MULTIPLICATION SIGN} minutes)",
    ),
    _Measure("customer_cost", "What customers paid", "Customers paid", "", "of what customers paid"),
    _Measure("our_cost", "What it cost us", "Our cost", "", "of what it cost us"),
)


def pareto(frame: pd.DataFrame, *, theme: looks.Theme = "light", currency: str = "") -> Chart:
    """Draw what `analysis.pareto` counted.

    Beside the incidents stands the first of these that is known for any: minutes customers lost (customers times
    minutes), what they paid, what it cost us.

    Args:
        frame: As `analysis.pareto` gives it.
        theme: `light` or `dark`.
        currency: What amounts are in, where the frame does not say it.

    Raises:
        DataError: If there is no such theme.
    """
    look = looks.tokens(theme)
    causes = not len(frame) or frame["by"].iloc[0] in _OF_CAUSES
    question = "Which causes cost us most?" if causes else "Where do incidents cost us most?"
    if not len(frame):
        remedy = "No incident fits. Widen the filters, or tell the first incident."
        return looks.blank(KEY, question, remedy, look)
    whole, rows = frame.iloc[-1], frame.iloc[:-1]
    measure = next((one for one in _MEASURES if whole[f"{one.column}_known"] > 0), None)
    currency = str(whole["currency"]) or currency
    title, lead = _finding(rows, whole, measure)
    return Chart(
        key=KEY,
        question=question,
        title=title,
        subtitle=_subtitle(frame, whole, measure, currency),
        figure=_drawn(rows, measure, look, lead=lead, currency=currency),
        verdict=_verdict(rows, whole),
        alternative=_in_words(rows, whole, measure),
        table=_table(frame, currency),
        least=NARROW,
    )


def _names(rows: pd.DataFrame) -> list[str]:
    """What each row is called: its wording, or in words why it is not ranked."""
    names = []
    for row in rows.to_dict("records"):
        if row["kind"] == "ranked":
            name = plain(row["name"])
            names.append(name[:1].upper() + name[1:] if row["by"] in {"category", "leg", "factor"} else name)
        elif row["kind"] == "rest":
            names.append(f"{counted(row['labels'], 'other')} together")
        elif row["kind"] == "not named":
            names.append(_UNNAMED.get(row["by"], "Not given"))
        else:
            names.append(_WORDS.get(row["kind"], "All incidents shown"))
    return names


def _called(row: pd.Series[Any]) -> str:
    """A ranked row as the subject of a sentence."""
    return f"{row['name']} causes" if row["by"] == "category" else quoted(row["name"])


def _finding(rows: pd.DataFrame, whole: pd.Series[Any], measure: _Measure | None) -> tuple[str, bool]:
    """The title, and whether it singles out the first row."""
    n, ranked = int(whole["incidents"]), rows[rows["kind"] == "ranked"]
    if n < FEW:
        return f"{counted(n, 'incident')}: too few to rank", False
    if not len(ranked):
        return f"None of the {number(n)} incidents stands under a cause that could be ranked yet", False
    first = ranked.iloc[0]
    tied = ranked[ranked["incidents"] == first["incidents"]]
    amount = f"{number(first['incidents'])} of {number(n)} incidents"
    if len(tied) > 1 and first["incidents"] == 1:
        return f"None of {counted(whole['labels'], 'label')} turned up in more than 1 of {number(n)} incidents", False
    if len(tied) > 1:
        # The rest may hold more of them.
        least = "at least " if len(tied) == len(ranked) and whole["labels"] > len(ranked) else ""
        pair = len(tied) == _PAIR and not least
        who = listed([_called(row) for _, row in tied.iterrows()]) if pair else f"{least}{len(tied)} of them"
        return f"None leads: {who} are each behind {amount}", False
    plural = first["by"] == "category"
    verb = ("are behind" if plural else "is behind") if first["by"] in _OF_CAUSES else "has"
    said = f"{_called(first)} {verb} {amount} ({percent(first['share'])})"
    if measure is not None and whole[f"{measure.column}_known"] >= FEW:
        said += _cost(ranked, whole, measure)
    return said[:1].upper() + said[1:], True


def _cost(ranked: pd.DataFrame, whole: pd.Series[Any], measure: _Measure) -> str:
    shares = ranked[f"{measure.column}_share"].dropna()
    if not len(shares) or not shares.max() > 0:
        return ""
    known = whole[f"{measure.column}_known"] == whole["incidents"]
    of = (
        measure.of
        if known
        else measure.of.replace("of the", "of the known").replace("of what", "of the known sum of what")
    )
    dearest = ranked.loc[ranked[f"{measure.column}_share"] == shares.max()].iloc[0]
    share = percent(dearest[f"{measure.column}_share"])
    if dearest["rank"] == 1:
        return f" and {share} {of}"
    verb = "account for" if dearest["by"] == "category" else "accounts for"
    return f"; {_called(dearest)} {verb} {share} {of}"


def _subtitle(frame: pd.DataFrame, whole: pd.Series[Any], measure: _Measure | None, currency: str) -> str:
    what = "Incidents with the cause" if frame["by"].iloc[0] in _OF_CAUSES else "Incidents"
    n = f"n = {counted(whole['incidents'], 'incident')}"
    if measure is None:
        return sentence(what, period(whole["first_at"], whole["last_at"]), n)
    unit = measure.unit or currency
    total = f"{number(whole[measure.column])} {unit}".strip()
    known = whole[f"{measure.column}_known"]
    part = "" if known == whole["incidents"] else f", known for {number(known)} of them"
    name = measure.title[:1].lower() + measure.title[1:] + measure.how
    return sentence(f"{what}, and {name}", period(whole["first_at"], whole["last_at"]), f"{n}, {total}{part}")


def _verdict(rows: pd.DataFrame, whole: pd.Series[Any]) -> Verdict:
    n, several = int(whole["incidents"]), int(whole["elsewhere"])
    why = []
    if several:
        stand = "incident stands in more than one row and counts in each"
        stand = stand if several == 1 else "incidents stand in more than one row and count in each"
        why.append(f"{number(several)} {stand}; shares are of {counted(n, 'incident')}.")
    else:
        why.append(f"Every incident stands in one row; shares are of {counted(n, 'incident')}.")
    if (rows["so_far"] > rows["incidents"]).any():
        why.append("Sum: incidents with this label or one above it.")
    if alone := int(whole["lost_alone"]):
        many = "counts as one customer" if alone == 1 else "count as one customer each"
        why.append(f"{counted(alone, 'incident')} without a number of customers {many}.")
    if whole["currency"] == SEVERAL:
        why.append("Amounts in several currencies are not added up.")
    if rows["kind"].eq("ranked").any() and rows["kind"].ne("ranked").any():
        why.append("Below the line: shown, not ranked.")
    if n < FEW:
        return Verdict("Too few to judge.", " ".join(["Under 10 incidents every count is shown and none leads.", *why]))
    return Verdict("", " ".join(why))


def _in_words(rows: pd.DataFrame, whole: pd.Series[Any], measure: _Measure | None) -> str:
    parts = []
    for name, row in zip(_names(rows), rows.to_dict("records"), strict=True):
        part = f"{name}: {number(row['incidents'])} ({percent(row['share'])})"
        if measure is not None and pd.notna(row[measure.column]):
            part += f", {number(row[measure.column])} {measure.unit}".rstrip()
        parts.append(part)
    said = f"Of {counted(whole['incidents'], 'incident')}, from the most frequent down. {'; '.join(parts)}."
    several = int(whole["elsewhere"])
    return f"{said} {counted(several, 'incident')} in more than one row." if several else said


def _table(frame: pd.DataFrame, currency: str) -> pd.DataFrame:
    table = pd.DataFrame({"Cause" if frame["by"].iloc[0] in _OF_CAUSES else "Where": _names(frame)}, dtype=object)
    if frame["by"].iloc[0] in {"text", "recurring_id"}:
        table["Category"] = frame["category"].astype(object).where(frame["category"].notna(), "")
    table["Incidents"] = frame["incidents"].tolist()
    table["Share, %"] = (frame["share"] * 100).round(1).tolist()
    table["Sum with those above"] = frame["so_far"].astype(object).where(frame["so_far"].notna(), "")
    for one in _MEASURES:
        if frame[f"{one.column}_known"].iloc[-1] > 0:
            unit = f", {currency}" if not one.unit and currency else ""
            values = frame[one.column].round(2).astype(object)
            table[f"{one.head}{unit}"] = values.where(frame[one.column].notna(), "")
    return table


def _drawn(
    rows: pd.DataFrame,
    measure: _Measure | None,
    look: looks.Tokens,
    *,
    lead: bool,
    currency: str,
) -> go.Figure:
    names = _names(rows)
    labels = [_label(name, row, look) for name, row in zip(names, rows.to_dict("records"), strict=True)]
    margin = 12 + min(222, max([90, *(int(_width(text)) for lines, _ in labels for text in lines)]))
    lines = max(len(lines) + bool(meta) for lines, meta in labels)
    each = 34 if lines == 1 else 26 + 15 * (lines - 1)
    ranked = int((rows["kind"] == "ranked").sum())
    colours = [_colour(place, ranked, look, lead=lead) for place in range(len(rows))]
    annotations = []
    for place, (text, meta) in enumerate(labels):
        said = "<br>".join(f"<b>{line}</b>" if lead and place == 0 else line for line in text)
        said += f"<br>{looks.coloured(meta, look.ink_2, 12)}" if meta else ""
        colour = look.ink if place < ranked else look.ink_2
        annotations.append(looks.label(said, x=0, y=place, xref="paper", xshift=-10, colour=colour, anchor="right"))
    panels = [("x", "incidents", "Incidents", (0.0, 0.49 if measure else 1.0), _said(rows))]
    if measure:
        by, word = scale(float(rows[measure.column].max()))
        title = ", ".join(part for part in (measure.head, word, "" if measure.unit else escaped(currency)) if part)
        panels.append(("x2", measure.column, title, (0.53, 1.0), _said_of(rows, measure.column, by, look)))
    traces, axes = [], {}
    for axis, column, title, domain, texts in panels:
        values = [0.0 if pd.isna(value) else round(float(value), 4) for value in rows[column]]
        bars = {"x": values, "y": [*range(len(rows))], "xaxis": axis, "orientation": "h", "width": 0.58}
        traces.append(go.Bar(**bars, hoverinfo="skip", marker={"color": colours, "line": {"width": 0}}))
        reach = _reach(values, texts, (domain[1] - domain[0]) * (NARROW - margin))
        axes[f"xaxis{axis[1:]}"] = {"domain": list(domain), "range": [0, reach], "showticklabels": False}
        head = looks.label(f"<b>{title}</b>", x=domain[0], y=1, yshift=8, colour=look.ink, stands="bottom")
        annotations.append(head | {"xref": "paper", "yref": "paper"})
        annotations += [
            looks.label(text, x=value, y=place, xref=axis, xshift=7, colour=look.ink)
            for place, (value, text) in enumerate(zip(values, texts, strict=True))
        ]
    line = looks.rule((0, 1), (ranked - 0.5, ranked - 0.5), colour=look.line, xref="paper")
    return looks.figure(
        look,
        traces,
        height=38 + each * len(rows),
        margin=(margin, 0, 34, 4),
        yaxis={"range": [len(rows) - 0.5, -0.5], "showticklabels": False},
        annotations=annotations,
        shapes=[line] if 0 < ranked < len(rows) else [],
        **axes,
    )


def _label(name: str, row: dict[Hashable, Any], look: looks.Tokens) -> tuple[list[str], str]:
    """The lines of a row's name, and the small line below it: sign, category and id."""
    category = row["category"] if pd.notna(row["category"]) else row["kind"]
    sign = looks.glyph(category, look)
    if row["kind"] != "ranked" or row["by"] == "category":
        return [f"{sign}{escaped(name)}"], ""
    identity = (
        wrapped(row["label"], 100, lines=1)[0] if row["by"] == "recurring_id" and row["label"] != row["name"] else ""
    )
    meta = ", ".join(part for part in (escaped(category) if sign else "", identity) if part)
    return wrapped(name, 204), f"{sign}{meta}" if meta else ""


def _colour(place: int, ranked: int, look: looks.Tokens, *, lead: bool) -> str:
    if place >= ranked:
        return look.data_soft
    return look.accent if lead and place == 0 else look.data


def _said(rows: pd.DataFrame) -> list[str]:
    said = []
    for row in rows.to_dict("records"):
        text = f"<b>{number(row['incidents'])}</b>  {percent(row['share'])}"
        if pd.notna(row["so_far"]) and row["rank"] > 1:
            text += f"  sum {percent(row['so_far_share'])}"
        said.append(text)
    return said


def _said_of(rows: pd.DataFrame, column: str, by: float, look: looks.Tokens) -> list[str]:
    said = []
    for row in rows.to_dict("records"):
        value, share = row[column], row[f"{column}_share"]
        if pd.isna(value):
            said.append(looks.coloured("not known", look.ink_2))
        else:
            said.append(f"<b>{scaled(value, by)}</b>" + (f"  {percent(share)}" if pd.notna(share) else ""))
    return said


def _width(text: str) -> float:
    """About how many pixels a text of a figure takes: without its markup, each escape as its one character."""
    return width(html.unescape(_MARKUP.sub("", text)))


def _reach(values: Sequence[float], said: Sequence[str], room: float) -> float:
    """How far an axis goes so that every bar has room for its text, also on the narrowest page."""
    needed = [
        value * room / max(room - _width(text) - 14, room * 0.2) for value, text in zip(values, said, strict=True)
    ]
    return max([*needed, 1e-9])
