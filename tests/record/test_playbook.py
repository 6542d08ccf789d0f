"""The playbook: the default carries every rule, and a team's own is checked before it counts."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from postmortem import record
from postmortem.record.errors import DataError
from postmortem.record.incident import Impact
from postmortem.record.playbook import (
    DEFAULT_FILE,
    DEFAULT_WORDING,
    RULE_COUNT,
    STAGES,
    Playbook,
    default_playbook,
    load_playbook,
    playbook_from,
)
from postmortem.record.vocabulary import CATEGORIES, FOUR_CATEGORIES, LEGS, SEVERITIES

ROOM = Path(record.__file__).parent


def plain() -> dict[str, Any]:
    """The tables of the default files: the rules, and the words to the customer."""
    rules, words = (tomllib.loads(file.read_text(encoding="utf-8")) for file in (DEFAULT_FILE, DEFAULT_WORDING))
    return {**rules, "wording": words}


def refused(own: str) -> str:
    """What is said of a team's own tables that will not do."""
    with pytest.raises(DataError) as error:
        playbook_from(tomllib.loads(own))
    return str(error.value)


# -- the default ---------------------------------------------------------------------------------------------------


def test_every_rule_is_there(playbook: Playbook):
    """R1 to R43, each with a sentence."""
    assert [f"R{number}" for number in range(1, RULE_COUNT + 1)] == list(playbook.rules)
    assert all(text.strip().endswith((".", "?")) for text in playbook.rules.values())


def test_every_rule_named_in_the_code_is_in_the_playbook(playbook: Playbook):
    """A finding never names a rule that nobody can look up."""
    named = {rule for file in ROOM.rglob("*.py") for rule in re.findall(r"\bR\d+\b", file.read_text(encoding="utf-8"))}

    assert {"R21", "R29", "R33", "R36"} <= named
    assert set() == named - set(playbook.rules)


def test_the_four_categories_stand_and_beside_them_one_more(playbook: Playbook):
    """Training, understanding, motivation, system; and what nobody here controls (R28)."""
    assert ("training", "understanding", "motivation", "system") == FOUR_CATEGORIES
    assert [*FOUR_CATEGORIES, "outside our control"] == list(playbook.categories)


def test_the_thirteen_steps_stand_in_their_order(playbook: Playbook):
    """Apologies at 2, 4, 7 and 13; what follows from an accepted offer is conditional (R12)."""
    steps = playbook.procedures.presets["thirteen-steps"].steps
    numbered = dict(enumerate((step for step in steps if not step.part_of), start=1))

    assert 13 == len(numbered)
    assert [("offer-follow-up", "fix")] == [(step.id, step.part_of) for step in steps if step.part_of]
    assert [2, 4, 7, 13] == [number for number, step in numbered.items() if step.apology]
    assert [9] == [number for number, step in numbered.items() if step.only_if]
    assert ("explain-mistake", "apologise", "explain-why", "assure", "fix", "explain-not-again") == tuple(
        numbered[number].id for number in range(1, 7)
    )
    assert "Fix it" == numbered[5].text
    assert "follow_up" == numbered[13].target


def test_the_frames_stand_beside_the_thirteen_steps(playbook: Playbook):
    """Four steps, five steps, and the way when it was not our mistake (R11, R14)."""
    presets = playbook.procedures.presets

    assert {"thirteen-steps": 13, "four-steps": 4, "five-steps": 5, "not-our-mistake": 4} == {
        name: sum(not step.part_of for step in preset.steps) for name, preset in presets.items()
    }
    assert ("thirteen-steps", "not-our-mistake") == (playbook.procedures.default, playbook.procedures.not_ours)


def test_admission_comes_before_apology_and_cause(playbook: Playbook):
    """Who apologises or explains before admitting is out of order (R13)."""
    after = {step.id: step.after for step in playbook.procedures.presets["thirteen-steps"].steps}

    assert ("explain-mistake",) == after["apologise"] == after["explain-why"]
    assert ("fix",) == after["explain-not-again"]


