"""Notebooks as pages without code, in Voilà; the trends in JupyterLab and there."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from postmortem._shipped import shipped
from postmortem.exchange import read
from postmortem.store import open_store

sys.path.insert(0, str(Path(__file__).parent))
from servers import open_notebook, outside_of, run_all, saved, served, stage, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page
    from servers import Server

NOW = "2026-03-20T12:00:00+00:00"
CHARTS = 10


def filled(folder: Path) -> Path:
    """A folder whose store holds the sample incidents."""
    from datetime import datetime  # noqa: PLC0415

    incidents = [
        incident
        for file in sorted(shipped("data/samples").glob("*.json"))
        for incident in read(file, now=datetime.fromisoformat(NOW)).incidents
    ]
    with open_store(folder / "postmortem.db") as store:
        store.save_many(incidents, by="samples")
    return folder


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Voilà as `postmortem dashboard` starts it, on the samples."""
    with served(filled(tmp_path_factory.mktemp("dashboard")), "dashboard", POSTMORTEM_NOW=NOW) as server:
        yield server


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """JupyterLab on the samples."""
    with served(filled(tmp_path_factory.mktemp("lab")), "lab", POSTMORTEM_NOW=NOW) as server:
        yield server


@pytest.fixture
def outside(page: Page) -> list[str]:
    """The requests that a page makes to anywhere but this machine; they are refused and kept."""
    return outside_of(page)


def test_the_dashboard_draws_every_chart_and_asks_nobody_outside(page: Page, dashboard: Server, outside: list[str]):
    """A manager sees the trends without code, on a machine without a network."""
    page.goto(dashboard.address)
    expect(page.locator('.pm[data-stage="chart-tail"]')).to_have_count(CHARTS, timeout=90_000)
    expect(page.locator(".js-plotly-plot")).to_have_count(CHARTS, timeout=60_000)

    assert [] == outside
    assert 0 == page.get_by_text("Share chart").count()
    assert 0 == page.locator(".jp-InputArea-editor").count()


def test_a_retrospective_typed_into_voila_is_in_the_store(page: Page, tmp_path: Path, outside: list[str]):
    """The same notebook works as a page: what is typed there is kept like in JupyterLab."""
    with served(tmp_path, "dashboard", "--notebook", "retrospective") as server:
        page.goto(server.address)
        tell = stage(page, "tell")
        tell.get_by_label("In one line").fill("The night bus left early")
        tell.get_by_label("Team", exact=True).fill("Timetable")
        saved(tell)
        why = stage(page, "why")
        why.get_by_role("button", name="Ask the first why").first.click()
        why.get_by_label("Why O1", exact=True).fill("Two clocks hang at the depot")
        with open_store(server.store) as store:
            (found,) = store.list()
            until(
                page, lambda: ["Two clocks hang at the depot"] == [w.text for w in store.load(found.incident_id).whys]
            )
            incident = store.load(found.incident_id)

    assert ("The night bus left early", "Timetable") == (incident.title, incident.team)
    assert [] == outside


def test_the_charts_in_the_notebook_follow_the_filters(page: Page, lab: Server, outside: list[str]):
    """One team chosen, and every chart and sentence is about that team."""
    page.set_viewport_size({"width": 1400, "height": 7600})
    open_notebook(page, lab, "trends.ipynb")
    run_all(page, '.pm[data-stage="report"]')
    expect(page.locator(".js-plotly-plot")).to_have_count(CHARTS, timeout=60_000)
    filters = stage(page, "filters")
    expect(filters.get_by_text("Showing 24 of 24 incidents.")).to_be_visible()

    filters.get_by_label("Team").select_option("Hotel front desk")
    expect(filters.get_by_text("Showing 3 of 24 incidents.")).to_be_visible()
    expect(stage(page, "chart-head").nth(2).locator(".pm-sub")).to_contain_text("n = 3 incidents")

    filters.get_by_label("From").fill("1 Jan 2031")
    expect(filters.get_by_text("Showing 0 of 24 incidents.")).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(0)

    filters.get_by_role("button", name="Take all filters away").click()
    expect(page.locator(".js-plotly-plot")).to_have_count(CHARTS)
    stage(page, "report").get_by_role("button", name="Write the report").click()
    expect(stage(page, "report").get_by_text("Written: reports/trends.html")).to_be_visible()
    assert [] == outside
