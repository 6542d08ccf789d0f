"""The playbook: every rule of the toolkit as data, the default of this package or a team's own.

A team's file holds only what it changes. Tables are merged key by key, lists are replaced.
"""

from __future__ import annotations

import os
import tomllib
from collections import Counter
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, Self, get_args

from pydantic import Field, ValidationError, model_validator

from postmortem.record.base import Frozen, Table, Value
from postmortem.record.errors import DataError, Problem, Unsound, near
from postmortem.record.facilitation import MeetingRules, problems_of
from postmortem.record.reading import problems_in
from postmortem.record.vocabulary import (
    CATEGORIES,
    LEGS,
    SEVERITIES,
    ActionKind,
    Category,
    Leg,
    Severity,
    Strength,
    YesNo,
)

DEFAULT_FILE = Path(__file__).with_name("playbook.toml")
RULE_COUNT = 43

StageId = Literal["tell", "evaluate", "recover", "why", "classify", "act", "review"]
STAGES: tuple[StageId, ...] = ("tell", "evaluate", "recover", "why", "classify", "act", "review")


class Kinds(Value):
    """R3: kinds of mistake."""

    names: tuple[str, ...] = Field(min_length=1)


class Level(Value):
    """R7: what one severity asks for.

    Attributes:
        short: Whether the screens fold what such a record may do without.
    """

    means: str
    legs: tuple[Leg, ...]
    actions: int = Field(ge=0)
    branches: bool
    inform_manager: bool
    second_opinion: bool
    effect_check: bool
    signature: bool
    short: bool = False


class SeverityQuestion(Value):
    """R6: one question and what its answers mean."""

    id: str
    ask: str
    field: str = ""
    levels: Table[str, Severity] = Frozen()
    over: Table[Severity, float] = Frozen()


class SeverityRules(Value):
    """R6 to R8."""

    levels: Table[Severity, Level]
    questions: tuple[SeverityQuestion, ...]


class Target(Value):
    """R19: minutes from knowing, and days to the follow-up."""

    tell_min: float = Field(gt=0)
    apologise_min: float = Field(gt=0)
    fix_min: float = Field(gt=0)
    credit_min: float = Field(gt=0)
    follow_up_days: float = Field(gt=0)


class Channel(Value):
    """R16: how fit a channel is for telling a mistake."""

    rank: int
    fit: bool
    why_not: str = ""


class Step(Value):
    """One step of a procedure (R12)."""

    id: str
    text: str
    after: tuple[str, ...] = ()
    target: Literal["", "tell", "apologise", "fix", "credit", "follow_up"] = ""
    only_if: str = ""
    apology: bool = False


class Procedure(Value):
    """R11, R12, R14: steps in their order."""

    title: str
    source: str = ""
    steps: tuple[Step, ...] = Field(min_length=1)


class Procedures(Value):
    """The procedures there are, and which one is taken when nobody chose."""

    default: str
    not_ours: str
    presets: Table[str, Procedure]


class CompensationRules(Value):
    """R18."""

    reimburse_share: float = Field(ge=0, le=1)
    credit_from_min: float = Field(ge=0)
    credit_per_hour: float = Field(ge=0)
    authority_limit: float = Field(ge=0)


class WhyRules(Value):
    """R21 to R25."""

    guidance: tuple[int, int]
    shallow_under: int
    far_over: int
    restated_from: float = Field(gt=0, le=1)
    legs: Table[Leg, str]
    stop: Table[Literal["can_act", "would_have_helped", "evidence"], str]


class Words(Value):
    """Words that a hint is about, and what the hint asks (R20, R26, R27, R35)."""

    rule: str
    where: tuple[Literal["whys", "timeline", "actions", "wording"], ...]
    words: tuple[str, ...]
    ask: str
    better: str = ""


class Names(Value):
    """R26: how a person's name is recognised."""

    titles: tuple[str, ...]
    first: tuple[str, ...]
    ask: str


