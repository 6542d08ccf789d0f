"""A team changes its procedures step by step (R11 to R14)."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postmortem.record import gates, procedures, recovery
from postmortem.record.errors import DataError
from postmortem.record.incident import Incident
from postmortem.record.playbook import Playbook, default_playbook, playbook_from
from postmortem.record.sequence import notes_on

NINE = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
THIRTEEN = [step.id for step in default_playbook().procedure("thirteen-steps").steps]


def team(**changes: Any) -> Playbook:
    """A team's playbook that changes the thirteen steps."""
    return playbook_from({"procedures": {"presets": {"thirteen-steps": changes}}})


def order(playbook: Playbook, name: str = "thirteen-steps") -> list[str]:
    """The ids of a procedure's steps."""
    return [step.id for step in playbook.procedure(name).steps]


def refused(own: dict[str, Any] | str) -> list[str]:
    """What is said of a playbook that will not do."""
    with pytest.raises(DataError) as refused:
        playbook_from(tomllib.loads(own) if isinstance(own, str) else own)
    return [str(problem).removeprefix("procedures.presets.") for problem in refused.value.problems]


def refused_change(**changes: Any) -> list[str]:
    """What is said of changes to the thirteen steps that will not do."""
    said = refused({"procedures": {"presets": {"thirteen-steps": changes}}})
    return [line.removeprefix("thirteen-steps.") for line in said]


def between(steps: list[str], first: str, last: str) -> list[str]:
    """The ids between two others."""
    return steps[steps.index(first) + 1 : steps.index(last)]


def freed(first: str) -> list[dict[str, Any]]:
    """The changes by which no step comes after one any more."""
    steps = default_playbook().procedure("thirteen-steps").steps
    return [{"id": step.id, "after": []} for step in steps if first in step.after]


PHOTO = {"id": "photo", "text": "Send a photo of the repaired part"}


# -- one change ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "above", "below"),
    [
        ({"behind": "make-sure"}, "make-sure", "contact"),
        ({"before": "make-sure"}, "carry-out", "make-sure"),
        ({"behind": "fix"}, "offer-follow-up", "explain-not-again"),
        ({"part_of": "fix"}, "offer-follow-up", "explain-not-again"),
        ({"part_of": "fix", "before": "offer-follow-up"}, "fix", "offer-follow-up"),
    ],
)
def test_a_step_is_added_beside_another_one(where: dict[str, str], above: str, below: str):
    """Behind a step is behind its parts; a part without a place goes below what it belongs to. The others stay."""
    steps = order(team(add=[PHOTO | where]))

    assert ["photo"] == between(steps, above, below)
    assert THIRTEEN == [name for name in steps if name != "photo"]


def test_what_is_added_without_a_place_goes_to_the_end():
    """In the order in which it stands."""
    assert [*THIRTEEN, "photo", "tea"] == order(team(add=[PHOTO, {"id": "tea", "text": "Bring tea"}]))


def test_several_steps_behind_one_stand_in_the_order_of_the_file():
    """Also where one of them stands behind another one that is new."""
    more = [PHOTO | {"id": name, "behind": behind} for name, behind in (("a", "thank"), ("b", "thank"), ("c", "a"))]

    assert ["a", "c", "b"] == between(order(team(add=more)), "thank", "follow-up")


def test_a_step_is_dropped_and_the_numbers_close_up():
    """There are twelve then."""
    playbook = team(drop=["contact"])

    assert [name for name in THIRTEEN if name != "contact"] == order(playbook)
    assert 12 == playbook.procedure("").numbers()["follow-up"]


def test_a_step_that_is_moved_takes_its_parts_along():
    """And nothing else."""
    steps = order(team(move=[{"id": "fix", "behind": "apologise"}]))

    assert ["fix", "offer-follow-up"] == between(steps, "apologise", "explain-why")
    assert sorted(THIRTEEN) == sorted(steps)


def test_a_change_keeps_all_else_of_a_step():
    """Its text alone, and it is still dated, worded and waited for."""
    before, after = default_playbook().procedure("").steps[4], team(change=[{"id": "fix", "text": "Repair it"}])

    assert before.model_copy(update={"text": "Repair it"}) == after.procedure("").steps[4]
    assert THIRTEEN == order(after)


def test_a_step_may_be_exchanged_in_its_place():
    """Dropped and added with the same id."""
    steps = team(drop=["contact"], add=[{"id": "contact", "text": "Give our number"}]).procedure("").steps

    assert THIRTEEN == [step.id for step in steps]
    assert ("Give our number", "") == next((step.text, step.says) for step in steps if step.id == "contact")


