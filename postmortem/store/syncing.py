"""Bringing two copies of a store to the same state, in both directions: a laptop's, and the team's.

An incident is known in every copy by its `uid`, whatever number it has there.

- Held by one only: it goes to the other with its whole history, who and when and note and deed of each revision.
- The other store gives the numbers. An id that is taken there gets the next number there, and the copy here follows: in
  all its revisions, and in the links and texts written here that name it. What was known here by an id before is
  remembered, and what comes to that id later begins its revisions after the last number used: so nobody who still has
  the old one open can save it over the new one.
- Held by both: what both were made from is the last revision that both histories hold, or which said the same when the
  two met last. Where they share none, it is the last that says the same in both (one file was read twice); where there
  is none either, nothing. Two incidents from one source are one, and so are two of one id made from one file.
- Changed on one side: the other appends what it lacks. Changed on both: `record.merging.merge`, and one merged revision
  is appended on both sides. Either way both histories end up with every revision of both: a laptop that is lost takes
  no word along (R40). A revision keeps its instant, its author, its note and its token; only its number is the one that
  comes next, since numbers that somebody has in hand must never change their meaning.
- Changed on both to different things: a clash. Nothing of that incident is written anywhere, unless one side is
  preferred; then what the other side says is in the revision before. All other incidents are brought together.
- Deleted on one side and untouched on the other: deleted on both. Deleted and changed: a clash.
- Erased on one side: the erasure is a change, and stands where the other side left the field alone. The revisions of
  the other side may still hold the erased words, so they stay where they are; the result says where the same erasure
  has to be run. Where other words of one incident were erased on each side, that is a clash which no side can settle.

Each incident is one transaction on each side, first there, then here, and is only written if it stands as it was read.
What was interrupted anywhere is found half-done by the next run, and finished: revisions are known by their tokens.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pydantic_core import to_jsonable_python

from postmortem.store import travelling
from postmortem.store.copies import Kept, differ, plan
from postmortem.store.engine import read, write
from postmortem.store.parties import Party, introduced
from postmortem.store.renumbering import renumber
from postmortem.store.results import ErasedApart, Renumbered, SyncClash, SyncResult
from postmortem.store.texts import instant_text, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from postmortem.record.merging import Clash, Side
    from postmortem.store.copies import Copy, Plan
    from postmortem.store.travelling import Entry

ROUNDS: Final = 8
"""How often both stores are looked through, where others save meanwhile, before the rest is left to the next run."""


@dataclass(slots=True)
class _Done:
    """What became of one incident in this run."""

    deeds: set[str] = field(default_factory=set)
    clashes: tuple[Clash, ...] = ()
    settled: tuple[Clash, ...] = ()
    title: str = ""
    erased: tuple[str, str] | None = None
    looked_at: tuple[int, int] = (0, 0)


def sync(
    here: Party,
    there: Party,
    *,
    clock: Callable[[], datetime],
    by: str = "",
    prefer: Side | None = None,
    dry_run: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> SyncResult:
    """Bring two stores to the same state. See `Store.sync`."""
    peer = introduced(here, there, dry_run=dry_run)
    work = _Sync(here, there, peer, clock, plain(by), prefer, dry_run=dry_run, progress=progress)
    left: set[str] = set()
    for _ in range(1 if dry_run else ROUNDS):
        left = work.round()
        if not left:
            break
    return work.result(set() if dry_run else left)


@dataclass(slots=True)
class _Sync:
    """One run."""

    here: Party
    there: Party
    peer: str
    clock: Callable[[], datetime]
    by: str
    prefer: Side | None
    dry_run: bool
    progress: Callable[[int, int], None] | None
    done: dict[str, _Done] = field(default_factory=dict)
    renumbered: dict[str, Renumbered] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    def round(self) -> set[str]:
        """Look through both stores once; what it gives has to be looked at again."""
        mine, theirs = (read(party.engine, travelling.inventory) for party in (self.here, self.there))
        met = read(self.here.engine, lambda connection: travelling.meetings_with(connection, self.peer))
        pairs = {uid: uid for uid in mine if uid in theirs} | _twins(mine, theirs)
        alone = [uid for uid in mine if uid not in pairs]
        known = set(pairs.values())
        arriving = [uid for uid in theirs if uid not in known]
        self.ids = {uid: theirs[uid].incident_id for uid in theirs} | {
            pairs.get(uid, uid): entry.incident_id for uid, entry in mine.items()
        }
        if again := self._numbers(mine, theirs, alone, pairs, met):
            return again

        left: set[str] = set()
        count = len(alone) + len(arriving) + len(pairs)
        done = 0
        for names, deal in ((alone, self._send), (arriving, self._receive)):
            for uid in names:
                self._tell(done := done + 1, count)
                if not deal(uid):
                    left.add(uid)
        for uid, to in pairs.items():
            self._tell(done := done + 1, count)
            if not self._is_settled(mine[uid], theirs[to], to, met.get(to), same_name=uid == to):
                left |= set() if self._meet(uid, to, met.get(to)) else {to}
        return left

    def _tell(self, done: int, count: int) -> None:
        if self.progress is not None:
            self.progress(done, count)

    def _numbers(
        self,
        mine: Mapping[str, Entry],
        theirs: Mapping[str, Entry],
        alone: Iterable[str],
        pairs: Mapping[str, str],
        met: Mapping[str, tuple[int, int]],
    ) -> set[str]:
        """See that every incident has one id in both stores; what had to be changed for that."""
        taken = {entry.incident_id for entry in theirs.values()}
        homeless = {uid for uid in alone if mine[uid].incident_id in taken}
        moves = {uid: new for uid, to in pairs.items() if mine[uid].incident_id != (new := theirs[to].incident_id)}
        if self.dry_run:
            said = dict.fromkeys(homeless, "") | moves
            self.renumbered |= {uid: Renumbered(mine[uid].incident_id, new) for uid, new in said.items()}
            return set()
        for uid in homeless:
            self._send(uid)
        if not homeless and moves:
            known = {uid: numbers[0] for uid, numbers in met.items()}
            self.renumbered |= renumber(self.here, moves, known, at=self.clock(), by=self.by)
        return homeless or set(moves)

    def _did(self, uid: str, *deeds: str) -> None:
        self.done.setdefault(uid, _Done()).deeds.update(deeds)

    def _send(self, uid: str) -> bool:
        """An incident that is only here goes there."""
        copy = self.here.copy(uid, closed=not self.dry_run)
        if copy is None:
            return False
        if self.dry_run:
            self._did(uid, "sent")
            return True
        taken = write(self.there.engine, lambda connection: _begun(connection, copy, self.there, self.clock()))
        if taken is None:
            return False
        self._did(uid, "sent")
        incident_id, number = taken
        return incident_id == copy.incident_id and self._note(copy, uid, number)

    def _receive(self, uid: str) -> bool:
        """An incident that is only there comes here."""
        copy = self.there.copy(uid, closed=not self.dry_run)
        if copy is None:
            return False

        def take_in(connection: Connection) -> bool:
            if not travelling.is_free(connection, copy.incident_id):
                return False
            taken = _begun(connection, copy, self.here, self.clock())
            if taken is not None:
                travelling.note_meeting(connection, self.peer, uid, (taken[1], copy.head.number), self.clock())
            return taken is not None

        if not self.dry_run and not write(self.here.engine, take_in):
            return False
        self._did(uid, "received")
        return True

    def _note(self, copy: Copy, uid: str, number: int) -> bool:
        """Note that an incident says the same here and there, if it still does here."""

        def note(connection: Connection) -> bool:
            as_read = travelling.still(connection, copy)
            if as_read:
                travelling.note_meeting(connection, self.peer, uid, (copy.head.number, number), self.clock())
            return as_read

        return write(self.here.engine, note)

    def _is_settled(self, mine: Entry, theirs: Entry, to: str, met: tuple[int, int] | None, *, same_name: bool) -> bool:
        numbers = (mine.revision, theirs.revision)
        done = self.done.get(to)
        if done is not None and done.clashes and done.looked_at == numbers:
            return True
        return same_name and numbers == met and (mine.digest, mine.gone) == (theirs.digest, theirs.gone)

    def _meet(self, uid: str, to: str, met: tuple[int, int] | None) -> bool:
        """An incident that both hold comes to say the same in both."""
        here = self.here.copy(uid, closed=not self.dry_run)
        there = self.there.copy(to, closed=not self.dry_run)
        if here is None or there is None:
            return False
        what = plan(
            here,
            there,
            met,
            self._new(here, there),
            playbook=self.here.playbook,
            now=self.clock(),
            prefer=self.prefer,
        )
        done = self.done.setdefault(to, _Done())
        done.title, done.looked_at = here.head.incident.title, (here.head.number, there.head.number)
        done.clashes = what.clashes
        if not what.clashes:
            if not self.dry_run and not self._write(here, there, what):
                return False
            done.settled += what.settled
            done.deeds |= _deeds(here, there, what)
            if what.erased:
                side = here if what.erased == "here" else there
                at = max(kept.at for kept in side.revisions if kept.deed == "erase")
                done.erased = (what.erased, at)
        return True

    def _new(self, here: Copy, there: Copy) -> Kept:
        note = (
            f"put together: {self.here.label} (revision {here.head.number}) "
            f"and {self.there.label} (revision {there.head.number})"
        )
        at = max(instant_text(self.clock()), here.head.at, there.head.at)
        return Kept(0, at, self.by, note, "", sealed=True, digest="", deed="sync", token=None, document="")

    def _write(self, here: Copy, there: Copy, what: Plan) -> bool:
        def append(connection: Connection, party: Party, copy: Copy, new: tuple[Kept, ...]) -> int | None:
            if not travelling.still(connection, copy):
                return None
            source = here if copy is there else there
            return travelling.append(
                connection, copy, new, party.playbook, gone=what.gone, source=source, uid=there.uid
            )

        number = there.head.number
        if what.to_there:
            written = write(self.there.engine, lambda connection: append(connection, self.there, there, what.to_there))
            if written is None:
                return False
            number = written

        def finish(connection: Connection) -> bool:
            own = append(connection, self.here, here, what.to_here)
            if own is not None:
                travelling.note_meeting(connection, self.peer, there.uid, (own, number), self.clock())
            return own is not None

        return write(self.here.engine, finish)

    def result(self, left: set[str]) -> SyncResult:
        """What became of every incident."""
        if not self.dry_run:
            found = read(self.here.engine, travelling.inventory)
            self.ids |= {uid: entry.incident_id for uid, entry in found.items()}
        deeds = Counter(deed for done in self.done.values() for deed in done.deeds)
        named = {
            deed: tuple(sorted(self.ids.get(uid, "") for uid, done in self.done.items() if deed in done.deeds))
            for deed in deeds
        }
        touched = {uid for uid, done in self.done.items() if done.deeds or done.clashes} | left
        return SyncResult(
            self.here.name,
            self.there.name,
            **named,
            unchanged=len(self.ids.keys() - touched),
            renumbered=tuple(sorted(self.renumbered.values(), key=lambda one: one.old)),
            clashes=self._shown("clashes"),
            settled=self._shown("settled"),
            erased=self._erased(),
            unfinished=tuple(sorted(self.ids.get(uid, "") for uid in left)),
            dry_run=self.dry_run,
        )

    def _shown(self, which: str) -> tuple[SyncClash, ...]:
        found = [
            SyncClash(
                self.ids.get(uid, ""),
                done.title,
                clash.place,
                to_jsonable_python(clash.mine),
                to_jsonable_python(clash.theirs),
            )
            for uid, done in self.done.items()
            for clash in getattr(done, which)
        ]
        return tuple(sorted(found, key=lambda clash: (clash.incident_id, clash.place)))

    def _erased(self) -> tuple[ErasedApart, ...]:
        """Where one store still holds what the other has erased; said at every run, until that is done there too."""
        found = {uid: done.erased for uid, done in self.done.items() if done.erased}
        own, other = (read(party.engine, travelling.erased) for party in (self.here, self.there))
        for where, erased, spared in (("here", own, other), ("there", other, own)):
            for uid, at in erased.items():
                if uid in found or uid in spared:
                    continue
                here, there = self.here.copy(uid, closed=False), self.there.copy(uid, closed=False)
                if here is not None and there is not None and differ(here, there):
                    found[uid] = (where, at)
        return tuple(
            sorted(
                (ErasedApart(self.ids.get(uid, ""), *said) for uid, said in found.items()),
                key=lambda one: one.incident_id,
            )
        )


def _begun(connection: Connection, copy: Copy, party: Party, now: datetime) -> tuple[str, int] | None:
    """Where an incident was taken in, and as which revision; `None` where it is there already."""
    if travelling.is_known(connection, copy.uid):
        return None
    return travelling.begin(connection, copy, party.playbook, now)


def _deeds(here: Copy, there: Copy, what: Plan) -> set[str]:
    told = {
        "updated_here": bool(what.to_here),
        "updated_there": bool(what.to_there),
        "merged": what.merged,
        "deleted": what.gone and not (here.gone and there.gone),
    }
    return {deed for deed, did in told.items() if did}


def _twins(mine: Mapping[str, Entry], theirs: Mapping[str, Entry]) -> dict[str, str]:
    """The incidents that came into both stores from one source, or from one file, each with its name there."""
    free: dict[tuple[str, ...], list[str]] = {}
    for uid, entry in theirs.items():
        if uid not in mine and (origin := _origin(entry)):
            free.setdefault(origin, []).append(uid)
    twins = {}
    for uid, entry in mine.items():
        if uid not in theirs and (same := free.get(_origin(entry))):
            twins[uid] = same.pop(0)
    return twins


def _origin(entry: Entry) -> tuple[str, ...]:
    if entry.source_digest:
        return (entry.source_digest,)
    return (entry.incident_id, entry.imported_digest) if entry.imported_digest else ()
