"""Broken files without end: what stands between a file and the store is given whatever chance makes of good files.

    .venv/bin/python benchmarks/fuzz.py --minutes 10

Good files of every suffix that can be read are damaged in the ways of `tests/damage.py`, several at once, and by single
bytes; each is read without a mapping, through a plain one and through every shipped one that takes such a file, then
imported twice. A round fails when something else than a sentence comes out, when rows are lost, when the second import
changes something, or when it takes longer than `--longest` seconds. What failed is kept, and its seed is told: the same
seed makes the same file again (`--seed N --rounds 1`). New suffixes and mappings are found by themselves.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from postmortem._shipped import shipped
from postmortem.exchange import SUFFIXES, Mapping, shipped_mappings
from postmortem.store import Store, open_store
from tests import damage

SEED = 20260307
STORE_FOR = 2_000
"""After so many rounds the store begins anew, so that its size does not slow down the rest."""

WORDS = ("Late", "2026-03-02", "2026-03-02T17:30:00+01:00", "12.50", "", "yes", "Müller & Söhne", "a, b", "7", "Pump")


def rows(draw: random.Random, header: list[str]) -> list[list[str]]:
    """A good table under a header, more or less."""
    return [header, *([draw.choice(WORDS) for _ in header] for _ in range(draw.randrange(1, 8)))]


def record(draw: random.Random, paths: list[str]) -> dict[str, object]:
    """A record of another system, with something at every path."""
    made: dict[str, object] = {}
    for path in paths:
        *above, last = path.split(".")
        place = made
        for step in above:
            below = place.setdefault(step, {})
            place = below if isinstance(below, dict) else {}
        place[last] = draw.choice([*WORDS, 3, None, True, ["a", "b"], {"name": "x"}])
    return made


def names_of(mapping: Mapping) -> list[str]:
    """The columns, or the paths, that a mapping reads."""
    return list(dict.fromkeys([*mapping.columns, *(name for name in mapping.source.key if name != "content")]))


class Seeds:
    """Good files by suffix: our own samples, and tables and records made up for every mapping."""

    def __init__(self) -> None:
        samples = [file.read_bytes() for file in sorted(shipped("data/samples").glob("*.json"))]
        self._documents = [json.loads(text) for text in samples]
        self._mappings = shipped_mappings()

    def make(self, draw: random.Random, suffix: str) -> tuple[bytes, Mapping | None]:
        """A good file, and the mapping it is for."""
        mapping = draw.choice([None, *self._mappings.values()])
        is_json = mapping is not None and getattr(mapping.source, "format", "") == "json"
        if suffix in {".json", ".jsonl", ".ndjson"}:
            if is_json and mapping is not None:
                values: list[object] = [record(draw, names_of(mapping)) for _ in range(draw.randrange(1, 5))]
            else:
                values, mapping = draw.choices(self._documents, k=draw.randrange(1, 4)), None
            if draw.random() < 0.2:
                return draw.choice(list(damage.JSON.values()))(values, draw), mapping
            return _json(values, suffix), mapping
        if suffix in {".csv", ".tsv", ".xlsx", ".xlsm"}:
            header = names_of(mapping) if mapping is not None and not is_json else ["No", "What", "When", "Cost"]
            mapping = mapping if mapping is not None and not is_json else damage.plain_mapping(header)
            table = rows(draw, header)
            if draw.random() < 0.4:
                table = draw.choice(list(damage.TABLES.values()))(table, draw)
            return (damage.table_bytes(table) if suffix in {".csv", ".tsv"} else damage.workbook_bytes(table)), mapping
        return draw.choice((TOLD, OURS)).encode(), None


TOLD = """# Outage of 2 March

## Timeline

- 12:00 it broke
- 13:00 mended

## Action items

