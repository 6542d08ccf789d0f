"""What keeps a store for years: backups and their restoring, looking after it, erasing a person at their request."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from postmortem.record.terms import Terms
from postmortem.store import backup, certificates, condition, erasing, readonly, traces
from postmortem.store.documents import new_token
from postmortem.store.engine import masked, read, write
from postmortem.store.rebuilding import rebuild

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from postmortem.record.errors import Problem
    from postmortem.record.merging import Side
    from postmortem.record.playbook import Playbook
    from postmortem.store.backup import Restored
    from postmortem.store.certificates import Certificate
    from postmortem.store.results import SyncResult


class Caretaking:
    """The part of a `Store` that a caretaker works with."""

    playbook: Playbook
    _clock: Callable[[], datetime]

    @property
    def _engine(self) -> Engine:
        raise NotImplementedError

    @property
    def read_only(self) -> bool:
        """Whether it was opened to look at only."""
        return readonly.is_read_only(self._engine)

    def server(self) -> str:
        """Which database server it is kept on, with its version; empty where it is kept in a file."""
        if self._engine.dialect.name != "postgresql":
            return ""
        return read(self._engine, lambda it: f"PostgreSQL {it.exec_driver_sql('SHOW server_version').scalar_one()}")

    def backup(self, path: str | os.PathLike[str], progress: Callable[[int, int], None] | None = None) -> None:
        """Write a copy of the whole store, of one moment, while others go on writing.

        The copy is a SQLite file, whatever database the store is kept in, and can be opened as a store. It is readable
        by its owner only, and is there as a whole or not at all.

        Args:
            path: Where to; nothing may stand there yet.
            progress: Called now and then with how much is done, and of how much.

        Raises:
            StoreError: If something stands there, or it can't be written; nothing is left behind then.
        """
        backup.write(self._engine, path, progress)

    def restore(
        self,
        path: str | os.PathLike[str],
        *,
        replace: bool = False,
        by: str = "",
        progress: Callable[[int, int], None] | None = None,
    ) -> Restored:
        """Put what a backup holds in the place of what stands here, all of it or nothing.

        Ids, revisions, histories, rounds of ideas, numbers, certificates and the meetings with other stores come over;
        the tidy tables are made again. Whoever has an incident open meanwhile goes on: their next save is put together
        with what was restored, or they are told.

        Args:
            path: A file that `backup` wrote, or another store in SQLite; an older one is brought up to date in a copy.
            replace: Whether incidents that stand here may go; they are written to a backup first.
            by: Who does it.
            progress: Called now and then with how much is done, and of how much.

        Returns:
            How many incidents and revisions came, and where what stood here was written to.

        Raises:
            StoreError: If the file is damaged, of something else, or of a newer version, or incidents stand here and
                `replace` is not set. Nothing is touched then.
            DataError: If one of its incidents can't be read. Nothing is touched then.
        """
        return backup.restore(
            self._engine, path, self.playbook, at=self._clock(), by=by, replace=replace, progress=progress
        )

    def rebuild_tables(self, progress: Callable[[int], None] | None = None) -> int:
        """Make the rows of the tidy tables again from the documents, as after a change of the playbook.

        Args:
            progress: Called now and then with the number of incidents done so far.

        Returns:
            The number of incidents.
        """
        now = self._clock()
        return write(self._engine, lambda connection: rebuild(connection, self.playbook, now, progress), idle_ms=0)

    def check(self, *, everything: bool = False) -> list[Problem]:
        """What is wrong with the store, each with its remedy; empty when it is sound.

        Args:
            everything: Whether every incident is compared with the rows of the tidy tables and every revision is read,
                not only the incidents saved last (`condition.SAMPLED`).
        """
        return read(self._engine, lambda connection: condition.problems(connection, self.playbook, everything))

    def sync(
        self,
        other: Caretaking,
        *,
        by: str = "",
        prefer: Side | None = None,
        dry_run: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> SyncResult:
        """Bring this store and another one to the same state, in both directions. See `store.syncing`.

        Args:
            other: The other store, such as the team's: its ids count, and an incident of another id here follows.
            by: Who does it: the author of what had to be put together.
            prefer: Which side stands where both changed the same, `mine` or `theirs`; nothing of such an incident is
                written where nobody says.
            dry_run: Whether only to say what would be done.
            progress: Called with how many incidents are done, and how many there are.

        Returns:
            What became of every incident, with the clashes that stand.

        Raises:
            StoreError: If both are one store, or one of them can't be read or written. What was brought together until
                then stays; running it again does the rest.
        """
        from postmortem.store.parties import Party  # noqa: PLC0415 - a laptop without a team never needs it
        from postmortem.store.syncing import sync  # noqa: PLC0415

        here, there = (Party(store._engine, masked(store._engine.url), store.playbook) for store in (self, other))  # noqa: SLF001 - its own kind
        return sync(here, there, clock=self._clock, by=by, prefer=prefer, dry_run=dry_run, progress=progress)

    def erase(
        self, terms: Sequence[str], *, by: str, reason: str, exact: bool = False, dry_run: bool = False
    ) -> Certificate:
        """Erase a person from everything that the store holds, as privacy law lets them ask.

        Whole words are found in every text: of incidents as they stand and as they stood in every revision, of deleted
        ones, of what files said, of who saved and what they noted, of rounds of ideas and of who was there. Each
        incident that held one gets one more revision, which says that something was erased and not what. Then the
        database's own files are cleaned of it.

        Doing it twice is the same as doing it once.

        Args:
            terms: Names, addresses, numbers: each is one term, of one or several words.
            by: Who does it.
            reason: At whose request, or why; it stands in the certificate.
            exact: Whether only what is written exactly like a term is meant, with its capitals and accents.
            dry_run: Whether it is only looked for; the certificate then has no number, and lists each place.

        Returns:
            The certificate, which is kept, without the words. It says which copies still hold them, and what remains.

        Raises:
            DataError: If a term would erase too much, or a record would not fit together any more; nothing is changed.
            StoreError: If it can't be written; nothing is, unless the text says that this is not known.
        """
        words = Terms(tuple(terms), exact)

        def work(connection: Connection) -> erasing.Erasing:
            return erasing.Erasing(connection, words, self.playbook, self._clock(), by, reason, dry_run)

        if dry_run:
            return read(self._engine, lambda connection: work(connection).done())
        token = new_token()

        def erase(connection: Connection) -> Certificate:
            return replace(work(connection), token=token).done()

        issued = write(self._engine, erase, landed=lambda connection: certificates.landed(connection, token), idle_ms=0)
        cleaned = replace(issued, remains=(*traces.overwrite(self._engine), erasing.OPEN))
        return write(self._engine, lambda connection: certificates.amend(connection, cleaned))

    def certificates(self) -> tuple[Certificate, ...]:
        """The certificates of everything that was erased, the first one first."""
        return read(self._engine, certificates.all_of)
