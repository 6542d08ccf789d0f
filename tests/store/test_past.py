"""A new record begins with what earlier ones left: what is still open, what waits to be talked about, what was met."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from postmortem.record import actions, topics
from postmortem.record.errors import PostmortemError
from postmortem.record.incident import Incident
from postmortem.store import ConflictError, StoreError, open_store

TODAY = date(2026, 3, 20)


def action(number, text="Add a last test", **fields):
    """A planned action."""
    return {"id": f"a{number}", "text": text, **fields}


@pytest.fixture
def past(fresh_store):
    """Two records with actions, topics and causes, and a new one without anything."""
    vans = Incident(
        title="Line is dead",
        team="Vans",
        occurred_at="2026-01-05T10:00:00Z",
        whys=({"id": "w1", "text": "The sheet ends at the line", "status": "confirmed"}, {"id": "w2", "text": "Rats"}),
        causes=({"id": "c1", "why": "w1", "category": "system", "recurring_id": "C-01"}, {"id": "c2", "why": "w2"}),
        actions=(
            action(
                1, "Print a closing list", due_on="2026-03-10", owner="Field lead", form="checklist", causes=("c1",)
            ),
            action(2, "Done long ago", done_on="2026-01-09", causes=("c1",), effect={"result": "not held"}),
            action(3, "Some day"),
            action(4, " "),
        ),
        topics=(
            {"id": "t1", "text": "Who rings the customer?", "by": "Desk lead"},
            {"id": "t2", "text": "Old", "settled": True},
        ),
    )
    house = Incident(
        title="Room not ready",
        team="House",
        occurred_at="2026-02-05T10:00:00Z",
        actions=(action(1, "Sort the list by hour", due_on="2026-02-20"), action(2, "Later", due_on="2026-04-01")),
        topics=({"id": "t1", "text": "Twins"},),
    )
    first, second = (fresh_store.save(incident, by="Ana") for incident in (vans, house))
    new = fresh_store.save(Incident(title="Phone off", team="Vans"), by="Ana")
    return fresh_store, first.id, second.id, new.id


def told(found):
    """What is open, in its order."""
    return [item.text for item in found]


# -- what is open -----------------------------------------------------------------------------------------------------


def test_the_longest_overdue_comes_first_and_what_has_no_date_last(past):
    """Done ones and ones without words are left out."""
    store, *_ = past
    found = store.open_actions(today=TODAY)

    assert ["Sort the list by hour", "Print a closing list", "Later", "Some day"] == told(found)
    assert [28, 10, 0, 0] == [item.overdue_days for item in found]


def test_an_open_action_says_whose_it_is_and_where_it_stands(past):
    """Everything that a line on a screen needs."""
    store, vans, *_ = past
    (found,) = [item for item in store.open_actions(team="Vans", today=TODAY) if item.due_on]

    assert (vans, "Line is dead", "Vans", "a1") == (found.incident_id, found.title, found.team, found.action_id)
    assert ("Field lead", date(2026, 3, 10), "intermediate") == (found.owner, found.due_on, found.strength)


def test_only_what_was_asked_for_is_given(past):
    """Without one's own record, of one team, of earlier ones, and no more than a number."""
    store, vans, house, _ = past

    assert ["Print a closing list", "Some day"] == told(store.open_actions(excluding=house))
    assert ["Sort the list by hour", "Later"] == told(store.open_actions(team="House"))
    assert ["Print a closing list", "Some day"] == told(store.open_actions(before=datetime(2026, 2, 1, tzinfo=UTC)))
    assert ["Sort the list by hour"] == told(store.open_actions(limit=1))
    assert [] == told(store.open_actions(limit=0))
    assert ["Twins"] == told(store.open_topics(excluding=vans))


def test_topics_wait_until_they_are_settled(past):
    """The oldest record first."""
    store, vans, *_ = past
    found = store.open_topics()

    assert ["Who rings the customer?", "Twins"] == told(found)
    assert (vans, "t1", "Desk lead") == (found[0].incident_id, found[0].topic_id, found[0].by)


