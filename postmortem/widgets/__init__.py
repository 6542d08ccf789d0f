"""What a person works with in a notebook: state, and a view of it."""

from postmortem.widgets.meeting import Retrospective, open_retrospective
from postmortem.widgets.stage import StagePanel

__all__ = ["Retrospective", "StagePanel", "open_retrospective"]
