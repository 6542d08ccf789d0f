"""Frames of the analysis, drawn: each function takes one frame and gives one `Chart`; nothing is computed here."""

from postmortem.charts.catalogue import KEYS, OF_ALL, bundle, draw, prepared
from postmortem.charts.chart import Chart, Verdict
from postmortem.charts.checklists import checklist_runs
from postmortem.charts.fairness import fairness
from postmortem.charts.grid import category_by_team, held
from postmortem.charts.handling import promises, steps, told
from postmortem.charts.lanes import between
from postmortem.charts.look import CONFIG, FONT, SIGNS, TOKENS, Sign, Theme, Tokens
from postmortem.charts.meetings import meetings
from postmortem.charts.monthly import months
from postmortem.charts.ranking import pareto
from postmortem.charts.waits import waits

__all__ = [
    "CONFIG",
    "FONT",
    "KEYS",
    "OF_ALL",
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
    "checklist_runs",
    "draw",
    "fairness",
    "held",
    "meetings",
    "months",
    "pareto",
    "prepared",
    "promises",
    "steps",
    "told",
    "waits",
]
