"""What works here, what doesn't, and how to mend it: `doctor`."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
import tempfile
import webbrowser
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, requires, version
from typing import TYPE_CHECKING, Final

import click

import postmortem as pm
from postmortem.cli.command import command
from postmortem.cli.options import as_json, surroundings
from postmortem.cli.printing import counted, paragraph, say, say_json, tell
from postmortem.record.errors import DataError, PostmortemError
from postmortem.record.playbook import default_playbook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from postmortem.record.playbook import Playbook

_DISTRIBUTION: Final = "postmortem-notebooks"
_OLDEST_PYTHON: Final = (3, 11)
_OLD_DAYS: Final = 7
_LEAST_FREE: Final = 200 * 1024 * 1024
_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "firefox", "microsoft-edge", "safari")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: What it is.
        ok: Whether it works.
        needed: Whether the toolkit needs it; what is not needed never fails the command.
        said: What was found.
        remedy: What to do where it does not work.
    """

    name: str
    ok: bool
    said: str
    remedy: str = ""
    needed: bool = True


@command("doctor", "doctor", "doctor --store team.db --json", "doctor --everything", "doctor --rebuild")
@click.option("--everything", is_flag=True, help="Compare every incident and read every revision; takes its time.")
@click.option("--rebuild", is_flag=True, help="Make the rows for lists and charts again from the documents first.")
@as_json
def doctor(*, everything: bool, rebuild: bool, as_json: bool) -> None:
    """Say what works here, and how to mend the rest.

    Looks at Python, the packages, the playbook, the store with its backups, and the browser. The exit code is 1 when
    something that is needed does not work.
    """
    found = [*_python(), *_packages(), *_playbook(), *_store(everything=everything, rebuild=rebuild), *_browser()]
    checks = [replace(check, remedy="") if check.ok else check for check in found]
    if as_json:
        say_json(checks)
    else:
        wide = max(len(check.name) for check in checks)
        for check in checks:
            mark = "ok  " if check.ok else "MEND" if check.needed else "note"
            told = "; ".join(filter(None, (check.said, check.remedy)))
            first = f"{mark}  {check.name.ljust(wide)}  "
            say(paragraph(told, first=first, then=" " * len(first)))
    broken = sum(not check.ok and check.needed for check in checks)
    if not as_json:
        tell(f"{counted(broken, 'thing')} to mend." if broken else "Everything that is needed works.")
    click.get_current_context().exit(1 if broken else 0)


def _python() -> Iterator[Check]:
    found = ".".join(map(str, sys.version_info[:3]))
    oldest = ".".join(map(str, _OLDEST_PYTHON))
    yield Check("Python", sys.version_info >= _OLDEST_PYTHON, found, f"install Python {oldest} or newer")


def _packages() -> Iterator[Check]:
    try:
        wanted = requires(_DISTRIBUTION) or []
        own = version(_DISTRIBUTION)
    except PackageNotFoundError:
        yield Check("packages", ok=False, said="this copy is not installed", remedy="pip install the folder it is in")
        return
    faults = [fault for requirement in wanted if "extra ==" not in requirement and (fault := _fault(requirement))]
    said = "; ".join(faults) or f"{_DISTRIBUTION} {own} and the {len(wanted)} it needs"
    yield Check("packages", not faults, said, f"pip install --upgrade {_DISTRIBUTION}")


def _fault(requirement: str) -> str:
    """What is wrong with a required package; empty when it is there and new enough."""
    name, bound = re.match(r"\s*([\w.-]+)[^>;]*(?:>=\s*([\w.]+))?", requirement).groups()  # type: ignore[union-attr]
    try:
        found = version(name)
    except PackageNotFoundError:
        return f"{name} is missing"
    return f"{name} is {found}, needed {bound} or newer" if bound and _parts(found) < _parts(bound) else ""


