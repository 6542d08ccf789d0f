"""What a page shows, as plain values: every word and number is made once; HTML, Markdown and JSON only lay it out.

A value holds texts as they are read, in the incident's zone. What an audience may not see is not in its summary.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from postmortem.record.base import Value

Audience = Literal["team", "manager", "customer"]
AUDIENCES: tuple[Audience, ...] = ("team", "manager", "customer")

CategoryMark = Literal["training", "understanding", "motivation", "system", "outside", "unclassified"]
Anchor = Literal["start", "middle", "end"]


class Fact(Value):
    """One thing to know before reading on."""

    name: str
    said: str
    note: str = ""


class Label(Value):
    """Words in a drawing, in its units."""

    x: float
    y: float
    text: str
    anchor: Anchor = "start"
    bold: bool = False


class Segment(Value):
    """A stretch of time in a drawing: not known to us, being put right, or not put right yet."""

    x: float
    width: float
    kind: Literal["unknown", "ours", "open"]


class Stem(Value):
    """A line from an instant's words down to the band."""

    x: float
    top: float


class Band(Value):
    """The key instants to scale, as numbers for a drawing.

    Attributes:
        width: Width of the drawing in its own units.
        height: Height of the drawing.
        top: Where the band begins.
        alt: The same in a sentence, for who doesn't see the drawing.
    """

    width: float
    height: float
    top: float
    segments: tuple[Segment, ...]
    stems: tuple[Stem, ...]
    labels: tuple[Label, ...]
    inside: tuple[Label, ...] = ()
    alt: str


class Seen(Value):
    """One moment of the timeline."""

    when: str
    iso: str = ""
    text: str
    seen_by: str = ""


class Timeline(Value):
    """What happened, in order."""

    sentence: str = ""
    band: Band | None = None
    moments: tuple[Seen, ...] = ()


class RootMark(Value):
    """That a why is a root, and of which kind."""

    id: str
    category: str
    mark: CategoryMark


class WhyCard(Value):
    """One answer in the cause map, in reading order.

    Attributes:
        label: Its place in the tree, such as O1.2.
        indent: How many forks it lies below.
        link: The word on the line above it: why?, and, or; empty for the first.
        beside: The label of the answer it stands beside, where that is not the card right above.
    """

    label: str
    text: str
    status: str
    indent: int = 0
    link: str = ""
    beside: str = ""
    notes: tuple[str, ...] = ()
    root: RootMark | None = None


class LegColumn(Value):
    """One of the three questions with its answers (R22)."""

    leg: str
    asks: str
    cards: tuple[WhyCard, ...]


class CauseRow(Value):
    """One root with its kind and the reason for it (R28)."""

    id: str
    text: str
    status: str
    category: str
    mark: CategoryMark
    subcategory: str = ""
    reason: str = ""
    trail: str = ""
    notes: tuple[str, ...] = ()
    answered: str = ""


class ActionRow(Value):
    """One action (R33 to R36). `boxes` is its strength as 1 to 3, 0 where no form is chosen."""

    id: str
    text: str
    kind: str
    answers: str = ""
    form: str = ""
    strength: str = ""
    boxes: int = 0
    owner: str = ""
    state: Literal["done", "overdue", "due", "no date"]
    when: str = ""
    late: str = ""
    effect: str = ""
    effect_state: Literal["", "unknown", "held", "not held"] = ""
    notes: tuple[str, ...] = ()


class StepRow(Value):
    """One step of the handling (R12); a part of another step has no number of its own."""

    number: int
    text: str
    apology: bool
    state: Literal["done", "to do", "not needed"]
    is_part: bool = False
    late: str = ""
    when: str = ""
    by: str = ""
    notes: tuple[str, ...] = ()


class Handling(Value):
    """How the customer was treated (R11 to R20)."""

    title: str
    sentence: str
    steps: tuple[StepRow, ...]
    notes: tuple[str, ...] = ()


class Promise(Value):
    """What one person will do differently, as they allowed it to be read (R38)."""

    text: str
    who: str = ""


