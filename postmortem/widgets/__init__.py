"""What a person works with in a notebook: state, and a view of it."""

from postmortem.widgets.bring import BringData, open_bring_data
from postmortem.widgets.due import WhatIsDue, open_due
from postmortem.widgets.facilitating import Facilitation, open_facilitation
from postmortem.widgets.meeting import Retrospective, open_retrospective
from postmortem.widgets.stage import StagePanel
from postmortem.widgets.ticking import Ticking, open_checklists
from postmortem.widgets.trends import Trends, open_trends

__all__ = [
    "BringData",
    "Facilitation",
    "Retrospective",
    "StagePanel",
    "Ticking",
    "Trends",
    "WhatIsDue",
    "open_bring_data",
    "open_checklists",
    "open_due",
    "open_facilitation",
    "open_retrospective",
    "open_trends",
]
