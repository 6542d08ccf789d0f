"""What is due in a notebook: overdue first, kept with one click, taken back with another."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from icalendar import Calendar

from postmortem.record import compensation, recovery
from postmortem.record.edit import changed
from postmortem.record.edit import put as put_at
from postmortem.record.errors import PostmortemError
from postmortem.record.incident import Action, Customer, Effect, Impact, Incident
from postmortem.store import NOBODY, open_store
from postmortem.widgets import Retrospective, WhatIsDue, open_due
from postmortem.widgets.duties import DuePanel
from tests.widgets.hostile import HOSTILE
from tests.widgets.seen import NOW, blocks, fields, pressed, put, send, texts

CHECK = Effect(measure="Calls about dead lines", expected="0", check_on=date(2026, 3, 25))


@pytest.fixture
def late(store):
    """A record with a step, an action and an effect check, and another one of another team."""
    plan = (Action(id="a1", text="Add a list", owner="Lead", due_on=date(2026, 3, 16), effect=CHECK),)
    first = Incident(title="Line dead", team="Field", owner="Desk", known_at=NOW - timedelta(minutes=30), actions=plan)
    saved = store.save(changed(first, customer=Customer(name="Residents of 14 Mill Lane")), by="Ben")
    store.save(Incident(title="Room cold", team="Hotel", actions=(Action(id="a1", text="Heat", due_on=NOW.date()),)))
    return saved


@pytest.fixture
def listed(store, late):  # noqa: ARG001 - it is in the store
    """What is due, seen by Ana."""
    return WhatIsDue(store, by="Ana", now=lambda: NOW)


@pytest.fixture
def panel(listed):
    """The list on screen."""
    listed._repr_mimebundle_()
    return listed._shown


def rows(panel):
    """The rows under their headings."""
    return {group["title"]: group["rows"] for group in panel.view["body"] if group["t"] == "due"}


def row(panel, promise):
    """One row of the first record."""
    (found,) = [it for it in blocks(panel.view) if it.get("promise") == promise and it["record"] == "2026-001"]
    return found


def offered(panel, promise):
    """The words of the buttons of a row."""
    return [label for label, *_ in row(panel, promise)["asked"]]


def keep(panel, promise, result="", do="keep"):
    """Press a button of a row."""
    send(panel, "do", do=do, args={"record": "2026-001", "promise": promise, "result": result})


def test_it_lists_overdue_first_then_today_this_week_later(panel):
    """Who, which record, how late; and says how much."""
    found = rows(panel)

    assert ["Overdue", "Today", "Tomorrow and the rest of the week", "Later"] == list(found)
    assert ["action-a1"] == [it["promise"] for it in found["Overdue"]]
    assert ("4 days late", "Lead", "2026-001", "Line dead") == tuple(
        found["Overdue"][0][name] for name in ("due", "who", "record", "title")
    )
    assert panel.head["saved"].startswith("8 promises, 1 overdue. As of Fri 20 Mar 2026")
    assert repr(panel) == "8 promises, 1 overdue. Run this cell to see and to keep them."


def test_one_click_keeps_a_promise_in_its_record(panel, store):
    """As a revision of who clicked; the row stays, greyed, until the next look."""
    keep(panel, "action-a1")
    saved = store.history("2026-001")[-1]

    assert (NOW.date(), "Ana", 2) == (saved.incident.actions[0].done_on, saved.by, saved.number)
    assert (True, []) == (row(panel, "action-a1")["kept"], row(panel, "action-a1")["asked"])
    assert "due 2026-001/action-a1" == panel.focus["at"]
    pressed(panel, "Read the store again")
    assert "action-a1" not in {it["promise"] for it in blocks(panel.view) if it.get("record") == "2026-001"}


def test_what_was_kept_can_be_taken_back(panel, store):
    """What somebody else changed in between stays."""
    keep(panel, "step-explain-mistake")
    told = store.load("2026-001")
    store.save(changed(told, service="Line repair"), by="Ben")
    keep(panel, "step-explain-mistake", do="undo")
    stands = store.load("2026-001")

    assert NOW == told.told_at
    assert ("Ana", "done") == (told.recovery.steps[0].by, told.recovery.steps[0].status)
    assert (None, "Line repair", ()) == (stands.told_at, stands.service, stands.recovery.steps)
    assert not row(panel, "step-explain-mistake")["kept"]


@pytest.mark.parametrize("result", ["held", "not held"])
def test_an_effect_check_asks_whether_it_held(panel, store, result):
    """Two buttons, neither of them the first choice; it says of which action it is, and what was found."""
    assert ["Held", "Not held"] == offered(panel, "effect-a1")
    assert "Did it hold? Calls about dead lines, expected 0" == row(panel, "effect-a1")["text"]
    assert "effect check of A1" == row(panel, "effect-a1")["kind"]
    keep(panel, "effect-a1", result)

    assert result == store.load("2026-001").actions[0].effect.result
    assert {"held": "Held", "not held": "Did not hold"}[result] == row(panel, "effect-a1")["now_kept"]


def test_an_effect_check_without_a_result_is_refused_in_the_panel(panel, store):
    """Nothing is changed, and nobody meets a traceback."""
    keep(panel, "effect-a1")

    assert "Nobody said what the check found" in panel.head["trouble"]
    assert panel.failure is None
    assert 1 == store.load("2026-001").revision


def test_what_comes_up_by_keeping_another_one_is_there_at_once(panel):
    """A fix dates the follow-up."""
    keep(panel, "step-fix")

    assert "Wed 25 Mar" == row(panel, "step-follow-up")["due"]


def test_it_can_be_narrowed_by_whose_and_by_team(panel, listed):
    """And the twin does the same; nobody's are found by a word of their own."""
    put(panel, "due.team", "Hotel")
    assert {"2026-002"} == {it["record"] for it in blocks(panel.view) if it.get("record")}
    assert ["", "Field", "Hotel"] == [value for value, _ in fields(panel)["due.team"]["options"]]
    put(panel, "due.team", "")
    put(panel, "due.who", NOBODY)

    assert {"2026-002"} == {it.incident_id for it in listed.rows}
    assert {"action-a1"} == {it.promise.id for it in listed.filter(who="Lead", team="Field").rows} - {"effect-a1"}


