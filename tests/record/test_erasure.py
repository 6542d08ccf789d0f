"""A person leaves a record wherever they stand in it, and nothing else does."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postmortem.record.erasure import erase, settled
from postmortem.record.errors import DataError
from postmortem.record.incident import Incident
from postmortem.record.reading import document, incident_from
from postmortem.record.terms import ERASED, Terms
from tests.strategies import incidents


@pytest.mark.parametrize(
    "text",
    [
        "Maria Lindqvist",
        "MARIA LINDQVIST",
        "maria\n  lindqvist",
        "María Líndqvist",
        unicodedata.normalize("NFD", "María Líndqvist"),
        "Maria\N{NO-BREAK SPACE}Lindqvist",
        "Maria Lind\N{SOFT HYPHEN}qvist",
        "Maria Lindqvi\N{LATIN SMALL LIGATURE ST}",
        "maria.lindqvist",
        "Maria-Lindqvist",
        "\N{FULLWIDTH LATIN CAPITAL LETTER M}aria Lindqvist",
    ],
)
def test_a_name_is_found_however_it_is_written(text):
    """Capitals, accents, composed or not, across lines, with marks between its words."""
    terms = Terms(("Maria Lindqvist",))

    assert f"At {ERASED}'s." == terms.erased(f"At {text}'s.")
    assert terms.may_be_in(json.dumps({"title": f"At {text}'s."}, ensure_ascii=False))


@pytest.mark.parametrize(
    "text", ["Maria Lindqvistsson", "Annamaria Lindqvist", "Maria L.", "Maria and Lindqvist", "Mariá̊lindqvist"]
)
def test_words_that_are_parts_of_others_stay(text):
    """And a name is all of its words."""
    assert text == Terms(("Maria Lindqvist",)).erased(text)


@pytest.mark.parametrize(
    ("term", "text", "left"),
    [
        ("Søren", "Soren and SØREN, not Sørensen", f"{ERASED} and {ERASED}, not Sørensen"),
        ("田中", "田中さん", f"{ERASED}さん"),
        ("김철수", "김철수가", f"{ERASED}가"),
        ("가나", "각나", "각나"),
        ("+49 30 555-0142", "Call 0049305550142 or (30) 5550142", f"Call {ERASED} or (30) 5550142"),
        ("555 0142", "at 555-01423", "at 555-01423"),
        ("maria@example.org", "<Maria@Example.org>", f"<{ERASED}>"),
        ("Straße 5", "STRASSE 5", ERASED),
        ("O'Brien", "o'brien", ERASED),
    ],
)
def test_other_scripts_numbers_and_addresses(term, text, left):
    """Where words are not set apart by spaces, a name may stand beside any sign."""
    assert left == Terms((term,)).erased(text)


@pytest.mark.parametrize("words", [(), ("",), ("Jo",), ("?!",), ("[erased]",), ("Erased",)])
def test_a_term_that_would_erase_too_much_is_refused(words):
    """Nothing, two letters, no letter, and the word that stands for what is gone."""
    with pytest.raises(DataError):
        Terms(words)


def test_a_short_name_may_be_looked_for_exactly():
    """With its capitals and accents, as a whole word."""
    terms = Terms(("Jo",), exact=True)

    assert f"{ERASED} said jo, Joe." == terms.erased("Jo said jo, Joe.")


def test_terms_do_not_show_themselves():
    """Not in a repr that ends in a log."""
    assert "Lindqvist" not in repr(Terms(("Maria Lindqvist",)))


def test_every_kind_of_field_is_erased():
    """Owners, signatures, evidence, sources, values of other systems, links, ids of parts and what names them."""
    name = "Maria Lindqvist"
    whole = Incident.model_validate(
        {
            "title": name,
            "owner": name,
            "customer": {"name": name, "contact": name},
            "timeline": [{"id": f"{name} 1", "text": name, "seen_by": name}],
            "evaluation": {"by": name, "replies": [{"question": "q", "answer": name}]},
            "whys": [
                {"id": name, "text": name, "evidence": [{"kind": "record", "text": name}], "by": name},
                {"id": "maria lindqvist", "text": "x", "parent": name},
            ],
            "causes": [{"id": "c1", "why": name, "opinions": [{"by": name, "category": "system"}]}],
            "actions": [{"id": "a1", "causes": ["c1"], "owner": name}],
            "checklists": [{"id": "k", "name": name, "items": [name], "runs": [{"on": "2026-03-02", "by": name}]}],
            "learned": [name],
            "links": [{"incident_id": name}],
            "signatures": [{"by": name, "role": name}],
            "kept": [{"rule": "x", "where": f"whys.{name}.text", "by": name}],
            "source": {"system": name, "key": name, "url": name},
            "extra": [{"name": name, "value": name}],
        }
    )
    done = erase(whole, Terms((name,)))

    assert "indqvist" not in json.dumps(document(done.incident))
    assert [ERASED, f"{ERASED} 2"] == [why.id for why in done.incident.whys]
    assert ERASED == done.incident.whys[1].parent == done.incident.causes[0].why
    assert {"owner", "whys.evidence.text", "source.key", "extra.name"} <= {it.field for it in done.mentions}
    assert whole.title == name


def test_a_field_of_certain_words_keeps_its_word_and_says_so():
    """A zone is no text: nothing can stand there instead."""
    done = erase(Incident(title="Late", zone="Europe/Berlin"), Terms(("Berlin",)))

    assert "Europe/Berlin" == done.incident.zone
    assert [("zone", True)] == [(it.field, it.closed) for it in done.mentions]


NAMES = st.sampled_from(["Maria Lindqvist", "MARIA\nlindqvist", "María Lindqvist", "Marianne", "Lindqvist", ""])


def strings(value):
    """Every text in plain data."""
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from strings(part)


@settings(deadline=None, max_examples=60)
@given(incidents(), st.lists(NAMES, min_size=6, max_size=6))
def test_after_erasing_no_text_holds_the_name_and_the_rest_is_unchanged(incident, names):
    """Whatever the record holds; twice is the same as once; what is put back makes the old record."""
    planted = incident.model_copy(
        update={
            "summary": f"{incident.summary} {names[0]} x",
            "owner": names[1],
            "learned": (*incident.learned, names[2]),
            "customer": incident.customer.model_copy(update={"name": names[3]}),
            "tags": (*incident.tags, names[4]),
        }
    )
    planted = incident_from(document(planted))
    terms = Terms(("Maria Lindqvist",))
    done = erase(planted, terms)
    left = [it for text in strings(document(done.incident)) for it in terms.spans(text)]

    assert [] == left or all(it.closed for it in done.mentions)
    assert done.incident == erase(done.incident, terms).incident
    pairs = zip(strings(document(planted)), strings(document(done.incident)), strict=True)
    assert all(terms.erased(old) == new for old, new in pairs)


def test_what_a_file_still_says_of_an_erased_field_is_not_taken():
    """Also in parts of lists; other fields are."""
    before = Incident(title="x", tags=("a", ERASED), whys=({"id": "w1", "text": f"{ERASED} slept"},), owner="Ana")
    told = Incident(title="y", tags=("b", "Maria"), whys=({"id": "w1", "text": "Maria slept long"},), owner="Ben")
    kept = settled(before, told)

    assert ("y", ("b", ERASED), f"{ERASED} slept", "Ben") == (kept.title, kept.tags, kept.whys[0].text, kept.owner)
