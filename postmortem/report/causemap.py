"""The cause map: as columns of cards in a report, one a leg (R21, R22), and from left to right for the wall.

Both stand flat and in reading order, however deep the tree is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from postmortem.record import whys
from postmortem.record.base import zone
from postmortem.record.errors import DataError, Problem, near
from postmortem.record.moments import long_day
from postmortem.record.vocabulary import LEGS, UNCLASSIFIED, Category, Leg
from postmortem.report import redaction, sheets
from postmortem.report.maps import PAPERS, MapBox, MapLeg, MapNode, MapSummary, Paper, ReadBack
from postmortem.report.summary import CategoryMark, LegColumn, RootMark, WhyCard
from postmortem.report.wording import clean, counted, duration, first_up, listed, sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from typing import Literal

    from postmortem.record.incident import Cause, Incident, Why
    from postmortem.record.playbook import Playbook

_DEEPEST_INDENT: Final = 4
_KINDS: Final = {"confirmed": "Root", "possible": "Possible root", "ruled out": "Root, ruled out"}


def mark_of(category: Category | None) -> CategoryMark:
    """The shape that stands for a category; a category is always shape and word as well as colour.

    Examples:
        >>> mark_of("outside our control"), mark_of(None)
        ('outside', 'unclassified')
    """
    if category == "outside our control":
        return "outside"
    return category or "unclassified"


def columns(incident: Incident, playbook: Playbook, hide: Callable[[str], str]) -> tuple[LegColumn, ...]:
    """The legs that were asked, each with its answers in reading order.

    Args:
        incident: The record, as its audience may see it.
        playbook: For the question of each leg.
        hide: What is done to the ids that people chose.
    """
    cards: dict[str, list[WhyCard]] = {leg: [] for leg in LEGS}
    for leg, card in _cards(incident, hide):
        cards[leg].append(card)
    return tuple(
        LegColumn(leg=first_up(leg), asks=playbook.whys.legs[leg], cards=tuple(cards[leg]))
        for leg in LEGS
        if cards[leg]
    )


def _cards(incident: Incident, hide: Callable[[str], str]) -> Iterator[tuple[str, WhyCard]]:
    labels = whys.labels(incident)
    family: dict[str | None, list[Why]] = {}
    for why in incident.whys:
        family.setdefault(why.parent, []).append(why)
    joins = {why.id: why.join for why in incident.whys}
    roots = {cause.why: cause for cause in incident.causes}
    indents: dict[str, int] = {}
    legs: dict[str, str] = {}
    above = last = ""
    for why, _ in whys.walk(incident):
        leg = legs[why.parent] if why.parent else why.leg or "occurrence"
        above = above if leg == last else ""
        legs[why.id] = leg
        siblings = family[why.parent]
        if why.parent is None:
            siblings = [other for other in siblings if (other.leg or "occurrence") == leg]
        place = siblings.index(why)
        forked = why.parent is not None and len(siblings) > 1
        indents[why.id] = (indents[why.parent] if why.parent else 0) + forked
        link, beside = ("why?" if why.parent else ""), ""
        if place:
            link = joins[why.parent] if why.parent else incident.join
            beside = labels[siblings[place - 1].id]
        root = roots.get(why.id)
        yield (
            leg,
            WhyCard(
                label=labels[why.id],
                text=clean(why.text) or "Not answered yet",
                status=why.status,
                indent=min(indents[why.id], _DEEPEST_INDENT),
                link=link,
                beside=beside if place and above != siblings[place - 1].id else "",
                notes=tuple(f"{evidence.kind}: {clean(evidence.text)}" for evidence in why.evidence),
                root=_root(root, hide),
            ),
        )
        above, last = why.id, leg


def _root(root: Cause | None, hide: Callable[[str], str]) -> RootMark | None:
    if root is None:
        return None
    return RootMark(id=hide(root.id), category=root.category or UNCLASSIFIED, mark=mark_of(root.category))


def map_sentence(incident: Incident, playbook: Playbook) -> str:
    """What is to be known of the map as a whole: which questions were not asked."""
    if not incident.whys:
        return "Nobody has asked why yet."
    asked = {why.leg or "occurrence" for why in incident.whys if why.parent is None}
    missing = [f"“{playbook.whys.legs[leg]}”" for leg in LEGS if leg not in asked]
    return f"Not asked: {listed(missing)}" if missing else ""


def cause_map(
    incident: Incident,
    playbook: Playbook,
    *,
    audience: Literal["team", "manager"] = "team",
    now: datetime,
    paper: Paper = "A3",
) -> MapSummary:
    """The whole tree of an incident from left to right: for the wall, as text for an e-mail, for Mermaid.

    Args:
        incident: The record.
        playbook: For the question of each leg.
        audience: `team` sees all; for `manager` no word of the customer's name or contact is in it.
        now: The instant it is made, for its date.
        paper: What is printed on, landscape: a large map takes several sheets.

    Raises:
        DataError: If it is for anyone else, such a paper is not known, or `now` has no offset.

    Examples:
        >>> from datetime import UTC, datetime
        >>> from postmortem.record import Incident, default_playbook
        >>> tree = whys.answer(Incident(title="Line dead at Mill Lane"), None, "Left unplugged")
        >>> drawn = cause_map(tree, default_playbook(), now=datetime(2026, 3, 20, tzinfo=UTC))
        >>> drawn.nodes[0].label, drawn.sentence
        ('O1', 'No root is marked yet.')
    """
    _asked_well(audience, now, paper)
    hide: Callable[[str], str] = str
    if audience == "manager":
        hide = redaction.of_customer(incident.customer.name, incident.customer.contact)
        incident = redaction.with_texts(incident, hide, redaction.vocabulary(playbook))
    nodes = tuple(_nodes(incident, hide))
    asked = {node.leg for node in nodes}
    legs = tuple(MapLeg(leg=leg, asks=playbook.whys.legs[leg]) for leg in LEGS if leg in asked)
    effect = sentence(first_up(clean(incident.impact.happened))) or clean(incident.title)
    notes = tuple(_lost(incident))
    first = MapBox(number="", lead="What the customer met", text=effect, notes=notes, column=1, row=1, rows=1)
    tree = sheets.Tree(first, incident.join, legs, nodes)
    made_on = long_day(now.astimezone(zone(incident.zone)).date())
    revision = f"revision {incident.revision}" if incident.revision else "not saved yet"
    head = ", ".join(filter(None, (f"Cause map {hide(incident.id)}".strip(), revision, made_on)))
    labels = whys.labels(incident)
    return MapSummary(
        audience=audience,
        id=hide(incident.id),
        heading=clean(incident.title),
        revision=incident.revision,
        made_on=made_on,
        head=f"{head}. {'Team' if audience == 'team' else 'Manager'} copy",
        sentence=_roots_sentence(nodes),
        effect=effect,
        notes=notes,
        join=incident.join,
        legs=legs,
        nodes=nodes,
        read_back=tuple(
            ReadBack(label=labels[node.id], lines=tuple(map(clean, whys.read_back(incident, node.id))))
            for node, _ in whys.walk(incident)
            if whys.root_at(incident, node.id) and node.status != "ruled out" and clean(node.text)
        ),
        not_asked=map_sentence(incident, playbook),
        paper=paper,
        screen=sheets.screen(tree),
        sheets=sheets.sheets(tree, paper),
    )


def _asked_well(audience: str, now: datetime, paper: str) -> None:
    problems = []
    if audience == "customer":
        found = "a customer gets no cause map: it tells how we work inside"
        problems.append(Problem("audience", found, "write them the letter: the report for the audience customer"))
    elif audience not in {"team", "manager"}:
        hint = near(str(audience), ["team", "manager"])
        remedy = f"did you mean {hint!r}?" if hint else ""
        problems.append(Problem("audience", f"expected team or manager, found {audience!r}", remedy))
    if paper not in PAPERS:
        problems.append(Problem("paper", f"expected A3 or A4, found {paper!r}"))
    if now.utcoffset() is None:
        problems.append(Problem("now", f"expected an instant with its offset, found {now.isoformat()}"))
    if problems:
        raise DataError("cause map", problems)


def _nodes(incident: Incident, hide: Callable[[str], str]) -> Iterator[MapNode]:
    labels = whys.labels(incident)
    roots = {cause.why: cause for cause in incident.causes}
    legs: dict[str, Leg] = {}
    for why, depth in whys.walk(incident):
        legs[why.id] = legs[why.parent] if why.parent else why.leg or "occurrence"
        yield MapNode(
            label=labels[why.id],
            id=hide(why.id),
            parent=labels[why.parent] if why.parent else "",
            leg=legs[why.id],
            depth=depth,
            text=clean(why.text),
            status=why.status,
            join=why.join,
            evidence=tuple(f"{first_up(evidence.kind)}: {clean(evidence.text)}" for evidence in why.evidence),
            root=(root := _root(roots.get(why.id), hide)),
            kind=f"{_KINDS[why.status]}: {root.category}" if root else "",
        )


def _roots_sentence(nodes: tuple[MapNode, ...]) -> str:
    states = [node.status for node in nodes if node.root]
    sure, possible, out = (states.count(state) for state in ("confirmed", "possible", "ruled out"))
    if not states:
        return "No root is marked yet." if nodes else "Nobody has asked why yet."
    parts = [counted(sure, "root") if sure else "", f"{possible} possible" if possible else ""]
    told = ", ".join(filter(None, (*parts, f"{out} ruled out" if out else "")))
    return f"{told}." if sure else f"No confirmed root; {told}."


def _lost(incident: Incident) -> Iterator[str]:
    impact = incident.impact
    if clean(impact.expected):
        yield sentence(f"Expected: {clean(impact.expected)}")
    people = counted(impact.customers, "customer") if impact.customers else ""
    each = f"{duration(impact.customer_min)} lost" if impact.customer_min else ""
    if people or each:
        both = people and each
        yield sentence(f"{people}, {each}{' each' if (impact.customers or 0) > 1 else ''}" if both else people or each)
