"""A cause map laid out: each box in a grid, the whole on a screen, and cut into sheets of paper where it is large.

Columns are whys, rows are last answers: a box stands in the middle of all that stands behind it. Heights are estimated
from the length of the texts, generously, so that what is said to fit does fit. A sheet is never printed smaller than
`_LEAST`; a branch for which there is no room goes on on a sheet of its own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from postmortem.report.maps import MapBox, MapDrawing, MapSheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Literal

    from postmortem.record.vocabulary import Join
    from postmortem.report.maps import MapLeg, MapNode, Paper

_SIZES: Final[Mapping[Paper, tuple[int, int]]] = {"A3": (1508, 1040), "A4": (1044, 712)}
"""Width and height inside margins of 10 mm, landscape, in CSS pixels of 1/96 inch."""
_SCALES: Final = (1.0, 0.92, 0.84, 0.77, 0.7)
_LEAST: Final = _SCALES[-1]
_AROUND: Final = 136
"""What the title and the legend of a sheet take of its height."""
_TITLE: Final = 30
_ONWARD: Final = 22
"""The line in a box that says where its branch goes on, or came from."""
_GAP: Final = 38
_NARROWEST, _USUAL, _WIDEST = 168, 232, 340
_TEXT, _NOTE, _NOTES = 260, 110, 3
_SIGN, _SMALL_SIGN = 8.0, 7.0
"""A generous mean width of a letter at 15 and at 13 pixels."""

EFFECT: Final = ""
"""The label of what the customer met."""


@dataclass(frozen=True, slots=True)
class Tree:
    """The answers with all that is asked about them while they are laid out.

    Attributes:
        effect: The box of what the customer met, not placed yet.
    """

    effect: MapBox
    join: Join
    legs: Sequence[MapLeg]
    nodes: Sequence[MapNode]
    of: dict[str, MapNode] = field(default_factory=dict)
    below: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Note who stands below whom."""
        for node in self.nodes:
            self.of[node.label] = node
            self.below.setdefault(node.parent, []).append(node.label)

    def box(self, label: str) -> MapBox:
        """The box of an answer, not placed yet."""
        if label == EFFECT:
            return self.effect
        node = self.of[label]
        asks = {leg.leg: leg.asks for leg in self.legs}
        notes = [shortened(text, _NOTE) for text in node.evidence[:_NOTES]]
        notes += [f"and {len(node.evidence) - _NOTES} more"] if len(node.evidence) > _NOTES else []
        return MapBox(
            number=label,
            lead=asks[node.leg] if not node.parent else "",
            text=shortened(node.text, _TEXT) or "Not answered yet",
            status=node.status,
            notes=tuple(notes) or (("No evidence yet",) if node.status != "ruled out" else ()),
            root=node.root,
            kind=node.kind,
            column=1,
            row=1,
            rows=1,
        )


@dataclass(frozen=True, slots=True)
class _Part:
    """What hangs together on one sheet: a first box, the answers right behind it, and those whose branch is cut off."""

    head: str
    behind: tuple[str, ...]
    title: str
    cut: frozenset[str]


def shortened(text: str, most: int) -> str:
    """A text of at most so many signs, cut between words.

    Examples:
        >>> shortened("The main switch stayed unplugged", 20)
        'The main switch …'
    """
    if len(text) <= most:
        return text
    kept = text[: most - 2]
    return f"{kept[: kept.rfind(' ')] if ' ' in kept[most // 2 :] else kept} …"


def screen(tree: Tree) -> MapDrawing:
    """The whole map in one drawing."""
    return _drawn(tree, _whole(tree), {}, _USUAL)


def sheets(tree: Tree, paper: Paper) -> tuple[MapSheet, ...]:
    """The map on paper: on one sheet where it can be read there, else by leg, and by branch where a leg is too large.

    Args:
        tree: The answers.
        paper: What is printed on, landscape.
    """
    whole = _whole(tree)
    scale = _scale(tree, [whole], paper)
    if scale is not None:
        drawn = _drawn(tree, whole, {}, _width(tree, whole, scale, paper))
        return (MapSheet(scale=scale, drawings=(drawn,)),)
    filled: list[list[_Part]] = []
    for part in (part for leg in tree.legs for part in _leg(tree, leg, paper)):
        if filled and part.behind and _scale(tree, [*filled[-1], part], paper) is not None:
            filled[-1].append(part)
        else:
            filled.append([part])
    said: dict[str, str] = {}
    for number, parts in enumerate(filled, start=1):
        for part in parts:
            said.setdefault(f"to {part.head}", f"Continues on sheet {number}")
            said.update((f"from {label}", f"Continued from sheet {number}") for label, _ in _rows(tree, part))
    return tuple(_sheet(tree, parts, said, paper, f"Sheet {at} of {len(filled)}") for at, parts in enumerate(filled, 1))


