"""What earlier records leave to a new one: what is still open there, and what was met and done before (R32, R36)."""

from __future__ import annotations

from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from postmortem.record import actions as planned
from postmortem.record import moments, states
from postmortem.record import topics as agenda
from postmortem.record.base import zone
from postmortem.record.errors import PostmortemError
from postmortem.store import insisting
from postmortem.store.derived import action_causes, actions, causes, topics
from postmortem.store.earlier import OpenAction, OpenTopic, PastAction, PastCause
from postmortem.store.engine import read
from postmortem.store.errors import StoreError
from postmortem.store.leftover import WHEN, not_carried, of_others, taken_over
from postmortem.store.texts import instant_from

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import Connection, Engine, Row

    from postmortem.record.incident import Incident

    Edit = Callable[[Incident], Incident]
    Change = Callable[[Edit], Incident]


class Past:
    """The part of a `Store` that a retrospective opens with."""

    _clock: Callable[[], datetime]

    @property
    def _engine(self) -> Engine:
        raise NotImplementedError

    def load(self, incident_id: str, *, revision: int | None = None) -> Incident:
        """See `Store.load`."""
        raise NotImplementedError

    def save(self, incident: Incident, *, by: str = "", note: str = "", coalesce: bool = False) -> Incident:
        """See `Store.save`."""
        raise NotImplementedError

    def open_actions(
        self,
        *,
        excluding: str = "",
        before: datetime | None = None,
        team: str = "",
        limit: int | None = None,
        today: date | None = None,
    ) -> tuple[OpenAction, ...]:
        """The actions of earlier records that are not done: the longest overdue first, those without a date last.

        One that was carried over counts in the record that took it over, as long as it stands there.

        Args:
            excluding: The id of the record in hand, whose own actions are left out.
            before: Only from records that occurred before this instant; of all where nothing is said.
            team: Only those of this team; of all where none is named.
            limit: How many at most; all where nothing is said.
            today: The day from which overdue days are counted; the store's own (UTC) where none is named.

        Raises:
            StoreError: If the store can't be read.

        Examples:
            >>> from postmortem.record.incident import Incident
            >>> from postmortem.store import open_store
            >>> plan = {"id": "a1", "text": "Add a last test", "owner": "Field lead", "due_on": date(2026, 3, 1)}
            >>> with open_store("sqlite://") as store:
            ...     incident = store.save(Incident(title="Line is dead", actions=(plan,)), by="Ana")
            ...     found = store.open_actions(today=date(2026, 3, 11))
            ...     [(action.text, action.owner, action.overdue_days) for action in found]
            [('Add a last test', 'Field lead', 10)]
        """
        day = today or self._clock().date()
        columns = [actions.c[name] for name in ("incident_id", "action_id", "text", "owner", "due_on", "strength")]
        wanted = of_others(actions, columns, excluding, before, team).where(actions.c.done_on.is_(None))
        wanted = wanted.order_by(actions.c.due_on.is_(None), actions.c.due_on)
        wanted = wanted.order_by(actions.c.incident_id, actions.c.action_id)

        def look(connection: Connection) -> tuple[OpenAction, ...]:
            found = (_action(row, day) for row, _ in not_carried(connection, wanted, "actions"))
            return tuple(islice(found, limit))

        return read(self._engine, look)

    def open_topics(
        self,
        *,
        excluding: str = "",
        before: datetime | None = None,
        team: str = "",
        limit: int | None = None,
    ) -> tuple[OpenTopic, ...]:
        """What earlier retrospectives had no time for: neither settled nor taken up, the oldest record first.

        Args:
            excluding: The id of the record in hand, whose own topics are left out.
            before: Only from records that occurred before this instant; of all where nothing is said.
            team: Only those of this team; of all where none is named.
            limit: How many at most; all where nothing is said.

        Raises:
            StoreError: If the store can't be read.
        """
        columns = [topics.c[name] for name in ("incident_id", "topic_id", "text")]
        wanted = of_others(topics, columns, excluding, before, team).where(topics.c.settled.is_(False))
        wanted = wanted.order_by(WHEN, topics.c.incident_id, topics.c.topic_id)

        def look(connection: Connection) -> tuple[OpenTopic, ...]:
            found = (
                OpenTopic(row.incident_id, row.title, row.team or "", row.topic_id, row.text, str(part.get("by", "")))
                for row, part in not_carried(connection, wanted, "topics")
            )
            return tuple(islice(found, limit))

        return read(self._engine, look)

    def past_causes(self, *, excluding: str = "") -> tuple[PastCause, ...]:
        """The roots of all other records, the newest first, without those that were ruled out (R24).

        Args:
            excluding: The id of the record in hand.

        Raises:
            StoreError: If the store can't be read.
        """
        columns = [causes.c[name] for name in ("incident_id", "cause_id", "text", "category", "recurring_id")]
        wanted = of_others(causes, columns, excluding, None, "").where(causes.c.status != "ruled out")
        wanted = wanted.order_by(WHEN.desc(), causes.c.incident_id.desc(), causes.c.cause_id)
        return tuple(
            PastCause(
                incident_id=row.incident_id,
                title=row.title,
                at=instant_from(row.at),
                cause_id=row.cause_id,
                text=row.text,
                category=row.category,
                recurring_id=row.recurring_id or "",
            )
            for row in read(self._engine, lambda connection: connection.execute(wanted).all())
        )

    def actions_against(self, past: Iterable[PastCause]) -> dict[tuple[str, str], tuple[PastAction, ...]]:
        """What was planned against some past causes, by the ids of record and cause; a cause without any is left out.

        Args:
            past: A few causes, as those that are shown.

        Raises:
            StoreError: If the store can't be read.
        """
        asked = {(cause.incident_id, cause.cause_id) for cause in past}
        both = actions.join(
            action_causes,
            (action_causes.c.incident_id == actions.c.incident_id) & (action_causes.c.action_id == actions.c.action_id),
        )
        names = ("incident_id", "action_id", "text", "strength", "done_on", "effect")
        wanted = select(action_causes.c.cause_id, *(actions.c[name] for name in names)).select_from(both)
        wanted = wanted.where(actions.c.incident_id.in_({name for name, _ in asked}))
        wanted = wanted.order_by(actions.c.incident_id, actions.c.action_id)
        found: dict[tuple[str, str], tuple[PastAction, ...]] = {}
        for row in read(self._engine, lambda connection: connection.execute(wanted).all()) if asked else ():
            key = (row.incident_id, row.cause_id)
            if key in asked:
                action = PastAction(row.action_id, row.text, row.strength or "", _day(row.done_on), row.effect)
                found[key] = (*found.get(key, ()), action)
        return found

    def complete_action(self, incident_id: str, action: str, on: date, *, by: str = "") -> Incident:
        """Say in another record on which day an action was done.

        Args:
            incident_id: That record.
            action: The action, by its id there.
            on: The day.
            by: Who says so.

        Raises:
            PostmortemError: If somebody has said so meanwhile, or the action or the record is gone.
        """

        def done(incident: Incident) -> Incident:
            found = planned.find(incident, action)
            if found.done_on is not None:
                raise PostmortemError(
                    f"{incident_id} says meanwhile that it was done on {moments.day(found.done_on)}. "
                    "Nothing was changed."
                )
            return planned.complete(incident, action, on)

        return self._change(incident_id, done, by=by, note="done, said in another retrospective")

    def met_again(self, incident_id: str, cause: str, again: Incident, on: date, *, by: str = "") -> Incident:
        """Say in an earlier record that a cause came back: what was done against it by then did not hold (R36).

        Where that record is closed it is opened again, and says why (R39).

        Args:
            incident_id: The earlier record, and `cause` the root that came back, by its id there.
            cause: See above.
            again: The later record.
            on: The day on which that was seen.
            by: Who says so.

        Raises:
            PostmortemError: If the record is gone, or could not be saved.
        """
        start = again.occurred_at
        happened = start.astimezone(zone(again.zone)).date() if start is not None else None
        return self._change(
            incident_id,
            lambda incident: states.met_again(incident, cause, again.id, on, happened_on=happened),
            by=by,
            note=f"the same cause was met again in {again.id}",
        )

    def settle_topic(self, incident_id: str, topic: str, *, by: str = "") -> Incident:
        """Say in another record that a topic was talked through.

        Raises:
            PostmortemError: If the topic or the record is gone.
        """
        return self._change(incident_id, lambda incident: agenda.settle(incident, topic), by=by, note="topic settled")

    def carry_action(self, incident_id: str, action: str, to: str | Change, *, by: str = "") -> Incident:
        """Carry an open action over to another record.

        It is first added there and then noted here, so that nothing is lost where the second fails; done once more, it
        is not added a second time.

        Args:
            incident_id: The record in which it stands.
            action: The action, by its id there.
            to: The record that takes it over; or what changes that record, where somebody has it in hand, such as
                `Retrospective.change`.
            by: Who does it.

        Returns:
            The record that took it over.

        Raises:
            PostmortemError: If it was done or carried over meanwhile, or something could not be saved; it says what
                stands where.
        """
        origin = f"{incident_id}/{action}"
        found = planned.find(self.load(incident_id), action)
        taker = self._taker(incident_id, to, by)
        self._refuse_carried("actions", origin, found.carried_to, taker(_as_it_is))
        if found.done_on is not None:
            raise PostmortemError(f"{incident_id} says meanwhile that it was done on {moments.day(found.done_on)}.")
        after = taker(lambda incident: planned.take_over(incident, found, origin))
        return self._noted(after, incident_id, lambda incident: planned.carry(incident, action, after.id), by=by)

    def carry_topic(self, incident_id: str, topic: str, to: str | Change, *, by: str = "") -> Incident:
        """Take a topic of an earlier retrospective up in another record; see `carry_action`.

        Raises:
            PostmortemError: If it was settled or taken up meanwhile, or something could not be saved; it says what
                stands where.
        """
        origin = f"{incident_id}/{topic}"
        found = agenda.find(self.load(incident_id), topic)
        taker = self._taker(incident_id, to, by)
        self._refuse_carried("topics", origin, found.carried_to, taker(_as_it_is))
        if found.settled:
            raise PostmortemError(f"{incident_id} says meanwhile that it was talked through.")
        after = taker(lambda incident: agenda.take_over(incident, found, origin))
        return self._noted(after, incident_id, lambda incident: agenda.carry(incident, topic, after.id), by=by)

    def _taker(self, origin: str, to: str | Change, by: str) -> Change:
        if not isinstance(to, str):
            return to
        return lambda edit: self._change(to, edit, by=by, note=f"carried over from {origin}")

    def _refuse_carried(self, kind: str, origin: str, carried_to: str, taker: Incident) -> None:
        """Two retrospectives that take up the same thing at once: the second is told of the first."""
        if origin.startswith(f"{taker.id}/"):
            raise PostmortemError(f"It stands in {taker.id} already.")
        if carried_to in {"", taker.id}:
            return
        standing = read(self._engine, lambda connection: taken_over(connection, kind, {carried_to}))
        if (carried_to, origin) in standing:
            raise PostmortemError(f"It was taken up in {carried_to} meanwhile. Nothing was changed.")

    def _noted(self, after: Incident, incident_id: str, edit: Edit, *, by: str) -> Incident:
        try:
            self._change(incident_id, edit, by=by, note=f"carried over to {after.id}")
        except PostmortemError as error:
            raise StoreError(
                f"It stands here now, and {incident_id} does not say so yet: {str(error).rstrip('.')}. "
                "Carry it over once more; it is not added twice."
            ) from error
        return after

    def _change(self, incident_id: str, edit: Edit, *, by: str, note: str) -> Incident:
        return insisting.changed(self, incident_id, edit, by=by, note=note)


def _action(row: Row[Any], today: date) -> OpenAction:
    due = _day(row.due_on)
    return OpenAction(
        incident_id=row.incident_id,
        title=row.title,
        team=row.team or "",
        action_id=row.action_id,
        text=row.text,
        owner=row.owner or "",
        due_on=due,
        strength=row.strength or "",
        overdue_days=max(0, (today - due).days) if due else 0,
    )


def _as_it_is(incident: Incident) -> Incident:
    return incident


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
