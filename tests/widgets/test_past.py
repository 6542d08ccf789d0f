"""The whys open with what earlier retrospectives left; beside them stands what was met before; the rest waits."""

from __future__ import annotations

import pytest

from postmortem.analysis.likeness import Match
from postmortem.record import actions, causes, topics, whys
from postmortem.record.incident import Incident
from postmortem.store import PastCause, StoreError, open_store
from postmortem.widgets import Retrospective, met, past
from tests.widgets.seen import NOW, blocks, do, fields, pressed, put, send, texts

SHEET = "The job sheet ends at the repaired line and asks for no test"


@pytest.fixture
def before(full_store):
    """The samples, and a topic that waits in one of them."""
    incident = full_store.load("2026-001")
    full_store.save(topics.note(incident, "Who may promise an hour?", by="Desk lead"), by="Ben")
    return full_store


@pytest.fixture
def retro(before):
    """Ana's retrospective on a record that says what went wrong, and no more."""
    retro = Retrospective(before, by="Ana", now=lambda: NOW)
    retro.type("title", "Phone and internet off")
    return retro


@pytest.fixture
def panel(retro):
    """The whys."""
    return retro.stage("why")


def opening(panel):
    """What stands above the first why."""
    (block,) = [block for block in blocks(panel.view) if block.get("t") == "past"]
    return block


def beside(panel):
    """What stands beside the whys."""
    (block,) = [block for block in blocks(panel.view) if block.get("t") == "met"]
    return block


def parts(key):
    """A row's own arguments."""
    record, part = key.split("/")
    return {"record": record, "part": part}


def keys(rows):
    """Which rows there are."""
    return [row["key"] for row in rows]


def say(panel, text, node="w1"):
    """Write a why."""
    do(panel, "reword", node=node, text=text)


# -- what is still open -----------------------------------------------------------------------------------------------


def test_before_the_first_why_everything_open_is_in_sight(panel):
    """Overdue first, each with its owner, its day and its record; then the topics."""
    block = opening(panel)

    assert "5 actions and 1 topic are still open from earlier retrospectives, 4 overdue" == block["summary"]
    assert block["open"]
    assert ["2026-001/a1", "2025-018/a1", "2025-020/a1", "2026-002/a1", "2026-002/a3"] == keys(block["actions"])
    assert ("due 6 Feb 2026", "42 days late", "Field systems lead", "stronger") == tuple(
        block["actions"][0][name] for name in ("due", "late", "owner", "strength")
    )
    assert "" == block["actions"][-1]["late"]
    assert ["Who may promise an hour?"] == [row["text"] for row in block["topics"]]


def test_many_that_nobody_dated_leave_the_place_to_the_first_why(store):
    """Three stand open; one more, and a line tells how many there are."""
    retro = Retrospective(store, by="Ana", now=lambda: NOW)
    retro.type("title", "Traffic went to another application")
    for text, in_sight in (("One", True), ("Two", True), ("Three", True), ("Four", False)):
        store.save(actions.plan(Incident(title=f"Earlier: {text}"), text), by="Ben")
        again = Retrospective(store, by="Ana", now=lambda: NOW)
        again.open(retro.incident.id)

        assert in_sight is opening(again.stage("why"))["open"]


def test_after_the_first_why_a_line_says_how_much_is_open(panel):
    """The place belongs to the whys then."""
    do(panel, "ask", leg="occurrence")

    assert not opening(panel)["open"]
    assert opening(panel)["summary"].startswith("5 actions and 1 topic")


def test_an_empty_store_says_that_nothing_is_open(store):
    """In one line without a fold, and what to do beside the whys."""
    panel = Retrospective(store, by="Ana").stage("why")

    assert opening(panel)["nothing"]
    assert "Nothing is open from earlier records." == opening(panel)["summary"]
    assert "No other record names a cause yet." == beside(panel)["foot"]


def test_what_is_done_is_noted_in_its_own_record(panel, before):
    """With today's date; the focus goes to the next one."""
    do(panel, "past-done", **parts("2025-018/a1"))

    assert NOW.date() == actions.find(before.load("2025-018"), "a1").done_on
    assert "2025-018/a1" not in keys(opening(panel)["actions"])
    assert "past.2025-020/a1" == panel.focus["at"]


