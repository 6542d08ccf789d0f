"""How a record moves: on with its facts only, back at any time, open again when something failed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postmortem.record import actions, apart, causes, dated, gates, procedures, recovery, signatures, states, whys
from postmortem.record.compensation import cents, outstanding
from postmortem.record.edit import add, changed, get, next_id, put
from postmortem.record.errors import PostmortemError
from postmortem.record.incident import Compensation, Incident, Kept, Moment
from postmortem.record.playbook import Playbook, default_playbook, playbook_from
from postmortem.record.reading import incident_from
from postmortem.record.review import review
from postmortem.record.states import GateError
from tests.edits import edited
from tests.record.examples import WELL_MADE, well_made
from tests.record.facts import lacking
from tests.strategies import incidents

if TYPE_CHECKING:
    from collections.abc import Callable

    from postmortem.record.gates import Missing

RULES = default_playbook()
NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)
TODAY = date(2026, 3, 20)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATE = Incident(title="The line was dead", owner="Desk lead")
NOTHING_LOST = {"harm": "none", "customer_min": 0, "customer_cost": 0}
GRAVE = {"harm": "none", "potential_harm": "life-threatening", "customer_min": 90, "customer_cost": "64.00"}


# -- mending what a finding says --------------------------------------------------------------------------------------


def _all_steps(incident: Incident) -> Incident:
    for step in recovery.steps(incident, RULES, NOON):
        if step.is_open:
            incident = recovery.set_step(incident, step.rule.id, status="done", at=NOON)
    return incident


def _step(incident: Incident, gap: Missing) -> Incident:
    if gap.at == "recovery.steps":
        return _all_steps(incident)
    return recovery.set_step(incident, gap.at.split(".")[2], status="done", at=NOON, because="")


def _offer(incident: Incident, _gap: Missing) -> Incident:
    for kind in outstanding(incident, RULES):
        wanted = kind.kept or kind.owed
        new = Compensation(
            id=next_id("k", incident.recovery.compensation, incident.gone),
            kind=kind.kind,
            offered=cents(wanted, "EUR"),
            offered_at=NOON,
            approved_by="Manager",
        )
        incident = add(incident, "recovery.compensation", new)
    return incident


def _root(incident: Incident, leg: Any) -> Incident:
    after = whys.answer(incident, None, f"Because of {len(incident.whys)}", leg=leg)
    return causes.mark_root(after, after.whys[-1].id)


def _legs(incident: Incident, _gap: Missing | None) -> Incident:
    for leg in ("occurrence", "detection", "recovery"):
        incident = _root(incident, leg)
    return incident


def _settle(incident: Incident, gap: Missing) -> Incident:
    name = gap.where.split(".")[1]
    for by in ("Ana", "Ben"):
        incident = causes.give_opinion(incident, name, by, "system", "seen")
    said = " and ".join(sorted({opinion.by for opinion in causes.find(incident, name).opinions}))
    return causes.amend(incident, name, category="system", reason=f"{said} talked it over at noon.")


def _escalate(incident: Incident, _gap: Missing) -> Incident:
    said = incident.recovery.escalation
    new = changed(said, manager_available="yes", permission="yes", handed_to="Duty manager", handed_at=NOON)
    return put(incident, "recovery.escalation", new)


def _stronger(incident: Incident, _gap: Missing) -> Incident:
    return actions.plan(incident, "Test by machine", form="automate", owner="Lead", done_on=TODAY)


def _follow(incident: Incident, gap: Missing) -> Incident:
    return actions.carry(incident, gap.where.split(".")[1], "2026-020")


def _note(incident: Incident, _gap: Missing) -> Incident:
    return add(incident, "timeline", Moment(id=next_id("m", incident.timeline), text="We rang them once more", at=NOON))


MEND: dict[str, Callable[[Incident, Missing], Incident]] = {
    "told": lambda incident, _: put(incident, "title", "The line was dead"),
    "owner": lambda incident, _: put(incident, "owner", "Desk lead"),
    "severity": lambda incident, _: put(incident, "impact.harm", "none"),
    "level-explained": lambda incident, gap: put(incident, gap.where, "Desk lead"),
    "losses-asked": lambda incident, gap: put(incident, gap.where, 0),
    "manager-told": lambda incident, _: put(incident, "evaluation.manager_told", "Duty manager"),
    "customer-told": _step,
    "apologised": _step,
    "offered": _offer,
    "escalated": _escalate,
    "times": lambda incident, _: put(incident, "occurred_at", None),
    "fixed": lambda incident, _: put(incident, "recovery.resolve.result", "full"),
    "steps": _step,
    "approved": lambda incident, gap: put(incident, gap.where, "Duty manager"),
    "carried-out": lambda incident, gap: put(incident, gap.where, NOON),
    "called-back": lambda incident, gap: put(incident, gap.where, NOON),
    "whys-asked": lambda incident, _: whys.answer(incident, None, "The plug was out"),
    "root-found": lambda incident, _: _root(incident, "occurrence"),
    "legs": _legs,
    "branches": lambda incident, _: whys.answer(whys.answer(incident, None, "One"), None, "Two"),
    "classified": lambda incident, gap: put(incident, gap.where, "system"),
    "second-opinion": _settle,
    "answered": lambda incident, gap: put(incident, gap.where, "Once in ten years"),
    "actions-planned": lambda incident, _: actions.plan(incident, "Test the line", owner="Lead", done_on=TODAY),
    "actions-in-words": lambda incident, gap: put(incident, gap.where, "Test the line"),
    "actions-owned": lambda incident, gap: put(incident, gap.where, "Lead" if gap.where.endswith("owner") else TODAY),
    "actions-done": lambda incident, gap: put(incident, gap.where, TODAY),
    "effects-named": lambda incident, gap: put(
        incident, gap.where, "Calls" if gap.where.endswith("measure") else TODAY
    ),
    "failed-answered": _follow,
    "done-since": _note,
    "not-only-weaker": _stronger,
    "signed": lambda incident, _: signatures.sign(incident, "Mira", "manager", NOON),
}


def mended(incident: Incident, gap: Missing) -> Incident:
    """The record once somebody did what a finding says."""
    return MEND[gap.gate](incident, gap)


def ready(incident: Incident, to: Any, rules: Playbook = RULES) -> Incident:
    """The record once everything was mended that a state waits for."""
    for _ in range(200):
        found = gates.missing(incident, rules, NOON, to)
        if not found:
            return incident
        incident = mended(incident, found[0])
    raise AssertionError([gap.message for gap in found])


# -- what anybody may do, in any order ---------------------------------------------------------------------------------


def _mend_one(draw: Any, incident: Incident) -> Incident:
    found = gates.missing(incident, RULES, NOON, draw(st.sampled_from([None, "closed"])))
    return mended(incident, draw(st.sampled_from(found))) if found else incident


def _mend_all(draw: Any, incident: Incident) -> Incident:
    return ready(incident, draw(st.sampled_from(["recovering", "analysing", "acting", "closed"])))


def _break(draw: Any, incident: Incident) -> Incident:
    broken: list[Callable[[], Incident]] = [
        lambda: put(incident, "owner", " "),
        lambda: put(incident, "told_at", draw(st.sampled_from([None, NOON + DAY]))),
        lambda: put(incident, "evaluation", changed(incident.evaluation, level="minor", reason=" ")),
        lambda: put(incident, "impact", changed(incident.impact, customer_cost=None)),
        lambda: recovery.set_step(
            incident,
            draw(st.sampled_from(["explain-mistake", "apologise", "fix", "thank"])),
            status="done",
            at=draw(st.sampled_from([None, NOON + DAY])),
        ),
        lambda: put(
            incident,
            "recovery.escalation",
            changed(incident.recovery.escalation, handed_at=draw(st.sampled_from([None, NOON + DAY]))),
        ),
        lambda: put(incident, "impact", changed(incident.impact, harm=None, customer_min=200)),
        lambda: put(incident, "impact", changed(incident.impact, potential_harm="life-threatening")),
        lambda: put(incident, "impact", changed(incident.impact, customer_cost=Decimal("300.10"))),
        lambda: put(incident, "customer.vip", value=True),
        lambda: put(incident, "fault", draw(st.sampled_from(["ours", "customer", "not yet known"]))),
        lambda: put(incident, "occurred_at", NOON + timedelta(days=1)),
        lambda: put(incident, "recovery.steps", incident.recovery.steps[1:]),
        lambda: recovery.set_step(incident, "thank", status="not needed", because=" "),
        lambda: put(incident, "recovery.procedure", draw(st.sampled_from(["", "four-steps", "not-our-mistake"]))),
        lambda: put(incident, "signatures", ()),
        lambda: actions.plan(incident, draw(st.sampled_from(["", "Remind the crew"])), form="remind"),
        *(
            (lambda item=item: put(incident, f"recovery.compensation.{item.id}.answer", "accepted"))
            for item in incident.recovery.compensation
        ),
        *((lambda why=why: whys.mark(incident, why.id, "ruled out")) for why in incident.whys),
        *((lambda root=root: causes.amend(incident, root.id, category=None)) for root in incident.causes),
        *((lambda it=it: actions.amend(incident, it.id, done_on=None)) for it in incident.actions),
        *((lambda it=it: actions.amend(incident, it.id, done_on=TODAY + DAY)) for it in incident.actions),
        *((lambda it=it: actions.amend(incident, it.id, kind="immediate")) for it in incident.actions),
        *((lambda it=it: states.judge_effect(incident, it.id, "not held", TODAY)) for it in incident.actions),
    ]
    return draw(st.sampled_from(broken))()


def _put_away(draw: Any, incident: Incident) -> Incident:
    reason, by = draw(st.sampled_from([("", ""), ("Seen", "Ana")]))
    found = gates.missing(incident, RULES, NOON, "closed")
    kept = tuple(Kept(rule=gap.rule, where=gap.where, reason=reason, by=by) for gap in found)
    return put(incident, "kept", kept)


def _type(draw: Any, incident: Incident) -> Incident:
    return draw(edited(incident, "Ana", most=2))


def _move(draw: Any, incident: Incident) -> Incident:
    to = draw(st.sampled_from([None, None, *gates.WAY, "reopened"]))
    because = draw(st.sampled_from(["", "They rang again"]))
    if incident.state == "closed" and not because and to not in {None, "closed"}:
        with pytest.raises(PostmortemError, match="for a reason: say why"):
            states.advance(incident, RULES, NOON, to)
        return incident
    try:
        after = states.advance(incident, RULES, NOON, to, because=because)
    except GateError as error:
        wanted = to or gates.next_state(incident)
        return _refused(incident, wanted, error)
    if states.rank(after.state) > states.rank(incident.state):
        assert [] == lacking(after, after.state, NOON)
    assert to in {None, after.state} or (to, incident.state != "closed") == ("reopened", True)
    return _an_hour_ago(after) if incident.state == "closed" else after


def _an_hour_ago(incident: Incident) -> Incident:
    """What is written from here on is later than the closing."""
    return changed(incident, closed_at=incident.closed_at and min(incident.closed_at, NOON - HOUR))


def _refused(incident: Incident, wanted: Any, error: GateError) -> Incident:
    found = gates.missing(incident, RULES, NOON, wanted)

    assert found
    assert found == error.missing
    assert states.rank(wanted) > states.rank(incident.state)
    for gap in found:
        get(incident, gap.where)
        assert gap.remedy
        assert gap.message
        assert gap.message in str(error) or len(found) > 20
    return incident


def _reopen(draw: Any, incident: Incident) -> Incident:
    because = draw(st.sampled_from(["", "They rang again"]))
    if incident.state == "closed" and because:
        return _an_hour_ago(states.reopen(incident, because))
    with pytest.raises(PostmortemError):
        states.reopen(incident, because)
    return incident


DEEDS = (_mend_one, _mend_one, _mend_all, _break, _put_away, _type, _move, _move, _move, _reopen)


@settings(deadline=None, max_examples=120)
@given(st.data())
def test_in_whatever_order_no_gate_is_passed_by_a_missing_fact(data: st.DataObject):
    """Whoever moves on has every fact, read from the document once more; whoever can't is told all that is missing."""
    incident = data.draw(
        st.sampled_from([LATE, Incident(title="Late"), well_made(), changed(well_made(), state="draft")])
    )
    for number in range(data.draw(st.integers(2, 14))):
        deed = data.draw(st.sampled_from(DEEDS), label=f"{number}")
        incident = deed(data.draw, incident)


