"""How a record moves: draft, recovering, analysing, acting, closed; and back again (R39).

Going on takes what the gates of the playbook ask for (`record.gates`); going back is always allowed. A closed record is
opened again for a reason, or because an effect failed (R36), and keeps the time at which it was closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from postmortem.record import actions, gates
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


def next_state(incident: Incident) -> State | None:
    """The state after the one in which a record stands; `None` where it is closed.

    Examples:
        >>> from postmortem.record.incident import Incident
        >>> next_state(Incident(title="Late")), next_state(Incident(title="Late", state="reopened"))
        ('recovering', 'closed')
    """
    at = rank(incident.state) + 1
    return gates.WAY[at] if at < len(gates.WAY) else None


def missing(incident: Incident, playbook: Playbook, now: datetime, to: State | None = None) -> tuple[Missing, ...]:
    """What a state waits for, each with where and how to mend it: facts of earlier states too.

    Args:
        incident: The record.
        playbook: The gates in force.
        now: The instant of the question; aware.
        to: The state; the next one where none is named, and for a closed record what closing asks for.

    Raises:
        ValueError: If `now` has no offset.

    Examples:
        >>> from datetime import UTC, datetime
        >>> from postmortem.record.incident import Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> late, rules, noon = Incident(title="Late", owner="Desk lead"), default_playbook(), datetime.now(UTC)
        >>> missing(late, rules, noon)
        ()
        >>> [it.gate for it in missing(late, rules, noon, "analysing")]
        ['customer-told', 'apologised', 'severity']
    """
    return gates.missing(incident, playbook, now, to or next_state(incident) or "closed")


def advance(incident: Incident, playbook: Playbook, now: datetime, by: str = "", to: State | None = None) -> Incident:
    """Let a record stand in the next state, or in the one that is named: on, where nothing is missing, or back.

    Args:
        incident: The record; it stays as it is.
        playbook: The gates in force.
        now: When; aware. A record that is closed now is closed at this second.
        by: Who does it; the revision keeps the name.
        to: The state; the next one where none is named.

    Raises:
        GateError: With everything that is missing.
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
        postmortem.record.states.GateError: it can't be “analysing” yet: 3 facts are missing
          R12 recovery.steps: the customer was not told; tell them (step 1), then say so
          R12 recovery.steps: nobody has apologised to them; apologise (step 2), then say so
          R6 impact.harm: how bad it was is not answered; answer the first question on it
    """
    wanted = to or next_state(incident) or incident.state
    if wanted == "reopened" and incident.state != "closed":
        wanted = "acting" if incident.state != "reopened" else wanted
    if wanted == incident.state:
        return incident
    if rank(wanted) > rank(incident.state):
        found = missing(incident, playbook, now, wanted)
        if found:
            raise GateError(wanted, found)
    elif incident.state == "closed":
        back = f"taken back to “{wanted}”{f' by {by}' if by else ''}"
        return changed(incident, state=wanted, reopened_because=back)
    if wanted == "closed":
        return changed(incident, state=wanted, closed_at=now.replace(microsecond=0))
    return changed(incident, state=wanted)


def close(incident: Incident, playbook: Playbook, now: datetime, by: str = "") -> Incident:
    """Close a record; one that is closed stays as it is.

    Raises:
        GateError: With everything that is missing.
    """
    return advance(incident, playbook, now, by, to="closed")


def reopen(incident: Incident, because: str) -> Incident:
    """Open a closed record again; when it was closed stays in it.

    Args:
        incident: The record; it stays as it is.
        because: The reason.

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
    if not because.strip():
        raise PostmortemError("a closed record is opened again for a reason: say why")
    return changed(incident, state="reopened", reopened_because=because.strip())


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
            told.append(f"{action.id}{words} did not hold{f' ({on.day} {on:%b %Y})' if on else ''}")
    is_closed = before.state == "closed" == after.state
    return reopen(after, "; ".join(told)) if told and is_closed else after


def held(before: Incident, after: Incident, playbook: Playbook, now: datetime) -> Incident:
    """A change as it may be kept: one that takes the record on has to pass the gates, however it was made (R39).

    `advance` asks them itself. This is for every other way to change a state: a value put at its place, a file.

    Args:
        before: As the record stood.
        after: As somebody changed it.
        playbook: The gates in force.
        now: When; aware. A record that is closed by the change is closed at this second, where it does not say when.

    Raises:
        GateError: With everything that is missing.
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
    if rank(after.state) <= rank(before.state):
        return after
    if found := missing(after, playbook, now, after.state):
        raise GateError(after.state, found)
    if after.state == "closed" and after.closed_at == before.closed_at:
        return changed(after, closed_at=now.replace(microsecond=0))
    return after


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