def test_the_follow_up_is_due_after_five_days(playbook: Playbook):
    """Whatever the severity (R12)."""
    assert {5} == {target.follow_up_days for target in playbook.targets.values()}


def test_targets_grow_stricter_with_severity(playbook: Playbook):
    """A worse mistake is told and mended sooner (R19)."""
    for name in ("tell_min", "apologise_min", "fix_min", "credit_min"):
        times = [getattr(playbook.targets[level], name) for level in SEVERITIES]

        assert sorted(times, reverse=True) == times


def test_severity_sets_the_depth_of_the_review(playbook: Playbook):
    """One leg and one action; standard; branches and the manager; three legs, two people, effect and signature (R7)."""
    levels = playbook.severity.levels
    asked = {
        name: (
            len(level.legs),
            level.branches,
            level.inform_manager,
            level.second_opinion,
            level.effect_check,
            level.signature,
        )
        for name, level in levels.items()
    }

    assert {
        "minor": (1, False, False, False, False, False),
        "moderate": (2, False, False, False, False, False),
        "serious": (2, True, True, False, False, False),
        "critical": (3, True, True, True, True, True),
    } == asked
    assert {1} == {level.actions for level in levels.values()}


def test_harm_is_asked_first(playbook: Playbook):
    """Then what could have happened (R6)."""
    assert ["harm", "potential_harm"] == [question.field for question in playbook.severity.questions[:2]]
    assert "critical" == playbook.severity.questions[0].levels["injury"]
    assert "critical" == playbook.severity.questions[1].levels["life-threatening"]


def test_writing_is_no_way_to_tell_a_mistake(playbook: Playbook):
    """In person is best, the phone next; e-mail and fax are unfit, and say why (R16)."""
    by_rank = sorted(playbook.channels, key=lambda name: playbook.channels[name].rank)

    assert ["in person", "phone"] == by_rank[:2]
    assert {"chat", "e-mail", "fax"} == {name for name, channel in playbook.channels.items() if not channel.fit}
    assert all(channel.fit or channel.why_not for channel in playbook.channels.values())


def test_all_that_was_paid_is_paid_back(playbook: Playbook):
    """And an hour of lost time is worth a credit (R18)."""
    assert (1.0, 60) == (playbook.compensation.reimburse_share, playbook.compensation.credit_from_min)


def test_strength_follows_the_action_hierarchy(playbook: Playbook):
    """Stronger, intermediate and weaker forms as the hierarchy has them (R34)."""
    by_strength: dict[str, set[str]] = {}
    for name, form in playbook.forms.items():
        by_strength.setdefault(form.strength, set()).add(name)

    assert {
        "stronger": {"remove-step", "forcing-function", "simplify", "standardise", "automate", "leadership"},
        "intermediate": {"checklist", "read-back", "redundancy", "workload", "software-help", "cognitive-aid"},
        "weaker": {"retrain", "remind", "policy", "warning", "double-check", "investigate"},
    } == by_strength
    assert ["investigate"] == [name for name, form in playbook.forms.items() if form.investigation]


def test_the_why_is_asked_three_to_seven_deep(playbook: Playbook):
    """Four to five is the guidance; the stop test decides (R21, R23)."""
    assert ((4, 5), 3, 7) == (playbook.whys.guidance, playbook.whys.shallow_under, playbook.whys.far_over)
    assert list(LEGS) == list(playbook.whys.legs)
    assert ["can_act", "would_have_helped", "evidence"] == list(playbook.whys.stop)


def test_the_decision_aid_can_lead_to_every_category(playbook: Playbook):
    """No category is out of reach, and no answer rules out all (R29)."""
    assert set(CATEGORIES) == {
        category for question in playbook.decision_aid for category in question.no + question.yes
    }
    assert all(question.yes and question.no for question in playbook.decision_aid)