def _sheet(tree: Tree, parts: Sequence[_Part], said: Mapping[str, str], paper: Paper, title: str) -> MapSheet:
    scale = _scale(tree, parts, paper) or _LEAST
    drawings = tuple(_drawn(tree, part, said, _width(tree, part, scale, paper)) for part in parts)
    return MapSheet(title=title, scale=scale, drawings=drawings)


def _whole(tree: Tree) -> _Part:
    return _Part(EFFECT, tuple(tree.below.get(EFFECT, ())), "", frozenset())


def _rows(tree: Tree, part: _Part) -> list[tuple[str, int]]:
    """What stands on a sheet behind its first box, in reading order, each with its column."""
    found: list[tuple[str, int]] = []
    stack = [(label, 2) for label in reversed(part.behind)]
    while stack:
        label, column = stack.pop()
        found.append((label, column))
        if label not in part.cut:
            stack.extend((child, column + 1) for child in reversed(tree.below.get(label, [])))
    return found


def _drawn(tree: Tree, part: _Part, said: Mapping[str, str], width: int) -> MapDrawing:
    found = _rows(tree, part)
    inside = {label for label, _ in found}
    spans = dict.fromkeys(inside, 0)
    for label, _ in reversed(found):
        spans[label] = max(1, sum(spans.get(child, 0) for child in _shown_below(tree, part, label)))
    first = {part.head: 1}
    boxes = [
        tree.box(part.head).model_copy(
            update={
                "rows": max(1, sum(spans[label] for label in part.behind)),
                "stem": bool(part.behind),
                "gate": tree.of[part.head].join if part.head and len(part.behind) > 1 else "",
                "lead": said.get(f"from {part.head}", "") if part.head else tree.effect.lead,
            }
        )
    ]
    for label, column in found:
        node = tree.of[label]
        row_of = part.behind if column == 2 else tree.below[node.parent]  # noqa: PLR2004 - the column after the first
        above = part.head if column == 2 else node.parent  # noqa: PLR2004 - the same
        shown = _shown_below(tree, part, label)
        boxes.append(
            tree.box(label).model_copy(
                update={
                    "column": column,
                    "row": first[above],
                    "rows": spans[label],
                    "place": _place(row_of, label),
                    "stem": bool(shown),
                    "gate": node.join if len(shown) > 1 else "",
                    "beside": tree.join if _follows(tree, row_of, label) else "",
                    "onward": said[f"to {label}"] if label in part.cut else "",
                }
            )
        )
        first[label] = first[above]
        first[above] += spans[label]
    columns = max((column for _, column in found), default=1)
    return MapDrawing(title=part.title, columns=columns, width=width, boxes=tuple(boxes))


def _shown_below(tree: Tree, part: _Part, label: str) -> Sequence[str]:
    return () if label in part.cut else tree.below.get(label, ())


def _place(row: Sequence[str], label: str) -> Literal["only", "first", "middle", "last"]:
    if len(row) == 1:
        return "only"
    return "first" if label == row[0] else "last" if label == row[-1] else "middle"


def _follows(tree: Tree, row: Sequence[str], label: str) -> bool:
    """Whether a first answer stands in the same leg as the one above it."""
    at = row.index(label)
    node = tree.of[label]
    return not node.parent and at > 0 and tree.of[row[at - 1]].leg == node.leg


def _height(box: MapBox, width: int) -> float:
    """How tall a box is at most, with the air around it, in CSS pixels."""
    room = width - 26
    text = math.ceil(_columns(box.text) * _SIGN / room * 1.12)
    small = [*box.notes, *([box.onward] if box.onward else [])]
    notes = sum(math.ceil(_columns(note) * _SMALL_SIGN / room * 1.12) for note in small)
    lead = math.ceil(_columns(box.lead) * _SIGN / room * 1.12)
    root = 28 if box.root else 0
    return 34 + 20.5 * max(1, text) + 18 * notes + 20.5 * lead + root + (20 if box.number else 0)