def test_where_nothing_is_due_it_says_what_to_do(listed):
    """In an empty store, with a filter that nothing fits, and where all is kept."""
    with open_store("sqlite://") as empty:
        nothing = WhatIsDue(empty, by="Ana", now=lambda: NOW)
        nothing._repr_mimebundle_()
        assert any("no record is in the store yet" in text for text in texts(nothing._shown.view))
        empty.save(Incident(title="Quiet"))
        nothing._shown.refresh()
        assert any("appear here once their record dates them" in text for text in texts(nothing._shown.view))
    listed.filter(who="Somebody")._repr_mimebundle_()
    assert any("Choose all roles and all teams" in text for text in texts(listed._shown.view))


def test_a_calendar_is_written_and_can_be_saved(panel, tmp_path, monkeypatch):
    """It names no customer; what was kept is cancelled in it."""
    monkeypatch.chdir(tmp_path)
    keep(panel, "action-a1")
    pressed(panel, "Write the calendar")
    (block,) = [it for it in blocks(panel.view) if it.get("t") == "calendarFile"]
    events = Calendar.from_ical((tmp_path / block["file"]).read_bytes()).walk("VEVENT")

    assert {"CANCELLED": 1, "CONFIRMED": 7} == {
        word: sum(it["status"] == word for it in events) for word in ("CANCELLED", "CONFIRMED")
    }
    assert "Mill Lane" not in block["text"]
    pressed(panel, "Read the store again")
    assert [] == [it for it in blocks(panel.view) if it.get("t") == "calendarFile"]


def test_an_offer_over_the_limit_is_refused_in_a_sentence_without_its_place(store):
    """What to do instead stands in it; the record and the row stay as they are."""
    large = compensation.goodwill(Incident(title="Cold", currency="EUR", known_at=NOW), "Next service", Decimal(5000))
    saved = store.save(recovery.do(large, "fix", store.playbook, at=NOW))
    panel = DuePanel(WhatIsDue(store, by="Ana", now=lambda: NOW))
    keep(panel, "offer-goodwill")

    assert (
        "2026-001 stays as it is. EUR 5,000 of it is over the handler's limit, and nobody has approved it: ask for"
        " approval in stage 3, or offer a part there." in panel.head["trouble"]
    )
    assert "recovery.compensation" not in panel.head["trouble"]
    assert saved == store.load(saved.id)


