"""The stage "classify": the questions one by one, and two people who classify apart on one store (R28 to R31)."""

from __future__ import annotations

import json

import pytest

from postmortem.record import apart, causes, whys
from postmortem.record.edit import put as put_into
from postmortem.record.playbook import playbook_from
from postmortem.store import open_store
from postmortem.widgets import Retrospective, open_retrospective
from tests.widgets.seen import NOW, blocks, do, fields, pressed, put, send, texts

ROOT = "causes.c1"
WORDS = "The roster of Tuesday had a hole"


@pytest.fixture
def ana(retro):
    """Ana's retrospective on a record with one root and one above it."""
    retro.put("title", "Phone off all day")
    retro.change(whys.answer, None, "The crew left early")
    retro.change(whys.answer, "w1", "The sheet asks for no test")
    retro.change(causes.mark_root, "w2")
    return retro


@pytest.fixture
def grave(ana):
    """The same where somebody could have died: two people are asked for."""
    ana.put("impact.potential_harm", "life-threatening")
    return ana


def joined(meeting, by, stage="classify"):
    """Another person's panel on the same record, in a kernel of their own."""
    other = Retrospective(meeting.store, by=by)
    other.open(meeting.incident.id)
    return other.stage(stage)


def block(panel, kind):
    """The first block of a kind."""
    return next(item for item in blocks(panel.view) if item.get("t") == kind)


def labels(panel):
    """What can be pressed."""
    return [item["label"] for item in blocks(panel.view) if item.get("t") == "button"]


def cause(panel):
    """The root in hand."""
    return panel.meeting.incident.causes[0]


def all_words(panel):
    """Everything that goes to the browser."""
    return json.dumps([panel.head, panel.view, panel.focus], ensure_ascii=False)


# -- the questions ----------------------------------------------------------------------------------------------------


def test_one_question_is_asked_at_a_time_and_all_the_others_can_be_reached(ana):
    """Those that were answered stay, to be changed."""
    panel = ana.stage("classify")
    aid = block(panel, "aid")
    assert (f"{ROOT}.trail.ours", [], 5) == (aid["ask"]["place"], aid["answered"], len(aid["rest"]))

    do(panel, "trail", place=f"{ROOT}.trail.ours", value="yes")
    aid = block(panel, "aid")
    assert f"{ROOT}.trail.able" == aid["ask"]["place"] == panel.focus["at"]
    assert [f"{ROOT}.trail.ours"] == [field["place"] for field in aid["answered"]]
    assert 6 == len([*aid["answered"], *aid["rest"], aid["ask"]])


def test_when_one_kind_is_left_it_is_taken_with_one_press_and_the_answers_become_the_reason(ana):
    """The reason can be reworded; the trail stays as it was answered."""
    panel = ana.stage("classify")
    do(panel, "trail", place=f"{ROOT}.trail.ours", value="yes")
    do(panel, "trail", place=f"{ROOT}.trail.able", value="no")
    assert (None, f"{ROOT}.take") == (block(panel, "aid")["ask"], panel.focus["at"])

    pressed(panel, "Take training")

    assert ("training", "Nobody had learned it; something here is ours to change.") == (
        cause(panel).category,
        cause(panel).reason,
    )
    assert ["ours", "able"] == [reply.question for reply in cause(panel).trail]
    assert f"{ROOT}.reason" == panel.focus["at"]
    assert "Take training" not in labels(panel)


def test_with_several_left_any_of_them_is_taken(ana):
    """And what is out says by which answer."""
    panel = ana.stage("classify")
    do(panel, "trail", place=f"{ROOT}.trail.rewarded", value="yes")
    assert ["Take motivation", "Take system"] == [label for label in labels(panel) if label.startswith("Take")]
    assert {"Is doing it right punished, or doing it wrong rewarded?"} == {
        item["because"] for item in block(panel, "possible")["gone"]
    }

    pressed(panel, "Take system")
    assert "system" == cause(panel).category