def test_the_decision_aid_follows_its_source(playbook: Playbook):
    """Able is not training, informed is not understanding, a reward for the wrong is motivation or system (R29)."""
    aid = {question.id: question for question in playbook.decision_aid}

    assert "training" not in aid["able"].yes
    assert "understanding" not in aid["informed"].yes
    assert ("understanding",) == aid["informed"].no
    assert ("motivation", "system") == aid["rewarded"].yes
    assert ("system",) == aid["allowed"].no


def test_kinds_factors_and_stages_are_complete(playbook: Playbook):
    """R3, R30, and the seven stages of an hour."""
    assert 8 == len(playbook.kinds.names)
    assert "other" == playbook.kinds.names[-1]
    assert (
        "more information",
        "better follow-through",
        "more up-front questions",
        "better judgement",
        "better timing",
    ) == (playbook.factors.names)
    assert list(STAGES) == list(playbook.stages)
    assert 60 == sum(stage.minutes for stage in playbook.stages.values())


def test_the_default_is_read_only(playbook: Playbook):
    """The whole process shares it."""
    with pytest.raises(TypeError, match="read only"):
        playbook.words["person"] = playbook.words["vague"]  # type: ignore[index] # that is the fault
    with pytest.raises(ValidationError, match="frozen"):
        playbook.name = "mine"
    with pytest.raises(TypeError, match="read only"):
        playbook.severity.questions[0].levels.clear()  # type: ignore[attr-defined] # that is the fault


def test_the_default_survives_its_own_words(playbook: Playbook):
    """What is shown can be read again."""
    assert playbook == Playbook.model_validate(playbook.model_dump())
    assert playbook == Playbook.model_validate_json(playbook.model_dump_json())


def test_a_procedure_is_found_by_name_or_is_the_default(playbook: Playbook):
    """A name that a team has dropped since does not break an old record."""
    assert "The four steps" == playbook.procedure("four-steps").title
    assert "The thirteen steps" == playbook.procedure("gone").title == playbook.procedure("").title


# -- a team's own --------------------------------------------------------------------------------------------------


def write(folder: Path, text: str | bytes) -> Path:
    """A team's file."""
    file = folder / "team.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_a_teams_file_changes_only_what_it_names(tmp_path: Path, playbook: Playbook):
    """Tables are merged key by key, lists are replaced."""
    own = write(tmp_path, 'name = "Field"\n[targets.minor]\ntell_min = 30\n[categories.system]\nbelow = ["hand-off"]\n')
    team = load_playbook(own)

    assert (30, 240) == (team.targets["minor"].tell_min, team.targets["minor"].apologise_min)
    assert ("hand-off",) == team.categories["system"].below
    assert playbook.words == team.words
    assert "<Playbook 'Field'>" == repr(team)


def test_a_team_may_add_forms_words_and_procedures(tmp_path: Path):
    """Its own stand beside those that come with the package."""
    own = """
    [forms.badge]
    label = "A badge"
    strength = "weaker"
    [words.ours]
    rule = "R26"
    where = ["whys"]
    words = ["oops"]
    ask = "says little"
    [procedures]
    default = "short"
    [procedures.presets.short]
    title = "Short"
    steps = [{ id = "call", text = "Call them" }, { id = "mend", text = "Mend it", after = ["call"] }]
    """
    team = load_playbook(write(tmp_path, own))

    assert "A badge" == team.forms["badge"].label
    assert ["call", "mend"] == [step.id for step in team.procedure("").steps]
    assert {"person", "ours"} <= set(team.words)


def test_the_file_may_be_named_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Where no file is named, the environment's counts; where there is none, the default."""
    monkeypatch.setenv("POSTMORTEM_PLAYBOOK", str(write(tmp_path, 'name = "Field"')))
    named = load_playbook()
    monkeypatch.delenv("POSTMORTEM_PLAYBOOK")

    assert "Field" == named.name
    assert default_playbook() is load_playbook()


