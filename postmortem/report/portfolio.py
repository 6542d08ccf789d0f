"""Many incidents as one page (R42, R43): an answer, the facts it stands on, and the charts they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import narwhals as nw
import pandas as pd

from postmortem import analysis, charts
from postmortem.analysis.frames import gathered, local_day, moment, opened
from postmortem.charts.embed import figure_json
from postmortem.record.moments import day
from postmortem.record.vocabulary import STRENGTHS
from postmortem.report.customers import Customers
from postmortem.report.summary import AnswerFact, Chapter, ChartBlock, PortfolioSummary
from postmortem.report.wording import clean, counted, listed, number

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime

    from postmortem.record.incident import Customer
    from postmortem.record.playbook import Playbook

_MOST_ROWS: Final = 200
_LONG: Final = 70
_FOOT: Final = (
    "Counts come from the records as they stand. An incident with two causes is one incident. What nobody has"
    " classified is shown and never ranked."
)


def portfolio_summary(
    tables: analysis.Frames,
    playbook: Playbook,
    *,
    now: datetime,
    filters: Mapping[str, str] | None = None,
    of: int | None = None,
    zone: str = "UTC",
    customers: Mapping[str, Customer] | None = None,
) -> PortfolioSummary:
    """Everything the page about many incidents shows, with each figure in light and in dark.

    Args:
        tables: The tidy tables of the incidents to show, filtered already (`analysis.select`).
        playbook: For the currency.
        now: The instant of the report.
        filters: What they were filtered by, as it is read: name and value.
        of: How many incidents there are without the filters, where that is known.
        zone: The zone in which days and months begin.
        customers: Who was hurt, by the incident's id (`store.customers()`); nothing on the page names them (R41).

    Raises:
        DataError: If a table is not what it should be, `now` has no offset, or there is no such zone.
    """
    known = Customers(customers or {})
    tables = known.hide_in(tables)
    today = local_day(moment(now), zone)
    facts = analysis.facts(tables, now=now, zone=zone)
    return PortfolioSummary(
        heading="Trends",
        made_on=f"made {day(today)}",
        data_to=f"Data to {day(_local(facts.last_at, zone))}" if facts.last_at is not None else "No dates yet",
        filters=_filters(filters or {}, _own_words(tables), known),
        count=_count(facts.incidents, of),
        answer=_answer(facts),
        facts=_facts(facts, _currency(tables, playbook), zone, known),
        caveat=_caveat(facts),
        chapters=_chapters(tables, facts, playbook, now=now, zone=zone, known=known),
        foot=_FOOT,
    )


def _local(at: pd.Timestamp, zone: str) -> pd.Timestamp:
    return local_day(at, zone)


def _own_words(tables: analysis.Frames) -> frozenset[str]:
    """The names of our own teams and services, as a filter names them: they are not looked at word by word."""
    columns = [name for name in ("team", "service") if name in nw.from_native(tables.incidents).lazy().collect_schema()]
    found = (gathered(opened(tables, "incidents", [column]).unique())[column] for column in columns)
    return frozenset(str(word) for column in found for word in column.dropna())


def _filters(filters: Mapping[str, str], ours: Collection[str], known: Customers) -> str:
    """What was filtered by; words that somebody searched for may be a customer's."""
    read = {
        name: " or ".join(known.hide(one) if one in ours else known.hide_search(one) for one in value.split(" or "))
        for name, value in filters.items()
    }
    set_ = [f"{clean(name)}: {clean(value)}" for name, value in read.items() if clean(value)]
    return " · ".join(set_) if set_ else "All incidents, no filter"


def _count(shown: int, of: int | None) -> str:
    if of is None or of == shown:
        return f"showing {counted(shown, 'incident')}"
    return f"showing {number(shown)} of {counted(of, 'incident')}, {number(of - shown)} hidden by the filter"


def _short(text: str, most: int = _LONG) -> str:
    plain = clean(text).rstrip(".")
    return plain if len(plain) <= most else f"{plain[:most].rsplit(' ', 1)[0].rstrip(' ,;:')}…"


def _answer(facts: analysis.Facts) -> str:
    if not facts.incidents:
        return "No incident fits: widen the filter, or tell the first one"
    if facts.few:
        return f"{counted(facts.incidents, 'incident')} so far: read each one, it is too early to say what leads"
    top = facts.top
    if top is None:
        return "No cause is classified yet: that comes first, before anything can be said of causes"
    what = "cause" if top.by == "recurring_id" else "kind of cause"
    if top.tied:
        names = listed([f"“{_short(name)}”" for name in (top.name, *top.tied[:2])])
        more = f" and {len(top.tied) - 2} more" if len(top.tied) > 2 else ""  # noqa: PLR2004 - three names at most
        return f"No {what} leads alone: {names}{more}, {counted(top.incidents, 'incident')} each"
    return f"Start with one {what}: “{_short(top.name)}”, behind {number(top.incidents)} of {number(facts.incidents)}"