NEEDY = incident_from(
    {
        "title": "Gas could have leaked",
        "impact": GRAVE,
        "recovery": {
            "compensation": [{"id": "k1", "offered": "64.00", "answer": "accepted"}],
            "escalation": {"manager_available": "no", "call_back_on": "2026-03-21"},
            "steps": [{"id": "thank", "status": "not needed"}],
        },
        "whys": [{"id": "w1", "text": "The valve was open"}],
        "causes": [{"id": "c1", "why": "w1"}],
        "actions": [
            {"id": "a1", "causes": [], "text": "Remind the crew", "form": "remind"},
            {"id": "a2", "causes": [], "text": "", "form": "remind"},
        ],
    }
)
"""It lacks nearly everything that a gate looks for."""
BLANK = incident_from({"title": "Late"})
CHAIN = changed(NEEDY, whys=(), causes=())
LOWERED = put(NEEDY, "evaluation.level", "minor")
STARTS = {
    "level-explained": LOWERED,
    "losses-asked": BLANK,
    "branches": _legs(CHAIN, None),
    "severity": BLANK,
    "whys-asked": BLANK,
    "root-found": BLANK,
    "actions-planned": BLANK,
    "escalated": put(NEEDY, "recovery.escalation", BLANK.recovery.escalation),
    "classified": causes.mark_root(whys.answer(BLANK, None, "The plug was out"), "w1"),
}
ELSEWHERE = {"told", "times", "approved", "failed-answered", "whys-asked", "root-found", "customer-told", "apologised"}
ELSEWHERE |= {"fixed", "done-since"}
"""What the other reading does not read, or what another gate would ask for as well."""


