"""Changing the record in hand: from code, as it is typed, beside what others wrote; and taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from pydantic import ValidationError

from postmortem import settings
from postmortem.record import authority, channels, procedures, states, unread, versions
from postmortem.record.base import zone
from postmortem.record.edit import changed, get, ids_of, put, retired
from postmortem.record.errors import DataError, PostmortemError
from postmortem.record.incident import Incident
from postmortem.record.merging import merge
from postmortem.widgets import typed
from postmortem.widgets.following import Following
from postmortem.widgets.keeping import UNNAMED
from postmortem.widgets.wordings import as_typed, at, may_hold, with_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from postmortem.store import Store

_P = ParamSpec("_P")
_Step = tuple[Incident, Incident]

_SAID_BACK = 60
_TURNED = "the closing was taken back"


class Writing(Following):
    """One record in hand, as it is changed step by step.

    Attributes:
        rejected: What stands in a field and can't be read there, by its place: the text, and a sentence.
    """

    def __init__(self, store: Store, *, by: str = "", now: Callable[[], datetime] = settings.now) -> None:
        super().__init__(store, by=by, now=now)
        self.rejected: dict[str, tuple[str, str]] = {}
        self._undo: list[_Step] = []
        self._redo: list[_Step] = []

    def change(
        self, edit: Callable[Concatenate[Incident, _P], Incident], *args: _P.args, **kwargs: _P.kwargs
    ) -> Incident:
        """Change the incident and keep it at once: `retro.change(whys.answer, None, "Left late")`.

        When somebody else saved in between, both changes are made, so that neither is lost. A change that takes the
        record on passes its gates (`states.held`).

        Args:
            edit: From the incident as it stands to the incident as it shall be.
            args: What else it takes.
            kwargs: And by name.

        Raises:
            PostmortemError: If the change does not fit; nothing is changed then.
        """
        before = self.incident
        try:
            followed = states.followed(before, edit(before, *args, **kwargs))
            wanted = states.held(before, followed, self.playbook, self.now())
        except ValidationError as error:
            raise PostmortemError(_plain(error)) from None
        if wanted == before:
            return before
        self._keep(wanted)
        # A text that waits beside another's is taken back with the words it was made of.
        for version in self._waiting:
            left = versions.without(wanted, version.place, version.by)
            wanted = changed(left, versions=(*left.versions, version))
        self._undo.append((before, wanted))
        self._redo.clear()
        self._forget_gone(before)
        self.refresh()
        return self.incident

    def quietly(self, edit: Callable[..., Incident], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - the edit's own
        """Keep what nobody would want to undo, such as the minute at which a stage was entered."""
        wanted = edit(self.incident, *args, **kwargs)
        if wanted != self.incident:
            self._keep(wanted)
            self.refresh()

    def put(self, place: str, value: object) -> Incident:
        """Put a value at a place of the incident, such as `impact.customer_min`."""
        return self.change(lambda incident: self._with_what_follows(incident, put(incident, place, value)))

    def _with_what_follows(self, before: Incident, after: Incident) -> Incident:
        """A time of the record and the step that tells the same follow each other; another procedure takes over.

        Whether an action held was looked at on the day on which it is said. What was approved is what an amount came to
        then. A reason for a channel is for that one.
        """
        today = self.now().astimezone(zone(before.zone)).date()
        told = states.followed(before, procedures.followed(before, after, self.playbook), today)
        return channels.followed(before, authority.followed(before, told), self.playbook)

    def type(self, place: str, text: str, *, was: Sequence[str] | None = None) -> None:
        """Take what was typed into a field. What can't be read stays in the field, with a sentence.

        Args:
            place: The field.
            text: What stands in it on screen now.
            was: What it showed while this was typed. Where somebody else's words stand there, which whoever typed had
                not seen, theirs stay, and these wait beside them.

        Raises:
            PostmortemError: If there is no such field any more.
        """
        if not _is_there(self.incident, place):
            raise PostmortemError(
                f"“{text}” has no place any more: the part it was typed in was taken out. Undo brings it back."
            )
        if self.beside(place, text, was):
            return
        try:
            around = typed.surroundings(self.incident, self.now(), self.playbook.currency, field=place)
            value = typed.read(typed.kind_of(place), text, around)
            if place == "title" and not text.strip():
                value = UNNAMED
            self.change(
                lambda incident: unread.without(self._with_what_follows(incident, put(incident, place, value)), place)
            )
        except PostmortemError as error:
            if not text.strip() or typed.kind_of(place) == "text":
                self.rejected[place] = (text, _sentence(error, text))
                self.refresh()
            else:
                self.refuse(place, text, _sentence(error, text))
        else:
            if self.rejected.pop(place, None) is not None:
                self.refresh()

    def beside(self, place: str, text: str, was: Sequence[str] | None = None) -> bool:
        """Let a text wait beside what somebody else wrote in a field, where it was typed without seeing that.

        Args:
            place: The field.
            text: What was typed.
            was: What the field showed while it was typed; `None` where nobody knows.

        Returns:
            Whether it waits there; else it is to be put into the field.
        """
        shown, stands = self.shown(place), at(self.incident, place)
        around = typed.surroundings(self.incident, self.now(), self.playbook.currency, field=place)

        def says(words: str) -> bool:
            read = bool(words) and place not in self.rejected
            return words == shown or (read and _means(place, words, around, stands))

        mine = next((item for item in versions.at(self.incident, place) if item.by == self.by), None)
        seen = was is not None and any(map(says, was))
        if says(text):
            if mine is not None:
                self.leave_stage()
                self.change(versions.without, place, self.by)
            return mine is not None
        if seen or (mine is None and (was is None or not self.is_theirs(place))):
            return False
        if text.strip():
            self.change(versions.kept, place, text, by=self.by, when=self.now())
        elif mine is not None:
            self.change(versions.without, place, self.by)
        return True

    def shown(self, place: str) -> str:
        """What a field shows."""
        if place in self.rejected:
            return self.rejected[place][0]
        text = as_typed(at(self.incident, place), self.incident, self.now(), place)
        return "" if place == "title" and text == UNNAMED else text

    def decide(self, place: str, keep: str | None = None, *, join: str | None = None) -> Incident:
        """Choose between the texts that wait for one field. What is left stays in the revisions.

        Args:
            place: The field.
            keep: Whose waiting text takes the place of what stands in the field; `None` keeps what stands there.
            join: Put all of them into the field instead, one after the other, with this between.

        Raises:
            PostmortemError: If nobody's text of that name waits there, or nothing can be kept just now.
        """
        if self.trouble:
            self.save_again()
        if self.trouble:
            raise PostmortemError("Not decided yet: what is left now could not be kept in the revisions just now.")
        waiting = versions.at(self.incident, place)
        chosen = [item for item in waiting if keep is None or item.by == keep]
        if not chosen:
            raise PostmortemError(f"nothing of {keep or 'anybody'} waits at {place!r} any more")
        texts = [self.shown(place), *(item.text for item in waiting)] if join is not None else [chosen[0].text]
        # The text that is left must be in a revision that no later save takes up.
        self.leave_stage()

        def decided(incident: Incident) -> Incident:
            left = versions.without(incident, place)
            if keep is None and join is None:
                return left
            return with_text(left, place, (join or "").join(filter(None, texts)), self.now())

        after = self.change(decided)
        self.rejected.pop(place, None)
        self.rejected |= {name: told for name, told in refused_before(after).items() if name == place}
        self.refresh()
        return after

    def may_join(self, place: str, join: str) -> bool:
        """Whether the texts that wait for a field could stand there one after the other."""
        texts = [self.shown(place), *(item.text for item in versions.at(self.incident, place))]
        return may_hold(self.incident, place, join.join(texts))

    def refuse(self, place: str, text: str, why: str) -> None:
        """Keep a text that can't be read at its place: on screen with a sentence, and in the record as it was typed."""
        self.rejected[place] = (text, why)
        self._keep(unread.kept(self.incident, place, text))
        self.refresh()

    def undo(self) -> None:
        """Take back the last change; what others changed since then stays."""
        if self._undo:
            before, after = self._undo[-1]
            self._turn(after, before)
            self._redo.append(self._undo.pop())
            self.refresh()

    def redo(self) -> None:
        """Make the change again that was taken back last."""
        if self._redo:
            before, after = self._redo[-1]
            self._turn(before, after)
            self._undo.append(self._redo.pop())
            self.refresh()

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._undo)

    @property
    def zone_before(self) -> str:
        """The zone in which the times were told, where the last change was another one; else empty."""
        before, after = self._undo[-1] if self._undo else (self.incident, self.incident)
        return before.zone if before.zone != after.zone == self.incident.zone else ""

    @property
    def can_redo(self) -> bool:
        """Whether a change was taken back."""
        return bool(self._redo)

    def _turn(self, start: Incident, end: Incident) -> None:
        before = self.incident
        wanted = merge(start, end, before, prefer="theirs").incident
        turned = states.allowed(before, wanted, self.playbook, self.now(), because=_TURNED)
        if states.rank(wanted.state) > states.rank(before.state) and _is_same(wanted, end):
            # Nobody did anything since: it stands as it stood, and what it passed then is not asked again.
            turned = wanted
        if before.state == "closed" != turned.state:
            # A closing that was taken back is no closing since which something has to be done.
            turned = changed(turned, closed_at=wanted.closed_at)
        if told := states.stays(turned, wanted.state):
            self._say(told)
        # Others may have seen what is taken back: its ids are theirs for good.
        self._keep(retired(turned, *(ids_of(before) - ids_of(turned))))
        self._forget_gone(before)
        self.rejected = refused_before(self.incident)

    def _learn(self, before: Incident, after: Incident, **told: Any) -> None:  # noqa: ANN401 - by whom, and when
        super()._learn(before, after, **told)
        if after.state == "reopened" != before.state:
            self._say(f"This record is open again: {after.reopened_because}.")
        old, new = unread.texts(before), refused_before(after)
        self.rejected = {place: it for place, it in self.rejected.items() if place not in old or place in new}
        self.rejected |= {place: it for place, it in new.items() if old.get(place) != it[0]}

    def _forget_gone(self, before: Incident) -> None:
        gone = [name for name in self.rejected if _is_there(before, name) and not _is_there(self.incident, name)]
        for name in gone:
            del self.rejected[name]
        kept = self.incident
        for name in gone:
            kept = unread.without(kept, name)
        if kept != self.incident:
            self._keep(kept)


