"""Whether they were told before they asked, and the day a step is due on, as the record has them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; they are filled from the documents by whoever opens the store, who knows the playbook."""
    op.add_column("incidents", sa.Column("told_first", sa.Text(), nullable=True))
    op.add_column("steps", sa.Column("due_on", sa.Text(), nullable=True))


def downgrade() -> None:
    """Go back to the fourth schema; the rows can be made again."""
    op.drop_column("steps", "due_on")
    op.drop_column("incidents", "told_first")