@pytest.mark.parametrize("gate", sorted(set(MEND) - ELSEWHERE))
def test_the_other_reading_finds_what_a_gate_that_is_off_lets_through(gate: str):
    """The net of the tests above holds: take one gate away, and a fact is missing in the document."""
    rules = playbook_from({"gates": {gate: {"off": True}}})
    passed = states.close(ready(STARTS.get(gate, NEEDY), "closed", rules), rules, NOON)

    assert [] != lacking(passed, "closed")


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_doing_what_a_finding_says_makes_it_go(data: st.DataObject):
    """Every one of them, in any order, down to a record that can close."""
    incident = changed(data.draw(st.sampled_from([LATE, well_made()])), state="draft")
    for _ in range(data.draw(st.integers(0, 4))):
        incident = _break(data.draw, incident)
    for _ in range(200):
        found = gates.missing(incident, RULES, NOON, "closed")
        if not found:
            break
        gap = data.draw(st.sampled_from(found))
        incident = mended(incident, gap)

        assert (gap.gate, gap.at) not in {
            (it.gate, it.at) for it in gates.missing(incident, RULES, NOON, "closed") if it.message == gap.message
        }

    assert "closed" == states.close(incident, RULES, NOON).state
    assert [] == lacking(incident, "closed", NOON)


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_a_fact_that_is_dated_ahead_or_taken_away_closes_its_gate_again(data: st.DataObject):
    """Whatever record was ready to close: what lies ahead of now has not taken place (R1, R12).

    A second refund that nobody has to give is no fact that a gate asks for.
    """
    full = ready(data.draw(st.sampled_from([LATE, NEEDY, LOWERED, *STARTS.values()])), "closed")
    fact = data.draw(st.sampled_from(list(dated.facts(full))))
    ahead = put(full, fact.place, fact.at + data.draw(st.integers(1, 400)) * DAY)
    taken = put(full, fact.place, None)
    if fact.place.endswith("offered_at"):
        taken = put(taken, fact.place.removesuffix("_at"), None)
    asked = bool(gates.missing(taken, RULES, NOON, "closed"))
    found = gates.missing(ahead, RULES, NOON, "closed")

    assert asked is any(gap.message.endswith("; the time that stands there lies ahead of now") for gap in found)
    assert asked is bool(lacking(ahead, "closed", NOON)) or fact.place.split(".")[2] in CONDITIONAL
    assert asked or fact.place.startswith("recovery.compensation")


