"""Writers that are killed in the middle of their saves, again and again: what was acknowledged stands.

Run as `python benchmarks/kill.py [--kills 500] [--database sqlite|postgresql]`; prints a Markdown table.

A child saves and writes down each save that came back; it is killed (SIGKILL) at a random moment. On PostgreSQL the
whole server is killed some of the times too, with every process it has, and started again. After each kill: every
acknowledged word stands in its incident, what was under way stands as a whole or not at all, nothing stands that nobody
wrote, the store is sound, and the flat tables equal those made again from the documents. It needs a system that forks.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from select import select
from typing import TYPE_CHECKING, Any

from postmortem.record import whys
from postmortem.record.edit import changed
from postmortem.record.incident import Incident
from postmortem.store import StoreError, open_store
from tests.postgres import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from postmortem.store import Store

SEED = 20260307
SHARED = 8
"""How many incidents the children go on writing in; the others are new ones."""
LONGEST_S = 0.25
"""The longest time that a child may write."""
BEGINS = 0.8
"""How many of the children live until they begin to write, however slow the machine."""
FRESH_AFTER = 50
"""How many kills one store lives through, so that comparing all of it stays quick."""
TABLES = ("incidents", "causes", "actions", "action_causes", "factors", "steps")


def words(incident: Incident) -> Counter[str]:
    """Every word that was written into an incident, with how often it stands there."""
    return Counter([*incident.learned, *(why.text for why in incident.whys), *incident.tags])


# ------------------------------------------------------------------------------------------------------------ the child


def write(url: str, name: str, told: int, seed: int) -> None:
    """Save until killed, and say before each save what is saved, and after it that it was.

    Args:
        url: The store.
        name: What every word begins with.
        told: The end of a pipe.
        seed: What the kinds of the saves follow from.
    """
    draw = random.Random(seed)  # noqa: S311 - made-up work, not a secret
    number = 0

    def tell(kind: str, what: object) -> None:
        os.write(told, (json.dumps([kind, what]) + "\n").encode())

    with open_store(url) as store:
        while True:
            number += 1
            word = f"{name}-{number}"
            tell("begun", word)
            try:
                tell("kept", [word, *_one(store, draw, word)])
            except StoreError:
                tell("unknown", word)


def _one(store: Store, draw: random.Random, word: str) -> list[str]:
    """Save in one of the ways there are, and give the ids of the incidents that hold the word then."""
    how = draw.random()
    if how < 0.1:
        return [store.save(Incident(title="New", tags=(word,)), by="Ana").id]
    if how < 0.2:
        # All of them or none: whichever stands tells for all.
        store.save_many([Incident(title=f"{word} {row}", tags=(word,)) for row in range(3)], by="Ana")
        return [summary.incident_id for summary in store.list(text=word)]
    identifier = f"shared-{draw.randrange(SHARED)}"
    incident = store.load(identifier)
    if how < 0.6:
        new = changed(incident, learned=(*incident.learned, word))
    else:
        parent = draw.choice([None, *(why.id for why in incident.whys if len(whys.path(incident, why.id)) < 5)])
        new = whys.answer(incident, parent, word)
    return [store.save(new, by="Ana", coalesce=how < 0.4).id]


# ----------------------------------------------------------------------------------------------------------- the parent


@dataclass
class Told:
    """What a child told before it died."""

    kept: dict[str, list[str]] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)

    def take(self, lines: str) -> None:
        """Take in what was read from the pipe; a last line that was cut off says nothing."""
        for line in lines.splitlines():
            try:
                kind, what = json.loads(line)
            except ValueError:
                continue
            if kind == "begun":
                self.unsure.add(what)
            elif kind == "kept":
                word, *places = what
                self.unsure.discard(word)
                self.kept[word] = places


@dataclass
class Outcome:
    """What became of all kills; everything from `lost` on must be nothing."""

    database: str
    kills: int = 0
    of_the_server: int = 0
    acknowledged: int = 0
    under_way_kept: int = 0
    under_way_gone: int = 0
    lost: int = 0
    twice: int = 0
    invented: int = 0
    halved: int = 0
    unsound: int = 0
    rows_differ: int = 0
    seconds: float = 0.0

    @property
    def wrong(self) -> int:
        """How much went wrong."""
        return self.lost + self.twice + self.invented + self.halved + self.unsound + self.rows_differ


def killed(url: str, name: str, draw: random.Random, crash: Callable[[], None] | None = None) -> Told:
    """Let a child write for a random time, most often from its first word on, and kill it.

    Args:
        url: The store.
        name: What its words begin with.
        draw: Where the moments come from.
        crash: Kills the server and starts it again, while the child goes on; left out where it is spared.
    """
    reading, writing = os.pipe()
    seed = draw.randrange(1 << 30)
    child = os.fork()
    if not child:
        os.close(reading)
        try:
            write(url, name, writing, seed)
        finally:
            os._exit(1)
    os.close(writing)
    if draw.random() < BEGINS:
        select([reading], [], [])
    time.sleep(draw.uniform(0, LONGEST_S))
    if crash is not None:
        crash()
        time.sleep(draw.uniform(0, LONGEST_S))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    told = Told()
    with os.fdopen(reading, encoding="utf-8") as pipe:
        told.take(pipe.read())
    return told


def judge(store: Store, kept: dict[str, list[str]], unsure: set[str], outcome: Outcome) -> None:
    """Compare a store with everything that its writers were told."""
    # Nobody writes any more: what a killed child had left to the server is over once it is our turn.
    store.seal("shared-0")
    there: dict[str, Counter[str]] = {incident.id: words(incident) for incident in store.incidents()}
    places: Counter[str] = Counter()
    for found in there.values():
        outcome.twice += sum(1 for count in found.values() if count > 1)
        places.update(found.keys())
    for word, ids in kept.items():
        outcome.lost += not ids or any(word not in there.get(identifier, ()) for identifier in ids)
        outcome.twice += places[word] > len(ids)
    outcome.invented += len(set(places) - set(kept) - unsure)
    outcome.halved += sum(1 for word in unsure if places[word] not in {0, 1, 3})
    outcome.unsound += len(store.check())
    before = store.tables()
    store.rebuild_tables()
    after = store.tables()
    outcome.rows_differ += sum(1 for name in TABLES if not getattr(before, name).equals(getattr(after, name)))


@contextmanager
def place(database: str, server: Server | None) -> Iterator[str]:
    """The address of a new store with the shared incidents in it."""
    with tempfile.TemporaryDirectory() as folder:
        url = server.url(server.create()) if server else f"sqlite:///{Path(folder) / 'postmortem.db'}"
        with open_store(url) as store:
            store.save_many(Incident(title="Shared", id=f"shared-{number}") for number in range(SHARED))
        yield url
        if server:
            server.drop(url.rpartition("/")[2])
    assert database in url


def run(database: str, kills: int, *, seed: int = SEED, server: Server | None = None) -> Outcome:
    """Kill writers of one database, and see after each what stands.

    Args:
        database: `sqlite` or `postgresql`.
        kills: How often.
        seed: What moments and work follow from, as far as a machine repeats itself.
        server: The server of PostgreSQL.
    """
    draw = random.Random(seed)  # noqa: S311 - random moments, not a secret
    outcome, started = Outcome(database), time.perf_counter()

    def crash() -> None:
        assert server is not None
        server.kill()
        time.sleep(draw.uniform(0, LONGEST_S))
        server.start()
        outcome.of_the_server += 1

    while outcome.kills < kills:
        with place(database, server) as url:
            kept: dict[str, list[str]] = {}
            unsure: set[str] = set()
            for _ in range(min(FRESH_AFTER, kills - outcome.kills)):
                outcome.kills += 1
                strikes = server is not None and draw.random() < 0.3
                told = killed(url, f"w{outcome.kills}", draw, crash if strikes else None)
                kept |= told.kept
                unsure |= told.unsure
                with open_store(url) as store:
                    judge(store, kept, unsure, outcome)
                    found = set().union(*(words(incident) for incident in store.incidents()))
                outcome.acknowledged += len(told.kept)
                outcome.under_way_kept += len(told.unsure & found)
                outcome.under_way_gone += len(told.unsure - found)
                if outcome.wrong:
                    print(f"after kill {outcome.kills} of {database}: {outcome}", file=sys.stderr)
    outcome.seconds = time.perf_counter() - started
    return outcome


def table(outcomes: list[Outcome]) -> str:
    """The outcomes as a Markdown table."""
    heads = (
        "database", "kills", "of them with the server", "saves acknowledged", "under way: kept", "under way: gone",
        "**lost**", "**twice**", "**invented**", "**halved**", "**unsound**", "**rows that differ**", "time",
    )  # fmt: skip
    rows: list[tuple[Any, ...]] = [
        (
            each.database, each.kills, each.of_the_server, f"{each.acknowledged:,}", each.under_way_kept,
            each.under_way_gone, each.lost, each.twice, each.invented, each.halved, each.unsound, each.rows_differ,
            f"{each.seconds:.0f} s",
        )
        for each in outcomes
    ]  # fmt: skip
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in (heads, ("---",) * len(heads), *rows))


def main() -> None:
    """Kill, and print what became of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=500, help="how often, for each database (500)")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), help="one of them only")
    asked = parser.parse_args()
    outcomes = []
    if asked.database != "postgresql":
        outcomes.append(run("sqlite", asked.kills))
    if asked.database != "sqlite":
        with Server(durable=True) as server:
            outcomes.append(run("postgresql", asked.kills, server=server))
    print(table(outcomes))
    sys.exit(any(outcome.wrong for outcome in outcomes))


if __name__ == "__main__":
    main()
