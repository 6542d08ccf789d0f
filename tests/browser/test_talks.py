"""What was said, in its row: folded, opened and mended by keyboard, and nothing that axe can find."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from postmortem.record import recovery
from postmortem.store import open_store
from postmortem.widgets import Retrospective

sys.path.insert(0, str(Path(__file__).parent))
from alone import Alone
from servers import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

NOW = datetime(2026, 3, 11, 15, 20, tzinfo=UTC)
SAID = "We cut your line. That was our mistake. Sorry if you noticed."
FIRST = "recovery.steps.explain-mistake.words"


@pytest.fixture
def alone(page: Page, tmp_path: Path) -> Iterator[Alone]:
    """The stage in the moment in which the admission is to be made, with words that may be heard amiss."""
    with open_store(tmp_path / "postmortem.db") as store:
        retro = Retrospective(store, by="Ana", now=lambda: NOW)
        for place, value in (("title", "Off"), ("fault", "ours"), ("known_at", NOW - timedelta(minutes=20))):
            retro.put(place, value)
        retro.put("recovery.wording", SAID)
        yield Alone(page, retro.stage("recover"))


def test_what_was_said_goes_from_the_field_into_its_row(page: Page, alone: Alone):
    """The field is empty for the next talk; the row has one more word, and opens by keyboard where the words stand."""
    page.get_by_role("button", name="Said so, now").click()
    expect(page.get_by_label("Your words")).to_have_value("")
    fold = page.get_by_role("button", name="What was said: Explain the mistake")
    expect(fold).to_have_attribute("aria-expanded", "false")

    fold.focus()
    page.keyboard.press("Enter")
    expect(fold).to_have_attribute("aria-expanded", "true")
    expect(fold).to_be_focused()
    words = page.get_by_label("What was said", exact=True)
    expect(words).to_have_value(SAID)
    words.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(" It was late.")
    page.keyboard.press("Tab")
    said = f"{SAID} It was late."
    until(page, lambda: said == recovery.said_of(alone.panel.meeting.incident, "explain-mistake").words)

    fold.focus()
    page.keyboard.press("Space")
    expect(words).to_have_count(0)


def test_a_hint_in_said_words_leads_to_them(page: Page, alone: Alone):
    """From what is to be looked at to the fold; where the step is to do again, they are back in the field."""
    page.get_by_role("button", name="Said so, now").click()
    page.get_by_role("button", name="What was said: Explain the mistake").wait_for()
    hint = page.locator("aside, section", has=page.get_by_role("heading", name="To look at")).last
    hint.locator("li", has_text="Sorry if").get_by_text("Go there").click()
    expect(page.locator(f'[data-place="{FIRST}"]')).to_be_focused()

    page.get_by_role("button", name="Time, who, how and note: Explain the mistake").click()
    page.get_by_role("button", name="Not done after all").click()
    expect(page.get_by_label("Your words")).to_have_value(SAID)
    assert SAID == alone.panel.meeting.incident.recovery.wording


@pytest.mark.parametrize("theme", ["true", "false"])
@pytest.mark.parametrize("width", [1280, 860, 560])
def test_a_row_with_its_words_has_no_barrier(page: Page, alone: Alone, width: int, theme: str):
    """Light and dark, wide and narrow; and nothing sticks out of the panel."""
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("(light) => { document.body.dataset.jpThemeLight = light; }", theme)
    page.get_by_role("button", name="Said so, now").click()
    page.get_by_role("button", name="What was said: Explain the mistake").click()
    page.get_by_label("What was said", exact=True).wait_for()
    found = Axe().run(page).response["violations"]

    assert [] == [item["id"] for item in found if item["id"] != "page-has-heading-one"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert alone.events
