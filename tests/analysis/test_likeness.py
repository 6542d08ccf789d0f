"""Which past texts read like a new one: by words, weighted by rarity, and by category; suggestions and no more."""

from __future__ import annotations

import random

import pytest

from postmortem.analysis.likeness import LEAST, Match, Said, WordEngine, nearest, words_in

PAST = (
    Said("The job sheet has no line for a test of the whole service", "system"),
    Said("Nobody tests the lines beside the one that was repaired", "system"),
    Said("The bonus is paid for each visit, whatever comes of it", "motivation"),
    Said("The belt of the hub broke", "outside our control"),
)


@pytest.fixture(scope="module")
def memory():
    """What the engine keeps of four causes."""
    return WordEngine().remember(PAST)


def found(matches):
    """Which texts were found."""
    return [match.index for match in matches]


def test_the_nearest_text_comes_first(memory):
    """A sentence about the sheet finds the sheet, and not the bonus."""
    matches = memory.nearest("The sheet asks for no test of the whole service")

    assert 0 == matches[0].index
    assert 2 not in found(matches)


def test_the_same_text_scores_as_much_as_a_text_can():
    """1 is the most, however often words stand in it, and however alike they are."""
    said = "Tests are tested by testers: test the test of the tester"

    assert [Match(0, 1.0, "test")] == list(nearest(said, [Said(said)]))


def test_every_score_lies_between_the_least_worth_a_look_and_one(memory):
    """For any question, also one made of words that are much alike."""
    for said in (*PAST, Said("line lines lined liner"), Said("sheet sheet sheet sheet")):
        for match in memory.nearest(said.text, 9):
            assert LEAST <= match.score <= 1


def test_forms_of_a_word_are_nearly_the_same(memory):
    """`repairs` is near `repaired`, and the reason names it as it stood."""
    (match,) = memory.nearest("Testing what stands beside the repairs", 1)

    assert 1 == match.index
    assert "repaired" in match.why


def test_a_rare_word_weighs_more_than_a_frequent_one():
    """What stands in every text tells nothing apart."""
    past = [*(Said(f"The desk was late, case {number}") for number in range(20)), Said("The valve was late")]

    assert 20 == nearest("The desk and the valve", past, 1)[0].index


def test_another_category_ranks_lower_and_is_not_left_out():
    """Category orders suggestions: a team may have classified the same cause in another way."""
    past = [Said("The list is not kept", "training"), Said("The list is not kept", "system")]
    first, second = nearest("The list is not kept", past, category="system")

    assert (1, 0) == (first.index, second.index)
    assert first.score > second.score


@pytest.mark.parametrize(("mine", "theirs"), [("", "system"), ("system", ""), ("unclassified", "system")])
def test_a_category_that_nobody_named_changes_nothing(mine, theirs):
    """Not classified yet is no other category."""
    (match,) = nearest("The list is not kept", [Said("The list is not kept", theirs)], category=mine)

    assert 1.0 == match.score


@pytest.mark.parametrize("text", ["", "   ", "the of and", "!!! — …", "\0", "🔥🔥"])
def test_a_text_without_words_finds_nothing(memory, text):
    """Not even texts without words."""
    assert () == memory.nearest(text)
    assert () == nearest(text, [Said(text), Said("")])


def test_what_nothing_reads_like_finds_nothing(memory):
    """No suggestion is better than a bad one."""
    assert () == memory.nearest("Salt went into the sugar bowl")


def test_an_empty_past_finds_nothing():
    """The first record of a store."""
    assert () == nearest("The list is not kept", [])


def test_of_equal_texts_the_one_told_first_comes_first_and_no_more_than_asked():
    """Nothing random is shown."""
    past = [Said("The list is not kept")] * 9

    assert [0, 1, 2] == found(nearest("The list is not kept", past, 3))
    assert () == nearest("The list is not kept", past, 0)


def test_other_scripts_are_compared_too():
    """Words are words in any script, capitals or not."""
    past = [Said("Проверка линии не сделана"), Said("Straße gesperrt")]

    assert [0] == found(nearest("ПРОВЕРКИ линии нет", past))
    assert [1] == found(nearest("STRASSE gesperrt", past))


def test_small_words_don_t_count():
    """`Nobody said so` says nothing of a cause."""
    assert ["crew", "sheet"] == words_in("Nobody said so to the crew\N{RIGHT SINGLE QUOTATION MARK}s sheet")


def test_two_memories_of_one_past_give_the_same_scores():
    """Whatever the order in which Python keeps its sets."""
    again = WordEngine().remember(PAST)

    assert again.nearest("Nobody tests the sheet") == WordEngine().remember(PAST).nearest("Nobody tests the sheet")


def test_the_nearest_of_fifty_thousand_causes_is_found():
    """All but two of its words are enough, also where the category differs."""
    drawn = random.Random(5)  # noqa: S311 - the same made-up words each time
    words = [
        f"{first}{second}{third}" for first in "bdfg" for second in "aeiou" for third in ("lm", "rst", "nk", "x", "p")
    ]
    words = [one + other for one in words for other in words[:60]]
    past = [drawn.choices(words, k=12) for _ in range(50_000)]
    memory = WordEngine().remember(Said(" ".join(text), "system") for text in past)

    found = {at: memory.nearest(" ".join(past[at][2:]), category="training")[0].index for at in (0, 77, 49_999)}

    assert {0: 0, 77: 77, 49_999: 49_999} == found
