"""The whole tree as text for an e-mail: it reads without a drawing, and any mail program shows it.

Every answer carries its place (O1.2), so that nothing is lost where a program drops the indents. No line begins with a
sign that mail programs give a meaning to, such as a quote's; none is longer than 72 columns unless a word is.
"""

from __future__ import annotations

from textwrap import TextWrapper
from typing import TYPE_CHECKING, Final

from postmortem.report.wording import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postmortem.report.maps import MapNode, MapSummary

_WIDTH: Final = 72
_DEEPEST: Final = 6
_BELOW: Final = {"": "because:", "and": "because, all of these together:", "or": "because, each of these by itself:"}
_BESIDE: Final = {"and": "and, needed together with it:", "or": "or, enough by itself:"}


def text(summary: MapSummary) -> str:
    """The cause map as text for an e-mail.

    Args:
        summary: What `cause_map` gave.

    Examples:
        >>> from datetime import UTC, datetime
        >>> from postmortem.record import Incident, default_playbook, whys
        >>> from postmortem.report import cause_map
        >>> tree = whys.answer(Incident(title="Line dead"), None, "Left unplugged", status="confirmed")
        >>> tree = whys.answer(tree, "w1", "The job sheet ends too early")
        >>> drawn = cause_map(tree, default_playbook(), now=datetime(2026, 3, 20, tzinfo=UTC))
        >>> print(text(drawn).partition("Not asked")[0].rstrip())
        Why? Line dead
        Cause map, not saved yet, 20 March 2026. Team copy.
        Downwards reads "because", upwards "therefore". No root is marked yet.
        <BLANKLINE>
        What the customer met:
          Line dead.
        <BLANKLINE>
        Why did it happen?
          O1 (confirmed): Left unplugged.
            No evidence yet.
          because:
            O1.1 (possible): The job sheet ends too early.
              No evidence yet.
    """
    return "\n".join(_lines(summary)) + "\n"


def _lines(s: MapSummary) -> Iterator[str]:
    yield _wrapped(s.heading, "Why? ")
    yield sentence(s.head)
    yield _wrapped(f'Downwards reads "because", upwards "therefore". {s.sentence}', "")
    yield from ("", "What the customer met:", _wrapped(sentence(s.effect), "  "))
    yield from (_wrapped(note, "  ") for note in s.notes)
    below: dict[str, list[MapNode]] = {}
    for node in s.nodes:
        below.setdefault(node.parent, []).append(node)
    place = {node.label: (row.index(node), len(row)) for row in below.values() for node in row}
    by_label = {node.label: node for node in s.nodes}
    asked = ""
    for node in s.nodes:
        if node.leg != asked:
            asked = node.leg
            yield from ("", next(leg.asks for leg in s.legs if leg.leg == asked))
            tops = [top for top in below[""] if top.leg == asked]
            place |= {top.label: (at, len(tops)) for at, top in enumerate(tops)}
        indent = "  " * min(node.depth, _DEEPEST)
        at, of = place[node.label]
        above = by_label.get(node.parent)
        if above is not None and at == 0:
            yield f"{indent[2:]}{_far(above, node)}{_BELOW[above.join if of > 1 else '']}"
        elif at:
            yield f"{indent[2:]}{_BESIDE[above.join if above else s.join]}"
        state = "; ".join(filter(None, (node.status, node.kind.lower())))
        yield _wrapped(sentence(node.text) or "Not answered yet.", f"{indent}{node.label} ({state}): ")
        notes = node.evidence or (("No evidence yet",) if node.status != "ruled out" else ())
        yield from (_wrapped(sentence(note), f"{indent}  ") for note in notes)
    if s.not_asked:
        yield from ("", _wrapped(sentence(s.not_asked), ""))
    if s.read_back:
        yield from ("", "Read back from each root:")
    for read in s.read_back:
        first, *rest = read.lines
        yield from ("", _wrapped(first, f"  {read.label}: "), *(_wrapped(line, "    ") for line in rest))


def _far(above: MapNode, node: MapNode) -> str:
    # Beyond the deepest indent the place alone tells what is asked.
    return f"{above.label} " if node.depth > _DEEPEST else ""


def _wrapped(words: str, first: str) -> str:
    # Never at the edge: there a quote's sign, a signature's dashes or "From" mean something to a mail program.
    head = first.lstrip()
    edge = first[: len(first) - len(head)]
    mail = TextWrapper(_WIDTH, edge, f"{edge}  ", break_long_words=False, break_on_hyphens=False)
    return mail.fill(f"{head}{words}")
