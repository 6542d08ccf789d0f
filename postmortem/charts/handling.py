"""Is handling getting better: told before they asked, the steps one by one, and promises kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from postmortem.analysis.handling import OUTCOMES
from postmortem.analysis.monthly import FEW
from postmortem.charts import grid, shares
from postmortem.charts import look as looks
from postmortem.charts.chart import NARROW, Chart, Verdict
from postmortem.charts.shares import Lane, of, span
from postmortem.charts.words import counted, escaped, month, number, percent, period, plain, sentence, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

_LEFT: Final = 226
_LOW: Final = 112
_SIGNS: Final = ("✓", "⇅", "◷", "\N{EN DASH}", "○")
_KINDS: Final = {
    "step": "Steps with the customer",
    "offer": "Offers",
    "pay-back": "Paying back",
    "follow-up": "Follow-ups",
    "call-back": "Call-backs",
    "approval": "Approvals",
    "action": "Actions",
    "effect check": "Effect checks",
}
_NOT_SAID: Final = "Whether it gets better or worse is not said here."


def told(frame: pd.DataFrame, *, theme: looks.Theme = "light") -> Chart:
    """Draw what `analysis.told_first` counted (R1).

    Under ten incidents no interval is drawn, and nothing is called better or worse at any number: no rule has been
    asked.

    Args:
        frame: As `analysis.told_first` gives it.
        theme: `light` or `dark`.

    Raises:
        DataError: If there is no such theme.
    """
    look = looks.tokens(theme)
    question = "Do we tell them before they have to ask?"
    if not len(frame):
        remedy = "Nobody is noted as told yet, and nobody has asked. Note in the recovery when you told them."
        return looks.blank("told", question, remedy, look)
    rows = _periods(frame)
    yes, n, low, high = (frame[f"all_{part}"].iloc[0] for part in ("yes", "n", "low", "high"))
    unknown = int(frame["unknown"].iloc[0])
    few = n < FEW
    title = f"{of(yes, n)} were told before they asked"
    interval = "" if few else f" (95\xa0% interval {span(low, high)})"
    return Chart(
        key="told",
        question=question,
        title=f"{title}: too few to judge" if few else f"{title} ({percent(yes / n)})",
        subtitle=sentence(
            "Share told first, by month of the first word",
            period(frame["month"].min(), frame["month"].max()),
            f"n = {counted(n, 'incident')}",
            _hollow(frame),
        ),
        figure=shares.drawn([Lane(shares.heading("Told before they asked", rows), rows)], look, by="month"),
        verdict=_verdict_of_told(few=few, own=bool((frame["n"] >= FEW).any()), unknown=unknown),
        alternative=f"{title}{interval}; {_last(frame)}.",
        table=_told_table(frame),
    )


def _verdict_of_told(*, few: bool, own: bool, unknown: int) -> Verdict:
    left = f" {counted(unknown, 'incident')} left out: nobody noted who spoke first." if unknown else ""
    if few:
        return Verdict("Too few to judge.", f"Under 10 incidents each month is shown, and no interval is drawn.{left}")
    each = "a stroke is that of a month with 10 or more" if own else "one month has too few for its own"
    band = f"The band is the exact 95\xa0% interval of all of them together; {each}."
    return Verdict("Not judged.", f"{band} {_NOT_SAID}{left}")


def _told_table(frame: pd.DataFrame) -> pd.DataFrame:
    shown = {
        "Month": _months(frame),
        "Told first": frame["yes"].tolist(),
        "Told or raised": frame["n"].tolist(),
        "Share": [percent(share) for share in frame["share"]],
    }
    limits = zip(frame["low"], frame["high"], strict=True)
    shown["95\xa0% interval"] = ["too few" if pd.isna(low) else span(low, high) for low, high in limits]
    return pd.DataFrame(shown)


def steps(frame: pd.DataFrame, *, theme: looks.Theme = "light") -> Chart:
    """Draw what `analysis.conformance` counted (R12, R13, R19).

    Args:
        frame: As `analysis.conformance` gives it.
        theme: `light` or `dark`.

    Raises:
        DataError: If there is no such theme.
    """
    look = looks.tokens(theme)
    question = "Which steps do we keep to, and which not?"
    if not len(frame):
        remedy = "No incident has been recovered by the steps yet. Tick them in the recovery, as they are done."
        return looks.blank("steps", question, remedy, look)
    n = int(frame["n"].iloc[0])
    table = frame[list(OUTCOMES)].astype(int)
    needed, good = int(table.drop(columns="not needed").to_numpy().sum()), int(table["in order"].sum())
    title = f"{of(good, needed)} steps were done in order and in time"
    texts = [f"{at} {plain(text)}" for at, text in zip(frame["number"], frame["text"], strict=True)]
    rows = [(wrapped(text, _LEFT - 14), "") for text in texts]
    colours = [look.accent, look.data, look.data, look.data_soft, look.data_soft]
    parts = [
        f"{text}: " + ", ".join(f"{word} {number(row[word])}" for word in OUTCOMES if row[word])
        for text, (_, row) in zip(texts, table.iterrows(), strict=True)
    ]
    shown = table.rename(columns=str.capitalize)
    shown.insert(0, "Step", texts)
    few = n < FEW
    return Chart(
        key="steps",
        question=question,
        title=f"{counted(n, 'incident')}: too few to judge, so each step is counted" if few else title,
        subtitle=sentence("What became of each step, in incidents", f"n = {counted(n, 'incident')}"),
        figure=grid.drawn(table, rows, list(zip(OUTCOMES, _SIGNS, strict=True)), colours, look, left=_LEFT),
        verdict=Verdict("Too few to judge." if few else "Not judged.", _why_of_steps(frame)),
        alternative="; ".join(parts) + ".",
        table=shown.assign(**{"Open and past its time": frame["overdue"].tolist()}),
        least=NARROW,
    )


def _why_of_steps(frame: pd.DataFrame) -> str:
    also, over, others = int(frame["also_late"].sum()), int(frame["overdue"].sum()), int(frame["others"].iloc[0])
    why = ["Late: in order, and after its time; a step without a time is never late."]
    if also:
        why.append(f"{number(also)} of those out of order {'was' if also == 1 else 'were'} late too.")
    if over:
        why.append(
            f"{number(over)} of the open {'is' if over == 1 else 'are'} past {'its' if over == 1 else 'their'} time."
        )
    if others:
        why.append(f"Not counted: {counted(others, 'incident')} that went by another procedure.")
    return " ".join([*why, _NOT_SAID])


def promises(frame: pd.DataFrame, *, theme: looks.Theme = "light") -> Chart:
    """Draw what `analysis.promises_kept` counted.

    Args:
        frame: As `analysis.promises_kept` gives it.
        theme: `light` or `dark`.

    Raises:
        DataError: If there is no such theme.
    """
    look = looks.tokens(theme)
    question = "Do we keep our promises on time?"
    if not len(frame):
        remedy = "No promise was due yet. Each step with a time, follow-up and action with a day is one."
        return looks.blank("promises", question, remedy, look)
    kinds = {str(kind): rows for kind, rows in frame.groupby("kind", sort=False, observed=True)}
    yes, n = int(frame["yes"].sum()), int(frame["n"].sum())
    few = n < FEW
    title = f"{of(yes, n)} promises were kept by their date"
    lanes = []
    for kind, part in kinds.items():
        rows = _periods(part)
        lanes.append(Lane(shares.heading(escaped(_KINDS.get(kind, kind)), rows), rows))
    return Chart(
        key="promises",
        question=question,
        title=f"{title}: too few to judge" if few else f"{title} ({percent(yes / n)})",
        subtitle=sentence(
            "Share kept in time, by kind and month due",
            period(frame["month"].min(), frame["month"].max()),
            f"n = {counted(n, 'promise')}",
            _hollow(frame),
        ),
        figure=shares.drawn(lanes, look, by="month", tall=_LOW),
        verdict=Verdict("Too few to judge." if few else "Not judged.", _why_of_promises(frame)),
        alternative=" ".join(
            f"{_KINDS.get(kind, plain(kind))}: {_kind_in_words(rows)}." for kind, rows in kinds.items()
        ),
        table=_promises_table(frame),
    )


def _why_of_promises(frame: pd.DataFrame) -> str:
    over, ahead, spared, unknown = (
        int(value)
        for value in (frame["overdue"].sum(), *(frame[name].iloc[0] for name in ("ahead", "spared", "unknown")))
    )
    why = []
    if over:
        why.append(f"{number(over)} past {'its' if over == 1 else 'their'} date and open: not kept.")
    left = [f"{number(ahead)} due later"] * bool(ahead) + [f"{number(spared)} no longer needed"] * bool(spared)
    left += [f"{number(unknown)} kept nobody says when"] * bool(unknown)
    if left:
        why.append(f"Left out: {', '.join(left)}.")
    why.append("The promises of one incident hang together, so no interval is drawn.")
    return " ".join([*why, _NOT_SAID])


def _kind_in_words(rows: pd.DataFrame) -> str:
    over = int(rows["all_overdue"].iloc[0])
    still = f", {number(over)} open past {'its' if over == 1 else 'their'} date" if over else ""
    return f"{of(rows['all_yes'].iloc[0], rows['all_n'].iloc[0])} kept in time{still}; {_last(rows)}"


def _promises_table(frame: pd.DataFrame) -> pd.DataFrame:
    names = [_KINDS.get(str(kind), plain(kind)) for kind in frame["kind"]]
    counts = {"Kept in time": "yes", "Due": "n", "Open past the date": "overdue"}
    numbers = {said: frame[name].tolist() for said, name in counts.items()}
    shares_ = [percent(share) for share in frame["share"]]
    return pd.DataFrame({"Kind": names, "Month due": _months(frame), **numbers, "Share": shares_})


def _periods(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows as lanes read them; what has no interval has none."""
    missing = {name: float("nan") for name in ("low", "high", "all_low", "all_high") if name not in frame}
    return frame.rename(columns={"month": "period"}).assign(incident_id="", **missing)


def _months(frame: pd.DataFrame) -> Sequence[str]:
    pairs = zip(frame["month"], frame["complete"], strict=True)
    return [month(at) + ("" if full else ", not complete") for at, full in pairs]


def _hollow(frame: pd.DataFrame) -> str:
    return "" if frame["complete"].all() else "hollow: month not complete"


def _last(rows: pd.DataFrame) -> str:
    row = rows.iloc[-1]
    return f"last, {month(row['month'])}: {of(row['yes'], row['n'])}"
