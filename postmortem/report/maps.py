"""What a cause map shows, as plain values: the answers in reading order, and where each box stands on which sheet."""

from __future__ import annotations

from typing import Literal

from postmortem.record.base import Value
from postmortem.record.vocabulary import Join, Leg, WhyStatus
from postmortem.report.summary import RootMark

Paper = Literal["A3", "A4"]
PAPERS: tuple[Paper, ...] = ("A3", "A4")


class MapNode(Value):
    """One answer to "why?". The answers stand flat and in reading order, so that any depth can be told.

    Attributes:
        label: Its place in the tree, such as O1.2; no two are the same.
        id: Its id in the record.
        parent: The label of the answer it explains; empty for what explains the incident itself.
        depth: How many whys were asked to come here; the first answer has depth 1.
        text: The answer; empty where nobody has written it yet.
        join: How the answers below it belong together: `and` needed together, `or` side by side.
        evidence: What it was seen from, each with its kind before it.
        kind: Of a root: that it is one and of which category, in words.
    """

    label: str
    id: str
    parent: str
    leg: Leg
    depth: int
    text: str
    status: WhyStatus
    join: Join
    evidence: tuple[str, ...] = ()
    root: RootMark | None = None
    kind: str = ""


class MapLeg(Value):
    """One of the three questions (R22), if somebody asked it."""

    leg: Leg
    asks: str


class ReadBack(Value):
    """A branch read from its root to what the customer met, a clause a line (R25)."""

    label: str
    lines: tuple[str, ...]


class MapBox(Value):
    """One box of the drawing and the place it takes in the grid; columns and rows count from 1.

    Attributes:
        number: The label of the answer; empty for what the customer met.
        lead: The question of its leg, on a first answer; or what the first box holds.
        status: Empty for what the customer met.
        notes: Evidence, shortened where it is long.
        rows: How many rows it spans: as many as there are last answers behind it.
        place: Where it stands among the boxes that explain the same one; empty for the first box of a drawing.
        gate: How the boxes behind it belong together, where there are several.
        beside: How it belongs together with the first answer above it in its leg.
        onward: Where its branch goes on, if on another sheet.
    """

    number: str
    lead: str = ""
    text: str
    status: Literal["", "possible", "confirmed", "ruled out"] = ""
    notes: tuple[str, ...] = ()
    root: RootMark | None = None
    kind: str = ""
    column: int
    row: int
    rows: int
    place: Literal["", "only", "first", "middle", "last"] = ""
    stem: bool = False
    gate: Literal["", "and", "or"] = ""
    beside: Literal["", "and", "or"] = ""
    onward: str = ""


class MapDrawing(Value):
    """Boxes that hang together.

    Attributes:
        title: Which question it is about, where it isn't the whole map.
        columns: How many columns of boxes there are.
        width: How wide a column is, in CSS pixels before the scale of its sheet.
    """

    title: str = ""
    columns: int
    width: int
    boxes: tuple[MapBox, ...]


class MapSheet(Value):
    """What stands on one sheet of paper.

    Attributes:
        title: Which of how many; empty where it is the only one.
        scale: How much smaller than on a screen it is printed; 1 is as large.
    """

    title: str = ""
    scale: float
    drawings: tuple[MapDrawing, ...]


class MapSummary(Value):
    """The cause map of one incident for the team or for a manager (R21 to R25, R41).

    Attributes:
        kind: Names the shape for who reads the JSON.
        head: Which record and revision, of which day, for whom.
        sentence: How many roots there are.
        effect: What the customer met.
        notes: What belongs to it: what they had been told, what they lost.
        join: How first answers of one leg belong together.
        screen: The whole map in one drawing.
        sheets: The same on paper, as many sheets as it takes to print no box smaller than one can read.
    """

    kind: Literal["map"] = "map"
    audience: Literal["team", "manager"]
    id: str
    heading: str
    revision: int
    made_on: str
    head: str
    sentence: str
    effect: str
    notes: tuple[str, ...] = ()
    join: Join
    legs: tuple[MapLeg, ...]
    nodes: tuple[MapNode, ...]
    read_back: tuple[ReadBack, ...] = ()
    not_asked: str = ""
    paper: Paper = "A3"
    screen: MapDrawing
    sheets: tuple[MapSheet, ...]
