"""The report of one incident for the people who work on it, and the same without the customer for a manager (R41)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from postmortem.record import actions, causes, recovery, severity, whys
from postmortem.record.base import zone as zone_of
from postmortem.record.moments import day, weekday
from postmortem.record.review import review
from postmortem.record.vocabulary import STRENGTHS, UNCLASSIFIED
from postmortem.report import handling, redaction, wording
from postmortem.report.causemap import columns, map_sentence, mark_of
from postmortem.report.summary import (
    ActionRow,
    CauseRow,
    Fact,
    ListSheet,
    Promise,
    ReviewSummary,
    SourceMark,
)
from postmortem.report.timeline import timeline
from postmortem.report.wording import clean, counted, duration, first_up, listed, money

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date, datetime, tzinfo
    from typing import Literal

    from postmortem.record.incident import Action, Cause, Incident
    from postmortem.record.playbook import Playbook
    from postmortem.record.review import Finding

_FOOT: Final = {
    "team": "For the team. The customer is named here only; the other reports leave out what is not theirs."
    " Discipline is no part of this record.",
    "manager": "For managers: the customer is not named. Discipline is no part of this record.",
}


def account(
    incident: Incident, playbook: Playbook, now: datetime, audience: Literal["team", "manager"]
) -> ReviewSummary:
    """The summary for a team or a manager.

    Args:
        incident: The record.
        playbook: The rules in force.
        now: The instant of the report, for what is overdue.
        audience: `manager` has no word of the customer's name or contact anywhere.
    """
    findings = review(incident, playbook, now) if audience == "team" else ()
    hide: Callable[[str], str] = str
    if audience == "manager":
        hide = redaction.of_customer(incident.customer.name, incident.customer.contact)
        incident = redaction.with_texts(incident, hide, redaction.vocabulary(playbook))
    zone = zone_of(incident.zone)
    today = now.astimezone(zone).date()
    began = next(filter(None, (incident.occurred_at, incident.known_at, incident.raised_at)), None)
    place = [incident.service, incident.team, weekday(began.astimezone(zone).date()) if began else ""]
    rows = tuple(_action_row(playbook, action, today, hide) for action in incident.actions)
    cause_rows = tuple(_cause_row(incident, playbook, cause, hide) for cause in incident.causes)
    facts = [
        *_facts(incident, playbook, zone, _still_open(findings)),
        *_customer_facts(incident, zone, named=audience == "team"),
    ]
    return ReviewSummary(
        audience=audience,
        id=hide(incident.id),
        revision=incident.revision,
        heading=clean(incident.title),
        made_on=day(today),
        overline=" · ".join(filter(None, map(clean, place))),
        lead=_lead(incident),
        facts=tuple(facts),
        timeline=timeline(incident, zone, now),
        legs=columns(incident, playbook, hide),
        map_sentence=map_sentence(incident, playbook),
        causes=cause_rows,
        causes_sentence=_causes_sentence(incident, cause_rows),
        factors=clean(listed(list(incident.factors))) if incident.factors else "",
        actions=rows,
        actions_sentence=_actions_sentence(rows),
        handling=handling.handling(incident, playbook, zone, now),
        learned=tuple(clean(text) for text in incident.learned if clean(text)),
        promises=tuple(
            Promise(text=clean(promise.text), who=clean(promise.who))
            for promise in incident.commitments
            if not promise.private and clean(promise.text)
        ),
        checklists=tuple(
            ListSheet(
                name=clean(sheet.name),
                job=clean(sheet.job),
                version=sheet.version,
                items=tuple(said for item in sheet.items if (said := clean(item))),
            )
            for sheet in incident.checklists
        ),
        beside=tuple(_beside(incident, zone, hide)),
        source=_source(incident) if audience == "team" else None,
        foot=_FOOT[audience],
    )


def _lead(incident: Incident) -> str:
    told, expected = (
        clean(incident.summary) or first_up(clean(incident.impact.happened)),
        clean(incident.impact.expected),
    )
    parts = [
        wording.sentence(told),
        wording.sentence(f"What was expected: {expected}") if expected else "",
    ]
    return " ".join(filter(None, parts))


def _still_open(findings: Sequence[Finding]) -> str:
    needed = sum(finding.level == "error" for finding in findings)
    tail = f", {needed} needed before it can close" if needed else ""
    return f"{counted(len(findings), 'finding')} to look at{tail}" if findings else ""


def _facts(incident: Incident, playbook: Playbook, zone: tzinfo, still_open: str) -> Iterator[Fact]:
    found = severity.assess(incident, playbook)
    if found.level is None:
        note = f"{counted(len(found.open_questions), 'question')} open"
    elif found.overridden:
        note = clean(severity.by_hand(incident, found))
    else:
        note = "; ".join(_reason(incident, playbook, reason) for reason in found.reasons if reason.level == found.level)
    yield Fact(name="Severity", said=first_up(found.level or "not known yet"), note=note)
    yield _cost(incident, playbook)
    first = {"us": "we knew first", "them": "they knew first"}.get(recovery.knew_first(incident), "")
    owner = f"owner: {clean(incident.owner)}" if incident.owner else "nobody owns the recovery yet"
    yield Fact(name="Fault, owner", said=first_up(incident.fault), note="; ".join(filter(None, (owner, first))))
    checks = [
        action.effect.check_on
        for action in incident.actions
        if action.effect.check_on and action.effect.result == "unknown"
    ]
    notes = [f"next effect check {day(min(checks))}"] if checks else []
    if incident.state == "closed" and incident.closed_at:
        notes = [f"since {day(incident.closed_at.astimezone(zone).date())}"]
    if again := clean(incident.reopened_because):
        notes.append(f"opened again because: {again}")
    yield Fact(name="State", said=first_up(incident.state), note="; ".join(filter(None, (*notes, still_open))))


_SHORT: Final = {
    "harm": "harm",
    "potential_harm": "possible harm",
    "customers": "customers affected",
    "customer_min": "time each lost",
    "customer_cost": "paid by them",
    "our_cost": "our cost",
    "reputation": "reputation",
    "trust": "trust",
}


def _reason(incident: Incident, playbook: Playbook, reason: severity.Reason) -> str:
    field = next((question.field for question in playbook.severity.questions if question.id == reason.question), "")
    answer, impact = clean(reason.answer), incident.impact
    if field == "customer_min" and impact.customer_min is not None:
        answer = duration(impact.customer_min)
    elif field in {"customer_cost", "our_cost"}:
        answer = money(getattr(impact, field), incident.currency or playbook.currency)
    return f"{_SHORT.get(field, reason.ask.rstrip('?'))}: {answer}"


def _cost(incident: Incident, playbook: Playbook) -> Fact:
    impact, currency = incident.impact, incident.currency or playbook.currency
    minutes, customers = impact.customer_min, impact.customers
    people = counted(customers, "customer") if customers is not None else ""
    lost, note = duration(minutes) if minutes is not None else "", f"{people} affected" if people else ""
    if minutes is not None and customers is not None and customers > 1:
        lost, note = duration(customers * minutes), f"{people} \N{MULTIPLICATION SIGN} {lost}"
    notes = [note]
    notes.append(f"they paid {money(impact.customer_cost, currency)}" if impact.customer_cost else "")
    notes.append(f"it cost us {money(impact.our_cost, currency)}" if impact.our_cost else "")
    return Fact(name="Lost by customers", said=lost or "Not known", note="; ".join(filter(None, notes)))


def _customer_facts(incident: Incident, zone: tzinfo, *, named: bool) -> Iterator[Fact]:
    customer, impact = incident.customer, incident.impact
    vip = "one we take special care of" if customer.vip else ""
    if named and (customer.name or customer.contact or vip):
        said = clean(customer.name) or "Not named"
        yield Fact(name="Customer", said=said, note="; ".join(filter(None, (clean(customer.contact), vip))))
    elif vip:
        yield Fact(name="Customer", said="A customer we take special care of", note="the name is left out")
    if incident.told_at:
        took = recovery.minutes_between(recovery.known_at(incident), incident.told_at)
        note = (
            f"{duration(took)} after we knew"
            if took is not None and took >= 0
            else wording.moment(incident.told_at, zone)
        )
        order = {True: "Before they raised it", False: "After they raised it", None: "Not known who spoke first"}
        yield Fact(name="Told them", said=order[recovery.told_before_asked(incident)], note=note)
    if impact.harm or impact.potential_harm:
        could = f"could have been {impact.potential_harm}" if impact.potential_harm not in {None, impact.harm} else ""
        said = "No harm" if impact.harm == "none" else first_up(impact.harm or "not known yet")
        yield Fact(name="Harm to people", said=said, note=could)
    if impact.trust or impact.reputation:
        notes = [f"reputation: {impact.reputation}" if impact.reputation else ""]
        notes.append(f"{counted(impact.others_told, 'other')} told" if impact.others_told else "")
        yield Fact(name="Trust", said=first_up(impact.trust or "not known yet"), note="; ".join(filter(None, notes)))


def _cause_row(incident: Incident, playbook: Playbook, cause: Cause, hide: Callable[[str], str]) -> CauseRow:
    asks = {question.id: question.ask for question in playbook.decision_aid}
    answered = [hide(action.id) for action in incident.actions if cause.id in action.causes]
    trail = [f"{asks.get(reply.question, clean(reply.question))} {clean(reply.answer)}" for reply in cause.trail]
    notes = [
        f"{clean(opinion.by) or 'One person'} sees {opinion.category}"
        + (f": {clean(opinion.reason)}" if clean(opinion.reason) else "")
        for opinion in cause.opinions
    ]
    if cause.recurring_id:
        notes.append(f"recurring cause {hide(clean(cause.recurring_id))}")
    if cause.accepted_because:
        said = f"accepted: {clean(cause.accepted_because)}"
    else:
        said = ", ".join(answered) or "no action yet"
    return CauseRow(
        id=hide(cause.id),
        text=clean(causes.text(incident, cause)) or "Not worded yet",
        status=whys.find(incident, cause.why).status,
        category=cause.category or UNCLASSIFIED,
        mark=mark_of(cause.category),
        subcategory=clean(cause.subcategory),
        reason=clean(cause.reason),
        trail="; ".join(trail),
        notes=tuple(notes),
        answered=said,
    )


def _causes_sentence(incident: Incident, rows: tuple[CauseRow, ...]) -> str:
    if not rows:
        return "No root is marked yet." if incident.whys else "Nobody has asked why yet, so there is no root."
    kinds = list(dict.fromkeys(row.category for row in rows))
    parts = [f"{sum(row.category == kind for row in rows)} {kind}" for kind in kinds]
    possible = sum(row.status == "possible" for row in rows)
    tail = f"; {possible} only possible, needs evidence first" if possible else ""
    return f"{counted(len(rows), 'root')}: {listed(parts)}{tail}."


def _action_row(playbook: Playbook, action: Action, today: date, hide: Callable[[str], str]) -> ActionRow:
    strength = actions.strength(action, playbook)
    form = playbook.forms.get(action.form)
    state: Literal["done", "overdue", "due", "no date"]
    when = late = ""
    if action.done_on:
        state, when = "done", f"done {day(action.done_on)}"
    elif action.due_on is None:
        state, when = "no date", "no date yet"
    else:
        over = (today - action.due_on).days
        state, when = ("overdue" if over > 0 else "due"), f"due {day(action.due_on)}"
        late = f"{counted(over, 'day')} late" if over > 0 else ""
    effect = action.effect
    said = [clean(effect.expected) or clean(effect.measure)]
    if effect.result != "unknown":
        seen = f", seen {day(effect.checked_on)}" if effect.checked_on else ""
        said.append(f"{clean(effect.note).rstrip('.')}{seen}".strip(", "))
    elif effect.check_on:
        said.append(f"check {day(effect.check_on)}")
    notes = [f"Done when: {clean(action.done_when)}" if clean(action.done_when) else ""]
    notes.append(f"Could break: {clean(action.could_break)}" if clean(action.could_break) else "")
    notes.append("Finds out more; changes nothing yet" if form and form.investigation else "")
    notes.append(f"Carried to {hide(clean(action.carried_to))}" if action.carried_to else "")
    return ActionRow(
        id=hide(action.id),
        text=clean(action.text) or "Not worded yet",
        kind=action.kind,
        answers=", ".join(map(hide, action.causes)),
        form=form.label if form else clean(action.form),
        strength=strength or "",
        boxes=len(STRENGTHS) - STRENGTHS.index(strength) if strength else 0,
        owner=clean(action.owner) or "nobody yet",
        state=state,
        when=when,
        late=late,
        effect="; ".join(filter(None, said)),
        effect_state=effect.result if effect.result != "unknown" or effect.measure or effect.check_on else "",
        notes=tuple(filter(None, notes)),
    )


def _actions_sentence(rows: tuple[ActionRow, ...]) -> str:
    if not rows:
        return "Nothing is planned yet."
    done = sum(row.state == "done" for row in rows)
    late = sum(row.state == "overdue" for row in rows)
    tail = f", {late} overdue" if late else ""
    return f"{done} of {len(rows)} done{tail}. Strength follows from the form of the action, not from its wording."


def _beside(incident: Incident, zone: tzinfo, hide: Callable[[str], str]) -> Iterator[Fact]:
    for link in incident.links:
        yield Fact(name=first_up(link.kind), said=hide(clean(link.incident_id)))
    for caught in incident.should_have_caught:
        yield Fact(name="A checklist that should have caught it", said=clean(caught))
    for signed in incident.signatures:
        at = f", {wording.moment(signed.at, zone)}" if signed.at else ""
        yield Fact(name="Signed", said=f"{clean(signed.by)}{at}", note=clean(signed.role))


def _source(incident: Incident) -> SourceMark | None:
    source = incident.source
    if source is None:
        return None
    text = " ".join(filter(None, (clean(source.system), clean(source.key))))
    return SourceMark(text=text or "the source", url=web_address(source.url))


def web_address(url: str) -> str:
    """The address if it leads to a web page and to nothing else, else an empty text.

    Examples:
        >>> web_address("https://crm.example/C-1042")
        'https://crm.example/C-1042'
        >>> web_address("javascript:alert(1)")
        ''
    """
    text = url.strip()
    if not text.isprintable() or any(sign.isspace() or sign in "\"'<>\\`" for sign in text):
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in {"http", "https"} and parts.hostname and not parts.username else ""
