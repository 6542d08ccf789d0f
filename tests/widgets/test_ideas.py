"""Rounds of silent ideas: apart until they are shown, then each in the record once."""

from __future__ import annotations

import json

import pytest

from postmortem.record import causes, whys
from postmortem.record.errors import PostmortemError
from postmortem.store import StoreError, open_store
from postmortem.widgets import Retrospective, silence
from tests.widgets.seen import NOW, blocks, do, fields, pressed, put, texts


@pytest.fixture
def people(retro, store):
    """Ana, Ben and Cleo at one record with a why and a root, each in a kernel of their own."""
    retro.type("title", "Phone off")
    retro.change(lambda incident: causes.mark_root(whys.answer(incident, None, "The switch was off"), "w1"))
    others = [Retrospective(store, by=name) for name in ("Ben", "Cleo")]
    for other in others:
        other.open(retro.incident.id)
    return [retro, *others]


def round_in(panel):
    """The block of the round."""
    return next((block for block in blocks(panel.view) if block.get("t") == "ideas"), {})


def begin(panel, about=""):
    """Open a round as the button does."""
    do(panel, "begin-ideas", about=about, stage=panel.view["stage"])


def write(panel, *lines):
    """Type ideas, one a line."""
    field = fields(panel)["ideas"]
    do(panel, field["do"], place="ideas", value="\n".join(lines), **field["args"])


def row_of(panel, text):
    """The row of a shown idea."""
    return next(row for group in round_in(panel)["groups"] for row in group if row["text"] == text)


def take(panel, text):
    """Put a shown idea in."""
    do(panel, "put-idea", number=row_of(panel, text)["number"])


def seen(panel):
    """Everything the browser is sent, as one text."""
    return json.dumps([panel.head, panel.view, panel.focus], ensure_ascii=False)


# -- before the reveal ------------------------------------------------------------------------------------------------


def test_nothing_open_is_one_quiet_button_with_what_it_is_for(people):
    """And with what it can be about: each question, and each why."""
    offer = round_in(people[0].stage("why"))

    assert ("none", False) == (offer["state"], offer["off"])
    assert "loudest" in offer["for"]
    assert ["", "detection", "recovery", "w1"] == [value for value, _ in offer["options"]]


def test_a_round_is_about_the_node_one_is_in(people):
    """As the browser told it last; what was taken out since is nothing to ask about."""
    people[0].place = "whys.w1.text"
    about = round_in(people[0].stage("why"))["about"]
    people[0].place = "whys.w9.text"

    assert ("w1", "") == (about, round_in(people[0].stage("why"))["about"])


def test_a_record_that_is_not_kept_yet_has_no_round(retro):
    """The button says what comes first."""
    assert round_in(retro.stage("why"))["off"]


def test_nobody_sees_the_words_of_another_before_all_are_shown(people):
    """Not anywhere in what their browser is sent; only who has written how many."""
    ana, ben, cleo = (person.stage("why") for person in people)
    begin(ana, "w1")
    for panel in (ben, cleo):
        panel.refresh()
    write(ana, "The plug was behind the rack")
    write(ben, "Two crews, one key", "Nobody reads the sheet", "The light was broken")
    for panel in (ana, ben, cleo):
        panel.refresh()

    assert "Written so far: Ana 1, Ben 3." == round_in(cleo)["written"]
    assert "Two crews, one key\nNobody reads the sheet\nThe light was broken" == fields(ben)["ideas"]["value"]
    for panel, own in ((ana, "plug"), (ben, "crews"), (cleo, "")):
        assert [own] * bool(own) == [word for word in ("plug", "crews", "sheet", "light") if word in seen(panel)][:1]
        assert "crews" not in seen(panel) or panel is ben
        assert "plug" not in seen(panel) or panel is ana


def test_ideas_are_there_again_after_the_kernel_was_killed(people, store):
    """Also half a line: it was saved as it was typed."""
    panel = people[1].stage("why")
    begin(panel)
    write(panel, "Two crews, one k")
    again = Retrospective(store, by="Ben")
    again.open(people[1].incident.id)

    assert "Two crews, one k" == fields(again.stage("why"))["ideas"]["value"]


def test_a_second_round_is_refused_with_a_sentence(people):
    """Whoever presses late writes in the first one."""
    ana, ben = (person.stage("why") for person in people[:2])
    begin(ana)
    begin(ben)

    assert "opened a round of silent ideas" in ben.head["trouble"]
    assert "open" == round_in(ben)["state"]


