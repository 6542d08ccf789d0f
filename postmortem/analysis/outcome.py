"""How mistakes are handled, and whether what was done about them held (R42)."""

from __future__ import annotations

from typing import Final

import narwhals as nw
import pandas as pd

from postmortem.analysis.frames import Frames, gathered, opened
from postmortem.record.vocabulary import STRENGTHS

NO_FORM: Final = "no form chosen"
EFFECTS: Final = ("held", "not held", "not checked yet", "not done yet")


def handling(tables: Frames) -> pd.DataFrame:
    """Three measures of the handling, each with the number it rests on.

    Args:
        tables: The six tables.

    Returns:
        Three rows, whatever there is: `measure`, `value` (missing where `of` is 0), `n`, `of`, `unit`.

        - `told before asked` (R1): share of the incidents that were told or raised, in which we told them first.
        - `time to tell` (R19): median minutes from knowing to telling, over the `n` incidents that have both; those
          told before we are said to have known are left out, and make `of` larger than `n`.
        - `steps done` (R12): share of the recovery steps that were done, of those done or still to do; a step that is
          not needed counts in neither.

    Examples:
        >>> at = pd.to_datetime(["2026-01-01T10:00Z", "2026-01-01T12:00Z"])
        >>> incidents = pd.DataFrame({"incident_id": ["a", "b"], "known_at": at[0], "told_at": at, "raised_at": at[1]})
        >>> steps = pd.DataFrame({"incident_id": ["a", "a"], "status": ["done", "to do"]})
        >>> from postmortem.analysis.frames import Tables
        >>> handling(Tables(incidents, steps, steps, steps, steps, steps))[["measure", "value", "n", "of"]]
                     measure  value  n  of
        0  told before asked    0.5  1   2
        1       time to tell   60.0  2   2
        2         steps done    0.5  1   2
    """
    known, told, raised = nw.col("known_at"), nw.col("told_at"), nw.col("raised_at")
    incidents = opened(tables, "incidents", ["incident_id", "known_at", "told_at", "raised_at"])
    first = ~told.is_null() & (raised.is_null() | (told < raised))
    spoken = gathered(
        incidents.filter(~told.is_null() | ~raised.is_null())
        .select(first.fill_null(value=False).cast(nw.Int64).alias("first"))
        .select(nw.len().alias("of"), nw.col("first").sum().alias("n"))
    )
    both = incidents.filter(~told.is_null() & ~known.is_null())
    minutes = both.filter(told >= known).select(((told - known).dt.total_seconds() / 60.0).alias("minutes"))
    waited = gathered(minutes.select(nw.len().alias("n"), nw.col("minutes").median().alias("value")))
    pairs = gathered(both.select(nw.len().alias("of")))
    steps = opened(tables, "steps", ["incident_id", "status"]).filter(nw.col("status").is_in(["done", "to do"]))
    done = gathered(steps.group_by("status").agg(nw.len().alias("n")))
    by_status = dict(zip(done["status"], done["n"], strict=True)) if len(done) else {}
    rows = [
        _share("told before asked", spoken["n"].iloc[0], spoken["of"].iloc[0]),
        ("time to tell", waited["value"].iloc[0], waited["n"].iloc[0], pairs["of"].iloc[0], "minutes"),
        _share("steps done", by_status.get("done", 0), sum(by_status.values())),
    ]
    frame = pd.DataFrame(rows, columns=["measure", "value", "n", "of", "unit"])
    return frame.assign(value=frame["value"].astype("float64"), n=frame["n"].fillna(0).astype(int))


def actions_held(tables: Frames) -> pd.DataFrame:
    """How many actions held, by strength (R34, R36).

    Args:
        tables: The six tables.

    Returns:
        One row for every strength and effect, the stronger first; the three strengths and the four effects always
        stand, `no form chosen` where there are such:

        - `strength`; `effect`: `held`, `not held`, `not checked yet` (done, and nobody has looked), `not done yet`.
        - `actions`; `of`, all actions of that strength.

        Empty where there are no actions.
    """
    actions = opened(tables, "actions", ["incident_id", "strength", "effect", "done_on"])
    settled = nw.col("effect").is_in(["held", "not held"])
    open_or_done = nw.when(nw.col("done_on").is_null()).then(nw.lit(EFFECTS[3])).otherwise(nw.lit(EFFECTS[2]))
    result = nw.when(settled).then(nw.col("effect")).otherwise(open_or_done).alias("effect")
    strength = nw.col("strength").fill_null(NO_FORM)
    counted = gathered(actions.select(strength, result).group_by("strength", "effect").agg(nw.len().alias("actions")))
    if not len(counted):
        return pd.DataFrame({column: [] for column in ("strength", "effect", "actions", "of")})
    records = counted.to_dict("records")
    found = {(str(row["strength"]), str(row["effect"])): int(row["actions"]) for row in records}
    strengths = [*STRENGTHS, *sorted({name for name, _ in found}.difference(STRENGTHS))]
    cells = [(name, effect, found.get((name, effect), 0)) for name in strengths for effect in EFFECTS]
    frame = pd.DataFrame(cells, columns=["strength", "effect", "actions"])
    frame["of"] = frame.groupby("strength")["actions"].transform("sum")
    return frame


def _share(measure: str, n: int, of: int) -> tuple[str, float | None, int, int, str]:
    return measure, n / of if of else None, n, of, "share"
