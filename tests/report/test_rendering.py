"""One summary as text or as a file, by its suffix; a file is there whole or not at all."""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path

import pytest

from postmortem.record import DataError, Incident
from postmortem.report import incident_summary, render, write
from postmortem.report.rendering import KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_holds_what_was_rendered(told, tmp_path, kind):
    """The suffix says which rendering it is, in any case; the path comes back."""
    path = write(told(), tmp_path / f"report.{kind.upper()}")

    assert render(told(), kind) == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("report.pdf", "print it to a PDF"),
        ("report.docx", "a word processor opens both"),
        ("report", "found no suffix"),
        ("report.txt", "expected .html, .md or .json"),
    ],
)
def test_another_suffix_is_refused_and_told_what_would_do(told, tmp_path, name, words):
    """Nothing is written; the message names what was found and the way there."""
    with pytest.raises(DataError, match=re.escape(words)):
        write(told(), tmp_path / name)

    assert [] == list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_named(told, tmp_path):
    """No traceback of the operating system: the file, the reason and the remedy."""
    with pytest.raises(DataError, match=r"report\.html: 1 problem\n  can't be written: .*; name a folder"):
        write(told(), tmp_path / "nowhere" / "report.html")


def test_a_write_that_fails_leaves_the_old_file(told, tmp_path, monkeypatch):
    """The new content is written beside and put in place at the end."""
    path = tmp_path / "report.html"
    path.write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DataError, match="No space left"):
        write(told(), path)

    assert ["report.html"] == [found.name for found in tmp_path.iterdir()]
    assert "old" == path.read_text()


def test_a_kind_or_theme_that_is_not_there_is_refused_with_a_near_name(told):
    """Both problems at once."""
    with pytest.raises(DataError, match=r"2 problems(.|\n)*did you mean 'html'(.|\n)*did you mean 'dark'"):
        render(told(), "htm", theme="darkk")


def test_an_audience_that_is_not_there_is_refused_with_a_near_name(playbook):
    """And an instant without its offset, in the same breath."""
    with pytest.raises(DataError, match=r"did you mean 'manager'(.|\n)*expected an instant with its offset"):
        incident_summary(
            Incident(title="x"),
            playbook,
            audience="managers",
            now=datetime(2026, 3, 1),  # noqa: DTZ001 - that is the point
        )


@pytest.mark.parametrize(("theme", "mark"), [("auto", None), ("light", "light"), ("dark", "dark")])
def test_a_theme_is_fixed_or_follows_the_reader(told, read, theme, mark):
    """A fixed one is named on the page; on paper every one is light."""
    html = render(told(), "html", theme=theme)
    page = read(html)

    assert mark == page.of("html")[0].get("data-theme")
    assert ("prefers-color-scheme" in html) == (theme == "auto")
    assert ("--pm-paper: #14181d" in html) == (theme != "light")


def test_all_templates_are_used_and_escape():
    """The environment refuses a name that is not there, and escapes whatever it is given."""
    from postmortem.report.pages import TEMPLATES, environment  # noqa: PLC0415 - its inside

    assert "&lt;b&gt;" == environment().from_string("{{ x }}").render(x="<b>")
    assert {"checklist", "letter", "map", "page", "parts", "review", "trends"} == {
        found.name.removesuffix(".html.j2") for found in Path(TEMPLATES).glob("*.j2")
    }
    assert not any("|safe" in found.read_text() or "| safe" in found.read_text() for found in TEMPLATES.glob("*.j2"))
