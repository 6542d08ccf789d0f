"""The playbook: every rule of the toolkit as data, the default of this package or a team's own.

A team's file holds only what it changes. Tables are merged key by key, lists are replaced; of the steps of a
procedure it may say only what it adds, drops, moves or changes (`record.overlay`).
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal, Self

from pydantic import Field, ValidationError, model_validator

from postmortem.record import days, sequence, severity, wordbook
from postmortem.record.base import Table, Value
from postmortem.record.errors import DataError, Problem, Unsound, twice, unknown
from postmortem.record.facilitation import MeetingRules, problems_of
from postmortem.record.mending import read_whole
from postmortem.record.overlay import overlaid
from postmortem.record.reading import problems_in
from postmortem.record.rules import (
    AidQuestion,
    CalendarRules,
    CategoryRules,
    Channel,
    ChecklistRules,
    CompensationRules,
    EffectRules,
    EscalationRules,
    Form,
    Gate,
    Kinds,
    Names,
    Procedure,
    Procedures,
    SeverityRules,
    Stage,
    Target,
    WhyRules,
    Words,
)
from postmortem.record.vocabulary import (
    CATEGORIES,
    LEGS,
    SEVERITIES,
    ActionKind,
    Category,
    Severity,
)
from postmortem.record.wordbook import Wordbook

DEFAULT_FILE = Path(__file__).with_name("playbook.toml")
DEFAULT_WORDING = Path(__file__).with_name("templates") / "en.toml"
RULE_COUNT = 43

StageId = Literal["tell", "evaluate", "recover", "why", "classify", "act", "review"]
STAGES: tuple[StageId, ...] = ("tell", "evaluate", "recover", "why", "classify", "act", "review")


@lru_cache(maxsize=1)
def _default_wording() -> Wordbook:
    """The words to the customer that come with the package."""
    return Wordbook.model_validate(tomllib.loads(DEFAULT_WORDING.read_text(encoding="utf-8")))


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
    checklists: ChecklistRules = ChecklistRules()
    stages: Table[StageId, Stage]
    meeting: MeetingRules
    calendar: CalendarRules
    escalation: EscalationRules
    gates: Table[str, Gate]
    wording: Wordbook = Field(default_factory=_default_wording)

    def __repr__(self) -> str:
        """Its name."""
        return f"<Playbook {self.name!r}>"

    @model_validator(mode="after")
    def _references_are_met(self) -> Self:
        problems = [*self._missing_keys(), *severity.problems_of(self.severity), *self._broken_references()]
        problems += sequence.problems_of(self.procedures)
        problems += twice("decision_aid", [question.id for question in self.decision_aid])
        problems += problems_of(self.meeting, STAGES)
        problems += days.problems_of(self.calendar)
        problems += self._broken_gates()
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

    def _broken_gates(self) -> list[Problem]:
        from postmortem.record import gates  # noqa: PLC0415 - what they look for needs the playbook

        return gates.problems_of(self)

    def _broken_references(self) -> list[Problem]:
        problems = [
            unknown(f"words.{name}.rule", group.rule, self.rules)
            for name, group in self.words.items()
            if group.rule not in self.rules
        ]
        for name, group in self.words.items():
            if group.before and group.before not in self.words:
                problems.append(unknown(f"words.{name}.before", group.before, self.words))
            problems += wordbook.problems_of_better(f"words.{name}.fact", group.fact)
            problems += wordbook.problems_of_better(f"words.{name}.better", group.better)
        problems += [
            unknown(f"gates.{name}.rule", gate.rule, self.rules)
            for name, gate in self.gates.items()
            if gate.rule not in self.rules
        ]
        return problems

    def procedure(self, name: str) -> Procedure:
        """A procedure by name; the default one where the name is empty or no longer known."""
        presets = self.procedures.presets
        return presets.get(name) or presets[self.procedures.default]


@lru_cache(maxsize=1)
def default_playbook() -> Playbook:
    """The playbook that comes with the package."""
    return Playbook.model_validate(_default())


def _default() -> dict[str, Any]:
    """The default as plain data, with the default words to the customer."""
    rules = tomllib.loads(DEFAULT_FILE.read_text(encoding="utf-8"))
    return {**rules, "wording": tomllib.loads(DEFAULT_WORDING.read_text(encoding="utf-8"))}


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
    own = _toml(Path(named), f"playbook {named}")
    return playbook_from(own, f"playbook {named}", beside=Path(named).parent)


def _toml(file: Path, subject: str) -> dict[str, Any]:
    """The tables of a file.

    Raises:
        DataError: If it can't be read.
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise DataError(subject, [Problem("", f"can't be read: {error.strerror}")]) from None
    except (UnicodeDecodeError, ValueError) as error:
        if isinstance(error, tomllib.TOMLDecodeError):
            raise DataError(subject, [Problem("", f"not TOML: {error}", "mend it there")]) from None
        raise DataError(subject, [Problem("", "not UTF-8 text", "save the file as UTF-8")]) from None
    except RecursionError as error:
        raise DataError(subject, [Problem("", f"not TOML: {error}", "mend it there")]) from None


