"""The incident as a value: frozen through and through, with instants that mean one moment."""

from __future__ import annotations

import typing
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from pydantic import BaseModel, ValidationError

from postmortem.record import incident as incident_module
from postmortem.record import parts
from postmortem.record.base import Frozen, Table, Value, zone
from postmortem.record.edit import put
from postmortem.record.errors import DataError
from postmortem.record.incident import Customer, Impact, Incident, Why
from postmortem.record.reading import incident_from, json_text
from postmortem.record.soundness import problems_of
from tests.strategies import incidents

PARTS = tuple(getattr(incident_module, name) for name in incident_module.__all__)


def told(**fields: object) -> Incident:
    """An incident with a title and these fields."""
    return incident_from({"title": "Late", **fields})


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_no_field_holds_anything_that_can_change(part: type[Value]):
    """A part is frozen, refuses what it does not know, and holds only frozen things."""
    assert part.model_config["frozen"]
    assert "forbid" == part.model_config["extra"]
    for field in part.model_fields.values():
        assert not {list, dict, set, bytearray} & set(_types_in(field.annotation))


def _types_in(annotation: object) -> list[object]:
    inner = typing.get_args(annotation)
    return [typing.get_origin(annotation) or annotation, *(found for part in inner for found in _types_in(part))]


def test_every_part_is_found_where_the_incident_is():
    """Whoever imports the incident finds its parts beside it."""
    assert {
        name for name, part in vars(parts).items() if isinstance(part, type) and part.__module__ == parts.__name__
    } <= set(incident_module.__all__)


def test_setting_a_field_is_refused():
    """Changing means a new value."""
    incident = told(whys=[{"id": "w1"}])
    for value, name in ((incident, "title"), (incident.impact, "harm"), (incident.whys[0], "text")):
        with pytest.raises(ValidationError, match="frozen"):
            setattr(value, name, "x")


@settings(deadline=None, max_examples=25)
@given(incidents())
def test_an_incident_can_stand_in_a_set(incident: Incident):
    """Equal values have one hash, so that a program may remember what it has seen."""
    assert 1 == len({incident, incident_from(json_text(incident))})


def test_a_repr_says_what_a_person_wants_to_know():
    """Id, revision and title, whatever else stands in it."""
    assert "<Incident not saved r0: 'Late'>" == repr(told(summary="x" * 1000))
    assert "<Incident 2026-014 r3: 'Late'>" == repr(told(id="2026-014", revision=3))


def test_a_title_is_needed():
    """Nothing else is."""
    assert "Late" == Incident(title="Late").title
    for title in ("", " ", "\n\t"):
        with pytest.raises(ValidationError):
            Incident(title=title)


# -- instants ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-03-02T17:30:00+01:00", "2026-03-02T16:30:00+00:00"),
        ("2026-03-02T17:30+0100", "2026-03-02T16:30:00+00:00"),
        ("2026-03-02T17:30Z", "2026-03-02T17:30:00+00:00"),
        ("2026-03-02 17:30:00-03:30", "2026-03-02T21:00:00+00:00"),
        ("2026-03-02T00:15+14:00", "2026-03-01T10:15:00+00:00"),
        ("2026-03-02T17:30:00.250Z", "2026-03-02T17:30:00.250000+00:00"),
    ],
)
def test_an_instant_is_kept_in_utc(text: str, utc: str):
    """Two people in two zones mean the same moment."""
    assert utc == told(occurred_at=text).occurred_at.isoformat()
    assert UTC is told(occurred_at=text).occurred_at.tzinfo


@pytest.mark.parametrize(
    "given",
    [
        "2026-03-02T17:30:00",
        datetime(2026, 3, 2, 17, 30),  # noqa: DTZ001 - that is the fault
        date(2026, 3, 2),
        "2026-03-02",
        "yesterday",
        "",
        1772469000,
        1772469000.5,
        "1772469000",
        "-1",
        True,
        "1628-01-01T00:00Z",
        "2201-01-01T00:00Z",
        "0001-01-01T00:00+01:00",
        "9999-12-31T23:59-05:00",
    ],
    ids=repr,
)
def test_a_moment_that_nobody_could_place_is_refused(given: object):
    """Without an offset, as a bare number, or in a year that is a slip of the pen."""
    with pytest.raises(DataError) as refused:
        told(occurred_at=given)

    assert ["occurred_at"] == [problem.where for problem in refused.value.problems]


@pytest.mark.parametrize("edge", ["1900-01-01T00:30+01:00", "2200-12-31T23:30-01:00"])
def test_a_moment_that_could_not_be_read_again_is_refused(edge: str):
    """At the edge of the years the same moment has another year in UTC."""
    with pytest.raises(DataError):
        told(occurred_at=edge)


@pytest.mark.parametrize("given", [0, 1773619200, "1773619200", "16.3.2026", "2026-03-16T12:00Z"], ids=repr)
def test_a_day_that_is_none_is_refused(given: object):
    """A number is no day."""
    with pytest.raises(DataError):
        told(actions=[{"id": "a1", "due_on": given}])


def test_a_day_is_taken_as_it_stands():
    """As text, and as Python has it."""
    assert date(2026, 3, 16) == told(actions=[{"id": "a1", "due_on": "2026-03-16"}]).actions[0].due_on
    assert date(2026, 3, 16) == told(actions=[{"id": "a1", "due_on": date(2026, 3, 16)}]).actions[0].due_on