def _is_same(one: Incident, other: Incident) -> bool:
    given = {"id": "", "revision": 0, "gone": ()}
    return one.model_copy(update=given) == other.model_copy(update=given)


def _means(place: str, text: str, around: typed.Place, value: object) -> bool:
    try:
        return bool(typed.read(typed.kind_of(place), text, around) == value)
    except PostmortemError:
        return False


def _is_there(incident: Incident, place: str) -> bool:
    try:
        get(incident, place)
    except PostmortemError:
        return False
    return True


def _sentence(error: PostmortemError, text: str) -> str:
    if not isinstance(error, DataError):
        return str(error)
    told = "; ".join(problem.finding.split(", found ")[0] for problem in error.problems)
    return f"“{text if len(text) <= _SAID_BACK else text[:_SAID_BACK] + '…'}” will not do: {told}."


def refused_before(incident: Incident) -> dict[str, tuple[str, str]]:
    """What could not be read when it was typed, as the record has kept it: by its place, with a sentence."""
    again = "could not be read, and is kept as it was typed. Write it another way."
    return {place: (text, f"“{text}” {again}") for place, text in unread.texts(incident).items()}


def _plain(error: ValidationError) -> str:
    from postmortem.record.reading import problems_in  # noqa: PLC0415 - only when something does not fit

    return "; ".join(str(problem) for problem in problems_in(error))
