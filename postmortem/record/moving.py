"""A branch of whys that one person hung elsewhere while another took it out: whoever moved it meant all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.record.pairing import woven

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from postmortem.record.incident import Incident
    from postmortem.record.parts import Action, Cause, Why


def with_moved(base: Incident, one: Incident, other: Incident) -> Incident:
    """One side as if it had not taken out what the other side hung elsewhere, and what stands below that there.

    Marked roots come along, and the actions that answered them answer them again. What stood below and was written in
    elsewhere is for the merge, as ever; the result need not be sound before that.

    Examples:
        >>> from postmortem.record import whys
        >>> from postmortem.record.incident import Incident
        >>> base = whys.answer(whys.answer(Incident(title="Late"), None, "Left late"), "w1", "No alarm")
        >>> base = whys.answer(base, None, "Far away")
        >>> back = with_moved(base, whys.remove(base, "w1"), whys.move(base, "w1", "w3"))
        >>> [why.text for why in back.whys]
        ['Left late', 'No alarm', 'Far away']
    """
    before = {why.id: why for why in base.whys}
    standing = {why.id for why in one.whys}
    tops = [why.id for why in other.whys if why.id not in standing and _hangs_elsewhere(why, before)]
    wanted = [name for name in _below(tops, other.whys) if name in before and name not in standing]
    if not wanted:
        return one
    own = {why.id: why for why in one.whys}
    tree = own | {name: before[name] for name in wanted}
    roots, back = _with_roots(base, one, set(wanted))
    return one.model_copy(
        update={
            "whys": tuple(tree[name] for name in woven(own, before, tree)),
            "causes": roots,
            "actions": _answering(base.actions, one.actions, back),
        }
    )


def _hangs_elsewhere(why: Why, before: Mapping[str, Why]) -> bool:
    old = before.get(why.id)
    return old is not None and (why.parent, why.leg) != (old.parent, old.leg)


def _below(tops: Sequence[str], tree: Sequence[Why]) -> list[str]:
    """Some whys with everything below them."""
    under: dict[str | None, list[str]] = {}
    for why in tree:
        under.setdefault(why.parent, []).append(why.id)
    found = list(dict.fromkeys(tops))
    for name in found:
        found.extend(child for child in under.get(name, ()) if child not in found)
    return found


def _with_roots(base: Incident, one: Incident, whys: Collection[str]) -> tuple[tuple[Cause, ...], set[str]]:
    """The roots with those that were marked at some whys, and which came back so."""
    own = {cause.id: cause for cause in one.causes}
    back = {cause.id: cause for cause in base.causes if cause.why in whys and cause.id not in own}
    roots = own | back
    return tuple(roots[name] for name in woven(own, [cause.id for cause in base.causes], roots)), set(back)


def _answering(before: Sequence[Action], now: Sequence[Action], roots: set[str]) -> tuple[Action, ...]:
    """The actions, with the roots that came back where they answered them before."""
    answered = {action.id: action.causes for action in before}
    actions = []
    for action in now:
        old = answered.get(action.id, ())
        again = {name for name in old if name in roots} | set(action.causes)
        actions.append(action.model_copy(update={"causes": tuple(woven(action.causes, old, again))}))
    return tuple(actions)
