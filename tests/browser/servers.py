"""JupyterLab and Voilà as a user starts them, on a store of their own."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import TimeoutError as NotInTimeError
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from playwright.sync_api import Locator, Page, Route

ADDRESS = re.compile(rb"http://127\.0\.0\.1:\d+/\S*token=\w+")
PATIENCE_S = 90
STAGES = ("tell", "evaluate", "recover", "why", "classify", "act", "review")
SHELL = ".pm nav.pm-stages"
"""What is on the page as soon as the seven stages are there."""


@dataclass(frozen=True)
class Server:
    """A running server.

    Attributes:
        address: Where it is, with its token.
        store: The file of its store.
        log: What it said so far.
    """

    address: str
    store: Path
    log: Path

    def url(self, path: str) -> str:
        """Another page of the same server."""
        base, token = self.address.split("?", 1)
        root = "/".join(base.split("/")[:3])
        return f"{root}/{path}?{token}"


@contextmanager
def served(folder: Path, *command: str, program: Sequence[str] | None = None, **environment: str) -> Iterator[Server]:
    """`postmortem lab` or `postmortem dashboard`, or another program, stopped when the test is over."""
    store, log = folder / "postmortem.db", folder / "server.log"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("POSTMORTEM_")}
    own = {
        "POSTMORTEM_STORE": str(store),
        "POSTMORTEM_BY": "Ana",
        "TZ": "Europe/London",
        "JUPYTER_PREFER_ENV_PATH": "1",
    }
    own |= {"JUPYTER_CONFIG_DIR": str(folder / "config"), "JUPYTER_DATA_DIR": str(folder / "data")}
    # The notebooks of the checkout are worked in, never saved: they stay as they are stored.
    settings = folder / "config" / "lab" / "user-settings" / "@jupyterlab" / "docmanager-extension"
    settings.mkdir(parents=True, exist_ok=True)
    (settings / "plugin.jupyterlab-settings").write_text('{"autosave": false}', encoding="utf-8")
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [*(program or [str(Path(sys.executable).with_name("postmortem")), *command, *_port()]), "--no-browser"],
            env=kept | own | environment,
            cwd=folder,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            yield Server(_address(process, log), store, log)
        finally:
            process.terminate()
            process.wait(30)


def _port() -> list[str]:
    """A port that nobody else asks for: several servers may be starting at once."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return ["--port", str(asked.getsockname()[1])]


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    for _ in range(PATIENCE_S * 5):
        found = ADDRESS.search(log.read_bytes())
        if found:
            return found.group().decode()
        if process.poll() is not None:
            break
        time.sleep(0.2)
    raise AssertionError(f"the server did not start:\n{log.read_text(errors='replace')}")


def open_notebook(page: Page, server: Server, name: str) -> None:
    """Open a notebook in a workspace of its own and wait until its kernel is idle."""
    page.goto(server.url(f"lab/workspaces/{name.removesuffix('.ipynb')}/tree/{name}") + "&reset")
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    expect(page.locator("#jp-main-statusbar")).to_contain_text("| Idle", timeout=PATIENCE_S * 1000)
    connected(page, server, name)


def connected(page: Page, server: Server, name: str) -> None:
    """Wait until a notebook has its kernel: before that, what is asked is lost, or answered by a question."""

    def listens() -> bool:
        kernels = [it["kernel"] for it in page.request.get(server.url("api/sessions")).json() if it["path"] == name]
        return any(it["connections"] and it["execution_state"] == "idle" for it in kernels)

    until(page, listens)


def choose(page: Page, menu: str, entry: str) -> None:
    """Choose an entry of Lab's menu bar."""
    page.locator(".lm-MenuBar-itemLabel", has_text=re.compile(f"^{menu}$")).click()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^{entry}")).first.click()


def run_all(page: Page, sign: str) -> None:
    """Run every cell, and wait for a sign that the last one was drawn and until nothing runs any more.

    Lab drops the request silently while the session is still being connected, so it is asked again. A request that was
    only slow is then run twice: whoever typed in between would type into what the second run replaces.
    """
    drawn, asked_back = page.locator(sign).first, page.locator(".jp-Dialog .jp-mod-accept")
    for _ in range(6):
        if asked_back.count():
            asked_back.first.click()
        try:
            choose(page, "Run", "Run All Cells")
            drawn.wait_for(timeout=15_000)
        except NotInTimeError:
            continue
        break
    drawn.wait_for()
    expect(page.locator(".jp-InputPrompt", has_text="[*]")).to_have_count(0, timeout=PATIENCE_S * 1000)
    idle = re.compile("^idle$", re.IGNORECASE)
    expect(page.locator(".jp-Notebook-ExecutionIndicator").first).to_have_attribute("data-status", idle)


def panel(page: Page, name: str) -> Locator:
    """The panel that shows one stage, as it stands."""
    return page.locator(f'.pm[data-stage="{name}"]')


def stage(page: Page, name: str) -> Locator:
    """The panel of one stage; the shell turns to it, as with a click in its bar."""
    found = panel(page, name)
    if name in STAGES and not found.count():
        page.locator(".pm-stages button").nth(STAGES.index(name)).click()
        found.wait_for()
    return found


def saved(panel: Locator) -> None:
    """Wait until everything that was typed is kept, and a panel says so."""
    panel.page.wait_for_function("() => !sessionStorage.getItem('postmortem-unsaved')")
    expect(panel.locator(".pm-head .ok")).to_contain_text("Saved")


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Let the pages go on until something holds that no page shows, as in the store or in a panel's own record."""
    for _ in range(600):
        if holds():
            return
        page.wait_for_timeout(50)
    assert holds()


def check(radio: Locator) -> None:
    """Press a radio until it is the chosen one: a stage that is still being drawn moves away from under the pointer."""
    for _ in range(4):
        radio.click(force=True)
        try:
            expect(radio).to_be_checked(timeout=4_000)
        except AssertionError:
            continue
        return
    expect(radio).to_be_checked()


def outside_of(page: Page) -> list[str]:
    """The requests that a page makes to anywhere but this machine, as they come; each is refused."""
    asked: list[str] = []

    def decide(route: Route) -> None:
        address = route.request.url
        if address.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")):
            route.continue_()
        else:
            asked.append(address)
            route.abort()

    page.route("**/*", decide)
    return asked


def turn_clock(page: Page, moment: str) -> None:
    """Let the kernel of the notebook stand at another moment, as somebody does with `%env` in a cell of their own."""
    cell = page.locator(".jp-Notebook .jp-CodeCell", has_text="POSTMORTEM_NOW")
    if not cell.count():
        page.locator(".jp-Notebook .jp-Cell").first.click(position={"x": 4, "y": 4})
        page.keyboard.press("Escape")
        page.keyboard.press("a")
        cell = page.locator(".jp-Notebook .jp-CodeCell").first
    typed = cell.locator(".cm-content")
    # The answer to what was done before may still move the focus: it is given to the cell with each of the two.
    typed.fill(f"%env POSTMORTEM_NOW={moment}")
    expect(typed).to_have_text(f"%env POSTMORTEM_NOW={moment}")
    typed.press("Control+Enter")
    expect(cell.locator(".jp-OutputArea")).to_contain_text(moment)
