"""The tree from left to right: what is in it, who may see it, where each box stands, and that no text breaks out."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from postmortem.record import Incident, whys
from postmortem.record.edit import changed
from postmortem.record.errors import DataError
from postmortem.report import cause_map, render, write
from postmortem.report.redaction import with_texts
from tests.report.test_hostile import HOSTILE
from tests.report.test_redaction import NAME_LETTERS
from tests.strategies import trees

KINDS = ("html", "md", "json", "txt", "mmd")
CALM = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def chain(length):
    """A tree in which each answer explains the one before it."""
    found = Incident(title="Line dead")
    for number in range(length):
        found = whys.answer(found, f"w{number}" if number else None, f"Because of thing {number}")
    return found


def fan(width):
    """A tree with many answers to one question."""
    found = whys.answer(Incident(title="Line dead"), None, "The switch was off")
    for number in range(width):
        found = whys.answer(found, "w1", f"One of many things that came together on that day, number {number}")
    return found


@pytest.fixture(scope="module")
def drawn(incident, playbook, now):
    """The cause map of the incident with every field filled."""
    return cause_map(incident, playbook, now=now)


def test_the_nodes_are_the_tree_in_reading_order(incident, drawn):
    """Labels, parents, evidence and roots are those of the record."""
    assert list(whys.labels(incident).values()) == [node.label for node in drawn.nodes]
    assert ["", "O1", "O1.1", "O1", ""] == [node.parent for node in drawn.nodes]
    assert ("Record: Job sheet 88 has no closing section",) == drawn.nodes[2].evidence
    assert ["", "", "Root: system", "", "Possible root: unclassified"] == [node.kind for node in drawn.nodes]


def test_roots_that_are_only_possible_are_counted_apart(drawn):
    """A root that nobody has confirmed is not told as one."""
    assert "1 root, 1 possible." == drawn.sentence


def test_the_map_of_an_untold_tree_says_so(playbook, now):
    """No whys, no box but the first, no empty legend of roots."""
    empty = cause_map(Incident(title="Line dead"), playbook, now=now)

    assert "Nobody has asked why yet." == empty.sentence
    assert [""] == [box.number for box in empty.screen.boxes]


def test_a_customer_gets_no_map(incident, playbook, now):
    """It tells how we work inside; the refusal says what to write instead (R41)."""
    with pytest.raises(DataError, match=r"a customer gets no cause map.*write them the letter"):
        cause_map(incident, playbook, audience="customer", now=now)


def test_all_that_is_asked_wrongly_is_told_at_once(incident, playbook, now):
    """A near audience is offered; paper and instant are checked with it."""
    with pytest.raises(DataError) as refused:
        cause_map(incident, playbook, audience="manger", now=now.replace(tzinfo=None), paper="A5")

    assert ["audience", "paper", "now"] == [problem.where for problem in refused.value.problems]
    assert "did you mean 'manager'?" in str(refused.value)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("hidden", ["Harbour House", "Harbour", "Brackett", "01632 960200"])
def test_a_managers_map_has_no_word_of_the_customer(incident, playbook, now, kind, hidden):
    """The team's has them where they were typed, the manager's in no form."""
    typed = with_texts(incident, lambda text: f"{text} at {hidden}", frozenset())
    typed = changed(typed, customer=incident.customer)

    assert hidden.lower() in render(cause_map(typed, playbook, now=now), kind).lower()
    assert hidden.lower() not in render(cause_map(typed, playbook, audience="manager", now=now), kind).lower()


@given(
    name=st.lists(st.text(NAME_LETTERS, min_size=5, max_size=12), min_size=1, max_size=3),
    around=st.sampled_from(["{}", "at {} we", "({})", "“{}”", "x\n{}", "{}'s line", "{} {}"]),
)
@CALM
def test_no_customer_ever_slips_into_a_managers_map(incident, playbook, now, name, around):
    """Whatever the name is, and in whatever text it stands, no form holds it."""
    plain = cause_map(with_texts(incident, lambda _: "x", frozenset()), playbook, audience="manager", now=now)
    known = "".join(render(plain, kind) for kind in KINDS).lower()
    assume(not any(word.lower() in known for word in name))
    full = " ".join(word.capitalize() for word in name)
    typed = with_texts(incident, lambda _: around.format(full, full), frozenset())
    typed = changed(typed, customer={"name": full})
    told = cause_map(typed, playbook, audience="manager", now=now)

    for kind in KINDS:
        assert not [word for word in name if word.lower() in render(told, kind).lower()]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_makes_no_element_and_no_style_in_the_page(incident, playbook, now, read, text):
    """The page has the elements it has with any word; what stands in a style is numbers of ours."""
    page, plain = (
        read(render(cause_map(with_texts(incident, lambda _, it=it: it, frozenset()), playbook, now=now), "html"))
        for it in (text, "word")
    )
    attributes = [(name, value or "") for _, found in page.elements for name, value in found.items()]

    assert Counter(name for name, _ in plain.elements) == Counter(name for name, _ in page.elements)
    assert not [name for name, _ in attributes if name.startswith("on") or name in {"href", "src"}]
    assert all(re.fullmatch(r"(--[crnpwz]|--cols|[:;.\d]|px)*", value) for name, value in attributes if name == "style")


def stands(boxes):
    """The grid cells that each box takes."""
    return [(box.column, row) for box in boxes for row in range(box.row, box.row + box.rows)]


@given(tree=trees(most=40), paper=st.sampled_from(["A3", "A4"]))
@CALM
def test_each_answer_stands_once_on_paper_and_once_on_the_screen(playbook, now, tree, paper):
    """No box is lost or takes another's place; one that goes on elsewhere says where, and is found there again."""
    told = cause_map(Incident(title="Line dead", whys=tree), playbook, now=now, paper=paper)
    labels = [node.label for node in told.nodes]
    drawings = [drawing for sheet in told.sheets for drawing in sheet.drawings]

    assert ["", *labels] == [box.number for box in told.screen.boxes]
    assert sorted(labels) == sorted(box.number for drawing in drawings for box in drawing.boxes[1:])
    for drawing in [told.screen, *drawings]:
        assert max(Counter(stands(drawing.boxes)).values()) == 1
        assert max(box.column for box in drawing.boxes) == drawing.columns


