"""Certificates of what was erased at somebody's request, without the words that were erased."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select, update

from postmortem.store.documents import put
from postmortem.store.schema import certificates
from postmortem.store.texts import instant_from, instant_text

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from postmortem.record.erasure import Mention

NOT_CLEANED: Final = "the database's own files: they were not cleaned yet; erase the same words once more"


@dataclass(frozen=True, slots=True)
class Place:
    """How often something stood in one field.

    Attributes:
        table: `documents` (as it stands), `revisions` (as it stood), `imports` (as a file said it), `certificates`, or
            another table of the store.
        field: The field, without the ids of parts: `whys.text`.
        count: How many places.
    """

    table: str
    field: str
    count: int


@dataclass(frozen=True, slots=True)
class Found:
    """One place that a dry run found.

    Attributes:
        incident_id: The incident.
        mention: The field, the words and what stands around them.
        times: In how many of its revisions, and elsewhere, it stands like this.
    """

    incident_id: str
    mention: Mention
    times: int


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was erased, when, by whom and why; never the words themselves.

    Attributes:
        number: Its number in this store; 0 for a dry run, which erases nothing.
        at: When, in UTC.
        by: Who did it.
        reason: At whose request, or why.
        terms: How many words or names were looked for.
        incidents: How many incidents, deleted ones too, were changed.
        revisions: How many of their revisions were.
        places: How many places, by table and field.
        left: Places where nothing could be put instead, as the field takes only certain words.
        copies: Copies that the store knows of, and whether they still hold it.
        remains: Where it may still be read on this machine or server, and what to do about it.
        token: What the erasing is known by in the revisions it made.
        found: Every place with the words around it; only in a dry run, and never kept.
    """

    number: int
    at: datetime
    by: str
    reason: str
    terms: int
    incidents: int = 0
    revisions: int = 0
    places: tuple[Place, ...] = ()
    left: tuple[Place, ...] = ()
    copies: tuple[str, ...] = ()
    remains: tuple[str, ...] = ()
    token: str = ""
    found: tuple[Found, ...] = field(default=(), repr=False, compare=False)

    def document(self) -> dict[str, Any]:
        """As plain data that JSON can say, without what was found."""
        said = asdict(self) | {"at": instant_text(self.at)}
        del said["found"]
        return said


def _read(text: str) -> Certificate:
    said = json.loads(text)
    for name in ("places", "left"):
        said[name] = tuple(Place(**place) for place in said[name])
    return Certificate(
        **said | {"at": instant_from(said["at"]), "copies": tuple(said["copies"]), "remains": tuple(said["remains"])}
    )


def _text(certificate: Certificate) -> str:
    return json.dumps(certificate.document(), ensure_ascii=False)


def issue(connection: Connection, certificate: Certificate) -> Certificate:
    """Keep a certificate; it is given the next number."""
    last = connection.execute(select(func.max(certificates.c.number))).scalar() or 0
    numbered = replace(certificate, number=last + 1)
    row = {"number": numbered.number, "at": instant_text(numbered.at), "by": numbered.by, "document": _text(numbered)}
    put(connection, certificates, [row])
    return numbered


def amend(connection: Connection, certificate: Certificate) -> Certificate:
    """Keep what became of a certificate after it was issued."""
    connection.execute(
        update(certificates).where(certificates.c.number == certificate.number).values(document=_text(certificate))
    )
    return certificate


def all_of(connection: Connection) -> tuple[Certificate, ...]:
    """Every certificate, the first one first."""
    found = select(certificates.c.document).order_by(certificates.c.number)
    return tuple(_read(text) for text in connection.execute(found).scalars())


def landed(connection: Connection, token: str) -> Certificate | None:
    """The certificate of an erasing whose end was not heard of; `None` where it did not come about."""
    return next((it for it in reversed(all_of(connection)) if it.token == token), None)
