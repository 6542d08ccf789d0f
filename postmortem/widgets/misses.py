"""Which list should have caught the incident (R37): said, taken back, and suggested by likeness of words.

It is asked in the stage "act", beside what will be different: the answer is a list to change, or to ask about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from postmortem.analysis.likeness import Said, WordEngine
from postmortem.record import checklists
from postmortem.store.lists import lists
from postmortem.widgets.blocks import Block, Form, section
from postmortem.widgets.checklists import known_lists, version_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from postmortem.record.incident import Incident
    from postmortem.store.lists import Listed
    from postmortem.widgets.meeting import Retrospective

_SUGGESTED: Final = 3


def part(form: Form) -> Block:
    """Which lists should have caught this incident, and those that may have."""
    known = known_lists(form.meeting)
    incident = form.incident
    own = {checklists.key(incident, sheet.id): sheet.name for sheet in incident.checklists}
    names = {listed.key: listed for listed in known.every if listed.incident_id != incident.id}
    rows = []
    for key in incident.should_have_caught:
        listed = names.get(key)
        name = own.get(key) or (listed.sheet.name if listed else "")
        told = f"{key}. {version_line(listed.sheet)}" if listed else key
        gone = "" if name or known.unread else "No record has this list any more."
        rows.append({"key": key, "name": name or key, "told": told, "gone": gone})
    free = [listed for listed in known.every if listed.key in names and listed.key not in incident.should_have_caught]
    near = _alike(incident, free)
    options = [*near, *(listed for listed in free if listed not in near)]
    return section(
        "Which list should have caught this?",
        {
            "t": "caught",
            "rows": rows,
            "findings": form.found_at("should_have_caught"),
            "options": [
                {
                    "key": listed.key,
                    "name": listed.sheet.name,
                    "job": listed.sheet.job,
                    "near": listed in near,
                }
                for listed in options
            ],
            "unread": known.unread,
        },
        hint="A list that was used and let this through wants another point; one that was not used wants another "
        "question. Nobody is blamed for either.",
    )


def _alike(incident: Incident, among: Sequence[Listed]) -> list[Listed]:
    """The lists whose words are most like those of the incident: suggestions, no more."""
    told = [incident.title, incident.summary, incident.impact.happened, incident.kind]
    told += [why.text for why in incident.whys]
    past = [Said(" ".join([it.sheet.name, it.sheet.job, it.title, *checklists.points(it.sheet)])) for it in among]
    if not past:
        return []
    found = WordEngine().remember(past).nearest(" ".join(told), _SUGGESTED)
    return [among[match.index] for match in found]


def say(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Say that a list should have caught this incident."""
    key = str(args["key"])
    there = [listed.key for listed in lists(meeting.store)]
    meeting.change(lambda incident: checklists.missed(incident, key, there))
    return f"caught.{key}"


def take_back(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Take that back."""
    key = str(args["key"])
    meeting.change(lambda incident: checklists.not_missed(incident, key))
    return "caught"


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {"caught": say, "not-caught": take_back}
