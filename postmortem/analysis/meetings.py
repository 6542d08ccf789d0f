"""What people said of the meetings: did they learn something, would they come again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, cast

import narwhals as nw
import pandas as pd

from postmortem.analysis.frames import gathered, opened, zoned
from postmortem.analysis.intervals import exact_share
from postmortem.analysis.monthly import FEW
from postmortem.record.errors import DataError, Problem

if TYPE_CHECKING:
    from postmortem.analysis.frames import Frames

QUESTIONS: Final = ("learned", "again")
MOST_MEETINGS: Final = 12
"""Up to how many meetings each stands for itself; from there on, months do."""

Grouping = Literal["meeting", "month"]
_COLUMNS: Final = ["question", "by", "period", "incident_id", "yes", "n", "share", "low", "high"]
_OF_ALL: Final = ["all_yes", "all_n", "all_low", "all_high", "answers", "meetings", "undated"]


class WithFeedback(Protocol):
    """Anything that holds the table of answers, such as what the store gives."""

    @property
    def feedback(self) -> Any: ...  # noqa: ANN401, D102 - any frame that narwhals reads


def answers_by_meeting(tables: WithFeedback, by: Grouping | None = None, *, zone: str = "UTC") -> pd.DataFrame:
    """How many said yes after each meeting, or in each month, to each of the two questions.

    A person who left a question open counts in neither its `yes` nor its `n`. Answers of a meeting without a time are
    in the sums and in no period.

    Args:
        tables: The tidy tables; only `feedback` is read.
        by: `meeting` or `month`; where nothing is said, meetings up to twelve of them.
        zone: The zone in which days and months begin.

    Returns:
        One row a question and period in which somebody answered it, in the order of time:

        - `question`, `learned` or `again`; `by`; `period`, the day of the meeting or the first of the month;
          `incident_id`, whose meeting it was, empty for months.
        - `yes`, `n`, `share`; `low` and `high`, the exact 95 % interval, missing under ten answers (R43).
        - of all answers to the question: `all_yes`, `all_n`, and their interval `all_low`, `all_high`, missing under
          ten; of all: `answers`, the people who answered anything, `meetings`, and `undated` answers.

        Empty where nobody answered at a meeting with a time.

    Raises:
        DataError: If `by` or `zone` will not do, or a column is not there.

    Examples:
        >>> from types import SimpleNamespace
        >>> at = pd.to_datetime(["2026-03-02T14:00Z"] * 3)
        >>> given = {"incident_id": "2026-001", "feedback_id": ["f1", "f2", "f3"], "held_at": at}
        >>> said = pd.DataFrame(given | {"learned": ["yes", "no", "yes"], "again": ["yes", None, None]})
        >>> answers_by_meeting(SimpleNamespace(feedback=said))[["question", "yes", "n"]]
          question  yes  n
        0  learned    2  3
        1    again    1  1
    """
    if by not in {None, "meeting", "month"}:
        raise DataError("by", [Problem("", f"expected meeting or month, found {by!r}")])
    columns = ["incident_id", "held_at", *QUESTIONS]
    # The one door takes all tables; it opens only the one that is named.
    given = opened(cast("Frames", tables), "feedback", columns)
    said = given.filter(~nw.col("learned").is_null() | ~nw.col("again").is_null())
    at = nw.col("held_at").dt
    told = {
        f"{question} {word}": (nw.col(question) == word).cast(nw.Int64).fill_null(0)
        for question in QUESTIONS
        for word in ("yes", "no")
    }
    days = {"year": at.year(), "month": at.month(), "day": at.day()}
    rows = gathered(
        said.with_columns(zoned("held_at", zone))
        .with_columns(**told, **days)
        .group_by("incident_id", *days)
        .agg(*(nw.col(name).sum() for name in told), nw.len().alias("answers"))
    )
    if not len(rows):
        return pd.DataFrame({column: [] for column in [*_COLUMNS, *_OF_ALL]})
    rows["day"] = pd.to_datetime(rows[["year", "month", "day"]].astype("float64"))
    dated = rows[rows["day"].notna()]
    by = by or ("meeting" if len(dated) <= MOST_MEETINGS else "month")
    frames = [_of_question(dated, question, by).assign(**_of_all(rows, question)) for question in QUESTIONS]
    result = pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)
    result["answers"] = int(rows["answers"].sum())
    result["meetings"] = int(rows["incident_id"].nunique())
    result["undated"] = int(rows[rows["day"].isna()]["answers"].sum())
    return result[[*_COLUMNS, *_OF_ALL]]


def _of_question(dated: pd.DataFrame, question: str, by: Grouping) -> pd.DataFrame:
    counts = dated.assign(yes=dated[f"{question} yes"].astype(int), no=dated[f"{question} no"].astype(int))
    counts["period"] = counts["day"] if by == "meeting" else counts["day"].dt.to_period("M").dt.to_timestamp()
    keys = ["period", "incident_id"] if by == "meeting" else ["period"]
    frame = counts.groupby(keys, as_index=False)[["yes", "no"]].sum()
    frame = frame.assign(n=frame["yes"] + frame["no"])
    frame = frame[frame["n"] > 0].sort_values(keys, ignore_index=True)
    limits = [_limits(yes, n) for yes, n in zip(frame["yes"], frame["n"], strict=True)]
    frame["share"] = frame["yes"] / frame["n"]
    frame["low"] = [low for low, _ in limits]
    frame["high"] = [high for _, high in limits]
    if by == "month":
        frame["incident_id"] = ""
    return frame.assign(question=question, by=by)


def _of_all(rows: pd.DataFrame, question: str) -> dict[str, float]:
    yes, no = int(rows[f"{question} yes"].sum()), int(rows[f"{question} no"].sum())
    low, high = _limits(yes, yes + no)
    return {"all_yes": yes, "all_n": yes + no, "all_low": low, "all_high": high}


def _limits(yes: int, n: int) -> tuple[float, float]:
    return exact_share(int(yes), int(n)) if n >= FEW else (float("nan"), float("nan"))
