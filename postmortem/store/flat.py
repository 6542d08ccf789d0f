"""From a document to the rows that charts count: one pure function."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from postmortem.record import actions, recovery, whys
from postmortem.record.severity import assess
from postmortem.record.vocabulary import UNCLASSIFIED
from postmortem.store import kept
from postmortem.store.texts import at, folded, on, plain, said

if TYPE_CHECKING:
    from collections.abc import Iterable

    from postmortem.record.incident import Incident, Why
    from postmortem.record.playbook import Playbook

Row = dict[str, Any]
"""One row of a table, by column."""


@dataclass(frozen=True, slots=True)
class FlatRows:
    """The rows of one incident, table by table; the fields are named as the tables are."""

    incidents: tuple[Row, ...]
    causes: tuple[Row, ...]
    actions: tuple[Row, ...]
    action_causes: tuple[Row, ...]
    factors: tuple[Row, ...]
    steps: tuple[Row, ...]
    opinions: tuple[Row, ...]
    feedback: tuple[Row, ...]
    topics: tuple[Row, ...]
    promises: tuple[Row, ...]
    compensations: tuple[Row, ...]
    checklists: tuple[Row, ...]
    checklist_runs: tuple[Row, ...]
    checklist_misses: tuple[Row, ...]


def rows_of(incident: Incident, playbook: Playbook) -> FlatRows:
    """The rows of the tidy tables for one incident.

    Args:
        incident: The record, with its id.
        playbook: The rules that give severity (R6), the steps in force (R12) and the strength of actions (R34).

    Examples:
        >>> from postmortem.record.incident import Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> rows_of(Incident(id="2026-001", title="Late", factors=("better timing",)), default_playbook()).factors
        ({'incident_id': '2026-001', 'number': 1, 'factor': 'better timing'},)
    """
    answers = tuple(
        {"incident_id": incident.id, "action_id": action.id, "cause_id": cause}
        for action in incident.actions
        for cause in dict.fromkeys(action.causes)
    )
    return FlatRows(
        incidents=(_incident(incident, playbook),),
        causes=tuple(_causes(incident)),
        actions=tuple(_actions(incident, playbook)),
        action_causes=answers,
        factors=tuple(
            {"incident_id": incident.id, "number": number, "factor": factor}
            for number, factor in enumerate(dict.fromkeys(map(plain, incident.factors)), start=1)
        ),
        steps=tuple(_steps(incident, playbook)),
        opinions=tuple(_opinions(incident)),
        feedback=tuple(_feedback(incident)),
        topics=tuple(_topics(incident)),
        promises=tuple(kept.promises(incident, playbook)),
        compensations=tuple(kept.compensations(incident, playbook)),
        checklists=tuple(kept.checklists(incident)),
        checklist_runs=tuple(kept.checklist_runs(incident)),
        checklist_misses=tuple(kept.checklist_misses(incident)),
    )


def _incident(incident: Incident, playbook: Playbook) -> Row:
    impact, source = incident.impact, incident.source
    told = recovery.told_before_asked(incident)
    return {
        "incident_id": incident.id,
        "title": plain(incident.title),
        "kind": said(incident.kind),
        "severity": assess(incident, playbook).level,
        "fault": incident.fault,
        "state": incident.state,
        "team": said(incident.team),
        "service": said(incident.service),
        "channel": said(incident.recovery.channel),
        "vip": incident.customer.vip,
        "occurred_at": at(incident.occurred_at),
        "known_at": at(incident.known_at),
        "told_at": at(incident.told_at),
        "raised_at": at(incident.raised_at),
        "fixed_at": at(incident.fixed_at),
        "closed_at": at(incident.closed_at),
        "told_first": None if told is None else "yes" if told else "no",
        "zone": incident.zone,
        "customers": impact.customers,
        "customer_min": impact.customer_min,
        "customer_cost": None if impact.customer_cost is None else float(impact.customer_cost),
        "our_cost": None if impact.our_cost is None else float(impact.our_cost),
        "currency": incident.currency or playbook.currency,
        "harm": impact.harm,
        "trust": impact.trust,
        "source": plain(source.system) if source else None,
        "source_key": plain(source.key) if source else None,
        "words": folded("\n".join(_words(incident))),
    }


def _words(incident: Incident) -> Iterable[str]:
    yield from (incident.id, incident.title, incident.summary, incident.team, incident.service, incident.kind)
    yield from (incident.customer.name, incident.impact.expected, incident.impact.happened)
    yield from (why.text for why in incident.whys)
    yield from (action.text for action in incident.actions)
    yield from (topic.text for topic in incident.topics)
    yield from (step.words for step in incident.recovery.steps)
    yield from (*incident.tags, *incident.learned)
    if incident.source:
        yield incident.source.key


def _causes(incident: Incident) -> Iterable[Row]:
    if not incident.causes:
        return
    depths: dict[str, int] = {why.id: depth for why, depth in whys.walk(incident)}
    nodes: dict[str, Why] = {why.id: why for why in incident.whys}
    occurred_at = at(incident.occurred_at)
    for cause in incident.causes:
        why = nodes[cause.why]
        yield {
            "incident_id": incident.id,
            "cause_id": cause.id,
            "leg": whys.leg_of(incident, cause.why),
            "text": plain(why.text),
            "category": cause.category or UNCLASSIFIED,
            "subcategory": said(cause.subcategory),
            "status": why.status,
            "depth": depths[cause.why],
            "recurring_id": said(cause.recurring_id),
            "occurred_at": occurred_at,
        }


def _actions(incident: Incident, playbook: Playbook) -> Iterable[Row]:
    for action in incident.actions:
        yield {
            "incident_id": incident.id,
            "action_id": action.id,
            "text": plain(action.text),
            "kind": action.kind,
            "form": said(action.form),
            "strength": actions.strength(action, playbook),
            "owner": said(action.owner),
            "due_on": on(action.due_on),
            "done_on": on(action.done_on),
            "effect": action.effect.result,
        }


def _steps(incident: Incident, playbook: Playbook) -> Iterable[Row]:
    # Of an import that says nothing of its recovery nobody knows what was done: no steps, rather than thirteen undone.
    if not recovery.is_handled_here(incident):
        return
    procedure = recovery.procedure_name(incident, playbook)
    # Nothing kept here depends on the time of looking: when a step is due does not, and lateness is left to the reader.
    for step in recovery.numbered(recovery.steps(incident, playbook, datetime.max.replace(tzinfo=UTC))):
        # What a step depends on did not come about: nobody has anything to do there. A follow-up from before the fix is
        # to do again.
        status = "to do" if step.is_open else "not needed" if step.done.status == "to do" else step.done.status
        yield {
            "incident_id": incident.id,
            "procedure": plain(procedure),
            "number": step.number,
            "step_id": plain(step.rule.id),
            "status": status,
            "done_at": at(step.done.at) if status == "done" else None,
            "due_at": at(step.due_at),
            "due_on": on(step.due_on),
            "in_order": not step.before,
            "channel": said(step.done.channel),
        }


def _opinions(incident: Incident) -> Iterable[Row]:
    for cause in incident.causes:
        for number, opinion in enumerate(cause.opinions, start=1):
            yield {
                "incident_id": incident.id,
                "cause_id": cause.id,
                "number": number,
                "by": said(opinion.by),
                "category": opinion.category,
            }


def _feedback(incident: Incident) -> Iterable[Row]:
    meeting = incident.meeting
    # A meeting that nobody timed is put where it belongs on a chart over time, rather than nowhere.
    held_at = at(meeting.begun_at or meeting.starts_at or incident.occurred_at)
    for answer in incident.feedback:
        yield {
            "incident_id": incident.id,
            "feedback_id": answer.id,
            "held_at": held_at,
            "learned": answer.learned,
            "again": answer.again,
        }


def _topics(incident: Incident) -> Iterable[Row]:
    for topic in incident.topics:
        yield {
            "incident_id": incident.id,
            "topic_id": topic.id,
            "text": plain(topic.text),
            "settled": topic.settled,
            "carried_to": said(topic.carried_to),
        }
