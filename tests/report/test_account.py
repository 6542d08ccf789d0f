"""The report for the team and for managers: the summary exactly, the page by its words, the template by its parts."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from postmortem.record import Incident
from postmortem.record.edit import changed
from postmortem.record.incident import RecoveryStep
from postmortem.report import incident_summary, render
from postmortem.report.summary import ActionRow, Fact, Promise, RootMark, SourceMark


def test_the_facts_say_how_bad_what_it_cost_whose_it_is_and_where_it_stands(told):
    """Eight facts stand at the top, each with what explains it."""
    facts = {fact.name: fact for fact in told().facts}

    assert facts["Severity"] == Fact(name="Severity", said="Serious", note="time each lost: 6 h 55 min")
    assert facts["Fault, owner"].note == "owner: Ferdinand Quill; they knew first"
    assert facts["Told them"] == Fact(name="Told them", said="After they raised it", note="7 min after we knew")
    assert facts["Customer"] == Fact(
        name="Customer", said="Harbour House", note="Wilma Brackett, 01632 960200; one we take special care of"
    )
    assert "next effect check 30 Jun 2026" in facts["State"].note


@pytest.mark.parametrize(("audience", "who"), [("team", "Harbour House"), ("manager", "The customer")])
def test_a_record_that_was_opened_again_says_why(told, audience, who):
    """R39: beside its state, and without the customer's name for a manager."""
    again = told(audience, state="reopened", reopened_because="Harbour House rang again")
    (state,) = [fact for fact in again.facts if fact.name == "State"]

    assert state.said == "Reopened"
    assert f"opened again because: {who} rang again" in state.note


@pytest.mark.parametrize(
    ("audience", "who"), [("team", "Harbour House"), ("manager", "The customer"), ("customer", "")]
)
def test_why_less_than_the_rules_give_was_decided_is_for_us(told, audience, who):
    """R18: the team and managers read the reason beside the sum; a letter to the customer never says it."""
    item = {"kind": "service credit", "owed": 0, "because": "Harbour House asked for a call instead"}
    small = {"kind": "goodwill", "owed": 20, "offered": 500, "approved_by": "Shift lead", "approved_amount": 20}
    items = [{"id": "k1", **item}, {"id": "k2", **small}]
    page = render(told(audience, impact={"customers": 9, "customer_min": 60}, recovery={"compensation": items}), "md")
    gives = "owed EUR 0, EUR 90 by the playbook, decided otherwise because "

    assert (audience != "customer") == (f"Service credit: {gives}{who} asked for a call instead" in page)
    assert (audience != "customer") == ("asked for a call instead" in page)
    assert (audience != "customer") == ("offered EUR 500, no answer yet, approved by Shift lead for EUR 20" in page)


@pytest.mark.parametrize(
    ("item", "line"),
    [
        ({"kind": "service credit"}, "owed EUR 0, not offered yet, EUR 90 by the playbook, why less is not said"),
        ({"kind": "service credit", "because": "one family"}, "owed EUR 0, EUR 90 by the playbook, decided otherwise"),
        ({"kind": "reimbursement", "because": "half"}, "not offered yet, EUR 64 by the playbook, decided otherwise"),
    ],
)
def test_nothing_is_called_decided_that_still_is_to_be_offered(told, item, line):
    """R18: a reason decides; what they paid waits for an approval too, and the report says that it is missing."""
    owed = {"compensation": [{"id": "k1", "owed": 0, **item}]}
    page = render(told("team", impact={"customers": 9, "customer_min": 60, "customer_cost": 64}, recovery=owed), "md")

    assert line in page
    assert ("not approved yet" in page) == (item["kind"] == "reimbursement")


@pytest.mark.parametrize(
    ("customers", "minutes", "said", "note"),
    [
        (9, 415, "2 days 14 h", "9 customers \N{MULTIPLICATION SIGN} 6 h 55 min"),
        (1, 415, "6 h 55 min", "1 customer affected"),
        (None, 415, "6 h 55 min", ""),
        (9, None, "Not known", "9 customers affected"),
    ],
)
def test_lost_time_is_that_of_all_and_says_how_it_is_made(told, customers, minutes, said, note):
    """Minutes are told for each customer (R5); the sum stands with its two parts."""
    impact = {"customers": customers, "customer_min": minutes}
    facts = {fact.name: fact for fact in told(impact=impact).facts}

    assert Fact(name="Lost by customers", said=said, note=note) == facts["Lost by customers"]


