"""What the playbook says about leading a meeting: words to say, rules to agree on, and a text to invite with.

The invitation is a template with named blanks, `{title}` or `{day}`, and nothing else: no code, no formats. What is
filled in stays text, also where it looks like a blank.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field

from postmortem.record.base import Table, Value
from postmortem.record.errors import Problem, near, shown_name
from postmortem.record.vocabulary import SEVERITIES, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Role = Literal["facilitator", "scribe", "speaker"]
Question = Literal["learned", "again", "better"]

BLANKS: Final[Mapping[str, str]] = {
    "title": "[what happened?]",
    "record": "[which record?]",
    "day": "[which day?]",
    "begins": "[from when?]",
    "ends": "[until when?]",
    "minutes": "[how long?]",
    "where": "[where?]",
    "facilitator": "[who leads?]",
    "scribe": "[who writes?]",
    "people": "[who comes?]",
    "agenda": "[agenda]",
    "ground_rules": "[ground rules]",
}
"""The blanks an invitation may have, and what stands there while nobody has said it."""

_BLANK: Final = re.compile(r"\{([^{}\n]*)\}")
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "minutes": SEVERITIES,
    "roles": ("facilitator", "scribe", "speaker"),
    "questions": ("learned", "again", "better"),
}

ShortMinutes = Annotated[int, Field(ge=5, le=600)]


class HardMoment(Value):
    """A moment in which whoever leads is glad of a sentence."""

    when: str
    say: tuple[str, ...] = Field(min_length=1)


class MeetingRules(Value):
    """How a retrospective is prepared, led and closed (P).

    Attributes:
        minutes: How long a meeting is proposed to take, by severity (R7).
        subject: The line above the invitation; the same blanks.
        invitation: The text that is sent, with blanks.
        ground_rules: What everybody agrees to, in a few lines.
        roles: What each role does, in one line.
        order: In which order people speak, in a few lines.
        senior: Words in a role that speaks late; the later in this list, the later.
        speaks: Who speaks in a stage.
        start: What to say at the start.
        end: What to say at the end.
        hard_moments: What to say when it gets difficult.
        questions: The questions after the meeting: two with yes or no, and one line.
    """

    minutes: Table[Severity, ShortMinutes]
    subject: str
    invitation: str
    ground_rules: tuple[str, ...]
    roles: Table[Role, str]
    order: tuple[str, ...]
    senior: tuple[str, ...] = ()
    speaks: Table[str, str]
    start: tuple[str, ...]
    end: tuple[str, ...]
    hard_moments: Table[str, HardMoment]
    questions: Table[Question, str]


def problems_of(rules: MeetingRules, stages: Iterable[str]) -> list[Problem]:
    """What does not fit in the section: blanks and stages that nobody knows, and keys that are missing.

    Args:
        rules: The section.
        stages: The stages there are.
    """
    known = tuple(stages)
    problems = [
        Problem(f"meeting.{table}.{key}", "missing", "this key stays in every playbook")
        for table, keys in _NEEDED.items()
        for key in keys
        if key not in getattr(rules, table)
    ]
    problems += [_unknown(f"meeting.speaks.{stage}", stage, known) for stage in rules.speaks if stage not in known]
    templates = {
        "subject": rules.subject,
        "invitation": rules.invitation,
        "start": "\n".join(rules.start),
        "end": "\n".join(rules.end),
    }
    problems += [
        _unknown(f"meeting.{field}", f"{{{name}}}", [f"{{{blank}}}" for blank in BLANKS])
        for field, template in templates.items()
        for name in dict.fromkeys(blanks_in(template))
        if name not in BLANKS
    ]
    return problems


def _unknown(where: str, found: str, known: Iterable[str]) -> Problem:
    listed = tuple(known)
    hint = near(found, listed)
    remedy = f"did you mean {hint}?" if hint else f"there are: {', '.join(listed)}"
    return Problem(where, f"there is no {shown_name(found)}", remedy)


def blanks_in(template: str) -> list[str]:
    """The names of the blanks in a template, in their order.

    Examples:
        >>> blanks_in("On {day}, from {begins} to {ends}.")
        ['day', 'begins', 'ends']
    """
    return _BLANK.findall(template)


def filled(template: str, said: Mapping[str, str]) -> str:
    """A template with its blanks filled; what nobody has said yet is asked for in its place.

    Examples:
        >>> filled("{title}, on {day}", {"title": "Late: {day} was no use"})
        'Late: {day} was no use, on [which day?]'
    """
    return _BLANK.sub(lambda blank: said.get(blank[1]) or BLANKS.get(blank[1], blank[0]), template)
