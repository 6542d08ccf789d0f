"""Which causes cost most, and what share the first few make (Pareto; R42)."""

from __future__ import annotations

from typing import Any, Final

import narwhals as nw
import pandas as pd

from postmortem.analysis.frames import ALONE, Frames, Lazy, gathered, opened
from postmortem.analysis.labels import LABELS, NO_CAUSE, OUTSIDE, RANKED, REST, UNNAMED, known_label, placed, standing
from postmortem.record.errors import DataError, Problem
from postmortem.record.vocabulary import UNCLASSIFIED

MEASURES: Final = ("lost_min", "customer_cost", "our_cost")
TOTAL: Final = "total"
SEVERAL: Final = "several"
MOST: Final = 50
_FIRST: Final = [
    *(
        "by",
        "kind",
        "label",
        "name",
        "category",
        "rank",
        "labels",
        "incidents",
        "of",
        "share",
        "so_far",
        "so_far_share",
    ),
    "elsewhere",
]
_BELOW: Final = (REST, UNNAMED, OUTSIDE, UNCLASSIFIED, NO_CAUSE, TOTAL)
_RANKABLE: Final = tuple(name for name in LABELS if name not in {"team", "state"})


def pareto(tables: Frames, by: str = "category", *, most: int = 8) -> pd.DataFrame:
    """Incidents, time and money under each label, the most frequent first.

    An incident counts once under a label however many of its causes bear it, and in every row whose label it has. So
    the rows may add up to more than the last row, `total`, in which every incident counts once. Equal counts stand in
    the order of the alphabet.

    Args:
        tables: The six tables.
        by: What to count by: `category`, `text`, `recurring_id`, `leg`, `factor`, `kind`, `service`, `channel`,
            `severity` or `fault`. Teams are not ranked: see `category_by_team`.
        most: How many labels are ranked, 1 to 50; the others become one row, `rest`.

    Returns:
        One row a label, with:

        - `by`, as given.
        - `kind`: `ranked`, then what is shown and never ranked: `rest`, `not named`, `outside our control`,
          `unclassified` (R28), `no cause yet`; and last `total`.
        - `label`; `name`, its most frequent wording; `category`, the most frequent of its causes, where there is one.
        - `rank` from 1, missing where unranked; `labels`, how many labels are in the row.
        - `incidents`; `of`, all incidents shown; `share` of them.
        - `so_far`, incidents with this label or one above it, and `so_far_share`; missing where unranked.
        - `elsewhere`: how many of its incidents stand in another row too.
        - for `lost_min` (customers times the minutes each lost), `customer_cost` and `our_cost` (money): the sum,
          `…_known` (the incidents that have a value), and `…_share` of the total; missing where nobody knows.
        - `lost_alone`: how many of those with known minutes count as one customer: nobody said how many.
        - `currency` of the money; `several` where there is more than one, and then no money is summed; empty where the
          incidents have no such column.
        - `first_at`, `last_at` (UTC).

        Empty where there are no incidents.

    Raises:
        DataError: If `by` or `most` will not do.

    References:
        J. M. Juran's Pareto principle; counts and cumulative share as in R's qicharts2 `paretochart`.

    Examples:
        >>> incidents = pd.DataFrame({"incident_id": ["a", "b"], "occurred_at": pd.to_datetime(["2026-03-02", None])})
        >>> incidents = incidents.assign(customers=[2, None], customer_min=[15, 10], customer_cost=None, our_cost=None)
        >>> causes = pd.DataFrame({"incident_id": ["a", "a"], "category": ["system"] * 2, "status": None, "text": "x"})
        >>> from postmortem.analysis.frames import Tables
        >>> other = incidents.iloc[:0]
        >>> pareto(Tables(incidents, causes, other, other, other, other))[["label", "incidents", "of", "lost_min"]]
                  label  incidents  of  lost_min
        0        system          1   2      30.0
        1  no cause yet          1   2      10.0
        2         total          2   2      40.0
    """
    if by == "team":
        raise DataError("by", [Problem("", "teams are not ranked", "use category_by_team, which shows each team's n")])
    known_label(by, _RANKABLE)
    if not 1 <= most <= MOST:
        raise DataError("most", [Problem("", f"expected a number from 1 to {MOST}, found {most}")])
    rows, top, rest = placed(tables, by, most)
    measured = opened(tables, "incidents", ["incident_id", "occurred_at", ALONE, *MEASURES])
    counted = gathered(rows.join(measured, on="incident_id", how="inner").group_by("kind", "label").agg(*_sums()))
    total = gathered(measured.select(*_sums())).assign(kind=TOTAL, label=TOTAL, labels=len(top))
    frame = _ordered(pd.concat([counted, total], ignore_index=True) if len(counted) else total, top)
    frame["of"] = int(total["incidents"].iloc[0])
    frame["currency"] = currency(tables)
    if len(frame) and frame["currency"].iloc[0] == SEVERAL:
        frame[list(MEASURES[1:])], frame[[f"{name}_known" for name in MEASURES[1:]]] = float("nan"), 0
    frame = frame.merge(_elsewhere(rows), on=["kind", "label"], how="left")
    frame = frame.merge(_so_far(rows, top), on=["kind", "label"], how="left")
    frame = frame.merge(_names(tables, by, top), on=["kind", "label"], how="left")
    finished = _finished(frame.assign(by=by), rest=rest)
    return finished if len(counted) else finished.iloc[:0]


