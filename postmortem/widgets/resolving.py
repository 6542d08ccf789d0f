"""The worksheet for putting it right (R17): can it be undone, redo or replace, what was asked for, what was given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from postmortem.record import spans
from postmortem.record.money import said
from postmortem.record.severity import assess
from postmortem.widgets.blocks import Block, note, options, row

if TYPE_CHECKING:
    from postmortem.widgets.blocks import Form

ANSWERS: Final = (("yes", "Yes"), ("no", "No"), ("not known", "Not known"))


def part(form: Form) -> list[Block]:
    """The questions in their order; how major and how costly it was is told elsewhere, and shown here."""
    place = "recovery.resolve"
    blocks = [
        note(_how_major(form), strong="How major:"),
        note(_how_costly(form), strong="How costly:"),
        row(
            form.toggle(f"{place}.can_be_undone", "Can it be undone?", ANSWERS),
            form.text(f"{place}.redo_or_replace", "Redo or replace", placeholder="what, and by when", optional=True),
            form.text(f"{place}.at_what_cost", f"At what cost, in {form.currency}", optional=True),
            columns=3,
        ),
        form.toggle(f"{place}.result", "Put right", options(("full", "partial", "none")), clear=True),
        row(
            form.area(f"{place}.asked_for", "What they asked for", optional=True),
            form.area(f"{place}.given", "What they got", optional=True),
        ),
        form.toggle(f"{place}.beyond", "Did it go beyond what they asked for?", ANSWERS),
    ]
    return [form.longer("How it was resolved", *blocks)]


def _how_major(form: Form) -> str:
    found = assess(form.incident, form.meeting.playbook)
    if found.level is None:
        return "not known yet; stage 2 asks for it."
    lost = {question.id for question in form.meeting.playbook.severity.questions if question.field == "customer_min"}
    worst = [
        f"{reason.ask.rstrip('?')}: "
        + (spans.rough(float(reason.answer)) if reason.question in lost else reason.answer)
        for reason in found.reasons
        if reason.level == found.level
    ]
    return f"{found.level}{f' ({worst[0]})' if worst else ''}."


def _how_costly(form: Form) -> str:
    impact, told = form.incident.impact, []
    if impact.customer_cost is not None:
        told.append(f"they paid {said(impact.customer_cost, form.currency)}")
    if impact.customer_min is not None:
        each = f"each of {impact.customers:,} customers lost" if (impact.customers or 0) > 1 else "they lost"
        told.append(f"{each} {spans.rough(impact.customer_min)}")
    if impact.our_cost is not None:
        told.append(f"it cost us {said(impact.our_cost, form.currency)}")
    return f"{', '.join(told)}." if told else "not told yet; stage 1 asks for it."
