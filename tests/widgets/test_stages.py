"""The deeds of each stage, by events alone, and one mistake walked through all seven."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from postmortem.record import whys
from postmortem.record.edit import changed
from postmortem.record.incident import Incident
from postmortem.store import open_store
from postmortem.widgets import Retrospective, open_retrospective
from tests.widgets.seen import NOW, blocks, do, fields, nodes, pressed, put, send, texts


@pytest.fixture
def tree(retro):
    """The panel of the whys with two branches under one first why."""
    panel = retro.stage("why")
    do(panel, "ask", leg="occurrence")
    do(panel, "reword", node="w1", text="The switch was left unplugged")
    do(panel, "ask", node="w1")
    do(panel, "reword", node="w2", text="The tester takes the socket")
    do(panel, "beside", node="w2")
    do(panel, "reword", node="w3", text="The job sheet asks for no test")
    return panel


def block_of(panel):
    """The tree as the browser gets it."""
    (block,) = [block for block in blocks(panel.view) if block.get("t") == "tree"]
    return block


def steps(panel):
    """The steps with the customer by their id."""
    return {row["key"]: row for block in blocks(panel.view) if block.get("t") == "procedure" for row in block["rows"]}


def asked(retro):
    """What was sent to the browser beside the view."""
    sent = []
    retro.send = lambda content, *_: sent.append(content)
    return sent


# -- one mistake, from the telling to the report ----------------------------------------------------------------------


def test_a_new_mistake_goes_through_all_seven_stages(tmp_path, monkeypatch):
    """By events alone, as a newcomer walks it; every stage in a new kernel finds what the last one left."""
    monkeypatch.chdir(tmp_path)
    with open_store("notes.db", clock=lambda: NOW) as store:
        _tell(stage(store, "tell"))
        _evaluate(stage(store, "evaluate"))
        _recover(stage(store, "recover"))
        _ask_why(stage(store, "why"))
        _classify(stage(store, "classify"))
        _act(stage(store, "act"))
        panel = stage(store, "review")
        sent = asked(panel)
        _review(panel)
        (summary,) = store.list()
        incident = store.load(summary.incident_id)

    assert ("Phone and internet off", "draft", 265.0) == (incident.title, incident.state, incident.impact.customer_min)
    assert ["c1"] == [cause.id for cause in incident.causes]
    assert (date(2026, 3, 27), "held") == (incident.actions[0].due_on, incident.actions[0].effect.result)
    assert ("The sheet ends before the clearing of the site", "Test before you leave") == incident.learned
    files = sorted(file.name for file in Path("reports").iterdir())
    assert [f"{incident.id}-{who}.html" for who in ("customer", "manager", "team")] == files
    for report, name in zip((event["report"] for event in sent), ("team", "manager", "customer"), strict=True):
        written = Path(report["file"]).read_text(encoding="utf-8")

        assert f"{incident.id}-{name}.html" == report["name"]
        assert written == report["html"]
        assert ("Phone and internet off" in written) == (name != "customer")
        assert "That was our mistake, and I am sorry" in written
        assert ("Harbour House" in written) == (name != "manager")


def stage(store, name):
    """A stage in a new kernel."""
    retro = open_retrospective(store=store, by="Ana")
    panel = retro.stage(name)
    panel.kept_alive = retro
    return panel


def well(panel):
    """Whether nothing was refused."""
    return not panel.head["trouble"] and not any(field["error"] for field in fields(panel).values())


def _tell(panel):
    for place, text in {
        "title": "Phone and internet off",
        "impact.expected": "Back on by noon",
        "impact.happened": "Off until the evening",
        "kind": "wrong or missing work",
        "team": "Field service",
        "customer.name": "Harbour House",
        "customer.vip": "true",
        "occurred_at": "11 Mar 2026 08:25",
        "raised_at": "15:05",
        "known_at": "15:05",
        "told_at": "15:20",
        "impact.customers": "40",
        "impact.customer_min": "4 h 25",
        "impact.customer_cost": "€64.50",
        "fault": "ours",
        "owner": "Service desk lead",
    }.items():
        put(panel, place, text)
    pressed(panel, "Add a moment")
    put(panel, panel.focus["at"], "10:40")
    put(panel, "timeline.m1.text", "The crew cleared the site")

    assert well(panel)
    assert ("15:05", "10:40", "4 h 25 min", "true") == tuple(
        fields(panel)[place]["value"] for place in ("known_at", "timeline.m1.at", "impact.customer_min", "customer.vip")
    )
    assert "We told them what went wrong 15 min after we knew." in texts(panel.view)


def _evaluate(panel):
    put(panel, "impact.harm", "distress")
    put(panel, "impact.trust", "unsure")

    assert well(panel)
    assert "Serious." in texts(panel.view)


def _recover(panel):
    do(panel, "step-done", key="explain-mistake", at="proposed")
    put(panel, "recovery.steps.explain-mistake.at", "15:20")
    put(panel, "recovery.channel", "phone")
    put(panel, "recovery.wording", "We left the main switch unplugged. That was our mistake, and I am sorry.")
    pressed(panel, "Keep it as owed: GBP 64.50" if "GBP 64.50" in str(panel.view) else "Keep it as owed: EUR 64.50")
    put(panel, "recovery.compensation.k1.offered_at", "15:25")
    put(panel, "recovery.compensation.k1.answer", "accepted")
    put(panel, "recovery.resolve.result", "full")
    put(panel, "fixed_at", "15:50")

    assert well(panel)
    assert ("done", "15:20") == (
        steps(panel)["explain-mistake"]["status"],
        fields(panel)["recovery.steps.explain-mistake.at"]["value"],
    )


def _ask_why(panel):
    do(panel, "ask", leg="occurrence")
    for text in ("The main switch was left unplugged", "The sheet asks for no test"):
        node = panel.focus["at"].removeprefix("edit:")
        do(panel, "reword", node=node, text=text)
        do(panel, "evidence", node=node, kind="record", text="Job sheet 88")
        do(panel, "stop", node=node, question="can_act", answer="yes")
        do(panel, "stop", node=node, question="would_have_helped", answer="yes")
        do(panel, "status", node=node, status="confirmed")
        if text.startswith("The main"):
            do(panel, "ask", node=node)
    do(panel, "root", node="w2")

    assert well(panel)
    assert nodes(panel)["w2"]["may_stop"]
    assert "the main switch was left unplugged" == nodes(panel)["w1"]["therefore"]


def _classify(panel):
    do(panel, "trail", place="causes.c1.trail.allowed", value="no")
    put(panel, "causes.c1.category", "system")
    put(panel, "causes.c1.reason", "The sheet does not allow it")
    put(panel, "factors", ["better follow-through"])

    assert well(panel)
    assert "Still possible:" in texts(panel.view)
    assert "system." in texts(panel.view)


def _act(panel):
    do(panel, "plan", cause="c1")
    for name, text in {
        "text": "Test all phones with the customer before leaving",
        "form": "checklist",
        "kind": "preventive",
        "owner": "Field lead",
        "due_on": "27 Mar",
        "done_on": "2026-03-25",
        "done_when": "The new sheet is in every van",
        "effect.measure": "Calls within a day of a job",
        "effect.check_on": "29 May 2026",
        "effect.result": "held",
    }.items():
        put(panel, f"actions.a1.{name}", text)
    pressed(panel, "Add mine")
    put(panel, panel.focus["at"], "Ring at half time")

    assert well(panel)
    (action,) = [block for block in blocks(panel.view) if block.get("t") == "action"]
    assert ("intermediate", True) == (action["strength"], action["summary"]["done"])
    assert ["intermediate"] == [rung["strength"] for rung in action["ladder"] if rung["on"]]
    assert action["stronger"]


def _review(panel):
    put(panel, "summary", "The line was dead for most of a day.")
    do(
        panel,
        "learned",
        place="learned",
        value="The sheet ends before the clearing of the site\n\n  \nTest before you leave",
    )
    for label in ("For the team", "For the manager", "For the customer"):
        pressed(panel, label)

    assert well(panel)


# -- tell -------------------------------------------------------------------------------------------------------------


def test_every_instant_of_the_first_stage_is_told_by_the_first(retro):
    """A time of the day of the incident needs no day; the first one always has its day."""
    panel = retro.stage("tell")
    put(panel, "occurred_at", "11 Mar 2026 08:25")
    put(panel, "known_at", "15:05")
    put(panel, "told_at", "12 Mar 09:00")

    assert ["11 Mar 2026 08:25", "15:05", "12 Mar 09:00"] == [
        fields(panel)[place]["value"] for place in ("occurred_at", "known_at", "told_at")
    ]


def test_the_fields_on_which_money_and_a_name_hang_say_so(retro, store, tmp_path):
    """Whose lost time is meant and from when on it gives a credit, by the rules in force; where the name goes."""
    own = tmp_path / "team.toml"
    own.write_text("[compensation]\ncredit_from_min = 90\n", encoding="utf-8")
    other = open_retrospective(store=store.url, playbook=own, by="Ana")
    helps, theirs = (
        {place: field["help"] for place, field in fields(shown.stage("tell")).items() if "help" in field}
        for shown in (retro, other)
    )

    said = "For one customer, in minutes or 2 h. From {} min on the playbook gives a credit."
    assert [said.format(60), said.format(90)] == [it["impact.customer_min"] for it in (helps, theirs)]
    assert "Leaves the house in the team report, and in the letter to that customer, only." == helps["customer.name"]


def test_an_empty_record_is_asked_nothing_before_a_word_is_typed(retro):
    """Then it is, in two words: what is needed, and what to look at."""
    before = retro.stage("tell").view["findings"]
    retro.type("title", "Off")

    assert [] == before
    assert {"Look at"} == {found["kind"] for found in retro.stage("tell").view["findings"]}


def test_a_moment_is_taken_out_by_its_own_button(retro):
    """And comes back by undo."""
    panel = retro.stage("tell")
    pressed(panel, "Add a moment")
    put(panel, "timeline.m1.text", "Seen")
    do(panel, "drop-moment", key="m1")
    assert () == retro.incident.timeline

    send(panel, "undo")
    assert "Seen" == fields(panel)["timeline.m1.text"]["value"]


# -- evaluate ---------------------------------------------------------------------------------------------------------


def test_a_level_that_is_set_by_hand_stands_beside_the_computed_one(retro):
    """Both are kept; taken back, the computed one stands."""
    panel = retro.stage("evaluate")
    put(panel, "impact.harm", "none")
    put(panel, "evaluation.level", "serious")
    told = " ".join(texts(panel.view["body"]))
    assert "Serious. The answers say minor." in told.replace("  ", " ") or "The answers say minor." in told

    put(panel, "evaluation.level", "")

    assert retro.incident.evaluation.level is None
    assert "Minor." in texts(panel.view)


def test_an_answer_can_be_taken_back_to_not_known(retro):
    """Not known yet is an answer too."""
    panel = retro.stage("evaluate")
    for place in ("impact.harm", "impact.potential_harm", "impact.reputation", "impact.trust"):
        value = fields(panel)[place]["options"][0][0]
        put(panel, place, value)
        assert value == fields(panel)[place]["value"]

        put(panel, place, "")
        assert "" == fields(panel)[place]["value"]


def test_a_question_of_the_teams_own_keeps_its_answer(tmp_path):
    """It has no field of its own in the record, and is known by its id."""
    own = tmp_path / "team.toml"
    own.write_text(
        "[severity.questions]\n"
        "add = [{ id = 'press', ask = 'Did the press ask?', levels = { yes = 'serious' } },"
        " { id = 'calls', ask = 'How many called?', over = { serious = 20 } }]\n",
        encoding="utf-8",
    )
    with open_store(tmp_path / "own.db", clock=lambda: NOW) as plain:
        url = plain.url
    retro = open_retrospective(store=url, playbook=own, by="Ana")
    panel = retro.stage("evaluate")
    do(panel, "reply", place="reply.press", value="yes")
    assert ("yes", "serious") == (fields(panel)["reply.press"]["value"], retro.store.list()[0].severity)

    do(panel, "reply", place="reply.press", value="")
    assert "" == fields(panel)["reply.press"]["value"]

    do(panel, "reply", place="reply.calls", value="21")
    assert ("text", "21", "serious") == (
        fields(panel)["reply.calls"]["kind"],
        fields(panel)["reply.calls"]["value"],
        retro.store.list()[0].severity,
    )
    do(panel, "reply", place="reply.calls", value="a lot")
    (found,) = fields(panel)["reply.calls"]["findings"]
    assert ("“a lot” is no answer to “How many called?”, which stays open", []) == (
        found["text"],
        fields(panel)["reply.press"]["findings"],
    )

    shouted = [{"question": "press", "answer": " YES"}]
    retro.change(lambda incident: changed(incident, evaluation=changed(incident.evaluation, replies=shouted)))
    press = fields(panel)["reply.press"]
    assert ("yes", ["yes", "no"]) == (press["value"], [value for value, _ in press["options"]])
    retro.store.close()


# -- recover ----------------------------------------------------------------------------------------------------------


def test_what_is_owed_follows_from_the_first_stage(retro):
    """It is offered once, kept with its reason, and can be taken out again."""
    panel = retro.stage("recover")
    assert "Nothing owed so far." in texts(panel.view)

    retro.type("impact.customer_cost", "64.50")
    retro.type("impact.customer_min", "2 h")
    pressed(panel, "Keep it as owed: EUR 64.50")
    pressed(panel, "Keep it as owed: EUR 20")
    kept = {item.kind: item.owed for item in retro.incident.recovery.compensation}
    assert {"reimbursement": Decimal("64.50"), "service credit": Decimal("20.00")} == kept
    assert not [block for block in blocks(panel.view) if str(block.get("label", "")).startswith("Keep it")]

    do(panel, "drop-owed", key="k1")
    assert ["k2"] == [item.id for item in retro.incident.recovery.compensation]


def test_over_the_limit_somebody_has_to_approve(retro):
    """The field for it appears with the amount, and stays once it is filled."""
    panel = retro.stage("recover")
    pressed(panel, "Add something else")
    put(panel, "recovery.compensation.k1.owed", "20")
    assert "recovery.compensation.k1.approved_by" not in fields(panel)

    put(panel, "recovery.compensation.k1.owed", "900")
    put(panel, "recovery.compensation.k1.approved_by", "Manager")
    put(panel, "recovery.compensation.k1.owed", "20")

    assert "Manager" == fields(panel)["recovery.compensation.k1.approved_by"]["value"]


def test_an_unfit_channel_asks_for_its_reason(retro):
    """Only an unfit one."""
    panel = retro.stage("recover")
    put(panel, "recovery.channel", "phone")
    assert "recovery.channel_reason" not in fields(panel)

    put(panel, "recovery.channel", "e-mail")
    assert "recovery.channel_reason" in fields(panel)


def test_the_procedure_can_be_chosen_and_left_to_the_fault_again(retro):
    """Its steps follow."""
    panel = retro.stage("recover")
    assert 13 == sum(bool(row["number"]) for row in steps(panel).values())

    put(panel, "recovery.procedure", "four-steps")
    assert 4 == len(steps(panel))

    put(panel, "recovery.procedure", "")
    retro.put("fault", "customer")
    assert "explain-mistake" not in steps(panel)


def test_the_level_is_explained_in_the_units_that_were_typed(retro):
    """Hours stay hours, and money has its currency."""
    panel = retro.stage("evaluate")
    put(panel, "impact.customer_min", "1 h 19 min")
    put(panel, "impact.our_cost", "1200")

    told = " ".join(text for block in blocks(panel.view) if block.get("t") == "lines" for text in block["items"])

    assert "1 h 19 min: moderate." in told
    assert "1200 EUR: moderate." in told


def test_the_clocks_of_a_record_can_be_those_of_another_place(retro):
    """The instants stay; what is shown and typed from then on is in that zone."""
    panel = retro.stage("tell")
    put(panel, "zone", "Europe/London")
    put(panel, "occurred_at", "18 Apr 2018 13:30 CEST")
    london = fields(panel)["occurred_at"]["value"]
    put(panel, "zone", "Europe/Berlin")

    assert "18 Apr 2018 12:30" == london
    assert "18 Apr 2018 13:30" == fields(panel)["occurred_at"]["value"]


def test_times_that_were_typed_before_the_zone_can_keep_their_readings(retro):
    """What the change did is said beneath the zone, which stands before the first time; and undone like every deed."""
    panel = retro.stage("tell")
    put(panel, "zone", "Etc/UTC")
    put(panel, "occurred_at", "11 Mar 2026 16:30")
    before = fields(panel)["zone"]["help"]
    put(panel, "zone", "Europe/Berlin")
    said = fields(panel)["zone"]["help"]
    pressed(panel, "Keep the clock times as typed")
    kept = fields(panel)["occurred_at"]["value"]
    places = list(fields(panel))

    assert "The times stay the same moments: what was typed as 16:30 reads 17:30 now." == said
    assert ("11 Mar 2026 16:30", before) == (kept, fields(panel)["zone"]["help"])
    assert places.index("zone") + 1 == places.index("occurred_at")
    retro.undo()
    assert ("11 Mar 2026 17:30", said) == (fields(panel)["occurred_at"]["value"], fields(panel)["zone"]["help"])


def test_a_role_that_saw_one_moment_is_offered_for_the_next(retro):
    """Each once, in the order in which they were told."""
    panel = retro.stage("tell")
    for number in ("m1", "m2"):
        do(panel, "add-moment")
        put(panel, f"timeline.{number}.seen_by", "Operator on call")
    put(panel, "owner", "Service desk lead")

    assert ["Operator on call", "Service desk lead"] == fields(panel)["timeline.m2.seen_by"]["list"]


def test_words_that_may_be_heard_otherwise_are_told_and_kept(retro):
    """A hint never blocks."""
    panel = retro.stage("recover")
    put(panel, "recovery.wording", "I am sorry if you feel that way")

    (finding,) = fields(panel)["recovery.wording"]["findings"]
    (words,) = [block for block in blocks(panel.view) if block.get("t") == "saying"]

    assert "2 places may be heard amiss: “sorry if you”, no admission yet" == finding["text"]
    assert ["a", "-"] == [place["letter"] for place in words["heard"]]
    assert "I am sorry if you feel that way" == retro.incident.recovery.wording


# -- why --------------------------------------------------------------------------------------------------------------


def test_asking_gives_an_empty_why_and_the_focus_to_write_in_it(retro):
    """Under a node, beside it, or first of a leg."""
    panel = retro.stage("why")
    for wish, args in (("ask", {"leg": "detection"}), ("ask", {"node": "w1"}), ("beside", {"node": "w2"})):
        do(panel, wish, **args)
    do(panel, "beside", node="w1")

    assert "edit:w4" == panel.focus["at"]
    assert [("w1", None), ("w2", "w1"), ("w3", "w1"), ("w4", None)] == [
        (why.id, why.parent) for why in retro.incident.whys
    ]
    assert {"detection"} == {whys.leg_of(retro.incident, why.id) for why in retro.incident.whys}
    assert {"w1": "D1", "w2": "D1.1", "w3": "D1.2", "w4": "D2"} == {
        name: node["label"] for name, node in nodes(panel).items()
    }


def test_the_focus_goes_to_the_neighbour_of_a_why_that_is_taken_out(tree):
    """The next sibling, else the one before, else the parent, else nowhere."""
    do(tree, "beside", node="w2")
    for node, near in (("w3", "w4"), ("w4", "w2"), ("w2", "w1")):
        do(tree, "remove", node=node)

        assert f"node:{near}" == tree.focus["at"]
    last = tree.focus
    do(tree, "remove", node="w1")

    assert last == tree.focus
    assert () == tree.meeting.incident.whys


def test_taking_out_a_branch_takes_all_below_and_undo_brings_it_back(tree):
    """With the root that was marked there."""
    do(tree, "root", node="w2")
    before = tree.meeting.incident
    do(tree, "remove", node="w1")
    assert ((), ()) == (tree.meeting.incident.whys, tree.meeting.incident.causes)

    send(tree, "undo")

    assert (before.whys, before.causes) == (tree.meeting.incident.whys, tree.meeting.incident.causes)


def test_a_why_is_possible_confirmed_or_ruled_out(tree):
    """And stays in sight."""
    for status in ("confirmed", "ruled out", "possible"):
        do(tree, "status", node="w2", status=status)

        assert status == nodes(tree)["w2"]["status"]
    do(tree, "status", node="w2", status="perhaps")

    assert "possible" == nodes(tree)["w2"]["status"]
    assert tree.head["trouble"]


def test_a_root_is_marked_and_unmarked_by_the_same_key(tree):
    """A possible one says so."""
    do(tree, "root", node="w2")
    assert {"category": "unclassified", "possible": True} == nodes(tree)["w2"]["root"]
    assert ["1 root", "not asked yet", "not asked yet"] == [leg["roots"] for leg in block_of(tree)["legs"]]

    do(tree, "status", node="w2", status="confirmed")
    assert not nodes(tree)["w2"]["root"]["possible"]

    do(tree, "root", node="w2")
    assert nodes(tree)["w2"]["root"] is None


def test_causes_below_a_why_are_joined_by_and_or_or(tree):
    """The key turns it."""
    for how in ("and", "or"):
        do(tree, "join", node="w1")

        assert how == nodes(tree)["w1"]["join"]


def test_siblings_change_places_and_the_focus_goes_along(tree):
    """At the end of the row nothing happens."""
    do(tree, "shift", node="w2", by=1)
    assert ["w3", "w2"] == [child["id"] for child in nodes(tree)["w1"]["children"]]
    assert "node:w2" == tree.focus["at"]

    do(tree, "shift", node="w2", by=1)
    assert ["w3", "w2"] == [child["id"] for child in nodes(tree)["w1"]["children"]]

    do(tree, "shift", node="w2", by=-1)
    assert ["w2", "w3"] == [child["id"] for child in nodes(tree)["w1"]["children"]]


def test_evidence_is_added_and_taken_away(tree):
    """An empty line adds nothing."""
    do(tree, "evidence", node="w2", kind="record", text=" Job sheet 88 ")
    do(tree, "evidence", node="w2", kind="data", text="4 of 11 sites")
    do(tree, "evidence", node="w2", kind="quote", text="   ")
    assert [("record", "Job sheet 88"), ("data", "4 of 11 sites")] == [
        (item["kind"], item["text"]) for item in nodes(tree)["w2"]["evidence"]
    ]

    do(tree, "drop-evidence", node="w2", index=0)
    assert ["4 of 11 sites"] == [item["text"] for item in nodes(tree)["w2"]["evidence"]]

    do(tree, "drop-evidence", node="w2", index=5)
    assert tree.head["trouble"]


def test_three_yeses_say_that_a_why_may_stand_as_a_root(tree):
    """Two answers and a piece of evidence; an answer can be taken back."""
    do(tree, "stop", node="w2", question="can_act", answer="yes")
    do(tree, "stop", node="w2", question="would_have_helped", answer="yes")
    assert not nodes(tree)["w2"]["may_stop"]

    do(tree, "evidence", node="w2", kind="record", text="Job sheet 88")
    assert nodes(tree)["w2"]["may_stop"]

    do(tree, "stop", node="w2", question="can_act", answer="")
    assert ("", "yes", False) == tuple(nodes(tree)["w2"][name] for name in ("can_act", "would_have_helped", "may_stop"))


def test_answers_of_two_people_to_the_stop_test_are_both_kept(tree, store):
    """Each answers one question."""
    ben = Retrospective(store, by="Ben")
    ben.open(tree.meeting.incident.id)
    do(ben.stage("why"), "stop", node="w2", question="can_act", answer="yes")
    do(tree, "stop", node="w2", question="would_have_helped", answer="no")

    assert ("yes", "no") == tuple(nodes(tree)["w2"][name] for name in ("can_act", "would_have_helped"))


def test_a_node_that_is_gone_is_told(tree):
    """A near one is offered, or those that are there."""
    for deed, args in (("reword", {"text": "x"}), ("remove", {}), ("root", {}), ("ask", {}), ("join", {})):
        do(tree, deed, node="w9", **args)

        assert "no why 'w9'" in tree.head["trouble"]


def test_the_tree_says_whether_there_is_something_to_undo(tree):
    """The buttons are off where there is nothing."""
    block = block_of(tree)
    assert (True, False) == (block["can_undo"], block["can_redo"])

    send(tree, "undo")

    assert (True, True) == tuple(block_of(tree)[name] for name in ("can_undo", "can_redo"))


# -- classify ---------------------------------------------------------------------------------------------------------


def test_the_answers_narrow_the_kinds_down_and_stay_as_the_reason(tree):
    """Taken back, everything is possible again; against each other, nothing is."""
    do(tree, "root", node="w2")
    panel = tree.meeting.stage("classify")
    do(panel, "trail", place="causes.c1.trail.able", value="yes")
    do(panel, "trail", place="causes.c1.trail.informed", value="yes")
    assert "motivation or system." in texts(panel.view)

    do(panel, "trail", place="causes.c1.trail.ours", value="no")
    assert "Nothing is left." in texts(panel.view)

    for question in ("able", "informed", "ours"):
        do(panel, "trail", place=f"causes.c1.trail.{question}", value="")
    assert () == tree.meeting.incident.causes[0].trail


def test_changing_one_answer_leaves_the_others_where_they_are(tree):
    """The order of the questions is the order of the trail."""
    do(tree, "root", node="w2")
    panel = tree.meeting.stage("classify")
    for question, answer in (("able", "yes"), ("peer", "no"), ("able", "no")):
        do(panel, "trail", place=f"causes.c1.trail.{question}", value=answer)

    assert [("able", "no"), ("peer", "no")] == [
        (reply.question, reply.answer) for reply in tree.meeting.incident.causes[0].trail
    ]


def test_a_kind_can_be_taken_back(tree):
    """The root is unclassified again, shown and not dropped."""
    do(tree, "root", node="w2")
    panel = tree.meeting.stage("classify")
    put(panel, "causes.c1.category", "system")
    put(panel, "causes.c1.category", "")

    assert tree.meeting.incident.causes[0].category is None
    assert "No root yet." not in texts(panel.view)


def test_without_a_root_the_stage_says_where_one_comes_from(retro):
    """No empty screen."""
    assert "No root yet." in texts(retro.stage("classify").view)


# -- act --------------------------------------------------------------------------------------------------------------


def test_an_action_answers_the_root_it_was_added_under(tree):
    """One that answers none stands apart, as done at once."""
    do(tree, "root", node="w2")
    panel = tree.meeting.stage("act")
    do(panel, "plan", cause="c1")
    do(panel, "plan", cause="")

    assert [(("c1",), "corrective"), ((), "immediate")] == [
        (action.causes, action.kind) for action in tree.meeting.incident.actions
    ]


def test_a_root_can_be_accepted_as_it_is(tree):
    """With a reason, as long as no action answers it."""
    do(tree, "root", node="w2")
    panel = tree.meeting.stage("act")
    put(panel, "causes.c1.accepted_because", "The old tester goes in May")
    assert "The old tester goes in May" == tree.meeting.incident.causes[0].accepted_because

    do(panel, "plan", cause="c1")
    assert "causes.c1.accepted_because" not in fields(panel)


def test_an_action_whose_root_is_gone_is_still_there(tree):
    """Among the others."""
    do(tree, "root", node="w2")
    panel = tree.meeting.stage("act")
    do(panel, "plan", cause="c1")
    put(panel, "actions.a1.text", "Test all phones")
    do(tree, "root", node="w2")

    assert "Test all phones" == fields(panel)["actions.a1.text"]["value"]


def test_a_commitment_is_added_and_taken_out(retro):
    """Nobody has to."""
    panel = retro.stage("act")
    assert "Nobody has to. Whoever wants to adds a line." in texts(panel.view)

    pressed(panel, "Add mine")
    put(panel, "commitments.p1.text", "Ring at half time")
    pressed(panel, "Take it out")

    assert () == retro.incident.commitments


# -- review -----------------------------------------------------------------------------------------------------------


def test_a_record_without_a_word_has_no_report(retro):
    """It says what to do instead."""
    panel = retro.stage("review")

    assert "Say in stage 1 what went wrong, then there is something to report." in texts(panel.view)
    assert "report" not in {block.get("do") for block in blocks(panel.view)}


def test_what_is_still_to_look_at_ends_as_a_sentence(retro):
    """A question keeps its own sign; nothing else goes without one."""
    retro.type("title", "Bent fork")
    tree = retro.stage("why")
    do(tree, "ask", leg="occurrence")
    do(tree, "reword", node="w1", text="Somebody forgot the straps")
    told = [text for text in texts(retro.stage("review").view) if text.startswith("Ask why: ")]

    assert any(text.endswith("?") for text in told)
    assert not any(text.endswith(("?.", "..")) for text in told)


def test_the_file_for_the_manager_has_no_word_of_the_customer_in_its_name(retro, tmp_path, monkeypatch):
    """Where records were taken over from elsewhere, an id may hold the name."""
    monkeypatch.chdir(tmp_path)
    kept = retro.store.save(Incident(id="Miller-7", title="Late", customer={"name": "Miller"}), by="Ana")
    retro.open(kept.id)
    do(retro.stage("review"), "report", audience="manager")

    assert ["The customer-7-manager.html"] == [file.name for file in tmp_path.rglob("*.html")]


def test_a_report_that_can_not_be_written_is_told(retro, tmp_path, monkeypatch):
    """A file stands where the folder should be."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reports").write_text("in the way", encoding="utf-8")
    panel = retro.stage("review")
    retro.type("title", "Phone off")
    sent = asked(panel)
    pressed(panel, "For the team")

    assert panel.head["trouble"]
    assert [] == sent


def test_what_is_still_to_look_at_names_its_stage(retro):
    """And hints are only counted."""
    panel = retro.stage("review")
    retro.type("title", "Phone off")
    retro.open(retro.store.save(changed(retro.incident, state="closed"), by=retro.by).id)

    told = [text for block in blocks(panel.view) if block.get("t") == "lines" for text in block["items"]]

    names = tuple(f"{item['name']}: " for item in panel.view["stages"])
    assert any(text.startswith(names) for text in told)
