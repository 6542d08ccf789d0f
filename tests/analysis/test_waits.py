"""How long customers waited: from knowing, by the month in which it began, with what is open counted as open."""

from __future__ import annotations

from datetime import UTC, datetime
from statistics import median

import pandas as pd
import pytest

from postmortem.analysis import waits
from postmortem.record.errors import DataError
from postmortem.record.playbook import default_playbook
from postmortem.record.reading import incident_from
from postmortem.store import open_store

NOW = datetime(2026, 10, 18, 12, tzinfo=UTC)
START = "2026-01-05T10:00Z"


def of(frame: pd.DataFrame, measure: str) -> pd.DataFrame:
    """The rows of one measure."""
    return frame[frame["measure"] == measure]


def sums(frame: pd.DataFrame, measure: str) -> tuple[int, int, int]:
    """Closed, open and apart of one measure."""
    row = of(frame, measure).iloc[0]
    return row["all_closed"], row["all_open"], row["apart"]


def each(frame: pd.DataFrame, measure: str) -> list[int]:
    """Every closed wait of one measure."""
    return sorted(wait for row in of(frame, measure)["waits"] for wait in row)


def test_a_wait_begins_when_we_knew_or_when_they_raised_it(tables):
    """Whichever was first; a part of a minute does not count."""
    given = tables(
        {"known_at": START, "raised_at": "2026-01-05T10:30Z", "told_at": "2026-01-05T11:00:59Z"},
        {"known_at": "2026-01-05T10:30Z", "raised_at": START, "told_at": "2026-01-05T12:00Z"},
        {"raised_at": START, "told_at": START},
        {"known_at": START, "told_at": "2026-01-06T10:00Z"},
    )

    assert [0, 60, 120, 1440] == each(waits(given, now=NOW), "tell")


def test_what_is_open_counts_and_for_as_long_as_it_has_waited(tables):
    """Two hours by now; what was noted of later has not happened yet."""
    at = datetime(2026, 1, 5, 12, tzinfo=UTC)
    frame = waits(tables({"known_at": START}, {"known_at": START, "told_at": "2026-01-05T12:01Z"}), now=at)

    assert [(120, 120)] == of(frame, "tell")["still"].tolist()
    assert (0, 2, 0) == sums(frame, "tell") == sums(frame, "fix")


def test_what_can_not_be_counted_is_told(tables):
    """Nobody said since when; it was over before it began."""
    given = tables(
        {"told_at": START}, {"known_at": START, "told_at": "2026-01-05T09:59Z"}, {"known_at": START, "told_at": START}
    )
    frame = waits(given, now=NOW)

    assert (1, 0, 2) == sums(frame, "tell")


def test_a_source_that_never_says_when_is_apart_and_not_open(tables):
    """One that says it for some has the others open."""
    silent = [{"id": f"s{k}", "raised_at": START, "source": "agency"} for k in range(3)]
    speaks = [
        {"id": "a", "raised_at": START, "source": "city", "fixed_at": START},
        {"id": "b", "raised_at": START, "source": "city"},
    ]
    frame = waits(tables(*silent, *speaks), now=NOW)

    assert (1, 1, 3) == sums(frame, "fix")
    assert 0 == len(of(frame, "tell"))


def test_the_apology_and_the_follow_up_are_found_by_the_playbooks_targets(tables):
    """In each procedure the step that has the target, whatever it is called."""
    four = [{"procedure": "four-steps", "step_id": "responsible", "status": "done", "done_at": "2026-01-05T10:07Z"}]
    thirteen = [{"step_id": "apologise", "status": "done", "done_at": "2026-01-05T10:05Z"}]
    not_ours = [{"procedure": "not-our-mistake", "step_id": "ease", "status": "to do"}]
    given = tables(
        *({"id": f"i{k}", "known_at": START, "steps": steps} for k, steps in enumerate((four, thirteen, not_ours)))
    )
    frame = waits(given, now=NOW, playbook=default_playbook())

    assert [5, 7] == each(frame, "apologise")
    assert (2, 0, 0) == sums(frame, "apologise")


def test_a_step_that_is_not_needed_is_in_no_number_and_one_without_a_time_is_apart(tables):
    """Open stays open, also where the record says that it will be done tomorrow."""
    steps = [
        {"status": "not needed"},
        {"status": "done"},
        {"status": "to do"},
        {"status": "done", "done_at": "2027-01-01"},
        {"status": "done", "done_at": START},
    ]
    given = tables(
        *(
            {"id": f"i{k}", "known_at": START, "steps": [{"step_id": "apologise"} | step]}
            for k, step in enumerate(steps)
        )
    )

    assert (1, 2, 1) == sums(waits(given, now=NOW), "apologise")