@pytest.mark.parametrize("summary", ["", "The rooms stayed cold."])
def test_what_was_expected_is_said_once(told, summary):
    """It belongs to what happened, not into the figure of what was lost."""
    page = render(told("manager", summary=summary, impact={"expected": "Warm rooms by six", "customer_min": 5}), "md")

    assert 1 == page.count("Warm rooms by six")


@pytest.mark.parametrize("audience", ["team", "manager"])
def test_the_apologies_that_are_said_to_be_bold_are_bold_in_markdown_too(told, audience):
    """The sentence above the steps counts them; whoever looks for them finds as many."""
    page = render(told(audience, recovery={"steps": [{"id": "apologise", "status": "done"}]}), "md")
    steps = page.split("## How we handled it")[1].split("\n## ")[0]

    assert "The four apologies stand in bold." in steps
    assert 4 == steps.count(" | **")


def test_instants_are_shown_in_the_zone_of_the_incident(told):
    """What is kept in UTC is read in Berlin, the day said once."""
    moments = told().timeline.moments

    assert ["2 Mar 2026, 08:40", "15:05", "15:35"] == [seen.when for seen in moments]
    assert "2026-03-02T08:40:00+01:00" == moments[0].iso


def test_the_timeline_says_how_long_nobody_knew_and_how_long_the_repair_took(told):
    """The two spans stand as a sentence, and in the drawing where there is room for them."""
    timeline = told().timeline

    assert "6 h 25 min passed before anyone here knew; 30 min later it was put right." == timeline.sentence
    assert ["not known to us: 6 h 25 min"] == [label.text for label in timeline.band.inside]
    assert ["unknown", "ours"] == [part.kind for part in timeline.band.segments]


def test_words_in_the_drawing_never_meet(told):
    """No two labels of one row overlap, whatever lies close together."""
    labels = [label for label in told().timeline.band.labels if label.bold]
    spans = sorted(
        (label.y, label.x - len(label.text) * 7, label.x)
        if label.anchor == "end"
        else (label.y, label.x, label.x + len(label.text) * 7)
        for label in labels
    )

    assert 4 == len(labels)
    assert all(one[0] != other[0] or one[2] <= other[1] for one, other in pairwise(spans))


@pytest.mark.parametrize(
    "minutes", [(1, 2, 3, 900), (7, 9, 23, 908), (0, 0, 1, 900), (870, 895, 897, 900), (450, 451, 455, 900)]
)
def test_no_stem_runs_through_words_however_close_the_moments_lie(told, minutes):
    """Minutes apart at either edge of a day, or in its middle: every stem goes up beside the words below it."""
    names = ("known_at", "raised_at", "told_at", "fixed_at")
    began = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    times = {name: began + timedelta(minutes=minute) for name, minute in zip(names, minutes, strict=True)}
    band = told(occurred_at=began, **times).timeline.band
    sides = {"start": (0, 7), "end": (-7, 0)}
    words = [
        (label.y, *(label.x + len(label.text) * side for side in sides[label.anchor]))
        for label in band.labels
        if label.bold
    ]

    assert [] == [
        (stem.x, left, right)
        for stem in band.stems
        for y, left, right in words
        if stem.top < y and left < stem.x < right
    ]


def test_one_instant_makes_no_drawing(told):
    """A line with one end has no scale; the moments are told in words alone."""
    summary = told(known_at=None, raised_at=None, told_at=None, fixed_at=None)

    assert summary.timeline.band is not None  # it is still open, so the line runs on from its beginning
    assert told(occurred_at=None, known_at=None, raised_at=None, told_at=None, fixed_at=None).timeline.band is None


