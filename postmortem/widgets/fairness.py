"""What comparable cases got, beside what we owe: asked for when somebody wants to know (R18)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from postmortem.widgets.blocks import Block, Form, button, buttons, fold, note

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from postmortem.widgets.meeting import Retrospective

_FOUND: WeakKeyDictionary[Retrospective, tuple[str, pd.DataFrame]] = WeakKeyDictionary()
"""What was found when somebody asked last, with the record it was asked for."""

_TITLE: Final = "What comparable cases got"


def part(form: Form) -> list[Block]:
    """One line until somebody opens it; the cases are read from the store when they are asked for."""
    incident_id, frame = _FOUND.get(form.meeting, ("", None))
    if frame is None or incident_id != form.incident.id:
        ask = buttons({**button("Look them up", "compare", style="sm"), "place": "owed.compare"})
        told = "Credit and goodwill that others were offered, in the same currency; the most alike first."
        return [fold(_TITLE, note(told), ask)]
    return [fold(_TITLE, _drawing(frame), unfolded=True)]


def _drawing(frame: pd.DataFrame) -> Block:
    """The chart's words, and its dots as plain data: the browser draws them in the theme of the notebook."""
    from postmortem.charts.fairness import dots, fairness  # noqa: PLC0415 - plotly is loaded when somebody compares

    chart = fairness(frame)
    table = chart.table
    again = {**button("Compare again", "compare", style="link"), "place": "owed.compare"}
    if chart.empty:
        return {
            "t": "fair",
            "title": chart.empty.removesuffix("."),
            "subtitle": "",
            "why": "",
            "dots": {},
            "columns": [],
            "rows": [],
            "does": [again],
        }
    return {
        "t": "fair",
        "title": chart.title,
        "subtitle": chart.subtitle,
        "why": f"{chart.verdict.word} {chart.verdict.why}",
        "dots": dots(frame),
        "columns": [str(name) for name in table.columns],
        "rows": [[_cell(value) for value in row] for row in table.itertuples(index=False)],
        "does": [again],
    }


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}".removesuffix(".00")
    return str(value)


def compare(meeting: Retrospective, _args: Mapping[str, Any]) -> str:
    """Read from the store what comparable cases got."""
    from postmortem import analysis  # noqa: PLC0415 - loaded when somebody compares

    found = analysis.comparable(meeting.store.tables(), meeting.incident.id)
    _FOUND[meeting] = (meeting.incident.id, found)
    return "owed.compare"


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {"compare": compare}
