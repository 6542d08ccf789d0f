"""Stage 5: what kind of cause each root is (R28 to R31).

Questions narrow the kinds; a person takes one. Where two people classify apart, what is chosen here is this person's
own opinion, and of the others' nothing is in the view before that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from postmortem.record import apart as rules
from postmortem.record import causes, whys
from postmortem.record.people import is_same
from postmortem.record.review import Finding
from postmortem.record.vocabulary import CATEGORIES
from postmortem.widgets import apart, opinions
from postmortem.widgets.blocks import Block, Form, button, fold, lines, note, options, section
from postmortem.widgets.keeping import UNNAMED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from postmortem.record.incident import Cause, Reply
    from postmortem.record.rules import AidQuestion
    from postmortem.record.vocabulary import Category
    from postmortem.widgets.meeting import Retrospective

_ANSWERS = (("yes", "Yes"), ("no", "No"), ("not known", "Not known"))
_OPEN = "Nobody has to decide now: an unclassified root is shown, not dropped."


def body(form: Form) -> list[Block]:
    """What the stage shows: one card a root, what would have avoided it, and how often two agree."""
    incident, playbook = form.incident, form.meeting.playbook
    if not incident.causes:
        told = "Mark a root in stage 4: the why that you can act on. Then it is classified here."
        return [note(told, strong="No root yet.")]
    names = whys.labels(incident)
    _cover(form, names)
    kinds = [f"{name[:1].upper()}{name[1:]}: {rule.means} {rule.asks}" for name, rule in playbook.categories.items()]
    blocks = [_root(form, cause, names[cause.why]) for cause in incident.causes]
    avoided = form.checks("factors", "Any number of these", _factors(form))
    blocks.append(section("What would have avoided it", avoided))
    if found := apart.counted(form.meeting):
        blocks.append({"t": "agreement", "text": str(found), "meaning": found.meaning})
    four = note("The first four count as ours. What nobody here controls stands beside them.")
    blocks.append(fold("What the kinds mean", lines(kinds), four))
    return blocks


def _cover(form: Form, names: Mapping[str, str]) -> None:
    """Leave out what the review and others' waiting texts say of roots that are covered here."""
    meeting = form.meeting
    covered = [cause for cause in form.incident.causes if apart.is_covered(meeting, cause)]
    for cause in covered:
        place = f"causes.{cause.id}"
        form.findings = [finding for finding in form.findings if not finding.where.startswith(f"{place}.")]
        form.waiting |= {item.place for item in form.incident.versions if item.place.startswith(f"{place}.")}
        if causes.opinion_of(cause, meeting.by) is None:
            told = f"root {names[cause.why]}: your own opinion is missing"
            form.findings.append(Finding("R31", "hint", f"{place}.opinions", told, "choose a kind", "classify"))


def _factors(form: Form) -> list[tuple[str, str]]:
    """The playbook's factors, and those of the record that it no longer has (R30)."""
    known = form.meeting.playbook.factors.names
    others = [name for name in dict.fromkeys(form.incident.factors) if name not in known]
    return [*options(known), *((name, f"{name} (not in the playbook)") for name in others)]


# -- a root -----------------------------------------------------------------------------------------------------------


def _root(form: Form, cause: Cause, name: str) -> Block:
    meeting, incident = form.meeting, form.incident
    why = whys.find(incident, cause.why)
    giving = apart.is_giving(meeting, cause)
    trail = apart.trail(meeting, cause)
    read_back = whys.read_back(incident, cause.why) if why.text.strip() and incident.title != UNNAMED else ()
    return {
        "t": "root",
        "key": cause.id,
        "label": name,
        "title": causes.text(incident, cause) or "(no words yet)",
        "read": list(read_back),
        "badge": apart.badge(meeting, cause, possible=why.status == "possible"),
        "body": [
            _aid(form, cause, trail, name),
            *_left(form, cause, trail, giving=giving),
            *(_own_kind(form, cause) if giving else _kind(form, cause)),
            *_words(form, cause, trail, giving=giving),
        ],
        "aside": [opinions.part(form, cause, giving=giving)],
    }


