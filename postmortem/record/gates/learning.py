"""The facts about what was learned: roots and their kind, actions, their effect, who stands by it (R7, R21 to R36)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from postmortem.record import apart, causes, dated, days, escalation, signatures, whys
from postmortem.record.actions import is_grave, only_weaker
from postmortem.record.gates.gap import Check, Concern, Gap
from postmortem.record.phrases import no_reason, says_nothing
from postmortem.record.severity import depth

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from postmortem.record.incident import Action, Cause, Incident
    from postmortem.record.playbook import Playbook


def roots(incident: Incident) -> tuple[Cause, ...]:
    """The roots that stand: those whose why is not ruled out (R24)."""
    return tuple(cause for cause in incident.causes if whys.find(incident, cause.why).status != "ruled out")


def asked(incident: Incident, _playbook: Playbook, _now: datetime) -> Iterator[Gap]:
    """Somebody asked why (R21)."""
    if not any(why.text.strip() and why.status != "ruled out" for why in incident.whys):
        yield Gap("whys", "nobody has asked why yet", "ask the first why", "why")


def root_found(incident: Incident, _playbook: Playbook, _now: datetime) -> Iterator[Gap]:
    """A root is marked (R23)."""
    if not roots(incident):
        yield Gap("whys", "no root is marked yet", "mark the why that you can act on", "why")


def legs(incident: Incident, playbook: Playbook, _now: datetime) -> Iterator[Gap]:
    """There is a root in each leg that the level asks for (R7, R22)."""
    there = {whys.leg_of(incident, cause.why) for cause in roots(incident)}
    for leg in depth(incident, playbook).legs:
        if leg not in there:
            asked = playbook.whys.legs[leg]
            yield Gap(
                "whys",
                f"no root is found yet for “{asked}”",
                f"ask “{asked}”, and mark the why that you can act on",
                "why",
            )


def branches(incident: Incident, _playbook: Playbook, _now: datetime) -> Iterator[Gap]:
    """The whys are more than a single chain, where the level asks for it (R7, R21)."""
    if not whys.branches(incident):
        yield Gap("whys", "the whys are a single chain", "ask of each why: what else had to be so?", "why")


def classified(incident: Incident, _playbook: Playbook, _now: datetime) -> Iterator[Gap]:
    """Every root has a kind (R28)."""
    names = whys.labels(incident)
    for cause in roots(incident):
        if cause.category is None:
            found = f"root {names[cause.why]} has no kind yet"
            remedy = f"choose the kind of root {names[cause.why]}: one of the four, or outside our control"
            yield Gap(f"causes.{cause.id}.category", found, remedy, "classify")


def second_opinion(incident: Incident, _playbook: Playbook, _now: datetime) -> Iterator[Gap]:
    """Two people classified every root apart and agree, or talked it over (R7, R31)."""
    names = whys.labels(incident)
    for cause in roots(incident):
        if apart.is_settled(cause):
            continue
        place, name = f"causes.{cause.id}.opinions", names[cause.why]
        people = causes.people(cause)
        if len(people) < 2:  # noqa: PLR2004 - two people, as R31 says
            found = f"root {name}: {'one person' if people else 'nobody'} classified it apart"
            yield Gap(place, found, f"ask a second person about root {name}", "classify")
        elif (both := causes.agreed(cause)) is not None:
            found = f"root {name}: all who gave an opinion say {both}, and {cause.category or 'no kind'} stands there"
            yield Gap(place, found, f"take {both} for root {name}, or say why not", "classify")
        else:
            remedy = f"talk root {name} over, choose, and write a reason that names each"
            yield Gap(place, f"root {name}: the opinions differ", remedy, "classify")


def answered(incident: Incident, _playbook: Playbook, _now: datetime) -> Iterator[Gap]:
    """Every root has an action, or is accepted with a reason (R33)."""
    names = whys.labels(incident)
    by_action = {name for action in incident.actions for name in action.causes}
    for cause in roots(incident):
        if cause.id not in by_action and says_nothing(cause.accepted_because):
            found = f"root {names[cause.why]} has no action{no_reason(cause.accepted_because)}"
            remedy = f"plan an action for root {names[cause.why]}, or accept it and say why"
            yield Gap(f"causes.{cause.id}.accepted_because", found, remedy, "act")


def enough(incident: Incident, playbook: Playbook, _now: datetime) -> Iterator[Gap]:
    """As many actions are planned as the level asks for (R7)."""
    needed = depth(incident, playbook).actions
    planned = sum(bool(action.text.strip()) for action in incident.actions)
    if planned < needed:
        found = "nothing is planned" if not planned else f"{planned} of {needed} actions are planned"
        yield Gap("actions", found, f"plan at least {needed} action{'s' if needed != 1 else ''}", "act")


def in_words(incident: Incident, _playbook: Playbook, _now: datetime) -> Iterator[Gap]:
    """No action is empty (R35)."""
    for action in incident.actions:
        if not action.text.strip():
            yield Gap(
                f"actions.{action.id}.text", f"{action.id} is empty", f"write {action.id.upper()}, verb first", "act"
            )


def owned(incident: Incident, _playbook: Playbook, _now: datetime) -> Iterator[Gap]:
    """Every action has an owner and a day (R35)."""
    for action in incident.actions:
        place = f"actions.{action.id}"
        if not action.owner.strip():
            yield Gap(
                f"{place}.owner", f"{action.id} has no owner", f"name a role as the owner of {action.id.upper()}", "act"
            )
        if action.due_on is None and action.done_on is None:
            yield Gap(f"{place}.due_on", f"{action.id} has no due date", f"name a day for {action.id.upper()}", "act")


def done(incident: Incident, _playbook: Playbook, _now: datetime) -> Iterator[Gap]:
    """Every action is done, or carried over to another record (R35)."""
    for action in incident.actions:
        if action.done_on is None and not action.carried_to.strip():
            remedy = f"do {action.id.upper()} and say when, or carry it over"
            yield Gap(f"actions.{action.id}.done_on", f"{action.id} is still open", remedy, "act")


def effects_named(incident: Incident, _playbook: Playbook, _now: datetime) -> Iterator[Gap]:
    """How and when the effect of each action is looked at, where the level makes it mandatory (R7, R36)."""
    wanted = [action for action in incident.actions if action.kind not in _WITHOUT_EFFECT]
    if not wanted and not any(map(_is_looked_at, incident.actions)):
        # One effect at least is looked at, whatever the actions are.
        wanted = list(incident.actions[:1])
    for action in wanted:
        if action.effect.result != "unknown":
            continue
        place = f"actions.{action.id}.effect"
        if not action.effect.measure.strip():
            found = f"{action.id}: how would you see that it worked?"
            yield Gap(f"{place}.measure", found, f"name a measure for {action.id.upper()}", "act")
        if action.effect.check_on is None:
            found = f"{action.id}: when is its effect checked?"
            yield Gap(
                f"{place}.check_on", found, f"name the day on which the effect of {action.id.upper()} is checked", "act"
            )


_WITHOUT_EFFECT: Final = frozenset({"immediate", "improvement"})
"""Kinds of action of which nobody asks whether they held, where there are others."""


def _is_looked_at(action: Action) -> bool:
    effect = action.effect
    return effect.result != "unknown" or (bool(effect.measure.strip()) and effect.check_on is not None)


def failed_answered(incident: Incident, _playbook: Playbook, _now: datetime) -> Iterator[Gap]:
    """What did not hold is followed by another action since, here or in another record (R36)."""
    for action in incident.actions:
        effect, place = action.effect, f"actions.{action.id}.effect"
        if effect.result != "not held" or action.carried_to.strip():
            continue
        others = _others(incident, action)
        if others and effect.checked_on is None:
            found = f"{action.id} did not hold, and when that was seen is not said"
            yield Gap(f"{place}.checked_on", found, f"say on which day it was seen of {action.id.upper()}", "act")
        elif not any(_is_since(other, action) for other in others):
            found = f"{action.id} did not hold{', and what else answers its root was done before' if others else ''}"
            remedy = f"plan a stronger one than {action.id.upper()}, or carry it over"
            yield Gap(f"{place}.result", found, remedy, "act")


def _others(incident: Incident, failed: Action) -> list[Action]:
    """The other actions for the same roots, those left out that did not hold either."""
    others = (it for it in incident.actions if it is not failed and it.effect.result != "not held")
    return [it for it in others if it.causes and set(failed.causes) <= set(it.causes)]


def _is_since(other: Action, failed: Action) -> bool:
    """Whether an action was still open, or was done, when another one had been seen to fail."""
    seen = failed.effect.checked_on
    return seen is not None and (other.done_on is None or other.done_on >= seen)


def done_since(incident: Incident, _playbook: Playbook, _now: datetime) -> Iterator[Gap]:
    """Something in a record that was opened again is later than its closing (R39)."""
    before = incident.closed_at
    if before is not None and not any(fact.is_after(before, incident.zone) for fact in dated.facts(incident)):
        found = "it was opened again, and nothing in it is later than its closing"
        remedy = "do and date an action or a step, or write in the timeline what was done since"
        yield Gap("timeline", found, remedy, "tell")


def _is_opened_by_hand(incident: Incident) -> bool:
    """Whether it was closed before and no effect that failed opened it: that one is asked for an answer anyway."""
    before = incident.closed_at
    if before is None or incident.state == "closed":
        return False
    day = days.of(before, incident.zone)
    failed = (it.effect.checked_on for it in incident.actions if it.effect.result == "not held")
    return not any(on is not None and on >= day for on in failed)


def not_only_weaker(incident: Incident, playbook: Playbook, _now: datetime) -> Iterator[Gap]:
    """A serious one has more than weaker actions (R34)."""
    if only_weaker(incident, playbook):
        remedy = "add one that works without anyone having to remember, or put this away with a reason and a name"
        yield Gap("actions", "it is serious, and all actions are weaker ones", remedy, "act")


def signed(incident: Incident, playbook: Playbook, _now: datetime) -> Iterator[Gap]:
    """A manager stands by it, where the level asks for it (R7); again, where it was opened again."""
    roles = [it.role.strip() for it in signatures.in_force(incident)]
    if any(escalation.is_manager(role, playbook) for role in roles):
        return
    found = f"signed as {', '.join(roles)}, and by no manager" if roles else "nobody has signed it"
    if incident.signatures and not roles:
        found = "it was signed before it was opened again, and not since"
    yield Gap("signatures", found, "let a manager sign, with the role", "review")


CHECKS: Final[Mapping[str, Check]] = {
    "whys-asked": asked,
    "root-found": root_found,
    "legs": legs,
    "branches": branches,
    "classified": classified,
    "second-opinion": second_opinion,
    "answered": answered,
    "actions-planned": enough,
    "actions-in-words": in_words,
    "actions-owned": owned,
    "actions-done": done,
    "effects-named": effects_named,
    "failed-answered": failed_answered,
    "done-since": done_since,
    "not-only-weaker": not_only_weaker,
    "signed": signed,
}

CONCERNS: Final[Mapping[str, Concern]] = {
    "whys-asked": lambda incident, playbook: bool(depth(incident, playbook).legs),
    "root-found": lambda incident, playbook: bool(depth(incident, playbook).legs),
    "legs": lambda incident, playbook: bool(depth(incident, playbook).legs),
    "branches": lambda incident, playbook: depth(incident, playbook).branches,
    "second-opinion": lambda incident, playbook: depth(incident, playbook).second_opinion,
    "actions-planned": lambda incident, playbook: depth(incident, playbook).actions > 0,
    "effects-named": lambda incident, playbook: depth(incident, playbook).effect_check,
    "failed-answered": lambda incident, _: any(it.effect.result == "not held" for it in incident.actions),
    "done-since": lambda incident, _: _is_opened_by_hand(incident),
    "not-only-weaker": is_grave,
    "signed": lambda incident, playbook: depth(incident, playbook).signature,
}
"""Which records a gate concerns at all; a gate that is not named concerns every one."""