def test_the_cause_map_keeps_forks_joins_and_roots(told):
    """A fork is indented, what belongs together says and, a ruled-out answer stays, a root has its kind."""
    occurrence, detection = told().legs
    cards = {card.label: card for card in occurrence.cards}

    assert ["O1", "O1.1", "O1.1.1", "O1.2"] == [card.label for card in occurrence.cards]
    assert ("and", "O1.1", 1, "ruled out") == (
        cards["O1.2"].link,
        cards["O1.2"].beside,
        cards["O1.2"].indent,
        cards["O1.2"].status,
    )
    assert RootMark(id="c1", category="system", mark="system") == cards["O1.1.1"].root
    assert "unclassified" == detection.cards[0].root.category


def test_a_tree_of_five_hundred_whys_in_a_row_is_laid_out(playbook, now):
    """Depth is a result, not a limit: the map is flat however deep the tree is."""
    chain = [{"id": f"w{n}", "text": f"because {n}", **({"parent": f"w{n - 1}"} if n else {})} for n in range(500)]
    summary = incident_summary(Incident(title="Deep", whys=chain), playbook, audience="team", now=now)

    assert 500 == len(summary.legs[0].cards)
    assert "because 499" in render(summary, "html")


def test_an_action_says_its_strength_its_owner_and_how_late_it_is(told):
    """Strength follows from the form; ten days past its day is said in days."""
    first = told().actions[0]

    assert isinstance(first, ActionRow)
    assert ("stronger", 3, "overdue", "10 days late", "due 10 Mar 2026") == (
        first.strength,
        first.boxes,
        first.state,
        first.late,
        first.when,
    )


def test_the_thirteen_steps_show_what_came_late_and_out_of_order(told):
    """Every step stands there, done or not; the four apologies are marked, and a part of a step has no number."""
    handling = told().handling

    assert list(range(1, 14)) == [step.number for step in handling.steps if not step.is_part]
    assert ["Offer to follow up if it takes longer"] == [step.text for step in handling.steps if step.is_part]
    assert 4 == sum(step.apology for step in handling.steps)
    assert handling.sentence.startswith("3 of 13 steps done, 1 not needed")
    assert "not needed: it was declined" in handling.steps[9].notes


def test_private_commitments_stay_private(told):
    """Only what somebody allowed to be read is in the summary (R38)."""
    summary = told()

    assert (Promise(text="I look at the switch before I leave", who="Ola Zimt"),) == summary.promises
    assert "more breaks" not in summary.model_dump_json()


def test_the_team_is_told_how_many_findings_are_open_and_managers_are_not(told):
    """The review's count is the team's own business."""
    state = {audience: told(audience).facts[3].note for audience in ("team", "manager")}

    assert "to look at" in state["team"]
    assert "to look at" not in state["manager"]


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("happened", "Nobody has told it moment by moment yet."),
        ("why", "Nobody has asked why yet."),
        ("causes", "Nobody has asked why yet, so there is no root."),
        ("actions", "Nothing is planned yet."),
        ("handling", "No step is noted yet."),
        ("learned", "Nothing is written down yet."),
    ],
)
def test_an_empty_section_is_one_plain_sentence(playbook, now, read, section, words):
    """An incident of which only the title is known has a whole page all the same."""
    summary = incident_summary(Incident(title="Line dead"), playbook, audience="team", now=now)
    page = read(render(summary, "html"))

    assert page.of("section", id=section)
    assert words in page.text


def test_the_page_has_every_section_in_the_order_of_the_work(told, read):
    """Headings come in one order: what happened, why, causes, actions, handling, learned."""
    page = read(render(told(), "html"))

    assert ["happened", "why", "causes", "actions", "handling", "learned", "checklists", "beside"] == [
        found["id"] for found in page.of("section", class_="section")
    ]


def test_the_page_says_in_words_what_it_draws(told, read):
    """Category, strength, lateness and effect each stand there as a word."""
    text = read(render(told(), "html")).text

    for words in ("system", "unclassified", "stronger", "weaker", "10 days late", "not held", "ruled out", "✓ done"):
        assert words in text
    assert "The day's plan" not in text


