"""The letter to the customer: the admission first, and no promise that is not an action of the record."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest

from postmortem.record import Incident, contact, incident_from
from postmortem.record.edit import changed
from postmortem.record.incident import Compensation, Impact, Recovery, RecoveryStep
from postmortem.record.letters import Whose
from postmortem.record.phrases import phrases
from postmortem.record.playbook import default_playbook, playbook_from
from postmortem.record.sentences import ways
from postmortem.report import incident_summary, render
from postmortem.report.letter import letter
from postmortem.report.summary import Vow

GERMAN = Path(__file__).parents[2] / "data" / "wording" / "de.toml"
SAMPLES = Path(__file__).parents[2] / "data" / "samples"
AT = "2026-03-03T09:00Z"
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def said(incident, *words, wording="", fault="ours"):
    """What was said in one talk after the other, and what is written for the next."""
    steps = tuple(
        RecoveryStep(id=f"s{day}", status="done", at=f"2026-03-0{day}T16:00+01:00", words=text)
        for day, text in enumerate(words, start=2)
    )
    return {"recovery": changed(incident.recovery, steps=steps, wording=wording), "fault": fault}


def test_the_admission_is_found_in_whichever_talk_it_was_made(told, incident):
    """Words for the next talk come into the letter only while nothing was said."""
    late = told("customer", **said(incident, "We looked into it.", "We cut you off. We are sorry.", wording="Tea?"))
    alone = told("customer", **said(incident, wording="We cut you off. We are sorry."))

    assert ("We looked into it.", "We cut you off. We are sorry.") == late.admission
    assert ("We cut you off.", "We are sorry.") == alone.admission


def test_what_was_said_of_a_mistake_of_others_is_told_talk_by_talk(told, incident):
    """Each explanation in its turn (R14)."""
    summary = told("customer", **said(incident, "A digger cut it", "It is mended", wording="Tea?", fault="third party"))

    assert ("A digger cut it.", "It is mended.") == summary.story[:2]
    assert "Tea" not in render(summary, "html")


def test_the_letter_opens_with_the_admission_that_was_written_for_the_customer(told):
    """Up to the apology; what was promised on the phone that day is no promise of the record and stays out."""
    summary = told("customer")

    assert ("We left your main switch unplugged.", "That was our mistake, and I am sorry.") == summary.admission
    assert "lift" not in render(summary, "html")


@pytest.mark.parametrize("wording", ["", "We regret that you feel so.", "Sorry if anything happened."])
def test_without_an_admission_of_ours_one_is_made_from_what_happened(told, incident, wording):
    """No non-apology opens a letter."""
    summary = told("customer", recovery=said(incident, wording)["recovery"])

    assert (
        "2 March 2026: Phones and internet were off for most of the day.",
        "That was our mistake, and we are sorry.",
    ) == summary.admission


@pytest.mark.parametrize("fault", ["customer", "third party", "not yet known"])
def test_what_was_not_our_mistake_is_not_called_ours(told, fault):
    """We are sorry for their trouble all the same (R14)."""
    summary = told("customer", fault=fault)

    assert "our mistake" not in " ".join(summary.admission)
    assert "sorry" in summary.admission[1]


def test_every_promise_is_an_action_of_the_record(told):
    """One that did not hold is none; one that would tell a cause is said without it; ids and names are gone."""
    assert (
        Vow(when="By 10 March 2026", text="Let a colleague close no job before a test call passes."),
        Vow(when="Without a date yet", text="We change how we work."),
    ) == told("customer").vows


def test_a_wish_is_no_promise(told, incident):
    """Nobody can see whether we are more careful (R35)."""
    wish = changed(incident.actions[1], text="Be more careful with switches", kind="preventive", effect={})

    assert () == told("customer", actions=(wish,)).vows


def test_without_actions_nothing_is_promised(told):
    """Then the letter says that it is not decided yet."""
    summary = told("customer", actions=())

    assert () == summary.vows
    assert "We promise nothing here before it is decided." in render(summary, "html")


def test_what_we_did_is_told_from_facts(told):
    """The repair, what was done at once, what was given and offered."""
    assert (
        "We put it right (15:35), 30 min after we knew of it.",
        "Done on 2 March 2026: Plug the switch in.",
        "What you were given: one month free.",
        "We offered all of you together EUR 60: the lost day.",
    ) == told("customer").did


def owes(**fields):
    """One thing owed to the customers."""
    return Recovery(compensation=(Compensation(id="k1", **{"kind": "service credit", "owed": "60", **fields}),))


@pytest.mark.parametrize(
    "fields", [{}, {"approved_by": "Manager"}, {"offered": "60", "offered_at": AT, "answer": "declined"}]
)
def test_what_is_owed_and_not_offered_is_no_promise(told, fields):
    """Nor what they declined a gift."""
    did = " ".join(told("customer", recovery=owes(**fields)).did)

    assert "60" not in did


@pytest.mark.parametrize(
    ("customers", "fields", "expected"),
    [
        (1, {}, "We offered you EUR 60: 4 h lost."),
        (3, {"what": "each of 3 customers lost 4 h"}, "We offered each of you EUR 20: 4 h lost."),
        (7, {}, "We offered all of you together EUR 60: 4 h lost."),
        (3, {"kind": "reimbursement", "what": ""}, "We offered all of you together EUR 60."),
        (3, {"answer": "accepted"}, "We offered each of you EUR 20: 4 h lost. It is on its way."),
        (3, {"carried_out_at": AT}, "We gave each of you EUR 20: 4 h lost."),
    ],
)
def test_one_of_several_customers_is_told_what_each_of_them_gets(told, incident, customers, fields, expected):
    """Amounts of a record are for all of them together."""
    impact = changed(incident.impact, customers=customers)
    recovery = owes(**{"what": "4 h lost", "offered": "60", "offered_at": AT, **fields})

    assert expected in told("customer", impact=impact, recovery=recovery).did


@pytest.mark.parametrize(
    ("impact", "expected"),
    [
        ({"customers": 1, "customer_min": 60, "customer_cost": 9}, "It cost you 1 h of your time and EUR 9."),
        (
            {"customers": 4, "customer_min": 60, "customer_cost": 9},
            "It cost each of you 1 h of your time, and all of you together EUR 9.",
        ),
        ({"customers": 4, "customer_min": 60}, "It cost each of you 1 h of your time."),
        ({"customers": 4, "customer_cost": 9}, "It cost all of you together EUR 9."),
    ],
)
def test_what_it_cost_is_told_as_it_was_counted(told, impact, expected):
    """Lost time for each, money for all."""
    assert expected in told("customer", impact=Impact(**impact)).story


def test_the_way_to_reach_us_is_the_number_we_gave_and_the_teams_name(told):
    """From the step in which the contact was given; the rest of its note stays inside."""
    summary = told("customer")

    assert "030 555 0142" == summary.contact
    assert "Ask for Field service. Please mention 2026-014, and you will not have to explain again." == summary.reach
    assert "Your Field service team" == summary.signed


@pytest.mark.parametrize("note", ["their number is 01632 960200", "done on 2026-03-02", "told them 12 34", ""])
def test_a_number_that_is_not_ours_is_not_printed(told, incident, note):
    """The customer's own number, a date and a short number are no way to reach us."""
    steps = [changed(step, note=note) if step.id == "contact" else step for step in incident.recovery.steps]

    assert "" == told("customer", recovery=changed(incident.recovery, steps=tuple(steps))).contact