def _aid(form: Form, cause: Cause, trail: Sequence[Reply], name: str) -> Block:
    """The next question that still tells kinds apart; those answered before it; the others folded (R29)."""
    playbook = form.meeting.playbook
    said = {reply.question: reply.answer for reply in trail}
    coming = causes.next_question(trail, playbook)
    rest = [question for question in playbook.decision_aid if question.id not in said and question is not coming]
    known = {question.id: question for question in playbook.decision_aid}
    return {
        "t": "aid",
        "key": cause.id,
        "label": name,
        "answered": [_asked(cause, known[name], answer) for name, answer in said.items() if name in known],
        "ask": None
        if coming is None
        else {
            "place": f"causes.{cause.id}.trail.{coming.id}",
            "text": coming.ask,
            "options": [list(choice) for choice in _ANSWERS],
            "first": not said,
        },
        "rest": [_asked(cause, question, "") for question in rest],
    }


def _asked(cause: Cause, question: AidQuestion, answer: str) -> Block:
    return _field(
        "toggle",
        f"causes.{cause.id}.trail.{question.id}",
        question.ask,
        answer,
        do="trail",
        options=[list(choice) for choice in _ANSWERS],
        small=True,
        clear=True,
    )


def _field(kind: str, place: str, label: str, value: str, **extra: object) -> Block:
    """A field that is no field of the record: what is put in goes to a deed."""
    return {
        "t": "field",
        "kind": kind,
        "place": place,
        "label": label,
        "value": value,
        "findings": [],
        "error": "",
        **extra,
    }


def _left(form: Form, cause: Cause, trail: Sequence[Reply], *, giving: bool) -> list[Block]:
    """The kinds that are still possible, and a button to take one."""
    playbook = form.meeting.playbook
    if not trail:
        return []
    left, gone = causes.possible(trail, playbook), causes.excluded(trail, playbook)
    if not left:
        return [note("The answers exclude each other. Look at them again.", strong="Nothing is left.", tone="warn")]
    own = causes.opinion_of(cause, form.meeting.by) if giving else None
    chosen = (own.category if own else None) if giving else cause.category
    takes = [
        button(f"Take {kind}", "take", style="pri" if len(left) == 1 else "", cause=cause.id, category=kind)
        for kind in left
        if kind != chosen
    ]
    for at, item in enumerate(takes):
        item["place"] = f"causes.{cause.id}.take" if at == 0 else f"causes.{cause.id}.take.{at}"
    asks = {question.id: question.ask for question in playbook.decision_aid}
    return [
        {
            "t": "possible",
            "strong": "Still possible:",
            "text": f"{opinions.listed(left)}.",
            "kinds": list(left),
            "gone": [{"kind": kind, "because": asks.get(question, question)} for kind, question in gone.items()],
            "takes": takes,
        }
    ]


def _kind(form: Form, cause: Cause) -> list[Block]:
    """The kind of the root itself, chosen without the questions or after them; where two differ, after talking."""
    place, playbook = f"causes.{cause.id}", form.meeting.playbook
    settles = len(cause.opinions) > 1
    extra: dict[str, Any] = {"do": "reconcile"} if settles else {}
    rule = playbook.categories[cause.category] if cause.category else None
    label = "Kind, after talking it over" if settles and causes.differ(cause) else "Kind of cause"
    choices = options(CATEGORIES)
    # Where several have spoken, pressing the kind that stands is no wish to have none.
    toggle = form.toggle(
        f"{place}.category", label, choices, shapes=True, clear=not settles, help=rule.means if rule else _OPEN, **extra
    )
    below = options(rule.below, empty="not said") if rule and rule.below else []
    if not below and cause.subcategory:
        below = [("", "not said")]
    return [toggle, *([form.choice(f"{place}.subcategory", "More exactly", below)] if below else [])]


