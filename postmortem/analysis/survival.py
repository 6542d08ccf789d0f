"""How long something takes where some of it is not over yet: what is open counts for as long as it has waited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

_SAME = 1e-9


def median_wait(times: Sequence[float], closed: Sequence[int], waiting: Sequence[int]) -> float:
    """The Kaplan-Meier median: the time after which half are over, with those that are still open counted as open.

    The share that is still open after a time t is S(t), the product of 1 - d/n over all times up to t at which some
    were over: d of them, out of the n that were open until then. Whoever still waits leaves the n after the time they
    have waited so far. The median is the first time at which S is under one half; where S is one half exactly, it is
    the middle between that time and the next at which one is over. So, with nothing open, it is the plain median.

    A median of those alone that are over would flatter: what takes long is what is still open.

    Args:
        times: Times, in any order and any unit; none of them twice.
        closed: How many were over after each time.
        waiting: How many have waited for so long, and still do.

    Returns:
        The median, in the unit of the times; not a number where half of them are not over yet, or there are none.

    References:
        E. L. Kaplan and P. Meier, "Nonparametric estimation from incomplete observations", Journal of the American
        Statistical Association 53 (1958), 457-481. The middle of a flat stretch is taken as R's `survfit` does; where
        the stretch has no end yet, no median is given.

    Examples:
        >>> median_wait([10, 20, 40], [1, 1, 1], [0, 0, 0])
        20.0
        >>> median_wait([10, 20, 30, 40], [1, 1, 0, 1], [0, 0, 1, 0])
        30.0
        >>> median_wait([10, 20], [1, 0], [0, 1])
        nan
    """
    order = np.argsort(np.asarray(times, dtype=float))
    at, over, left = (np.asarray(values, dtype=float)[order] for values in (times, closed, waiting))
    leaving = over + left
    open_before = leaving.sum() - np.concatenate([[0.0], np.cumsum(leaving)[:-1]]) if len(at) else leaving
    still = np.cumprod(1 - over / open_before)
    ended = np.flatnonzero((over > 0) & (still <= 1 / 2 + _SAME))
    if not len(ended):
        return float("nan")
    first = ended[0]
    if still[first] < 1 / 2 - _SAME:
        return float(at[first])
    return float((at[first] + at[ended[1]]) / 2) if len(ended) > 1 else float("nan")