def test_changes_are_read_all_at_once():
    """What is moved or added is put beside where the other one stands in the end."""
    steps = order(
        team(
            add=[PHOTO | {"behind": "thank"}],
            drop=["contact"],
            move=[{"id": "thank", "behind": "apologise"}, {"id": "make-sure", "behind": "photo"}],
            change=[{"id": "make-sure", "after": []}],
        )
    )

    assert ["thank", "photo", "make-sure"] == between(steps, "apologise", "explain-why")
    assert {*THIRTEEN, "photo"} - {"contact"} == set(steps)


def test_a_list_of_steps_still_replaces():
    """As ever."""
    assert ["photo"] == order(team(steps=[PHOTO]))


# -- a new one that begins with another ----------------------------------------------------------------------------


def test_a_new_procedure_begins_with_the_steps_of_another():
    """As that one is after its own changes, in whatever order they stand; that one stays as it is."""
    own = """
    [procedures.presets.short]
    title = "Short"
    extends = "ours"
    drop = ["apologise-again"]
    [procedures.presets.ours]
    title = "Ours"
    extends = "thirteen-steps"
    drop = ["thank"]
    [procedures.presets.thirteen-steps]
    drop = ["contact"]
    """
    playbook = playbook_from(tomllib.loads(own))

    assert set(THIRTEEN) - {"contact"} == set(order(playbook))
    assert set(THIRTEEN) - {"contact", "thank"} == set(order(playbook, "ours"))
    assert set(THIRTEEN) - {"contact", "thank", "apologise-again"} == set(order(playbook, "short"))
    assert ("Short", "E") == (playbook.procedure("short").title, playbook.procedure("short").source)


def test_a_procedure_that_is_there_may_begin_with_another():
    """It keeps its title."""
    playbook = playbook_from({"procedures": {"presets": {"four-steps": {"extends": "five-steps", "drop": ["calm"]}}}})

    assert ["initiate", "apologise", "resolve", "learn"] == order(playbook, "four-steps")
    assert "The four steps" == playbook.procedure("four-steps").title


@pytest.mark.parametrize(
    ("own", "said"),
    [
        (
            "[procedures.presets.a]\ntitle='A'\nextends='thirten-steps'",
            "a.extends: there is no 'thirten-steps'; did you",
        ),
        ("[procedures.presets.a]\ntitle='A'\nextends='a'", "a.extends: a extends a: a circle"),
        (
            "[procedures.presets.a]\ntitle='A'\nextends='b'\n[procedures.presets.b]\ntitle='B'\nextends='a'",
            "b.extends: a extends b extends a: a circle",
        ),
        (
            "[procedures.presets.thirten-steps]\ndrop=['fix']",
            "thirten-steps: there is no 'thirten-steps'; did you mean",
        ),
        ("[procedures.presets.a]\nextends='four-steps'", "a.title: missing; this field is needed"),
    ],
)
def test_what_a_procedure_can_not_begin_with_is_refused(own: str, said: str):
    """Once, with a near name, and with nothing false behind it."""
    (line,) = refused(own + "\n[procedures]\ndefault='a'" if "presets.a]" in own else own)

    assert line.startswith(said)


