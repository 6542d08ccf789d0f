"""The facts about what was learned: roots and their kind, actions, their effect, who stands by it (R7, R21 to R36)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from postmortem.record import apart, causes, escalation, signatures, whys
from postmortem.record.actions import is_grave, only_weaker
from postmortem.record.gates.gap import Check, Concern, Gap
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
        people = {opinion.by for opinion in cause.opinions}
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
        if cause.id not in by_action and not cause.accepted_because.strip():
            found = f"root {names[cause.why]} has no action"
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
    for action in incident.actions:
        if action.kind in {"immediate", "improvement"} or action.effect.result != "unknown":
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


def failed_answered(incident: Incident, _playbook: Playbook, _now: datetime) -> Iterator[Gap]:
    """What did not hold is followed by another action, here or in another record (R36)."""
    for action in incident.actions:
        if action.effect.result == "not held" and not _followed(incident, action):
            place = f"actions.{action.id}.effect.result"
            yield Gap(
                place,
                f"{action.id} did not hold",
                f"plan a stronger one than {action.id.upper()}, or carry it over",
                "act",
            )


def _followed(incident: Incident, failed: Action) -> bool:
    if failed.carried_to.strip():
        return True
    others = [it for it in incident.actions if it is not failed and it.effect.result != "not held"]
    return any(set(failed.causes) <= set(it.causes) and it.causes for it in others)


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
    "not-only-weaker": is_grave,
    "signed": lambda incident, playbook: depth(incident, playbook).signature,
}
"""Which records a gate concerns at all; a gate that is not named concerns every one."""
