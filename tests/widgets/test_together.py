"""Several people at one record, each with a kernel of their own: seen, followed, and never written over."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from postmortem.record import versions, whys
from postmortem.record.edit import put as put_in
from postmortem.record.errors import PostmortemError
from postmortem.store import StoreError, open_store
from postmortem.widgets import Retrospective, following
from postmortem.widgets.blocks import head_of
from tests.widgets.seen import NOW, do, fields, put, send


@pytest.fixture
def two(store):
    """Ana and Ben on one record that both have seen."""
    ana, ben = Retrospective(store, by="Ana"), Retrospective(store, by="Ben")
    ana.type("title", "Late")
    ben.open(ana.incident.id)
    for one in (ana, ben, ana):
        one.look("tell")
    return ana, ben


def clash(ana, ben, place="impact.happened", first="Phone off", second="All service off"):
    """Ben saves first; Ana types without having seen it."""
    ben.type(place, first)
    ana.type(place, second)


def waiting(retro, place="impact.happened"):
    """What waits at a place: whose, and what."""
    return [(item.by, item.text) for item in versions.at(retro.incident, place)]


def typed(panel, place, value, *was):
    """What the browser sends of a field."""
    put(panel, place, value) if not was else send(panel, "put", place=place, value=value, was=list(was))


# -- who is there ---------------------------------------------------------------------------------------------------


def test_each_sees_who_else_is_there_and_on_which_stage(two):
    """By name; nobody sees oneself."""
    ana, ben = two
    ben.look("why", "whys.w1.text")
    ana.look("tell")

    assert [{"by": "Ben", "stage": "why", "word": "Ben is on stage 4"}] == head_of(ana)["people"]
    assert ["Ana is on stage 1"] == [one["word"] for one in head_of(ben)["people"]]


def test_a_field_says_who_is_writing_in_it_and_since_when(two, monkeypatch, store):
    """Since they came to this field, not since they came to the record."""
    ana, ben = two
    panel = ana.stage("tell")
    now = [NOW + timedelta(minutes=30)]
    monkeypatch.setattr(store, "_clock", lambda: now[0])
    ben.look("tell", "impact.happened")
    ana.look("tell")
    now[0] += timedelta(seconds=10)
    ben.look("tell", "impact.happened")
    ana.look("tell")

    assert "Ben is writing here, from 12:30" == fields(panel)["impact.happened"]["writing"]
    assert "" == fields(panel)["title"]["writing"]


def test_whoever_is_not_heard_of_any_more_is_gone(two, monkeypatch, store):
    """After twenty seconds, or at once where they said so."""
    ana, ben = two
    ben.depart()
    ana.look()
    assert [] == head_of(ana)["people"]

    ben.look("tell")
    monkeypatch.setattr(store, "_clock", lambda: NOW + timedelta(minutes=1))
    ana.look()

    assert [] == head_of(ana)["people"]


def test_ones_own_name_in_another_window_is_nobody_else(store):
    """As after a kernel that was started again."""
    one, other = Retrospective(store, by="Ana"), Retrospective(store, by="Ana")
    one.type("title", "Late")
    other.open(one.incident.id)
    one.look("tell")
    other.look("tell")

    assert () == other.others


# -- what they change -----------------------------------------------------------------------------------------------


def test_what_another_saved_shows_after_one_look(two):
    """In every panel, without a button."""
    ana, ben = two
    panel = ana.stage("tell")
    ben.type("impact.happened", "The line was dead")
    send(panel, "look", stage="tell", place="", **{"from": "a"})

    assert "The line was dead" == fields(panel)["impact.happened"]["value"]
    assert 1 == panel.looked


def test_looking_saves_nothing(two, store):
    """Two who only look make no revisions of each other's."""
    ana, ben = two
    ben.type("impact.happened", "The line was dead")
    for _ in range(20):
        ana.look("tell", "title")
        ben.look("tell", "title")

    assert ["Ana", "Ben"] == [revision.by for revision in store.history(ana.incident.id)]


def test_nothing_is_drawn_where_nothing_changed(two, monkeypatch):
    """Neither for a heartbeat nor for one of somebody else."""
    ana, ben = two
    panel = ana.stage("tell")
    drawn = []
    monkeypatch.setattr(panel, "drawn", lambda: drawn.append(1) or ({}, {}))
    for _ in range(3):
        ben.look("tell")
        send(panel, "look", stage="tell", place="title", **{"from": "a"})

    assert [] == drawn


