"""The sample incidents in `data/samples`: what they promise to whoever learns, tests or draws with them."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from postmortem.record import authority, checklists, gates, recovery, whys
from postmortem.record.actions import is_open, strength
from postmortem.record.incident import Action, Incident
from postmortem.record.playbook import default_playbook
from postmortem.record.reading import document, incident_from
from postmortem.record.recovery import procedure
from postmortem.record.review import review
from postmortem.record.severity import assess
from postmortem.record.vocabulary import CATEGORIES, LEGS, SEVERITIES, STRENGTHS

FOLDER = Path(__file__).parents[1] / "data" / "samples"
FILES = sorted(FOLDER.glob("*.json"))
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
PLAYBOOK = default_playbook()
SAMPLES = [incident_from(file.read_bytes(), file.name) for file in FILES]
TRADES = {"line and heating", "hotel", "airline"}

each_sample = pytest.mark.parametrize("incident", SAMPLES, ids=lambda incident: incident.id)


def the(identifier: str) -> Incident:
    """The sample of an id."""
    return next(incident for incident in SAMPLES if incident.id == identifier)


def actions_against(recurring: str) -> list[tuple[Incident, Action]]:
    """The actions that answer a recurring cause, in the order in which they were done."""
    found = [
        (incident, action)
        for incident in SAMPLES
        for action in incident.actions
        if any(cause.id in action.causes and cause.recurring_id == recurring for cause in incident.causes)
    ]
    return sorted(found, key=lambda pair: pair[1].done_on or date.max)


def day(moment: datetime | None) -> date:
    """The day of a time that every sample has."""
    assert moment is not None
    return moment.date()


def texts(value: object) -> list[str]:
    """Every text inside a document."""
    if isinstance(value, dict):
        return [text for inner in value.values() for text in texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in texts(inner)]
    return [value] if isinstance(value, str) else []


def test_there_are_24_and_each_file_bears_its_id():
    """A file is found by the id of its incident."""
    assert 24 == len(SAMPLES)
    assert [file.stem for file in FILES] == [incident.id for incident in SAMPLES]


def test_every_month_of_the_fourteen_has_one():
    """From January 2025 to February 2026 no month is empty, so that a chart by month shows all of them."""
    months = {day(incident.occurred_at).strftime("%Y-%m") for incident in SAMPLES}

    assert {f"2025-{month:02}" for month in range(1, 13)} | {"2026-01", "2026-02"} == months


def test_ids_run_with_the_year_and_the_order_of_occurrence():
    """Reading the files in order is reading them as they happened."""
    happened = [day(incident.occurred_at) for incident in SAMPLES]

    assert sorted(happened) == happened
    assert [incident.id[:4] for incident in SAMPLES] == [str(occurred.year) for occurred in happened]


def test_three_trades_and_five_teams_share_them():
    """Each trade and each team has more than two, so that a filter never leaves one alone."""
    trades = Counter(tag for incident in SAMPLES for tag in incident.tags)
    teams = Counter(incident.team for incident in SAMPLES)

    assert set(trades) == TRADES
    assert 24 == trades.total()
    assert 5 == len(teams)
    assert min(*trades.values(), *teams.values()) > 2
    assert all(incident.service for incident in SAMPLES)


def test_one_currency_and_one_zone_serve_all():
    """Amounts may be added up, and hours of the day compared."""
    assert {("GBP", "Europe/London")} == {(incident.currency, incident.zone) for incident in SAMPLES}


def test_no_two_titles_are_alike():
    """A list of titles tells the incidents apart."""
    assert len(SAMPLES) == len({incident.title for incident in SAMPLES})


@each_sample
def test_a_sample_names_where_it_came_from(incident: Incident):
    """Loading the samples twice finds them by their source, and a sample brings no revision of its own."""
    assert incident.source is not None
    assert ("samples", incident.id) == (incident.source.system, incident.source.key)
    assert 0 == incident.revision


@each_sample
def test_reading_and_writing_a_sample_loses_nothing(incident: Incident):
    """A sample survives the way out and in again."""
    assert incident == incident_from(document(incident))


@each_sample
def test_a_sample_uses_only_words_of_the_playbook(incident: Incident):
    """Kind, procedure, steps, channels, factors, questions and forms are known by the default playbook."""
    steps = incident.recovery.steps
    said = {incident.recovery.channel, *(step.channel for step in steps)} - {""}

    assert incident.kind in PLAYBOOK.kinds.names
    assert incident.recovery.procedure in {"", *PLAYBOOK.procedures.presets}
    assert {step.id for step in steps} <= {step.id for step in procedure(incident, PLAYBOOK).steps}
    assert said <= set(PLAYBOOK.channels)
    assert set(incident.factors) <= set(PLAYBOOK.factors.names)
    assert {action.form for action in incident.actions} <= set(PLAYBOOK.forms)
    assert {reply.question for cause in incident.causes for reply in cause.trail} <= {
        question.id for question in PLAYBOOK.decision_aid
    }


@each_sample
def test_a_timeline_runs_forward_and_is_short(incident: Incident):
    """A sample tells three to eight moments, each with its time, none before the one above."""
    times = [moment.at for moment in incident.timeline]

    assert 3 <= len(times) <= 8
    assert None not in times
    assert sorted(times) == times


@each_sample
def test_no_name_of_a_customer_stands_outside_the_customer_fields(incident: Incident):
    """A report without the customer fields names nobody."""
    plain = document(incident)
    names = re.findall(r"\w{4,}", str(plain.pop("customer", {}).get("name", "")).lower())
    words = {word for text in texts(plain) for word in re.findall(r"\w+", text.lower())}

    assert [] == [name for name in names if name in words]


def test_names_of_customers_do_not_meet_in_other_samples():
    """A name is one customer's; only the mistake that was made while handling another one shares it."""
    holders = defaultdict(list)
    for incident in SAMPLES:
        holders[incident.customer.name].append(incident.id)

    assert {"": ["2026-002"], "Okafor-Lindqvist": ["2025-011", "2025-012"]} == {
        name: found for name, found in holders.items() if not name or len(found) > 1
    }


