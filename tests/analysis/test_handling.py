"""Told before they asked, the steps one by one, promises kept: by hand on small tables, and what is left out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from postmortem.analysis import conformance, exact_share, promises_kept, select, told_first
from postmortem.record.errors import DataError
from postmortem.store import open_store

if TYPE_CHECKING:
    import pandas as pd

NOW = datetime(2026, 10, 18, 12, tzinfo=UTC)
EARLY, LATE = "2026-01-01T10:00Z", "2026-01-01T12:00Z"


def months(frame: pd.DataFrame) -> list[tuple[str, int, int]]:
    """Month, yes and n of each row."""
    return [(at.strftime("%Y-%m"), yes, n) for at, yes, n in zip(frame["month"], frame["yes"], frame["n"], strict=True)]


# -- told before they asked -------------------------------------------------------------------------------------------


def test_told_first_counts_whom_we_told_first(tables):
    """Told and never raised, or told before raised; at the same moment is not before; nobody spoke is not known."""
    given = tables(
        {"told_at": EARLY},
        {"told_at": EARLY, "raised_at": LATE},
        {"told_at": LATE, "raised_at": EARLY},
        {"told_at": EARLY, "raised_at": EARLY},
        {"raised_at": EARLY},
        {},
    )
    frame = told_first(given, now=NOW)

    assert [("2026-01", 2, 5)] == months(frame)
    assert (0.4, 1) == (frame["share"].iloc[0], frame["unknown"].iloc[0])


def test_a_month_is_that_of_the_first_word_where_it_was_said(tables):
    """Half past eleven at night in London on 31 March is the first of April in Berlin, and summer time in both."""
    given = tables({"told_at": "2026-03-31T22:30Z", "raised_at": "2026-05-01T10:00Z"}, {"raised_at": "2026-06-02"})

    assert [("2026-03", 1, 1), ("2026-06", 0, 1)] == months(told_first(given, now=NOW, zone="Europe/London"))
    assert [("2026-04", 1, 1), ("2026-06", 0, 1)] == months(told_first(given, now=NOW, zone="Europe/Berlin"))


def test_an_interval_stands_from_ten_on(tables):
    """R43: in a month, and of all months together."""
    nine = [{"id": f"a{k}", "told_at": EARLY} for k in range(9)]
    few = told_first(tables(*nine), now=NOW)
    frame = told_first(tables(*nine, {"id": "b", "raised_at": "2026-02-01"}), now=NOW)

    assert few[["low", "high", "all_low", "all_high"]].isna().all(axis=None)
    assert frame[["low", "high"]].isna().all(axis=None)
    assert exact_share(9, 10) == (frame["all_low"].iloc[0], frame["all_high"].iloc[0])


def test_a_source_that_never_says_when_somebody_was_told_leaves_the_order_open(tables):
    """Their complaints were raised, and nothing is known of our answer; another source says it for one of two."""
    silent = [{"id": f"s{k}", "raised_at": EARLY, "source": "agency"} for k in range(3)]
    speaks = [
        {"id": "x", "raised_at": EARLY, "source": "desk"},
        {"id": "y", "raised_at": LATE, "told_at": EARLY, "source": "desk"},
    ]
    frame = told_first(tables(*silent, *speaks), now=NOW)

    assert [("2026-01", 1, 2)] == months(frame)
    assert 3 == frame["unknown"].iloc[0]


def test_the_month_that_runs_is_not_complete_and_what_comes_is_not_counted(tables):
    """Seen from the middle of January."""
    given = tables({"told_at": "2025-12-03"}, {"told_at": EARLY}, {"told_at": "2026-02-03"})
    frame = told_first(given, now=datetime(2026, 1, 15, tzinfo=UTC))

    assert [("2025-12", 1, 1), ("2026-01", 1, 1)] == months(frame)
    assert [True, False] == frame["complete"].tolist()


def test_who_found_it_may_have_asked_first(tables):
    """Found by them, and nobody says when they raised it: the record does not know the order, nor do we (R1)."""
    given = tables({"told_at": EARLY, "found_by": "them"}, {"told_at": EARLY, "found_by": "us"})
    frame = told_first(given, now=NOW)

    assert [("2026-01", 1, 1)] == months(frame)
    assert 1 == frame["unknown"].iloc[0]


# -- the steps --------------------------------------------------------------------------------------------------------


def test_each_step_of_each_incident_is_one_of_five(tables):
    """Done in order, out of order, late, not needed or open; the sum is n."""
    done = {"status": "done", "due_at": LATE}
    first = [
        done | {"done_at": EARLY},
        done | {"done_at": LATE},
        done | {"done_at": "2026-01-01T12:01Z"},
        done | {"done_at": EARLY, "in_order": False},
        done | {"done_at": "2026-01-02", "in_order": False},
        {"status": "not needed"},
        {"status": "to do", "due_at": LATE},
        {"status": "to do", "due_at": "2027-01-01"},
        {"status": "done"},
    ]
    given = tables(*({"id": f"i{at}", "steps": [step]} for at, step in enumerate(first)))
    row = conformance(given, now=NOW).iloc[0]

    assert [3, 2, 1, 1, 2] == [row[name] for name in ("in order", "out of order", "late", "not needed", "open")]
    assert (1, 1, 9) == (row["also_late"], row["overdue"], row["n"])
    assert "Explain the mistake (the admission)" == row["text"]


def test_a_step_for_a_day_is_late_once_that_day_is_over(tables):
    """As the record has it: at the midnight itself it is late, done or open; a minute before it is not."""
    day = {"step_id": "follow-up", "due_on": "2026-01-06", "due_at": "2026-01-07"}
    steps = [
        day | {"status": "done", "done_at": "2026-01-06T23:59Z"},
        day | {"status": "done", "done_at": "2026-01-07"},
        day,
    ]
    given = tables(*({"steps": [step]} for step in steps))
    (row,) = conformance(given, now=datetime(2026, 1, 7, tzinfo=UTC)).to_dict("records")

    assert (1, 1, 1) == (row["in order"], row["late"], row["overdue"])


def test_the_thirteen_steps_stand_in_their_order(tables):
    """Incidents that went by another procedure are told apart, and not mixed in."""
    other = [{"procedure": "four-steps", "step_id": "admit", "status": "done"}]
    frame = conformance(tables({"steps": [{}] * 13}, {"steps": other}, {"steps": other}, {}), now=NOW)

    assert list(range(1, 14)) == frame["number"].tolist()
    assert [1] * 13 == frame["open"].tolist()
    assert {(1, 2)} == set(zip(frame["n"], frame["others"], strict=True))


def test_a_step_that_the_playbook_does_not_know_keeps_its_id(tables):
    """A team that changed its procedure sees what it did before."""
    frame = conformance(tables({"steps": [{"step_id": "ring-twice"}]}), now=NOW)

    assert ["ring-twice"] == frame["text"].tolist()


# -- promises ---------------------------------------------------------------------------------------------------------


def promised(tables, *promises: dict, **asked) -> pd.DataFrame:
    """What became of the promises of one incident."""
    return promises_kept(tables({"promises": [{"kind": "step"} | each for each in promises]}), now=NOW, **asked)


def test_a_promise_is_kept_by_its_date_or_not(tables):
    """At the moment itself is in time; a minute later, or open and past it, is not."""
    frame = promised(
        tables,
        {"due_at": LATE, "met_at": EARLY},
        {"due_at": LATE, "met_at": LATE},
        {"due_at": LATE, "met_at": "2026-01-01T12:01Z"},
        {"due_at": LATE},
    )

    assert [("2026-01", 2, 4)] == months(frame)
    assert (0.5, 1) == (frame["share"].iloc[0], frame["overdue"].iloc[0])


def test_a_promise_for_a_day_is_kept_until_that_day_is_over(tables):
    """The day on which the clocks change is over an hour early; the month is that of the day, not of its end."""
    day = {"due_on": "2026-03-29", "due_at": "2026-03-29T22:00Z"}
    last = {"due_on": "2026-03-31", "due_at": "2026-03-31T22:00Z"}
    frame = promised(
        tables,
        day | {"met_at": "2026-03-29T21:59Z"},
        day | {"met_at": "2026-03-29T22:00Z"},
        last | {"met_at": "2026-03-30T22:00Z"},
        zone="Europe/Berlin",
    )

    assert [("2026-03", 2, 3)] == months(frame)


def test_what_is_due_later_spared_or_kept_nobody_says_when_is_left_out_and_told(tables):
    """Also what is due later and kept already: only the early ones of a month would flatter it."""
    frame = promised(
        tables,
        {"due_at": LATE, "met_at": EARLY},
        {"due_at": "2026-12-01"},
        {"due_at": "2026-12-01", "met_at": EARLY},
        {"due_at": LATE, "status": "spared"},
        {"due_at": LATE, "status": "met"},
        {"due_at": None},
    )

    assert [("2026-01", 1, 1)] == months(frame)
    assert (2, 1, 1) == tuple(frame[name].iloc[0] for name in ("ahead", "spared", "unknown"))


def test_kinds_stand_in_the_order_of_the_work_with_their_sums(tables):
    """A month without any has no row."""
    frame = promised(
        tables,
        {"kind": "action", "due_at": "2026-05-01", "met_at": EARLY},
        {"due_at": "2026-01-01"},
        {"due_at": "2026-03-01", "met_at": EARLY},
    )

    assert [("step", "01"), ("step", "03"), ("action", "05")] == [
        (kind, at.strftime("%m")) for kind, at in zip(frame["kind"], frame["month"], strict=True)
    ]
    assert [(1, 2, 1), (1, 2, 1), (1, 1, 0)] == list(
        frame[["all_yes", "all_n", "all_overdue"]].itertuples(index=False, name=None)
    )


def test_tables_without_promises_have_none(history):
    """An older export has six tables."""
    six = type(history)(*(getattr(history, name) for name in list(vars(history))[:6]))

    assert 0 == len(promises_kept(six, now=NOW))
    assert 0 == len(promises_kept(select(six, teams=["Support desk"]), now=NOW))


# -- all of them ------------------------------------------------------------------------------------------------------

EACH = pytest.mark.parametrize("count", [told_first, conformance, promises_kept], ids=lambda count: count.__name__)


@EACH
def test_nothing_there_gives_an_empty_frame(tables, tmp_path, count):
    """Of tables by hand, of an empty store, and where no incident has been handled yet."""
    with open_store(tmp_path / "store.db") as store:
        frames = [count(given, now=NOW) for given in (tables(), store.tables(), tables({"title": "New"}))]

    assert [0, 0, 0] == [len(frame) for frame in frames]


@EACH
def test_a_moment_without_a_zone_is_refused(history, count):
    """No count depends on the machine's zone."""
    with pytest.raises(DataError, match="zone"):
        count(history, now=datetime(2026, 10, 18))  # noqa: DTZ001 - the zone is what is missing


@EACH
def test_a_filter_keeps_what_belongs_to_its_incidents(history, count):
    """The parts of the whole add up to it."""
    teams = sorted(set(history.incidents["team"]))
    column = "open" if count is conformance else "n"
    parts = [count(select(history, teams=[team]), now=NOW)[column].sum() for team in teams]

    assert 1 < len(teams)
    assert count(history, now=NOW)[column].sum() == sum(parts) > 0
