"""Whether what was done about mistakes held (R36, R42)."""

from __future__ import annotations

from typing import Final

import narwhals as nw
import pandas as pd

from postmortem.analysis.frames import Frames, gathered, opened
from postmortem.record.vocabulary import STRENGTHS

NO_FORM: Final = "no form chosen"
EFFECTS: Final = ("held", "not held", "not checked yet", "not done yet")


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