# -- what will not do ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"drop": ["contcat"]}, "drop: there is no 'contcat'; did you mean 'contact'?"),
        ({"drop": ["thank", "thank"]}, "drop.thank: it stands more than once; keep one of them"),
        ({"change": [{"id": "fixx", "text": "x"}]}, "change: there is no 'fixx'; did you mean 'fix'?"),
        ({"change": [{"id": "fix", "txt": "x"}]}, "change.fix.txt: unknown field; did you mean 'text'?"),
        ({"change": [{"id": "fix", "text": " "}]}, "change.fix.text: expected a few words, found ' '"),
        ({"move": [{"id": "fixx", "before": "thank"}]}, "move: there is no 'fixx'; did you mean 'fix'?"),
        ({"move": [{"id": "fix"}]}, "move.fix: it does not say where to; add behind = "),
        (
            {"move": [{"id": "fix", "before": "offer-follow-up"}]},
            "move.fix.before: 'offer-follow-up' goes along with it",
        ),
        ({"add": [PHOTO | {"behind": "thnak"}]}, "add.photo.behind: there is no 'thnak'; did you mean 'thank'?"),
        ({"add": [PHOTO | {"behnid": "thank"}]}, "add.photo.behnid: unknown field; did you mean 'behind'?"),
        ({"add": [PHOTO | {"behind": "fix", "before": "thank"}]}, "add.photo: it names two places, behind and before"),
        ({"add": [PHOTO | {"id": "fix"}]}, "add.fix: there is one of that name already; change it, or give this one"),
        ({"add": [PHOTO | {"id": "a.b"}]}, "add[1].id: expected a short name without dots"),
        ({"add": [PHOTO | {"after": ["fixx"]}]}, "photo.after: there is no 'fixx'; did you mean 'fix'?"),
        ({"add": "photo"}, "add: expected a list in square brackets, found 'photo'"),
        ({"drop": ["thank"], "move": [{"id": "thank", "behind": "fix"}]}, "move.thank: it is dropped as well"),
        ({"drop": ["thank"], "change": [{"id": "thank", "text": "x"}]}, "change.thank: it is dropped as well"),
        (
            {"drop": ["thank"], "add": [PHOTO | {"behind": "thank"}]},
            "add.photo.behind: 'thank' is dropped; name one that",
        ),
        ({"drop": ["offer"]}, "drop: 'carry-out' comes after 'offer'; drop that as well, or say what comes before it"),
        (
            {
                "drop": ["fix"],
                "change": freed("fix"),
            },
            "drop: 'offer-follow-up' belongs to 'fix'; drop that as well, or give it another part_of",
        ),
        ({"steps": [PHOTO], "drop": ["thank"]}, "steps` lists every step already, and `drop` changes some; keep one"),
        ({"extends": 3}, "extends: expected text, found 3"),
    ],
)
def test_a_change_that_will_not_do_is_told_once(changes: dict[str, Any], said: str):
    """By its key, with what would do, and nothing that only follows from it."""
    (line,) = refused_change(**changes)

    assert said in line


def test_all_that_will_not_do_is_told_at_once():
    """Nobody mends one and meets the next."""
    said = refused_change(
        drop=["contcat", "offer"],
        add=[PHOTO | {"behind": "thnak", "after": ["fixx"]}],
        move=[{"id": "thank", "behind": "contact"}, {"id": "contact", "behind": "thank"}],
    )

    assert ["drop", "drop", "add.photo.behind", "move.thank", "move.contact", "photo.after"] == [
        line.split(": ")[0] for line in said
    ]


@pytest.mark.parametrize(
    "own",
    [
        {"procedures": 3},
        {"procedures": {"presets": 3}},
        {"procedures": {"presets": {"thirteen-steps": 3}}},
        *(
            {"procedures": {"presets": {"a": {"title": "A", "steps": steps}, "b": {"extends": "a", "drop": ["x"]}}}}
            for steps in (3, [], [3], [{"text": "X"}], [{"id": "x", "text": "X", "after": 3, "part_of": [1]}])
        ),
    ],
)
def test_what_is_no_procedure_at_all_is_refused_and_nothing_breaks(own: dict[str, Any]):
    """Whatever stands where steps should."""
    assert refused(own)


IDS = st.sampled_from([*THIRTEEN, "photo", "gone", ""])


@settings(deadline=None, max_examples=100)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "drop": st.lists(IDS, max_size=4),
            "move": st.lists(st.fixed_dictionaries({"id": IDS}, optional={"behind": IDS, "before": IDS}), max_size=4),
            "add": st.lists(
                st.fixed_dictionaries(
                    {"id": st.sampled_from(["photo", "tea", "fix"]), "text": st.just("x")},
                    optional={"behind": IDS, "before": IDS, "part_of": IDS},
                ),
                max_size=4,
            ),
        },
    )
)
def test_whatever_is_changed_fits_or_is_refused(changes: dict[str, Any]):
    """No step is lost or doubled, and each moved one stands where it was to stand."""
    try:
        steps = order(team(**changes))
    except DataError:
        return
    left = {*THIRTEEN, *(step["id"] for step in changes.get("add", ()))} - set(changes.get("drop", ()))

    assert left <= set(steps)
    assert len(steps) == len(set(steps))
    for put in (*changes.get("move", ()), *changes.get("add", ())):
        if put.get("behind"):
            assert steps.index(put["behind"]) < steps.index(put["id"])
        if put.get("before"):
            assert steps.index(put["id"]) < steps.index(put["before"])