def _parts(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


def _playbook() -> Iterator[Check]:
    try:
        yield Check("playbook", ok=True, said=surroundings().rules().name)
    except PostmortemError as error:
        yield Check("playbook", ok=False, said=_said(error), remedy="see postmortem playbook check FILE")


def _store(*, everything: bool, rebuild: bool) -> Iterator[Check]:
    from postmortem.store.engine import masked, sqlite_file, url_of  # noqa: PLC0415 - the database is loaded when asked

    told = surroundings()
    try:
        url = url_of(told.store)
    except PostmortemError as error:
        yield Check("store", ok=False, said=_said(error))
        return
    file = sqlite_file(url)
    if file is not None:
        yield from _folder(file.absolute().parent)
        if not file.exists():
            yield Check("store", ok=True, said=f"{masked(url)} is not there yet; it is made when it is first needed")
            return
    try:
        with pm.open_store(told.store, playbook=_rules(), read_only=told.read_only, said=tell) as store:
            if rebuild:
                yield Check("rows", ok=True, said=f"made again for {counted(store.rebuild_tables(), 'incident')}")
            problems, count = store.check(everything=everything), len(store)
            server = f" on {found}" if (found := store.server()) else ""
            how = ", to read only" if store.read_only else ""
            yield Check("store", ok=True, said=f"{masked(url)}{server} opens{how}, with {counted(count, 'incident')}")
            yield Check("compared", ok=True, said=_compared(count, everything=everything))
    except PostmortemError as error:
        yield Check("store", ok=False, said=_said(error))
        return
    for problem in problems:
        yield Check(f"store, {problem.where}", ok=False, said=problem.finding, remedy=_with_options(problem.remedy))
    if file is not None:
        yield _backups(file)


def _with_options(remedy: str) -> str:
    """A remedy whose command names the playbook and the store that were told here: it works on the same."""
    from postmortem.store.condition import REBUILD  # noqa: PLC0415 - as above

    told = surroundings()
    named = {"--store": told.store, "--playbook": told.playbook}
    options = [f" {option} {shlex.quote(value)}" for option, value in named.items() if value]
    return remedy.replace(REBUILD, "".join([REBUILD, *options]))


def _rules() -> Playbook:
    """The playbook that the rows were made with; one that does not fit is told on a line of its own."""
    try:
        return surroundings().rules()
    except PostmortemError:
        return default_playbook()


def _compared(count: int, *, everything: bool) -> str:
    from postmortem.store.condition import SAMPLED  # noqa: PLC0415 - as above

    if everything:
        return f"{counted(count, 'incident')} with their rows, and every revision read"
    if count <= SAMPLED:
        return f"{counted(count, 'incident')} with their rows"
    return f"the {SAMPLED:,} saved last of {counted(count, 'incident')} with their rows; --everything compares all"


def _backups(file: Path) -> Check:
    """The backups that lie beside the store; only those are known that are named after it."""
    from postmortem.store.copying import beside  # noqa: PLC0415 - as above

    dated = sorted(
        ((datetime.fromtimestamp(it.stat().st_mtime, UTC), it) for it in beside(file.absolute())), reverse=True
    )
    if not dated:
        remedy = f"postmortem backup {file.name}.{surroundings().instant:%Y%m%d}.backup writes one"
        return Check("backups", ok=False, said="none lies beside the store", remedy=remedy, needed=False)
    days = max(0, (surroundings().instant - dated[0][0]).days)
    age = "today" if not days else f"{counted(days, 'day')} ago"
    said = f"{counted(len(dated), 'copy', 'copies')} beside the store, the last one {dated[0][1].name}, made {age}"
    return Check("backups", days <= _OLD_DAYS, said, "write a new one: postmortem backup FILE", needed=False)


def _said(error: PostmortemError) -> str:
    """An error on one line."""
    return f"{error.subject}: {'; '.join(map(str, error.problems))}" if isinstance(error, DataError) else str(error)


def _folder(folder: Path) -> Iterator[Check]:
    """The nearest folder that is there: it must take new files."""
    there = next(it for it in (folder, *folder.parents) if it.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            writable = True
    except OSError:
        writable = False
    yield Check("folder", writable, str(there), "it can't be written to; name another store with --store")
    free = shutil.disk_usage(there).free
    yield Check("disk", free >= _LEAST_FREE, f"{free / 2**30:,.1f} GB free", "make room, or name a store elsewhere")


def _browser() -> Iterator[Check]:
    found = next((name for name in _BROWSERS if shutil.which(name)), "")
    if not found:
        try:
            found = getattr(webbrowser.get(), "name", "") or "the system's own"
        except webbrowser.Error:
            found = ""
    remedy = "install Chromium or Firefox: the notebooks and reports open in it"
    yield Check("browser", bool(found), found or "none found", remedy if not found else "", needed=False)


COMMANDS: Final = (doctor,)