def test_a_byte_order_mark_is_no_fault(tmp_path: Path):
    """Some editors put one in front of every file."""
    assert "Field" == load_playbook(write(tmp_path, b'\xef\xbb\xbfname = "Field"')).name


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"name = ", "not TOML: Invalid value"),
        (b"\xff\xfe", "not UTF-8 text; save the file as UTF-8"),
        (b'{"name": "x"}', "not TOML:"),
        (b"a = " + b"[" * 5000, "not TOML:"),
    ],
)
def test_a_file_that_is_no_playbook_is_refused_with_its_name(tmp_path: Path, text: bytes, said: str):
    """Another format, another encoding, a trap."""
    file = write(tmp_path, text)
    with pytest.raises(DataError) as error:
        load_playbook(file)

    assert str(error.value).startswith(f"playbook {file}: 1 problem")
    assert said in str(error.value)


def test_a_file_that_is_not_there_is_refused_with_its_name(tmp_path: Path):
    """So is a folder."""
    for path in (tmp_path / "gone.toml", tmp_path):
        with pytest.raises(DataError, match="can't be read"):
            load_playbook(path)


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ("[kind]\nnames = []", "kind: unknown field; did you mean 'kinds'?"),
        ("[forms.remind]\nstrenght = 'weaker'", "forms.remind.strenght: unknown field; did you mean 'strength'?"),
        ("[categories.trainning]\nmeans='x'\nasks='y'", "categories.trainning: expected training, understanding, "),
        ("[targets.huge]\ntell_min = 1", "targets.huge: expected minor, moderate, serious or critical, found 'huge'"),
        ("[targets.minor]\ntell_min = -1", "targets.minor.tell_min: expected more than 0, found -1"),
        (
            "[procedures]\ndefault = 'thirteen'",
            "procedures.default: there is no 'thirteen'; did you mean 'thirteen-steps'?",
        ),
        ("[words.person]\nrule = 'R99'", "words.person.rule: there is no 'R99'; did you mean 'R9'?"),
        ("[kinds]\nnames = []", "kinds.names: expected at least 1 in the list, found []"),
        ("[channels]\nphone = 3", "channels.phone: expected named fields (rank, fit, why_not), found 3"),
        ("[whys]\nguidance = [4]", "whys.guidance[2]: missing; this field is needed"),
        ("currency = 'eur'", "currency: expected three capital letters such as EUR, found 'eur'"),
        (
            "[severity.levels.minor]\nlegs = ['occurence']",
            "severity.levels.minor.legs[1]: expected occurrence, detection",
        ),
        (
            "[procedures.presets.own]\ntitle='x'\nsteps=[{id='a',text='A',after=['b']},{id='a',text='B'}]",
            "procedures.presets.own.a: it stands 2 times; give each its own id",
        ),
        (
            "[procedures.presets.own]\ntitle='x'\nsteps=[{id='a',text='A',after=['b']}]",
            "procedures.presets.own.a.after: there is no 'b'; there are: a; `steps` lists every step",
        ),
        ("[[decision_aid]]\nid='x'\nask='y'\nyes=['sistem']\nno=[]", "decision_aid.x.yes[1]: expected training, "),
        (
            "[[severity.questions]]\nid='x'\nask='y'\nfield='harmm'\nlevels={none='minor'}",
            "severity.questions.x.field: there is no 'harmm'; did you mean 'harm'?",
        ),
        (
            "[[severity.questions]]\nid='x'\nask='y'\nfield='harm'\nlevels={injured='critical'}",
            "severity.questions.x.levels.injured: there is no 'injured'; did you mean 'injury'?",
        ),
        (
            "[[severity.questions]]\nid='x'\nask='y'\nfield='harm'\nover={minor=1}",
            "severity.questions.x.over: harm is no amount; use levels",
        ),
        (
            "[[severity.questions]]\nid='x'\nask='y'\nfield='customers'\nlevels={many='minor'}",
            "severity.questions.x.levels: customers is an amount; use over",
        ),
        ("[[severity.questions]]\nid='x'\nask='y'", "severity.questions.x: expected either levels or over; levels for"),
    ],
)
def test_what_will_not_do_is_refused_by_its_key(own: str, said: str):
    """With what would do, and a near name where there is one."""
    assert f"\n  {said}" in refused(own)


