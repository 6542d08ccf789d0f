"""How bad it is (R6 to R8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings

from postmortem.record.edit import changed
from postmortem.record.errors import DataError
from postmortem.record.incident import Evaluation, Impact, Incident, Reply
from postmortem.record.playbook import Playbook, default_playbook, playbook_from
from postmortem.record.review import review
from postmortem.record.severity import assess, by_hand, depth, rank
from postmortem.record.vocabulary import SEVERITIES
from tests.strategies import incidents

if TYPE_CHECKING:
    from datetime import datetime


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
        own = changed(hit(harm="injury"), evaluation=Evaluation(level=level, reason="x", by="Desk lead"))

        assert (level, overridden) == (assess(own, playbook).level, assess(own, playbook).overridden)


@pytest.mark.parametrize(("reason", "by"), [("", ""), ("A drill", " "), ("", "Desk lead")])
def test_a_milder_level_counts_only_with_a_reason_and_a_name(reason: str, by: str, playbook: Playbook):
    """It stays written; until then the computed one is in force, and every screen says so (R8)."""
    grave = changed(hit(harm="injury"), evaluation=Evaluation(level="minor", reason=reason, by=by))
    worse = changed(hit(harm="none"), evaluation=Evaluation(level="serious", reason=reason, by=by))

    assert ("critical", True) == ((found := assess(grave, playbook)).level, found.unexplained)
    assert "minor was set by hand, and counts once a reason and a name stand beside it" == by_hand(grave, found)
    assert ("serious", True) == ((found := assess(worse, playbook)).level, found.unexplained)


def asked(kind: str, **more: Any) -> Playbook:
    """A team's playbook with one question of its own, beside those that come with the package."""
    means = {"over": {"serious": 3}} if kind == "over" else {"levels": {"yes": "serious"}}
    question = {"id": "smell", "ask": "Did it smell?", **means, **more}
    return playbook_from({"severity": {"questions": {"add": [question]}}})


def replied(answer: str) -> Incident:
    """An incident with a reply to it."""
    return Incident(title="Late", evaluation=Evaluation(replies=(Reply(question="smell", answer=answer),)))


@pytest.mark.parametrize(
    ("kind", "answer", "level"),
    [
        ("levels", "yes", "serious"),
        ("levels", " YES", "serious"),
        ("levels", "no", "minor"),
        ("levels", "No", "minor"),
        ("levels", "", None),
        ("levels", "unknown", None),
        ("levels", "?", None),
        ("levels", "Not known", None),
        ("levels", "yess", None),
        ("levels", "a bit", None),
        ("over", "4", "serious"),
        ("over", "3", "minor"),
        ("over", "not known", None),
        ("over", "a lot", None),
        ("over", "nan", None),
        ("over", "inf", None),
    ],
)
def test_a_teams_own_question_is_answered_by_a_reply(kind: str, answer: str, level: str | None):
    """However it is written. What is no answer stays open; it neither raises the level nor breaks the reckoning."""
    assessment = assess(replied(answer), asked(kind))

    assert level == assessment.level
    assert (level is None) == ("smell" in assessment.open_questions)


def test_a_teams_own_answers_may_raise_nothing():
    """They stand beside those with a level, and no yes or no is added to them."""
    playbook = asked("levels", levels={"stark": "serious"}, answers=["Ein wenig", "gar nicht"])

    assert ("stark", "Ein wenig", "gar nicht") == playbook.severity.questions[-1].choices
    assert ("minor", "Ein wenig") == (
        assess(replied("ein wenig"), playbook).level,
        assess(replied("ein wenig"), playbook).reasons[0].answer,
    )
    assert "smell" in assess(replied("no"), playbook).open_questions


def test_not_known_is_open_unless_the_playbook_gives_it_a_level():
    """A team may say what not knowing means; else it is an open question (R6)."""
    told = asked("levels", levels={"yes": "serious", "not known": "minor"})

    assert "minor" == assess(replied("not known"), told).level
    assert "smell" in assess(replied("not known"), asked("levels")).open_questions


