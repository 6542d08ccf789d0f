"""The words to the customer: what is proposed from the record, and how given words may be heard (R13 to R16, R20)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postmortem.record import offering, saying
from postmortem.record.blanks import blanks
from postmortem.record.incident import (
    Action,
    Compensation,
    Customer,
    Impact,
    Incident,
    Recovery,
    RecoveryStep,
    Resolve,
    Why,
)
from postmortem.record.phrases import has, heard
from postmortem.record.playbook import Playbook, default_playbook, load_playbook
from postmortem.record.reading import incident_from
from postmortem.record.review import review
from postmortem.record.wordbook import PARTS
from tests.strategies import incidents

if TYPE_CHECKING:
    from postmortem.record.vocabulary import Fault

DATA = Path(__file__).parents[2] / "data"
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
TONES = tuple(default_playbook().wording.tones)
SAMPLES = sorted((DATA / "samples").glob("*.json"))
FAULTS = ("ours", "shared", "customer", "third party", "not yet known")

LEFT = Incident(
    title="Phone and internet off",
    id="2026-031",
    fault="ours",
    zone="Europe/Berlin",
    currency="EUR",
    team="Field service",
    occurred_at=datetime(2026, 3, 11, 7, 25, tzinfo=UTC),
    raised_at=datetime(2026, 3, 11, 14, 20, tzinfo=UTC),
    fixed_at=datetime(2026, 3, 11, 14, 50, tzinfo=UTC),
    impact=Impact(
        expected="A few hours without a line.",
        happened="We left without plugging your main switch back in.",
        customer_min=445,
        customer_cost=64,
    ),
)
MOCK = (
    "We are sorry for any misunderstanding about the time. If this caused trouble we apologise, "
    "but the crew had three jobs that day. It will not happen again."
)


@pytest.fixture(scope="module")
def german(tmp_path_factory) -> Playbook:
    """The default rules, with the words of the German example."""
    file = tmp_path_factory.mktemp("team") / "team.toml"
    file.write_text(f"[wording]\ntemplates = '{DATA / 'wording' / 'de.toml'}'\n", encoding="utf-8")
    return load_playbook(file)


def talks(incident: Incident, playbook: Playbook) -> list[list[str]]:
    """The steps one may word: what comes next, each alone, all at once."""
    each = [step.rule.id for step in saying.speaking_steps(incident, playbook, NOW)]
    following = [step.rule.id for step in saying.next_steps(incident, playbook, NOW)]
    return [following, each, *([name] for name in each)]


def hints(incident: Incident, playbook: Playbook, tone: str) -> list[tuple[str, str, str]]:
    """What the check says of every proposal, with the proposal."""
    return [
        (phrase.group, phrase.text, text)
        for steps in talks(incident, playbook)
        if (text := saying.proposal(incident, playbook, steps=steps, tone=tone).text)
        for phrase in heard(text, playbook, incident.fault)
    ]


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.stem)
def test_every_proposal_of_every_sample_passes_the_check(file: Path, tone: str, playbook: Playbook):
    """In every tone, for every step: what is proposed is not hinted at."""
    incident = incident_from(file.read_text(encoding="utf-8"))

    assert [] == hints(incident, playbook, tone)


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.stem)
def test_every_proposal_of_every_sample_reads_as_sentences_and_promises_no_wish(
    file: Path, tone: str, playbook: Playbook
):
    """What happened is told in a sentence of its own, and nobody is promised that we will be careful (R35)."""
    incident = incident_from(file.read_bytes(), file.name)
    told = blanks(incident, playbook).filled
    text = saying.proposal(incident, playbook, parts=PARTS, tone=tone).text

    assert bool(incident.impact.happened) == ("told" in told)
    assert incident.impact.happened.rstrip(".") in text
    assert not has(text, "wish", playbook)
    assert not re.search(r"[.!?] [a-z]", text)


def test_a_wish_is_no_promise_to_a_customer(playbook: Playbook):
    """The next action that can be seen is told; where there is none, that we are working it out."""
    wish = Action(id="a1", text="Be careful with seals", kind="preventive")
    seen = Action(id="a2", text="Ring every line before leaving")
    alone = LEFT.model_copy(update={"actions": (wish,)})
    both = LEFT.model_copy(update={"actions": (wish, seen)})

    assert "ring every line before leaving" in saying.proposal(both, playbook, parts=["prevention"]).text
    assert "We are working out" in saying.proposal(alone, playbook, parts=["prevention"]).text
    assert "The action is a wish" in blanks(alone, playbook).missing["action"]


@settings(deadline=None, max_examples=60)
@given(incidents())
def test_every_proposal_of_any_record_passes_the_check(incident: Incident):
    """Whatever was typed into it, and whosever mistake it was."""
    for fault in FAULTS:
        one = incident.model_copy(update={"fault": fault})
        for tone in TONES:
            assert [] == hints(one, default_playbook(), tone)


LOADED = st.sampled_from(
    (
        "But the crew was busy",
        "The system failed",
        "Tom forgot it",
        "Sorry if this upset anybody",
        "Our supplier was late",
        "Because of the rain, the road was shut",
        "We were shut, due to high demand",
        "My colleague",
        "Any inconvenience",
        "{told}",
        "{nothing",
        "We cut it. But why?!",
        "not our mistake",
        "We left the switch off",
        "Head office",
        "Nothing",
        "",
    )
)


@settings(deadline=None, max_examples=150)
@given(LOADED, LOADED, LOADED, LOADED, st.sampled_from(FAULTS), st.sampled_from(TONES))
def test_no_proposal_says_what_a_loaded_text_would(one: str, two: str, three: str, four: str, fault: Fault, tone: str):  # noqa: PLR0917 - each is drawn
    """Typed into any field that may be said, it is said in no sentence that may be heard amiss."""
    incident = LEFT.model_copy(
        update={
            "fault": fault,
            "team": four,
            "customer": Customer(name=one),
            "impact": Impact(happened=one, expected=two, customer_min=90),
            "actions": (Action(id="a1", text=three, kind="preventive"),),
            "recovery": Recovery(resolve=Resolve(given=three)),
        }
    )

    assert [] == hints(incident, default_playbook(), tone)
    if fault in {"customer", "third party"}:
        for steps in talks(incident, default_playbook()):
            said = saying.proposal(incident, default_playbook(), steps=steps, tone=tone).text
            assert not has(said, "admission", default_playbook())


@settings(deadline=None, max_examples=40)
@given(incidents())
def test_no_blank_of_any_record_breaks_a_sentence(incident: Incident):
    """On one line, without a brace that nobody filled, each sentence ended once."""
    text = saying.proposal(incident, default_playbook(), parts=PARTS).text

    assert text == " ".join(text.split())
    assert not re.search(r"\{[a-z_]+\}", text.replace(incident.title, "")) or "{" in incident.model_dump_json()
    assert ".. " not in text.replace("...", "")


def test_the_words_are_those_of_the_design(playbook: Playbook):
    """What we did, that it was our mistake, that we are sorry."""
    said = saying.proposal(LEFT, playbook, steps=["explain-mistake", "apologise"])

    assert "We left without plugging your main switch back in. That was our mistake, and I am sorry." == said.text
    assert () == said.missing


@pytest.mark.parametrize(
    ("happened", "begins"),
    [
        ("We cut your line", "We cut your line. That was our mistake"),
        ("The line was dead for a day.", "The line was dead for a day. That was our mistake"),
        ("Two nights without a phone", "This is what happened: two nights without a phone. That was our mistake"),
        ("A visit that never was announced", "This is what happened: a visit that never was announced. That"),
        ("Hot water was off!", "Hot water was off! That was our mistake"),
        ("The customer was without heating", "You were without heating. That was our mistake"),
        ("The customer's line was dead", "Your line was dead. That was our mistake"),
        ("IT was down", "IT was down. That was our mistake"),
        ("", "That was our mistake"),
    ],
)
def test_what_happened_is_a_sentence_or_stands_after_a_colon(happened: str, begins: str, playbook: Playbook):
    """Either reads as a sentence."""
    incident = Incident(title="Off", fault="ours", impact=Impact(happened=happened))

    assert saying.proposal(incident, playbook).text.startswith(begins)


def test_what_the_record_does_not_tell_drops_its_sentence_and_is_asked_for(playbook: Playbook):
    """Never a gap, always the way to fill it."""
    said = saying.proposal(Incident(title="Off", fault="ours"), playbook, parts=("admission", "explanation"))

    assert "That was our mistake." == said.text
    assert "Say in stage 1 what happened instead, then it stands here." in said.missing
    assert "Say in stage 1 what they expected, then it stands here." in said.missing


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize("fault", ["customer", "third party"])
def test_nothing_is_admitted_that_was_not_ours(fault: Fault, tone: str, playbook: Playbook):
    """Explained, eased, thanked for; never admitted (R14)."""
    incident = Incident(title="Off", fault=fault, impact=Impact(happened="No line from nine to three"))
    for steps in talks(incident, playbook):
        text = saying.proposal(incident, playbook, steps=steps, tone=tone).text

        assert text
        assert not has(text, "admission", playbook)


@pytest.mark.parametrize(
    ("told", "kept_out"),
    [
        ({"happened": "The night porter sent them away"}, "night porter"),
        ({"happened": "No lamp told the crew that it was off at all"}, "lamp"),
        ({"happened": "Tom cut the line"}, "Tom"),
        ({"happened": "The line was off, owing to high winds"}, "owing"),
        ({"happened": "We sent him away"}, "him"),
        ({"happened": "The parcel went next door. She waited a day"}, "She"),
        ({"happened": "word " * 80}, "word"),
        ({"expected": "What Mrs Xu had promised"}, "Xu"),
    ],
)
def test_no_colleague_no_cause_and_no_blame_is_said(told: dict[str, str], kept_out: str, playbook: Playbook):
    """The sentence falls away, and why is said (R15, R41)."""
    incident = LEFT.model_copy(
        update={
            "impact": LEFT.impact.model_copy(update=told),
            "owner": "night porter",
            "whys": (Why(id="w1", text="No lamp told the crew that it was off"),),
        }
    )
    said = saying.proposal(incident, playbook, parts=PARTS)

    assert kept_out not in said.text
    assert any("then it stands here" in line for line in said.missing)


def test_the_customers_own_name_and_number_are_no_colleagues(playbook: Playbook):
    """They may be named; their number is not given to them as ours."""
    incident = LEFT.model_copy(
        update={
            "customer": Customer(name="Anna Xu", contact="030 555 0142"),
            "impact": Impact(happened="Anna Xu was without a line"),
            "recovery": Recovery(steps=(RecoveryStep(id="contact", note="030 555 0142, later 0228 555 0199"),)),
        }
    )
    filled = blanks(incident, playbook).filled

    assert ("Anna Xu was without a line", "0228 555 0199") == (filled["told"], filled["contact"])


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("We left the switch of the customer off", "We left your switch off"),
        ("The front door of the customer was open", "Your front door was open"),
        ("We broke a key of the customer", "We broke a key of yours"),
        ("The lamps in the house of the customer were off", "The lamps in your house were off"),
        ("The door of the customer's neighbour was open", "The door of your neighbour was open"),
    ],
)
def test_what_belongs_to_the_customer_is_called_theirs(written: str, said: str, playbook: Playbook):
    """Nobody says “the switch of you”."""
    incident = LEFT.model_copy(update={"impact": Impact(happened=written)})

    assert said == blanks(incident, playbook).filled["told"]


def test_only_what_may_be_offered_now_is_offered(playbook: Playbook):
    """What is over the limit waits for its approval; what was declined is not said again (R18)."""
    item = Compensation(id="k1", kind="service credit", owed=400)
    waiting = LEFT.model_copy(update={"recovery": Recovery(compensation=(item,))})
    approved = LEFT.model_copy(
        update={"recovery": Recovery(compensation=(item.model_copy(update={"approved_by": "Manager"}),))}
    )

    assert "credit" not in blanks(waiting, playbook).filled
    assert "It is over your limit: ask for approval first." == blanks(waiting, playbook).missing["credit"]
    assert "€400" == blanks(approved, playbook).filled["credit"]


def test_the_words_offer_what_the_limit_of_the_whole_record_leaves(playbook: Playbook):
    """What fits the limit by itself may not fit it beside another offer: no words for it then, and no offer (R18)."""
    limit = playbook.compensation.authority_limit
    waits = Compensation(id="k1", kind="goodwill", owed=limit - 10)
    small = waits.model_copy(update={"offered": waits.owed, "offered_at": NOW})
    credit = Compensation(id="k2", kind="service credit", owed=100)
    lost = LEFT.impact.model_copy(update={"customer_min": 600, "customer_cost": 0})

    for items in ((small,), (waits, credit)):
        incident = LEFT.model_copy(update={"impact": lost, "recovery": Recovery(compensation=items)})
        found, offered = blanks(incident, playbook), offering.offer_rest(incident, playbook, NOW)
        assert ["goodwill"] == [item.kind for item in offered.recovery.compensation if item.offered_at]
        assert "€140" == found.filled["goodwill"]
        assert "It is over your limit: ask for approval first." == found.missing["credit"]
        assert "credit you" not in saying.proposal(incident, playbook, steps=["offer"]).text


def test_the_words_offer_as_much_as_the_press_does(playbook: Playbook):
    """Of what was offered only in part the rest is offered, too; each of many customers is told their own part."""
    part = Compensation(id="k1", kind="reimbursement", owed=64, offered=50, offered_at=NOW)
    many = LEFT.impact.model_copy(update={"customer_min": 120, "customer_cost": 0, "customers": 4})
    each = Compensation(id="k1", kind="service credit", owed=80)
    told = LEFT.model_copy(update={"recovery": Recovery(compensation=(part,))})
    kept = LEFT.model_copy(update={"impact": many, "recovery": Recovery(compensation=(each,))})

    assert "€64" == blanks(told, playbook).filled["back"]
    assert "€20" == blanks(kept, playbook).filled["credit"]


def test_a_gift_without_a_price_is_offered_as_it_is(playbook: Playbook):
    """No amount is made up for it, and it keeps nobody from saying the words."""
    gift = Compensation(id="k1", kind="goodwill", what="a bouquet")
    after = saying.say(
        LEFT.model_copy(update={"recovery": Recovery(compensation=(gift,))}), ["offer"], playbook, at=NOW
    )

    assert (NOW, None) == (after.recovery.compensation[0].offered_at, after.recovery.compensation[0].offered)


def test_the_next_steps_are_told_in_one_talk(playbook: Playbook):
    """First the admission to the assurance; then what comes after the fix; the follow-up by itself."""
    done: list[list[int]] = []
    incident = LEFT
    while steps := saying.next_steps(incident, playbook, NOW):
        done.append([step.number for step in steps])
        incident = saying.say(incident, [step.rule.id for step in steps], playbook, at=NOW)

    assert [[1, 2, 3, 4], [6, 7, 8], [11, 12], [13]] == done


def test_an_offer_that_waits_for_approval_is_told_later(playbook: Playbook):
    """As in the picture: steps 6 and 7, and 8 once it may be offered."""
    first = ("explain-mistake", "apologise", "explain-why", "assure")
    over = LEFT.model_copy(update={"impact": LEFT.impact.model_copy(update={"customer_cost": 0, "customer_min": 6000})})
    told = saying.say(over, first, playbook, at=NOW)

    assert [6, 7] == [step.number for step in saying.next_steps(told, playbook, NOW)]


def test_what_was_said_is_done_by_the_way_that_was_chosen(playbook: Playbook):
    """And the admission is when they were told."""
    incident = LEFT.model_copy(update={"recovery": Recovery(channel="phone")})
    after = saying.say(incident, ["explain-mistake", "apologise"], playbook, at=NOW, by="Desk")

    assert [("done", NOW, "Desk", "phone")] * 2 == [
        (step.status, step.at, step.by, step.channel) for step in after.recovery.steps
    ]
    assert NOW == after.told_at


def test_what_was_offered_in_words_is_offered(playbook: Playbook):
    """All that is owed; the step stays to do while something waits for its approval (R18)."""
    after = saying.say(LEFT, ["offer"], playbook, at=NOW)
    over = LEFT.model_copy(update={"impact": LEFT.impact.model_copy(update={"customer_min": 6000})})
    part = saying.say(over, ["offer"], playbook, at=NOW)

    assert [("reimbursement", 64, NOW), ("service credit", Decimal("74.17"), NOW)] == [
        (item.kind, item.offered, item.offered_at) for item in after.recovery.compensation
    ]
    assert ["offer"] == [step.id for step in after.recovery.steps]
    assert [("reimbursement", 64)] == [(item.kind, item.offered) for item in part.recovery.compensation]
    assert () == part.recovery.steps


def test_each_place_has_a_letter_and_a_better_form_from_this_record(playbook: Playbook):
    """As in the picture: a, b, c, and a dash for what is not there."""
    found = saying.hearing(LEFT, playbook, MOCK)
    better = "We left without plugging your main switch back in. That was our mistake, and I am sorry."

    assert [
        ("a", "non-apology", "sorry for any misunderstanding"),
        ("b", "conditional", "If this caused trouble we apologise"),
        ("c", "excuse", "but the crew had three jobs that day"),
        ("-", "admission", ""),
    ] == [(place.letter, place.group, place.text) for place in found]
    assert [better] * 3 == [place.better for place in found[:3]]
    assert "It cost you 7 hours and 25 minutes." in found[1].why
    assert all(MOCK[place.start :].startswith(place.text) for place in found)


def test_the_first_place_of_two_that_overlap_is_marked_once(playbook: Playbook):
    """No letter stands within another's words."""
    found = saying.hearing(LEFT, playbook, "Sorry if it was any inconvenience. We cut you off.")

    assert ["Sorry if"] == [place.text for place in found][:1]
    spans = [(place.start, place.start + len(place.text)) for place in found if place.text]
    assert all(one[1] <= other[0] for one, other in pairwise(spans))


