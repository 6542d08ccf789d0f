"""Looking before anything is made: whether there is a store at an address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.store.engine import engine_of, reading, sqlite_file, url_of
from postmortem.store.migration import version

if TYPE_CHECKING:
    import os


def is_made(url: str | os.PathLike[str] | None = None) -> bool:
    """Whether a store stands at an address; asking makes none.

    Args:
        url: The address, as `open_store` takes it.

    Raises:
        StoreError: If the address can't be read, the database can't be reached, or holds something else.

    Examples:
        >>> is_made("notes/no-such-year.db")
        False
    """
    address = url_of(url)
    if address.get_backend_name() == "sqlite":
        file = sqlite_file(address)
        return file is not None and file.is_file() and file.stat().st_size > 0
    engine = engine_of(address)
    try:
        with reading(engine) as connection:
            return bool(version(connection))
    finally:
        engine.dispose()