def test_every_category_and_what_stands_beside_them_has_roots():
    """No chart by category is drawn from an empty kind."""
    kinds = Counter(cause.category for incident in SAMPLES for cause in incident.causes)

    assert set(CATEGORIES) == set(kinds)
    assert min(kinds.values()) > 2


@pytest.mark.parametrize(("recurring", "confirmed"), [("C-01", 4), ("C-02", 3), ("C-03", 4)])
def test_three_causes_recur_in_other_words(recurring: str, confirmed: int):
    """A person has confirmed each of the three more than twice, and no two wordings are alike."""
    found = [(incident, cause) for incident in SAMPLES for cause in incident.causes if cause.recurring_id == recurring]

    assert confirmed == len(found)
    assert confirmed == len({whys.find(incident, cause.why).text for incident, cause in found})
    assert 1 == len({cause.category for _, cause in found})
    assert len({incident.team for incident, _ in found}) > 1 or recurring == "C-01"


@pytest.mark.parametrize(
    ("identifier", "words"),
    [
        ("2025-018", "nobody lets the water run"),  # like C-01
        ("2025-007", "stays with whoever took the call"),  # like C-02
        ("2025-020", "said as a hope and heard as an hour"),  # like C-03
    ],
)
def test_one_similar_cause_of_each_is_left_to_be_confirmed(identifier: str, words: str):
    """A suggestion has something to find that no person has confirmed yet."""
    incident = the(identifier)
    cause = next(cause for cause in incident.causes if words in whys.find(incident, cause.why).text)

    assert "" == cause.recurring_id


@pytest.mark.parametrize(
    ("recurring", "forms"),
    [
        ("C-01", ["remind", "checklist", "checklist", "forcing-function"]),
        ("C-02", ["remind", "software-help", "checklist"]),
        ("C-03", ["remind", "cognitive-aid", "forcing-function"]),
    ],
)
def test_a_reminder_did_not_hold_and_what_came_last_did(recurring: str, forms: list[str]):
    """Each recurring cause tells the same story: what relied on memory came back, the last fix held."""
    done = actions_against(recurring)
    results = [action.effect.result for _, action in done]

    assert forms == [action.form for _, action in done]
    assert ["not held"] * (len(done) - 1) + ["held"] == results
    assert all(the(action.carried_to).id for _, action in done[:-1])


@pytest.mark.parametrize("recurring", ["C-01", "C-02", "C-03"])
def test_a_recurring_cause_was_confirmed_again_after_each_fix_but_the_last(recurring: str):
    """What the actions claim agrees with when the cause came back (R36)."""
    seen = [
        day(incident.known_at) for incident in SAMPLES for cause in incident.causes if cause.recurring_id == recurring
    ]
    done = [action.done_on for _, action in actions_against(recurring)]

    assert all(any(fixed < again for again in seen) for fixed in done[:-1] if fixed)
    assert done[-1] is not None
    assert done[-1] > max(seen)


