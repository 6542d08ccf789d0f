"""Whole incidents as JSON and JSON lines."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postmortem.exchange import read, write_json, write_jsonl
from postmortem.record.errors import DataError
from postmortem.record.incident import Incident
from postmortem.record.reading import incident_from

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from postmortem.exchange import Reading

NOW = datetime(2026, 11, 22, tzinfo=UTC)
WRITE = {"a.json": write_json, "a.jsonl": write_jsonl}

texts = st.text(max_size=20)
moments = st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)).map(datetime.isoformat)  # noqa: DTZ001 - bounds have no zone
amounts = st.decimals(0, 10**9, places=3).map(str)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, object]:
    """An incident as somebody's program may write it: some fields, a tree of whys, causes, actions, extras."""
    parents = draw(st.lists(st.integers(0, 5), max_size=6))
    whys = [
        {"id": f"w{at}", "text": draw(texts), "parent": f"w{parent % at}" if at and parent else None}
        for at, parent in enumerate(parents)
    ]
    marked = draw(st.lists(st.sampled_from(whys), unique_by=lambda why: why["id"], max_size=3)) if whys else []
    categories = st.sampled_from([None, "training", "outside our control"])
    causes = [{"id": f"c{at}", "why": why["id"], "category": draw(categories)} for at, why in enumerate(marked)]
    whole = {
        "title": draw(texts.filter(str.strip)),
        "revision": 1,
        "summary": draw(texts),
        "team": draw(texts),
        "customer": {"name": draw(texts), "vip": draw(st.booleans())},
        "zone": draw(st.sampled_from(["UTC", "Europe/Berlin", "+05:30", "-03:00"])),
        "occurred_at": draw(st.none() | moments),
        "fixed_at": draw(st.none() | moments),
        "impact": {"our_cost": draw(st.none() | amounts), "customer_min": draw(st.none() | st.floats(0, 5_000_000))},
        "whys": whys,
        "causes": causes,
        "actions": [{"id": "a1", "text": draw(texts), "causes": [cause["id"] for cause in causes]}],
        "tags": draw(st.lists(texts, max_size=3)),
        "extra": [{"name": draw(texts), "value": draw(texts)}],
    }
    needed = {"title", "revision"} | ({"whys", "causes", "actions"} if causes else set())
    kept = draw(st.sets(st.sampled_from(sorted(whole)))) | needed
    return {name: value for name, value in whole.items() if name in kept}


@given(told=st.lists(documents(), min_size=1, max_size=5), name=st.sampled_from(sorted(WRITE)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_is_written_is_read_again_without_loss(tmp_path: Path, told: list[dict[str, object]], name: str):
    """Every field of every incident comes back as it was, in the same order."""
    incidents = [incident_from({**document, "id": f"i{at}"}) for at, document in enumerate(told)]
    WRITE[name](tmp_path / name, incidents)
    found = read(tmp_path / name, now=NOW)

    assert tuple(incidents) == found.incidents
    assert () == found.rejects


@pytest.mark.parametrize("name", sorted(WRITE))
def test_an_incident_without_id_and_source_comes_back_as_it_was(tmp_path: Path, name: str):
    """Reading adds nothing: the store knows such ones by what they say."""
    WRITE[name](tmp_path / name, [Incident(title="Late")] * 2)

    assert (Incident(title="Late"),) * 2 == read(tmp_path / name, now=NOW).incidents


def test_one_incident_alone_is_read(reading: Callable[..., Reading]):
    """A person who writes one by hand needs no list around it."""
    assert ["Late"] == [incident.title for incident in reading("a.json", '\ufeff{"title": "Late"}').incidents]


def test_a_list_stands_one_incident_a_line(tmp_path: Path):
    """Two versions of the file can be compared line by line."""
    write_json(tmp_path / "a.json", [Incident(title="A"), Incident(title="B")])

    assert '[\n{"title":"A"},\n{"title":"B"}\n]\n' == (tmp_path / "a.json").read_text()


def test_no_incident_is_an_empty_list(tmp_path: Path):
    """An export of nothing can be imported too."""
    write_json(tmp_path / "a.json", [])

    assert [] == json.loads((tmp_path / "a.json").read_text())
    assert 0 == read(tmp_path / "a.json", now=NOW).rows_read


@pytest.mark.parametrize("name", sorted(WRITE))
def test_what_fails_on_the_way_leaves_the_file_as_it_was(tmp_path: Path, name: str):
    """Nothing is half-written, and nothing is left beside it."""
    path = tmp_path / name
    path.write_text("before")

    def broken():
        yield Incident(title="A")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        WRITE[name](path, broken())

    assert "before" == path.read_text()
    assert [path] == list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_told(tmp_path: Path):
    """The person sees what can't be written and why."""
    with pytest.raises(DataError, match=r"(?s)a\.json.*can't be written: No such file"):
        write_json(tmp_path / "nowhere" / "a.json", [])


def test_an_id_that_stands_twice_rejects_both(reading: Callable[..., Reading]):
    """So does a key of a source: nobody can say which of them holds."""
    one = {"title": "A", "id": "7"}
    other = {"title": "B", "source": {"system": "crm", "key": "1"}}
    found = reading("a.json", json.dumps([one, {**one, "title": "C"}, other, {**other, "title": "D"}]))

    assert () == found.incidents
    assert "the id '7' stands also at incident 2" in found.rejects[0].reasons
    assert "the key '1' of 'crm' stands also at incident 4" in found.rejects[2].reasons


def test_progress_ends_with_the_whole_file(tmp_path: Path):
    """A bar that is shown gets to its end."""
    path = tmp_path / "a.jsonl"
    write_jsonl(path, [Incident(title=f"Late {number}") for number in range(1000)])
    seen: list[tuple[int, int]] = []
    read(path, now=NOW, progress=lambda done, total: seen.append((done, total)))
    size = path.stat().st_size

    assert (size, size) == seen[-1]
    assert sorted(seen) == seen
    assert len(seen) > 5