def test_a_round_of_actions_is_not_one_of_whys(people):
    """The other stage says where it is."""
    begin(people[0].stage("act"), "c1")
    elsewhere = round_in(people[1].stage("why"))

    assert ("elsewhere", "act") == (elsewhere["state"], elsewhere["stage"])


def test_an_empty_round_is_ended_without_a_reveal(people):
    """Opened by mistake."""
    panel = people[0].stage("why")
    begin(panel)
    pressed(panel, "End the round")

    assert "none" == round_in(panel)["state"]


def test_what_others_write_comes_by_itself(people):
    """A look of the browser is enough; nothing is drawn where nothing changed."""
    ana, ben = (person.stage("why") for person in people[:2])
    begin(ben)
    people[0].look("why")
    assert "Nobody has written yet." == round_in(ana)["written"]

    write(ben, "Two crews, one key")
    people[0].look("why")
    assert "Written so far: Ben 1." == round_in(ana)["written"]


# -- after it ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def shown(people):
    """Everything of Ana, Ben and Cleo on the table, in three panels."""
    panels = [person.stage("why") for person in people]
    begin(panels[0], "w1")
    for panel, lines in zip(
        panels,
        (["The plug was behind the rack"], ["Two crews, one key", "The plug was behind a rack"], ["No light"]),
        strict=True,
    ):
        panel.refresh()
        write(panel, *lines)
    panels[0].refresh()
    pressed_reveal(panels[0])
    for panel in panels:
        panel.refresh()
    return panels


def pressed_reveal(panel):
    """Say yes to showing all."""
    yes = round_in(panel)["reveal"]["yes"]
    do(panel, yes["do"], **yes["args"])


def test_all_are_shown_together_without_names(shown):
    """Those that say nearly the same stand together."""
    groups = [{row["text"] for row in group} for group in round_in(shown[2])["groups"]]

    assert 3 == len(groups)
    assert {"The plug was behind the rack", "The plug was behind a rack"} in groups
    assert "Ben" not in json.dumps(round_in(shown[2]))
    assert "Ana" not in json.dumps(round_in(shown[2]))


def test_an_idea_becomes_a_why_under_what_the_round_is_about(shown, people):
    """Possible, in the name of whoever wrote it."""
    take(shown[0], "Two crews, one key")
    why = people[0].incident.whys[-1]

    assert ("w1", "possible", "Ben", "Two crews, one key") == (why.parent, why.status, why.by, why.text)
    assert row_of(shown[0], "Two crews, one key")["taken"]


def test_two_who_press_at_once_put_it_in_once(shown, people):
    """Neither had seen the other's press; nothing is lost and nothing doubled."""
    number = row_of(shown[0], "Two crews, one key")["number"]
    assert not row_of(shown[1], "Two crews, one key")["taken"]
    for panel in shown[:2]:
        do(panel, "put-idea", number=number)
    people[2].open(people[2].incident.id)

    assert ["The switch was off", "Two crews, one key"] == [why.text for why in people[2].incident.whys]


def test_all_go_in_at_once_and_the_same_words_only_once(people):
    """What one leaves stays out."""
    panels = [person.stage("why") for person in people]
    begin(panels[0])
    for panel, lines in zip(panels, (["No light", "No key"], ["no  LIGHT"], ["No time"]), strict=True):
        panel.refresh()
        write(panel, *lines)
    panels[0].refresh()
    pressed_reveal(panels[0])
    do(panels[0], "leave-idea", number=row_of(panels[0], "No time")["number"])
    pressed(panels[0], "Put all in")

    told = (" ".join(why.text.lower().split()) for why in people[0].incident.whys if why.parent is None)
    assert ["no key", "no light"] == sorted(text for text in told if text.startswith("no"))
    assert not row_of(panels[0], "No time")["taken"]


def test_two_who_put_all_in_at_once_put_all_in_once(shown, people):
    """Each idea goes to whoever was first."""
    for panel in shown[:2]:
        pressed(panel, "Put all in")
    people[2].open(people[2].incident.id)

    assert 5 == len(people[2].incident.whys)
    assert 5 == len({why.text for why in people[2].incident.whys})


