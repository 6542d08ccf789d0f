"""By which way they were told, in the row of the step that tells, and above (R16)."""

from __future__ import annotations

import pytest

from postmortem.record import recovery
from postmortem.record.edit import get
from postmortem.widgets.panel import script
from tests.widgets.seen import NOW, blocks, do, fields, pressed, put

STEP = "recovery.steps.explain-mistake"


@pytest.fixture
def panel(ours):
    """The stage of a mistake of ours."""
    return ours.stage("recover")


def row(panel, name="explain-mistake"):
    """One row of the table."""
    (table,) = [item for item in blocks(panel.view) if item.get("t") == "procedure"]
    return next(item for item in table["rows"] if item["key"] == name)


def in_row(panel, name="explain-mistake"):
    """The fields of a row, by their last name."""
    return {field["place"].rsplit(".", 1)[-1]: field for field in row(panel, name)["fields"]}


def told(retro, way, step="explain-mistake"):
    """A step that was done by some way."""
    retro.change(recovery.do, step, retro.playbook, at=NOW, channel=way)


@pytest.mark.parametrize(("way", "name"), [("e-mail", "e-mail"), ("Email", "e-mail"), ("FAX", "fax")])
def test_the_row_of_the_admission_has_the_warning_and_the_same_two_ways_out(panel, retro, way, name):
    """However the way was written, it is shown by its name; the row stands open."""
    told(retro, way)
    field = in_row(panel)["channel"]

    assert row(panel)["must"]
    assert (name, ["R16"]) == (field["value"], [found["rule"] for found in field["findings"]])
    assert name in [value for value, _ in field["options"]]
    assert "Change to phone" == field["under"]["change"]["label"]
    assert f"Keep {name} and give a reason" == field["under"]["keep"]
    assert f"{STEP}.because" == field["under"]["reason"] == in_row(panel)["because"]["place"]


def test_a_reason_in_the_row_settles_it_and_stays_to_be_mended(panel, retro):
    """And is asked for no more."""
    told(retro, "fax")
    put(panel, f"{STEP}.because", "Their mail was down")

    assert ([], False) == (in_row(panel)["channel"]["findings"], row(panel)["must"])
    assert "under" not in in_row(panel)["channel"]
    assert "Their mail was down" == in_row(panel)["because"]["value"]


def test_another_way_is_one_press(panel, retro):
    """In the row that tells, and nowhere else."""
    told(retro, "fax")
    pressed(panel, "Change to phone")

    assert "phone" == get(retro.incident, f"{STEP}.channel")
    assert "" == retro.incident.recovery.channel
    assert "because" not in in_row(panel)


def test_a_reason_for_the_way_above_is_none_for_another_in_the_row(panel, retro):
    """Where both are the same, it is asked for once, above."""
    retro.put("recovery.channel", "e-mail")
    told(retro, "e-mail")
    above, below = fields(panel)["recovery.channel"], in_row(panel)["channel"]
    retro.put("recovery.channel_reason", "They are deaf")
    told(retro, "fax")

    assert ("under" in above, below["findings"]) == (True, [])
    assert "under" in in_row(panel)["channel"]


def test_no_other_row_is_warned_of(panel, retro):
    """A thank-you by e-mail can follow as a record."""
    told(retro, "e-mail", "thank")

    assert {"at", "by", "channel", "note"} == set(in_row(panel, "thank"))
    assert [] == in_row(panel, "thank")["channel"]["findings"]


def test_another_way_above_takes_its_reason_along(panel, retro):
    """What was told by the first one keeps it."""
    retro.put("recovery.channel", "e-mail")
    retro.put("recovery.channel_reason", "They are deaf")
    told(retro, "e-mail")
    do(panel, "tell-by", channel="phone")

    assert ("phone", "") == (retro.incident.recovery.channel, retro.incident.recovery.channel_reason)
    assert "They are deaf" == get(retro.incident, f"{STEP}.because")
    assert [] == in_row(panel)["channel"]["findings"]


def test_a_way_that_nobody_knows_is_shown_as_it_was_written(panel, retro):
    """With a near one."""
    told(retro, "phne")
    field = in_row(panel)["channel"]

    assert ("phne", "did you mean phone?") == (field["value"], field["findings"][0]["remedy"])
    assert "under" not in field


def test_the_browser_goes_to_the_reason_that_is_meant():
    """Each pair of ways out names its own field."""
    assert "focusOn(panel, block.reason)" in script()