def _columns(text: str) -> int:
    # Signs of East Asia are about twice as wide.
    return sum(2 if ord(sign) >= 0x1100 else 1 for sign in text)  # noqa: PLR2004 - the first such block


def _width(tree: Tree, part: _Part, scale: float, paper: Paper) -> int:
    """How wide the columns of a drawing may be on a sheet."""
    columns = max((column for _, column in _rows(tree, part)), default=1)
    return min(_WIDEST, math.floor((_SIZES[paper][0] / scale - 2 - _GAP * (columns - 1)) / columns))


def _scale(tree: Tree, parts: Sequence[_Part], paper: Paper) -> float | None:
    """How large drawings can be printed together on one sheet; nothing where they would be too small to read."""
    for scale in _SCALES:
        widths = [_width(tree, part, scale, paper) for part in parts]
        tall = sum(_tall(tree, part, width) for part, width in zip(parts, widths, strict=True))
        if min(widths) >= _NARROWEST and (tall + _AROUND) * scale <= _SIZES[paper][1]:
            return scale
    return None


def _tall(tree: Tree, part: _Part, width: int) -> float:
    """How tall a drawing is, with its title."""
    heights: dict[str, float] = {}
    for label, _ in reversed(_rows(tree, part)):
        own = _height(tree.box(label), width) + (_ONWARD if label in part.cut else 0)
        heights[label] = max(own, sum(heights[child] for child in _shown_below(tree, part, label)))
    return _TITLE + max(_height(tree.box(part.head), width) + _ONWARD, sum(heights[label] for label in part.behind))


def _leg(tree: Tree, leg: MapLeg, paper: Paper) -> Iterator[_Part]:
    """The parts of one leg: a branch that finds no room is cut off and goes on by itself."""
    nodes = [node.label for node in tree.nodes if node.leg == leg.leg]
    packing = _Packing(tree, paper)
    for label in reversed(nodes):
        packing.take(label)
    tops = [label for label in tree.below[EFFECT] if tree.of[label].leg == leg.leg]
    groups = packing.groups(tops)
    cut = frozenset(packing.cut)
    yield from (_Part(EFFECT, group, leg.asks, cut) for group in groups)
    for label in nodes:
        if label in cut:
            title = f"{leg.asks} What lies behind {label}"
            yield from (_Part(label, group, title, cut) for group in packing.groups(tree.below[label]))


class _Packing:
    """Which branches of a tree are cut off so that what is left finds room on a sheet.

    Answers are taken from the last to the first, so that what stands behind one is settled before it.
    """

    def __init__(self, tree: Tree, paper: Paper) -> None:
        wide, tall = _SIZES[paper]
        self.tree = tree
        self.room = tall / _LEAST - _AROUND - _TITLE - _ONWARD
        self.deepest = math.floor((wide / _LEAST - 2 + _GAP) / (_USUAL + _GAP)) - 1
        self.cut: set[str] = set()
        self._heights: dict[str, float] = {}
        self._depths: dict[str, int] = {}

    def take(self, label: str) -> None:
        """Settle what stands right behind an answer, and the answer itself."""
        behind = self.tree.below.get(label, [])
        for child in behind:
            if self._depths[child] >= self.deepest:
                self._off(child)
        self._settle(behind)
        own = _height(self.tree.box(label), _USUAL)
        self._depths[label] = 1 + max((self._depths[child] for child in behind), default=0)
        self._heights[label] = max(own, sum(self._heights[child] for child in behind))
        if self._heights[label] > max(own, self.room):
            self._off(label)

    def groups(self, behind: Sequence[str]) -> list[tuple[str, ...]]:
        """The answers behind one, by sheets; more than one sheet only where there are too many to stand together."""
        self._settle(behind)
        groups: list[list[str]] = [[]]
        taken = 0.0
        for label in behind:
            if groups[-1] and taken + self._heights[label] > self.room:
                groups.append([])
                taken = 0.0
            groups[-1].append(label)
            taken += self._heights[label]
        return [tuple(group) for group in groups]

    def _settle(self, behind: Sequence[str]) -> None:
        while sum(self._heights[child] for child in behind) > self.room:
            candidates = [child for child in behind if child not in self.cut and self.tree.below.get(child)]
            if not candidates:
                break
            self._off(max(candidates, key=self._heights.__getitem__))

    def _off(self, label: str) -> None:
        self.cut.add(label)
        self._heights[label], self._depths[label] = _height(self.tree.box(label), _USUAL) + _ONWARD, 1