def test_a_follow_up_is_counted_in_days_of_the_calendar_from_the_fix(tables):
    """The night in which the clocks change is one night; what is not fixed has not begun to wait for it."""
    follow = {"step_id": "follow-up", "status": "done", "done_at": "2026-03-30T06:00Z"}
    given = tables(
        {"known_at": START, "fixed_at": "2026-03-27T22:30Z", "steps": [follow]},
        {"known_at": START, "fixed_at": "2026-03-27T23:30Z", "steps": [follow]},
        {"known_at": START, "steps": [follow | {"status": "to do", "done_at": None}]},
    )
    frame = of(waits(given, now=NOW, zone="Europe/Berlin"), "follow up")

    assert [(2, 3)] == frame["waits"].tolist()
    assert (["days"], [2]) == (frame["unit"].tolist(), frame["all_n"].tolist())


def test_a_median_stands_from_ten_on_and_under_ten_every_wait(tables):
    """R43; ten with one open: the tenth is somewhere later, the middle stays where it is."""
    told = [f"2026-01-05T10:{minute:02}Z" for minute in (1, 2, 3, 4, 10, 20, 30, 40, 50)]
    given = [{"id": f"i{k}", "known_at": START, "told_at": at} for k, at in enumerate(told)]
    few = of(waits(tables(*given), now=NOW), "tell").iloc[0]
    ten = of(waits(tables(*given, {"id": "open", "known_at": START}), now=NOW), "tell").iloc[0]

    assert (1, 2, 3, 4, 10, 20, 30, 40, 50) == few["waits"]
    assert pd.isna(few["median"])
    assert pd.isna(few["all_median"])
    assert (15.0, 15.0, (), ()) == (ten["median"], ten["all_median"], ten["waits"], ten["still"])


def test_a_month_begins_where_it_is_counted(tables):
    """A wait that began in the last hour of March in London began in April in Berlin."""
    given = tables({"known_at": "2026-03-31T22:30Z", "told_at": "2026-04-02"}, {"known_at": "2026-06-02"})
    found = {
        zone: of(waits(given, now=NOW, zone=zone), "tell")["month"].dt.month.tolist()
        for zone in ("Europe/London", "Europe/Berlin")
    }

    assert {"Europe/London": [3, 6], "Europe/Berlin": [4, 6]} == found


def test_of_a_seeded_history_it_gives_what_an_independent_count_gives(history):
    """Every median of a month by the statistics module, where nothing is open."""
    table = history.incidents
    start = table[["known_at", "raised_at"]].min(axis=1)
    minutes = (table["told_at"] - start).dt.total_seconds() // 60
    minutes = minutes[minutes.notna() & (minutes >= 0)]
    months = start.dt.strftime("%Y-%m")
    open_ = set(months[table["told_at"].isna()])
    frame = of(waits(history, now=NOW), "tell").set_index(
        of(waits(history, now=NOW), "tell")["month"].dt.strftime("%Y-%m")
    )
    expected = {
        month: median(rest) for month, rest in minutes.groupby(months) if len(rest) >= 10 and month not in open_
    }

    assert len(minutes) == frame["closed"].sum()
    assert table["told_at"].isna().sum() == frame["open"].sum() > 0
    assert expected == {month: frame.loc[month, "median"] for month in expected}


def test_nothing_there_gives_an_empty_frame(tables, tmp_path):
    """Of tables by hand, of an empty store, and where nobody said since when."""
    with open_store(tmp_path / "store.db") as store:
        frames = [waits(given, now=NOW) for given in (tables(), store.tables(), tables({"title": "New"}))]

    assert [0, 0, 0] == [len(frame) for frame in frames]


def test_a_store_gives_what_its_records_say(tmp_path):
    """From the record to the wait, by way of the tables."""
    steps = [{"id": "apologise", "status": "done", "at": "2026-01-05T10:10:00+00:00"}]
    times = {"known_at": "2026-01-05T10:00:00+00:00", "told_at": "2026-01-05T10:05:00+00:00"}
    with open_store(tmp_path / "store.db") as store:
        store.save(incident_from({"title": "Late", **times, "recovery": {"steps": steps}}), by="Ana")
        frame = waits(store.tables(), now=NOW)

    assert ([5], [10]) == (each(frame, "tell"), each(frame, "apologise"))
    assert (0, 1, 0) == sums(frame, "fix")


def test_a_moment_without_a_zone_is_refused(history):
    """No count depends on the machine's zone."""
    with pytest.raises(DataError, match="zone"):
        waits(history, now=datetime(2026, 10, 18))  # noqa: DTZ001 - the zone is what is missing
