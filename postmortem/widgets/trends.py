"""What keeps recurring: filters, and charts that follow them."""

from __future__ import annotations

import weakref
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from tzlocal import get_localzone_name

from postmortem import charts, settings
from postmortem.analysis import Tables, count, select
from postmortem.record.base import zone as zone_of
from postmortem.record.errors import DataError, PostmortemError, near
from postmortem.record.vocabulary import CATEGORIES, SEVERITIES, UNCLASSIFIED
from postmortem.widgets import typed
from postmortem.widgets.blocks import button, buttons, note
from postmortem.widgets.chart import ChartPanel
from postmortem.widgets.opening import opened
from postmortem.widgets.panel import Event, Panel, sentence
from postmortem.widgets.stages.review import REPORTS

if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from datetime import date, datetime

    from postmortem.charts import Chart
    from postmortem.store import Store

Filter = Literal["since", "until", "team", "service", "category", "severity"]
FILTERS: tuple[Filter, ...] = ("since", "until", "team", "service", "category", "severity")
_LABELS: dict[Filter, str] = {
    "since": "From",
    "until": "To",
    "team": "Team",
    "service": "Service",
    "category": "Category",
    "severity": "Severity",
}


class Trends:
    """Many incidents, looked at through filters.

    Shown in a cell it is the row of filters; the charts are cells of their own.

    Args:
        store: Where the incidents are kept.
        now: The clock; by default the machine's, or `POSTMORTEM_NOW`.
    """

    def __init__(self, store: Store, *, now: Callable[[], datetime] = settings.now) -> None:
        self.store = store
        self.now = now
        self.filters: dict[Filter, str] = dict.fromkeys(FILTERS, "")
        self.refused: dict[Filter, tuple[str, str]] = {}
        self._watchers: weakref.WeakSet[_Following] = weakref.WeakSet()

    def __repr__(self) -> str:
        """How many incidents are shown; it stands in the stored notebook."""
        return f"{self.sentence()} Run this cell to choose."

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:  # noqa: ANN401 - Jupyter's own protocol
        panel = FilterPanel(self)
        self._watchers.add(panel)
        self._shown = panel
        return panel._repr_mimebundle_(**kwargs)

    @cached_property
    def everything(self) -> Tables:
        """The tidy tables of the whole store, read once; `reload` reads them again."""
        return Tables.of(self.store.tables())

    @cached_property
    def zone(self) -> str:
        """The zone in which days begin and end: this machine's."""
        name = get_localzone_name() or "UTC"
        try:
            zone_of(name)
        except ValueError:
            return "UTC"
        return name

    @property
    def shown(self) -> Tables:
        """The incidents that fit the filters, with all that belongs to them."""
        chosen = self.filters
        return select(
            self.everything,
            since=self._day("since"),
            until=self._day("until"),
            zone=self.zone,
            teams=_some(chosen["team"]),
            services=_some(chosen["service"]),
            categories=_some(chosen["category"]),
            severities=_some(chosen["severity"]),
        )

    def filter(self, **chosen: str) -> Trends:
        """Choose what is shown, from code; what is not named stays as it is.

        Args:
            **chosen: `since`, `until`, `team`, `service`, `category`, `severity`; an empty text takes a filter away.

        Raises:
            PostmortemError: If there is no such filter, or a day can't be read.
        """
        for name in chosen:
            if name not in FILTERS:
                hint = near(name, FILTERS)
                told = f"did you mean {hint!r}?" if hint else f"there are: {', '.join(FILTERS)}"
                raise PostmortemError(f"there is no filter {name!r}; {told}")
        before = dict(self.filters)
        self.filters.update({name: chosen[name] for name in FILTERS if name in chosen})
        try:
            _ = self.shown
        except PostmortemError:
            self.filters = before
            raise
        for name in FILTERS:
            if name in chosen:
                self.refused.pop(name, None)
        for watcher in tuple(self._watchers):
            watcher.refresh()
        return self

    def reload(self) -> None:
        """Read the store again."""
        self.__dict__.pop("everything", None)
        for watcher in tuple(self._watchers):
            watcher.refresh()

    def choices(self, name: Filter) -> list[str]:
        """What can be chosen in a filter."""
        if name == "category":
            return [*CATEGORIES, UNCLASSIFIED]
        if name == "severity":
            return list(SEVERITIES)
        column = self.everything.incidents[name].dropna().astype(str)
        return sorted(value for value in column.unique() if value)

    def sentence(self) -> str:
        """How many of how many incidents are shown."""
        total, shown = count(self.everything), count(self.shown)
        if not total:
            return "No incident is in the store yet: tell one in the retrospective, or load the samples."
        return f"Showing {shown} of {total} incidents."

    def chart(self, key: str) -> ChartPanel:
        """One chart that follows the filters.

        Raises:
            PostmortemError: If there is no such chart; a near name is offered.
        """
        if key not in charts.KEYS:
            hint = near(key, charts.KEYS)
            told = f"did you mean {hint!r}?" if hint else f"there are: {', '.join(charts.KEYS)}"
            raise PostmortemError(f"there is no chart {key!r}; {told}")
        panel = ChartPanel(self, key)
        self._watchers.add(panel)
        return panel

    def drawn(self, key: str, theme: Literal["light", "dark"] = "light") -> Chart:
        """The plain value behind a chart, for what is shown now; some are of all records, whatever is shown."""
        playbook, tables = self.store.playbook, self.everything if key in charts.OF_ALL else self.shown
        return charts.draw(key, tables, now=self.now(), zone=self.zone, theme=theme, playbook=playbook)

    def report(self, name: str) -> ReportPanel:
        """A cell that writes the portfolio report of what is shown.

        Args:
            name: The file's name; it is kept in the folder `reports`.
        """
        panel = ReportPanel(self, name)
        self._watchers.add(panel)
        return panel

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the portfolio report of what is shown, as a single file that opens without a network.

        Raises:
            DataError: If the file's ending is none that can be written, or its folder can't be written to.
        """
        from postmortem.report import portfolio_summary, write  # noqa: PLC0415 - only when somebody asks for it

        named = {_LABELS[name]: value for name, value in self.filters.items() if value}
        summary = portfolio_summary(
            self.shown,
            self.store.playbook,
            now=self.now(),
            filters=named,
            of=count(self.everything),
            zone=self.zone,
            customers=self.store.customers(),
        )
        return write(summary, Path(path))

    def _day(self, name: Filter) -> date | None:
        text = self.filters[name]
        around = typed.Place(zone_of(self.zone), None, self.now().date())
        day: date | None = typed.read("day", text, around)
        return day


class FilterPanel(Panel):
    """The row of filters, with the count at its end."""

    def __init__(self, trends: Trends) -> None:
        self.trends = trends
        super().__init__()
        self.refresh()

    def __repr__(self) -> str:
        """As the trends it filters."""
        return repr(self.trends)

    def drawn(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Every filter as a field."""
        fields = [self._field(name) for name in FILTERS]
        return {}, {
            "stage": "filters",
            "session": f"{id(self.trends):x}",
            "fields": fields,
            "count": self.trends.sentence(),
        }

    def _field(self, name: Filter) -> dict[str, Any]:
        trends = self.trends
        value, error = trends.refused.get(name) or (trends.filters[name], "")
        field: dict[str, Any] = {
            "t": "field",
            "place": name,
            "label": _LABELS[name],
            "value": value,
            "set": bool(value) and name not in trends.refused,
            "error": error,
            "findings": [],
        }
        if name in {"since", "until"}:
            return {**field, "kind": "text", "placeholder": "any day"}
        names = trends.choices(name)
        return {**field, "kind": "choice", "options": [["", f"all {len(names)}"], *([item, item] for item in names)]}

    def handle(self, event: Event) -> str:
        """One filter chosen, all taken away, or the store read again."""
        kind = event.get("type")
        if kind == "put":
            self._put(str(event["place"]), str(event["value"]))
        elif kind == "clear":
            self.trends.refused.clear()
            self.trends.filter(**dict.fromkeys(FILTERS, ""))
        elif kind == "reload":
            self.trends.reload()
        else:
            raise PostmortemError(f"the panel asked for {kind!r}, which nobody knows; run the cell again")
        return ""

    def _put(self, place: str, value: str) -> None:
        try:
            self.trends.filter(**{place: value})
        except (typed.TypedError, DataError) as error:
            for name in FILTERS:
                if name == place:
                    self.trends.refused[name] = (value, sentence(error))


