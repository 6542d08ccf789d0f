"""What the rooms of the review give back (see `record.finding`), and from when on they ask for more."""

from typing import Final

from postmortem.record.finding import Finding, Severeness, ordered

LATE: Final = frozenset({"acting", "reopened", "closed"})
"""The states in which the whys and the recovery are over: what was only missing yet is missing then."""

__all__ = ["LATE", "Finding", "Severeness", "ordered"]
