"""Handing over to a manager on screen, and what a level asks for (R6 to R10)."""

from __future__ import annotations

from datetime import date

import pytest

from tests.widgets.seen import NOW, blocks, do, fields, pressed, put, texts

PLACE = "recovery.escalation"


@pytest.fixture
def serious(retro):
    """The stage of a serious mistake."""
    retro.put("title", "Heating could have leaked")
    retro.put("impact.potential_harm", "injury")
    return retro.stage("recover")


def folds(panel):
    """The titles of what is folded."""
    return [item["title"] for item in blocks(panel.view) if item.get("t") == "fold"]


def test_where_nothing_asks_for_a_manager_there_is_one_quiet_line(retro):
    """It can be handed over all the same."""
    panel = retro.stage("recover")

    assert "Nothing here asks for a manager. Hand it over all the same" in folds(panel)


def test_without_a_manager_the_handler_goes_on_and_the_call_back_is_due(serious, retro):
    """Friday noon: on Monday."""
    do(serious, "manager", value="no")

    assert date(2026, 3, 23) == retro.incident.recovery.escalation.call_back_on
    assert "23 Mar 2026" == fields(serious)[f"{PLACE}.call_back_on"]["value"]
    assert "Nobody is there." in texts(serious.view)
    pressed(serious, "A manager has called back")
    assert NOW == retro.incident.recovery.escalation.called_back_at


def test_once_a_manager_called_back_nobody_is_sent_on_alone(serious):
    """The way on is to hand it over, before and after somebody says that a manager is there (R9)."""
    do(serious, "manager", value="no")
    pressed(serious, "A manager has called back")
    alone = " ".join(texts(serious.view))
    do(serious, "manager", value="yes")
    there = " ".join(texts(serious.view))

    assert "Go on yourself" not in alone
    assert "a manager has called back. To hand it over now, say above that one is available." in alone
    assert "stays due" not in there


def test_the_script_comes_first_and_nothing_is_handed_over_without_permission(serious, retro):
    """The button waits for their yes."""
    do(serious, "manager", value="yes")
    assert "Apologise once more." in texts(serious.view)
    put(serious, f"{PLACE}.handed_to", "Duty manager")
    (before,) = [item["off"] for item in blocks(serious.view) if item.get("do") == "hand-over"]
    do(serious, "hand-over")
    refused = serious.head["trouble"]
    put(serious, f"{PLACE}.permission", "yes")
    pressed(serious, "Hand over now")

    assert before
    assert "was not asked yet" in refused
    assert (NOW, "Duty manager") == (
        retro.incident.recovery.escalation.handed_at,
        retro.incident.recovery.escalation.handed_to,
    )


def test_nothing_is_handed_over_to_nobody(serious, retro):
    """The button waits for a name; and that nobody was there at first is still seen once it is handed over (R9)."""
    for name, value in (("manager_available", "no"), ("called_back_at", "16 Mar 09:00"), ("permission", "yes")):
        do(serious, "manager", value=value) if name == "manager_available" else put(serious, f"{PLACE}.{name}", value)
    do(serious, "manager", value="yes")
    (before,) = [item["off"] for item in blocks(serious.view) if item.get("do") == "hand-over"]
    put(serious, f"{PLACE}.handed_to", "Duty manager")
    pressed(serious, "Hand over now")

    assert before
    assert "Duty manager" == retro.incident.recovery.escalation.handed_to
    assert "No manager was there at first: the handler went on, and one called back." in " ".join(texts(serious.view))


def test_a_promised_call_back_is_seen_and_kept_once_a_manager_is_there(serious, retro):
    """What was told to the customer does not go with a press (R9)."""
    do(serious, "manager", value="no")
    do(serious, "manager", value="yes")
    stays = f"{PLACE}.call_back_on" in fields(serious)
    pressed(serious, "A manager has called back")
    pressed(serious, "Nobody was there once more")

    assert stays
    assert (date(2026, 3, 23), None) == (
        retro.incident.recovery.escalation.call_back_on,
        retro.incident.recovery.escalation.called_back_at,
    )
    assert "A manager called back on" in " ".join(texts(serious.view))


def test_a_no_is_a_no(serious):
    """The handler goes on."""
    do(serious, "manager", value="yes")
    put(serious, f"{PLACE}.permission", "no")

    assert "You go on yourself, and keep the manager informed." in texts(serious.view)
    assert [] == [item for item in blocks(serious.view) if item.get("do") == "hand-over"]


# -- evaluate ---------------------------------------------------------------------------------------------------------


def test_what_could_have_happened_counts_as_much(retro):
    """And what is not known is listed by name, and raises nothing (R6)."""
    panel = retro.stage("evaluate")
    put(panel, "impact.harm", "none")
    put(panel, "impact.potential_harm", "life-threatening")

    told = " ".join(texts(panel.view))

    assert "Critical." in texts(panel.view)
    assert "Nothing of the kind happened; that it could have counts as much." in told
    assert "How many people were affected? How much of their time did it take?" in told


def test_a_level_set_by_hand_asks_why_and_who(retro):
    """Both levels are kept (R8)."""
    panel = retro.stage("evaluate")
    put(panel, "impact.harm", "distress")
    before = set(fields(panel))
    put(panel, "evaluation.level", "serious")

    assert {"evaluation.reason", "evaluation.by"} == set(fields(panel)) - before - {
        "evaluation.manager_told",
        "evaluation.manager_told_at",
    }
    assert "The answers say moderate. A person set this one." in texts(panel.view)
    assert ["R8"] == [item["rule"] for item in fields(panel)["evaluation.reason"]["findings"]]


@pytest.mark.usefixtures("serious")
def test_a_level_says_how_deep_how_soon_and_who_is_told(retro):
    """In plain words (R7, R9, R19)."""
    panel = retro.stage("evaluate")
    said = texts(panel.view)

    assert "Tell them, and apologise, within 30 min." in said
    assert "Put it right within 4 h." in said
    assert "Follow up 5 days after it is put right." in said
    assert "More than a single chain of whys." in said
    assert "A manager takes it over, because it is serious: see the next stage." in said
    pressed(panel, "Told just now")
    assert NOW == retro.incident.evaluation.manager_told_at


def test_the_record_says_where_it_ends(retro):
    """No discipline here; the substitution test is (R10)."""
    assert "Where this record ends" in folds(retro.stage("evaluate"))
