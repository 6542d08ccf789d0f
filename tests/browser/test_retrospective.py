"""The retrospective in a real JupyterLab, as a team works with it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from postmortem.store import open_store

sys.path.insert(0, str(Path(__file__).parent))
from servers import SHELL, STAGES, choose, open_notebook, panel, run_all, saved, served, stage

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
    retro.wait_for_timeout(1500)

    assert "The door stood open over night" == only_incident(lab, "The boiler room was left open").impact.happened

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
    evaluate.get_by_role("radio", name="Distress").first.check(force=True)
    expect(evaluate.get_by_text("Moderate.").first).to_be_visible()

    recover = stage(retro, "recover")
    recover.get_by_label("Status: Explain the mistake (the admission)").select_option("Done")
    recover.get_by_label("Your words").fill("We sent your invoice twice. That was our mistake, and I am sorry.")
    recover.get_by_role("button", name="Keep it as owed").click()
    expect(recover.get_by_label("Owed, in EUR")).to_have_value("15.00")

    why = stage(retro, "why")
    why.get_by_role("button", name="Ask the first why").first.click()
    why.get_by_label("Why O1", exact=True).fill("The run was started a second time")
    why.get_by_role("button", name="Ask why", exact=True).click()
    why.get_by_label("Why O1.1", exact=True).fill("The screen shows nothing while a run is going on")
    why.get_by_role("button", name="Mark as root").click()
    expect(why.get_by_text("Root: unclassified")).to_be_visible()

    classify = stage(retro, "classify")
    classify.get_by_role("radio", name="System").check(force=True)

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


def test_a_new_mistake_goes_through_the_stages_by_keyboard(retro: Page, lab: Server):  # noqa: PLR0915 - one walk
    """No mouse from the first word to the report."""
    keys = retro.keyboard
    stage(retro, "tell").get_by_label("In one line").focus()
    keys.type("A parcel went to the old address")
    keys.press("Tab")
    keys.press("Tab")
    keys.type("It stood with the neighbours for nine days")

    why = stage(retro, "why")
    why.get_by_role("button", name="Ask the first why").first.focus()
    keys.press("Enter")
    expect(why.get_by_label("Why O1", exact=True)).to_be_focused()
    keys.type("The label was printed before the change of address")
    keys.press("Enter")
    expect(why.locator('[data-node="w1"]')).to_be_focused()
    keys.press("w")
    expect(why.get_by_label("Why O1.1", exact=True)).to_be_focused()
    keys.type("Labels are printed the evening before")
    keys.press("Enter")
    keys.press("c")
    keys.press("r")
    expect(why.get_by_text("Root: unclassified")).to_be_visible()
    keys.press("ArrowUp")
    expect(why.locator('[data-node="w1"]')).to_be_focused()
    keys.press("b")
    expect(why.get_by_label("Why O2", exact=True)).to_be_focused()
    keys.type("Nobody reads the address aloud")
    keys.press("Enter")
    keys.press("Delete")
    expect(why.locator('[data-node="w3"]')).to_have_count(0)
    expect(why.locator('[data-node="w1"]')).to_be_focused()
    keys.press("Control+z")
    expect(why.locator('[data-node="w3"]')).to_have_count(1)

    classify = stage(retro, "classify")
    classify.get_by_role("radio", name="Training").focus()
    keys.press("ArrowRight")
    keys.press("ArrowRight")
    keys.press("ArrowRight")
    expect(classify.get_by_text("Root: system")).to_be_visible()

    act = stage(retro, "act")
    act.get_by_role("button", name="Add an action").first.focus()
    keys.press("Enter")
    expect(act.get_by_label("What will be done")).to_be_focused()
    keys.type("Print the labels when the van is loaded")
    keys.press("Tab")

    review = stage(retro, "review")
    review.get_by_role("button", name="For the team").focus()
    keys.press("Enter")
    expect(review.get_by_text("Written: reports/")).to_be_visible()

    kept = only_incident(lab, "A parcel went to the old address")
    assert "It stood with the neighbours for nine days" == kept.impact.happened
    assert [None, "w1", None] == [why.parent for why in kept.whys]
    assert "system" == kept.causes[0].category
    assert "Print the labels when the van is loaded" == kept.actions[0].text


def test_a_letter_pressed_on_any_control_leaves_the_cells_alone(retro: Page):
    """Lab's shortcuts insert, cut and merge cells; none of them may reach a form."""
    stage(retro, "tell").get_by_label("In one line").fill("Keys")
    stage(retro, "why").get_by_role("button", name="Ask the first why").first.click()
    stage(retro, "act").get_by_role("button", name="Add an action").first.click()
    retro.wait_for_timeout(800)
    cells = retro.locator(".jp-Notebook .jp-Cell").count()

    kinds = {
        "button": stage(retro, "tell").get_by_role("button", name="Add a moment"),
        "stage": stage(retro, "tell").get_by_role("button", name="Evaluate").first,
        "list": stage(retro, "tell").get_by_label("Fault"),
        "radio": stage(retro, "tell").get_by_role("radio", name="Coworker"),
        "check": stage(retro, "classify").get_by_role("checkbox").first,
        "fold": stage(retro, "act").locator("summary").last,
        "node": stage(retro, "why").locator('[role="treeitem"]').first,
        "text": stage(retro, "tell").get_by_label("Team"),
    }
    for kind, control in kinds.items():
        if not control.count():
            continue
        for key in "abcdxyzvjkmr0":
            control.focus()
            retro.keyboard.press(key)
            if kind == "node" and key in "bjr":
                retro.wait_for_timeout(250)
                retro.keyboard.press("Escape")
        assert (kind, cells) == (kind, retro.locator(".jp-Notebook .jp-Cell").count())
    assert "" == retro.locator(
        ".jp-Notebook .jp-Cell.jp-mod-noOutputs.jp-MarkdownCell .pm"
    ).all_inner_texts().__str__().strip("[]")


