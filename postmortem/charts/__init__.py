"""Frames of the analysis, drawn: each function takes one frame and gives one `Chart`; nothing is computed here."""

from postmortem.charts.chart import Chart, Verdict
from postmortem.charts.grid import category_by_team, held
from postmortem.charts.lanes import between
from postmortem.charts.look import CONFIG, FONT, SIGNS, TOKENS, Sign, Theme, Tokens
from postmortem.charts.monthly import months
from postmortem.charts.ranking import pareto

__all__ = [
    "CONFIG",
    "FONT",
    "SIGNS",
    "TOKENS",
    "Chart",
    "Sign",
    "Theme",
    "Tokens",
    "Verdict",
    "between",
    "category_by_team",
    "held",
    "months",
    "pareto",
]
