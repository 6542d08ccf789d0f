"""What will be said to the customer: by which way, in which words, and how they may be heard (R13 to R16, R20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from postmortem.record import moments, recovery, saying, talks
from postmortem.record.blanks import blanks
from postmortem.widgets import ways
from postmortem.widgets.blocks import Block, Form, button, buttons

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from postmortem.record.blanks import Blanks
    from postmortem.record.recovery import StepNow
    from postmortem.widgets.meeting import Retrospective

WORDS = talks.FIELD
_RULES = ("R13", "R15", "R20")
_CHOSEN: WeakKeyDictionary[Retrospective, tuple[str, tuple[str, ...]]] = WeakKeyDictionary()
"""The steps somebody chose to word, with the record they belong to: what one looks at, and nothing of the record."""
_BEFORE: WeakKeyDictionary[Retrospective, tuple[str, str, str]] = WeakKeyDictionary()
"""The record, the words that a proposal took the place of, and the proposal."""


def part(form: Form) -> list[Block]:
    """The way, the words, how they may be heard, and one way to say it."""
    meeting, incident, playbook = form.meeting, form.incident, form.meeting.playbook
    known = blanks(incident, playbook)
    steps = chosen(meeting, known)
    found = saying.proposal(incident, playbook, steps=[step.rule.id for step in steps], known=known)
    heard = saying.hearing(incident, playbook, known=known)
    kept = {item.rule for item in incident.kept if item.where == WORDS}
    told = [place for place in heard if place.rule not in kept]
    better = _better(form, found)
    way, reason = ways.way(form)
    return [
        {
            "t": "saying",
            "title": _title(steps),
            "lead": _lead(form, steps),
            "others": _others(form, steps),
            "way": way,
            "reason": reason,
            "words": form.area(WORDS, "Your words", tall=True, help="Kept as you type. Nothing is sent from here."),
            "said": incident.recovery.wording,
            "heard": [
                {
                    "letter": place.letter,
                    "text": place.text,
                    "start": _browser_at(incident.recovery.wording, place.start),
                    "end": _browser_at(incident.recovery.wording, place.start + len(place.text)),
                    "says": place.says or place.why,
                    "why": place.why if place.says else "",
                    # What the card says beside it is not said twice.
                    "better": "" if place.better.rstrip(".") in better["text"] else place.better,
                    "rule": place.rule,
                }
                for place in told
            ],
            "rules": [rule for rule in _RULES if rule in {place.rule for place in told}],
            "put_away": [rule for rule in _RULES if rule in kept and rule in {place.rule for place in heard}],
            "where": WORDS,
            "better": better,
            "done": _done(form, steps, found),
        }
    ]


def _browser_at(text: str, at: int) -> int:
    """A place in a text as a browser counts it: a character outside the first plane counts twice."""
    return len(text[:at].encode("utf-16-le")) // 2


def chosen(meeting: Retrospective, known: Blanks | None = None) -> tuple[StepNow, ...]:
    """The steps whose words are looked at: those that somebody chose, else the next open ones that say something."""
    incident, playbook, now = meeting.incident, meeting.playbook, meeting.now()
    record, ids = _CHOSEN.get(meeting, ("", ()))
    if ids and record == incident.id:
        picked = tuple(step for step in saying.speaking_steps(incident, playbook, now) if step.rule.id in ids)
        if picked:
            return picked
    return saying.next_steps(incident, playbook, now, known)


def _numbers(steps: tuple[StepNow, ...]) -> str:
    numbers = [str(step.number) for step in recovery.numbered(steps)]
    return " and ".join([", ".join(numbers[:-1]), numbers[-1]] if len(numbers) > 1 else numbers)


def _title(steps: tuple[StepNow, ...]) -> str:
    called = _steps_called(steps)
    return f"{called[:1].upper()}{called[1:]}: what you will say" if called else "What you will say"


def _steps_called(steps: tuple[StepNow, ...]) -> str:
    told = _numbers(steps)
    return f"step{'s' if ' ' in told else ''} {told}" if told else ""


def _lead(form: Form, steps: tuple[StepNow, ...]) -> str:
    return f"{_when(form, steps)}{_order(form)}"


def _order(form: Form) -> str:
    if recovery.not_ours(form.incident):
        return "Explain why it was not ours until it is understood, and ease what we can."
    return "What we did comes first, then that we are sorry, then what happens now."


def _when(form: Form, steps: tuple[StepNow, ...]) -> str:
    """What comes before these words, or the day they are for: they are written earlier than they are said (R13)."""
    playbook, incident = form.meeting.playbook, form.incident
    rules = {step.rule.id: step for step in recovery.steps(incident, playbook, form.meeting.now())}
    firsts = dict.fromkeys(first for step in steps if step.is_open for first in step.rule.after)
    waits = [rules[first] for first in firsts if first in rules and rules[first].is_open]
    waits = [step for step in waits if step.rule.id not in {other.rule.id for other in steps}]
    if waits:
        first = waits[0]
        return f"First comes step {first.number}: {recovery.worded(first.rule.text, incident)}. "
    days = [step.due_on for step in steps if step.is_open and step.due_on is not None]
    if days and days[0] > form.around.today:
        return f"For {moments.long_weekday(days[0], days[0].year)}. "
    return ""


def _others(form: Form, steps: tuple[StepNow, ...]) -> Block:
    """All steps that say something, to choose others from."""
    now = {step.rule.id for step in steps}
    found = saying.speaking_steps(form.incident, form.meeting.playbook, form.meeting.now())
    record, ids = _CHOSEN.get(form.meeting, ("", ()))
    return {
        "chosen": bool(ids) and record == form.incident.id,
        "rows": [
            {
                "key": step.rule.id,
                "label": f"{step.number} {recovery.worded(step.rule.text, form.incident)}",
                "done": step.done.status == "done",
                "on": step.rule.id in now,
            }
            for step in found
        ],
    }


def _better(form: Form, found: saying.Proposal) -> Block:
    """One way to say it, in a tone, with what the record does not tell yet."""
    incident, wording = form.incident, form.meeting.playbook.wording
    # The first tone is the one that is taken where nobody chose.
    tones = [("" if tone is wording.tone("") else name, tone.title) for name, tone in wording.tones.items()]
    tone = form.toggle("recovery.tone", "Tone", tones, small=True)
    if wording.tone(incident.recovery.tone) is wording.tone(""):
        tone["value"] = ""
    record, before, proposal = _BEFORE.get(form.meeting, ("", "", ""))
    replaced = record == incident.id and proposal == incident.recovery.wording and bool(before.strip())
    return {
        "text": found.text,
        "missing": list(found.missing),
        "tone": tone if len(tones) > 1 else None,
        "same": found.text == incident.recovery.wording,
        "yours": before if replaced else "",
    }


def _done(form: Form, steps: tuple[StepNow, ...], found: saying.Proposal) -> Block | None:
    """The button for what was said just now."""
    unsaid = _not_in_it(form, steps, found)
    said_now = tuple(step for step in steps if step.is_open and step.rule.id not in unsaid)
    if not said_now:
        return None
    channel = form.incident.recovery.channel
    how = f", {recovery.by_way(channel)}" if channel else ""
    # Which steps are done by it stands on the button: the words stay with the first of them.
    which = _steps_called(said_now)
    told = f"Said so{how}, now{f': {which} done' if which else ''}"
    return buttons(button(told, "said", steps=[step.rule.id for step in said_now]))


def _not_in_it(form: Form, steps: tuple[StepNow, ...], found: saying.Proposal) -> set[str]:
    """The steps that explain, where the words are the proposal as it stands: no proposal says why it happened."""
    if recovery.not_ours(form.incident) or form.incident.recovery.wording.strip() != found.text.strip():
        return set()
    return {step.rule.id for step in steps if step.rule.says == "explanation"}


def say_steps(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Look at the words of other steps; with none, of the next ones again."""
    steps = args.get("steps")
    _CHOSEN[meeting] = (meeting.incident.id, tuple(str(step) for step in steps) if isinstance(steps, list) else ())
    return ""


def start_words(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Start from a proposal; what stood there is in the history, and can be put back from here."""
    text, before = str(args["text"]), meeting.incident.recovery.wording
    if text.strip() and text != before:
        meeting.put(WORDS, text)
        _BEFORE[meeting] = (meeting.incident.id, before, text)
    return WORDS


def own_words(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Put the words back that a proposal took the place of."""
    meeting.put(WORDS, str(args["text"]))
    _BEFORE.pop(meeting, None)
    return WORDS


def said(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """The words were said just now: their steps are done, they stay with the first of them, and the field is free."""
    at, by = meeting.now().replace(second=0, microsecond=0), meeting.by or meeting.incident.owner
    steps = [str(step) for step in args["steps"]]
    meeting.change(lambda incident: saying.say(incident, steps, meeting.playbook, at=at, by=by))
    _CHOSEN.pop(meeting, None)
    _BEFORE.pop(meeting, None)
    return "saying"


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {
    "say-steps": say_steps,
    "start-words": start_words,
    "own-words": own_words,
    "said": said,
}
