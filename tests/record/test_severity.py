"""How bad it is (R6 to R8)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from postmortem.record.edit import changed
from postmortem.record.incident import Evaluation, Impact, Incident, Reply
from postmortem.record.playbook import Playbook, default_playbook, playbook_from
from postmortem.record.severity import assess, depth, rank
from postmortem.record.vocabulary import SEVERITIES
from tests.strategies import incidents


def hit(**impact: Any) -> Incident:
    """An incident with this impact."""
    return Incident(title="Late", impact=Impact(**impact))


@pytest.mark.parametrize(
    ("impact", "level"),
    [
        ({"harm": "none"}, "minor"),
        ({"harm": "distress"}, "moderate"),
        ({"harm": "injury"}, "critical"),
        ({"harm": "none", "potential_harm": "life-threatening"}, "critical"),
        ({"potential_harm": "injury"}, "serious"),
        ({"harm": "none", "trust": "lost"}, "serious"),
        ({"harm": "distress", "customers": 5, "reputation": "public"}, "serious"),
        ({"customer_min": 59}, "minor"),
        ({"customer_min": 60}, "moderate"),
        ({"customer_min": 240}, "serious"),
        ({"customers": 0}, "minor"),
        ({"customer_cost": "1000"}, "moderate"),
        ({"customer_cost": "1000.01"}, "serious"),
        ({"our_cost": 10_001}, "serious"),
    ],
)
def test_the_worst_answer_wins(impact: dict[str, Any], level: str, playbook: Playbook):
    """Whatever the milder ones say; harm that was only possible is enough for critical."""
    assert level == assess(hit(**impact), playbook).level


def test_nothing_answered_is_no_level(playbook: Playbook):
    """All questions are open then, and the review goes as deep as for a moderate one."""
    assessment = assess(Incident(title="Late"), playbook)

    assert None is assessment.level is assessment.computed
    assert tuple(question.id for question in playbook.severity.questions) == assessment.open_questions
    assert playbook.severity.levels["moderate"] == depth(Incident(title="Late"), playbook)


@settings(deadline=None, max_examples=60)
@given(incidents())
def test_an_unknown_never_raises_the_level(incident: Incident):
    """Taking an answer away makes it no worse, and puts the question on the open list."""
    playbook = default_playbook()
    before = assess(incident, playbook)
    for question in playbook.severity.questions:
        after = assess(changed(incident, impact=changed(incident.impact, **{question.field: None})), playbook)

        assert rank(after.computed) <= rank(before.computed)
        assert question.id in after.open_questions


@settings(deadline=None, max_examples=60)
@given(incidents())
def test_every_question_is_a_reason_or_open(incident: Incident):
    """The level is shown with all its reasons, the worst first."""
    playbook = default_playbook()
    assessment = assess(incident, playbook)
    ranks = [rank(reason.level) for reason in assessment.reasons]

    assert {question.id for question in playbook.severity.questions} == (
        {reason.question for reason in assessment.reasons} | set(assessment.open_questions)
    )
    assert sorted(ranks, reverse=True) == ranks
    assert (max(ranks) if ranks else -1) == rank(assessment.computed)


def test_reasons_say_the_answer_in_the_questions_order(playbook: Playbook):
    """Among equals, harm stands first."""
    reasons = assess(hit(trust="lost", potential_harm="injury", customer_min=90), playbook).reasons

    assert ["potential-harm", "trust", "time-lost"] == [reason.question for reason in reasons]
    assert ["injury", "lost", "90"] == [reason.answer for reason in reasons]


def test_a_persons_own_level_counts_and_both_are_kept(playbook: Playbook):
    """Set by hand, with a reason (R8)."""
    own = changed(hit(harm="none"), evaluation=Evaluation(level="serious", reason="The press called"))
    assessment = assess(own, playbook)

    assert ("serious", "minor", True) == (assessment.level, assessment.computed, assessment.overridden)


def test_a_persons_own_level_may_be_milder_or_the_same(playbook: Playbook):
    """Only a different one is an override."""
    for level, overridden in (("minor", True), ("critical", False)):
        own = changed(hit(harm="injury"), evaluation=Evaluation(level=level, reason="x"))

        assert (level, overridden) == (assess(own, playbook).level, assess(own, playbook).overridden)


def asked(levels: str) -> Playbook:
    """A team's playbook with one question of its own."""
    return playbook_from({"severity": {"questions": [{"id": "smell", "ask": "Did it smell?"} | question(levels)]}})


def question(levels: str) -> dict[str, Any]:
    """The two kinds of question."""
    return {"over": {"serious": 3}} if levels == "over" else {"levels": {"yes": "serious", "not known": "minor"}}


@pytest.mark.parametrize(
    ("kind", "answer", "level"),
    [
        ("levels", "yes", "serious"),
        ("levels", "no", "minor"),
        ("levels", "", None),
        ("over", "4", "serious"),
        ("over", "3", "minor"),
        ("over", "not known", None),
        ("over", "a lot", None),
        ("over", "nan", None),
        ("over", "inf", None),
    ],
)
def test_a_teams_own_question_is_answered_by_a_reply(kind: str, answer: str, level: str | None):
    """What is no answer stays open; it neither raises the level nor breaks the reckoning."""
    playbook = asked(kind)
    evaluation = Evaluation(replies=(Reply(question="smell", answer=answer),))
    assessment = assess(Incident(title="Late", evaluation=evaluation), playbook)

    assert level == assessment.level
    assert (() if level else ("smell",)) == assessment.open_questions


def test_not_known_is_open_unless_the_playbook_gives_it_a_level():
    """A team may say what not knowing means; else it is an open question (R6)."""
    unknown = Evaluation(replies=(Reply(question="smell", answer="not known"),))
    silent = playbook_from({"severity": {"questions": [{"id": "smell", "ask": "?", "levels": {"yes": "serious"}}]}})

    assert "minor" == assess(Incident(title="Late", evaluation=unknown), asked("levels")).level
    assert ("smell",) == assess(Incident(title="Late", evaluation=unknown), silent).open_questions


def test_levels_are_ranked():
    """From the mildest to the worst."""
    assert [0, 1, 2, 3] == [rank(level) for level in SEVERITIES]
    assert -1 == rank(None)


def test_the_level_sets_the_depth(playbook: Playbook):
    """A critical one asks for three legs and a signature (R7)."""
    assert 3 == len(depth(hit(harm="injury"), playbook).legs)
    assert depth(hit(harm="injury"), playbook).signature
    assert 1 == len(depth(hit(harm="none"), playbook).legs)
