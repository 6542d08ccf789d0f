"""How often two people name the same kind, held against published examples (R31)."""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortem.analysis import Agreement, Kappa, agreement, kappa
from postmortem.record.errors import DataError

KINDS = ("training", "understanding", "motivation", "system")


def frame(*roots):
    """The table of opinions: a root is a list of pairs of a person and a kind."""
    rows = [
        {"incident_id": f"i{at // 3}", "cause_id": f"c{at}", "number": number, "by": by, "category": kind}
        for at, root in enumerate(roots)
        for number, (by, kind) in enumerate(root, start=1)
    ]
    return pd.DataFrame(rows, columns=["incident_id", "cause_id", "number", "by", "category"])


def over(*roots):
    """The agreement over some roots."""
    return agreement(SimpleNamespace(opinions=frame(*roots)))


def cells(table):
    """A table of two judges as roots that Ana and Ben classified."""
    return [
        [("Ana", KINDS[row]), ("Ben", KINDS[column])]
        for row, column in product(range(len(table)), repeat=2)
        for _ in range(table[row][column])
    ]


# SAS/STAT User's Guide, The FREQ Procedure, "Agreement Study": two dermatologists, 88 patients with a skin condition.
SKIN = [[10, 4, 1, 0], [5, 10, 12, 2], [2, 4, 12, 5], [0, 2, 6, 13]]
# Fleiss, Statistical Methods for Rates and Proportions (1981), p. 213: two raters, 100 subjects.
FLEISS = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]


@pytest.mark.parametrize(
    ("table", "value", "error", "low", "high"),
    [(SKIN, 0.3449, 0.0724, 0.2030, 0.4868), (FLEISS, 0.6765, 0.0877, 0.5046, 0.8484)],
    ids=["SAS skin condition", "Fleiss 1981"],
)
def test_published_examples_come_out_to_their_last_digit(table, value, error, low, high):
    """Kappa, its asymptotic standard error and its 95 % limits."""
    found = kappa(table)

    assert (value, error, low, high) == tuple(
        round(number, 4) for number in (found.value, found.error, found.low, found.high)
    )


@pytest.mark.parametrize(
    ("table", "value"),
    [([[20, 5], [10, 15]], 0.4), ([[45, 15], [25, 15]], 0.1304), ([[25, 35], [5, 35]], 0.2593)],
)
def test_the_examples_of_the_textbooks_with_two_kinds_come_out(table, value):
    """The same share agrees in the last two, and chance is not the same."""
    assert value == round(kappa(table).value, 4)


def test_a_bootstrap_finds_the_same_standard_error():
    """Without the formula: 4,000 tables drawn from the published one."""
    draw = np.random.default_rng(7)
    share = np.array(FLEISS).ravel() / 100
    again = [kappa(table.reshape(3, 3)).value for table in draw.multinomial(100, share, size=4000)]

    assert kappa(FLEISS).error == pytest.approx(np.std(again), rel=0.06)


def test_where_all_agree_the_limit_comes_from_the_exact_share():
    """An error of 0 would say that it is certain after twelve."""
    found = kappa([[6, 0], [0, 6]])

    assert (1.0, 1.0, 0.0) == (found.value, found.high, found.error)
    assert 0.47 == round(found.low, 2)


def test_where_both_always_say_the_same_kind_kappa_is_not_defined():
    """Neither 1 nor a number that is none: it is said."""
    found = over(*[[("Ana", "system"), ("Ben", "system")]] * 12)

    assert found.kappa.value is None
    assert (
        "Over 12 roots classified by two: 100 % agree; kappa is not defined, because both always said system."
        == str(found)
    )


def test_one_who_always_says_another_kind_than_the_other_has_a_kappa_of_zero():
    """Nothing agrees, as chance would have it too."""
    assert 0.0 == kappa([[0, 12], [0, 0]]).value


def test_under_ten_roots_there_is_a_count_and_no_more():
    """No share, no kappa (R43)."""
    same, other = [("Ana", "system"), ("Ben", "system")], [("Ana", "system"), ("Ben", "training")]
    nine = over(*[same] * 6, *[other] * 3)

    assert "Over 9 roots classified by two: 6 of 9 agree." == str(nine)
    assert (None, None, None) == (nine.share, nine.low, nine.kappa)
    assert "10 roots" in nine.meaning
    assert "Over 1 root classified by two: 1 of 1 agree." == str(over(same))
    assert "No root was classified by two people apart yet." == str(over([("Ana", "system")]))


