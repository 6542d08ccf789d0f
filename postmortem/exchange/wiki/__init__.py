"""Incidents as Markdown pages for a wiki or a git repository, and back without loss."""
