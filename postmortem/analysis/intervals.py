"""How far a share that was counted may lie from the one behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

_HALVINGS = 60


def exact_share(yes: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """The exact interval of a share: all shares that would give as few, or as many, often enough.

    Args:
        yes: How many of them.
        n: How many there are.
        level: How often an interval made this way holds the share behind it, at least.

    Raises:
        ValueError: If there are none, or more than all.

    References:
        C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated in the case of the
        binomial", Biometrika 26 (1934), 404-413.

    Examples:
        >>> [round(limit, 4) for limit in exact_share(7, 10)]
        [0.3475, 0.9333]
        >>> [round(limit, 4) for limit in exact_share(6, 6)]
        [0.5407, 1.0]
    """
    if not 0 <= yes <= n or n < 1:
        raise ValueError(f"expected a number of 0 to n out of n, found {yes} of {n}")
    tail = (1 - level) / 2
    number = np.arange(1, n + 1)
    # The logarithms of n over 0, n over 1, …: the numbers themselves are too large from n = 1030 on.
    ways = np.concatenate([[0.0], np.cumsum(np.log((n - number + 1) / number))])
    all_ = np.arange(n + 1)

    def chance(share: float, least: int, most: int) -> float:
        """How likely from `least` to `most` of n are, where each is as likely as the share says."""
        part = slice(least, most + 1)
        logs = ways[part] + all_[part] * np.log(share) + (n - all_[part]) * np.log1p(-share)
        return float(np.exp(logs).sum())

    low = 0.0 if yes == 0 else _where(lambda share: chance(share, yes, n) < tail)
    high = 1.0 if yes == n else _where(lambda share: chance(share, 0, yes) > tail)
    return low, high


def _where(below: Callable[[float], bool]) -> float:
    """The share up to which something is so."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) else (low, middle)
    return (low + high) / 2
