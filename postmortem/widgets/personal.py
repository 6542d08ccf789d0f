"""What each person will do differently (R38): one's own, and what others share; never what they keep to themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from postmortem.record import commitments
from postmortem.widgets.blocks import Block, Form, button, buttons, neighbour, note, section

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from postmortem.record.incident import Commitment
    from postmortem.widgets.meeting import Retrospective


_HONEST: Final = (
    "Private is a courtesy here, not a lock: whoever may read the store's file, or a backup or synced copy of it, "
    "can find it."
)
_WORKED: Final = (("yes", "Yes"), ("no", "No"))


def part(form: Form) -> Block:
    """One's own, and what others share; what others keep to themselves is not in the view at all (R38)."""
    incident, me = form.incident, form.meeting.by
    seen = commitments.seen_by(incident, me)
    rows = [_own(form, item) if _is_mine(item, me) else _shared(item) for item in seen]
    if not rows:
        rows.append(note("Nobody has to. Whoever wants to adds a line."))
    hidden = len(incident.commitments) - len(seen)
    if hidden:
        told = f"{hidden} more, which only {'its writer sees' if hidden == 1 else 'their writers see'}."
        rows.append({"t": "private-count", "text": told})
    return section(
        "What I will do differently",
        *rows,
        buttons(button("Add mine", "commit", icon="plus")),
        hint="Own words, own day, no judgement. Only you see yours until you share it. "
        f"What is not shared stays out of every report and export. {_HONEST}",
    )


def _is_mine(item: Commitment, me: str) -> bool:
    return commitments.is_of(item, me) or not item.who.strip()


def _own(form: Form, item: Commitment) -> Block:
    place = f"commitments.{item.id}"
    field = form.text(f"{place}.text", "I will", placeholder="call when half of the promised time is gone")
    drop = button("Take it out", "drop-commitment", style="quiet", key=item.id)
    said = item.text.strip() and item.who.strip()
    worked = form.toggle(
        f"{place}.worked", "Did it work for you?", _WORKED, help="Only you see this answer.", small=True, clear=True
    )
    if not item.who.strip():
        claim = button("It is mine", "claim", style="sm", key=item.id)
        return {
            "t": "commitment",
            "key": item.id,
            "field": field,
            "word": "No name stands here, so everybody sees it.",
            "does": [claim, drop],
        }
    share = button(
        "Keep it to myself" if not item.private else "Share it", "share", style="sm", key=item.id, shared=item.private
    )
    return {
        "t": "commitment",
        "key": item.id,
        "field": field,
        "worked": worked if said else None,
        "word": "Only you see it." if item.private else f"Shared, as {item.who}.",
        "does": [share, drop],
    }


def _shared(item: Commitment) -> Block:
    return {"t": "shared", "key": item.id, "text": item.text, "who": item.who}


def commit(meeting: Retrospective, _args: Mapping[str, Any]) -> str:
    """A new commitment, which only its writer sees."""
    after = meeting.change(lambda incident: commitments.make(incident, who=meeting.by))
    return f"commitments.{after.commitments[-1].id}.text"


def share(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Let everybody see a commitment, or nobody else any more."""
    key, shared = str(args["key"]), bool(args["shared"])
    meeting.change(lambda incident: commitments.share(incident, key, shared=shared))
    return f"commitments.{key}.text"


def claim(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Put one's name to a commitment that has none."""
    key = str(args["key"])
    meeting.change(lambda incident: commitments.claim(incident, key, meeting.by))
    return f"commitments.{key}.text"


def drop_commitment(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Take a commitment out; the focus goes to its neighbour."""
    key = str(args["key"])
    mine = [item.id for item in meeting.incident.commitments if _is_mine(item, meeting.by)]
    near = neighbour(mine, key)
    meeting.change(lambda incident: commitments.drop(incident, key))
    return f"commitments.{near}.text" if near else ""


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {
    "commit": commit,
    "share": share,
    "claim": claim,
    "drop-commitment": drop_commitment,
}
