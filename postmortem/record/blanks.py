"""What the record fills into the blanks of the words to the customer: only what a customer may read (R15, R41).

No cause, no colleague, no blame: a text that names one is not said, and why not is said in its place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from postmortem.record import actions, compensation, contact, offering, people, phrases, recovery
from postmortem.record.base import zone
from postmortem.record.phrases import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime, tzinfo

    from postmortem.record.incident import Action, Incident
    from postmortem.record.playbook import Playbook
    from postmortem.record.vocabulary import CompensationKind
    from postmortem.record.wordbook import Reading

LATER: Final = "then it stands here"
_MISSING: Final = {
    "told": f"Say in stage 1 what happened instead, {LATER}.",
    "happened": f"Say in stage 1 what happened instead, {LATER}.",
    "expected": f"Say in stage 1 what they expected, {LATER}.",
    "lost": f"Say in stage 1 how much time they lost, {LATER}.",
    "back": "",
    "credit": "",
    "goodwill": "",
    "given": "",
    "fixed": f"Say when it was put right, {LATER}.",
    "action": f"Plan in stage 6 what keeps it from happening again, {LATER}.",
    "contact": "Write a number or address of ours beside the step in which you give it to them.",
    "team": f"Say in stage 1 which team it was, {LATER}.",
}
"""What to do where the record can't fill a blank; nothing for what need not be there."""
_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_LONGEST: Final = 240
_MARKS: Final = ".!?…"


@dataclass(frozen=True, slots=True)
class Blanks:
    """What the record has for each blank.

    Attributes:
        filled: The words for each blank that can be filled.
        missing: For each other one what would fill it, as a sentence; empty where nothing need be done.
    """

    filled: Mapping[str, str]
    missing: Mapping[str, str]


def blanks(incident: Incident, playbook: Playbook) -> Blanks:
    """What one record fills in.

    Args:
        incident: The record.
        playbook: The rules in force, with the words of the team's language.

    Examples:
        >>> from postmortem.record.incident import Impact, Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> off = Incident(title="Off", impact=Impact(happened="No line for a day.", customer_min=444))
        >>> found = blanks(off, default_playbook())
        >>> found.filled["happened"], found.filled["lost"], found.missing["expected"]
        ('no line for a day', '7 hours and 24 minutes', 'Say in stage 1 what they expected, then it stands here.')
    """
    read = _Reader(incident, playbook)
    filled = dict(_impact(incident, playbook, read))
    filled |= _times(incident, playbook)
    filled |= _offers(incident, playbook, read)
    filled |= _prevention(incident, playbook, read)
    filled |= _people(incident, read)
    filled = {name: text for name, text in filled.items() if text or name.startswith("when_")}
    missing = {name: text for name, text in _MISSING.items() if name not in filled}
    missing |= {name: text for name, text in read.refused.items() if name not in filled and name in missing}
    return Blanks(filled, missing)


