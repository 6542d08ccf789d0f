"""Backups of a store, and bringing one back."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Column, Integer, MetaData, Table, Text, and_, create_engine, delete, event, func, insert, select
from sqlalchemy import update as change
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from postmortem.record.reading import incident_from
from postmortem.store import condition, copying, migration
from postmortem.store.derived import FLAT
from postmortem.store.documents import content_of, new_token, put
from postmortem.store.engine import engine_of, masked, reading, writing
from postmortem.store.errors import StoreError
from postmortem.store.rebuilding import rebuild
from postmortem.store.schema import (
    HEAD,
    certificates,
    documents,
    ideas,
    meetings,
    metadata,
    numbers,
    properties,
    revisions,
    rounds,
)
from postmortem.store.texts import instant_from, instant_text, plain

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from postmortem.record.playbook import Playbook


_ROWS: Final = 500
"""How many rows are in hand at once."""
_NOTE: Final = "put back from a backup"
_PUT_BACK: Final = (documents, revisions, rounds, ideas)
"""The tables that are put back row by row, in this order. Who is there now has nothing to do with a backup."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a backup brought.

    Attributes:
        incidents: How many incidents, without the deleted ones.
        revisions: How many revisions of them, as the backup has them.
        kept: Where what stood here before was written to; `None` where nothing stood here.
        again: The numbers of the certificates of what was erased here and not in the backup: what was erased then may
            be back, and has to be erased again.
    """

    incidents: int
    revisions: int
    kept: Path | None = None
    again: tuple[int, ...] = ()


def write(engine: Engine, path: str | os.PathLike[str], progress: Callable[[int, int], None] | None = None) -> None:
    """Write what a store holds at one moment into a SQLite file. See `Store.backup`."""
    with reading(engine) as connection:
        # From here on this connection sees one moment, whatever others write.
        connection.execute(select(documents.c.incident_id).limit(1)).first()
        _write(connection, Path(path), progress)


def _write(connection: Connection, path: Path, progress: Callable[[int, int], None] | None) -> None:
    if connection.dialect.name == "sqlite":
        copying.copy(connection, path, progress)
        return
    with copying.whole(path) as draft, _new_file(draft) as target:
        migration.run(target)
        target.execute(delete(properties))
        steps = _Steps(_rows_in(connection, *metadata.sorted_tables), progress)
        for table in metadata.sorted_tables:
            _copy_table(connection, target, table, steps)


@contextmanager
def _new_file(draft: Path) -> Iterator[Connection]:
    """A transaction in a SQLite file that nobody else sees; what fails is thrown away, so it has no journal."""
    engine = create_engine(URL.create("sqlite", database=str(draft)), hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(driver: Any, _record: object) -> None:  # noqa: ANN401 - whatever the driver connects with
        driver.isolation_level = None
        driver.execute("PRAGMA journal_mode = OFF")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    try:
        with engine.begin() as connection:
            yield connection
    except DBAPIError as error:
        # What this file says is not what the store says that is being copied.
        if isinstance(error.orig, sqlite3.Error):
            raise error.orig from None
        raise
    finally:
        engine.dispose()


class _Steps:
    """Says how far it has come."""

    def __init__(self, total: int, progress: Callable[[int, int], None] | None) -> None:
        self._total = total
        self._progress = progress
        self.done = 0

    def go(self, steps: int) -> None:
        self.done += steps
        if self._progress is not None:
            self._progress(self.done, self._total)


def _rows_in(connection: Connection, *tables: Table) -> int:
    return sum(connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)


def _copy_table(source: Connection, target: Connection, table: Table, steps: _Steps) -> None:
    found = source.execute(select(table), execution_options={"stream_results": True, "yield_per": _ROWS})
    for rows in found.mappings().partitions():
        put(target, table, [dict(row) for row in rows])
        steps.go(len(rows))


def restore(
    engine: Engine,
    path: str | os.PathLike[str],
    playbook: Playbook,
    *,
    at: datetime,
    by: str = "",
    replace: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Restored:
    """Put what a backup holds in the place of what stands in a store. See `Store.restore`."""
    file = Path(path)
    with _checked(file) as source, writing(engine) as target:
        there = copying.file_behind(target)
        if there is not None and there.exists() and there.samefile(file):
            raise StoreError(f"{file} is the store itself: name a backup of it")
        kept = None
        if _rows_in(target, documents):
            if not replace:
                count = target.execute(_standing).scalar_one()
                raise StoreError(
                    f"{masked(engine.url)} holds {count} incident{'' if count == 1 else 's'} already: nothing was "
                    "restored; --replace writes them to a backup first and puts the file in their place"
                )
            kept = copying.free_name(there or file.absolute(), "replaced", at)
            _write(target, kept, None)
        try:
            return _Return(source, target, playbook, at, by).done(kept, progress)
        except BaseException:
            if kept is not None:
                # What stands here stays: nothing was replaced.
                kept.unlink(missing_ok=True)
            raise


_standing: Final = select(func.count()).select_from(documents).where(documents.c.deleted_at.is_(None))


@contextmanager
def _checked(file: Path) -> Iterator[Connection]:
    """A backup to read from, found to be sound; an older one is brought up to date in a copy."""
    if not file.is_file():
        raise StoreError(f"there is no file {file}: name one that postmortem backup wrote")
    with _opened(file) as connection:
        found = migration.version(connection)
        migration.refuse_newer(connection.engine, found)
        if not found:
            raise StoreError(f"{file} holds no store: name a file that postmortem backup wrote")
        _refuse_damaged(file, condition.damage(connection))
        if found == HEAD:
            _refuse_damaged(file, condition.torn(connection))
            yield connection
            return
        with tempfile.TemporaryDirectory(prefix="postmortem-") as folder:
            copy = Path(folder) / "copy.db"
            copying.copy(connection, copy)
            newer = engine_of(URL.create("sqlite", database=str(copy)))
            try:
                with writing(newer) as target:
                    migration.run(target)
                with reading(newer) as migrated:
                    _refuse_damaged(file, condition.torn(migrated))
                    yield migrated
            finally:
                newer.dispose()


@contextmanager
def _opened(file: Path) -> Iterator[Connection]:
    engine = engine_of(URL.create("sqlite", database=str(file)), read_only=True)
    try:
        with reading(engine) as connection:
            yield connection
    finally:
        engine.dispose()


def _refuse_damaged(file: Path, problems: list[Any]) -> None:
    if problems:
        raise StoreError(
            f"{file} is damaged ({problems[0].where}: {problems[0].finding}): nothing was restored from it"
        )


class _Return:
    """One backup on its way into a store, within the store's writing transaction."""

    def __init__(self, source: Connection, target: Connection, playbook: Playbook, at: datetime, by: str) -> None:
        self.source = source
        self.target = target
        self.playbook = playbook
        self.at = instant_text(at)
        self.by = plain(by)
        self.before = Table(
            "replaced",
            MetaData(),
            Column("incident_id", Text, primary_key=True),
            Column("revision", Integer),
            Column("digest", Text),
            prefixes=["TEMPORARY"],
        )

    def done(self, kept: Path | None, progress: Callable[[int, int], None] | None) -> Restored:
        """Do all of it."""
        count = _rows_in(self.source, revisions)
        steps = _Steps(_rows_in(self.source, *_PUT_BACK, documents), progress)
        self.before.create(self.target)
        columns = [documents.c[column.name] for column in self.before.columns]
        self.target.execute(insert(self.before).from_select(list(self.before.columns.keys()), select(*columns)))
        for table in (*FLAT, *reversed(_PUT_BACK)):
            self.target.execute(delete(table))
        for table in _PUT_BACK:
            _copy_table(self.source, self.target, table, steps)
        self._number_on()
        self._meetings()
        again = self._certificates()
        self._numbers()
        self.before.drop(self.target)
        start = steps.done
        now = instant_from(self.at)
        incidents = rebuild(self.target, self.playbook, now, lambda done: steps.go(start + done - steps.done))
        return Restored(incidents, count, kept, again)

    def _number_on(self) -> None:
        """Never let a revision number mean something else than before: whoever has an incident open is told by it."""
        older = and_(
            self.before.c.revision >= documents.c.revision,
            ~and_(self.before.c.revision == documents.c.revision, self.before.c.digest == documents.c.digest),
        )
        found = (
            select(revisions, documents.c.deleted_at, self.before.c.revision.label("before"))
            .join(documents, documents.c.incident_id == revisions.c.incident_id)
            .join(self.before, self.before.c.incident_id == documents.c.incident_id)
            .where(revisions.c.number == documents.c.revision, older)
            .order_by(revisions.c.incident_id)
            .limit(_ROWS)
        )
        token = new_token()
        while rows := self.target.execute(found).mappings().all():
            # Each page is done with once its numbers are raised.
            for row in rows:
                number = row["before"] + 1
                content = content_of(incident_from(row["document"], f"incident {row['incident_id']}"))
                document = content.document(row["incident_id"], number)
                new = {column.name: row[column.name] for column in revisions.columns} | {
                    "number": number,
                    "at": self.at,
                    "by": self.by,
                    "note": _NOTE,
                    "sealed": True,
                    "deed": "delete" if row["deleted_at"] else "restore",
                    "token": token,
                    "digest": content.digest,
                    "document": document,
                }
                put(self.target, revisions, [new])
                self.target.execute(
                    change(documents)
                    .where(documents.c.incident_id == row["incident_id"])
                    .values(
                        revision=number,
                        document=document,
                        digest=content.digest,
                        updated_at=self.at,
                        updated_by=self.by,
                    )
                )

    def _meetings(self) -> None:
        own = self.target.execute(select(properties.c.value).where(properties.c.name == "store_id")).scalar()
        self.target.execute(delete(meetings))
        rows = self.source.execute(select(meetings).where(meetings.c.peer != (own or ""))).mappings()
        for part in rows.partitions(_ROWS):
            put(self.target, meetings, [dict(row) for row in part])

    def _certificates(self) -> tuple[int, ...]:
        """Those of both; the numbers that those have now which the backup does not know."""
        here = [dict(row) for row in self.target.execute(select(certificates)).mappings()]
        there = [dict(row) for row in self.source.execute(select(certificates)).mappings()]
        known = {(row["at"], row["by"]) for row in there}
        last = max((row["number"] for row in there), default=0)
        again = []
        for row in sorted(here, key=lambda row: int(row["number"])):
            if (row["at"], row["by"]) not in known:
                last = max(last + 1, row["number"])
                there.append(row | {"number": last})
                again.append(last)
        self.target.execute(delete(certificates))
        if there:
            put(self.target, certificates, there)
        return tuple(again)

    def _numbers(self) -> None:
        """A number that was given here, or in the backup, is not given again."""
        last: dict[int, int] = {}
        for connection in (self.source, self.target):
            for year, number in connection.execute(select(numbers.c.year, numbers.c.last)):
                last[year] = max(last.get(year, 0), number)
        self.target.execute(delete(numbers))
        if last:
            put(self.target, numbers, [{"year": year, "last": number} for year, number in sorted(last.items())])
