"""Checklists (R37): made from an action or by hand, changed by versions, ticked once a job, and what they missed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from postmortem.record import actions, checklists, points
from postmortem.record.edit import changed, put
from postmortem.record.errors import DataError, UnknownNodeError
from postmortem.record.incident import Checklist, ChecklistRun, Incident
from postmortem.record.merging import merge
from postmortem.record.playbook import Playbook, default_playbook, playbook_from
from postmortem.record.reading import incident_from
from postmortem.record.review import review

DAY = date(2026, 3, 2)
LATER = date(2026, 3, 20)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LINES, HEARD = "All lines ring", "The customer heard that we are done"


@pytest.fixture
def listed() -> Incident:
    """A record with a list of two points."""
    told = Incident(title="Late", id="2026-001", revision=1)
    return checklists.publish(told, "Before you leave", [LINES, HEARD], job="Line repair", on=DAY)


def only(incident: Incident) -> Checklist:
    """The one list of a record."""
    (sheet,) = incident.checklists
    return sheet


def used(incident: Incident, **fields: object) -> Incident:
    """The list, used once."""
    return checklists.tick(incident, "l1", [LINES], on=DAY, by="Crew 1", **fields)


RULES = default_playbook()


def found(incident: Incident, playbook: Playbook = RULES) -> list[str]:
    """What the review says of lists."""
    return [finding.message for finding in review(incident, playbook, NOW) if finding.rule == "R37"]


# -- making and changing ----------------------------------------------------------------------------------------------


def test_a_list_made_from_an_action_takes_its_words_and_its_owner():
    """And the action points to it."""
    told = actions.plan(Incident(title="Late"), "Print a closing list.", owner="Field lead", form="checklist")
    made = checklists.publish(told, action="a1")

    assert ("Print a closing list", "Field lead") == (only(made).name, only(made).by)
    assert "l1" == made.actions[0].checklist


def test_an_action_publishes_one_list():
    """A second one would leave the first without its action."""
    made = checklists.publish(actions.plan(Incident(title="Late"), "Print a list"), action="a1")

    with pytest.raises(DataError, match="has the list 'l1' already"):
        checklists.publish(made, action="a1")


def test_a_list_that_was_used_keeps_how_it_read(listed):
    """The use still says which version it was."""
    new = only(checklists.revise(used(listed), "l1", [LINES, HEARD, "Lights are green"], on=LATER))

    assert (2, 1) == (new.version, new.runs[0].version)
    assert (LINES, HEARD) == new.earlier[0].items
    assert LATER == new.earlier[0].until_on


def test_a_change_of_nothing_makes_no_version(listed):
    """Nor do spaces and points without words."""
    same = checklists.revise(used(listed), "l1", [f"{LINES} ", "", HEARD], on=LATER)

    assert (1, ()) == (only(same).version, only(same).earlier)


def test_before_its_first_use_a_list_is_changed_as_it_stands(listed):
    """Nobody has used how it read."""
    assert (1, ()) == (only(checklists.revise(listed, "l1", [LINES])).version, only(listed).earlier)


def test_a_change_that_is_typed_letter_by_letter_is_one_version(listed):
    """And typing it back takes the version back."""
    incident = used(listed)
    for text in ("All lines ring, a", "All lines ring, and", "All lines ring, and stay"):
        incident = points.reword(incident, "l1", 0, text, [only(incident).items[0]], on=LATER)

    assert (2, 1) == (only(incident).version, len(only(incident).earlier))
    assert (1, ()) == (
        only(back := checklists.revise(incident, "l1", [LINES, HEARD], on=LATER)).version,
        only(back).earlier,
    )


def test_points_are_moved_and_stay_at_the_ends(listed):
    """Up from the top is where it was."""
    turned = points.shift(listed, "l1", 1, -1, on=DAY)

    assert (HEARD, LINES) == only(turned).items
    assert turned == points.shift(turned, "l1", 0, -1, on=DAY)


def test_a_point_is_found_where_others_have_moved_it(listed):
    """It was drawn second and stands first by now: its own words are taken out."""
    turned = points.shift(listed, "l1", 1, -1)

    assert (LINES,) == only(points.drop(turned, "l1", 1, text=HEARD)).items
    assert (HEARD, LINES) == only(points.drop(turned, "l1", 1, text="gone by now")).items


def test_a_point_reworded_over_words_that_were_not_seen_becomes_one_more(listed):
    """Neither text is lost."""
    theirs = points.reword(listed, "l1", 0, "All phones ring", [LINES])
    both = points.reword(theirs, "l1", 0, "Each line rings", [LINES, "Each line"])

    assert ("All phones ring", "Each line rings", HEARD) == only(both).items


def test_a_list_taken_out_leaves_nothing_that_points_to_it():
    """Its id is not given again."""
    told = actions.plan(Incident(title="Late", id="2026-001"), "Print a list")
    made = checklists.missed(checklists.publish(told, "Leaving", [LINES], action="a1"), "2026-001/l1")
    left = checklists.drop(used(made), "l1")

    assert ((), (), "") == (left.checklists, left.should_have_caught, left.actions[0].checklist)
    assert "l2" == only(checklists.publish(left, "Another")).id


def test_a_list_needs_a_name(listed):
    """And keeps its version with another one."""
    assert ("On leaving", 1) == (
        only(renamed := checklists.rename(listed, "l1", " On leaving ")).name,
        only(renamed).version,
    )
    with pytest.raises(DataError, match="expected a name"):
        checklists.rename(listed, "l1", " ")


# -- using it ---------------------------------------------------------------------------------------------------------


def test_a_use_holds_the_points_as_the_list_says_them(listed):
    """In its order, each once, however they were typed."""
    run = only(checklists.tick(listed, "l1", [HEARD.upper(), f" {LINES}", LINES], on=DAY)).runs[0]

    assert ((LINES, HEARD), 1, "r1") == (run.ticked, run.version, run.id)


def test_points_that_the_list_has_not_are_refused_all_at_once(listed):
    """With the near one."""
    with pytest.raises(DataError) as refused:
        checklists.tick(listed, "l1", ["All lines sing", "Coffee"], on=DAY)

    assert "did you mean 'All lines ring'?" in str(refused.value)
    assert 2 == len(refused.value.problems)


@pytest.mark.parametrize(("on", "why"), [(LATER, "is not yet"), (date(2026, 3, 1), "before the list was published")])
def test_a_use_on_a_day_that_can_not_be_is_refused(listed, on, why):
    """The future, where today is known, and the days before there was a list."""
    with pytest.raises(DataError, match=why):
        checklists.tick(listed, "l1", [LINES], on=on, now=datetime(2026, 3, 19, 12, tzinfo=UTC))


def test_a_sheet_printed_before_the_change_is_ticked_as_what_it_was(listed):
    """The points of that version will do, those of a version that never was will not."""
    new = checklists.revise(used(listed), "l1", ["Lights are green"], on=LATER)

    assert (HEARD,) == only(checklists.tick(new, "l1", [HEARD], on=LATER, version=1)).runs[-1].ticked
    with pytest.raises(DataError, match="there is no version 7; there are: 1, 2"):
        checklists.tick(new, "l1", [HEARD], on=LATER, version=7)


def test_today_is_the_day_where_the_record_is(listed):
    """Half past eleven at night in London is the day after in Tokyo, and the list was published there that day."""
    there = changed(listed, zone="Asia/Tokyo")
    now = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)

    assert DAY == only(checklists.tick(there, "l1", [LINES], now=now)).runs[0].on
    with pytest.raises(DataError, match="is not yet; give a day up to 2026-03-02"):
        checklists.tick(there, "l1", [LINES], on=date(2026, 3, 3), now=now)
    with pytest.raises(DataError, match="say on which day it was"):
        checklists.tick(there, "l1", [LINES])


def test_a_version_is_used_from_its_first_day_on(listed):
    """A day before has the version of that day: by itself where none is named, by the remedy where a later one is."""
    new = checklists.revise(used(listed), "l1", [LINES, "Lights are green"], on=LATER)
    before = date(2026, 3, 19)

    assert [1, 2] == [only(checklists.tick(new, "l1", [LINES], on=day)).runs[-1].version for day in (before, LATER)]
    with pytest.raises(DataError, match="before there was version 2; give a day from 2026-03-20"):
        checklists.tick(new, "l1", [LINES], on=before, version=2)


def test_a_use_is_taken_out_by_its_id_and_one_of_an_older_file_by_its_place(listed):
    """What is not there is refused."""
    older = put(used(listed), "checklists.l1.runs", (ChecklistRun(on=DAY), *only(used(listed)).runs))

    assert ["r1"] == [run.id for run in only(checklists.drop_run(older, "l1", "#1")).runs]
    assert [""] == [run.id for run in only(checklists.drop_run(older, "l1", "r1")).runs]
    with pytest.raises(UnknownNodeError):
        checklists.drop_run(older, "l1", "r9")


# -- several people at once -------------------------------------------------------------------------------------------


def met(base: Incident, mine: Incident, theirs: Incident) -> Incident:
    """Both sides together; they fit."""
    merged = merge(base, mine, changed(theirs, revision=2))
    assert () == merged.clashes
    return merged.incident


def test_two_who_tick_at_once_are_both_kept(listed):
    """Each with an id of its own."""
    both = met(listed, used(listed, job="Mill Road 1"), used(listed, job="Mill Road 2"))

    assert {("Mill Road 1", "r2"), ("Mill Road 2", "r1")} == {(run.job, run.id) for run in only(both).runs}


def test_two_equal_uses_of_two_people_on_one_day_stay_two(listed):
    """Nothing tells them apart but the id that each was given."""
    both = met(listed, used(listed, run="r-0a1"), used(listed, run="r-7f3"))

    assert 2 == len(only(both).runs)


def test_a_save_that_was_tried_again_is_one_use(listed):
    """The very same use on both sides."""
    assert 1 == len(only(met(listed, used(listed), changed(used(listed), team="Field"))).runs)


def test_ticking_and_revising_at_once_are_both_kept(listed):
    """The use is one of the version that it was ticked on."""
    base = used(listed)
    both = met(base, checklists.tick(base, "l1", [HEARD], on=LATER), checklists.revise(base, "l1", [LINES], on=LATER))

    assert (2, [1, 1]) == (only(both).version, [run.version for run in only(both).runs])


def test_two_who_revise_at_once_make_one_version_of_both(listed):
    """With what each added."""
    base = used(listed)
    both = met(
        base,
        checklists.revise(base, "l1", [LINES, HEARD, "Lights are green"], on=LATER),
        checklists.revise(base, "l1", ["Keys are back", LINES, HEARD], on=LATER),
    )

    assert (2, 1) == (only(both).version, len(only(both).earlier))
    assert {LINES, HEARD, "Lights are green", "Keys are back"} == set(only(both).items)


def test_lists_that_two_publish_at_once_stay_two_and_their_actions_follow():
    """Neither is written over the other."""
    base = actions.plan(actions.plan(Incident(title="Late", id="2026-001", revision=1), "Print"), "Write")
    mine, theirs = checklists.publish(base, "Mine", action="a1"), checklists.publish(base, "Theirs", action="a2")
    both = met(base, checklists.missed(mine, "2026-001/l1"), theirs)

    assert {"l1": "Theirs", "l2": "Mine"} == {sheet.id: sheet.name for sheet in both.checklists}
    assert ["l2", "l1"] == [action.checklist for action in both.actions]
    assert ("2026-001/l2",) == both.should_have_caught


def test_two_uses_of_one_id_in_a_file_are_refused():
    """Else one of them could not be meant."""
    runs = [{"id": "r1", "on": "2026-03-02"}, {"id": "r1", "on": "2026-03-03"}]
    told = {"title": "Late", "checklists": [{"id": "l1", "name": "Leaving", "runs": runs}]}

    with pytest.raises(DataError, match="the id stands 2 times"):
        incident_from(told)
    assert 2 == len(
        only(
            incident_from(
                {
                    **told,
                    "checklists": [{**told["checklists"][0], "runs": [{"on": "2026-03-02"}, {"on": "2026-03-02"}]}],
                }
            )
        ).runs
    )


# -- what it should have caught ---------------------------------------------------------------------------------------


def test_a_list_of_another_record_is_named_once(listed):
    """And taken back."""
    told = checklists.missed(checklists.missed(listed, "2025-005/l1"), "2025-005/l1")

    assert ("2025-005/l1",) == told.should_have_caught
    assert () == checklists.not_missed(told, "2025-005/l1").should_have_caught
    with pytest.raises(UnknownNodeError):
        checklists.not_missed(told, "2025-005/l2")


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("l1", "did you mean '2026-001/l1'"),
        ("2026-001/l9", "did you mean '2026-001/l1'"),
        ("2025-005/l2", "did you mean '2025-005/l1'"),
        ("/", "name the record too"),
    ],
)
def test_a_list_that_is_not_there_is_refused_with_the_near_one(listed, name, remedy):
    """Its own lists are known from the record, the others where the store is at hand."""
    with pytest.raises(DataError, match=remedy):
        checklists.missed(listed, name, known=["2025-005/l1"])


def test_misses_count_from_the_day_of_the_version_in_force(listed):
    """What an earlier version missed was answered by the change."""
    new = only(checklists.revise(used(listed), "l1", [LINES], on=LATER))

    assert 2 == checklists.missed_since(only(listed), [DAY, LATER])
    assert 1 == checklists.missed_since(new, [DAY, LATER])


# -- what the review says ---------------------------------------------------------------------------------------------


def test_an_action_that_is_done_and_has_no_list_is_asked_for_it():
    """Until there is one; an action of another form is not."""
    told = actions.plan(Incident(title="Late"), "Print a closing list", form="checklist", done_on=DAY)
    other = actions.plan(Incident(title="Late"), "Buy a key box", form="automate", done_on=DAY)

    assert ["a1 is done, and its checklist is not kept here"] == found(told)
    assert [] == found(checklists.publish(told, items=[LINES], action="a1"))
    assert [] == found(other)


def test_a_list_without_points_and_a_point_that_is_a_wish_are_seen():
    """Nobody can tick “be careful”."""
    told = Incident(title="Late")

    assert ["the list “Leaving” has no points yet"] == found(checklists.publish(told, "Leaving", [" "]))
    (wish,) = found(checklists.publish(told, "Leaving", ["Be careful with the switch", LINES]))
    assert "can't be ticked" in wish


def test_a_list_that_nobody_uses_is_asked_about(listed):
    """Not where it was used once."""
    (said,) = found(listed)

    assert "nobody has used" in said
    assert [] == found(used(listed))


def test_a_team_says_after_how_many_days_an_unused_list_is_asked_about(listed):
    """By default after four weeks."""
    patient = playbook_from({"checklists": {"unused_after_days": 3650}})

    assert [] == found(listed, playbook=patient)


@pytest.mark.parametrize(
    ("run", "said"),
    [
        ({"version": 7}, "names version 7, which there never was: there are: 1, 2"),
        ({"ticked": ["zz"]}, f"ticks “zz”, which is no point of version 1: there are: {LINES}; {HEARD}"),
        ({"ticked": ["All lines rings"]}, f"no point of version 1: did you mean '{LINES}'?"),
        ({"version": 2}, "is before there was version 2: give a day from 2026-03-20 on, or the version of that day, 1"),
        ({"on": "2026-01-01"}, "is before the list was published, on 2 Mar 2026: mend the day"),
        ({"on": "2027-01-01"}, "lies ahead: mend the day"),
    ],
)
def test_what_a_file_says_of_a_use_and_can_not_be_so_is_told(listed, run, said):
    """It is taken as it is told, and to be mended."""
    new = checklists.revise(used(listed), "l1", [LINES, "Lights are green"], on=LATER)
    told = put(new, "checklists.l1.runs", (ChecklistRun(**{"on": DAY} | run), *only(new).runs))
    (finding,) = [it for it in review(told, default_playbook(), NOW) if it.rule == "R37"]

    assert said in f"{finding.message}: {finding.remedy}"
    assert ("checklists.l1.runs", "warning") == (finding.where, finding.level)


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("nonsense", "name the record too, as '2026-001/l1'"),
        ("2026-001/l2", "did you mean '2026-001/l1'?"),
        ("2025-009/l1", ""),
    ],
)
def test_a_file_that_names_no_list_that_should_have_caught_it_is_told(listed, name, remedy):
    """Of another record's lists nothing is known here."""
    found = review(changed(used(listed), should_have_caught=(name,)), default_playbook(), NOW)

    assert [remedy][: bool(remedy)] == [it.remedy for it in found if it.where == "should_have_caught"]
