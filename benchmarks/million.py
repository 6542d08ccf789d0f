"""Ten thousand, a hundred thousand, a million incidents: what importing, keeping and asking costs as a store grows.

    .venv/bin/python benchmarks/million.py --counts 10000 100000
    .venv/bin/python benchmarks/million.py --counts 10000 100000 1000000 --postgres

Makes told incidents (whys, causes, actions, steps, a key in their source) as JSON lines, imports them into an empty
store and asks it, each in a process of its own, beside the driver alone: `executemany` of `sqlite3`, `COPY` of
PostgreSQL, of the very rows that the store then holds. `--postgres` alone starts a private server; a database that it
names must be empty, and is emptied again. Prints tables for `benchmarks/README.md`, with the growth from the smallest
to the largest.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import ExitStack, closing
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(1, str(Path(__file__).parents[1]))

from job import peak_mb
from summary import ratio, size, time

import data
from tests.postgres import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

Result = dict[str, Any]

KEPT = ("documents", "revisions", "incidents", "causes", "actions", "action_causes", "factors", "steps")
"""The tables whose rows the driver alone writes, too."""
FIRST_PAGE = 50
AT_ONCE = 10_000
OWN = "own"


# ------------------------------------------------------------------------------------------- in a process of its own


def make(file: str, count: int) -> Result:
    """Write the incidents as JSON lines, each with a key of its own."""
    with Path(file).open("w", encoding="utf-8") as lines:
        for number, document in enumerate(data.documents(count)):
            source = {"system": "made up", "key": f"M-{number}"}
            print(json.dumps(document | {"source": source}), file=lines)
    return {"file_mb": Path(file).stat().st_size / 1e6}


def fill(file: str, store: str, count: int) -> Result:
    """Read the file and import it into an empty store; then once more, when nothing is new."""
    from postmortem.exchange import import_into, read  # noqa: PLC0415 - what a job needs it loads itself
    from postmortem.store import open_store  # noqa: PLC0415

    open_store("sqlite://").close()  # the libraries behind the store are loaded before the clock starts
    with open_store(store) as opened:
        begun = perf_counter()
        reading = read(file, now=data.NOW)
        done = perf_counter()
        counts = import_into(opened, reading, by="benchmark")
        saved = perf_counter()
        most = peak_mb()
        again = import_into(opened, reading, by="benchmark")
        end = perf_counter()
        assert (count, count, count) == (counts.read, counts.imported, again.unchanged)
    return {"read": done - begun, "save": saved - done, "import": saved - begun, "again": end - saved, "peak_mb": most}


def ask(store: str, what: str, count: int) -> Result:
    """One question to a store, alone in its process; twice, for the second time finds everything loaded."""
    from postmortem.store import open_store  # noqa: PLC0415

    with open_store(store) as opened:
        newest = f"{data.NOW.year - 1}-{10:03d}"
        questions = {
            "first page": lambda: next(iter(_page(opened))),
            "list, one team in one month": lambda: opened.list(team="Crew North", since=_day(-70), until=_day(-41)),
            "list, words": lambda: opened.list(text="M-4711"),
            "list, all": lambda: _all(opened.list(), count),
            "load one": lambda: opened.load(newest),
            "tables": lambda: _all(opened.tables().incidents, count),
        }
        seconds = []
        for _ in range(1 if what in {"list, all", "tables"} else 3):
            begun = perf_counter()
            questions[what]()
            seconds.append(perf_counter() - begun)
    return {"seconds": min(seconds), "peak_mb": peak_mb()}


def _page(opened: Any) -> Iterator[Any]:
    from itertools import islice  # noqa: PLC0415

    yield list(islice(opened.incidents(), FIRST_PAGE))


def _day(days: int) -> Any:
    from datetime import timedelta  # noqa: PLC0415

    return (data.NOW + timedelta(days=days)).date()


def _all(found: Any, count: int) -> None:
    assert count == len(found)


def raw_sqlite(store: str, file: str) -> Result:
    """Write the rows of a store into an empty database with `executemany`, in one transaction."""
    seconds = 0.0
    with closing(sqlite3.connect(store)) as source, closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        shapes = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name = ?"
        for name in KEPT:
            for (statement,) in source.execute(shapes, (name,)).fetchall():
                database.execute(statement)
        for name in KEPT:
            found = source.execute(f"SELECT * FROM {name}")  # noqa: S608 - names that we have chosen
            marks = ",".join("?" * len(found.description))
            while rows := found.fetchmany(AT_ONCE):
                begun = perf_counter()
                database.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608
                seconds += perf_counter() - begun
        begun = perf_counter()
        database.commit()
        seconds += perf_counter() - begun
    return {"seconds": seconds}


def raw_postgres(store: str) -> Result:
    """Write the rows of a store into empty tables of the same shape with `COPY`, in one transaction."""
    import psycopg  # noqa: PLC0415

    seconds = 0.0
    with psycopg.connect(_plain(store)) as source, psycopg.connect(_plain(store)) as target:
        for name in KEPT:
            target.execute(f"CREATE TEMPORARY TABLE raw_{name} (LIKE {name} INCLUDING INDEXES)")  # type: ignore[arg-type]
        for name in KEPT:
            with source.cursor(name=f"all_{name}") as found:
                found.itersize = AT_ONCE
                found.execute(f"SELECT * FROM {name}")  # type: ignore[arg-type] # noqa: S608 - names that we have chosen
                while rows := found.fetchmany(AT_ONCE):
                    begun = perf_counter()
                    with target.cursor() as writer, writer.copy(f"COPY raw_{name} FROM STDIN") as copy:  # type: ignore[arg-type]
                        for row in rows:
                            copy.write_row(row)
                    seconds += perf_counter() - begun
        begun = perf_counter()
        target.commit()
        seconds += perf_counter() - begun
    return {"seconds": seconds}


def weigh(store: str) -> Result:
    """The size of a store, in megabytes."""
    if "postgresql" in store:
        import psycopg  # noqa: PLC0415

        with psycopg.connect(_plain(store)) as database:
            row = database.execute("SELECT pg_database_size(current_database())").fetchone()
            return {"mb": (row[0] if row else 0) / 1e6}
    with closing(sqlite3.connect(store)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return {"mb": Path(store).stat().st_size / 1e6}


def empty(store: str) -> Result:
    """Take everything out of a PostgreSQL database again."""
    import psycopg  # noqa: PLC0415

    with psycopg.connect(_plain(store)) as database:
        database.execute("DROP SCHEMA public CASCADE")
        database.execute("CREATE SCHEMA public")
    return {}


def _plain(store: str) -> str:
    return store.replace("postgresql+psycopg://", "postgresql://")


JOBS = {job.__name__: job for job in (make, fill, ask, raw_sqlite, raw_postgres, weigh, empty)}


# ------------------------------------------------------------------------------------------------------- all together


def run(job: str, **words: object) -> Result:
    """One piece of work in a fresh process."""
    command = [sys.executable, __file__, "--job", job, json.dumps(words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ourselves
    if done.returncode:
        raise SystemExit(f"{job} failed:\n{done.stderr}")
    result: Result = json.loads(done.stdout)
    return result


QUESTIONS = ("first page", "list, one team in one month", "list, words", "list, all", "load one", "tables")


def measured(folder: Path, count: int, postgres: str | None) -> dict[str, Result]:
    """All measures of one size, by database."""
    file, store, raw = (str(folder / f"{count}{suffix}") for suffix in (".jsonl", ".db", "-raw.db"))
    told = run("make", file=file, count=count)
    results: dict[str, Result] = {}
    for kind, address in (("SQLite", store), ("PostgreSQL", postgres)):
        if address is None:
            continue
        print(f"{count:,} in {kind} …", file=sys.stderr, flush=True)
        found = run("fill", file=file, store=address, count=count)
        found |= {"mb": run("weigh", store=address)["mb"], "file_mb": told["file_mb"]}
        for what in QUESTIONS:
            found[what] = run("ask", store=address, what=what, count=count)
        other = run("raw_sqlite", store=address, file=raw) if kind == "SQLite" else run("raw_postgres", store=address)
        results[kind] = found | {"raw": other["seconds"]}
        if kind == "PostgreSQL":
            run("empty", store=address)
    for left in folder.iterdir():
        os.unlink(left)  # noqa: PTH108 - a million incidents take gigabytes: each size makes room for the next
    return results


def lines_of(kind: str, found: dict[int, Result]) -> Iterator[str]:
    """The table of one database: a line for each measure, a column for each size, and the growth."""
    counts = sorted(found)
    few, many = counts[0], counts[-1]
    peer = "executemany" if kind == "SQLite" else "COPY"
    yield f"### {kind}\n"
    yield f"| What | {' | '.join(f'{count:,}' for count in counts)} | growth, of {many / few:g} |"
    yield f"|---|{'---|' * len(counts)}---|"

    def line(what: str, values: list[float], shown: list[str]) -> str:
        return f"| {what} | {' | '.join(shown)} | {values[-1] / values[0]:.1f} |"

    for key, what in (
        ("import", "import"),
        ("read", "… reading and checking"),
        ("save", "… saving"),
        ("again", "import again, nothing new"),
    ):
        values = [found[count][key] for count in counts]
        yield line(what, values, [time(value) for value in values])
    rates = [count / found[count]["import"] for count in counts]
    yield f"| incidents a second | {' | '.join(f'{rate:,.0f}' for rate in rates)} | |"
    raw = [found[count]["raw"] for count in counts]
    yield line(f"the same rows with `{peer}` alone", raw, [time(value) for value in raw])
    ratios = [ratio(found[count]["save"], found[count]["raw"]) for count in counts]
    yield f"| ours for one of theirs, saving | {' | '.join(ratios)} | |"
    for key, what in (("mb", "size of the store"), ("file_mb", "size of the file"), ("peak_mb", "peak memory, import")):
        values = [found[count][key] for count in counts]
        yield line(what, values, [size(value) for value in values])
    for what in QUESTIONS:
        values = [found[count][what]["seconds"] for count in counts]
        yield line(what, values, [time(value) for value in values])
    for what in ("list, all", "tables"):
        values = [found[count][what]["peak_mb"] for count in counts]
        yield line(f"peak memory, {what}", values, [size(value) for value in values])


def main() -> None:
    """Measure every size, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--counts", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--postgres", nargs="?", const=OWN, metavar="URL", help="an empty database; else one is made")
    parser.add_argument("--folder", type=Path, default=None, help="where there is room; else the temporary folder")
    parser.add_argument("--job", nargs=2, default=None, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.job:
        print(json.dumps(JOBS[asked.job[0]](**json.loads(asked.job[1]))))
        return
    kinds: dict[str, dict[int, Result]] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=asked.folder)))
        url = asked.postgres
        if url == OWN:
            server = stack.enter_context(Server(durable=True))
            url = server.url(server.create())
        for count in sorted(asked.counts):
            for kind, found in measured(folder, count, url).items():
                kinds.setdefault(kind, {})[count] = found
    for kind, sizes in kinds.items():
        print("\n".join(lines_of(kind, sizes)), end="\n\n")


if __name__ == "__main__":
    main()