def test_an_action_is_carried_over_to_this_record(panel, retro, before):
    """Here it has a new id and says where it comes from; there it says where it went."""
    do(panel, "past-carry", **parts("2026-001/a1"))
    here = retro.incident.actions[-1]

    assert "2026-001/a1" == here.carried_from
    assert retro.incident.id == actions.find(before.load("2026-001"), "a1").carried_to
    assert "2026-001/a1" not in keys(opening(panel)["actions"])
    assert [f"Carried over from 2026-001. It stands in stage 6 as {here.id.upper()}."] == [
        row["told"] for row in opening(panel)["here"]
    ]


def test_an_undone_carrying_over_is_open_again(panel, retro):
    """Undo takes it out here, and it waits there as before."""
    do(panel, "past-carry", **parts("2026-001/a1"))
    retro.undo()

    assert "2026-001/a1" in keys(opening(panel)["actions"])


def test_what_is_left_is_out_of_sight_and_comes_back_when_asked(panel, before):
    """Nothing is changed anywhere."""
    do(panel, "past-leave", **parts("2026-001/a1"))

    assert "2026-001/a1" not in keys(opening(panel)["actions"])
    assert "" == actions.find(before.load("2026-001"), "a1").carried_to

    pressed(panel, "Show what was left as it is (1)")

    assert "2026-001/a1" in keys(opening(panel)["actions"])


def test_a_topic_is_taken_up_and_talked_through_here(panel, retro, before):
    """It stands among what was taken over, until somebody says that it was talked through."""
    do(panel, "past-take-up", **parts("2026-001/t1"))
    (row,) = opening(panel)["here"]
    do(panel, "past-settle-here", topic=row["topic"], settled=True)

    assert ("Who may promise an hour?", "2026-001/t1", True) == (
        retro.incident.topics[0].text,
        retro.incident.topics[0].carried_from,
        retro.incident.topics[0].settled,
    )
    assert retro.incident.id == before.load("2026-001").topics[0].carried_to
    assert [] == opening(panel)["topics"]


def test_a_topic_is_settled_where_it_stands(panel, retro, before):
    """Without being taken up here."""
    do(panel, "past-settle", **parts("2026-001/t1"))

    assert before.load("2026-001").topics[0].settled
    assert () == retro.incident.topics


def test_one_s_own_team_comes_first_and_the_others_wait_behind_a_button(panel, retro, before):
    """A record without a team is everybody's."""
    team = before.load("2026-001").team
    put(retro.stage("tell"), "team", team)
    shown = keys(opening(panel)["actions"])

    assert shown
    assert {team, ""} >= {before.load(key.split("/")[0]).team for key in shown}

    label = opening(panel)["others"]["label"]
    pressed(panel, label)

    assert 5 == len(opening(panel)["actions"])
    assert opening(panel)["others"] is None


def test_what_somebody_else_did_meanwhile_is_told_in_its_place(panel, before):
    """In a sentence in the panel, and the list is read again; nothing says that this record is not saved."""
    before.complete_action("2026-001", "a1", NOW.date(), by="Ben")
    do(panel, "past-done", **parts("2026-001/a1"))

    assert "says meanwhile that it was done on 20 Mar 2026" in opening(panel)["said"]
    assert not panel.head["trouble"]
    assert "past.2025-018/a1" == panel.focus["at"]
    assert "2026-001/a1" not in keys(opening(panel)["actions"])


def test_where_the_other_record_can_t_be_saved_it_says_what_stands_where(panel, retro, before, monkeypatch):
    """The action stands in both; done once more it is noted, and not added again."""
    save = before.save

    def full(incident, **said):
        if incident.id == "2026-001":
            raise StoreError("The disk is full.")
        return save(incident, **said)

    monkeypatch.setattr(before, "save", full)
    do(panel, "past-carry", **parts("2026-001/a1"))
    said, (row,) = opening(panel)["said"], [row for row in opening(panel)["actions"] if row["half"]]
    monkeypatch.undo()
    do(panel, "past-carry", **parts("2026-001/a1"))

    assert "It stands here now, and 2026-001 does not say so yet" in said
    assert "2026-001/a1" == row["key"]
    assert 1 == len([item for item in retro.incident.actions if item.carried_from])
    assert "" == opening(panel)["said"]