class ListSheet(Value):
    """A checklist (R37)."""

    name: str
    job: str = ""
    version: int = 1
    items: tuple[str, ...] = ()


class SourceMark(Value):
    """Where the record came from. `url` is empty unless it leads to a web page."""

    text: str
    url: str = ""


class IncidentSummary(Value):
    """What every report of one incident has.

    Attributes:
        kind: Names the shape for who reads the JSON.
        id: The incident's id, to quote.
        heading: The document's title.
        made_on: The day it was made, in the incident's zone.
    """

    kind: Literal["review", "letter"]
    audience: Audience
    id: str
    heading: str
    made_on: str


class ReviewSummary(IncidentSummary):
    """The report for the team and, without whoever the customer is, for a manager (R41)."""

    kind: Literal["review", "letter"] = "review"
    revision: int
    overline: str
    lead: str
    facts: tuple[Fact, ...]
    timeline: Timeline
    legs: tuple[LegColumn, ...]
    map_sentence: str
    causes: tuple[CauseRow, ...]
    causes_sentence: str
    factors: str = ""
    actions: tuple[ActionRow, ...]
    actions_sentence: str
    handling: Handling
    learned: tuple[str, ...]
    promises: tuple[Promise, ...]
    checklists: tuple[ListSheet, ...] = ()
    beside: tuple[Fact, ...] = ()
    source: SourceMark | None = None
    foot: str = ""


class Vow(Value):
    """Something that will be different, with its day. Each is an action of the record."""

    when: str
    text: str


class LetterLabels(Value):
    """The headings of a letter, in its language.

    Attributes:
        language: The code of the language.
        working: What stands in place of what we did while there is nothing yet.
    """

    language: str
    story: str
    did: str
    vows: str
    reach: str
    working: str


class LetterSummary(IncidentSummary):
    """The letter to the customer (R41): the admission first, nothing of how we work inside.

    Attributes:
        admission: What happened; then whose mistake it was, and that we are sorry.
        reach: How to reach us, as a sentence.
        contact: A number or address to reach us at.
        labels: The headings, for the page alone.
    """

    kind: Literal["review", "letter"] = "letter"
    greeting: str
    admission: tuple[str, str]
    story: tuple[str, ...] = ()
    band: Band | None = None
    did: tuple[str, ...] = ()
    vows: tuple[Vow, ...] = ()
    vows_sentence: str
    reach: str
    contact: str = ""
    closing: tuple[str, ...] = ()
    signed: str
    labels: LetterLabels = Field(exclude=True)


class ChartBlock(Value):
    """One chart with all that stands around it.

    Attributes:
        key: Its name in the page, the same whatever the data are.
        light: The figure as JSON for plotly.js, in light colours; empty where there is nothing to draw.
        dark: The same in dark colours.
        height: Height of the figure in pixels.
        least: How wide it has to be, in pixels; a narrower page moves it.
        columns: Heads of the table.
        rows: The numbers, as they are read.
        empty: Why there is nothing to draw, and what to do about it.
    """

    key: str
    question: str
    title: str
    subtitle: str
    verdict: str
    why: str
    alternative: str
    columns: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: int = 0
    empty: str = ""
    height: int = 0
    least: int = 0
    light: str = ""
    dark: str = ""


class Chapter(Value):
    """Some charts that answer one question together."""

    key: str
    title: str
    charts: tuple[ChartBlock, ...]


class AnswerFact(Value):
    """One number that the answer stands on, and the chart it comes from."""

    said: str
    note: str
    chart: str = ""


class PortfolioSummary(Value):
    """Many incidents on a page: one answer, and the charts it comes from (R42, R43)."""

    kind: Literal["portfolio"] = "portfolio"
    heading: str
    made_on: str
    data_to: str
    filters: str
    count: str
    answer: str
    facts: tuple[AnswerFact, ...]
    caveat: str
    chapters: tuple[Chapter, ...]
    foot: str
