"""Stage 7: read it once as a stranger, and send it (R39 to R41)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from postmortem.record.edit import changed
from postmortem.record.vocabulary import STATES
from postmortem.widgets import history
from postmortem.widgets.blocks import Block, Form, button, buttons, lines, note, options, section

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from postmortem.widgets.meeting import Retrospective

REPORTS = Path("reports")
"""Where reports are written: a folder beside the notebook's working folder."""

_AUDIENCES = (
    ("team", "For the team", "everything"),
    ("manager", "For the manager", "without the customer's name"),
    ("customer", "For the customer", "one page, without colleagues and inner causes"),
)


def body(form: Form) -> list[Block]:
    """What the stage shows."""
    meeting, incident = form.meeting, form.incident
    stages = meeting.playbook.stages
    waiting = [finding for finding in meeting.findings if finding.level != "hint"]
    hints = len(meeting.findings) - len(waiting)
    told = [f"{stages[finding.stage].name}: {_ended(finding.message)}" for finding in waiting]
    nothing = "Nothing is missing." if not meeting.is_new else "Nothing is told yet. Start with stage 1."
    return [
        section(
            "Still to look at",
            lines(told) if told else note(nothing),
            aside=f"{hints} hint{'s' if hints != 1 else ''} besides" if hints else "",
        ),
        section(
            "What we learned",
            {
                **form.area("summary", "In a few sentences, for somebody who was not here", tall=True),
            },
            {
                "t": "field",
                "kind": "area",
                "place": "learned",
                "label": "What we take with us",
                "value": "\n".join(incident.learned),
                "help": "One thing a line.",
                "do": "learned",
                "findings": [],
                "error": "",
            },
        ),
        section(
            "Where the record stands",
            {**form.toggle("state", "State", options(STATES)), "do": "state"},
            hint="A closed record is changed only by a new revision; nothing is ever lost.",
        ),
        section(
            "The report",
            *(
                [note("Say in stage 1 what went wrong, then there is something to report.")]
                if meeting.is_new
                else [
                    buttons(
                        *(button(label, "report", audience=audience, icon="page") for audience, label, _ in _AUDIENCES)
                    ),
                    lines(f"{label}: {what}." for _, label, what in _AUDIENCES),
                ]
            ),
            hint=f"A single file that opens in any browser without a network. It is kept in the folder “{REPORTS}”.",
        ),
        history.part(meeting),
    ]


def learned(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Keep the lessons, one a line."""
    told = tuple(line for line in str(args["value"]).split("\n") if line.strip())
    meeting.change(lambda incident: changed(incident, learned=told))
    return ""


def state(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Say where the record stands; one that is closed is closed now, and stays so when it is reopened later."""
    before, after = meeting.incident, str(args["value"])
    at = meeting.now().replace(second=0, microsecond=0) if after == "closed" else None
    if after in {before.state, "reopened"}:
        at = before.closed_at
    meeting.change(lambda incident: changed(incident, state=after, closed_at=at))
    return ""


def report(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Write the report for one reader; the panel says where it is and offers to open it."""
    from postmortem.report import incident_summary, render, write  # noqa: PLC0415 - only when somebody asks for it

    audience = args["audience"]
    summary = incident_summary(meeting.incident, meeting.playbook, audience=audience, now=meeting.now())
    REPORTS.mkdir(parents=True, exist_ok=True)
    file = write(summary, REPORTS / f"{meeting.incident.id}-{audience}.html")
    return f"file:{file}\n{render(summary, 'html')}"


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {
    "learned": learned,
    "state": state,
    "report": report,
    **history.DO,
}


def _ended(text: str) -> str:
    """With a full stop, unless it ends as a sentence already."""
    return text if text.endswith((".", "?", "!", "…")) else f"{text}."
