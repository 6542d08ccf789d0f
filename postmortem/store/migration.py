"""Bringing the database's tables up to the ones this version knows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import inspect, text

from postmortem.store.engine import masked, reading, writing
from postmortem.store.errors import StoreError
from postmortem.store.schema import HEAD

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

FOLDER: Final = Path(__file__).with_name("migrations")
_VERSION_TABLE: Final = "alembic_version"


def known_versions() -> tuple[str, ...]:
    """The schema versions this package can bring up to date, oldest first.

    Examples:
        >>> known_versions()[0]
        '0001'
    """
    return tuple(sorted(file.name.split("_")[0] for file in (FOLDER / "versions").glob("[0-9]*_*.py")))


def version(connection: Connection) -> str:
    """The schema version of a database; empty for an empty database.

    Raises:
        StoreError: If the database holds something else.
    """
    names = inspect(connection).get_table_names()
    if _VERSION_TABLE in names:
        found = connection.execute(text(f"SELECT version_num FROM {_VERSION_TABLE}")).scalar()  # noqa: S608 - a constant
        if found:
            return str(found)
        names.remove(_VERSION_TABLE)
    if names:
        raise StoreError(
            f"{masked(connection.engine.url)} is a database of something else, with tables such as {min(names)!r}: "
            "give the store one of its own"
        )
    return ""


def upgrade(engine: Engine) -> None:
    """Bring the tables up to date, in one transaction; nothing happens where they are.

    Raises:
        StoreError: If the database holds something else, or was written by a newer version of this package.
    """
    with reading(engine) as connection:
        if _is_current(connection):
            return
    with writing(engine) as connection:
        # Another process may have done it while this one waited for its turn.
        if not _is_current(connection):
            _run(connection)


def _is_current(connection: Connection) -> bool:
    found = version(connection)
    if found and found not in known_versions():
        raise StoreError(
            f"{masked(connection.engine.url)} was written by a newer version of this package (schema {found}; "
            f"this one knows up to {HEAD}): update the package"
        )
    return found == HEAD


def _run(connection: Connection) -> None:
    # Alembic takes most of a second to import, and almost every start finds the tables up to date.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
