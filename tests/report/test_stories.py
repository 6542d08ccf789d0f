"""What each audience may read of the two stories, at every moment of them (R41)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from postmortem.report import incident_summary, render
from tests.record.stories import PLAYBOOK, heating, switch

if TYPE_CHECKING:
    from postmortem.report.summary import Audience
    from tests.record.stories import Moment

MOMENTS = {f"{story.__name__}: {name}": moment for story in (switch, heating) for name, moment in story().items()}
ROLES = ("Technician", "Head of service", "M. Weiss", "Field lead", "Safety officer", "Service desk", "Heating desk")
INSIDE = (
    "critical",
    "special care",
    "Severity",
    "root",
    "whys",
    "tester takes",
    "job sheet ends",
    "service kit",
    "duty list ends",
)
CUSTOMERS = ("Abendroth", "Wendelin", "5550")

each_moment = pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)


def page(moment: Moment, audience: Audience) -> str:
    """The report for an audience at a moment, as Markdown."""
    return render(incident_summary(moment.record, PLAYBOOK, audience=audience, now=moment.now), "md")


@each_moment
def test_the_letter_names_no_colleague_and_nothing_of_how_we_work_inside(moment: Moment):
    """What happened, what we did, how to reach us, and no more."""
    letter = page(moment, "customer")

    assert [] == [word for word in (*ROLES, *INSIDE) if word in letter]


@each_moment
def test_the_manager_reads_no_customer_s_name(moment: Moment):
    """Neither the name nor the number to ring."""
    report = page(moment, "manager")

    assert [] == [word for word in CUSTOMERS if word in report]


@each_moment
def test_the_letter_speaks_to_them_and_not_of_them(moment: Moment):
    """Who reads "they lost 200 minutes" of themselves reads a form that was filled in."""
    letter = page(moment, "customer")

    assert [] == re.findall(r"[^.\n]*\b(?:they|them|their|the customer)\b[^.\n]*", letter)


@pytest.mark.parametrize("story", [switch, heating])
def test_the_letter_admits_apologises_and_says_how_to_reach_us(story):
    """From the moment it is told on: whose mistake it was, and that we are sorry (R12, R41)."""
    letter = page(story()["closed"], "customer")

    assert "That was our mistake" in letter
    assert "sorry" in letter
    assert "Talk to us directly" in letter


def test_the_letter_promises_only_what_is_planned_and_says_what_is_done():
    """While nothing is decided it says so; once it is, since when."""
    before, after = (page(switch()[name], "customer") for name in ("it is carried out", "closed"))

    assert "We promise nothing here before it is decided" in before
    assert "Since 9 March 2026" in after
    assert "EUR 10" in after


def test_the_letter_gives_back_all_that_they_paid():
    """64.90, 33.33 and 140, each of which was carried out (R18)."""
    letter = page(heating()["closed"], "customer")

    assert ["64.90", "33.33", "140"] == re.findall(r"We gave you EUR ([\d.]+):", letter)


@pytest.mark.parametrize("story", [switch, heating])
def test_the_team_reads_that_all_thirteen_steps_were_done_in_time(story):
    """None late, none out of order; and whom to ring."""
    report = page(story()["closed"], "team")

    assert "13 of 13 steps done" in report
    assert not re.search(r"\d (?:late|out of order)", report)
    assert "+49 30 5550" in report


def test_the_team_reads_how_it_went_with_the_managers():
    """Not there at first, then with permission, and above the limit with an approval (R9, R18)."""
    alone, handed = (page(heating()[name], "team") for name in ("the seal is in", "closed"))

    assert "No manager in reach" in alone
    assert "Handed over to Head of service" in handed
    assert "with their permission" in handed
    assert "approved by Head of service" in handed
    assert "Told them: **Before they raised it**" in handed
    assert "Signed: **M. Weiss" in handed
