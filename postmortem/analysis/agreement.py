"""How often two people who classify a root apart name the same kind (R31)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

import narwhals as nw
import numpy as np

from postmortem.analysis.frames import gathered, opened
from postmortem.analysis.intervals import exact_share
from postmortem.analysis.monthly import FEW

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from postmortem.analysis.frames import Frames, Lazy

_Z: Final = 1.959963984540054
"""The normal quantile of a 95 % interval."""
_ROOT: Final = ["incident_id", "cause_id"]
_DIGITS: Final = 4


class WithOpinions(Protocol):
    """Anything that holds the table of opinions, such as what the store gives."""

    @property
    def opinions(self) -> Any: ...  # noqa: ANN401, D102 - any frame that narwhals reads


@dataclass(frozen=True, slots=True)
class Kappa:
    """Cohen's kappa of one table of two judges.

    Attributes:
        value: From -1 to 1; `None` where both always named the same one kind: nothing is left to agree on then.
        low: The lower limit of its 95 % interval.
        high: The upper limit.
        error: Its standard error; 0 where all agree, and then no measure of how sure it is.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    error: float | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the first and the second opinion on a root agree.

    Attributes:
        roots: How many roots were classified by two people apart.
        same: On how many of them both named the same kind.
        share: `same` of `roots`; `None` under ten (R43).
        low: The lower limit of its exact 95 % interval; `None` under ten.
        high: The upper limit.
        kappa: Beyond chance; `None` under ten roots.
        people: How many different people they are.
        only: The kind that both always named, where kappa is not defined for that.
    """

    roots: int
    same: int
    share: float | None = None
    low: float | None = None
    high: float | None = None
    kappa: Kappa | None = None
    people: int = 0
    only: str = ""

    @property
    def two_people(self) -> bool:
        """Whether it was the same two people on every root: only then kappa tells of these two."""
        return self.people == 2  # noqa: PLR2004 - two

    def __str__(self) -> str:
        """The sentence that is shown, small numbers as they are (R43).

        Examples:
            >>> str(Agreement(8, 6))
            'Over 8 roots classified by two: 6 of 8 agree.'
            >>> str(Agreement(14, 11, 11 / 14, 0.49, 0.95, Kappa(0.64, 0.31, 0.97)))
            'Over 14 roots classified by two: 79 % agree, kappa 0.64 (0.3 to 0.97).'
        """
        if not self.roots:
            return "No root was classified by two people apart yet."
        start = f"Over {self.roots} root{'' if self.roots == 1 else 's'} classified by two:"
        if self.share is None or self.kappa is None:
            return f"{start} {self.same} of {self.roots} agree."
        percent = f"{start} {_percent(self.share)} agree"
        if self.kappa.value is None:
            return f"{percent}; kappa is not defined, because both always said {self.only}."
        low, high = self.kappa.low or 0.0, self.kappa.high or 0.0
        # Limits that read the same would say that there is none.
        digits = next((count for count in (1, 2) if _short(low, count) != _short(high, count)), 3)
        limits = f"({_short(low, digits)} to {_short(high, digits)})"
        return f"{percent}, kappa {_short(self.kappa.value, 2)} {limits}."

    @property
    def meaning(self) -> str:
        """What the number tells, and what it does not."""
        if self.kappa is None:
            return "" if not self.roots else f"Too few for more than a count: from {FEW} roots on there is a share."
        who = (
            "It is the same two people throughout."
            if self.two_people
            else f"{self.people} people took turns, so it compares whoever spoke first with whoever spoke second: it "
            "tells how clear the kinds are to all of you, not how well two certain people agree."
        )
        return f"Kappa is 0 where they agree as often as by chance, and 1 where always. {who}"


def agreement(tables: WithOpinions) -> Agreement:
    """How often two people named the same kind of a root, and how far that is beyond chance.

    The first two people of each root count; a third opinion, one without a kind, and one that nobody is named for do
    not. Where it is the same two people throughout, kappa is Cohen's for these two judges; else its two judges are
    "whoever spoke first" and "whoever spoke second", as `Agreement.meaning` says.

    Args:
        tables: The tidy tables; only `opinions` is read.

    Raises:
        DataError: If a column is not there.

    Examples:
        >>> from types import SimpleNamespace
        >>> import pandas as pd
        >>> said = {"incident_id": ["a"] * 4, "cause_id": ["c1", "c1", "c2", "c2"], "number": [1, 2, 1, 2]}
        >>> said |= {"by": ["Ana", "Ben"] * 2, "category": ["system", "system", "system", "training"]}
        >>> str(agreement(SimpleNamespace(opinions=pd.DataFrame(said))))
        'Over 2 roots classified by two: 1 of 2 agree.'
    """
    counts = _counted(tables)
    if not len(counts):
        return Agreement(0, 0)
    table = _table(counts)
    roots, same = int(table.sum()), int(np.trace(table))
    people = len({*counts["one"], *counts["other"]})
    if roots < FEW:
        return Agreement(roots, same, people=people)
    low, high = exact_share(same, roots)
    result = kappa(table)
    only = str(counts["first"].iloc[0]) if result.value is None else ""
    return Agreement(roots, same, same / roots, low, high, result, people, only)


def kappa(table: Sequence[Sequence[int]] | np.ndarray[Any, Any]) -> Kappa:
    """Cohen's kappa with its large-sample 95 % interval.

    Where all agree, the standard error is 0 and says nothing; then the lower limit is what kappa would be at the lower
    limit of the exact interval of the share, with the kinds as often as they were named.

    Args:
        table: How often the one judge (rows) and the other (columns) named each pair of kinds.

    Raises:
        ValueError: If the table is not square, holds a number below 0, or is empty.

    References:
        J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20 (1960),
        37-46. J. L. Fleiss, J. Cohen and B. S. Everitt, "Large sample standard errors of kappa and weighted kappa",
        Psychological Bulletin 72 (1969), 323-327, formula 13.

    Examples:
        >>> result = kappa([[20, 5], [10, 15]])
        >>> round(result.value, 4)
        0.4
        >>> kappa([[12, 0], [0, 0]]).value is None
        True
    """
    counts = np.asarray(table, dtype=float)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or counts.min(initial=0.0) < 0 or counts.sum() < 1:  # noqa: PLR2004 - rows and columns
        raise ValueError("expected a square table of counts with at least one in it")
    n = counts.sum()
    share = counts / n
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    observed, chance = float(np.trace(share)), float(rows @ columns)
    if (rows > 0).sum() == 1 and (columns > 0).sum() == 1 and observed > 0:
        return Kappa(None)
    value = (observed - chance) / (1 - chance)
    if observed >= 1 or np.isclose(observed, 1.0):
        low = (exact_share(int(n), int(n))[0] - chance) / (1 - chance)
        return Kappa(1.0, max(low, -1.0), 1.0, 0.0)
    diagonal = np.diag(share) @ (1 - (rows + columns) * (1 - value)) ** 2
    # Each other cell weighs with what its row's kind was in the columns, and its column's in the rows.
    mixed = (columns[:, None] + rows[None, :]) ** 2
    others = float((share * mixed).sum() - np.diag(share * mixed).sum())
    spread = diagonal + (1 - value) ** 2 * others - (value - chance * (1 - value)) ** 2
    error = float(np.sqrt(max(spread, 0.0) / n) / (1 - chance))
    return Kappa(value, max(value - _Z * error, -1.0), min(value + _Z * error, 1.0), error)


def _counted(tables: WithOpinions) -> pd.DataFrame:
    """How often each pair of people named each pair of kinds: `one`, `other`, `first`, `second`, `roots`."""
    # The one door takes all tables; it opens only the one that is named.
    rows = opened(cast("Frames", tables), "opinions", [*_ROOT, "number", "by", "category"])
    rows = rows.filter(~nw.col("by").is_null(), ~nw.col("category").is_null())
    # "Ana" and "ana " are one person, as `record.people` has it.
    rows = rows.with_columns(nw.col("by").str.strip_chars().str.to_lowercase().alias("by"))
    # A file may hold two of one person: the earlier one counts.
    by_person = rows.group_by(*_ROOT, "by").agg(nw.col("number").min())
    rows = rows.join(by_person, on=[*_ROOT, "by", "number"], how="semi")
    first = _earliest(rows)
    second = _earliest(rows.join(first, on=[*_ROOT, "number"], how="anti"))
    pairs = first.join(second.rename({"by": "by2", "category": "category2"}), on=_ROOT, how="inner")
    return gathered(
        pairs.group_by("by", "by2", "category", "category2")
        .agg(nw.len().alias("roots"))
        .rename({"by": "one", "by2": "other", "category": "first", "category2": "second"})
        .sort("one", "other", "first", "second")
    )


def _earliest(rows: Lazy) -> Lazy:
    numbers = rows.group_by(*_ROOT).agg(nw.col("number").min())
    return rows.join(numbers, on=[*_ROOT, "number"], how="semi")


def _table(counts: pd.DataFrame) -> np.ndarray[Any, Any]:
    """The square table of the two judges: two people by name, or whoever spoke first and second."""
    kinds = sorted({*counts["first"], *counts["second"]})
    at = {kind: index for index, kind in enumerate(kinds)}
    people = {*counts["one"], *counts["other"]}
    table = np.zeros((len(kinds), len(kinds)), dtype=int)
    turned = min(people) if len(people) == 2 else None  # noqa: PLR2004 - two judges
    for one, first, second, roots in zip(
        counts["one"], counts["first"], counts["second"], counts["roots"], strict=True
    ):
        cell = (at[first], at[second]) if turned in {None, one} else (at[second], at[first])
        table[cell] += int(roots)
    return table


def _percent(share: float) -> str:
    """A share in whole percent; one that is not all never reads as all, nor one that is something as nothing."""
    if 0 < share < 1:
        return f"{min(max(round(share * 100), 1), 99)} %"
    return f"{share:.0%}".replace("%", " %")


def _short(value: float, digits: int) -> str:
    """A number with some digits; one below 1 that would round to 1 gets more."""
    text = f"{value:.{digits}f}"
    while value < 1 <= float(text) and digits < _DIGITS:
        digits += 1
        text = f"{value:.{digits}f}"
    return f"{0:.{digits}f}" if float(text) == 0 else text