def test_taking_a_kind_leaves_a_reason_alone_and_offers_the_words_of_the_answers(ana):
    """Until they are taken."""
    panel = ana.stage("classify")
    put(panel, f"{ROOT}.reason", "The sheet is from 1998")
    do(panel, "trail", place=f"{ROOT}.trail.allowed", value="no")
    pressed(panel, "Take system")
    assert "The sheet is from 1998" == cause(panel).reason

    offered = fields(panel)[f"{ROOT}.reason"]["under"]
    do(panel, "use-words", cause=offered["key"])
    assert offered["text"] == cause(panel).reason
    assert fields(panel)[f"{ROOT}.reason"]["under"] is None


def test_an_answer_that_excludes_the_chosen_kind_shows_a_finding_and_changes_nothing(ana):
    """Beside the kind, where it was chosen."""
    panel = ana.stage("classify")
    do(panel, "trail", place=f"{ROOT}.trail.allowed", value="no")
    pressed(panel, "Take system")
    do(panel, "trail", place=f"{ROOT}.trail.allowed", value="yes")

    assert "system" == cause(panel).category
    assert ["R29"] == [finding["rule"] for finding in fields(panel)[f"{ROOT}.category"]["findings"]]


def test_a_team_has_questions_kinds_and_factors_of_its_own(tmp_path):
    """Nothing of the default is asked; what the playbook no longer has stays in sight."""
    own = {
        "decision_aid": [{"id": "rain", "ask": "Did it rain?", "yes": ["outside our control"], "no": ["system"]}],
        "categories": {"system": {"below": ["hand-off", "tool"]}},
        "factors": {"names": ["an umbrella"]},
    }
    with open_store(tmp_path / "own.db", playbook=playbook_from(own), clock=lambda: NOW) as store:
        retro = Retrospective(store, by="Ana")
        retro.change(whys.answer, None, "Wet")
        retro.change(causes.mark_root, "w1")
        retro.put("factors", ("better timing",))
        panel = retro.stage("classify")
        do(panel, "trail", place=f"{ROOT}.trail.rain", value="no")
        pressed(panel, "Take system")
        put(panel, f"{ROOT}.subcategory", "tool")

        assert ("system", "tool", "Did it rain? No.") == (
            cause(panel).category,
            cause(panel).subcategory,
            cause(panel).reason,
        )
        assert [["an umbrella", "An umbrella"], ["better timing", "better timing (not in the playbook)"]] == [
            list(choice) for choice in fields(panel)["factors"]["options"]
        ]


def test_the_root_is_read_back_to_what_the_customer_met(ana):
    """With its label, its words and its state (R25)."""
    root = block(ana.stage("classify"), "root")

    assert ("O1.1", "The sheet asks for no test") == (root["label"], root["title"])
    assert ["The sheet asks for no test,", "therefore the crew left early,", "therefore phone off all day."] == (
        root["read"]
    )


# -- two people -------------------------------------------------------------------------------------------------------


def test_neither_sees_the_others_words_before_giving_their_own(ana):
    """Ana is asked to be first, then Ben; nothing of hers is in anything that goes to his browser, in any stage."""
    mine = ana.stage("classify")
    do(mine, "trail", place=f"{ROOT}.trail.allowed", value="no")
    pressed(mine, "Take system")
    put(mine, f"{ROOT}.reason", WORDS)
    pressed(mine, "Ask a second person")
    ben = joined(ana, "Ben")

    assert "Ana has given an opinion. Yours first." in texts(ben.view)
    assert "Root: kind covered" == f"Root: {block(ben, 'root')['badge']['category']}"
    assert WORDS not in all_words(ben)
    assert "" == fields(ben)[f"{ROOT}.category"]["value"]
    assert () == apart_answers(ben)
    for stage in ("why", "act"):
        other = joined(ana, "Ben", stage)

        assert WORDS not in all_words(other)
        assert ["kind covered"] == [item["root"]["category"] for item in blocks(other.view) if item.get("root")] or [
            "kind covered"
        ] == [item["badge"]["category"] for item in blocks(other.view) if item.get("badge")]

    do(ben, "opinion", place=f"{ROOT}.category", value="training")
    do(ben, "opinion-reason", place=f"{ROOT}.reason", value="Ben's very own words")
    mine.meeting.look("classify")

    assert "Ben has given an opinion too." in texts(mine.view)
    assert "Ben's very own words" not in all_words(mine)
    assert WORDS not in all_words(ben)


