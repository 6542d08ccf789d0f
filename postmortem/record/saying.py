"""The words to the customer: a proposal from the record, and how given words may be heard (R13 to R15, R20).

A proposal is a start, never more: it is spoken by a person, who changes it as it fits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from postmortem.record import blanks as from_record
from postmortem.record import compensation, offering, people, recovery, talks
from postmortem.record.phrases import has, heard, phrases, side_by_side
from postmortem.record.sentences import WHOSE, blanks_in, filled, ways
from postmortem.record.wordbook import PARTS, PartName

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from postmortem.record.blanks import Blanks
    from postmortem.record.incident import Incident
    from postmortem.record.phrases import Phrase
    from postmortem.record.playbook import Playbook
    from postmortem.record.recovery import StepNow
    from postmortem.record.sentences import Sentence
    from postmortem.record.wordbook import Tone

NOT_THERE: Final = "-"
"""The mark of what is not there at all."""
_EXPLAIN: Final = "Why it happened is yours to say, in a sentence: what we did or left out, and no reason beside it."
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_NEXT: Final = re.compile(r"(?<=[.!?…])\s+")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What may be said.

    Attributes:
        text: The words; empty where nothing can be said of these parts.
        missing: What the record does not tell yet, as sentences: each would make the words fuller.
    """

    text: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """One place in the words, and how it may be heard.

    Attributes:
        letter: Its mark, `a`, `b`, …; a dash for what is not there at all.
        rule: The rule of the playbook.
        group: The group of words it belongs to.
        text: The words as they stand there; empty for what is not there.
        start: Where they begin, counted in characters from 0.
        says: How it may be heard, in a few words.
        why: The same in a sentence, with what the record knows of it.
        better: A better form from this record; empty where it has none.
    """

    letter: str
    rule: str
    group: str
    text: str
    start: int
    says: str
    why: str
    better: str


def proposal(
    incident: Incident,
    playbook: Playbook,
    *,
    steps: Iterable[str] = (),
    parts: Iterable[PartName] = (),
    tone: str = "",
    known: Blanks | None = None,
) -> Proposal:
    """One way to say what belongs to some steps, from the record alone.

    It begins with the admission, also where only later steps are told (R13). No cause, no colleague and no blame stands
    in it (R15, R41); where it was not our mistake, it admits nothing (R14).

    Args:
        incident: The record.
        playbook: The rules in force; its `wording` holds the templates.
        steps: Which steps of the procedure, by their ids.
        parts: Which parts, where no steps are named; without either, an admission and an apology.
        tone: In which tone; where none is named, in the one the record chose, else in the first of the templates.
        known: What the record fills in (`record.blanks`), where that is at hand.

    Examples:
        >>> from postmortem.record.incident import Impact, Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> left = Impact(happened="We left without plugging your main switch back in")
        >>> print(proposal(Incident(title="Off", fault="ours", impact=left), default_playbook()).text)
        We left without plugging your main switch back in. That was our mistake, and I am sorry.
    """
    chosen = playbook.wording.tone(tone or incident.recovery.tone)
    said = parts_of(incident, playbook, steps)
    if said:
        # Whatever is said later, too: what we did comes first (R13).
        said = tuple(dict.fromkeys(("admission", *(part for part in said if part == "apology"), *said)))
    said = said or tuple(parts) or ("admission", "apology")
    known = known or from_record.blanks(incident, playbook)
    texts, missing = list[str](), list[str]()
    for sentences in _templates(chosen, said, incident):
        found = _filled(sentences, known.filled, playbook)
        texts.append(found.text)
        missing += [known.missing.get(name, "") for name in found.missing]
    if "explanation" in said and not recovery.not_ours(incident):
        missing.append(_EXPLAIN)
    text = " ".join(dict.fromkeys(text for text in texts if text))
    return Proposal(text, tuple(dict.fromkeys(told for told in missing if told)))


def parts_of(incident: Incident, playbook: Playbook, steps: Iterable[str]) -> tuple[PartName, ...]:
    """What is said in some steps, in the order of the steps; each part once."""
    wanted = set(steps)
    rules = recovery.procedure(incident, playbook).steps
    return tuple(dict.fromkeys(rule.says for rule in rules if rule.id in wanted and rule.says in PARTS))


def template(tone: Tone, part: PartName, incident: Incident) -> tuple[Sentence, ...]:
    """The sentences of one part, as they fit whose mistake it was; none where there is nothing to admit."""
    whose = WHOSE.get(incident.fault, "")
    own: Mapping[PartName, tuple[Sentence, ...]] = getattr(tone, whose) if whose else {}
    if part in own:
        return own[part]
    return () if whose == "not_ours" and part == "admission" else tone.say[part]


