"""Everything that can be done in a panel can be done from code in a cell, and shows in every panel.

A new deed of a stage needs a line in `TWINS`: what the panel sends, and what one writes in a cell to the same effect.
What changes no record stands in `ASIDE`, with what does the same from code.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from postmortem.record import (
    actions,
    apart,
    authority,
    causes,
    checklists,
    clock,
    commitments,
    compensation,
    escalation,
    ladder,
    links,
    offering,
    points,
    procedures,
    recovery,
    saying,
    signatures,
    states,
    talks,
    topics,
    versions,
    walltimes,
    whys,
)
from postmortem.record.edit import add, drop, put
from postmortem.record.incident import Compensation, Incident, Moment, Reply
from postmortem.record.playbook import STAGES
from postmortem.store import open_store
from postmortem.widgets import Retrospective, silence
from postmortem.widgets.stage import deeds
from tests.widgets.seen import NOW, do, fields
from tests.widgets.seen import put as typed

if TYPE_CHECKING:
    from collections.abc import Callable

    Code = Callable[[Retrospective], object]


@dataclass(frozen=True)
class Twin:
    """What a panel sends, and what does the same from code.

    Attributes:
        args: What the deed is sent.
        code: What one writes in a cell.
        before: What has to stand before.
    """

    args: dict[str, Any] | Callable[[Retrospective], dict[str, Any]]
    code: Code
    before: Code = field(default=lambda _retro: None)


def begun(retro: Retrospective) -> None:
    """A round of silent ideas, with two of Ana's."""
    silence.begin(retro, "", "whys")
    silence.write(retro, "No reminder", "No time")


def one_shown(retro: Retrospective) -> None:
    """A round with one idea: several are shown in an order of their own in each round."""
    silence.begin(retro, "", "whys")
    silence.write(retro, "No reminder")
    silence.reveal(retro)


def shown(retro: Retrospective) -> None:
    """The same, seen by all."""
    begun(retro)
    silence.reveal(retro)


def late(retro: Retrospective) -> None:
    """Words that came after all were shown."""
    shown(retro)
    found = silence.under_way(retro)
    do(retro.stage("why"), "write-ideas", round=found.id, value="Too late", stage="why")


def two_texts(retro: Retrospective) -> None:
    """Another text waits in a field."""
    retro.change(versions.kept, "team", "Vans", by="Ben", when=NOW)


TRAIL = (Reply(question="able", answer="yes"),)


def answered(retro: Retrospective) -> None:
    """One question of the decision aid is answered, and the kind taken."""
    retro.change(causes.amend, "c1", trail=TRAIL, category="system")


def hers(retro: Retrospective) -> None:
    """Ana's own opinion."""
    retro.change(apart.opine, "c1", "Ana", "system")


def his(retro: Retrospective) -> None:
    """Ben's opinion, which Ana has not seen."""
    retro.change(apart.opine, "c1", "Ben", "training")


def seen(retro: Retrospective) -> None:
    """Both opinions, and Ana has seen Ben's."""
    both(retro)
    retro.quietly(apart.look, "c1", "Ana")


def both(retro: Retrospective) -> None:
    """Ana's opinion and Ben's, which differ."""
    hers(retro)
    retro.change(apart.opine, "c1", "Ben", "training")


def reconciled(retro: Retrospective) -> None:
    """The kind that they chose after talking."""
    said = causes.who_said_what(causes.find(retro.incident, "c1"))
    retro.change(causes.reconcile, "c1", "training", said)


DAY = NOW.date()


def listed(retro: Retrospective) -> None:
    """A checklist of two points."""
    retro.change(checklists.publish, "Leaving", ["All lines ring", "Lights are green"], on=DAY)


def ticked(retro: Retrospective) -> None:
    """The same, used once."""
    listed(retro)
    retro.change(checklists.tick, "l1", ["All lines ring"], on=DAY)


def let_through(retro: Retrospective) -> None:
    """The same, which should have caught this."""
    listed(retro)
    retro.change(checklists.missed, "2026-001/l1")


def _of_round(**args: Any) -> dict[str, Any]:
    return {"stage": "why", **args}


def fixed(retro: Retrospective) -> None:
    """The fix is done."""
    retro.change(recovery.do, "fix", retro.playbook, at=NOW)


def worded(retro: Retrospective) -> None:
    """And words are in the field."""
    fixed(retro)
    retro.put("recovery.wording", "We cut you off.")


