"""Makes the store of the newest schema for this folder: `.venv/bin/python tests/store/released/make.py`.

Run it once for every release that brings a new schema, with that release's code, and commit the file. A file that is
there already is never written again: it has to be what that release wrote.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from postmortem.record.edit import changed
from postmortem.record.incident import Incident
from postmortem.store import open_store
from postmortem.store.schema import HEAD


class Clock:
    """A minute passes each time it is asked."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        """What time it is."""
        self.now += timedelta(minutes=1)
        return self.now


def make(file: Path) -> None:
    """Write a small store with one of everything that a schema has to carry over."""
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "store.db", clock=Clock()) as store:
        first = store.save(
            Incident(title="Phone not reconnected", occurred_at="2026-03-02T17:30:00+01:00", owner="Maria Lindqvist"),
            by="Ana",
        )
        whys = (
            {"id": "w1", "text": "The switch was left unplugged"},
            {"id": "w2", "text": "Nothing reminds them", "parent": "w1"},
        )
        first = store.save(changed(first, whys=whys), by="Ben", note="first why")
        causes, actions = ({"id": "c1", "why": "w2", "category": "system"},), ({"id": "a1", "causes": ("c1",)},)
        store.save(changed(first, causes=causes, actions=actions, factors=("better timing",)), by="Ana", coalesce=True)
        row = Incident(title="Late van", source={"system": "crm", "key": "C-1"}, occurred_at="2026-03-03T08:00:00Z")
        store.save_many([row, Incident(title="From a file", team="Field")], by="import")
        store.save_many([changed(row, team="Field")], by="import")
        gone = store.save(Incident(title="Told twice", occurred_at="2026-03-04T08:00:00Z"), by="Ana")
        store.delete(gone.id, by="Ana", note="twice")
        store.erase(["Maria Lindqvist"], by="Ana", reason="at her request")
        store.backup(file)
    with sqlite3.connect(file) as database:
        database.execute("VACUUM")
    database.close()


if __name__ == "__main__":
    target = Path(__file__).with_name(f"{HEAD}.db")
    if target.exists():
        sys.exit(f"{target.name} is there already: it stays as that release wrote it")
    make(target)
    sys.stdout.write(f"{target.name} written\n")
