"""The command line: options in, one library call, printing out."""

from postmortem.cli.program import main

__all__ = ["main"]
