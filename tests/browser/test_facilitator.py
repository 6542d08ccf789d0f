"""A facilitator in a real JupyterLab: plan a meeting, copy the invitation, hand in answers, see the chart."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner
from playwright.sync_api import expect

from postmortem.cli import main
from postmortem.store import open_store

sys.path.insert(0, str(Path(__file__).parent))
from servers import open_notebook, run_all, served, stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page
    from servers import Server

PARTS = ("guide-plan", "guide-letter", "guide-words", "guide-closing", "chart-head", "chart-tail")
HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>'


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """JupyterLab on a store with the samples."""
    folder = tmp_path_factory.mktemp("lab")
    done = CliRunner().invoke(main, ["--store", str(folder / "postmortem.db"), "sample"])
    assert 0 == done.exit_code
    with served(folder, "lab", POSTMORTEM_NOW="2026-03-20T12:00:00+00:00") as server:
        yield server


def test_a_meeting_is_planned_announced_and_closed(page: Page, lab: Server):
    """From the notebook alone: nothing typed runs, the text is on the clipboard, three answers are counted."""
    said: list[str] = []
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.set_viewport_size({"width": 1280, "height": 1000})
    open_notebook(page, lab, "facilitator_guide.ipynb")
    run_all(page, '.pm[data-stage="guide-plan"]')
    stage(page, "choose").get_by_role("button", name="Go on with 2026-003").click()

    plan, letter, close = (stage(page, part) for part in ("guide-plan", "guide-letter", "guide-closing"))
    plan.get_by_label("When").fill("24 Mar 14:00")
    plan.get_by_label("Where").fill(HOSTILE)
    plan.get_by_label("Who leads").fill("Rebooking lead")
    plan.get_by_label("Ramp").check()
    plan.get_by_label("Somebody else").fill("Crew trainer")
    plan.get_by_role("button", name="Ask them too").click()
    expect(plan.get_by_label("Crew trainer")).to_be_checked()
    expect(letter.locator(".pm-agenda caption")).to_contain_text("Tuesday 24 March 2026, 14:00 to 15:00")
    expect(letter.locator(".pm-agenda tbody tr")).to_have_count(7)
    expect(letter.get_by_label("The invitation")).to_have_value(re.compile("Rebooking lead leads"))
    letter.get_by_role("button", name="Copy").click()
    expect(letter.get_by_role("status")).to_have_text("Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")

    for number in range(3):
        close.get_by_role("radiogroup", name="Did you learn something?").get_by_label("Yes").check()
        close.get_by_role("radiogroup", name="Would you come again?").get_by_label("No" if number else "Yes").check()
        close.get_by_label("What would have made it better?").fill(HOSTILE)
        close.get_by_role("button", name="Hand it in").click()
        expect(close.get_by_role("status").filter(has_text="so far")).to_contain_text(f"{number + 1} answer")
    close.get_by_role("button", name="Show the answers together").click()
    expect(close.get_by_text("1 of 3 said yes")).to_be_visible()
    expect(close.get_by_text(HOSTILE).first).to_be_visible()
    expect(stage(page, "chart-head")).to_contain_text("49 of 60 learned something")
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    found = [
        (part, item["id"], item["nodes"][0]["html"])
        for part in PARTS
        for item in Axe().run(page, context=f'.pm[data-stage="{part}"]').response["violations"]
    ]
    with open_store(lab.store) as store:
        kept = store.load("2026-003")

    assert [] == said
    assert [] == found
    assert copied.startswith("Looking back together: A touring bicycle")
    assert HOSTILE in copied
    assert (HOSTILE, ("Ramp", "Crew trainer")) == (kept.meeting.where, kept.meeting.people)
    assert 3 == len(kept.feedback)
