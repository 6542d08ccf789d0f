"""Five-why chains become incidents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from postmortem.record import whys

if TYPE_CHECKING:
    from collections.abc import Callable

    from postmortem.exchange import Reading

    Chains = Callable[..., Reading]


def chain(name: str, *texts: str, **more: Any) -> dict[str, Any]:
    """A complete chain with a problem and whys."""
    return {"id": name, "problem": "No heating", "whys": list(texts), "complete": True, **more}


@pytest.fixture
def chains(reading: Callable[..., Reading]) -> Chains:
    """Reads a file of chains."""
    return lambda *given: reading("chains.json", json.dumps(given))


@pytest.mark.parametrize("length", [1, 2, 5, 9, 40])
def test_a_chain_of_any_length_becomes_one_branch_with_its_end_as_the_root(chains: Chains, length: int):
    """Nothing is cut, and nothing is added."""
    texts = [f"Because {number}" for number in range(length)]
    (incident,) = chains(chain("a", *texts)).incidents
    (cause,) = incident.causes

    assert texts == [why.text for why in whys.path(incident, cause.why)]
    assert length == len(incident.whys)


def test_an_unfinished_chain_stays_unfinished(chains: Chains):
    """It has no root, and what its source calls one is kept beside."""
    (incident,) = chains(chain("a", "A", "B", complete=False, root_cause="C", actions=["Do it"])).incidents

    assert () == incident.causes
    assert () == incident.actions[0].causes
    assert ("root_cause", "C") in [(extra.name, extra.value) for extra in incident.extra]


def test_a_root_cause_in_other_words_is_a_reason_and_no_why(chains: Chains):
    """In the same words it says nothing new."""
    other, same = chains(chain("a", "A", "B", root_cause="It was B"), chain("b", "A", "B", root_cause="b. ")).incidents

    assert 2 == len(other.whys)
    assert "As the source says it: It was B" == other.causes[0].reason
    assert "" == same.causes[0].reason


def test_branches_share_what_they_say_alike_and_end_in_their_own_roots(chains: Chains):
    """Capitals and full stops make no difference; a word does."""
    found = chains(
        chain("b", "Top.", "middle", "Left", branch_of="a", actions=["Check it", "Mend it"]),
        chain("a", "Top", "Middle", "Right", actions=["Check it."]),
        chain("c", "Top", "Otherwise", branch_of="b"),
    )
    (incident,) = found.incidents

    assert 1 == found.rows_read
    assert "a" == incident.source.key
    assert "O1 O1.1 O1.1.1 O1.1.2 O1.2" == " ".join(sorted(whys.labels(incident).values()))
    assert {"Right", "Left", "Otherwise"} == {whys.find(incident, cause.why).text for cause in incident.causes}
    assert [("Check it.", 2), ("Mend it", 1)] == [(action.text, len(action.causes)) for action in incident.actions]


def test_a_branch_of_something_that_is_not_there_is_an_incident(chains: Chains):
    """Its key is what it is a branch of: when that one comes, it is the same tree."""
    assert ["z"] == [incident.source.key for incident in chains(chain("a", "A", branch_of="z")).incidents]


def test_branches_that_name_each_other_become_one_incident(chains: Chains):
    """A circle has no first one, and still an end."""
    found = chains(chain("b", "A", branch_of="a"), chain("a", "B", branch_of="b"))

    assert ["a"] == [incident.source.key for incident in found.incidents]


def test_a_guessed_category_is_an_opinion_of_the_collector(chains: Chains):
    """The cause stays unclassified; a guess that is no category is kept beside."""
    known, unknown = chains(
        chain("a", "A", category_guess="training"), chain("b", "A", category_guess="process")
    ).incidents

    assert (None, "collector", "training") == (
        known.causes[0].category,
        known.causes[0].opinions[0].by,
        known.causes[0].opinions[0].category,
    )
    assert () == unknown.causes[0].opinions
    assert ("category_guess", "process") in [(extra.name, extra.value) for extra in unknown.extra]


@pytest.mark.parametrize(
    ("told", "instant"), [("2023-07-20", "2023-07-20T00:00:00+00:00"), ("2023-07", None), ("2023", None), (None, None)]
)
def test_a_day_is_an_instant_at_midnight_and_less_than_a_day_is_none(chains: Chains, told: str, instant: str | None):
    """What is no day is kept in its own words."""
    (incident,) = chains(chain("a", "A", date=told)).incidents

    assert instant == (incident.occurred_at and incident.occurred_at.isoformat())
    assert bool(told and not instant) == ("date" in {extra.name for extra in incident.extra})


def test_only_problem_and_whys_are_needed(chains: Chains):
    """A chain without id is recognised by what it says."""
    first = chains({"problem": "A", "whys": ["B"]}, {"problem": "A", "whys": ["C"]})
    again = chains({"whys": ["C"], "problem": "A"})

    assert 2 == len(first.incidents)
    assert first.incidents[1] == again.incidents[0]


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"problem": "", "whys": []}, "chain 2, problem: expected what went wrong"),
        ({"problem": "A", "whys": "B"}, "chain 2, whys: expected a list of texts"),
        ({"problem": "A", "whys": [1]}, "chain 2, whys: expected a list of texts"),
        ({"problem": "A", "whys": [], "root_cause": 3}, "chain 2, root_cause: expected a text"),
        (7, "chain 2: expected a chain"),
        ({**chain("a", "B"), "problem": "C"}, "chain 2: the id 'a' stands also at chain 1"),
    ],
)
def test_what_is_no_chain_is_rejected_and_told(chains: Chains, bad: object, said: str):
    """The sum holds here too."""
    found = chains(chain("a", "A"), bad, chain("c", "C"))

    assert said in " ".join(reject.reasons for reject in found.rejects)
    assert found.rows_read == len(found.incidents) + len(found.rejects)
    assert "c" in [incident.source.key for incident in found.incidents]


def test_a_tree_with_a_bad_branch_is_rejected_as_a_whole(chains: Chains):
    """Imported without it, it would be another tree."""
    found = chains(chain("a", "A"), {**chain("b", "B", branch_of="a"), "whys": 3})

    assert () == found.incidents
    assert "a branch of the tree of chain 2" in found.rejects[0].reasons
