"""One incident, and what is asked of it, as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from postmortem.cli.printing import columns_of, moment, paragraph, plain
from postmortem.record import recovery, severity, talks, whys
from postmortem.record.base import zone
from postmortem.record.moments import day

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from postmortem.record import Finding, Incident, Playbook
    from postmortem.record.difference import Change
    from postmortem.record.incident import Action

_WHEN: Final = (
    ("Occurred", "occurred_at"),
    ("We knew", "known_at"),
    ("They raised it", "raised_at"),
    ("We told them", "told_at"),
    ("Fixed", "fixed_at"),
    ("Closed", "closed_at"),
)
_LABEL: Final = 16
_ROOM: Final = 44
"""How long a label may be, in columns, for its text to begin beside it."""


def record(incident: Incident, playbook: Playbook) -> str:
    """A whole record: facts, whys, causes, actions.

    Examples:
        >>> from postmortem.record import Incident, default_playbook
        >>> print(record(Incident(title="Line is dead", owner="Desk lead"), default_playbook()))
        Line is dead
        <BLANKLINE>
        State           draft, not saved yet
        Fault           not yet known
        Owner           Desk lead
    """
    parts = [
        _head(incident.id, incident.title),
        paragraph(incident.summary) if incident.summary else "",
        "\n".join(_facts(incident, playbook)),
        "\n".join(_section("Said to them", list(_talks(incident)))),
        "\n".join(_section("Why", list(_whys(incident)))),
        "\n".join(_section("Causes", list(_causes(incident)))),
        "\n".join(_section("Actions", list(_actions(incident, playbook)))),
    ]
    return "\n\n".join(part for part in parts if part)


def _head(identifier: str, title: str) -> str:
    return paragraph(title, first=f"{plain(identifier)}  " if identifier else "", then="  ")


def _facts(incident: Incident, playbook: Playbook) -> Iterator[str]:
    saved = f"revision {incident.revision}" if incident.revision else "not saved yet"
    yield _fact("State", f"{incident.state}, {saved}")
    if incident.reopened_because.strip():
        yield _fact("Opened again", incident.reopened_because)
    assessment = severity.assess(incident, playbook)
    if assessment.level:
        own = severity.by_hand(incident, assessment)
        yield _fact("Severity", ", ".join(filter(None, (assessment.level, own))))
    yield from (_fact(label, value) for label, value in (("Kind", incident.kind), ("Fault", incident.fault)) if value)
    yield from (
        _fact(label, value) for label, value in (("Team", incident.team), ("Service", incident.service)) if value
    )
    who = ", ".join(
        filter(None, (incident.customer.name, "one we take special care of" if incident.customer.vip else ""))
    )
    yield from (_fact(label, value) for label, value in (("Customer", who), ("Owner", incident.owner)) if value)
    here = zone(incident.zone)
    for label, field in _WHEN:
        at = getattr(incident, field)
        if at is not None:
            yield _fact(label, f"{moment(at, here)} ({incident.zone})")
    if incident.source is not None:
        yield _fact("Source", f"{incident.source.system} {incident.source.key}")


def _fact(label: str, value: str) -> str:
    return paragraph(value, first=label.ljust(_LABEL), then=" " * _LABEL)


def _section(title: str, lines: list[str]) -> list[str]:
    return [title, *lines] if lines else []


def _talks(incident: Incident) -> Iterator[str]:
    """What was said, talk by talk, and what is written for the next one."""
    here = zone(incident.zone)
    for talk in talks.had(incident):
        told = [
            moment(talk.at, here) if talk.at else "",
            recovery.by_way(talk.channel) if talk.channel else "",
            talk.by,
        ]
        when = ", ".join(part for part in told if part)
        yield paragraph(f"{when}: {talk.words}" if when else talk.words, first="  ", then="    ")
    if words := talks.to_come(incident):
        yield paragraph(f"for the next talk: {words}", first="  ", then="    ")


def _whys(incident: Incident) -> Iterator[str]:
    for line in whys.outline(incident).splitlines():
        text = line.lstrip()
        before = " " * (2 + len(line) - len(text))
        yield paragraph(text, first=before, then=f"{before}  ")


def _causes(incident: Incident) -> Iterator[str]:
    for cause in incident.causes:
        kind = " / ".join(filter(None, (cause.category or "unclassified", cause.subcategory)))
        again = f" [{cause.recurring_id}]" if cause.recurring_id else ""
        yield _item(cause.id, f"{kind}: {whys.find(incident, cause.why).text}{again}")


def _actions(incident: Incident, playbook: Playbook) -> Iterator[str]:
    for action in incident.actions:
        yield _item(action.id, f"{action.text} ({'; '.join(_about(action, playbook))})")


def _about(action: Action, playbook: Playbook) -> Iterator[str]:
    form = playbook.forms.get(action.form)
    if form is not None:
        yield f"{form.label.lower()}, {form.strength}"
    yield action.owner or "no owner yet"
    if action.done_on is not None:
        yield f"done {day(action.done_on)}"
    else:
        yield f"due {day(action.due_on)}" if action.due_on else "no due date yet"
    if action.effect.result != "unknown":
        yield action.effect.result
    if action.causes:
        yield f"answers {', '.join(action.causes)}"


def _item(name: str, text: str) -> str:
    first = f"  {plain(name)}  "
    return paragraph(text, first=first, then=" " * columns_of(first))


def findings(identifier: str, title: str, found: Sequence[Finding]) -> str:
    """What is asked of one incident, the errors first."""
    lines = [_head(identifier, title)]
    for finding in found:
        first = f"  {finding.level.ljust(7)}  {finding.rule.ljust(3)}  "
        lines.append(paragraph(_asked(finding), first=first, then=" " * len(first)))
    return "\n".join(lines)


def _asked(finding: Finding) -> str:
    """The finding, what would do, and the field it is about."""
    told, remedy = finding.message.strip(), finding.remedy.strip()
    if remedy:
        told += f" {remedy[:1].upper()}{remedy[1:]}" if told.endswith((".", "?", "!", "”")) else f"; {remedy}"
    return f"{told} [{finding.where}]" if finding.where else told


_SIGNS: Final = {"added": "+", "removed": "-", "changed": "~", "moved": ">"}
_MARKS: Final = {"same": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}


def changes(found: Sequence[Change]) -> str:
    """What changed, a line for each: `+` added, `-` taken out, `~` in other words, `>` stands elsewhere.

    In a text that was changed, the words taken out stand in `[- -]`, those put in in `{+ +}`.

    Examples:
        >>> from postmortem.record.difference import Change
        >>> print(changes([Change("team", "Team", "changed", "Field service north", "Field service south")]))
          ~ Team: Field service [-north-] {+south+}
    """
    return "\n".join(line for change in found for line in _change(change))


def _change(change: Change) -> Iterator[str]:
    first, then = f"  {_SIGNS[change.kind]} {plain(change.label)}: ", "      "
    if change.kind == "changed":
        lines = ["".join(_marked(piece.kind, piece.text) for piece in change.pieces)]
    elif change.kind == "moved":
        lines = [*change.before.splitlines(), "now:", *change.after.splitlines()]
    else:
        lines = (change.before or change.after).splitlines()
    if columns_of(first) > _ROOM:
        yield paragraph(first.strip(), first="  ", then=then)
        first = then
    yield paragraph(lines[0] if lines else "", first=first, then=then)
    yield from (paragraph(line, first=then, then=then) for line in lines[1:] if line.strip())


def _marked(kind: str, text: str) -> str:
    """A piece between its marks; the space before it stays outside, so that lines break there."""
    start, end = _MARKS[kind]
    words = text.lstrip()
    return f"{text[: len(text) - len(words)] or ' ' * bool(start)}{start}{words}{end}" if start else text
