"""Frames of the analysis, drawn: each function takes one frame and gives one `Chart`; nothing is computed here."""

from postmortem.charts.catalogue import KEYS, bundle, draw, prepared
from postmortem.charts.chart import Chart, Verdict
from postmortem.charts.checklists import checklist_runs
from postmortem.charts.grid import category_by_team, held
from postmortem.charts.lanes import between
from postmortem.charts.look import CONFIG, FONT, SIGNS, TOKENS, Sign, Theme, Tokens
from postmortem.charts.meetings import meetings
from postmortem.charts.monthly import months
from postmortem.charts.ranking import pareto

__all__ = [
    "CONFIG",
    "FONT",
    "KEYS",
    "SIGNS",
    "TOKENS",
    "Chart",
    "Sign",
    "Theme",
    "Tokens",
    "Verdict",
    "between",
    "bundle",
    "category_by_team",
    "draw",
    "held",
    "checklist_runs",
    "meetings",
    "months",
    "pareto",
    "prepared",
]