def test_whom_a_but_blames_and_what_it_excuses_are_told_beside_it(playbook: Playbook):
    """Each has its own rule: what stands within the words after “but” is not swallowed by it (R15, R20)."""
    words = "We are sorry, but our technician forgot the valve because we were very busy."
    found = saying.hearing(LEFT, playbook, words)

    assert [
        ("R20", "but"),
        ("R15", "our technician forgot"),
        ("R20", "we were very busy"),
        ("R20", ""),
    ] == [(place.rule, place.text) for place in found]
    assert all(words[place.start :].startswith(place.text) for place in found)


def test_two_rules_that_begin_at_the_same_word_are_both_told(playbook: Playbook):
    """An excuse before the admission is an excuse and too early; of one rule the longer one says it (R13, R20)."""
    words = "Due to high demand we could not come. That was our mistake. Sorry if you were waiting."
    found = saying.hearing(LEFT, playbook, words)
    one = [place.group for place in saying.hearing(LEFT, playbook, "We left it open. Sorry if you waited.")]

    assert [("R20", "Due to high"), ("R13", "demand we could not come")] == [
        (place.rule, place.text) for place in found
    ][:2]
    assert ["a", "b", "c"] == [place.letter for place in found]
    assert all(words[place.start :].startswith(place.text) for place in found)
    assert ["non-apology"] == one


