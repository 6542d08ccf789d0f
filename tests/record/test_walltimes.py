"""The clock times of a record that turns out to have been told in another zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from postmortem.record import walltimes
from postmortem.record.base import zone
from postmortem.record.edit import changed
from postmortem.record.incident import Incident, Moment, Recovery, RecoveryStep

ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "+05:30"])
TIMES = st.datetimes(datetime(2015, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the bounds are naive


def plain(wall: datetime, name: str) -> bool:
    """Whether the clocks of a zone show a reading once."""
    first, second = (wall.replace(tzinfo=zone(name), fold=fold) for fold in (0, 1))
    return first.utcoffset() == second.utcoffset()


def record(name: str, times: list[datetime]) -> Incident:
    """A record with a time of its own, in a step, and in its timeline."""
    steps = (RecoveryStep(id="apologise", status="done", at=times[1]),)
    seen = (Moment(id="m1", at=times[2]),)
    return Incident(title="Late", zone=name, occurred_at=times[0], timeline=seen, recovery=Recovery(steps=steps))


def walls(incident: Incident) -> list[datetime]:
    """What the clocks of its zone show."""
    return [at.astimezone(zone(incident.zone)).replace(tzinfo=None, fold=0) for at in walltimes.told(incident)]


@given(st.lists(TIMES, min_size=3, max_size=3), ZONES, ZONES)
def test_the_readings_stay_and_back_again_gives_the_same(times: list[datetime], was: str, now: str):
    """Wherever the clocks show each of them once."""
    before = record(was, times)
    after = walltimes.kept(changed(before, zone=now), was)
    once = all(plain(wall, name) for wall in walls(before) for name in (was, now))

    assert not once or walls(before) == walls(after)
    assert not once or before == walltimes.kept(changed(after, zone=was), now)
    assert all(abs(one - other) <= timedelta(hours=2) for one, other in zip(walls(before), walls(after), strict=True))


def test_a_reading_that_the_clocks_skip_moves_on_with_them():
    """02:30 is not there in the night in which the clocks go forward."""
    late = Incident(title="Late", zone="Europe/Berlin", occurred_at=datetime(2026, 3, 29, 2, 30, tzinfo=UTC))

    assert [datetime(2026, 3, 29, 3, 30)] == walls(walltimes.kept(late, "UTC"))  # noqa: DTZ001 - a reading


def test_what_the_clock_itself_wrote_stays_that_moment():
    """A record was closed when it was, in whatever zone its times were meant."""
    noon = datetime(2026, 3, 29, 12, tzinfo=UTC)
    found = walltimes.kept(Incident(title="Late", zone="Asia/Tokyo", known_at=noon, closed_at=noon), "UTC")

    assert (noon - timedelta(hours=9), noon) == (found.known_at, found.closed_at)
