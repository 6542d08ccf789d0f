"""The collected chains, typed into the why stage as a team types them, give the trees that are read from the file."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING

import pytest

from postmortem.exchange import read
from postmortem.record import whys
from postmortem.store import open_store
from postmortem.widgets import Retrospective

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from postmortem.record import Incident
    from postmortem.store import Store
    from postmortem.widgets import StagePanel

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LONGEST_PAUSE = 12
"""Letters between two saves of one who types fast: about a second."""


@pytest.fixture(scope="module")
def read_ones(shared_data: Path) -> tuple[Incident, ...]:
    """The chains as they are read."""
    return tuple(read(shared_data / "fivewhys" / "chains.json", now=NOW).incidents)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with open_store(tmp_path / "postmortem.db", clock=lambda: NOW) as opened:
        yield opened


def shape(incident: Incident) -> list[tuple[str, int, bool, str]]:
    """The tree in reading order: each text with its depth, its leg, and whether it is a root."""
    return [
        (why.text, depth, whys.root_at(incident, why.id) is not None, whys.leg_of(incident, why.id))
        for why, depth in whys.walk(incident)
    ]


def typed(panel: StagePanel, incident: Incident) -> None:
    """Enter a tree by events alone: ask, write letter by letter as the browser sends it, mark the roots."""
    numbers = count(1)
    names: dict[str | None, str] = {}

    def do(deed: str, **args: object) -> None:
        panel.receive({"type": "do", "do": deed, "args": args, "n": next(numbers)})
        assert not panel.head["trouble"]

    for why, _ in whys.walk(incident):
        if why.parent is None:
            do("ask", leg=whys.leg_of(incident, why.id))
        else:
            do("ask", node=names[why.parent])
        names[why.id] = panel.focus["at"].removeprefix("edit:")
        for end in range(LONGEST_PAUSE, len(why.text) + LONGEST_PAUSE, LONGEST_PAUSE):
            do("reword", node=names[why.id], text=why.text[:end])
        if whys.root_at(incident, why.id):
            do("root", node=names[why.id])


def test_every_chain_that_is_typed_is_the_tree_that_is_read(read_ones: tuple[Incident, ...], store: Store):
    """The same texts at the same places, finished ones with their root, unfinished ones without."""
    assert len(read_ones) > 0

    for incident in read_ones:
        retro = Retrospective(store, by="Ana", now=lambda: NOW)
        retro.type("title", incident.title)
        typed(retro.stage("why"), incident)

        assert shape(incident) == shape(store.load(retro.incident.id))


def test_two_who_type_at_once_lose_no_why(read_ones: tuple[Incident, ...], store: Store):
    """Each chain in the kernel of its own person, word for word in turn, into one record."""
    first, second = read_ones[0], read_ones[-1]
    ana, ben = (Retrospective(store, by=name, now=lambda: NOW) for name in ("Ana", "Ben"))
    ana.type("title", first.title)
    ben.open(ana.incident.id)
    turns = [
        (panel, list(whys.walk(incident)))
        for panel, incident in ((ana.stage("why"), first), (ben.stage("why"), second))
    ]
    last: dict[int, dict[int, str]] = {0: {}, 1: {}}
    for place in range(max(len(walk) for _, walk in turns)):
        for who, (panel, walk) in enumerate(turns):
            if place < len(walk):
                why, depth = walk[place]
                under = last[who].get(depth - 1)
                panel.receive({"type": "do", "do": "ask", "args": {"node": under} if under else {"leg": "occurrence"}})
                last[who][depth] = panel.focus["at"].removeprefix("edit:")
                panel.receive({"type": "do", "do": "reword", "args": {"node": last[who][depth], "text": why.text}})

    found = store.load(ana.incident.id)
    expected = {
        tuple(why.text for why in whys.path(one, leaf.id)) for one in (first, second) for leaf in whys.leaves(one)
    }

    assert expected == {tuple(why.text for why in whys.path(found, leaf.id)) for leaf in whys.leaves(found)}
    assert len(first.whys) + len(second.whys) == len(found.whys)


def test_what_was_typed_is_undone_to_the_empty_tree(read_ones: tuple[Incident, ...], store: Store):
    """However many steps it took, and all of it comes back."""
    retro = Retrospective(store, by="Ana", now=lambda: NOW)
    retro.type("title", "Replayed")
    bare = retro.incident.whys
    typed(retro.stage("why"), read_ones[0])
    full = retro.incident.whys
    while retro.incident.whys != bare:
        retro.undo()
    while retro.can_redo:
        retro.redo()

    assert full == store.load(retro.incident.id).whys
