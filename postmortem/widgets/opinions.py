"""The opinions on a root (R31): one's own, given apart; the others', covered until then; side by side, and settled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from postmortem.record import apart as rules
from postmortem.record import causes
from postmortem.record.edit import put
from postmortem.record.people import is_same
from postmortem.widgets import apart
from postmortem.widgets.blocks import Block, Form, button

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from postmortem.record.incident import Cause
    from postmortem.record.vocabulary import Category
    from postmortem.widgets.meeting import Retrospective


def listed(names: Sequence[str], word: str = "or") -> str:
    """Some names as they are read.

    Examples:
        >>> listed(["motivation", "system"]), listed(["Ana", "Ben", "Cleo"], "and")
        ('motivation or system', 'Ana, Ben and Cleo')
    """
    return f" {word} ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def part(form: Form, cause: Cause, *, giving: bool) -> Block:
    """The second opinion: offered, asked for, given by others, or all side by side (R31)."""
    meeting = form.meeting
    own = causes.opinion_of(cause, meeting.by)
    others = [by or "Somebody" for by in causes.people(cause) if not is_same(by, meeting.by)]
    block: Block = {
        "t": "opinions",
        "key": cause.id,
        "place": f"causes.{cause.id}.opinions",
        "text": "",
        "strong": "",
        "people": [],
        "does": [],
        "look": None,
        "findings": [],
    }
    if apart.is_covered(meeting, cause):
        return {**block, **_not_yet(cause, others, given=own is not None)}
    block["findings"] = form.found_at(block["place"])
    if len(cause.opinions) > 1 or (cause.opinions and not giving):
        return {**block, **_side_by_side(form, cause)}
    if own is not None:
        told = "Nobody sees it before giving theirs. A second person's is missing."
        return {**block, "strong": "You have given yours.", "text": told}
    if giving:
        told = (
            "A mistake this grave is classified by two people, each apart. What you choose is kept as your opinion; "
            "the second person does not see it before giving theirs."
        )
        return {**block, "text": told}
    if meeting.store.read_only or form.incident.state == "closed":
        return {**block, "text": "One person's view." if cause.category else ""}
    does = [button("Ask a second person", "ask-second", cause=cause.id)] if cause.category else []
    told = (
        f"What stands here becomes your opinion, {meeting.by}. Somebody else gives theirs without seeing it."
        if cause.category
        else "Choose a kind first. Then somebody else can classify apart, without seeing yours."
    )
    return {**block, "text": told, "does": does}


def _not_yet(cause: Cause, others: Sequence[str], *, given: bool) -> Block:
    """What is said while something is covered: who has given an opinion, and nothing of what it says."""
    have = f"{listed(others, 'and')} {'has' if len(others) == 1 else 'have'} given an opinion"
    if given:
        count = len(others) + 1
        label = "Show it" if not others else "Show both" if count == 2 else f"Show all {count}"  # noqa: PLR2004 - two
        strong = f"{have} too." if others else "Something else was chosen for this root."
        text = "Yours is kept. Once you look, it stays as it is."
        return {"strong": strong, "text": text, "does": [button(label, "look", style="pri", cause=cause.id)]}
    begun = "A kind is chosen already" if cause.category else "Somebody has begun already"
    who = listed(others, "and") if others else "somebody"
    honest = (
        f"You will see what {who} chose and wrote. An opinion of yours would not be apart any more, so you can't give "
        "one for this root, and the record keeps that you looked. Somebody else can still give one."
    )
    return {
        "strong": f"{have if others else begun}. Yours first.",
        "text": "Two people see more than one. Choose a kind as you see it; then all are shown side by side.",
        "look": {"text": honest, "does": button("Look anyway", "look", cause=cause.id)},
    }


def _side_by_side(form: Form, cause: Cause) -> Block:
    """All opinions, whether they agree, and what is to be done where they do not."""
    me = form.meeting.by
    people = [
        {"by": item.by or "Somebody", "kind": item.category, "reason": item.reason, "mine": is_same(item.by, me)}
        for item in cause.opinions
    ]
    both = causes.agreed(cause)
    may = not form.meeting.store.read_only
    if len(people) == 1:
        looked = rules.has_looked(form.incident, cause.id, form.meeting.by) and not people[0]["mine"]
        told = "You looked before giving yours, so yours would not be apart. Somebody else can still give one."
        return {"people": people, "text": told if looked else "A second person's is missing."}
    if both:
        all_ = "Both" if len(people) == 2 else f"All {len(people)}"  # noqa: PLR2004 - two
        take = button(f"Take {both}", "settle", style="pri", cause=cause.id, category=both)
        does = [take] if may and cause.category != both else []
        return {"people": people, "strong": f"{all_} say {both}.", "does": does}
    if causes.is_reconciled(cause):
        told = f"You have settled on {cause.category}; the reason says why. The opinions stay."
        return {"people": people, "strong": "They differed.", "text": told}
    named = dict.fromkeys(item.category for item in cause.opinions)
    does = [button(f"Settle on {kind}", "settle", cause=cause.id, category=kind) for kind in named] if may else []
    told = "Each opinion stays as it is. Talk it over; then:" if may else ""
    return {"people": people, "strong": "They differ.", "text": told, "does": does}


# -- what is done here ------------------------------------------------------------------------------------------------


def choose(meeting: Retrospective, key: str, category: str) -> str:
    """Choose a kind, whichever choice it is now: one's own opinion, the one after talking it over, or the root's.

    Args:
        meeting: The retrospective in hand.
        key: Which root, by its id.
        category: The kind; empty takes the root's own back.

    Returns:
        Where the focus goes.
    """
    found = causes.find(meeting.incident, key)
    if apart.is_giving(meeting, found):
        if category:
            _give(meeting, key, category)
    elif category and len(found.opinions) > 1:
        return settled(meeting, key, category)
    else:
        meeting.change(put, f"causes.{key}.category", category or None)
    return ""


def _give(meeting: Retrospective, key: str, category: str) -> None:
    found = causes.find(meeting.incident, key)
    own = causes.opinion_of(found, meeting.by)
    way = apart.trail(meeting, found) or None
    reason = own.reason if own else ""
    meeting.change(rules.opine, key, meeting.by, cast("Category", category), reason=reason, trail=way)


def opinion(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Give one's own opinion, or change it; refused where it would not be one apart any more."""
    _give(meeting, str(args["place"]).split(".")[1], str(args["value"]))
    return ""


