"""What we owe, on the screen: nothing is decided before its reason, and another record begins with its rows folded."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from postmortem.store import open_store
from postmortem.widgets import Retrospective

sys.path.insert(0, str(Path(__file__).parent))
from alone import Alone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

NOW = datetime(2026, 3, 11, 15, 20, tzinfo=UTC)
STEP = "Time, who, how and note: Explain the mistake"


@pytest.fixture
def alone(page: Page, tmp_path: Path) -> Iterator[Alone]:
    """The stage of a record in which three customers lost two hours each."""
    with open_store(tmp_path / "postmortem.db") as store:
        retro = Retrospective(store, by="Ana", now=lambda: NOW)
        told = {"title": "Off", "fault": "ours", "impact.customer_min": 120.0, "impact.customers": 3}
        for place, value in told.items():
            retro.put(place, value)
        yield Alone(page, retro.stage("recover"))


def test_a_decision_waits_for_its_reason(page: Page, alone: Alone):
    """The press opens two fields; without a reason nothing is sent; with one all is decided at once, by keyboard."""
    retro = alone.panel.meeting
    page.get_by_role("button", name="We decided otherwise, because…: Service credit").click()
    instead, because = page.get_by_label("What you give instead"), page.get_by_label("Because", exact=True)
    expect(instead).to_be_focused()
    instead.fill("20")
    page.get_by_role("button", name="Decide it so").click()
    expect(because).to_be_focused()
    assert () == retro.incident.recovery.compensation
    assert [] == Axe().run(page, context=".pm-owed").response["violations"]

    because.fill("They are one family")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Less: decided otherwise")).to_be_visible()
    expect(instead).to_have_count(0)
    assert [(Decimal(20), "They are one family")] == [
        (it.owed, it.because) for it in retro.incident.recovery.compensation
    ]


def test_a_row_that_was_opened_is_folded_in_another_record(page: Page, alone: Alone):
    """It stays open while somebody works in the one it was opened in."""
    row = page.get_by_role("button", name=STEP)
    row.click()
    alone.panel.meeting.put("title", "Off again")
    alone.follow()
    expect(row).to_have_attribute("aria-expanded", "true")

    alone.panel.meeting.begin()
    alone.follow()

    expect(row).to_have_attribute("aria-expanded", "false")
