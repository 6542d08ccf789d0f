"""Doing, undoing and sparing steps, and going from one procedure to another (R11, R12, R14)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortem.record import gates, occasion, procedures, recovery, states
from postmortem.record.edit import put
from postmortem.record.errors import DataError, UnknownNodeError
from postmortem.record.incident import Compensation, Incident
from postmortem.record.playbook import Playbook, default_playbook, playbook_from
from postmortem.record.review import recovering

NINE = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NOON = NINE + timedelta(hours=3)


def told(**fields: Any) -> Incident:
    """An incident with these fields."""
    return Incident(title="Late", **fields)


def of(incident: Incident, step: str) -> tuple[str, datetime | None]:
    """Status and time of a step."""
    said = recovery.said_of(incident, step)
    return said.status, said.at


# -- one step ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("step", "field"), [("explain-mistake", "told_at"), ("fix", "fixed_at")])
def test_a_step_that_tells_the_same_as_a_time_of_the_record_sets_it(step: str, field: str, playbook: Playbook):
    """The admission is when they were told, the fix when it was fixed; a time that is known stays."""
    known = put(told(), field, NINE)

    assert NINE == getattr(recovery.do(told(), step, playbook, at=NINE), field)
    assert NINE == getattr(recovery.do(known, step, playbook, at=NOON), field)


def test_doing_keeps_what_was_said_where_nothing_new_is(playbook: Playbook):
    """Who, how and the note."""
    planned = recovery.set_step(told(), "fix", by="Crew", channel="in person", note="With a new cable")
    (said,) = recovery.do(planned, "fix", playbook, at=NINE, channel="phone").recovery.steps

    assert ("done", NINE, "Crew", "phone", "With a new cable") == (
        said.status,
        said.at,
        said.by,
        said.channel,
        said.note,
    )


def test_undoing_takes_the_time_and_leaves_the_rest(playbook: Playbook):
    """Done by mistake, and back to where it was; a time of the record that tells another moment stays."""
    done = recovery.do(told(), "explain-mistake", playbook, at=NINE, by="Desk", note="By phone")
    other = put(done, "told_at", NOON)

    assert ("to do", None) == of(recovery.undo(done, "explain-mistake", playbook), "explain-mistake")
    assert None is recovery.undo(done, "explain-mistake", playbook).told_at
    assert NOON == recovery.undo(other, "explain-mistake", playbook).told_at
    assert ("Desk", "By phone") == tuple(
        getattr(recovery.undo(done, "explain-mistake", playbook).recovery.steps[0], name) for name in ("by", "note")
    )


def test_a_spared_step_keeps_the_reason_it_was_given(playbook: Playbook):
    """Also where it is spared once more without one."""
    spared = procedures.spare(told(), "offer", playbook, "They wanted nothing")
    again = procedures.spare(recovery.undo(spared, "offer", playbook), "offer", playbook)

    assert "They wanted nothing" == spared.recovery.steps[0].because == again.recovery.steps[0].because


@pytest.mark.parametrize("deed", ["do", "undo", "spare", "agreed"])
def test_a_step_that_no_procedure_has_is_refused_with_a_near_name(deed: str, playbook: Playbook):
    """Whatever is to be done with it."""
    more = {"at": NINE} if deed == "do" else {}

    with pytest.raises(UnknownNodeError, match="did you mean 'apologise'"):
        getattr(procedures if deed == "spare" else recovery, deed)(told(), "apologize", playbook, **more)


# -- when it may have been done ---------------------------------------------------------------------------------------


def test_an_apology_is_proposed_for_the_talk_of_the_admission(playbook: Playbook):
    """It was said in that call, however late it is written down; with the same channel."""
    talk = recovery.do(told(known_at=NINE), "explain-mistake", playbook, at=NINE + 10 * MINUTE, channel="phone")
    later = recovery.do(talk, "assure", playbook, at=NOON)

    for incident in (talk, later):
        found = occasion.proposed(incident, "apologise", playbook)
        assert (NINE + 10 * MINUTE, "same talk", "phone") == (found.at, found.source, found.channel)


def test_the_offer_to_follow_up_is_proposed_for_the_talk_before_the_fix(playbook: Playbook):
    """Nobody offers, once it is fixed, to follow up should that take longer: else no talk is proposed."""
    talk = recovery.do(told(known_at=NINE), "explain-mistake", playbook, at=NINE + 10 * MINUTE, channel="phone")
    later = recovery.do(talk, "fix", playbook, at=NOON)
    after = recovery.do(told(known_at=NINE, fixed_at=NINE), "explain-mistake", playbook, at=NOON, channel="phone")

    for incident in (talk, later):
        assert NINE + 10 * MINUTE == occasion.proposed(incident, "offer-follow-up", playbook).at
    assert None is occasion.proposed(after, "offer-follow-up", playbook)


def test_what_is_said_after_the_fix_is_proposed_for_the_talk_that_was_had_last(playbook: Playbook):
    """An offer and a thank-you wait for the admission only; most often they come in a later call."""
    talk = recovery.do(told(known_at=NINE), "explain-mistake", playbook, at=NINE)
    later = recovery.do(talk, "explain-why", playbook, at=NOON, channel="phone")

    for name in ("offer", "contact", "thank"):
        assert NOON == occasion.proposed(later, name, playbook).at
    assert NINE == occasion.proposed(later, "assure", playbook).at


def test_a_known_time_is_proposed_for_its_step(playbook: Playbook):
    """Told and fixed."""
    known = told(told_at=NINE, fixed_at=NOON)

    assert (NINE, "told") == tuple(
        getattr(occasion.proposed(known, "explain-mistake", playbook), name) for name in ("at", "source")
    )
    assert (NOON, "fixed") == tuple(
        getattr(occasion.proposed(known, "fix", playbook), name) for name in ("at", "source")
    )


def test_nothing_is_proposed_that_would_come_too_early(playbook: Playbook):
    """Not before the fix, not before the admission, and never for the follow-up."""
    talk = recovery.do(told(), "explain-mistake", playbook, at=NINE)
    fixed = recovery.do(talk, "fix", playbook, at=NOON)

    assert None is occasion.proposed(told(), "apologise", playbook)
    assert None is occasion.proposed(talk, "explain-not-again", playbook)
    assert None is occasion.proposed(fixed, "explain-not-again", playbook)
    assert None is occasion.proposed(fixed, "follow-up", playbook)


# -- what belongs together --------------------------------------------------------------------------------------------


def test_a_corrected_time_is_corrected_once(playbook: Playbook):
    """The step follows the record, and the record the step; a time that told something else stays."""
    done = recovery.do(told(), "explain-mistake", playbook, at=NINE)
    by_step = put(done, "recovery.steps.explain-mistake.at", NOON)
    by_record = put(done, "told_at", NOON)
    apart = put(done, "told_at", NINE - MINUTE)

    assert NOON == procedures.followed(done, by_step, playbook).told_at
    assert ("done", NOON) == of(procedures.followed(done, by_record, playbook), "explain-mistake")
    assert (
        NINE - MINUTE
        == procedures.followed(apart, put(apart, "recovery.steps.explain-mistake.at", NOON), playbook).told_at
    )


def test_another_fault_takes_another_procedure_and_what_was_done_goes_along(playbook: Playbook):
    """Typed or chosen: the fix is the fix, and an admission is no explanation of why it was not ours (R14)."""
    done = recovery.do(told(fault="ours"), "fix", playbook, at=NINE)
    done = recovery.do(done, "explain-mistake", playbook, at=NINE)
    theirs = procedures.followed(done, put(done, "fault", "customer"), playbook)

    assert ("done", NINE) == of(theirs, "ease")
    assert ["Explain the mistake (the admission)"] == [text for text, _ in procedures.left_over(theirs, playbook)]
    assert "to do" == of(theirs, "explain-not-ours")[0]


# -- another procedure ------------------------------------------------------------------------------------------------


def test_switching_there_and_back_gives_the_same_record(playbook: Playbook):
    """What means the same is carried over; what has no step there waits."""
    done = told(recovery={"procedure": "thirteen-steps"})
    for name in ("explain-mistake", "apologise", "fix", "contact", "apologise-again"):
        done = recovery.do(done, name, playbook, at=NINE)
    four = procedures.switch(done, "four-steps", playbook)

    assert ["done", "done", "done", "to do"] == [step.done.status for step in recovery.steps(four, playbook, NOON)]
    assert {"contact", "apologise-again"} == {step.id for _, step in procedures.left_over(four, playbook)}
    assert done == procedures.switch(four, "thirteen-steps", playbook)


def test_a_procedure_that_is_not_there_is_refused_with_a_near_name(playbook: Playbook):
    """The playbook names them."""
    with pytest.raises(UnknownNodeError, match="did you mean 'four-steps'"):
        procedures.switch(told(), "for-steps", playbook)


def test_what_a_step_that_left_the_playbook_said_is_still_shown(playbook: Playbook):
    """By its id, where no procedure knows its words any more."""
    old = recovery.set_step(told(), "send-flowers", status="done", at=NINE)

    assert ["send flowers"] == [text for text, _ in procedures.left_over(old, playbook)]


# -- a team's own -----------------------------------------------------------------------------------------------------

OWN = {
    "title": "Ours",
    "steps": [
        {"id": "fix", "text": "Mend the heating", "target": "fix"},
        {"id": "call", "text": "Call them", "target": "tell", "says": "admission"},
        {"id": "tea", "text": "Bring tea", "after": ["call"]},
        {"id": "biscuits", "text": "And biscuits", "part_of": "tea"},
    ],
}


def test_a_team_adds_reorders_renames_and_drops_steps_without_code():
    """Its own procedure from its playbook, in the order it stands there."""
    team = playbook_from({"procedures": {"default": "own", "presets": {"own": OWN}}})
    steps = recovery.steps(told(), team, NOON)

    assert ["Mend the heating", "Call them", "Bring tea", "And biscuits"] == [step.rule.text for step in steps]
    assert [1, 2, 3, 3] == [step.number for step in steps]
    assert NINE == recovery.do(told(), "call", team, at=NINE).told_at


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"after": ["cal"]}, "own.tea.after: there is no 'cal'; did you mean 'call'?"),
        ({"part_of": "teaa"}, "own.tea.part_of: there is no 'teaa'; did you mean 'tea'?"),
        ({"target": "tel"}, "did you mean 'tell'?"),
        ({"says": "admision"}, "did you mean 'admission'?"),
        ({"txt": "Tea"}, "unknown field; did you mean 'text'?"),
        ({"after": ["biscuits"]}, "waits for it too"),
        ({"part_of": "tea"}, "own.tea.part_of: a step can't belong to itself; name another one, or leave it out"),
        ({"part_of": "fix"}, "own.biscuits.part_of: tea belongs to fix itself, and has no number; name a step"),
        ({"part_of": "biscuits"}, "own.tea.part_of: biscuits belongs to tea itself, and has no number"),
        ({"id": "a.b"}, "own.steps[3].id: expected a short name without dots and slashes, such as 'w1', found 'a.b'"),
        ({"id": "a/b"}, "own.steps.a/b.id: expected a short name without dots and slashes"),
        ({"id": " "}, "id: expected a short name without dots and slashes, such as 'w1', found ' '"),
        ({"id": ""}, "own.steps[3].id: expected at least 1 character(s), found ''"),
        ({"text": " "}, "own.steps.tea.text: expected a few words, found ' '"),
    ],
)
def test_a_procedure_that_names_what_is_not_there_is_refused(change: dict[str, Any], said: str):
    """With the place and a near name."""
    fix, call, tea, biscuits = OWN["steps"]
    biscuits = {**biscuits, "after": ["tea"]}
    wrong = {"title": "Ours", "steps": [fix, call, {**tea, **change}, biscuits]}

    with pytest.raises(DataError) as refused:
        playbook_from({"procedures": {"presets": {"own": wrong}}})

    assert said in str(refused.value)


def test_a_target_that_no_clock_could_count_is_refused():
    """For ever is no promise."""
    with pytest.raises(DataError, match="tell_min"):
        playbook_from({"targets": {"minor": {"tell_min": float("inf")}}})


# -- any order of it --------------------------------------------------------------------------------------------------

PLAYBOOK = default_playbook()
STEPS = sorted({rule.id for preset in PLAYBOOK.procedures.presets.values() for rule in preset.steps})
moments = st.datetimes(datetime(1999, 12, 31), datetime(2101, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - it adds the zone
deeds = st.lists(
    st.one_of(
        st.tuples(st.just("do"), st.sampled_from(STEPS), moments),
        st.tuples(st.just("undo"), st.sampled_from(STEPS)),
        st.tuples(st.just("spare"), st.sampled_from(STEPS), st.sampled_from(["", "They wanted nothing"])),
        st.tuples(st.just("switch"), st.sampled_from(["", *PLAYBOOK.procedures.presets])),
        st.tuples(st.just("fault"), st.sampled_from(["ours", "customer", "shared"])),
        st.tuples(st.sampled_from(["known_at", "raised_at", "occurred_at", "fixed_at", "told_at"]), moments),
    ),
    max_size=14,
)


def after(incident: Incident, deed: tuple[Any, ...], note: str) -> Incident:
    """One thing done; what names a step that is neither in force nor said is refused, and nothing changes."""
    try:
        match deed:
            case "do", step, at:
                return recovery.do(incident, step, PLAYBOOK, at=at, note=note)
            case "undo", step:
                return recovery.undo(incident, step, PLAYBOOK)
            case "spare", step, because:
                return procedures.spare(incident, step, PLAYBOOK, because)
            case "switch", name:
                return procedures.switch(incident, name, PLAYBOOK)
            case field, value:
                return procedures.followed(incident, put(incident, field, value), PLAYBOOK)
    except UnknownNodeError:
        return incident
    raise AssertionError(deed)


@given(deeds=deeds, now=moments)
def test_in_any_order_nothing_that_was_done_is_lost(deeds: list[tuple[Any, ...]], now: datetime):
    """Each note ever made stands in one step or was written over there; every step done or spared is shown once."""
    incident = told()
    for number, deed in enumerate(deeds):
        before = {step.note for step in incident.recovery.steps} - {""}
        incident = after(incident, deed, f"note {number}")
        gone = before - {step.note for step in incident.recovery.steps}
        assert len(gone) <= (deed[0] == "do")
    shown = [step.rule.id for step in recovery.steps(incident, PLAYBOOK, now)]
    waiting = [step.id for _, step in procedures.left_over(incident, PLAYBOOK)]
    said = [step.id for step in incident.recovery.steps if step.status != "to do"]

    assert len(shown) == len(set(shown))
    assert set(said) <= {*shown, *waiting}
    assert not set(shown) & set(waiting)


@given(deeds=deeds, now=moments)
def test_in_any_order_the_state_can_be_explained(deeds: list[tuple[Any, ...]], now: datetime):
    """No step raises, none is late that is not due, and each finding says where and what would do."""
    incident = told(recovery={"compensation": (Compensation(id="k1", offered_at=NINE, answer="accepted"),)})
    for number, deed in enumerate(deeds):
        incident = after(incident, deed, f"note {number}")
    steps = recovery.steps(incident, PLAYBOOK, now)
    found = list(recovering.findings(incident, PLAYBOOK, now))
    numbers = [step.number for step in recovery.numbered(steps)]

    assert list(range(1, len(numbers) + 1)) == numbers
    assert all(step.late_min == 0 for step in steps if step.due_at is None or step.done.status == "not needed")
    assert all(item.message and item.remedy and item.where and item.rule in PLAYBOOK.rules for item in found)
    assert not {"error"} & {item.level for item in found if not item.where.endswith(".at")}


def test_one_step_that_will_not_do_is_told_once_and_several_are_told_at_once():
    """Nothing is said of the list that only follows from its parts; a list with nothing in it is too short."""
    fix, call, tea, biscuits = OWN["steps"]

    def problems(*steps: dict[str, Any]) -> list[str]:
        with pytest.raises(DataError) as refused:
            playbook_from({"procedures": {"presets": {"own": {**OWN, "steps": steps}}}})
        return [problem.where.removeprefix("procedures.presets.own.") for problem in refused.value.problems]

    assert ["steps.fix.txt"] == problems({**fix, "txt": "Mend it"})
    assert ["steps.fix.target", "steps[2].id", "steps.tea.text"] == problems(
        {**fix, "target": "fixx"}, {**call, "id": "call."}, {**tea, "text": ""}, biscuits
    )
    assert ["steps"] == problems()


# -- a step that the playbook asks for since a record was closed ------------------------------------------------------

PHOTO = {"id": "photo", "text": "Send a photo", "behind": "make-sure"}
WITH_PHOTO = playbook_from({"procedures": {"presets": {"thirteen-steps": {
    "add": [PHOTO], "change": [{"id": "contact", "after": ["photo"]}],
}}}})  # fmt: skip


def closed() -> Incident:
    """A record of which every step was told under the default playbook, closed a year ago."""
    rules = default_playbook().procedure("").steps
    said = told(told_at=NINE, fixed_at=NINE, closed_at=NOON)
    for rule in rules:
        said = recovery.set_step(said, rule.id, status="done", at=NOON)
    return put(said, "state", "closed")


def test_a_closed_record_keeps_to_the_steps_that_were_asked_then():
    """What the playbook asks for since then is no gap of it, and neither counted nor named before another step."""
    late = NOON + timedelta(days=365)
    now, then = (recovery.steps(closed(), rules, late) for rules in (WITH_PHOTO, default_playbook()))

    assert [(step.number, step.rule.id, step.before) for step in then] == [
        (step.number, step.rule.id, step.before) for step in now
    ]
    assert [] == [gap for gap in gates.missing(closed(), WITH_PHOTO, late, "closed") if "photo" in gap.message]
    assert [] == [it for it in recovering.findings(closed(), WITH_PHOTO, late) if "photo" in it.message]


def test_a_record_that_is_opened_again_follows_the_playbook_as_it_is():
    """So does one that is still open, and one that came closed without a word of its steps."""
    again = put(closed(), "state", "reopened")
    elsewhere = told(state="closed", closed_at=NOON)

    for said in (again, put(closed(), "state", "acting"), elsewhere):
        assert "photo" in [step.rule.id for step in recovery.steps(said, WITH_PHOTO, NOON)]
    assert ["“Send a photo” (step 11) is still to do"] == [
        gap.message for gap in gates.missing(again, WITH_PHOTO, NOON, "closed") if gap.gate == "steps"
    ]


def test_a_record_can_not_be_closed_past_a_step_that_nobody_has_said_a_word_of():
    """Being closed spares it later, not on the way there."""
    open_ = put(closed(), "state", "acting")

    with pytest.raises(states.GateError, match="Send a photo"):
        states.close(open_, WITH_PHOTO, NOON)


def test_a_step_of_a_closed_record_that_is_to_do_again_is_asked_for():
    """Something is said of it."""
    undone = recovery.undo(closed(), "thank", default_playbook())

    assert ["thank"] == [step.rule.id for step in recovery.steps(undone, WITH_PHOTO, NOON) if step.is_open]


def test_what_an_answer_made_needless_stays_among_the_steps_of_a_closed_record():
    """It was asked of nobody then either, and the thirteen stay thirteen."""
    declined = put(closed(), "recovery.compensation", [{"id": "k1", "offered": 5, "answer": "declined"}])
    steps = [step for step in declined.recovery.steps if step.id != "carry-out"]
    found = recovery.steps(put(declined, "recovery.steps", steps), WITH_PHOTO, NOON)

    assert 13 == len(recovery.numbered(found))
