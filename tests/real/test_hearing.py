"""The check of the words to the customer, on texts that nobody wrote for it: how often it speaks up there (R13, R20).

Nobody apologises to a customer in them: whatever is heard is most likely a false alarm, and there shall not be more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.record.phrases import heard
from postmortem.record.playbook import default_playbook
from tests.real.raw import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def alarms(texts: Iterable[str]) -> list[int]:
    """How many places are heard amiss in each text; that an admission is missing has no place."""
    return [sum(bool(phrase.text) for phrase in heard(text, default_playbook())) for text in texts]


def test_few_places_of_real_complaints_are_heard_amiss(shared_data: Path):
    """Of 1,532, most of what is heard is a "because" in a complaint that admits nothing."""
    found = alarms(
        row["Consumer complaint narrative"] for row in rows_of(shared_data / "cfpb_complaints/with_narrative_1532.csv")
    )

    assert 1532 == len(found)
    assert 146 >= sum(found)


def test_few_places_of_real_post_mortems_are_heard_amiss(shared_data: Path):
    """Of 118, which explain at length and speak to no customer."""
    found = alarms(
        file.read_text(encoding="utf-8", errors="ignore")
        for file in sorted((shared_data / "postmortems_real").rglob("*.md"))
    )

    assert 118 == len(found)
    assert 59 >= sum(found)
