"""Making the tidy tables again from the documents: they hold nothing that the documents do not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete

from postmortem.record.reading import incident_from
from postmortem.store.documents import write_flat
from postmortem.store.flat import Row, rows_of
from postmortem.store.retrieval import page
from postmortem.store.schema import FLAT

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from postmortem.record.playbook import Playbook


def rebuild(connection: Connection, playbook: Playbook, progress: Callable[[int], None] | None = None) -> int:
    """Make all rows again, page by page, within the caller's writing transaction.

    Args:
        connection: In a transaction that keeps other writers out.
        playbook: The rules that the rows are made with.
        progress: Called now and then with the number of incidents done so far.

    Returns:
        The number of incidents.

    Raises:
        DataError: If a document can't be read.
    """
    for table in FLAT:
        connection.execute(delete(table))
    count, last = 0, ""
    while chunk := page(connection, last):
        rows: dict[str, list[Row]] = {table.name: [] for table in FLAT}
        for identifier, document in chunk:
            flat = rows_of(incident_from(document, f"incident {identifier}"), playbook)
            for name, gathered in rows.items():
                gathered.extend(getattr(flat, name))
        write_flat(connection, rows)
        count, last = count + len(chunk), chunk[-1][0]
        if progress is not None:
            progress(count)
    return count