def test_a_follow_up_that_is_still_due_is_announced(told, incident):
    """On the fifth day after the repair, only while it lies ahead, and only where somebody put it down."""
    promised = changed(incident.recovery, steps=({"id": "follow-up"},))
    late = told("customer", recovery=promised).closing
    ahead = told("customer", fixed_at="2026-03-19T10:00:00+01:00", recovery=promised).closing
    unsaid = changed(incident.recovery, steps=())
    alone = told("customer", fixed_at="2026-03-19T10:00:00+01:00", recovery=unsaid).closing

    assert not any("We will ask you" in text for text in (*late, *alone))
    assert "We will ask you on 24 March 2026 how things are." == ahead[0]


def test_a_letter_about_next_to_nothing_is_still_a_letter(playbook, now):
    """Only a title: no empty heading, no None, no date that nobody knows."""
    page = render(incident_summary(Incident(title="Line dead"), playbook, audience="customer", now=now), "html")

    assert "Line dead." in page
    assert "None" not in page
    assert "We are still at it" in page


def test_the_page_speaks_to_the_customer_and_has_no_table(told, read):
    """A letter has a greeting, a date and a signature; tables and tags belong to the team."""
    page = read(render(told("customer"), "html"))

    assert "For Harbour House" in page.text
    assert "20 March 2026" in page.text
    assert [] == page.of("table")
    assert [] == page.of("span", class_="tag")


