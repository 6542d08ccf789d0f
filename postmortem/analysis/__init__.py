"""What many incidents say: frames in, small tidy frames out."""

from postmortem.analysis.agreement import Agreement, Kappa, agreement, kappa
from postmortem.analysis.answer import Facts, Overdue, Recurring, TopCause, facts
from postmortem.analysis.checklists import checklist_use
from postmortem.analysis.frames import Frames, Tables, count
from postmortem.analysis.intervals import exact_share
from postmortem.analysis.meetings import answers_by_meeting
from postmortem.analysis.monthly import category_by_team, counts_by_month
from postmortem.analysis.outcome import actions_held, handling
from postmortem.analysis.ranking import pareto
from postmortem.analysis.recurrence import recurrences, time_between
from postmortem.analysis.selection import select

__all__ = [
    "Agreement",
    "Facts",
    "Frames",
    "Kappa",
    "Overdue",
    "Recurring",
    "Tables",
    "TopCause",
    "actions_held",
    "agreement",
    "answers_by_meeting",
    "category_by_team",
    "checklist_use",
    "count",
    "counts_by_month",
    "exact_share",
    "facts",
    "handling",
    "kappa",
    "pareto",
    "recurrences",
    "select",
    "time_between",
]
