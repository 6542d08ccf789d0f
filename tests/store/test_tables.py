"""The tidy tables are what data/README.md promises, down to the last column."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import fields
from pathlib import Path

import pandas as pd
import pytest

from postmortem.record.edit import changed
from postmortem.record.incident import Incident
from postmortem.record.playbook import default_playbook, playbook_from
from postmortem.record.reading import incident_from
from postmortem.store import StoreError, Tables, frames, open_store
from postmortem.store.frames import vocabulary
from tests.store.examples import WHOLE

README = Path(__file__).parents[2] / "data" / "README.md"
NAMES = [table.name for table in fields(Tables)]


def promised():
    """The columns of every table in the README: name, type, allowed values, what missing means."""
    tables, name = {}, ""
    for line in README.read_text(encoding="utf-8").splitlines():
        if heading := re.fullmatch(r"## (\w+)", line):
            name = heading[1]
        elif line.startswith("| `") and name:
            column, kind, _unit, allowed, missing = (cell.strip() for cell in line.strip("|").split("|"))
            tables.setdefault(name, {})[column.strip("`")] = (kind, allowed, missing)
    return tables


@pytest.fixture
def tables(fresh_store):
    """The tables of one full incident and one that says nothing."""
    fresh_store.save_many([WHOLE, Incident(title="Says nothing")])
    return fresh_store.tables()


def test_the_readme_speaks_of_every_table():
    """No table without its page, and no page without its table."""
    assert NAMES == list(promised())


@pytest.mark.parametrize("name", NAMES)
def test_columns_and_types_are_those_of_the_readme(tables, new_url, name):
    """Names, order and dtypes, with rows and without."""
    expected = {column: kind for column, (kind, _, _) in promised()[name].items()}

    assert expected == {column: str(kind) for column, kind in getattr(tables, name).dtypes.items()}
    with open_store(new_url()) as empty:
        assert expected == {column: str(kind) for column, kind in getattr(empty.tables(), name).dtypes.items()}


@pytest.mark.parametrize("name", NAMES)
def test_a_category_column_has_all_words_of_its_vocabulary_in_order(tables, name):
    """Words that nobody used yet are there; words of one's own come after them."""
    for column, (kind, allowed, _) in promised()[name].items():
        if kind != "category":
            continue
        words = list(getattr(tables, name)[column].cat.categories)
        known = vocabulary(name, column, default_playbook())
        if "playbook" in allowed:
            assert list(known) == words[: len(known)]
            assert words[len(known) :] == sorted(words[len(known) :])
        else:
            assert ", ".join(words) == re.split(r"[:;(]", allowed)[0].strip()


@pytest.mark.parametrize("name", NAMES)
def test_what_is_never_missing_is_not(tables, name):
    """A column that the README calls always filled is, also for an incident that says nothing."""
    frame = getattr(tables, name)
    never = [column for column, (_, _, missing) in promised()[name].items() if missing.startswith("never")]

    assert [] == [column for column in never if frame[column].isna().any()]


def test_what_nobody_said_is_missing(tables):
    """An empty text is missing like everything else that was not said."""
    silent = tables.incidents.iloc[1]

    never = {column for column, (_, _, missing) in promised()["incidents"].items() if missing.startswith("never")}
    assert never == set(silent[silent.notna()].index)


def test_an_incident_tells_what_its_document_says(tables):
    """Computed level, instants in UTC, amounts as numbers."""
    told = tables.incidents.iloc[0]

    assert ("2026-001", "wrong or missing work", "Field service", True) == (
        told.incident_id,
        told.kind,
        told.team,
        told.vip,
    )
    assert pd.Timestamp("2026-03-02T16:30Z") == told.occurred_at
    assert (3, 90.0, 12.5, default_playbook().currency) == (
        told.customers,
        told.customer_min,
        told.our_cost,
        told.currency,
    )
    assert ("crm", "C-1", "phone", "+01:00") == (told.source, told.source_key, told.channel, told.zone)


def test_causes_carry_the_wording_of_their_why_and_its_place(tables):
    """One without a category is unclassified, not missing."""
    shown = tables.causes[["cause_id", "text", "category", "leg", "depth"]].to_numpy().tolist()

    assert [
        ["c1", "No reminder", "system", "occurrence", 2],
        ["c2", "Switch off", "unclassified", "occurrence", 1],
    ] == shown


def test_actions_and_the_causes_they_answer(tables):
    """Strength follows from the form; a form of one's own has none."""
    assert ["intermediate", None] == tables.actions.strength.astype(object).replace({float("nan"): None}).tolist()
    assert [["a1", "c1"], ["a1", "c2"]] == tables.action_causes[["action_id", "cause_id"]].to_numpy().tolist()
    assert pd.Timestamp("2026-03-16", tz="UTC") == tables.actions.due_on[0]


def test_words_of_ones_own_come_after_the_playbooks(tables):
    """They are shown, not dropped."""
    assert ["better timing", "our own word"] == tables.factors.factor.tolist()
    assert "our own word" == tables.factors.factor.cat.categories[-1]
    assert "a form of our own" == tables.actions.form.cat.categories[-1]


