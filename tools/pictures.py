"""Take the README's pictures again: each stage, the trends and the reports, from the samples, in a real browser.

Run it as `python tools/pictures.py`. It starts `postmortem lab` on a throw-away store and writes docs/pictures/*.png.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from conftest import ARGUMENTS, NAMES  # noqa: E402 - the browser tests' own way to a browser
from servers import SHELL, open_notebook, run_all, served, stage  # noqa: E402

from postmortem.record.edit import changed  # noqa: E402
from postmortem.store import open_store  # noqa: E402

NOW = "2026-03-20T12:00:00+00:00"
RECORD = "2025-005"
STAGES = ("tell", "evaluate", "recover", "why", "classify", "act", "review")
WIDTH, HEIGHT = 1000, 900
"""A picture shows the top of a page: what a person sees first."""


def clip(page: Page, panel: str, name: str) -> None:
    """The top of one panel as a picture."""
    box = page.locator(panel).first.bounding_box()
    if box is None:
        raise SystemExit(f"{panel} is not on the page")
    area = {"x": box["x"], "y": box["y"], "width": box["width"], "height": min(box["height"], HEIGHT)}
    page.screenshot(path=PICTURES / f"{name}.png", clip=area, full_page=False)


def retrospective(page: Page, server: object) -> None:
    """Every stage of one record."""
    open_notebook(page, server, "retrospective.ipynb")
    run_all(page, SHELL)
    stage(page, "choose").get_by_role("button", name=f"Go on with {RECORD}").click()
    page.wait_for_timeout(1500)
    for name in STAGES:
        panel = stage(page, name)
        panel.scroll_into_view_if_needed()
        if name == "why":
            panel.locator('[data-node="w3"] .x').first.click()
        if name == "act":
            panel.locator("summary").nth(1).click()
        page.wait_for_timeout(400)
        clip(page, f'.pm[data-stage="{name}"]', f"stage-{name}")


def trends(page: Page, server: object) -> None:
    """The first charts under their filters."""
    open_notebook(page, server, "trends.ipynb")
    run_all(page, '.pm[data-stage="report"]')
    page.locator(".js-plotly-plot").nth(2).wait_for()
    page.wait_for_timeout(1500)
    page.locator(".jp-Notebook").first.screenshot(path=PICTURES / "trends.png")


def main() -> None:
    """Take them all."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    program = str(Path(sys.executable).with_name("postmortem"))
    with tempfile.TemporaryDirectory() as kept, sync_playwright() as playwright:
        folder = Path(kept)
        told = ["--store", str(folder / "postmortem.db"), "--now", NOW]
        subprocess.run([program, *told, "sample"], check=True)  # noqa: S603 - our own command
        with open_store(folder / "postmortem.db") as store:
            # A closed record is opened in code; the pictures show one that is still being worked on.
            store.save(changed(store.load(RECORD), state="acting"), by="Service manager")
        found = next(path for name in NAMES for path in (Path("/usr/bin") / name,) if path.exists())
        browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        page = browser.new_page(viewport={"width": 1360, "height": 3000})
        with served(folder, "lab", POSTMORTEM_NOW=NOW) as server:
            retrospective(page, server)
            trends(page, server)
        for audience in ("team", "customer"):
            file = folder / f"{audience}.html"
            subprocess.run(  # noqa: S603 - our own command
                [program, *told, "report", RECORD, "--audience", audience, "-o", str(file)], check=True
            )
            page.set_viewport_size({"width": 900, "height": 1100})
            page.goto(file.as_uri())
            page.screenshot(path=PICTURES / f"report-{audience}.png")
        file = folder / "trends.html"
        subprocess.run([program, *told, "trends", "-o", str(file)], check=True)  # noqa: S603 - our own command
        page.set_viewport_size({"width": WIDTH, "height": 1200})
        page.goto(file.as_uri())
        page.wait_for_timeout(1500)
        page.screenshot(path=PICTURES / "report-trends.png")
        browser.close()


if __name__ == "__main__":
    main()
