"""The program: all its commands under one name."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

import postmortem as pm
from postmortem.cli import (
    checklists,
    due,
    erasing,
    exchanging,
    health,
    keeping,
    mapping,
    records,
    reports,
    rules,
    servers,
    syncing,
    whys,
    wording,
)
from postmortem.cli.command import SETTINGS, Program
from postmortem.cli.options import common

if TYPE_CHECKING:
    from collections.abc import Callable


@click.group(cls=Program, context_settings=SETTINGS)
@click.version_option(pm.__version__, message="postmortem %(version)s")
@common
def main() -> None:
    """Tell a mistake, make it good, ask why, act, and see at once when it comes back.

    Incidents are kept in a store: data/postmortem.db below the folder you are in, unless you name another.

    \b
    To begin:
      postmortem sample        load sample incidents to look at
      postmortem lab           work in the notebooks
    """  # noqa: D301 - the \b is click's: it keeps these lines as they are
    for stream in (sys.stdout, sys.stderr):
        # A terminal that lacks a sign shows a question mark instead of ending the command.
        reconfigure: Callable[..., None] | None = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


for _room in (
    servers,
    exchanging,
    mapping,
    records,
    due,
    wording,
    reports,
    checklists,
    whys,
    rules,
    syncing,
    keeping,
    erasing,
    health,
):
    for _command in _room.COMMANDS:
        main.add_command(_command)
