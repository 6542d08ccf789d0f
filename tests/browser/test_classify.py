"""The stage "classify" in a browser: by keyboard alone, two people beside each other, and nothing that axe can find."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from postmortem.record import causes, whys
from postmortem.store import open_store
from postmortem.widgets import Retrospective

sys.path.insert(0, str(Path(__file__).parent))
from alone import Alone
from servers import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from postmortem.store import Store

WIDE, NARROW = 1280, 700


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with one record and two roots in it."""
    with open_store(tmp_path / "postmortem.db") as store:
        retro = Retrospective(store, by="Ana")
        retro.put("title", "Phone and internet off for most of a day")
        retro.change(whys.answer, None, "The crew left without seeing the unplugged switch")
        retro.change(whys.answer, "w1", "The job sheet does not ask for a test of the whole service")
        retro.change(whys.answer, None, "The desk has never practised telling a mistake", leg="recovery")
        for why in ("w2", "w3"):
            retro.change(causes.mark_root, why)
        yield store


def shown(page: Page, store: Store, by: str) -> Alone:
    """The stage of one person, on a page of their own."""
    retro = Retrospective(store, by=by)
    retro.open("2026-001")
    return Alone(page, retro.stage("classify"))


def pressed(page: Page, *keys: str) -> None:
    """Press keys one after the other, each after what the one before it made was drawn."""
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(80)
        page.wait_for_function("() => !window.pmUnanswered")


def barriers(page: Page) -> list[str]:
    """What axe finds, without the headings of the page around the panel."""
    found = Axe().run(page).response["violations"]
    return [item["id"] for item in found if item["id"] != "page-has-heading-one"]


def test_from_the_first_question_to_the_reason_by_keyboard_alone(page: Page, store: Store):
    """The focus goes from question to question, to the kind that is left, and into its reason."""
    ana = shown(page, store, "Ana")
    first = page.locator('[data-place="causes.c1.trail.ours"]')
    first.focus()
    pressed(page, "Enter")
    expect(page.locator('[data-place="causes.c1.trail.able"]')).to_be_focused()

    pressed(page, "Tab", "Space")
    expect(page.get_by_role("button", name="Take training")).to_be_focused()
    expect(page.locator(".pm-rootcard").first.get_by_role("status").first).to_have_text("Still possible: training.")

    pressed(page, "Enter")
    reason = page.locator('[data-place="causes.c1.reason"]')
    expect(reason).to_be_focused()
    expect(reason).to_have_value("Nobody had learned it; something here is ours to change.")
    page.keyboard.press("End")
    page.keyboard.type(" Ever.")
    expect(page.get_by_text("Root: training")).to_be_visible()
    page.keyboard.press("Tab")
    until(page, lambda: ana.panel.meeting.incident.causes[0].reason.endswith("Ever."))


def test_two_people_in_two_windows(browser: Browser, page: Page, store: Store):
    """Neither page holds the other's words until both have spoken and looked; then they stand side by side."""
    ana = shown(page, store, "Ana")
    card = page.get_by_role("region", name="Root O1.1")
    card.get_by_role("radio", name="System").check(force=True)
    card.get_by_label("Why this kind").fill("No line of it asks")
    card.get_by_role("button", name="Ask a second person").click()
    expect(card.get_by_text("You have given yours.")).to_be_visible()

    other = browser.new_context(viewport={"width": NARROW, "height": 900}).new_page()
    ben = shown(other, store, "Ben")
    theirs = other.get_by_role("region", name="Root O1.1")
    expect(theirs.get_by_text("Ana has given an opinion. Yours first.")).to_be_visible()
    assert "No line of it asks" not in other.content()
    theirs.get_by_role("radio", name="Training").check(force=True)
    theirs.get_by_label("Why this kind").fill("Nobody was shown how")
    expect(theirs.get_by_role("button", name="Show both")).to_be_visible()
    ben.panel.meeting.look("classify")
    ana.panel.meeting.look("classify")
    ana.follow()
    assert "Nobody was shown how" not in page.content()

    theirs.get_by_role("button", name="Show both").click()
    expect(theirs.get_by_role("list", name="Opinions").get_by_role("listitem")).to_have_count(2)
    expect(theirs.get_by_text("They differ.")).to_be_visible()
    theirs.get_by_role("radio", name="Training").check(force=True)
    reason = theirs.get_by_label("Why this kind")
    expect(reason).to_be_focused()
    expect(reason).to_have_value("Ana said system, Ben said training.")
    reason.press("End")
    other.keyboard.type(" The new crew had never seen the sheet.")
    expect(theirs.get_by_text("They differed.")).to_be_visible()
    expect(reason).to_be_focused()
    assert [] == barriers(other)
    other.context.close()


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("light", ["true", "false"])
def test_no_barrier_that_axe_can_find_and_nothing_runs_out_of_the_page(
    page: Page, store: Store, width: int, light: str
):
    """With answers given, kinds out, and a look that is offered; light and dark, wide and narrow."""
    retro = Retrospective(store, by="Ben")
    retro.open("2026-001")
    retro.change(causes.give_opinion, "c1", "Ana", "system", "No line of it asks")
    shown(page, store, "Cleo")
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("(light) => document.body.setAttribute('data-jp-theme-light', light)", light)
    page.locator('[data-place="causes.c2.trail.ours"]').click()
    for fold in page.locator("summary").all():
        fold.click()

    assert [] == barriers(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
