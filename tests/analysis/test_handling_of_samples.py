"""The handling of the sample incidents, counted a second time from the records and by plain pandas."""

from __future__ import annotations

import json
import math
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from postmortem import charts
from postmortem.analysis import OUTCOMES, checklist_use, conformance, promises_kept, told_first, waits
from postmortem.record import recovery
from postmortem.record.playbook import default_playbook
from postmortem.record.reading import incident_from
from postmortem.store import open_store

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")


@pytest.fixture(scope="module")
def records():
    """The incidents that come with the package."""
    return [incident_from(json.loads(path.read_text(encoding="utf-8"))) for path in sorted(SAMPLES.glob("*.json"))]


@pytest.fixture(scope="module")
def kept(records, tmp_path_factory):
    """Their tidy tables, by way of a store."""
    with open_store(tmp_path_factory.mktemp("samples") / "store.db") as store:
        for record in records:
            store.save(record, by="Ana")
        return store.tables()


def test_told_first_is_that_of_the_records(records, kept):
    """By month, as the clocks in London showed it."""
    expected: dict[str, list[int]] = {}
    for it in records:
        words = [at for at in (it.told_at, it.raised_at) if at]
        if words:
            row = expected.setdefault(min(words).astimezone(LONDON).strftime("%Y-%m"), [0, 0])
            row[0] += it.told_at is not None and (it.raised_at is None or it.told_at < it.raised_at)
            row[1] += 1
            assert it.raised_at or "them" != it.found_by
    frame = told_first(kept, now=NOW, zone="Europe/London")
    found = {row["month"].strftime("%Y-%m"): [row["yes"], row["n"]] for _, row in frame.iterrows()}

    assert expected == found
    assert len(records) == frame["n"].sum() + frame["unknown"].iloc[0]


