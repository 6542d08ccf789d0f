"""What is owed and how it was put right: offered in time, in full, by us first, and carried out (R17, R18)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from postmortem.record import authority, compensation, lateness, moments, offering, paying
from postmortem.record.compensation import approved_for, is_decided, is_offered, worth
from postmortem.record.money import said
from postmortem.record.recovery import not_ours, tells_nothing
from postmortem.record.review.finding import LATE, Finding, Severeness
from postmortem.record.severity import depth

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook
    from postmortem.record.treatment import Compensation

_SHOWN: Final = 60
_AT_ONCE: Final = {
    "reimbursement": "pay it back at once, before they ask",
    "service credit": "offer it before they ask",
    "goodwill": "offer it before they ask",
}


def findings(incident: Incident, playbook: Playbook, now: datetime) -> Iterator[Finding]:
    """Findings of what is owed and of the worksheet for putting it right."""
    incident = offering.reasoned(incident)
    found = (
        *_currency(incident, playbook),
        *_by_the_rules(incident, playbook, now),
        *(
            finding
            for item in incident.recovery.compensation
            for finding in (
                *_one(incident, item, playbook, now),
                *_own_approval(incident, item, playbook),
                *_times(incident, item, now),
            )
        ),
        *_resolve(incident, playbook),
    )
    # A hint is a thought about what can still be done: in a closed record what was decided stands.
    yield from (finding for finding in found if finding.level != "hint" or incident.state != "closed")


def _currency(incident: Incident, playbook: Playbook) -> Iterator[Finding]:
    own = incident.currency
    told = incident.recovery.compensation
    amounts = [incident.impact.customer_cost, *(item.owed for item in told), *(item.offered for item in told)]
    if own and own != playbook.currency and any(amounts):
        message = (
            f"the amounts here are in {own}, the playbook's rate and limit in {playbook.currency}: none is converted"
        )
        yield Finding("R18", "hint", "currency", message, "look at each amount", "tell")


def _by_the_rules(incident: Incident, playbook: Playbook, now: datetime) -> Iterator[Finding]:
    currency = compensation.currency_of(incident, playbook)
    rules = {item.kind: item for item in compensation.owed(incident, playbook)}
    for state in compensation.outstanding(incident, playbook):
        rule = rules.get(state.kind)
        if rule is None or not state.to_keep:
            continue
        items = [item for item in incident.recovery.compensation if item.kind == state.kind]
        kept = max(state.kept, state.offered)
        if items:
            gives = f"the playbook gives {said(rule.amount, currency)} ({rule.because})"
            message = f"{gives}, and {said(kept, currency) if kept else 'nothing'} is kept as owed"
            yield _otherwise(incident, items, message, "keep the rest as owed too" if kept else "keep it as owed")
        else:
            message = f"{said(state.to_keep, currency)} is owed and not offered: {rule.because}"
            message += _late(incident, playbook, now)
            yield _found(_level(incident), "recovery.compensation", message, _AT_ONCE[state.kind])


def _otherwise(incident: Incident, items: Sequence[Compensation], message: str, remedy: str) -> Finding:
    """Less than is owed: until a reason stands; what they paid is owed in full, so that a manager approves less of it.

    A reason alone would let whoever handles it keep what the customer paid, without anybody else seeing it.
    """
    level: Severeness = "hint" if tells_nothing(incident) else "warning"
    if reasoned := next((item for item in items if item.because.strip()), None):
        message += "; what they paid is owed in full, and nobody approved less"
        return _found(level, f"{_place(reasoned)}.approved_by", message, f"{remedy}, or let a manager approve it")
    return _found(level, f"{_place(items[0])}.because", message, f"{remedy}, or write why you decided otherwise")


def _place(item: Compensation) -> str:
    return f"recovery.compensation.{item.id}"


def _one(incident: Incident, item: Compensation, playbook: Playbook, now: datetime) -> Iterator[Finding]:
    currency, place = compensation.currency_of(incident, playbook), _place(item)
    if not_ours(incident) and item.kind != "goodwill":
        message = "nothing is owed for what was not our mistake"
        yield _found("hint", f"{place}.owed", message, "give it as goodwill, or look at whose mistake it was")
    if is_offered(item):
        yield from _offered(incident, item, playbook)
    else:
        yield from _not_offered(incident, item, playbook, now)
    if item.carried_out_at is not None and item.answer == "declined":
        message = "it was carried out, and they declined it"
        yield _found("warning", f"{place}.answer", message, "look at both again")
    elif item.answer == "declined":
        message = f"they declined {said(worth(item), currency)}" if worth(item) else "they declined it"
        yield _found("hint", f"{place}.answer", message, "ask what would help instead, or let it stand")
    elif item.answer == "accepted" and item.carried_out_at is None:
        since = f" on {moments.moment(item.answered_at, incident.zone)}" if item.answered_at else ""
        message = f"they accepted it{since}, and it is not carried out yet"
        # Once the work is over, or where nobody says since when, it should be done already.
        is_slow = incident.state in LATE or paying.due_on(item, incident, playbook) is None
        is_slow = is_slow or paying.is_overdue(item, incident, playbook, now)
        level = _level(incident) if is_slow else "hint"
        yield _found(level, f"{place}.carried_out_at", message, "do it at once, and note when it was")
    elif paying.is_overdue(item, incident, playbook, now):
        since = f" on {moments.moment(item.offered_at, incident.zone)}" if item.offered_at else ""
        message = f"it was offered{since}, and is not paid back yet; it waits for no answer of theirs"
        yield _found(_level(incident), f"{place}.carried_out_at", message, "do it at once, and note when it was")


def _not_offered(incident: Incident, item: Compensation, playbook: Playbook, now: datetime) -> Iterator[Finding]:
    currency, place = compensation.currency_of(incident, playbook), _place(item)
    if item.carried_out_at is not None or item.answer != "waiting":
        what = "carried out" if item.carried_out_at is not None else item.answer
        yield _found(
            "warning", f"{place}.offered_at", f"it was {what}, and nothing says that it was offered", "say when"
        )
        return
    if item.owed is None:
        yield _found("hint", f"{place}.owed", "how much it is worth is not told", "write it, or take it out")
        return
    if not item.owed:
        return
    message = f"{said(item.owed, currency)} is owed and not offered yet"
    message += _late(incident, playbook, now)
    remedy = _AT_ONCE[item.kind]
    if authority.is_over_limit(incident, item.id, playbook):
        left = authority.left_of_limit(incident, item.id, playbook)
        limit = said(_limit(playbook), currency)
        together = "it is" if item.owed > _limit(playbook) else "with what was offered before it is"
        message += f", and {together} over your limit of {limit}{_exceeded(item, currency)}"
        remedy = "get the approval that was asked for" if authority.is_asked(item) else "ask for approval now"
        remedy += f", or offer {said(left, currency)} at once and the rest when it is approved" if left else ""
    yield _found(_level(incident), f"{place}.offered_at", message, remedy)


def _offered(incident: Incident, item: Compensation, playbook: Playbook) -> Iterator[Finding]:
    currency, place = compensation.currency_of(incident, playbook), _place(item)
    if item.offered is not None and item.owed and item.answer != "declined":
        if item.offered < item.owed and not is_decided(item):
            message = f"{said(item.offered, currency)} was offered of {said(item.owed, currency)} that is owed"
            yield _otherwise(incident, [item], message, "offer the rest before they ask for it")
        elif item.offered >= item.owed * Decimal(str(playbook.compensation.doubted_from)):
            message = (
                f"{said(item.offered, currency)} was offered where {said(item.owed, currency)} is owed: is it so much?"
            )
            yield _found("warning", f"{place}.offered", message, "look at the decimals")
    if item.offered_first == "no":
        message = "it was offered only when they asked"
        yield _found("hint", f"{place}.offered_first", message, "ask why under our answer, in stage 4")
    if authority.is_over_limit(incident, item.id, playbook):
        message = f"{said(worth(item), currency)} was offered over the limit of {said(_limit(playbook), currency)}"
        message += " for a record" + (_exceeded(item, currency) or ", and nobody approved it")
        yield _found("error", f"{place}.approved_by", message, "ask for approval, and write who gave it, as a role")


def _own_approval(incident: Incident, item: Compensation, playbook: Playbook) -> Iterator[Finding]:
    """That nobody else looked at it is said, and holds nothing up: no rule says who approves (R18)."""
    if authority.is_own_approval(incident, item, playbook):
        message = f"asked and approved by the same person: {item.approved_by.strip()} handles it and approved it too"
        remedy = "let somebody else look at it, and write who did, as a role"
        yield _found("warning", f"{_place(item)}.approved_by", message, remedy)


def _exceeded(item: Compensation, currency: str) -> str:
    """That an approval is for less than this, in words that follow a clause."""
    if not authority.is_exceeded(item):
        return ""
    approved = approved_for(item)
    if not approved:
        return ", and it was approved before an amount was told"
    return f": it is approved for {said(approved, currency)}, and this is above that"


def _times(incident: Incident, item: Compensation, now: datetime) -> Iterator[Finding]:
    told = (
        ("offered_at", "offered", incident.occurred_at, "it happened"),
        ("answered_at", "answered", item.offered_at, "it was offered"),
        ("carried_out_at", "carried out", item.offered_at or incident.occurred_at, "it was offered"),
        ("approved_at", "approved", item.approval_asked_at, "it was asked for"),
    )
    for field, word, start, what in told:
        at, place = getattr(item, field), f"{_place(item)}.{field}"
        if at is None:
            continue
        # What was asked for once more is not what was approved before.
        asked_again = field == "approved_at" and authority.is_exceeded(item)
        if not asked_again and start is not None and at < start:
            before = what if field != "carried_out_at" or item.offered_at else "it happened"
            yield _found("warning", place, f"it was {word} before {before}", "look at both times again")
        if at > now:
            yield _found("warning", place, f"the time it was {word} lies ahead of now", "look at it again")


def _resolve(incident: Incident, playbook: Playbook) -> Iterator[Finding]:
    resolve = incident.recovery.resolve
    if tells_nothing(incident):
        return
    if incident.fixed_at is not None and resolve.result is None:
        message = "it was fixed, and nothing says whether all of it could be put right"
        level: Severeness = "hint" if depth(incident, playbook).short else "warning"
        yield _resolving(level, "result", message, "say in full, in part, or not at all")
    asked, given = resolve.asked_for.strip(), resolve.given.strip()
    if asked and not given and (incident.fixed_at is not None or resolve.result is not None):
        short = asked if len(asked) <= _SHOWN else f"{asked[:_SHOWN]}…"
        yield _resolving("hint", "given", f"they asked for “{short}”; what they got is not told", "say it in a line")
    elif resolve.result in {"partial", "none"} and not given:
        message = "not all of it could be put right, and nothing says what they got instead"
        yield _resolving("hint", "given", message, "say it in a line")
    if asked and given and resolve.beyond is None:
        yield _resolving("hint", "beyond", "did it go beyond what they asked for", "say yes or no")


def _resolving(level: Severeness, field: str, message: str, remedy: str) -> Finding:
    return Finding("R17", level, f"recovery.resolve.{field}", message, remedy, "recover")


def _found(level: Severeness, place: str, message: str, remedy: str) -> Finding:
    return Finding("R18", level, place, message, remedy, "recover")


def _level(incident: Incident) -> Severeness:
    """What is only missing yet is looked at; once the work is over, it is missing."""
    if tells_nothing(incident):
        return "hint"
    return "error" if incident.state in LATE else "warning"


def _late(incident: Incident, playbook: Playbook, now: datetime) -> str:
    """From when on it is late; nothing where the step that offers says how late it is."""
    due = compensation.due_at(incident, playbook)
    if due is None or due >= now or lateness.offer_is_told(incident, playbook, now):
        return ""
    return f", late since {moments.moment(due, incident.zone)}"


def _limit(playbook: Playbook) -> Decimal:
    return Decimal(str(playbook.compensation.authority_limit))
