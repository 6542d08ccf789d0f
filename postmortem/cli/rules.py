"""The rules and the shape of a record: `playbook`, `schema`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from postmortem.cli.command import command, family
from postmortem.cli.options import as_json, surroundings
from postmortem.cli.printing import counted, paragraph, say, say_json, tell
from postmortem.record import days, letters, moments, sequence
from postmortem.record.errors import DataError
from postmortem.record.playbook import default_playbook, load_playbook
from postmortem.record.reading import json_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from postmortem.record import Playbook
    from postmortem.record.rules import CalendarRules, Gate


@family("playbook", "playbook show", "playbook check team.toml")
def playbook() -> None:
    """Show the rules in force, or check a team's own file."""


@command("show", "playbook show", "playbook show --playbook team.toml --json")
@as_json
def show(*, as_json: bool) -> None:
    """Show the rules in force."""
    rules = surroundings().rules()
    if as_json:
        say_json(rules.model_dump(mode="json"))
        return
    say("\n".join(_lines(rules, surroundings().instant)))


def _lines(rules: Playbook, now: datetime) -> Iterator[str]:
    yield f"{rules.name} (amounts in {rules.currency})"
    yield from _listed("Kinds of mistake", {"": ", ".join(rules.kinds.names)})
    yield from _listed("How bad", {name: level.means for name, level in rules.severity.levels.items()})
    yield from _listed(
        "In how many minutes from knowing, and days to the follow-up",
        {
            name: f"tell {it.tell_min:g}, apologise {it.apologise_min:g}, fix {it.fix_min:g}, credit {it.credit_min:g};"
            f" follow-up {it.follow_up_days:g} days"
            for name, it in rules.targets.items()
        },
    )
    for title, items in _terms(rules).items():
        yield from _listed(title, items)
    yield from _listed("Days", _calendar(rules.calendar, now.year))
    for name in sorted(rules.procedures.presets, key=lambda name: name != rules.procedures.default):
        yield from _steps(rules, name)
    yield from _listed("Kinds of cause", {name: kind.means for name, kind in rules.categories.items()})
    yield from _listed(
        "Forms of action", {form.label: f"{form.strength}. {form.example}" for form in rules.forms.values()}
    )
    yield from _listed("Rules", rules.rules)


def _terms(rules: Playbook) -> dict[str, dict[str, str]]:
    """What is owed, who is asked, how it is told and in which words, each in a line (R9, R16, R18, R20)."""
    pay, hand, currency = rules.compensation, rules.escalation, rules.currency
    levels = [name for name, level in rules.severity.levels.items() if level.escalate]
    who = [*levels, *(["a customer one takes special care of"] if hand.vip else [])]
    tones = [f"{name} ({tone.title})" for name, tone in rules.wording.tones.items()]
    return {
        "What is owed": {
            "paid": f"{pay.reimburse_share:.0%} of what they paid because of it goes back",
            "time": f"{pay.credit_per_hour:,.12g} {currency} for each hour and customer, "
            f"from {pay.credit_from_min:g} min on",
            "limit": f"{pay.authority_limit:,.12g} {currency} in one record without approval; it covers "
            f"{', '.join(pay.limit_covers) or 'nothing'}",
        },
        "A manager takes it on": {
            "when": ", ".join(who) or "never",
            "else": f"call back in {counted(hand.call_back_days, 'day')}, where none is there",
            "roles": ", ".join(hand.managers) or "any",
        },
        "Ways of telling": {
            name: "fit" if channel.fit else f"not fit. {channel.why_not}".rstrip()
            for name, channel in sorted(rules.channels.items(), key=lambda item: item[1].rank)
        },
        "Words to the customer": {
            "language": f"{rules.wording.language}{f', from {it}' if (it := rules.wording.templates) else ''}",
            "tones": ", ".join(tones),
            "letter": _letter(rules),
            "looked at": ", ".join(name for name, group in rules.words.items() if "wording" in group.where),
        },
    }


