"""One incident as one Markdown page, and back."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from postmortem.exchange.wiki.markdown import incident_of, is_page, page
from postmortem.record.edit import changed
from postmortem.record.errors import DataError
from postmortem.record.reading import incident_from
from tests.strategies import HOSTILE, incidents

if TYPE_CHECKING:
    from postmortem.record.incident import Incident

AWKWARD = (
    *HOSTILE,
    "---\npostmortem: 1\n---\n# Another",
    "## Summary\n\n| a | b |\n|---|---|",
    "a | b \\| c \\",
    "- **w1** one\n  - two",
    "\n\n  indented\n\n\ttab \n",
    "&#10; &empty; <br> \\n ∅",
    "```\n# x\n```",
    "[x]: http://x\n[a](javascript:alert(1)) ![](x)",
    "a\x00b\x1b\x85\ufeff",
    "1. one\n2) two\n+ three\n=\n: four",
    "~~gone~~ $x$ {% raw %} __dunder__ snake_case",
)


def told(**more: object) -> Incident:
    """An incident with something in each section."""
    fields = {
        "title": "Line dead",
        "id": "2026-014",
        "revision": 3,
        "summary": "One.\n\nTwo.",
        "zone": "Europe/Berlin",
        "timeline": [{"id": "m1", "at": "2026-03-02T17:30:00+01:00", "text": "Plug out", "seen_by": "Crew"}],
        "impact": {"expected": "An hour", "happened": "A day", "customers": 9},
        "whys": [
            {"id": "w1", "text": "Unplugged", "leg": "occurrence"},
            {"id": "w2", "parent": "w1", "text": "No list"},
        ],
        "causes": [{"id": "c1", "why": "w2", "category": "system", "reason": "The sheet ends there"}],
        "actions": [
            {"id": "a1", "text": "Print a list", "causes": ["c1"], "form": "checklist", "due_on": "2026-03-16"}
        ],
        "learned": ["Done is when it rings"],
        "extra": [{"name": "crm note", "value": "None"}],
    }
    return incident_from(fields | more)


@given(incidents())
def test_any_incident_comes_back_from_its_page(incident: Incident):
    """Nothing that can be recorded is lost on the way through a wiki."""
    assert incident == incident_of(page(incident))


@pytest.mark.parametrize("text", AWKWARD)
def test_no_text_becomes_markup_or_is_lost(text: str):
    """In every place where a text stands."""
    incident = told(
        title=f"x{text}",
        summary=text,
        impact={"expected": text, "happened": text},
        timeline=[{"id": "m1", "text": text, "seen_by": text}],
        whys=[{"id": "w*1|", "text": text}],
        causes=[{"id": "c1", "why": "w*1|", "reason": text, "accepted_because": text}],
        actions=[{"id": "a1", "text": text, "owner": text, "causes": ["c1"], "done_when": text}],
        learned=[text, ""],
        extra=[{"name": text, "value": text}],
    )
    made = page(incident)

    assert incident == incident_of(made)
    assert "<script" not in made.partition("\n---\n")[2]
    assert 1 == made.count("\n# ")


def test_a_very_deep_chain_is_read_again_and_stays_small():
    """A thousand whys, one below the other."""
    whys = [{"id": f"w{at}", "text": "Why", "parent": f"w{at - 1}" if at else None} for at in range(1000)]
    incident = told(whys=whys, causes=[], actions=[])
    made = page(incident)

    assert incident == incident_of(made)
    assert len(made) < 100_000


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ("# Line dead", "# Line dumb", ("title",)),
        ("Two.", "Three.", ("summary",)),
        ("An hour", "Two hours", ("impact", "expected")),
        ("A day", "Two days", ("impact", "happened")),
        ("Plug out", "Plug pulled", ("timeline", 0, "text")),
        ("| Crew |", "| Caretaker |", ("timeline", 0, "seen_by")),
        ("No list", "No *list*", ("whys", 1, "text")),
        ("The sheet ends there", "It ends", ("causes", 0, "reason")),
        ("Print a list", "Print two", ("actions", 0, "text")),
        ("2026-03-16", "2026-03-17", ("actions", 0, "due_on")),
        ("when it rings", "when they ring", ("learned",)),
        ("### crm note\n\nNone", "### crm note\n\nOne\n\nTwo", ("extra", 0, "value")),
        ("form: checklist", "form: remind", ("actions", 0, "form")),
        ("customers: 9", "customers: 8", ("impact", "customers")),
    ],
)
def test_a_word_mended_in_the_page_changes_that_field_alone(before: str, after: str, place: tuple[str | int, ...]):
    """What a person sees is what they change."""
    made = page(told())
    old = told().model_dump()
    new = incident_of(made.replace(before, after)).model_dump()
    for step in place[:-1]:
        old, new = old[step], new[step]

    assert 1 == made.count(before)
    assert old[place[-1]] != new[place[-1]]
    old[place[-1]] = new[place[-1]]
    assert told().model_dump() | {place[0]: None} == incident_of(made.replace(before, after)).model_dump() | {
        place[0]: None
    }
    assert old == new


def test_a_time_a_row_and_a_why_can_be_added_in_the_page():
    """The page is a form as well as a report."""
    made = page(told()).replace("  - **w2** No list", "  - **w2** No list\n    - **w3** Nobody asked\n  - **w4** Dark")
    made = made.replace("| Crew |", "| Crew |\n| m2 | 2026-03-02 18:00 +01:00 | Plug in |  |")
    incident = incident_of(made)

    assert [None, "w1", "w2", "w1"] == [why.parent for why in incident.whys]
    assert "2026-03-02T17:00:00+00:00" == incident.timeline[1].at.isoformat()


def test_one_changed_field_changes_its_line_alone():
    """A history of pages reads as a history of incidents."""
    lines = [
        line
        for line in difflib.unified_diff(
            page(told()).splitlines(), page(changed(told(), team="Field", revision=4)).splitlines(), n=0, lineterm=""
        )
        if line[:1] in "+-" and line[:3] not in {"+++", "---"}
    ]

    assert ["-revision: 3", "+revision: 4", "+team: Field"] == lines


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("revision: 3", "revison: 3", "revison: unknown field; did you mean 'revision'?"),
        ("revision: 3", "title: x", "title: stands in the front matter; write it in the page"),
        ("revision: 3", "id: other", "line 4: id stands twice; keep one of them"),
        ("revision: 3", "tags: &a [x]", r"line 4: an anchor (&a)"),
        ("revision: 3", "tags: [*a]", r"line 4: a reference (*a)"),
        ("revision: 3", "team: !!python/name:os.system x", "line 4: a tag (tag:yaml.org,2002:python/name:os.system)"),
        ("revision: 3", "team: a: b", "line 4: no YAML: mapping values are not allowed"),
        ("revision: 3", "team: " + "[" * 60, "nested more than 40 deep"),
        ("revision: 3", "occurred_at: 2026-03-02 17:30", "occurred_at: expected a date and time with an offset"),
        ("postmortem: 1", "postmortem: 2", "postmortem: expected 1, found 2; use a newer program"),
        ("## Summary", "## Sumary", "there is no section 'Sumary'; did you mean 'Summary'?"),
        ("## What we learned", "## Summary", "the section 'Summary' stands twice"),
        ("| Seen by |", "| Sean by |", "there is no column 'Sean by'; did you mean 'Seen by'?"),
        ("| Plug out |", "| Plug | out |", "expected 4 cells, found 5; write a | in a text as \\|"),
        ("- **w1** Unplugged", "- Unplugged", "a why without an id: 'Unplugged'"),
        ("| c1 | w2 |", "| c9 | w2 |", "actions.a1.causes: there is no cause 'c1'"),
        ("| a1 | Print", "| a7 | Print", "actions.a1: does not stand in the page"),
        ("# Line dead", "", "title: missing"),
        ("# Line dead", "# Line dead\n\nA word", "'A word' stands in no section"),
        ("---\npostmortem: 1", "postmortem: 1", "line 1: expected front matter"),
    ],
)
def test_what_will_not_do_is_told_with_its_place_and_a_remedy(before: str, after: str, said: str):
    """Nothing is dropped without a word."""
    with pytest.raises(DataError) as caught:
        incident_of(page(told()).replace(before, after, 1), "2026-014.md")

    assert said in str(caught.value)


def test_a_page_is_known_by_its_front_matter():
    """Somebody's prose about a postmortem is not one of ours."""
    assert is_page(page(told()).replace("\n", "\r\n"))
    assert not is_page("# Postmortem: 1\n\n---\n")
    assert not is_page("---\ntitle: x\n---\npostmortem: 1\n")


def test_line_ends_of_another_system_change_nothing():
    """A repository may check files out with other line ends."""
    assert told() == incident_of("\ufeff" + page(told()).replace("\n", "\r\n"))
