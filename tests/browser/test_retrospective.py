"""The retrospective in a real JupyterLab, as a team works with it."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from postmortem.store import open_store

sys.path.insert(0, str(Path(__file__).parent))
from servers import (
    SHELL,
    STAGES,
    check,
    choose,
    connected,
    open_notebook,
    outside_of,
    panel,
    run_all,
    saved,
    served,
    stage,
    until,
)

from tests.widgets.hostile import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page
    from servers import Server


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """JupyterLab as `postmortem lab` starts it, on an empty store."""
    with served(tmp_path_factory.mktemp("lab"), "lab") as server:
        yield server


@pytest.fixture
def retro(page: Page, lab: Server) -> Page:
    """The retrospective with every cell run, on a new record."""
    page.set_viewport_size({"width": 1400, "height": 1000})
    open_notebook(page, lab, "retrospective.ipynb")
    run_all(page, SHELL)
    first = stage(page, "choose")
    if first.get_by_role("button", name="Tell a new mistake").count():
        first.get_by_role("button", name="Tell a new mistake").click()
        expect(first.get_by_role("button", name="A new record is open below")).to_be_visible()
    return page


@pytest.fixture
def outside(page: Page) -> list[str]:
    """The requests that a page makes to anywhere but this machine; they are refused and kept."""
    return outside_of(page)


def only_incident(lab: Server, title: str):
    """The one incident of the store with this title."""
    with open_store(lab.store) as store:
        (found,) = [item for item in store.list() if item.title == title]
        return store.load(found.incident_id)


def test_what_is_typed_is_in_the_store_and_there_again_after_the_kernel_is_killed(retro: Page, lab: Server):
    """Nobody presses a save button, and nobody loses a word."""
    tell = stage(retro, "tell")
    tell.get_by_label("In one line").fill("The boiler room was left open")
    tell.get_by_label("What happened instead").press_sequentially("The door stood open over night", delay=15)

    def told() -> str:
        with open_store(lab.store) as store:
            found = [item for item in store.list() if item.title == "The boiler room was left open"]
            return store.load(found[0].incident_id).impact.happened if found else ""

    until(retro, lambda: "The door stood open over night" == told())

    choose(retro, "Kernel", "Restart Kernel and Run All Cells")
    retro.get_by_role("button", name="Confirm Kernel Restart").click()
    expect(tell.get_by_label("What happened instead")).to_have_value("The door stood open over night", timeout=60_000)
    expect(tell.get_by_label("In one line")).to_have_value("The boiler room was left open")


def test_a_new_mistake_goes_through_all_seven_stages_by_mouse(retro: Page, lab: Server):
    """From the telling to the exported report, with nothing but the buttons and fields on screen."""
    tell = stage(retro, "tell")
    tell.get_by_label("In one line").fill("Forty invoices were sent twice")
    tell.get_by_label("It happened").fill("11 Mar 2026 08:25")
    tell.get_by_label("It happened").blur()
    tell.get_by_role("button", name="Add a moment").click()
    tell.get_by_label("Time", exact=True).fill("09:10")
    tell.get_by_label("Seen or done").fill("First customer rings about a second invoice")
    tell.get_by_label("They raised it").fill("09:10")
    tell.get_by_label("We told them").fill("11:40")
    tell.get_by_label("Time lost").fill("1 h 30 min")
    tell.get_by_label("Fault").select_option("Ours")
    tell.get_by_label("Owner of the recovery").fill("Billing lead")
    saved(tell)

    evaluate = stage(retro, "evaluate")
    check(evaluate.get_by_role("radio", name="Distress").first)
    expect(evaluate.get_by_text("Moderate.").first).to_be_visible()

    recover = stage(retro, "recover")
    recover.get_by_role("button", name=re.compile(r"^Done .*as told: Explain the mistake \(the admission\)")).click()
    recover.get_by_label("Your words").fill("We sent your invoice twice. That was our mistake, and I am sorry.")
    recover.get_by_role("button", name="Keep it as owed: EUR 15").click()
    expect(recover.get_by_role("button", name="Mark as offered")).to_be_focused()

    why = stage(retro, "why")
    why.get_by_role("button", name="Ask the first why").first.click()
    why.get_by_label("Why O1", exact=True).fill("The run was started a second time")
    why.get_by_role("button", name="Ask why", exact=True).click()
    why.get_by_label("Why O1.1", exact=True).fill("The screen shows nothing while a run is going on")
    why.get_by_role("button", name="Mark as root").click()
    expect(why.get_by_text("Root: unclassified")).to_be_visible()

    classify = stage(retro, "classify")
    check(classify.get_by_role("radio", name="System"))

    act = stage(retro, "act")
    act.get_by_role("button", name="Add an action").first.click()
    act.get_by_label("What will be done").fill("Lock the start button while a run is going on")
    act.get_by_label("Form", exact=True).select_option("Make it impossible to go wrong (stronger)")
    act.get_by_label("Due", exact=True).fill("27 Mar 2026")
    act.get_by_label("Due", exact=True).blur()
    expect(act.get_by_text("Stronger: this one")).to_be_visible()

    review = stage(retro, "review")
    review.get_by_role("button", name="For the customer").click()
    report = review.frame_locator("iframe")
    expect(report.get_by_text("That was our mistake, and I am sorry.").first).to_be_visible()

    kept = only_incident(lab, "Forty invoices were sent twice")
    assert ["First customer rings about a second invoice"] == [moment.text for moment in kept.timeline]
    assert 90 == kept.impact.customer_min
    assert [("w1", None), ("w2", "w1")] == [(why.id, why.parent) for why in kept.whys]
    assert ["system"] == [cause.category for cause in kept.causes]
    assert [("forcing-function", ("c1",))] == [(action.form, action.causes) for action in kept.actions]


BATCH = 12
MADE_BY_MARKUP = ".pm script, .pm img, .pm object, .pm embed, .pm form, .pm base, .pm math, .pm template, .pm noscript"


def test_hostile_text_in_every_field_is_shown_and_never_run(retro: Page, lab: Server, outside: list[str]):
    """Whatever is typed is text: every text field of every stage takes the whole corpus, then the report is written."""
    said: list[str] = []
    retro.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    texts = [text for text in HOSTILE if len(text) < 2_000]
    batches = [" ".join(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]
    stage(retro, "tell").get_by_label("In one line").fill("Hostile")
    stage(retro, "tell").get_by_role("button", name="Add a moment").click()
    stage(retro, "why").get_by_role("button", name="Ask the first why").first.click()
    panel(retro, "why").get_by_label("Why O1", exact=True).fill(batches[0])
    retro.keyboard.press("Enter")
    retro.keyboard.press("r")
    stage(retro, "act").get_by_role("button", name="Add an action").first.click()
    stage(retro, "act").get_by_role("button", name="Add mine").click()
    stage(retro, "recover").get_by_role("button", name="Add something else").click()
    filled = set()

    for name in STAGES:
        shown = stage(retro, name)
        fields = shown.locator("input[type=text], textarea")
        for at in range(fields.count()):
            if not fields.nth(at).is_visible():
                continue
            filled.add((name, fields.nth(at).get_attribute("data-place")))
            for batch in batches:
                fields.nth(at).fill(batch)
        saved(panel(retro, name))
    review = stage(retro, "review")
    review.get_by_role("button", name="For the team").click()
    expect(review.frame_locator("iframe").get_by_text("<script>alert(1)</script>").first).to_be_visible()

    assert [] == said
    assert [] == outside
    assert 0 == retro.locator(MADE_BY_MARKUP).count()
    assert len(texts) >= 60
    assert {"tell", "evaluate", "recover", "classify", "act", "review"} <= {name for name, _ in filled}
    assert len(filled) >= 30
    assert batches[0] == only_incident(lab, batches[-1]).whys[0].text


def told_and_marked(page: Page, title: str) -> None:
    """A record with something to see in every stage."""
    stage(page, "tell").get_by_label("In one line").fill(title)
    stage(page, "why").get_by_role("button", name="Ask the first why").first.click()
    panel(page, "why").get_by_label("Why O1", exact=True).fill("A poor check")
    page.keyboard.press("Enter")
    page.keyboard.press("r")
    expect(panel(page, "why").get_by_text("Root: unclassified")).to_be_visible()
    stage(page, "act").get_by_role("button", name="Add an action").first.click()
    panel(page, "act").get_by_label("What will be done").fill("Be careful with the check")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_no_stage_has_a_barrier_that_axe_can_find(retro: Page, theme: str):
    """Names, roles, contrast and order of every stage hold for a screen reader, by day and by night."""
    themed(retro, theme)
    told_and_marked(retro, f"Barriers in {theme}")
    found = {}

    for name in STAGES:
        stage(retro, name)
        retro.wait_for_timeout(300)
        report = Axe().run(retro, context=f'.pm[data-stage="{name}"]').response
        assert report["passes"]
        for item in report["violations"]:
            found[name, item["id"]] = item["nodes"][0]["html"]
    themed(retro, "JupyterLab Light")

    assert {} == found


def themed(page: Page, theme: str) -> None:
    """Turn the notebook's theme, as somebody does in the settings."""
    page.locator(".lm-MenuBar-itemLabel", has_text="Settings").click()
    page.locator(".lm-Menu-itemLabel", has_text="Theme").first.hover()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^{theme}$")).click()
    expect(page.locator("body")).to_have_attribute("data-jp-theme-name", theme)


def test_the_same_notebook_works_in_notebook_7(page: Page, lab: Server, outside: list[str]):
    """Run, typed, kept; a letter on a button stays there."""
    page.goto(lab.url("notebooks/retrospective.ipynb"))
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    connected(page, lab, "retrospective.ipynb")
    run_all(page, SHELL)
    first = stage(page, "choose")
    if first.get_by_role("button", name="Tell a new mistake").count():
        first.get_by_role("button", name="Tell a new mistake").click()
    tell = stage(page, "tell")
    tell.get_by_label("In one line").fill("Told in Notebook 7")
    saved(tell)
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    for key in "abcdmxyz":
        tell.get_by_role("button", name="Add a moment").focus()
        page.keyboard.press(key)

    assert "Told in Notebook 7" == only_incident(lab, "Told in Notebook 7").title
    assert cells == page.locator(".jp-Notebook .jp-Cell").count()
    assert [] == outside
