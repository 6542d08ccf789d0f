"""A Markdown document as its sections: parsed by a CommonMark parser, each text as its author wrote it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Token = dict[str, Any]


@dataclass(slots=True)
class Piece:
    """What stands below one heading, up to the next.

    Attributes:
        heading: The heading as it stands there; empty before the first.
        level: Its level, from 1; 0 before the first.
        tokens: The blocks below it.
    """

    heading: str = ""
    level: int = 0
    tokens: list[Token] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What stands below the heading."""
        return text_of(self.tokens)

    @property
    def whole(self) -> str:
        """Heading and text."""
        return "\n\n".join(filter(None, (self.heading, self.text)))


def outline(text: str) -> list[Piece]:
    r"""The document as pieces, in its order; the first holds what stands before any heading.

    Examples:
        >>> [(piece.level, piece.heading, piece.text) for piece in outline("Intro\n\n# A\n\n- x\n  - y\n")]
        [(0, '', 'Intro'), (1, 'A', '- x\n  - y')]
    """
    import mistune  # noqa: PLC0415 - loaded when a document is read, not before
    from mistune.plugins.table import table  # noqa: PLC0415 - same

    reader = mistune.Markdown(renderer=None, plugins=[table])
    state = reader.block.state_cls()
    state.process(text)
    reader.block.parse(state)
    pieces = [Piece()]
    for token in state.tokens:
        if token["type"] == "heading":
            heading = " ".join(str(token.get("text", "")).split())
            pieces.append(Piece(heading, int(token["attrs"]["level"])))
        elif token["type"] != "blank_line":
            pieces[-1].tokens.append(token)
    return pieces


def text_of(tokens: list[Token]) -> str:
    """Blocks as Markdown text."""
    return "\n\n".join(text for token in tokens if (text := _text(token)))


def _text(token: Token) -> str:
    kind = token["type"]
    if kind in {"list", "table"}:
        return "\n".join(_lines_of_list(token) if kind == "list" else _lines_of_table(token))
    if kind == "block_code":
        raw, info = str(token.get("raw", "")).rstrip("\n"), (token.get("attrs") or {}).get("info") or ""
        return f"```{info}\n{raw}\n```"
    if kind == "block_quote":
        return "\n".join(f"> {line}".rstrip() for line in text_of(token.get("children") or []).split("\n"))
    if kind == "thematic_break":
        return "---"
    if kind == "heading":
        return f"{'#' * int(token['attrs']['level'])} {token.get('text', '')}".strip()
    own = token.get("text", token.get("raw"))
    return str(own).strip("\n") if own is not None else text_of(token.get("children") or [])


def _lines_of_list(token: Token) -> list[str]:
    ordered = bool((token.get("attrs") or {}).get("ordered"))
    first = int((token.get("attrs") or {}).get("start") or 1)
    lines: list[str] = []
    for at, item in enumerate(token.get("children") or [], first):
        mark = f"{at}. " if ordered else "- "
        inner = item_text(item).split("\n")
        lines += [f"{mark}{inner[0]}", *(f"{' ' * len(mark)}{line}".rstrip() for line in inner[1:])]
    return lines


def _lines_of_table(token: Token) -> list[str]:
    rows = rows_of(token)
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return [lines[0], f"|{' --- |' * len(rows[0])}", *lines[1:]]


def item_text(item: Token) -> str:
    """The text of an item of a list, with what is listed below it."""
    texts = [(child["type"], _text(child)) for child in item.get("children") or []]
    made = ""
    for kind, text in texts:
        if text:
            made += text if not made else f"{chr(10) if kind in {'list', 'block_text'} else chr(10) * 2}{text}"
    return made


def items_of(tokens: list[Token]) -> list[str]:
    """The texts of all items of the lists among some blocks."""
    return [item_text(item) for token in tokens if token["type"] == "list" for item in token.get("children") or []]


def rows_of(token: Token) -> list[list[str]]:
    """The rows of a table, its header first."""
    rows: list[list[str]] = []
    for part in token.get("children") or []:
        holders = [part] if part["type"] == "table_head" else part.get("children") or []
        rows += [[str(one.get("text", "")).strip() for one in row.get("children") or []] for row in holders]
    return rows
