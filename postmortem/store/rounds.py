"""Rounds of silent ideas: everyone writes whys or actions apart, then all are revealed together.

Before the reveal nobody is given another's text, however they ask. After it nobody's text changes any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn, cast, get_args

from sqlalchemy import delete, func, insert, select, update

from postmortem.record.errors import DataError, Problem, near, shown
from postmortem.store.documents import new_token
from postmortem.store.engine import read, write
from postmortem.store.errors import DeletedIncidentError, StoreError
from postmortem.store.retrieval import unknown
from postmortem.store.schema import documents, ideas, rounds
from postmortem.store.texts import instant_from, instant_text, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Engine, Row

Kind = Literal["whys", "actions"]
"""What is written in a round."""

_KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_ONE: Final[dict[Kind, str]] = {"whys": "a why", "actions": "an action"}


@dataclass(frozen=True, slots=True)
class Round:
    """A round of silent ideas at an incident.

    Attributes:
        id: What it is known by; never given twice.
        incident_id: The incident, by the id it has now.
        kind: What is written: `whys` or `actions`.
        about: The id of the why or the root that it is about; empty where it is about the incident.
        opened_by: Who opened it.
        opened_at: When, in UTC.
        revealed_at: When all ideas were revealed, in UTC; `None` while everyone writes apart.
        closed_at: When it was closed, in UTC; `None` while it is under way.
    """

    id: str
    incident_id: str
    kind: Kind
    about: str
    opened_by: str
    opened_at: datetime
    revealed_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Idea:
    """One text that somebody wrote in a round.

    Attributes:
        round_id: The round.
        by: Who wrote it.
        number: Its number, unique in the round; it stays while the text does.
        text: The words.
        taken: Whether it was put into the record.
    """

    round_id: str
    by: str
    number: int
    text: str
    taken: bool


class Rounds:
    """The part of a `Store` that keeps rounds of silent ideas."""

    _clock: Callable[[], datetime]

    @property
    def _engine(self) -> Engine:
        raise NotImplementedError

    def open_round(self, incident_id: str, kind: Kind, about: str = "", *, by: str) -> Round:
        """Begin a round: from now on everyone writes apart.

        Args:
            incident_id: The incident.
            kind: What is written: `whys` or `actions`.
            about: The id of the why or the root that it is about; empty for the incident itself.
            by: Who opens it.

        Raises:
            DataError: If the kind is none.
            StoreError: If a round is open there already, or it can't be written.
            UnknownIncidentError: If there is no such incident.
            DeletedIncidentError: If it was deleted.

        Examples:
            >>> from postmortem.record.incident import Incident
            >>> from postmortem.store import open_store
            >>> with open_store("sqlite://") as store:
            ...     incident = store.save(Incident(title="Line is dead", occurred_at="2026-03-02T17:30:00Z"), by="Ana")
            ...     round = store.open_round(incident.id, "whys", by="Ana")
            ...     store.write_ideas(round.id, "Ben", ["The switch was off"])
            ...     before = store.ideas(round.id, "Ana")
            ...     after = store.reveal(round.id, by="Ana") and store.ideas(round.id, "Ana")
            ...     len(before), [(idea.by, idea.text) for idea in after]
            (0, [('Ben', 'The switch was off')])
        """
        if kind not in _KINDS:
            hint = near(str(kind), _KINDS)
            tail = f"; did you mean {hint!r}?" if hint else ""
            raise DataError("round", [Problem("kind", f"expected {' or '.join(_KINDS)}, found {shown(kind)}{tail}")])
        identifier = new_token()

        def begin(connection: Connection) -> Round:
            uid = _uid(connection, incident_id)
            row = connection.execute(_ROUND.where(rounds.c.uid == uid, rounds.c.closed_at.is_(None))).first()
            if row is None:
                values = {"round_id": identifier, "uid": uid, "kind": kind, "about": plain(about)}
                values |= {"opened_by": _name(by), "opened_at": instant_text(self._clock())}
                connection.execute(insert(rounds).values(**values))
                return _round(_row(connection, identifier))
            if row.round_id == identifier:
                # A commit of which the answer got lost had come about.
                return _round(row)
            step = "close it first" if row.revealed_at else "write into it, or reveal and close it first"
            raise StoreError(
                f"incident {incident_id}: {row.opened_by or 'somebody'} opened a round of silent ideas ({row.kind}) at "
                f"{_at(row.opened_at)}, which is not closed: {step}"
            )

        return write(self._engine, begin)

    def round(self, incident_id: str) -> Round | None:
        """The round that is under way at an incident, revealed or not; `None` where none is."""
        found = _ROUND.where(
            documents.c.incident_id == incident_id, documents.c.deleted_at.is_(None), rounds.c.closed_at.is_(None)
        )
        row = read(self._engine, lambda connection: connection.execute(found).first())
        return _round(row) if row is not None else None

    def write_ideas(self, round_id: str, by: str, texts: Iterable[str]) -> None:
        """Let this be what somebody has written in a round: all of it, in this order; empty texts are left out.

        What they wrote before and is not among it goes. A text that stays keeps its number.

        Args:
            round_id: The round.
            by: Who writes. People are told apart by their names.
            texts: Everything they have written so far.

        Raises:
            DataError: If nobody says who writes, or it is one text instead of a list.
            StoreError: If it was revealed meanwhile and this is not what was revealed; or there is no such round; or
                it can't be written.
        """
        name = _name(by)
        if not name:
            raise DataError("idea", [Problem("by", "nobody says who writes", "people are told apart by their names")])
        if isinstance(texts, str):
            raise DataError("idea", [Problem("texts", f"expected a list of texts, found {shown(texts)}")])
        new = [text for text in map(plain, texts) if text.strip()]

        def keep(connection: Connection) -> None:
            row = _row(connection, round_id)
            old = connection.execute(_IDEAS.where(ideas.c.round_id == round_id, ideas.c.by == name)).all()
            if [idea.text for idea in old] == new:
                return
            if row.revealed_at or row.closed_at:
                _refuse_late(row)
            last = connection.execute(select(func.max(ideas.c.number)).where(ideas.c.round_id == round_id)).scalar()
            numbers = _numbered(new, [(idea.number, idea.text) for idea in old], last or 0)
            connection.execute(delete(ideas).where(ideas.c.round_id == round_id, ideas.c.by == name))
            rows = [
                {"round_id": round_id, "by": name, "number": number, "position": position, "text": text, "taken": False}
                for position, (number, text) in enumerate(zip(numbers, new, strict=True), start=1)
            ]
            if rows:
                connection.execute(insert(ideas), rows)

        write(self._engine, keep)

    def ideas(self, round_id: str, by: str) -> tuple[Idea, ...]:
        """What was written in a round: before the reveal what this person wrote, after it everything.

        Args:
            round_id: The round.
            by: Who asks.

        Returns:
            The ideas, those of one person together and in the order they gave them.

        Raises:
            StoreError: If there is no such round.
        """
        name = _name(by)

        def look(connection: Connection) -> Sequence[Row[*tuple[Any, ...]]]:
            found = _IDEAS.where(ideas.c.round_id == round_id)
            if not _row(connection, round_id).revealed_at:
                found = found.where(ideas.c.by == name)
            return connection.execute(found).all()

        kept = sorted(read(self._engine, look), key=lambda row: (row.by, row.position))
        return tuple(Idea(round_id, row.by, row.number, row.text, row.taken) for row in kept)

    def writers(self, round_id: str) -> dict[str, int]:
        """Who has written in a round, and how many ideas each; by name.

        Raises:
            StoreError: If there is no such round.
        """
        found = select(ideas.c.by, func.count().label("texts")).where(ideas.c.round_id == round_id).group_by(ideas.c.by)

        def look(connection: Connection) -> dict[str, int]:
            _row(connection, round_id)
            return {row.by: row.texts for row in connection.execute(found)}

        return dict(sorted(read(self._engine, look).items()))

    def reveal(self, round_id: str, *, by: str) -> Round:
        """Show everyone's ideas to everyone. One that is revealed already stays as it is.

        Args:
            round_id: The round.
            by: Who does it.

        Raises:
            StoreError: If there is no such round, or it can't be written.
        """
        return self._stamped(round_id, "revealed", by)

    def take_idea(self, round_id: str, by: str, number: int) -> bool:
        """Note that an idea was put into the record.

        Args:
            round_id: The round.
            by: Who wrote the idea.
            number: Its number.

        Returns:
            Whether it is taken by this: not where somebody else was quicker, and put it there already.

        Raises:
            StoreError: If it was not revealed yet, or there is no such idea, or it can't be written.
        """
        of_it = (ideas.c.round_id == round_id, ideas.c.number == number, ideas.c.by == _name(by))

        def take(connection: Connection) -> bool:
            if not _row(connection, round_id).revealed_at:
                raise StoreError("these ideas are not revealed yet: reveal them, then take over what belongs together")
            done = update(ideas).where(*of_it, ideas.c.taken.is_(False)).values(taken=True)
            if connection.execute(done).rowcount:
                return True
            if connection.execute(select(ideas.c.number).where(*of_it)).first() is None:
                raise StoreError(
                    f"there is no idea {number} of {by or 'nobody'} in this round: ask for the ideas again"
                )
            return False

        # After a lost answer it is this one that took it: an idea is better put down twice than not at all.
        return write(self._engine, take, landed=lambda connection: _is_taken(connection, of_it) or None)

    def close_round(self, round_id: str, *, by: str) -> Round:
        """End a round; what was written in it is kept. One that is closed already stays as it is.

        Args:
            round_id: The round.
            by: Who does it.

        Raises:
            StoreError: If somebody has written in it what nobody else has seen, or there is no such round, or it can't
                be written.
        """
        return self._stamped(round_id, "closed", by)

    def _stamped(self, round_id: str, what: Literal["revealed", "closed"], by: str) -> Round:
        """The round, from now on or already revealed or closed."""

        def stamp(connection: Connection) -> Round:
            row = _row(connection, round_id)
            if row.closed_at or (what == "revealed" and row.revealed_at):
                return _round(row)
            if what == "closed" and not row.revealed_at:
                _refuse_unseen(connection, round_id)
            values = {f"{what}_at": instant_text(self._clock()), f"{what}_by": _name(by)}
            connection.execute(update(rounds).where(rounds.c.round_id == round_id).values(**values))
            return _round(_row(connection, round_id))

        return write(self._engine, stamp)


_ROUND: Final = select(*(column for column in rounds.columns if column.name != "uid"), documents.c.incident_id).join(
    documents, documents.c.uid == rounds.c.uid
)
_IDEAS: Final = select(*(column for column in ideas.columns if column.name != "round_id")).order_by(ideas.c.position)


def _row(connection: Connection, round_id: str) -> Row[*tuple[Any, ...]]:
    row = connection.execute(_ROUND.where(rounds.c.round_id == round_id)).one_or_none()
    if row is None:
        raise StoreError(
            "there is no such round of ideas any more, as after a restore: open a new one, and write there what you "
            "have written"
        )
    return row


def _round(row: Row[*tuple[Any, ...]]) -> Round:
    return Round(
        id=row.round_id,
        incident_id=row.incident_id,
        kind=cast("Kind", row.kind),
        about=row.about,
        opened_by=row.opened_by,
        opened_at=instant_from(row.opened_at),
        revealed_at=instant_from(row.revealed_at) if row.revealed_at else None,
        closed_at=instant_from(row.closed_at) if row.closed_at else None,
    )


def _uid(connection: Connection, incident_id: str) -> str:
    names = ("uid", "revision", "updated_by", "deleted_at")
    found = select(*(documents.c[name] for name in names)).where(documents.c.incident_id == incident_id)
    there = connection.execute(found).one_or_none()
    if there is None:
        raise unknown(connection, incident_id)
    if there.deleted_at:
        raise DeletedIncidentError(incident_id, there.updated_by, instant_from(there.deleted_at), there.revision)
    return str(there.uid)


def _name(by: str) -> str:
    """A person's name as it tells them apart from others."""
    return plain(by).strip()