@pytest.mark.parametrize(
    ("words", "admission"),
    [
        (
            "Wir haben Ihren Hauptschalter nicht eingesteckt. Das war unser Fehler, und es tut mir leid. Tee?",
            ("Wir haben Ihren Hauptschalter nicht eingesteckt.", "Das war unser Fehler, und es tut mir leid."),
        ),
        (
            "Wir waren zwei Stunden zu spät. Wir bitten Sie um Entschuldigung.",
            ("Wir waren zwei Stunden zu spät.", "Wir bitten Sie um Entschuldigung."),
        ),
    ],
)
def test_an_admission_in_the_teams_own_language_is_found_by_its_own_words(incident, words, admission):
    """No English word is looked for; German words mean nothing to the English lists."""
    german = playbook_from({"wording": {"templates": str(GERMAN)}})
    record = changed(incident, **said(incident, wording=words))

    assert admission == letter(record, german, NOW).admission
    assert admission != letter(record, default_playbook(), NOW).admission


def test_an_admission_that_was_said_opens_the_letter_whatever_language_the_teams_words_are_in(incident):
    """It was said, and nobody takes it back because the team writes in German since."""
    german = playbook_from({"wording": {"templates": str(GERMAN)}})
    record = changed(incident, **said(incident, "We cut you off. That was our mistake, and I am sorry."))

    assert ("We cut you off.", "That was our mistake, and I am sorry.") == letter(record, german, NOW).admission


def test_who_writes_is_told_that_no_way_to_reach_us_is_noted_and_the_letter_says_nothing_of_it(
    told, incident, playbook
):
    """A letter with a gap to fill would leave the house with the gap."""
    bare = changed(incident, recovery=Recovery())
    wanted = contact.wanted(bare, playbook)
    letters = [render(told("customer", recovery=Recovery()), kind) for kind in ("html", "md")]

    assert "add how they reach you, as a note at step 11" in wanted
    assert "" == contact.wanted(incident, playbook)
    assert [] == [text for text in letters if "add how" in text or "yet: " in text]


@pytest.fixture(scope="module")
def german():
    """A playbook with the words in German."""
    return playbook_from({"wording": {"templates": str(GERMAN)}})


def german_with(tmp_path, old="", new=""):
    """The same with one part of the words changed."""
    text = GERMAN.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "de.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    return playbook_from({"wording": {"templates": "de.toml"}}, beside=tmp_path)


def ways_of(words):
    """Every way to say something in a letter."""
    parts = [part for whose in get_args(Whose) for part in getattr(words, whose).values()]
    return [way for part in parts for told in part for way in ways(told)]


def our_english():
    """Whatever the letter says in English of its own, cut at its blanks; single words where they are headings."""
    words = default_playbook().wording.letter
    told = [*ways_of(words), *words.labels.values()]
    pieces = {piece.strip(" .,;:()") for way in told for piece in re.split(r"\{[^}]*\}", way)}
    return {piece for piece in pieces if len(piece) > 2} - {"Your", "team", "lost"}


def typed_in(value):
    """Every text of a record."""
    if isinstance(value, dict):
        return " ".join(map(typed_in, value.values()))
    return " ".join(map(typed_in, value)) if isinstance(value, list) else str(value)


@pytest.mark.parametrize("sample", ["2025-005", "2025-019"])
@pytest.mark.parametrize("fault", ["ours", "shared", "third party", "not yet known"])
@pytest.mark.parametrize("kind", ["html", "md"])
def test_with_a_word_file_in_german_no_sentence_of_the_letter_is_english(german, read, sample, fault, kind):
    """Nothing but what people typed: not in the sentences, the headings, the line of time or the dates (R20)."""
    document = json.loads((SAMPLES / f"{sample}.json").read_text(encoding="utf-8")) | {"fault": fault}
    page = render(incident_summary(incident_from(document), german, audience="customer", now=NOW), kind)
    shown = read(page).text if kind == "html" else page
    typed = typed_in(document)
    words = default_playbook().wording.telling
    names = {*words.months, *words.weekdays, *words.written.months} - {
        "April",
        "August",
        "September",
        "November",
        "Mar",
    }

    assert [] == [piece for piece in our_english() if piece in shown and piece not in typed]
    assert [] == [name for name in names if re.search(rf"\b{name}\b", shown) and name not in typed]
    assert "20. März 2026" in shown.replace("\\", "")


def test_the_page_is_in_the_language_of_the_word_file(german, incident, read):
    """So that it is read aloud and parted at line ends as that language is; the line of time speaks it, too."""
    summary = incident_summary(incident, german, audience="customer", now=NOW)
    page = read(render(summary, "html"))

    assert ["de"] == [tag["lang"] for tag in page.of("html")]
    assert "08:40 Beginn; 15:05 Ihr Hinweis an uns; 15:12 unser Bescheid an Sie; 15:35 in Ordnung gebracht." == (
        summary.band.alt
    )
    assert ["uns nicht bekannt: 6 h 25 min"] == [label.text for label in summary.band.inside]