def test_everything_is_told_at_once():
    """Nobody mends one key and meets the next."""
    said = refused("titel = 'x'\ncurrency = 'eur'\n[forms.remind]\nstrength = 'weakest'\n[targets.minor]\nfix_min = 0")

    assert said.startswith("playbook: 4 problems")


def test_all_broken_references_are_told_at_once():
    """As with the keys."""
    said = refused("[words.person]\nrule='R99'\n[words.vague]\nrule='R98'\n[procedures]\ndefault='x'\nnot_ours='y'")

    assert said.startswith("playbook: 4 problems")


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_playbook_never_loses_a_category(category: str):
    """Neither one of the four nor what stands beside them (R28)."""
    tables = plain()
    del tables["categories"][category]
    with pytest.raises(ValidationError, match=f"categories.{category}: missing; this key stays in every playbook"):
        Playbook.model_validate(tables)


@pytest.mark.parametrize(
    ("section", "key"),
    [("rules", "R17"), ("targets", "serious"), ("stages", "why")],
)
def test_a_playbook_never_loses_what_the_rules_stand_on(section: str, key: str):
    """A rule, a level's targets, a stage."""
    tables = plain()
    del tables[section][key]
    with pytest.raises(ValidationError, match=f"{section}.{key}: missing"):
        Playbook.model_validate(tables)


def test_every_amount_of_the_impact_can_be_asked(playbook: Playbook):
    """The questions of the default read fields that there are."""
    assert {question.field for question in playbook.severity.questions} <= set(Impact.model_fields)


# -- leading a meeting ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ('[meeting]\ninvitation = "On {dya}"', "meeting.invitation: there is no {dya}; did you mean {day}?"),
        ('[meeting]\nsubject = "{0.__class__}"', "meeting.subject: there is no {0.__class__}"),
        ('[meeting]\nstart = ["{minute}"]', "meeting.start: there is no {minute}; did you mean {minutes}?"),
        ('[meeting.speaks]\ntel = "All"', "meeting.speaks.tel: there is no tel; did you mean tell?"),
        ("[meeting.minutes]\nminor = 0", "meeting.minutes.minor"),
        ('[meeting.roles]\nscrib = "Writes"', "scrib"),
        ('[meeting.hard_moments.noise]\nwhen = "It is loud"', "meeting.hard_moments.noise.say"),
    ],
)
def test_a_section_on_meetings_that_will_not_do_is_refused_by_key(own: str, words: str):
    """With the key, what was found there, and a near name."""
    assert words in refused(own)


def test_a_team_changes_one_sentence_and_keeps_the_others():
    """Tables are merged key by key; a hard moment of its own stands beside ours."""
    own = playbook_from(
        {"meeting": {"questions": {"again": "Once more?"}, "hard_moments": {"x": {"when": "<b>", "say": ["{day}"]}}}}
    )
    ours = default_playbook().meeting

    assert ("Once more?", ours.questions["learned"]) == (
        own.meeting.questions["again"],
        own.meeting.questions["learned"],
    )
    assert [*ours.hard_moments, "x"] == list(own.meeting.hard_moments)
    assert ("{day}",) == own.meeting.hard_moments["x"].say


def test_every_stage_says_who_speaks_and_every_line_is_short(playbook: Playbook):
    """What is read aloud fits on two lines."""
    rules = playbook.meeting
    said = [*rules.start, *rules.end, *(line for moment in rules.hard_moments.values() for line in moment.say)]

    assert set(STAGES) == set(rules.speaks)
    assert [] == [line for line in said if len(line) > 160]
    assert 20 <= rules.minutes["minor"] <= 30
