"""Several people at one record, rounds of silent ideas, and three more tables for analysis."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from alembic import op

if TYPE_CHECKING:
    from collections.abc import Iterator

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_CHUNK: Final = 500
_MADE: Final = ("opinions", "feedback", "topics")


def upgrade() -> None:
    """Add the tables, and fill those that are made from the documents."""
    op.create_table(
        "presences",
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("session", name="pk_presences"),
    )
    op.create_index("ix_presences_uid", "presences", ["uid"], unique=False)
    op.create_table(
        "rounds",
        sa.Column("round_id", sa.Text(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.Text(), nullable=False),
        sa.Column("revealed_by", sa.Text(), nullable=True),
        sa.Column("revealed_at", sa.Text(), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("round_id", name="pk_rounds"),
    )
    op.create_index("ix_rounds_uid", "rounds", ["uid"], unique=False)
    op.create_table(
        "ideas",
        sa.Column("round_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.round_id"], name="fk_ideas_round_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("round_id", "number", name="pk_ideas"),
    )
    _make_tidy(
        "opinions",
        sa.Column("cause_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=False),
        key=("cause_id", "number"),
    )
    _make_tidy(
        "feedback",
        sa.Column("feedback_id", sa.Text(), nullable=False),
        sa.Column("held_at", sa.Text(), nullable=True),
        sa.Column("learned", sa.Text(), nullable=True),
        sa.Column("again", sa.Text(), nullable=True),
        key=("feedback_id",),
    )
    _make_tidy(
        "topics",
        sa.Column("topic_id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("carried_to", sa.Text(), nullable=True),
        key=("topic_id",),
    )
    _fill()


def _make_tidy(name: str, *columns: sa.Column[Any], key: tuple[str, ...]) -> None:
    op.create_table(
        name,
        sa.Column("incident_id", sa.Text(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["incident_id"], ["documents.incident_id"], name=f"fk_{name}_incident_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("incident_id", *key, name=f"pk_{name}"),
    )


def _fill() -> None:
    connection = op.get_bind()
    documents = sa.table("documents", sa.column("incident_id"), sa.column("document", sa.Text), sa.column("deleted_at"))
    known = sa.MetaData()
    tables = {name: sa.Table(name, known, autoload_with=connection, resolve_fks=False) for name in _MADE}
    page = sa.select(documents.c.incident_id, documents.c.document).where(documents.c.deleted_at.is_(None))
    page, last = page.order_by(documents.c.incident_id).limit(_CHUNK), ""
    while found := connection.execute(page.where(documents.c.incident_id > last)).all():
        rows: dict[str, list[dict[str, Any]]] = {name: [] for name in _MADE}
        for identifier, document in found:
            for name, row in _rows(json.loads(document)):
                rows[name].append({"incident_id": identifier, **row})
        for name, gathered in rows.items():
            if gathered:
                connection.execute(sa.insert(tables[name]), gathered)
        last = found[-1][0]


def _rows(said: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of one document, each with its table."""
    for cause in said.get("causes", ()):
        for number, opinion in enumerate(cause.get("opinions", ()), start=1):
            row = {"number": number, "by": opinion.get("by") or None, "category": opinion["category"]}
            yield "opinions", {"cause_id": cause["id"], **row}
    meeting = said.get("meeting", {})
    held_at = _instant(meeting.get("begun_at") or meeting.get("starts_at") or said.get("occurred_at"))
    for answer in said.get("feedback", ()):
        row = {"held_at": held_at, "learned": answer.get("learned"), "again": answer.get("again")}
        yield "feedback", {"feedback_id": answer["id"], **row}
    for topic in said.get("topics", ()):
        row = {"settled": topic.get("settled", False), "carried_to": topic.get("carried_to") or None}
        yield "topics", {"topic_id": topic["id"], "text": topic.get("text", ""), **row}


def _instant(told: str | None) -> str | None:
    if told is None:
        return None
    moment = datetime.fromisoformat(told).astimezone(UTC).replace(tzinfo=None)
    return f"{moment.isoformat(timespec='microseconds')}Z"


def downgrade() -> None:
    """Go back to the second schema; what was written in rounds is gone."""
    for name in (*reversed(_MADE), "ideas"):
        op.drop_table(name)
    op.drop_index("ix_rounds_uid", table_name="rounds")
    op.drop_table("rounds")
    op.drop_index("ix_presences_uid", table_name="presences")
    op.drop_table("presences")