def test_the_sentence_of_a_published_example():
    """Percent, kappa, and its limits with one digit."""
    found = over(*cells(FLEISS))

    assert "Over 100 roots classified by two: 89 % agree, kappa 0.68 (0.5 to 0.8)." == str(found)
    assert (0.8117, 0.9438) == (round(found.low, 4), round(found.high, 4))


def test_a_limit_that_would_round_to_one_gets_one_more_digit():
    """And a share that is not all never reads as all."""
    near = Agreement(900, 899, 0.9989, 0.99, 1.0, Kappa(0.9978, 0.993, 1.0))

    assert "Over 331 roots classified by two: 99 % agree, kappa 0.99 (0.98 to 1.0)." == str(
        over(*cells([[170, 1], [0, 160]]))
    )
    assert "Over 900 roots classified by two: 99 % agree, kappa 0.998 (0.99 to 1.0)." == str(near)


def test_two_people_who_take_turns_in_speaking_first_stay_the_two_judges():
    """Then kappa is Cohen's for them, whoever was first."""
    turned = [root if at % 2 else root[::-1] for at, root in enumerate(cells(SKIN))]

    assert over(*cells(SKIN)) == over(*turned)
    assert "the same two people throughout" in over(*turned).meaning


def test_where_many_people_take_turns_the_number_says_what_it_compares():
    """Whoever spoke first with whoever spoke second."""
    found = over(*[[(f"P{at}", "system"), (f"P{at + 1}", "training" if at % 4 else "system")] for at in range(12)])

    assert (13, False) == (found.people, found.two_people)
    assert "whoever spoke first with whoever spoke second" in found.meaning


def test_only_the_first_two_people_of_a_root_count():
    """A third opinion, one without a name or a kind, and a person's second one do not."""
    found = over(
        [("Ana", "system"), ("Ben", "system"), ("Cleo", "training")],
        [("", "system"), ("Ana", "system"), ("Ben", "training")],
        [("Ana", "system"), ("Ana", "training"), ("Ben", "system")],
        [("Ana", "system"), ("Ben", None)],
        [("Ana", "system")],
    )

    assert (3, 2) == (found.roots, found.same)


def test_another_engine_gives_the_same():
    """A table of Arrow; and of Polars, eager and lazy, where it is installed."""
    opinions = pa.Table.from_pandas(frame(*cells(SKIN)))

    assert over(*cells(SKIN)) == agreement(SimpleNamespace(opinions=opinions))

    polars = pytest.importorskip("polars")
    given = polars.DataFrame(opinions.to_pydict())

    assert over(*cells(SKIN)) == agreement(SimpleNamespace(opinions=given))
    assert over(*cells(SKIN)) == agreement(SimpleNamespace(opinions=given.lazy()))


def test_a_table_without_rows_and_one_without_a_column_are_told():
    """Nothing is guessed."""
    assert 0 == over().roots
    with pytest.raises(DataError, match="column 'category'"):
        agreement(SimpleNamespace(opinions=frame().drop(columns="category")))
    with pytest.raises(ValueError, match="square table of counts"):
        kappa([[1, 2, 3], [1, 2, 3]])


@given(
    table=st.integers(2, 4).flatmap(
        lambda size: st.lists(st.lists(st.integers(0, 12), min_size=size, max_size=size), min_size=size, max_size=size)
    )
)
def test_kappa_lies_between_its_limits_and_knows_no_order_of_judges_or_kinds(table):
    """Turned over, or with the kinds in another order, it is the same number."""
    counts = np.array(table)
    if counts.sum() == 0:
        return
    found = kappa(counts)
    if found.value is None:
        assert 1 == np.count_nonzero(counts)
        return

    assert -1 <= found.low <= found.value <= found.high <= 1
    assert found.value == pytest.approx(kappa(counts.T).value)
    assert found.value == pytest.approx(kappa(counts[::-1, ::-1]).value)
