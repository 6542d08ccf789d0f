"""Writers who all work in the same few incidents: nobody's word gets lost, and nobody waits for long.

Run as `python benchmarks/writers.py [--writers 8] [--seconds 60] [--incidents 20] [--database sqlite|postgresql]`;
prints a Markdown table.

Each writer is a process: it loads an incident, adds a word of its own (to a field that only it writes, to one text that
all go on writing, to a list that all write, or to the tree of whys), saves, and tries again on top where somebody else
changed the same. Afterwards every acknowledged word is looked for: in the text, the list and the tree it stands exactly
once, a field holds its writer's last one, and the revision that each save gave holds its word.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from postmortem.record import whys
from postmortem.record.edit import changed
from postmortem.record.incident import Incident
from postmortem.store import ConflictError, StoreError, open_store
from tests.postgres import Server

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.synchronize import Barrier

    from postmortem.store import Revision, Store

SEED = 20260307
FIELDS = ("summary", "team", "service", "kind", "owner", "impact.expected", "impact.happened", "customer.name")
"""A field for each writer that nobody else writes; with more writers they begin anew, and meet."""

TEXT = "customer.contact"
"""The field that all go on writing: whoever comes second is told, and writes on top of the other."""


def with_field(incident: Incident, name: str, word: str) -> Incident:
    """The incident with one field changed; a dot leads into a part."""
    part, _, within = name.rpartition(".")
    if not part:
        return changed(incident, **{within: word})
    return changed(incident, **{part: getattr(incident, part).model_copy(update={within: word})})


def field_of(incident: Incident, name: str) -> str:
    """What a field says."""
    value: Any = incident
    for part in name.split("."):
        value = getattr(value, part)
    return str(value)


@dataclass(frozen=True)
class Word:
    """A word to be written: into which incident, which kind of place, and by whom."""

    incident: str
    kind: str
    text: str
    field: str
    writer: str


@dataclass
class Done:
    """What one writer did.

    Attributes:
        saves: Incident, revision, kind (`field`, `text`, `list` or `tree`) and word of each kept save, in order.
        waits: How long each call of `save` took that came back, in seconds.
        turns: How long each took from the first load until its word was acknowledged, in seconds.
        conflicts: How often somebody else had changed the same.
        busy: How often the store gave up.
    """

    saves: list[tuple[str, int, str, str]] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    turns: list[float] = field(default_factory=list)
    conflicts: int = 0
    busy: int = 0


def work(url: str, number: int, incidents: int, barrier: Barrier, *, seconds: float, at_least: int) -> Done:
    """Write for a while.

    Args:
        url: The store.
        number: Which writer this is.
        incidents: How many incidents there are.
        barrier: Lets all begin at once.
        seconds: How long.
        at_least: How many words, however long they take.
    """
    draw, done, name = random.Random(SEED + number), Done(), f"writer {number}"  # noqa: S311 - made-up work
    own = FIELDS[number % len(FIELDS)]
    with open_store(url) as store:
        len(store)
        barrier.wait()
        end = time.perf_counter() + seconds
        while (begun := time.perf_counter()) < end or len(done.turns) < at_least:
            word, identifier = f"w{number}-{len(done.turns)}", f"shared-{draw.randrange(incidents)}"
            kind = draw.choice(("field", "text", "list", "tree"))
            while not _added(store, done, Word(identifier, kind, word, own, name), draw):
                pass
            done.turns.append(time.perf_counter() - begun)
    return done


def _added(store: Store, done: Done, word: Word, draw: random.Random) -> bool:
    incident = store.load(word.incident)
    if word.kind == "field":
        new = with_field(incident, word.field, word.text)
    elif word.kind == "text":
        new = with_field(incident, TEXT, f"{field_of(incident, TEXT)} {word.text}".strip())
    elif word.kind == "list":
        new = changed(incident, learned=(*incident.learned, word.text))
    else:
        places = [why.id for why in incident.whys if why.parent is None or draw.random() < 0.1]
        new = whys.answer(incident, draw.choice([None, *places]), word.text)
    begun = time.perf_counter()
    try:
        saved = store.save(new, by=word.writer)
    except ConflictError:
        done.conflicts += 1
        return False
    except StoreError:
        done.busy += 1
        return False
    done.waits.append(time.perf_counter() - begun)
    done.saves.append((saved.id, saved.revision, word.kind, word.text))
    return True


@dataclass
class Outcome:
    """What became of it; the four from `lost_updates` on must be nothing."""

    database: str
    writers: int
    seconds: float
    saves: int
    conflicts: int
    merges: int
    busy: int
    p50_ms: float
    p99_ms: float
    longest_ms: float
    longest_turn_ms: float
    fewest: int
    most: int
    lost_updates: int = 0
    lost_words: int = 0
    twice: int = 0
    unsound: int = 0

    @property
    def wrong(self) -> int:
        """How much went wrong."""
        return self.lost_updates + self.lost_words + self.twice + self.unsound


def run(
    database: str, *, writers: int, seconds: float, incidents: int, at_least: int = 0, server: Server | None = None
) -> Outcome:
    """Let writers write, and look for every word afterwards.

    Args:
        database: `sqlite` or `postgresql`.
        writers: How many processes.
        seconds: How long they write.
        incidents: How many incidents they share.
        at_least: How many words each writes, however long that takes.
        server: The server of PostgreSQL.
    """
    with tempfile.TemporaryDirectory() as folder:
        url = server.url(server.create()) if server else f"sqlite:///{Path(folder) / 'postmortem.db'}"
        with open_store(url) as store:
            store.save_many(Incident(title="Shared", id=f"shared-{number}") for number in range(incidents))
        done = _all_at_once(url, writers, incidents, seconds, at_least)
        with open_store(url) as store:
            histories = {incident.id: store.history(incident.id) for incident in store.incidents()}
            outcome = _outcome(database, seconds, done, histories)
            _judge(store, done, histories, outcome)
        if server:
            server.drop(url.rpartition("/")[2])
    return outcome


def _all_at_once(url: str, writers: int, incidents: int, seconds: float, at_least: int) -> list[Done]:
    context = get_context("spawn")
    with context.Manager() as manager, context.Pool(writers) as pool:
        barrier = manager.Barrier(writers)
        jobs = [(url, number, incidents, barrier) for number in range(writers)]
        return pool.starmap(partial(work, seconds=seconds, at_least=at_least), jobs, chunksize=1)


def _outcome(database: str, seconds: float, done: list[Done], histories: dict[str, tuple[Revision, ...]]) -> Outcome:
    waits = sorted(wait * 1000 for each in done for wait in each.waits)
    return Outcome(
        database=database,
        writers=len(done),
        seconds=seconds,
        saves=len(waits),
        conflicts=sum(each.conflicts for each in done),
        merges=sum(revision.deed == "merge" for history in histories.values() for revision in history),
        busy=sum(each.busy for each in done),
        p50_ms=statistics.median(waits),
        p99_ms=waits[int(len(waits) * 0.99)],
        longest_ms=waits[-1],
        longest_turn_ms=max(turn * 1000 for each in done for turn in each.turns),
        fewest=min(len(each.saves) for each in done),
        most=max(len(each.saves) for each in done),
    )


def _judge(store: Store, done: Sequence[Done], histories: dict[str, tuple[Revision, ...]], outcome: Outcome) -> None:
    incidents = {incident.id: incident for incident in store.incidents()}
    documents = {(name, each.number): each.document for name, history in histories.items() for each in history}
    lists = {name: Counter(incident.learned) for name, incident in incidents.items()}
    texts = {name: Counter(field_of(incident, TEXT).split()) for name, incident in incidents.items()}
    trees = {name: Counter(why.text for why in incident.whys) for name, incident in incidents.items()}
    found_in = {"text": texts, "list": lists, "tree": trees}
    last: dict[tuple[str, str], str] = {}
    for number, each in enumerate(done):
        own = FIELDS[number % len(FIELDS)]
        for identifier, revision, kind, word in each.saves:
            outcome.lost_updates += not re.search(rf"\b{word}\b", documents.get((identifier, revision), ""))
            if kind == "field":
                last[identifier, own] = word
            else:
                outcome.lost_words += word not in found_in[kind][identifier]
        if len(done) <= len(FIELDS):
            for (identifier, name), word in last.items():
                outcome.lost_words += name == own and field_of(incidents[identifier], name) != word
    outcome.twice += sum(count > 1 for each in found_in.values() for found in each.values() for count in found.values())
    outcome.unsound += len(store.check())


def table(outcomes: list[Outcome]) -> str:
    """The outcomes as a Markdown table."""
    heads = (
        "database", "writers", "saves per second", "merges", "conflicts", "busy", "p50", "p99", "longest save",
        "longest turn", "saves of a writer", "**lost updates**", "**lost words**", "**twice**", "**unsound**",
    )  # fmt: skip
    rows: list[tuple[Any, ...]] = [
        (
            each.database, each.writers, f"{each.saves / each.seconds:,.0f}", f"{each.merges:,}", f"{each.conflicts:,}",
            each.busy, f"{each.p50_ms:.1f} ms", f"{each.p99_ms:.0f} ms", f"{each.longest_ms:.0f} ms",
            f"{each.longest_turn_ms:.0f} ms", f"{each.fewest:,} to {each.most:,}", each.lost_updates, each.lost_words,
            each.twice, each.unsound,
        )
        for each in outcomes
    ]  # fmt: skip
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in (heads, ("---",) * len(heads), *rows))


def main() -> None:
    """Write, and print what became of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--writers", type=int, default=8, help="how many processes (8)")
    parser.add_argument("--seconds", type=float, default=60, help="how long they write (60)")
    parser.add_argument("--incidents", type=int, default=20, help="how many incidents they share (20)")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), help="one of them only")
    asked = parser.parse_args()
    sizes = {"writers": asked.writers, "seconds": asked.seconds, "incidents": asked.incidents}
    outcomes = []
    if asked.database != "postgresql":
        outcomes.append(run("sqlite", **sizes))
    if asked.database != "sqlite":
        with Server(durable=True) as server:
            outcomes.append(run("postgresql", server=server, **sizes))
    print(table(outcomes))
    sys.exit(any(outcome.wrong for outcome in outcomes))


if __name__ == "__main__":
    main()