def playbook_from(own: Mapping[str, Any], subject: str = "playbook", *, beside: Path | None = None) -> Playbook:
    """A playbook from a team's own tables on top of the default.

    Args:
        own: The team's tables.
        subject: What they are called in an error.
        beside: The folder from which other files are named; where none is, they are named from where one works.

    Raises:
        DataError: With all that does not fit, by key; of the file with the team's words, with that file's name.
    """
    base, in_words = _default(), list[Problem]()
    named = own.get("wording", {}).get("templates") if isinstance(own.get("wording"), Mapping) else None
    problems: list[Problem] = []
    if isinstance(named, str) and named:
        file = (beside or Path()) / named
        try:
            base, in_words = _in_words_of(base, file, named)
        except DataError as error:
            if file.is_file():
                in_words = [*error.problems]
            else:
                looked = f"it is looked for in {file.parent.absolute()}"
                problems.append(Problem("wording.templates", f"there is no file {named!r}", looked))
        if in_words or problems:
            own = {key: value for key, value in own.items() if key != "wording"}
    both, more = overlaid(base, own)
    problems += more
    playbook, more = read_whole(Playbook, both, base)
    problems += more
    if in_words and not problems:
        raise DataError(f"words {named}", in_words)
    problems += [replace(it, where=", ".join(filter(None, (named, it.where)))) for it in in_words]
    if problems or playbook is None:
        raise DataError(subject, problems)
    return playbook


WORDS_TO_CUSTOMER: Final = ("non-apology", "conditional", "excuse", "reason", "buck", "fall-guy", "reason-first")
"""The groups of words that the check of the words to the customer goes by, besides what is looked for in them."""
LOOKED_FOR: Final = ("admission", "apology", "finding-out")


def _in_words_of(base: dict[str, Any], file: Path, named: str) -> tuple[dict[str, Any], list[Problem]]:
    """The default with the words of a team's own file in place of the English ones, where they fit.

    Raises:
        DataError: If the file can't be read.
    """
    own = _toml(file, f"words {named}")
    lists = own.pop("words", {})
    wording = {**own, "templates": named}
    problems: list[Problem] = []
    try:
        Wordbook.model_validate(wording)
    except ValidationError as error:
        problems = problems_in(error, model=Wordbook, data=wording)
    # Words of one language mean nothing in another: all of its lists stand in the file, or none does.
    known = (*WORDS_TO_CUSTOMER, *LOOKED_FOR)
    if not isinstance(lists, Mapping):
        problems.append(Problem("words", "expected tables such as [words.excuse]", "write one for each list"))
    else:
        problems += [unknown(f"words.{name}", name, known) for name in lists if name not in known]
        problems += [
            Problem(f"words.{name}", "missing", "each list has words of the language")
            for name in known
            if name not in lists
        ]
        base = {**base, "words": {name: group for name, group in base["words"].items() if name not in known}}
        merged, error_of = _lists_from(lists)
        base["words"] |= merged
        problems += error_of
    return (_default(), problems) if problems else ({**base, "wording": wording}, [])


def _lists_from(lists: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    found, problems = dict[str, Any](), list[Problem]()
    for name, group in lists.items():
        place = f"words.{name}"
        whole = {
            "rule": "R20",
            "where": () if name in LOOKED_FOR else ("wording",),
            **(group if isinstance(group, Mapping) else {}),
        }
        try:
            read = Words.model_validate(whole)
        except ValidationError as error:
            problems += [
                replace(problem, where=f"{place}.{problem.where}")
                for problem in problems_in(error, model=Words, data=whole)
            ]
            continue
        problems += wordbook.problems_of_better(f"{place}.fact", read.fact) + wordbook.problems_of_better(
            f"{place}.better", read.better
        )
        found[name] = whole
    return found, problems