class CategoryRules(Value):
    """R28: one category, and a team's own kinds below it."""

    means: str
    asks: str
    below: tuple[str, ...] = ()


class AidQuestion(Value):
    """R29: one question of the decision aid, and the categories that stay possible after each answer.

    Attributes:
        said: Each answer as words of a reason, such as "nobody had learned it"; else the question itself is taken.
    """

    id: str
    ask: str
    yes: tuple[Category, ...]
    no: tuple[Category, ...]
    said: Table[YesNo, str] = Frozen()


class Form(Value):
    """R34: one form of action."""

    label: str
    strength: Strength
    example: str = ""
    investigation: bool = False


class EffectRules(Value):
    """R36: when the effect of an action is looked at."""

    check_after_days: int = Field(ge=1)


class Stage(Value):
    """One stage of the retrospective."""

    name: str
    purpose: str
    minutes: float = Field(gt=0)
    prompt: str
    then: str = ""
    quiet: tuple[str, ...] = ()


class Playbook(Value):
    """All rules in force.

    Raises:
        pydantic.ValidationError: If a rule points to something that is not there.
    """

    name: str
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    rules: Table[str, str]
    kinds: Kinds
    severity: SeverityRules
    targets: Table[Severity, Target]
    channels: Table[str, Channel]
    procedures: Procedures
    compensation: CompensationRules
    whys: WhyRules
    words: Table[str, Words]
    names: Names
    categories: Table[Category, CategoryRules]
    decision_aid: tuple[AidQuestion, ...]
    factors: Kinds
    forms: Table[str, Form]
    action_kinds: Table[ActionKind, str]
    effect: EffectRules
    stages: Table[StageId, Stage]
    meeting: MeetingRules

    def __repr__(self) -> str:
        """Its name."""
        return f"<Playbook {self.name!r}>"

    @model_validator(mode="after")
    def _references_are_met(self) -> Self:
        problems = [*self._missing_keys(), *self._broken_questions(), *self._broken_references()]
        problems += problems_of(self.meeting, STAGES)
        if problems:
            raise Unsound(problems)
        return self

    def _missing_keys(self) -> list[Problem]:
        needed: dict[str, tuple[Mapping[Any, Any], tuple[str, ...]]] = {
            "rules": (self.rules, tuple(f"R{number}" for number in range(1, RULE_COUNT + 1))),
            "severity.levels": (self.severity.levels, SEVERITIES),
            "targets": (self.targets, SEVERITIES),
            "whys.legs": (self.whys.legs, LEGS),
            "whys.stop": (self.whys.stop, ("can_act", "would_have_helped", "evidence")),
            "categories": (self.categories, CATEGORIES),
            "stages": (self.stages, STAGES),
        }
        return [
            Problem(f"{section}.{key}", "missing", "this key stays in every playbook")
            for section, (table, keys) in needed.items()
            for key in keys
            if key not in table
        ]

    def _broken_questions(self) -> list[Problem]:
        from postmortem.record.incident import Impact  # noqa: PLC0415 - only to know its fields

        asked = [question.id for question in self.severity.questions]
        problems = [
            *_twice("severity.questions", asked),
            *_twice("decision_aid", [question.id for question in self.decision_aid]),
        ]
        for question in self.severity.questions:
            place = f"severity.questions.{question.id}"
            if question.field and question.field not in Impact.model_fields:
                problems.append(_unknown(f"{place}.field", question.field, Impact.model_fields))
                continue
            answers = _words_of(Impact.model_fields[question.field].annotation) if question.field else ()
            if bool(question.levels) == bool(question.over):
                problems.append(Problem(place, "expected either levels or over", "levels for words, over for amounts"))
            elif answers and question.over:
                problems.append(Problem(f"{place}.over", f"{question.field} is no amount", "use levels"))
            elif question.field and question.levels and not answers:
                problems.append(Problem(f"{place}.levels", f"{question.field} is an amount", "use over"))
            problems += [
                _unknown(f"{place}.levels.{answer}", answer, answers)
                for answer in question.levels
                if answers and answer not in answers
            ]
        return problems

    def _broken_references(self) -> list[Problem]:
        problems = []
        for key in ("default", "not_ours"):
            chosen = getattr(self.procedures, key)
            if chosen not in self.procedures.presets:
                problems.append(_unknown(f"procedures.{key}", chosen, self.procedures.presets))
        for name, procedure in self.procedures.presets.items():
            steps = [step.id for step in procedure.steps]
            place = f"procedures.presets.{name}"
            problems += _twice(place, steps)
            problems += [
                _unknown(f"{place}.{step.id}.after", first, steps)
                for step in procedure.steps
                for first in step.after
                if first not in steps
            ]
        problems += [
            _unknown(f"words.{name}.rule", group.rule, self.rules)
            for name, group in self.words.items()
            if group.rule not in self.rules
        ]
        return problems

    def procedure(self, name: str) -> Procedure:
        """A procedure by name; the default one where the name is empty or no longer known."""
        presets = self.procedures.presets
        return presets.get(name) or presets[self.procedures.default]


