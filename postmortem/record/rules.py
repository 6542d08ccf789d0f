"""The sections of a playbook, as values: what each rule may say.

`record.playbook` puts them together and checks that they fit; `playbook.toml` holds the default.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from postmortem.record.base import DAY_TOLD, Filled, Frozen, Identifier, Table, Value
from postmortem.record.vocabulary import Category, CompensationKind, Leg, Severity, State, Strength, YesNo

if TYPE_CHECKING:
    from collections.abc import Collection


class Kinds(Value):
    """R3: kinds of mistake."""

    names: tuple[str, ...] = Field(min_length=1)


class Level(Value):
    """R7: what one severity asks for.

    Attributes:
        escalate: Whether it is handed over to a manager (R9).
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
    escalate: bool = False
    short: bool = False


class SeverityQuestion(Value):
    """R6: one question and what its answers mean.

    Attributes:
        field: The field of the impact that it reads; empty where it keeps its answer under its own id.
        levels: The level that each answer stands for.
        over: The amount from above which each level stands.
        answers: More answers to a question of the team's own, which raise nothing. Where yes or no has a level, the
            other one is an answer as well.
    """

    id: Identifier
    ask: Filled
    field: str = ""
    levels: Table[str, Severity] = Frozen()
    over: Table[Severity, Annotated[float, Field(ge=0, allow_inf_nan=False)]] = Frozen()
    answers: tuple[Filled, ...] = ()

    @property
    def choices(self) -> tuple[str, ...]:
        """All answers there are, as the playbook writes them; none where an amount is asked for."""
        told = (*self.levels, *self.answers)
        low = {answer.casefold() for answer in told}
        return (*told, *(("no",) if low == {"yes"} else ("yes",) if low == {"no"} else ()))


class SeverityRules(Value):
    """R6 to R8."""

    levels: Table[Severity, Level]
    questions: tuple[SeverityQuestion, ...]


class Target(Value):
    """R19: minutes from knowing, at most ten years, and days to the follow-up."""

    tell_min: float = Field(gt=0, le=5_256_000)
    apologise_min: float = Field(gt=0, le=5_256_000)
    fix_min: float = Field(gt=0, le=5_256_000)
    credit_min: float = Field(gt=0, le=5_256_000)
    follow_up_days: float = Field(gt=0, le=3650)


class Channel(Value):
    """R16: how fit a channel is for telling a mistake."""

    rank: int
    fit: bool
    why_not: str = ""


Part = Literal[
    "", "admission", "apology", "explanation", "assurance", "prevention", "offer", "contact", "thanks", "follow-up"
]
"""What is said in a step, as the wording helper names it (R20)."""


class Step(Value):
    """One step of a procedure (R12).

    Attributes:
        after: The steps that come before it (R13).
        target: Which entry of the targets dates it (R19).
        only_if: When it is needed at all, in words; empty where it always is.
        condition: The same as the record can tell: `accepted` once an offer was accepted, `longer` once the fix takes
            longer than `over_min`; empty where a person says so.
        over_min: The minutes of `longer`.
        part_of: The step it belongs to: it stands below that one and has no number of its own.
        apology: Whether it is one of the apologies.
        says: Which part of the words to the customer belongs to it.
    """

    id: Identifier
    text: Filled
    after: tuple[str, ...] = ()
    target: Literal["", "tell", "apologise", "fix", "credit", "follow_up"] = ""
    only_if: str = ""
    condition: Literal["", "accepted", "longer"] = ""
    over_min: float = Field(default=60, ge=0)
    part_of: str = ""
    apology: bool = False
    says: Part = ""


class Procedure(Value):
    """R11, R12, R14: steps in their order."""

    title: Filled
    source: str = ""
    steps: tuple[Step, ...] = Field(min_length=1)

    def numbers(self) -> dict[str, int]:
        """Each step's number by its id, counted from 1; a step that belongs to another one has that one's."""
        whole = (step.id for step in self.steps if not step.part_of)
        own = {name: number for number, name in enumerate(whole, start=1)}
        return {step.id: own.get(step.part_of or step.id, 0) for step in self.steps}

    def only(self, names: Collection[str]) -> Procedure:
        """The same with those of its steps that are named; nothing in them points to one that is left out."""
        kept = [
            step.model_copy(
                update={
                    "after": tuple(name for name in step.after if name in names),
                    "part_of": step.part_of if step.part_of in names else "",
                }
            )
            for step in self.steps
            if step.id in names
        ]
        return self.model_copy(update={"steps": tuple(kept)})


class Procedures(Value):
    """The procedures there are, and which one is taken when nobody chose."""

    default: str
    not_ours: str
    presets: Table[Filled, Procedure]