def test_steps_are_all_of_the_procedure(tables):
    """The one done before its turn is told; an instant beside a step that is not done is not taken for its doing."""
    steps = tables.steps[tables.steps.incident_id == "2026-001"].set_index("step_id")

    assert 13 == len(steps)
    assert list(range(1, len(steps) + 1)) == steps.number.tolist()
    assert (pd.Timestamp("2026-03-02T17:05Z"), False) == (
        steps.loc["apologise", "done_at"],
        bool(steps.loc["apologise", "in_order"]),
    )
    assert 1 == steps.done_at.notna().sum()


def test_a_record_of_another_system_that_says_nothing_of_its_recovery_has_no_steps():
    """Nor has a closed one; of our own that says nothing yet all are to do, as its promises are."""
    other = Incident(title="Theirs", source={"system": "desk", "key": "7"})
    with open_store("sqlite://") as store:
        store.save_many([Incident(title="Ours"), other, Incident(title="Over", state="closed")], by="Ana")
        steps = store.tables().steps

    assert ({"2026-001"}, 13) == (set(steps.incident_id), (steps.status == "to do").sum())


def test_opinions_feedback_and_topics_tell_what_people_said(tables):
    """Nothing of who answered after the meeting; an answer that was not given is missing."""
    assert [["c1", 1, "Ana", "system"], ["c1", 2, None, "training"]] == [
        [None if pd.isna(cell) else cell for cell in row] for row in tables.opinions.to_numpy()[:, 1:].tolist()
    ]
    assert ["incident_id", "feedback_id", "held_at", "learned", "again"] == list(tables.feedback)
    assert [["yes", "no"], [None, None]] == (
        tables.feedback[["learned", "again"]].astype(object).replace({float("nan"): None}).to_numpy().tolist()
    )
    assert [["Who may promise a time?", False], ["", False]] == tables.topics[["text", "settled"]].to_numpy().tolist()
    assert ["2026-031", True] == [tables.topics.carried_to[0], bool(pd.isna(tables.topics.carried_to[1]))]


def test_promises_say_what_is_due_and_what_was_kept(tables):
    """A day where only a day is known, with its end as the instant; what was offered is promised to be carried out."""
    promises = tables.promises.set_index("promise_id")

    assert {"2026-001"} == set(promises.incident_id)
    assert ["met", "open", "met", "open", "open", "open", "met"] == [
        promises.status[name]
        for name in (
            "step-apologise",
            "step-fix",
            "offer-service-credit",
            "pay-back-k1",
            "call-back",
            "action-a1",
            "effect-a1",
        )
    ]
    assert (pd.Timestamp("2026-03-17T00:00+01:00"), pd.Timestamp("2026-03-16", tz="UTC")) == (
        promises.due_at["action-a1"],
        promises.due_on["action-a1"],
    )
    assert pd.Timestamp("2026-05-18T23:00Z") == promises.met_at["effect-a1"]
    assert pd.Timestamp("2026-03-02T17:05Z") == promises.met_at["step-apologise"]
    assert "recovery.compensation.k1" == promises.place["pay-back-k1"]


def test_what_is_owed_and_the_checklists_are_told(tables):
    """Owed, offered, answered, carried out; the version that was used with the points that it had."""
    owed, runs = tables.compensations, tables.checklist_runs

    assert [45.0, 45.5] == owed.loc[0, ["owed", "offered"]].tolist()
    assert ("accepted", "waiting", True) == (owed.answer[0], owed.answer[1], bool(pd.isna(owed.offered[1])))
    assert [["l1", 2, 2], ["l2", 1, 0]] == tables.checklists[["checklist_id", "version", "points"]].to_numpy().tolist()
    assert [[1, 1, 1, 1], [2, 2, 0, 2]] == runs[["number", "version", "ticked", "points"]].to_numpy().tolist()
    assert ["Crew lead", True] == [runs.by[0], bool(pd.isna(runs.by[1]))]
    assert ["2025-004/l1"] == tables.checklist_misses.list.tolist()


@pytest.mark.parametrize(
    ("meeting", "held_at"),
    [
        ({"starts_at": "2026-03-05T09:00Z", "begun_at": "2026-03-05T09:04Z"}, "2026-03-05T09:04Z"),
        ({"starts_at": "2026-03-05T09:00Z"}, "2026-03-05T09:00Z"),
        ({}, "2026-03-02T16:30Z"),
    ],
)
def test_feedback_stands_at_the_time_of_its_meeting(fresh_store, meeting, held_at):
    """When it was begun, else when it was to start, else when the incident occurred."""
    said = {"title": "Late", "occurred_at": "2026-03-02T16:30Z", "meeting": meeting, "feedback": [{"id": "f1"}]}
    fresh_store.save(incident_from(said))

    assert [pd.Timestamp(held_at)] == list(fresh_store.tables().feedback.held_at)


def test_the_tables_are_of_one_moment(fresh_store, monkeypatch):
    """What somebody saves while they are read is in none of them."""
    read = frames._frame

    def read_and_save(connection, table, playbook):
        frame = read(connection, table, playbook)
        fresh_store.save(WHOLE)
        return frame

    with monkeypatch.context() as patch:
        patch.setattr(frames, "_frame", read_and_save)
        tables = fresh_store.tables()

    assert [0] * len(NAMES) == [len(getattr(tables, name)) for name in NAMES]
    assert len(NAMES) == len(fresh_store)