def _facts(facts: analysis.Facts, currency: str, zone: str, known: Customers) -> tuple[AnswerFact, ...]:
    return (*_top_facts(facts, currency, zone), _recurring_fact(facts), _overdue_fact(facts, known))


def _top_facts(facts: analysis.Facts, currency: str, zone: str) -> tuple[AnswerFact, AnswerFact]:
    top, n = facts.top, facts.incidents
    if top is None:
        since = f"since {day(_local(facts.first_at, zone))}" if facts.first_at is not None else "none with a date"
        kinds = facts.unclassified + facts.no_cause
        return (
            AnswerFact(said=counted(n, "incident"), note=since, chart="months"),
            AnswerFact(
                said=f"{number(kinds)} of {number(n)}", note="have no cause with a category yet", chart="pareto"
            ),
        )
    each = f", as many as {counted(len(top.tied), 'other')}" if top.tied else ""
    first = AnswerFact(
        said=f"{number(top.incidents)} of {number(n)}",
        note=f"incidents have it, {_percent(top.share)}{each}",
        chart="pareto",
    )
    if top.lost_min_share is not None:
        cost = AnswerFact(
            said=_percent(top.lost_min_share),
            note="of the time customers are known to have lost",
            chart="pareto",
        )
    elif top.customer_cost is not None:
        cost = AnswerFact(
            said=f"{currency} {number(top.customer_cost)}".strip(), note="customers paid because of it", chart="pareto"
        )
    else:
        cost = AnswerFact(said="Not known", note="what it cost the customers", chart="pareto")
    return first, cost


def _recurring_fact(facts: analysis.Facts) -> AnswerFact:
    worst = facts.worst
    if worst is None:
        return AnswerFact(said="None", note="no cause is known to have come back", chart="between")
    apart = f", {counted(round(worst.median_days), 'day')} apart in the middle" if worst.median_days is not None else ""
    quiet = f", quiet for {counted(worst.quiet_days, 'day')}" if worst.quiet_days is not None else ""
    return AnswerFact(
        said=counted(facts.recurring, "cause"),
        note=f"came back; the first of them {counted(worst.incidents, 'time')}{apart}{quiet}",
        chart="between",
    )


def _overdue_fact(facts: analysis.Facts, known: Customers) -> AnswerFact:
    late = facts.strongest
    if late is None:
        return AnswerFact(said="None late", note="no action is past its day", chart="open")
    others = f", of {number(facts.overdue)} that are late" if facts.overdue > 1 else ""
    strength = f", {late.strength}" if late.strength else ""
    where = _ids(late.incident_id, late.action_id, known)
    note = f"is {where}: {_short(late.text, 40)}{strength}{others}"
    return AnswerFact(said=f"{counted(late.days, 'day')} late", note=note, chart="open")


def _ids(incident_id: object, action_id: object, known: Customers) -> str:
    """Where an action stands; people choose ids too, and may put a name into one."""
    incident, action = _text(incident_id), _text(action_id)
    return " ".join(filter(None, (known.hide(incident, incident), known.hide(action, incident))))


def _caveat(facts: analysis.Facts) -> str:
    parts = []
    if facts.unclassified:
        parts.append(f"{counted(facts.unclassified, 'incident')} with a cause that nobody has classified yet")
    if facts.no_cause:
        parts.append(f"{counted(facts.no_cause, 'incident')} without a cause yet")
    if facts.outside:
        parts.append(f"{counted(facts.outside, 'incident')} with a cause outside our control, shown and never ranked")
    known = listed(parts) if parts else "every incident shown has a classified cause"
    if not facts.incidents:
        return "What we cannot say: anything yet."
    judged = "whether counts rise or fall, and whether an action made the difference"
    return f"What we cannot say: {judged}. In the numbers: {known}."


def _chapters(
    tables: analysis.Frames, facts: analysis.Facts, playbook: Playbook, *, now: datetime, zone: str, known: Customers
) -> tuple[Chapter, ...]:
    currency = _currency(tables, playbook)

    def block(key: str) -> ChartBlock:
        return _block(charts.prepared(key, tables, now=now, zone=zone, currency=currency, playbook=playbook))

    return (
        Chapter(
            key="hurts",
            title="Where it hurts",
            charts=(
                block("causes" if facts.recurring else "categories"),
                block("months"),
                block("teams"),
            ),
        ),
        Chapter(
            key="recurring",
            title="Recurring causes",
            charts=(block("between"),),
        ),
        Chapter(
            key="helped",
            title="Did it help",
            charts=(
                block("held"),
                _open_actions(tables, local_day(moment(now), zone), known),
            ),
        ),
        Chapter(
            key="handling",
            title="Is our handling getting better",
            charts=(block("told"), block("waits"), block("steps"), block("promises")),
        ),
    )