def currency(tables: Frames) -> str:
    """The currency of all amounts, `several`, or nothing where the incidents do not say."""
    if "currency" not in nw.from_native(tables.incidents).lazy().collect_schema():
        return ""
    incidents = opened(tables, "incidents", ["currency", *MEASURES[1:]])
    with_money = incidents.filter(~nw.col("customer_cost").is_null() | ~nw.col("our_cost").is_null())
    found = gathered(with_money.select("currency").unique().head(2))["currency"].dropna().tolist()
    return SEVERAL if len(found) > 1 else "".join(found)


def _sums() -> list[nw.Expr]:
    known = [nw.col(name).count().alias(f"{name}_known") for name in MEASURES]
    ends = [nw.col("occurred_at").min().alias("first_at"), nw.col("occurred_at").max().alias("last_at")]
    return [nw.len().alias("incidents"), *(nw.col(name).sum() for name in (*MEASURES, ALONE)), *known, *ends]


def _ordered(frame: pd.DataFrame, top: list[str]) -> pd.DataFrame:
    places = {(RANKED, label): place for place, label in enumerate(top)}
    places |= {(kind, kind): MOST + place for place, kind in enumerate(_BELOW)}
    order = [places[pair] for pair in zip(frame["kind"], frame["label"], strict=True)]
    return frame.assign(order=order).sort_values("order").drop(columns="order").reset_index(drop=True)


def _elsewhere(rows: Lazy) -> pd.DataFrame:
    several = rows.group_by("incident_id").agg(nw.len().alias("rows")).filter(nw.col("rows") > 1)
    inside = rows.join(several, on="incident_id", how="semi")
    frame = gathered(inside.group_by("kind", "label").agg(nw.len().alias("elsewhere")))
    whole = gathered(several.select(nw.len().alias("elsewhere"))).assign(kind=TOTAL, label=TOTAL)
    return pd.concat([frame, whole], ignore_index=True)


def _so_far(rows: Lazy, top: list[str]) -> pd.DataFrame:
    if not top:
        return pd.DataFrame({"kind": [], "label": [], "rank": [], "so_far": []}, dtype=object)
    rank: Any = nw.lit(len(top))
    for place in range(len(top) - 1, 0, -1):
        rank = nw.when(nw.col("label") == top[place - 1]).then(nw.lit(place)).otherwise(rank)
    ranked = rows.filter(nw.col("kind") == RANKED).with_columns(rank.alias("rank"))
    first = ranked.group_by("incident_id").agg(nw.col("rank").min())
    new = gathered(first.group_by("rank").agg(nw.len().alias("new"))).set_index("rank")["new"]
    ranks = list(range(1, len(top) + 1))
    so_far = new.reindex(ranks, fill_value=0).cumsum().tolist()
    return pd.DataFrame({"kind": RANKED, "label": top, "rank": ranks, "so_far": so_far})


def _names(tables: Frames, by: str, top: list[str]) -> pd.DataFrame:
    """The most frequent wording and category of each ranked label; at equal counts the first of the alphabet."""
    frame = pd.DataFrame({"kind": RANKED, "label": pd.Series(top, dtype=object), "name": top, "category": None})
    if by not in {"text", "recurring_id"} or not top:
        return frame.assign(category=frame["label"] if by == "category" else None)
    causes = standing(tables, by, "text").filter(nw.col(by).is_in(top))
    causes = causes.filter(~nw.col("category").is_in([OUTSIDE, UNCLASSIFIED]))
    causes = causes.join(opened(tables, "incidents", ["incident_id"]), on="incident_id", how="semi")
    for column, source in (("name", "text"), ("category", "category")):
        counted = causes.select(nw.col(by).alias("label"), nw.col(source).alias("word"))
        counted = counted.filter(~nw.col("word").is_null()).group_by("label", "word").agg(nw.len().alias("n"))
        words = gathered(counted).sort_values(["n", "word"], ascending=[False, True]).drop_duplicates("label")
        found = dict(zip(words["label"], words["word"], strict=True))
        frame[column] = [found.get(label, label if column == "name" else None) for label in top]
    return frame


def _finished(frame: pd.DataFrame, rest: int) -> pd.DataFrame:
    labels = frame["kind"].map({RANKED: 1, REST: rest}).where(frame["kind"] != TOTAL, frame["labels"] + rest)
    frame = frame.assign(
        labels=labels.fillna(0).astype(int),
        name=frame["name"].where(frame["kind"] == RANKED, frame["label"]),
        elsewhere=frame["elsewhere"].fillna(0).astype(int),
        lost_alone=frame[ALONE].fillna(0).astype(int),
        rank=frame["rank"].astype("Int64"),
        so_far=frame["so_far"].astype("Int64"),
        share=frame["incidents"] / frame["of"],
        so_far_share=frame["so_far"].astype("Float64") / frame["of"],
    )
    for measure in MEASURES:
        known = frame[f"{measure}_known"] > 0
        whole = frame[measure].iloc[-1]
        frame[measure] = frame[measure].where(known)
        frame[f"{measure}_share"] = (frame[measure] / whole).where(known) if whole else float("nan")
    sums = [f"{measure}{tail}" for measure in MEASURES for tail in ("", "_known", "_share")]
    return frame[[*_FIRST, *sums, ALONE, "currency", "first_at", "last_at"]]