def test_a_look_where_nothing_changed_reads_no_document(two, store, monkeypatch):
    """It comes every two seconds: what stands is asked, and the record is read only where somebody saved it."""
    ana, ben = two
    ana.look("tell", "title")
    read, load = [], store.load
    monkeypatch.setattr(store, "load", lambda *args, **more: read.append(args) or load(*args, **more))
    for _ in range(20):
        ana.look("tell", "title")
    assert [] == read

    ben.type("impact.happened", "The line was dead")
    ana.look("tell", "title")
    assert 1 == len(read)


def test_what_is_not_kept_yet_stays_when_others_are_taken_in(two, store, monkeypatch):
    """Both are on screen, and both are kept as soon as that works again."""
    ana, ben = two

    def refuse(*_, **__):
        raise StoreError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(store, "save", refuse)
        ana.type("team", "Field service")
    ben.type("owner", "Field lead")
    ana.look()

    assert ("Field service", "Field lead") == (ana.incident.team, ana.incident.owner)
    assert "" == ana.trouble
    assert ("Field service", "Field lead") == (store.load(ana.incident.id).team, store.load(ana.incident.id).owner)


def test_a_save_that_failed_is_tried_again_with_growing_pauses(retro, store, monkeypatch):
    """Without a button; what is typed meanwhile comes along."""
    retro.type("title", "Late")
    tries = []

    def refuse(*_, **__):
        tries.append(1)
        raise StoreError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(store, "save", refuse)
        retro.type("team", "Field service")
        for _ in range(60):
            retro.look()
    assert "the disk is full" == retro.trouble
    assert 8 > len(tries)

    for _ in range(following._LONGEST_PAUSE + 1):
        retro.look()

    assert "" == retro.trouble
    assert "Field service" == store.load(retro.incident.id).team


def test_a_store_that_can_not_be_reached_is_said_once_and_asked_again(two, store, monkeypatch):
    """No traceback, no drawing for each try, and nothing is said any more when it is there again."""
    ana, _ = two
    panel = ana.stage("tell")

    def away(*_, **__):
        raise StoreError("the store can't be reached")

    with monkeypatch.context() as patched:
        patched.setattr(store, "standing", away)
        for _ in range(10):
            send(panel, "look", stage="tell", place="", **{"from": "a"})
    assert ["the store can't be reached What others do is not seen until then."] == panel.head["said"]
    assert panel.failure is None

    for _ in range(following._LONGEST_PAUSE + 1):
        ana.look("tell")

    assert [] == panel.head["said"]


def test_a_record_that_somebody_deleted_says_so_before_anybody_types(two, store):
    """And is there again when it was brought back elsewhere."""
    ana, ben = two
    store.delete(ben.incident.id, by="Ben")
    ana.look()
    assert "Ben deleted this record" in ana.trouble

    store.revert(ben.incident.id, 1, by="Ben")
    ana.look()

    assert ("", None) == (ana.trouble, ana.deleted)


def test_a_store_that_is_only_looked_at_is_followed_too(two, store):
    """Whoever looks on is not seen; nothing is written."""
    ana, ben = two
    with open_store(store.url, read_only=True, clock=lambda: NOW) as looking:
        cem = Retrospective(looking, by="Cem")
        cem.open(ana.incident.id)
        ben.type("impact.happened", "The line was dead")
        cem.look("tell")
        ana.look("tell")

        assert "The line was dead" == cem.incident.impact.happened
        assert ["Ana", "Ben"] == sorted(one.by for one in cem.others)
        assert ["Ben"] == [one.by for one in ana.others]


# -- two texts for one field ----------------------------------------------------------------------------------------


