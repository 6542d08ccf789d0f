"""Incidents that are known in every copy of a store, deletion as a revision, saves that are never applied twice."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_CHUNK: Final = 500


def upgrade() -> None:
    """Add the columns and tables, and name what is there."""
    op.add_column("documents", sa.Column("source_digest", sa.Text(), nullable=True))
    op.add_column("documents", sa.Column("uid", sa.Text(), nullable=True))
    op.add_column("documents", sa.Column("deleted_at", sa.Text(), nullable=True))
    op.add_column("revisions", sa.Column("deed", sa.Text(), nullable=False, server_default="save"))
    op.add_column("revisions", sa.Column("made_from", sa.Integer(), nullable=True))
    op.add_column("revisions", sa.Column("token", sa.Text(), nullable=True))
    op.create_table(
        "properties",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_properties"),
    )
    op.create_table(
        "meetings",
        sa.Column("peer", sa.Text(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("here", sa.Integer(), nullable=False),
        sa.Column("there", sa.Integer(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("peer", "uid", name="pk_meetings"),
    )
    op.create_table(
        "certificates",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_certificates"),
    )
    _name_them()
    op.create_index("ix_documents_source_digest", "documents", ["source_digest"], unique=False)
    op.create_index("ix_documents_uid", "documents", ["uid"], unique=True)
    op.drop_index("ix_incidents_source_digest", table_name="incidents")
    op.drop_column("incidents", "source_digest")


def _name_them() -> None:
    connection = op.get_bind()
    documents = sa.table(
        "documents", sa.column("incident_id"), sa.column("begun_at"), sa.column("uid"), sa.column("source_digest")
    )
    incidents = sa.table("incidents", sa.column("incident_id"), sa.column("source_digest"))
    digest = sa.select(incidents.c.source_digest).where(incidents.c.incident_id == documents.c.incident_id)
    connection.execute(sa.update(documents).values(source_digest=digest.scalar_subquery()))
    change = (
        sa.update(documents).where(documents.c.incident_id == sa.bindparam("which")).values(uid=sa.bindparam("name"))
    )
    last = ""
    while True:
        page = sa.select(documents.c.incident_id, documents.c.begun_at).where(documents.c.incident_id > last)
        rows = connection.execute(page.order_by(documents.c.incident_id).limit(_CHUNK)).all()
        if not rows:
            break
        # The same in every copy of one file, so that copies made before this schema know each other.
        names = [{"which": row[0], "name": _uid(row[0], row[1])} for row in rows]
        connection.execute(change, names)
        last = rows[-1][0]
    properties = sa.table("properties", sa.column("name"), sa.column("value"))
    connection.execute(sa.insert(properties).values(name="store_id", value=uuid4().hex))


def _uid(incident_id: str, begun_at: str) -> str:
    return blake2b(f"{incident_id}\0{begun_at}".encode(), digest_size=16).hexdigest()


def downgrade() -> None:
    """Go back to the first schema; deleted incidents come back, certificates are gone."""
    op.add_column("incidents", sa.Column("source_digest", sa.Text(), nullable=True))
    op.execute(
        "UPDATE incidents SET source_digest = (SELECT source_digest FROM documents "
        "WHERE documents.incident_id = incidents.incident_id)"
    )
    op.create_index("ix_incidents_source_digest", "incidents", ["source_digest"], unique=False)
    op.drop_index("ix_documents_uid", table_name="documents")
    op.drop_index("ix_documents_source_digest", table_name="documents")
    for name in ("certificates", "meetings", "properties"):
        op.drop_table(name)
    for table, name in (
        ("revisions", "token"),
        ("revisions", "made_from"),
        ("revisions", "deed"),
        ("documents", "deleted_at"),
        ("documents", "uid"),
        ("documents", "source_digest"),
    ):
        op.drop_column(table, name)
