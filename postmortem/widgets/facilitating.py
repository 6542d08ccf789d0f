"""Leading a meeting: who comes and when, what to send, what to say, how it went, and whether people come again.

Each part is a panel for a notebook cell, and each has a twin in code.
"""

from __future__ import annotations

import secrets
import weakref
from typing import TYPE_CHECKING, Any, Final, Literal

from tzlocal import get_localzone_name

from postmortem import charts
from postmortem.analysis import answers_by_meeting
from postmortem.record import agenda as agendas
from postmortem.record import feedback
from postmortem.record.base import zone as zone_of
from postmortem.record.errors import PostmortemError
from postmortem.record.facilitation import BLANKS
from postmortem.store import ConflictError, StoreError
from postmortem.widgets.chart import ChartPanel
from postmortem.widgets.choosing import ChoosingPanel
from postmortem.widgets.guide import ClosingPanel, LetterPanel, PlanPanel, WordsPanel
from postmortem.widgets.keeping import UNNAMED
from postmortem.widgets.meeting import Retrospective, open_retrospective

if TYPE_CHECKING:
    import os

    from postmortem.charts import Chart
    from postmortem.record.agenda import Agenda
    from postmortem.record.incident import Incident
    from postmortem.record.vocabulary import YesNo
    from postmortem.store import Store
    from postmortem.widgets.meeting import Watcher

ANYBODY: Final = "somebody in the meeting"
"""Who an answer after the meeting is saved by: nobody's name, whoever sits at the keyboard."""

_ATTEMPTS: Final = 8


class Facilitation:
    """A meeting on one mistake, from the plan to the answers afterwards.

    Shown in a cell it lets choose the record; the parts are cells of their own.

    Args:
        meeting: The retrospective in hand.
    """

    def __init__(self, meeting: Retrospective) -> None:
        self.meeting = meeting
        self._read: Incident | None = None
        self._watchers: weakref.WeakSet[Watcher] = weakref.WeakSet()

    def __repr__(self) -> str:
        """Which record the meeting is about."""
        return f"<Facilitation: {self.meeting.incident.id or 'a new record'}>"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:  # noqa: ANN401 - Jupyter's own protocol
        self._choosing = ChoosingPanel(self.meeting)
        return self._choosing._repr_mimebundle_(**kwargs)

    # -- before ---------------------------------------------------------------------------------------------------

    def plan(self) -> PlanPanel:
        """Who comes, and when, and what to have ready: a panel for a cell."""
        return PlanPanel(self)

    def invitation(self) -> LetterPanel:
        """The agenda, and the text to send: a panel for a cell."""
        return LetterPanel(self)

    def words(self) -> WordsPanel:
        """Who speaks, and what to say: a panel for a cell."""
        return WordsPanel(self)

    @property
    def agenda(self) -> Agenda:
        """The plan as a plain value."""
        return agendas.agenda(self.meeting.incident, self.meeting.playbook, self.meeting.now())

    @property
    def text(self) -> str:
        """The invitation as it is sent. It never names the customer."""
        meeting = self.meeting
        text = agendas.invitation(meeting.incident, self.agenda, meeting.playbook, self.hide)
        return text.replace(UNNAMED, BLANKS["title"]) if meeting.incident.title == UNNAMED else text

    def hide(self, text: str) -> str:
        """A text without the customer's name and contact."""
        from postmortem.report.redaction import of_customer  # noqa: PLC0415 - only for what leaves the room

        customer = self.meeting.incident.customer
        return of_customer(customer.name, customer.contact)(text)

    # -- after ----------------------------------------------------------------------------------------------------

    def close(self) -> ClosingPanel:
        """The two questions, for one person after the other: a panel for a cell."""
        return ClosingPanel(self)

    def answer(self, *, learned: YesNo | None = None, again: YesNo | None = None, note: str = "") -> int:
        """Hand in one person's answers, without a name, and say how many there are now.

        They are saved under nobody's name, and in an order that does not tell who came first.

        Args:
            learned: Did you learn something?
            again: Would you come again?
            note: What would have made it better.

        Raises:
            PostmortemError: If nothing was answered, nothing is told yet, or it can't be saved.
        """
        meeting = self.meeting
        if meeting.is_new:
            raise PostmortemError("Nothing is told yet. Choose the record the meeting was about first.")
        for _ in range(_ATTEMPTS):
            meeting.follow()
            stands = meeting.store.load(meeting.incident.id)
            told = feedback.answer(stands, f"f-{secrets.token_hex(3)}", learned=learned, again=again, note=note)
            try:
                self._read = meeting.store.save(told, by=ANYBODY, note="after the meeting", coalesce=True)
            except ConflictError:
                continue
            self.refresh()
            return len(self._read.feedback)
        raise StoreError("Others are saving this record very often just now. Try once more.")

    @property
    def tally(self) -> feedback.Tally:
        """The answers so far, counted: of the record as it was read last."""
        here, read = self.meeting.incident, self._read
        newer = read is not None and read.id == here.id and read.revision > here.revision
        return feedback.tally(read if newer and read is not None else here)

    def answers(self) -> ChartPanel:
        """What people said of all meetings, over time: a chart for a cell."""
        panel = ChartPanel(self, "meetings")
        self._watchers.add(panel)
        return panel

    def drawn(self, key: str, theme: Literal["light", "dark"] = "light") -> Chart:
        """The plain value behind the chart.

        Raises:
            PostmortemError: If there is no such chart here.
        """
        if key != "meetings":
            raise PostmortemError(f"there is no chart {key!r} here; there is: 'meetings'")
        return charts.meetings(answers_by_meeting(self.meeting.store.tables(), zone=_here()), theme=theme)

    def watch(self, watcher: Watcher) -> None:
        """Let something follow what is handed in."""
        self._watchers.add(watcher)

    def refresh(self) -> None:
        """Let everything on screen show what was handed in."""
        for watcher in tuple(self._watchers):
            watcher.refresh()


def _here() -> str:
    name = get_localzone_name() or "UTC"
    try:
        zone_of(name)
    except ValueError:
        return "UTC"
    return name


def open_facilitation(
    incident_id: str | None = None,
    *,
    store: Store | str | os.PathLike[str] | None = None,
    playbook: str | os.PathLike[str] | None = None,
    by: str = "",
) -> Facilitation:
    """Prepare a meeting, or close one.

    Args:
        incident_id: The record; where none is named, the unfinished one that you saved last, else a new one.
        store: Where records are kept: an open store, a path or a URL; by default `POSTMORTEM_STORE`.
        playbook: A team's own playbook file; by default `POSTMORTEM_PLAYBOOK`.
        by: Who works here.

    Raises:
        PostmortemError: If the store or the playbook can't be opened, or there is no such record.
    """
    return Facilitation(open_retrospective(incident_id, store=store, playbook=playbook, by=by))