@pytest.mark.parametrize(("measure", "end"), [("tell", "told_at"), ("fix", "fixed_at")])
def test_waits_are_those_of_the_records_and_the_open_ones_are_longer_than_any(records, kept, measure, end):
    """No open one has waited for less than the middle here, so each may stand for endless."""
    took = []
    for it in records:
        start = min(at for at in (it.known_at, it.raised_at) if at)
        done = getattr(it, end)
        took.append((done - start) // timedelta(minutes=1) if done else math.inf)
    took.sort()
    middle = (took[(len(took) - 1) // 2] + took[len(took) // 2]) / 2
    frame = waits(kept, now=NOW, zone="Europe/London")
    row = frame[frame["measure"] == measure].iloc[0]

    assert (middle, took.count(math.inf)) == (row["all_median"], row["all_open"])
    assert len(records) == row["all_n"] + row["apart"]


def test_what_became_of_each_step_is_counted_alike(records, kept):
    """Statuses from the records, order and lateness by pandas."""
    frame = conformance(kept, now=NOW).set_index("step_id")
    thirteen = kept.steps[kept.steps["procedure"] == "thirteen-steps"]
    ids = set(thirteen["incident_id"])
    statuses = Counter((step.id, step.status) for it in records if it.id in ids for step in it.recovery.steps)
    late = thirteen[thirteen["in_order"] & (thirteen["done_at"] > thirteen["due_at"])].groupby("step_id", observed=True)
    early = thirteen[~thirteen["in_order"]].groupby("step_id", observed=True)

    for step in frame.index:
        done = frame.loc[step, ["in order", "out of order", "late"]].sum()
        assert (statuses[step, "done"], len(ids)) == (done, frame.loc[step, "n"])
        assert len(ids) == done + frame.loc[step, ["not needed", "open"]].sum()
    assert late.size().to_dict() == {step: n for step, n in frame["late"].items() if n}
    assert early.size().to_dict() == {step: n for step, n in frame["out of order"].items() if n}


def test_promises_are_kept_as_plain_pandas_counts_them(kept):
    """By kind, of those that were due by now and not spared."""
    table = kept.promises
    due = table[
        (table["due_at"] <= pd.Timestamp(NOW))
        & (table["status"] != "spared")
        & ~((table["status"] == "met") & table["met_at"].isna())
    ]
    kept_ = due[
        due["met_at"].notna()
        & ((due["met_at"] < due["due_at"]) | (due["due_on"].isna() & (due["met_at"] == due["due_at"])))
    ]
    frame = promises_kept(kept, now=NOW, zone="Europe/London")

    assert due["kind"].astype(str).value_counts().to_dict() == frame.groupby("kind")["n"].sum().to_dict()
    assert kept_["kind"].astype(str).value_counts().to_dict() == {
        kind: n for kind, n in frame.groupby("kind")["yes"].sum().items() if n
    }
    assert (due["status"] == "open").sum() == frame["overdue"].sum() > 0
    assert len(table) - len(due) - table["due_at"].isna().sum() == frame[["ahead", "spared", "unknown"]].iloc[0].sum()


def test_november_is_as_it_was_counted_by_hand(kept):
    """Two of that month, read from the samples with a pencil.

    2025-016, the 4th: raised 09:15, told and apologised 09:40, fixed on the 5th at 08:30, asked again on the 10th.
    2025-019, the 4th: known 17:20, told 17:24, apologised 17:31, fixed 17:58, asked again on the 9th; never raised.
    """
    order, took = (count(kept, now=NOW, zone="Europe/London") for count in (told_first, waits))
    november = order[order["month"] == "2025-11-01"].iloc[0]
    found = took[took["month"] == "2025-11-01"].set_index("measure")["waits"].to_dict()

    assert (1, 2, 0.5) == (november["yes"], november["n"], november["share"])
    assert {"tell": (4, 25), "apologise": (11, 25), "fix": (38, 1395), "follow up": (5, 5)} == found


def test_the_medians_of_a_month_with_ten_are_those_of_plain_statistics(tables):
    """Of ten and more a month shows its middle, and what is open is in it: five of eleven took 10 to 50 minutes."""
    start = datetime(2026, 1, 5, 10, tzinfo=UTC)
    done = [{"known_at": start, "told_at": start + timedelta(minutes=10 * at)} for at in (1, 2, 3, 4, 5, 6)]
    frame = waits(tables(*done, *[{"known_at": start}] * 5), now=NOW)
    row = frame[frame["measure"] == "tell"].iloc[0]

    assert (11, 5, 60.0) == (row["n"], row["open"], row["median"])


def test_each_step_of_the_chart_is_counted_a_second_time_from_the_records(records, kept):
    """By what the record itself says of each step at that moment: the chart decides nothing again."""
    playbook = default_playbook()
    ids = set(kept.steps.loc[kept.steps["procedure"] == "thirteen-steps", "incident_id"])
    became = Counter(
        (f"{step.number} {step.rule.text}", _outcome(step))
        for it in records
        if it.id in ids
        for step in recovery.numbered(recovery.steps(it, playbook, NOW))
    )
    table = charts.steps(conformance(kept, now=NOW)).table.set_index("Step")
    outcomes = [word.capitalize() for word in OUTCOMES]

    assert 13 == len(table)
    assert became == Counter(
        {(step, word): int(n) for step in table.index for word in outcomes if (n := table.loc[step, word])}
    )


def _outcome(step: recovery.StepNow) -> str:
    if step.is_open:
        return "Open"
    if step.done.status != "done":
        return "Not needed"
    return "Out of order" if step.before else "Late" if step.is_late else "In order"


def test_uses_and_misses_by_month_are_those_of_the_records(records, kept):
    """R37: each use in the month of its day, each miss in the month in which it happened in London."""
    uses: Counter[tuple[str, str]] = Counter()
    misses: Counter[tuple[str, str]] = Counter()
    for it in records:
        for sheet in it.checklists:
            uses.update((f"{it.id}/{sheet.id}", run.on.strftime("%Y-%m")) for run in sheet.runs)
        misses.update((name, it.occurred_at.astimezone(LONDON).strftime("%Y-%m")) for name in it.should_have_caught)
    frame = checklist_use(kept, now=NOW, zone="Europe/London").dropna(subset=["month"])
    keys = list(zip(frame["list"], frame["month"].dt.strftime("%Y-%m"), strict=True))

    assert uses == Counter({key: n for key, n in zip(keys, frame["runs"], strict=True) if n})
    assert misses == Counter({key: n for key, n in zip(keys, frame["misses"], strict=True) if n})
    assert (5, 2) == (len({name for name, _ in uses}), misses.total())
