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
from typing import TYPE_CHECKING

from postmortem.record.edit import changed
from postmortem.record.incident import Incident
from postmortem.store import open_store
from postmortem.store.schema import HEAD

if TYPE_CHECKING:
    from postmortem.store import Store


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
        opinions = ({"by": "Ana", "category": "system"}, {"by": "Ben", "category": "training", "reason": "New here"})
        causes = ({"id": "c1", "why": "w2", "category": "system", "opinions": opinions},)
        actions = ({"id": "a1", "causes": ("c1",)},)
        first = store.save(
            changed(first, causes=causes, actions=actions, factors=("better timing",)), by="Ana", coalesce=True
        )
        meeting = {"starts_at": "2026-03-05T10:00:00+01:00", "facilitator": "Ana", "people": ("Ben", "Cem")}
        feedback = ({"id": "f1", "learned": "yes", "again": "yes", "note": "Calm"}, {"id": "f2", "learned": "no"})
        topics = ({"id": "t1", "text": "Who may promise a time?", "by": "Cem"}, {"id": "t2", "settled": True})
        store.save(
            changed(first, meeting=meeting, feedback=feedback, topics=topics), by="Ana", note="after the meeting"
        )
        _recover(store, first.id)
        _meet(store, first.id)
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


def _recover(store: Store, incident_id: str) -> None:
    """What was promised, paid and ticked."""
    first = store.load(incident_id)
    step = {"id": "apologise", "status": "done", "at": "2026-03-02T18:05:00+01:00", "by": "Maria Lindqvist"}
    paid = {"id": "k1", "owed": 64, "offered": 64, "offered_at": "2026-03-02T18:05:00+01:00", "answer": "accepted"}
    runs = ({"on": "2026-03-20", "by": "Maria Lindqvist", "job": "14 Mill Lane", "ticked": ("Switch on",)},)
    lists = ({"id": "l1", "name": "Before you leave", "items": ("Switch on", "Dial out"), "runs": runs},)
    plan = changed(first.actions[0], text="Add a closing list", due_on="2026-03-16", owner="Field lead")
    recovery = {
        "procedure": "thirteen-steps",
        "steps": (step,),
        "compensation": (paid,),
        "escalation": {"manager_available": "no", "call_back_on": "2026-03-03"},
    }
    store.save(
        changed(
            first,
            known_at="2026-03-02T18:00:00+01:00",
            fixed_at="2026-03-02T19:00:00+01:00",
            recovery=recovery,
            checklists=lists,
            should_have_caught=(f"{incident_id}/l1",),
            actions=(plan,),
        ),
        by="Ben",
        note="made good",
    )


def _meet(store: Store, incident_id: str) -> None:
    """One round from its opening to its end, one that is under way, and somebody who is there."""
    done = store.open_round(incident_id, "whys", "w2", by="Ana")
    store.write_ideas(done.id, "Ben", ["No list to go by", "Too dark to see"])
    store.write_ideas(done.id, "Cem", ["No list to go by"])
    store.reveal(done.id, by="Ana")
    store.take_idea(done.id, "Ben", store.ideas(done.id, "Ana")[0].number)
    store.close_round(done.id, by="Ana")
    under_way = store.open_round(incident_id, "actions", "c1", by="Cem")
    store.write_ideas(under_way.id, "Ben", ["Add a list to the job sheet"])
    store.arrive(incident_id, "a window", by="Ben", stage="act", place="actions.a1.text")


if __name__ == "__main__":
    target = Path(__file__).with_name(f"{HEAD}.db")
    if target.exists():
        sys.exit(f"{target.name} is there already: it stays as that release wrote it")
    make(target)
    sys.stdout.write(f"{target.name} written\n")