def asked(retro: Retrospective) -> None:
    """They agreed to a manager."""
    retro.put("recovery.escalation.permission", "yes")
    retro.put("recovery.escalation.handed_to", "Duty manager")


def owing(retro: Retrospective) -> None:
    """What is owed has its amount."""
    retro.put("recovery.compensation.k1.owed", Decimal(210))


def offered(retro: Retrospective) -> None:
    """And it is offered."""
    owing(retro)
    retro.change(compensation.offer, "k1", Decimal(210), NOW)


TWINS = {
    "keep-clocks": Twin(
        {"was": "UTC"},
        lambda it: it.change(walltimes.kept, "UTC"),
        before=lambda it: (it.put("known_at", NOW), it.put("zone", "Asia/Tokyo")),
    ),
    "add-moment": Twin({}, lambda it: it.change(add, "timeline", Moment(id="m2"))),
    "drop-moment": Twin({"key": "m1"}, lambda it: it.change(drop, "timeline", "m1")),
    "reply": Twin(
        {"place": "reply.law", "value": "yes"},
        lambda it: it.put("evaluation.replies", (Reply(question="law", answer="yes"),)),
    ),
    "tell-by": Twin({"channel": "phone"}, lambda it: it.put("recovery.channel", "phone")),
    "start-words": Twin(
        {"text": "We cut you off. That was our mistake, and I am sorry."},
        lambda it: it.put("recovery.wording", "We cut you off. That was our mistake, and I am sorry."),
    ),
    "own-words": Twin({"text": "We cut you off."}, lambda it: it.put("recovery.wording", "We cut you off.")),
    "said": Twin(
        {"steps": ["explain-mistake", "apologise"]},
        lambda it: it.change(
            saying.say, ["explain-mistake", "apologise"], it.playbook, at=NOW, by=it.by or it.incident.owner
        ),
    ),
    "owe": Twin(
        {"kind": "reimbursement", "what": "A taxi", "amount": "12"},
        lambda it: it.change(compensation.keep, compensation.Owed("reimbursement", Decimal(12), "A taxi")),
    ),
    "keep-rest": Twin(
        {"key": "k1", "amount": "16"},
        lambda it: it.put("recovery.compensation.k1.owed", Decimal(226)),
        before=owing,
    ),
    "decide-otherwise": Twin(
        {"kind": "reimbursement", "amount": "20", "because": "They agreed to half"},
        lambda it: it.change(
            compensation.decide_otherwise,
            compensation.owed(it.incident, it.playbook)[0],
            "They agreed to half",
            Decimal(20),
        ),
        before=lambda it: it.put("impact.customer_cost", Decimal(64)),
    ),
    "offer": Twin({"key": "k1"}, lambda it: it.change(compensation.offer, "k1", Decimal(210), NOW), before=owing),
    "offer-rest": Twin(
        {"kind": "goodwill"},
        lambda it: it.change(offering.offer_rest, it.playbook, NOW, "goodwill"),
        before=lambda it: it.change(compensation.goodwill, "Flowers", Decimal(20)),
    ),
    "offer-within": Twin(
        {"kind": "goodwill"},
        lambda it: it.change(offering.offer_within, it.playbook, NOW, "goodwill"),
        before=lambda it: it.change(compensation.goodwill, "A year free", Decimal(210)),
    ),
    "ask-rest": Twin(
        {"kind": "goodwill"},
        lambda it: it.change(offering.ask, it.playbook, NOW, "goodwill"),
        before=lambda it: it.change(compensation.goodwill, "A year free", Decimal(210)),
    ),
    "offer-part": Twin(
        {"key": "k1", "amount": "150"},
        lambda it: it.change(authority.offer_part, "k1", Decimal(150), NOW),
        before=owing,
    ),
    "answer-offer": Twin(
        {"key": "k1", "answer": "accepted"},
        lambda it: it.change(compensation.answer, "k1", "accepted", NOW),
        before=offered,
    ),
    "carry-out": Twin({"key": "k1"}, lambda it: it.change(compensation.carry_out, "k1", NOW), before=offered),
    "ask-approval": Twin({"key": "k1"}, lambda it: it.change(compensation.ask_approval, "k1", NOW), before=owing),
    "approve": Twin(
        {"key": "k1", "by": "Duty manager"},
        lambda it: it.change(compensation.approve, "k1", "Duty manager", NOW),
        before=owing,
    ),
    "owed-step": Twin(
        {"key": "offer", "at": NOW.isoformat()},
        lambda it: it.change(recovery.do, "offer", it.playbook, at=NOW, by="Ana"),
        before=offered,
    ),
    "drop-owed": Twin({"key": "k1"}, lambda it: it.change(drop, "recovery.compensation", "k1")),
    "step-done": Twin(
        {"key": "fix", "at": "now"},
        lambda it: it.change(recovery.do, "fix", it.playbook, at=NOW, by="Ana"),
    ),
    "step-undone": Twin({"key": "fix"}, lambda it: it.change(recovery.undo, "fix", it.playbook), before=fixed),
    "step-spared": Twin({"key": "fix"}, lambda it: it.change(procedures.spare, "fix", it.playbook)),
    "words-said": Twin({"key": "fix"}, lambda it: it.change(talks.keep, "fix"), before=worded),
    "agree": Twin(
        {"key": "fix"},
        lambda it: it.change(recovery.agreed, "fix", it.playbook),
        before=lambda it: it.change(recovery.set_step, "fix", status="done", at=NOW),
    ),
    "why-recovery": Twin(
        {"text": "It was told late"},
        lambda it: it.change(whys.answer, None, "It was told late", leg="recovery", status="confirmed", by="Ana"),
    ),
    "manager": Twin({"value": "no"}, lambda it: it.change(escalation.no_manager, it.playbook, NOW)),
    "hand-over": Twin(
        {},
        lambda it: it.change(escalation.hand_over, "Duty manager", at=NOW),
        before=asked,
    ),
    "called-back": Twin({}, lambda it: it.change(escalation.called_back, NOW)),
    "manager-told": Twin({}, lambda it: it.put("evaluation.manager_told_at", NOW)),
    "ask": Twin({"node": "w1"}, lambda it: it.change(whys.answer, "w1")),
    "beside": Twin({"node": "w2"}, lambda it: it.change(whys.answer, "w1")),
    "reword": Twin({"node": "w1", "text": "Left at 9"}, lambda it: it.change(whys.reword, "w1", "Left at 9")),
    "remove": Twin({"node": "w2"}, lambda it: it.change(whys.remove, "w2")),
    "status": Twin({"node": "w1", "status": "confirmed"}, lambda it: it.change(whys.mark, "w1", "confirmed")),
    "root": Twin({"node": "w3"}, lambda it: it.change(causes.mark_root, "w3")),
    "kind": Twin({"node": "w2", "kind": "system"}, lambda it: it.change(causes.amend, "c1", category="system")),
    "join": Twin({"node": "w1"}, lambda it: it.change(whys.join, "w1", "and")),
    "shift": Twin({"node": "w3", "by": -1}, lambda it: it.change(whys.shift, "w3", -1)),
    "indent": Twin({"node": "w3"}, lambda it: it.change(whys.indent, "w3")),
    "outdent": Twin({"node": "w3"}, lambda it: it.change(whys.outdent, "w3")),
    "move": Twin({"node": "w3", "parent": "w2"}, lambda it: it.change(whys.move, "w3", "w2")),
    "evidence": Twin(
        {"node": "w1", "kind": "record", "text": "Sheet 88"},
        lambda it: it.change(whys.add_evidence, "w1", "record", "Sheet 88"),
    ),
    "drop-evidence": Twin({"node": "w2", "index": 0}, lambda it: it.change(whys.drop_evidence, "w2", 0)),
    "stop": Twin(
        {"node": "w1", "question": "can_act", "answer": "yes"},
        lambda it: it.change(whys.stop_test, "w1", can_act="yes", would_have_helped=None),
    ),
    "hold": Twin({"node": "w2", "holds": "yes"}, lambda it: it.change(whys.hold, "w2", "yes")),
    "trail": Twin(
        {"place": "causes.c1.trail.able", "value": "yes"},
        lambda it: it.change(causes.amend, "c1", trail=(Reply(question="able", answer="yes"),)),
    ),
    "take": Twin({"cause": "c1", "category": "system"}, lambda it: it.change(causes.amend, "c1", category="system")),
    "opinion": Twin(
        {"place": "causes.c1.category", "value": "system"},
        lambda it: it.change(apart.opine, "c1", "Ana", "system"),
        before=his,
    ),
    "opinion-reason": Twin(
        {"place": "causes.c1.reason", "value": "The sheet"},
        lambda it: it.change(apart.opine, "c1", "Ana", "system", reason="The sheet"),
        before=hers,
    ),
    "use-words": Twin(
        {"cause": "c1"}, lambda it: it.put("causes.c1.reason", causes.sentence(TRAIL, it.playbook)), before=answered
    ),
    "ask-second": Twin(
        {"cause": "c1"},
        lambda it: it.change(apart.opine, "c1", "Ana", "system"),
        before=lambda it: it.change(causes.amend, "c1", category="system"),
    ),
    "look": Twin({"cause": "c1"}, lambda it: it.quietly(apart.look, "c1", "Ana"), before=both),
    "reconcile": Twin({"place": "causes.c1.category", "value": "training"}, reconciled, before=seen),
    "settle": Twin({"cause": "c1", "category": "training"}, reconciled, before=both),
    "topic-note": Twin({}, lambda it: it.change(topics.note)),
    "topic-settle": Twin({"key": "t1", "settled": True}, lambda it: it.change(topics.settle, "t1")),
    "topic-drop": Twin({"key": "t1"}, lambda it: it.change(drop, "topics", "t1")),
    "past-settle-here": Twin({"topic": "t1", "settled": True}, lambda it: it.change(topics.settle, "t1")),
    "met-link": Twin({"record": "2025-003"}, lambda it: it.change(links.tie, "2025-003", "same cause")),
    "plan": Twin({"cause": "c1"}, lambda it: it.change(actions.plan, causes=("c1",), kind="corrective")),
    "drop-action": Twin({"key": "a1"}, lambda it: it.change(actions.remove, "a1")),
    "tie": Twin({"key": "a1", "cause": "c1", "on": False}, lambda it: it.change(actions.untie, "a1", "c1")),
    "use-form": Twin({"key": "a1", "form": "checklist"}, lambda it: it.change(ladder.use, "a1", "checklist")),
    "start-from": Twin(
        {"key": "a1", "form": "checklist"},
        lambda it: it.change(ladder.use, "a1", "checklist", text=it.playbook.forms["checklist"].example),
    ),
    "put-back": Twin(
        {"key": "a1", "form": "", "text": "As before"},
        lambda it: it.change(ladder.use, "a1", "", text="As before"),
    ),
    "not-now": Twin(
        {"place": "actions.a1.not_now", "value": "No money this year"},
        lambda it: it.change(ladder.not_now, "actions.a1", "No money this year", by="Ana"),
    ),
    "check-on": Twin(
        {"key": "a1", "day": "29 May 2026"}, lambda it: it.type("actions.a1.effect.check_on", "29 May 2026")
    ),
    "list-new": Twin({}, lambda it: it.change(checklists.publish, "New checklist", [""], on=DAY)),
    "list-of-action": Twin({"key": "a1"}, lambda it: it.change(checklists.publish, items=[""], action="a1", on=DAY)),
    "list-drop": Twin({"key": "l1"}, lambda it: it.change(checklists.drop, "l1"), before=listed),
    "point": Twin(
        {"key": "l1", "at": 0, "value": "Each line rings", "was": ["All lines ring"]},
        lambda it: it.change(points.reword, "l1", 0, "Each line rings", on=DAY),
        before=listed,
    ),
    "add-point": Twin({"key": "l1"}, lambda it: it.change(points.add, "l1", on=DAY), before=listed),
    "drop-point": Twin({"key": "l1", "at": 1}, lambda it: it.change(points.drop, "l1", 1, on=DAY), before=listed),
    "move-point": Twin(
        {"key": "l1", "at": 1, "by": -1}, lambda it: it.change(points.shift, "l1", 1, -1, on=DAY), before=listed
    ),
    "tick": Twin(
        {"key": "l1", "ticked": ["All lines ring"], "job": "Mill Road 1", "by": "Crew 1", "on": "", "run": "r-1"},
        lambda it: it.change(
            checklists.tick, "l1", ["All lines ring"], on=DAY, by="Crew 1", job="Mill Road 1", run="r-1"
        ),
        before=listed,
    ),
    "drop-run": Twin({"key": "l1", "run": "r1"}, lambda it: it.change(checklists.drop_run, "l1", "r1"), before=ticked),
    "caught": Twin(
        {"key": "2026-001/l1"}, lambda it: it.change(checklists.missed, "2026-001/l1", ["2026-001/l1"]), before=listed
    ),
    "not-caught": Twin(
        {"key": "2026-001/l1"}, lambda it: it.change(checklists.not_missed, "2026-001/l1"), before=let_through
    ),
    "commit": Twin({}, lambda it: it.change(commitments.make, who="Ana")),
    "share": Twin({"key": "p1", "shared": True}, lambda it: it.change(commitments.share, "p1")),
    "claim": Twin({"key": "p2"}, lambda it: it.change(commitments.claim, "p2", "Ana")),
    "drop-commitment": Twin({"key": "p1"}, lambda it: it.change(commitments.drop, "p1")),
    "learned": Twin({"value": "Call early\n\nAsk"}, lambda it: it.put("learned", ("Call early", "Ask"))),
    "advance": Twin(
        {"to": "recovering"},
        lambda it: it.change(states.advance, it.playbook, it.now(), to="recovering"),
        before=lambda it: it.put("owner", "Desk lead"),
    ),
    "reopen": Twin(
        {"because": "They rang again"},
        lambda it: it.change(states.reopen, "They rang again"),
        before=lambda it: it.open(it.store.save(put(it.incident, "state", "closed"), by=it.by).id),
    ),
    "sign": Twin({"role": "manager"}, lambda it: it.change(signatures.sign, "Ana", "manager", it.now())),
    "unsign": Twin(
        {},
        lambda it: it.change(signatures.unsign, "Ana"),
        before=lambda it: it.change(signatures.sign, "Ana", "manager", it.now()),
    ),
    "start-clock": Twin({"stage": "why"}, lambda it: it.quietly(clock.start, NOW, by="Ana", stage="why")),
    "stop-clock": Twin(
        {}, lambda it: it.quietly(clock.stop), before=lambda it: it.quietly(clock.start, NOW, by="Ana", stage="why")
    ),
    "decide": Twin({"place": "team", "keep": "Ben"}, lambda it: it.decide("team", "Ben"), before=two_texts),
    "bring-back": Twin({"number": 1}, lambda it: it.bring_back(1)),
    "begin-ideas": Twin(_of_round(about="w1"), lambda it: silence.begin(it, "w1", "whys")),
    "reveal-ideas": Twin(_of_round(), silence.reveal, before=begun),
    "put-idea": Twin(_of_round(number=1), lambda it: silence.put_in(it, 1), before=shown),
    "put-all-ideas": Twin(_of_round(), lambda it: silence.put_in(it, 1), before=one_shown),
    "leave-idea": Twin(_of_round(number=1), lambda it: silence.leave(it, 1), before=shown),
    "end-ideas": Twin(_of_round(), silence.end, before=shown),
    "put-late-ideas": Twin(
        lambda it: _of_round(round=silence.under_way(it).id),
        lambda it: it.change(silence.with_idea, "whys", "", "Too late", "Ana"),
        before=late,
    ),
}
ASIDE = {
    "say-steps": "saying.proposal(…, steps=…) for any steps",
    "compare": "analysis.comparable(store.tables(), …), charts.fairness(…)",
    "past-done": "store.complete_action(…), in another record",
    "past-carry": "store.carry_action(…), out of another record",
    "past-take-up": "store.carry_topic(…), out of another record",
    "past-settle": "store.settle_topic(…), in another record",
    "past-leave": "what is out of sight is open as before",
    "past-show": "what is out of sight is open as before",
    "past-teams": "store.open_actions(…) asks for any team",
    "write-ideas": "silence.write(retro, …), before the round is shown",
    "drop-late-ideas": "words that were never in the record are let go of",
    "history": "retro.store.history(…)",
    "unfold": "Revision.changes",
    "older": "retro.store.history(…)",
    "as-it-was": "retro.store.load(…, revision=…)",
    "ask-back": "nobody is asked in code",
    "leave-it": "nobody is asked in code",
    "report": "postmortem.report.write(…)",
    "list-print": "postmortem.report.checklist_page(…), postmortem.report.write(…)",
    "map": "postmortem.report.cause_map(…), postmortem.report.write(…)",
}
STAGE_OF = {name: stage for stage in reversed(STAGES) for name in deeds(stage)}