def test_what_was_taken_out_of_the_record_since_can_be_put_in_again(shown, people):
    """It was noted as taken; its words are still on the table."""
    take(shown[0], "No light")
    people[0].undo()
    row = row_of(shown[0], "No light")
    assert (True, False) == (row["taken"], row["there"])

    do(shown[0], "put-idea", number=row["number"], again=True)
    assert "No light" in [why.text for why in people[0].incident.whys]


def test_nothing_is_taken_while_the_record_can_not_be_saved(shown, people, monkeypatch):
    """Else it would be nowhere, if the kernel died."""
    monkeypatch.setattr(people[0].store, "save", lambda *_, **__: (_ for _ in ()).throw(StoreError("disk full")))
    put(shown[0], "whys.w1.text", "The switch was out")
    take(shown[0], "No light")
    shown[1].refresh()

    assert "disk full" in shown[0].head["trouble"]
    assert not row_of(shown[1], "No light")["taken"]


def test_what_it_was_about_may_be_gone(shown, people):
    """The idea stands as a first answer then."""
    people[0].change(lambda incident: whys.remove(incident, "w1"))
    take(shown[0], "No light")

    assert [(None, "No light")] == [(why.parent, why.text) for why in people[0].incident.whys]


def test_what_is_written_too_late_is_not_lost(shown, people):
    """It stays on one's own screen, and goes into the record with one press."""
    round_id = people[1].store.round(people[1].incident.id).id
    do(shown[1], "write-ideas", place="ideas", value="Two crews, one key\nAnd no lamp", round=round_id)
    (late,) = [block for block in blocks(shown[1].view) if block.get("state") == "late"]
    assert "Two crews, one key\nAnd no lamp" == late["text"]

    do(shown[1], "put-late-ideas", stage="why", **late["args"])
    assert "And no lamp" in [why.text for why in people[1].incident.whys]
    assert "late" not in [block.get("state") for block in blocks(shown[1].view)]


def test_ideas_for_actions_become_actions(people):
    """They answer the root that the round is about."""
    panel = people[0].stage("act")
    begin(panel, "c1")
    write(panel, "Paint the switch red")
    pressed_reveal(panel)
    take(panel, "Paint the switch red")

    assert [("Paint the switch red", ("c1",))] == [(it.text, it.causes) for it in people[0].incident.actions]


def test_a_round_is_ended_for_everybody(shown, people):
    """What was not put in is not shown again."""
    do(shown[0], "end-ideas")
    people[1].look("why")

    assert ["none", "none"] == [round_in(panel)["state"] for panel in shown[:2]]


# -- from a cell, and where nothing can be written --------------------------------------------------------------------


def test_each_step_is_a_function_too(people):
    """What is done in a cell shows in the panel."""
    ana = people[0]
    panel = ana.stage("why")
    silence.begin(ana, "w1")
    silence.write(ana, "No light", "No key")
    silence.reveal(ana)
    panel.refresh()
    silence.leave(ana, row_of(panel, "No key")["number"])
    silence.put_in(ana, row_of(panel, "No light")["number"])
    assert ["The switch was off", "No light"] == [why.text for why in ana.incident.whys]

    silence.end(ana)
    with pytest.raises(PostmortemError, match="somebody has ended it"):
        silence.reveal(ana)


def test_a_store_that_can_only_be_read_offers_no_round(people, store):
    """One that is open is shown without its buttons."""
    panel = people[0].stage("why")
    with open_store(store.url, read_only=True, clock=lambda: NOW) as reading:
        looking = Retrospective(reading, by="Ben")
        looking.open(people[0].incident.id)
        assert {} == round_in(looking.stage("why"))

        begin(panel)
        write(panel, "No light")
        shown = round_in(looking.stage("why"))
        assert ("open", None, None, None) == tuple(shown[name] for name in ("state", "field", "reveal", "end"))
        assert "No light" not in texts(shown)


def test_the_store_is_read_once_a_drawing(people, monkeypatch):
    """A round, one's own ideas, who has written: three small questions, and one where nothing is open."""
    asked = []
    for name in ("round", "ideas", "writers"):
        real = getattr(people[0].store, name)
        monkeypatch.setattr(
            people[0].store, name, lambda *args, _name=name, _real=real: asked.append(_name) or _real(*args)
        )
    panel = people[0].stage("why")
    assert ["round"] == asked

    asked.clear()
    panel.refresh()
    assert ["round"] == asked
