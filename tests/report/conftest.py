"""One incident in which every field is filled, for the tests of what is told of it to whom."""

from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from postmortem.record import Incident, Playbook, default_playbook, incident_from
from postmortem.record.edit import changed
from postmortem.report import incident_summary

if TYPE_CHECKING:
    from collections.abc import Callable

    from postmortem.report.summary import Audience

TOLD: dict[str, Any] = {
    "id": "2026-014",
    "revision": 6,
    "title": "Phone and internet not reconnected at Harbour House after a repair",
    "summary": "The job ended with the main switch left unplugged. Harbour House waited until the caretaker rang.",
    "state": "acting",
    "team": "Field service",
    "service": "Line repair",
    "kind": "wrong or missing work",
    "fault": "ours",
    "owner": "Ferdinand Quill",
    "customer": {"name": "Harbour House", "contact": "Wilma Brackett, 01632 960200", "vip": True},
    "zone": "Europe/Berlin",
    "currency": "EUR",
    "occurred_at": "2026-03-02T08:40:00+01:00",
    "known_at": "2026-03-02T15:05:00+01:00",
    "raised_at": "2026-03-02T15:05:00+01:00",
    "told_at": "2026-03-02T15:12:00+01:00",
    "fixed_at": "2026-03-02T15:35:00+01:00",
    "timeline": [
        {"id": "m1", "at": "2026-03-02T08:40:00+01:00", "text": "Repair done", "seen_by": "Ola Zimt"},
        {"id": "m2", "at": "2026-03-02T15:05:00+01:00", "text": "Wilma Brackett rings", "seen_by": "Night desk"},
        {"id": "m3", "at": "2026-03-02T15:35:00+01:00", "text": "Plugged in, lines tested"},
    ],
    "impact": {
        "expected": "off for an hour at most",
        "happened": "phones and internet were off for most of the day",
        "customers": 9,
        "customer_min": 415,
        "customer_cost": "120",
        "harm": "none",
        "potential_harm": "distress",
        "trust": "unsure",
        "others_told": 3,
    },
    "recovery": {
        "channel": "phone",
        "wording": "Ola Zimt can show Wilma Brackett the switch.",
        "steps": [
            {
                "id": "explain-mistake",
                "status": "done",
                "at": "2026-03-02T15:12:00+01:00",
                "by": "Night desk",
                "channel": "phone",
                "words": "We left your main switch unplugged. That was our mistake, and I am sorry. "
                "Ms Brackett, Ola Zimt gives you a lift at noon.",
            },
            {"id": "assure", "status": "done", "at": "2026-03-02T15:14:00+01:00", "by": "Night desk"},
            {"id": "carry-out", "status": "not needed", "because": "it was declined"},
            {"id": "contact", "status": "done", "note": "Number on the card: 030 555 0142, ask for Ferdinand"},
        ],
        "resolve": {"result": "full", "given": "one month free"},
        "compensation": [
            {"id": "k1", "kind": "goodwill", "what": "the lost day", "offered": "60", "offered_first": "yes"}
        ],
        "escalation": {"handed_to": "Agathe Thorn", "permission": "yes"},
    },
    "whys": [
        {"id": "w1", "text": "The main switch had no power", "leg": "occurrence", "status": "confirmed", "join": "and"},
        {"id": "w2", "parent": "w1", "text": "Its plug was still out", "status": "confirmed", "by": "Ola Zimt"},
        {
            "id": "w3",
            "parent": "w2",
            "text": "The job sheet ends before the test from a phone",
            "status": "confirmed",
            "evidence": [{"kind": "record", "text": "Job sheet 88 has no closing section"}],
        },
        {"id": "w4", "parent": "w1", "text": "The socket is out of sight", "status": "ruled out"},
        {"id": "w5", "text": "No probe per building", "leg": "detection"},
    ],
    "causes": [
        {
            "id": "c1",
            "why": "w3",
            "category": "system",
            "reason": "They know how, and no line of the sheet asks for it",
            "recurring_id": "C-03",
            "trail": [{"question": "able", "answer": "yes"}],
            "opinions": [{"by": "Agathe Thorn", "category": "training", "reason": "New crew"}],
        },
        {"id": "c2", "why": "w5"},
    ],
    "factors": ["better follow-through"],
    "actions": [
        {
            "id": "a1",
            "causes": ["c1"],
            "text": "Let Ola Zimt close no job before a test call passes",
            "form": "forcing-function",
            "owner": "Ferdinand Quill",
            "due_on": "2026-03-10",
            "done_when": "The form refuses without a test",
            "effect": {"measure": "Jobs closed without a test", "check_on": "2026-06-30"},
        },
        {"id": "a2", "causes": ["c1"], "text": "Mend this: the job sheet ends before the test from a phone"},
        {"id": "a3", "text": "Plug the switch in", "kind": "immediate", "done_on": "2026-03-02"},
        {
            "id": "a4",
            "causes": ["c1"],
            "text": "Remind all crews by mail",
            "form": "remind",
            "done_on": "2026-03-04",
            "effect": {"result": "not held", "note": "Came back at Harbour House"},
        },
    ],
    "checklists": [{"id": "l1", "name": "Leaving a site", "items": ["Ring from each office"]}],
    "commitments": [
        {"id": "p1", "text": "I look at the switch before I leave", "who": "Ola Zimt", "private": False},
        {"id": "p2", "text": "I take more breaks", "who": "Ola Zimt"},
    ],
    "learned": ["Done is when the line at Harbour House works"],
    "links": [{"incident_id": "2025-099", "kind": "same cause"}],
    "signatures": [{"by": "Agathe Thorn", "role": "manager"}],
    "source": {"system": "crm", "key": "C-1042", "url": "https://crm.example/C-1042"},
    "extra": [{"name": "site", "value": "Harbour House"}],
}


@pytest.fixture(scope="session")
def now() -> datetime:
    """The instant of the report."""
    return datetime(2026, 3, 20, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def playbook() -> Playbook:
    """The rules that come with the package."""
    return default_playbook()


@pytest.fixture(scope="session")
def incident() -> Incident:
    """The incident with every field filled."""
    return incident_from(TOLD)


class Page(HTMLParser):
    """What a browser makes of a page: its elements with their attributes, and the words one reads."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._unread = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the element."""
        self.elements.append((tag, dict(attrs)))
        self._unread += tag in {"script", "style"}

    def handle_endtag(self, tag: str) -> None:
        """Read on after a script or a style."""
        self._unread -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        if not self._unread:
            self.words.append(data)

    @property
    def text(self) -> str:
        """The words of the page, with single spaces."""
        return " ".join(" ".join(self.words).split())

    def of(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        """The attributes of all elements of a kind that have these ones."""
        return [
            found
            for name, found in self.elements
            if name == tag
            and all(value in (found.get(key.rstrip("_")) or "").split() for key, value in attributes.items())
        ]


@pytest.fixture(scope="session")
def read() -> type[Page]:
    """Reads a page as a browser would."""
    return Page


@pytest.fixture(scope="session")
def told(incident: Incident, playbook: Playbook, now: datetime) -> Callable[..., Any]:
    """The summary of the incident for an audience, or of the incident with other fields."""

    def summary(audience: Audience = "team", **changes: object) -> Any:
        return incident_summary(changed(incident, **changes), playbook, audience=audience, now=now)

    return summary
