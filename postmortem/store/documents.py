"""Writing documents: the current one, its revision and the rows made from it always go together."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, Literal
from uuid import uuid4

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError
from sqlalchemy import Boolean, Text, bindparam, case, delete, insert, select, update

from postmortem.record.base import zone
from postmortem.record.errors import DataError
from postmortem.record.incident import Incident
from postmortem.record.reading import json_text, problems_in
from postmortem.record.terms import ERASED
from postmortem.store.derived import FLAT
from postmortem.store.flat import Row, rows_of
from postmortem.store.schema import documents, numbers, revisions
from postmortem.store.texts import instant_text, plain, source_digest

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Dialect, Table

    from postmortem.record.playbook import Playbook

Deed = Literal["save", "merge", "import", "restore", "delete", "erase", "sync"]
"""What was done to an incident by a revision."""

_GIVEN: Final = {"id", "revision"}
_TITLE: Final = re.compile(r'\{"title":"(?:[^"\\]|\\.)*"')
_NUMBERED: Final = re.compile(r"(\d{4})-(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Content:
    """What an incident says, apart from the id and the revision that the store gives.

    Attributes:
        incident: The incident, with every character storable.
        digest: A short text that is equal only for equal content.
        text: The incident as JSON, without id and revision.
    """

    incident: Incident
    digest: str
    text: str = field(repr=False)

    def numbered(self, identifier: str, revision: int) -> Incident:
        """The incident with an id and a revision."""
        return self.incident.model_copy(update={"id": identifier, "revision": revision})

    def document(self, identifier: str, revision: int) -> str:
        """What `json_text` says of the numbered incident, without going through the whole of it once more.

        Examples:
            >>> content_of(Incident(title="Late", owner="Ana")).document("2026-001", 3)
            '{"title":"Late","id":"2026-001","revision":3,"owner":"Ana"}'
        """
        title = _TITLE.match(self.text)
        assert title is not None  # noqa: S101 - an incident has a title, and it comes first
        given = f',"id":{json.dumps(identifier, ensure_ascii=False)},"revision":{revision}'
        return f"{title[0]}{given}{self.text[title.end() :]}"


def content_of(incident: Incident) -> Content:
    """The content of an incident; halves of characters, which no file can hold, give way to the replacement character.

    Raises:
        DataError: If the parts no longer fit together after that.
    """
    try:
        text = incident.model_dump_json(exclude_defaults=True, exclude=_GIVEN)
    except PydanticSerializationError:
        try:
            incident = Incident.model_validate(_whole(incident.model_dump()))
        except ValidationError as error:
            raise DataError("incident", problems_in(error)) from None
        text = incident.model_dump_json(exclude_defaults=True, exclude=_GIVEN)
    return Content(incident, blake2b(text.encode(), digest_size=16).hexdigest(), text)


def new_token() -> str:
    """A name that nothing else has: of a save, or of an incident among all copies of a store."""
    return uuid4().hex


def _whole(value: Any) -> Any:  # noqa: ANN401 - any part of a document
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {name: _whole(part) for name, part in value.items()}
    if isinstance(value, tuple):
        return tuple(map(_whole, value))
    return value


@dataclass(slots=True)
class Batch:
    """Changes gathered to be written together, a statement for each table.

    Attributes:
        playbook: The rules the flat rows are made with.
        at: When it is saved.
        by: Who saves.
        note: What the savers say of it.
        deed: What is done.
        token: The name of this save, where it may have to be recognised after a lost connection.
    """

    playbook: Playbook
    at: datetime
    by: str = ""
    note: str = ""
    deed: Deed = "save"
    token: str | None = None
    _new: list[Row] = field(default_factory=list)
    _changed: list[Row] = field(default_factory=list)
    _revisions: list[Row] = field(default_factory=list)
    _flat: dict[str, list[Row]] = field(default_factory=dict)

    def begin(
        self,
        incident: Incident,
        digest: str,
        *,
        uid: str = "",
        sealed: bool = True,
        imported: bool = False,
        document: str = "",
    ) -> None:
        """Take in an incident that the store does not hold yet; it has its id and its revision.

        Args:
            incident: The incident.
            digest: That of its content.
            uid: What it is known by in every copy of the store, where that is known.
            sealed: Whether the revision is never taken up by a later one.
            imported: Whether it comes from a file.
            document: The incident as JSON, where it is known already.
        """
        row = self._current(incident, digest, document)
        self._new.append(
            row
            | {
                "begun_at": row["updated_at"],
                "uid": uid or new_token(),
                "imported_digest": digest if imported else None,
                "imported_revision": incident.revision if imported else None,
                "imported_document": None,
            }
        )
        self._keep(incident, row, sealed=sealed, note=self.note)

    def change(
        self,
        incident: Incident,
        digest: str,
        *,
        sealed: bool = True,
        note: str | None = None,
        deed: Deed | None = None,
        deleted: bool = False,
    ) -> None:
        """Take in the next revision of an incident that the store holds."""
        row = self._current(incident, digest)
        row["deleted_at"] = row["updated_at"] if deleted else None
        # By the digest of a source that was erased, the row of a file is still recognised.
        row["keeps"] = incident.source is not None and ERASED in f"{incident.source.system} {incident.source.key}"
        self._changed.append(row)
        self._keep(incident, row, sealed=sealed, note=self.note if note is None else note, deed=deed)

    def _current(self, incident: Incident, digest: str, document: str = "") -> Row:
        return {
            "incident_id": incident.id,
            "revision": incident.revision,
            "updated_at": instant_text(self.at),
            "updated_by": plain(self.by),
            "digest": digest,
            "document": document or json_text(incident),
            "source_digest": source_digest(incident.source.system, incident.source.key) if incident.source else None,
        }

    def _keep(self, incident: Incident, row: Row, *, sealed: bool, note: str, deed: Deed | None = None) -> None:
        self._revisions.append(
            {
                "incident_id": incident.id,
                "number": incident.revision,
                "at": row["updated_at"],
                "by": row["updated_by"],
                "note": plain(note),
                "state": incident.state,
                "sealed": sealed,
                "digest": row["digest"],
                "document": row["document"],
                "deed": deed or self.deed,
                "token": self.token,
            }
        )
        if row.get("deleted_at"):
            return
        flat = rows_of(incident, self.playbook)
        for table in FLAT:
            self._flat.setdefault(table.name, []).extend(getattr(flat, table.name))

    def write(self, connection: Connection) -> None:
        """Write everything gathered, and begin anew."""
        if self._new:
            put(connection, documents, self._new)
        if self._changed:
            connection.execute(_UPDATE, [row | {"which": row["incident_id"]} for row in self._changed])
            drop_flat(connection, [row["incident_id"] for row in self._changed])
        if self._revisions:
            put(connection, revisions, self._revisions)
        write_flat(connection, self._flat)
        self._new, self._changed, self._revisions, self._flat = [], [], [], {}


_SOURCE: Final = case(
    (bindparam("keeps", type_=Boolean), documents.c.source_digest), else_=bindparam("source_digest", type_=Text)
)
_UPDATE: Final = (
    update(documents)
    .where(documents.c.incident_id == bindparam("which"))
    .values(
        {
            name: bindparam(name)
            for name in (
                "revision",
                "updated_at",
                "updated_by",
                "digest",
                "document",
                "deleted_at",
            )
        }
        | {
            "source_digest": case(
                (bindparam("keeps", type_=Boolean), documents.c.source_digest), else_=bindparam("source_digest")
            )
        }
    )
)


def drop_flat(connection: Connection, identifiers: list[str]) -> None:
    """Take out the flat rows of some incidents."""
    for table in FLAT:
        connection.execute(delete(table).where(table.c.incident_id.in_(identifiers)))


def write_flat(connection: Connection, rows: dict[str, list[Row]]) -> None:
    """Write flat rows, by the name of their table."""
    for table in FLAT:
        if found := rows.get(table.name):
            put(connection, table, found)


def put(connection: Connection, table: Table, rows: list[Row]) -> None:
    """Write rows, all with the same columns, as the driver takes them.

    SQLAlchemy goes through every value of every row to see how its type is told to the driver; there is nothing to be
    told for texts, numbers and yes or no.
    """
    names = tuple(rows[0])
    statement, ordered = _insertion(table, names, connection.dialect)
    if ordered:
        connection.exec_driver_sql(statement, list(map(itemgetter(*ordered), rows)))
    else:
        connection.exec_driver_sql(statement, rows)


@lru_cache(maxsize=64)
def _insertion(table: Table, names: tuple[str, ...], dialect: Dialect) -> tuple[str, tuple[str, ...]]:
    """The statement as the driver takes it, and the order of its values; none where they go by their names."""
    compiled = insert(table).compile(dialect=dialect, column_keys=list(names))
    return str(compiled), tuple(compiled.positiontup or ())


class Numbers:
    """The running numbers of each year, taken within one writing transaction and written back at its end."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._last: dict[int, int] = {}
        self._stored: dict[int, int | None] = {}

    def take(self, incident: Incident, now: datetime) -> str:
        """The next free id in the year in which it occurred, where it occurred; else of now."""
        moment = incident.occurred_at
        year = moment.astimezone(zone(incident.zone)).year if moment is not None else now.year
        self._last[year] = self._read(year) + 1
        return f"{year}-{self._last[year]:03d}"

    def respect(self, identifier: str) -> None:
        """Never give the number of an id that came from elsewhere."""
        if found := _NUMBERED.fullmatch(identifier):
            year, number = int(found[1]), int(found[2])
            self._last[year] = max(self._read(year), number)

    def write(self) -> None:
        """Write back which numbers are taken."""
        for year, last in self._last.items():
            if self._stored[year] is None:
                self._connection.execute(insert(numbers).values(year=year, last=last))
            elif self._stored[year] != last:
                self._connection.execute(update(numbers).where(numbers.c.year == year).values(last=last))
            self._stored[year] = last

    def _read(self, year: int) -> int:
        if year not in self._last:
            stored = self._connection.execute(select(numbers.c.last).where(numbers.c.year == year)).scalar()
            self._stored[year] = stored
            self._last[year] = stored or 0
        return self._last[year]