def opinion_reason(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Say why one is of an opinion."""
    key, reason = str(args["place"]).split(".")[1], str(args["value"])
    found = causes.find(meeting.incident, key)
    own = causes.opinion_of(found, meeting.by)
    if own is not None:
        way = apart.trail(meeting, found)
        meeting.change(rules.opine, key, meeting.by, own.category, reason=reason, trail=way or None)
    return ""


def ask_second(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Keep what stands as one's own opinion, so that somebody else can give theirs apart."""
    key = str(args["cause"])
    found = causes.find(meeting.incident, key)
    if found.category is not None:
        meeting.change(rules.opine, key, meeting.by, found.category, reason=found.reason)
    return f"causes.{key}.category"


def look(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Show what the others said; from then on one's own opinion stands as it is."""
    key = str(args["cause"])
    meeting.quietly(rules.look, key, meeting.by)
    return f"causes.{key}.opinions"


def reconcile(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Choose the kind after talking over different opinions; the reason begins with who said what."""
    return choose(meeting, str(args["place"]).split(".")[1], str(args["value"]))


def settle(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Take the kind that all of them named."""
    return settled(meeting, str(args["cause"]), str(args["category"]))


def settled(meeting: Retrospective, key: str, category: str) -> str:
    """Let a kind stand after all have spoken; the reason begins with who said what, where it does not name them yet."""
    found = causes.find(meeting.incident, key)
    reason = found.reason
    people = [item.by for item in found.opinions if item.by]
    if not all(by.casefold() in reason.casefold() for by in people):
        # Each one's own words stay in their opinion; what is only the root's stays with it.
        apart_words = {item.reason.strip() for item in found.opinions} | {causes.who_said_what(found)}
        kept = "" if reason.strip() in apart_words else reason
        reason = f"{causes.who_said_what(found)} {kept}".strip()
    meeting.change(causes.reconcile, key, cast("Category", category), reason)
    return f"causes.{key}.reason"


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {
    "opinion": opinion,
    "opinion-reason": opinion_reason,
    "ask-second": ask_second,
    "look": look,
    "reconcile": reconcile,
    "settle": settle,
}