def _own_kind(form: Form, cause: Cause) -> list[Block]:
    """This person's own opinion, kept as it is chosen; the others do not see it before they have given theirs."""
    own = causes.opinion_of(cause, form.meeting.by)
    rule = form.meeting.playbook.categories[own.category] if own else None
    first = not any(not is_same(by, form.meeting.by) for by in causes.people(cause))
    covered = apart.is_covered(form.meeting, cause)
    return [
        _field(
            "toggle",
            f"causes.{cause.id}.category",
            "Kind of cause" if first and not covered else "Your opinion",
            own.category if own else "",
            do="opinion",
            options=[list(choice) for choice in options(CATEGORIES)],
            shapes=True,
            help=rule.means if rule else _OPEN if not covered else "",
            findings=form.found_at(f"causes.{cause.id}.category"),
        )
    ]


def _words(form: Form, cause: Cause, trail: Sequence[Reply], *, giving: bool) -> list[Block]:
    """Why this kind; the answers offer a sentence to start from."""
    place, own = f"causes.{cause.id}.reason", causes.opinion_of(cause, form.meeting.by)
    offered = causes.sentence(trail, form.meeting.playbook)
    value = (own.reason if own else "") if giving else cause.reason
    # Where several have spoken, one person's answers are no reason for all.
    alone = giving or len(cause.opinions) < 2  # noqa: PLR2004 - two people
    under = {"t": "offered", "key": cause.id, "text": offered} if alone and offered and offered != value else None
    if not giving:
        people = list(dict.fromkeys(opinion.by for opinion in cause.opinions if opinion.by))
        differ = causes.differ(cause)
        help_ = f"Say what each saw and what decided it; name {opinions.listed(people, 'and')}." if differ else ""
        return [form.area(place, "Why this kind", optional=not differ, help=help_, under=under)]
    if own is None:
        return []
    findings = form.found_at(place)
    label = "Why this kind"
    return [_field("area", place, label, value, do="opinion-reason", optional=True, findings=findings, under=under)]


# -- what is done here ------------------------------------------------------------------------------------------------


def trail(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Keep the answer to one question; after a new one the focus goes to the next, or to what is left to take."""
    _, cause, _, question = str(args["place"]).split(".", 3)
    said = str(args["value"])
    before = apart.trail(meeting, causes.find(meeting.incident, cause))
    apart.answer(meeting, cause, question, said)
    if not said or any(reply.question == question for reply in before):
        return ""
    now = apart.trail(meeting, causes.find(meeting.incident, cause))
    coming = causes.next_question(now, meeting.playbook)
    return f"causes.{cause}.trail.{coming.id}" if coming else f"causes.{cause}.take"


def take(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Take a kind that the answers left; where nothing is said yet, the answers become the reason, to be reworded."""
    key, category = str(args["cause"]), str(args["category"])
    found = causes.find(meeting.incident, key)
    way = apart.trail(meeting, found)
    words = causes.sentence(way, meeting.playbook)
    if apart.is_giving(meeting, found):
        own = causes.opinion_of(found, meeting.by)
        reason = (own.reason if own else "") or words
        meeting.change(rules.opine, key, meeting.by, cast("Category", category), reason=reason, trail=way or None)
    elif len(found.opinions) > 1:
        return opinions.settled(meeting, key, category)
    else:
        reason = found.reason or words
        meeting.change(lambda incident: causes.amend(incident, key, category=category, reason=reason))
    return f"causes.{key}.reason"


def use_words(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Let the answers be the reason."""
    key = str(args["cause"])
    found = causes.find(meeting.incident, key)
    words = causes.sentence(apart.trail(meeting, found), meeting.playbook)
    place = f"causes.{key}.reason"
    if apart.is_giving(meeting, found):
        opinions.opinion_reason(meeting, {"place": place, "value": words})
    else:
        meeting.put(place, words)
    return place


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {
    "trail": trail,
    "take": take,
    "use-words": use_words,
    **opinions.DO,
}
