"""The Pareto counts an incident once a label and once in all, and keeps in sight what it does not rank."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postmortem.analysis import pareto, recurrences
from postmortem.record.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

KINDS = ["system", "training", "outside our control", "unclassified", ""]


def rows(frame: pd.DataFrame, column: str) -> dict[str, object]:
    """One column by label."""
    return dict(zip(frame["label"], frame[column], strict=True))


@pytest.fixture
def four(tables):
    """Four incidents: two system causes in one, a system and a training cause, outside our control, and no cause."""
    return tables(
        {"customer_min": 60, "causes": [{"category": "system"}, {"category": "system"}]},
        {"customer_min": 30, "customer_cost": 5, "causes": [{"category": "system"}, {"category": "training"}]},
        {"causes": [{"category": "outside our control"}]},
        {"customer_min": 10},
    )


def test_an_incident_counts_once_a_label(four):
    """Two system causes in one incident are one incident with a system cause."""
    counted = rows(pareto(four), "incidents")

    assert {"system": 2, "training": 1, "outside our control": 1, "no cause yet": 1, "total": 4} == counted


def test_the_total_is_not_the_sum_of_the_rows(four):
    """An incident with two labels is in two rows and once in the total, and both numbers are given."""
    frame = pareto(four)

    assert 4 == frame["incidents"].iloc[-1]
    assert 5 == frame["incidents"].iloc[:-1].sum()
    assert {"system": 1, "training": 1, "outside our control": 0, "no cause yet": 0, "total": 1} == rows(
        frame, "elsewhere"
    )
    assert {4} == set(frame["of"])


def test_time_and_money_count_once_an_incident(four):
    """Minutes and cost are summed over incidents, not over causes; how many are known stands beside."""
    frame = pareto(four)

    assert 90 == rows(frame, "lost_min")["system"]
    assert 0.9 == rows(frame, "lost_min_share")["system"]
    assert 100 == rows(frame, "lost_min")["total"]
    assert 3 == rows(frame, "lost_min_known")["total"]
    assert 5 == rows(frame, "customer_cost")["training"]


def test_what_nobody_knows_is_missing_and_not_nought(four):
    """A row without any known value has no sum."""
    frame = pareto(four)

    assert math.isnan(rows(frame, "lost_min")["outside our control"])
    assert frame["our_cost"].isna().all()


def test_what_is_not_one_of_the_four_is_last_and_without_rank(four):
    """Outside our control is never ranked, however often it happens."""
    frame = pareto(four)

    assert ["ranked", "ranked", "outside our control", "no cause yet", "total"] == frame["kind"].tolist()
    assert [1, 2] == frame["rank"].dropna().tolist()


def test_so_far_counts_each_incident_once(four):
    """Two rows that share an incident have three incidents' labels and two incidents."""
    assert [2, 2] == pareto(four)["so_far"].dropna().tolist()


def test_equal_counts_stand_in_the_order_of_the_alphabet(tables):
    """A ranking does not depend on the order of the rows."""
    given_ = tables({"causes": [{"category": "training"}]}, {"causes": [{"category": "motivation"}]})

    assert ["motivation", "training"] == pareto(given_)["label"].tolist()[:2]


def test_a_recurring_cause_is_named_by_its_most_frequent_wording(tables):
    """The id is the label; the name is how people mostly say it."""
    wordings = ["No list", "List missing", "List missing"]
    cause = {"category": "system", "recurring_id": "C-1"}
    given_ = tables(*({"causes": [cause | {"text": text}]} for text in wordings), {"causes": [{"category": "system"}]})
    frame = pareto(given_, "recurring_id")

    assert ["C-1", "not named", "total"] == frame["label"].tolist()
    assert ["List missing", "system"] == frame.loc[0, ["name", "category"]].tolist()


def test_labels_beyond_the_most_frequent_become_one_row(tables):
    """The rest counts its incidents once, and says how many labels it has."""
    texts = [["a", "b"], ["a", "c"], ["c", "d"], ["e", "d"], ["a"]]
    given_ = tables(*({"causes": [{"category": "system", "text": text} for text in each]} for each in texts))
    frame = pareto(given_, "text", most=2)

    assert ["a", "c", "rest", "total"] == frame["label"].tolist()
    assert [3, 2, 3, 5] == frame["incidents"].tolist()
    assert [1, 1, 3, 5] == frame["labels"].tolist()


def test_a_rest_of_one_label_keeps_its_name(tables):
    """Nothing is hidden where no row is saved."""
    given_ = tables(*({"causes": [{"category": "system", "text": text}]} for text in "abc"))

    assert ["a", "b", "c", "total"] == pareto(given_, "text", most=2)["label"].tolist()


def test_a_label_that_looks_like_a_kind_stays_a_label(tables):
    """A cause that somebody worded 'unclassified' or 'total' is ranked by its words."""
    given_ = tables(*({"causes": [{"category": "system", "text": text}]} for text in ("total", "unclassified", "rest")))
    frame = pareto(given_, "text")

    assert 3 == (frame["kind"] == "ranked").sum()
    assert 4 == len(frame)


def test_nothing_gives_an_empty_frame_with_all_its_columns(tables, four):
    """Whoever draws it can rely on the columns."""
    assert pareto(four).columns.tolist() == pareto(tables()).columns.tolist()
    assert 0 == len(pareto(tables()))


