"""Other ids for incidents of a store, with the links and texts that name them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from postmortem.record.reading import document, incident_from, json_text
from postmortem.store import forwarding, travelling
from postmortem.store.copies import Kept
from postmortem.store.documents import content_of, new_token
from postmortem.store.engine import read, write
from postmortem.store.results import Renumbered
from postmortem.store.texts import instant_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from postmortem.store.copies import Copy
    from postmortem.store.parties import Party

_OURS: Final = re.compile(r"\d{4}-\d{3,9}")
_UNTOUCHED: Final = frozenset({"id", "revision", "source", "extra"})
_WAITING: Final = "moving-"


def renumber(
    here: Party, moves: Mapping[str, str], met: Mapping[str, int], *, at: datetime, by: str
) -> dict[str, Renumbered]:
    """Give incidents here the ids that they have there, all in one transaction.

    What was written here and names one of them is changed along: every link, and in texts the ids of the form that
    stores give (`2026-014`). What the other store holds too was written about the ids there, and stays.

    Args:
        here: The store in which ids change.
        moves: The new ids, by what the incidents are known by here.
        met: The numbers of the revisions that both stores held when they met last, by what the incidents are known by.
        at: When it is done.
        by: Who does it.

    Returns:
        What was renumbered, by what it is known by here.
    """
    copies = {uid: copy for uid in moves if (copy := here.copy(uid, closed=False))}
    names = {copy.incident_id: moves[uid] for uid, copy in copies.items()}
    found = read(here.engine, lambda connection: {uid for old in names for uid in travelling.naming(connection, old)})
    said_there = {uid: _said_there(here.copy(uid, closed=False), met.get(uid)) for uid in found}

    def work(connection: Connection) -> dict[str, Renumbered]:
        moved = _move(connection, here, copies, moves)
        changed = {old: new for old, new in names.items() if old in {one.old for one in moved.values()}}
        for uid, known in said_there.items():
            _rename(connection, here, uid, changed, known, at=at, by=by)
        return moved

    return write(here.engine, work)


def _said_there(copy: Copy | None, number: int | None) -> frozenset[str]:
    """Every text of the revision that the other store knows; what was only just sent there names what it names here."""
    kept = next((kept for kept in copy.revisions if kept.number == number), None) if copy else None
    return frozenset(_texts(document(kept.incident))) if kept is not None else frozenset()


def _texts(value: Any) -> list[str]:  # noqa: ANN401 - plain data
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for part in parts for text in _texts(part)]


def _move(
    connection: Connection, here: Party, copies: Mapping[str, Copy], moves: Mapping[str, str]
) -> dict[str, Renumbered]:
    pending = {uid: copy for uid, copy in copies.items() if travelling.still(connection, copy)}
    for uid, copy in pending.items():
        travelling.remember(connection, copy, moves[uid])
    origin = {uid: copy.incident_id for uid, copy in pending.items()}
    moved: dict[str, Renumbered] = {}
    last: dict[str, Copy] = {}
    while pending:
        ready = [uid for uid in pending if travelling.is_free(connection, moves[uid])]
        for uid in ready:
            if travelling.is_free(connection, moves[uid]):
                last[uid] = travelling.move(connection, pending.pop(uid), moves[uid], here.playbook)
                moved[uid] = Renumbered(origin[uid], moves[uid])
        if ready:
            continue
        held = {copy.incident_id: uid for uid, copy in pending.items()}
        swapped = next((held[moves[uid]] for uid in pending if moves[uid] in held), None)
        if swapped is None:
            break  # taken by one that is not yet known there: the next round finds it
        # Two that change places: one waits outside.
        pending[swapped] = travelling.move(connection, pending[swapped], f"{_WAITING}{swapped}", here.playbook)
    for uid, copy in pending.items():
        if copy.incident_id != origin[uid]:
            last[uid] = travelling.move(connection, copy, origin[uid], here.playbook)
    _note_ways(connection, copies, last)
    travelling.respect(connection, [one.new for one in moved.values()])
    return moved


def _note_ways(connection: Connection, before: Mapping[str, Copy], after: Mapping[str, Copy]) -> None:
    for uid, now in after.items():
        old = before[uid]
        numbers = [kept.number for kept in old.revisions]
        to = (now.incident_id, now.head.number)
        if to != (old.incident_id, numbers[-1]):
            forwarding.note(connection, uid, (old.incident_id, numbers[0], numbers[-1]), to)


def _rename(
    connection: Connection,
    here: Party,
    uid: str,
    names: Mapping[str, str],
    known: frozenset[str],
    *,
    at: datetime,
    by: str,
) -> None:
    copy = travelling.copy_of(connection, uid)
    if copy is None or copy.gone:
        return
    before = document(copy.head.incident)
    after = {
        name: part if name in _UNTOUCHED else _with_names(part, names, known, link=name == "links")
        for name, part in before.items()
    }
    if after == before:
        return
    content = content_of(incident_from(after, f"incident {copy.incident_id}"))
    named = set(_texts(before))
    note = "; ".join(str(Renumbered(old, new)) for old, new in names.items() if any(old in text for text in named))
    new = Kept(
        number=0,
        at=instant_text(at),
        by=by,
        note=note,
        state=content.incident.state,
        sealed=True,
        digest=content.digest,
        deed="sync",
        token=new_token(),
        document=json_text(content.incident),
    )
    travelling.append(connection, copy, [new], here.playbook, gone=False)


def _with_names(value: Any, names: Mapping[str, str], known: frozenset[str], *, link: bool) -> Any:  # noqa: ANN401 - plain data
    if isinstance(value, dict):
        return {name: _with_names(part, names, known, link=link) for name, part in value.items()}
    if isinstance(value, list):
        return [_with_names(part, names, known, link=link) for part in value]
    if not isinstance(value, str) or value in known:
        return value
    if link:
        return names.get(value, value)
    ours = [re.escape(old) for old in names if _OURS.fullmatch(old)]
    if not ours:
        return value
    return re.sub(rf"(?<![\w-])(?:{'|'.join(ours)})(?![\w-])", lambda found: names[found[0]], value)
