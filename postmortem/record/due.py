"""Every promise of a record with its date: steps with the customer, what is owed, call-backs, actions, effect checks.

A promise is met, or spared because it is not needed, or open. Whether an open one is late is a question of now, which
`record.lateness` answers; nothing here depends on the time of looking.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from postmortem.record import actions, authority, compensation, days, escalation, offering, paying, recovery, states
from postmortem.record.errors import DataError, Problem, UnknownNodeError
from postmortem.record.money import said
from postmortem.record.promise import Promise
from postmortem.record.vocabulary import COMPENSATION_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from postmortem.record.incident import Action, Compensation, Effect, Incident
    from postmortem.record.offering import Limited
    from postmortem.record.playbook import Playbook
    from postmortem.record.promise import PromiseStatus
    from postmortem.record.recovery import StepNow
    from postmortem.record.vocabulary import CompensationKind, EffectResult


def promises(incident: Incident, playbook: Playbook) -> tuple[Promise, ...]:
    """Every promise of a record, kept or not, in the order of the work.

    Open promises of a closed record are due as any other. A record that came from another system and says nothing of
    its recovery promised nothing to the customer.

    Args:
        incident: The record.
        playbook: Its procedures, targets and calendar date the promises.

    Examples:
        >>> from datetime import UTC, date, datetime
        >>> from postmortem.record.incident import Action, Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> late = Incident(title="Late", actions=(Action(id="a1", text="Call first", due_on=date(2026, 3, 9)),))
        >>> [(item.id, item.due_on.isoformat()) for item in promises(late, default_playbook())]
        [('action-a1', '2026-03-09')]
    """
    found: list[Promise] = []
    handled = recovery.is_handled_here(incident)
    offers = list(_offers(incident, playbook)) if handled or incident.recovery.compensation else []
    if handled:
        found += _steps(incident, playbook, are_offered_singly=any(item.status != "spared" for item in offers))
    found += offers
    return (*found, *_money(incident, playbook), *_call_back(incident), *_actions(incident))


def find(incident: Incident, promise_id: str, playbook: Playbook) -> Promise:
    """One promise by its id.

    Raises:
        UnknownNodeError: If there is none; a near id is offered.
    """
    known = {item.id: item for item in promises(incident, playbook)}
    if promise_id not in known:
        raise UnknownNodeError("promise", promise_id, list(known))
    return known[promise_id]


# -- the steps with the customer (R12, R19) -----------------------------------------------------------------------


def _steps(incident: Incident, playbook: Playbook, *, are_offered_singly: bool) -> Iterator[Promise]:
    start, aside = recovery.begun(incident)
    target, is_underway = recovery.target_of(incident, playbook), incident.state not in {"draft", "closed"}
    for step in recovery.steps(incident, playbook, datetime.max.replace(tzinfo=UTC)):
        rule = step.rule
        due_at = step.due_at or _once_needed(step, start)
        is_timed = rule.target not in {"", "follow_up"}
        if due_at is None and is_timed and start is not None:
            due_at = days.later(start, getattr(target, f"{rule.target}_min"))
        if due_at is None and not (is_timed and is_underway and step.is_open):
            continue
        done_at = step.done.at if step.done.status == "done" and not step.too_early else None
        told_at = getattr(incident, recovery.FACTS[rule.target]) if rule.target in recovery.FACTS else None
        met_at = done_at or (told_at if step.done.status != "not needed" else None)
        # What is owed is promised thing by thing; the step that stands for all of them is not asked for beside them.
        is_spared = not step.is_open or (rule.condition == "accepted" and not step.needed)
        is_spared = is_spared or (rule.target == "credit" and are_offered_singly)
        # Once it is fixed, or can't be, nobody can offer any more to follow up if that takes longer.
        is_over = incident.fixed_at is not None or recovery.is_left(incident, playbook)
        is_spared = is_spared or (rule.condition == "longer" and is_over)
        # One that is done nobody says when is kept all the same; whether in time nobody can say.
        is_met = (step.done.status == "done" and not step.too_early) or met_at is not None
        yield Promise(
            f"step-{rule.id}",
            "follow-up" if rule.target == "follow_up" else "step",
            f"{recovery.worded(rule.text, incident)}{'' if step.due_at else aside}",
            step.done.by or incident.owner,
            f"recovery.steps.{rule.id}",
            due_at,
            step.due_on,
            met_at,
            status="met" if is_met else "spared" if is_spared else "open",
        )


def _once_needed(step: StepNow, start: datetime | None) -> datetime | None:
    """When a step that is needed once the fix takes long comes to be needed: the offer to follow up (R12, step 5)."""
    return days.later(start, step.rule.over_min) if step.rule.condition == "longer" and start is not None else None


# -- what is owed (R18) -------------------------------------------------------------------------------------------


def _offers(incident: Incident, playbook: Playbook) -> Iterator[Promise]:
    """One promise a kind of which something is owed: to offer it before they ask."""
    due_at, (_, aside) = compensation.due_at(incident, playbook), recovery.begun(incident)
    impact = incident.impact
    found = {item.kind: item for item in compensation.outstanding(incident, playbook)}
    asked = {"reimbursement": impact.customer_cost is not None, "service credit": impact.customer_min is not None}
    for kind in COMPENSATION_KINDS:
        told = [item for item in incident.recovery.compensation if item.kind == kind]
        offered = [item for item in told if compensation.was_offered(item)]
        if kind not in found and not asked.get(kind):
            continue
        left = found[kind].to_offer if kind in found else compensation.NOTHING
        waiting = [item for item in told if item not in offered]
        # Something without a price is owed too.
        is_open = left > 0 or any(item.owed is None for item in waiting)
        met = bool(offered) and not is_open
        yield Promise(
            f"offer-{kind.replace(' ', '-')}",
            "offer",
            f"Offer {_named(kind, left if left > 0 else None, incident, playbook)}{aside}",
            incident.owner,
            f"recovery.compensation.{waiting[0].id}" if waiting else "recovery.compensation",
            due_at,
            met_at=max((item.offered_at for item in offered if item.offered_at), default=None) if met else None,
            status="met" if met else "open" if is_open else "spared",
        )


def _named(kind: str, amount: Decimal | None, incident: Incident, playbook: Playbook) -> str:
    what = "goodwill" if kind == "goodwill" else f"the {kind}"
    return what if amount is None else f"{what} of {said(amount, compensation.currency_of(incident, playbook))}"


def _money(incident: Incident, playbook: Playbook) -> Iterator[Promise]:
    for item in incident.recovery.compensation:
        worth = compensation.worth(item) or None
        named = _named(item.kind, worth, incident, playbook)
        place = f"recovery.compensation.{item.id}"
        if item.approval_asked_at is not None:
            yield _approval(incident, item, named, place, playbook)
        is_due = paying.is_due(item)
        if item.answer == "waiting" and item.carried_out_at is None and not is_due:
            continue
        due_on = paying.due_on(item, incident, playbook)
        yield Promise(
            f"pay-back-{item.id}",
            "pay-back",
            f"Carry out {named}",
            incident.owner,
            place,
            days.ends(due_on, incident.zone) if due_on else None,
            due_on,
            item.carried_out_at,
            status="met" if item.carried_out_at else "open" if is_due else "spared",
        )


def _approval(incident: Incident, item: Compensation, named: str, place: str, playbook: Playbook) -> Promise:
    """An answer to who asked: in time for the offer, or a day later where that time is over already."""
    asked = item.approval_asked_at
    assert asked is not None  # noqa: S101 - the caller has looked
    due_at = compensation.due_at(incident, playbook)
    if due_at is None or due_at <= asked:
        due_at = days.later(asked, timedelta(days=1) / timedelta(minutes=1))
    is_met = bool(item.approved_by.strip() or item.approved_at) and not authority.is_exceeded(item)
    return Promise(
        f"approval-{item.id}",
        "approval",
        f"Approve {named}",
        item.approved_by or authority.approver(incident),
        place,
        due_at,
        met_at=item.approved_at if is_met else None,
        status="met" if is_met else "spared" if item.answer == "declined" else "open",
    )


# -- the manager's call-back (R9) ---------------------------------------------------------------------------------


def _call_back(incident: Incident) -> Iterator[Promise]:
    told = incident.recovery.escalation
    if told.call_back_on is not None:
        yield Promise(
            "call-back",
            "call-back",
            f"A manager calls the {recovery.whom(incident)} back",
            told.handed_to or incident.evaluation.manager_told,
            "recovery.escalation",
            days.ends(told.call_back_on, incident.zone),
            told.call_back_on,
            told.called_back_at,
            # A manager who took over instead is with them already.
            status="met" if told.called_back_at else "spared" if told.handed_at else "open",
        )


# -- actions and their effect (R35, R36) --------------------------------------------------------------------------


def _actions(incident: Incident) -> Iterator[Promise]:
    for action in incident.actions:
        place, effect = f"actions.{action.id}", action.effect
        if action.due_on is not None:
            yield Promise(
                f"action-{action.id}",
                "action",
                action.text,
                action.owner,
                place,
                days.ends(action.due_on, incident.zone),
                action.due_on,
                met_on=action.done_on,
                status=_status(action, is_met=action.done_on is not None),
            )
        if effect.check_on is not None:
            is_met = effect.result != "unknown"
            yield Promise(
                f"effect-{action.id}",
                "effect check",
                _measured(effect, action),
                action.owner,
                f"{place}.effect",
                days.ends(effect.check_on, incident.zone),
                effect.check_on,
                met_on=effect.checked_on if is_met else None,
                status=_status(action, is_met=is_met),
            )


def _measured(effect: Effect, action: Action) -> str:
    """What is looked at, with what was hoped for: whoever is asked whether it held has both before them (R36)."""
    what, hoped = (effect.measure or action.text).strip(), effect.expected.strip()
    return ", ".join(filter(None, (what, hoped and f"expected {hoped}")))


def _status(action: Action, *, is_met: bool) -> PromiseStatus:
    # What was taken up again in another record's retrospective is promised there.
    return "met" if is_met else "spared" if action.carried_to else "open"


def met_by(promise: Promise, zone_name: str) -> datetime | None:
    """When it was kept, as an instant: where only the day is known, the start of that day."""
    if promise.met_at is not None or promise.met_on is None:
        return promise.met_at
    return days.begins(promise.met_on, zone_name)


# -- keeping one --------------------------------------------------------------------------------------------------


def keep(
    incident: Incident,
    promise_id: str,
    playbook: Playbook,
    *,
    now: datetime,
    by: str = "",
    result: EffectResult | None = None,
) -> Incident:
    """The record in which a promise was kept now; one that is not open stays as it is.

    A step is done, an offer made, money carried out, an approval given, a call made, an action done, an effect looked
    at. Each can be said more closely where it stands in the record.

    Args:
        incident: The record.
        promise_id: Which promise, as `promises` names it.
        playbook: The rules in force.
        now: When it was kept; aware.
        by: By whom, as a role; where nobody is named, by whom it was promised.
        result: What an effect check found: `held` or `not held`.

    Raises:
        UnknownNodeError: If there is no such promise.
        DataError: If an effect check does not say what it found, nobody gave an approval, or the time does not fit.

    Examples:
        >>> from datetime import UTC, date, datetime
        >>> from postmortem.record.incident import Action, Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> late = Incident(title="Late", actions=(Action(id="a1", text="Call first", due_on=date(2026, 3, 9)),))
        >>> noon = datetime(2026, 3, 8, 12, tzinfo=UTC)
        >>> keep(late, "action-a1", default_playbook(), now=noon).actions[0].done_on.isoformat()
        '2026-03-08'
    """
    promise = find(incident, promise_id, playbook)
    if promise.status != "open":
        return incident
    today = days.of(now, incident.zone)
    if promise.kind == "effect check":
        if result not in {"held", "not held"}:
            raise DataError(
                promise.place, [Problem("result", "nobody said what the check found", "say 'held' or 'not held'")]
            )
        return states.judge_effect(incident, promise.place.split(".")[1], result, today)
    if promise.kind == "action":
        return actions.complete(incident, promise.place.split(".")[-1], today)
    return _kept(incident, promise, playbook, now, by.strip() or promise.who)


def _kept(incident: Incident, promise: Promise, playbook: Playbook, now: datetime, who: str) -> Incident:
    """A promise to the customer, kept."""
    name = promise.place.split(".")[-1]
    if promise.kind == "call-back":
        return escalation.called_back(incident, now)
    if promise.kind == "offer":
        return _offered(incident, promise, playbook, now)
    if promise.kind == "pay-back":
        return compensation.carry_out(incident, name, now)
    if promise.kind == "approval":
        return compensation.approve(incident, name, who, now)
    return recovery.do(incident, name, playbook, at=now.replace(second=0, microsecond=0), by=who)


def _offered(incident: Incident, promise: Promise, playbook: Playbook, now: datetime) -> Incident:
    """Everything of one kind that is owed and was not offered, offered now; nobody may have to approve it (R18)."""
    if (barred := limited(incident, promise, playbook)) is not None:
        amount = said(barred.amount, compensation.currency_of(incident, playbook))
        told = f"{amount} of it is over the handler's limit, and nobody has approved it"
        remedy = "wait for the approval that was asked for" if barred.asked else "ask for approval in stage 3"
        remedy += ", or offer a part there" if barred.within else ""
        raise DataError(promise.place, [Problem("offered", told, remedy)])
    return offering.offer_rest(incident, playbook, now, kind_of(promise))


def kind_of(promise: Promise) -> CompensationKind:
    """Of which kind is what an offer promises.

    Raises:
        UnknownNodeError: If it promises no offer.
    """
    names = {f"offer-{kind.replace(' ', '-')}": kind for kind in COMPENSATION_KINDS}
    if promise.id not in names:
        raise UnknownNodeError("offer", promise.id, list(names))
    return names[promise.id]


def limited(incident: Incident, promise: Promise, playbook: Playbook) -> Limited | None:
    """What of a promised offer somebody has to approve first (R18); `None` where nothing bars it, or it is no offer."""
    if promise.kind != "offer" or promise.status != "open":
        return None
    return offering.limited(incident, playbook, kind_of(promise))
