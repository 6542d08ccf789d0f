"""What is done about what we owe: kept, offered, answered, approved, carried out (R18). `owed` shows it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from postmortem.record import authority, compensation, offering, recovery
from postmortem.record.compensation import Owed
from postmortem.record.edit import changed, drop, put
from postmortem.record.errors import PostmortemError
from postmortem.record.money import amount
from postmortem.widgets import typed
from postmortem.widgets.blocks import neighbour

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from postmortem.record.incident import Incident
    from postmortem.widgets.meeting import Retrospective


def owe(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Keep one thing as owed: what the rules give, or goodwill whose amount is told later."""
    worth_it = amount(str(args["amount"])) if args.get("amount") else None
    kind, what = args["kind"], str(args.get("what", ""))
    if worth_it is None:
        after = meeting.change(compensation.goodwill, what)
    else:
        after = meeting.change(compensation.keep, Owed(kind, worth_it, what))
    name = after.recovery.compensation[-1].id
    return f"owed.{name}.next" if worth_it else f"recovery.compensation.{name}.owed"


def keep_rest(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Keep as owed what the playbook gives beyond what is kept: with it, or for itself where that was offered."""
    item, rest = compensation.find(meeting.incident, str(args["key"])), Decimal(str(args["amount"]))
    if compensation.is_offered(item):
        what = Owed(item.kind, rest, item.what)
        return f"owed.{meeting.change(compensation.keep, what).recovery.compensation[-1].id}.next"
    meeting.put(f"recovery.compensation.{item.id}.owed", (item.owed or compensation.NOTHING) + rest)
    return f"owed.{item.id}.next"


def decide_otherwise(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Decide on less than the rules give, or on nothing: with its reason and its amount at once, or not at all."""
    because, written = str(args.get("because", "")).strip(), str(args.get("amount", "")).strip()
    if not because:
        raise PostmortemError("Nothing was decided yet: write why, so that whoever reads it later understands it.")
    around = typed.surroundings(meeting.incident, meeting.now(), meeting.playbook.currency)
    instead = typed.read("money", written, around) if written else compensation.NOTHING
    if key := str(args.get("key", "")):
        item = compensation.find(meeting.incident, key)
        # What was approved is what it came to then.
        stood = compensation.approved_for(item)
        decided = changed(item, owed=instead, because=because, approved_amount=stood)
        meeting.change(put, f"recovery.compensation.{key}", decided)
        return f"recovery.compensation.{key}"
    rules = compensation.owed(meeting.incident, meeting.playbook)
    what = next((rule for rule in rules if rule.kind == args["kind"]), None)
    if what is None:
        raise PostmortemError("The rules give nothing of it any more: there is nothing to decide otherwise.")
    after = meeting.change(compensation.decide_otherwise, what, because, instead)
    return f"recovery.compensation.{after.recovery.compensation[-1].id}"


def offer_rest(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Offer just now all that is left to offer of one kind, as the list of what is due does."""
    return f"owed.{_rest(meeting, offering.offer_rest, args)}.next"


def ask_rest(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Ask just now for the approval of all that is left to offer of one kind and is above the limit."""
    return f"recovery.compensation.{_rest(meeting, offering.ask, args)}.approved_by"


def offer_within(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Offer just now what of one kind may be offered without approval; the rest stays owed beside it."""
    return f"owed.{_rest(meeting, offering.offer_within, args)}.next"


def _rest(meeting: Retrospective, way: Callable[..., Incident], args: Mapping[str, Any]) -> str:
    """Do just now something about all that is left of one kind; the last thing of it is named, if there is any."""
    kind = args["kind"]
    after = meeting.change(way, meeting.playbook, _now(meeting), kind)
    return next((item.id for item in reversed(after.recovery.compensation) if item.kind == kind), "")


def offer(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Note that it was offered just now, as it is owed."""
    key = str(args["key"])
    owed = compensation.find(meeting.incident, key).owed
    meeting.change(compensation.offer, key, owed, _now(meeting), by_us_first=args.get("first") != "no")
    return f"owed.{key}.next"


def offer_part(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Offer what may be offered without approval; the rest stays owed beside it."""
    key = str(args["key"])
    meeting.change(authority.offer_part, key, Decimal(str(args["amount"])), _now(meeting))
    return f"owed.{key}.next"


def answer(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Note what they said just now."""
    key = str(args["key"])
    meeting.change(compensation.answer, key, args["answer"], _now(meeting))
    return f"owed.{key}.next"


def carry_out(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Note that it was paid or done just now."""
    key = str(args["key"])
    meeting.change(compensation.carry_out, key, _now(meeting))
    return f"recovery.compensation.{key}"


def ask_approval(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Note that the approval was asked for just now."""
    key = str(args["key"])
    meeting.change(compensation.ask_approval, key, _now(meeting))
    return f"recovery.compensation.{key}.approved_by"


def approve(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Note who approved it just now."""
    key = str(args["key"])
    meeting.change(compensation.approve, key, str(args["by"]), _now(meeting))
    return f"owed.{key}.next"


def step_done(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Mark the step as done that the tracks say is done, at the time they say."""
    at = datetime.fromisoformat(str(args["at"]))
    name, by = str(args["key"]), meeting.by or meeting.incident.owner
    by = recovery.said_of(meeting.incident, name).by or by
    meeting.change(lambda incident: recovery.do(incident, name, meeting.playbook, at=at, by=by))
    return "fixed_at"


def drop_owed(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Take one thing owed out; the focus goes to its neighbour."""
    key = str(args["key"])
    near = neighbour([item.id for item in meeting.incident.recovery.compensation], key)
    meeting.change(drop, "recovery.compensation", key)
    return f"recovery.compensation.{near}.owed" if near else "recovery.resolve.asked_for"


def _now(meeting: Retrospective) -> datetime:
    return meeting.now().replace(second=0, microsecond=0)


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {
    "owe": owe,
    "keep-rest": keep_rest,
    "decide-otherwise": decide_otherwise,
    "offer": offer,
    "offer-part": offer_part,
    "offer-rest": offer_rest,
    "offer-within": offer_within,
    "ask-rest": ask_rest,
    "answer-offer": answer,
    "carry-out": carry_out,
    "ask-approval": ask_approval,
    "approve": approve,
    "owed-step": step_done,
    "drop-owed": drop_owed,
}