@pytest.fixture
def large(store):
    """A list in which a goodwill of EUR 210 is owed: above the limit of EUR 150."""
    owing = compensation.goodwill(Incident(title="Cold", currency="EUR", known_at=NOW, owner="Desk"), "x", Decimal(210))
    store.save(put_at(owing, "evaluation.manager_told", "Duty manager"))
    return DuePanel(WhatIsDue(store, by="Ana", now=lambda: NOW))


def test_what_is_owed_above_the_limit_has_the_ways_of_the_card_in_the_list(large, store):
    """Asked for, approved by whom the record names, then offered: each with one press, and nothing is refused."""
    assert "EUR 210 needs an approval first: Duty manager may give it." == row(large, "offer-goodwill")["why"]
    assert ["Ask for approval", "Offer EUR 150 now"] == offered(large, "offer-goodwill")
    keep(large, "offer-goodwill", do="ask-approval")
    assert "waits for the approval that was asked for" in row(large, "offer-goodwill")["why"]
    assert ["Offer EUR 150 now"] == offered(large, "offer-goodwill")
    assert ["Approved by: Duty manager"] == offered(large, "approval-k1")
    keep(large, "approval-k1")
    assert ("", ["Offered"]) == (row(large, "offer-goodwill")["why"], offered(large, "offer-goodwill"))
    keep(large, "offer-goodwill")
    (item,) = store.load("2026-001").recovery.compensation

    assert ("Duty manager", NOW, Decimal(210)) == (item.approved_by, item.approval_asked_at, item.offered)
    assert "" == large.head["trouble"]


def test_what_was_taken_out_meanwhile_hides_no_other_rows_ways(large, store):
    """A list that was drawn before a record went offers for the others what it offered before."""
    other = compensation.goodwill(Incident(title="Late", currency="EUR", known_at=NOW, owner="Desk"), "y", Decimal(9))
    gone = store.save(other)
    large.listed.look()
    store.delete(gone.id)
    large.refresh()

    assert ["Ask for approval", "Offer EUR 150 now"] == offered(large, "offer-goodwill")


def test_the_part_within_the_limit_is_offered_from_the_list_and_taken_back(large, store):
    """The rest stays in the row; each press is taken back by itself, the last one first."""
    keep(large, "offer-goodwill", do="offer-within")
    assert ["Ask for approval"] == offered(large, "offer-goodwill")
    keep(large, "offer-goodwill", do="ask-approval")
    part, rest = store.load("2026-001").recovery.compensation
    assert (150, 60, NOW) == (part.offered, rest.owed, rest.approval_asked_at)

    keep(large, "offer-goodwill", do="undo")
    assert [150, 60] == [item.owed for item in store.load("2026-001").recovery.compensation]
    assert ["Ask for approval"] == offered(large, "offer-goodwill")
    keep(large, "offer-goodwill", do="undo")

    assert [(210, None)] == [(item.owed, item.offered) for item in store.load("2026-001").recovery.compensation]
    assert not row(large, "offer-goodwill")["back"]


def test_the_card_and_the_list_offer_the_same(large, store):
    """Also of what nobody has kept yet: asking keeps it as owed."""
    told = changed(store.load("2026-001"), impact=Impact(customer_min=21 * 60))
    store.save(put_at(told, "recovery.compensation", ()), by="Ben")
    large.listed.look()
    large.refresh()
    assert ["Ask for approval", "Offer EUR 150 now"] == offered(large, "offer-service-credit")
    keep(large, "offer-service-credit", do="ask-approval")
    retro = Retrospective(store, by="Ana", now=lambda: NOW)
    retro.open("2026-001")
    (card,) = [it for it in blocks(retro.stage("recover").view) if it.get("t") == "owed"]

    assert ["Approved by: Duty manager", "Offer EUR 150 now"] == [way["label"] for way in card["ways"]]
    assert ["Offer EUR 150 now"] == offered(large, "offer-service-credit")


