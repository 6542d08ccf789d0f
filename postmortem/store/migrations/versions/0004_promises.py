"""Five more tables for analysis: promises, compensations, checklists, their uses, and what they should have caught."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_MADE = ("promises", "compensations", "checklists", "checklist_runs", "checklist_misses")


def upgrade() -> None:
    """Add the tables; they are filled from the documents by whoever opens the store, who knows the playbook."""
    _make(
        "promises",
        *_columns("promise_id", "kind", "text", "who?", "place", "due_at?", "due_on?", "met_at?", "status"),
        key=("promise_id",),
    )
    op.create_index("ix_promises_status_due_at", "promises", ["status", "due_at"], unique=False)
    _make(
        "compensations",
        *_columns("compensation_id", "kind", "currency"),
        sa.Column("owed", sa.Float(), nullable=True),
        sa.Column("offered", sa.Float(), nullable=True),
        *_columns("offered_at?", "offered_first?", "answer", "carried_out_at?"),
        key=("compensation_id",),
    )
    _make(
        "checklists",
        *_columns("checklist_id", "name", "job?"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        key=("checklist_id",),
    )
    _make(
        "checklist_runs",
        *_columns("checklist_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        *_columns("run_on", "by?", "job?"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ticked", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        key=("checklist_id", "number"),
    )
    _make("checklist_misses", *_columns("list", "occurred_at?"), key=("list",))


def _columns(*names: str) -> list[sa.Column[str]]:
    """Columns of text; one whose name ends with a question mark may be empty."""
    return [sa.Column(name.rstrip("?"), sa.Text(), nullable=name.endswith("?")) for name in names]


def _make(name: str, *columns: sa.Column[Any], key: tuple[str, ...]) -> None:
    op.create_table(
        name,
        sa.Column("incident_id", sa.Text(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["incident_id"], ["documents.incident_id"], name=f"fk_{name}_incident_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("incident_id", *key, name=f"pk_{name}"),
    )


def downgrade() -> None:
    """Go back to the third schema; the rows can be made again."""
    op.drop_index("ix_promises_status_due_at", table_name="promises")
    for name in reversed(_MADE):
        op.drop_table(name)
