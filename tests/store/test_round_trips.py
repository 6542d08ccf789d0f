"""Whatever a person can type comes back as it was, or, where no file could hold it, mended and never with a crash."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postmortem.record.incident import Action, Cause, Incident, Source, Why
from postmortem.record.vocabulary import CATEGORIES
from postmortem.store import open_store

# All of Unicode: NUL, halves of characters, right-to-left marks, emoji, what breaks SQL and JSON.
NASTY = st.text(st.characters(exclude_categories=()), max_size=20) | st.sampled_from(
    [
        "\x00",
        "\ud83d",
        "\ude00\ud83d",
        "'; DROP TABLE documents; --",
        '"\\u0000',
        "%_",
        "<script>",
        "=cmd()",
        "\u202e",
        "\ufeff",
    ]
)
INSTANTS = st.datetimes(datetime(1900, 1, 2), datetime(2200, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001


@st.composite
def incidents(draw):
    """Small incidents with a chain of whys, a root and an action, and any text anywhere."""
    depth = draw(st.integers(0, 3))
    whys = tuple(
        Why(id=f"w{level}", parent=f"w{level - 1}" if level > 1 else None, text=draw(NASTY))
        for level in range(1, depth + 1)
    )
    causes = (Cause(id="c1", why=f"w{depth}", category=draw(st.sampled_from([None, *CATEGORIES]))),) if whys else ()
    return Incident(
        title=draw(NASTY.filter(str.strip)),
        summary=draw(NASTY),
        team=draw(NASTY),
        kind=draw(NASTY),
        occurred_at=draw(st.none() | INSTANTS),
        whys=whys,
        causes=causes,
        factors=tuple(draw(st.lists(NASTY, max_size=3))),
        actions=(Action(id="a1", text=draw(NASTY), form=draw(NASTY), causes=tuple(cause.id for cause in causes)),),
        tags=tuple(draw(st.lists(NASTY, max_size=2))),
        source=draw(st.none() | st.builds(Source, system=NASTY, key=NASTY)),
    )


def storable(text):
    """Whether a file in UTF-8 can hold it."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


@pytest.fixture(scope="module")
def shared_store(makes):
    """One store for all examples: what one leaves behind must not disturb the next."""
    with makes() as url, open_store(url()) as store:
        yield store


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(incident=incidents(), by=NASTY, note=NASTY)
def test_any_incident_comes_back(shared_store, incident, by, note):
    """Saved and loaded are equal; where every character can be stored, they are what was given."""
    saved = shared_store.save(incident, by=by, note=note)

    assert saved == shared_store.load(saved.id)
    assert saved == shared_store.save(saved)
    if all(map(storable, texts(incident.model_dump()))):
        assert incident == saved.model_copy(update={"id": "", "revision": 0})


def texts(value):
    """Every text in a document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, tuple | list):
        for part in value:
            yield from texts(part)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(many=st.lists(incidents(), max_size=6))
def test_any_import_twice_is_the_same_as_once(makes, many):
    """Whatever the sources are called, the second time nothing is imported."""
    with makes() as url, open_store(url()) as store:
        first = store.save_many(many)
        once = list(store.incidents())
        last_words = list({words(incident): incident for incident in many}.values())
        second = store.save_many(last_words)

        assert len(many) == first.imported + first.unchanged + first.updated
        assert (0, 0) == (second.imported, second.updated)
        assert once == list(store.incidents())
        assert [] == store.check()


def words(incident):
    """What tells two incidents of an import apart."""
    return repr(incident.source) if incident.source else repr(incident)


def test_tables_and_lists_hold_any_text(shared_store):
    """After all those examples the tables can be read, every row is there, and anything can be searched for."""
    tables = shared_store.tables()

    assert len(shared_store) == len(tables.incidents) == len(shared_store.list())
    assert all(storable(title) for title in tables.incidents.title)
    assert [] == shared_store.check()
    for text in ("\x00", "\ud83d", "%", "'", "\\"):
        shared_store.list(text=text)
        shared_store.find_source(text, text)
