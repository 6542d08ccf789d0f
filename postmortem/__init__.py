"""Postmortem: tell a mistake, make it good, ask why, name the cause, act, and see at once when it comes back.

Everything a notebook needs stands here; heavy libraries are loaded when they are first used.

Examples:
    >>> import postmortem as pm
    >>> incident = pm.Incident(title="Phone not reconnected after repair")
    >>> incident = pm.whys.answer(incident, None, "The main switch was left unplugged")
    >>> pm.whys.labels(incident)
    {'w1': 'O1'}
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from postmortem import analysis, charts, exchange, report
    from postmortem.record import (
        DataError,
        Finding,
        GateError,
        Incident,
        Playbook,
        PostmortemError,
        Problem,
        actions,
        agenda,
        causes,
        checklists,
        clock,
        compensation,
        default_playbook,
        due,
        edit,
        escalation,
        feedback,
        gates,
        incident_from,
        load_playbook,
        procedures,
        recovery,
        review,
        saying,
        severity,
        states,
        talks,
        topics,
        versions,
        whys,
    )
    from postmortem.store import ConflictError, Store, open_store
    from postmortem.widgets import (
        open_bring_data,
        open_checklists,
        open_due,
        open_facilitation,
        open_retrospective,
        open_trends,
    )

__version__ = "0.1.0"

__all__ = [
    "ConflictError",
    "DataError",
    "Finding",
    "GateError",
    "Incident",
    "Playbook",
    "PostmortemError",
    "Problem",
    "Store",
    "actions",
    "agenda",
    "analysis",
    "causes",
    "charts",
    "checklists",
    "clock",
    "compensation",
    "default_playbook",
    "due",
    "edit",
    "escalation",
    "exchange",
    "feedback",
    "gates",
    "incident_from",
    "load_playbook",
    "open_bring_data",
    "open_checklists",
    "open_due",
    "open_facilitation",
    "open_retrospective",
    "open_store",
    "open_trends",
    "procedures",
    "recovery",
    "report",
    "review",
    "saying",
    "severity",
    "states",
    "talks",
    "topics",
    "versions",
    "whys",
]

_ROOMS = frozenset({"analysis", "charts", "exchange", "report"})
_FROM = {
    "ConflictError": "postmortem.store",
    "Store": "postmortem.store",
    "open_store": "postmortem.store",
    "open_bring_data": "postmortem.widgets",
    "open_checklists": "postmortem.widgets",
    "open_due": "postmortem.widgets",
    "open_facilitation": "postmortem.widgets",
    "open_retrospective": "postmortem.widgets",
    "open_trends": "postmortem.widgets",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever stands behind the name
    if name in _ROOMS:
        return import_module(f"postmortem.{name}")
    if name in __all__:
        return getattr(import_module(_FROM.get(name, "postmortem.record")), name)
    raise AttributeError(f"module 'postmortem' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
