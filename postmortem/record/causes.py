"""Roots and their kind (R28 to R31): marking, the questions that narrow the kind, classifying, reconciling.

Who may see whose opinion stands in `apart`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args

from postmortem.record import edit, whys
from postmortem.record.edit import changed, forget, made, next_id, retired
from postmortem.record.errors import DataError, Problem, UnknownNodeError, near
from postmortem.record.incident import Cause, Incident, Opinion, Reply
from postmortem.record.people import is_same, key
from postmortem.record.vocabulary import CATEGORIES, Answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from postmortem.record.playbook import Playbook
    from postmortem.record.rules import AidQuestion
    from postmortem.record.vocabulary import Category

_ANSWERS: Final[tuple[str, ...]] = get_args(Answer)


def find(incident: Incident, cause: str) -> Cause:
    """The cause of an id.

    Raises:
        UnknownNodeError: If there is none.
    """
    for candidate in incident.causes:
        if candidate.id == cause:
            return candidate
    raise UnknownNodeError("cause", cause, [candidate.id for candidate in incident.causes])


def text(incident: Incident, cause: Cause) -> str:
    """How the cause is worded: as the why it is marked at."""
    return whys.find(incident, cause.why).text


def mark_root(incident: Incident, why: str) -> Incident:
    """Mark a why as a root, not classified yet; a root stays as it is.

    Raises:
        UnknownNodeError: If there is no such why.
    """
    whys.find(incident, why)
    if whys.root_at(incident, why) is not None:
        return incident
    return changed(incident, causes=(*incident.causes, Cause(id=next_id("c", incident.causes, incident.gone), why=why)))


def unmark_root(incident: Incident, why: str) -> Incident:
    """Take the mark away; actions that answered the root stay and lose it."""
    root = whys.root_at(incident, why)
    if root is None:
        return incident
    without = changed(
        forget(incident, f"causes.{root.id}"),
        causes=tuple(cause for cause in incident.causes if cause is not root),
        actions=tuple(
            changed(action, causes=tuple(name for name in action.causes if name != root.id))
            for action in incident.actions
        ),
    )
    return retired(without, root.id)


def amend(incident: Incident, cause: str, **changes: object) -> Incident:
    """Change fields of a cause.

    Raises:
        UnknownNodeError: If there is no such cause.
        DataError: If a value does not fit.
    """
    found = find(incident, cause)
    new = changed(found, **changes)
    return changed(incident, causes=tuple(new if item is found else item for item in incident.causes))


def classify(
    incident: Incident,
    cause: str,
    category: Category | None,
    *,
    reason: str = "",
    subcategory: str = "",
    trail: tuple[Reply, ...] = (),
) -> Incident:
    """Name the kind of a root, with the reason and the answers that led there (R28, R29)."""
    return amend(incident, cause, category=category, reason=reason, subcategory=subcategory, trail=trail)


# -- the questions that narrow the kind (R29) -------------------------------------------------------------------------


def answer(incident: Incident, cause: str, question: str, said: str) -> Incident:
    """Answer one question of the decision aid; the answers stay as the way to the kind, in the order they were given.

    The kind itself is not changed: a person takes it (`classify`).

    Args:
        incident: The record; it stays as it is.
        cause: Which root.
        question: The id of the question in the playbook.
        said: `yes`, `no` or `not known`; empty takes an answer back.

    Raises:
        UnknownNodeError: If there is no such cause.
        DataError: If it is no answer.

    Examples:
        >>> late = mark_root(whys.answer(Incident(title="Late"), None, "The van was full"), "w1")
        >>> [(it.question, it.answer) for it in answer(late, "c1", "allowed", "no").causes[0].trail]
        [('allowed', 'no')]
    """
    return amend(incident, cause, trail=replied(find(incident, cause).trail, question, said))


def replied(trail: Sequence[Reply], question: str, said: str) -> tuple[Reply, ...]:
    """The answers with another one to a question, in its place; an empty one takes it back.

    Raises:
        DataError: If it is no answer.
    """
    if said and said not in _ANSWERS:
        hint = near(said, _ANSWERS)
        found = Problem(
            question, f"expected yes, no or not known, found {said!r}", f"did you mean {hint!r}?" if hint else ""
        )
        raise DataError("answer", [found])
    return edit.replied(trail, question, said)


def possible(trail: Sequence[Reply], playbook: Playbook) -> tuple[Category, ...]:
    """The kinds that stay possible after some answers (R29).

    An answer "not known", or to a question that the playbook no longer has, narrows nothing.

    Examples:
        >>> from postmortem.record.playbook import default_playbook
        >>> possible((Reply(question="ours", answer="yes"), Reply(question="able", answer="no")), default_playbook())
        ('training',)
    """
    left = set(CATEGORIES)
    for _, _, stays in _steps(trail, playbook):
        left &= stays
    return tuple(category for category in CATEGORIES if category in left)


def excluded(trail: Sequence[Reply], playbook: Playbook) -> dict[Category, str]:
    """The kinds that some answers exclude, each with the id of the first question that did."""
    gone: dict[Category, str] = {}
    for question, _, stays in _steps(trail, playbook):
        for category in CATEGORIES:
            if category not in stays:
                gone.setdefault(category, question.id)
    return gone


def next_question(trail: Sequence[Reply], playbook: Playbook) -> AidQuestion | None:
    """The first question not asked yet that still tells possible kinds apart; none where one kind or none is left.

    Examples:
        >>> from postmortem.record.playbook import default_playbook
        >>> next_question((), default_playbook()).id
        'ours'
        >>> trail = (Reply(question="ours", answer="yes"), Reply(question="able", answer="no"))
        >>> next_question(trail, default_playbook()) is None
        True
    """
    left, asked = set(possible(trail, playbook)), {reply.question for reply in trail}
    for question in playbook.decision_aid:
        splits = any(left - set(stays) for stays in (question.yes, question.no))
        if len(left) > 1 and question.id not in asked and splits:
            return question
    return None


def sentence(trail: Sequence[Reply], playbook: Playbook) -> str:
    """The answers that narrowed the kind, as a reason to start from; the one that decided it first (R29).

    Examples:
        >>> from postmortem.record.playbook import default_playbook
        >>> sentence((Reply(question="ours", answer="yes"), Reply(question="able", answer="no")), default_playbook())
        'Nobody had learned it; something here is ours to change.'
    """
    left, told = set(CATEGORIES), list[str]()
    for question, said, stays in _steps(trail, playbook):
        if left - stays:
            words = question.said.get(said, "").strip().rstrip(".") or f"{question.ask} {said.capitalize()}"
            told.append(words)
        left &= stays
    text = "; ".join([*told[-1:], *told[:-1]])
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _steps(
    trail: Sequence[Reply], playbook: Playbook
) -> Iterator[tuple[AidQuestion, Literal["yes", "no"], set[Category]]]:
    questions = {question.id: question for question in playbook.decision_aid}
    for reply in trail:
        question = questions.get(reply.question)
        if question is not None and reply.answer == "yes":
            yield question, "yes", set(question.yes)
        elif question is not None and reply.answer == "no":
            yield question, "no", set(question.no)


# -- two people (R31) -------------------------------------------------------------------------------------------------


def give_opinion(incident: Incident, cause: str, by: str, category: Category, reason: str = "") -> Incident:
    """Keep how one person classified a cause apart from the others (R31).

    A second opinion of one person replaces the first.
    """
    opinion = made(Opinion, by=by, category=category, reason=reason)
    found = find(incident, cause).opinions
    if any(is_same(item.by, by) for item in found):
        # Who replaces stays where they are: the order in which people spoke is the order of the list.
        return amend(incident, cause, opinions=tuple(opinion if is_same(item.by, by) else item for item in found))
    return amend(incident, cause, opinions=(*found, opinion))


def opinion_of(cause: Cause, by: str) -> Opinion | None:
    """What one person said of a root, if anything."""
    return next((opinion for opinion in cause.opinions if is_same(opinion.by, by)), None)


def people(cause: Cause) -> tuple[str, ...]:
    """Who gave an opinion, each once, however the name was typed; in the order in which they spoke.

    Examples:
        >>> two = (Opinion(by="Ana", category="system"), Opinion(by="ana ", category="system"))
        >>> people(Cause(id="c1", why="w1", opinions=two))
        ('Ana',)
    """
    names: dict[str, str] = {}
    for opinion in cause.opinions:
        names.setdefault(key(opinion.by), opinion.by)
    return tuple(names.values())


def agreed(cause: Cause) -> Category | None:
    """The kind that all who gave an opinion named; `None` where fewer than two did, or they differ.

    Examples:
        >>> two = (Opinion(by="Ana", category="system"), Opinion(by="Ben", category="system"))
        >>> agreed(Cause(id="c1", why="w1", opinions=two)), agreed(Cause(id="c1", why="w1", opinions=two[:1]))
        ('system', None)
    """
    named = {opinion.category for opinion in cause.opinions}
    return next(iter(named)) if len(people(cause)) > 1 and len(named) == 1 else None


def differ(cause: Cause) -> bool:
    """Whether those who gave an opinion named different kinds."""
    return len({opinion.category for opinion in cause.opinions}) > 1


def who_said_what(cause: Cause) -> str:
    """Each person with the kind that they named, as a reason begins that reconciles them.

    Examples:
        >>> two = (Opinion(by="Ana", category="system"), Opinion(by="Ben", category="training"))
        >>> who_said_what(Cause(id="c1", why="w1", opinions=two))
        'Ana said system, Ben said training.'
    """
    told = ", ".join(f"{opinion.by or 'somebody'} said {opinion.category}" for opinion in cause.opinions)
    return f"{told[:1].upper()}{told[1:]}." if told else ""


def is_reconciled(cause: Cause) -> bool:
    """Whether a kind stands with a reason of its own, beyond what each person had said apart (R31).

    Examples:
        >>> two = (Opinion(by="Ana", category="system", reason="No time"), Opinion(by="Ben", category="training"))
        >>> cause = Cause(id="c1", why="w1", category="system", reason="No time", opinions=two)
        >>> is_reconciled(cause)
        False
        >>> is_reconciled(changed(cause, reason="Ben had not seen the roster; with Ana it is system."))
        True
    """
    reason = cause.reason.strip()
    apart = {opinion.reason.strip() for opinion in cause.opinions} | {who_said_what(cause)}
    return cause.category is not None and bool(reason) and reason not in apart


def reconcile(incident: Incident, cause: str, category: Category, reason: str) -> Incident:
    """Choose the kind after talking it over, with a reason that names all who gave an opinion; opinions stay (R31).

    Raises:
        UnknownNodeError: If there is no such cause.
        DataError: If fewer than two people gave an opinion, the reason does not name them all, or the kind is unknown.

    Examples:
        >>> late = mark_root(whys.answer(Incident(title="Late"), None, "The van was full"), "w1")
        >>> late = give_opinion(give_opinion(late, "c1", "Ana", "system"), "c1", "Ben", "training")
        >>> both = reconcile(late, "c1", "system", "Ben had not seen the roster that Ana has.").causes[0]
        >>> both.category, [opinion.category for opinion in both.opinions]
        ('system', ['system', 'training'])
    """
    found = find(incident, cause)
    both = people(found)
    if len(both) < 2:  # noqa: PLR2004 - two people, as R31 says
        told = f"expected the opinions of two people, found {len(both)}"
        raise DataError("reconcile", [Problem(f"causes.{cause}.opinions", told, "ask a second person first")])
    unnamed = [by for by in both if by and key(by) not in reason.casefold()]
    if unnamed:
        told = f"expected a reason that names {_listed(both)}; it does not name {_listed(unnamed)}"
        raise DataError(
            "reconcile", [Problem(f"causes.{cause}.reason", told, "say what each saw, and what decided it")]
        )
    return amend(incident, cause, category=category, reason=reason)


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def accept(incident: Incident, cause: str, because: str) -> Incident:
    """Accept a root without action, with the reason (R33)."""
    return amend(incident, cause, accepted_because=because)