def test_where_this_record_can_t_be_saved_nothing_is_noted_elsewhere(panel, retro, before, monkeypatch):
    """The first save is the one that must not be missed."""

    def full(_incident, **_said):
        raise StoreError("The disk is full.")

    monkeypatch.setattr(before, "save", full)
    do(panel, "past-carry", **parts("2026-001/a1"))
    said = opening(panel)["said"]
    monkeypatch.undo()

    assert "nothing was noted elsewhere" in said
    assert "" == actions.find(before.load("2026-001"), "a1").carried_to
    assert 1 == len([item for item in retro.incident.actions if item.carried_from])


def test_a_new_record_can_take_something_over_before_a_word_is_said(before):
    """It is kept from then on."""
    retro = Retrospective(before, by="Ana", now=lambda: NOW)
    panel = retro.stage("why")
    do(panel, "past-carry", **parts("2026-001/a1"))

    assert retro.incident.id
    assert retro.incident.id == actions.find(before.load("2026-001"), "a1").carried_to


def test_who_may_only_look_sees_what_is_open_and_no_button(before):
    """Why is said in the head."""
    with open_store(before.url, read_only=True) as looked_at:
        retro = Retrospective(looked_at, by="Ana", now=lambda: NOW)
        panel = retro.stage("why")

        assert 5 == len(opening(panel)["actions"])
        assert not opening(panel)["writes"]
        assert not beside(panel)["writes"]


def test_a_store_that_can_t_be_read_says_so_and_the_whys_stay(panel, before, monkeypatch):
    """What is beside the work must not stop it."""

    def gone(**_asked):
        raise StoreError("The store is not there.")

    monkeypatch.setattr(before, "open_actions", gone)
    monkeypatch.setattr(before, "past_causes", gone)
    past._KNOWN.clear()
    met._KNOWN.clear()
    panel.refresh()

    assert 2 == texts(panel.view).count("The store is not there.")
    assert [block for block in blocks(panel.view) if block.get("t") == "tree"]


def test_what_is_open_is_not_read_with_every_key(panel, retro, before, monkeypatch):
    """Once a quarter of a minute is enough."""
    monkeypatch.setattr(before, "open_actions", lambda **_: pytest.fail("read again"))
    do(panel, "ask", leg="occurrence")
    for end in range(1, len(SHEET)):
        say(panel, SHEET[:end])

    assert SHEET[:-1] == whys.find(retro.incident, "w1").text


# -- what was met before ----------------------------------------------------------------------------------------------


def test_a_why_brings_up_what_reads_like_it_with_what_was_done(panel):
    """What, when, what was done and how strong, whether it held; a recurring cause that came back did not hold."""
    do(panel, "ask", leg="occurrence")
    say(panel, SHEET)
    first = beside(panel)["rows"][0]

    assert "Causes that read like O1." == beside(panel)["about"]
    assert ("2025-005", "Mar 2025", "system", "not held") == tuple(
        first[name] for name in ("record", "when", "category", "held")
    )
    assert "(intermediate)" in first["did"][0]
    assert "Not held: met again in 2025-017" == first["told"]
    assert "2 of 22 earlier records. Too few for a trend." == beside(panel)["foot"]


def test_nothing_alike_is_said_with_the_number_that_was_looked_at(panel):
    """And no suggestion is made up."""
    do(panel, "ask", leg="occurrence")
    say(panel, "Penguins ate the antenna")

    assert [] == beside(panel)["rows"]
    assert "No earlier record says anything like this. 22 records were looked at." == beside(panel)["foot"]


def test_the_why_that_somebody_is_in_is_the_one_that_is_compared(panel):
    """Going from the tree to a suggestion keeps it."""
    do(panel, "ask", leg="occurrence")
    say(panel, SHEET)
    do(panel, "ask", node="w1")
    say(panel, "Penguins ate the antenna", "w2")
    none = beside(panel)["rows"]
    send(panel, "look", stage="why", place="whys.w1.text")
    first = beside(panel)["rows"]
    send(panel, "look", stage="why", place="met.2025-005")

    assert [] == none
    assert "2025-005" == first[0]["record"]
    assert first == beside(panel)["rows"]