class _Reader:
    """What a customer may hear of a typed text; what may not be said is remembered with the reason."""

    def __init__(self, incident: Incident, playbook: Playbook) -> None:
        self.playbook, self.incident = playbook, incident
        self.reading = playbook.wording.reading
        self.causes = [_plain(text) for text in _causes(incident)]
        self.causes = [text for text in self.causes if text.count(" ") > 1]
        self.colleagues = _any_of(people.colleagues(incident))
        self.speaks_of = _any_of(self.reading.speaks_of)
        self.address = _address(self.reading)
        self.common = _common(incident)
        self.refused: dict[str, str] = {}

    def __call__(self, text: str, *blanks: str, what: str = "") -> str:
        """The text as it is said to them, without its last stop; nothing where it may not be said."""
        text = self._addressed(clean(text).rstrip(" .;,:"))
        why = self._not_said(text) if text else ""
        if why:
            remedy = "" if ":" in why else "; write it another way"
            self.refused |= dict.fromkeys(blanks, f"{what} {why}{remedy}, {LATER}.")
            return ""
        return text

    def _not_said(self, text: str) -> str:  # noqa: PLR0911 - one return for each reason
        if len(text) > _LONGEST:
            return "is longer than one can say"
        if self.speaks_of is not None and (found := self.speaks_of.search(text)):
            return f"speaks of them as “{found.group()}”, not to them: write “you”"
        if any(cause in _plain(text) for cause in self.causes):
            return "holds the wording of a cause"
        if self.colleagues is not None and (found := self.colleagues.search(text)):
            return f"names “{found.group()}”"
        own = set(self.incident.customer.name.lower().split())
        for phrase in phrases.names_in(text, self.playbook):
            if not set(phrase.text.lower().split()) <= own:
                return f"names “{phrase.text}”"
        if recovery.not_ours(self.incident) and phrases.has(text, "admission", self.playbook):
            return "admits something, though it was not our mistake"
        found_amiss = phrases.loaded(text, self.playbook)
        return f"has “{found_amiss}”, which may be heard amiss" if found_amiss else ""

    def _addressed(self, text: str) -> str:
        """What is written of the customer, said to them."""
        for pattern, to_them in self.address:

            def said(match: re.Match[str], to_them: str = to_them) -> str:
                word = to_them.replace("*", match.group(1)) if match.re.groups else to_them
                return first_up(word) if match.group()[0].isupper() else word

            text = pattern.sub(said, text)
        return text

    def is_sentence(self, text: str) -> bool:
        """Whether a text is a sentence of its own, as far as its words tell."""
        words = _WORD.findall(text.lower().translate({ord("\N{RIGHT SINGLE QUOTATION MARK}"): "'"}))
        if not words or words[0] in self.reading.begins:
            return bool(words)
        verb = next((at for at, word in enumerate(words) if word in self.reading.verbs), None)
        return verb is not None and set(words[:verb]).isdisjoint(self.reading.relative)

    def within(self, text: str, *, verb_first: bool = False) -> str:
        """A text as it stands after a colon."""
        first = re.match(r"[^\W\d_]+", text)
        if first is None:
            return text
        word = first.group()
        small = (
            word.lower() in self.reading.lowered
            or (self.reading.lowered and word.lower() in self.common)
            or (verb_first and word[1:].islower() and self.reading.verb_first)
        )
        return text[:1].lower() + text[1:] if small else text


def _common(incident: Incident) -> frozenset[str]:
    """Words that the record itself writes with a small letter somewhere: no names."""
    texts = [incident.title, incident.summary, incident.impact.expected, incident.impact.happened]
    texts += [moment.text for moment in incident.timeline] + [why.text for why in incident.whys]
    texts += [action.text for action in incident.actions]
    return frozenset(word for text in texts for word in _WORD.findall(text) if word.islower())


