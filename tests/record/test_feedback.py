"""Answers after a meeting: counted, without a name, and in an order that tells nothing."""

from __future__ import annotations

import pytest

from postmortem.record import feedback
from postmortem.record.errors import PostmortemError
from postmortem.record.incident import Incident
from postmortem.record.parts import Feedback

LATE = Incident(title="Late")


def test_an_answer_has_no_place_for_a_name():
    """Nothing but an id by chance, the two answers and a line."""
    assert {"id", "learned", "again", "note"} == set(Feedback.model_fields)


def test_the_order_in_which_answers_were_handed_in_is_not_kept():
    """Whichever came first, the record is the same."""
    one = feedback.answer(feedback.answer(LATE, "f-b", learned="yes"), "f-a", learned="no")
    other = feedback.answer(feedback.answer(LATE, "f-a", learned="no"), "f-b", learned="yes")

    assert one == other


def test_a_question_left_open_counts_in_neither():
    """Two answered the first, one the second."""
    told = feedback.answer(feedback.answer(LATE, "f-a", learned="no"), "f-b", learned="yes", again="yes", note=" b\nc ")

    assert feedback.Tally(2, (1, 2), (1, 1), ("b c",)) == feedback.tally(told)


@pytest.mark.parametrize("given", [{}, {"note": "  "}])
def test_an_empty_answer_is_not_taken(given):
    """Somebody pressed the button too early; a sentence says so."""
    with pytest.raises(PostmortemError, match="Answer one"):
        feedback.answer(LATE, "f-a", **given)


def test_an_id_is_given_once():
    """Two answers are never mixed up."""
    with pytest.raises(PostmortemError, match="already"):
        feedback.answer(feedback.answer(LATE, "f-a", learned="no"), "f-a", learned="no")
