"""What people said of the meetings: counted by meeting or month, with exact intervals and small numbers as they are."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pandas as pd
import pytest

from postmortem.analysis import answers_by_meeting, exact_share
from postmortem.record.errors import DataError
from postmortem.store import open_store

COLUMNS = ["incident_id", "feedback_id", "held_at", "learned", "again"]


def said(*rows) -> SimpleNamespace:
    """Tables with answers: record, day or None, learned, again."""
    made = [
        (record, f"f{at}", pd.Timestamp(day, tz="UTC") if day else pd.NaT, *words)
        for at, (record, day, *words) in enumerate(rows)
    ]
    frame = pd.DataFrame(made, columns=COLUMNS)
    return SimpleNamespace(feedback=frame.assign(held_at=pd.to_datetime(frame["held_at"], utc=True)))


def test_the_interval_is_that_of_the_textbook():
    """682 of 925 seeds (Conover 1971), as R's binom.test prints it; and 7 of 10."""
    assert (0.7076683, 0.7654066) == pytest.approx(exact_share(682, 925), abs=1e-7)
    assert (0.3475471, 0.9332605) == pytest.approx(exact_share(7, 10), abs=1e-7)


def test_none_and_all_have_one_open_end():
    """0 of 10 ends at the known 30.85 %, 10 of 10 begins at the other side of it."""
    assert (0.0, 0.3084971) == pytest.approx(exact_share(0, 10), abs=1e-7)
    assert (0.6915029, 1.0) == pytest.approx(exact_share(10, 10), abs=1e-7)


def test_a_large_number_does_not_overflow():
    """Where the ways to choose have hundreds of digits."""
    low, high = exact_share(1500, 3000)

    assert 0.48 < low < 0.5 < high < 0.52


@pytest.mark.parametrize(("yes", "n"), [(1, 0), (-1, 3), (4, 3)])
def test_more_than_all_is_refused(yes, n):
    """A share lies between none and all."""
    with pytest.raises(ValueError, match="found"):
        exact_share(yes, n)


def test_a_question_left_open_counts_in_neither():
    """Two learned of three; one would come again of one."""
    frame = answers_by_meeting(
        said(("a", "2026-03-02", "yes", "yes"), ("a", "2026-03-02", "no", None), ("a", "2026-03-02", "yes", ""))
    )

    assert [("learned", 2, 3), ("again", 1, 1)] == list(zip(frame["question"], frame["yes"], frame["n"], strict=True))
    assert 3 == frame["answers"].iloc[0]


def test_an_answer_with_nothing_but_a_line_is_not_counted():
    """Who answered neither question is in no number."""
    frame = answers_by_meeting(said(("a", "2026-03-02", "yes", "no"), ("a", "2026-03-02", None, None)))

    assert 1 == frame["answers"].iloc[0]


def test_under_ten_answers_there_is_no_interval():
    """R43: nine are a list; the tenth makes an interval, of the meeting and of all."""
    nine = answers_by_meeting(said(*[("a", "2026-03-02", "yes", "no")] * 9))
    ten = answers_by_meeting(said(*[("a", "2026-03-02", "yes", "no")] * 10))

    assert nine[["low", "high", "all_low", "all_high"]].isna().all(axis=None)
    assert exact_share(10, 10) == (ten["low"].iloc[0], ten["all_high"].iloc[0])


def test_small_meetings_make_one_interval_together():
    """Two meetings of five have none each, and one of ten."""
    frame = answers_by_meeting(said(*[("a", "2026-03-02", "yes", "no")] * 5, *[("b", "2026-03-09", "no", "no")] * 5))

    assert frame["low"].isna().all()
    assert exact_share(5, 10) == (frame["all_low"].iloc[0], frame["all_high"].iloc[0])


def test_many_meetings_become_months():
    """Twelve stand for themselves, thirteen become months; either can be asked for."""
    days = [f"2026-{1 + k % 3:02}-{1 + k:02}" for k in range(13)]
    rows = [(f"i{k}", day, "yes", "yes") for k, day in enumerate(days)]

    assert {"meeting"} == set(answers_by_meeting(said(*rows[:12]))["by"])
    assert 3 == len(answers_by_meeting(said(*rows)).query("question == 'again'"))
    assert 13 == len(answers_by_meeting(said(*rows), "meeting").query("question == 'again'"))


def test_a_day_begins_where_the_meeting_was():
    """Half past eleven at night in UTC is the next day, and the next month, in Berlin."""
    frame = answers_by_meeting(said(("a", "2026-01-31T23:30", "yes", "yes")), "month", zone="Europe/Berlin")

    assert [pd.Timestamp("2026-02-01")] * 2 == frame["period"].tolist()


def test_an_answer_without_a_day_is_in_the_sums_and_in_no_period():
    """Nothing is lost, nothing is put on a day it was not."""
    frame = answers_by_meeting(said(("a", "2026-03-02", "yes", "yes"), ("b", None, "no", "no")))

    assert 1 == frame["n"].iloc[0]
    assert (1, 2, 1) == tuple(frame[["all_yes", "all_n", "undated"]].iloc[0])


def test_nothing_said_is_an_empty_frame():
    """With its columns, so that a chart can say what to do."""
    frame = answers_by_meeting(said())

    assert 0 == len(frame)
    assert {"question", "share", "all_n"} <= set(frame)


def test_another_grouping_is_refused():
    """With the words that would do."""
    with pytest.raises(DataError, match="expected meeting or month, found 'week'"):
        answers_by_meeting(said(("a", "2026-03-02", "yes", "yes")), "week")


def test_the_stores_own_table_is_read(tmp_path):
    """What the store writes is what is counted here, also where nobody answered yet."""
    with open_store(tmp_path / "postmortem.db") as store:
        empty = answers_by_meeting(store.tables())
        feedback = [{"id": "f-1", "learned": "yes"}, {"id": "f-2", "learned": "no", "again": "no"}]
        meeting = {"starts_at": "2026-03-24T14:00:00+00:00"}
        store.save(_incident({"title": "Late", "meeting": meeting, "feedback": feedback}), by="Ana")
        frame = answers_by_meeting(store.tables())

    assert 0 == len(empty)
    assert [(1, 2), (0, 1)] == list(zip(frame["yes"], frame["n"], strict=True))
    assert math.isclose(0.5, frame["share"].iloc[0])


def _incident(data):
    from postmortem.record.reading import incident_from  # noqa: PLC0415 - only here

    return incident_from(data)
