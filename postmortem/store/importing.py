"""Saving many incidents at once, in one transaction; what was imported before is recognised."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select, update

from postmortem.record import commitments, states
from postmortem.record.erasure import settled
from postmortem.record.incident import Incident
from postmortem.record.merging import merge
from postmortem.record.reading import incident_from, json_text
from postmortem.store import saving
from postmortem.store.documents import Batch, Content, Numbers, content_of
from postmortem.store.errors import DeletedIncidentError
from postmortem.store.forwarding import forwarded, names
from postmortem.store.schema import documents, revisions
from postmortem.store.texts import instant_from, source_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from postmortem.record.playbook import Playbook

CHUNK: Final = 500
"""How many incidents are looked up and written with one statement for each table."""


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """What became of the incidents given to `save_many`; together they are as many as were given."""

    imported: int = 0
    unchanged: int = 0
    updated: int = 0

    def __add__(self, other: ImportCounts) -> ImportCounts:
        """Both together."""
        return ImportCounts(
            self.imported + other.imported, self.unchanged + other.unchanged, self.updated + other.updated
        )


class RehearsedError(Exception):
    """Ends a transaction that was only to show what would come of it; nobody outside the store meets it."""


def save_many(
    connection: Connection,
    given: Iterable[Incident],
    playbook: Playbook,
    *,
    at: datetime,
    by: str = "",
    note: str = "",
    token: str = "",
    progress: Callable[[int], None] | None = None,
) -> ImportCounts:
    """Write many incidents within the caller's writing transaction. See `Store.save_many`; `token` is for `landed`."""
    work = _Import(connection, Batch(playbook, at, by, note, deed="import", token=token or None), Numbers(connection))
    iterator, done, total = iter(given), 0, ImportCounts()
    left = names(connection)
    with _left_alone():
        while chunk := list(islice(iterator, CHUNK)):
            there = [forwarded(connection, it) if it.id in left else it for it in chunk]
            total += work.take(list(map(content_of, there)))
            if total.imported or total.updated:
                # A few revisions that know the import by its name are enough to recognise it.
                work.batch.token = None
            done += len(chunk)
            if progress is not None:
                progress(done)
    work.numbers.write()
    return total


@contextmanager
def _left_alone() -> Iterator[None]:
    """The garbage collector passes over what was there before: each chunk makes it look again at all of it.

    What is made meanwhile is collected as ever. It takes a seventh of the time of an import of 100,000.
    """
    ours = gc.get_freeze_count() == 0
    if ours:
        gc.freeze()
    try:
        yield
    finally:
        if ours:
            gc.unfreeze()


def landed(connection: Connection, token: str, counts: ImportCounts) -> bool:
    """Whether an import stands whose commit was not answered.

    Args:
        connection: In a transaction that keeps other writers out: so the import is over, one way or the other.
        token: The name of the import.
        counts: What it was about to commit.
    """
    found = select(revisions.c.number).where(revisions.c.token == token).limit(1)
    return not (counts.imported or counts.updated) or connection.execute(found).first() is not None


@dataclass(slots=True)
class _Known:
    """What of a chunk the store holds already."""

    by_source: dict[str, Row[*tuple[Any, ...]]]
    by_id: dict[str, Row[*tuple[Any, ...]]]


