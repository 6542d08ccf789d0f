"""One chart in a notebook cell: its words around a plain figure, following the filters and the notebook's theme."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, Literal, Protocol

import ipywidgets

from postmortem import charts
from postmortem.widgets.panel import Event, Panel

if TYPE_CHECKING:
    from postmortem.charts import Chart


class Drawing(Protocol):
    """What a chart follows."""

    def drawn(self, key: str, theme: Literal["light", "dark"] = "light") -> Chart:
        """The plain value behind a chart, for what is shown now."""


class _Words(Panel):
    """The words above or below a figure; what stands there comes from the chart panel."""

    def __init__(self, part: str, chart_panel: ChartPanel) -> None:
        self.part = part
        self.chart_panel = weakref.proxy(chart_panel)
        super().__init__()

    def drawn(self) -> tuple[dict[str, Any], dict[str, Any]]:
        chart: Chart = self.chart_panel.value
        words: dict[str, Any] = {"stage": self.part, "session": chart.key}
        if self.part == "chart-head":
            return {}, {**words, "question": chart.question, "title": chart.title, "subtitle": chart.subtitle}
        table = chart.table
        return {}, {
            **words,
            "verdict": chart.verdict.word,
            "why": chart.verdict.why or chart.empty,
            "alternative": chart.alternative,
            "columns": [str(column) for column in table.columns],
            "rows": [[_cell(value) for value in row] for row in table.itertuples(index=False)],
        }

    def handle(self, event: Event) -> str:
        if event.get("type") == "theme":
            self.chart_panel.turn("dark" if event.get("dark") else "light")
        return ""


class ChartPanel(ipywidgets.VBox):  # type: ignore[misc]
    """One chart: the question, the finding, the drawing, the verdict, and the same in words and numbers."""

    def __init__(self, follows: Drawing, key: str) -> None:
        self.follows = follows
        self.key = key
        self.theme: Literal["light", "dark"] = "light"
        self.value = follows.drawn(key)
        self._above, self._below = _Words("chart-head", self), _Words("chart-tail", self)
        self._figure = ipywidgets.Output()
        self._figure.add_class("pm-drawing")
        self._room = ""
        super().__init__([self._above, self._figure, self._below])
        self._show()

    def __repr__(self) -> str:
        """The finding and the verdict in words: they stand in the stored notebook, and are compared there."""
        chart = self.value
        verdict = f"{chart.verdict.word} {chart.verdict.why}".strip()
        return "\n".join(line for line in (chart.question, chart.title, chart.subtitle, verdict) if line)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:  # noqa: ANN401 - Jupyter's own protocol
        bundle = super()._repr_mimebundle_(**kwargs)
        if isinstance(bundle, dict):
            bundle["text/plain"] = repr(self)
        return bundle

    def refresh(self) -> None:
        """Draw what the filters show now."""
        self.value = self.follows.drawn(self.key, self.theme)
        self._show()

    def turn(self, theme: Literal["light", "dark"]) -> None:
        """Follow the notebook's theme: a dark page is a second build, not a filter."""
        if theme != self.theme:
            self.theme = theme
            self.refresh()

    def _show(self) -> None:
        self._above.refresh()
        self._below.refresh()
        if self.value.empty:
            self._figure.outputs = ()
            self._figure.layout.min_height = None
            return
        # The drawing keeps the room that its words need, and is moved inside its own output: see panel.css. Its height
        # stands there too: plotly.js takes it from the page, and from one that is just being laid out it would be none.
        self._figure.remove_class(self._room)
        self._room = f"pm-least-{self.value.least}"
        self._figure.add_class(self._room)
        self._figure.layout.min_height = f"{self.value.figure.layout.height}px"
        data = {"application/vnd.plotly.v1+json": charts.bundle(self.value), "text/plain": self.value.alternative}
        self._figure.outputs = ({"output_type": "display_data", "data": data, "metadata": {}},)


def _cell(value: object) -> str:
    if value is None or value != value:  # noqa: PLR0124 - a missing number is not itself
        return ""
    return f"{value:,.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
