"""The tree as text for an e-mail: it survives any mail program, and says everything in words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given

from postmortem.record import Incident, causes, whys
from postmortem.report import cause_map, render
from postmortem.report.redaction import with_texts
from tests.report.test_hostile import HOSTILE
from tests.strategies import incidents


def text(incident, playbook, now):
    """The mail of a record."""
    return render(cause_map(incident, playbook, now=now), "txt")


def test_a_tree_reads_with_because_and_therefore(playbook, now):
    """Down the page because, in the read-back therefore; AND and OR are said in words."""
    tree = whys.answer(Incident(title="Line dead"), None, "The switch was off", status="confirmed")
    tree = whys.join(whys.answer(whys.answer(tree, "w1", "It was unplugged"), "w1", "Nobody saw it"), "w1", "and")
    told = text(tree, playbook, now)

    assert "because, all of these together:\n    O1.1 (possible): It was unplugged." in told
    assert "and, needed together with it:\n    O1.2 (possible): Nobody saw it." in told


def test_a_root_says_its_kind_and_is_read_back(incident, playbook, now):
    """Status, category and evidence stand in words beside the answer."""
    told = text(incident, playbook, now)

    assert "O1.1.1 (confirmed; root: system): The job sheet ends before the" in told
    assert "Record: Job sheet 88 has no closing section." in told
    assert "therefore its plug was still out,\n" in told


@pytest.mark.parametrize("typed", [*HOSTILE, "> quoted", "-- ", "From me to you", ">From", "."])
def test_no_line_begins_with_what_a_mail_program_takes_for_its_own(incident, playbook, now, typed):
    """No quote, no signature, no envelope, whatever was typed."""
    words = " ".join([typed] * 30)
    lines = text(with_texts(incident, lambda _: words, frozenset()), playbook, now).splitlines()

    assert not [line for line in lines if re.match(r">|-- ?$|From |\.$", line)]
    assert all(line.isprintable() for line in lines)


@given(found=incidents())
def test_every_answer_stands_once_with_its_place_in_72_columns(playbook, now, found):
    """A line is longer only where a single word is."""
    told = cause_map(found, playbook, now=now)
    before, _, _ = render(told, "txt").partition("\nRead back")

    for node in told.nodes:
        assert 1 == len(re.findall(rf"(?m)^ +{re.escape(node.label)} \({node.status}[;)]", before))
    assert not [line for line in before.splitlines() if len(line) > 72 and len(line.split()) > 6]


def test_a_long_word_after_a_long_head_stands_on_a_line_of_its_own(playbook, now):
    """Where the place, the status and the kind fill a line, the answer begins on the next one."""
    ruled = whys.answer(Incident(title="Off"), None, "Off", status="ruled out")
    long = causes.mark_root(whys.reword(ruled, "w1", "x" * 60), "w1")

    assert f"\n  O1 (ruled out; root, ruled out: unclassified):\n    {'x' * 60}.\n" in text(long, playbook, now)