# -- what follows --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {
                "drop": ["explain-mistake"],
                "change": freed("explain-mistake"),
            },
            ["thirteen-steps: no step tells the customer"],
        ),
        (
            {
                "change": [
                    {"id": x, "apology": False, "target": ""}
                    for x in ("apologise", "assure", "apologise-again", "follow-up")
                ]
            },
            ["thirteen-steps: no step is an apology"],
        ),
        ({"change": [{"id": "fix", "target": ""}]}, ["thirteen-steps: no step puts it right"]),
        (
            {"move": [{"id": "make-sure", "before": "fix"}]},
            ["thirteen-steps.make-sure: it stands above fix, which comes first"],
        ),
        ({"drop": ["contact"]}, []),
    ],
)
def test_what_a_gate_looks_for_and_misses_is_told_and_not_refused(changes: dict[str, Any], said: list[str]):
    """It may be meant so; a gate that is off looks for nothing."""
    playbook = team(**changes)
    notes = [str(note).split(";")[0] for note in notes_on(playbook.procedures, playbook.gates)]

    assert [f"procedures.presets.{line}" for line in said] == notes
    assert all("stands above" in str(note) for note in notes_on(playbook.procedures, {}))


def test_the_default_leaves_nothing_to_be_told(playbook: Playbook):
    """Its procedures have what the gates look for."""
    assert [] == notes_on(playbook.procedures, playbook.gates)


def test_nothing_done_is_lost_when_the_playbook_changes_under_a_record(playbook: Playbook):
    """What was done stands under its step wherever that is now; that of a dropped one is shown below, by its words."""
    done = Incident(title="Late", owner="Desk", known_at=NINE)
    for name in ("explain-mistake", "apologise", "contact", "fix", "thank"):
        done = recovery.do(done, name, playbook, at=NINE, by="Desk", note=f"about {name}")
    ours = team(
        add=[PHOTO | {"behind": "make-sure"}],
        drop=["contact"],
        move=[{"id": "thank", "behind": "apologise"}],
        change=[{"id": "fix", "text": "Repair it"}],
    )
    now = {step.rule.id: step for step in recovery.steps(done, ours, NINE)}

    assert {"explain-mistake", "apologise", "fix", "thank"} == {
        name for name, step in now.items() if step.done.status == "done" and step.done.note == f"about {name}"
    }
    assert [("Give direct contact details and invite questions", "about contact")] == [
        (text, said.note) for text, said in procedures.left_over(done, ours)
    ]
    assert ("to do", 12, "Repair it") == (now["photo"].done.status, now["photo"].number, now["fix"].rule.text)
    assert any("Send a photo" in gap.message for gap in gates.missing(done, ours, NINE, "closed"))
    assert done == procedures.switch(procedures.switch(done, "four-steps", ours), "", ours)


def test_a_record_goes_over_to_a_procedure_that_extends_its_own(playbook: Playbook):
    """Its steps have the same ids: all that was done stays where it was."""
    own = {"ours": {"title": "Ours", "extends": "thirteen-steps", "drop": ["thank"], "add": [PHOTO]}}
    ours = playbook_from({"procedures": {"presets": own}})
    done = recovery.do(Incident(title="Late", known_at=NINE), "fix", playbook, at=NINE)
    over = procedures.switch(done, "ours", ours)

    assert done.recovery.steps == over.recovery.steps
    assert () == procedures.left_over(over, ours)


def test_what_does_not_fit_by_itself_hides_nothing_else(tmp_path):
    """All of it in one go, each with its key: a file that is not there, a wrong value, a name that nobody has."""
    own = """
        [wording]
        templates = "fr.toml"
        [procedures.presets.thirteen-steps]
        ad = []
        add = [{ id = "photo", text = "Send a photo", target = "tel", behind = "mak-sure" }]
        [calendar]
        days = "workdays"
        country = "Germany"
        [compensation]
        authority_limit = "15 EUR"
    """
    preset = "procedures.presets.thirteen-steps"
    with pytest.raises(DataError) as caught:
        playbook_from(tomllib.loads(own), beside=tmp_path)

    assert {
        "wording.templates": "there is no file 'fr.toml'",
        f"{preset}.add.photo.target": "expected tell, apologise, fix, credit or follow_up, found 'tel'",
        f"{preset}.add.photo.behind": "there is no 'mak-sure'",
        f"{preset}.ad": "unknown field",
        "calendar.days": "expected calendar or working, found 'workdays'",
        "calendar.country": "there is no 'Germany'",
        "compensation.authority_limit": "expected a number such as 12.5, found '15 EUR'",
    } == {problem.where: problem.finding for problem in caught.value.problems}
