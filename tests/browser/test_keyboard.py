"""The retrospective without a mouse: from an empty record to the exported report, and no key leaves a form."""

from __future__ import annotations

import re
import string
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from postmortem.store import open_store

sys.path.insert(0, str(Path(__file__).parent))
from servers import SHELL, STAGES, open_notebook, panel, run_all, saved, served, stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page
    from servers import Server

NAME_OF_FOCUS = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return "";
  const label = at.labels && at.labels.length ? at.labels[0].innerText : "";
  return (at.getAttribute("aria-label") || label || at.innerText || "").replace(/\\s+/g, " ").trim();
}"""
KINDS = """() => {
  const kinds = new Map();
  const controls = ["button", "input", "select", "textarea", "summary", "a[href]", "[tabindex]"];
  for (const it of document.querySelectorAll(controls.map((one) => `.pm ${one}`).join(", "))) {
    if (!it.getClientRects().length || it.disabled) continue;
    const kind = `${it.tagName.toLowerCase()} ${it.type || ""} ${it.getAttribute("role") || ""}`;
    if (!kinds.has(kind)) kinds.set(kind, it);
  }
  return [...kinds].map(([kind, it], at) => { it.dataset.tried = `tried-${at}`; return [kind, `tried-${at}`]; });
}"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """JupyterLab as `postmortem lab` starts it, on an empty store."""
    with served(tmp_path_factory.mktemp("lab"), "lab") as server:
        yield server


@pytest.fixture(scope="module")
def voila(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The same notebook as a page without code."""
    with served(tmp_path_factory.mktemp("voila"), "dashboard", "--notebook", "retrospective") as server:
        yield server


@pytest.fixture(params=["lab", "voila"])
def place(request: pytest.FixtureRequest, page: Page) -> Server:
    """The retrospective with every cell run, in JupyterLab and in Voilà."""
    server: Server = request.getfixturevalue(request.param)
    page.set_viewport_size({"width": 1400, "height": 1000})
    if request.param == "lab":
        open_notebook(page, server, "retrospective.ipynb")
        run_all(page, SHELL)
        page.locator(".jp-Notebook .jp-Cell").first.click()
        page.keyboard.press("Escape")
    else:
        page.goto(server.address)
        page.locator(SHELL).wait_for(timeout=90_000)
    return server


@pytest.fixture
def retro(page: Page, lab: Server) -> Page:
    """The retrospective with every cell run."""
    page.set_viewport_size({"width": 1400, "height": 1000})
    open_notebook(page, lab, "retrospective.ipynb")
    run_all(page, SHELL)
    return page


def tab_to(page: Page, name: str, *, back: bool = False) -> None:
    """Press Tab until the focus is on what is called so, as somebody does who has no mouse."""
    passed = []
    for _ in range(150):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        found = page.evaluate(NAME_OF_FOCUS)
        if found.startswith(name):
            return
        passed.append(found[:30])
    raise AssertionError(f"Tab does not come to {name!r}; it came to {passed}")


def enter(page: Page, name: str) -> None:
    """Tab to a button and press it."""
    tab_to(page, name)
    page.keyboard.press("Enter")


def type_into(page: Page, name: str, text: str) -> None:
    """Tab to a field and type."""
    tab_to(page, name)
    page.keyboard.type(text)


def test_a_mistake_goes_from_empty_to_exported_by_keyboard_alone(page: Page, place: Server):  # noqa: PLR0915 - one walk
    """Tab, letters, Enter, Space and arrows: nothing else is pressed, and no focus is set by the test."""
    keys = page.keyboard
    enter(page, "A new record is open below")
    expect(panel(page, "tell").get_by_label("In one line")).to_be_focused()
    keys.type("A parcel went to the old address")
    type_into(page, "What happened instead", "It stood with the neighbours for nine days")
    type_into(page, "It happened", "11 Mar 2026 08:25")
    type_into(page, "Customers affected", "1")
    enter(page, "Next: Evaluate")
    expect(panel(page, "evaluate").locator(".pm-ask")).to_be_focused()

    tab_to(page, "Not known yet")
    keys.press("ArrowRight")
    keys.press("ArrowRight")
    expect(panel(page, "evaluate").get_by_role("radio", name="Distress").first).to_be_checked()
    enter(page, "Next: Recover")
    expect(panel(page, "recover").locator(".pm-ask")).to_be_focused()
    enter(page, "Done: Explain the mistake (the admission)")
    expect(
        panel(page, "recover").get_by_role("button", name="Time, who, how and note: Explain the mistake")
    ).to_be_focused()
    type_into(page, "Your words", "We sent your parcel to your old address. That was our mistake, and I am sorry.")
    enter(page, "Next: Ask why")

    expect(panel(page, "why").locator(".pm-ask")).to_be_focused()
    enter(page, "Ask the first why")
    why = panel(page, "why")
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
    keys.press("Escape")
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
    enter(page, "Next: Classify")

    expect(panel(page, "classify").locator(".pm-ask")).to_be_focused()
    tab_to(page, "Training")
    for _ in range(3):
        keys.press("ArrowRight")
    expect(panel(page, "classify").get_by_text("Root: system")).to_be_visible()
    enter(page, "Next: Act")

    expect(panel(page, "act").locator(".pm-ask")).to_be_focused()
    enter(page, "Add an action")
    expect(panel(page, "act").get_by_label("What will be done")).to_be_focused()
    keys.type("Print the labels when the van is loaded")
    type_into(page, "Owner", "Depot lead")
    enter(page, "Next: Review")

    expect(panel(page, "review").locator(".pm-ask")).to_be_focused()
    enter(page, "For the team")
    expect(panel(page, "review").get_by_text("Written: reports/")).to_be_visible()
    saved(panel(page, "review"))

    with open_store(place.store) as store:
        kept = next(store.load(item.incident_id) for item in store.list() if item.title.startswith("A parcel"))
    assert "It stood with the neighbours for nine days" == kept.impact.happened
    assert ("distress", 1) == (kept.impact.harm, kept.impact.customers)
    assert [("explain-mistake", "done")] == [(step.id, step.status) for step in kept.recovery.steps]
    assert {"w1": None, "w2": "w1", "w3": None} == {why.id: why.parent for why in kept.whys}
    assert ["system"] == [cause.category for cause in kept.causes]
    assert [("Print the labels when the van is loaded", "Depot lead")] == [
        (action.text, action.owner) for action in kept.actions
    ]