def test_what_was_saved_first_stays_and_mine_waits_beside_it(two, store):
    """On both screens, in the record itself; each is told whose is whose."""
    ana, ben = two
    clash(ana, ben)
    ben.look()
    hers = fields(ana.stage("tell"))["impact.happened"]
    his = fields(ben.stage("tell"))["impact.happened"]

    assert "Phone off" == store.load(ana.incident.id).impact.happened == hers["value"]
    assert [("Ana", "All service off")] == waiting(ben)
    assert hers["versions"]["said"] == (
        "Ben saved this field at 12:00 while you were writing. "
        "Nothing is lost: the one you leave stays in the revisions."
    )
    assert [
        ("Yours", "All service off", "Keep mine"),
        ("Ben, 12:00", "Phone off", "Keep Ben\N{RIGHT SINGLE QUOTATION MARK}s"),
    ] == [(side["who"], side["text"], side["keep"]) for side in hers["versions"]["sides"]]
    assert [
        ("Yours", "Phone off", "Keep mine"),
        ("Ana, 12:00", "All service off", "Keep Ana\N{RIGHT SINGLE QUOTATION MARK}s"),
    ] == [(side["who"], side["text"], side["keep"]) for side in his["versions"]["sides"]]
    assert "Ana wrote something else here at 12:00" in his["versions"]["said"]


def test_a_draft_from_before_a_look_does_not_write_over_what_the_look_brought(two):
    """The field says what it showed while the draft was typed."""
    ana, ben = two
    panel = ana.stage("tell")
    ben.type("impact.happened", "Phone off")
    ana.look("tell", "impact.happened")
    typed(panel, "impact.happened", "All serv", "")
    typed(panel, "impact.happened", "All service off", "", "All serv")

    assert "Phone off" == ana.incident.impact.happened
    assert [("Ana", "All service off")] == waiting(ana)


def test_what_was_seen_may_be_changed(two):
    """Whoever types on in what Ben wrote means to; nothing waits."""
    ana, ben = two
    panel = ana.stage("tell")
    ben.type("impact.happened", "Phone off")
    ana.look("tell", "impact.happened")
    typed(panel, "impact.happened", "Phone off for a day", "Phone off")

    assert "Phone off for a day" == ana.incident.impact.happened
    assert [] == waiting(ana)


def test_what_one_changed_oneself_is_no_conflict(two):
    """From code or by undo, while a draft stands in the field."""
    ana, _ = two
    panel = ana.stage("tell")
    typed(panel, "impact.happened", "A", "")
    ana.change(put_in, "impact.happened", "From a cell")
    typed(panel, "impact.happened", "AB", "", "A")

    assert ("AB", []) == (ana.incident.impact.happened, waiting(ana))


def test_what_is_sent_once_more_is_no_conflict(two):
    """After a kernel that died: all that the field showed is known."""
    ana, ben = two
    panel = ana.stage("tell")
    typed(panel, "impact.happened", "A", "")
    typed(panel, "impact.happened", "AB", "", "A")
    again = Retrospective(ana.store, by="Ana")
    again.open(ana.incident.id)
    typed(again.stage("tell"), "impact.happened", "ABC", "", "A", "AB")
    ben.look()

    assert ("ABC", []) == (ben.incident.impact.happened, waiting(ben))


PLACES = {
    "a text": ("impact.happened", "Phone off", "All off"),
    "a number": ("impact.customers", "14", "15"),
    "a duration": ("impact.customer_min", "4 h 25 min", "2 h"),
    "an amount": ("impact.our_cost", "64", "65.50"),
    "a moment": ("occurred_at", "2 Mar 2026 17:30", "3 Mar 2026 08:00"),
    "a choice": ("fault", "ours", "shared"),
    "a toggle": ("impact.trust", "unsure", "lost"),
    "an answer of the tree": ("whys.w1.text", "Left late", "The van was full"),
    "a status of the tree": ("whys.w1.status", "confirmed", "ruled out"),
}


@pytest.mark.parametrize(("place", "first", "second"), PLACES.values(), ids=PLACES)
def test_two_values_for_one_field_wait_whatever_kind_it_is(two, place, first, second):
    """Either can be kept, and undo brings both back."""
    ana, ben = two
    ana.change(whys.answer, None, "Why")
    ben.look()
    before = ana.shown(place)
    clash(ana, ben, place, first, second)
    theirs = ben.shown(place)

    assert (theirs, 1) == (ana.shown(place), len(waiting(ana, place)))

    mine = waiting(ana, place)[0][1]
    ana.decide(place, "Ana")
    assert (mine, []) == (ana.shown(place), waiting(ana, place))
    ana.undo()
    assert (theirs, [("Ana", mine)]) == (ana.shown(place), waiting(ana, place))
    ana.undo()
    assert (theirs, []) == (ana.shown(place), waiting(ana, place))
    assert before != theirs