# -- zones ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"occurred_at": "2026-03-02T17:30+01:00"}, "+01:00"),
        ({"occurred_at": "2026-03-02T17:30+0530"}, "+05:30"),
        ({"occurred_at": "2026-03-02T17:30Z", "told_at": "2026-03-02T17:30-05:00"}, "-05:00"),
        ({"fixed_at": "2026-03-02T17:30+02:00", "known_at": "2026-03-02T17:30+01:00"}, "+01:00"),
        ({"occurred_at": "2026-03-02T17:30+01:00", "zone": "Europe/Berlin"}, "Europe/Berlin"),
        ({"occurred_at": "2026-03-02T17:30Z"}, "UTC"),
        ({}, "UTC"),
        ({"occurred_at": datetime(2026, 7, 2, 17, 30, tzinfo=ZoneInfo("Europe/Berlin"))}, "+02:00"),
        ({"occurred_at": datetime(2026, 7, 2, 17, 30, tzinfo=timezone(timedelta(hours=-4)))}, "-04:00"),
        ({"occurred_at": datetime(1930, 7, 2, 17, 30, tzinfo=timezone(timedelta(minutes=79, seconds=32)))}, "UTC"),
    ],
)
def test_the_zone_is_taken_as_told(fields: dict[str, object], name: str):
    """The zone that was named, else the offset of the first instant that has one."""
    assert name == told(**fields).zone


def test_an_instant_put_later_keeps_the_zone():
    """Who corrects a time from another country does not move the record there."""
    incident = told(occurred_at="2026-03-02T17:30+01:00")

    assert "+01:00" == put(incident, "fixed_at", "2026-03-02T17:30-05:00").zone


def test_a_named_zone_knows_summer_and_winter():
    """The same clock is another moment after the change of the clocks."""
    berlin = zone("Europe/Berlin")

    assert timedelta(hours=1) == berlin.utcoffset(datetime(2026, 3, 28, 12))  # noqa: DTZ001 - in that zone
    assert timedelta(hours=2) == berlin.utcoffset(datetime(2026, 3, 29, 12))  # noqa: DTZ001 - in that zone


@pytest.mark.parametrize(
    "name", ["Europe/Berln", "", "+15:00", "+01", "/etc/passwd", "../UTC", "Europe", "UTC\x00", "a" * 5000]
)
def test_a_zone_that_is_none_is_refused(name: str):
    """No name from a file reaches beyond the list of zones."""
    with pytest.raises(ValueError, match="expected a time zone such as"):
        zone(name)


# -- amounts, ids, references --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "impact",
    [
        {"customer_cost": "NaN"},
        {"customer_cost": "Infinity"},
        {"customer_cost": "1e13"},
        {"customer_min": "inf"},
        {"customers": 10**11},
        {"customers": -1},
        {"others_told": 1.5},
    ],
    ids=repr,
)
def test_an_amount_beyond_reason_is_refused(impact: dict[str, object]):
    """Neither endless nor negative, nor a slip of six zeros."""
    with pytest.raises(DataError):
        told(impact=impact)


def test_money_keeps_its_cents():
    """Amounts are decimal: ten cents three times are thirty."""
    assert Decimal("0.30") == 3 * told(impact={"customer_cost": "0.10"}).impact.customer_cost
    assert '"customer_cost":"0.10"' in json_text(told(impact={"customer_cost": "0.10"}))


@pytest.mark.parametrize("identifier", ["", " w", "a.b", "a/b", "a\nb", "x" * 121])
def test_an_id_that_could_not_stand_in_a_place_is_refused(identifier: str):
    """A place is split at its dots."""
    with pytest.raises(DataError):
        told(whys=[{"id": identifier}])


def test_parts_that_fit_together_have_no_problems():
    """A tree in any order of its nodes is sound."""
    incident = told(whys=[{"id": "b", "parent": "a", "leg": "recovery"}, {"id": "a", "leg": "recovery"}])

    assert [] == problems_of(incident)


def test_what_does_not_fit_together_is_found_in_a_value_made_past_the_checks():
    """The check stands alone: it needs no reading."""
    broken = Incident.model_construct(title="x", whys=(Why.model_construct(id="a", parent="b", leg=None),))

    assert ["whys.a.parent"] == [problem.where for problem in problems_of(broken)]


def test_two_roots_at_one_why_are_refused():
    """A cause is marked once."""
    with pytest.raises(DataError, match="2 causes name the same why; keep one root a why"):
        told(whys=[{"id": "w1"}], causes=[{"id": "c1", "why": "w1"}, {"id": "c2", "why": "w1"}])


def test_parts_built_in_python_are_checked_alike():
    """Constructors refuse what the reading refuses."""
    with pytest.raises(ValidationError):
        Customer(nam="x")
    with pytest.raises(ValidationError):
        Impact(customers=-1)


def test_a_frozen_table_refuses_every_change_and_copies_as_it_is():
    """However somebody tries."""

    class Rules(BaseModel):
        table: Table[str, int]

    table = Rules(table={"a": 1}).table
    for change in (
        lambda: table.__setitem__("b", 2),
        lambda: table.__delitem__("a"),
        lambda: table.update(b=2),
        lambda: table.setdefault("b", 2),
        lambda: table.pop("a"),
        table.popitem,
        table.clear,
        lambda: table.__ior__({"b": 2}),
    ):
        with pytest.raises(TypeError, match="read only"):
            change()

    assert {"a": 1} == table
    assert isinstance(Rules(table={"a": 1}).model_copy(deep=True).table, Frozen)
