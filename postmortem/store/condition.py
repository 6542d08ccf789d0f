"""Whether a store is sound, for `postmortem doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, func, select, text

from postmortem.record.errors import DataError, Problem, shown
from postmortem.record.reading import incident_from
from postmortem.store.derived import FLAT
from postmortem.store.documents import content_of
from postmortem.store.errors import StoreError
from postmortem.store.flat import rows_of
from postmortem.store.migration import version
from postmortem.store.schema import HEAD, documents, revisions, rounds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Table

    from postmortem.record.playbook import Playbook
    from postmortem.store.flat import Row

SAMPLED: Final = 1_000
"""How many of the incidents saved last have every row compared with their document."""

REBUILD: Final = "postmortem doctor --rebuild"
"""What makes the rows again; whoever gave another playbook names it there, too."""

_REBUILD: Final = f"make the rows again: {REBUILD}, or store.rebuild_tables(); the documents stay"
_RULED: Final[Mapping[str, tuple[str, frozenset[str]]]] = {
    "incidents": ("incident_id", frozenset({"severity", "currency"})),
    "actions": ("action_id", frozenset({"strength"})),
    "compensations": ("compensation_id", frozenset({"currency"})),
    "steps": ("step_id", frozenset({"procedure", "number", "status", "due_at", "due_on", "in_order"})),
    "promises": ("promise_id", frozenset({"kind", "text", "due_at", "due_on", "met_at", "status"})),
}
"""What the playbook decides in a table, by columns, and what tells its rows apart."""
_DATED: Final = frozenset({"steps", "promises"})
"""The tables of which the playbook decides, too, which rows there are."""
_PAGE: Final = 500
_TOLD: Final = 100
"""How many revisions that are not sound are told one by one."""
_KEPT: Final = select(func.count()).select_from(documents).where(documents.c.deleted_at.is_(None))


def problems(connection: Connection, playbook: Playbook, everything: bool = False) -> list[Problem]:  # noqa: FBT001, FBT002 - a switch of `Store.check`, where it is named
    """Everything that is wrong with a store; empty when all is sound.

    Args:
        connection: To read with.
        playbook: The rules that the rows are compared by.
        everything: Whether every incident and every revision is looked at, within a bounded memory.
    """
    try:
        found = version(connection)
    except StoreError as error:
        return [Problem("schema", str(error))]
    if found != HEAD:
        return [Problem("schema", f"version {found or 'missing'}, expected {HEAD}", "open the store again")]
    return [
        *damage(connection),
        *torn(connection),
        *(_histories(connection) if everything else ()),
        *_adrift(connection),
        *_counts(connection),
        *_rows(connection, playbook, everything=everything),
    ]


def compared(connection: Connection, *, everything: bool) -> int:
    """How many incidents `problems` compares with their rows."""
    kept = int(connection.execute(_KEPT).scalar_one())
    return kept if everything else min(SAMPLED, kept)


def damage(connection: Connection) -> list[Problem]:
    """What is wrong with the file itself, whatever it holds."""
    if connection.dialect.name != "sqlite":
        return []
    found = [
        Problem("file", str(line), "keep a copy of the file, and restore the last backup")
        for (line,) in connection.execute(text("PRAGMA integrity_check(10)"))
        if line != "ok"
    ]
    broken = connection.execute(text("PRAGMA foreign_key_check")).all()
    if broken:
        found.append(Problem("file", f"{len(broken)} rows belong to an incident that is not there", _REBUILD))
    return found


def torn(connection: Connection) -> list[Problem]:
    """The incidents whose current document is not the one of their last revision, up to ten."""
    same = and_(
        revisions.c.incident_id == documents.c.incident_id,
        revisions.c.number == documents.c.revision,
        revisions.c.document == documents.c.document,
        revisions.c.digest == documents.c.digest,
    )
    lost = (
        select(documents.c.incident_id)
        .outerjoin(revisions, same)
        .where(revisions.c.incident_id.is_(None))
        .order_by(documents.c.incident_id)
        .limit(10)
    )
    return [
        Problem(
            f"incident {identifier}",
            "its current document is not the one of its last revision",
            "load it and save it again",
        )
        for identifier in connection.execute(lost).scalars()
    ]


def _histories(connection: Connection) -> Iterator[Problem]:
    """The revisions that can't be read, or say something else than they said when they were saved."""
    found = select(revisions.c.incident_id, revisions.c.number, revisions.c.digest, revisions.c.document)
    told = 0
    for identifier, number, digest, document in connection.execute(
        found, execution_options={"stream_results": True, "yield_per": _PAGE}
    ):
        where = f"incident {identifier}, revision {number}"
        try:
            content = content_of(incident_from(document, where))
        except DataError as error:
            yield Problem(where, f"it can't be read: {shown(str(error))}", "the revisions beside it are not touched")
        else:
            if content.digest == digest:
                continue
            yield Problem(where, "it was changed outside the store", "compare it with a backup")
        told += 1
        if told == _TOLD:
            return