def prepared(store) -> Retrospective:
    """A record with one of everything."""
    retro = Retrospective(store, by="Ana")
    retro.type("title", "Late")
    retro.leave_stage()
    retro.change(add, "timeline", Moment(id="m1", text="Seen"))
    retro.change(add, "recovery.compensation", Compensation(id="k1"))
    for parent in (None, "w1", "w1"):
        retro.change(whys.answer, parent, f"Why under {parent}")
    retro.change(whys.add_evidence, "w2", "record", "Sheet 7")
    retro.change(causes.mark_root, "w2")
    retro.change(actions.plan, "Check the sheet", causes=("c1",))
    retro.change(commitments.make, "I call early", who="Ana")
    retro.change(commitments.make, "I ask first")
    retro.change(topics.note, "Who may promise a time?")
    return retro


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A store with that record, made once and copied for each test."""
    file = tmp_path_factory.mktemp("twins") / "made.db"
    with open_store(file, clock=lambda: NOW) as store:
        prepared(store)
    return file


@pytest.fixture
def two(tmp_path, made):
    """The same record in two stores."""
    files = [shutil.copy(made, tmp_path / name) for name in ("one.db", "two.db")]
    with open_store(files[0], clock=lambda: NOW) as one, open_store(files[1], clock=lambda: NOW) as other:
        both = Retrospective(one, by="Ana"), Retrospective(other, by="Ana")
        for retro in both:
            retro.open("2026-001")
        yield both


def said(incident: Incident) -> Incident:
    """What a record says, without the number of its revision."""
    return incident.model_copy(update={"revision": 0})


def round_of(retro: Retrospective) -> tuple[Any, ...]:
    """How far a round of silent ideas is."""
    found = retro.store.round(retro.incident.id)
    if found is None:
        return ()
    ideas = [(idea.number, idea.text, idea.taken) for idea in retro.store.ideas(found.id, "Ana")]
    return found.kind, found.about, bool(found.revealed_at), ideas


@pytest.mark.parametrize("name", TWINS)
def test_a_deed_and_its_twin_in_code_do_the_same(two, name):
    """And what the code did shows in a panel that was open before."""
    by_panel, by_code = two
    twin = TWINS[name]
    for retro in two:
        twin.before(retro)
    before = (said(by_panel.incident), round_of(by_panel))
    panel, watching = by_panel.stage(STAGE_OF[name]), by_code.stage(STAGE_OF[name])
    do(panel, name, **(twin.args(by_panel) if callable(twin.args) else twin.args))
    twin.code(by_code)

    assert (said(by_panel.incident), round_of(by_panel)) == (said(by_code.incident), round_of(by_code))
    assert panel.head["trouble"] == ""
    assert name == "leave-idea" or before != (said(by_panel.incident), round_of(by_panel))
    assert panel.failure is None
    assert name == "bring-back" or panel.view["findings"] == watching.view["findings"]


def test_every_deed_of_every_stage_has_a_twin():
    """A new one without a line here is found."""
    known = {name for stage in STAGES for name in deeds(stage)}

    assert known == set(TWINS) | set(ASIDE)


FIELDS = {
    "a text": ("impact.happened", "Off for a day"),
    "a time": ("occurred_at", "2 Mar 2026 17:30"),
    "a duration": ("impact.customer_min", "4 h 25 min"),
    "an amount": ("impact.our_cost", "64.50"),
    "a number": ("impact.customers", "14"),
    "a choice": ("fault", "ours"),
    "a toggle": ("impact.trust", "unsure"),
    "a day": ("actions.a1.due_on", "27 Mar 2026"),
    "what can't be read": ("impact.customer_min", "a morning"),
}


@pytest.mark.parametrize(("place", "text"), FIELDS.values(), ids=FIELDS)
def test_a_field_typed_and_its_twin_in_code_do_the_same(two, place, text):
    """Every kind of field, also where it can't be read."""
    by_panel, by_code = two
    watching = by_code.stage("act" if place.startswith("actions") else "tell")
    typed(by_panel.stage("tell"), place, text)
    by_code.type(place, text)

    assert said(by_panel.incident) == said(by_code.incident)
    assert place not in fields(watching) or text.split()[0] in str(fields(watching)[place]["value"])


def test_several_choices_and_their_twin_in_code_do_the_same(two):
    """A list of words is put as it is."""
    by_panel, by_code = two
    chosen = list(by_code.playbook.factors.names)[:2]
    typed(by_panel.stage("classify"), "factors", chosen)
    by_code.change(put, "factors", tuple(chosen))

    assert said(by_panel.incident) == said(by_code.incident)
