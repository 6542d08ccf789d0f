"""Stage 2: how bad it is, neither more nor less (R6 to R9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postmortem.record.edit import get, put, replied
from postmortem.record.severity import Assessment, assess
from postmortem.record.vocabulary import SEVERITIES
from postmortem.widgets import typed
from postmortem.widgets.blocks import Block, Form, lines, note, options, row, section

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from postmortem.record.rules import Level, SeverityQuestion
    from postmortem.record.severity import Reason
    from postmortem.widgets.meeting import Retrospective


def body(form: Form) -> list[Block]:
    """What the stage shows."""
    playbook = form.meeting.playbook
    assessment = assess(form.incident, playbook)
    asked = [_question(form, question) for question in playbook.severity.questions]
    return [
        section("Questions", *asked, hint="The worst answer counts."),
        section(
            "The level",
            _level(assessment),
            lines(f"{reason.ask} {_answered(form, reason)}: {reason.level}." for reason in assessment.reasons),
            row(
                form.choice("evaluation.level", "Set another level by hand", options(SEVERITIES, empty="as computed")),
                form.text("evaluation.reason", "Why another level", optional=True),
            ),
            hint="Both are kept: what the answers say, and what a person set.",
        ),
        *([_asks_for(playbook.severity.levels[assessment.level])] if assessment.level else []),
    ]


def _answered(form: Form, reason: Reason) -> str:
    """An answer as it stands in its field, money with its currency."""
    asked = form.meeting.playbook.severity.questions
    field = next((question.field for question in asked if question.id == reason.question), "")
    if not field:
        return _answer(reason.answer)
    place = f"impact.{field}"
    money = f" {form.currency}" if typed.kind_of(place) == "money" else ""
    return _answer(typed.show(get(form.incident, place), form.around)) + money


def _answer(answer: str) -> str:
    return answer[:1].upper() + answer[1:]


def _question(form: Form, question: SeverityQuestion) -> Block:
    if question.field and question.over:
        return form.text(f"impact.{question.field}", question.ask, placeholder="not known yet")
    choices = options(question.levels)
    if question.field:
        return form.toggle(f"impact.{question.field}", question.ask, choices, unknown="Not known yet")
    replies = {reply.question: reply.answer for reply in form.incident.evaluation.replies}
    return {
        "t": "field",
        "kind": "toggle",
        "place": f"reply.{question.id}",
        "label": question.ask,
        "value": replies.get(question.id, ""),
        "options": [list(choice) for choice in choices],
        "unknown": "Not known yet",
        "do": "reply",
        "findings": [],
        "error": "",
    }


def _level(assessment: Assessment) -> Block:
    if assessment.level is None:
        return note("Answer the first question, then the level stands here.", strong="Not known yet.")
    open_count = len(assessment.open_questions)
    still = f" {open_count} question{'s' if open_count != 1 else ''} still open." if open_count else ""
    own = f" The answers say {assessment.computed or 'nothing yet'}." if assessment.overridden else ""
    return note(f"{own}{still}".strip(), strong=f"{_answer(assessment.level)}.")


def _asks_for(level: Level) -> Block:
    legs = ("no whys", "one leg of whys", "two legs of whys", "three legs of whys")[len(set(level.legs))]
    wanted = [
        legs,
        f"at least {level.actions} action{'s' if level.actions != 1 else ''}",
        "more than a single chain of whys" if level.branches else "",
        "the manager is told" if level.inform_manager else "",
        "a second person classifies" if level.second_opinion else "",
        "every action's effect is checked" if level.effect_check else "",
        "the manager signs" if level.signature else "",
    ]
    return section(
        "What this level asks for",
        lines(item[:1].upper() + item[1:] for item in wanted if item),
        hint=level.means,
    )


def reply(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Keep the answer to a question of the team's own."""
    question, answer = str(args["place"]).removeprefix("reply."), str(args["value"])
    new = replied(meeting.incident.evaluation.replies, question, answer)
    meeting.change(lambda incident: put(incident, "evaluation.replies", new))
    return ""


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {"reply": reply}
