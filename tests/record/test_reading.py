"""Reading an incident that somebody wrote by hand: every fault in plain words, at its place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from postmortem.record.errors import DataError
from postmortem.record.incident import Incident
from postmortem.record.playbook import Playbook
from postmortem.record.reading import incident_from, json_schema, place_of, problems_in
from tests import hang

BY_HAND = """
{"title": "Phone and internet not reconnected after repair",
 "occurred_at": "2026-03-02T17:30:00+01:00", "team": "Field service", "service": "Line repair", "kind": "wrong or missing work",
 "fault": "ours", "customer": {"name": "Residents of 14 Mill Lane", "vip": false},
 "source": {"system": "crm", "key": "C-1042"},
 "whys": [
   {"id": "w1", "text": "The main switch was left unplugged", "leg": "occurrence"},
   {"id": "w2", "parent": "w1", "text": "Nothing reminds the crew of it when they leave", "status": "confirmed",
    "evidence": [{"kind": "record", "text": "Job sheet 88 has no closing section"}]}],
 "causes": [{"id": "c1", "why": "w2", "category": "system"}],
 "actions": [{"id": "a1", "causes": ["c1"], "text": "Add a closing checklist to the job sheet", "form": "checklist",
   "kind": "corrective", "owner": "Field lead", "due_on": "2026-03-16"}]}
