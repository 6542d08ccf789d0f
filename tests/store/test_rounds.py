"""A round of silent ideas: everyone writes apart, nobody sees another's before the reveal, no word is lost."""

from __future__ import annotations

import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postmortem.record.errors import DataError
from postmortem.record.incident import Incident
from postmortem.store import DeletedIncidentError, StoreError, UnknownIncidentError, engine, open_store
from postmortem.store.errors import ReadOnlyError

LATE = Incident(title="Late", occurred_at="2026-03-02T10:00:00Z")


@pytest.fixture
def late(fresh_store):
    """An incident to think about."""
    return fresh_store.save(LATE, by="Ana").id


@pytest.fixture
def begun(fresh_store, late):
    """A round about its first why."""
    return fresh_store.open_round(late, "whys", "w1", by="Ana")


def texts(store, round_id, by):
    """What somebody is shown: who wrote what."""
    return [(idea.by, idea.text) for idea in store.ideas(round_id, by)]


def numbers(store, round_id, by):
    """The number of each text."""
    return {idea.text: idea.number for idea in store.ideas(round_id, by)}


def test_a_round_is_there_for_everybody_until_it_is_closed(fresh_store, late, begun, clock):
    """Opened, revealed, closed: each with its time; then there is none."""
    opened = clock()
    with open_store(fresh_store.url, clock=clock) as second:
        assert begun == second.round(late)
        assert (late, "whys", "w1", "Ana", opened, None, None) == (
            begun.incident_id,
            begun.kind,
            begun.about,
            begun.opened_by,
            begun.opened_at,
            begun.revealed_at,
            begun.closed_at,
        )
        clock.move(minutes=3)
        assert clock() == second.reveal(begun.id, by="Ben").revealed_at
        assert fresh_store.round(late) == second.round(late)
        clock.move(minutes=3)
        assert clock() == fresh_store.close_round(begun.id, by="Ana").closed_at
        assert second.round(late) is None


def test_one_round_at_a_time(fresh_store, late, begun):
    """The sentence says who opened the one that is under way, and what to do; other incidents have their own."""
    with pytest.raises(StoreError, match=r"Ana opened a round .*\(whys\) at 12:00 UTC, .*: write into it, or reveal"):
        fresh_store.open_round(late, "actions", by="Ben")
    fresh_store.reveal(begun.id, by="Ana")
    with pytest.raises(StoreError, match="which is not closed: close it first"):
        fresh_store.open_round(late, "actions", by="Ben")
    other = fresh_store.save(LATE, by="Ana").id

    assert fresh_store.open_round(other, "actions", by="Ben").id == fresh_store.round(other).id
    fresh_store.close_round(begun.id, by="Ana")
    assert "actions" == fresh_store.open_round(late, "actions", by="Ben").kind


def test_a_round_needs_an_incident_and_a_kind(fresh_store, late):
    """A near kind is offered."""
    with pytest.raises(DataError, match="kind: expected whys or actions, found 'action'; did you mean 'actions'"):
        fresh_store.open_round(late, "action", by="Ana")
    with pytest.raises(UnknownIncidentError, match="no incident '2026-01'; did you mean '2026-001'"):
        fresh_store.open_round("2026-01", "whys", by="Ana")
    assert fresh_store.round("2026-01") is None
    fresh_store.delete(late, by="Ben")
    with pytest.raises(DeletedIncidentError, match="was deleted by Ben"):
        fresh_store.open_round(late, "whys", by="Ana")


def test_before_the_reveal_everybody_is_given_their_own_only_and_after_it_all(fresh_store, begun):
    """How many others wrote is no secret; somebody without a name is given nothing."""
    fresh_store.write_ideas(begun.id, "Ben", ["It was off", "  ", "Nobody looked", ""])
    fresh_store.write_ideas(begun.id, "Ana", ["It was off"])

    assert [("Ben", "It was off"), ("Ben", "Nobody looked")] == texts(fresh_store, begun.id, "Ben")
    assert [("Ana", "It was off")] == texts(fresh_store, begun.id, " Ana ")
    assert [[], [], []] == [texts(fresh_store, begun.id, name) for name in ("", "Cem", "%")]
    assert [("Ana", 1), ("Ben", 2)] == list(fresh_store.writers(begun.id).items())
    fresh_store.reveal(begun.id, by="Cem")
    everything = [("Ana", "It was off"), ("Ben", "It was off"), ("Ben", "Nobody looked")]
    assert [everything] * 3 == [texts(fresh_store, begun.id, name) for name in ("", "Cem", "Ana")]