def _currency(tables: analysis.Frames, playbook: Playbook) -> str:
    """The one currency of the incidents; the playbook's where none has one, and none where they differ."""
    if "currency" not in nw.from_native(tables.incidents).lazy().collect_schema():
        return playbook.currency
    found = gathered(opened(tables, "incidents", ["currency"]).unique())["currency"].dropna().tolist()
    return playbook.currency if not found else str(found[0]) if len(found) == 1 else ""


def _block(drawn: Callable[[charts.Theme], charts.Chart]) -> ChartBlock:
    light = drawn("light")
    columns, numeric, rows, left_out = _cells(light.table)
    return ChartBlock(
        key=light.key,
        question=light.question,
        title=clean(light.title),
        subtitle=clean(light.subtitle),
        verdict=light.verdict.word,
        why=clean(light.verdict.why),
        alternative=clean(light.alternative),
        columns=columns,
        numeric=numeric,
        rows=rows,
        left_out=left_out,
        empty=clean(light.empty),
        height=int(light.figure.layout.height or 0),
        least=light.least,
        light="" if light.empty else figure_json(light),
        dark="" if light.empty else figure_json(drawn("dark")),
    )


def _cells(table: pd.DataFrame) -> tuple[tuple[str, ...], tuple[bool, ...], tuple[tuple[str, ...], ...], int]:
    shown = table.head(_MOST_ROWS)
    numeric = tuple(pd.api.types.is_numeric_dtype(kind) for kind in table.dtypes)
    rows = tuple(tuple(map(_cell, row)) for row in shown.itertuples(index=False, name=None))
    return tuple(clean(str(name)) for name in table.columns), numeric, rows, len(table) - len(shown)


def _cell(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_cell, value))
    if pd.isna(value):  # type: ignore[call-overload]
        return ""
    if isinstance(value, pd.Timestamp):
        return day(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return number(value)
    return clean(str(value))


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", "\N{NO-BREAK SPACE}%")


def _open_actions(tables: analysis.Frames, today: pd.Timestamp, known: Customers) -> ChartBlock:
    asked = ["incident_id", "action_id", "text", "strength", "owner", "due_on", "done_on"]
    frame = gathered(opened(tables, "actions", asked)).astype(object)
    waiting = [row for row in frame.to_dict("records") if pd.isna(row["done_on"])]
    due = [pd.Timestamp(row["due_on"]) if pd.notna(row["due_on"]) else None for row in waiting]
    over = [(today - at.tz_localize(None).normalize()).days if at is not None else None for at in due]
    rows = sorted(
        (
            -(late if late is not None else -(10**6)),
            _text(row["incident_id"]),
            _text(row["action_id"]),
            (
                _together(_ids(row["incident_id"], row["action_id"], known)),
                _text(row["text"]) or "Not worded yet",
                _text(row["strength"]) or "no form chosen",
                _text(row["owner"]) or "nobody yet",
                _together(day(at)) if at is not None else "no date yet",
                _lateness(late),
            ),
        )
        for row, at, late in zip(waiting, due, over, strict=True)
    )
    late = sum(days is not None and days > 0 for days in over)
    strong = sum(
        row["strength"] == STRENGTHS[0] and (not late or (days or 0) > 0)
        for row, days in zip(waiting, over, strict=True)
    )
    n, done = counted(len(waiting), "action"), "Every action is done. Look next at whether it held."
    title = f"{number(late)} of {counted(len(waiting), 'open action')} late" if late else f"{n} open, none late"
    return ChartBlock(
        key="open",
        question="Which actions are waiting, and for how long?",
        title=f"{title}; {number(strong)} of them {'is' if strong == 1 else 'are'} of the stronger kind"
        if waiting
        else "No action is waiting",
        subtitle=f"Actions that are not done, the latest first · n = {n}",
        verdict="",
        why="",
        alternative="",
        columns=("Action", "What", "Strength", "Owner", "Due", "Late"),
        numeric=(False,) * 6,
        rows=tuple(cells for *_, cells in rows[:_MOST_ROWS]),
        left_out=max(0, len(rows) - _MOST_ROWS),
        empty="" if waiting else done if len(frame) else "No action yet. Plan one for a root cause.",
    )


def _together(text: str) -> str:
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def _lateness(days: int | None) -> str:
    if days is None:
        return ""
    return f"{counted(days, 'day')} late" if days > 0 else "due today" if days == 0 else f"in {counted(-days, 'day')}"


def _text(value: object) -> str:
    return clean(str(value)) if pd.notna(value) else ""  # type: ignore[call-overload]
