"""Making the tidy tables again from the documents: they hold nothing that the documents do not say."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select, tuple_

from postmortem.record.reading import incident_from
from postmortem.store.derived import FLAT, promises
from postmortem.store.documents import write_flat
from postmortem.store.flat import Row, rows_of
from postmortem.store.retrieval import page
from postmortem.store.texts import instant_from, instant_text
from postmortem.store.travelling import property_of, put_property

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from postmortem.record.playbook import Playbook


_REDATED: Final = "promises_redated"
"""The property of the store that counts how often its promises came out otherwise when the rows were made again."""


_PAGE: Final = 10_000

_NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Redated:
    """How often the promises of a store were dated anew, without a revision of their records that tells of it.

    Attributes:
        times: How often; it only rises.
        at: When they were last, in UTC; the first of all instants where they never were.
    """

    times: int = 0
    at: datetime = _NEVER


def redated(connection: Connection) -> Redated:
    """How often the promises were dated anew. A calendar that has them is told by a number that rises (RFC 5545)."""
    told = property_of(connection, _REDATED)
    return Redated(json.loads(told)["times"], instant_from(json.loads(told)["at"])) if told else Redated()


def rebuild(
    connection: Connection, playbook: Playbook, at: datetime, progress: Callable[[int], None] | None = None
) -> int:
    """Make all rows again, page by page, within the caller's writing transaction.

    Args:
        connection: In a transaction that keeps other writers out.
        playbook: The rules that the rows are made with.
        at: When; it is noted where promises come out otherwise than before.
        progress: Called now and then with the number of incidents done so far.

    Returns:
        The number of incidents.

    Raises:
        DataError: If a document can't be read.
    """
    before = _digest(connection)
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
    if _digest(connection) != before:
        told = {"times": redated(connection).times + 1, "at": instant_text(at)}
        put_property(connection, _REDATED, json.dumps(told))
    return count


def _digest(connection: Connection) -> str:
    """A short text for all promises as they stand, equal only where they are; read page by page."""
    key = tuple_(promises.c.incident_id, promises.c.promise_id)
    found = select(promises).order_by(promises.c.incident_id, promises.c.promise_id).limit(_PAGE)
    digest, last = blake2b(digest_size=16), ("", "")
    while rows := connection.execute(found.where(key > last)).all():
        for row in rows:
            digest.update(repr(tuple(row)).encode(errors="surrogatepass"))
        last = (rows[-1].incident_id, rows[-1].promise_id)
    return digest.hexdigest()