def test_one_is_critical_and_every_level_is_there():
    """The boiler that could have leaked gas is critical, by what could have happened to a person."""
    levels = {incident.id: assess(incident, PLAYBOOK).level for incident in SAMPLES}
    gas = the("2025-019")

    assert ["2025-019"] == [identifier for identifier, level in levels.items() if level == "critical"]
    assert {*SEVERITIES, None} == set(levels.values())
    assert "none" != gas.impact.harm
    assert "life-threatening" == gas.impact.potential_harm


def test_the_critical_one_has_all_that_a_critical_one_asks_for():
    """Three legs, two opinions on every root, a signature, checked effects, and no manager at first (R7, R9)."""
    gas = the("2025-019")
    legs = {whys.leg_of(gas, cause.why) for cause in gas.causes}
    apart = [cause for cause in gas.causes if len({opinion.category for opinion in cause.opinions}) > 1]

    assert set(LEGS) == legs
    assert all(2 == len({opinion.by for opinion in cause.opinions}) for cause in gas.causes)
    assert 1 == len(apart)
    assert "manager" in {signature.role for signature in gas.signatures}
    assert "no" == gas.recovery.escalation.manager_available
    assert gas.recovery.escalation.call_back_on is not None
    assert all(action.effect.check_on for action in gas.actions)


def test_one_customer_is_vip_and_was_asked_before_the_handing_over():
    """The VIP's incident went to a manager with permission (R9)."""
    vips = [incident for incident in SAMPLES if incident.customer.vip]

    assert ["2025-015"] == [incident.id for incident in vips]
    assert "yes" == vips[0].recovery.escalation.permission


def test_two_were_not_our_mistake_and_went_the_shorter_way():
    """One was the customer's, one a third party's; both have the procedure for it (R14)."""
    others = {incident.id: incident for incident in SAMPLES if incident.fault in {"customer", "third party"}}

    assert {"2025-009": "customer", "2025-014": "third party"} == {i: found.fault for i, found in others.items()}
    assert {"not-our-mistake"} == {found.recovery.procedure for found in others.values()}
    assert set(others) == {i.id for i in SAMPLES if i.recovery.procedure == "not-our-mistake"}


def test_the_switch_left_unplugged_is_there():
    """The incident of the worked example: most of a day without phone and internet."""
    switch = next(i for i in SAMPLES if i.title == "Phone and internet not reconnected after a line repair")

    assert {"C-01", "C-03"} <= {cause.recurring_id for cause in switch.causes}
    assert 444 == switch.impact.customer_min
    assert 1 == len(switch.checklists)


def test_one_was_made_while_handling_another():
    """The link names an incident that is there and came before (R4)."""
    linked = [(incident.id, link.incident_id, link.kind) for incident in SAMPLES for link in incident.links]

    assert [("2025-012", "2025-011", "made while handling")] == linked


def test_states_are_mostly_closed_with_some_still_open():
    """There is something to do: four to act on, one to recover, one draft."""
    states = Counter(incident.state for incident in SAMPLES)

    assert {"closed": 18, "acting": 4, "recovering": 1, "draft": 1} == states


def test_actions_are_of_every_strength_and_every_result():
    """Held, not held and unknown all occur, and some open actions were due in February 2026."""
    actions = [action for incident in SAMPLES for action in incident.actions]
    late = [action for action in actions if is_open(action) and action.due_on and action.due_on < date(2026, 3, 1)]

    assert set(STRENGTHS) == {strength(action, PLAYBOOK) for action in actions}
    assert {"held", "not held", "unknown"} == {action.effect.result for action in actions}
    assert 4 == len([action for action in late if action.due_on and action.due_on >= date(2026, 2, 1)])
    assert all(action.owner and action.due_on for action in actions)


def test_recovery_is_shown_done_out_of_order_unfinished_and_by_unfit_channel():
    """The recovery screens have something to show: missing steps, an explanation too early, e-mail with a reason."""
    unfinished = [i.id for i in SAMPLES if any(step.status == "to do" for step in i.recovery.steps)]
    unneeded = [step for i in SAMPLES for step in i.recovery.steps if step.status == "not needed"]
    mailed = [i for i in SAMPLES if i.recovery.channel == "e-mail"]
    steps = {step.id: step.at for step in the("2025-005").recovery.steps}

    assert len(unfinished) > 3
    assert all(step.because for step in unneeded)
    assert unneeded
    assert [True] == [bool(i.recovery.channel_reason) for i in mailed]
    assert steps["explain-why"] < steps["explain-mistake"]