@pytest.mark.parametrize("tree", [chain(60), fan(60), chain(4), fan(2)])
@pytest.mark.parametrize("paper", ["A3", "A4"])
def test_a_branch_that_is_cut_off_goes_on_where_it_says(playbook, now, tree, paper):
    """The sheet that a box names begins, somewhere, with that box; none is printed under seven tenths."""
    told = cause_map(tree, playbook, now=now, paper=paper)
    heads = [{drawing.boxes[0].number for drawing in sheet.drawings} for sheet in told.sheets]
    onward = [box for sheet in told.sheets for drawing in sheet.drawings for box in drawing.boxes if box.onward]

    assert all(box.number in heads[int(box.onward.split()[-1]) - 1] for box in onward)
    assert bool(onward) == (len(tree.whys) > 20)
    assert min(sheet.scale for sheet in told.sheets) >= 0.7


@pytest.mark.parametrize("kind", KINDS)
def test_a_very_deep_tree_is_told_in_every_form(playbook, now, kind):
    """Four hundred whys in a row are no tree that anybody wants, and none that breaks anything."""
    assert "O1" in render(cause_map(chain(400), playbook, now=now), kind)


def test_first_answers_of_one_leg_say_how_they_belong_together(playbook, now):
    """The word stands between them, not at the box from which all three legs begin."""
    tree = whys.answer(whys.answer(Incident(title="Line dead"), None, "One"), None, "Two")
    tree = whys.answer(whys.join(tree, None, "and"), None, "Three", leg="detection")
    boxes = cause_map(tree, playbook, now=now).screen.boxes

    assert ["", "", "and", ""] == [box.beside for box in boxes]
    assert "" == boxes[0].gate


def test_a_long_text_is_cut_in_the_drawing_and_whole_in_the_mail(playbook, now):
    """A wall has room for a sentence; nothing is lost, since the text holds it all."""
    tree = whys.answer(Incident(title="Line dead"), None, "word " * 400 + "end")
    told = cause_map(tree, playbook, now=now)

    assert len(told.screen.boxes[1].text) <= 260
    assert "end." in render(told, "txt")


@pytest.mark.parametrize(
    ("suffix", "begins"), [("txt", "Why? "), ("mmd", "flowchart LR\n"), ("md", "# "), ("json", "{")]
)
def test_a_map_is_written_by_its_suffix(drawn, tmp_path, suffix, begins):
    """The suffix says the form, for each that a map has."""
    assert write(drawn, tmp_path / f"it.{suffix}").read_text(encoding="utf-8").startswith(begins)


def test_a_suffix_that_is_none_of_a_maps_is_refused_with_those_that_are(drawn, tmp_path):
    """And a report is still not written as text."""
    with pytest.raises(DataError, match=r"expected \.html, \.md, \.json, \.txt or \.mmd, found '\.doc'"):
        write(drawn, tmp_path / "it.doc")


def test_the_json_has_the_nodes_and_not_the_drawing(drawn):
    """Where a box stands is for the page alone."""
    told = render(drawn, "json")

    assert '"nodes"' in told
    assert '"screen"' not in told
    assert '"sheets"' not in told
