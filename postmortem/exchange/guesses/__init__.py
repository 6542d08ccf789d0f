"""Guessing a mapping from the headers and the values of a table, and asking what only a person can tell."""