def test_no_key_on_any_kind_of_control_reaches_the_cells(retro: Page):
    """Lab's shortcuts insert, cut, merge and run cells; a letter pressed in a form is the form's alone.

    Every letter and digit is pressed on one control of every kind that a stage has: each tag, type and role.
    """
    first = stage(retro, "choose")
    if first.get_by_role("button", name="Tell a new mistake").count():
        first.get_by_role("button", name="Tell a new mistake").click()
    stage(retro, "tell").get_by_label("In one line").fill("Keys")
    stage(retro, "tell").get_by_role("button", name="Add a moment").click()
    stage(retro, "why").get_by_role("button", name="Ask the first why").first.click()
    panel(retro, "why").get_by_label("Why O1", exact=True).fill("A lamp was off")
    retro.keyboard.press("Enter")
    retro.keyboard.press("r")
    expect(panel(retro, "why").get_by_text("Root: unclassified")).to_be_visible()
    retro.keyboard.press("Escape")
    stage(retro, "act").get_by_role("button", name="Add an action").first.click()
    cells = retro.locator(".jp-Notebook .jp-Cell")
    sources = cells.all_inner_texts
    count, tried = cells.count(), set()
    notebook = retro.evaluate("() => document.querySelectorAll('.jp-Notebook .jp-Cell .jp-InputArea').length")
    assert sources()

    for name in STAGES:
        stage(retro, name)
        retro.wait_for_timeout(200)
        for kind, mark in retro.evaluate(KINDS):
            tried.add(kind)
            for key in string.ascii_lowercase + string.digits:
                control = retro.locator(f'[data-tried="{mark}"]')
                if not control.count():
                    break  # a key of the tree did what it is for, and this control is gone
                control.first.evaluate("(it) => it.focus()")
                retro.keyboard.press(key)
            retro.keyboard.press("Escape")

            assert (name, kind, count) == (name, kind, cells.count())

    assert notebook == retro.evaluate("() => document.querySelectorAll('.jp-Notebook .jp-Cell .jp-InputArea').length")
    assert {"button button ", "input text ", "input radio ", "input checkbox ", "textarea textarea "} <= tried
    assert {"select select-one ", "li  treeitem"} <= tried


def test_the_link_at_the_foot_leads_to_its_field_in_another_stage_and_stays_there(retro: Page):
    """The question of that stage is read out first, however long it takes to draw it; then comes the field."""
    told = stage(retro, "tell").get_by_label("In one line")
    told.fill("A parcel went to the old address")
    told.blur()
    for name in ("act", "review", "evaluate"):
        shown = stage(retro, name)
        shown.locator(".pm-foot").get_by_role("button", name="name one of us as the owner").click()
        owner = panel(retro, "tell").get_by_label("Owner of the recovery")
        expect(owner).to_be_focused()
        retro.wait_for_timeout(1500)

        expect(owner).to_be_focused()


def test_what_else_is_missing_unfolds_at_the_foot_by_the_keyboard(retro: Page):
    """Each of the others by its name, and with the way there."""
    tell = stage(retro, "tell")
    for label, text in {"In one line": "A parcel went astray", "Owner of the recovery": "Desk lead"}.items():
        tell.get_by_label(label).fill(text)
        tell.get_by_label(label).blur()
    stage(retro, "review").locator(".pm-foot").get_by_role("button", name="Move on to recovering").click()
    foot = stage(retro, "act").locator(".pm-foot")
    foot.get_by_text(re.compile(r"And \d more")).focus()
    retro.keyboard.press("Enter")
    others = foot.get_by_role("listitem").get_by_role("button")
    expect(others.first).to_be_visible()
    others.first.focus()
    retro.keyboard.press("Enter")

    expect(panel(retro, "recover").locator("[data-place]:focus")).to_be_visible()
