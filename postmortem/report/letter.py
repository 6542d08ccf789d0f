"""The letter to the customer (R41): the admission first, what happened, what we did, what will be different.

It is built from the few fields that a customer may read. No colleague, no cause, no category or severity has a place in
it, and where a text names one all the same, it is taken out or the text is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from postmortem.record import actions as planned
from postmortem.record import contact, recovery, talks
from postmortem.record.base import zone as zone_of
from postmortem.record.compensation import currency_of, is_offered
from postmortem.record.moments import long_day
from postmortem.record.money import cents
from postmortem.record.phrases import has
from postmortem.record.playbook import default_playbook
from postmortem.report import redaction, wording
from postmortem.report.summary import LetterSummary, Vow
from postmortem.report.timeline import LETTER_WORDS, band
from postmortem.report.wording import clean, duration, first_up, listed, money, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, tzinfo

    from postmortem.record.incident import Action, Compensation, Incident
    from postmortem.record.playbook import Playbook

_WHOSE: Final = {
    "ours": "That was our mistake, and we are sorry.",
    "shared": "Part of that was our mistake, and we are sorry.",
    "customer": "We are sorry for the trouble you had, and we helped as we could.",
    "third party": "We are sorry for the trouble you had, and we helped as we could.",
    "not yet known": "We are sorry for the trouble you had. We are finding out how it came to this.",
}
_EACH_LOST: Final = re.compile(r"^each of [\d,]+ customers lost (.+)$")
_LOOKING: Final = "We look further into how it happened."
_SENTENCE: Final = re.compile(r"\S(?:[^.!?]|[.!?](?!\s|$))*(?:[.!?]+|$)")
_SEVERAL: Final = re.compile(
    r"\b(\d+|two|three|four|five|six|ten|all|both|several|some|many|few|other|more|these|those) a colleague\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Reader:
    """What a customer may read of a typed text."""

    incident: Incident
    playbook: Playbook
    colleagues: redaction.Redaction
    causes: redaction.Redaction
    ids: redaction.Redaction

    def __call__(self, text: str) -> str:
        """The text without colleagues and ids; empty where it holds the wording of a cause."""
        text = clean(text)
        if not text or self.causes.hides(text):
            return ""
        plain = redaction.without_names(self.colleagues(self.ids(text)), self.playbook, self.incident.customer)
        return clean(_SEVERAL.sub(r"\1 colleagues", plain)).strip(" ,;:-")


def letter(incident: Incident, playbook: Playbook, now: datetime) -> LetterSummary:
    """The summary that a customer may read.

    Args:
        incident: The record.
        playbook: The rules in force.
        now: The instant of the report.
    """
    zone = zone_of(incident.zone)
    today = now.astimezone(zone).date()
    read = _Reader(
        incident,
        playbook,
        redaction.of_colleagues(incident, playbook),
        redaction.of_causes(incident),
        redaction.of_ids(incident),
    )
    team = clean(incident.team)
    said, happened = _admission(incident, playbook, read), _happened(incident, zone, read)
    vows = tuple(dict.fromkeys(_vows(incident, playbook, read)))
    return LetterSummary(
        audience="customer",
        id=clean(incident.id),
        heading="What happened, and what we do about it",
        made_on=long_day(today),
        greeting=f"For {clean(incident.customer.name)}"
        if clean(incident.customer.name)
        else f"For our {recovery.whom(incident)}",
        admission=said or (happened, _WHOSE[incident.fault]),
        story=((happened,) if said else ()) + tuple(_story(incident, read)),
        band=band(incident, zone, now, LETTER_WORDS, width=640, letter=7.6),
        did=tuple(_did(incident, playbook, zone, read)),
        vows=vows,
        vows_sentence=_vows_sentence(incident, vows),
        reach=_reach(incident, team),
        contact=contact.given(incident, playbook),
        closing=tuple(_closing(incident, playbook, now)),
        signed=f"Your {team} team" if team and not team.lower().endswith("team") else team or "Your service team",
    )


def _admission(incident: Incident, playbook: Playbook, read: _Reader) -> tuple[str, str] | None:
    """The words that were written for the customer, up to where they have admitted and apologised (R13, R20).

    What follows is left out: a promise stands in the letter only if it is an action of the record.
    """
    if incident.fault not in {"ours", "shared"}:
        return None
    sentences = _SENTENCE.findall(" ".join(_said(incident, read)))
    # A team may have spoken to a customer in another language than that of its own words.
    for rules in (playbook, default_playbook()):
        admits = partial(has, group="admission", playbook=rules)
        regrets = partial(has, group="apology", playbook=rules)
        for end in range(2, len(sentences) + 1):
            text = " ".join(sentences[:end])
            if admits(text) and regrets(text):
                told = [part for part in sentences[1:end] if regrets(part) or admits(part)]
                return sentences[0], sentence(" ".join(told))
    return None


def _said(incident: Incident, read: _Reader) -> list[str]:
    """What was said in all talks, or what is written for the first one, as the customer may read it."""
    return [sentence(said) for words in talks.told(incident) if (said := read(words))]


def _happened(incident: Incident, zone: tzinfo, read: _Reader) -> str:
    text = read(incident.impact.happened) or read(incident.title) or "Something went wrong"
    began = next(filter(None, (incident.occurred_at, incident.raised_at, incident.known_at)), None)
    if began is None:
        return sentence(first_up(text))
    return sentence(f"{long_day(began.astimezone(zone).date())}: {first_up(text)}")


def _story(incident: Incident, read: _Reader) -> Iterator[str]:
    impact = incident.impact
    if incident.fault in {"customer", "third party"}:
        yield from _said(incident, read)
    told = read(impact.expected)
    if told:
        yield sentence(f"What you could expect of us: {told}")
    unseen = recovery.minutes_between(incident.occurred_at, incident.raised_at)
    if recovery.knew_first(incident) == "them":
        after = f" {duration(unseen)} went by before that." if unseen is not None and unseen >= 1 else ""
        yield f"We did not notice; you had to tell us.{after} It should have been the other way round."
    many = (impact.customers or 1) > 1
    time = f"{duration(impact.customer_min)} of your time" if impact.customer_min else ""
    paid = money(impact.customer_cost, currency_of(incident, read.playbook)) if impact.customer_cost else ""
    if time and paid and many:
        yield f"It cost each of you {time}, and all of you together {paid}."
    elif time or paid:
        whom = "you" if not many else "each of you" if time else "all of you together"
        yield f"It cost {whom} {listed([part for part in (time, paid) if part])}."


def _did(incident: Incident, playbook: Playbook, zone: tzinfo, read: _Reader) -> Iterator[str]:
    aware = recovery.known_at(incident)
    if incident.fixed_at:
        took = recovery.minutes_between(aware, incident.fixed_at)
        when = wording.near_moment(incident.fixed_at, zone, incident.occurred_at or aware)
        after = f", {duration(took)} after we knew of it" if took is not None and took > 0 else ""
        yield f"We put it right ({when}){after}."
    for action in incident.actions:
        if action.kind == "immediate" and action.done_on and (text := read(action.text)):
            yield sentence(f"Done on {long_day(action.done_on)}: {text}")
    given = read(incident.recovery.resolve.given)
    if given:
        yield sentence(f"What you were given: {given}")
    for owed in incident.recovery.compensation:
        said = _compensation(owed, currency_of(incident, playbook), incident.impact.customers or 1, read)
        if said:
            yield said


def _compensation(owed: Compensation, currency: str, many: int, read: _Reader) -> str:
    """What was offered, or given. What is owed and not offered yet is no promise, what they declined is no gift.

    Amounts of a record are for all customers together; whoever reads the letter is told what each of them gets.
    """
    if not owed.carried_out_at and (owed.answer == "declined" or not is_offered(owed)):
        return ""
    amount, whom = _each(owed, currency, many)
    what = read(_EACH_LOST.sub(r"\1 lost", clean(owed.what)))
    if not amount and not what:
        return ""
    verb = "gave" if owed.carried_out_at else "offered"
    said = sentence(f"We {verb} {whom} {': '.join(filter(None, (amount, what)))}")
    return f"{said} It is on its way." if owed.answer == "accepted" and not owed.carried_out_at else said


def _each(owed: Compensation, currency: str, many: int) -> tuple[str, str]:
    """The amount as one of the customers gets it, and to whom it goes; the sum where it is not the same for all."""
    if owed.offered is None:
        return "", "each of you" if many > 1 else "you"
    if many <= 1:
        return money(owed.offered, currency), "you"
    each = cents(owed.offered / many, currency)
    # What was paid back is as much as each of them had paid.
    if owed.kind != "reimbursement" and each * many == owed.offered:
        return money(each, currency), "each of you"
    return money(owed.offered, currency), "all of you together"


def _vows(incident: Incident, playbook: Playbook, read: _Reader) -> Iterator[Vow]:
    for action in incident.actions:
        text = read(action.text)
        if (action.kind == "immediate" and action.done_on) or action.effect.result == "not held":
            continue
        if has(action.text, "wish", playbook):
            continue  # Nobody can see a wish come true: it is no promise to anybody (R35).
        form = playbook.forms.get(action.form)
        # How we look into it is ours; that we do is for the customer too.
        looking = form is not None and form.investigation
        if text and not looking:
            yield Vow(when=_when(action), text=sentence(first_up(text)))
        elif clean(action.text):
            yield Vow(when=_when(action), text=_LOOKING if looking else "We change how we work.")


def _when(action: Action) -> str:
    if not planned.is_open(action) and action.done_on:
        return f"Since {long_day(action.done_on)}"
    return f"By {long_day(action.due_on)}" if action.due_on else "Without a date yet"


def _vows_sentence(incident: Incident, vows: tuple[Vow, ...]) -> str:
    if vows:
        return ""
    if incident.fault in {"customer", "third party"}:
        return "There is nothing on our side to change this time. If it happens again, please call us at once."
    return "We are still working out what has to be different. We promise nothing here before it is decided."


def _reach(incident: Incident, team: str) -> str:
    who = f"Ask for {team}." if team else "Ask for the team that wrote to you."
    quote = f" Please mention {clean(incident.id)}, and you will not have to explain again." if incident.id else ""
    return f"{who}{quote}"


def _closing(incident: Incident, playbook: Playbook, now: datetime) -> Iterator[str]:
    for step in recovery.steps(incident, playbook, now):
        promised = any(said.id == step.rule.id for said in incident.recovery.steps)
        # Only what somebody has put down is promised: the playbook's own day is no promise yet.
        waits = promised and step.rule.target == "follow_up" and step.done.status == "to do"
        if waits and step.due_on and step.due_at and step.due_at > now:
            yield f"We will ask you on {long_day(step.due_on)} how things are."
    impact = incident.impact
    if incident.fault in {"ours", "shared"}:
        lost = "the time and money you lost" if impact.customer_cost and impact.customer_min else ""
        lost = lost or ("the time you lost" if impact.customer_min else "what this meant for you")
        yield f"We apologise again for {lost}, and thank you for your patience with us."
    else:
        yield "Thank you for your patience with us."
