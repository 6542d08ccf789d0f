"""The rows of what was promised, paid and ticked, from a document: pure functions beside `store.flat`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postmortem.record import due
from postmortem.record.checklists import points_of
from postmortem.store.texts import at, on, plain, said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook

Row = dict[str, Any]


def promises(incident: Incident, playbook: Playbook) -> Iterator[Row]:
    """One row a promise with its date. Nothing in it depends on the time of looking: lateness is left to the reader."""
    for promise in due.promises(incident, playbook):
        yield {
            "incident_id": incident.id,
            "promise_id": plain(promise.id),
            "kind": promise.kind,
            "text": plain(promise.text),
            "who": said(promise.who),
            "place": plain(promise.place),
            "due_at": at(promise.due_at),
            "due_on": on(promise.due_on),
            "met_at": at(due.met_by(promise, incident.zone)),
            "status": promise.status,
        }


def compensations(incident: Incident, playbook: Playbook) -> Iterator[Row]:
    """One row a thing owed to the customer (R18)."""
    for owed in incident.recovery.compensation:
        yield {
            "incident_id": incident.id,
            "compensation_id": plain(owed.id),
            "kind": owed.kind,
            "currency": incident.currency or playbook.currency,
            "owed": None if owed.owed is None else float(owed.owed),
            "offered": None if owed.offered is None else float(owed.offered),
            "offered_at": at(owed.offered_at),
            "offered_first": owed.offered_first,
            "answer": owed.answer,
            "carried_out_at": at(owed.carried_out_at),
        }


def checklists(incident: Incident) -> Iterator[Row]:
    """One row a checklist that the incident gave rise to (R37)."""
    for item in incident.checklists:
        yield {
            "incident_id": incident.id,
            "checklist_id": plain(item.id),
            "name": plain(item.name),
            "job": said(item.job),
            "version": item.version,
            "points": len(points_of(item.items)),
        }


def checklist_runs(incident: Incident) -> Iterator[Row]:
    """One row a use of a checklist, with how many of its points were ticked."""
    for item in incident.checklists:
        versions = {version.version: version.items for version in item.earlier} | {item.version: item.items}
        for number, run in enumerate(item.runs, start=1):
            yield {
                "incident_id": incident.id,
                "checklist_id": plain(item.id),
                "number": number,
                "run_on": on(run.on),
                "by": said(run.by),
                "job": said(run.job),
                "version": run.version,
                "ticked": len(set(run.ticked)),
                "points": len(points_of(versions.get(run.version, item.items))),
            }


def checklist_misses(incident: Incident) -> Iterator[Row]:
    """One row a checklist that should have caught this incident."""
    for name in dict.fromkeys(map(plain, incident.should_have_caught)):
        yield {"incident_id": incident.id, "list": name, "occurred_at": at(incident.occurred_at)}
