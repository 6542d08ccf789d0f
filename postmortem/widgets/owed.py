"""What we owe, and what became of it: owed, offered, answered, carried out (R17, R18)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from postmortem.record import compensation
from postmortem.record.edit import add, drop, next_id
from postmortem.record.incident import Compensation
from postmortem.widgets.blocks import Block, Form, button, buttons, card, neighbour, note, options, row, section

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from postmortem.widgets.meeting import Retrospective


def part(form: Form) -> list[Block]:
    """What is owed by the rules, what was offered, and how it was resolved."""
    return [
        section("What we owe", *_owed(form), hint="All that they paid because of it, at once. We offer first."),
        form.text("fixed_at", "Fixed at", placeholder="15:50"),
        form.longer(
            "How it was resolved",
            row(
                form.toggle("recovery.resolve.result", "Put right", options(("full", "partial", "none")), clear=True),
                form.text("recovery.resolve.asked_for", "What they asked for", optional=True),
                form.text("recovery.resolve.given", "What they got", optional=True),
                columns=3,
            ),
        ),
    ]


def _owed(form: Form) -> list[Block]:
    incident, currency = form.incident, form.currency
    owed = compensation.owed(incident, form.meeting.playbook)
    there = {item.kind for item in incident.recovery.compensation}
    blocks: list[Block] = []
    for item in owed:
        blocks.append(note(f"{item.amount:.2f} {currency}, {item.because}.", strong=f"{_title(item.kind)}:"))
        if item.kind not in there:
            label = f"Keep it as owed: {item.amount:.2f} {currency}"
            blocks.append(buttons(button(label, "owe", kind=item.kind, amount=f"{item.amount:.2f}", what=item.because)))
    if not owed and not there:
        blocks.append(
            note(
                "Time lost and money paid stand in stage 1; what is owed follows from them.",
                strong="Nothing owed so far.",
            )
        )
    blocks += [_promised(form, item, currency) for item in incident.recovery.compensation]
    blocks.append(
        buttons(button("Add something else", "owe", icon="plus", kind="goodwill", amount="", what="goodwill"))
    )
    return blocks


def _promised(form: Form, item: Compensation, currency: str) -> Block:
    place = f"recovery.compensation.{item.id}"
    limit = form.meeting.playbook.compensation.authority_limit
    over = item.owed is not None and item.owed > Decimal(str(limit)) and not item.approved_by
    told = f"Over the limit of {limit:.0f} {currency}: ask for approval, then offer it."
    approval = [
        note(told, tone="warn", strong="Needed"),
        form.text(f"{place}.approved_by", "Approved by", placeholder="a role"),
    ]
    return card(
        item.id,
        row(
            form.text(f"{place}.owed", f"Owed, in {currency}"),
            form.text(f"{place}.offered_at", "Offered at", placeholder="not yet"),
            form.toggle(f"{place}.answer", "Their answer", options(("waiting", "accepted", "declined"))),
            form.text(f"{place}.carried_out_at", "Carried out at", placeholder="not yet"),
            columns=4,
        ),
        *(approval if over or item.approved_by else []),
        buttons(button("Take it out", "drop-owed", style="quiet", key=item.id)),
        title=_title(item.kind),
        aside=item.what,
    )


def _title(kind: str) -> str:
    return {"reimbursement": "Pay back what they paid", "service credit": "Service credit"}.get(kind, "Goodwill")


def owe(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Keep one thing as owed."""
    name = next_id("k", meeting.incident.recovery.compensation, meeting.incident.gone)
    amount = Decimal(str(args["amount"])) if args.get("amount") else None
    new = Compensation.model_validate({"id": name, "kind": args["kind"], "what": args.get("what", ""), "owed": amount})
    after = meeting.change(lambda incident: add(incident, "recovery.compensation", new))
    return f"recovery.compensation.{after.recovery.compensation[-1].id}.owed"


def drop_owed(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Take one thing owed out; the focus goes to its neighbour."""
    key = str(args["key"])
    near = neighbour([item.id for item in meeting.incident.recovery.compensation], key)
    meeting.change(lambda incident: drop(incident, "recovery.compensation", key))
    return f"recovery.compensation.{near}.owed" if near else "recovery.resolve.asked_for"


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {"owe": owe, "drop-owed": drop_owed}