def test_a_link_as_the_same_cause_is_made_and_taken_back(panel, retro):
    """A person says so; the button says what it is now."""
    do(panel, "ask", leg="occurrence")
    say(panel, SHEET)
    do(panel, "met-link", record="2025-005")
    linked = beside(panel)["rows"][0]["linked"]

    assert [("2025-005", "same cause")] == [(link.incident_id, link.kind) for link in retro.incident.links]
    assert linked

    do(panel, "met-link", record="2025-005")

    assert () == retro.incident.links


def test_another_engine_takes_the_place_of_words(panel, monkeypatch):
    """Nothing else knows how texts are compared."""

    class Meaning:
        def remember(self, past):
            self.known = list(past)
            return self

        def nearest(self, text, *_how_many, **_category):
            return (Match(3, 0.9),) if text else ()

    monkeypatch.setattr(met, "ENGINE", Meaning())
    met._KNOWN.clear()
    do(panel, "ask", leg="occurrence")
    say(panel, "Penguins ate the antenna")

    assert 1 == len(beside(panel)["rows"])
    assert "" == beside(panel)["rows"][0]["why"]


def test_one_s_own_causes_are_not_met_before(retro, panel):
    """A record is not like itself."""
    do(panel, "ask", leg="occurrence")
    say(panel, SHEET)
    retro.change(causes.mark_root, "w1")
    met._KNOWN.clear()
    panel.refresh()

    assert retro.incident.id not in {row["record"] for row in beside(panel)["rows"]}


def test_many_past_causes_are_read_once_while_somebody_types(store, monkeypatch):
    """Beside 50,000 of them each letter asks what is kept in memory."""
    words = [
        f"{one}{two}{three}{four}" for one in "bdfglmnprst" for two in "aeiou" for three in "lrn" for four in "aeiou"
    ]
    told = [" ".join(words[(number * step) % len(words)] for step in range(2, 13)) for number in range(50_000)]
    made = tuple(PastCause(f"r{at}", "Late", NOW, "c1", text, "system", "") for at, text in enumerate(told))
    read = []
    monkeypatch.setattr(store, "past_causes", lambda **_: read.append(1) or made)
    retro = Retrospective(store, by="Ana", now=lambda: NOW)
    retro.type("title", "Phone and internet off")
    panel = retro.stage("why")
    do(panel, "ask", leg="occurrence")
    for end in range(3, 24):
        say(panel, told[77][:end])

    assert 3 == len(beside(panel)["rows"])
    assert [1] == read


# -- what had no time -------------------------------------------------------------------------------------------------


def test_what_had_no_time_is_written_in_the_review_and_opens_the_next_one(retro, before):
    """Written, said by whom, and found by the next retrospective."""
    review = retro.stage("review")
    pressed(review, "Add a topic")
    put(review, "topics.t1.text", "Why are there two rotas?")
    put(review, "topics.t1.by", "Night porter")
    later = Retrospective(before, by="Ben", now=lambda: NOW).stage("why")

    assert "topics.t1.text" == review.focus["at"]
    assert "Why are there two rotas?" in [row["text"] for row in opening(later)["topics"]]
    assert "Night porter" in [row["by"] for row in opening(later)["topics"]]


def test_a_topic_is_settled_or_taken_out_in_the_review(retro):
    """Settled and open again; gone with the focus on its neighbour."""
    review = retro.stage("review")
    for number, text in enumerate(("Rotas", "Twins"), start=1):
        pressed(review, "Add a topic")
        put(review, f"topics.t{number}.text", text)
    do(review, "topic-settle", key="t1", settled=True)
    settled = retro.incident.topics[0].settled
    do(review, "topic-settle", key="t1", settled=False)
    do(review, "topic-drop", key="t1")

    assert settled
    assert ["t2"] == [topic.id for topic in retro.incident.topics]
    assert "topics.t2.text" == review.focus["at"]
    assert "topics.t1.text" not in fields(review)


def test_nothing_of_other_records_is_in_the_reports(retro, panel, tmp_path, monkeypatch):
    """What the panel shows of the past is for the team that looks at it."""
    monkeypatch.chdir(tmp_path)
    do(panel, "ask", leg="occurrence")
    say(panel, SHEET)
    shown = beside(panel)["rows"][0]["text"]
    for audience in ("team", "manager", "customer"):
        do(retro.stage("review"), "report", audience=audience)

    written = "".join(file.read_text(encoding="utf-8") for file in tmp_path.glob("reports/*.html"))

    assert SHEET in written
    assert shown not in written
    assert "Strike “tampering”" not in written