def apart_answers(panel):
    """The answers to the questions that are on screen."""
    return tuple((field["place"], field["value"]) for field in block(panel, "aid")["answered"])


def test_both_stand_side_by_side_once_each_has_looked(ana):
    """And what was said then stays as it is."""
    mine = ana.stage("classify")
    put(mine, f"{ROOT}.category", "system")
    pressed(mine, "Ask a second person")
    ben = joined(ana, "Ben")
    do(ben, "opinion", place=f"{ROOT}.category", value="training")
    pressed(ben, "Show both")
    shown = block(ben, "opinions")

    assert [("Ana", "system", False), ("Ben", "training", True)] == [
        (one["by"], one["kind"], one["mine"]) for one in shown["people"]
    ]
    assert ("They differ.", f"{ROOT}.opinions") == (shown["strong"], ben.focus["at"])
    mine.meeting.look("classify")
    assert [] == block(mine, "opinions")["people"]

    do(ben, "opinion", place=f"{ROOT}.category", value="motivation")
    assert ["system", "training"] == [opinion.category for opinion in cause(ben).opinions]


def test_where_they_agree_it_is_said(ana):
    """Nothing more is to be done."""
    mine = ana.stage("classify")
    put(mine, f"{ROOT}.category", "system")
    pressed(mine, "Ask a second person")
    ben = joined(ana, "Ben")
    do(ben, "opinion", place=f"{ROOT}.category", value="system")
    pressed(ben, "Show both")

    assert "Both say system." == block(ben, "opinions")["strong"]
    assert "Over 1 root classified by two: 1 of 1 agree." == block(ben, "agreement")["text"]
    assert "R31" not in {finding["rule"] for finding in ben.view["findings"]}


def test_where_they_differ_a_kind_is_chosen_with_a_reason_that_names_both(ana):
    """The finding goes when something beyond the names is said; the opinions stay."""
    mine = ana.stage("classify")
    put(mine, f"{ROOT}.category", "system")
    put(mine, f"{ROOT}.reason", WORDS)
    pressed(mine, "Ask a second person")
    ben = joined(ana, "Ben")
    do(ben, "opinion", place=f"{ROOT}.category", value="training")
    pressed(ben, "Show both")
    do(ben, "reconcile", place=f"{ROOT}.category", value="training")
    assert ("training", "Ana said system, Ben said training.") == (cause(ben).category, cause(ben).reason)
    assert ["R31"] == [finding["rule"] for finding in block(ben, "opinions")["findings"]]

    put(ben, f"{ROOT}.reason", f"{cause(ben).reason} Nobody was ever shown the test.")
    assert [] == block(ben, "opinions")["findings"]
    assert "They differed." == block(ben, "opinions")["strong"]
    assert [("Ana", WORDS), ("Ben", "")] == [(opinion.by, opinion.reason) for opinion in cause(ben).opinions]


def test_the_kind_that_stands_already_is_settled_on_too(ana):
    """With one press; the reason begins with who said what, and takes the focus."""
    put(ana.stage("classify"), f"{ROOT}.category", "system")
    pressed(ana.stage("classify"), "Ask a second person")
    ben = joined(ana, "Ben")
    do(ben, "opinion", place=f"{ROOT}.category", value="training")
    pressed(ben, "Show both")
    assert ["Settle on system", "Settle on training"] == [label for label in labels(ben) if label.startswith("Settle")]

    pressed(ben, "Settle on system")
    assert ("system", "Ana said system, Ben said training.") == (cause(ben).category, cause(ben).reason)
    assert f"{ROOT}.reason" == ben.focus["at"]