def test_follow_ups_are_kept_and_late_and_one_is_to_come():
    """What is shown of the promises has something of each (R12, step 13)."""
    steps = [step for i in SAMPLES for step in recovery.steps(i, PLAYBOOK, NOW) if step.rule.id == "follow-up"]
    kept = Counter("late" if step.late_min else step.done.status for step in steps)

    assert min(kept["done"], kept["late"], kept["to do"]) > 0
    assert kept["done"] > kept["late"] > 3


def test_money_was_offered_answered_approved_and_carried_out_at_a_time_of_its_own():
    """Four facts of a thing owed, each told; most were accepted, one declined, one waits (R18)."""
    items = [item for incident in SAMPLES for item in incident.recovery.compensation]
    answers = Counter(item.answer for item in items)

    assert {"declined": 1, "waiting": 1} == {word: answers[word] for word in ("declined", "waiting")}
    assert all(item.offered_at <= item.answered_at for item in items if item.offered_at and item.answered_at)
    assert all(item.answered_at <= item.carried_out_at for item in items if item.answered_at and item.carried_out_at)
    assert all(item.approved_at <= item.offered_at for item in items if item.approved_at and item.offered_at)
    assert not [
        i.id for i in SAMPLES for item in i.recovery.compensation if authority.is_over_limit(i, item.id, PLAYBOOK)
    ]


def test_lists_are_used_over_months_in_the_points_of_their_version():
    """What was ticked stood on the list that day; each list that an action or a miss names is there (R37)."""
    lists = {f"{i.id}/{sheet.id}": sheet for i in SAMPLES for sheet in i.checklists}
    uses = [(sheet, run) for sheet in lists.values() for run in sheet.runs]
    misses = [(i, name) for i in SAMPLES for name in i.should_have_caught]

    assert 5 == len(lists)
    assert len({(run.on.year, run.on.month) for _, run in uses}) > 9
    assert all(set(run.ticked) <= set(checklists.points(sheet, run.version)) for sheet, run in uses)
    assert all(sheet.earlier[-1].until_on < run.on for sheet, run in uses if sheet.earlier and run.version > 1)
    assert [("2025-017", "2025-010/heating-closing-list"), ("2026-003", "2025-015/hand-over-card")] == [
        (incident.id, name) for incident, name in misses
    ]
    assert {name for _, name in misses} <= set(lists)
    assert {a.checklist for i in SAMPLES for a in i.actions if a.checklist} == {name.split("/")[1] for name in lists}


def test_trees_go_three_to_six_deep_and_branch():
    """Legs, joins and ruled-out branches all occur (R21, R22, R24)."""
    depths = [whys.depth(incident, cause.why) for incident in SAMPLES for cause in incident.causes]
    legs = Counter(len({whys.leg_of(i, why.id) for why in i.whys}) for i in SAMPLES if i.whys)

    assert 3 == min(depths)
    assert max(depths) <= 6
    assert {1, 2, 3} == set(legs)
    assert any(why.join == "and" for incident in SAMPLES for why in incident.whys)
    assert any(why.status == "ruled out" for incident in SAMPLES for why in incident.whys)


@each_sample
def test_a_sample_passes_the_gates_of_its_state(incident: Incident):
    """A record that says it is closed could be closed; one that acts may act (R39)."""
    assert () == gates.missing(incident, PLAYBOOK, NOW, incident.state)


@pytest.mark.parametrize("incident", [i for i in SAMPLES if i.state == "closed"], ids=lambda incident: incident.id)
def test_a_closed_sample_stands_up_to_the_review(incident: Incident):
    """What is left to say of a closed one is that an action did not hold, and that was carried on elsewhere."""
    left = [(found.rule, found.where) for found in review(incident, PLAYBOOK, NOW)]
    carried = [("R36", f"actions.{a.id}.effect.result") for a in incident.actions if a.carried_to]

    assert [] == [found for found in left if found not in carried]


def test_open_samples_leave_something_to_find():
    """A weak action, a fix for a mere possibility, a person as a cause and late ones wait in the open samples."""
    rules = {
        found.rule for incident in SAMPLES if incident.state != "closed" for found in review(incident, PLAYBOOK, NOW)
    }

    assert {"R24", "R26", "R35", "R36"} <= rules


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_reads_like_a_record_and_in_the_order_of_the_model(file: Path):
    """People edit these files: indented, the fields in the order in which the work goes, curly quotes as they are."""
    text = file.read_text(encoding="utf-8")
    keys = list(json.loads(text))

    assert text.startswith('{\n  "title": ')
    assert text.endswith("}\n")
    assert "\\u" not in text
    assert [name for name in Incident.model_fields if name in keys] == keys
