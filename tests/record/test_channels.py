"""By which way the customer is told (R16)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from postmortem.record import channels, procedures, recovery
from postmortem.record.edit import put
from postmortem.record.incident import Incident, Recovery, Source
from postmortem.record.playbook import Playbook, default_playbook
from postmortem.record.review import review

NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)
ADMISSION = "recovery.steps.explain-mistake.channel"


def told(way: str, **said: str) -> Incident:
    """A record whose admission was made by one way."""
    record = Incident(title="Off", fault="ours", known_at=NOW, recovery=Recovery(**said))
    return recovery.do(record, "explain-mistake", default_playbook(), at=NOW, channel=way)


def found(record: Incident) -> list[tuple[str, str]]:
    """Where the review speaks of a channel, and how loudly."""
    return [(one.where, one.level) for one in review(record, default_playbook(), NOW) if one.rule == "R16"]


@pytest.mark.parametrize(
    ("channel", "level"),
    [
        ("e-mail", "warning"),
        ("email", "warning"),
        ("E-Mail", "warning"),
        ("FAX", "warning"),
        ("chat", "warning"),
        ("pigeon", "hint"),
        ("phone", ""),
        ("In person", ""),
        ("", ""),
    ],
)
def test_an_unfit_way_is_warned_of_however_it_is_written_and_wherever_it_stands(channel: str, level: str):
    """In the field above, and in the step in which they were told; one that nobody knows is asked about."""
    planned = Incident(title="Off", recovery=Recovery(channel=channel))

    assert [("recovery.channel", level)] * bool(level) == found(planned)
    assert [(ADMISSION, level)] * bool(level) == found(told(channel))


def test_a_way_that_nobody_knows_is_named_with_a_near_one():
    """And with all there are where none is near."""
    near, far = (review(told(way), default_playbook(), NOW) for way in ("phne", "pigeon"))

    assert ["did you mean phone?"] == [one.remedy for one in near if one.rule == "R16"]
    assert any("there are: in person, phone" in one.remedy for one in far if one.rule == "R16")


def test_what_was_imported_names_its_ways_as_its_source_does():
    """Nobody is asked to change thousands of them."""
    source = Source(system="desk", key="1")

    assert [] == found(Incident(title="Off", source=source, recovery=Recovery(channel="Web")))


def test_the_same_way_is_warned_of_once():
    """In the field above, where its reason is asked for; with it, nowhere."""
    assert [("recovery.channel", "warning")] == found(told("Email", channel="e-mail"))
    assert [] == found(told("Email", channel="e-mail", channel_reason="They are deaf"))


def test_a_reason_for_one_way_is_none_for_another():
    """A fax is no e-mail; a reason in the step itself is for its own way."""
    faxed = told("fax", channel="e-mail", channel_reason="They are deaf")

    assert [(ADMISSION, "warning")] == found(faxed)
    assert [] == found(put(faxed, "recovery.steps.explain-mistake.because", "Their mail was down"))


def test_only_the_step_that_tells_is_warned_of():
    """A thank-you by e-mail can follow as a record."""
    record = recovery.do(told("phone"), "thank", default_playbook(), at=NOW, channel="e-mail")

    assert [] == found(record)


def test_another_way_leaves_the_reason_with_what_was_told_by_the_first(playbook: Playbook):
    """The next talk is by phone; that the admission was not has its reason still."""
    record = told("e-mail", channel="e-mail", channel_reason="They are deaf")
    after = channels.followed(record, put(record, "recovery.channel", "phone"), playbook)
    plan = Incident(title="Off", recovery=Recovery(channel="e-mail", channel_reason="They are deaf"))
    faxed = channels.followed(plan, put(plan, "recovery.channel", "fax"), playbook)

    assert ("", "They are deaf") == (after.recovery.channel_reason, after.recovery.steps[0].because)
    assert [] == found(after)
    assert "" == faxed.recovery.channel_reason
    assert [("recovery.channel", "warning")] == found(faxed)


def test_the_same_way_written_otherwise_keeps_its_reason(playbook: Playbook):
    """So does a reason that was changed together with the way."""
    plan = Incident(title="Off", recovery=Recovery(channel="e-mail", channel_reason="They are deaf"))
    same = channels.followed(plan, put(plan, "recovery.channel", "Email"), playbook)
    both = put(put(plan, "recovery.channel", "fax"), "recovery.channel_reason", "Their mail is down")

    assert "They are deaf" == same.recovery.channel_reason
    assert both == channels.followed(plan, both, playbook)


def test_why_it_was_done_this_way_is_no_reason_to_do_without_it(playbook: Playbook):
    """A step that turns out not to be needed asks for its own."""
    done = put(told("e-mail"), "recovery.steps.explain-mistake.because", "They are deaf")
    spared = procedures.spare(done, "explain-mistake", playbook)

    assert "" == recovery.said_of(spared, "explain-mistake").because


def test_the_fittest_way_at_hand_is_the_phone(playbook: Playbook):
    """In person takes going there; a team without a phone has its next one, and none at all is none."""
    no_phone = {name: one for name, one in playbook.channels.items() if name != "phone"}

    assert ["in person", "phone"] == channels.ranked(playbook)[:2]
    assert "phone" == channels.best(playbook)
    assert "in person" == channels.best(playbook.model_copy(update={"channels": no_phone}))
    assert "" == channels.best(playbook.model_copy(update={"channels": {"fax": playbook.channels["fax"]}}))
