"""Stage 5: what kind of cause each root is (R28 to R31)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postmortem.record import causes, whys
from postmortem.record.review.roots import possible
from postmortem.record.vocabulary import CATEGORIES
from postmortem.widgets.blocks import Block, Form, card, category_badge, lines, note, options, replied, row, section

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from postmortem.record.incident import Cause
    from postmortem.widgets.meeting import Retrospective

_ANSWERS = (("yes", "Yes"), ("no", "No"), ("not known", "Not known"))


def body(form: Form) -> list[Block]:
    """What the stage shows: one card a root."""
    incident, playbook = form.incident, form.meeting.playbook
    if not incident.causes:
        told = "Mark a root in stage 4: the why that you can act on. Then it is classified here."
        return [note(told, strong="No root yet.")]
    names = whys.labels(incident)
    return [
        *(_root(form, cause, names[cause.why]) for cause in incident.causes),
        section(
            "What would have avoided it",
            form.checks("factors", "Any number of these", options(playbook.factors.names)),
        ),
        section(
            "The kinds",
            lines(f"{name[:1].upper()}{name[1:]}: {rule.means}" for name, rule in playbook.categories.items()),
            hint="The four count as ours. What nobody here controls stands beside them.",
        ),
    ]


def _root(form: Form, cause: Cause, name: str) -> Block:
    playbook, place = form.meeting.playbook, f"causes.{cause.id}"
    said = {reply.question: reply.answer for reply in cause.trail}
    left = possible(cause, playbook)
    below = playbook.categories[cause.category].below if cause.category else ()
    why = whys.find(form.incident, cause.why)
    trail = [
        {
            "t": "field",
            "kind": "toggle",
            "place": f"{place}.trail.{question.id}",
            "label": question.ask,
            "value": said.get(question.id, ""),
            "options": [list(choice) for choice in _ANSWERS],
            "small": True,
            "clear": True,
            "do": "trail",
            "findings": [],
            "error": "",
        }
        for question in playbook.decision_aid
    ]
    hint = note(f"{_listed(left)}.", strong="Still possible:") if said else note("", strong="")
    if said and not left:
        hint = note("The answers exclude each other. Look at them again.", strong="Nothing is left.", tone="warn")
    return card(
        cause.id,
        *trail,
        hint,
        form.toggle(f"{place}.category", "Kind of cause", options(CATEGORIES), shapes=True, clear=True),
        *([form.choice(f"{place}.subcategory", "More exactly", options(below, empty="not said"))] if below else []),
        row(form.area(f"{place}.reason", "Why this kind", optional=True), columns=1),
        title=causes.text(form.incident, cause) or "(no words yet)",
        label=name,
        badge=category_badge(cause.category, possible=why.status == "possible"),
    )


def _listed(names: tuple[str, ...]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def trail(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Keep the answer to one question of the decision aid."""
    _, cause, _, question = str(args["place"]).split(".", 3)
    answer = str(args["value"])
    found = causes.find(meeting.incident, cause)
    meeting.change(lambda incident: causes.amend(incident, cause, trail=replied(found.trail, question, answer)))
    return ""


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {"trail": trail}