def test_rows_follow_their_document(fresh_store):
    """A save replaces the rows of its incident."""
    saved = fresh_store.save(WHOLE)
    fresh_store.save(changed(saved, causes=(), actions=(), factors=(), team="Office"))
    tables = fresh_store.tables()

    assert ["Office"] == tables.incidents.team.tolist()
    assert [0, 0, 0] == [len(tables.causes), len(tables.actions), len(tables.factors)]


def test_days_and_instants_at_the_edge_of_time_are_kept(fresh_store):
    """A slip of the keyboard in a year does not break the tables."""
    wrong = {"title": "Late", "occurred_at": "1900-01-01T00:00:00Z", "told_at": "2199-12-31T23:59:59.999999Z"}
    actions = [{"id": "a1", "due_on": "0001-01-01"}, {"id": "a2", "due_on": "9999-12-31"}]
    fresh_store.save(incident_from({**wrong, "actions": actions}))
    tables = fresh_store.tables()

    assert "2199-12-31 23:59:59.999999+00:00" == str(tables.incidents.told_at[0])
    assert [1, 9999] == tables.actions.due_on.dt.year.tolist()


def test_the_tables_are_made_again_under_another_playbook(new_url):
    """What the playbook decides follows it, once the rows are made again; until then the check says so."""
    url = new_url()
    with open_store(url) as store:
        store.save(WHOLE)
    strict = playbook_from({"currency": "CHF", "forms": {"checklist": {"strength": "weaker"}}})
    with open_store(url, playbook=strict) as store:
        said = "the rows of 1 incident follow other rules than the playbook's now"
        assert [f"rows: {said}; postmortem doctor --rebuild"] == [str(problem) for problem in store.check()]
        assert 1 == store.rebuild_tables()
        assert [] == store.check()
        assert "weaker" == store.tables().actions.strength[0]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE promises SET who = 'somebody'",
        "UPDATE steps SET done_at = NULL",
        "UPDATE actions SET owner = 'somebody'",
        "DELETE FROM actions WHERE action_id = 'a1'",
        "DELETE FROM promises",
        "DELETE FROM steps",
    ],
)
def test_what_no_playbook_decides_is_damage_under_another_one_too(tmp_path, damage):
    """It is told of its incident; what the playbook decides is one line for all, whichever table it stands in."""
    strict = playbook_from({"calendar": {"days": "working"}, "currency": "CHF"})
    with open_store(tmp_path / "one.db") as store:
        store.save(WHOLE)
        name = store.save(changed(WHOLE, id="")).id
    with sqlite3.connect(tmp_path / "one.db") as database:
        database.execute(f"{damage}{' AND' if 'WHERE' in damage else ' WHERE'} incident_id = '{name}'")
    database.close()
    with open_store(tmp_path / "one.db", playbook=strict) as store:
        told = {problem.where: problem.finding for problem in store.check()}

    table = re.search("(?:FROM|UPDATE) ([a-z]+)", damage)[1]
    assert {f"incident {name}": f"its rows in {table} differ from its document"} == {
        where: finding for where, finding in told.items() if where != "rows"
    }
    assert "the rows of 2 incidents follow other rules than the playbook's now" == told["rows"]


def test_the_tables_say_how_many_rows_they_have(tables):
    """Short and stable."""
    rows = "incidents: 2, causes: 2, actions: 2, action_causes: 2, factors: 2, steps: 26"

    more = "promises: 11, compensations: 2, checklists: 2, checklist_runs: 2, checklist_misses: 1"
    assert f"<Tables {rows}, opinions: 2, feedback: 2, topics: 2, {more}>" == repr(tables)


def test_one_table_alone_is_the_table_among_all(tmp_path):
    """Without the reading of the others; a name that is none is told with the near one."""
    with open_store(tmp_path / "one.db") as store:
        store.save(WHOLE)
        alone, all_ = store.table("opinions"), store.tables().opinions

        pd.testing.assert_frame_equal(all_, alone)
        with pytest.raises(StoreError, match="there is no table 'opinion'; did you mean 'opinions'"):
            store.table("opinion")


def test_a_step_whose_condition_did_not_come_about_is_not_needed(fresh_store):
    """They declined what was offered: nothing is left to carry out, and nothing counts as still to do."""
    told = WHOLE.recovery.compensation[0]
    declined = changed(told, offered_at="2026-03-02T18:00+01:00", answer="declined", carried_out_at=None)
    spoken = [step for step in WHOLE.recovery.steps if step.id != "carry-out"]
    recovery = changed(WHOLE.recovery, compensation=(declined,), steps=tuple(spoken), procedure="thirteen-steps")
    fresh_store.save(changed(WHOLE, recovery=recovery))
    steps = fresh_store.tables().steps.set_index("step_id")

    assert "not needed" == steps.loc["carry-out", "status"]
    assert "to do" == steps.loc["follow-up", "status"]