@pytest.mark.parametrize(
    ("kind", "answer", "remedy"),
    [
        ("levels", "yess", "choose “yes”, if that is meant"),
        ("levels", "a bit", "choose one of: yes, no"),
        ("over", "a lot", "say a number"),
        ("levels", "yes", None),
        ("levels", "Unknown?", None),
        ("levels", "", None),
        ("over", "not known", None),
    ],
)
def test_a_reply_that_is_no_answer_is_told(kind: str, answer: str, remedy: str | None, now: datetime):
    """With a near one where it is plainly a slip; what says that nobody knows is only open."""
    found = [it for it in review(replied(answer), asked(kind), now) if it.where == "evaluation.replies"]

    assert ([remedy] if remedy else []) == [it.remedy for it in found]
    assert all(f"“{answer}” is no answer to “Did it smell?”" in it.message for it in found)


# -- questions that will not do ------------------------------------------------------------------------------------

HARM = {"id": "harm", "ask": "Harm?", "field": "harm", "levels": {"injury": "critical"}}
MANY = {"id": "many", "ask": "How many?", "field": "customers"}
TRUST = {"id": "trust", "ask": "Trust?", "field": "trust", "levels": {"lost": "serious"}}


@pytest.mark.parametrize(
    ("questions", "said"),
    [
        ([], "severity.questions: none asks whether a person was harmed (R6); put one with field"),
        ([TRUST], "severity.questions: none asks whether a person was harmed (R6); put one with field"),
        ({"drop": ["harm"]}, "severity.questions: none asks whether a person was harmed (R6); put one with field"),
        ([TRUST, HARM], "severity.questions.harm: harm to a person is asked first (R6); put it at the beginning"),
        ([HARM | {"levels": {"injury": "serious"}}], "severity.questions.harm.levels: no answer makes it critical"),
        (
            [HARM, MANY | {"over": {"minor": 100, "serious": 10}}],
            "many.over.serious: serious begins over 10, and minor",
        ),
        (
            [HARM, MANY | {"over": {"minor": float("nan")}}],
            "many.over.minor: expected a number such as 12.5, found nan",
        ),
        (
            [HARM, MANY | {"over": {"minor": float("inf")}}],
            "many.over.minor: expected a number such as 12.5, found inf",
        ),
        ([HARM, MANY | {"over": {"minor": -1}}], "many.over.minor: expected at least 0, found -1"),
        ([HARM, TRUST | {"answers": ["perhaps"]}], "trust.answers: only a question of your own in words has answers"),
        (
            [HARM, {"id": "own", "ask": "?", "levels": {"yes": "minor", "Yes": "serious"}}],
            "own.levels.yes: it stands 2",
        ),
        ([HARM, TRUST | {"id": "a.b"}], "severity.questions[2].id: expected a short name without dots"),
        ([HARM, TRUST | {"ask": ""}], "severity.questions.trust.ask: expected a few words, found ''"),
        ({"add": [TRUST | {"id": "stay", "behind": "trst"}]}, "questions.add.stay.behind: there is no 'trst'; did you"),
    ],
)
def test_questions_that_will_not_do_are_refused(questions: Any, said: str):
    """Harm to a person is asked first, and alone can make it critical; a worse level begins at more (R6)."""
    with pytest.raises(DataError) as refused:
        playbook_from({"severity": {"questions": questions}})
    (problem,) = refused.value.problems

    assert said in str(problem)


def test_a_team_changes_its_questions_one_by_one(playbook: Playbook):
    """The others stay, in their order."""
    add = [{"id": "press", "ask": "Did the press ask?", "levels": {"yes": "serious"}, "behind": "harm"}]
    change = [{"id": "time-lost", "over": {"moderate": 29}}]
    own = playbook_from({"severity": {"questions": {"add": add, "drop": ["trust"], "change": change}}})
    before = [question.id for question in playbook.severity.questions]

    assert ["harm", "press", *before[1:-1]] == [question.id for question in own.severity.questions]
    assert "moderate" == assess(hit(customer_min=30), own).level


def test_levels_are_ranked():
    """From the mildest to the worst."""
    assert [0, 1, 2, 3] == [rank(level) for level in SEVERITIES]
    assert -1 == rank(None)


def test_the_level_sets_the_depth(playbook: Playbook):
    """A critical one asks for three legs and a signature (R7)."""
    assert 3 == len(depth(hit(harm="injury"), playbook).legs)
    assert depth(hit(harm="injury"), playbook).signature
    assert 1 == len(depth(hit(harm="none"), playbook).legs)
