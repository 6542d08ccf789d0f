r"""The whole tree as a Mermaid flowchart, for wikis and code hosts that draw it.

Mermaid has no quoting of its own inside a label but entity codes: `#35;` is a number sign. Before it parses, it looks
through the whole text for comments, directives (`%%{init}%%`), styles and front matter; after it, labels go through
Markdown. So each sign that any of these could take for its own is written as its code; only letters, digits, spaces and
a few marks that mean nothing there stay as they are.

References:
    Mermaid, "Entity codes to escape characters" in "Flowcharts"; `encodeEntities` in its `utils.ts`, `flow.jison`.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from postmortem.report.sheets import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from postmortem.report.maps import MapNode, MapSummary
    from postmortem.report.summary import CategoryMark

_MOST: Final = 45_000
"""Mermaid refuses a text of more than 50,000 signs, and doesn't draw it."""
_CUTS: Final = ((300, 3), (160, 1), (100, 0), (60, 0), (24, 0))
"""How long an answer may be, and how many pieces of evidence it shows, until the whole is short enough."""
_LONGEST_NOTE: Final = 90

# A full stop after a letter, and an apostrophe, a comma, a question or exclamation mark: none of these starts anything.
_PLAIN: Final = re.compile(r"[^\W_]| |,|\?|!|(?<=[^\W\d_])\.(?=\s|$)|(?<=[^\W_])'(?=[^\W_])")

_SHAPES: Final[Mapping[CategoryMark, tuple[str, str]]] = {
    "system": ("[", "]"),
    "training": ("([", "])"),
    "understanding": ("{{", "}}"),
    "motivation": ("[/", "\\]"),
    "outside": ("[[", "]]"),
    "unclassified": (">", "]"),
}
_STYLES: Final = (
    "classDef effect fill:#f7f7f5,stroke:#1d2329,stroke-width:1.5px,color:#1d2329",
    "classDef confirmed fill:#ffffff,stroke:#1d2329,stroke-width:1.5px,color:#1d2329",
    "classDef possible fill:#ffffff,stroke:#1d2329,stroke-width:1.5px,color:#1d2329,stroke-dasharray:6 4",
    "classDef ruled_out fill:#ffffff,stroke:#646c74,stroke-width:1px,color:#4d5863,stroke-dasharray:2 3",
    "classDef root stroke-width:4px",
    "classDef gate fill:#ffffff,stroke:#4d5863,color:#1d2329",
)


def escaped(text: str) -> str:
    """A typed text that may stand between the quotes of a label and is shown as it was typed.

    Examples:
        >>> print(escaped('He said "off". [1] 50% #2'))
        He said #34;off#34;#46; #91;1#93; 50#37; #35;2
    """
    kept = (
        sign if _PLAIN.match(text, at) else f"#{ord(sign)};" if sign.isprintable() else " "
        for at, sign in enumerate(text)
    )
    return "".join(kept)


def text(summary: MapSummary) -> str:
    """The cause map as a Mermaid flowchart from left to right; Mermaid 10 and newer draw it.

    Args:
        summary: What `cause_map` gave.

    Examples:
        >>> from datetime import UTC, datetime
        >>> from postmortem.record import Incident, default_playbook, whys
        >>> from postmortem.report import cause_map
        >>> tree = whys.answer(Incident(title="Line dead"), None, "Left unplugged", status="confirmed")
        >>> drawn = cause_map(tree, default_playbook(), now=datetime(2026, 3, 20, tzinfo=UTC))
        >>> for line in text(drawn).splitlines()[:4]:
        ...     print(line)
        flowchart LR
          met["What the customer met<br/>Line dead"]
          O1("Why did it happen?<br/>O1 confirmed<br/>Left unplugged<br/>No evidence yet")
          met --> O1
    """
    for most, notes in _CUTS:
        drawn = "\n".join(_lines(summary, most, notes)) + "\n"
        if len(drawn) <= _MOST:
            break
    return drawn


def fenced(summary: MapSummary) -> str:
    """The flowchart in a Markdown file, under its title.

    Args:
        summary: What `cause_map` gave.
    """
    from postmortem.report.markdown import escaped as plain  # noqa: PLC0415 - the two rooms for escaping stay apart

    head = f"# {plain(summary.heading)}\n\n{plain(summary.head)}. {plain(summary.sentence)}\n"
    return f"{head}\nLeft to right asks **why?** Right to left reads **therefore**.\n\n```mermaid\n{text(summary)}```\n"


def _lines(s: MapSummary, most: int, notes: int) -> Iterator[str]:
    yield "flowchart LR"
    yield f"  met[{_label('What the customer met', shortened(s.effect, most))}]"
    asks = {leg.leg: leg.asks for leg in s.legs}
    count = Counter(node.parent or node.leg for node in s.nodes)
    gates = {label: f"{_name(label)}_below" for label in [*asks, *(node.label for node in s.nodes)] if count[label] > 1}
    above = {node.label: gates.get(node.parent or node.leg, _name(node.parent) or "met") for node in s.nodes}
    for leg in asks:
        if leg in gates:
            yield from (f"  {gates[leg]}(({_label(s.join.upper())}))", f"  met --- {gates[leg]}")
    for node in s.nodes:
        name = _name(node.label)
        seen = [shortened(piece, _LONGEST_NOTE) for piece in node.evidence[:notes]]
        if notes and not seen and node.status != "ruled out":
            seen = ["No evidence yet"]
        lead = asks[node.leg] if not node.parent else ""
        said = shortened(node.text, most) or "Not answered yet"
        start, end = _SHAPES[node.root.mark] if node.root else ("(", ")")
        yield f"  {name}{start}{_label(lead, f'{node.label} {node.status}', said, *seen, node.kind)}{end}"
        yield f"  {above[node.label]} {'-->' if node.status == 'confirmed' else '-.->'} {name}"
        if (gate := gates.get(node.label)) is not None:
            yield from (f"  {gate}(({_label(node.join.upper())}))", f"  {name} --- {gate}")
    yield from (f"  {style}" for style in _STYLES)
    yield "  class met effect"
    for status in ("confirmed", "possible", "ruled out"):
        yield from _class([node for node in s.nodes if node.status == status], status.replace(" ", "_"))
    yield from _class([node for node in s.nodes if node.root and node.status != "ruled out"], "root")
    if gates:
        yield f"  class {','.join(gates.values())} gate"


def _class(nodes: list[MapNode], name: str) -> Iterator[str]:
    if nodes:
        yield f"  class {','.join(_name(node.label) for node in nodes)} {name}"


def _name(label: str) -> str:
    """The label as an id that is no word of Mermaid's."""
    return label.replace(".", "_")


def _label(*parts: str) -> str:
    return f'"{"<br/>".join(escaped(part) for part in parts if part)}"'