def test_whoever_looks_anyway_is_told_what_that_does_and_gives_no_opinion(ana):
    """Also after the cell was run again; somebody else still can."""
    put(ana.stage("classify"), f"{ROOT}.category", "system")
    pressed(ana.stage("classify"), "Ask a second person")
    ben = joined(ana, "Ben")
    assert "You will see what Ana chose and wrote." in block(ben, "opinions")["look"]["text"]

    pressed(ben, "Look anyway")
    again = joined(ana, "Ben")
    do(again, "opinion", place=f"{ROOT}.category", value="training")
    assert "system" == block(again, "root")["badge"]["category"]
    assert ["Ana"] == [opinion.by for opinion in cause(again).opinions]
    assert "Yours first." in " ".join(texts(joined(ana, "Cleo").view))


def test_undo_takes_back_no_look(ana):
    """What was seen was seen."""
    put(ana.stage("classify"), f"{ROOT}.category", "system")
    pressed(ana.stage("classify"), "Ask a second person")
    ben = joined(ana, "Ben")
    do(ben, "opinion", place=f"{ROOT}.category", value="training")
    pressed(ben, "Show both")
    send(ben, "undo")
    do(ben, "opinion", place=f"{ROOT}.category", value="system")

    assert apart.has_looked(ben.meeting.incident, "c1", "Ben")
    assert ["Ana"] == [opinion.by for opinion in cause(ben).opinions]


def test_a_critical_record_asks_for_two_and_keeps_the_first_choice_as_an_opinion(grave):
    """From the stage and from the tree; the answers of the second stay theirs."""
    mine = grave.stage("classify")
    do(mine, "trail", place=f"{ROOT}.trail.allowed", value="no")
    assert () == cause(mine).trail

    pressed(mine, "Take system")
    assert [("Ana", "system")] == [(opinion.by, opinion.category) for opinion in cause(mine).opinions]
    assert ("system", 1) == (cause(mine).category, len(cause(mine).trail))
    assert "You have given yours." == block(mine, "opinions")["strong"]

    ben = joined(grave, "Ben")
    do(ben, "trail", place=f"{ROOT}.trail.able", value="no")
    assert ((f"{ROOT}.trail.able", "no"),) == apart_answers(ben)
    assert ["allowed"] == [reply.question for reply in cause(ben).trail]

    do(joined(grave, "Cleo", "why"), "kind", node="w2", kind="motivation")
    assert ["Ana", "Cleo"] == [opinion.by for opinion in grave.store.load(grave.incident.id).causes[0].opinions]


def test_what_the_review_and_others_say_of_a_covered_root_is_covered_with_it(grave):
    """A finding, one that was put away with a reason, and a text that waits for its field."""
    mine = grave.stage("classify")
    put(mine, f"{ROOT}.category", "system")
    grave.change(causes.answer, "c1", "allowed", "yes")
    grave.change(causes.give_opinion, "c1", "Ana", "system", WORDS)
    (found,) = [item for item in grave.findings if item.rule == "R29"]
    grave.change(put_into, "kept", ({"rule": "R29", "where": found.where, "reason": WORDS, "by": "Ana"},))
    grave.change(put_into, "versions", ({"place": f"{ROOT}.reason", "text": WORDS, "by": "Cleo"},))
    ben = joined(grave, "Ben")

    assert WORDS not in all_words(ben)
    assert "the answers point to" not in all_words(ben)
    assert ["R31"] == [item["rule"] for item in ben.view["findings"] if item["where"].startswith(ROOT)]


