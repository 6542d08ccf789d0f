"""The median of waits that are not all over is that of the textbook, and the plain one where all are."""

from __future__ import annotations

import math
from collections import Counter
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf

from postmortem.analysis import median_wait

TREATED = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
"""Weeks until a relapse of 21 patients; with a plus, none so far (Freireich and others 1963, by Gehan 1965)."""
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"


def of(over, still=()) -> float:
    """The median of single waits, over and still open."""
    closed, waiting = Counter(over), Counter(still)
    times = sorted({*closed, *waiting})
    return median_wait(times, [closed[at] for at in times], [waiting[at] for at in times])


def read(weeks: str) -> tuple[list[int], list[int]]:
    """Weeks that ended, and those with a plus."""
    words = weeks.split()
    return [int(word) for word in words if "+" not in word], [int(word[:-1]) for word in words if "+" in word]


@pytest.mark.parametrize(("weeks", "expected"), [(TREATED, 23), (PLACEBO, 8)])
def test_the_median_is_that_of_the_textbook(weeks, expected):
    """23 and 8 weeks, as R's survfit prints them."""
    assert expected == of(*read(weeks))


def test_leaving_out_what_is_open_would_flatter():
    """The same patients: of those that relapsed alone, the median is 10 weeks, less than half."""
    assert 10 == of(read(TREATED)[0])


@given(st.lists(st.integers(0, 500), min_size=1, max_size=60))
def test_with_nothing_open_it_is_the_plain_median(over):
    """Also of an even number: the middle of the two in the middle."""
    assert median(over) == of(over)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=40), st.lists(st.integers(0, 40), max_size=40))
def test_it_lies_where_the_curve_of_another_library_passes_one_half(over, still):
    """Scipy's curve is above one half before the median, and not above it from there on."""
    found = of(over, still)
    curve = ecdf(CensoredData.right_censored([*over, *still], [False] * len(over) + [True] * len(still))).sf

    if math.isnan(found):
        assert min(curve.probabilities) >= 0.5 - 1e-9
    else:
        assert curve.evaluate(found - 0.25) >= 0.5 - 1e-9
        assert curve.evaluate(found + 0.25) <= 0.5 + 1e-9


def test_while_half_wait_there_is_no_median():
    """It is later than anything seen; a number would be a forecast."""
    assert math.isnan(of([10], [20]))
    assert math.isnan(of([], [20, 30]))
    assert math.isnan(of([]))


def test_a_wait_that_is_open_counts_for_as_long_as_it_has_waited():
    """Of four, one waits since 15: whether it would be the third nobody knows, so it leaves and three are left."""
    assert 20 == of([10, 20, 30], [15])
    assert 25 == of([10, 20, 30, 40])