def test_joining_puts_both_into_the_field_to_edit(two):
    """One after the other; the focus goes there."""
    ana, ben = two
    panel = ana.stage("tell")
    clash(ana, ben)
    join = fields(panel)["impact.happened"]["versions"]["join"]
    do(panel, "decide", **join)

    assert "Phone off\nAll service off" == ana.incident.impact.happened
    assert ([], "impact.happened") == (waiting(ana), panel.focus["at"])


def test_only_texts_can_be_joined(two):
    """Two numbers are not one."""
    ana, ben = two
    clash(ana, ben, "impact.customers", "14", "15")

    assert fields(ana.stage("tell"))["impact.customers"]["versions"]["join"] is None


@pytest.mark.parametrize("who", ["Ana", "Ben"])
@pytest.mark.parametrize("keep", [None, "Ana"])
def test_the_text_that_is_left_stays_in_the_revisions(two, store, who, keep):
    """Whoever decides, and whichever is left."""
    ana, ben = two
    clash(ana, ben)
    ben.look()
    decider = ana if who == "Ana" else ben
    decider.decide("impact.happened", keep)
    said = [str(revision.document) for revision in store.history(ana.incident.id)]

    assert [] == waiting(decider)
    assert any("Phone off" in text for text in said)
    assert any("All service off" in text for text in said)


def test_a_text_that_only_its_writer_has_seen_stays_in_the_revisions_when_it_is_left(two, store):
    """Also where nobody else has looked since: what is typed in one go is one revision, and this is not one go."""
    ana, ben = two
    clash(ana, ben)
    ana.decide("impact.happened")

    assert any("All service off" in revision.document for revision in store.history(ana.incident.id))


def test_what_i_type_on_goes_into_my_version(two):
    """Not over theirs, and not into a second version."""
    ana, ben = two
    panel = ana.stage("tell")
    ben.type("impact.happened", "Phone off")
    typed(panel, "impact.happened", "All", "")
    typed(panel, "impact.happened", "All service off", "", "All")

    assert "Phone off" == ana.incident.impact.happened
    assert [("Ana", "All service off")] == waiting(ana)


def test_a_version_that_says_what_stands_in_the_field_waits_no_longer(two):
    """There is nothing to choose."""
    ana, ben = two
    clash(ana, ben)
    ana.type("impact.happened", "Phone off")

    assert [] == waiting(ana)


def test_a_decision_about_what_another_settled_already_is_told(two):
    """And changes nothing."""
    ana, ben = two
    clash(ana, ben)
    ben.look()
    ana.decide("impact.happened")
    ben.look()
    with pytest.raises(PostmortemError, match="waits"):
        ben.decide("impact.happened", "Ana")

    assert "Phone off" == ben.incident.impact.happened


def test_a_third_person_sees_whose_is_whose(two, store):
    """And may decide as well."""
    ana, ben = two
    clash(ana, ben)
    cem = Retrospective(store, by="Cem")
    cem.open(ana.incident.id)
    shown = fields(cem.stage("tell"))["impact.happened"]["versions"]

    assert "Ben and Ana wrote here at the same time." in shown["said"]
    assert ["Keep Ben\N{RIGHT SINGLE QUOTATION MARK}s", "Keep Ana\N{RIGHT SINGLE QUOTATION MARK}s"] == [
        side["keep"] for side in shown["sides"]
    ]


def test_a_field_without_a_place_on_screen_shows_its_two_texts_above_the_stage(two):
    """Nothing waits unseen."""
    ana, ben = two
    ana.change(whys.answer, None, "Why")
    ben.look()
    clash(ana, ben, "whys.w1.status", "confirmed", "ruled out")
    above = [block for block in ana.stage("why").view["body"] if block["t"] == "versions"]

    assert [("Status", "whys.w1.status")] == [(block["label"], block["place"]) for block in above]
    assert not [block for block in ana.stage("tell").view["body"] if block["t"] == "versions"]


