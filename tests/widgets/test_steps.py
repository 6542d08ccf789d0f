"""The steps with the customer on screen: one press, a row that opens, and what stands above and below (R11 to R15)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from postmortem.record import procedures, recovery, saying, whys
from postmortem.store import open_store
from postmortem.widgets import Retrospective
from postmortem.widgets.panel import script
from tests.widgets.seen import NOW, blocks, do, fields, put, send, texts

KNOWN = NOW - timedelta(hours=2)


@pytest.fixture
def panel(ours):
    """The stage of a mistake of ours that was known two hours ago, and is moderate."""
    ours.put("owner", "Service desk lead")
    return ours.stage("recover")


def block(panel, kind):
    """The one block of a kind."""
    (found,) = [item for item in blocks(panel.view) if item.get("t") == kind]
    return found


def row(panel, name):
    """One row of the table."""
    return next(item for item in block(panel, "procedure")["rows"] if item["key"] == name)


def aside(panel):
    """What stands beside the heading of the table."""
    return next(
        item["aside"] for item in blocks(panel.view) if item.get("t") == "section" and " steps with " in item["title"]
    )


# -- one press --------------------------------------------------------------------------------------------------------


def test_one_press_sets_a_step_done_now_by_whoever_works_here(panel, retro):
    """And the focus stays in its row."""
    do(panel, "step-done", key="fix", at="now")

    said = recovery.said_of(retro.incident, "fix")
    assert ("done", NOW, "Ana") == (said.status, said.at, said.by)
    assert NOW == retro.incident.fixed_at
    assert "recovery.steps.fix" == panel.focus["at"]


def test_an_apology_in_the_call_of_the_admission_is_not_late(panel, retro):
    """That call is over: now is offered first, and its time is the other way."""
    retro.change(
        recovery.do, "explain-mistake", retro.playbook, at=KNOWN + timedelta(minutes=20), channel="phone", by="Desk"
    )
    ways = [(way["label"], way["at"], way["aside"]) for way in row(panel, "apologise")["quick"]]
    do(panel, "step-done", key="apologise", at="proposed")

    assert [("Done", "now", ""), ("Done Fri 10:20", "proposed", "in the same talk")] == ways
    assert ("", "Fri 10:20", "phone") == tuple(row(panel, "apologise")[name] for name in ("late", "when", "how"))


@pytest.mark.parametrize(("minutes", "first"), [(0, "proposed"), (15, "proposed"), (16, "now"), (7200, "now")])
def test_done_offers_the_talk_first_while_it_goes_on(panel, retro, minutes, first):
    """A quarter of an hour after its last word what is done is done now; the other way stands beside it."""
    at = NOW - timedelta(minutes=minutes)
    retro.put("known_at", at - timedelta(minutes=5))
    retro.change(recovery.do, "explain-mistake", retro.playbook, at=at)

    assert [first, {"now": "proposed", "proposed": "now"}[first]] == [it["at"] for it in row(panel, "thank")["quick"]]


def test_a_time_of_the_record_is_offered_first_however_long_ago(panel, retro):
    """When they were told is known."""
    retro.put("told_at", KNOWN)

    assert ["proposed", "now"] == [it["at"] for it in row(panel, "explain-mistake")["quick"]]


def test_a_time_typed_before_is_the_one_that_counts(panel, retro):
    """It was written down first, then set to done."""
    put(panel, "recovery.steps.thank.at", "20 Mar 2026 11:15")
    (way,) = row(panel, "thank")["quick"]
    do(panel, "step-done", key="thank", at=way["at"])

    assert "Done Fri 11:15" == way["label"]
    assert NOW - timedelta(minutes=45) == recovery.said_of(retro.incident, "thank").at


def test_a_step_done_by_mistake_is_undone(panel, retro):
    """And they were not told either."""
    do(panel, "step-done", key="explain-mistake", at="now")
    do(panel, "step-undone", key="explain-mistake")

    assert ("to do", None) == (row(panel, "explain-mistake")["status"], retro.incident.told_at)


def test_what_is_not_needed_asks_for_its_reason(panel):
    """The focus goes there; with a reason nothing is asked any more."""
    do(panel, "step-spared", key="offer")
    place = "recovery.steps.offer.because"
    asked = fields(panel)[place]["findings"]
    must = row(panel, "offer")["must"]
    put(panel, place, "They wanted nothing")

    assert (place, True, ["R12"]) == (panel.focus["at"], must, [item["rule"] for item in asked])
    assert ([], "They wanted nothing") == (fields(panel)[place]["findings"], row(panel, "offer")["spared"])


# -- a row ------------------------------------------------------------------------------------------------------------


def test_when_a_step_is_due_is_said_in_words(panel, retro):
    """A day and an hour, after which other step, or under which condition."""
    due = {item["key"]: item["due"] for item in block(panel, "procedure")["rows"]}

    assert ("Fri 11:00", "after 1", "Fri 11:00", "after 5", "if accepted") == tuple(
        due[name] for name in ("explain-mistake", "explain-why", "offer-follow-up", "make-sure", "carry-out")
    )
    assert "5 days after the fix" == due["follow-up"]
    retro.put("fixed_at", NOW)
    assert "Wed 25 Mar" == row(panel, "follow-up")["due"]


def test_the_offer_to_follow_up_is_announced_then_asked_for(panel, retro):
    """Before the hour is over it says by when, after it how late; in the same words as the list of what is due."""
    late = row(panel, "offer-follow-up")
    retro.put("known_at", NOW - timedelta(minutes=20))
    soon = row(panel, "offer-follow-up")

    assert ("Fri 11:00", "", "1 h late") == (late["due"], late["soon"], late["late"])
    assert ("Fri 12:40, if not fixed by then", "today", "") == (soon["due"], soon["soon"], soon["late"])


@pytest.mark.parametrize(
    ("ago", "soon", "late"), [(4, "", ""), (5, "today", ""), (6, "", "1 day late"), (8, "", "3 days late")]
)
def test_a_day_is_today_and_then_late_in_whole_days(panel, retro, ago, soon, late):
    """The follow-up is promised for a day, and nobody gave it an hour."""
    retro.put("known_at", NOW - timedelta(days=ago, hours=2))
    retro.put("fixed_at", NOW - timedelta(days=ago))
    found = row(panel, "follow-up")

    assert (soon, late) == (found["soon"], found["late"])


def test_what_is_late_follows_the_clock_also_where_nobody_types(store):
    """The panel is drawn again with the first look after a minute went by, and not before."""
    clock = [KNOWN]
    retro = Retrospective(store, by="Ana", now=lambda: clock[0])
    retro.put("title", "Line dead")
    retro.put("known_at", KNOWN)
    retro.put("impact.harm", "distress")
    panel = retro.stage("recover")
    retro.look("recover")
    assert "" == row(panel, "explain-mistake")["late"]

    clock[0] = KNOWN + timedelta(hours=2)
    assert "" == row(panel, "explain-mistake")["late"]
    retro.look("recover")
    assert "1 h late" == row(panel, "explain-mistake")["late"]


def test_late_is_a_word_and_a_sign(panel):
    """What is still to do an hour after its time."""
    late = row(panel, "explain-mistake")

    assert ("To do, late", True, "1 h late") == (late["word"], late["is_late"], late["late"])


def test_the_offer_to_follow_up_did_not_come_up_where_it_was_fixed_soon(panel, retro):
    """It stands below its step, without a number; over the hour it is to do."""
    retro.put("fixed_at", KNOWN + timedelta(minutes=30))
    soon = row(panel, "offer-follow-up")
    retro.put("fixed_at", KNOWN + timedelta(minutes=90))

    assert ("", "Not needed", "fixed in 30 min", "") == (soon["number"], soon["word"], soon["spared"], soon["late"])
    assert "To do" == row(panel, "offer-follow-up")["word"]


def test_a_time_that_can_not_be_read_stays_in_its_row(panel):
    """The row is open for it until a good one comes."""
    place = "recovery.steps.apologise.at"
    put(panel, place, "soon")
    bad = (fields(panel)[place]["value"], row(panel, "apologise")["must"])
    put(panel, place, "20 Mar 2026 11:00")

    assert ("soon", True) == bad
    assert ("", False) == (fields(panel)[place]["error"], row(panel, "apologise")["must"])


def test_two_people_who_type_into_one_row_lose_nothing(tmp_path):
    """The second text waits beside the first, and the row is open for it."""
    with (
        open_store(tmp_path / "s.db", clock=lambda: NOW) as ours,
        open_store(tmp_path / "s.db", clock=lambda: NOW) as theirs,
    ):
        ana, ben = Retrospective(ours, by="Ana", now=lambda: NOW), Retrospective(theirs, by="Ben", now=lambda: NOW)
        ana.put("title", "Line dead")
        ben.open(ana.incident.id)
        hers, his = ana.stage("recover"), ben.stage("recover")
        place = "recovery.steps.thank.note"
        send(hers, "put", place=place, value="By phone", was=[""])
        send(his, "put", place=place, value="By letter", was=[""])
        ana.look("recover", "")

        assert "By phone" == fields(his)[place]["value"]
        assert "By letter" in texts(fields(his)[place]["versions"])
        assert row(his, "thank")["must"]


def test_the_words_fit_who_was_hurt(panel, retro):
    """A coworker is a colleague."""
    retro.put("harmed", "coworker")

    assert "Thank the colleague for understanding" == row(panel, "thank")["text"]
    assert "The 13 steps with the colleague" in texts(panel.view)


# -- out of order -----------------------------------------------------------------------------------------------------


def test_a_step_out_of_order_is_shown_and_not_forbidden(panel, retro):
    """With what came first and by how long, and the way to ask why."""
    retro.change(recovery.do, "explain-why", retro.playbook, at=KNOWN + timedelta(minutes=2))
    retro.change(recovery.do, "explain-mistake", retro.playbook, at=KNOWN + timedelta(minutes=38))
    (hint,) = row(panel, "explain-why")["notes"]
    do(panel, "why-recovery", text=hint["why"]["text"])

    said = "“Explain why it happened, no excuses” came 36 min before “Explain the mistake (the admission)”"
    assert (False, said, False) == (hint["need"], hint["text"], hint["why"]["stands"])
    assert [said] == [why.text for why in whys.children(retro.incident, None, "recovery")]
    assert row(panel, "explain-why")["notes"][0]["why"]["stands"]


def test_why_a_step_is_late_is_asked_once(retro):
    """Pressed again an hour later, and once it is done, the question stands there."""
    retro.put("title", "Line dead")
    retro.put("known_at", NOW - timedelta(days=1))
    panel, asked = retro.stage("recover"), []
    for hours in range(3):
        retro.put("known_at", NOW - timedelta(days=1, hours=hours))
        why = row(panel, "explain-mistake")["late_why"]
        asked.append(why["stands"])
        if not why["stands"]:
            do(panel, "why-recovery", text=why["text"])
    do(panel, "step-done", key="explain-mistake", at="now")

    assert [False, True, True] == asked
    assert 1 == len(whys.children(retro.incident, None, "recovery"))
    assert row(panel, "explain-mistake")["late_why"]["stands"]
    assert not row(panel, "explain-why")["late_why"]


def test_an_admission_before_they_were_told_is_settled_with_one_press(panel, retro):
    """Both say the same then."""
    retro.put("told_at", NOW)
    retro.change(recovery.set_step, "explain-mistake", status="done", at=NOW - timedelta(minutes=30))
    (found,) = [item for item in row(panel, "explain-mistake")["notes"] if item["agree"]]
    do(panel, "agree", key="explain-mistake")

    assert "Take Fri 11:30 for both" == found["agree"]
    assert NOW - timedelta(minutes=30) == retro.incident.told_at
    assert [] == [item for item in row(panel, "explain-mistake")["notes"] if item["agree"]]


# -- above and below --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raised", "told", "said"),
    [
        (None, None, "They were not told yet."),
        (-120, None, "They raised it, and were not told yet."),
        (None, -60, "We told them Fri 11:00; they never had to ask."),
        (-30, -60, "We told them 30 min before they raised it."),
        (-60, -22, "We told them 38 min after they raised it."),
        (-60, -60, "We told them as they raised it."),
    ],
)
def test_who_knew_first_stands_above(panel, retro, raised, told, said):
    """And by how long we told them before they asked (R1)."""
    for field, minutes in (("raised_at", raised), ("told_at", told)):
        retro.put(field, None if minutes is None else NOW + timedelta(minutes=minutes))

    assert said == block(panel, "lead")["text"]


def test_whether_they_asked_first_is_not_made_up_where_they_found_it(panel, retro):
    """Found by them, and nobody says when they raised it: it is not said that they never had to ask (R1)."""
    retro.put("known_at", None)
    retro.put("found_by", "them")
    retro.put("told_at", NOW - timedelta(minutes=60))

    assert "The customer knew first." == block(panel, "lead")["strong"]
    assert "We told them Fri 20 Mar 11:00; nobody says whether they asked first." == block(panel, "lead")["text"]


def test_how_far_it_has_come_is_said_with_its_clock(panel, retro):
    """Numbered steps only, what is late now, and whose targets."""
    retro.change(recovery.do, "explain-mistake", retro.playbook, at=KNOWN)
    retro.change(procedures.spare, "thank", retro.playbook, "They hung up")

    assert "1 of 13 done, 1 not needed, 1 late now. Times from knowing (Fri 10:00), targets for moderate." == aside(
        panel
    )


def test_without_a_start_no_clock_runs(retro):
    """It is said why; and from when the promises count all the same, where anything is known."""
    assert "No times yet: nobody said when we knew." in aside(retro.stage("recover"))
    retro.put("occurred_at", KNOWN)
    assert "Nobody said when we knew: counted from when it happened." in aside(retro.stage("recover"))


def test_colleagues_come_before_the_customer(panel, retro):
    """It is asked above the table, and a hint where it was the other way round (R15)."""
    put(panel, "recovery.colleagues_told", "no")
    before = fields(panel)["recovery.colleagues_told"]["findings"]
    retro.put("told_at", NOW)

    assert [] == before
    assert ["R15"] == [item["rule"] for item in fields(panel)["recovery.colleagues_told"]["findings"]]


def test_what_was_done_before_the_procedure_was_changed_stands_below(panel):
    """What means the same goes along (R11)."""
    do(panel, "step-done", key="explain-mistake", at="now")
    do(panel, "step-done", key="thank", at="now")
    put(panel, "recovery.procedure", "four-steps")

    assert "done" == row(panel, "admit")["status"]
    assert [("Thank the customer for understanding", "Done")] == [
        (item["text"], item["word"]) for item in block(panel, "procedure")["before"]
    ]


def test_a_corrected_admission_is_when_they_were_told(panel, retro):
    """One press sets both; the correction as well."""
    do(panel, "step-done", key="explain-mistake", at="now")
    put(panel, "recovery.steps.explain-mistake.at", "20 Mar 2026 10:40")

    assert datetime(2026, 3, 20, 10, 40, tzinfo=UTC) == retro.incident.told_at


def test_every_sign_of_the_table_is_drawn():
    """The browser draws what the stage sends."""
    browser = script()

    assert all(f'"{kind}"' in browser or f"{kind}:" in browser for kind in ("lead", "steps-before", "procedure"))


# -- what was said ----------------------------------------------------------------------------------------------------


def test_what_was_said_stands_in_its_row_and_can_be_mended(panel, retro):
    """Folded there; no other row of the talk asks for it again, and one without written words has an empty field."""
    retro.put("recovery.wording", "We cut you off.")
    retro.change(saying.say, ["explain-mistake", "apologise"], retro.playbook, at=NOW)
    words = row(panel, "explain-mistake")["words"]
    put(panel, "recovery.steps.explain-mistake.words", "We cut your line.")

    assert (True, False, "We cut you off.") == (words["there"], words["must"], words["field"]["value"])
    assert "We cut your line." == recovery.said_of(retro.incident, "explain-mistake").words
    assert row(panel, "apologise")["words"] is row(panel, "fix")["words"] is row(panel, "thank")["words"] is None
    retro.change(recovery.do, "thank", retro.playbook, at=NOW - timedelta(hours=1))
    assert not row(panel, "thank")["words"]["there"]


def test_words_of_a_record_of_before_are_put_where_they_were_said(panel, retro):
    """By whoever knows it; the field is free then."""
    retro.put("recovery.wording", "We cut you off.")
    retro.change(recovery.do, "explain-mistake", retro.playbook, at=NOW)
    takes = row(panel, "explain-mistake")["words"]["take"]
    do(panel, "words-said", key="explain-mistake")

    assert takes
    assert ("", "We cut you off.") == (
        retro.incident.recovery.wording,
        recovery.said_of(retro.incident, "explain-mistake").words,
    )
    assert not row(panel, "explain-mistake")["words"]["take"]
    assert "recovery.steps.explain-mistake.words" == panel.focus["at"]


def test_a_step_that_is_undone_gives_its_words_back_to_the_field(panel, retro):
    """By its button and by undo."""
    retro.put("recovery.wording", "We cut you off.")
    retro.change(saying.say, ["explain-mistake"], retro.playbook, at=NOW)
    do(panel, "step-undone", key="explain-mistake")

    assert "We cut you off." == retro.incident.recovery.wording
    assert row(panel, "explain-mistake")["words"] is None


def test_what_is_found_of_said_words_is_told_with_them_and_opens_nothing(panel, retro):
    """A hint never blocks; it has its number in the row."""
    retro.put("fault", "ours")
    retro.put("recovery.wording", "We cut you off. That was our mistake. Sorry if you noticed.")
    retro.change(saying.say, ["explain-mistake"], retro.playbook, at=NOW)
    said = row(panel, "explain-mistake")

    assert ["R20"] == [it["rule"] for it in said["words"]["field"]["findings"]]
    assert "R20" in {it["rule"] for it in said["marks"]}
    assert (False, False) == (said["must"], said["words"]["must"])


def test_a_step_that_is_done_nobody_says_when_says_so(retro):
    """Nothing false is said of whether it came in time."""
    retro.put("known_at", NOW - timedelta(days=9))
    retro.change(recovery.set_step, "apologise", status="done")

    assert ("when is not said", "", "Done") == tuple(
        row(retro.stage("recover"), "apologise")[name] for name in ("when", "late", "word")
    )


def test_a_follow_up_from_before_the_fix_can_be_done_once_more(retro):
    """R12: it is none of that fix, and the next press dates another one."""
    for name, days in (("known_at", 9), ("fixed_at", 7)):
        retro.put(name, NOW - timedelta(days=days))
    retro.change(recovery.do, "follow-up", retro.playbook, at=NOW - timedelta(days=8))
    panel = retro.stage("recover")
    quick = row(panel, "follow-up")["quick"]
    do(panel, "step-done", key="follow-up", at="now")

    assert ["Done"] == [way["label"] for way in quick]
    assert [] == row(panel, "follow-up")["quick"]
    assert NOW == recovery.said_of(retro.incident, "follow-up").at