def _adrift(connection: Connection) -> Iterator[Problem]:
    """Rounds of ideas that nobody finds any more."""
    same = documents.c.uid == rounds.c.uid
    lost = select(func.count()).select_from(rounds.outerjoin(documents, same)).where(documents.c.uid.is_(None))
    if count := connection.execute(lost).scalar_one():
        finding = f"{count} of them belong{'s' if count == 1 else ''} to an incident that is not there"
        yield Problem("rounds of ideas", finding, "what was written in them stands in the table ideas, and in a backup")


def _counts(connection: Connection) -> Iterator[Problem]:
    kept = connection.execute(_KEPT).scalar_one()
    rows = connection.execute(select(func.count()).select_from(FLAT[0])).scalar_one()
    if kept != rows:
        yield Problem("table incidents", f"{rows} rows for {kept} documents", _REBUILD)


def _rows(connection: Connection, playbook: Playbook, *, everything: bool) -> Iterator[Problem]:
    latest = select(documents.c.incident_id, documents.c.digest, documents.c.document)
    latest = latest.where(documents.c.deleted_at.is_(None)).limit(_PAGE)
    ruled: dict[str, set[str]] = {}
    if not everything:
        newest = latest.order_by(documents.c.updated_at.desc(), documents.c.incident_id.desc()).limit(SAMPLED)
        yield from _compared(connection, playbook, connection.execute(newest).all(), ruled)
    else:
        last = ""
        in_order = latest.order_by(documents.c.incident_id)
        while page := connection.execute(in_order.where(documents.c.incident_id > last)).all():
            yield from _compared(connection, playbook, page, ruled)
            last = page[-1].incident_id
    if ruled:
        what = "dates" if all(map(_DATED.issuperset, ruled.values())) else "rows"
        count = f"{len(ruled):,} incident{'' if len(ruled) == 1 else 's'}"
        yield Problem("rows", f"the {what} of {count} follow other rules than the playbook's now", REBUILD)


def _compared(
    connection: Connection, playbook: Playbook, sampled: Sequence[Any], ruled: dict[str, set[str]]
) -> Iterator[Problem]:
    """What differs by damage; which tables differ only in what the playbook decides is gathered by incident."""
    stored = {table.name: _stored(connection, table, [row.incident_id for row in sampled]) for table in FLAT}
    for identifier, digest, document in sampled:
        try:
            incident = incident_from(document, f"incident {identifier}")
        except DataError as error:
            yield Problem(f"incident {identifier}", f"its document can't be read: {shown(str(error))}")
            continue
        if content_of(incident).digest != digest:
            yield Problem(f"incident {identifier}", "its document was changed outside the store", "save it again")
        flat = rows_of(incident, playbook)
        for table in FLAT:
            expected, found = getattr(flat, table.name), stored[table.name].get(identifier, [])
            if sorted(map(_comparable, expected)) == sorted(map(_comparable, found)):
                continue
            if _is_ruled(table.name, expected, found):
                ruled.setdefault(identifier, set()).add(table.name)
            else:
                yield Problem(f"incident {identifier}", f"its rows in {table.name} differ from its document", _REBUILD)


def _is_ruled(name: str, expected: Sequence[Row], found: Sequence[Row]) -> bool:
    """Whether rows differ only in what the playbook decides: they were made under another one."""
    if name not in _RULED or bool(expected) != bool(found):
        return False
    key, columns = _RULED[name]
    want, have = (
        {row[key]: {column: value for column, value in row.items() if column not in columns} for row in rows}
        for rows in (expected, found)
    )
    if len(have) < len(found) or (name not in _DATED and want.keys() != have.keys()):
        return False
    return all(want[one] == have[one] for one in want.keys() & have.keys())


def _stored(connection: Connection, table: Table, identifiers: list[str]) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {}
    found = select(table).where(table.c.incident_id.in_(identifiers))
    for row in connection.execute(found).mappings():
        rows.setdefault(row["incident_id"], []).append(dict(row))
    return rows


def _comparable(row: Row) -> str:
    return repr(sorted(row.items()))