class CompensationRules(Value):
    """R18: what is owed, and how much of it one may offer without asking anybody.

    Attributes:
        reimburse_share: Of all that was paid because of the mistake.
        credit_from_min: Lost time, of each customer, from which a service credit is due.
        credit_per_hour: What it is worth, an hour and customer, in the playbook's currency.
        authority_limit: What a handler may offer in one record without approval, in the playbook's currency.
        limit_covers: The kinds that count towards it; by default not what was paid, which is paid back at once.
        doubted_from: An offer of so many times what is owed is asked about: most often a decimal sign is missing.
    """

    reimburse_share: float = Field(ge=0, le=1)
    credit_from_min: float = Field(ge=0)
    credit_per_hour: float = Field(ge=0, le=1e9)
    authority_limit: float = Field(ge=0, le=1e12)
    limit_covers: tuple[CompensationKind, ...] = ("service credit", "goodwill")
    doubted_from: float = Field(default=100, gt=1, le=1e9)


Weekday = Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


class CalendarRules(Value):
    """Which days count when a promise is dated in days (R12, step 13).

    Attributes:
        days: Whether all days count, or working days only.
        weekend: The days of the week on which nobody works.
        country: Whose public holidays nobody works on, as `DE`; empty for none.
        subdivision: A part of that country with holidays of its own, as `BY`.
        holidays: More days on which nobody works.
        worked: Days that are worked all the same.
        carry_out_days: In how many of these days what they accepted is carried out (R18): at once, which is a day.
        kept_days: How many days an exported calendar goes on being told of what was kept, or is not needed any more.
    """

    days: Literal["calendar", "working"]
    weekend: tuple[Weekday, ...] = ()
    country: str = ""
    subdivision: str = ""
    holidays: tuple[Annotated[date, DAY_TOLD], ...] = ()
    worked: tuple[Annotated[date, DAY_TOLD], ...] = ()
    carry_out_days: int = Field(default=1, ge=0, le=365)
    kept_days: int = Field(default=90, ge=0, le=3650)


class EscalationRules(Value):
    """R9: when it is handed over to a manager, besides the levels that ask for it, and what is said then.

    Attributes:
        vip: Whether it is for a customer one takes special care of.
        call_back_days: In how many days the manager calls back, where none was there.
        script: What the handler says and does, in order.
        managers: Words of which a manager's role has one, as “duty manager” has; with none, any role will do.
    """

    vip: bool
    call_back_days: int = Field(ge=0, le=365)
    script: tuple[str, ...]
    managers: tuple[str, ...] = ()


class Gate(Value):
    """R39: one thing that a record needs before it may stand in a state.

    Attributes:
        to: The state that waits for it.
        rule: The rule it comes from.
        levels: The severities it is asked of; all where none is named.
        ask: What it is, as a line of a list.
        off: Whether it is asked of nobody.
        may_be_waived: Whether it opens, too, once what it misses was put away with a reason and a name (R34).
    """

    to: State
    rule: str
    levels: tuple[Severity, ...] = ()
    ask: str
    off: bool = False
    may_be_waived: bool = False


class WhyRules(Value):
    """R21 to R25."""

    guidance: tuple[int, int]
    shallow_under: int
    far_over: int
    restated_from: float = Field(gt=0, le=1)
    legs: Table[Leg, str]
    stop: Table[Literal["can_act", "would_have_helped", "evidence"], str]


class Words(Value):
    """Words that a hint is about, and what the hint asks (R13, R15, R20, R26, R27, R35).

    Attributes:
        words: In lower case. `*` at a word's beginning or end stands for anything, alone for any one word; `a|b` is
            either; `…` is anything within the sentence, and at the end all up to the next comma or stop; `<name>` is a
            person's name.
        unless: Where such words stand too, nothing is meant.
        near: Counts only where one of these stands in the same sentence.
        after: Counts only where one of these stands before it, in the sentence or in the one before.
        before: Counts only before the first words of this group.
        says: How it may be heard, in a few words.
        ask: The same as a sentence that goes on from the words.
        fact: What the record knows of it; it may have the blanks of the wording helper, as `better` may.
        better: A better form.
    """

    rule: str
    where: tuple[Literal["whys", "timeline", "actions", "wording"], ...]
    words: tuple[str, ...]
    unless: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    before: str = ""
    says: str = ""
    ask: str
    fact: str = ""
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


class ChecklistRules(Value):
    """R37: after so many days without a use a published list is asked about."""

    unused_after_days: int = Field(default=28, ge=1, le=3650)


class Stage(Value):
    """One stage of the retrospective."""

    name: str
    purpose: str
    minutes: float = Field(gt=0)
    prompt: str
    then: str = ""
    quiet: tuple[str, ...] = ()
