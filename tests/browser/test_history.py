"""The history of a record in a real JupyterLab: look, compare, bring back, by keyboard too."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from postmortem.store import open_store

sys.path.insert(0, str(Path(__file__).parent))
from servers import SHELL, open_notebook, run_all, saved, served, stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page
    from servers import Server

HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>'


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """JupyterLab as `postmortem lab` starts it, on an empty store."""
    with served(tmp_path_factory.mktemp("lab"), "lab") as server:
        yield server


def kept(page: Page, lab: Server, *words: str) -> None:
    """Wait until the newest record in the store says all this; looking at its history keeps nothing by itself."""
    for _ in range(100):
        with open_store(lab.store) as store:
            newest = [store.history(item.incident_id)[-1].incident for item in store.list()[:1]]
        told = {text for it in newest for text in (it.title, it.impact.happened, it.team)}
        if set(words) <= told:
            return
        page.wait_for_timeout(100)
    pytest.fail(f"the store does not say {words} after 10 seconds")


@pytest.fixture
def retro(page: Page, lab: Server) -> Page:
    """The retrospective with every cell run, on a record that was told in two goes."""
    page.set_viewport_size({"width": 1400, "height": 1000})
    open_notebook(page, lab, "retrospective.ipynb")
    run_all(page, SHELL)
    first = stage(page, "choose")
    if first.get_by_role("button", name="Tell a new mistake").count():
        first.get_by_role("button", name="Tell a new mistake").click()
        expect(first.get_by_role("button", name="A new record is open below")).to_be_visible()
    tell = stage(page, "tell")
    tell.get_by_label("In one line").fill("The line was off all day")
    tell.get_by_label("What happened instead").fill(HOSTILE)
    tell.get_by_label("Team").fill("Field service")
    tell.get_by_label("Team").blur()
    kept(page, lab, "The line was off all day", HOSTILE, "Field service")
    # What another person has seen is a revision of its own.
    with open_store(lab.store) as store:
        store.load(store.list()[0].incident_id)
    tell.get_by_label("In one line").fill("The line was off for half a day")
    tell.get_by_label("In one line").blur()
    kept(page, lab, "The line was off for half a day")
    saved(tell)
    return page


def titles(lab: Server) -> list[str]:
    """The title of each revision of the one record."""
    with open_store(lab.store) as store:
        newest = max(store.list(), key=lambda item: item.incident_id)
        return [it.incident.title for it in store.history(newest.incident_id)]


def test_a_revision_is_looked_at_and_brought_back_by_keyboard(retro: Page, lab: Server):
    """The difference is read word by word, nothing in it runs, and what stood is kept."""
    said: list[str] = []
    retro.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    keys, review = retro.keyboard, stage(retro, "review")
    review.get_by_role("button", name="Show what changed").focus()
    keys.press("Enter")
    listed = review.locator(".pm-rev")
    expect(listed).to_have_count(2)
    listed.first.locator("[aria-expanded]").focus()
    keys.press("Enter")
    change = listed.first.locator(".pm-changes li")
    expect(change.locator("del")).to_contain_text("all")
    expect(change.locator("ins")).to_contain_text("for half a")
    assert "line-through" in change.locator("del").evaluate("it => getComputedStyle(it).textDecorationLine")
    assert "underline" in change.locator("ins").evaluate("it => getComputedStyle(it).textDecorationLine")

    listed.last.locator("[aria-expanded]").focus()
    keys.press("Enter")
    expect(listed.last.get_by_text(HOSTILE)).to_be_visible()
    listed.last.get_by_role("button", name="Show as it was").focus()
    keys.press("Enter")
    expect(listed.last.locator(".pm-was")).to_contain_text("The line was off all day")
    found = Axe().run(retro, context='.pm[data-stage="review"]')
    assert [] == [(item["id"], item["nodes"][0]["html"]) for item in found.response["violations"]]

    listed.last.get_by_role("button", name="Bring back revision").focus()
    keys.press("Enter")
    expect(listed.last.get_by_role("button", name="Bring it back")).to_be_focused()
    keys.press("Enter")
    expect(listed).to_have_count(3)
    expect(stage(retro, "tell").get_by_label("In one line")).to_have_value("The line was off all day")

    assert [] == said
    assert ["The line was off all day", "The line was off for half a day", "The line was off all day"] == titles(lab)


def test_a_record_that_was_deleted_meanwhile_comes_back_with_what_was_typed(retro: Page, lab: Server):
    """One press, and nothing typed is lost."""
    with open_store(lab.store) as store:
        newest = max(store.list(), key=lambda item: item.incident_id)
        store.delete(newest.incident_id, by="Ben")
    tell = stage(retro, "tell")
    tell.get_by_label("Service").fill("Line repair")
    expect(tell.get_by_text("Ben deleted this record.")).to_be_visible()
    tell.get_by_role("button", name="Bring it back").click()
    saved(tell)

    with open_store(lab.store) as store:
        assert "Line repair" == store.load(newest.incident_id).service
