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
from postmortem.record import compensation, contact, letters, recovery, talks
from postmortem.record.base import zone as zone_of
from postmortem.record.money import cents
from postmortem.record.phrases import has
from postmortem.record.playbook import default_playbook
from postmortem.record.sentences import filled, ways, without_blanks
from postmortem.report import redaction
from postmortem.report.paper import Paper
from postmortem.report.summary import LetterLabels, LetterSummary, Vow
from postmortem.report.timeline import band
from postmortem.report.wording import clean, first_up, legible, seen, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime, tzinfo

    from postmortem.record.incident import Action, Compensation, Incident
    from postmortem.record.letters import Letter, LetterLabel, LetterPart
    from postmortem.record.playbook import Playbook

_EACH_LOST: Final = re.compile(r"^each of [\d,]+ customers lost (.+)$")
_SENTENCE: Final = re.compile(r"\S(?:[^.!?]|[.!?](?!\s|$))*(?:[.!?]+|$)")
_SEVERAL: Final = r"\b(\d+|two|three|four|five|six|ten|all|both|several|some|many|few|other|more|these|those) {}\b"


@dataclass(frozen=True, slots=True)
class _Words:
    """The sentences of the letter in the team's language, and how that writes days, times, spans and amounts (R20)."""

    language: str
    letter: Letter
    paper: Paper
    fault: str

    def __call__(self, part: LetterPart, known: Mapping[str, str]) -> str:
        """A part as one text."""
        return " ".join(self.each(part, known))

    def each(self, part: LetterPart, known: Mapping[str, str]) -> Iterator[str]:
        """Each sentence of a part that the record can fill."""
        for told in self.letter.sentences(part, self.fault):
            if text := next(filter(None, (seen(filled(way, known)) for way in ways(told))), ""):
                yield text


def _words(incident: Incident, playbook: Playbook, zone: tzinfo) -> _Words:
    """The words of the letter; in English what the team's file does not give, or what may not be read (R41)."""
    own, english = playbook.wording, default_playbook().wording
    if own.letter == letters.Letter():
        own = english
    people = redaction.of_colleagues(incident, playbook, roles=False)
    causes = redaction.of_causes(incident)

    def is_hidden(text: str) -> bool:
        return any(hidden.hides(without_blanks(text)) for hidden in (people, causes))

    letter = letters.whole(legible(own.letter), english.letter, is_hidden)
    return _Words(own.language, letter, Paper.of(own.telling, zone), incident.fault)


@dataclass(frozen=True, slots=True)
class _Reader:
    """What a customer may read of a typed text."""

    incident: Incident
    playbook: Playbook
    words: _Words
    colleagues: redaction.Redaction
    causes: redaction.Redaction
    ids: redaction.Redaction
    several: re.Pattern[str]

    @classmethod
    def of(cls, incident: Incident, playbook: Playbook, words: _Words) -> _Reader:
        """What hides the colleagues, causes and ids of one record, in the words of the letter."""
        colleague = words.letter.labels["colleague"]
        return cls(
            incident,
            playbook,
            words,
            redaction.of_colleagues(incident, playbook, colleague),
            redaction.of_causes(incident),
            redaction.of_ids(incident),
            re.compile(_SEVERAL.format(re.escape(colleague)), re.IGNORECASE),
        )

    def __call__(self, text: str) -> str:
        """The text without colleagues and ids; empty where it holds the wording of a cause."""
        text = clean(text)
        if not text or self.causes.hides(text):
            return ""
        labels = self.words.letter.labels
        plain = self.colleagues(self.ids(text))
        plain = redaction.without_names(plain, self.playbook, self.incident.customer, labels["somebody"])
        many = self.several.sub(lambda match: f"{match[1]} {labels['colleagues']}", plain)
        return clean(many).strip(" ,;:-")


