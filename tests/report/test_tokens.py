"""One table of tokens for pages, charts and widgets, and text that can be read in it."""

from __future__ import annotations

import re
from dataclasses import asdict

import pytest

from postmortem.charts.look import TOKENS
from postmortem.report import tokens
from postmortem.report.pages import sheet

TEXT = ["ink", "ink-2", "ink-3", "accent", "warn", "bad", "good"]


def luminance(colour: str) -> float:
    """Relative luminance of a colour, after WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21, after WCAG 2.2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("surface", ["paper", "raised"])
@pytest.mark.parametrize("ink", TEXT)
def test_text_can_be_read_on_both_surfaces(theme, surface, ink):
    """AA: 4.5 to 1."""
    table = tokens.table(theme)

    assert contrast(table[ink], table[surface]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("mark", ["field", "data", "system", "motivation", "training", "understanding", "outside"])
def test_marks_and_borders_can_be_told_from_the_page(theme, mark):
    """3 to 1 for what is not text."""
    table = tokens.table(theme)

    assert contrast(table[mark], table["paper"]) >= 3


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_charts_are_painted_with_the_same_colours(theme):
    """The table of the charts is a part of this one."""
    table = tokens.table(theme)

    assert {} == {
        name: (value, table.get(name.replace("_", "-")))
        for name, value in asdict(TOKENS[theme]).items()
        if table.get(name.replace("_", "-")) != value
    }


def test_every_token_that_the_sheet_asks_for_is_in_the_table():
    """A misspelt token would be an invisible text."""
    asked = set(re.findall(r"var\(--pm-([\w-]+)\)", sheet()))

    assert set() == asked - tokens.table().keys()


def test_light_and_dark_say_the_same_colours():
    """No colour is forgotten in the dark."""
    light, dark = (set(re.findall(r"--pm-([\w-]+): #", block)) for block in tokens._blocks())

    assert light == dark
