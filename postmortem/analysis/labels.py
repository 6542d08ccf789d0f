"""Which incidents stand under which label: by cause, by factor, or by a property of the incident.

An incident stands under a label once, however many of its causes bear it; it may stand under several labels.
"""

from __future__ import annotations

from typing import Any, Final

import narwhals as nw

from postmortem.analysis.frames import Frames, Lazy, gathered, opened
from postmortem.record.errors import DataError, Problem, near
from postmortem.record.vocabulary import CATEGORIES, FOUR_CATEGORIES, UNCLASSIFIED

OUTSIDE: Final = CATEGORIES[4]
RANKED: Final = "ranked"
UNNAMED: Final = "not named"
REST: Final = "rest"
NO_CAUSE: Final = "no cause yet"
OF_CAUSES: Final = ("category", "text", "recurring_id", "leg")
OF_INCIDENTS: Final = ("kind", "service", "channel", "severity", "fault", "team", "state")
LABELS: Final = (*OF_CAUSES, "factor", *OF_INCIDENTS)
"""What incidents may be counted by."""

CATEGORY_ORDER: Final = (*FOUR_CATEGORIES, OUTSIDE, UNCLASSIFIED, NO_CAUSE)
"""The four of the playbook (R28) first; beside them what is shown and never ranked."""


def known_label(by: str, known: tuple[str, ...] = LABELS) -> str:
    """The name of a label, as it was given.

    Raises:
        DataError: If incidents can't be counted by it.
    """
    if by in known:
        return by
    hint = near(by, known)
    expected = f"expected {', '.join(known[:-1])} or {known[-1]}, found {by!r}"
    raise DataError("by", [Problem("", expected, f"did you mean {hint!r}?" if hint else "")])


def standing(tables: Frames, *columns: str) -> Lazy:
    """The causes that stand: with a category or the word unclassified, and without those that were ruled out (R24)."""
    asked = dict.fromkeys(("incident_id", "category", "status", *columns))
    causes = opened(tables, "causes", asked).filter(nw.col("status").is_null() | (nw.col("status") != "ruled out"))
    return causes.with_columns(nw.col("category").fill_null(UNCLASSIFIED))


def labelled(tables: Frames, by: str) -> Lazy:
    """Every pair of incident and label once: `incident_id`, `kind`, `label`.

    `kind` is `ranked`, or says why the pair is not to be ranked: `outside our control`, `unclassified` (R28), or
    `not named` where the column asked for is empty. Then the label is missing. Incidents without any standing cause are
    not in here when counting by something of a cause.
    """
    known_label(by)
    label = nw.col(by)
    kind: Any = nw.when(label.is_null()).then(nw.lit(UNNAMED)).otherwise(nw.lit(RANKED))
    if by in OF_CAUSES:
        rows = standing(tables, by)
        below = nw.col("category")
        kind = nw.when(below.is_in([OUTSIDE, UNCLASSIFIED])).then(below).otherwise(kind)
    else:
        rows = opened(tables, "factors" if by == "factor" else "incidents", ["incident_id", by])
    rows = rows.select("incident_id", kind.alias("kind"), label.alias("label"))
    rows = rows.with_columns(nw.when(nw.col("kind") == RANKED).then(nw.col("label")).otherwise(None).alias("label"))
    shown = opened(tables, "incidents", ["incident_id"])
    return rows.unique().join(shown, on="incident_id", how="semi")


def placed(tables: Frames, by: str, most: int) -> tuple[Lazy, list[str], int]:
    """Every incident in each row it belongs to, once: the most frequent labels, the rest, and what is not ranked.

    Args:
        tables: The six tables.
        by: What to label by.
        most: How many labels have a row of their own; one more where the rest would be a single label.

    Returns:
        The rows, as `incident_id`, `kind` and `label` (for what is not ranked, the label is the kind); the labels with
        a row of their own, the most frequent first, equal ones in the order of the alphabet; and how many labels are
        in the rest.
    """
    pairs = labelled(tables, by)
    ranked = pairs.filter(nw.col("kind") == RANKED)
    counted = ranked.group_by("label").agg(nw.len().alias("incidents"))
    first = gathered(counted.sort("incidents", "label", descending=[True, False]).head(most + 2))
    top = [str(label) for label in first["label"]]
    # A rest of one label would hide its name and save no row.
    top = top if len(top) == most + 1 else top[:most]
    others = ranked.filter(~nw.col("label").is_in(top)).select("label").unique().select(nw.len().alias("n"))
    rest = int(gathered(others)["n"].iloc[0])
    outside = (nw.col("kind") == RANKED) & ~nw.col("label").is_in(top)
    rows = pairs.with_columns(nw.when(outside).then(nw.lit(REST)).otherwise(nw.col("kind")).alias("kind"))
    label = nw.when(nw.col("kind") == RANKED).then(nw.col("label")).otherwise(nw.col("kind"))
    rows = rows.with_columns(label.alias("label")).select("incident_id", "kind", "label").unique()
    missing = opened(tables, "incidents", ["incident_id"]).join(rows, on="incident_id", how="anti")
    word = nw.lit(NO_CAUSE if by in OF_CAUSES else UNNAMED)
    return nw.concat([rows, missing.with_columns(word.alias("kind"), word.alias("label"))]), top, rest
