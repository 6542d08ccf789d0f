"""A checklist on paper (R37): its points, why it exists, and nobody's name."""

from __future__ import annotations

import pytest

from postmortem.record import checklists, default_playbook
from postmortem.record.incident import Customer, Incident
from postmortem.report import checklist_page, render
from tests.report.test_hostile import HOSTILE

PLAYBOOK = default_playbook()


def page(incident: Incident, *points: str, name: str = "Before you leave"):
    """The sheet of a list in a record."""
    told = checklists.publish(incident, name, points or ["All lines ring"], job="Line repair")
    return checklist_page(told, "l1", PLAYBOOK)


def test_the_sheet_says_why_the_list_exists_without_the_customer():
    """Nor in a point; a role stays, for somebody may have to be told."""
    told = Incident(title="Line dead at Harbour House", customer=Customer(name="Harbour House", contact="0123 456789"))
    sheet = page(told, "Ring Harbour House on 0123 456789", "Tell the field lead")

    assert "It was made so that this does not happen again: “Line dead at the customer”." == sheet.why
    assert ("Ring the customer on the customer", "Tell the field lead") == sheet.points


def test_a_title_that_blames_is_not_repeated():
    """The sheet hangs where the person works."""
    sheet = page(Incident(title="The technician forgot the switch"))

    assert "forgot" not in sheet.why
    assert "does not happen again" in sheet.why


def test_every_kind_has_the_points_in_their_order():
    """With boxes to tick; points without words are left out."""
    sheet = page(Incident(title="Late"), "All lines ring", " ", "Lights are green")

    assert 2 == render(sheet, "html").count('class="box"')
    assert "- [ ] All lines ring\n- [ ] Lights are green" in render(sheet, "md")
    assert '"points"' in render(sheet, "json")


def test_the_sheet_is_black_on_white_whatever_theme_is_asked_for():
    """It is paper."""
    assert render(page(Incident(title="Late")), "html") == render(page(Incident(title="Late")), "html", theme="dark")


@pytest.mark.parametrize(("points", "dense"), [(14, False), (15, True)])
def test_many_points_stand_closer_so_that_one_sheet_is_enough(points, dense):
    """Fourteen of one line fit as they are."""
    assert dense == page(Incident(title="Late"), *(f"Point {number}" for number in range(points))).dense


@pytest.mark.parametrize("text", HOSTILE)
def test_no_typed_text_becomes_markup(text, read):
    """The elements are those of a page with plain words, and none asks for anything."""
    plain = read(render(page(Incident(title="word"), "word"), "html")).elements
    hostile = read(render(page(Incident(title=text), text, name=text), "html")).elements

    assert [name for name, _ in plain] == [name for name, _ in hostile]