def test_a_role_of_the_record_is_no_fall_guy_either(playbook: Playbook):
    """Whoever stands in it as a colleague; named in a promise they may be (R15)."""
    incident = LEFT.model_copy(update={"owner": "night porter"})
    words = "The night porter forgot your switch. That was our mistake. The night porter is with you at nine."

    assert [("R15", "night porter forgot")] == [
        (place.rule, place.text) for place in saying.hearing(incident, playbook, words)
    ]


def test_nobody_waits_for_an_admission_of_what_was_not_ours(playbook: Playbook):
    """Where nobody knows yet, that it is being found out will do."""
    words = "The cable was cut by a digger."

    assert ["admission"] == [place.group for place in saying.hearing(LEFT, playbook, words)]
    for fault in ("customer", "third party"):
        assert () == saying.hearing(LEFT.model_copy(update={"fault": fault}), playbook, words)
    unknown = LEFT.model_copy(update={"fault": "not yet known"})
    assert ["admission"] == [place.group for place in saying.hearing(unknown, playbook, words)]
    assert () == saying.hearing(unknown, playbook, "We are finding out how it came to this.")


def test_the_review_hints_once_for_each_rule_and_never_blocks(playbook: Playbook):
    """Several places are one hint, with a better form."""
    incident = LEFT.model_copy(update={"recovery": Recovery(channel="e-mail", wording=f"Tom forgot it. {MOCK}")})
    found = [one for one in review(incident, playbook, NOW) if one.where == "recovery.wording"]

    assert [("R15", "hint"), ("R20", "hint")] == sorted((one.rule, one.level) for one in found)
    assert "4 places" in next(one.message for one in found if one.rule == "R20")
    assert all("That was our mistake, and I am sorry." in one.remedy for one in found)