def test_a_deleted_record_leaves_nothing_open(past):
    """Until it is brought back."""
    store, vans, house, _ = past
    store.delete(house, by="Ana")

    assert ["Print a closing list", "Some day"] == told(store.open_actions())
    assert {vans} == {cause.incident_id for cause in store.past_causes()}


def test_more_open_actions_than_a_page_are_all_found(fresh_store):
    """In their order, each once, and carried ones left out."""
    many = tuple(action(number, f"{number}", due_on="2026-01-01") for number in range(1, 451))
    incident = fresh_store.save(Incident(title="Much to do", actions=many), by="Ana")
    other = fresh_store.save(Incident(title="New"), by="Ana")
    fresh_store.carry_action(incident.id, "a7", other.id, by="Ana")
    found = fresh_store.open_actions(excluding=other.id)

    assert 449 == len(found) == len({item.action_id for item in found})
    assert "a7" not in {item.action_id for item in found}


# -- what was met -----------------------------------------------------------------------------------------------------


def test_past_causes_come_with_what_was_done_and_whether_it_held(past):
    """Each cause with its words, its kind and its record; its actions are asked for where it is shown."""
    store, vans, _, new = past
    causes = store.past_causes(excluding=new)
    done = store.actions_against(causes)

    assert [("The sheet ends at the line", "system", "C-01"), ("Rats", "unclassified", "")] == [
        (cause.text, cause.category, cause.recurring_id) for cause in causes
    ]
    assert datetime(2026, 1, 5, 10, tzinfo=UTC) == causes[0].at
    assert {(vans, "c1")} == set(done)
    assert [("intermediate", None, "unknown"), ("", date(2026, 1, 9), "not held")] == [
        (item.strength, item.done_on, item.effect) for item in done[vans, "c1"]
    ]
    assert {} == store.actions_against([])


def test_a_cause_that_was_ruled_out_was_not_met(fresh_store):
    """It stays in its record, and is no suggestion."""
    ruled_out = {"id": "w1", "text": "The plug fell out", "status": "ruled out"}
    fresh_store.save(Incident(title="Off", whys=(ruled_out,), causes=({"id": "c1", "why": "w1"},)), by="Ana")

    assert () == fresh_store.past_causes()


# -- doing something about it ------------------------------------------------------------------------------------------


def test_an_action_is_said_to_be_done_in_its_own_record(past):
    """A revision of that record, by whoever said it."""
    store, vans, *_ = past
    store.complete_action(vans, "a1", TODAY, by="Ben")

    assert TODAY == actions.find(store.load(vans), "a1").done_on
    assert "Ben" == store.history(vans)[-1].by
    assert "Print a closing list" not in told(store.open_actions())


def test_whoever_says_it_second_is_told_of_the_first(past):
    """In a sentence, and nothing is changed."""
    store, vans, *_ = past
    store.complete_action(vans, "a1", date(2026, 3, 12), by="Ben")
    with pytest.raises(PostmortemError, match=r"says meanwhile that it was done on 12 Mar 2026"):
        store.complete_action(vans, "a1", TODAY, by="Ana")

    assert date(2026, 3, 12) == actions.find(store.load(vans), "a1").done_on


def test_an_action_carried_over_stands_in_the_new_record_and_waits_in_one_place(past):
    """Its words, owner and day go with it; what it answered stays behind."""
    store, vans, _, new = past
    after = store.carry_action(vans, "a1", new, by="Ana")

    assert ("Print a closing list", "Field lead", date(2026, 3, 10), (), f"{vans}/a1") == (
        after.actions[0].text,
        after.actions[0].owner,
        after.actions[0].due_on,
        after.actions[0].causes,
        after.actions[0].carried_from,
    )
    assert new == actions.find(store.load(vans), "a1").carried_to
    assert [(new, "a1")] == [
        (item.incident_id, item.action_id) for item in store.open_actions() if item.text == "Print a closing list"
    ]


def test_carrying_over_twice_adds_nothing_twice(past):
    """Neither an action nor a topic."""
    store, vans, _, new = past
    for _ in range(2):
        store.carry_action(vans, "a1", new, by="Ana")
        store.carry_topic(vans, "t1", new, by="Ana")

    assert 1 == len(store.load(new).actions) == len(store.load(new).topics)