def _letter(rules: Playbook) -> str:
    """In which language the letter is, and what of it stands in English (R20)."""
    english = default_playbook().wording
    left = letters.gaps(rules.wording.letter, english.letter)
    if not left:
        return rules.wording.language
    if rules.wording.letter == letters.Letter():
        return f"{english.language}; a [letter] in the word file gives it in {rules.wording.language}"
    return f"{rules.wording.language}, and in {english.language} what is not given: {', '.join(left)}"


def _calendar(rules: CalendarRules, year: int) -> dict[str, str]:
    """Which days count (R12), and the public holidays of this year and the next where a country is set."""
    country = "-".join(filter(None, (rules.country, rules.subdivision)))
    said = {
        "promises": f"counted in {rules.days} days",
        "weekend": ", ".join(rules.weekend) or "none",
        "holidays": ", ".join([*([f"those of {country}"] if country else []), *map(str, rules.holidays)]) or "none",
        "worked": ", ".join(map(str, rules.worked)),
        "carried out": f"within {counted(rules.carry_out_days, 'day')}",
    }
    for one in (year, year + 1):
        found = days.public_holidays(rules, one)
        said[str(one)] = ", ".join(f"{moments.day(on, on.year)} {name}" for on, name in found.items())
    return {name: text for name, text in said.items() if text}


def _steps(rules: Playbook, name: str) -> Iterator[str]:
    """The steps of a procedure by number and id; one that belongs to another stands below it without a number."""
    procedures = rules.procedures
    used = {procedures.default: ", taken unless another is chosen", procedures.not_ours: ", taken when it was not ours"}
    procedure = rules.procedure(name)
    numbers, wide = procedure.numbers(), max(len(step.id) for step in procedure.steps)
    yield ""
    yield paragraph(f"Steps of {name}: {procedure.title}{used.get(name, '')}", then="  ")
    for step in procedure.steps:
        first = f"  {'' if step.part_of else numbers[step.id]:>2}  {step.id.ljust(wide)}  "
        yield paragraph(step.text, first=first, then=" " * len(first))


def _listed(title: str, items: Mapping[str, str]) -> Iterator[str]:
    yield ""
    yield title
    wide = max((len(name) for name in items), default=0)
    for name, said in items.items():
        first = f"  {name.ljust(wide)}  " if wide else "  "
        yield paragraph(str(said), first=first, then=" " * len(first))


@command("check", "playbook check team.toml")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@as_json
def check(*, file: Path, as_json: bool) -> None:
    """Say what is wrong with a team's file, by key; nothing is changed."""
    try:
        rules = load_playbook(file)
    except DataError as error:
        if not as_json:
            raise
        say_json([asdict(problem) for problem in error.problems])
        click.get_current_context().exit(1)
    if as_json:
        say_json([])
        return
    own_steps = {
        name: procedure
        for name, procedure in rules.procedures.presets.items()
        if procedure != default_playbook().procedures.presets.get(name)
    }
    for name in own_steps:
        say("\n".join([*list(_steps(rules, name))[1:], ""]))
    own = f", as {rules.name!r}" if rules.name != default_playbook().name else ""
    tell(f"{file} fits{own}. --playbook {file} puts it in force, with any command; POSTMORTEM_PLAYBOOK for good.")
    for note in sequence.notes_on(rules.procedures, _asked(rules)):
        tell(f"Look at {note}.")
    if letters.gaps(rules.wording.letter, default_playbook().wording.letter):
        tell(f"The letter to the customer is in {_letter(rules)}.")
    tell(f"Dates of records that stand follow it after: postmortem doctor --rebuild --playbook {file}")


def _asked(rules: Playbook) -> dict[str, Gate]:
    return {name: gate for name, gate in rules.gates.items() if not gate.off}


playbook.add_command(show)
playbook.add_command(check)


@command("schema", "schema > incident.schema.json")
@as_json
def schema(*, as_json: bool) -> None:  # noqa: ARG001 - it prints JSON either way
    """Print the JSON Schema of an incident.

    Editors complete and check with it; other programs learn from it what a record may hold.
    """
    say_json(json_schema())


COMMANDS: Final = (playbook, schema)
