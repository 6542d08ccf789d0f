"""The tables of the store, as SQLAlchemy Core sees them.

`documents` and `revisions` hold the truth; the fourteen tables of `derived` are made from it for analysis. `presences`,
`rounds` and `ideas` hold what people at one record at once need of each other; they are no part of a record, and no
copy of the store hears of them in a `sync`.

An instant is kept as text in UTC, always with microseconds and a `Z`: `2026-03-02T16:30:00.000000Z`. A day is kept as
`2026-03-02`. So both sort as they read, and read the same in SQLite and in PostgreSQL.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
)

HEAD: Final = "0005"
"""The newest migration: the schema that this module and `derived` describe.

Opening a store of an older one fills the derived tables again. So where the same documents come to make other rows,
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