def test_what_was_taken_out_where_it_went_is_open_again_where_it_was(past):
    """An action must not vanish between two records: taken out, or its new record deleted."""
    store, vans, _, new = past
    store.carry_topic(vans, "t1", new, by="Ana")
    after = store.carry_action(vans, "a1", new, by="Ana")

    assert "Print a closing list" not in told(store.open_actions(excluding=new))

    store.save(actions.remove(after, "a1"), by="Ben")

    assert "Print a closing list" in told(store.open_actions(excluding=new))
    assert "Who rings the customer?" not in told(store.open_topics(excluding=new))

    store.delete(new, by="Ana")

    assert "Who rings the customer?" in told(store.open_topics())


def test_two_retrospectives_don_t_both_take_up_one_thing(past):
    """The second is told of the first."""
    store, vans, house, new = past
    store.carry_action(vans, "a1", house, by="Ben")
    store.carry_topic(vans, "t1", house, by="Ben")
    with pytest.raises(PostmortemError, match=f"taken up in {house} meanwhile"):
        store.carry_action(vans, "a1", new, by="Ana")
    with pytest.raises(PostmortemError, match=f"taken up in {house} meanwhile"):
        store.carry_topic(vans, "t1", new, by="Ana")

    assert () == store.load(new).actions == store.load(new).topics


def test_nothing_is_carried_to_where_it_stands(past):
    """And nothing that is done, or settled."""
    store, vans, _, new = past
    store.settle_topic(vans, "t1", by="Ben")
    for deed in (
        lambda: store.carry_action(vans, "a1", vans),
        lambda: store.carry_action(vans, "a2", new),
        lambda: store.carry_topic(vans, "t1", new),
        lambda: store.carry_action(vans, "a99", new),
        lambda: store.carry_action("2020-999", "a1", new),
    ):
        with pytest.raises(PostmortemError):
            deed()

    assert () == store.load(new).actions == store.load(new).topics


def test_where_the_second_save_fails_the_action_stands_in_both(past, monkeypatch):
    """Nothing is lost, a sentence says what stands where, and doing it once more mends it."""
    store, vans, _, new = past
    save = store.save

    def full(incident, **said):
        if incident.id == vans:
            raise StoreError("The disk is full.")
        return save(incident, **said)

    monkeypatch.setattr(store, "save", full)
    with pytest.raises(StoreError, match=f"It stands here now, and {vans} does not say so yet: The disk is full"):
        store.carry_action(vans, "a1", new, by="Ana")
    both = [item.incident_id for item in store.open_actions() if item.text == "Print a closing list"]
    monkeypatch.undo()
    store.carry_action(vans, "a1", new, by="Ana")

    assert [vans, new] == both
    assert 1 == len(store.load(new).actions)
    assert new == actions.find(store.load(vans), "a1").carried_to


def test_a_save_of_somebody_else_in_between_is_kept(past, monkeypatch):
    """What is said of an action goes on top of what stands then."""
    store, vans, *_ = past
    save, first = store.save, []

    def late(incident, **said):
        if not first:
            first.append(save(topics.note(store.load(vans), "Meanwhile"), by="Ben"))
            raise ConflictError(incident, first[0])
        return save(incident, **said)

    monkeypatch.setattr(store, "save", late)
    store.complete_action(vans, "a1", TODAY, by="Ana")

    assert "Meanwhile" == store.load(vans).topics[-1].text
    assert TODAY == actions.find(store.load(vans), "a1").done_on


def test_a_store_that_is_only_looked_at_shows_what_is_open_and_changes_nothing(past):
    """Looking needs no right to write."""
    store, vans, *_ = past
    with open_store(store.url, read_only=True) as looked_at:
        found = looked_at.open_actions(today=TODAY)
        with pytest.raises(StoreError):
            looked_at.complete_action(vans, "a1", TODAY, by="Ana")

    assert store.open_actions(today=TODAY) == found