CONDITIONAL = {"offer-follow-up", "carry-out"}
"""Steps that the other reading does not read: whether they are needed is for another rule."""
FULL = ready(LOWERED, "closed")


@pytest.mark.parametrize(
    ("gate", "place", "instead"),
    [
        ("told", "title", "(no title yet)"),
        ("owner", "owner", " "),
        ("severity", "impact.harm", None),
        ("level-explained", "evaluation.reason", " "),
        ("level-explained", "evaluation.reason", "x"),
        ("level-explained", "evaluation.by", ""),
        ("losses-asked", "impact.customer_cost", None),
        ("losses-asked", "impact.customer_min", None),
        ("customer-told", "recovery.steps.explain-mistake.at", None),
        ("apologised", "recovery.steps.apologise.status", "not needed"),
        ("steps", "recovery.steps.thank.at", None),
        ("offered", "recovery.compensation.k3.offered", 1),
        ("carried-out", "recovery.compensation.k1.carried_out_at", None),
        ("called-back", "recovery.escalation.called_back_at", None),
        ("classified", "causes.c1.category", None),
        ("answered", "causes.c1.accepted_because", " "),
        ("answered", "causes.c1.accepted_because", "n/a"),
        ("actions-owned", "actions.a1.owner", ""),
        ("actions-done", "actions.a1.done_on", None),
    ],
)
def test_one_fact_taken_away_closes_its_own_gate(gate: str, place: str, instead: object):
    """And no record passes it by what stands beside."""
    assert gate in {gap.gate for gap in gates.missing(put(FULL, place, instead), RULES, NOON, "closed")}