def _unknown(where: str, found: str, known: Collection[str]) -> Problem:
    hint = near(found, known)
    return Problem(
        where, f"there is no {found!r}", f"did you mean {hint!r}?" if hint else f"there are: {', '.join(known)}"
    )


def _twice(place: str, names: list[str]) -> list[Problem]:
    return [
        Problem(f"{place}.{name}", f"it stands {count} times", "give each its own id")
        for name, count in Counter(names).items()
        if count > 1
    ]


def _words_of(annotation: Any) -> tuple[str, ...]:  # noqa: ANN401 - a type expression
    """The words that a field takes; none where it takes anything else."""
    parts = [part for part in get_args(annotation) if part is not type(None)]
    words = [word for part in parts for word in get_args(part)]
    return tuple(words) if words and all(isinstance(word, str) for word in words) else ()


@lru_cache(maxsize=1)
def default_playbook() -> Playbook:
    """The playbook that comes with the package."""
    return Playbook.model_validate(tomllib.loads(DEFAULT_FILE.read_text(encoding="utf-8")))


def load_playbook(path: str | os.PathLike[str] | None = None) -> Playbook:
    """The default playbook, or a team's own on top of it.

    Args:
        path: The team's file; where none is named, the one in `POSTMORTEM_PLAYBOOK`; where there is none, the default.

    Raises:
        DataError: If the file can't be read, or does not fit; with all its problems, by key.
    """
    named = os.fspath(path) if path else os.environ.get("POSTMORTEM_PLAYBOOK", "")
    if not named:
        return default_playbook()
    file = Path(named)
    try:
        own = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise DataError(f"playbook {named}", [Problem("", f"can't be read: {error.strerror}")]) from None
    except UnicodeDecodeError:
        raise DataError(f"playbook {named}", [Problem("", "not UTF-8 text", "save the file as UTF-8")]) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DataError(f"playbook {named}", [Problem("", f"not TOML: {error}", "mend it there")]) from None
    return playbook_from(own, f"playbook {named}")


def playbook_from(own: Mapping[str, Any], subject: str = "playbook") -> Playbook:
    """A playbook from a team's own tables on top of the default.

    Raises:
        DataError: With all that does not fit, by key.
    """
    base = tomllib.loads(DEFAULT_FILE.read_text(encoding="utf-8"))
    try:
        return Playbook.model_validate(both := _merged(base, own))
    except ValidationError as error:
        raise DataError(subject, problems_in(error, model=Playbook, data=both)) from None


def _merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    both = dict(base)
    for key, value in own.items():
        under = both.get(key)
        both[key] = _merged(under, value) if isinstance(under, Mapping) and isinstance(value, Mapping) else value
    return both
