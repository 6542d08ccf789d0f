"""Taking a text along from a page: to the clipboard, the old way where that is not allowed, or as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from postmortem import widgets

if TYPE_CHECKING:
    from playwright.sync_api import Page

STATIC = Path(widgets.__file__).with_name("static")

PAGE = "<button>Copy</button><textarea>The line is back.</textarea>"

COPY = """async (allowed) => {
  const [button, area] = [document.querySelector("button"), document.querySelector("textarea")];
  Object.defineProperty(navigator, "clipboard", { value: undefined });
  document.execCommand = () => allowed && document.activeElement === area;
  button.focus();
  const done = await copied(area.value, () => area);
  return [done, document.activeElement.tagName, area.value.slice(area.selectionStart, area.selectionEnd)];
}"""

SAVE = """saveCopy("due.txt", "The line is back.", "text/plain;charset=utf-8")"""


@pytest.fixture
def own(page: Page) -> Page:
    """A page with a button, a text and the part of the panel's script that takes texts along."""
    page.set_content(PAGE)
    page.add_script_tag(content=(STATIC / "copies.js").read_text(encoding="utf-8"))
    return page


@pytest.mark.parametrize(("allowed", "focused"), [(True, "BUTTON"), (False, "TEXTAREA")])
def test_a_page_that_may_not_use_the_clipboard_marks_the_text(own: Page, allowed: bool, focused: str):  # noqa: FBT001 - a parameter of the test
    """Copied the old way the focus is back at the button; else it stays at the marked text, to be copied by hand."""
    assert [allowed, focused, "The line is back."] == own.evaluate(COPY, allowed)


def test_a_copy_is_saved_under_its_name(own: Page):
    """As a download of the browser's, with nothing asked of a server."""
    with own.expect_download() as download:
        own.evaluate(SAVE)

    assert "due.txt" == download.value.suggested_filename
    assert "The line is back." == Path(download.value.path()).read_text(encoding="utf-8")


@pytest.mark.parametrize("call", ["execCommand(", "new Blob(", "clipboard.writeText("])
def test_one_script_alone_takes_texts_along(call: str):
    """The others call it."""
    assert ["copies.js"] == [it.name for it in STATIC.glob("*.js") if call in it.read_text(encoding="utf-8")]
