"""One incident in two copies of a store: what they share, what each takes over from the other, what shall stand.

A revision is known by its token in every copy, whatever number it has there; one from before there were tokens by its
number and its instant. Each history holds all that its last revision was made from: so a copy whose last revision the
other one holds is simply behind, and what both hold last is what both were made from.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from postmortem.record import states
from postmortem.record.incident import Incident
from postmortem.record.merging import Clash, merge
from postmortem.record.reading import incident_from, json_text
from postmortem.store.documents import content_of, new_token

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from postmortem.record.merging import Side
    from postmortem.record.playbook import Playbook
    from postmortem.store.documents import Content

_GIVEN: Final = re.compile(r'(\{"title":"(?:[^"\\]|\\.)*")(?:,"id":"(?:[^"\\]|\\.)*")?(?:,"revision":\d+)?')

Pair = tuple[int, int]
"""The places of one revision in the history here and in the one there."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One revision as the store keeps it; see `schema.revisions`."""

    number: int
    at: str
    by: str
    note: str
    state: str
    sealed: bool
    digest: str
    deed: str
    token: str | None
    document: str = field(repr=False)
    made_from: int | None = None

    @property
    def name(self) -> str:
        """What it is known by in every copy."""
        return self.token or f"{self.number}@{self.at}"

    @property
    def incident(self) -> Incident:
        """The incident as it was."""
        return incident_from(self.document, f"revision {self.number}")


@dataclass(frozen=True, slots=True)
class Copy:
    """An incident with its whole history, as one store holds it; see `schema.documents`."""

    uid: str
    incident_id: str
    begun_at: str
    deleted_at: str | None
    imported_digest: str | None
    imported_revision: int | None
    imported_document: str | None = field(repr=False)
    revisions: tuple[Kept, ...] = field(repr=False)

    @property
    def head(self) -> Kept:
        """Its current revision."""
        return self.revisions[-1]

    @property
    def gone(self) -> bool:
        """Whether it is deleted."""
        return self.deleted_at is not None

    def origin(self, kept: Kept) -> Kept | None:
        """The revision that one of this history was made from."""
        before = (one for one in reversed(self.revisions) if one.number < kept.number)
        return next((one for one in before if kept.made_from is None or one.number == kept.made_from), None)

    def gone_at(self, place: int) -> bool:
        """Whether it was deleted at one place of its history."""
        if place == len(self.revisions) - 1:
            return self.gone
        deeds = (kept.deed for kept in reversed(self.revisions[: place + 1]))
        # What is erased from a deleted incident does not bring it back.
        return next((deed for deed in deeds if deed != "erase"), "") == "delete"


@dataclass(frozen=True, slots=True)
class Plan:
    """What has to be done so that both copies say the same.

    Attributes:
        to_here: The revisions that are appended here, in this order; they still have the numbers of the other side.
        to_there: The revisions that are appended there.
        gone: Whether it is deleted then.
        merged: Whether changes of both sides were put together.
        clashes: Where both changed the same, each to something else; nothing is to be done where there are some.
        settled: The clashes that the preferred side has settled.
        erased: `here` or `there` where one side erased something that the other one's history still holds.
    """

    to_here: tuple[Kept, ...] = ()
    to_there: tuple[Kept, ...] = ()
    gone: bool = False
    merged: bool = False
    clashes: tuple[Clash, ...] = ()
    settled: tuple[Clash, ...] = ()
    erased: str = ""


@dataclass(frozen=True, slots=True)
class _Target:
    """What shall stand in both."""

    content: Content | None
    digest: str
    gone: bool
    merged: bool = False
    clashes: tuple[Clash, ...] = ()


