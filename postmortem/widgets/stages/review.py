"""Stage 7: read it once as a stranger, and send it (R39 to R41)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from postmortem.record import contact, recovery, topics, whys
from postmortem.record.edit import changed, drop
from postmortem.widgets import apart, history, standing
from postmortem.widgets.blocks import Block, Form, button, buttons, lines, neighbour, note, section
from postmortem.widgets.opinions import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from postmortem.record.playbook import StageId
    from postmortem.record.review import Finding
    from postmortem.record.rules import Stage
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
    found = [finding for finding in meeting.findings if not apart.hides(meeting, finding.where)]
    waiting = [finding for finding in found if finding.level != "hint"]
    hints = len(found) - len(waiting)
    told = [f"{stages[finding.stage].name}: {_ended(finding.message)}" for finding in waiting]
    told += _open_steps(form)
    nothing = "Nothing else is to look at." if not meeting.is_new else "Nothing is told yet. Start with stage 1."
    return [
        section(
            "Still to look at",
            lines(told) if told else note(nothing),
            *_ways(stages, waiting),
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
        _topics(form),
        standing.part(form),
        section(
            "The report",
            *(
                [note("Say in stage 1 what went wrong, then there is something to report.")]
                if meeting.is_new
                else [
                    *_left_out(meeting),
                    *(note(said) for said in (contact.wanted(incident, meeting.playbook),) if said),
                    buttons(
                        *(button(label, "report", audience=audience, icon="page") for audience, label, _ in _AUDIENCES),
                        button("Cause map for the wall", "map", icon="page"),
                    ),
                    lines(
                        [
                            *(f"{label}: {what}." for _, label, what in _AUDIENCES),
                            "Cause map for the wall: the whys from left to right, on sheets to print; for the team.",
                        ]
                    ),
                ]
            ),
            hint=f"A single file that opens in any browser without a network. It is kept in the folder “{REPORTS}”.",
        ),
        history.part(meeting),
    ]


def _open_steps(form: Form) -> list[str]:
    """The steps with the customer that are still to do, each by its name."""
    meeting, incident = form.meeting, form.incident
    if meeting.is_new or not recovery.is_handled_here(incident):
        return []
    every = recovery.numbered(recovery.steps(incident, meeting.playbook, meeting.now()))
    still = [f"{step.number} {recovery.worded(step.rule.text, incident)}" for step in every if step.is_open]
    if not still:
        return []
    count = "1 step is" if len(still) == 1 else f"{len(still)} steps are"
    return [f"{meeting.playbook.stages['recover'].name}: {count} still to do with the customer: {'; '.join(still)}."]


def _left_out(meeting: Retrospective) -> list[Block]:
    """What a report that is written here leaves out, so that nobody reads in it what is covered (R31)."""
    names = whys.labels(meeting.incident)
    covered = [names[cause.why] for cause in meeting.incident.causes if apart.is_covered(meeting, cause)]
    if not covered:
        return []
    kinds = f"the kind of {listed(covered, 'and')}"
    until = "your own opinion is given, and you look at the other, in stage 5"
    told = f"Until {until}, a report that you write leaves out {kinds}."
    return [note(told, strong="Something is covered.")]


def _topics(form: Form) -> Block:
    """What waits for the next retrospective, which opens with it."""
    rows: list[Block] = []
    for topic in form.incident.topics:
        place, settled = f"topics.{topic.id}", topic.settled
        told = [
            f"Taken up from {topic.carried_from.partition('/')[0]}." if topic.carried_from else "",
            f"Taken up in {topic.carried_to}." if topic.carried_to else "Talked through." if settled else "",
        ]
        turn = "Not yet after all" if settled else "Talked through"
        rows.append(
            {
                "t": "topic",
                "key": topic.id,
                "fields": [
                    form.text(f"{place}.text", "What to talk about", placeholder="who may promise a customer a time?"),
                    form.text(f"{place}.by", "Brought up by", placeholder="a role"),
                ],
                "deeds": buttons(
                    button(turn, "topic-settle", key=topic.id, settled=not settled),
                    button("Take it out", "topic-drop", style="quiet", key=topic.id),
                ),
                "told": " ".join(filter(None, told)),
            }
        )
    empty = [] if rows else [note("Nothing waits. What you write here opens the next retrospective.")]
    return section(
        "What we had no time for",
        *rows,
        *empty,
        buttons(button("Add a topic", "topic-note", icon="plus")),
        hint="It is kept with this record until it is talked through, here or in the next retrospective.",
    )


def topic_note(meeting: Retrospective, _args: Mapping[str, Any]) -> str:
    """A new topic for the next retrospective."""
    after = meeting.change(topics.note)
    return f"topics.{after.topics[-1].id}.text"


def topic_settle(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Say that a topic was talked through, or that it was not after all."""
    meeting.change(topics.settle, str(args["key"]), settled=bool(args["settled"]))
    return ""


def topic_drop(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Take a topic out; the focus goes to its neighbour."""
    key = str(args["key"])
    near = neighbour([topic.id for topic in meeting.incident.topics], key)
    meeting.change(lambda incident: drop(incident, "topics", key))
    return f"topics.{near}.text" if near else ""


def learned(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Keep the lessons, one a line."""
    told = tuple(line for line in str(args["value"]).split("\n") if line.strip())
    meeting.change(lambda incident: changed(incident, learned=told))
    return ""


def report(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Write the report for one reader; the panel says where it is and offers to open it."""
    from postmortem.report import incident_summary, render, write  # noqa: PLC0415 - only when somebody asks for it

    audience = args["audience"]
    summary = incident_summary(apart.as_seen(meeting), meeting.playbook, audience=audience, now=meeting.now())
    REPORTS.mkdir(parents=True, exist_ok=True)
    file = write(summary, REPORTS / f"{summary.id}-{audience}.html")
    return f"file:{file}\n{render(summary, 'html')}"


def cause_map_file(meeting: Retrospective, _args: Mapping[str, Any]) -> str:
    """Write the cause map for the wall."""
    from postmortem.report import cause_map, render, write  # noqa: PLC0415 - only when somebody asks for it

    drawn = cause_map(apart.as_seen(meeting), meeting.playbook, now=meeting.now())
    REPORTS.mkdir(parents=True, exist_ok=True)
    return f"file:{write(drawn, REPORTS / f'{meeting.incident.id}-map.html')}\n{render(drawn, 'html')}"


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {
    "learned": learned,
    "topic-note": topic_note,
    "topic-settle": topic_settle,
    "topic-drop": topic_drop,
    "report": report,
    "map": cause_map_file,
    **history.DO,
}


def _ways(stages: Mapping[StageId, Stage], waiting: Sequence[Finding]) -> list[Block]:
    """One press away from the stages in which something is still to look at."""
    there = Counter(finding.stage for finding in waiting)
    ways = [{"stage": name, "label": f"Go to “{stages[name].name}” ({count})"} for name, count in there.items()]
    return [{"t": "ways", "ways": ways}] if ways else []


def _ended(text: str) -> str:
    """As a sentence: with a capital, and with a full stop unless it ends as one already."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!", "…")) else f"{text}."
