"""How a record moves: draft, recovering, analysing, acting, closed; and back again (R39).

Going on takes what the gates of the playbook ask for (`record.gates`); going back is always allowed. A closed record is
opened again for a reason, or because an effect failed (R36), and keeps the time at which it was closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from postmortem.record import actions, gates, moments
from postmortem.record.edit import changed
from postmortem.record.errors import PostmortemError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from postmortem.record.gates import Missing
    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook
    from postmortem.record.vocabulary import EffectResult, State

_SHOWN: Final = 20
_FOR_A_REASON: Final = "a closed record is opened again for a reason"
_OF_THE_STATE: Final = ("state", "closed_at", "reopened_because")


class GateError(PostmortemError):
    """A record was to stand in a state that it lacks facts for.

    Args:
        to: The state.
        missing: Everything that is missing.
    """

    def __init__(self, to: State, missing: Sequence[Missing]) -> None:
        self.to = to
        self.missing = tuple(missing)
        count = len(self.missing)
        lines = [f"it can't be “{to}” yet: {count} {'fact is' if count == 1 else 'facts are'} missing"]
        lines += [f"  {it.rule} {it.where}: {it.message}; {it.remedy}" for it in self.missing[:_SHOWN]]
        if count > _SHOWN:
            lines.append(f"  … and {count - _SHOWN} more")
        super().__init__("\n".join(lines))


def rank(state: State) -> int:
    """How far a state is on the way, from 0; one that was reopened is acting again."""
    return len(gates.states_up_to(state)) - 1


def advance(
    incident: Incident, playbook: Playbook, now: datetime, to: State | None = None, *, because: str = ""
) -> Incident:
    """Let a record stand in the next state, or in the one that is named: on, where nothing is missing, or back.

    Args:
        incident: The record; it stays as it is.
        playbook: The gates in force.
        now: When; aware. A record that is closed now is closed at this second.
        to: The state; the next one where none is named.
        because: Why a closed record goes back; nothing else needs a reason.

    Raises:
        GateError: With everything that is missing.
        PostmortemError: If a closed record is to go back without a reason.
        ValueError: If `now` has no offset.

    Examples:
        >>> from datetime import UTC, datetime
        >>> from postmortem.record.incident import Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> late, rules, noon = Incident(title="Late", owner="Desk lead"), default_playbook(), datetime.now(UTC)
        >>> advance(late, rules, noon).state
        'recovering'
        >>> advance(late, rules, noon, to="analysing")
        Traceback (most recent call last):
        ...
        postmortem.record.states.GateError: it can't be “analysing” yet: 5 facts are missing
          R12 recovery.steps: the customer was not told; tell them (step 1), then say so
          R12 recovery.steps: nobody has apologised to them; apologise (step 2), then say so
          R6 impact.harm: how bad it was is not answered; answer the first question on it
          R18 impact.customer_cost: what the customer paid because of it is not told; write the amount, or 0
          R18 impact.customer_min: how much time the customer lost is not told; write how long, or 0
    """
    wanted = to or gates.next_state(incident) or incident.state
    if wanted == "reopened" and incident.state != "closed":
        wanted = "acting" if incident.state != "reopened" else wanted
    if wanted == incident.state:
        return incident
    if incident.state == "closed":
        return reopen(incident, because, wanted)
    return held(incident, changed(incident, state=wanted), playbook, now)


def close(incident: Incident, playbook: Playbook, now: datetime) -> Incident:
    """Close a record; one that is closed stays as it is.

    Raises:
        GateError: With everything that is missing.
    """
    return advance(incident, playbook, now, "closed")


def reopen(incident: Incident, because: str, to: State = "reopened") -> Incident:
    """Open a closed record again; when it was closed stays in it.

    Args:
        incident: The record; it stays as it is.
        because: The reason. One that was given the last time too is given once more.
        to: How far back it goes.

    Raises:
        PostmortemError: If it is not closed, or no reason is given.

    Examples:
        >>> from postmortem.record.incident import Incident
        >>> again = reopen(Incident(title="Late", state="closed"), "The customer rang again")
        >>> again.state, again.reopened_because
        ('reopened', 'The customer rang again')
    """
    if incident.state != "closed":
        raise PostmortemError(f"it is not closed, it is {incident.state}: there is nothing to open again")
    reason = because.strip()
    if not reason:
        raise PostmortemError(f"{_FOR_A_REASON}: say why")
    if reason == incident.reopened_because:
        reason = f"{reason} (once more)"
    return changed(incident, state=to, reopened_because=reason)


def judge_effect(
    incident: Incident, action: str, result: EffectResult, on: date | None = None, note: str | None = None
) -> Incident:
    """Say whether an action held. One that did not opens a closed record again, which says why (R36, R39).

    Args:
        incident: The record; it stays as it is.
        action: The action, by its id.
        result: `held`, `not held`, or `unknown` to take it back.
        on: The day on which it was looked at.
        note: What was seen; what stands there where nothing is said.

    Raises:
        UnknownNodeError: If there is no such action.
        DataError: If there is no such result.

    Examples:
        >>> from datetime import date
        >>> from postmortem.record.incident import Action, Incident
        >>> held = Incident(title="Late", state="closed", actions=(Action(id="a1", text="Call first"),))
        >>> judge_effect(held, "a1", "not held", date(2026, 3, 9)).reopened_because
        'a1 “Call first” did not hold (9 Mar 2026)'
    """
    effect = actions.find(incident, action).effect
    said = effect.note if note is None else note
    day = on if result != "unknown" else None
    judged = actions.amend(incident, action, effect=changed(effect, result=result, checked_on=day, note=said))
    return followed(incident, judged)


def followed(before: Incident, after: Incident, today: date | None = None) -> Incident:
    """The record as it stands once an effect was found to fail: open again, where it was closed before and after.

    Whatever changes a record by hand goes through here, so that no way round it is left.

    Args:
        before: As it stood.
        after: As somebody changed it.
        today: The day on which a result was said, for a result that came without one.
    """
    results = {action.id: action.effect for action in before.actions}
    told = []
    for action in after.actions:
        effect, old = action.effect, results.get(action.id)
        if effect.result == (old.result if old else "unknown"):
            continue
        if today is not None and old is not None and effect.checked_on == old.checked_on:
            effect = changed(effect, checked_on=today if effect.result != "unknown" else None)
            after = actions.amend(after, action.id, effect=effect)
        if effect.result == "not held":
            on, words = effect.checked_on, f" “{action.text.strip()}”" if action.text.strip() else ""
            told.append(f"{action.id}{words} did not hold{f' ({moments.day(on)})' if on else ''}")
    is_closed = before.state == "closed" == after.state
    return reopen(after, "; ".join(told)) if told and is_closed else after


def held(before: Incident, after: Incident, playbook: Playbook, now: datetime) -> Incident:
    """A change by hand as it may be kept, however it was made: by a button, by a value put at its place, by a file.

    One that takes the record on has to pass the gates, a closed record goes back for a reason (R39), and while the
    recovery is under way nobody takes its owner out without naming another (R2).

    Args:
        before: As the record stood.
        after: As somebody changed it.
        playbook: The gates in force.
        now: When; aware. A record that is closed by the change is closed at this second, where it does not say when.

    Raises:
        GateError: With everything that is missing.
        PostmortemError: If nobody would own the recovery any more, or a closed record goes back without a reason.
        ValueError: If `now` has no offset.

    Examples:
        >>> from datetime import UTC, datetime
        >>> from postmortem.record.incident import Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> late = Incident(title="Late")
        >>> held(late, changed(late, state="recovering"), default_playbook(), datetime.now(UTC))
        Traceback (most recent call last):
        ...
        postmortem.record.states.GateError: it can't be “recovering” yet: 1 fact is missing
          R2 owner: nobody owns the recovery; name one of us as the owner of the recovery
    """
    if rank(after.state) > rank(before.state):
        if after.state == "closed" and after.closed_at == before.closed_at:
            after = changed(after, closed_at=now.replace(microsecond=0))
        if found := _lacking(before, after, playbook, now):
            raise GateError(after.state, found)
        return after
    if _is_disowned(before, after, playbook):
        raise PostmortemError("the recovery has begun, and somebody owns it until it is closed: name who owns it now")
    if before.state == "closed" != after.state and after.reopened_because.strip() in {"", before.reopened_because}:
        raise PostmortemError(f"{_FOR_A_REASON}: say why in “reopened_because”")
    return after


def begun(incident: Incident, playbook: Playbook, now: datetime) -> Incident:
    """A new record that somebody writes by hand, as it may be kept: it has come from a draft, through the gates.

    What another system says of its own record is not asked for that.

    Raises:
        GateError: With everything that is missing for the state it says it is in.
        ValueError: If `now` has no offset.
    """
    return held(changed(incident, state="draft", closed_at=None), incident, playbook, now)


def allowed(
    before: Incident, after: Incident, playbook: Playbook, now: datetime, *, because: str, on: bool = True
) -> Incident:
    """A change that is not refused, and still passes no gate unasked: one taken back, or brought back, or from a file.

    What it says of the mistake stands. A state that lacks facts does not: the record stays where it is. Neither does an
    owner who was taken out, and a closed record that goes back says why, and keeps when it was closed.

    Args:
        before: As the record stands.
        after: As it would stand.
        playbook: The gates in force.
        now: When; aware.
        because: Why a closed record goes back.
        on: Whether it may go on to a later state at all.

    Raises:
        ValueError: If `now` has no offset.

    Examples:
        >>> from datetime import UTC, datetime
        >>> from postmortem.record.incident import Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> late, closed = Incident(title="Late"), Incident(title="An hour late", state="closed")
        >>> found = allowed(late, closed, default_playbook(), datetime.now(UTC), because="taken back")
        >>> found.title, found.state
        ('An hour late', 'draft')
    """
    if _is_disowned(before, after, playbook):
        after = changed(after, owner=before.owner)
    if rank(after.state) > rank(before.state) and (not on or _lacking(before, after, playbook, now)):
        return _as_far_as(before, after)
    if before.state == "closed" != after.state:
        return reopen(_as_far_as(before, after), because, after.state)
    return after


def stays(incident: Incident, wanted: State) -> str:
    """What a person is told whose change came back without the state it had, in a sentence; empty where it has it.

    Args:
        incident: The record as it stands now.
        wanted: The state that it had.

    Examples:
        >>> from postmortem.record.incident import Incident
        >>> stays(Incident(title="Late", state="reopened"), "closed")
        'The state did not come back with it: it was “closed”, and stays “reopened” until it is taken on again.'
    """
    if rank(wanted) <= rank(incident.state):
        return ""
    return (
        f"The state did not come back with it: it was “{wanted}”, and stays “{incident.state}” "
        "until it is taken on again."
    )


def met(both: Incident, sides: Sequence[Incident], playbook: Playbook, now: datetime) -> Incident:
    """What two sides made of a record, put together: open again where it would stand closed and lack facts (R39).

    What a side lacked that was closed already, as one that came closed from another system, opens nothing. And where
    one side began the recovery while the other took its owner out, the owner stands (R2).

    Args:
        both: What `record.merging.merge` made of them.
        sides: Both, each as it stood.
        playbook: The gates in force.
        now: When they met; aware.

    Raises:
        ValueError: If `now` has no offset.
    """
    if owned := next((side for side in sides if _is_disowned(side, both, playbook)), None):
        both = changed(both, owner=owned.owner)
    found = gates.missing(both, playbook, now, "closed") if both.state == "closed" else ()
    if found:
        closed = [side for side in sides if side.state == "closed"]
        known = {(gap.gate, gap.where) for side in closed for gap in gates.missing(side, playbook, now, "closed")}
        found = tuple(gap for gap in found if (gap.gate, gap.where) not in known)
    if not found:
        return both
    more = f", and {count} more {'fact is' if count == 1 else 'facts are'} missing" if (count := len(found) - 1) else ""
    reasons = dict.fromkeys(filter(None, (both.reopened_because, f"two changes met: {found[0].message}{more}")))
    return reopen(both, "; ".join(reasons))


def _lacking(before: Incident, after: Incident, playbook: Playbook, now: datetime) -> tuple[Missing, ...]:
    """What a change lacks for the state it is in.

    Asked of it as it comes, too: once it is closed, nothing in it tells the signature of an earlier closing.
    """
    comes = gates.missing(_as_far_as(before, after), playbook, now, after.state)
    return comes or gates.missing(after, playbook, now, after.state)


def _as_far_as(before: Incident, after: Incident) -> Incident:
    """What a change says, in the state that the record had."""
    return after.model_copy(update={name: getattr(before, name) for name in _OF_THE_STATE})


def _is_disowned(before: Incident, after: Incident, playbook: Playbook) -> bool:
    """Whether somebody owned a recovery that has begun, and nobody does any more, where a gate asks for an owner."""
    if after.owner.strip() or not before.owner.strip() or not rank(after.state):
        return False
    return any("owner" in gates.asked(after, playbook, state) for state in gates.states_up_to(after.state))


def met_again(incident: Incident, cause: str, again: str, on: date, *, happened_on: date | None = None) -> Incident:
    """Say that a cause came back in a later record: what was done against it by then did not hold (R36).

    Args:
        incident: The earlier record; it stays as it is.
        cause: The root that came back, by its id there.
        again: The later record, as `2026-031`.
        on: The day on which that was seen.
        happened_on: The day of the later mistake; the day of seeing it where nobody knows.

    Raises:
        DataError: If a value does not fit.
    """
    day = happened_on or on
    for action in incident.actions:
        if cause not in action.causes or action.done_on is None or action.done_on >= day:
            continue
        if action.effect.result != "not held":
            note = "; ".join(filter(None, (action.effect.note.strip(), f"met again in {again}")))
            incident = judge_effect(incident, action.id, "not held", on, note)
    return incident
