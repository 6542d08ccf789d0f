"""What many incidents say: frames in, small tidy frames out."""

from postmortem.analysis.agreement import Agreement, Kappa, agreement, kappa
from postmortem.analysis.answer import Facts, Overdue, Recurring, TopCause, facts
from postmortem.analysis.checklists import checklist_use
from postmortem.analysis.fairness import comparable
from postmortem.analysis.frames import Frames, Tables, count
from postmortem.analysis.handling import OUTCOMES, conformance, promises_kept, told_first
from postmortem.analysis.intervals import exact_share
from postmortem.analysis.meetings import answers_by_meeting
from postmortem.analysis.monthly import category_by_team, counts_by_month
from postmortem.analysis.outcome import actions_held
from postmortem.analysis.ranking import pareto
from postmortem.analysis.recurrence import recurrences, time_between
from postmortem.analysis.selection import select
from postmortem.analysis.survival import median_wait
from postmortem.analysis.waits import MEASURES, waits

__all__ = [
    "MEASURES",
    "OUTCOMES",
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
    "comparable",
    "conformance",
    "count",
    "counts_by_month",
    "exact_share",
    "facts",
    "kappa",
    "median_wait",
    "pareto",
    "promises_kept",
    "recurrences",
    "select",
    "time_between",
    "told_first",
    "waits",
]