@settings(deadline=None, max_examples=80)
@given(incidents(), st.sampled_from(gates.WAY))
def test_any_record_says_what_it_misses(incident: Incident, to: Any):
    """Whatever stands in it, and whatever it says of its state: where it is mended is there, and how is said."""
    found = gates.missing(incident, RULES, NOON, to)

    for gap in found:
        get(incident, gap.where)
        assert gap.remedy
        assert gap.message
        assert gap.gate in RULES.gates
    assert set(found) >= set(gates.missing(incident, RULES, NOON, gates.WAY[max(0, gates.WAY.index(to) - 1)]))


# -- moving, closing, opening again ------------------------------------------------------------------------------------


def test_a_record_goes_through_its_states_as_its_facts_come():
    """From a line and an owner to closed, one state after the other."""
    incident, seen = LATE, []
    while to := gates.next_state(incident):
        incident = states.advance(ready(incident, to), RULES, NOON)
        seen.append(incident.state)

    assert ["recovering", "analysing", "acting", "closed"] == seen
    assert NOON == incident.closed_at
    assert gates.next_state(incident) is None


def test_whom_nobody_can_reach_nobody_can_ask_for_permission():
    """R9: with the reason said the record is no dead end; once anybody spoke with them, the hand-over is asked for."""
    grave = incident_from({"title": "Gas", "owner": "Desk", "impact": GRAVE})
    lost = procedures.spare(grave, "explain-mistake", RULES, "Moved away, nobody knows where")
    told = recovery.do(lost, "apologise", RULES, at=NOON)
    unsaid = procedures.spare(grave, "explain-mistake", RULES)
    found = [
        "escalated" in {gap.gate for gap in gates.missing(it, RULES, NOON, "analysing")}
        for it in (grave, lost, told, unsaid)
    ]

    assert [True, False, True, True] == found


