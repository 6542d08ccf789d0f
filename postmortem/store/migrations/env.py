"""How Alembic runs the migrations: on the connection the store hands over, within the store's transaction.

By hand (`alembic -x url=sqlite:///file …`) it connects itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import context

from postmortem.store.engine import engine_of, url_of, writing
from postmortem.store.schema import metadata

if TYPE_CHECKING:
    from sqlalchemy import Connection


def migrate(connection: Connection) -> None:
    """Run what is missing on a connection that is in a transaction."""
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()


def run() -> None:
    """Run on the store's connection, or on one of our own."""
    given = context.config.attributes.get("connection")
    if given is not None:
        migrate(given)
        return
    with writing(engine_of(url_of(context.get_x_argument(as_dictionary=True).get("url")))) as connection:
        migrate(connection)


if __name__ == "env_py":  # the name under which Alembic loads this file; nothing runs at a plain import
    run()