"""  # noqa: E501 - as it stands in the description of the interface

AN_INSTANT = "expected a date and time with an offset such as 2026-03-07T14:02:00+01:00, found"
WHY = {"id": "w1"}

WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"titel": "y"}, "titel: unknown field; did you mean 'title'?"),
    ({"zzz": 1}, "zzz: unknown field; remove it or rename it"),
    ({"title": ""}, "title: expected a title: what went wrong, in one line"),
    ({"title": " \n"}, "title: expected a title: what went wrong, in one line"),
    ({"title": None}, "title: nothing stands there (null); fill it, or leave the field out"),
    ({"title": 3}, "title: expected text, found 3; put it in quotes"),
    ({"customer": {"nam": "x"}}, "customer.nam: unknown field; did you mean 'name'?"),
    ({"customer": "Bob"}, "customer: expected named fields (name, contact, vip), found 'Bob'"),
    ({"customer": {"vip": "maybe"}}, "customer.vip: expected true or false, found 'maybe'"),
    ({"whys": WHY}, "whys: expected a list in square brackets, found {'id': 'w1'}"),
    ({"whys": [{"text": "a"}]}, "whys[1].id: missing; this field is needed"),
    ({"whys": [WHY, {**WHY, "leg": "occurence"}]}, "did you mean 'occurrence'?"),
    ({"whys": [WHY, {"id": "w2", "Text": "a"}]}, "whys.w2.Text: unknown field; did you mean 'text'?"),
    (
        {"whys": [{"id": "plug"}, {**WHY, "parent": "plugg"}]},
        "whys.w1.parent: there is no why 'plugg'; did you mean 'plug'?",
    ),
    ({"whys": [{**WHY, "parent": "x"}]}, "whys.w1.parent: there is no why 'x'; there are: w1"),
    ({"whys": [WHY, WHY]}, "whys.w1: the id stands 2 times; give each its own"),
    ({"whys": [{**WHY, "parent": "w1"}]}, "whys.w1.parent: w1 → w1 is a circle; a why can't explain itself"),
    (
        {"whys": [{"id": "w.2"}]},
        "whys[1].id: expected a short name without dots and slashes, such as 'w1', found 'w.2'",
    ),
    ({"whys": [{"id": ""}]}, "whys[1].id: expected at least 1 character(s), found ''"),
    ({"whys": [{**WHY, "evidence": [{"kind": "rumour", "text": "x"}]}]}, "whys.w1.evidence[1].kind: expected record, "),
    (
        {"whys": [WHY, {"id": "w2", "parent": "w1", "leg": "detection"}]},
        "whys.w2.leg: found 'detection' under a branch of 'occurrence'; leave it out below the first why of a branch",
    ),
    ({"occurred_at": "25:61"}, f"occurred_at: {AN_INSTANT} '25:61'"),
    ({"occurred_at": "2026-03-02T17:30:00"}, f"occurred_at: {AN_INSTANT} '2026-03-02T17:30:00'"),
    ({"occurred_at": 20260302}, f"occurred_at: {AN_INSTANT} 20260302"),
    ({"occurred_at": "20260302"}, f"occurred_at: {AN_INSTANT} '20260302'"),
    ({"occurred_at": True}, f"occurred_at: {AN_INSTANT} True"),
    ({"occurred_at": "1628-01-01T00:00Z"}, "occurred_at: expected a year from 1900 to 2200, found 1628-01-01"),
    ({"zone": "Europe/Berln"}, "zone: expected a time zone such as 'Europe/Berlin' or '+01:00', found 'Europe/Berln'"),
    ({"zone": "../../etc/passwd"}, "zone: expected a time zone"),
    ({"currency": "euro"}, "currency: expected three capital letters such as EUR, found 'euro'"),
    ({"id": "a b"}, "id: expected an id without spaces and slashes, such as '2026-014', found 'a b'"),
    ({"revision": -1}, "revision: expected at least 0, found -1"),
    ({"revision": 1.5}, "revision: expected a whole number, found 1.5"),
    ({"revision": 10**30}, "revision: expected at most 2,147,483,647, found 1000"),
    ({"impact": {"customers": "many"}}, "impact.customers: expected a whole number, found 'many'"),
    ({"impact": {"customer_cost": "12,50"}}, "impact.customer_cost: expected an amount such as 12.50, found '12,50'"),
    ({"impact": {"customer_cost": -5}}, "impact.customer_cost: expected at least 0, found -5"),
    ({"impact": {"customer_min": "an hour"}}, "impact.customer_min: expected a number such as 12.5, found 'an hour'"),
    ({"impact": {"customer_min": 1e9}}, "impact.customer_min: expected at most 5,256,000, found 1000000000.0"),
    ({"impact": {"harm": "death"}}, "impact.harm: expected none, distress, injury or life-threatening, found 'death'"),
    ({"fault": "our"}, "found 'our'; did you mean 'ours'?"),
    ({"fault": ["ours"]}, "fault: expected ours, customer, shared, third party or not yet known, found ['ours']"),
    (
        {"actions": [{"id": "a1", "due_on": "16.3.2026"}]},
        "actions.a1.due_on: expected a day such as 2026-03-07, found '16.",
    ),
    ({"actions": [{"id": "a1", "due_on": 0}]}, "actions.a1.due_on: expected a day such as 2026-03-07, found 0"),
    ({"actions": [{"id": "a1", "causes": "c1"}]}, "actions.a1.causes: expected a list in square brackets, found 'c1'"),
    ({"actions": [{"id": "a1", "causes": ["c1"]}]}, "actions.a1.causes: there is no cause 'c1'; add the cause first"),
    ({"causes": [{"id": "c1"}]}, "causes.c1.why: missing; this field is needed"),
    ({"causes": [{"id": "c1", "why": "w1", "category": "trainning"}]}, "found 'trainning'; did you mean 'training'?"),
    ({"source": {"system": "crm"}}, "source.key: missing; this field is needed"),
    ({"tags": [1]}, "tags[1]: expected text, found 1; put it in quotes"),
    ({"checklists": [{"id": "k", "name": "n", "version": 0}]}, "checklists.k.version: expected at least 1, found 0"),
    (
        {"recovery": {"steps": [{"id": "fix", "status": "finished"}]}},
        "recovery.steps.fix.status: expected to do, done or",
    ),
)


def refused(data: Any) -> str:
    """What is said of input that will not do."""
    with pytest.raises(DataError) as error:
        incident_from(data)
    return str(error.value)


def test_an_incident_written_by_hand_is_read():
    """The one that the description of the interface shows."""
    incident = incident_from(BY_HAND)

    assert "+01:00" == incident.zone
    assert ("w1", "w2") == tuple(why.id for why in incident.whys)
    assert incident == incident_from(json.loads(BY_HAND)) == incident_from(BY_HAND.encode())


@pytest.mark.parametrize(("given", "said"), WRONG, ids=[said[:40] for _, said in WRONG])
def test_a_fault_is_told_at_its_place_in_plain_words(given: dict[str, Any], said: str):
    """The same words for a mapping as for the JSON of it; nothing of the machinery shows through."""
    data = {"title": "Late", **given}

    assert said in refused(data)
    assert refused(data) == refused(json.dumps(data))
    assert "input should" not in refused(data).lower()


def test_everything_is_told_at_once():
    """Nobody mends one fault and meets the next."""
    said = refused({"titel": "x", "occurred_at": 5, "whys": [{"id": "w1", "leg": "x"}, {"txt": "y"}]})

    assert said.startswith("incident: 6 problems\n")
    for place in ("title:", "titel:", "occurred_at:", "whys.w1.leg:", "whys[2].id:", "whys[2].txt:"):
        assert f"\n  {place}" in said


def test_all_that_does_not_fit_together_is_told_at_once():
    """Broken references, a circle and a repeated id in one go, each at its own place."""
    with pytest.raises(DataError) as error:
        incident_from(
            {
                "title": "Late",
                "timeline": [{"id": "m1"}, {"id": "m1"}],
                "whys": [{"id": "a", "parent": "b"}, {"id": "b", "parent": "a"}, {"id": "c", "parent": "q"}],
                "causes": [{"id": "c1", "why": "zz"}],
            }
        )

    assert {"timeline.m1", "whys.a.parent", "whys.c.parent", "causes.c1.why"} == {
        problem.where for problem in error.value.problems
    }
    assert all(problem.finding and problem.remedy for problem in error.value.problems)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", 'it is empty; expected at least {"title": "…"}'),
        ("  \n", "it is empty"),
        ('{"title": "x"', "not JSON: it ends too early"),
        ('{"title": "x",}', "not JSON: trailing comma at line 1 column 15; mend it there"),
        ("title: x", "not JSON:"),
        ("[" * 100_000, "not JSON: recursion limit exceeded"),
        ("null", "nothing stands there (null)"),
        ("[1]", "expected named fields (title, id, revision,"),
        ('{"title": "\\ud800"}', "not JSON:"),
        (b"\xff\xfe{", "not UTF-8 text: byte 1 does not belong there; save the file as UTF-8"),
        (b'{"title": "caf\xe9"}', "not UTF-8 text: byte 15 does not belong there; save the file as UTF-8"),
        ('{"title": "x", "impact": {"customer_min": NaN}}', "impact.customer_min: expected a number"),
    ],
)
def test_a_text_that_is_no_incident_is_refused(text: str | bytes, said: str):
    """Empty, cut off, another format, another encoding."""
    assert said in refused(text)


def test_a_byte_order_mark_is_no_fault():
    """Some editors put one in front of every file."""
    assert "Late" == incident_from('\ufeff{"title": "Late"}').title
    assert "Late" == incident_from(b'\xef\xbb\xbf{"title": "Late"}').title


def test_a_field_that_stands_twice_is_told():
    """Reading would keep the last and lose the first in silence."""
    said = refused('{"title": "x", "whys": [{"id": "w1", "text": "a", "text": "b"}], "tags": [], "tags": ["x"]}')

    assert "whys.w1.text: stands twice in the text; keep one of them" in said
    assert "\n  tags: stands twice in the text; keep one of them" in said


def test_a_field_that_stands_twice_is_told_beside_other_faults():
    """All at once, here too."""
    assert "incident: 2 problems" in refused('{"title": "x", "title": "y", "titel": "z"}')


def test_the_subject_is_named():
    """A person with many files sees which one."""
    with pytest.raises(DataError, match=r"^line 3: 1 problem"):
        incident_from({}, "line 3")


def test_a_hostile_name_cannot_forge_a_line_of_the_error():
    """Line ends, controls and endless names are quoted and cut."""
    said = refused({"title": "x", "a\n  title: fine\x1b[2J": 1, "z" * 10_000: 2})

    assert 3 == len(said.splitlines())
    assert "\x1b" not in said
    assert 400 > len(said)


def test_thousands_of_faults_are_refused():
    """Neither a long circle nor thousands of broken references make the reading hang."""
    circle = [{"id": f"w{step}", "parent": f"w{(step + 1) % 10_000}", "leg": "detection"} for step in range(10_000)]
    broken = [{"id": f"w{step}", "parent": f"x{step}"} for step in range(3_000)]
    with hang.ends():
        round_, dangling = refused({"title": "x", "whys": circle}), refused({"title": "x", "whys": broken})

    assert 500 > len(round_)
    assert "3000 problems" in dangling


def test_a_place_is_named_by_id_or_counted_from_one():
    """As its owner would point at it."""
    data = {"whys": [{"id": "w1"}, {"id": 7}, "no part"]}

    assert "whys.w1.leg" == place_of(("whys", 0, "leg"), data)
    assert "whys[2].leg" == place_of(("whys", 1, "leg"), data)
    assert "whys[3]" == place_of(("whys", 2), data)
    assert "whys[9].leg" == place_of(("whys", 8, "leg"), data)
    assert "categories.weather" == place_of(("categories", "weather", "[key]"))


def test_other_models_are_read_with_the_same_words():
    """A place that is known better stands for all; an unknown kind of fault is still told."""

    class Strict(BaseModel):
        of: frozenset[int] = frozenset()

    with pytest.raises(ValidationError) as error:
        Strict(of=3)  # type: ignore[arg-type] # that is the fault

    assert ["row 3: input should be a valid frozenset, found 3"] == [
        str(problem) for problem in problems_in(error.value, "row 3", model=Strict)
    ]


def test_near_names_are_those_of_the_place():
    """Below the key of a table the fields of its entries are known."""
    with pytest.raises(ValidationError) as error:
        Playbook.model_validate({"forms": {"new": {"labell": "x"}}})

    assert "forms.new.labell: unknown field; did you mean 'label'?" in [
        str(problem) for problem in problems_in(error.value, model=Playbook)
    ]


def test_the_schema_tells_other_programs_what_is_needed():
    """Only the title; nothing unknown; every field there."""
    schema = json_schema()

    assert ["title"] == schema["required"]
    assert set(Incident.model_fields) == set(schema["properties"])
    assert schema["additionalProperties"] is False
