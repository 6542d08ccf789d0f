"""Seven stages, each a panel of plain data: what is shown, what is typed, what is pressed."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import contextmanager

import pytest

from postmortem.record import unread
from postmortem.record.edit import get
from postmortem.record.errors import PostmortemError
from postmortem.record.incident import Incident
from postmortem.record.playbook import STAGES
from postmortem.store import StoreError
from postmortem.widgets import Retrospective, stage
from postmortem.widgets.choosing import ChoosingPanel
from postmortem.widgets.panel import script
from postmortem.widgets.stage import StagePanel
from postmortem.widgets.typed import kind_of
from tests.widgets.hostile import BROKEN, HOSTILE
from tests.widgets.seen import blocks, do, fields, nodes, pressed, put, send, texts, without_session

SEVERAL = ("2025-003", "2025-010", "2025-017", "2026-001", "2026-004")
PLAIN = (str, int, float, bool, type(None))
each_stage = pytest.mark.parametrize("name", STAGES)


def opened(store, identifier):
    """A retrospective on a record of the store."""
    retro = Retrospective(store, by="Ana")
    retro.open(identifier)
    return retro


@pytest.fixture
def everything(full_store, samples):
    """Every sample in hand, one after the other, in one retrospective."""
    retro = Retrospective(full_store, by="Ana")
    return retro, samples


def is_plain(part):
    """Whether there is nothing in it that JSON does not have."""
    if type(part) is dict:
        return all(type(name) is str and is_plain(inner) for name, inner in part.items())
    if type(part) is list:
        return all(map(is_plain, part))
    return type(part) in PLAIN


# -- what is shown ----------------------------------------------------------------------------------------------------


@each_stage
def test_a_panel_is_plain_data_for_every_sample(everything, name):
    """What the browser draws is a pure function of it; nothing in it is markup."""
    retro, samples = everything
    panel = retro.stage(name)
    for identifier in samples:
        retro.open(identifier)

        assert is_plain(panel.view)
        assert is_plain(panel.head)
        assert panel.view == json.loads(json.dumps(panel.view, allow_nan=False))
        assert not {key for block in blocks(panel.view) for key in block if "html" in key.lower()}


@each_stage
def test_turning_from_one_record_to_another_shows_what_a_new_panel_would(full_store, name):
    """For all pairs of several: nothing of the first stays behind."""
    shown = {identifier: opened(full_store, identifier).stage(name) for identifier in SEVERAL}
    for first in SEVERAL:
        for second in SEVERAL:
            retro = opened(full_store, first)
            panel = retro.stage(name)
            retro.open(second)

            assert without_session(shown[second].view) == without_session(panel.view)
            assert shown[second].head == panel.head


def test_beginning_anew_shows_what_a_new_record_shows(full_store):
    """Nothing of the last record is left."""
    retro = Retrospective(full_store, by="Ana")
    for name in STAGES:
        used = opened(full_store, "2026-001")
        panel = used.stage(name)
        used.begin()

        assert without_session(retro.stage(name).view) == without_session(panel.view)


@each_stage
def test_every_field_stands_at_a_place_of_the_record(everything, name):
    """Fields with a deed of their own name their place to that deed."""
    retro, samples = everything
    panel = retro.stage(name)
    for identifier in samples:
        retro.open(identifier)
        for place, field in fields(panel).items():
            if "do" not in field:
                get(retro.incident, place)


@each_stage
def test_every_field_takes_back_what_it_shows_without_a_change(everything, name):
    """Leaving a field as it is, or choosing what is chosen, is no change."""
    retro, samples = everything
    panel = retro.stage(name)
    tried = 0
    for identifier in list(samples)[::5]:
        retro.open(identifier)
        before = retro.incident
        # Nothing changes, so nothing needs to be drawn to see it.
        with undrawn(panel):
            for place, field in fields(panel).items():
                if "do" in field:
                    do(panel, field["do"], place=place, value=field["value"])
                elif field["kind"] not in {"toggle", "choice"} or field["value"]:
                    put(panel, place, field["value"])
                tried += 1

                assert (before, "", {}) == (retro.incident, panel.head["trouble"], retro.rejected), place
    assert tried > 0 or name == "why"


@each_stage
def test_every_choice_can_be_chosen(full_store, name):
    """Each option of each list is a value that the record takes."""
    retro = opened(full_store, "2026-001")
    panel = retro.stage(name)
    found = fields(panel)
    alike = set(found) - set(apart(found))
    for number, (place, field) in enumerate(found.items()):
        options = field.get("options", ())
        # Rows that are drawn in one way try one each, in turn.
        for value, _ in [options[number % len(options)]] if options and place in alike else options:
            with undrawn(panel):
                if "do" in field:
                    do(panel, field["do"], place=place, value=value)
                elif field["kind"] == "checks":
                    put(panel, place, [value])
                else:
                    put(panel, place, value)
                trouble = panel.head["trouble"]
            now = fields(panel)[place]

            assert ("", "") == (trouble, now["error"]), (place, value)
            assert now["value"] in (value, [value]) or (not value and place == "recovery.procedure")
        if place == "recovery.procedure":
            # Another procedure has other steps: those of the first are gone through below.
            put(panel, place, field["value"])


@each_stage
def test_every_choice_that_can_be_taken_back_is(full_store, name):
    """What the browser may send as nothing is nothing in the record."""
    panel = opened(full_store, "2026-001").stage(name)
    for place, field in fields(panel).items():
        if field.get("clear") or field.get("unknown"):
            send(panel, "do", do=field["do"], args={"place": place, "value": ""}) if "do" in field else put(
                panel, place, ""
            )

            assert ("", "") == (fields(panel)[place]["value"], panel.head["trouble"]), place


@each_stage
def test_places_are_named_once(full_store, name):
    """So that the way to a finding leads to one field."""
    panel = opened(full_store, "2026-001").stage(name)
    counted = Counter(block["place"] for block in blocks(panel.view) if block.get("t") == "field")
    twice = {place for place, times in counted.items() if times > 1}

    # An action that answers two roots stands under both.
    shared = {f"actions.{action.id}." for action in panel.meeting.incident.actions if len(action.causes) > 1}
    assert all(place.startswith(tuple(shared)) for place in twice)


@each_stage
def test_every_button_has_a_deed(everything, name):
    """No button of any sample asks for what the stage does not know."""
    retro, samples = everything
    known = stage.deeds(name)
    asked = set()
    panel = retro.stage(name)
    for identifier in samples:
        retro.open(identifier)
        asked |= {block["do"] for block in blocks(panel.view) if "do" in block}

    assert asked <= set(known)


def test_every_deed_that_the_browser_names_is_there():
    """The script and the stages agree on their words, in both directions."""
    browser = script()
    named = {
        "tell": ["drop-moment"],
        "recover": ["step-done", "step-undone", "step-spared", "why-recovery", "agree"],
        "why": ["ask", "beside", "reword", "remove", "status", "root", "join", "shift", "evidence", "drop-evidence"],
        "act": ["drop-action"],
    }
    for name, deeds in named.items():
        for deed in deeds:
            assert f'"{deed}"' in browser
            assert deed in stage._ROOMS[name].DO


def test_the_stages_know_their_neighbours(retro):
    """The first has none before it, the last none after."""
    shown = [retro.stage(name).view for name in STAGES]

    assert [None, *STAGES[:-1]] == [view["back"] and view["back"]["id"] for view in shown]
    assert [*STAGES[1:], None] == [view["next"] and view["next"]["id"] for view in shown]
    assert all(list(STAGES) == [item["id"] for item in view["stages"]] for view in shown)


def test_a_panel_turns_to_another_stage_where_it_is_the_only_one(retro):
    """Else the cell of that stage is gone to, and this one stays."""
    panel = retro.stage("tell")
    send(panel, "go", stage="why", here=False)
    assert "tell" == panel.view["stage"]

    send(panel, "go", stage="why", here=True)
    assert "why" == panel.view["stage"]

    send(panel, "go", stage="nowhere", here=True)
    assert "why" == panel.view["stage"]


def test_there_are_seven_stages_and_a_near_one_is_offered(retro):
    """A misspelt one is not guessed."""
    with pytest.raises(PostmortemError, match="did you mean 'classify'"):
        retro.stage("clasify")
    with pytest.raises(PostmortemError, match="there are: tell, evaluate, recover, why, classify, act, review"):
        retro.stage("xyz")


@each_stage
def test_a_panel_says_in_one_line_what_it_is(retro, name):
    """Short and the same every time: it stands in the stored notebook."""
    panel = retro.stage(name)
    shown = panel._repr_mimebundle_()
    data = shown[0] if isinstance(shown, tuple) else shown

    assert repr(panel) == data["text/plain"] == repr(StagePanel(retro, name))
    assert repr(panel).startswith(f"Stage {STAGES.index(name) + 1} of 7, ")
    assert len(repr(panel)) < 160
    assert "0x" not in repr(panel)
    assert "\n" not in repr(panel)


# -- what is typed ----------------------------------------------------------------------------------------------------


@each_stage
def test_a_hostile_text_is_a_text_wherever_it_is_typed(retro, store, name, monkeypatch):
    """Each of them arrives in every text field as it was typed, and nothing else happens."""
    whole(retro)
    # One panel follows: each of them would be drawn with every word.
    retro._watchers.clear()
    panel = retro.stage(name)
    typed = [
        place
        for place, field in fields(panel).items()
        if field["kind"] in {"text", "area"} and kind_of(place) == "text" and "do" not in field
    ]
    places = apart(typed)
    for text in HOSTILE if places else ():
        with undrawn(panel), unsaved(retro, monkeypatch):
            for place in places:
                put(panel, place, text)

                assert "" == panel.head["trouble"], place
        shown = fields(panel)

        assert dict.fromkeys(places, (text, "")) == {it: (shown[it]["value"], shown[it]["error"]) for it in places}
        assert ("", retro.incident) == (panel.head["trouble"], store.load(retro.incident.id))
        assert is_plain(panel.view)
        assert not {key for block in blocks(panel.view) for key in block if "html" in key.lower()}
        json.dumps(panel.view, ensure_ascii=False, allow_nan=False).encode()

    assert len(places) > 0 or name in {"evaluate", "why"}


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_is_a_text_in_the_tree(retro, text):
    """Whys, evidence and the read-back are texts."""
    panel = retro.stage("why")
    do(panel, "ask", leg="occurrence")
    do(panel, "reword", node="w1", text=text)
    do(panel, "evidence", node="w1", kind="quote", text=text)

    assert text == nodes(panel)["w1"]["text"]
    assert [{"kind": "quote", "text": text.strip()}] == nodes(panel)["w1"]["evidence"]
    assert "" == panel.head["trouble"]
    assert is_plain(panel.view)


@pytest.mark.parametrize("text", BROKEN, ids=range(len(BROKEN)))
@pytest.mark.parametrize("place", ["title", "impact.happened", "occurred_at"])
def test_a_broken_character_breaks_nothing(retro, store, place, text):
    """What no file can hold gives way to the sign for it, or is refused; the panel can be sent."""
    panel = retro.stage("tell")
    put(panel, place, text)

    assert "" == panel.head["trouble"]
    assert json.dumps([panel.view, panel.head], ensure_ascii=False).encode()
    if place != "occurred_at":
        kept = get(store.load(retro.incident.id), place)

        assert kept == fields(panel)[place]["value"]
        assert kept.encode()


def values(found):
    """What stands in the fields, without what is said of it."""
    return {place: field["value"] for place, field in found.items()}


@pytest.mark.parametrize(
    ("name", "place", "text"),
    [
        ("tell", "occurred_at", "yesterday"),
        ("tell", "raised_at", "15:20"),
        ("tell", "impact.customers", "many"),
        ("tell", "impact.customer_min", "long"),
        ("tell", "impact.customer_cost", "too much"),
        ("evaluate", "impact.our_cost", "-1"),
        ("recover", "fixed_at", "31 Feb 2026 10:00"),
    ],
)
def test_a_bad_value_stays_in_its_field_with_a_sentence(retro, name, place, text):
    """It is kept in the record as it was typed, and no other field is touched."""
    panel = retro.stage(name)
    before = fields(panel)
    put(panel, place, text)
    after = fields(panel)

    assert text == after[place]["value"]
    assert after[place]["error"].endswith(".")
    assert "Decimal" not in after[place]["error"]
    assert {**values(before), place: text} == values(after)
    assert {place: text} == unread.texts(retro.incident)
    assert text == fields(opened(retro.store, retro.incident.id).stage(name))[place]["value"]


def test_a_field_that_was_mended_says_nothing_more(retro):
    """The sentence goes with the mistake."""
    panel = retro.stage("tell")
    put(panel, "impact.customers", "many")
    put(panel, "impact.customers", "about 40")

    assert ("40", "") == tuple(fields(panel)["impact.customers"][name] for name in ("value", "error"))
    assert 40 == retro.incident.impact.customers


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"type": "dance"},
        {"type": "do", "do": "dance"},
        {"type": "do", "do": "drop-moment", "args": {}},
        {"type": "do", "do": "drop-moment", "args": {"key": "m9"}},
        {"type": "do", "do": "drop-moment", "args": None},
        {"type": "put"},
        {"type": "put", "place": "title"},
        {"type": "put", "place": "nowhere", "value": "x"},
        {"type": "put", "place": "fault", "value": "the moon's"},
        {"type": "put", "place": "factors", "value": [{"a": 1}]},
        {"type": "put", "place": "__class__", "value": "x"},
        {"type": "keep"},
    ],
    ids=str,
)
def test_what_can_not_be_done_is_told_and_breaks_nothing(full_store, event):
    """A sentence in the head or at the field, never a traceback, and the record stays as it was."""
    retro = opened(full_store, "2026-001")
    panel, before = retro.stage("tell"), retro.incident
    panel.receive({"n": 7, **event})

    told = [panel.head["trouble"], *(field["error"] for field in fields(panel).values())]
    assert any(told) or event.get("place") == "factors"
    assert "Traceback" not in "".join(told)
    assert 7 == panel.ack
    if event.get("place") != "factors":
        assert before == retro.incident


def test_what_was_not_thought_of_is_told_and_kept_for_us(retro, monkeypatch):
    """Nobody at the keyboard meets a traceback."""
    panel = retro.stage("tell")

    def broken(*_):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(retro, "type", broken)
    put(panel, "title", "Phone off")

    assert "That could not be done (ZeroDivisionError" in panel.head["trouble"]
    assert isinstance(panel.failure, ZeroDivisionError)


def test_what_can_not_be_drawn_is_told_too(retro, monkeypatch):
    """The event is answered, and what stood on screen stays there."""
    panel = retro.stage("tell")

    def broken():
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(panel, "drawn", broken)
    put(panel, "title", "Phone off")

    assert "ZeroDivisionError" in panel.head["trouble"]
    assert "Phone off" == retro.incident.title
    assert 1 <= panel.ack


def _nested(depth):
    part = {}
    for _ in range(depth):
        part = {"args": part}
    return {"type": "do", "do": "add-moment", **part}


@pytest.mark.parametrize(
    "sent",
    [None, 5, "put", [], {"type": ["put"]}, {"n": "three"}, {"n": None}, {"n": float("inf")}, {"n": []}, _nested(5000)],
    ids=["nothing", "number", "text", "list", "type", "word", "no number", "endless", "numbers", "deep"],
)
def test_what_is_no_event_is_told_in_a_sentence(retro, sent):
    """Whatever arrives, nothing comes out of a panel but words, and the next event is done."""
    panel = retro.stage("tell")
    panel.receive(sent)
    assert "which nobody knows; run the cell again" in panel.head["trouble"]

    put(panel, "title", "Phone off")

    assert "Phone off" == retro.incident.title


def test_trouble_is_gone_with_the_next_thing_that_goes_well(retro):
    """It is about one event."""
    panel = retro.stage("tell")
    send(panel, "dance")
    put(panel, "title", "Phone off")

    assert "" == panel.head["trouble"]


def test_every_event_is_answered_by_its_number(retro):
    """Also one that was refused, and one that comes late."""
    panel = retro.stage("tell")
    for number in (1, 5, 3):
        panel.receive({"type": "put", "place": "title", "value": str(number), "n": number})
    panel.receive({"type": "dance", "n": 6})

    assert 6 == panel.ack


def test_an_event_that_is_sent_again_is_done_once(retro):
    """A kernel that was busy finds both on its desk; another window has numbers of its own."""
    panel = retro.stage("tell")
    event = {"type": "do", "do": "add-moment", "args": {}, "n": 1, "from": "window a"}
    for sent in (event, event, {**event, "n": 2}, event, {**event, "from": "window b"}):
        panel.receive(sent)

    assert 3 == len(retro.incident.timeline)
    assert 2 == panel.ack


def test_the_focus_is_asked_for_once(retro):
    """Each wish has a number of its own, so that the same place can be wished for again."""
    panel = retro.stage("tell")
    do(panel, "add-moment")
    do(panel, "add-moment")
    do(panel, "drop-moment", key="m1")
    first = panel.focus
    put(panel, "title", "Phone off")
    assert first == panel.focus

    do(panel, "add-moment")
    do(panel, "drop-moment", key="m3")

    assert ("timeline.m2.text", "timeline.m2.text") == (first["at"], panel.focus["at"])
    assert first["n"] != panel.focus["n"]


@pytest.mark.parametrize(
    ("deeds", "args", "place", "last"),
    [
        (("tell", "add-moment", "drop-moment"), {}, "timeline.m{}.text", "occurred_at"),
        (("act", "commit", "drop-commitment"), {}, "commitments.p{}.text", None),
        (("act", "plan", "drop-action"), {"cause": ""}, "actions.a{}.text", None),
        (
            ("recover", "owe", "drop-owed"),
            {"kind": "goodwill", "amount": "", "what": "x"},
            "recovery.compensation.k{}.owed",
            "recovery.resolve.asked_for",
        ),
    ],
)
def test_the_focus_goes_to_the_neighbour_of_what_is_taken_out(retro, deeds, args, place, last):
    """The next, else the one before: a key pressed then does not go to the notebook."""
    name, add, drop = deeds
    panel = retro.stage(name)
    for _ in range(3):
        do(panel, add, **args)
    letter = place.split(".")[-2][0]
    do(panel, drop, key=f"{letter}2")
    assert place.format(3) == panel.focus["at"]

    do(panel, drop, key=f"{letter}3")
    assert place.format(1) == panel.focus["at"]

    if last:
        do(panel, drop, key=f"{letter}1")
        assert last == panel.focus["at"]
        assert last in fields(panel)


def test_a_hint_that_is_put_away_does_not_come_back(retro, store):
    """Who put it away is kept with it."""
    panel = retro.stage("tell")
    put(panel, "title", "Phone off")
    do(panel, "add-moment")
    put(panel, "timeline.m1.text", "The crew should have looked at the switch")
    (hint,) = [found for found in panel.view["findings"] if found["where"] == "timeline.m1.text"]
    send(panel, "keep", rule=hint["rule"], where=hint["where"])

    assert not [found for found in panel.view["findings"] if found["where"] == "timeline.m1.text"]
    assert [("R27", "timeline.m1.text", "Ana")] == [
        (kept.rule, kept.where, kept.by) for kept in store.load(retro.incident.id).kept
    ]

    send(panel, "undo")

    assert [found for found in panel.view["findings"] if found["where"] == "timeline.m1.text"]


def test_undo_and_redo_are_events_too(retro):
    """Of any stage."""
    panel = retro.stage("tell")
    put(panel, "title", "Phone off")
    send(panel, "undo")
    assert "" == fields(panel)["title"]["value"]

    send(panel, "redo")
    assert "Phone off" == fields(panel)["title"]["value"]


@each_stage
def test_findings_have_the_numbers_they_have_beside_the_fields(everything, name):
    """The list and the marks agree."""
    retro, samples = everything
    panel = retro.stage(name)
    for identifier in samples:
        retro.open(identifier)
        listed = {found["n"]: found for found in panel.view["findings"]}

        assert list(range(1, len(listed) + 1)) == list(listed)
        for block in blocks(panel.view["body"]):
            for found in block.get("findings", []):
                # Beside its field a finding also offers what would mend it.
                assert listed[found["n"]] == {key: told for key, told in found.items() if key != "offers"}


# -- the first cell ---------------------------------------------------------------------------------------------------


def test_the_first_cell_lists_what_is_not_closed_and_marks_what_is_open(full_store):
    """Those that were changed last come first."""
    retro = Retrospective(full_store, by="Ana")
    panel = ChoosingPanel(retro)
    rows = {row["id"]: row for row in panel.view["body"][0]["rows"]}

    assert {item.incident_id for item in retro.unfinished()} == set(rows)

    first = next(iter(rows))
    send(panel, "open", id=first)

    assert first == retro.incident.id
    assert [first] == [row["id"] for row in panel.view["body"][0]["rows"] if row["here"]]
    assert first == panel.head["id"]


def test_a_new_record_stands_in_the_list_from_its_first_word_on(full_store):
    """With the title it has by now."""
    retro = Retrospective(full_store, by="Ana")
    panel = ChoosingPanel(retro)
    send(panel, "new")
    assert panel.view["body"][0]["new"]

    retro.type("title", "Phone")
    retro.type("title", "Phone off")

    assert ["Phone off"] == [row["title"] for row in panel.view["body"][0]["rows"] if row["here"]]


def test_who_is_at_the_keyboard_is_asked_in_the_first_cell(retro, store):
    """An empty name changes nothing."""
    panel = ChoosingPanel(retro)
    send(panel, "by", value=" Cleo ")
    send(panel, "by", value=" ")
    retro.type("title", "Phone off")

    assert "Cleo" == panel.view["by"] == panel.head["by"]
    assert "Cleo" == store.history(retro.incident.id)[0].by


def test_an_id_that_is_not_there_is_told_in_the_first_cell(full_store):
    """A near one is offered, and the record in hand stays."""
    panel = ChoosingPanel(Retrospective(full_store, by="Ana"))
    send(panel, "open", id="2025-0003")
    assert "did you mean '2025-003'" in panel.head["trouble"]

    send(panel, "dance")
    assert "nobody knows" in panel.head["trouble"]


def test_thousands_of_records_are_not_listed_with_every_word(store, monkeypatch):
    """The fifty that were changed last are offered, the rest are counted, and typing reads no list."""
    store.save_many(Incident(title=f"Imported {number}") for number in range(70))
    retro = Retrospective(store, by="Ana")
    panel = ChoosingPanel(retro)
    retro.type("title", "P")

    def listed(**_):
        raise AssertionError("listed again")

    monkeypatch.setattr(store, "list", listed)
    retro.type("title", "Phone off")

    assert 50 == len(panel.view["body"][0]["rows"])
    assert "21 more" in " ".join(texts(panel.view["body"]))


def test_a_store_that_can_not_be_read_is_told_in_the_first_cell(store, monkeypatch):
    """The other cells go on with the record in hand."""
    retro = Retrospective(store, by="Ana")
    panel, tell = ChoosingPanel(retro), retro.stage("tell")

    def unread(**_):
        raise StoreError("the network folder answers with an error")

    monkeypatch.setattr(store, "list", unread)
    put(tell, "title", "Phone off")

    assert "the network folder answers with an error" in texts(panel.view)
    assert "" == tell.head["trouble"]
    assert "Phone off" == store.load(retro.incident.id).title


def test_a_store_without_open_records_says_what_to_do(retro):
    """No empty table without a sentence."""
    panel = ChoosingPanel(retro)

    assert "No record waits to be finished. Tell a new mistake in the cell below." in texts(panel.view)
    assert "Which mistake? Run this cell to go on with a record, or to tell a new one." == repr(panel)


# -- helpers ----------------------------------------------------------------------------------------------------------


def apart(places):
    """Places without those of a like: the rows of the steps are drawn in one way, and two stand for the fourteen."""
    rows = {place: place.split(".")[2] for place in places if place.startswith("recovery.steps.")}
    two = list(dict.fromkeys(rows.values()))[:2]
    return [place for place in places if place not in rows or rows[place] in two]


@contextmanager
def undrawn(panel):
    """What is done meanwhile is drawn once, at the end: to draw a stage takes longer than all the rest."""
    panel.refresh = lambda: None
    try:
        yield
    finally:
        del panel.refresh
    panel.refresh()


@contextmanager
def unsaved(retro, monkeypatch):
    """What is done meanwhile is saved once, at the end: the store takes nothing before."""

    def full(*_, **__):
        raise StoreError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(retro.store, "save", full)
        yield
    retro.save_again()


def whole(retro):
    """One part of each kind in the record, so that every field of every stage is on screen."""
    tell, why, act, recover = (retro.stage(name) for name in ("tell", "why", "act", "recover"))
    do(tell, "add-moment")
    do(why, "ask", leg="occurrence")
    do(why, "root", node="w1")
    put(retro.stage("classify"), "causes.c1.category", "system")
    do(act, "plan", cause="")
    do(act, "commit")
    put(recover, "recovery.channel", "e-mail")
    do(recover, "owe", kind="goodwill", amount="99999", what="goodwill")
    pressed(act, "Add mine")
