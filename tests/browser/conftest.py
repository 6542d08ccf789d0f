"""A real Chromium for the tests in this folder, which all carry the marker `browser`.

Where there is no Chromium they skip with the reason. Under CI they fail: there a missing browser is a missing test.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome")

# Chromium's sandbox doesn't start as root or in most containers; the rest keeps it from calling home and from drawing
# with hardware that differs from machine to machine.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# Other tests run at the same time: what is drawn late is drawn all the same. Only a failure takes this long.
TIMEOUT_MS = 60_000
expect.set_options(timeout=30_000)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark every test of this folder, so that `-m "not browser"` leaves them out."""
    item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser: POSTMORTEM_CHROMIUM, else the first Chromium or Chrome on PATH."""
    named = os.environ.get("POSTMORTEM_CHROMIUM")
    found = next(filter(None, map(shutil.which, [named] if named else NAMES)), None)
    if found is None:
        reason = (
            f"no Chromium: POSTMORTEM_CHROMIUM names {named}, which can't be run"
            if named
            else f"no Chromium: none of {', '.join(NAMES)} is on PATH, and POSTMORTEM_CHROMIUM names none"
        )
        if os.environ.get("CI", "").lower() in {"", "0", "false"}:
            pytest.skip(f"{reason}; make browser installs one")
        pytest.fail(f"{reason}; CI must have one (make browser)", pytrace=False)
    return found


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium for the tests of a module.

    Not for the session: while Playwright's synchronous interface is open, its event loop counts as running in this
    thread, and `asyncio.run` in any later test would fail.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a fresh context: no cookies, no storage, one size of window on every machine."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(TIMEOUT_MS)
    context.set_default_navigation_timeout(2 * TIMEOUT_MS)
    yield context.new_page()
    context.close()
