"""What an audience does not see (R41), taken out of the record before a page is made from it.

A summary for managers is built from an incident in which no text names the customer any more, and a letter is built
from the few fields that a customer may read. So nothing can slip into a file by way of a template.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from postmortem.record.base import Value
from postmortem.record.phrases import phrases
from postmortem.report.wording import clean, seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from postmortem.record.incident import Action, Cause, Checklist, Customer, Incident, Why
    from postmortem.record.playbook import Playbook

Part = TypeVar("Part", bound=Value)

# Words that name nobody: they stay, wherever they stand.
_SMALL: Final = frozenset(
    word
    for line in (
        "the and for from with without near von van der den das die del los las les des une to in on at by an or is it",
        "as we us our call their his her not no known unknown none of mr mrs ms miss dr herr frau sir madam customer",
        "customers client clients ltd inc llc plc gmbh corp com org net www http https mail email phone tel mobile fax",
    )
    for word in line.split()
)
# Words that many share: hidden only where they are written as a name is, with a capital.
_SHARED: Final = frozenset(
    word
    for line in (
        "guest guests passenger passengers resident residents tenant tenants family household couple people person",
        "business businesses company companies office offices flat apartment room house building floor street road",
        "lane avenue square place court close park party group team school hotel clinic hospital practice shop store",
        "station airport airline airlines service services line crew desk colleague colleagues north south east west",
        "old new upper lower great little main high water power gas heating first second one two three five nine",
    )
    for word in line.split()
)
_TOKEN = re.compile(r"[^\W_]+")
_OPENING = " \t\"'(\N{LEFT DOUBLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}"
_TITLES: Final = "the|mr|mrs|ms|miss|dr|herr|frau"
_FAR_EAST = 0x2E80
_LONG_NUMBER = 5
_PHONE_DIGITS = 6
_PHONE_TAIL = 7
_JOINED = 6
_SHORT = 2


@dataclass(frozen=True, slots=True)
class Redaction:
    """Words that may not be read, and what stands in their place.

    Attributes:
        instead: What is read instead.
        pattern: What is hidden; `None` hides nothing.

    Examples:
        >>> hidden = of_customer("Residents of 14 Mill Lane", "555 0142")
        >>> hidden("At 14 Mill Lane the line was dead; they called from 5550142.")
        'At the customer the line was dead; they called from the customer.'
        >>> hidden("mill lane's phone")
        "The customer's phone"
    """

    instead: str
    pattern: re.Pattern[str] | None

    def __call__(self, text: str) -> str:
        """The text without what is hidden."""
        if self.pattern is None or not text:
            return text
        # What can't be seen is left out of every page later: it must not part a name before.
        text = seen(text)
        said = self.pattern.sub(self._in_place, text)
        if said == text:
            return text
        again = rf"({re.escape(self.instead)})(?:(?:[\s,&/+-]+|\s+and\s+)(?:the\s+)?{re.escape(self.instead)})+"
        return re.sub(again, r"\1", said, flags=re.IGNORECASE)

    def hides(self, text: str) -> bool:
        """Whether there is something to hide in a text."""
        return self.pattern is not None and self(text) != seen(text)

    def _in_place(self, match: re.Match[str]) -> str:
        before = match.string[: match.start()].rstrip(_OPENING)
        return self.instead[:1].upper() + self.instead[1:] if not before or before[-1] in ".!?\n" else self.instead


def _bounded(pattern: str, first: str, last: str) -> str:
    left = r"(?<![^\W_])" if first.isalnum() and ord(first) < _FAR_EAST else ""
    right = r"(?![^\W_])" if last.isalnum() and ord(last) < _FAR_EAST else ""
    return f"{left}{pattern}{right}"


def _whole(text: str) -> list[str]:
    """Patterns for a text as it is written, and with other marks between its words."""
    text = clean(text)
    if not text or text.lower() in _SMALL or all(unicodedata.category(sign)[0] in "PZ" for sign in text):
        # Somebody put a dash or a question mark: hidden, every one of the report would be.
        return []
    literal = r"\s+".join(re.escape(part) for part in text.split())
    found = [f"(?i:{_bounded(literal, text[0], text[-1])})"]
    tokens = _TOKEN.findall(text)
    if len(tokens) > 1 and not all(token.lower() in _SMALL for token in tokens):
        between = r"[\W_]*" if len("".join(tokens)) >= _JOINED else r"[\W_]+"
        loose = between.join(re.escape(token) for token in tokens)
        found.append(f"(?i:{_bounded(loose, tokens[0][0], tokens[-1][-1])})")
    return found


def _word(word: str) -> str:
    """The pattern for one word of a name, or nothing where it names nobody."""
    lower = word.lower()
    if lower in _SMALL:
        return ""
    if word.isdecimal():
        return _bounded(word, word[0], word[-1]) if len(word) >= _LONG_NUMBER else ""
    if len(word) < _SHORT or (len(word) == _SHORT and not word[0].isupper()):
        return ""
    plural = "s?" if len(word) > _SHORT else ""
    if lower in _SHARED or len(word) == _SHORT:
        return _bounded(f"(?:{re.escape(word)}|{re.escape(word.title())}){plural}", word[0], word[-1])
    return f"(?i:{_bounded(re.escape(word) + plural, word[0], word[-1])})"


def _words(text: str) -> list[str]:
    """Patterns for what of a name tells who it is; small words and numbers beside it go along."""
    tokens = _TOKEN.findall(seen(text))
    telling = list(dict.fromkeys(filter(None, map(_word, tokens))))
    if not telling:
        return []
    core = f"(?:{'|'.join(sorted(telling, key=len, reverse=True))})"
    beside = sorted({re.escape(token) for token in tokens if token[0].isupper() or token.isdecimal()}, key=len)
    if not beside:
        return [core]
    side = rf"(?i:(?<![^\W_])(?:{'|'.join(reversed(beside))})(?![^\W_]))"
    return [rf"(?:{side}[\s.,]{{1,3}}){{0,6}}{core}(?:[\s.,]{{1,3}}(?:{core}|{side}))*"]


def _phones(text: str) -> list[str]:
    gap = r"[\s\-./()]*"
    found = []
    for run in re.findall(r"\+?\d[\d\s\-./()]*\d", text):
        digits = re.sub(r"\D", "", run)
        if len(digits) >= _PHONE_DIGITS:
            found.append(rf"(?<!\d)\+?(?:\d{gap}){{0,8}}{gap.join(digits[-_PHONE_TAIL:])}(?!\d)")
    return found


def _redaction(patterns: Iterable[str], instead: str, before: str = "") -> Redaction:
    parts = list(dict.fromkeys(patterns))
    if not parts:
        return Redaction(instead, None)
    before = rf"(?:(?<![^\W_])(?i:{before})\.?\s+)?" if before else ""
    return Redaction(instead, re.compile(f"{before}(?:{'|'.join(parts)})"))


def of_customer(name: str, contact: str = "") -> Redaction:
    """What hides a customer (R41): name and contact as written, each telling word, the number in any grouping."""
    name, contact = seen(name), seen(contact)
    patterns = [*_whole(contact), *_whole(name)]
    patterns += [part for piece in re.split(r"[,;|]", contact) if len(piece.split()) > 1 for part in _whole(piece)]
    mails = [word.strip("<>,;()") for word in contact.split() if "@" in word]
    patterns += [part for mail in mails for part in _whole(mail)]
    # Of a contact, only what is written as a name or stands in an address tells who it is; "manager" does not.
    telling = [word for word in contact.split() if word[:1].isupper() or "@" in word]
    patterns += [*_phones(contact), *_words(name), *_words(" ".join(telling))]
    return _redaction(patterns, "the customer", _TITLES)


def of_values(values: Iterable[str]) -> Redaction:
    """What hides some customers' names and contacts wherever they stand as a whole: in any case, in any grouping.

    A name of one word is hidden only as it is written, or in capitals: in texts about others it may be any word.

    Examples:
        >>> hidden = of_values(["Harbour House", "Grace", "01632 960200"])
        >>> hidden("Grace of harbour-house rang from 01632/960 200 with good grace; the house was dark.")
        'The customer of the customer rang from the customer with good grace; the house was dark.'
    """
    patterns: list[str] = []
    for value in values:
        if len(_TOKEN.findall(value)) == 1 and not any(ord(sign) >= _FAR_EAST for sign in value):
            word = unicodedata.normalize("NFC", value.strip())
            forms = "|".join(dict.fromkeys(map(re.escape, (word, word.upper(), word.title()))))
            patterns.append(_bounded(f"(?:{forms})", word[0], word[-1]))
        else:
            patterns += [*_whole(value), *_phones(value)]
    return _redaction(patterns, "the customer", _TITLES)


def wholes(customer: Customer) -> tuple[str, ...]:
    """The name and the contacts of a customer that tell, each as a whole, who it is.

    Examples:
        >>> from postmortem.record.incident import Customer
        >>> wholes(Customer(name="Harbour House", contact="Wilma Brackett, front desk, w@mill.example"))
        ('Harbour House', 'Wilma Brackett', 'w@mill.example')
    """
    contacts = [piece.strip() for piece in re.split(r"[,;|]", customer.contact)]
    names = [piece for piece in contacts if sum(word[0].isupper() for word in telling(piece, shared=True)) > 1]
    numbers = [piece for piece in contacts if phone_tails(piece)]
    mails = re.findall(r"[^\s<>,;()|]+@[^\s<>,;()|]+", customer.contact)
    name = customer.name.strip()
    return tuple(dict.fromkeys([*([name] if telling(name) else []), *names, *numbers, *mails]))


def telling(text: str, *, shared: bool = False) -> tuple[str, ...]:
    """The words of a name that tell, each by itself, who it is.

    Args:
        text: A name.
        shared: Whether those count too that many share, such as "house".

    Examples:
        >>> telling("The Brackett House, 14 Mill Lane")
        ('Brackett', 'Mill')
    """
    words = filter(_word, _TOKEN.findall(unicodedata.normalize("NFC", text)))
    if shared:
        return tuple(words)
    return tuple(
        word for word in words if word.lower() not in _SHARED and (len(word) > _SHORT or ord(word[0]) >= _FAR_EAST)
    )


def phone_tails(text: str) -> tuple[str, ...]:
    """The digits by which a telephone number is known however it is written: at most the last seven.

    Examples:
        >>> phone_tails("Wilma, +44 20 555 0142 or 112")
        ('5550142',)
    """
    runs = (re.sub(r"\D", "", run) for run in re.findall(r"\+?\d[\d\s\-./()]*\d", text))
    return tuple(digits[-_PHONE_TAIL:] for digits in runs if len(digits) >= _PHONE_DIGITS)


def of_colleagues(
    incident: Incident, playbook: Playbook, instead: str = "a colleague", *, roles: bool = True
) -> Redaction:
    """What hides the colleagues in a letter: every name and role that the record has in a field for one (R41).

    A team's own name stays: the letter comes from it.

    Args:
        incident: The record.
        playbook: The rules in force, with the first names by which a person is known.
        instead: What is read in place of a name.
        roles: Whether what is no person's name is hidden, too.
    """
    seen_by = {moment.seen_by.strip() for moment in incident.timeline}
    ours = {name.strip() for name in _colleagues(incident)}
    told = dict.fromkeys(name for name in sorted(ours | seen_by) if name and name != incident.team)
    patterns: list[str] = []
    for name in told:
        # Who saw a moment is often none of us: a courier, a neighbour. As a role it stays; a person's name goes.
        if name in ours and roles:
            patterns += _whole(name)
            for part in re.split(r"[,;/&()+]|\sand\s", name):
                patterns += _whole(part) if len(part.strip()) > _SHORT and part.strip().lower() not in _SHARED else []
        firsts = {first.lower() for first in playbook.names.first}
        tokens = _TOKEN.findall(name)
        if any(token.lower() in firsts for token in tokens) or (
            len(tokens) > 1 and all(token[0].isupper() for token in tokens)
        ):
            patterns += _words(name)
    return _redaction(patterns, instead, f"{_TITLES}|an?|our|my|your|their|every|each")


def _colleagues(incident: Incident) -> Iterator[str]:
    said = incident.recovery
    yield from (incident.owner, incident.evaluation.by, said.escalation.handed_to)
    yield from (step.by for step in said.steps)
    yield from (owed.approved_by for owed in said.compensation)
    yield from (why.by for why in incident.whys)
    yield from (opinion.by for cause in incident.causes for opinion in cause.opinions)
    yield from (action.owner for action in incident.actions)
    yield from (promise.who for promise in incident.commitments)
    yield from (name for signature in incident.signatures for name in (signature.by, signature.role))
    yield from (checklist.by for checklist in incident.checklists)
    yield from (run.by for checklist in incident.checklists for run in checklist.runs)
    yield from (kept.by for kept in incident.kept)


def of_causes(incident: Incident) -> Redaction:
    """What finds the wording of causes in a text that a customer would read (R41)."""
    told = [why.text for why in incident.whys]
    told += [evidence.text for why in incident.whys for evidence in why.evidence]
    told += [text for cause in incident.causes for text in (cause.reason, cause.accepted_because)]
    told += [opinion.reason for cause in incident.causes for opinion in cause.opinions]
    sentences = (text.strip().rstrip(".!;,") for text in told)
    return _redaction((part for text in sentences if len(text.split()) > _SHORT for part in _whole(text)), "this")


def of_ids(incident: Incident) -> Redaction:
    """What takes the ids of causes, actions and linked records out of a text."""
    parts: tuple[Why | Cause | Action | Checklist, ...] = (
        *incident.whys,
        *incident.causes,
        *incident.actions,
        *incident.checklists,
    )
    ids = [part.id for part in parts]
    ids += [cause.recurring_id for cause in incident.causes] + [link.incident_id for link in incident.links]
    telling = sorted({name for name in ids if any(sign.isdecimal() for sign in name)}, key=len, reverse=True)
    words = "|".join(_bounded(re.escape(name), name[0], name[-1]) for name in telling)
    return Redaction("", re.compile(rf"\s*[(\[](?:{words})[)\]]|(?:{words})[:,]?\s?") if words else None)


def without_names(text: str, playbook: Playbook, known: Customer, instead: str = "somebody") -> str:
    """A text without what looks like a person's name, other than the customer's own (R26)."""
    own = {token.lower() for token in _TOKEN.findall(known.name)}
    for phrase in reversed([found for found in phrases(text, "whys", playbook) if found.group == "names"]):
        if not {token.lower() for token in _TOKEN.findall(phrase.text)} <= own | _SMALL:
            text = f"{text[: phrase.start]}{instead}{text[phrase.start + len(phrase.text) :]}"
    return text


# Fields that hold a key of the playbook. A key stays; what is no key is a text like any other.
_KEYS: Final = frozenset(
    {"kind", "channel", "procedure", "form", "question", "answer", "factors", "subcategory", "not_known"}
)


def vocabulary(playbook: Playbook) -> frozenset[str]:
    """Every word that a field may have from the playbook instead of from a person."""
    words = {*playbook.kinds.names, *playbook.channels, *playbook.procedures.presets, *playbook.forms}
    words |= {*playbook.factors.names, *(question.id for question in playbook.severity.questions), "yes", "no"}
    words |= {answer for question in playbook.severity.questions for answer in question.choices}
    words |= {question.id for question in playbook.decision_aid} | {"not known"}
    return frozenset(words | {below for rules in playbook.categories.values() for below in rules.below})


def with_texts(value: Part, change: Callable[[str], str], keys: frozenset[str]) -> Part:
    """The same value with every typed text changed; ids, fixed words and keys of the playbook stay.

    Args:
        value: A part of a record, or the whole.
        change: What is done to a text.
        keys: The words that stay in fields which hold a key of the playbook.
    """
    new: dict[str, Any] = {}
    for name, field in type(value).model_fields.items():
        old = getattr(value, name)
        spared = keys if name in _KEYS else frozenset[str]()
        if isinstance(old, Value):
            new[name] = with_texts(old, change, keys)
        elif isinstance(old, tuple) and old and isinstance(old[0], Value):
            new[name] = tuple(with_texts(part, change, keys) for part in old)
        elif field.annotation == tuple[str, ...]:
            new[name] = tuple(part if part in spared else change(part) for part in old)
        elif field.annotation is str and not field.metadata:
            new[name] = old if old in spared else change(old)
    # Not checked again: a text may be changed to anything, and ids and references are as they were.
    return value.model_copy(update=new)