def test_everything_that_is_missing_is_told_at_once():
    """The rule, the place, what was found and what would do, one a line."""
    with pytest.raises(GateError, match="it can't be “analysing” yet: 6 facts are missing") as caught:
        states.advance(Incident(title="Late"), RULES, NOON, to="analysing")

    assert "  R2 owner: nobody owns the recovery; name one of us as the owner of the recovery" in str(caught.value)


@pytest.mark.parametrize("to", ["draft", "recovering", "analysing"])
def test_going_back_asks_for_nothing(to: Any):
    """Whatever is missing; and when it was closed stays."""
    acting = Incident(title="Late", state="acting", closed_at=NOON)

    assert (to, NOON) == ((back := states.advance(acting, RULES, NOON, to=to)).state, back.closed_at)


def test_a_record_that_was_reopened_is_acting():
    """What acting asks for is asked of it, and closing comes next."""
    again = states.reopen(well_made(), "They rang again")

    assert ("reopened", "closed") == (again.state, gates.next_state(again))
    assert "They rang again" == again.reopened_because
    assert well_made().closed_at == again.closed_at
    assert {"error"} == {f.level for f in review(changed(again, actions=()), RULES, NOON) if f.rule == "R33"}


def test_opening_again_takes_a_closed_record_and_a_reason():
    """Neither without."""
    with pytest.raises(PostmortemError, match="is not closed, it is draft"):
        states.reopen(LATE, "Why not")
    with pytest.raises(PostmortemError, match="for a reason"):
        states.reopen(well_made(), "  ")


def test_an_effect_that_failed_opens_the_record_and_it_says_why():
    """And it closes again once another action answers it (R36, R39)."""
    failed = states.judge_effect(well_made(), "a1", "not held", TODAY, "Seven calls")

    assert "reopened" == failed.state
    assert "a1 “Put a closing list on the job sheet” did not hold (20 Mar 2026)" == failed.reopened_because
    assert ("not held", TODAY, "Seven calls") == (
        (effect := failed.actions[0].effect).result,
        effect.checked_on,
        effect.note,
    )
    assert ["failed-answered"] == [gap.gate for gap in gates.missing(failed, RULES, NOON)]
    again = actions.plan(
        failed, "Let the job close by test", causes=("c1",), owner="Lead", form="automate", done_on=TODAY
    )
    assert "closed" == states.close(again, RULES, NOON).state


def _asked(incident: Incident) -> set[str]:
    return {gap.gate for gap in gates.missing(incident, RULES, NOON, "closed")}


def test_what_was_done_before_it_failed_is_no_answer_to_the_failing():
    """Planned or done since, it is; and the day on which the failing was seen has to be said (R36)."""
    sign = {**WELL_MADE["actions"][0], "id": "a2", "text": "Put up a sign"}
    failed = states.judge_effect(well_made(actions=[WELL_MADE["actions"][0], sign]), "a1", "not held", TODAY)

    assert {"failed-answered"} == _asked(failed)
    assert "failed-answered" not in _asked(put(failed, "actions.a2.done_on", None))
    assert set() == _asked(put(failed, "actions.a2.done_on", TODAY))
    assert "failed-answered" in _asked(put(failed, "actions.a1.effect.checked_on", None))


def test_a_critical_one_looks_at_one_effect_whatever_its_actions_are():
    """An effectiveness check is mandatory there, be all actions immediate ones (R7)."""
    at_once = {**WELL_MADE["actions"][0], "kind": "immediate", "effect": {}}
    grave = well_made(impact=GRAVE, actions=[at_once])

    assert "effects-named" in _asked(grave)
    assert "effects-named" not in _asked(put(grave, "actions.a1.effect", well_made().actions[0].effect))


