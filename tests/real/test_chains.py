"""The collected five-why chains: each becomes an incident, of any length, and none is refused."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from postmortem.exchange import read
from postmortem.record import whys

if TYPE_CHECKING:
    from pathlib import Path

    from postmortem.exchange import Reading

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CRATES = "crates_a_tests"


@pytest.fixture(scope="module")
def raw(shared_data: Path) -> list[dict[str, Any]]:
    """The chains as they stand in the file."""
    found: list[dict[str, Any]] = json.loads((shared_data / "fivewhys" / "chains.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def reading(shared_data: Path) -> Reading:
    """The chains as they are read."""
    return read(shared_data / "fivewhys" / "chains.json", now=NOW)


def alone(raw: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The chains that are no branch and have none."""
    trunks = {chain["branch_of"] for chain in raw}
    return [chain for chain in raw if not chain["branch_of"] and chain["id"] not in trunks]


def test_every_chain_is_an_incident_and_every_tree_is_one(raw: list[dict[str, Any]], reading: Reading):
    """Nothing is refused, and the sum holds."""
    trees = sum(not chain["branch_of"] for chain in raw)

    assert () == reading.rejects
    assert trees == len(reading.incidents) == reading.rows_read


def test_each_chain_keeps_its_length_its_words_and_their_order(raw: list[dict[str, Any]], reading: Reading):
    """From one why to nine."""
    found = {incident.source.key: incident for incident in reading.incidents}

    for chain in alone(raw):
        assert chain["whys"] == [why.text for why, _ in whys.walk(found[chain["id"]])]


def test_complete_chains_end_in_a_root_and_unfinished_ones_have_none(raw: list[dict[str, Any]], reading: Reading):
    """The root is the last why."""
    found = {incident.source.key: incident for incident in reading.incidents}

    for chain in alone(raw):
        roots = [whys.find(found[chain["id"]], cause.why).text for cause in found[chain["id"]].causes]

        assert ([chain["whys"][-1]] if chain["complete"] else []) == roots


def test_the_words_of_the_stated_root_cause_and_the_actions_are_kept(raw: list[dict[str, Any]], reading: Reading):
    """No sentence of the source is lost."""
    texts = {incident.source.key: incident.model_dump_json() for incident in reading.incidents}

    for chain in raw:
        kept = texts[chain["branch_of"] or chain["id"]]
        for text in filter(None, [chain["root_cause"], chain["note"], *chain["actions"], *chain["whys"]]):
            assert json.dumps(text, ensure_ascii=False)[1:-1].strip() in kept


def test_the_four_branches_are_one_incident_with_one_tree_of_four_leaves(raw: list[dict[str, Any]], reading: Reading):
    """What they say alike at the top stands once, and each leaf is the root of its branch."""
    branches = [chain for chain in raw if CRATES in {chain["id"], chain["branch_of"]}]
    (tree,) = [incident for incident in reading.incidents if incident.source.key == CRATES]
    prefixes = {tuple(chain["whys"][: depth + 1]) for chain in branches for depth in range(len(chain["whys"]))}

    assert 4 == len(branches) == len(whys.leaves(tree)) == len(tree.causes)
    assert 1 == len(whys.children(tree, None))
    assert len(prefixes) == len(tree.whys)
    assert {chain["whys"][-1] for chain in branches} == {leaf.text for leaf in whys.leaves(tree)}


def test_an_action_that_two_branches_name_is_one_action_for_both_roots(reading: Reading):
    """It would be counted twice otherwise."""
    (tree,) = [incident for incident in reading.incidents if incident.source.key == CRATES]

    assert Counter({1: 2, 2: 1}) == Counter(len(action.causes) for action in tree.actions)


def test_no_cause_is_classified_and_no_action_has_a_form(reading: Reading):
    """Neither stands in the source."""
    assert {None} == {cause.category for incident in reading.incidents for cause in incident.causes}
    assert {""} == {action.form for incident in reading.incidents for action in incident.actions}


def test_days_and_addresses_are_those_of_the_source(raw: list[dict[str, Any]], reading: Reading):
    """A day is 00:00 UTC of that day."""
    found = {incident.source.key: incident for incident in reading.incidents}

    for chain in alone(raw):
        incident = found[chain["id"]]

        assert f"{chain['date']}T00:00:00+00:00" == incident.occurred_at.isoformat()
        assert chain["source"] == incident.source.url
