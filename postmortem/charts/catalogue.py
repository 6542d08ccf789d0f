"""Every chart of the portfolio by name: which frame it is drawn from, so that a page and a notebook draw the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd

from postmortem import analysis
from postmortem.charts.checklists import checklist_runs
from postmortem.charts.grid import category_by_team, held
from postmortem.charts.handling import promises, steps, told
from postmortem.charts.lanes import between
from postmortem.charts.look import CONFIG, Theme, blank, tokens
from postmortem.charts.monthly import months
from postmortem.charts.ranking import pareto
from postmortem.charts.waits import waits
from postmortem.record.errors import DataError, Problem, near

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from postmortem.analysis import Frames
    from postmortem.charts.chart import Chart
    from postmortem.record.playbook import Playbook

KEYS = (
    *("causes", "categories", "months", "teams", "between", "held"),
    *("told", "waits", "steps", "promises"),
    "checklists",
)
"""Every chart: where it hurts, what comes back, did it help; how it was handled; how checklists are used."""

OF_ALL = frozenset({"checklists"})
"""What no filter chooses from: a list is used on jobs that went well, whichever incident it came from."""

_LISTS = ("checklists", "checklist_runs", "checklist_misses")


def draw(
    key: str,
    tables: Frames,
    *,
    now: datetime,
    zone: str = "UTC",
    theme: Theme = "light",
    currency: str = "",
    playbook: Playbook | None = None,
) -> Chart:
    """One chart of the portfolio, straight from the tidy tables.

    Args:
        key: Which one; one of `KEYS`.
        tables: The incidents that shall be shown.
        now: Where the running month ends and quiet days are counted to.
        zone: The zone in which days begin and end.
        theme: A dark page is a second build, not a filter.
        currency: The currency of the costs, where the incidents do not say it.
        playbook: Whose steps; those of the playbook that comes with the toolkit where nothing is said.

    Raises:
        DataError: If there is no such chart; a near name is offered.
    """
    return prepared(key, tables, now=now, zone=zone, currency=currency, playbook=playbook)(theme)


def prepared(
    key: str,
    tables: Frames,
    *,
    now: datetime,
    zone: str = "UTC",
    currency: str = "",
    playbook: Playbook | None = None,
) -> Callable[[Theme], Chart]:
    """One chart of the portfolio, counted once, to be drawn in each theme; the arguments are those of `draw`.

    Raises:
        DataError: If there is no such chart; a near name is offered.
    """
    if key in {"causes", "categories"}:
        frame = ranking(tables) if key == "causes" else analysis.pareto(tables, "category")
        return lambda theme: pareto(frame, theme=theme, currency=currency)
    if key not in KEYS:
        hint = near(key, KEYS)
        remedy = f"did you mean {hint!r}?" if hint else f"there are: {', '.join(KEYS)}"
        raise DataError("chart", [Problem(key, "there is no such chart", remedy)])
    made: dict[str, Callable[[], tuple[pd.DataFrame, Callable[..., Chart]]]] = {
        "months": lambda: (analysis.counts_by_month(tables, now=now, zone=zone), months),
        "teams": lambda: (analysis.category_by_team(tables), category_by_team),
        "between": lambda: (analysis.time_between(tables, now=now, zone=zone), between),
        "held": lambda: (analysis.actions_held(tables), held),
        "told": lambda: (analysis.told_first(tables, now=now, zone=zone), told),
        "waits": lambda: (analysis.waits(tables, now=now, zone=zone, playbook=playbook), waits),
        "steps": lambda: (analysis.conformance(tables, now=now, playbook=playbook), steps),
        "promises": lambda: (analysis.promises_kept(tables, now=now, zone=zone), promises),
        "checklists": lambda: (_uses(tables, now, zone), checklist_runs),
    }
    counted, drawn = made[key]()
    if key not in OF_ALL and not len(tables.incidents):
        return lambda theme: _none(drawn(counted, theme=theme), theme)
    return lambda theme: drawn(counted, theme=theme)


def _none(chart: Chart, theme: Theme) -> Chart:
    """Where no incident is shown, nothing can be said of what was done or not."""
    return blank(
        chart.key, chart.question, "No incident fits. Widen the filters, or tell the first incident.", tokens(theme)
    )


def _uses(tables: Frames, now: datetime, zone: str) -> pd.DataFrame:
    """How the checklists are used; nothing where the tables know of none, as in an older export."""
    held = analysis.Tables.of(tables)
    there = all(getattr(held, name) is not None for name in _LISTS)
    return analysis.checklist_use(held, now=now, zone=zone) if there else pd.DataFrame()


def ranking(tables: Frames) -> pd.DataFrame:
    """The causes, ranked by the register of recurring causes where anybody has used it, else by their own words."""
    named = analysis.pareto(tables, "recurring_id")
    return named if (named["kind"] == "ranked").any() else analysis.pareto(tables, "text")


def bundle(chart: Chart) -> dict[str, Any]:
    """The drawing as plain JSON data for a notebook's renderer: data, layout and configuration.

    Its ground is left open, so that the notebook's own shows: a theme may be neither our white nor our black.
    """
    figure = json.loads(chart.figure.to_json())
    open_ground = {"paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)"}
    return {"data": figure["data"], "layout": figure["layout"] | open_ground, "config": dict(CONFIG)}
