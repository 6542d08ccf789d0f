"""Which gates stand on the way to a state, and what is missing at them (R39).

The playbook says which state waits for a gate and which levels it is asked of; what a gate looks at is fixed here.
A finding that was put away does not open a gate, except where the playbook says so (`may_be_waived`), and then with a
reason and a name (R34).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from postmortem.record import dated
from postmortem.record.errors import Problem, near
from postmortem.record.finding import Finding
from postmortem.record.gates import customer, learning
from postmortem.record.phrases import says_nothing
from postmortem.record.severity import assess

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from postmortem.record.gates.gap import Check
    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook
    from postmortem.record.rules import Gate
    from postmortem.record.vocabulary import State

CHECKS: Final[Mapping[str, Check]] = {**customer.CHECKS, **learning.CHECKS}
"""What each gate looks for, by the gate's id in the playbook."""

_CONCERNS: Final = {**customer.CONCERNS, **learning.CONCERNS}

WAY: Final[tuple[State, ...]] = ("draft", "recovering", "analysing", "acting", "closed")
"""The states in their order; one that was reopened is acting again."""


@dataclass(frozen=True, slots=True)
class Missing(Finding):
    """A fact that a record needs before it may stand in a state.

    Attributes:
        gate: The id of the gate in the playbook.
        to: The state that waits for it.
        at: The place on the screen, where that is more exact than `where`; else the same.
    """

    gate: str = ""
    to: State = "closed"
    at: str = ""


def states_up_to(state: State) -> tuple[State, ...]:
    """The states whose gates a record has passed that stands in this one.

    Examples:
        >>> states_up_to("reopened")
        ('draft', 'recovering', 'analysing', 'acting')
    """
    return WAY[: WAY.index("acting" if state == "reopened" else state) + 1]


def next_state(incident: Incident) -> State | None:
    """The state after the one in which a record stands; `None` where it is closed.

    Examples:
        >>> from postmortem.record.incident import Incident
        >>> next_state(Incident(title="Late")), next_state(Incident(title="Late", state="reopened"))
        ('recovering', 'closed')
    """
    at = len(states_up_to(incident.state))
    return WAY[at] if at < len(WAY) else None


def asked(incident: Incident, playbook: Playbook, to: State) -> dict[str, Gate]:
    """The gates that this record meets on its way to one state, by id: those of its level that concern it.

    While no level is known, only those that are asked of all are met; the level itself is one of them.

    Args:
        incident: The record.
        playbook: Its gates.
        to: The state that waits.
    """
    level = assess(incident, playbook).level
    return {
        name: gate
        for name, gate in playbook.gates.items()
        if gate.to == to and not gate.off and (not gate.levels or level in gate.levels)
        if name not in _CONCERNS or _CONCERNS[name](incident, playbook)
    }


def missing(incident: Incident, playbook: Playbook, now: datetime, to: State | None = None) -> tuple[Missing, ...]:
    """What a state waits for: at the gates of all states up to it, in their order, each with where and how to mend it.

    Args:
        incident: The record.
        playbook: The gates in force.
        now: The instant of the question; aware. What is dated later is no fact yet.
        to: The state; the next one where none is named, and for a closed record what closing asks for.

    Raises:
        ValueError: If `now` has no offset.

    Examples:
        >>> from datetime import UTC, datetime
        >>> from postmortem.record import Incident, default_playbook
        >>> late, rules, noon = Incident(title="Late"), default_playbook(), datetime(2026, 3, 2, 12, tzinfo=UTC)
        >>> [(it.gate, it.where, it.remedy) for it in missing(late, rules, noon)]
        [('owner', 'owner', 'name one of us as the owner of the recovery')]
        >>> [it.gate for it in missing(late, rules, noon, "analysing")]
        ['owner', 'customer-told', 'apologised', 'severity', 'losses-asked', 'losses-asked']
    """
    if now.utcoffset() is None:
        raise ValueError(f"expected an instant with an offset, found {now.isoformat()}")
    ahead = [fact.place for fact in dated.ahead(incident, now)]
    # What is dated later than now has not taken place: no gate opens for it.
    seen = dated.by_now(incident, now)
    return tuple(
        _dated_ahead(found, ahead)
        for state in states_up_to(to or next_state(incident) or "closed")
        for name, gate in asked(seen, playbook, state).items()
        for found in _at_gate(seen, playbook, now, name, gate)
    )


def _dated_ahead(found: Missing, ahead: list[str]) -> Missing:
    """What is missing because its time has not come says so, that nobody looks for what stands there."""
    parts = {place.rpartition(".")[0] for place in (found.where, found.at)} - {""}
    if not any(place in {found.where, found.at} or place.rpartition(".")[0] in parts for place in ahead):
        return found
    return replace(found, message=f"{found.message}; the time that stands there lies ahead of now")


def _at_gate(incident: Incident, playbook: Playbook, now: datetime, name: str, gate: Gate) -> Iterator[Missing]:
    for gap in CHECKS[name](incident, playbook, now):
        if not (gate.may_be_waived and _is_waived(incident, gate.rule, gap.where)):
            yield Missing(
                rule=gate.rule,
                level="error",
                where=gap.where,
                message=gap.message,
                remedy=gap.remedy,
                stage=gap.stage,
                gate=name,
                to=gate.to,
                at=gap.at or gap.where,
            )


def _is_waived(incident: Incident, rule: str, where: str) -> bool:
    return any(
        (kept.rule, kept.where) == (rule, where) and not says_nothing(kept.reason) and kept.by.strip()
        for kept in incident.kept
    )


def problems_of(playbook: Playbook) -> list[Problem]:
    """What will not do in the gates of a playbook: one that nobody knows, one to a state that no gate leads to."""
    found = []
    for name, gate in playbook.gates.items():
        if name not in CHECKS:
            hint = near(name, CHECKS)
            remedy = f"did you mean {hint!r}?" if hint else f"there are: {', '.join(CHECKS)}"
            found.append(Problem(f"gates.{name}", f"there is no {name!r}", remedy))
        if gate.to not in WAY[1:]:
            remedy = f"there are: {', '.join(WAY[1:])}"
            found.append(Problem(f"gates.{name}.to", f"no gate leads to {gate.to!r}", remedy))
    return found
