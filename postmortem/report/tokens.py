"""The one table of tokens, read from `tokens.css`: for pages in either theme, and for whoever else paints."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Theme = Literal["auto", "light", "dark"]
THEMES: Final[tuple[Theme, ...]] = ("auto", "light", "dark")
FILE: Final = Path(__file__).with_name("tokens.css")
_BLOCK = re.compile(r"(:root[^{]*)\{([^}]*)\}")
_TOKEN = re.compile(r"--pm-([\w-]+):\s*([^;]+);")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@lru_cache(maxsize=1)
def _blocks() -> tuple[str, str]:
    css = _COMMENT.sub("", FILE.read_text(encoding="utf-8"))
    light, dark = (" ".join(body.split()) for _, body in _BLOCK.findall(css))
    return light, dark


def table(theme: Literal["light", "dark"] = "light") -> Mapping[str, str]:
    """Every token with its value, by name without the prefix.

    Examples:
        >>> table()["paper"], table("dark")["paper"], table("dark")["radius"]
        ('#ffffff', '#14181d', '6px')
    """
    light, dark = (dict(_TOKEN.findall(block)) for block in _blocks())
    return light if theme == "light" else {**light, **dark}


def css(theme: Theme) -> str:
    """The tokens as rules for a page; on paper it is light, whatever the screen is.

    Args:
        theme: `auto` follows the reader's system.
    """
    light, dark = _blocks()
    if theme == "light":
        return f":root{{color-scheme:light;{light}}}"
    if theme == "dark":
        return f":root{{{light}}}@media screen{{:root{{color-scheme:dark;{dark}}}}}"
    return (
        f":root{{color-scheme:light dark;{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme]){{{dark}}}}}"
        f'@media screen{{:root[data-theme="dark"]{{color-scheme:dark;{dark}}}}}'
    )