def first_up(text: str) -> str:
    """A text as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def _impact(incident: Incident, playbook: Playbook, read: _Reader) -> Iterator[tuple[str, str]]:
    impact, telling = incident.impact, playbook.wording.telling
    happened = read(impact.happened, "told", "happened", what="What happened")
    if read.is_sentence(happened):
        yield "told", first_up(happened)
    yield "happened", read.within(happened)
    yield "expected", read.within(read(impact.expected, "expected", what="What they expected"))
    if impact.customer_min:
        yield "lost", telling.span_said(impact.customer_min)
    if impact.customer_cost:
        yield "paid", telling.amount_said(impact.customer_cost, compensation.currency_of(incident, playbook))


def _times(incident: Incident, playbook: Playbook) -> dict[str, str]:
    telling, local = playbook.wording.telling, zone(incident.zone)
    began = _local(incident.occurred_at, local)
    ended = _local(incident.fixed_at, local)
    found = {"when_fixed": ""} if ended else {"when_open": ""}
    first = recovery.knew_first(incident)
    if first in {"them", "us"}:
        found["when_raised" if first == "them" else "when_told"] = ""
    if began:
        found["since"] = telling.moment_said(began)
    if ended:
        found["fixed"] = telling.moment_said(ended)
        found["until"] = telling.moment_said(ended, began)
        step = next(
            (step for step in recovery.steps(incident, playbook, ended) if step.rule.target == "follow_up"), None
        )
        if step is not None and step.due_on is not None:
            found["follow_up"] = telling.day_said(step.due_on, ended.date())
    return found


def _local(at: datetime | None, local: tzinfo) -> datetime | None:
    return at.astimezone(local) if at is not None else None


def _offers(incident: Incident, playbook: Playbook, read: _Reader) -> dict[str, str]:
    """What is offered, or may be offered now: within the limit of the whole record, or approved, and not declined."""
    found: dict[str, str] = {}
    kinds = {"reimbursement": "back", "service credit": "credit", "goodwill": "goodwill"}
    telling, currency = playbook.wording.telling, compensation.currency_of(incident, playbook)
    amounts: dict[CompensationKind, Decimal] = {}
    items = offering.offer_rest(incident, playbook, None).recovery.compensation
    for item in items:
        if compensation.is_offered(item) and item.answer != "declined":
            amounts[item.kind] = amounts.get(item.kind, Decimal(0)) + compensation.worth(item)
    waiting = {item.kind for item in items if not compensation.is_offered(item) and compensation.worth(item) > 0}
    owed = compensation.owed(incident, playbook)
    waiting |= {what.kind for what in owed} - {item.kind for item in items}
    read.refused |= {kinds[kind]: "It is over your limit: ask for approval first." for kind in waiting}
    each = {what.kind: what.each for what in owed if what.each is not None and what.amount == amounts.get(what.kind)}
    amounts |= each
    for kind, amount in amounts.items():
        if amount > 0:
            found[kinds[kind]] = telling.amount_said(amount, currency)
    given = read(incident.recovery.resolve.given, "given", what="What they get")
    if given:
        found["given"] = read.within(given)
    return found


def _prevention(incident: Incident, playbook: Playbook, read: _Reader) -> dict[str, str]:
    telling, local = playbook.wording.telling, zone(incident.zone)
    for action in sorted(incident.actions, key=lambda action: action.kind != "preventive"):
        if not _keeps_it_away(action, playbook):
            continue
        # Nobody can see a wish come true: it is no promise to anybody (R35).
        if phrases.has(action.text, "wish", playbook):
            read.refused["action"] = f"The action is a wish; say what one will see a person do, {LATER}."
            continue
        text = read.within(read(action.text, "action", what="The action"), verb_first=True)
        if not text:
            continue
        found = {"action": text}
        beside = incident.fixed_at or incident.occurred_at
        day = beside.astimezone(local).date() if beside else None
        if not actions.is_open(action) and action.done_on:
            found["done"] = telling.day_said(action.done_on, day)
        elif action.due_on:
            found["by"] = telling.day_said(action.due_on, day)
        return found
    return {}


def _keeps_it_away(action: Action, playbook: Playbook) -> bool:
    form = playbook.forms.get(action.form)
    looking = form is not None and form.investigation
    return (
        bool(action.text.strip()) and action.kind != "immediate" and not looking and action.effect.result != "not held"
    )


def _people(incident: Incident, read: _Reader) -> dict[str, str]:
    """Who they are, who we are, and how they reach us: never the customer's own number."""
    found = {
        "customer": _name(incident.customer.name),
        "team": _name(incident.team),
        "record": _name(incident.id),
        "owner": _name(incident.owner),
        "contact": contact.given(incident, read.playbook),
    }
    # A name that could be heard amiss is not said: the words pass our own check whatever was typed.
    return {name: text for name, text in found.items() if not phrases.loaded(text, read.playbook)}


def _name(text: str) -> str:
    name = clean(text).rstrip(" .;,:")
    return name if len(name) <= _LONGEST // 2 else ""


def _causes(incident: Incident) -> Iterator[str]:
    for why in incident.whys:
        yield why.text
        yield from (evidence.text for evidence in why.evidence)
    for cause in incident.causes:
        yield from (cause.reason, cause.accepted_because)
        yield from (opinion.reason for opinion in cause.opinions)


@lru_cache(maxsize=64)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str] | None:
    if not words:
        return None
    parts = (r"\s+".join(map(re.escape, word.split())) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)


def _address(reading: Reading) -> list[tuple[re.Pattern[str], str]]:
    """How each way of writing of the customer is found, the longest first; what belongs to them before they."""
    word = rf"(?!(?:{'|'.join(map(re.escape, reading.relative))})\b)\w+" if reading.relative else r"\w+"
    found = []
    for written in sorted(reading.address, key=len, reverse=True):
        parts = [rf"({word}(?:\s+{word})?)" if part == "*" else re.escape(part) for part in written.split()]
        whole = r"\s+".join(parts) + (r"(?!['\N{RIGHT SINGLE QUOTATION MARK}])" if "*" in written else "")
        found.append((re.compile(rf"(?<!\w){whole}(?!\w)", re.IGNORECASE), reading.address[written]))
    return found


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