| What | Owner | Due |
|---|---|---|
| Ask | Ana | 2026-03-16 |
"""
OURS = "---\ntitle: Late\nteam: Vans\ntags: [a, b]\n---\n\n# Late\n\n## Five whys\n\n1. Full van\n2. No second van\n"


def _json(values: list[object], suffix: str) -> bytes:
    if suffix == ".json":
        return json.dumps(values).encode()
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


def damaged(draw: random.Random, good: bytes) -> bytes:
    """A good file after some damage; now and then after none."""
    for _ in range(draw.choice((0, 1, 1, 1, 2, 3))):
        if good:
            good = draw.choice(list(damage.BYTES.values()))(good, draw)
    for _ in range(draw.choice((0, 0, 1, 2, 8))):
        if good:
            at = draw.randrange(len(good))
            piece = bytes([draw.choice(b'",;\n\r\t\\{}[]:|-#*0\x00\xff=')])
            good = good[:at] + piece + good[at + draw.randrange(2) :]
    return good


def round_of(seed: int, seeds: Seeds, folder: Path, store: Store) -> tuple[str, str, float]:
    """One round: the suffix, what became of the file, and how long it took in seconds.

    Raises:
        AssertionError: If something was lost without a word.
        Exception: Whatever else came out.
    """
    draw = random.Random(seed)  # noqa: S311 - a test's chance
    suffix = draw.choice(SUFFIXES)
    data, mapping = seeds.make(draw, suffix)
    path = folder / f"data{suffix if draw.random() < 0.97 else draw.choice(SUFFIXES)}"
    path.write_bytes(damaged(draw, data))
    begun = time.perf_counter()
    found = damage.fate(path, mapping, store)
    return (
        path.suffix,
        "refused" if found is None else "read" if found else "read, without a row",
        time.perf_counter() - begun,
    )


def main() -> int:
    """Run for some minutes, or some rounds; 1 where a round failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=None, help="stop after so many, whatever the time")
    parser.add_argument("--seed", type=int, default=SEED, help="the first one; each round takes the next")
    parser.add_argument("--longest", type=float, default=10, help="seconds that one file may take")
    parser.add_argument(
        "--keep", type=Path, default=Path(tempfile.gettempdir()) / "broken", help="where to keep what failed"
    )
    asked = parser.parse_args()
    seeds, fates, failed, slowest = Seeds(), Counter[tuple[str, str]](), Counter[str](), (0.0, 0)
    ends, done = time.monotonic() + asked.minutes * 60, 0
    store = open_store("sqlite://")
    with tempfile.TemporaryDirectory() as name:
        while time.monotonic() < ends and done != asked.rounds:
            seed, done = asked.seed + done, done + 1
            if done % STORE_FOR == 0:
                store.close()
                store = open_store("sqlite://")
            try:
                suffix, what, took = round_of(seed, seeds, Path(name), store)
            except Exception as error:  # noqa: BLE001 - whatever comes out is what is looked for
                place = traceback.extract_tb(error.__traceback__)[-1]
                kind = f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
                failed[kind] += 1
                if failed[kind] == 1:
                    asked.keep.mkdir(parents=True, exist_ok=True)
                    file = next(Path(name).iterdir())
                    file.replace(asked.keep / f"{seed}{file.suffix}")
                    traceback.print_exc()
                    print(f"seed {seed}: {kind}", file=sys.stderr, flush=True)
                continue
            fates[suffix, what] += 1
            slowest = max(slowest, (took, seed))
            if took > asked.longest:
                failed["too slow"] += 1
                print(f"seed {seed}: {suffix} took {took:.1f} s", file=sys.stderr, flush=True)
    store.close()
    print(f"{done:,} files; {sum(failed.values()):,} failed, in {len(failed)} ways: {dict(failed)}")
    print(f"slowest: {slowest[0]:.2f} s (seed {slowest[1]})\n\n| Suffix | What became of it | Files |\n|---|---|---|")
    for (suffix, what), count in sorted(fates.items()):
        print(f"| `{suffix}` | {what} | {count:,} |")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
