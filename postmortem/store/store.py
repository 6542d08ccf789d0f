"""The store: the one door to incidents that are kept."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Self

from sqlalchemy import func, select

from postmortem.record.playbook import load_playbook
from postmortem.record.reading import incident_from
from postmortem.store import catalogue, frames, importing, readonly, saving
from postmortem.store.caretaking import Caretaking
from postmortem.store.documents import new_token
from postmortem.store.engine import engine_of, masked, read, url_of, write
from postmortem.store.errors import ConflictError, DeletedIncidentError, StoreError
from postmortem.store.history import Chronicle
from postmortem.store.importing import ImportCounts
from postmortem.store.migration import see, upgrade, warned
from postmortem.store.past import Past
from postmortem.store.promised import Promised
from postmortem.store.rebuilding import rebuild
from postmortem.store.retrieval import all_documents, named_documents, revision_of, unknown
from postmortem.store.schema import documents
from postmortem.store.texts import instant_from, source_digest
from postmortem.store.together import Together

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date
    from types import TracebackType

    import pandas as pd
    from sqlalchemy import Connection, Engine
    from sqlalchemy.engine import URL

    from postmortem.record.incident import Customer, Incident
    from postmortem.record.playbook import Playbook
    from postmortem.store.catalogue import Summary, Words
    from postmortem.store.frames import Tables


def _utc_now() -> datetime:
    return datetime.now(UTC)


def open_store(
    url: str | os.PathLike[str] | None = None,
    *,
    playbook: Playbook | None = None,
    clock: Callable[[], datetime] = _utc_now,
    read_only: bool | None = None,
    said: Callable[[str], None] | None = None,
) -> Store:
    """Open the store; one that is not there yet is made, an older one is brought up to date.

    Args:
        url: A SQLAlchemy address of SQLite or PostgreSQL, or a plain path. Where none is given, the one in
            `POSTMORTEM_STORE`, else `sqlite:///data/postmortem.db`.
        playbook: The rules that the tables are made with; where none is given, the one in force.
        clock: What says when something is saved.
        read_only: Whether it is only looked at: nothing is made, changed or brought up to date then. Where it is left
            open, `POSTMORTEM_READ_ONLY` says.
        said: Called with a sentence where an older store was brought up to date, which says where it is kept as it was,
            and where there was none, so that a new one was made. Left out, the first is a warning in the log
            `postmortem.store`, and the second is not said.

    Raises:
        StoreError: If it can't be opened, holds something else, or was written by a newer version; read only, also if
            there is none yet, or one of an older version.

    Examples:
        >>> from postmortem.record.incident import Incident
        >>> with open_store("sqlite://") as store:
        ...     incident = store.save(Incident(title="Line is dead", occurred_at="2026-03-02T17:30:00Z"), by="Ana")
        ...     incident.id, incident.revision, store
        ('2026-001', 1, <Store sqlite:// : 1 incident>)
    """
    address = url_of(url)
    looking = readonly.wanted(read_only)
    rules = playbook if playbook is not None else load_playbook()
    engine = engine_of(address, read_only=looking)
    try:
        if looking:
            see(engine)
        else:
            now = clock()
            made = upgrade(engine, at=now, said=said or warned, then=partial(rebuild, playbook=rules, at=now))
            if made and said is not None:
                # A name that was mistyped would look like a store that lost everything.
                said(f"There was no store at {masked(address)}: a new, empty one was made.")
    except BaseException:
        engine.dispose()
        raise
    return Store(engine, address, rules, clock)


class Store(Caretaking, Chronicle, Past, Promised, Together):
    """Incidents, every revision of them, and the tables made from them. `open_store` gives one.

    The document is the truth: a save writes the next revision (append-only: who, when, the whole document), the
    current document and the rows of the tidy tables in one transaction (R40).

    Attributes:
        url: The address, with its password; `repr` and messages leave the password out.
        playbook: The rules that the tables are made with.
    """

    def __init__(self, engine: Engine, url: URL, playbook: Playbook, clock: Callable[[], datetime]) -> None:
        self.url = url.render_as_string(hide_password=False)
        self.playbook = playbook
        self._name = masked(url)
        self._clock = clock
        self._open: Engine | None = engine

    def __repr__(self) -> str:
        """Where it is, and how many incidents it holds."""
        if self._open is None:
            return f"<Store {self._name} : closed>"
        try:
            count = len(self)
        except StoreError:
            return f"<Store {self._name}>"
        return f"<Store {self._name} : {count} incident{'' if count == 1 else 's'}>"

    def __len__(self) -> int:
        """How many incidents it holds."""
        kept = select(func.count()).select_from(documents).where(documents.c.deleted_at.is_(None))
        return int(read(self._engine, lambda connection: connection.execute(kept).scalar_one()))

    def __bool__(self) -> bool:
        """An empty store is still a store."""
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def _engine(self) -> Engine:
        if self._open is None:
            raise StoreError(f"{self._name} is closed: open it again with open_store")
        return self._open

    def close(self) -> None:
        """Let go of the database; the store can't be used after that."""
        if self._open is not None:
            self._open.dispose()
            self._open = None

    def save(self, incident: Incident, *, by: str = "", note: str = "", coalesce: bool = False) -> Incident:
        """Keep the next revision of an incident.

        A save that says what stands there already gives no new revision. While somebody types (`coalesce`), a revision
        takes up the one before if the same person saved that one while typing less than five minutes ago
        (`saving.COALESCE_WITHIN`), the state is the same and not closed, and nobody else has loaded it. Numbers rise
        all the same, so that whoever holds the older one is told.

        Args:
            incident: What shall stand; its `revision` says what it was made from. Without an id it is a new one.
            by: Who saves.
            note: What they say of it.
            coalesce: Whether this is saved while typing. Needs `by`.

        Returns:
            The incident with its id and its revision. Where somebody else saved in between and changed other fields, it
            has their changes too.

        Raises:
            ConflictError: If somebody else saved in between and changed the same; nothing is written.
            DeletedIncidentError: If somebody deleted it meanwhile.
            DataError: If a link that is new leads back to it: nothing is made while handling itself (R4).
            StoreError: If it can't be written; nothing is, unless the text says that this is not known.
        """
        token = new_token()

        def save(connection: Connection) -> Incident | ConflictError:
            try:
                return saving.save(
                    connection,
                    incident,
                    self.playbook,
                    at=self._clock(),
                    by=by,
                    note=note,
                    coalesce=coalesce,
                    token=token,
                )
            except ConflictError as conflict:
                # Theirs has been seen now, as if it had been loaded: what is saved on top must not take it up.
                saving.seal(connection, conflict.incident_id)
                return conflict

        saved = write(self._engine, save, landed=lambda connection: saving.find(connection, token, incident.id))
        if isinstance(saved, ConflictError):
            raise saved
        return saved

    def load(self, incident_id: str, *, revision: int | None = None) -> Incident:
        """An incident as it stands, or as it was. What was loaded is never taken up by a later save.

        Args:
            incident_id: Its id.
            revision: Which revision; the current one where none is named.

        Raises:
            UnknownIncidentError: If there is no such incident, or no such revision.
            DeletedIncidentError: If it was deleted and no revision is named.
        """

        def find(connection: Connection) -> tuple[Incident, bool]:
            there = saving.standing(connection, incident_id)
            if there is None:
                raise unknown(connection, incident_id)
            if there.deleted_at and revision is None:
                raise DeletedIncidentError(incident_id, there.by, instant_from(there.deleted_at), there.revision)
            if revision is not None and revision != there.revision:
                return revision_of(connection, incident_id, revision), True
            return incident_from(there.document, f"incident {incident_id}"), there.sealed

        def keep(connection: Connection) -> Incident:
            saving.seal(connection, incident_id)
            return find(connection)[0]

        incident, kept = read(self._engine, find)
        if not kept and not self.read_only:
            # Looking does not fail where nothing can be written.
            with suppress(StoreError):
                return write(self._engine, keep)
        return incident

    def seal(self, incident_id: str) -> None:
        """Keep the current revision for good, as when a stage is left; the next save begins a new one.

        Raises:
            UnknownIncidentError: If there is no such incident.
        """

        def keep(connection: Connection) -> None:
            if saving.standing(connection, incident_id) is None:
                raise unknown(connection, incident_id)
            saving.seal(connection, incident_id)

        write(self._engine, keep)

    def incidents(self, ids: Iterable[str] | None = None) -> Iterator[Incident]:
        """Whole incidents, one after the other, however many there are. As with `load`, no later save takes them up.

        Args:
            ids: Which ones, in this order; all, in the order of their ids, where none are named.

        Raises:
            UnknownIncidentError: If there is none of an id; those before it have been given.
        """
        found = all_documents(self._engine) if ids is None else named_documents(self._engine, ids)
        for identifier, document in found:
            yield incident_from(document, f"incident {identifier}")

    def list(
        self,
        *,
        category: Words = None,
        team: Words = None,
        service: Words = None,
        state: Words = None,
        severity: Words = None,
        since: datetime | date | None = None,
        until: datetime | date | None = None,
        text: str | None = None,
    ) -> tuple[Summary, ...]:
        """What there is to say in one line of every incident that meets all filters, newest first.

        The newest is the one that occurred last; an incident that does not say when it occurred counts as of when it
        was first saved. A filter that is left out, or empty, asks for nothing.

        Args:
            category: One or several categories of causes (R28), or `unclassified`; one cause of one is enough.
            team: One or several teams.
            service: One or several services.
            state: One or several states (R39).
            severity: One or several levels (R7).
            since: The first day (UTC), or moment.
            until: The last day (UTC), the whole of it, or the last moment.
            text: Words that all stand somewhere in the record, in any order, in capitals or not.

        Raises:
            DataError: If a category, state or level is none; a near one is offered.
        """
        return read(
            self._engine,
            lambda connection: catalogue.summaries(
                connection,
                category=category,
                team=team,
                service=service,
                state=state,
                severity=severity,
                since=since,
                until=until,
                text=text,
            ),
        )

    def tables(self) -> Tables:
        """The tidy tables as pandas frames; `data/README.md` says what each column means."""
        return read(self._engine, lambda connection: frames.tables(connection, self.playbook))

    def table(self, name: str) -> pd.DataFrame:
        """One of the tidy tables alone, such as `opinions`, without the reading of the others.

        Raises:
            StoreError: If there is no such table; a near name is offered.
        """
        return read(self._engine, lambda connection: frames.table(connection, name, self.playbook))

    def save_many(
        self,
        incidents: Iterable[Incident],
        *,
        by: str = "",
        note: str = "",
        dry_run: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> ImportCounts:
        """Keep many incidents in one transaction: all of them, or none.

        An incident is recognised by its source (system and key), else by its id, else by saying exactly what one
        imported before says. One that says nothing new since its last import is left alone, with all that people have
        added here; of one that does, the fields that it changes are taken over, and everything else stays.

        Args:
            incidents: What to keep; taken one by one, so that a file of any size can be read meanwhile.
            by: Who saves.
            note: What they say of it.
            dry_run: Whether it is done only to see what would come of it, and taken back at the end.
            progress: Called now and then with the number of incidents taken so far.

        Returns:
            How many were imported, unchanged and updated, or would be.

        Raises:
            ConflictError: If one names an id that stands here, and both changed the same since, or nobody knows any
                more what it was made from; nothing is written.
            StoreError: If it can't be written; nothing is, unless the text says that this is not known.
        """
        token, counts, begun = new_token(), ImportCounts(), False

        def save(connection: Connection) -> ImportCounts:
            nonlocal counts, begun
            begun = True
            counts = importing.save_many(
                connection, incidents, self.playbook, at=self._clock(), by=by, note=note, token=token, progress=progress
            )
            if dry_run:
                raise importing.RehearsedError
            return counts

        try:
            return write(
                self._engine,
                save,
                landed=lambda connection: counts if importing.landed(connection, token, counts) else None,
                # What was read from a file as it came is used up.
                repeatable=lambda: isinstance(incidents, Sequence) or not begun,
                # A slow file is waited for.
                idle_ms=0,
            )
        except importing.RehearsedError:
            return counts

    def customers(self) -> dict[str, Customer]:
        """The named customers by the incident's id, for hiding them where a page leaves the team (R41)."""
        return read(self._engine, catalogue.customers)

    def find_source(self, system: str, key: str) -> str | None:
        """The id of the incident that came from a place of another system; `None` where none did."""
        found = (
            select(documents.c.incident_id)
            .where(documents.c.source_digest == source_digest(system, key), documents.c.deleted_at.is_(None))
            .order_by(documents.c.begun_at, documents.c.incident_id)
        )
        return read(self._engine, lambda connection: connection.execute(found).scalars().first())