def test_a_stretch_of_time_looks_the_same_in_every_language(german, incident):
    """Its words stand on light where the time is ours no longer, whatever they are."""
    pages = [
        render(incident_summary(incident, rules, audience="customer", now=NOW), "html")
        for rules in (default_playbook(), german)
    ]

    assert [1, 1] == [page.count('class="hole"') for page in pages]


def test_a_word_file_without_a_letter_leaves_all_of_it_in_english(incident, tmp_path):
    """Dates as well: never half a sentence in each."""
    text = GERMAN.read_text(encoding="utf-8")
    letter_in_it = text[text.index("[letter.labels]") : text.index("[words.non-apology]")]
    rules = german_with(tmp_path, letter_in_it)
    english, without = (
        [render(letter(incident, one, NOW), kind) for kind in ("html", "md", "json")]
        for one in (default_playbook(), rules)
    )

    assert english == without


def test_what_the_rules_wrote_into_the_record_is_told_in_the_teams_words(german, incident):
    """In English it stands as the record has it."""
    impact = changed(incident.impact, customers=3, customer_min=240)
    owed = owes(what="each of 3 customers lost 4 h", offered="60", offered_at=AT)
    record = changed(incident, impact=impact, recovery=owed)

    assert "Wir haben jedem von Ihnen angeboten: 20 €: 4 h verloren." in letter(record, german, NOW).did
    assert "We offered each of you EUR 20: 4 h lost." in letter(record, default_playbook(), NOW).did


def test_a_team_that_writes_english_has_its_own_words_for_what_is_owed_too(incident, tmp_path):
    """Whatever the language, what the word file says is what the customer reads."""
    rules = german_with(tmp_path, 'language = "de"', 'language = "en"')
    record = changed(incident, recovery=owes(what="each of 9 customers lost 6 h 55 min", offered="60", offered_at=AT))

    assert any("6 h 55 min verloren" in text for text in letter(record, rules, NOW).did)


@pytest.mark.parametrize("name", ["Ola Zimt", "the job sheet ends before the test from a phone"])
def test_a_sentence_of_the_team_that_names_a_colleague_or_a_cause_is_told_in_english(incident, tmp_path, name):
    """Nobody reads either in a letter, whoever wrote it where (R41)."""
    rules = german_with(tmp_path, "Das war unser Fehler, und wir bitten Sie um Entschuldigung.", f"Das war {name}.")
    record = changed(incident, recovery=Recovery())

    assert "That was our mistake, and we are sorry." == letter(record, rules, NOW).admission[1]
    assert name not in render(letter(record, rules, NOW), "html")


def test_a_colleagues_name_gives_way_to_the_teams_word_for_one(german, incident):
    """No English word stands in the middle of what was typed."""
    assert "Let jemand von uns close no job before a test call passes." == letter(incident, german, NOW).vows[0].text


def test_a_sentence_of_the_team_is_text_and_no_markup(incident, tmp_path):
    """As everything that is typed."""
    rules = german_with(tmp_path, 'reach = "So erreichen Sie uns"', 'reach = "<b>*Hier*</b>"')
    summary = letter(incident, rules, NOW)

    assert "<h2>&lt;b&gt;*Hier*&lt;/b&gt;</h2>" in render(summary, "html")
    assert "## &lt;b&gt;\\*Hier\\*&lt;/b&gt;" in render(summary, "md")


@pytest.mark.parametrize(
    "old", ["So erreichen Sie uns", "März", "{hour}:{minute}", "unter 1 min", "Beginn", "Für {customer}"]
)
@pytest.mark.parametrize("kind", ["html", "md"])
def test_what_cannot_be_seen_in_a_word_file_stands_on_no_page(incident, tmp_path, old, kind):
    """A mark that turns the direction of reading would let a date be read backwards."""
    rules = german_with(tmp_path, f'"{old}"', f'"{old}\\u202e\\u0007"')
    page = render(letter(changed(incident, zone="UTC"), rules, NOW), kind)

    assert [] == [sign for sign in "\u202e\x07" if sign in page]


def test_the_sentences_of_the_example_pass_its_own_lists(german):
    """No non-apology, no excuse and no blame in the letter either (R13, R20)."""
    assert [] == [phrase for way in ways_of(german.wording.letter) for phrase in phrases(way, "wording", german)]
