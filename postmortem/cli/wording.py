"""The words to the customer from a shell: one way to say it, and how given words may be heard: `wording`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from postmortem.cli.command import command
from postmortem.cli.options import as_json, opened, surroundings
from postmortem.cli.printing import paragraph, say, say_json
from postmortem.record import recovery, saying
from postmortem.record.errors import DataError, Problem, near

if TYPE_CHECKING:
    from collections.abc import Collection

    from postmortem.record.recovery import StepNow


@command(
    "wording", "wording 2026-003", "wording 2026-003 --tone warm --steps 6,7", "wording 2026-003 --check words.txt"
)
@click.argument("incident_id", metavar="ID")
@click.option(
    "--tone", default="", metavar="TONE", help="One of the team's tones: plain, warm or formal, unless it has its own."
)
@click.option("--steps", default="", metavar="LIST", help="Their numbers or ids, with commas; else the next open ones.")
@click.option(
    "--check",
    "words",
    type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True),
    metavar="FILE",
    help="Say how the words in a file may be heard, - for standard input; else the record's own.",
)
@as_json
def wording(*, incident_id: str, tone: str, steps: str, words: Path | None, as_json: bool) -> None:
    """Propose the words to the customer, and check given ones.

    It is built from the record alone, in the words and the language of the team's playbook. Nothing is sent, and
    nothing is changed.
    """
    with opened() as store:
        incident, playbook = store.load(incident_id), store.playbook
    if tone and tone not in playbook.wording.tones:
        raise _unknown("--tone", "tone", tone, playbook.wording.tones)
    now = surroundings().instant
    told = (
        _steps(steps, recovery.steps(incident, playbook, now)) if steps else saying.next_steps(incident, playbook, now)
    )
    text = _read(words)
    found = saying.proposal(incident, playbook, steps=[step.rule.id for step in told], tone=tone)
    heard = saying.hearing(incident, playbook, text, tone=tone)
    if as_json:
        ids = [step.rule.id for step in told]
        say_json({"steps": ids, "proposal": asdict(found), "heard": [asdict(place) for place in heard]})
        return
    for step in told:
        say(paragraph(recovery.worded(step.rule.text, incident), first=f"{step.number}. "))
    say()
    say(paragraph(found.text or "The record does not tell enough yet."))
    for line in found.missing:
        say(paragraph(line, first="- ", then="  "))
    if heard:
        say()
        say("How it may be heard")
    for place in heard:
        better = f" Better: “{place.better}”" if place.better else ""
        say(paragraph(f"{place.says} {place.why}{better}", first=f"  {place.letter}  ", then="     "))


def _read(words: Path | None) -> str | None:
    if words is None:
        return None
    try:
        with click.open_file(str(words), encoding="utf-8-sig") as file:
            return str(file.read())
    except UnicodeDecodeError:
        raise DataError(f"words {words}", [Problem("", "not UTF-8 text", "save the file as UTF-8")]) from None


def _steps(told: str, steps: tuple[StepNow, ...]) -> tuple[StepNow, ...]:
    """The steps that were named, by number or id.

    Raises:
        DataError: If there is no such step, or it says nothing.
    """
    named = [name.strip() for name in told.split(",") if name.strip()]
    by_name = {step.rule.id: step for step in steps} | {str(step.number): step for step in steps if not step.is_part}
    for name in named:
        if name not in by_name:
            raise _unknown("--steps", "step", name, [step.rule.id for step in steps])
        if not by_name[name].rule.says:
            found = f"nothing is said in step {name}, “{by_name[name].rule.text}”"
            raise DataError("wording", [Problem("--steps", found, "name one in which something is said")])
    return tuple(by_name[name] for name in dict.fromkeys(named))


def _unknown(option: str, what: str, found: str, known: Collection[str]) -> DataError:
    hint = near(found, known)
    remedy = f"did you mean {hint!r}?" if hint else f"there are: {', '.join(known)}"
    return DataError("wording", [Problem(option, f"there is no {what} {found!r}", remedy)])


COMMANDS: Final = (wording,)