def test_nothing_is_covered_where_nothing_can_be_given(grave):
    """A store that is read only, and a record that is closed."""
    put(grave.stage("classify"), f"{ROOT}.category", "system")
    grave.change(causes.give_opinion, "c1", "Ana", "system", WORDS)
    url = str(grave.store.url)
    with open_store(url, read_only=True) as reading:
        looks = Retrospective(reading, by="Ben")
        looks.open(grave.incident.id)

        assert WORDS in all_words(looks.stage("classify"))
        assert "Look anyway" not in labels(looks.stage("classify"))
    grave.open(grave.store.save(put_into(grave.incident, "state", "closed"), by=grave.by).id)

    assert WORDS in all_words(joined(grave, "Ben"))


def test_the_twin_in_code_shows_in_the_widget(ana):
    """The same functions, from a cell."""
    panel = ana.stage("classify")
    ana.change(causes.answer, "c1", "allowed", "no")
    ana.change(apart.opine, "c1", "Ana", "system", reason="No test on it")
    ana.change(apart.opine, "c1", "Ben", "training")
    ana.change(apart.look, "c1", "Ana")
    ana.change(causes.reconcile, "c1", "system", "Ana and Ben read the sheet together.")

    assert ("They differed.", "system") == (
        block(panel, "opinions")["strong"],
        block(panel, "root")["badge"]["category"],
    )


def test_the_agreement_is_counted_once_for_the_opinions_in_hand(ana, monkeypatch):
    """Not with every key that is pressed, and not before there are two opinions."""
    asked = []
    table = type(ana.store).table
    monkeypatch.setattr(type(ana.store), "table", lambda store, name: asked.append(name) or table(store, name))
    panel = ana.stage("classify")
    put(panel, f"{ROOT}.category", "system")
    assert [] == asked

    for by in ("Ana", "Ben"):
        ana.change(apart.opine, "c1", by, "system")
    ana.change(apart.look, "c1", "Ana")
    put(panel, "factors", ["better timing"])
    put(panel, f"{ROOT}.reason", "Both saw it")

    assert ["opinions"] == asked


def test_a_kind_can_be_chosen_without_the_questions(ana):
    """And is still named in the playbook's words below it."""
    panel = ana.stage("classify")
    put(panel, f"{ROOT}.category", "motivation")

    assert "motivation" == cause(panel).category
    assert ana.playbook.categories["motivation"].means == fields(panel)[f"{ROOT}.category"]["help"]


def test_opened_again_by_its_id_the_opinions_are_where_they_were(grave):
    """Nothing of it lived in the kernel alone."""
    do(grave.stage("classify"), "opinion", place=f"{ROOT}.category", value="system")
    do(grave.stage("classify"), "opinion-reason", place=f"{ROOT}.reason", value=WORDS)
    again = open_retrospective(grave.incident.id, store=grave.store, by="Ana").stage("classify")

    assert ("system", WORDS) == tuple(fields(again)[f"{ROOT}.{name}"]["value"] for name in ("category", "reason"))


def test_what_is_written_in_the_last_stage_leaves_out_what_is_covered(grave, tmp_path, monkeypatch):
    """In every report and on the wall, and the stage says so; in a report of the first person it stands."""
    monkeypatch.chdir(tmp_path)
    mine = grave.stage("classify")
    do(mine, "opinion", place=f"{ROOT}.category", value="motivation")
    do(mine, "opinion-reason", place=f"{ROOT}.reason", value=WORDS)
    ben = joined(grave, "Ben", "review")
    assert "Something is covered." in texts(ben.view)
    assert "Something is covered." not in texts(grave.stage("review").view)

    written = {"Ana": "", "Ben": ""}
    for panel in (ben, grave.stage("review")):
        for audience in ("team", "manager", "customer"):
            do(panel, "report", audience=audience)
        do(panel, "map")
        files = sorted(tmp_path.rglob("*.html"))
        assert 4 == len(files)
        written[panel.meeting.by] = "".join(file.read_text(encoding="utf-8").partition("<body")[2] for file in files)

    of_the_legend = written["Ben"].count("motivation")
    assert of_the_legend < written["Ana"].count("motivation")
    assert (False, True) == (WORDS in written["Ben"], WORDS in written["Ana"])