def test_what_somebody_writes_is_all_of_theirs_in_their_order_and_a_text_keeps_its_number(fresh_store, begun):
    """Written anew with every word typed, moved, mended, taken back; the others' stay as they are."""
    fresh_store.write_ideas(begun.id, "Ana", ["mine"])
    fresh_store.write_ideas(begun.id, "Ben", ["a", "b", "c"])
    before = numbers(fresh_store, begun.id, "Ben")
    fresh_store.write_ideas(begun.id, "Ben", ["new", "c", "a"])
    after = numbers(fresh_store, begun.id, "Ben")

    assert ["new", "c", "a"] == [idea.text for idea in fresh_store.ideas(begun.id, "Ben")]
    assert (before["a"], before["c"]) == (after["a"], after["c"])
    assert before["b"] == after["new"]
    fresh_store.write_ideas(begun.id, "Ben", ["a", "a"])
    assert 2 == len({idea.number for idea in fresh_store.ideas(begun.id, "Ben")})
    fresh_store.write_ideas(begun.id, "Ben", [])
    assert {"Ana": 1} == fresh_store.writers(begun.id)
    fresh_store.reveal(begun.id, by="Ana")
    assert [("Ana", "mine")] == texts(fresh_store, begun.id, "Ben")


def test_somebody_who_writes_says_who(fresh_store, begun):
    """Else two people without a name would be one."""
    with pytest.raises(DataError, match="by: nobody says who writes"):
        fresh_store.write_ideas(begun.id, " ", ["x"])


def test_one_text_is_not_taken_for_a_list_of_letters(fresh_store, begun):
    """An easy slip in a cell."""
    with pytest.raises(DataError, match="texts: expected a list of texts, found 'It was off'"):
        fresh_store.write_ideas(begun.id, "Ben", "It was off")


def test_what_comes_after_the_reveal_is_refused_with_a_way_to_keep_it(fresh_store, begun, clock):
    """The sentence says who revealed and where the words belong; what was revealed may be said again."""
    fresh_store.write_ideas(begun.id, "Ben", ["It was off"])
    clock.move(minutes=2)
    fresh_store.reveal(begun.id, by="Ana")
    fresh_store.write_ideas(begun.id, "Ben", ["It was off"])

    sentence = "Ana revealed this round of ideas at 12:02 UTC.*add it as a why of your own, so that it is not lost"
    with pytest.raises(StoreError, match=sentence):
        fresh_store.write_ideas(begun.id, "Ben", ["It was off", "and dark"])
    fresh_store.close_round(begun.id, by="Ana")
    with pytest.raises(StoreError, match=sentence):
        fresh_store.write_ideas(begun.id, "Cem", ["late"])
    assert [("Ben", "It was off")] == texts(fresh_store, begun.id, "Cem")


def test_a_round_that_was_closed_without_a_word_takes_none_any_more(fresh_store, late):
    """It was a mistake, most likely; the words belong elsewhere."""
    empty = fresh_store.open_round(late, "actions", by="Ana")
    fresh_store.close_round(empty.id, by="Ben")

    with pytest.raises(StoreError, match=r"Ben closed this round .* add it as an action of your own"):
        fresh_store.write_ideas(empty.id, "Cem", ["Add a list"])
    assert fresh_store.reveal(empty.id, by="Cem").revealed_at is None


def test_a_round_is_not_closed_over_words_that_nobody_has_seen(fresh_store, late, begun):
    """Reveal it first: then they are there for all."""
    fresh_store.write_ideas(begun.id, "Ben", ["It was off"])
    fresh_store.write_ideas(begun.id, "Ana", ["Too dark"])

    with pytest.raises(StoreError, match="Ana, Ben wrote ideas here that nobody else has seen: reveal the round, then"):
        fresh_store.close_round(begun.id, by="Cem")
    assert begun == fresh_store.round(late)


def test_revealing_and_closing_twice_is_the_same_as_once(fresh_store, begun, clock):
    """The first one counts."""
    first = fresh_store.reveal(begun.id, by="Ana")
    clock.move(minutes=1)
    assert first == fresh_store.reveal(begun.id, by="Ben")
    closed = fresh_store.close_round(begun.id, by="Ana")
    clock.move(minutes=1)
    assert closed == fresh_store.close_round(begun.id, by="Ben")
    assert closed == fresh_store.reveal(begun.id, by="Ben")