@pytest.mark.usefixtures("late")
def test_a_store_that_is_only_looked_at_offers_no_button(store):
    """And says what would be asked of whoever tries from code."""
    with open_store(store.url, read_only=True) as looking:
        listed = WhatIsDue(looking, by="Ana", now=lambda: NOW)
        listed._repr_mimebundle_()

        assert [] == [it for it in blocks(listed._shown.view) if it.get("asked")]
        with pytest.raises(PostmortemError, match="read"):
            listed.keep("2026-001", "action-a1")
    assert 1 == store.load("2026-001").revision


def test_a_promise_that_somebody_else_kept_meanwhile_is_kept_once(panel, store):
    """Two people at two lists: the second click changes nothing, and the row is gone after the next look."""
    other = WhatIsDue(store, by="Ben", now=lambda: NOW)
    other.keep("2026-001", "action-a1")
    keep(panel, "action-a1")

    assert 2 == store.load("2026-001").revision
    assert "Ben" == store.history("2026-001")[-1].by


def test_what_was_not_kept_here_is_not_taken_back_here(listed):
    """The history of the record does that."""
    with pytest.raises(PostmortemError, match="was not kept here since the last look"):
        listed.undo("2026-001", "action-a1")


def test_hostile_texts_stay_texts(store):
    """Whatever a record says is plain data in the list."""
    plan = tuple(
        Action(id=f"a{n}", text=text, owner=text, due_on=NOW.date()) for n, text in enumerate(HOSTILE, start=1)
    )
    store.save(Incident(title=HOSTILE[0], team=HOSTILE[0], actions=plan))
    listed = WhatIsDue(store, by="Ana", now=lambda: NOW)
    listed._repr_mimebundle_()

    assert {text for text in HOSTILE if text.strip()} <= set(texts(listed._shown.view))
    assert listed._shown.failure is None


def test_many_promises_are_drawn_up_to_a_number(store):
    """The others are counted, and the filters reach them."""
    plan = tuple(Action(id=f"a{n}", text="Do", due_on=NOW.date()) for n in range(1, 251))
    store.save(Incident(title="Much", actions=plan))
    listed = WhatIsDue(store, by="Ana", now=lambda: NOW)
    listed._repr_mimebundle_()

    assert 200 == len([it for it in blocks(listed._shown.view) if it.get("promise")])
    assert any(text.startswith("50 more are due later") for text in texts(listed._shown.view))


@pytest.mark.usefixtures("late")
def test_it_opens_by_the_name_of_a_file(store):
    """As every notebook does."""
    assert 8 == len(open_due(store.url, by="Ana").rows)


def test_what_somebody_else_kept_meanwhile_is_not_kept_twice(store, late):
    """Whoever comes second is told, and nobody's word is lost: “not held” does not vanish behind “held”."""
    ana, ben = (WhatIsDue(store, by=name, now=lambda: NOW) for name in ("Ana", "Ben"))
    ana.keep(late.id, "effect-a1", result="held")
    with pytest.raises(PostmortemError, match=r"was kept meanwhile.*nothing was changed"):
        ben.keep(late.id, "effect-a1", result="not held")

    assert "held" == store.load(late.id).actions[0].effect.result
    assert not ben.kept
    assert "effect-a1" not in {row.promise.id for row in ben.rows}


def test_undo_takes_back_what_was_said_of_a_step_and_leaves_what_others_wrote_since(store, listed, late):
    """The step is to do again, as the record's own time says; the note of somebody else stays."""
    listed.keep(late.id, "step-explain-mistake")
    theirs = store.load(late.id)
    store.save(recovery.set_step(theirs, "explain-mistake", note="They were calm", channel="phone"), by="Ben")
    listed.undo(late.id, "step-explain-mistake")
    saved = store.load(late.id)
    (step,) = saved.recovery.steps

    assert ("to do", None, None) == (step.status, step.at, saved.told_at)
    assert ("They were calm", "phone") == (step.note, step.channel)