def test_a_german_retrospective_is_told_in_german(german: Playbook):
    """Dates, amounts and spans too; not one English word (R20)."""
    recovery = Recovery(
        resolve=Resolve(given="Ein Monat ohne Gebühr"),
        steps=(RecoveryStep(id="contact", note="0228 555 0142"),),
        compensation=(Compensation(id="k1", kind="reimbursement", offered="1064.5", approved_by="Leitung"),),
    )
    action = Action(id="a1", text="Am Schalter ein Schild anbringen", kind="preventive", due_on="2026-04-03")
    impact = Impact(expected="Ein Vormittag ohne Telefon", happened="Neun Büros ohne Telefon.", customer_min=445)
    incident = LEFT.model_copy(
        update={"team": "Technik Nord", "recovery": recovery, "actions": (action,), "impact": impact}
    )
    english = set(re.findall(r"[a-z]{2,}", " ".join(str(default_playbook().wording.tones).lower().split())))
    shared = {
        "an",
        "in",
        "so",
        "was",
        "am",
        "all",
        "will",
        "warm",
        "not",
        "no",
        "nach",
        "hat",
        "haben",
        "gut",
        "die",
        "us",
    }
    for tone in german.wording.tones:
        said = saying.proposal(incident, german, parts=PARTS, tone=tone)

        assert set() == set(re.findall(r"[a-zäöüß]{2,}", said.text.lower())) & english - shared
        assert "Mittwoch, 11. März, 15:50 Uhr" in said.text
        assert "1.064,50 €" in said.text
        assert "Freitag, 3. April" in said.text


@pytest.mark.parametrize("fault", FAULTS)
def test_german_proposals_pass_the_german_check(german: Playbook, fault: Fault):
    """In every tone, for every step."""
    incident = LEFT.model_copy(update={"fault": fault, "impact": Impact(happened="Neun Büros ohne Telefon.")})

    assert [] == [hint for tone in german.wording.tones for hint in hints(incident, german, tone)]


@pytest.mark.parametrize(
    ("words", "groups"),
    [
        ("Es tut uns leid, falls es Probleme gab, aber der Wagen war voll.", ["conditional", "excuse", "admission"]),
        ("Wir bitten um Entschuldigung für etwaige Unannehmlichkeiten.", ["non-apology", "admission"]),
        ("Mein Kollege hat es vergessen. Das war unser Fehler.", ["fall-guy"]),
        ("Wir haben Ihren Schalter nicht eingesteckt. Das war unser Fehler, und es tut mir leid.", []),
        ("We are sorry if you were upset, but we were busy.", ["admission"]),
    ],
)
def test_german_words_are_heard_by_the_german_lists(german: Playbook, words: str, groups: list[str]):
    """And English ones are not looked for."""
    assert groups == [place.group for place in saying.hearing(LEFT, german, words)]