def test_an_idea_is_taken_into_the_record_once(fresh_store, begun):
    """The second one is told, so that it does not stand there twice; not before the reveal."""
    fresh_store.write_ideas(begun.id, "Ben", ["It was off", "Nobody looked"])
    number = fresh_store.ideas(begun.id, "Ben")[0].number
    with pytest.raises(StoreError, match="not revealed yet"):
        fresh_store.take_idea(begun.id, "Ben", number)
    fresh_store.reveal(begun.id, by="Ana")

    assert fresh_store.take_idea(begun.id, "Ben", number)
    assert not fresh_store.take_idea(begun.id, "Ben", number)
    assert [True, False] == [idea.taken for idea in fresh_store.ideas(begun.id, "Ana")]
    with pytest.raises(StoreError, match="no idea 99 of Ben"):
        fresh_store.take_idea(begun.id, "Ben", 99)
    with pytest.raises(StoreError, match=f"no idea {number} of Ana"):
        fresh_store.take_idea(begun.id, "Ana", number)


def test_a_round_that_is_not_there_any_more_is_told(fresh_store):
    """With what to do about the words one has on the screen."""
    for use in (
        lambda: fresh_store.ideas("x", "Ana"),
        lambda: fresh_store.writers("x"),
        lambda: fresh_store.write_ideas("x", "Ana", ["It was off"]),
        lambda: fresh_store.reveal("x", by="Ana"),
        lambda: fresh_store.close_round("x", by="Ana"),
        lambda: fresh_store.take_idea("x", "Ana", 1),
    ):
        with pytest.raises(StoreError, match=r"no such round of ideas any more.*write there what you have written"):
            use()


def test_a_round_can_be_looked_at_where_nothing_may_be_written(fresh_store, late, begun, clock):
    """One's own before the reveal, all after it; nothing else."""
    fresh_store.write_ideas(begun.id, "Ben", ["It was off"])
    with open_store(fresh_store.url, clock=clock, read_only=True) as looking:
        assert begun == looking.round(late)
        assert [[("Ben", "It was off")], []] == [texts(looking, begun.id, name) for name in ("Ben", "Ana")]
        assert {"Ben": 1} == looking.writers(begun.id)
        for write in (
            lambda: looking.open_round(late, "whys", by="Ana"),
            lambda: looking.write_ideas(begun.id, "Ben", ["x"]),
            lambda: looking.reveal(begun.id, by="Ana"),
            lambda: looking.take_idea(begun.id, "Ben", 1),
            lambda: looking.close_round(begun.id, by="Ana"),
        ):
            with pytest.raises(ReadOnlyError, match="open to read only: nothing is saved"):
                write()


def at_once(url, clock, *deeds):
    """Do things at the same moment, each with an own way to the store; what came of each."""
    came, gate = [None] * len(deeds), threading.Barrier(len(deeds))

    def do(number):
        with open_store(url, clock=clock) as store:
            gate.wait(timeout=30)
            try:
                came[number] = deeds[number](store)
            except StoreError as error:
                came[number] = error

    running = [threading.Thread(target=do, args=(number,)) for number in range(len(deeds))]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join(timeout=60)
    return came


def test_two_who_reveal_at_the_same_moment_both_see_it_revealed(fresh_store, begun, clock):
    """No error, and one time."""
    came = at_once(fresh_store.url, clock, *[lambda store: store.reveal(begun.id, by="x")] * 6)

    assert [fresh_store.reveal(begun.id, by="y")] * 6 == came


def test_two_who_open_a_round_at_the_same_moment_open_one(fresh_store, late, clock):
    """The others are told of it."""
    came = at_once(fresh_store.url, clock, *[lambda store: store.open_round(late, "whys", by="Ana")] * 6)

    assert 5 == sum("opened a round of silent ideas" in str(one) for one in came)
    assert [fresh_store.round(late)] == [one for one in came if not isinstance(one, StoreError)]


def test_two_who_take_an_idea_at_the_same_moment_take_it_once(fresh_store, begun, clock):
    """Else it would stand in the record twice."""
    fresh_store.write_ideas(begun.id, "Ben", ["It was off"])
    fresh_store.reveal(begun.id, by="Ana")
    number = fresh_store.ideas(begun.id, "Ana")[0].number
    came = at_once(fresh_store.url, clock, *[lambda store: store.take_idea(begun.id, "Ben", number)] * 6)

    assert [False] * 5 + [True] == sorted(came)


