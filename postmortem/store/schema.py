"""The tables of the store, as SQLAlchemy Core sees them.

`documents` and `revisions` hold the truth; the fourteen tables at the end are made from it for analysis and can be made
again at any time (`Store.rebuild_tables`). `presences`, `rounds` and `ideas` hold what people at one record at once
need of each other; they are no part of a record, and no copy of the store hears of them in a `sync`.

An instant is kept as text in UTC, always with microseconds and a `Z`: `2026-03-02T16:30:00.000000Z`. A day is kept as
`2026-03-02`. So both sort as they read, and read the same in SQLite and in PostgreSQL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
)

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

HEAD: Final = "0005"
"""The newest migration: the schema that this module describes.

Opening a store of an older one fills the tables at the end again. So where the same documents come to make other rows,
that too takes a migration, an empty one if need be: else records count by the old rule until they are saved again.
"""

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

documents: Final = Table(
    "documents",
    metadata,
    Column("incident_id", Text, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("begun_at", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
    Column("updated_by", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("document", Text, nullable=False),
    # What a file last said of it, to tell at the next import whether the file has anything new.
    Column("imported_digest", Text),
    Column("imported_revision", Integer),
    Column("imported_document", Text),
    # The pair of system and key as one short text: an index can't hold a key of any length.
    Column("source_digest", Text),
    # What an incident is known by in every copy of the store, whatever number it was given there.
    Column("uid", Text),
    # Deleted ones stay, with all their revisions; they are left out of lists and tables.
    Column("deleted_at", Text),
    Index(None, "imported_digest"),
    Index(None, "source_digest"),
    Index(None, "uid", unique=True),
)
"""The current document of every incident. `digest` is that of its content, without id and revision."""

revisions: Final = Table(
    "revisions",
    metadata,
    Column("incident_id", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("sealed", Boolean, nullable=False),
    Column("digest", Text, nullable=False),
    Column("document", Text, nullable=False),
    # What was done: see `saving.Deed`.
    Column("deed", Text, nullable=False, server_default="save"),
    # Of one that came from another copy of the store: the number of the one it was made from, if not of the one before.
    Column("made_from", Integer),
    # Tells, after a lost connection, whether a save had reached the database.
    Column("token", Text),
    PrimaryKeyConstraint("incident_id", "number"),
    ForeignKeyConstraint(["incident_id"], ["documents.incident_id"]),
)
"""Every state an incident has been in. One that is not `sealed` may still be taken up into the next (coalescing)."""

numbers: Final = Table(
    "numbers",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("last", BigInteger, nullable=False),
)
"""The last running number given in each year; a number is never given twice."""


properties: Final = Table(
    "properties",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""What there is to say of the store itself: `store_id`, its name among copies."""

meetings: Final = Table(
    "meetings",
    metadata,
    Column("peer", Text, nullable=False),
    Column("uid", Text, nullable=False),
    Column("here", Integer, nullable=False),
    Column("there", Integer, nullable=False),
    Column("at", Text, nullable=False),
    PrimaryKeyConstraint("peer", "uid"),
)
"""Which revisions of an incident said the same here and in another store when the two met last (`sync`)."""

certificates: Final = Table(
    "certificates",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("document", Text, nullable=False),
)
"""What was erased at somebody's request, without the words that were erased."""

presences: Final = Table(
    "presences",
    metadata,
    Column("session", Text, primary_key=True),
    # By what the incident is known by, not by its id: that may change (`sync`, `erase`).
    Column("uid", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("since", Text, nullable=False),
    Column("seen_at", Text, nullable=False),
    Index(None, "uid"),
)
"""Who is at which incident now, one row a window that somebody has open."""

rounds: Final = Table(
    "rounds",
    metadata,
    Column("round_id", Text, primary_key=True),
    Column("uid", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("opened_at", Text, nullable=False),
    Column("revealed_by", Text),
    Column("revealed_at", Text),
    Column("closed_by", Text),
    Column("closed_at", Text),
    Index(None, "uid"),
)
"""Rounds of silent ideas: everyone writes apart until they are revealed together."""

ideas: Final = Table(
    "ideas",
    metadata,
    Column("round_id", Text, ForeignKey("rounds.round_id", ondelete="CASCADE"), nullable=False),
    # Unique in the round, whoever wrote it: two people may come to be called the same (`erase`).
    Column("number", Integer, nullable=False),
    Column("by", Text, nullable=False),
    # Its place among the ideas of this person.
    Column("position", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("taken", Boolean, nullable=False),
    PrimaryKeyConstraint("round_id", "number"),
)
"""What was written in the rounds."""

TOGETHER: Final[tuple[Table, ...]] = (presences, rounds, ideas)
"""The tables of people at one record at once."""


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
