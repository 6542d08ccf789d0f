"""Stage 1: what happened, as it looked at the time (R1 to R5, R27)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from postmortem.record import moments, recovery, spans, walltimes
from postmortem.record.edit import add, drop, next_id
from postmortem.record.incident import Moment
from postmortem.record.vocabulary import Fault
from postmortem.widgets.blocks import Block, Form, button, buttons, neighbour, note, options, row, section

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from postmortem.widgets.meeting import Retrospective


_CURRENCIES = ["EUR", "GBP", "USD", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "CAD", "AUD", "NZD", "JPY", "INR"]
_NAMED = "Leaves the house in the team report, and in the letter to that customer, only."


def body(form: Form) -> list[Block]:
    """What the stage shows."""
    playbook = form.meeting.playbook
    return [
        section(
            "What happened",
            form.text("title", "In one line", placeholder="For example: phone and internet off for most of a day"),
            row(
                form.area("impact.expected", "What the customer expected", optional=True),
                form.area("impact.happened", "What happened instead"),
            ),
            row(
                form.toggle("harmed", "Who was hurt by it", options(("customer", "coworker", "both"))),
                form.choice("kind", "Kind of mistake", options(playbook.kinds.names, empty="choose a kind")),
            ),
            row(
                form.text("team", "Team", placeholder="For example: Field service"),
                form.text("service", "Service", placeholder="For example: Line repair"),
            ),
            row(
                form.text("customer.name", "Customer", optional=True, help=_NAMED),
                _vip(form),
            ),
            hint="Facts only. Reasons come in stage 4.",
        ),
        *_when(form),
        section(
            "Who knew, and when",
            row(
                form.text("raised_at", "They raised it", placeholder="not raised"),
                form.text("known_at", "We knew"),
                form.text("told_at", "We told them"),
                columns=3,
            ),
            _lead(form),
            hint="Telling the customer before they tell us is the first measure of how we handled it.",
        ),
        section(
            "What it cost them",
            row(
                form.text(
                    "impact.customers",
                    "Customers affected",
                    placeholder="for example: 40",
                    help="People of one house are one customer: what is owed counts for each.",
                ),
                form.text(
                    "impact.customer_min", "Time lost", placeholder="for example: 4 h 25 min", help=_for_one(form)
                ),
            ),
            row(
                form.text(
                    "impact.customer_cost",
                    "Money they paid",
                    placeholder=f"amount in {form.currency}",
                    help="By all of them together.",
                ),
                form.text(
                    "currency", "Amounts are in", placeholder=form.currency, list=_CURRENCIES, help=_converted(form)
                ),
            ),
            hint="An empty field is “not known yet”. It stays on the open list.",
        ),
        section(
            "Who carries it",
            row(
                form.choice("fault", "Fault", options(get_args(Fault))),
                form.text("owner", "Owner of the recovery", placeholder="a role, for example: Service desk lead"),
            ),
            hint="Whoever was at fault, one of us stands in front of the customer.",
        ),
    ]


def _when(form: Form) -> list[Block]:
    told = "Times from elsewhere may name their zone: 15:20 CEST, or 15:20 +02:00."
    shifted = _shifted(form)
    start = row(
        form.text("zone", "Clocks in", placeholder="For example: Europe/London", help=shifted or told),
        form.start("occurred_at", "It happened", placeholder="For example: 11 Mar 2026 08:25"),
    )
    was = form.meeting.zone_before
    begin = [start, buttons(button("Keep the clock times as typed", "keep-clocks", was=was))] if shifted else [start]
    roles = _roles(form)
    seen: list[Block] = [
        {
            "t": "moments",
            "rows": [
                {
                    "key": moment.id,
                    "at": form.text(f"timeline.{moment.id}.at", "Time", placeholder="15:20"),
                    "text": form.area(f"timeline.{moment.id}.text", "Seen or done"),
                    "by": form.text(f"timeline.{moment.id}.seen_by", "Seen by", placeholder="a role", list=roles),
                }
                for moment in form.incident.timeline
            ],
            "empty": "No moment is told yet. Start with the first thing somebody saw or did.",
        },
        buttons(button("Add a moment", "add-moment", icon="plus")),
    ]
    hint = "What was seen and done, and who saw it. Use roles, not names."
    if form.short:
        return [section("When", *begin), form.longer("Moment by moment", note(hint), *seen)]
    return [section("When", *begin, *seen, hint=hint)]


def _shifted(form: Form) -> str:
    """What the last change did to the clock times, where it was another zone and they read otherwise now."""
    was, now = form.meeting.zone_before, form.incident.zone
    read = ((moments.clock(at, was), moments.clock(at, now)) for at in walltimes.told(form.incident)) if was else ()
    for typed, shown in read:
        if typed != shown:
            return f"The times stay the same moments: what was typed as {typed} reads {shown} now."
    return ""


def _converted(form: Form) -> str:
    stands = form.incident.impact.customer_cost or form.incident.recovery.compensation
    return "The amounts that stand are not converted." if stands else ""


def _for_one(form: Form) -> str:
    """Whose time is meant, as money hangs on it (R18)."""
    rules = form.meeting.playbook.compensation
    told = "For one customer, in minutes or 2 h."
    gives = rules.credit_per_hour > 0
    start = spans.rough(rules.credit_from_min) if rules.credit_from_min >= 24 * 60 else f"{rules.credit_from_min:g} min"
    return f"{told} From {start} on the playbook gives a credit." if gives else told


def _roles(form: Form) -> list[str]:
    """The roles that are told already, to choose from in the next moment."""
    told = [moment.seen_by.strip() for moment in form.incident.timeline]
    return list(dict.fromkeys(role for role in (*told, form.incident.owner.strip()) if role))


def _vip(form: Form) -> Block:
    field = form.toggle("customer.vip", "A customer we take special care of", (("true", "Yes"), ("false", "No")))
    return {**field, "value": "true" if form.incident.customer.vip else "false"}


def _lead(form: Form) -> Block:
    incident = form.incident
    who = {"us": "we knew first.", "them": "the customer knew first.", "not known": "who knew first is not known yet."}
    sentence = who[recovery.knew_first(incident)]
    told = recovery.minutes_between(recovery.known_at(incident), incident.told_at)
    after = ""
    if told is not None:
        long = spans.rough(abs(told))
        when = f"{long} after we knew" if told > 0 else f"{long} before anyone knew: look at the times again"
        after = f"We told them what went wrong {when if told else 'as soon as we knew'}."
    return note(after, strong=f"From these times: {sentence}")


def add_moment(meeting: Retrospective, _args: Mapping[str, Any]) -> str:
    """One more line of the timeline; the focus goes there."""
    name = next_id("m", meeting.incident.timeline, meeting.incident.gone)
    after = meeting.change(lambda incident: add(incident, "timeline", Moment(id=name)))
    return f"timeline.{after.timeline[-1].id}.at"


def drop_moment(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Take a line of the timeline out; the focus goes to its neighbour, so that no key is lost."""
    key = str(args["key"])
    near = neighbour([moment.id for moment in meeting.incident.timeline], key)
    meeting.change(lambda incident: drop(incident, "timeline", key))
    return f"timeline.{near}.text" if near else "occurred_at"


def keep_clocks(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Let the times read as they were typed, in the zone that is told now; the focus goes to the zone."""
    meeting.change(walltimes.kept, str(args["was"]))
    return "zone"


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {
    "add-moment": add_moment,
    "drop-moment": drop_moment,
    "keep-clocks": keep_clocks,
}
