"""What we owe, and what became of it: owed, offered, answered, carried out (R18); and how it was resolved (R17)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal

from postmortem.record import authority, compensation, lateness, moments, offering, recovery, spans
from postmortem.record.compensation import Owed, is_decided, is_offered, was_offered, worth
from postmortem.record.money import said
from postmortem.widgets import fairness, paying, resolving
from postmortem.widgets.blocks import Block, Form, button, buttons, note, options, section

if TYPE_CHECKING:
    from datetime import datetime

    from postmortem.record.compensation import Outstanding
    from postmortem.record.incident import Compensation
    from postmortem.record.recovery import StepNow

_TITLES: Final = {
    "reimbursement": "Pay back what they paid",
    "service credit": "Service credit",
    "goodwill": "Goodwill",
}
_FROM: Final = {
    "reimbursement": "All that they paid",
    "service credit": "From time lost",
    "goodwill": "To ease it",
}
_CARRIED: Final = {"reimbursement": "Mark as paid", "service credit": "Mark as credited", "goodwill": "Mark as given"}
_NOTHING: Final = "\N{EN DASH}"
_BOTH: Final = 2


def part(form: Form) -> list[Block]:
    """What is owed by the rules, what was offered, what comparable cases got, and how it was resolved."""
    return [
        section(
            "What we owe",
            *_tracks(form),
            *_steps_done(form),
            buttons(button("Add something else", "owe", icon="plus", kind="goodwill", amount="", what="")),
            *fairness.part(form),
            hint="All that they paid because of it, at once. We offer first.",
            aside=_standing(form),
        ),
        form.text("fixed_at", "Fixed at", placeholder="15:50"),
        *resolving.part(form),
    ]


# -- one track a thing owed -----------------------------------------------------------------------------------------


def _tracks(form: Form) -> list[Block]:
    incident, playbook = form.incident, form.meeting.playbook
    rules = {item.kind: item for item in compensation.owed(incident, playbook)}
    blocks: list[Block] = []
    for state in compensation.outstanding(incident, playbook):
        kept = [item for item in incident.recovery.compensation if item.kind == state.kind]
        blocks += [_track(form, item, rules.get(state.kind), state, is_last=item is kept[-1]) for item in kept]
        if state.kind in rules and not kept:
            blocks.append(_by_the_rules(form, rules[state.kind]))
    if not blocks:
        blocks.append(_nothing(form))
    return blocks


def _nothing(form: Form) -> Block:
    """That nothing is owed, and why; or what has to be known for it."""
    impact, rules = form.incident.impact, form.meeting.playbook.compensation
    if recovery.not_ours(form.incident):
        return note("It was not our mistake. What would ease it is goodwill.", strong="Nothing owed so far.")
    unknown = {"time lost": impact.customer_min, "money paid": impact.customer_cost}
    missing = [name for name, value in unknown.items() if value is None]
    if missing:
        what = " and ".join(missing)
        told = f"{what[:1].upper()}{what[1:]} stand{'s' if len(missing) == 1 else ''} in stage 1; what is owed follows."
        return note(told, strong="Nothing owed so far.")
    lost = impact.customer_min or 0
    if impact.customer_cost or lost >= rules.credit_from_min:
        return note("So says the playbook for what they paid and lost.", strong="Nothing is owed.")
    told = f"{spans.rough(lost)} lost is below {spans.rough(rules.credit_from_min)}"
    return note(f"They paid nothing because of it, and {told}.", strong="Nothing is owed.")


def _by_the_rules(form: Form, rule: Owed) -> Block:
    """What the playbook gives and nobody has kept yet."""
    told = said(rule.amount, form.currency)
    keep = button(f"Keep it as owed: {told}", "owe", kind=rule.kind, amount=str(rule.amount), what=rule.because)
    key = f"rules-{rule.kind}"
    return {
        "t": "owed",
        "key": key,
        "place": "recovery.compensation",
        "title": _TITLES[rule.kind],
        "what": _because(rule, form),
        "amount": told,
        "facts": [
            _fact("Owed", "todo", "By the playbook, not kept yet", keep, _otherwise(key)),
            *(_fact(name, "none", _NOTHING) for name in ("Offered", "Accepted", "Carried out")),
        ],
        # Each track says what is found of it: the reason stands in the words of both.
        "notes": [found for found in form.found_at("recovery.compensation") if _is_of(found, rule)],
        "reason": None,
        "decide": _deciding(form, kind=rule.kind),
        "ways": [],
        "fields": [],
        "drop": None,
    }


def _otherwise(track: str) -> Block:
    """The way to less than the rules give: it opens what is asked for it, and decides nothing yet."""
    return {**button("We decided otherwise, because…", "decide-otherwise", style="link"), "opens": f"decide-{track}"}


def _deciding(form: Form, **args: object) -> Block:
    """What is asked before anything is decided: what they get instead, and why."""
    return {"instead": f"What you give instead, in {form.currency}", "holder": "empty: nothing", "args": args}


def _is_of(found: Block, rule: Owed) -> bool:
    return rule.because in found["text"]


def _because(rule: Owed, form: Form) -> str:
    because = _sentence(rule.because)
    if rule.kind == "service credit":
        rate = said(Decimal(str(form.meeting.playbook.compensation.credit_per_hour)), form.currency)
        because = f"{because[:-1]}, at {rate} an hour by the playbook."
    if rule.each is not None and rule.customers > 1:
        because += f" {said(rule.each, form.currency)} for each, {said(rule.amount, form.currency)} for all."
        because += f" {_counted(rule)}"
    return because


def _counted(rule: Owed) -> str:
    """For how many it is counted: a house of three is one customer, and gets it once (R18)."""
    return f"Stage 1 tells of {rule.customers:,} customers; people of one house are one."


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text.strip() else ""


def _track(form: Form, item: Compensation, rule: Owed | None, state: Outstanding, *, is_last: bool) -> Block:
    place = f"recovery.compensation.{item.id}"
    over = authority.is_over_limit(form.incident, item.id, form.meeting.playbook)
    for_manager = over or (bool(item.because.strip()) and not is_decided(item))
    fields = _fields(form, item, needs_approval=for_manager)
    each = rule.each if rule is not None and item.owed == rule.amount and rule.customers > 1 else None
    told = [_sentence(item.what.strip())]
    if each is not None and rule is not None:
        told.append(f"{said(each, form.currency)} for each of {rule.customers:,}. {_counted(rule)}")
    reason, decide = None, None
    if item.because or state.to_keep or (item.owed and worth(item) < item.owed):
        reason = form.text(f"{place}.because", "We decided otherwise, because", placeholder="why less was decided")
    elif rule is not None and item.owed and not was_offered(item):
        decide = _deciding(form, key=item.id)
    if rule is not None and each is None and (reason or (is_last and state.kept > rule.amount)):
        told.append(f"{said(rule.amount, form.currency)} by the playbook.")
    notes = [found for field in (*fields, *([reason] if reason else [])) for found in field["findings"]]
    return {
        "t": "owed",
        "key": item.id,
        "place": place,
        "title": _TITLES[item.kind],
        "what": " ".join(filter(None, told)),
        "amount": said(worth(item), form.currency) if worth(item) or item.owed is not None else "",
        "facts": _facts(form, item, state if is_last else None, over=over, may_decide=decide is not None),
        "notes": sorted(notes, key=lambda found: found["n"]),
        "reason": {**reason, "findings": []} if reason else None,
        "decide": decide,
        "ways": _ways(form, item, over=over) if for_manager else [],
        # What is said of a field stands below the track, where it is seen while the fields are folded away.
        "fields": [{**field, "findings": []} for field in fields],
        "open": any(field["error"] or field["versions"] for field in fields) or (item.owed is None),
        "drop": button("Take it out", "drop-owed", style="quiet sm", key=item.id),
    }


def _facts(form: Form, item: Compensation, last: Outstanding | None, *, over: bool, may_decide: bool) -> list[Block]:
    """The four facts; with the last one of its kind goes what is left to keep, or to offer, of all of them."""
    rest = last.to_keep if last is not None else Decimal(0)
    offered, paid = is_offered(item), item.carried_out_at is not None
    first = {"no": "When they asked", "yes": "By us"}.get(item.offered_first or "", "Offered")
    late = compensation.due_at(form.incident, form.meeting.playbook)
    next_place = f"owed.{item.id}.next"
    does: dict[str, list[Block]] = {"Offered": [], "Accepted": [], "Carried out": []}
    if not offered and not paid and item.owed and not over:
        does["Offered"] = [
            {**button("Mark as offered", "offer", key=item.id, first="yes"), "place": next_place},
            button("They had to ask for it", "offer", style="link", key=item.id, first="no"),
        ]
    if offered and item.answer == "waiting":
        does["Accepted"] = [
            {**button("They accepted", "answer-offer", key=item.id, answer="accepted"), "place": next_place},
            button("They declined", "answer-offer", style="link", key=item.id, answer="declined"),
        ]
    if offered and not paid and (item.answer == "accepted" or (item.answer, item.kind) == ("waiting", "reimbursement")):
        carry = button(_CARRIED[item.kind], "carry-out", key=item.id)
        does["Carried out"] = [
            {**carry, "place": next_place} if item.answer == "accepted" else {**carry, "style": "link"}
        ]
    if offered:
        amount_too = (
            f"{said(item.offered, form.currency)}. " if item.offered not in {None, item.owed} and item.offered else ""
        )
        offer = _fact("Offered", "yes", f"{amount_too}{_dated(form, first, item.offered_at)}", *_rest(form, last))
    elif late is not None and item.owed and late <= form.meeting.now():
        now = form.meeting.now()
        # Once is enough: how late it is stands with the step that offers it, where there is one.
        is_told = lateness.offer_is_told(form.incident, form.meeting.playbook, now)
        offer = _fact("Offered", "late", "Not yet" if is_told else f"Late since {_short(form, late)}", *does["Offered"])
    elif item.owed == 0:
        offer = _fact("Offered", "none", "Nothing to offer" if is_decided(item) else _NOTHING)
    else:
        due = f"Due {_short(form, late)}" if late is not None and item.owed else "Not yet"
        offer = _fact("Offered", "todo", due, *does["Offered"])
    answers = {
        "accepted": _fact("Accepted", "yes", _dated(form, "", item.answered_at)),
        "declined": _fact("Declined", "off", _dated(form, "They said no", item.answered_at)),
        "waiting": _fact("Accepted", "todo", "No answer yet", *does["Accepted"])
        if offered
        else _fact("Accepted", "none", _NOTHING),
    }
    if paid:
        carried = _fact("Carried out", "yes", _dated(form, "", item.carried_out_at))
    elif does["Carried out"]:
        carried = _fact("Carried out", "todo", "Not yet", *does["Carried out"])
    else:
        carried = _fact("Carried out", "none", _NOTHING)
    return [_owed(form, item, rest, may_decide=may_decide), offer, answers[item.answer], carried]


def _rest(form: Form, last: Outstanding | None) -> list[Block]:
    """The ways to offer what is left of one kind, where nothing of it waits by itself: at once, or by an approval."""
    incident, playbook = form.incident, form.meeting.playbook
    if last is None or not last.to_offer:
        return []
    kind, other = last.kind, said(last.to_offer, form.currency)
    if any(item.kind == kind and not was_offered(item) for item in incident.recovery.compensation):
        return []
    barred = offering.limited(incident, playbook, kind)
    if barred is None:
        return [button(f"Offer the other {other}", "offer-rest", style="link", kind=kind)]
    ways = [button(f"Ask for approval of the other {other}", "ask-rest", style="link", kind=kind)]
    if barred.within:
        now = said(barred.within, form.currency)
        ways.append(button(f"Offer {now} of it now", "offer-within", style="link", kind=kind))
    return ways


def _owed(form: Form, item: Compensation, rest: Decimal, *, may_decide: bool) -> Block:
    """What is kept as owed; with the rest that the playbook gives, to be kept too."""
    if item.owed is None:
        return _fact("Owed", "todo", "How much? Write it below.")
    reasoned = bool(item.because.strip())
    why = "nobody approved it yet" if reasoned else "why is not said yet"
    why = "decided otherwise" if is_decided(item) else why
    less = reasoned or not item.owed or bool(rest)
    told = f"{'Less' if item.owed else 'Nothing'}: {why}" if less else _FROM[item.kind]
    label = f"Keep {'the other ' if item.owed else ''}{said(rest, form.currency)} as owed"
    does = [button(label, "keep-rest", style="link", key=item.id, amount=str(rest))] if rest else []
    does += [_otherwise(item.id)] if may_decide else []
    # Until why stands, nothing is decided: it is still owed.
    none: Literal["off", "todo"] = "off" if is_decided(item) or item.kind == "goodwill" else "todo"
    return _fact("Owed", "yes" if item.owed else none, told, *does)


def _fact(name: str, state: Literal["yes", "late", "todo", "off", "none"], text: str, *does: Block) -> Block:
    return {"name": name, "state": state, "text": text, "does": list(does)}


def _ways(form: Form, item: Compensation, *, over: bool) -> list[Block]:
    """What can be done where a manager is to approve: ask, note who approved it, or offer what is within the limit."""
    incident, playbook = form.incident, form.meeting.playbook
    place = {"place": f"owed.{item.id}.next"}
    manager = authority.approver(incident)
    ways: list[Block] = []
    asked = authority.is_asked(item)
    if not asked:
        ways.append({**button("Ask for approval", "ask-approval", style="sm", key=item.id), **place})
    if manager.strip():
        style = "sm" if asked else "link"
        ways.append(
            {
                **button(f"Approved by: {manager}", "approve", style=style, key=item.id, by=manager),
                **(place if not ways else {}),
            }
        )
    if over and (part := authority.part_within(incident, item.id, playbook)):
        now = said(part, form.currency)
        ways.append(button(f"Offer {now} now", "offer-part", style="link", key=item.id, amount=str(part)))
    return ways


def _fields(form: Form, item: Compensation, *, needs_approval: bool) -> list[Block]:
    place, currency = f"recovery.compensation.{item.id}", form.currency
    fields = [
        form.text(f"{place}.what", "What for", placeholder="a small thank-you" if item.kind == "goodwill" else ""),
        form.text(f"{place}.owed", f"Owed, in {currency}", help="For all of them together."),
        form.text(f"{place}.offered", f"Offered, in {currency}", placeholder="as owed"),
        form.text(f"{place}.offered_at", "Offered at", placeholder="not yet"),
        form.toggle(f"{place}.offered_first", "Before they asked", resolving.ANSWERS, small=True),
        form.toggle(f"{place}.answer", "Their answer", options(("waiting", "accepted", "declined")), small=True),
        form.text(f"{place}.answered_at", "Answered at", placeholder="not yet"),
        form.text(f"{place}.carried_out_at", "Carried out at", placeholder="not yet"),
    ]
    if needs_approval or item.approval_asked_at or item.approved_by:
        fields += [
            form.text(f"{place}.approval_asked_at", "Approval asked for at", placeholder="not yet"),
            form.text(f"{place}.approved_by", "Approved by", placeholder="a role"),
            form.text(f"{place}.approved_amount", f"Approved for, in {currency}", placeholder="what it came to then"),
            form.text(f"{place}.approved_at", "Approved at", placeholder="not yet"),
        ]
    return fields


def _dated(form: Form, what: str, at: datetime | None) -> str:
    when = _short(form, at) if at is not None else "" if what else "Yes"
    return ", ".join(filter(None, (what, when)))


def _short(form: Form, at: datetime) -> str:
    """A time near now by its weekday, any other by its day."""
    return moments.moment(at, form.incident.zone, near=form.meeting.now(), year=form.around.today.year)


# -- the steps that all of it together is ----------------------------------------------------------------------------


def _standing(form: Form) -> str:
    items = _in_play(form)
    if not items:
        return ""
    told = f"{sum(map(is_offered, items))} of {len(items)} offered."
    step = _step_of(form, "offer")
    if step is None or step.done.status != "to do" or (all(map(is_offered, items)) and not _is_left(form)):
        return told
    all_of = {1: "it is", _BOTH: "both are"}.get(len(items), "all are")
    if all(map(is_offered, items)):
        all_of = "the rest is"
    return f"{told} Step {step.number} is done when {all_of}"


def _is_left(form: Form) -> bool:
    """Whether anything is left to offer, kept as owed or not (R18)."""
    return any(state.to_offer for state in compensation.outstanding(form.incident, form.meeting.playbook))


def _in_play(form: Form) -> list[Compensation]:
    """What is to be offered, or was: what nobody has said the worth of yet, too."""
    return [item for item in form.incident.recovery.compensation if item.owed != 0 or is_offered(item)]


def _step_of(form: Form, deed: Literal["offer", "carry-out"]) -> StepNow | None:
    """The step of the procedure in force in which it is offered, or carried out."""
    for step in recovery.steps(form.incident, form.meeting.playbook, form.meeting.now()):
        is_carried = step.rule.condition == "accepted"
        if is_carried if deed == "carry-out" else step.rule.target == "credit" and not is_carried:
            return step
    return None


def _steps_done(form: Form) -> list[Block]:
    """A step that is done by what the tracks say, to be marked so."""
    items = _in_play(form)
    accepted = [item for item in items if item.answer == "accepted"]
    told: tuple[tuple[Literal["offer", "carry-out"], bool, list[datetime | None], str], ...] = (
        (
            "offer",
            bool(items) and all(map(is_offered, items)) and not _is_left(form),
            [it.offered_at for it in items],
            "All of it is offered.",
        ),
        (
            "carry-out",
            bool(accepted) and all(item.carried_out_at or item.answer == "declined" for item in items),
            [item.carried_out_at for item in accepted],
            "All that they accepted is carried out.",
        ),
    )
    blocks: list[Block] = []
    for deed, is_done, times, words in told:
        step, at = _step_of(form, deed), max((at for at in times if at), default=None)
        if is_done and step is not None and step.done.status == "to do" and at is not None:
            label = f"Mark step {step.number} as done"
            done = button(label, "owed-step", key=step.rule.id, at=at.isoformat())
            blocks.append({"t": "owed-next", "key": deed, "text": words, "does": [done]})
    return blocks


DO = {**paying.DO, **fairness.DO}
"""Everything that can be done about it, by name."""
