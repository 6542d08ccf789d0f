"""The notebooks in a browser: `lab` and `dashboard`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import click

from postmortem._shipped import shipped
from postmortem.cli import launch
from postmortem.cli.command import command
from postmortem.cli.options import opened, surroundings
from postmortem.cli.printing import counted, tell
from postmortem.record.errors import PostmortemError

_port = click.option(
    "--port", type=click.IntRange(1, 65535), metavar="N", help="Where to listen; a free one if none is named."
)
_no_browser = click.option("--no-browser", is_flag=True, help="Only print the address; don't open a browser.")


@command("lab", "lab", "lab --store team.db --no-browser")
@_port
@_no_browser
def lab(*, port: int | None, no_browser: bool) -> None:
    """Open the notebooks in JupyterLab, with the store ready.

    It listens on this machine only and asks for a token that is made anew each time. From an installed package the
    notebooks are copied to ./postmortem-notebooks first; what is there already is never written over.
    """
    told = _ready_store()
    notebooks, copied = launch.working_copy(shipped("notebooks"), Path.cwd())
    if copied:
        tell(f"{counted(len(copied), 'notebook')} copied to {notebooks}.")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root:
        tell("You are root: Jupyter is told to accept that. An ordinary account is safer.")
    at, token = launch.free_port(port, launch.LAB_PORT), launch.new_token()
    server = launch.Server(
        name="JupyterLab",
        command=launch.lab_command(notebooks, port=at, root=root),
        path="/lab/tree/retrospective.ipynb",
        port=at,
        token=token,
        settings=launch.lab_settings(token),
    )
    _run(server, told, no_browser=no_browser)


@command("dashboard", "dashboard", "dashboard --notebook retrospective --no-browser")
@click.option(
    "--notebook",
    type=click.Choice(["trends", "retrospective"]),
    default="trends",
    help="Which one; the trends if none is named.",
)
@_port
@_no_browser
def dashboard(*, notebook: str, port: int | None, no_browser: bool) -> None:
    """Open the trends, or the retrospective, as a page without code.

    It listens on this machine only and asks for a token that is made anew each time.
    """
    told = _ready_store()
    at, token = launch.free_port(port, launch.DASHBOARD_PORT), launch.new_token()
    server = launch.Server(
        name="The dashboard",
        command=launch.dashboard_command(_shown(notebook), port=at),
        path="/",
        port=at,
        token=token,
        settings=launch.dashboard_settings(token),
    )
    _run(server, told, no_browser=no_browser)


def _shown(notebook: str) -> Path:
    try:
        return shipped(f"notebooks/{notebook}.ipynb")
    except FileNotFoundError as error:
        raise PostmortemError(str(error)) from None


def _ready_store() -> dict[str, str]:
    """Open the store once, so that a fault shows here and not in a notebook, and say what the notebooks shall find."""
    from postmortem.store.engine import masked, sqlite_file, url_of  # noqa: PLC0415 - the database is loaded when asked for

    told = surroundings()
    with opened() as store:
        count, looking = len(store), store.read_only
    url = url_of(told.store)
    file = sqlite_file(url)
    tell(f"Incidents are kept in {file.resolve() if file else masked(url)}: {counted(count, 'incident')}.")
    if looking:
        tell("They are open to read only: what is typed in the notebooks is not saved.")
    elif not count:
        tell("Tell your first one in the notebook, or load sample incidents: postmortem sample")
    # The notebooks run in another folder: what was meant from here is named in full.
    where = str(file.resolve()) if file is not None else url.render_as_string(hide_password=False)
    found = {"POSTMORTEM_STORE": where}
    if told.read_only:
        found["POSTMORTEM_READ_ONLY"] = "yes"
    if rules := told.playbook or os.environ.get("POSTMORTEM_PLAYBOOK"):
        found["POSTMORTEM_PLAYBOOK"] = str(Path(rules).resolve())
    if told.now is not None:
        found["POSTMORTEM_NOW"] = told.now.isoformat()
    if told.by:
        found["POSTMORTEM_BY"] = told.by
    return found


def _run(server: launch.Server, told: dict[str, str], *, no_browser: bool) -> None:
    tell(f"{server.name} starts …")
    click.get_current_context().exit(launch.run(server, told, tell, browser=not no_browser))


COMMANDS: Final = (lab, dashboard)
