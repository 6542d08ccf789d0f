"""Stage 2: how bad it is, neither more nor less (R6 to R9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from postmortem.record import escalation, recovery, spans
from postmortem.record.edit import get, put, replied
from postmortem.record.severity import Assessment, assess, by_hand, choice, unclear
from postmortem.record.vocabulary import SEVERITIES
from postmortem.widgets import typed
from postmortem.widgets.blocks import Block, Form, button, buttons, fold, lines, note, options, row, section

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from postmortem.record.playbook import Playbook
    from postmortem.record.rules import Level, SeverityQuestion
    from postmortem.record.severity import Reason
    from postmortem.record.vocabulary import Leg, Severity
    from postmortem.widgets.meeting import Retrospective

_LEGS: Final[Mapping[Leg, str]] = {
    "occurrence": "how it came to happen",
    "detection": "how it stayed unseen",
    "recovery": "what we added once we knew",
}
"""What each leg of whys asks, told once where a level asks for it."""


def body(form: Form) -> list[Block]:
    """What the stage shows."""
    playbook = form.meeting.playbook
    assessment = assess(form.incident, playbook)
    asked = _two_by_two([_question(form, question) for question in playbook.severity.questions])
    return [
        section(
            "Questions",
            *asked,
            hint="Harm to a person first. The worst answer counts; what is not known raises nothing.",
        ),
        section(
            "The level",
            _level(form, assessment),
            lines(f"{reason.ask} {_answered(form, reason)}: {reason.level}." for reason in assessment.reasons),
            *_still_open(form, assessment),
            *_by_hand(form, assessment),
            hint="Both are kept: what the answers say, and what a person set.",
        ),
        *_asks_for(form, assessment),
        fold("Where this record ends", *_where_it_ends(form)),
    ]


def _two_by_two(fields: list[Block]) -> list[Block]:
    """Amounts that are asked one after the other stand side by side."""
    rows: list[Block] = []
    for field in fields:
        last = rows[-1] if rows else {}
        if field["kind"] == "text" and last.get("t") == "row" and len(last["body"]) == 1:
            last["body"].append(field)
        else:
            rows.append(row(field) if field["kind"] == "text" else field)
    return rows


def _still_open(form: Form, assessment: Assessment) -> list[Block]:
    """The questions without an answer, by name: they raise nothing, and nobody forgets them."""
    asks = {question.id: question.ask for question in form.meeting.playbook.severity.questions}
    if not assessment.open_questions:
        return []
    return [note(" ".join(asks[name] for name in assessment.open_questions), strong="Not answered, or not known yet:")]


def _by_hand(form: Form, assessment: Assessment) -> list[Block]:
    level = form.choice("evaluation.level", "Set another level by hand", options(SEVERITIES, empty="as computed"))
    if not assessment.overridden and not form.incident.evaluation.reason and not form.incident.evaluation.level:
        return [row(level)]
    return [
        row(
            level,
            form.text("evaluation.reason", "Why another level"),
            form.text("evaluation.by", "Who set it", placeholder="a role"),
            columns=3,
        )
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
    if question.field:
        return form.toggle(f"impact.{question.field}", question.ask, options(question.levels), unknown="Not known yet")
    said = next((it.answer for it in form.incident.evaluation.replies if it.question == question.id), "")
    amount = {"kind": "text", "value": said, "placeholder": "not known yet"}
    words = {
        "kind": "toggle",
        "value": choice(question, said),
        "options": [list(pair) for pair in options(question.choices)],
        "unknown": "Not known yet",
    }
    wrong = any(it.question == question for it in unclear(form.incident, form.meeting.playbook))
    return {
        "t": "field",
        **(amount if question.over else words),
        "place": f"reply.{question.id}",
        "label": question.ask,
        "do": "reply",
        "findings": form.found_at("evaluation.replies") if wrong else [],
        "error": "",
    }


def _level(form: Form, assessment: Assessment) -> Block:
    if assessment.level is None:
        return note("Answer the first question, then the level stands here.", strong="Not known yet.")
    own = ""
    if assessment.overridden and assessment.level == assessment.computed:
        own = f"{_answer(by_hand(form.incident, assessment))}."
    elif assessment.overridden:
        own = f"The answers say {assessment.computed or 'nothing yet'}. A person set this one."
    worst = [reason.question for reason in assessment.reasons if reason.level == assessment.computed]
    could = " Nothing of the kind happened; that it could have counts as much." if worst == ["potential-harm"] else ""
    return note(f"{own}{could}".strip(), strong=f"{_answer(assessment.level)}.")


def _asks_for(form: Form, assessment: Assessment) -> list[Block]:
    """What the level asks for: how deep the review goes, how soon, who is told, who takes over (R7, R9, R19)."""
    playbook, incident = form.meeting.playbook, form.incident
    name = assessment.level
    if name is None:
        return []
    level, who = playbook.severity.levels[name], recovery.whom(incident)
    handing = escalation.wanted(incident, playbook)
    columns = {
        "How deep we look": _depth(level),
        f"How soon for the {who}, from knowing": _speed(playbook, name),
        "Who is told": _told(level, handing, who),
    }
    told = [{"title": title, "items": items} for title, items in columns.items()]
    blocks: list[Block] = [{"t": "asks", "columns": told}]
    if level.inform_manager or incident.evaluation.manager_told:
        blocks.append(
            row(
                form.text("evaluation.manager_told", "Which manager was told", placeholder="a role"),
                form.text("evaluation.manager_told_at", "When", placeholder="15:20"),
            )
        )
        if not incident.evaluation.manager_told_at:
            blocks.append(buttons(button("Told just now", "manager-told")))
    return [section("What this level asks for", *blocks, hint=level.means)]


def _depth(level: Level) -> list[str]:
    asked = [text for leg, text in _LEGS.items() if leg in level.legs]
    legs = ("no whys", "one leg of whys: ", "two legs of whys: ", "three legs of whys: ")[len(asked)]
    wanted = [
        legs + ", ".join(asked),
        f"at least {level.actions} action{'s' if level.actions != 1 else ''}",
        "more than a single chain of whys" if level.branches else "",
        "a second person classifies" if level.second_opinion else "",
        "every action's effect is checked" if level.effect_check else "",
        "the manager signs" if level.signature else "",
    ]
    return [f"{item[:1].upper()}{item[1:]}." for item in wanted if item]


def _speed(playbook: Playbook, level: Severity) -> list[str]:
    """The targets of a level in plain words."""
    target, span = playbook.targets[level], spans.rough
    kind = "working days" if playbook.calendar.days == "working" else "days"
    if target.tell_min == target.apologise_min:
        first = [f"Tell them, and apologise, within {span(target.tell_min)}."]
    else:
        first = [f"Tell them within {span(target.tell_min)}.", f"Apologise within {span(target.apologise_min)}."]
    return [
        *first,
        f"Put it right within {span(target.fix_min)}.",
        f"Offer what is owed within {span(target.credit_min)}.",
        f"Follow up {target.follow_up_days:g} {kind} after it is put right.",
    ]


def _told(level: Level, handing: tuple[str, ...], who: str) -> list[str]:
    told = [f"The {who}, and the colleagues involved before that."]
    if level.inform_manager:
        told.append("The manager.")
    if handing:
        told.append(f"A manager takes it over, because {' and '.join(handing)}: see the next stage.")
    return told


def _where_it_ends(form: Form) -> list[Block]:
    """R10: no discipline here, and the question that shows whose matter it is."""
    return [
        note(form.meeting.playbook.rules["R10"]),
        lines(
            (
                "Would somebody with the same training, tools and pressure most likely have done the same?",
                "If so, the place is what has to change: go on with the whys.",
                "If not, ask what they knew, and what they had been shown. That still belongs here.",
                "What remains between a person and their employer is talked about elsewhere, and not written here.",
            )
        ),
    ]


def manager_told(meeting: Retrospective, _args: Mapping[str, Any]) -> str:
    """The manager was told just now."""
    meeting.put("evaluation.manager_told_at", meeting.now().replace(second=0, microsecond=0))
    return "evaluation.manager_told"


def reply(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Keep the answer to a question of the team's own."""
    question, answer = str(args["place"]).removeprefix("reply."), str(args["value"])
    new = replied(meeting.incident.evaluation.replies, question, answer)
    meeting.change(lambda incident: put(incident, "evaluation.replies", new))
    return ""


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {"reply": reply, "manager-told": manager_told}
