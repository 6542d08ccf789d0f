"""The flat tables, as SQLAlchemy Core sees them: made from the documents for analysis, and made again at any time.

What stands in them is made by `flat`; `Store.rebuild_tables` fills them again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, PrimaryKeyConstraint, Table, Text

from postmortem.store.schema import metadata

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine


def _hidden(name: str, kind: type[TypeEngine[Any]] = Text, *, nullable: bool = False) -> Column[Any]:
    """A column for the store's own use: the tidy tables leave it out."""
    return Column(name, kind, nullable=nullable, info={"hidden": True})


def _flat(name: str, *columns: Column[Any] | Index, key: tuple[str, ...] = ()) -> Table:
    """A table whose rows belong to an incident and go with it."""
    return Table(
        name,
        metadata,
        Column("incident_id", Text, ForeignKey("documents.incident_id", ondelete="CASCADE"), nullable=False),
        *columns,
        PrimaryKeyConstraint("incident_id", *key),
    )


incidents: Final = _flat(
    "incidents",
    Column("title", Text, nullable=False),
    Column("kind", Text),
    Column("severity", Text),
    Column("fault", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("team", Text),
    Column("service", Text),
    Column("channel", Text),
    Column("vip", Boolean, nullable=False),
    Column("occurred_at", Text),
    Column("known_at", Text),
    Column("told_at", Text),
    Column("raised_at", Text),
    Column("fixed_at", Text),
    Column("closed_at", Text),
    Column("told_first", Text),
    Column("zone", Text, nullable=False),
    Column("customers", BigInteger),
    Column("customer_min", Float),
    Column("customer_cost", Float),
    Column("our_cost", Float),
    Column("currency", Text, nullable=False),
    Column("harm", Text),
    Column("trust", Text),
    Column("source", Text),
    Column("source_key", Text),
    # Folded words of the record, for `Store.list(text=…)`.
    _hidden("words"),
)

causes: Final = _flat(
    "causes",
    Column("cause_id", Text, nullable=False),
    Column("leg", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("subcategory", Text),
    Column("status", Text, nullable=False),
    Column("depth", Integer, nullable=False),
    Column("recurring_id", Text),
    Column("occurred_at", Text),
    key=("cause_id",),
)

actions: Final = _flat(
    "actions",
    Column("action_id", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("form", Text),
    Column("strength", Text),
    Column("owner", Text),
    Column("due_on", Text),
    Column("done_on", Text),
    Column("effect", Text, nullable=False),
    key=("action_id",),
)

action_causes: Final = _flat(
    "action_causes",
    Column("action_id", Text, nullable=False),
    Column("cause_id", Text, nullable=False),
    key=("action_id", "cause_id"),
)

factors: Final = _flat(
    "factors",
    _hidden("number", Integer),
    Column("factor", Text, nullable=False),
    key=("number",),
)

steps: Final = _flat(
    "steps",
    Column("procedure", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("step_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("done_at", Text),
    Column("due_at", Text),
    Column("due_on", Text),
    Column("in_order", Boolean, nullable=False),
    Column("channel", Text),
    key=("number",),
)

opinions: Final = _flat(
    "opinions",
    Column("cause_id", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("by", Text),
    Column("category", Text, nullable=False),
    key=("cause_id", "number"),
)

feedback: Final = _flat(
    "feedback",
    Column("feedback_id", Text, nullable=False),
    Column("held_at", Text),
    Column("learned", Text),
    Column("again", Text),
    key=("feedback_id",),
)

topics: Final = _flat(
    "topics",
    Column("topic_id", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("settled", Boolean, nullable=False),
    Column("carried_to", Text),
    key=("topic_id",),
)

promises: Final = _flat(
    "promises",
    Column("promise_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("who", Text),
    Column("place", Text, nullable=False),
    Column("due_at", Text),
    Column("due_on", Text),
    Column("met_at", Text),
    Column("status", Text, nullable=False),
    Index(None, "status", "due_at"),
    key=("promise_id",),
)
"""Every promise with its date (R12, R18, R35, R36); `met_at` is the start of the day where only that is known."""

compensations: Final = _flat(
    "compensations",
    Column("compensation_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("owed", Float),
    Column("offered", Float),
    Column("offered_at", Text),
    Column("offered_first", Text),
    Column("answer", Text, nullable=False),
    Column("carried_out_at", Text),
    key=("compensation_id",),
)

checklists: Final = _flat(
    "checklists",
    Column("checklist_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("job", Text),
    Column("version", Integer, nullable=False),
    Column("points", Integer, nullable=False),
    key=("checklist_id",),
)

checklist_runs: Final = _flat(
    "checklist_runs",
    Column("checklist_id", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("run_on", Text, nullable=False),
    Column("by", Text),
    Column("job", Text),
    Column("version", Integer, nullable=False),
    Column("ticked", Integer, nullable=False),
    Column("points", Integer, nullable=False),
    key=("checklist_id", "number"),
)

checklist_misses: Final = _flat(
    "checklist_misses",
    Column("list", Text, nullable=False),
    Column("occurred_at", Text),
    key=("list",),
)
"""Incidents that a checklist should have caught (R37); `list` is its record and its id there, as "2026-001/l1"."""

FLAT: Final[tuple[Table, ...]] = (
    incidents,
    causes,
    actions,
    action_causes,
    factors,
    steps,
    opinions,
    feedback,
    topics,
    promises,
    compensations,
    checklists,
    checklist_runs,
    checklist_misses,
)
"""The tables made from the documents."""


def tidy_columns(table: Table) -> tuple[str, ...]:
    """The columns of a table that stand in the tidy tables.

    Examples:
        >>> tidy_columns(factors)
        ('incident_id', 'factor')
    """
    return tuple(column.name for column in table.columns if not column.info.get("hidden"))
