"""A list finds what was asked for, newest first, and says when a word is unknown."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from postmortem.record.errors import DataError
from postmortem.record.reading import incident_from

GIVEN = (
    {"title": "Straße blocked", "team": "Vans", "service": "Repair", "occurred_at": "2026-01-05T10:00:00Z"},
    {
        "title": "Room not ready",
        "team": "House",
        "service": "Rooms",
        "occurred_at": "2026-02-05T23:30:00Z",
        "state": "closed",
        "evaluation": {"level": "serious", "reason": "twice", "by": "Ana"},
        "whys": [{"id": "w1", "text": "Nobody told the 100% full house"}, {"id": "w2", "text": "b"}],
        "causes": [{"id": "c1", "why": "w1", "category": "system"}, {"id": "c2", "why": "w2", "category": "training"}],
    },
    {
        "title": "No seat",
        "team": "Gate",
        "whys": [{"id": "w1", "text": "a"}],
        "causes": [{"id": "c1", "why": "w1"}],
        "recovery": {"steps": [{"id": "apologise", "status": "done", "words": "We gave your seat away."}]},
    },
)


@pytest.fixture
def titles(fresh_store):
    """The titles that a list with some filters gives."""
    fresh_store.save_many(incident_from(given) for given in GIVEN)
    return lambda **filters: [summary.title for summary in fresh_store.list(**filters)]


def test_everything_is_listed_newest_first(titles):
    """One that does not say when it occurred counts as of when it was first saved."""
    assert ["No seat", "Room not ready", "Straße blocked"] == titles()


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"team": "Vans"}, ["Straße blocked"]),
        ({"team": ("Vans", "Gate")}, ["No seat", "Straße blocked"]),
        ({"service": ["Rooms"]}, ["Room not ready"]),
        ({"state": "closed"}, ["Room not ready"]),
        ({"severity": "serious"}, ["Room not ready"]),
        ({"category": "training"}, ["Room not ready"]),
        ({"category": {"unclassified", "system"}}, ["No seat", "Room not ready"]),
        ({"category": "motivation"}, []),
        ({"since": date(2026, 2, 5)}, ["No seat", "Room not ready"]),
        ({"until": date(2026, 2, 5)}, ["Room not ready", "Straße blocked"]),
        ({"until": datetime(2026, 2, 5, 23, tzinfo=UTC)}, ["Straße blocked"]),
        ({"since": date(2026, 1, 6), "until": date(2026, 2, 6)}, ["Room not ready"]),
        ({"text": "STRASSE"}, ["Straße blocked"]),
        ({"text": "house full"}, ["Room not ready"]),
        ({"text": "100%"}, ["Room not ready"]),
        ({"text": "%"}, ["Room not ready"]),
        ({"text": "2026-002"}, ["Room not ready"]),
        ({"text": "gave your seat"}, ["No seat"]),
        ({"team": "House", "state": "draft"}, []),
        ({"team": (), "text": "", "state": ""}, ["No seat", "Room not ready", "Straße blocked"]),
    ],
)
def test_filters_narrow_the_list_together(titles, filters, found):
    """Each filter takes one word or several, and an incident meets them all."""
    assert found == titles(**filters)


def test_an_unknown_word_is_told_with_a_near_one(titles):
    """A misspelt filter is an error, not an empty list; all of them are told at once."""
    with pytest.raises(DataError, match=r"'trainning'; did you mean 'training'") as caught:
        titles(category="trainning", state=("closed", "shut"))

    assert ["category", "state"] == [problem.where for problem in caught.value.problems]


def test_a_moment_without_an_offset_is_refused(titles):
    """Nobody could say which moment is meant."""
    with pytest.raises(DataError, match="a moment with an offset"):
        titles(since=datetime(2026, 1, 1))  # noqa: DTZ001 - that is what is refused


def test_a_summary_says_what_a_list_shows(fresh_store, clock):
    """Its categories stand in the order of the vocabulary, each once."""
    saved = fresh_store.save(incident_from(GIVEN[1]), by="Ana")

    (summary,) = fresh_store.list()

    assert (saved.id, 1, "serious", ("training", "system"), "Ana", clock.now) == (
        summary.incident_id,
        summary.revision,
        summary.severity,
        summary.categories,
        summary.updated_by,
        summary.updated_at,
    )


def test_the_customers_that_are_named_are_known_by_their_incident(fresh_store):
    """Only those with a name or a way to reach them: for hiding them where a page leaves the team (R41)."""
    fresh_store.save(incident_from({"title": "Late", "id": "a", "customer": {"name": "Harbour House"}}))
    fresh_store.save(incident_from({"title": 'Told "customer":{} aloud', "id": "b"}))
    fresh_store.save(incident_from({"title": "Lost", "id": "c", "customer": {"vip": True}}))

    assert {"a": "Harbour House"} == {key: customer.name for key, customer in fresh_store.customers().items()}