def _templates(tone: Tone, said: tuple[PartName, ...], incident: Incident) -> list[tuple[Sentence, ...]]:
    """The sentences of each part in their order; the admission and the apology that follows it in one breath."""
    if tone.joined and incident.fault == "ours" and said[:2] == ("admission", "apology"):
        return [tone.joined, *(template(tone, part, incident) for part in said[2:])]
    return [template(tone, part, incident) for part in said]


@dataclass(frozen=True, slots=True)
class _Filled:
    text: str
    missing: tuple[str, ...]


def _filled(sentences: Sequence[Sentence], known: Mapping[str, str], playbook: Playbook) -> _Filled:
    texts, missing = list[str](), list[str]()
    for sentence in sentences:
        taken = next((way for way in ways(sentence) if _said(way, known, playbook)), "")
        texts.append(_said(taken, known, playbook) if taken else "")
        if not blanks_in(taken):
            # Nothing of the record stands in it: the first way is the fullest, and says what is missing.
            missing += [name for name in blanks_in(ways(sentence)[0]) if name not in known]
    return _Filled(" ".join(text for text in texts if text), tuple(missing))


def _said(way: str, known: Mapping[str, str], playbook: Playbook) -> str:
    """One sentence with its blanks filled; nothing where one is unknown, or where it could be heard amiss."""
    text = from_record.first_up(filled(way, known).strip())
    return "" if phrases(text, "wording", playbook) else text


def hearing(
    incident: Incident, playbook: Playbook, text: str | None = None, *, tone: str = "", known: Blanks | None = None
) -> tuple[Heard, ...]:
    """How words may be heard, each place with a letter and a better form from this record (R13, R15, R20).

    Args:
        incident: The record; its own words where no others are given.
        playbook: The rules in force.
        text: Other words.
        tone: In which tone better forms are told; where none is named, in the record's.
        known: What the record fills in (`record.blanks`), where that is at hand.

    Examples:
        >>> from postmortem.record.incident import Impact, Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> off = Incident(title="Off", fault="ours", impact=Impact(happened="We cut your line", customer_min=90))
        >>> for place in hearing(off, default_playbook(), "We are sorry if this upset you."):
        ...     print(place.letter, place.says, place.better)
        a “If” is heard as doubt. We cut your line. That was our mistake, and I am sorry.
        - No admission yet. We cut your line. That was our mistake.
    """
    if text is None:
        found = _in_field(incident, playbook, admitted=_is_admitted(incident, playbook))
    else:
        found = _in(text, incident, playbook)
    return _told(found, _better_blanks(incident, playbook, tone, known), playbook) if found else ()


def _in(words: str, incident: Incident, playbook: Playbook) -> list[Phrase]:
    return side_by_side(heard(words, playbook, incident.fault, people.colleagues(incident)))


def _in_field(incident: Incident, playbook: Playbook, *, admitted: bool) -> list[Phrase]:
    """What was admitted in a talk before need not be admitted in each."""
    found = _in(incident.recovery.wording, incident, playbook)
    return [phrase for phrase in found if phrase.text or not admitted]


def _told(found: Sequence[Phrase], known: Mapping[str, str], playbook: Playbook) -> tuple[Heard, ...]:
    told, number = list[Heard](), 0
    for phrase in found:
        letter = _letter(number) if phrase.text else NOT_THERE
        number += bool(phrase.text)
        fact = _from(phrase.fact, known, playbook)
        why = f"“{phrase.text}” {phrase.ask}" if phrase.text else from_record.first_up(phrase.ask)
        why = f"{why}." if why[-1:] not in ".!?" else why
        told.append(
            Heard(
                letter,
                phrase.rule,
                phrase.group,
                phrase.text,
                phrase.start,
                phrase.says,
                f"{why} {fact}".strip(),
                _from(phrase.better, known, playbook),
            )
        )
    return tuple(told)


def _is_admitted(incident: Incident, playbook: Playbook) -> bool:
    """Whether the admission was made in a talk whose words are kept."""
    said = (talk.words for talk in talks.had(incident) if talk.step)
    return any(has(words, "admission", playbook) for words in said)


def heard_of(incident: Incident, playbook: Playbook) -> tuple[tuple[str, Heard], ...]:
    """How all words may be heard, those in the field and those that were said, each with where it stands (R13, R20).

    That nothing was admitted is told once: of the first of the talks.

    Examples:
        >>> from postmortem.record.incident import Incident, Recovery, RecoveryStep
        >>> from postmortem.record.playbook import default_playbook
        >>> told = RecoveryStep(id="admit", status="done", words="We cut it. Sorry if you noticed.")
        >>> off = Incident(title="Off", fault="ours", recovery=Recovery(steps=(told,)))
        >>> [(place, found.rule) for place, found in heard_of(off, default_playbook())]
        [('recovery.steps.admit.words', 'R20')]
    """
    admitted = _is_admitted(incident, playbook)
    found = {talks.FIELD: _in_field(incident, playbook, admitted=admitted)}
    for number, talk in enumerate(talk for talk in talks.had(incident) if talk.step):
        places = _in(talk.words, incident, playbook)
        found[talk.place] = [place for place in places if place.text or (number == 0 and not admitted)]
    if not any(found.values()):
        return ()
    known = _better_blanks(incident, playbook)
    return tuple((where, heard) for where, places in found.items() for heard in _told(places, known, playbook))


