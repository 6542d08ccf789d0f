"""The tidy tables as pandas frames, read column by column through the driver.

`pandas.read_sql` has to guess what each column holds; the store knows. What the columns mean is written in
`data/README.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final, get_args

from sqlalchemy import select

from postmortem.record import vocabulary as words
from postmortem.record.errors import near
from postmortem.record.promise import PromiseKind
from postmortem.store.derived import FLAT, tidy_columns
from postmortem.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pandas as pd
    from sqlalchemy import Connection, Table

    from postmortem.record.playbook import Playbook


@dataclass(frozen=True, slots=True, repr=False)
class Tables:
    """The tidy tables of a store; `data/README.md` says what each column means.

    Attributes:
        incidents: One row an incident.
        causes: One row a root cause.
        actions: One row an action.
        action_causes: Which action answers which cause.
        factors: One row an incident and avoidance factor (R30).
        steps: One row an incident and step of its recovery procedure (R12).
        opinions: One row a root cause and person who classified it apart from the others (R31).
        feedback: One row a person's answers after the meeting, without a name.
        topics: One row a topic that was kept for later.
        promises: One row a promise with its date: steps, what is owed, call-backs, actions, effect checks.
        compensations: One row a thing owed to the customer (R18).
        checklists: One row a checklist (R37).
        checklist_runs: One row a use of a checklist on one job.
        checklist_misses: One row an incident and checklist that should have caught it.
    """

    incidents: pd.DataFrame
    causes: pd.DataFrame
    actions: pd.DataFrame
    action_causes: pd.DataFrame
    factors: pd.DataFrame
    steps: pd.DataFrame
    opinions: pd.DataFrame
    feedback: pd.DataFrame
    topics: pd.DataFrame
    promises: pd.DataFrame
    compensations: pd.DataFrame
    checklists: pd.DataFrame
    checklist_runs: pd.DataFrame
    checklist_misses: pd.DataFrame

    def __repr__(self) -> str:
        """How many rows each table has."""
        return f"<Tables {', '.join(f'{table.name}: {len(getattr(self, table.name))}' for table in fields(self))}>"


_FIXED: Final[dict[str, tuple[str, ...]]] = {
    "incidents.severity": words.SEVERITIES,
    "incidents.fault": get_args(words.Fault),
    "incidents.state": words.STATES,
    "incidents.told_first": get_args(words.YesNo),
    "incidents.harm": get_args(words.Harm),
    "incidents.trust": get_args(words.Trust),
    "causes.leg": words.LEGS,
    "causes.category": (*words.CATEGORIES, words.UNCLASSIFIED),
    "causes.status": get_args(words.WhyStatus),
    "actions.kind": get_args(words.ActionKind),
    "actions.strength": words.STRENGTHS,
    "actions.effect": get_args(words.EffectResult),
    "steps.status": get_args(words.StepStatus),
    "opinions.category": words.CATEGORIES,
    "feedback.learned": get_args(words.YesNo),
    "feedback.again": get_args(words.YesNo),
    "promises.kind": get_args(PromiseKind),
    "promises.status": ("open", "met", "spared"),
    "compensations.kind": get_args(words.CompensationKind),
    "compensations.offered_first": get_args(words.Answer),
    "compensations.answer": get_args(words.CompensationAnswer),
}
"""The columns whose words no playbook changes, in their order."""

_OPEN: Final[dict[str, Callable[[Playbook], Iterator[str]]]] = {
    "incidents.kind": lambda playbook: iter(playbook.kinds.names),
    "incidents.channel": lambda playbook: iter(playbook.channels),
    "actions.form": lambda playbook: iter(playbook.forms),
    "factors.factor": lambda playbook: iter(playbook.factors.names),
    "steps.procedure": lambda playbook: iter(playbook.procedures.presets),
    "steps.step_id": lambda playbook: (
        step.id for procedure in playbook.procedures.presets.values() for step in procedure.steps
    ),
    "steps.channel": lambda playbook: iter(playbook.channels),
}
"""The columns whose words a playbook lists; a record may hold others, which come after these."""


def vocabulary(table: str, column: str, playbook: Playbook) -> tuple[str, ...]:
    """The words a column may hold, in their order; empty for a column of free text.

    Examples:
        >>> from postmortem.record.playbook import default_playbook
        >>> vocabulary("causes", "leg", default_playbook())
        ('occurrence', 'detection', 'recovery')
    """
    name = f"{table}.{column}"
    if name in _FIXED:
        return _FIXED[name]
    return tuple(dict.fromkeys(_OPEN[name](playbook))) if name in _OPEN else ()


def tables(connection: Connection, playbook: Playbook) -> Tables:
    """Read the tidy tables, with one SELECT each."""
    return Tables(**{table.name: _frame(connection, table, playbook) for table in FLAT})


def table(connection: Connection, name: str, playbook: Playbook) -> pd.DataFrame:
    """Read one tidy table.

    Raises:
        StoreError: If there is none of that name; a near one is offered.
    """
    found = {known.name: known for known in FLAT}
    if name not in found:
        hint = near(name, found)
        raise StoreError(
            f"there is no table {name!r}; did you mean {hint!r}?" if hint else f"there is no table {name!r}"
        )
    return _frame(connection, found[name], playbook)


def _frame(connection: Connection, table: Table, playbook: Playbook) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - a quarter of a second that only those wait for who want frames

    names = tidy_columns(table)
    statement = select(*(table.columns[name] for name in names)).order_by(*table.primary_key.columns)
    cursor = connection.connection.cursor()
    try:
        cursor.execute(str(statement.compile(connection.engine)))
        rows = cursor.fetchall()
    finally:
        cursor.close()
    columns: Sequence[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    made = {
        name: _column(values, table, name, vocabulary(table.name, name, playbook))
        for name, values in zip(names, columns, strict=True)
    }
    return pd.DataFrame(made, copy=False)


def _column(values: Sequence[Any], table: Table, name: str, vocabulary: tuple[str, ...]) -> Any:  # noqa: ANN401
    import numpy as np  # noqa: PLC0415 - as pandas
    import pandas as pd  # noqa: PLC0415 - see above

    if vocabulary:
        return _categorical(values, vocabulary)
    if name.endswith(("_at", "_on")):
        moments = pd.to_datetime(np.array(values, dtype=object), format="ISO8601", utc=True)
        return moments.as_unit("us")
    kind = table.columns[name].type.python_type
    if kind is bool:
        return np.array(values, dtype=bool)
    if kind is float:
        return np.array(values, dtype=float)
    if kind is int:
        return pd.array(values, dtype="Int64")
    return pd.array(np.array(values, dtype=object), dtype="str")


def _categorical(values: Sequence[str | None], vocabulary: tuple[str, ...]) -> pd.Categorical:
    import numpy as np  # noqa: PLC0415 - as pandas
    import pandas as pd  # noqa: PLC0415 - see above

    others = sorted(set(values) - {None, *vocabulary})  # type: ignore[type-var]
    categories = [*vocabulary, *others]
    code: dict[str | None, int] = {word: index for index, word in enumerate(categories)}
    code[None] = -1
    codes = np.fromiter(map(code.__getitem__, values), dtype=np.int32, count=len(values))
    return pd.Categorical.from_codes(codes, categories=pd.Index(categories, dtype="str"))