@pytest.mark.parametrize("_again", range(5))
def test_what_is_written_in_the_moment_of_the_reveal_is_shown_to_all_or_refused(fresh_store, begun, clock, _again):
    """Never taken without being shown, never changed after somebody saw it."""
    people = ("Ana", "Ben", "Cem", "Dora")
    writing = [lambda store, by=by: store.write_ideas(begun.id, by, [f"{by} thinks"]) for by in people]

    def reveal(store):
        store.reveal(begun.id, by="Eve")
        return store.ideas(begun.id, "Eve")

    *answers, shown = at_once(fresh_store.url, clock, *writing, reveal)
    refused = {by: str(answer) for by, answer in zip(people, answers, strict=True) if answer is not None}

    assert fresh_store.ideas(begun.id, "Ana") == shown
    assert set(people) - set(refused) == {idea.by for idea in shown}
    assert all("so that it is not lost" in sentence for sentence in refused.values())


def test_a_lost_connection_leaves_one_round_and_one_taking(fresh_store, late, begun, monkeypatch):
    """The answer of a commit that came about got lost: done again, it is the same as once."""
    fresh_store.write_ideas(begun.id, "Ben", ["It was off"])
    fresh_store.reveal(begun.id, by="Ana")
    number = fresh_store.ideas(begun.id, "Ben")[0].number
    fresh_store.close_round(begun.id, by="Ana")
    confirm, lost = engine._confirm, []

    def lose(connection):
        if not lost:
            lost.append(1)
            raise engine.DBAPIError(None, None, Exception("gone"), connection_invalidated=True)
        confirm(connection)

    for do, expected in (
        (lambda: fresh_store.take_idea(begun.id, "Ben", number), True),
        (lambda: fresh_store.open_round(late, "whys", by="Ana").opened_by, "Ana"),
        (lambda: fresh_store.write_ideas(fresh_store.round(late).id, "Ben", ["Late"]), None),
        (lambda: fresh_store.reveal(fresh_store.round(late).id, by="Ben").closed_at, None),
    ):
        lost.clear()
        with monkeypatch.context() as patch:
            patch.setattr(engine, "_confirm", lose)
            assert expected == do()
            assert [1] == lost


WORDS = st.lists(st.sampled_from(["a", "b", "c", "", "  ", "'; --", "<b>", "é\x00"]), max_size=4)
CALLS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.sampled_from(["Ana", "Ben", "Cem"]), WORDS),
        st.tuples(st.just("reveal"), st.sampled_from(["Ana", "Ben"]), st.just([])),
        st.tuples(st.just("close"), st.just("Ana"), st.just([])),
    ),
    max_size=12,
)


class Told:
    """What a round has to hold, said in the simplest way."""

    def __init__(self):
        self.kept = {}
        self.over = self.revealed = False

    def write(self, by, texts):
        """Whether it is taken."""
        said = [text.replace("\x00", "\N{REPLACEMENT CHARACTER}") for text in texts if text.strip()]
        if self.over and said != self.kept.get(by, []):
            return False
        self.kept[by] = said
        return True

    def reveal(self, _by, _texts):
        """Always."""
        self.revealed = self.revealed or not self.over
        self.over = True
        return True

    def close(self, _by, _texts):
        """Not over words that nobody has seen."""
        if not self.revealed and any(self.kept.values()):
            return False
        self.over = True
        return True

    def shown(self, to):
        """Whose words somebody is given."""
        return {by: said for by, said in self.kept.items() if said and (self.revealed or by == to)}


def done(store, round_id, what, by, texts):
    """Whether the store does it."""
    deeds = {
        "write": lambda: store.write_ideas(round_id, by, texts),
        "reveal": lambda: store.reveal(round_id, by=by),
        "close": lambda: store.close_round(round_id, by=by),
    }
    try:
        deeds[what]()
    except StoreError:
        return False
    return True


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=CALLS)
def test_in_any_order_nobody_sees_anothers_words_before_the_reveal_and_none_is_lost(fresh_store, calls):
    """What was taken is what is shown, to the right people; what was not taken was refused aloud."""
    incident = fresh_store.save(LATE, by="Ana").id
    begun, told = fresh_store.open_round(incident, "whys", by="Ana"), Told()
    for what, by, given_texts in calls:
        words = [f"{by}: {text}" if text.strip() else text for text in given_texts]

        assert getattr(told, what)(by, words) == done(fresh_store, begun.id, what, by, words)
        assert {name: len(said) for name, said in told.kept.items() if said} == fresh_store.writers(begun.id)
        for name in ("Ana", "Ben", "Cem", ""):
            shown = {}
            for writer, text in texts(fresh_store, begun.id, name):
                shown.setdefault(writer, []).append(text)
            assert told.shown(name) == shown