def _letter(number: int) -> str:
    turn, at = divmod(number, len(_LETTERS))
    return _LETTERS[at] + (str(turn + 1) if turn else "")


def _better_blanks(
    incident: Incident, playbook: Playbook, tone: str = "", known: Blanks | None = None
) -> dict[str, str]:
    known = known or from_record.blanks(incident, playbook)
    filled, both = dict(known.filled), tuple[PartName, ...](("admission", "apology"))
    for name, parts in {"admission": both[:1], "apology": both[1:], "sorry": both}.items():
        filled[name] = proposal(incident, playbook, parts=parts, tone=tone, known=known).text
    return {name: text for name, text in filled.items() if text or name.startswith("when_")}


def _from(better: str, known: Mapping[str, str], playbook: Playbook) -> str:
    """A better form, sentence by sentence: what the record cannot fill is left out."""
    return " ".join(said for sentence in _NEXT.split(better.strip()) if (said := _said(sentence, known, playbook)))


# -- which steps are told next ------------------------------------------------------------------------------------


def next_steps(
    incident: Incident, playbook: Playbook, now: datetime, known: Blanks | None = None
) -> tuple[StepNow, ...]:
    """The open steps that say something and are told in one talk: the next one, and those that follow right after.

    A step that comes only days later is told by itself, and an offer waits for its approval (R18).

    Args:
        incident: The record.
        playbook: The rules in force.
        now: The moment of looking; aware.
        known: What the record fills in (`record.blanks`), where that is at hand.

    Examples:
        >>> from datetime import datetime
        >>> from postmortem.record.incident import Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> now = datetime.fromisoformat("2026-03-11T12:00Z")
        >>> [step.number for step in next_steps(Incident(title="Off", fault="ours"), default_playbook(), now)]
        [1, 2, 3, 4]
    """
    found: list[StepNow] = []
    for step in recovery.steps(incident, playbook, now):
        speaks = (
            bool(step.rule.says)
            and step.is_open
            and not (step.rule.says == "offer" and _waits(incident, playbook, known))
        )
        if not speaks and found:
            break
        if not speaks:
            continue
        if step.rule.target == "follow_up":
            if not found:
                found.append(step)
            break
        found.append(step)
    return tuple(found)


def speaking_steps(incident: Incident, playbook: Playbook, now: datetime) -> tuple[StepNow, ...]:
    """All steps of the procedure in force that say something."""
    return tuple(step for step in recovery.steps(incident, playbook, now) if step.rule.says)


def _waits(incident: Incident, playbook: Playbook, known: Blanks | None) -> bool:
    """Whether an offer has nothing that may be offered now."""
    filled = (known or from_record.blanks(incident, playbook)).filled
    return not {"back", "credit", "given"} & filled.keys()


# -- what is done with the words ------------------------------------------------------------------------------------


def say(
    incident: Incident,
    steps: Iterable[str],
    playbook: Playbook,
    *,
    at: datetime,
    by: str = "",
    channel: str = "",
) -> Incident:
    """Note that the words of some steps were said: each step is done, then, by the channel that was chosen.

    The words in the field are kept with the first of the steps, and the field is free for the next talk. With the step
    that offers, what is owed was offered, as far as nobody has to approve it; the step stays to do while something is
    left (R18).

    Raises:
        UnknownNodeError: If there is no such step.
        DataError: If a value does not fit.

    Examples:
        >>> from datetime import datetime
        >>> from postmortem.record.incident import Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> noon = datetime.fromisoformat("2026-03-11T12:00Z")
        >>> said = say(Incident(title="Off"), ["explain-mistake", "apologise"], default_playbook(), at=noon)
        >>> [step.status for step in said.recovery.steps], said.told_at == noon
        (['done', 'done'], True)
    """
    how = channel or incident.recovery.channel
    says = {rule.id: rule.says for rule in recovery.procedure(incident, playbook).steps}
    done: list[str] = []
    for step in steps:
        if says.get(step) == "offer":
            incident = offering.offer_rest(incident, playbook, at)
            if any(item.to_offer > 0 for item in compensation.outstanding(incident, playbook)):
                continue
        incident = recovery.do(incident, step, playbook, at=at, by=by, channel=how)
        done.append(step)
    first = next((step for step in says if step in done), done[0] if done else "")
    return talks.keep(incident, first) if first else incident
