"""Others at the same record: who is there, and what they change, seen within seconds and without a button."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from postmortem.record import moments
from postmortem.record.playbook import STAGES
from postmortem.store import DeletedIncidentError, StoreError, UnknownIncidentError
from postmortem.widgets.keeping import Keeping
from postmortem.widgets.wordings import at, differing

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from postmortem.record.incident import Incident
    from postmortem.store import Store
    from postmortem.store.together import Present

_LONGEST_PAUSE: Final = 15
"""How many looks are left out at most between two tries at what failed."""
_GREETS_EVERY: Final = 3
"""Whoever stays where they are says so with every third look: well within the time after which they are missed."""
_BACK: Final = 60
"""How many revisions are looked through at most for who wrote something."""


@dataclass(frozen=True, slots=True)
class Wrote:
    """Who saved what stands in a field.

    Attributes:
        value: What.
        by: Who; empty where nobody knows.
        at: When.
    """

    value: Any
    by: str = ""
    at: datetime | None = None


class Pause:
    """Growing pauses between tries, counted in looks."""

    def __init__(self) -> None:
        self.length = self._left = 0

    def over(self) -> bool:
        """Whether it is time for another try."""
        self._left -= 1
        return self._left < 0

    def grow(self) -> None:
        """Wait longer: the last try failed."""
        self.length = self._left = min(2 * self.length + 1, _LONGEST_PAUSE)

    def end(self) -> None:
        """Wait no longer: the last try went well."""
        self.length = self._left = 0


class Following(Keeping):
    """One record in hand, and the others at it.

    Attributes:
        session: What this window is known by in the store.
        place: The field or node that has the focus; empty where none has.
        others: Who else is at the record, each name once; `since` is when they were first seen at their place.
        silent: The round of silent ideas as it was seen last, and who has written how many before the reveal.
        away: Why the others can't be seen just now, in a sentence; empty where they can.
    """

    def __init__(self, store: Store, *, by: str, now: Callable[[], datetime]) -> None:
        super().__init__(store, by=by, now=now)
        self.session = uuid.uuid4().hex
        self.place = ""
        self.others: tuple[Present, ...] = ()
        self.away = ""
        self.silent: object = None
        self._since: dict[tuple[str, str], datetime] = {}
        self._wrote: dict[str, Wrote] = {}
        self._reaching, self._saving = Pause(), Pause()
        self._greeting, self._greeted = ("", "", "", ""), 0
        self._minute: datetime | None = None

    def look(self, stage: str = "", place: str = "") -> None:
        """See who else is at the record, take in what they saved, and try again to keep what could not be kept.

        A browser asks for it about every two seconds. Nothing is drawn where nothing changed and no minute went by, and
        nothing is saved that nobody typed.

        Args:
            stage: The stage that is shown here.
            place: The field or node that has the focus here, such as `whys.w3.text`.
        """
        self.place = place
        self._tick()
        if self.is_new or not self._reaching.over():
            self._again()
            return
        before = (self._who(), self.away, self.incident, self.trouble, self.silent)
        try:
            self._see()
            self._follow_up()
            self._hear()
        except (StoreError, UnknownIncidentError) as error:
            self._reaching.grow()
            # What could not be saved says so already.
            self.away = "" if self.trouble else f"{error} What others do is not seen until then."
        else:
            self._reaching.end()
            self.away = ""
            self._greet(stage)
        if (self._who(), self.away, self.incident, self.trouble, self.silent) != before:
            self.refresh()
        self._again()

    def depart(self) -> None:
        """Say that this window is closed."""
        with suppress(StoreError):
            if not self.store.read_only:
                self.store.depart(self.session)

    def _tick(self) -> None:
        """Draw again once a minute: what is due, and how late it is, is told to the minute and follows the clock."""
        before, self._minute = self._minute, self.now().replace(second=0, microsecond=0)
        if before not in {None, self._minute}:
            self.refresh()

    def _who(self) -> tuple[tuple[str, str, str], ...]:
        return tuple((one.by, one.stage, one.place) for one in self.others)

    def _again(self) -> None:
        if self.trouble and not self.deleted and not self.store.read_only and self._saving.over():
            self._keep(self.incident)
            if self.trouble:
                self._saving.grow()
            else:
                self._saving.end()
                self.refresh()

    def _greet(self, stage: str) -> None:
        here = (self.incident.id, self.by, stage, self.place)
        self._greeted = self._greeted + 1 if here == self._greeting else 0
        self._greeting = here
        if self._greeted % _GREETS_EVERY == 0 and not self.store.read_only:
            # Where nothing can be written, others can still be seen.
            with suppress(StoreError, UnknownIncidentError):
                self.store.arrive(self.incident.id, self.session, by=self.by, stage=stage, place=self.place)

    def _see(self) -> None:
        there = self.store.present(self.incident.id)
        # One's own name in another window, as after a kernel that was started again, is nobody else.
        others = {one.by: one for one in there if one.by != self.by}.values()
        self._since = {key: self._since.get(key, one.seen_at) for one in others for key in ((one.session, one.place),)}
        self.others = tuple(replace(one, since=self._since[one.session, one.place]) for one in others)

    def _hear(self) -> None:
        found = self.store.round(self.incident.id)
        apart = found is not None and not found.revealed_at
        self.silent = (found, self.store.writers(found.id) if found and apart else {})

    def _follow_up(self) -> None:
        standing = self.store.standing(self.incident.id)
        if standing is None or standing.revision != self._stored.revision:
            # A sync may have given its number to another record.
            known = self.incident.id
            self.follow()
            standing = self.store.standing(self.incident.id) if self.incident.id != known else standing
        if standing is None:
            return
        if self.deleted is not None and not standing.deleted:
            self._keep(self.incident)
            return
        if standing.deleted:
            if self.deleted is None:
                try:
                    self.store.load(self.incident.id)
                except DeletedIncidentError as error:
                    self._lose(error)
            return
        if standing.revision == self._stored.revision:
            return
        theirs = self.store.load(self.incident.id)
        before, stored = self.incident, self._stored
        if before == stored:
            self.incident = theirs
        else:
            both = self._met(stored, before, theirs)
            self.incident = both.incident
        self._stored = theirs
        self._learn(before, self.incident, by=standing.by, when=standing.at)

    def _learn(self, before: Incident, after: Incident, *, by: str = "", when: datetime | None = None) -> None:
        for place in differing(before, after):
            known = self._wrote.get(place)
            # Whoever wrote here last and saved last goes on writing, most likely; else the revisions say who it was.
            same = known is not None and by and known.by == by
            self._wrote[place] = Wrote(at(after, place), by if same else "", when if same else None)

    def wrote(self, place: str) -> Wrote:
        """Who saved what stands at a place, as far back as can be seen quickly."""
        value = at(self._stored, place)
        known = self._wrote.get(place)
        if known is None or known.value != value or not known.by:
            known = self._wrote[place] = self._looked_up(place, value)
        return known

    def _saved_by(self, place: str, theirs: Incident) -> str:
        value = at(theirs, place)
        known = self._wrote[place] = self._looked_up(place, value)
        return known.by

    def _looked_up(self, place: str, value: Any) -> Wrote:  # noqa: ANN401 - whatever a field holds
        found = Wrote(value)
        try:
            history = self.store.history(self.incident.id)[-_BACK:]
        except (StoreError, UnknownIncidentError):
            return found
        for revision in reversed(history):
            if at(revision.incident, place) != value:
                break
            found = Wrote(value, revision.by, revision.at)
        return found

    def is_theirs(self, place: str) -> bool:
        """Whether somebody else wrote what stands at a place, while this window was open."""
        known = self._wrote.get(place)
        return known is not None and known.value == at(self.incident, place) and self.wrote(place).by != self.by

    def people(self) -> list[dict[str, str]]:
        """Who else is at the record, and where, in words."""
        return [
            {
                "by": one.by or "Somebody",
                "stage": one.stage,
                "word": f"{one.by or 'Somebody'} is on stage {STAGES.index(one.stage) + 1}"
                if one.stage in STAGES
                else f"{one.by or 'Somebody'} is here",
            }
            for one in self.others
        ]

    def writing(self, place: str) -> str:
        """Who else is in a field just now, in words; empty where nobody is."""
        here = [one for one in self.others if place and one.place == place]
        if not here:
            return ""
        names = " and ".join(one.by or "Somebody" for one in here)
        since = min(one.since for one in here)
        return f"{names} {'is' if len(here) == 1 else 'are'} writing here, from {self.clock(since)}"

    def clock(self, when: datetime) -> str:
        """A time of the day in the record's zone."""
        return moments.clock(when, self.incident.zone)