def test_teams_are_not_ranked(four):
    """Asking for it is refused, with what to use instead."""
    with pytest.raises(DataError, match="category_by_team"):
        pareto(four, "team")


def test_an_unknown_label_is_refused_with_a_near_one(four):
    """A misspelt column does not pass silently."""
    with pytest.raises(DataError, match="did you mean 'category'"):
        pareto(four, "categry")


@pytest.mark.parametrize("most", [0, 51])
def test_how_many_are_ranked_has_bounds(four, most):
    """None or hundreds of rows are no ranking."""
    with pytest.raises(DataError, match="1 to 50"):
        pareto(four, most=most)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.lists(st.sampled_from(KINDS), max_size=4), max_size=12))
def test_every_incident_is_in_a_row_and_once_in_the_total(tables, drawn):
    """Whatever the causes: counts, sums and cumulative counts fit each other and an independent count."""
    incidents = [
        {"customer_min": 2**i, "causes": [{"category": kind} for kind in each]} for i, each in enumerate(drawn)
    ]
    frame = pareto(tables(*incidents))
    labels = [{kind or "unclassified" for kind in each} or {"no cause yet"} for each in drawn]
    expected = {word: sum(word in own for own in labels) for own in labels for word in own}
    minutes = {word: sum(2**i for i, own in enumerate(labels) if word in own) for own in labels for word in own}

    assert expected == dict(zip(frame["label"][:-1], frame["incidents"][:-1], strict=True))
    assert minutes == dict(zip(frame["label"][:-1], frame["lost_min"][:-1], strict=True))
    assert [len(drawn)] * bool(drawn) == frame["incidents"].tolist()[-1:]
    ranked = [word for word in frame["label"] if word in {"system", "training"}]
    assert [sum(bool(own & set(ranked[: k + 1])) for own in labels) for k in range(len(ranked))] == frame[
        "so_far"
    ].dropna().tolist()


def test_many_causes_in_one_incident_do_not_outrank_two_incidents(tables):
    """The order follows the incidents, not the causes."""
    given_ = tables({"causes": [{"category": "system"}] * 3}, *({"causes": [{"category": "training"}]} for _ in "ab"))

    assert ["training", "system"] == pareto(given_)["label"].tolist()[:2]


def test_money_in_several_currencies_is_not_summed(tables):
    """Ten euros and ten pounds are not twenty of anything; minutes still add up."""
    given_ = tables({"customer_cost": 10, "customer_min": 5}, {"customer_cost": 10, "customer_min": 5}, {})
    for words, expected in ((["EUR", "GBP", "GBP"], "several"), (["EUR", "EUR", "GBP"], "EUR")):
        frame = pareto(replace(given_, incidents=given_.incidents.assign(currency=words)))

        assert {expected} == set(frame["currency"])
        assert [10.0] == frame["lost_min"].tolist()[-1:]
        assert frame["customer_cost"].isna().all() == (expected == "several")


def test_time_lost_counts_every_customer_and_one_where_nobody_counted(tables):
    """Minutes are told for each customer (R5): nine offices without a phone for an hour lost nine hours."""
    given_ = tables(
        {"customers": 9, "customer_min": 60, "causes": [{"category": "system"}]},
        {"customers": None, "customer_min": 30, "causes": [{"category": "system"}]},
        {"customers": 0, "customer_min": 5},
        {"customers": 4},
    )
    frame = pareto(given_)

    assert 9 * 60 + 30 == rows(frame, "lost_min")["system"]
    assert 9 * 60 + 30 + 5 == rows(frame, "lost_min")["total"]
    assert 3 == rows(frame, "lost_min_known")["total"]
    assert {"system": 1, "no cause yet": 1, "total": 2} == rows(frame, "lost_alone")


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(
        st.tuples(st.none() | st.integers(0, 10**6), st.none() | st.integers(0, 5_256_000)), min_size=1, max_size=9
    )
)
def test_time_lost_is_the_sum_that_one_would_do_by_hand(tables, drawn):
    """Whatever is known and not known, the total is that of an independent sum."""
    total = pareto(tables(*({"customers": n, "customer_min": minutes} for n, minutes in drawn))).iloc[-1]
    known = [(n, minutes) for n, minutes in drawn if minutes is not None]

    assert len(known) == total["lost_min_known"]
    assert sum(not n for n, _ in known) == total["lost_alone"]
    assert known == [] or sum((n or 1) * minutes for n, minutes in known) == total["lost_min"]
    assert bool(known) == (not math.isnan(total["lost_min"]))


def test_tables_without_a_column_of_customers_still_add_up_their_minutes(tables):
    """A frame of somebody's own may not count customers: each incident is one."""
    given_ = tables({"customers": 9, "customer_min": 60}, {"customer_min": 30})
    total = pareto(replace(given_, incidents=given_.incidents.drop(columns="customers"))).iloc[-1]

    assert (90, 2) == (total["lost_min"], total["lost_alone"])


def test_time_lost_to_a_recurring_cause_counts_every_customer(tables):
    """The list of what recurs costs by the same measure."""
    causes = [{"category": "system", "recurring_id": "C-1"}]
    given_ = tables(*({"customers": n, "customer_min": 20, "causes": causes} for n in (3, None)))

    assert [80.0] == recurrences(given_, now=datetime(2026, 3, 1, tzinfo=UTC))["lost_min"].tolist()