def _at(instant: str) -> str:
    return f"{instant_from(instant):%H:%M} UTC"


def _refuse_late(row: Row[*tuple[Any, ...]]) -> NoReturn:
    done, who, at = ("revealed", row.revealed_by, row.revealed_at)
    if not at:
        done, who, at = ("closed", row.closed_by, row.closed_at)
    raise StoreError(
        f"{who or 'somebody'} {done} this round of ideas at {_at(at)}, and what you wrote since is not in it: add it "
        f"as {_ONE[cast('Kind', row.kind)]} of your own, so that it is not lost"
    )


def _refuse_unseen(connection: Connection, round_id: str) -> None:
    found = select(ideas.c.by).where(ideas.c.round_id == round_id).distinct()
    if names := sorted(connection.execute(found).scalars()):
        raise StoreError(
            f"{', '.join(names)} wrote ideas here that nobody else has seen: reveal the round, then close it"
        )


def _is_taken(connection: Connection, of_it: tuple[Any, ...]) -> bool:
    return bool(connection.execute(select(ideas.c.taken).where(*of_it)).scalar())


def _numbered(new: Sequence[str], old: Sequence[tuple[int, str]], last: int) -> list[int]:
    """A number for each text: the one it had, else that of one that is gone, in their order, else the next ones.

    Examples:
        >>> _numbered(["b", "a", "c"], [(1, "a"), (2, "b")], 7)
        [2, 1, 8]
        >>> _numbered(["a", "b, and why"], [(1, "a"), (2, "b")], 2)
        [1, 2]
    """
    left = list(old)
    numbers: list[int | None] = []
    for text in new:
        same = next((entry for entry in left if entry[1] == text), None)
        if same is not None:
            left.remove(same)
        numbers.append(same[0] if same is not None else None)
    free = [number for number, _ in left]
    given = []
    for number in numbers:
        if number is None:
            last += not free
            number = free.pop(0) if free else last  # noqa: PLW2901 - the number that it gets
        given.append(number)
    return given