def test_one_person_under_two_spellings_is_no_second_person():
    """However the name was typed (R31)."""
    root = {**WELL_MADE["causes"][0], "opinions": [{"by": by, "category": "system"} for by in ("Ana", "ana ")]}

    assert "second-opinion" in _asked(well_made(impact=GRAVE, causes=[root]))


def test_a_record_that_was_opened_again_by_hand_says_what_was_done_since():
    """Anything with a later time; also where it is closed by a value put at its place (R39)."""
    again = states.reopen(well_made(), "They rang again")

    assert {"done-since"} == _asked(again)
    assert set() == _asked(add(again, "timeline", Moment(id="m1", text="We rang them", at=NOON)))
    with pytest.raises(GateError, match="nothing in it is later than its closing"):
        states.held(again, changed(again, state="closed"), RULES, NOON)


@pytest.mark.parametrize("result", ["held", "unknown"])
def test_an_effect_that_held_leaves_a_record_closed(result: Any):
    """Only a failure opens it."""
    assert "closed" == states.judge_effect(well_made(), "a1", result, TODAY).state


def test_one_that_was_closed_with_a_failed_effect_is_left_alone():
    """What was carried on elsewhere was closed so; another edit opens nothing."""
    action = {**WELL_MADE["actions"][0], "effect": {"result": "not held"}, "carried_to": "2026-020"}
    closed = well_made(actions=[action])
    edited_ = put(closed, "summary", "In other words")

    assert edited_ == states.followed(closed, edited_)


def test_the_same_cause_again_turns_what_was_done_by_then():
    """Not what was done afterwards, and not what answers another root (R36)."""
    other = {**WELL_MADE["actions"][0], "id": "a2", "causes": ["c2"]}
    later = {**WELL_MADE["actions"][0], "id": "a3", "done_on": "2026-04-02"}
    both = well_made(actions=[WELL_MADE["actions"][0], other, later])
    turned = states.met_again(both, "c1", "2026-031", date(2026, 4, 1), happened_on=date(2026, 3, 30))

    assert ["not held", "unknown", "unknown"] == [action.effect.result for action in turned.actions]
    assert "met again in 2026-031" == turned.actions[0].effect.note
    assert "reopened" == turned.state
    assert turned == states.met_again(turned, "c1", "2026-031", date(2026, 4, 1), happened_on=date(2026, 3, 30))


def test_an_import_that_says_closed_is_taken_as_it_is():
    """It only has findings: what it lacks for that."""
    taken = incident_from({"title": "Late", "state": "closed", "source": {"system": "desk", "key": "7"}})

    assert "closed" == taken.state
    assert {"R2", "R6", "R12", "R21"} <= {f.rule for f in review(taken, RULES, NOON) if f.level == "error"}


def test_what_was_offered_elsewhere_is_asked_for_once_the_record_is_opened_again():
    """R18: of a closed import that tells nothing of its recovery nobody here knows what was offered."""
    closed = incident_from(
        {"title": "Late", "state": "closed", "impact": {"customer_cost": 30}, "source": {"system": "desk", "key": "7"}}
    )

    def asks(incident: Incident) -> bool:
        return "offered" in {gap.gate for gap in gates.missing(incident, RULES, NOON, "closed")}

    assert not asks(closed)
    assert asks(states.reopen(closed, "They rang"))
    assert asks(changed(closed, source=None))


# -- the gates of a playbook -------------------------------------------------------------------------------------------


def test_every_gate_of_the_default_playbook_looks_for_something_and_can_be_mended():
    """None without a function, none without a way to mend it in these tests."""
    assert set(gates.CHECKS) == set(RULES.gates) == set(MEND)


@pytest.mark.parametrize(
    ("own", "there"),
    [
        ({"owner": {"off": True}}, False),
        ({"owner": {"levels": ["critical"]}}, False),
        ({"owner": {"to": "closed"}}, False),
        ({"owner": {"levels": []}}, True),
    ],
)
def test_a_team_moves_a_gate_asks_it_of_others_or_switches_it_off(own: dict[str, Any], *, there: bool):
    """In its own file, without code."""
    rules = playbook_from({"gates": own})

    assert there is ("owner" in {gap.gate for gap in gates.missing(Incident(title="Late"), rules, NOON)})