class ReportPanel(Panel):
    """A button that writes the portfolio report, and shows it."""

    def __init__(self, trends: Trends, name: str) -> None:
        self.trends = trends
        self.name = name
        super().__init__()
        self.refresh()

    def __repr__(self) -> str:
        """Short and stable: it stands in the stored notebook."""
        return f"Writes {REPORTS / self.name}. Run this cell, then press the button."

    def drawn(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The button and what it would write."""
        asked = button("Write the report", "report", icon="page")
        body = [note(self.trends.sentence()), buttons(asked)]
        return {}, {"stage": "report", "session": f"{id(self.trends):x}", "body": body}

    def handle(self, event: Event) -> str:
        """Write it."""
        if event.get("do") == "report":
            REPORTS.mkdir(parents=True, exist_ok=True)
            file = self.trends.save(REPORTS / self.name)
            html = file.read_text(encoding="utf-8")
            self.send({"report": {"file": str(file), "name": file.name, "html": html}})
        return ""


_Following = FilterPanel | ChartPanel | ReportPanel


def open_trends(
    store: Store | str | os.PathLike[str] | None = None, *, playbook: str | os.PathLike[str] | None = None
) -> Trends:
    """Look at many incidents.

    Args:
        store: Where they are kept: an open store, a path or a URL; by default `POSTMORTEM_STORE`.
        playbook: A team's own playbook file; by default `POSTMORTEM_PLAYBOOK`.

    Raises:
        PostmortemError: If the store or the playbook can't be opened.
    """
    return Trends(opened(store, playbook=playbook))


def _some(value: str) -> list[str]:
    return [value] if value else []
