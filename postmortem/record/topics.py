"""What a meeting had no time for: kept with the record, and taken up in the next retrospective."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.record.edit import add, next_id, put
from postmortem.record.errors import UnknownNodeError
from postmortem.record.parts import Topic

if TYPE_CHECKING:
    from postmortem.record.incident import Incident


def find(incident: Incident, topic: str) -> Topic:
    """The topic of an id.

    Raises:
        UnknownNodeError: If there is none.
    """
    for candidate in incident.topics:
        if candidate.id == topic:
            return candidate
    raise UnknownNodeError("topic", topic, [candidate.id for candidate in incident.topics])


def note(incident: Incident, text: str = "", *, by: str = "", carried_from: str = "") -> Incident:
    """Write down something to talk about later.

    Examples:
        >>> from postmortem.record.incident import Incident
        >>> note(Incident(title="Late"), "Who may promise a time?").topics[0].id
        't1'
    """
    name = next_id("t", incident.topics, incident.gone)
    return add(incident, "topics", Topic(id=name, text=text, by=by, carried_from=carried_from))


def settle(incident: Incident, topic: str, *, settled: bool = True) -> Incident:
    """Say that a topic was talked through, or that it was not after all."""
    find(incident, topic)
    return put(incident, f"topics.{topic}.settled", settled)


def carry(incident: Incident, topic: str, to: str) -> Incident:
    """Say in whose retrospective it was taken up; an empty text takes that back."""
    find(incident, topic)
    return put(incident, f"topics.{topic}.carried_to", to)


def take_over(incident: Incident, topic: Topic, origin: str) -> Incident:
    """Take up a topic of an earlier record; one that was taken up already is not added again.

    Args:
        incident: The record in whose retrospective it is talked about; it stays as it is.
        topic: The topic as it stands in the earlier record.
        origin: That record and the topic, as `2026-031/t2`.
    """
    if any(item.carried_from == origin for item in incident.topics):
        return incident
    return note(incident, topic.text, by=topic.by, carried_from=origin)


def is_open(topic: Topic) -> bool:
    """Whether it still waits for a meeting."""
    return bool(topic.text.strip()) and not topic.settled and not topic.carried_to
