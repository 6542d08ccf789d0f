"""Whether the steps of each procedure fit together (R11 to R13), and what the rules miss in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from postmortem.record.errors import Problem, twice, unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from postmortem.record.rules import Procedure, Procedures, Step

_ALL_LISTED: Final = "`steps` lists every step; `add` adds one to those there are"


def problems_of(rules: Procedures) -> list[Problem]:
    """What does not fit in the procedures of a playbook: what is named and not there, and what waits for itself.

    Args:
        rules: The section.
    """
    problems = [
        unknown(f"procedures.{key}", chosen, rules.presets)
        for key, chosen in (("default", rules.default), ("not_ours", rules.not_ours))
        if chosen not in rules.presets
    ]
    for name, procedure in rules.presets.items():
        steps = {step.id: step for step in procedure.steps}
        place = f"procedures.presets.{name}"
        problems += twice(place, [step.id for step in procedure.steps])
        problems += [
            unknown(f"{place}.{step.id}.after", first, steps, _ALL_LISTED)
            for step in procedure.steps
            for first in step.after
            if first not in steps
        ]
        problems += _belonging(place, steps)
        problems += _in_a_circle(place, procedure)
    return problems


def _belonging(place: str, steps: Mapping[str, Step]) -> Iterator[Problem]:
    """Steps that belong to one that is not there, to themselves, or to one that belongs to another one itself."""
    for step in steps.values():
        where, whole = f"{place}.{step.id}.part_of", steps.get(step.part_of)
        if step.part_of == step.id:
            yield Problem(where, "a step can't belong to itself", "name another one, or leave it out")
        elif whole is not None and whole.part_of:
            found = f"{whole.id} belongs to {whole.part_of} itself, and has no number"
            yield Problem(where, found, "name a step that stands on its own")
        elif step.part_of and whole is None:
            yield unknown(where, step.part_of, steps)


def _in_a_circle(place: str, procedure: Procedure) -> list[Problem]:
    """Steps that wait for each other: none of them could ever come in order (R13)."""
    waits = {step.id: set(step.after) & {other.id for other in procedure.steps} for step in procedure.steps}
    while ready := [name for name, first in waits.items() if not first & waits.keys()]:
        for name in ready:
            del waits[name]
    return [
        Problem(
            f"{place}.{name}.after", f"{', '.join(sorted(first & waits.keys()))} waits for it too", "name one first"
        )
        for name, first in waits.items()
    ]


_NEEDED: Final[Mapping[str, tuple[Callable[[Step], bool], str, str]]] = {
    "customer-told": (
        lambda step: step.target == "tell",
        "no step tells the customer",
        'set target = "tell" at the one that does; till then only the record\'s own time tells the gate',
    ),
    "apologised": (
        lambda step: step.apology or step.target == "apologise",
        "no step is an apology",
        'set target = "apologise" and apology = true at the one that is; till then its gate asks for none',
    ),
    "fixed": (
        lambda step: step.target == "fix",
        "no step puts it right",
        'set target = "fix" at the one that does; till then only the record\'s own time tells the gate',
    ),
}
"""The gates that look for a step, how they know it, and what is said where it is missing."""


def notes_on(rules: Procedures, gates: Mapping[str, object]) -> list[Problem]:
    """What a team may want so, and should know: no step for a gate that looks for one, a step above what comes first.

    The procedure for what was not our mistake needs no apology (R14).

    Args:
        rules: The section.
        gates: The gates that are asked, by id.

    Examples:
        >>> from postmortem.record.playbook import playbook_from
        >>> drop = {"drop": ["admit"], "change": [{"id": "responsible", "after": []}]}
        >>> team = playbook_from({"procedures": {"presets": {"four-steps": drop}}})
        >>> [str(note).split(";")[0] for note in notes_on(team.procedures, team.gates)]
        ['procedures.presets.four-steps: no step tells the customer']
    """
    notes = []
    for name, procedure in rules.presets.items():
        place = f"procedures.presets.{name}"
        notes += [
            Problem(place, finding, remedy)
            for gate, (is_it, finding, remedy) in _NEEDED.items()
            if gate in gates and not (gate == "apologised" and name == rules.not_ours)
            if not any(map(is_it, procedure.steps))
        ]
        above: set[str] = set()
        for step in procedure.steps:
            notes += [
                Problem(f"{place}.{step.id}", f"it stands above {first}, which comes first", "move one of them")
                for first in step.after
                if first not in above
            ]
            above.add(step.id)
    return notes