def test_hostile_text_is_shown_and_never_run(retro: Page, lab: Server):
    """Whatever is typed is text: in the panel, in the tree, and in the report."""
    said: list[str] = []
    retro.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    hostile = '<img src=x onerror="alert(1)"><script>alert(2)</script>{{7*7}} [a](javascript:alert(3))'
    tell = stage(retro, "tell")
    tell.get_by_label("In one line").fill(hostile)
    tell.get_by_label("What happened instead").fill(hostile)
    why = stage(retro, "why")
    why.get_by_role("button", name="Ask the first why").first.click()
    why.get_by_label("Why O1", exact=True).fill(hostile)
    retro.keyboard.press("Enter")
    expect(why.locator(".pm-node .x")).to_have_text(hostile)
    review = stage(retro, "review")
    review.get_by_role("button", name="For the team").click()
    expect(review.frame_locator("iframe").get_by_text("<script>alert(2)</script>").first).to_be_visible()

    assert [] == said
    assert hostile == only_incident(lab, hostile).whys[0].text


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_has_no_barrier_that_axe_can_find(retro: Page, name: str):
    """Names, roles, contrast and order of every stage hold for a screen reader too."""
    tell = stage(retro, "tell")
    tell.get_by_label("In one line").fill(f"Barriers in {name}")
    stage(retro, "why").get_by_role("button", name="Ask the first why").first.click()
    stage(retro, "why").get_by_label("Why O1", exact=True).fill("A poor check")
    retro.keyboard.press("Enter")
    retro.keyboard.press("r")
    expect(stage(retro, "act").get_by_role("button", name="Add an action").first).to_be_visible()
    stage(retro, "act").get_by_role("button", name="Add an action").first.click()
    retro.wait_for_timeout(500)

    found = Axe().run(retro, context=f'.pm[data-stage="{name}"]')

    assert [] == [(item["id"], item["nodes"][0]["html"]) for item in found.response["violations"]]
