"""The tidy tables of the analysis's tests, and every chart of a set of tables."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from postmortem import analysis, charts

_spec = importlib.util.spec_from_file_location(
    "tables_for_tests", Path(__file__).parent.parent / "analysis" / "conftest.py"
)
_tables = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_tables)

now, tables, history = _tables.now, _tables.tables, _tables.history


def drawn(given, theme="light") -> list[charts.Chart]:
    """Every chart there is, of one set of tables."""
    now_ = _tables.NOW
    return [
        charts.pareto(analysis.pareto(given), theme=theme),
        charts.pareto(analysis.pareto(given, "recurring_id"), theme=theme),
        charts.pareto(analysis.pareto(given, "text", most=6), theme=theme),
        charts.pareto(analysis.pareto(given, "service"), theme=theme),
        charts.months(analysis.counts_by_month(given, now=now_), theme=theme),
        charts.months(analysis.counts_by_month(given, "category", now=now_), theme=theme),
        charts.months(analysis.counts_by_month(given, "text", now=now_), theme=theme),
        charts.months(analysis.counts_by_month(given, "team", now=now_), theme=theme),
        charts.category_by_team(analysis.category_by_team(given), theme=theme),
        charts.between(analysis.time_between(given, now=now_), theme=theme),
        charts.held(analysis.actions_held(given), theme=theme),
        charts.told(analysis.told_first(given, now=now_), theme=theme),
        charts.waits(analysis.waits(given, now=now_), theme=theme),
        charts.steps(analysis.conformance(given, now=now_), theme=theme),
        charts.promises(analysis.promises_kept(given, now=now_), theme=theme),
    ]


@pytest.fixture(scope="session")
def all_charts():
    """Draws every chart of a set of tables."""
    return drawn


@pytest.fixture(scope="session")
def of_history(history) -> dict[str, list[charts.Chart]]:
    """Every chart of the seeded history, by theme."""
    return {theme: drawn(history, theme) for theme in ("light", "dark")}