def test_the_drawing_has_its_words_for_who_does_not_see_it(told, read):
    """The drawing is an image with a name that tells the instants."""
    (drawing,) = read(render(told(), "html")).of("svg", role="img")

    assert "2 Mar 2026, 08:40" not in drawing["aria-label"]
    assert "08:40 it began; 15:05 they told us; 15:12 we told them; 15:35 put right." == drawing["aria-label"]


@pytest.mark.parametrize(("audience", "who"), [("team", "they"), ("customer", "you")])
def test_whoever_was_told_before_asks_and_tells_us_nothing(told, incident, read, audience, who):
    """Their question comes after our word, so we did not learn of it from them (R1)."""
    later = incident.told_at + timedelta(minutes=10)
    (drawing,) = read(render(told(audience, raised_at=later), "html")).of("svg", role="img")

    assert f"15:22 {who} asked" in drawing["aria-label"]
    assert f"{who} told us" not in drawing["aria-label"]


def test_a_category_is_a_shape_and_a_word_as_well_as_a_colour(told, read):
    """Beside every mark stands its word; the mark itself is silent."""
    page = read(render(told(), "html"))
    marks = page.of("svg", class_="mark")

    assert marks
    assert all(mark["aria-hidden"] == "true" for mark in marks)
    assert page.of("li", class_="k-system")


def test_a_source_is_a_link_only_where_it_leads_to_a_web_page(told, read):
    """Any other address is shown as text, or not at all."""
    web = told()
    other = told(source={"system": "crm", "key": "C-1042", "url": "javascript:alert(1)"})

    assert SourceMark(text="crm C-1042", url="https://crm.example/C-1042") == web.source
    assert ["https://crm.example/C-1042"] == [link["href"] for link in read(render(web, "html")).of("a")]
    assert [] == read(render(other, "html")).of("a")


def test_the_same_record_gives_the_same_bytes(incident, playbook, now):
    """Nothing random and no clock: two reports of one record are one report."""
    once, twice = (
        render(incident_summary(incident, playbook, audience="team", now=now), kind) for kind in ("html", "html")
    )

    assert once == twice


def test_the_json_is_the_summary_itself(told):
    """What the page shows can be read by a program, with the shape named."""
    data = json.loads(render(told(), "json"))

    assert ("review", "team", 6) == (data["kind"], data["audience"], data["revision"])
    assert "Harbour House" == next(fact["said"] for fact in data["facts"] if fact["name"] == "Customer")


def test_a_level_set_by_hand_stands_beside_the_computed_one(told, incident):
    """Both levels are told, with the reason (R8)."""
    evaluation = changed(incident.evaluation, level="critical", reason="the lift phone was off")
    severity = told(evaluation=evaluation).facts[0]

    assert "Critical" == severity.said
    assert "set by hand: the lift phone was off; the answers say serious" == severity.note


def test_what_was_said_stands_talk_by_talk(told, incident):
    """When, by which way, by whom, in which words; then the words for the next talk, which nobody has said yet."""
    steps = (
        *incident.recovery.steps,
        RecoveryStep(id="follow-up", status="done", at="2026-03-07T09:00+01:00", words="All well?"),
    )
    notes = told(recovery=changed(incident.recovery, steps=steps)).handling.notes

    assert (
        (
            "What was said (2 Mar 2026, 15:12, by phone, Night desk): “We left your main switch unplugged. That was "
            "our mistake, and I am sorry. Ms Brackett, Ola Zimt gives you a lift at noon.”"
        ),
        "What was said (7 Mar 2026, 09:00): “All well?”",
        "Words for the next talk: “Ola Zimt can show Wilma Brackett the switch.”",
    ) == notes[1:4]


def test_a_record_of_before_tells_its_words_as_ever(told, incident):
    """They stood in the field, without a talk."""
    first = changed(incident.recovery.steps[0], words="")
    before = changed(incident.recovery, steps=(first, *incident.recovery.steps[1:]))

    assert "What was said: “Ola Zimt can show Wilma Brackett the switch.”" in told(recovery=before).handling.notes


def test_a_manager_reads_what_was_said_without_the_customer(told):
    """Their name is gone from the words of every talk (R41)."""
    notes = " ".join(told("manager").handling.notes)

    assert "The customer, Ola Zimt gives you a lift" in notes
    assert "Brackett" not in notes
