"""Reports in a real browser: they show, ask for nothing, follow the theme, fit 700 pixels and print on light paper."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from postmortem.record import default_playbook, incident_from
from postmortem.report import incident_summary, portfolio_summary, write
from postmortem.store import open_store

if TYPE_CHECKING:
    from playwright.sync_api import Page

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
PAPER = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 29)"}


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, Path]:
    """A report for each audience and the page about all samples."""
    folder = tmp_path_factory.mktemp("reports")
    incidents = [incident_from(json.loads(path.read_text(encoding="utf-8"))) for path in sorted(SAMPLES.glob("*.json"))]
    playbook = default_playbook()
    store = open_store(folder / "store.db")
    for incident in incidents:
        store.save(incident, by="test")
    made = {"trends": write(portfolio_summary(store.tables(), playbook, now=NOW), folder / "trends.html")}
    store.close()
    for audience in ("team", "manager", "customer"):
        summary = incident_summary(incidents[0], playbook, audience=audience, now=NOW)
        made[audience] = write(summary, folder / f"{audience}.html")
    return made


@pytest.mark.parametrize("name", ["team", "manager", "customer", "trends"])
def test_a_report_shows_without_asking_anyone_and_without_an_error(page: Page, files, name):
    """No request but the file itself, nothing on the console, and no side to scroll to at 700 pixels."""
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.set_viewport_size({"width": 700, "height": 900})
    page.goto(files[name].as_uri())
    page.wait_for_load_state("networkidle")

    assert [files[name].as_uri()] == asked
    assert [] == said
    assert 700 == page.evaluate("document.documentElement.scrollWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_figures_and_page_follow_the_system(page: Page, files, scheme):
    """A dark page has dark figures; they are drawn again, not filtered."""
    page.emulate_media(color_scheme=scheme)
    page.goto(files["trends"].as_uri())
    page.wait_for_selector("#pareto .main-svg")

    assert PAPER[scheme] == page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert PAPER[scheme] == page.evaluate(
        "getComputedStyle(document.querySelector('#pareto .main-svg')).backgroundColor"
    )


def test_paper_is_light_whatever_the_screen_is(page: Page, files):
    """Before printing, figures are drawn light and as wide as A4 leaves room for; after it, as before."""
    page.emulate_media(color_scheme="dark")
    page.goto(files["trends"].as_uri())
    page.wait_for_selector("#pareto .main-svg")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    printed = page.evaluate("document.querySelector('#pareto .main-svg').getBoundingClientRect().width")
    paper = page.evaluate("getComputedStyle(document.querySelector('#pareto .main-svg')).backgroundColor")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    after = page.evaluate("getComputedStyle(document.querySelector('#pareto .main-svg')).backgroundColor")

    assert (688, PAPER["light"], PAPER["dark"]) == (printed, paper, after)


@pytest.mark.parametrize("name", ["team", "customer", "trends"])
def test_a_report_has_no_barrier_that_a_machine_can_find(page: Page, files, name):
    """Contrast, names, structure: no violation of WCAG A or AA."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - slow to load

    page.goto(files[name].as_uri())
    # Axe runs as a script of its own, which the page's policy would stop; it is asked in a page without one.
    html = page.content().replace("Content-Security-Policy", "x-policy")
    page.set_content(html)
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"]}).response["violations"]

    assert [] == [(rule["id"], rule["nodes"][0]["html"][:90]) for rule in found]