def test_a_level_that_asks_for_no_whys_waits_for_none():
    """A team may let small things pass without a review (R7)."""
    rules = playbook_from({"severity": {"levels": {"minor": {"legs": [], "actions": 0}}}})
    small = incident_from({"title": "Late", "owner": "Desk", "told_at": "2026-03-20T12:00Z", "impact": NOTHING_LOST})
    told = recovery.set_step(small, "apologise", status="done", at=NOON)

    assert "acting" == states.advance(told, rules, NOON, to="acting").state


@pytest.mark.parametrize(
    ("own", "words"),
    [
        (
            {"onwer": {"to": "closed", "rule": "R2", "ask": "x"}},
            "gates.onwer: there is no 'onwer'; did you mean 'owner'?",
        ),
        ({"owner": {"to": "reopened"}}, "gates.owner.to: no gate leads to 'reopened'"),
        ({"owner": {"rule": "R99"}}, "gates.owner.rule: there is no 'R99'"),
        ({"owner": {"waivable": True}}, "gates.owner.waivable"),
    ],
)
def test_a_gate_that_will_not_do_is_refused_by_key(own: dict[str, Any], words: str):
    """With the key, what was found there, and a near name."""
    with pytest.raises(PostmortemError) as caught:
        playbook_from({"gates": own})

    assert words in str(caught.value)


def test_only_a_gate_that_may_be_waived_is_opened_by_putting_its_finding_away(playbook: Playbook):
    """With a reason and a name; any other stays shut (R34, R39)."""
    weak = well_made(
        impact={**NOTHING_LOST, "trust": "lost"},
        evaluation={"manager_told": "Duty manager"},
        whys=[*WELL_MADE["whys"], {"id": "w7", "text": "The van was full", "parent": "w2"}],
        actions=[{**WELL_MADE["actions"][0], "form": "remind"}],
        state="acting",
        closed_at=None,
    )
    away = tuple(
        Kept(rule=gap.rule, where=gap.where, reason="The app comes in May", by="Mira")
        for gap in gates.missing(weak, playbook, NOON)
    )

    without_reason = tuple(changed(kept, reason="...") for kept in away)

    assert {"escalated", "not-only-weaker"} == {gap.gate for gap in gates.missing(weak, playbook, NOON)}
    assert {"escalated", "not-only-weaker"} == {
        gap.gate for gap in gates.missing(put(weak, "kept", without_reason), playbook, NOON)
    }
    assert {"escalated"} == {gap.gate for gap in gates.missing(put(weak, "kept", away), playbook, NOON)}


def test_a_critical_one_asks_for_all_that_its_level_asks():
    """Three legs, a second person, an effect check, a signature, a manager (R7, R9)."""
    asked = {
        name for to in gates.WAY for name in gates.asked(incident_from({"title": "Gas", "impact": GRAVE}), RULES, to)
    }
    small = {
        name
        for to in gates.WAY
        for name in gates.asked(incident_from({"title": "x", "impact": {"harm": "none"}}), RULES, to)
    }

    assert {
        "manager-told",
        "escalated",
        "branches",
        "second-opinion",
        "effects-named",
        "not-only-weaker",
        "signed",
        "offered",
    } == asked - small
    assert apart.is_settled(_settle(_root(LATE, "occurrence"), MissingOf("causes.c1.opinions")).causes[0])


class MissingOf:
    """Just the place of a finding."""

    def __init__(self, where: str) -> None:
        self.where = where


def test_now_needs_an_offset():
    """Nobody can say when it is without a zone."""
    with pytest.raises(ValueError, match="expected an instant with an offset"):
        gates.missing(LATE, RULES, datetime(2026, 3, 20))  # noqa: DTZ001 - that is the fault