def numbered(document: str, incident_id: str, number: int) -> str:
    """A stored document with another id and another number, and not a sign of it changed besides.

    Examples:
        >>> numbered('{"title":"Late","id":"2026-001","revision":3,"owner":"Ana"}', "2026-002", 5)
        '{"title":"Late","id":"2026-002","revision":5,"owner":"Ana"}'
    """
    start = _GIVEN.match(document)
    if start is None:
        incident = incident_from(document, f"incident {incident_id}")
        return json_text(incident.model_copy(update={"id": incident_id, "revision": number}))
    given = f',"id":{json.dumps(incident_id, ensure_ascii=False)},"revision":{number}'
    return f"{start[1]}{given}{document[start.end() :]}"


def plan(
    here: Copy,
    there: Copy,
    met: tuple[int, int] | None,
    new: Kept,
    *,
    playbook: Playbook,
    now: datetime,
    prefer: Side | None = None,
) -> Plan:
    """What to do with an incident that both stores hold.

    Args:
        here: It as it stands here.
        there: It as it stands there.
        met: The numbers of the revisions that said the same here and there when the two met last.
        new: A revision to begin with, should one have to be made that puts both together: when, by whom, and a note.
        playbook: The gates that what was put together has to pass to stay closed.
        now: When that is asked; aware.
        prefer: Which side settles a clash; a clash stands where nobody says.
    """
    shared = _shared(here, there, met)
    base = shared.base
    news_here = [at for at in range(len(here.revisions)) if at not in shared.here]
    news_there = [at for at in range(len(there.revisions)) if at not in shared.there]

    erased_here = any(here.revisions[at].deed == "erase" for at in news_here)
    erased_there = any(there.revisions[at].deed == "erase" for at in news_there)
    apart = shared.differ
    if apart and erased_here and erased_there:
        return Plan(clashes=(Clash("history", None, "other words erased here", "other words erased there"),))
    if any(kept.deed == "erase" for kept in (*here.revisions, *there.revisions)):
        # What was held back once, as it names what was erased elsewhere, is never sent after.
        news_here = [at for at in news_here if base is None or at > base[0]]
        news_there = [at for at in news_there if base is None or at > base[1]]
    alike = erased_here and erased_there and not apart
    if erased_here and not alike:
        news_there = []
    if erased_there and not alike:
        news_here = []

    target = _target(here, there, base, by_there=erased_here, prefer=prefer)
    if target.clashes and prefer is None:
        return Plan(clashes=target.clashes)
    if target.merged and target.content is not None and not target.gone:
        stands = states.met(target.content.incident, (here.head.incident, there.head.incident), playbook, now)
        content = content_of(stands)
        target = replace(target, content=content, digest=content.digest)
    to_here = tuple(there.revisions[at] for at in news_there)
    to_there = tuple(here.revisions[at] for at in news_here)
    lasts = ((to_here or (here.head,))[-1], (to_there or (there.head,))[-1])
    if target.merged or not all(_fits(last, target, here, there) for last in lasts):
        last = _made(target, new, here, there)
        to_here, to_there = (*to_here, last), (*to_there, last)
    return Plan(
        to_here,
        to_there,
        target.gone,
        merged=target.merged,
        settled=target.clashes,
        erased="" if alike or not apart or not (erased_here or erased_there) else "here" if erased_here else "there",
    )


def differ(here: Copy, there: Copy) -> bool:
    """Whether a revision that both hold says different things: words were erased from it on one side."""
    return _shared(here, there, None).differ


@dataclass(frozen=True, slots=True)
class _Shared:
    """What two histories have in common.

    Attributes:
        base: The last revision that both were made from.
        here: The places in the history here that the one there holds too.
        there: The places in the history there that the one here holds too.
        differ: Whether a revision that both hold says different things: words were erased from it on one side.
    """

    base: Pair | None
    here: frozenset[int]
    there: frozenset[int]
    differ: bool = False