class _Import:
    def __init__(self, connection: Connection, batch: Batch, numbers: Numbers) -> None:
        self.connection = connection
        self.batch = batch
        self.numbers = numbers
        # How often each content without id and source was imported before and is not met yet in this import.
        self._copies: dict[str, int] = {}
        # What in this chunk may already differ from what was looked up at its start.
        self._touched: set[str] = set()

    def take(self, contents: list[Content]) -> ImportCounts:
        """Take in one chunk."""
        known = self._known(contents)
        self._count_copies(contents)
        self._touched = set()
        counts = ImportCounts()
        for content in contents:
            names = set(_names(content.incident))
            if names & self._touched:
                # The same incident twice in one chunk: the second meets what the first has left.
                self.batch.write(self.connection)
                again = self._known([content])
                known.by_source.update(again.by_source)
                known.by_id.update(again.by_id)
            self._touched |= names
            counts += self._one(content, known)
        self.batch.write(self.connection)
        return counts

    def _one(self, content: Content, known: _Known) -> ImportCounts:
        incident = content.incident
        digest = _digest_of(incident)
        there = known.by_source.get(digest) if digest else None
        if there is not None:
            # What has the id and a revision was written here, and mended since: it is put together like any other save.
            ours = incident.revision and incident.id == there.incident_id
            return self._by_id(content, there) if ours else self._from_source(content, there)
        there = known.by_id.get(incident.id) if incident.id else None
        if there is not None and there.source_digest is None:
            return self._by_id(content, there)
        if there is None and not digest and not incident.id and self._copies[content.digest]:
            self._copies[content.digest] -= 1
            return ImportCounts(unchanged=1)
        return self._new(content, taken=there is not None)

    def _new(self, content: Content, *, taken: bool) -> ImportCounts:
        incident = content.incident
        identifier = "" if taken else incident.id
        if identifier:
            self.numbers.respect(identifier)
        saved = content.numbered(identifier or self.numbers.take(incident, self.batch.at), incident.revision or 1)
        self._touched.add(f"id {saved.id}")
        document = content.document(saved.id, saved.revision)
        self.batch.begin(saved, content.digest, imported=True, document=document)
        return ImportCounts(imported=1)

    def _by_id(self, content: Content, there: Row[*tuple[Any, ...]]) -> ImportCounts:
        if self._holds(content, there):
            return ImportCounts(unchanged=1)
        if there.deleted_at:
            # What was mended in it since must not be passed over in silence.
            at = instant_from(there.deleted_at)
            raise DeletedIncidentError(there.incident_id, there.updated_by, at, there.revision)
        content = self._whole(content, there.incident_id)
        if self._holds(content, there):
            return ImportCounts(unchanged=1)
        if content.incident.revision != there.revision:
            standing = saving.standing(self.connection, there.incident_id)
            assert standing is not None  # noqa: S101 - it was found a moment ago, in this transaction
            both, note = saving.with_theirs(
                self.connection, content.incident, standing, self.batch.playbook, self.batch.at
            )
            result = content_of(self._allowed(both, there.incident_id))
            if result.digest == there.digest:
                return ImportCounts(unchanged=1)
            saved = result.numbered(there.incident_id, there.revision + 1)
            self.batch.change(saved, result.digest, note=note, deed="merge")
            return ImportCounts(updated=1)
        result = content_of(self._allowed(content.incident, there.incident_id))
        if result.digest == there.digest:
            return ImportCounts(unchanged=1)
        self.batch.change(result.numbered(there.incident_id, there.revision + 1), result.digest)
        return ImportCounts(updated=1)

    def _allowed(self, incident: Incident, identifier: str) -> Incident:
        """What a file says of a record that was written here: it is no way past a gate (R39)."""
        standing = incident_from(self._document(identifier))
        because = f"a file said “{incident.state}”"
        return states.allowed(standing, incident, self.batch.playbook, self.batch.at, because=because)

    def _from_source(self, content: Content, there: Row[*tuple[Any, ...]]) -> ImportCounts:
        if there.deleted_at or content.digest in {there.digest, there.imported_digest}:
            # What somebody deleted here does not come back with the next import.
            return ImportCounts(unchanged=1)
        told = result = content = self._whole(content, there.incident_id)
        if there.imported_digest != there.digest:
            mine, last = incident_from(self._document(there.incident_id)), self._last_import(there)
            # What was erased at a person's request does not come back from a file that still says it.
            told = content_of(settled(last, content.incident))
            # What the file changed since it was read last is taken over; what people added here stays.
            both = merge(last, told.incident, mine).incident
            result = content_of(states.met(both, (told.incident, mine), self.batch.playbook, self.batch.at))
        number = there.revision + (result.digest != there.digest)
        self.connection.execute(
            update(documents)
            .where(documents.c.incident_id == there.incident_id)
            .values(
                imported_digest=content.digest,
                imported_revision=number if result.digest == content.digest else None,
                imported_document=None if result.digest == content.digest else json_text(told.incident),
            )
        )
        if number == there.revision:
            return ImportCounts(unchanged=1)
        self.batch.change(result.numbered(there.incident_id, number), result.digest)
        return ImportCounts(updated=1)

    def _known(self, contents: list[Content]) -> _Known:
        sources = [digest for content in contents if (digest := _digest_of(content.incident))]
        identifiers = [content.incident.id for content in contents if content.incident.id]
        columns = select(
            documents.c.incident_id,
            documents.c.revision,
            documents.c.digest,
            documents.c.updated_by,
            documents.c.imported_digest,
            documents.c.imported_revision,
            documents.c.source_digest,
            documents.c.deleted_at,
        )
        by_source, by_id = {}, {}
        if sources:
            # Of two with one source the older one is meant.
            found = columns.where(documents.c.source_digest.in_(sources)).order_by(documents.c.begun_at.desc())
            by_source = {row.source_digest: row for row in self.connection.execute(found)}
        if identifiers:
            found = columns.where(documents.c.incident_id.in_(identifiers))
            by_id = {row.incident_id: row for row in self.connection.execute(found)}
        return _Known(by_source, by_id)

    def _count_copies(self, contents: list[Content]) -> None:
        fresh = {
            content.digest
            for content in contents
            if not content.incident.id and not content.incident.source and content.digest not in self._copies
        }
        if not fresh:
            return
        self._copies.update(dict.fromkeys(fresh, 0))
        found = (
            select(documents.c.imported_digest, func.count())
            .where(documents.c.imported_digest.in_(fresh))
            .group_by(documents.c.imported_digest)
        )
        self._copies.update((digest, count) for digest, count in self.connection.execute(found))

    def _holds(self, content: Content, there: Row[*tuple[Any, ...]]) -> bool:
        """Whether a document was taken in: it stands, or stood since the revision it was made from.

        One that says what stood before that was changed back by somebody, which is news.
        """
        made_from = content.incident.revision
        if content.digest == there.digest:
            return True
        if content.digest == there.imported_digest and made_from <= (there.imported_revision or made_from):
            return True
        return saving.stood(self.connection, there.incident_id, content.digest, made_from)

    def _whole(self, content: Content, identifier: str) -> Content:
        """A copy with what people keep to themselves, which an export leaves out and an import must not take away."""
        whole = commitments.with_hidden(content.incident, incident_from(self._document(identifier)))
        return content if whole == content.incident else content_of(whole)

    def _document(self, identifier: str) -> str:
        found = select(documents.c.document).where(documents.c.incident_id == identifier)
        return str(self.connection.execute(found).scalar_one())

    def _last_import(self, there: Row[*tuple[Any, ...]]) -> Incident:
        if there.imported_digest is None:
            # Written by hand before the first import: all that the file says is news, what it leaves open is not.
            return Incident(title="-")
        found = select(documents.c.imported_document).where(documents.c.incident_id == there.incident_id)
        if there.imported_revision is not None:
            found = select(revisions.c.document).where(
                revisions.c.incident_id == there.incident_id, revisions.c.number == there.imported_revision
            )
        return incident_from(str(self.connection.execute(found).scalar_one()))


def _digest_of(incident: Incident) -> str:
    return source_digest(incident.source.system, incident.source.key) if incident.source else ""


def _names(incident: Incident) -> Iterator[str]:
    if incident.source:
        yield f"source {_digest_of(incident)}"
    if incident.id:
        yield f"id {incident.id}"
