"""A table of one's own brought in JupyterLab: chosen, asked about, changed, taken in."""

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
from servers import open_notebook, run_all, served, stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page
    from servers import Server

NOW = "2026-03-20T12:00:00+00:00"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """JupyterLab on an empty store."""
    with served(tmp_path_factory.mktemp("lab"), "lab", POSTMORTEM_NOW=NOW) as server:
        yield server


@pytest.fixture
def bring(page: Page, lab: Server) -> Page:
    """The notebook with every cell run."""
    page.set_viewport_size({"width": 1400, "height": 1000})
    open_notebook(page, lab, "bring_your_data.ipynb")
    run_all(page, '.pm[data-stage="bring"]')
    return page


def kept(lab: Server) -> list[str]:
    """The titles in the store."""
    with open_store(lab.store) as store:
        return sorted(item.title for item in store.list())


def test_the_sample_table_is_brought_by_mouse(bring: Page, lab: Server):
    """Chosen, its question answered, a column changed, and then it is in the store."""
    panel = stage(bring, "bring")
    expect(panel.get_by_text("Choose a table to begin")).to_be_visible()
    panel.get_by_role("button", name="Try the sample table").click()
    take = panel.get_by_role("button", name="Take them in")
    expect(take).to_be_disabled()
    expect(panel.get_by_text("Meter read as 9,310 instead of 931").first).to_be_visible()

    panel.get_by_label("04/11/2025 09:15: is that 4 November or 11 April?").select_option("4 November")
    expect(panel.locator('[data-place="ask day order"]')).to_have_value("day first")
    expect(panel.get_by_text("12 read = 11 new + 0 changed + 0 unchanged + 1 rejected")).to_be_visible()
    panel.get_by_label("Status becomes").select_option("Tags")
    expect(panel.get_by_text("04 Nov 2025, 09:15")).to_be_visible()
    take.click()
    expect(panel.get_by_role("status").first).to_contain_text("12 rows read: 11 imported, 1 rejected.")

    assert 11 == len(kept(lab))
    assert "Heating off over the weekend" in kept(lab)


def test_a_file_is_uploaded_and_brought_by_keyboard(bring: Page, lab: Server, tmp_path: Path):
    """No mouse from the file to the store; hostile headers and cells run nothing."""
    said: list[str] = []
    bring.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    table = tmp_path / "strange.csv"
    table.write_text(f"No,Subject,{hostile},Occurred\n7,{hostile},{hostile},2026-01-02\n", encoding="utf-8")
    panel = stage(bring, "bring")
    panel.get_by_label("Or upload one").set_input_files(str(table))
    choice = panel.get_by_label(f"{hostile} becomes")
    expect(choice).to_be_visible()

    choice.focus()
    bring.keyboard.type("Tags")
    expect(choice).to_have_value("tags")
    panel.get_by_role("button", name="Take them in").focus()
    bring.keyboard.press("Enter")
    expect(panel.get_by_role("status").first).to_contain_text("1 row read: 1 imported.")

    assert hostile in kept(lab)
    assert [] == said


def test_a_path_that_is_not_there_is_told_and_keys_leave_the_cells_alone(bring: Page):
    """Lab's shortcuts insert and cut cells; none of them reaches the form."""
    panel = stage(bring, "bring")
    panel.get_by_label("Path of the file").fill("no/such.csv")
    panel.get_by_role("button", name="Open").click()
    expect(panel.get_by_text("There is no such file; check the path.")).to_be_visible()
    panel.get_by_role("button", name="Try the sample table").click()
    expect(panel.get_by_label("Status becomes")).to_be_visible()
    cells = bring.locator(".jp-Notebook .jp-Cell").count()
    for control in (
        panel.get_by_role("button", name="Open"),
        panel.get_by_label("Status becomes"),
        panel.get_by_label("Or upload one"),
        panel.get_by_label("Path of the file"),
    ):
        for key in "abcdxyzvjkmr0":
            control.focus()
            bring.keyboard.press(key)

    assert cells == bring.locator(".jp-Notebook .jp-Cell").count()


WORST_CONTRAST = """section => {
  const part = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const light = (rgb) => [0.2126, 0.7152, 0.0722].reduce((sum, share, at) => sum + share * linear(rgb[at] / 255), 0);
  const behind = (node) => {
    for (let it = node; it; it = it.parentElement) {
      const rgb = part(getComputedStyle(it).backgroundColor);
      if (rgb.length === 3 || rgb[3] === 1) return rgb;
    }
    return [255, 255, 255];
  };
  const says = (it) => it.matches("select, input") || [...it.childNodes].some((one) => one.nodeType === 3);
  const seen = [...section.querySelectorAll(":not(option)")].filter((it) => !it.disabled && it.offsetWidth && says(it));
  return Math.min(...seen.map((it) => {
    const [dark, bright] = [light(part(getComputedStyle(it).color)), light(behind(it))].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  }));
}"""
"""The lowest contrast between any text and what is behind it, as WCAG 2.2 counts it (4.5 is the least)."""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_panel_has_no_barrier_that_axe_can_find(bring: Page, theme: str):
    """Empty, with a refused path, and with a table open; every text stands out from what is behind it."""
    bring.locator(".lm-MenuBar-itemLabel", has_text=re.compile("^Settings$")).click()
    bring.locator(".lm-Menu-itemLabel", has_text=re.compile("^Theme$")).first.hover()
    bring.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^JupyterLab {theme.capitalize()}$")).click()
    expect(bring.locator(f'body[data-jp-theme-light="{str(theme == "light").lower()}"]')).to_have_count(1)
    panel = stage(bring, "bring")
    found = [Axe().run(bring, context='.pm[data-stage="bring"]').response["violations"]]
    panel.get_by_role("button", name="Open").click()
    expect(panel.get_by_text("No path is typed yet")).to_be_visible()
    panel.get_by_role("button", name="Try the sample table").click()
    expect(panel.get_by_label("Status becomes")).to_be_visible()
    found.append(Axe().run(bring, context='.pm[data-stage="bring"]').response["violations"])

    assert [[], []] == [[(item["id"], item["nodes"][0]["html"][:300]) for item in part] for part in found]
    assert 4.5 <= panel.evaluate(WORST_CONTRAST)
    bring.evaluate("document.querySelector('.pm .pm-hint, .pm h3').style.color = 'var(--pm-line)'")
    assert 4.5 > panel.evaluate(WORST_CONTRAST)
