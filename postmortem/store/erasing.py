"""Erasing a person from a whole store at their request: what stands, what stood, what files said, and all made of it.

Digests of what files said are kept: nothing can be read from them, and by them the same row of a file is recognised at
the next import, so that it does not bring back what was erased. Of a row that has changed since, the fields from which
something was erased are not taken over any more.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, insert, select, update

from postmortem.record.erasure import erase, text_mentions
from postmortem.record.reading import incident_from, json_text
from postmortem.store import certificates as issued
from postmortem.store import traces
from postmortem.store.certificates import Certificate, Found, Place
from postmortem.store.derived import FLAT
from postmortem.store.documents import Numbers, content_of, drop_flat, new_token, put, write_flat
from postmortem.store.flat import rows_of
from postmortem.store.schema import certificates, documents, ideas, meetings, presences, properties, revisions, rounds
from postmortem.store.texts import instant_text, plain

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection, RowMapping, Table

    from postmortem.record.erasure import Mention
    from postmortem.record.playbook import Playbook
    from postmortem.record.terms import Terms
    from postmortem.store.documents import Content

NOTE: Final = "something was erased here at a person's request"
OPEN: Final = (
    "programs that had one of these records open meanwhile: what somebody types into such a field there can bring it "
    "back; look once more tomorrow with --dry-run"
)
"""What no database can see."""

LOOKED_AT: Final = (
    documents.c.incident_id,
    documents.c.updated_by,
    documents.c.document,
    documents.c.imported_document,
    revisions.c.by,
    revisions.c.note,
    revisions.c.document,
    certificates.c.by,
    certificates.c.document,
    properties.c.value,
    meetings.c.peer,
    presences.c.session,
    presences.c.by,
    presences.c.stage,
    presences.c.place,
    rounds.c.about,
    rounds.c.opened_by,
    rounds.c.revealed_by,
    rounds.c.closed_by,
    ideas.c.by,
    ideas.c.text,
)
"""Every column in which something that a person typed can stand; all others are made of these, or by the store."""

_ROWS: Final = 500


@dataclass(slots=True)
class Erasing:
    """One erasing, within the caller's transaction.

    Attributes:
        connection: In a transaction that keeps other writers out; to read with only, in a dry run.
        terms: What is erased.
        playbook: The rules that the tidy rows are made with.
        at: When.
        by: Who does it.
        reason: At whose request.
        dry_run: Whether it is only looked for.
    """

    connection: Connection
    terms: Terms
    playbook: Playbook
    at: datetime
    by: str
    reason: str
    dry_run: bool
    token: str = field(default_factory=new_token)
    _places: Counter[tuple[str, str]] = field(default_factory=Counter)
    _left: Counter[tuple[str, str]] = field(default_factory=Counter)
    _found: Counter[tuple[str, Mention]] = field(default_factory=Counter)
    _incidents: int = 0
    _revisions: int = 0
    _ids: dict[str, str] = field(default_factory=dict)

    def done(self) -> Certificate:
        """Do all of it; a dry run only counts."""
        if self.connection.dialect.name == "sqlite" and not self.dry_run:
            self.connection.exec_driver_sql("PRAGMA secure_delete = ON")
        self._rename()
        for identifier in self._concerned():
            self._incident(identifier)
        for table in (presences, rounds, ideas):
            self._together(table)
        self._certificates()
        self._others()
        certificate = Certificate(
            0,
            self.at,
            plain(self.terms.erased(self.by)),
            plain(self.terms.erased(self.reason)),
            len(self.terms.words),
            self._incidents,
            self._revisions,
            _listed(self._places),
            _listed(self._left),
            traces.copies(self.connection, self.terms),
            (issued.NOT_CLEANED, OPEN),
            self.token,
            tuple(Found(identifier, mention, times) for (identifier, mention), times in self._found.items()),
        )
        return certificate if self.dry_run else issued.issue(self.connection, certificate)

    # -- what is concerned --------------------------------------------------------------------------------------------

    def _concerned(self) -> list[str]:
        """The incidents that may hold something, in the order of their ids; nobody is changed while they are read."""
        found: set[str] = set()
        looked = [
            select(documents.c.incident_id, *(column for column in LOOKED_AT if column.table is documents)),
            select(revisions.c.incident_id, *(column for column in LOOKED_AT if column.table is revisions)),
        ]
        for query in looked:
            for identifier, *texts in self._rows(query):
                if identifier not in found and any(text and self.terms.may_be_in(text) for text in texts):
                    found.add(identifier)
        return sorted(found | set(self._ids))

    def _rows(self, query: Any) -> Iterable[Any]:  # noqa: ANN401 - a statement
        return self.connection.execute(query, execution_options={"stream_results": True, "yield_per": _ROWS})

    def _rename(self) -> None:
        """New ids for the incidents whose own id holds a term."""
        held = [name for (name,) in self._rows(select(documents.c.incident_id)) if self.terms.spans(name)]
        numbers = Numbers(self.connection)
        for name in sorted(held):
            document = self.connection.execute(select(documents.c.document).where(documents.c.incident_id == name))
            incident = incident_from(str(document.scalar_one()), "an incident")
            self._ids[name] = numbers.take(incident, self.at)
        if not self.dry_run:
            numbers.write()

    # -- one incident -------------------------------------------------------------------------------------------------

    def _incident(self, identifier: str) -> None:
        found = select(documents).where(documents.c.incident_id == identifier)
        row = self.connection.execute(found).mappings().one()
        current, changed = self._document(row["document"], "documents", identifier)
        new: dict[str, Any] = {}
        if row["imported_document"]:
            imported, touched = self._document(row["imported_document"], "imports", identifier)
            if touched:
                new["imported_document"] = json_text(imported.incident)
        if (by := self._text(row["updated_by"], "documents", "by", identifier)) is not None:
            new["updated_by"] = by
        histories = self._history(identifier)
        if not (changed or new or histories):
            return
        self._incidents += 1
        self._revisions += histories
        if self.dry_run:
            return
        self._write(row, current, new)

    def _history(self, identifier: str) -> int:
        """Erase in the revisions of one incident; in how many there was something."""
        numbers = select(revisions.c.number).where(revisions.c.incident_id == identifier).order_by(revisions.c.number)
        count = 0
        for number in self.connection.execute(numbers).scalars().all():
            one = (revisions.c.incident_id == identifier, revisions.c.number == number)
            row = self.connection.execute(select(revisions).where(*one)).mappings().one()
            new: dict[str, Any] = {}
            content, changed = self._document(row["document"], "revisions", identifier)
            if changed:
                document = content.document(self._ids.get(identifier, identifier), number)
                new |= {"document": document, "digest": content.digest}
            for name in ("by", "note"):
                if (text := self._text(row[name], "revisions", name, identifier)) is not None:
                    new[name] = text
            if new and not self.dry_run:
                self.connection.execute(update(revisions).where(*one).values(**new))
            count += bool(new)
        return count

    def _write(self, row: RowMapping, current: Content, new: dict[str, Any]) -> None:
        """One more revision, which says that something was erased, and not what."""
        old, number = row["incident_id"], row["revision"] + 1
        identifier = self._ids.get(old, old)
        if identifier != old:
            self._move(row, identifier)
        incident, document = current.numbered(identifier, number), current.document(identifier, number)
        at, by = instant_text(self.at), plain(self.terms.erased(self.by))
        values = new | {"revision": number, "updated_at": at, "updated_by": by, "document": document}
        self.connection.execute(
            update(documents).where(documents.c.incident_id == identifier).values(**values, digest=current.digest)
        )
        revision = {
            "incident_id": identifier,
            "number": number,
            "at": at,
            "by": by,
            "note": NOTE,
            "state": incident.state,
            "sealed": True,
            "digest": current.digest,
            "document": document,
            "deed": "erase",
            "token": self.token,
        }
        put(self.connection, revisions, [revision])
        drop_flat(self.connection, [identifier])
        if not row["deleted_at"]:
            flat = rows_of(incident, self.playbook)
            write_flat(self.connection, {table.name: list(getattr(flat, table.name)) for table in FLAT})

    def _move(self, row: RowMapping, identifier: str) -> None:
        """Give an incident another id, and its revisions with it."""
        old = row["incident_id"]
        drop_flat(self.connection, [old])
        self.connection.execute(update(documents).where(documents.c.incident_id == old).values(uid=None))
        self.connection.execute(insert(documents).values(**{**row, "incident_id": identifier}))
        self.connection.execute(update(revisions).where(revisions.c.incident_id == old).values(incident_id=identifier))
        self.connection.execute(delete(documents).where(documents.c.incident_id == old))

    def _document(self, text: str, table: str, identifier: str) -> tuple[Content, bool]:
        incident = incident_from(text, f"incident {identifier}")
        if not self.terms.may_be_in(text) and not self._ids:
            return content_of(incident), False
        erasure = erase(incident, self.terms, self._ids)
        self._count(erasure.mentions, table, identifier)
        changed = erasure.incident is not incident and erasure.incident != incident
        return content_of(erasure.incident), changed

    def _text(self, text: str, table: str, name: str, identifier: str) -> str | None:
        """A text without the terms; `None` where there is nothing to erase."""
        mentions = text_mentions(text, self.terms, name)
        self._count(mentions, table, identifier)
        return self.terms.erased(text) if mentions else None

    def _count(self, mentions: Iterable[Mention], table: str, identifier: str) -> None:
        for mention in mentions:
            (self._left if mention.closed else self._places)[table, mention.field] += 1
            if self.dry_run:
                self._found[identifier, mention] += 1

    # -- what people at one record at once need of each other ---------------------------------------------------------

    def _together(self, table: Table) -> None:
        """Erase in what belongs to an incident and is no part of its record."""
        names = [column.name for column in LOOKED_AT if column.table is table]
        keys = list(table.primary_key.columns)
        source = ideas.join(rounds) if table is ideas else table
        owner = rounds if table is ideas else table
        found = select(table, documents.c.incident_id).select_from(
            source.outerjoin(documents, documents.c.uid == owner.c.uid)
        )
        for row in self.connection.execute(found).mappings().all():
            texts = {name: self._text(row[name] or "", table.name, name, row["incident_id"] or "") for name in names}
            new = {name: text for name, text in texts.items() if text is not None}
            if not new or self.dry_run:
                continue
            this = [key == row[key.name] for key in keys]
            # Whoever is still there says so again in a moment.
            change = delete(table) if table is presences else update(table).values(**new)
            self.connection.execute(change.where(*this))

    # -- the rest -----------------------------------------------------------------------------------------------------

    def _certificates(self) -> None:
        """Whoever asked for an earlier erasing may be named in its certificate."""
        for row in self.connection.execute(select(certificates)).mappings().all():
            said = json.loads(row["document"])
            new: dict[str, Any] = {name: self.terms.erased(said[name]) for name in ("by", "reason")}
            new["copies"] = [self.terms.erased(line) for line in said["copies"]]
            changed = [name for name, value in new.items() if value != said[name]]
            for name in changed:
                self._places["certificates", name] += 1
            if changed and not self.dry_run:
                self.connection.execute(
                    update(certificates)
                    .where(certificates.c.number == row["number"])
                    .values(by=new["by"], document=json.dumps(said | new, ensure_ascii=False))
                )

    def _others(self) -> None:
        """What the store says of itself and of its copies is not changed: it is told."""
        for column in (properties.c.value, meetings.c.peer):
            for (text,) in self._rows(select(column).distinct()):
                if self.terms.spans(text):
                    self._left[column.table.name, column.name] += 1


def _listed(counts: Counter[tuple[str, str]]) -> tuple[Place, ...]:
    return tuple(Place(table, name, count) for (table, name), count in sorted(counts.items()))
