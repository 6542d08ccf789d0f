"""What people said of the meetings: two lanes on one scale, a mark a meeting or month, and the interval of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from postmortem.analysis.monthly import FEW
from postmortem.charts import look as looks
from postmortem.charts import shares
from postmortem.charts.chart import Chart, Verdict
from postmortem.charts.shares import Lane, of, span
from postmortem.charts.words import counted, month, number, percent, period, sentence
from postmortem.record.moments import day

if TYPE_CHECKING:
    from collections.abc import Sequence

KEY: Final = "meetings"
_SAID: Final = {"learned": "learned something", "again": "would come again"}


def meetings(frame: pd.DataFrame, *, theme: looks.Theme = "light") -> Chart:
    """Draw what `analysis.answers_by_meeting` counted.

    Under ten answers to a question no interval is drawn, and nothing is called better or worse at any number: no rule
    has been asked.

    Args:
        frame: As `analysis.answers_by_meeting` gives it.
        theme: `light` or `dark`.

    Raises:
        DataError: If there is no such theme.
    """
    look = looks.tokens(theme)
    question = "What do people say of our meetings?"
    if not len(frame):
        remedy = "No answer yet. Ask the two questions at the end of a meeting: it takes a minute."
        return looks.blank(KEY, question, remedy, look)
    lanes = [(name, frame[frame["question"] == name]) for name in _SAID if (frame["question"] == name).any()]
    return Chart(
        key=KEY,
        question=question,
        title=_title(frame, lanes),
        subtitle=_subtitle(frame),
        figure=shares.drawn([_lane(name, rows) for name, rows in lanes], look, by=str(frame["by"].iloc[0])),
        verdict=_verdict(frame),
        alternative=_in_words(lanes),
        table=_table(frame),
    )


def _title(frame: pd.DataFrame, lanes: Sequence[tuple[str, pd.DataFrame]]) -> str:
    told = [f"{of(rows['all_yes'].iloc[0], rows['all_n'].iloc[0])} {_SAID[name]}" for name, rows in lanes]
    if frame["answers"].iloc[0] < FEW:
        return f"{', '.join(told)}: too few to judge"
    return ", ".join(told)


def _lane(name: str, rows: pd.DataFrame) -> Lane:
    return Lane(shares.heading(f"{_SAID[name][:1].upper()}{_SAID[name][1:]}", rows), rows)


def _subtitle(frame: pd.DataFrame) -> str:
    answers, undated = int(frame["answers"].iloc[0]), int(frame["undated"].iloc[0])
    n = f"n = {counted(answers, 'person', 'people')} after {counted(frame['meetings'].iloc[0], 'meeting')}"
    n += f", {number(undated)} of them at a meeting without a day" if undated else ""
    what = f"Share of yes, {'by meeting' if frame['by'].iloc[0] == 'meeting' else 'by month'}"
    return sentence(what, period(frame["period"].min(), frame["period"].max()), n)


def _verdict(frame: pd.DataFrame) -> Verdict:
    if frame["answers"].iloc[0] < FEW:
        return Verdict("Too few to judge.", "Under 10 answers each is shown, and no interval is drawn.")
    own = bool((frame["n"] >= FEW).any())
    why = (
        "The band is the exact 95\xa0% interval of all answers together"
        + (
            "; a stroke is that of one mark with 10 answers or more. "
            if own
            else "; one mark has too few for its own. "
        )
        + "Whether meetings get better or worse is not said here. Only those who answered are counted."
    )
    return Verdict("Not judged.", why)


def _in_words(lanes: Sequence[tuple[str, pd.DataFrame]]) -> str:
    parts = []
    for name, rows in lanes:
        yes, n, low, high = (rows[f"all_{part}"].iloc[0] for part in ("yes", "n", "low", "high"))
        part = f"{of(yes, n)} {_SAID[name]}"
        part += f" ({percent(yes / n)}; 95\xa0% interval {span(low, high)})" if n >= FEW else ""
        last = rows.iloc[-1]
        part += f"; last, {_when(last)}: {of(last['yes'], last['n'])}"
        parts.append(part)
    return ". ".join(parts) + "."


def _when(row: pd.Series[Any]) -> str:
    return day(row["period"]) if row["by"] == "meeting" else month(row["period"])


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    by = "Meeting" if frame["by"].iloc[0] == "meeting" else "Month"
    keys = frame.drop_duplicates(["period", "incident_id"]).sort_values(["period", "incident_id"])
    table: dict[str, list[str]] = {by: [_when(row) for _, row in keys.iterrows()]}
    if by == "Meeting":
        table["Record"] = [str(name) for name in keys["incident_id"]]
    for name, said in _SAID.items():
        rows = frame[frame["question"] == name]
        found = {
            (row["period"], row["incident_id"]): _cell(row) for _, row in rows.astype({"incident_id": str}).iterrows()
        }
        pairs = zip(keys["period"], keys["incident_id"].astype(str), strict=True)
        table[said[:1].upper() + said[1:]] = [found.get(pair, "nobody answered") for pair in pairs]
    return pd.DataFrame(table)


def _cell(row: pd.Series[Any]) -> str:
    told = of(row["yes"], row["n"])
    return f"{told} ({span(row['low'], row['high'])})" if row["n"] >= FEW else told
