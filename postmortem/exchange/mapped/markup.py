"""Formatted text as plain text: the words stay, what only says how they look goes. Nothing in it is run or opened."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from typing import Any, Final

_BLOCKS: Final = "p|div|br|li|ul|ol|tr|table|tbody|thead|h[1-6]|pre|blockquote|hr"
_INLINE: Final = "b|i|u|s|em|strong|span|font|code|small|sub|sup|td|th|tt|strike|del|ins"
_LINK: Final = re.compile(r"""<a\b[^<>]*?\bhref\s*=\s*["']([^"'<>]*)["'][^<>]*>([^<]*)</a\s*>""", re.IGNORECASE)
_BREAK: Final = re.compile(rf"</?(?:{_BLOCKS})\b[^<>]*>", re.IGNORECASE)
_TAG: Final = re.compile(rf"</?(?:{_INLINE})\b[^<>]*>", re.IGNORECASE)

_PARAGRAPHS: Final = frozenset(
    {"paragraph", "heading", "listItem", "blockquote", "codeBlock", "tableRow", "rule", "taskItem", "decisionItem"}
)


def html_text(text: str) -> str:
    """HTML as plain text. An address behind a word stays beside it; a tag that is no formatting stays as it stands.

    Examples:
        >>> print(html_text("<p>The pump &amp; the valve</p><p>See <a href='https://x.example/1'>the log</a></p>"))
        The pump & the valve
        See the log (https://x.example/1)
        >>> html_text("a < b <script>")
        'a < b <script>'
    """
    if "<" not in text and "&" not in text:
        return text
    text = _TAG.sub("", _BREAK.sub("\n", text))
    text = _LINK.sub(lambda found: found[2] if found[1] in found[2] else f"{found[2]} ({found[1]})", text)
    return _lines(html.unescape(text))


def _lines(text: str) -> str:
    """The lines of a text that are not blank."""
    return "\n".join(line.strip() for line in text.split("\n") if line.strip())


def is_atlassian(value: object) -> bool:
    """Whether a value is a document of Atlassian's products (ADF): an object of the type `doc` with its content."""
    return isinstance(value, dict) and value.get("type") == "doc" and isinstance(value.get("content"), list)


def atlassian_text(value: dict[str, Any]) -> str:
    """A document of Atlassian's products as plain text, a paragraph a line.

    References:
        Atlassian Document Format, structure of nodes and marks.

    Examples:
        >>> text = {"type": "text", "text": "Line dead"}
        >>> atlassian_text({"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [text]}]})
        'Line dead'
    """
    return _lines(_node(value))


def _node(node: object) -> str:
    if not isinstance(node, dict):
        return ""
    kind, given = str(node.get("type")), node.get("attrs")
    attrs: dict[str, Any] = given if isinstance(given, dict) else {}
    if kind == "text":
        return f"{node.get('text', '')}{_address(node)}"
    if kind == "hardBreak":
        return "\n"
    content = node.get("content")
    inside = "".join(map(_node, content)) if isinstance(content, list) else ""
    inside = inside or _said(kind, attrs)
    return f"\n{inside}\n" if kind in _PARAGRAPHS else inside


def _said(kind: str, attrs: dict[str, Any]) -> str:
    """What a node without content says: a mention, an emoji, a card, a day, a picture's description."""
    if kind == "date":
        try:
            return datetime.fromtimestamp(int(attrs["timestamp"]) / 1000, UTC).date().isoformat()
        except (KeyError, ValueError, TypeError, OverflowError, OSError):
            return str(attrs.get("timestamp", ""))
    return next((str(attrs[name]) for name in ("text", "shortName", "url", "alt") if attrs.get(name)), "")


def _address(node: dict[str, Any]) -> str:
    """The address behind a linked word."""
    marks = node.get("marks")
    for mark in marks if isinstance(marks, list) else ():
        attrs = mark.get("attrs") if isinstance(mark, dict) else None
        if isinstance(attrs, dict) and attrs.get("href") and attrs["href"] != node.get("text"):
            return f" ({attrs['href']})"
    return ""
