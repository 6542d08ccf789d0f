"""One summary, several renderings, three audiences: an incident or many, as HTML, Markdown and JSON, offline."""

from postmortem.report.causemap import cause_map
from postmortem.report.checklist import SheetSummary, checklist_page
from postmortem.report.incidents import incident_summary
from postmortem.report.maps import MapSummary
from postmortem.report.portfolio import portfolio_summary
from postmortem.report.rendering import render, write
from postmortem.report.summary import IncidentSummary, PortfolioSummary

__all__ = [
    "IncidentSummary",
    "MapSummary",
    "PortfolioSummary",
    "SheetSummary",
    "cause_map",
    "checklist_page",
    "incident_summary",
    "portfolio_summary",
    "render",
    "write",
]