def test_one_branch_that_both_moved_stands_where_the_later_one_put_it_and_says_so(two):
    """A sentence in the head; it can be put away."""
    ana, ben = two
    for text in ("A", "B", "C"):
        ana.change(whys.answer, None, text)
    ben.look()
    ben.change(whys.move, "w3", "w1")
    ana.change(whys.move, "w3", "w2")
    panel = ana.stage("why")

    assert "w2" == whys.find(ana.incident, "w3").parent
    assert ["Ben changed “Where it stands” too. Yours stands now; theirs is in the history."] == panel.head["said"]
    send(panel, "heard", **{"from": "a"})
    assert [] == panel.head["said"]


def test_two_who_type_in_one_field_for_a_minute_make_a_bounded_history(two, store):
    """At most one revision for each time that the other one has saved since, and none once both have stopped."""
    ana, ben = two
    panels = [one.stage("tell") for one in two]
    sent = [[""], [""]]
    for second in range(60):
        for turn, panel in enumerate(panels):
            text = sent[turn][-1] + "ab"[turn]
            typed(panel, "impact.happened", text, *sent[turn])
            sent[turn] = [*sent[turn][-5:], text]
            if second % 2:
                send(panel, "look", stage="tell", place="impact.happened", **{"from": "a"})
    made = len(store.history(ana.incident.id))
    for _ in range(10):
        ana.look()
        ben.look()

    assert 122 >= made == len(store.history(ana.incident.id))
    assert 1 == len(waiting(ana))
    assert {60 * "a", 60 * "b"} == {ana.incident.impact.happened, waiting(ana)[0][1]}


WORDS = [f"word{number}" for number in range(1000)]
TYPED_IN = ("summary", "impact.happened", "whys.w1.text", "team")


@pytest.mark.parametrize("seed", range(12))
def test_no_word_that_anybody_left_in_a_field_is_lost(store, seed):
    """It is in the record, in what waits there, or in a revision; and nothing waits that nobody wrote."""
    chance = random.Random(seed)  # noqa: S311 - the same each time
    words = iter(WORDS)
    people = [Retrospective(store, by=name) for name in ("Ana", "Ben", "Cem")]
    people[0].type("title", "Late")
    people[0].change(whys.answer, None, "Why")
    for other in people[1:]:
        other.open(people[0].incident.id)
    left, drafts = [], {}
    for _ in range(60):
        who = chance.randrange(3)
        retro, place = people[who], chance.choice(TYPED_IN)
        act = chance.random()
        if act < 0.55:
            if place.startswith("whys") and not retro.incident.whys:
                continue
            was = drafts.setdefault((who, place), [retro.shown(place)])
            word = next(words)
            retro.type(place, word, was=list(was))
            was.append(word)
            left.append(word)
            if chance.random() < 0.5:
                del drafts[who, place]
        elif act < 0.75:
            retro.look("tell", place)
        elif act < 0.85 and retro.incident.versions:
            version = chance.choice(retro.incident.versions)
            retro.decide(version.place, *chance.choice([(None,), (version.by,)]))
        elif act < 0.92:
            retro.leave_stage()
            retro.undo()
        else:
            retro.leave_stage()
            retro.redo()
        retro.leave_stage()
    kept = [revision.document for revision in store.history(people[0].incident.id)]
    final = store.load(people[0].incident.id)

    assert [] == [word for word in left if not any(f'"{word}"' in text for text in kept)]
    assert {version.text for version in final.versions} <= set(left)


# -- what is on screen ----------------------------------------------------------------------------------------------


def test_a_panel_that_nobody_has_on_screen_is_not_drawn_until_somebody_has(two, monkeypatch):
    """As after a cell that was run again: its old panel stays in the kernel."""
    ana, _ = two
    old, new = ana.stage("tell"), ana.stage("tell")
    send(old, "shown", **{"from": "a"})
    send(new, "shown", **{"from": "b"})
    send(old, "gone", **{"from": "a"})
    drawn = []
    with monkeypatch.context() as patched:
        patched.setattr(old, "drawn", lambda: drawn.append(1) or ({}, {}))
        ana.type("team", "Vans")
    assert [] == drawn
    assert ("", "Vans") == (fields(old)["team"]["value"], fields(new)["team"]["value"])

    send(old, "shown", **{"from": "c"})

    assert "Vans" == fields(old)["team"]["value"]
