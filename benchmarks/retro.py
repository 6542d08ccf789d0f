"""The retrospective in a real JupyterLab, beside a bare form of 40 ipywidgets.

Run as `python benchmarks/retro.py [--rounds 5]`; prints a Markdown table of medians, with the fastest and the slowest.

What is measured, in milliseconds as somebody waits for it: from Run All to a first field that takes letters (the kernel
is running, the page is loaded, nothing is imported yet); from the last letter to the store's having it (ours) or to the
kernel's having it (the bare form, which keeps nothing); and from the click that opens a record of 200 whys to its tree
on screen. That what was typed is there is asserted before a time counts.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect, sync_playwright

from postmortem.cli.launch import lab_command, lab_settings
from postmortem.record import clock, whys
from postmortem.record.incident import Incident
from postmortem.store import open_store

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))
from conftest import ARGUMENTS, NAMES  # noqa: E402 - the folder of the browser's tests
from servers import SHELL, choose, open_notebook, served  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page
    from servers import Server

WHYS = 200
BARE = """import ipywidgets as W
from pathlib import Path
fields = [W.Textarea(description=f"Field {n}") for n in range(40)]
fields[0].observe(lambda change: Path("typed.txt").write_text(change["new"]), "value")
W.VBox(fields)"""


def wide(count: int) -> Incident:
    """A record with so many whys: each is asked three more, seven levels deep at most."""
    incident = Incident(title="Two hundred whys")
    incident = whys.answer(incident, None, "The first why of two hundred")
    for number in range(2, count + 1):
        incident = whys.answer(incident, f"w{(number + 1) // 3}", f"Why number {number}, told in a whole sentence")
    # Its meeting is at the whys: there it opens.
    return clock.start(incident, datetime.now(UTC), by="Ben", stage="why")


def bare_notebook(folder: Path) -> None:
    """The peer: forty fields in one cell."""
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": BARE, "outputs": [], "execution_count": None}
    kernel = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}}
    whole = {"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (folder / "bare.ipynb").write_text(json.dumps(whole), encoding="utf-8")


def until(done: Callable[[], bool], patience_s: float = 30) -> None:
    """Wait for something that is looked at every two milliseconds."""
    end = time.perf_counter() + patience_s
    while not done():
        if time.perf_counter() > end:
            raise TimeoutError("it never came")
        time.sleep(0.002)


def run_all_ms(page: Page, server: Server, name: str, field: str) -> float:
    """From Run All to a first field that holds a letter."""
    open_notebook(page, server, name)
    start = time.perf_counter()
    choose(page, "Run", "Run All Cells")
    first = page.locator(field).first
    first.wait_for()
    first.press("x")
    expect(first).to_have_value("x")
    return (time.perf_counter() - start) * 1000


def letter_ms(page: Page, field: str, there: Callable[[], str], word: str) -> float:
    """From the last of some letters to their being where they are kept."""
    first = page.locator(field).first
    first.fill("")
    page.wait_for_timeout(1500)
    first.press_sequentially(word[:-1], delay=40)
    start = time.perf_counter()
    first.press(word[-1])
    until(lambda: there() == word)
    return (time.perf_counter() - start) * 1000


def kept_title(server: Server) -> str:
    """What the store has as the title of the record that is being typed."""
    with open_store(server.store, read_only=True) as store:
        return next((item.title for item in store.list() if not item.title.startswith("Two hundred")), "")


def measured(rounds: int, chromium: str) -> dict[str, list[float]]:
    """Every time of every round, by what was measured."""
    times: dict[str, list[float]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        for number in range(rounds):
            with tempfile.TemporaryDirectory() as made:
                folder = Path(made)
                with open_store(folder / "postmortem.db") as store:
                    store.save(wide(WHYS), by="Ben")
                bare_notebook(folder)
                shutil.copy(ROOT / "notebooks" / "retrospective.ipynb", folder)
                # Without a token of ours Jupyter makes one, and says it in its log.
                for name, setting in list(lab_settings("").items())[1:]:
                    (folder / "config" / name).parent.mkdir(parents=True, exist_ok=True)
                    (folder / "config" / name).write_text(json.dumps(setting), encoding="utf-8")
                with served(folder, program=lab_command(folder, port=0, root=True)) as server:
                    page = browser.new_context(viewport={"width": 1400, "height": 1000}).new_page()
                    page.set_default_timeout(90_000)
                    times.setdefault("ours, Run All", []).append(
                        run_all_ms(page, server, "retrospective.ipynb", f"{SHELL} ~ .pm-body [data-place=title]")
                    )
                    word = f"A lamp was off {number}"
                    times.setdefault("ours, letter", []).append(
                        letter_ms(page, "[data-place=title]", lambda: kept_title(server), word)
                    )
                    page.get_by_role("button", name="Go on with").first.wait_for()
                    start = time.perf_counter()
                    page.get_by_role("button", name="Two hundred whys").click()
                    page.locator('.pm [role="treeitem"]').nth(WHYS - 1).wait_for()
                    times.setdefault("ours, open", []).append((time.perf_counter() - start) * 1000)
                    page.context.close()
                    page = browser.new_context(viewport={"width": 1400, "height": 1000}).new_page()
                    page.set_default_timeout(90_000)
                    field = ".jp-OutputArea-output textarea"
                    times.setdefault("bare, Run All", []).append(run_all_ms(page, server, "bare.ipynb", field))
                    typed = folder / "typed.txt"
                    times.setdefault("bare, letter", []).append(
                        letter_ms(page, field, lambda typed=typed: typed.read_text() if typed.exists() else "", word)
                    )
                    page.context.close()
        browser.close()
    return times


def told(times: dict[str, list[float]]) -> str:
    """The table."""
    rows = ["| What | Median | Fastest | Slowest |", "|---|---|---|---|"]
    rows += [
        f"| {name} | {statistics.median(found):,.0f} ms | {min(found):,.0f} ms | {max(found):,.0f} ms |"
        for name, found in times.items()
    ]
    return "\n".join(rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    print(told(measured(asked.rounds, next(filter(None, map(shutil.which, NAMES))))))
