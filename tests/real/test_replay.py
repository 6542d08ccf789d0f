"""The collected chains, typed into the why stage as a team types them, give the trees that are read from the file."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING

import pytest

from postmortem.exchange import read
from postmortem.record import causes, whys
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


def deeds(incident: Incident) -> list[tuple[str, str, list[str]]]:
    """What will be done: each action with its kind and the words of the roots it answers."""
    words = {cause.id: causes.text(incident, cause) for cause in incident.causes}
    return [(it.text, it.kind, sorted(words[name] for name in it.causes)) for it in incident.actions]


class Hand:
    """Works in panels by events alone, as the browser sends them."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def send(self, panel: StagePanel, kind: str, **event: object) -> None:
        """One event; what it says in the end is that all went well."""
        panel.receive({"type": kind, "n": next(self._numbers), **event})
        assert not panel.head["trouble"]

    def do(self, panel: StagePanel, deed: str, **args: object) -> None:
        """Press something."""
        self.send(panel, "do", do=deed, args=args)


def typed_whys(hand: Hand, panel: StagePanel, incident: Incident) -> None:
    """Enter a tree: ask, write letter by letter, mark the roots."""
    names: dict[str | None, str] = {}
    for why, _ in whys.walk(incident):
        if why.parent is None:
            hand.do(panel, "ask", leg=whys.leg_of(incident, why.id))
        else:
            hand.do(panel, "ask", node=names[why.parent])
        names[why.id] = panel.focus["at"].removeprefix("edit:")
        for end in range(LONGEST_PAUSE, len(why.text) + LONGEST_PAUSE, LONGEST_PAUSE):
            hand.do(panel, "reword", node=names[why.id], text=why.text[:end])
        if whys.root_at(incident, why.id):
            hand.do(panel, "root", node=names[why.id])


def typed_actions(hand: Hand, panel: StagePanel, incident: Incident) -> None:
    """Enter the actions: each under its first root, tied to the others, then written."""
    roots = {causes.text(panel.meeting.incident, it): it.id for it in panel.meeting.incident.causes}
    for action in incident.actions:
        first, *others = [roots[causes.text(incident, causes.find(incident, name))] for name in action.causes]
        hand.do(panel, "plan", cause=first)
        place = str(panel.focus["at"])
        for other in others:
            hand.do(panel, "tie", key=place.split(".")[1], cause=other, on=True)
        hand.send(panel, "put", place=place, value=action.text)


def test_every_chain_that_is_typed_is_the_one_that_is_read(read_ones: tuple[Incident, ...], store: Store):
    """The same texts at the same places, finished ones with their root, and the same actions for the same roots."""
    assert len(read_ones) > 0
    assert any(incident.actions for incident in read_ones)

    for incident in read_ones:
        hand = Hand()
        retro = Retrospective(store, by="Ana", now=lambda: NOW)
        hand.send(retro.stage("tell"), "put", place="title", value=incident.title)
        typed_whys(hand, retro.stage("why"), incident)
        typed_actions(hand, retro.stage("act"), incident)
        kept = store.load(retro.incident.id)

        assert (incident.title, shape(incident), deeds(incident)) == (kept.title, shape(kept), deeds(kept))