def _shared(here: Copy, there: Copy, met: tuple[int, int] | None) -> _Shared:
    places = {name: at for at, name in enumerate(_names(there.revisions))}
    pairs = [(at, places[name]) for at, name in enumerate(_names(here.revisions)) if name in places]
    base: Pair | None
    if pairs:
        differ = any(here.revisions[i].digest != there.revisions[j].digest for i, j in pairs)
        base = max(pairs, key=lambda pair: pair[1])
        known = frozenset(i for i, _ in pairs), frozenset(j for _, j in pairs)
    else:
        # No name in common, but one file may have been read in both: what says the same is the same.
        differ = False
        last = {kept.digest: at for at, kept in enumerate(there.revisions)}
        own = {kept.digest for kept in here.revisions}
        base = max(
            ((at, last[kept.digest]) for at, kept in enumerate(here.revisions) if kept.digest in last), default=None
        )
        known = (
            frozenset(at for at, kept in enumerate(here.revisions) if kept.digest in last),
            frozenset(at for at, kept in enumerate(there.revisions) if kept.digest in own),
        )
    met_at = _met_at(here, there, met)
    if met_at is not None and (base is None or (met_at[0] >= base[0] and met_at[1] >= base[1])):
        base = met_at
    return _Shared(base, *known, differ)


def _names(revisions: Sequence[Kept]) -> list[tuple[str, int]]:
    """The names of revisions, each with how often it stood there before: one save may have made several."""
    seen: Counter[str] = Counter()
    names = []
    for kept in revisions:
        names.append((kept.name, seen[kept.name]))
        seen[kept.name] += 1
    return names


def _met_at(here: Copy, there: Copy, met: tuple[int, int] | None) -> Pair | None:
    """Where the two met last, if both still hold what they held then: a backup may have been restored since."""
    if met is None:
        return None
    i = next((at for at, kept in enumerate(here.revisions) if kept.number == met[0]), None)
    j = next((at for at, kept in enumerate(there.revisions) if kept.number == met[1]), None)
    same = i is not None and j is not None and here.revisions[i].digest == there.revisions[j].digest
    return (i, j) if same and i is not None and j is not None else None


def _target(here: Copy, there: Copy, base: Pair | None, *, by_there: bool, prefer: Side | None) -> _Target:
    mine, theirs = here.head, there.head
    if (mine.digest, here.gone) == (theirs.digest, there.gone):
        return _Target(None, mine.digest, here.gone)
    # What was erased on one side counts as a change of it: the base still says it.
    start = (there.revisions[base[1]] if by_there else here.revisions[base[0]]) if base is not None else None
    was_gone = base is not None and here.gone_at(base[0])
    if start is not None and (mine.digest, here.gone) == (start.digest, was_gone):
        return _Target(None, theirs.digest, there.gone)
    if start is not None and (theirs.digest, there.gone) == (start.digest, was_gone):
        return _Target(None, mine.digest, here.gone)
    if here.gone != there.gone and not was_gone:
        said = ("deleted here", "changed there") if here.gone else ("changed here", "deleted there")
        stands, gone = (mine, here.gone) if prefer != "theirs" else (theirs, there.gone)
        return _Target(
            content_of(stands.incident), stands.digest, gone, merged=True, clashes=(Clash("deleted", None, *said),)
        )
    empty = Incident(title="-")
    both = merge(
        start.incident if start is not None else empty, mine.incident, theirs.incident, prefer=prefer or "mine"
    )
    content = content_of(both.incident)
    return _Target(content, content.digest, here.gone and there.gone, merged=True, clashes=both.clashes)


def _fits(last: Kept, target: _Target, here: Copy, there: Copy) -> bool:
    gone = next((copy.gone for copy in (here, there) if last is copy.head), last.deed == "delete")
    return (last.digest, gone) == (target.digest, target.gone)


def _made(target: _Target, new: Kept, here: Copy, there: Copy) -> Kept:
    content = target.content
    if content is None:
        content = content_of((here.head if here.head.digest == target.digest else there.head).incident)
    return replace(
        new,
        state=content.incident.state,
        digest=content.digest,
        deed="delete" if target.gone else "sync",
        token=new_token(),
        document=json_text(content.incident),
    )
