"""What the rooms of the review give back: see `record.finding`."""

from postmortem.record.finding import Finding, Severeness, ordered

__all__ = ["Finding", "Severeness", "ordered"]
