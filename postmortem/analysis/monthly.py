"""How many incidents a month, and which kinds of cause in which team."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import narwhals as nw
import pandas as pd

from postmortem.analysis.frames import Frames, Lazy, gathered, local_day, moment, opened, zoned
from postmortem.analysis.labels import CATEGORY_ORDER, NO_CAUSE, OUTSIDE, RANKED, REST, UNNAMED, known_label, placed
from postmortem.record.vocabulary import UNCLASSIFIED

if TYPE_CHECKING:
    from datetime import date, datetime

ALL: Final = "all"
NO_TEAM: Final = "no team given"
FEW: Final = 10
"""R43: under ten events every value is shown and nothing is called usual, rising or falling."""

_BELOW: Final = (REST, UNNAMED, OUTSIDE, UNCLASSIFIED, NO_CAUSE)
_COLUMNS: Final = ["by", "label", "kind", "month", "incidents", "complete", "n", "of", "usual", "undated"]


def counts_by_month(
    tables: Frames,
    by: str | None = None,
    *,
    now: datetime,
    zone: str = "UTC",
    since: date | None = None,
    until: date | None = None,
    most: int = 11,
) -> pd.DataFrame:
    """Incidents a month. Months without any are 0, from the first month to the last (someone was looking).

    The first month is that of `since`, else of the first incident; the last is that of `until`, else of the last
    incident. A month that is not over at `now`, or lies only partly between `since` and `until`, is not complete.

    Args:
        tables: The six tables.
        by: Nothing, or anything that `pareto` counts by, or `team` or `state`. An incident counts once under a label,
            and under every label it has.
        now: The moment the count is made.
        zone: The zone in which months begin.
        since: The first day on which someone looked.
        until: The last day on which someone looked.
        most: How many labels at most, the most frequent; the others become one, `rest`.

    Returns:
        One row a label and month, the months in order:

        - `by`, as given, or `all`; `label`, which is then `all` too; `kind` as in `pareto`.
        - `month`, its first day; `incidents`; `complete`.
        - `n`, incidents with this label and a date; `of`, all incidents with a date.
        - `usual`, the median of the complete months, missing where there are fewer than ten of them or fewer than ten
          incidents (R43).
        - `undated`, all incidents that have no date and so no month; the same in every row.

        Empty where no incident has a date.

    Raises:
        DataError: If `by` or `zone` will not do, or `now` has no zone.

    Examples:
        >>> from postmortem.analysis.frames import Tables
        >>> at = pd.to_datetime(["2026-01-31", "2026-03-01"])
        >>> incidents = pd.DataFrame({"incident_id": ["a", "b"], "occurred_at": at})
        >>> other = incidents.iloc[:0]
        >>> given = Tables(incidents, other, other, other, other, other)
        >>> counts_by_month(given, now=pd.Timestamp("2026-03-09", tz="UTC"))[["month", "incidents", "complete"]]
               month  incidents  complete
        0 2026-01-01          1      True
        1 2026-02-01          0      True
        2 2026-03-01          1     False
    """
    rows, order = _labelled(tables, by, most)
    today = local_day(moment(now), zone)
    instants = opened(tables, "incidents", ["incident_id", "occurred_at"])
    there = ~nw.col("occurred_at").is_null()
    dated = instants.filter(there).with_columns(zoned("occurred_at", zone))
    at = nw.col("occurred_at").dt
    dated = dated.with_columns(at.year().alias("year"), at.month().alias("of"))
    counted = rows.join(dated, on="incident_id", how="inner").group_by("kind", "label", "year", "of")
    frame = gathered(counted.agg(nw.len().alias("incidents")))
    if not len(frame):
        return pd.DataFrame({column: [] for column in _COLUMNS})
    days = {"year": frame["year"].astype(int), "month": frame["of"].astype(int), "day": 1}
    frame["month"] = pd.to_datetime(pd.DataFrame(days))
    first = pd.Timestamp(since).replace(day=1) if since else frame["month"].min()
    last = pd.Timestamp(until).replace(day=1) if until else frame["month"].max()
    months = pd.date_range(min(first, frame["month"].min()), max(last, frame["month"].max()), freq="MS")
    table = frame.pivot_table(index=["kind", "label"], columns="month", values="incidents", fill_value=0)
    table = table.reindex(index=[pair for pair in order if pair in table.index], columns=months, fill_value=0)
    totals = gathered(instants.select(nw.len().alias("all"), nw.col("occurred_at").count().alias("of")))
    ends = months + pd.offsets.MonthEnd(0)
    complete = (ends < today) & (months >= (pd.Timestamp(since) if since else months[0]))
    complete &= ends <= (pd.Timestamp(until) if until else ends[-1])
    parts = []
    for kind, label in table.index.tolist():
        counts = table.loc[(kind, label)].to_numpy().astype(int)
        whole, n = counts[complete], int(counts.sum())
        usual = float(pd.Series(whole).median()) if len(whole) >= FEW and n >= FEW else float("nan")
        part = {"label": label, "kind": kind, "month": months, "incidents": counts, "complete": complete, "n": n}
        parts.append(pd.DataFrame(part | {"usual": usual}))
    result = pd.concat(parts, ignore_index=True)
    result["by"] = ALL if by is None else by
    result["of"] = int(totals["of"].iloc[0])
    result["undated"] = int(totals["all"].iloc[0] - totals["of"].iloc[0])
    return result[_COLUMNS]


def category_by_team(tables: Frames) -> pd.DataFrame:
    """Incidents of each team with a cause of each category, for learning and not for ranking teams.

    An incident with causes of two categories counts under both, and once in its team's `of`.

    Args:
        tables: The six tables.

    Returns:
        One row for every team and category, teams in the order of the alphabet, categories in that of the playbook,
        then what is not one of the four:

        - `team`, `no team given` where there is none; `category`.
        - `incidents`; `of`, the team's incidents; `share` of them.

        A category that nobody has is left out, but the four always stand. Empty where there are no incidents.

    Examples:
        >>> from postmortem.analysis.frames import Tables
        >>> incidents = pd.DataFrame({"incident_id": ["a", "b"], "team": ["Field", "Desk"]})
        >>> causes = pd.DataFrame({"incident_id": ["a"], "category": ["system"], "status": ["confirmed"]})
        >>> other = incidents.iloc[:0]
        >>> frame = category_by_team(Tables(incidents, causes, other, other, other, other))
        >>> frame[frame["incidents"] > 0]
            team      category  incidents  of  share
        4   Desk  no cause yet          1   1    1.0
        8  Field        system          1   1    1.0
    """
    rows, _, _ = placed(tables, "category", len(CATEGORY_ORDER))
    teams = opened(tables, "incidents", ["incident_id", "team"]).with_columns(nw.col("team").fill_null(NO_TEAM))
    counted = rows.join(teams, on="incident_id", how="inner").group_by("team", "label").agg(nw.len().alias("incidents"))
    frame = gathered(counted)
    if not len(frame):
        return pd.DataFrame({name: [] for name in ("team", "category", "incidents", "of", "share")})
    table = frame.pivot_table(index="team", columns="label", values="incidents", fill_value=0)
    seen = [word for word in CATEGORY_ORDER if word in CATEGORY_ORDER[:4] or word in table.columns]
    named = sorted(team for team in table.index if team != NO_TEAM)
    table = table.reindex(index=[*named, *([NO_TEAM] if NO_TEAM in table.index else [])], columns=seen, fill_value=0)
    sizes = gathered(teams.group_by("team").agg(nw.len().alias("of"))).set_index("team")["of"]
    cells = [(team, word, int(table.loc[team, word])) for team in table.index for word in seen]
    result = pd.DataFrame(cells, columns=["team", "category", "incidents"])
    result["of"] = result["team"].map(sizes).astype(int)
    result["share"] = result["incidents"] / result["of"]
    return result


def _labelled(tables: Frames, by: str | None, most: int) -> tuple[Lazy, list[tuple[str, str]]]:
    """The rows to count, and their order: the most frequent first, but teams in the order of the alphabet."""
    if by is None:
        word = nw.lit(ALL)
        incidents = opened(tables, "incidents", ["incident_id"])
        return incidents.with_columns(word.alias("kind"), word.alias("label")), [(ALL, ALL)]
    rows, top, _ = placed(tables, known_label(by), most)
    top = sorted(top) if by == "team" else top
    return rows, [*((RANKED, label) for label in top), *((kind, kind) for kind in _BELOW)]