def letter(incident: Incident, playbook: Playbook, now: datetime) -> LetterSummary:
    """The summary that a customer may read, in the language of the team's word file.

    Args:
        incident: The record.
        playbook: The rules in force; its `wording` holds the sentences.
        now: The instant of the report.
    """
    zone = zone_of(incident.zone)
    words = _words(incident, playbook, zone)
    read = _Reader.of(incident, playbook, words)
    said, happened = _admission(incident, playbook, read), _happened(incident, words, read)
    vows = tuple(dict.fromkeys(_vows(incident, playbook, words, read)))
    team, labels = clean(incident.team), words.letter.labels
    to = {"customer": clean(incident.customer.name), "team": team, "record": clean(incident.id)}
    known = {name: text for name, text in to.items() if text}
    known |= {"when_colleague": ""} if recovery.whom(incident) == "colleague" else {}
    known |= {"when_team": ""} if team.lower().endswith("team") else {}
    return LetterSummary(
        audience="customer",
        id=clean(incident.id),
        heading=labels["heading"],
        made_on=words.paper.day(now.astimezone(zone).date()),
        greeting=words("greeting", known),
        admission=said or (happened, words("apology", {})),
        story=((happened,) if said else ()) + tuple(_story(incident, words, read)),
        band=band(incident, words.paper, now, labels, width=640, letter=7.6),
        did=tuple(_did(incident, playbook, words, read)),
        vows=vows,
        vows_sentence="" if vows else words("undecided", {}),
        reach=words("reach", known),
        contact=contact.given(incident, playbook),
        closing=tuple(_closing(incident, playbook, now, words)),
        signed=words("signature", known),
        labels=LetterLabels(
            language=words.language,
            **{name: labels[name] for name in ("story", "did", "vows", "reach")},
            working=words("working", {}),
        ),
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


def _happened(incident: Incident, words: _Words, read: _Reader) -> str:
    known = {}
    if text := read(incident.impact.happened) or read(incident.title):
        known["happened"] = first_up(text)
    began = next(filter(None, (incident.occurred_at, incident.raised_at, incident.known_at)), None)
    if began is not None:
        known["since"] = words.paper.day(began.astimezone(words.paper.zone).date())
    return words("happened", known)


def _story(incident: Incident, words: _Words, read: _Reader) -> Iterator[str]:
    impact, paper = incident.impact, words.paper
    if incident.fault in {"customer", "third party"}:
        yield from _said(incident, read)
    known = {"expected": told} if (told := read(impact.expected)) else {}
    if recovery.knew_first(incident) == "them":
        known["when_raised"] = ""
    unseen = recovery.minutes_between(incident.occurred_at, incident.raised_at)
    if unseen is not None and unseen >= 1:
        known["unseen"] = paper.span(unseen)
    if (impact.customers or 1) > 1:
        known["when_many"] = ""
    if impact.customer_min:
        known["lost"] = paper.span(impact.customer_min)
    if impact.customer_cost:
        known["paid"] = paper.amount(impact.customer_cost, compensation.currency_of(incident, read.playbook))
    yield from words.each("story", known)


def _did(incident: Incident, playbook: Playbook, words: _Words, read: _Reader) -> Iterator[str]:
    aware, paper = recovery.known_at(incident), words.paper
    if incident.fixed_at:
        known = {"fixed": paper.near_moment(incident.fixed_at, incident.occurred_at or aware)}
        took = recovery.minutes_between(aware, incident.fixed_at)
        known |= {"took": paper.span(took)} if took is not None and took > 0 else {}
        yield words("repaired", known)
    for action in incident.actions:
        if action.kind == "immediate" and action.done_on and (text := read(action.text)):
            yield words("done", {"done": paper.day(action.done_on), "action": text})
    if given := read(incident.recovery.resolve.given):
        yield words("given", {"given": given})
    for owed in incident.recovery.compensation:
        said = _compensation(owed, incident, playbook, words, read)
        if said:
            yield said


def _compensation(owed: Compensation, incident: Incident, playbook: Playbook, words: _Words, read: _Reader) -> str:
    """What was offered, or given. What is owed and not offered yet is no promise, what they declined is no gift.

    Amounts of a record are for all customers together; whoever reads the letter is told what each of them gets.
    """
    if not owed.carried_out_at and (owed.answer == "declined" or not compensation.is_offered(owed)):
        return ""
    currency, many = compensation.currency_of(incident, playbook), incident.impact.customers or 1
    amount, known = _each(owed, currency, many, words.paper)
    what = _what(owed, incident, playbook, words) or read(_EACH_LOST.sub(r"\1 lost", clean(owed.what)))
    if not amount and not what:
        return ""
    known["offer"] = ": ".join(filter(None, (amount, what)))
    if owed.carried_out_at:
        return words("gave", known)
    return words("offered", known | ({"when_accepted": ""} if owed.answer == "accepted" else {}))


def _what(owed: Compensation, incident: Incident, playbook: Playbook, words: _Words) -> str:
    """What something is for, where the rules wrote it into the record and the team has its own words for it."""
    minutes, labels = incident.impact.customer_min, words.letter.labels
    rules = {(due.kind, due.because) for due in compensation.owed(incident, playbook)}
    name: LetterLabel = "costs" if owed.kind == "reimbursement" else "lost"
    if labels[name] == default_playbook().wording.letter.labels[name] or (owed.kind, owed.what) not in rules:
        return ""
    if name == "costs":
        return labels[name]
    return filled(labels[name], {"lost": words.paper.span(minutes)}) if minutes else ""


def _each(owed: Compensation, currency: str, many: int, paper: Paper) -> tuple[str, dict[str, str]]:
    """The amount as one of the customers gets it, and to whom it goes; the sum where it is not the same for all."""
    each, together = {"when_each": ""}, {"when_together": ""}
    if owed.offered is None:
        return "", each if many > 1 else {}
    if many <= 1:
        return paper.amount(owed.offered, currency), {}
    share = cents(owed.offered / many, currency)
    # What was paid back is as much as each of them had paid.
    if owed.kind != "reimbursement" and share * many == owed.offered:
        return paper.amount(share, currency), each
    return paper.amount(owed.offered, currency), together


def _vows(incident: Incident, playbook: Playbook, words: _Words, read: _Reader) -> Iterator[Vow]:
    for action in incident.actions:
        text = read(action.text)
        if (action.kind == "immediate" and action.done_on) or action.effect.result == "not held":
            continue
        if has(action.text, "wish", playbook):
            continue  # Nobody can see a wish come true: it is no promise to anybody (R35).
        form = playbook.forms.get(action.form)
        # How we look into it is ours; that we do is for the customer too.
        looking = form is not None and form.investigation
        when = words("when", _days(action, words.paper))
        if text and not looking:
            yield Vow(when=when, text=sentence(first_up(text)))
        elif clean(action.text):
            yield Vow(when=when, text=words("looking" if looking else "changing", {}))


def _days(action: Action, paper: Paper) -> dict[str, str]:
    """When it was done; else until when it will be."""
    if not planned.is_open(action) and action.done_on:
        return {"done": paper.day(action.done_on)}
    return {"by": paper.day(action.due_on)} if action.due_on else {}


def _closing(incident: Incident, playbook: Playbook, now: datetime, words: _Words) -> Iterator[str]:
    impact = incident.impact
    cost = {"when_lost": impact.customer_min, "when_paid": impact.customer_cost}
    known = {name: "" for name, lost in cost.items() if lost}
    asked = list[str]()
    for step in recovery.steps(incident, playbook, now):
        promised = any(said.id == step.rule.id for said in incident.recovery.steps)
        # Only what somebody has put down is promised: the playbook's own day is no promise yet.
        waits = promised and step.rule.target == "follow_up" and step.done.status == "to do"
        if waits and step.due_on and step.due_at and step.due_at > now:
            asked.append(words.paper.day(step.due_on))
    if asked:
        known["follow_up"] = words.paper.telling.listed(list(dict.fromkeys(asked)))
    yield from words.each("closing", known)
