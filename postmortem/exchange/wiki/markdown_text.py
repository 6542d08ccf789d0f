"""Typed texts in a Markdown page: they show as they were typed, can't become markup, and come back as they were."""

from __future__ import annotations

import re
from typing import Final

EMPTY: Final = "&empty;"
"""Stands where a text is there and holds nothing; a page shows it as ∅."""

_SIGNS: Final = re.compile(r"[\\`*\[\]{}|~$]|(?<![^\W_])_|_(?![^\W_])")
_ENTITIES: Final = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}
_START: Final = re.compile(r"([#+\-=:]|\d+[.)])")
_ESCAPED: Final = re.compile(
    r"\\([!-/:-@\[-`{-~])|&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|nbsp));|<br ?/?>"
)
_NAMED: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "nbsp": "\xa0"}
_LAST: Final = 0x10FFFF
_HALVES: Final = range(0xD800, 0xE000)


def inline(text: str) -> str:
    r"""A text on one line, for a heading, a list or a table; a line end becomes `<br>`.

    Examples:
        >>> print(inline("*Now* | <b>\n- node_limit"))
        \*Now\* \| &lt;b&gt;<br>- node_limit
        >>> inline(""), inline(" a ")
        ('&empty;', '&#32;a&#32;')
    """
    return "<br>".join(_line(line, at) for at, line in enumerate(text.split("\n"))) if text else EMPTY


def cell(text: str) -> str:
    """A text in a cell of a table, where nothing means an empty text."""
    return inline(text) if text else ""


def block(text: str) -> str:
    r"""A text as paragraphs; its lines stay lines.

    Examples:
        >>> print(block("First.\n\n# no heading\n1. no list"))
        First.
        <BLANKLINE>
        \# no heading
        1\. no list
    """
    if not text:
        return EMPTY
    core = text.strip("\n")
    if not core:
        return "&#10;" * len(text)
    before = len(text) - len(text.lstrip("\n"))
    after = len(text) - len(text.rstrip("\n"))
    lines = "\n".join(_line(line, 0) for line in core.split("\n"))
    return "&#10;" * before + lines + "&#10;" * after


def plain(marked: str) -> str:
    r"""The text that `inline`, `cell` or `block` was given; what a person wrote beside it stays as they wrote it.

    Examples:
        >>> plain(r"\*Now\*<br>*today* &lt;"), plain(EMPTY)
        ('*Now*\n*today* <', '')
        >>> all(plain(made(text)) == text for made in (inline, block) for text in ("\r\n", " a\t", "&#10;", "a_b_", ""))
        True
    """
    stripped = marked.strip()
    return "" if stripped == EMPTY else _ESCAPED.sub(_meant, stripped)


def _line(line: str, at: int) -> str:
    core = line.strip()
    if not core:
        return _coded(line)
    start = line.index(core[0])
    marked = _SIGNS.sub(r"\\\g<0>", core).translate(_ENTITIES)
    if at == 0 and (first := _START.match(marked)):
        end = first.end()
        marked = f"{marked[: end - 1]}\\{marked[end - 1 :]}"
    marked = "".join(sign if sign.isprintable() else _coded(sign) for sign in marked)
    return f"{_coded(line[:start])}{marked}{_coded(line[start + len(core) :])}"


def _coded(text: str) -> str:
    return "".join(f"&#{ord(sign)};" for sign in text)


def _meant(match: re.Match[str]) -> str:
    sign, decimal, hexadecimal, name = match.groups()
    if sign is not None:
        return sign
    if name is not None:
        return _NAMED[name]
    if decimal is None and hexadecimal is None:
        return "\n"
    number = int(decimal) if decimal is not None else int(hexadecimal, 16)
    return match.group() if number > _LAST or number in _HALVES else chr(number)


def cells(line: str) -> list[str]:
    r"""The cells of a row of a table, still marked.

    Examples:
        >>> cells(r"| a | b \| c |  |")
        ['a', 'b \\| c', '']
    """
    inner = line.strip().removeprefix("|")
    found = re.findall(r"((?:\\.|[^|\\]|\\$)*)(\||$)", inner)
    texts = [text.strip() for text, _ in found]
    while len(texts) > 1 and not texts[-1] and not found[len(texts) - 1][1]:
        texts.pop()  # behind the last bar stands nothing
    return texts
