"""A folder of Markdown pages, one an incident, for a wiki or a git repository."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Final

from postmortem.exchange import files
from postmortem.exchange.prose import account
from postmortem.exchange.prose.headings import shipped_headings
from postmortem.exchange.reading import Sorting
from postmortem.exchange.wiki.markdown import incident_of, is_page, page
from postmortem.record.errors import DataError, Problem
from postmortem.record.order import disorder
from postmortem.record.reading import json_text

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable

    from postmortem.exchange.prose.headings import Headings
    from postmortem.exchange.reading import Reading
    from postmortem.record.incident import Incident

SUFFIX: Final = ".md"
SUFFIXES: Final = (SUFFIX, ".markdown")
"""The suffixes of the files that are read as Markdown."""

LONGEST_PAGE: Final = 16_000_000
"""Characters in one page. An incident with hundreds of whys and every step described has about fifty thousand."""

_PLAIN: Final = re.compile(r"[a-z0-9]+([._-]+[a-z0-9]+)*")
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])([.].*)?")
_LONGEST_NAME: Final = 100
_SHOWN_OF_ODD: Final = 40


@dataclass(frozen=True, slots=True)
class Pages:
    """What became of a folder.

    Attributes:
        written: The files that are new or were changed.
        unchanged: The files that stood there already, byte for byte.
        left: Pages of incidents that are not among those that were written; they stand as they did.
    """

    written: tuple[Path, ...]
    unchanged: tuple[Path, ...]
    left: tuple[Path, ...]


def file_name(incident: Incident) -> str:
    """The name of an incident's page: its id, where that is a good name on every system, else one made of it.

    An id with capitals, signs or a name that some system keeps for itself gets a `~` and a few letters that belong to
    this very id: two ids never share a file, also where capitals don't count.

    Examples:
        >>> from postmortem.record.incident import Incident
        >>> [file_name(Incident(title="Late", id=one)) for one in ("2026-014", "con")]
        ['2026-014.md', 'con~cb66561fa5.md']
    """
    name = incident.id
    if len(name) <= _LONGEST_NAME and _PLAIN.fullmatch(name) and not _RESERVED.fullmatch(name):
        return f"{name}{SUFFIX}"
    mark = blake2b((name or json_text(incident)).encode(), digest_size=5).hexdigest()
    readable = re.sub(r"[^A-Za-z0-9_-]+", "_", name)[:_SHOWN_OF_ODD].strip("_") or "incident"
    return f"{readable}~{mark}{SUFFIX}"


def write_pages(
    folder: Path | str | os.PathLike[str],
    incidents: Iterable[Incident],
    *,
    replace: bool = False,
    holds: Callable[[Incident], bool] | None = None,
) -> Pages:
    """Write one page an incident; what has not changed is not touched, and nothing is deleted.

    Args:
        folder: Where; it is made where it is not there.
        incidents: What.
        replace: Whether to write also over pages that were mended by hand and not imported.
        holds: Says of what stands in a page of an older revision whether all of it was taken in since, as
            `Store.holds` does. Without it, only pages of the same revision can be told to have been mended.

    Returns:
        What was written, what was left.

    Raises:
        DataError: If a file of that name is no page of ours, or was mended by hand since it was written and not taken
            in: then no page is written. If a file can't be written.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        there = {path.name: path for path in sorted(folder.iterdir()) if path.suffix.lower() == SUFFIX}
    except OSError as error:
        found = "is a file" if isinstance(error, FileExistsError) else f"can't be used: {error.strerror}"
        raise DataError(folder.name, [Problem("", f"the folder {found}", "name another folder")]) from None
    problems: list[Problem] = []
    waiting: list[tuple[Path, Incident]] = []
    unchanged: list[Path] = []
    taken: set[str] = set()
    for incident in incidents:
        path = folder / file_name(incident)
        taken.add(path.name)
        before = path.read_bytes() if path.is_file() else None
        if before == page(incident).encode():
            unchanged.append(path)
            continue
        fault = None if replace and _is_ours(path) else _fault(path, before, incident, holds)
        problems += [fault] if fault else []
        waiting.append((path, incident))
    if problems:
        raise DataError(folder.name, problems)
    for path, incident in waiting:
        with files.written(path) as (handle,):
            handle.write(page(incident))
    left = [path for name, path in there.items() if name not in taken and _is_ours(path)]
    return Pages(tuple(path for path, _ in waiting), tuple(unchanged), tuple(left))


def _is_ours(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return is_page(file.read(LONGEST_PAGE))
    except OSError:
        return False


def _fault(
    path: Path, before: bytes | None, incident: Incident, holds: Callable[[Incident], bool] | None
) -> Problem | None:
    """Why a page must not be written over what stands there."""
    if before is None:
        return None
    text = before.decode("utf-8", "replace")
    if not is_page(text):
        return Problem(path.name, "stands there and is no page of ours", "move it away, or name another folder")
    try:
        known = incident_of(text, path.name)
    except DataError as error:
        return Problem(path.name, f"can't be read ({error.problems[0]})", "mend it and import it, or export --replace")
    same = known.model_copy(update={"revision": incident.revision}) == incident
    taken_in = known.revision != incident.revision and (holds is None or holds(known))
    if not same and not taken_in:
        return Problem(path.name, "was mended by hand and not imported", "import it first, or export --replace")
    return None


def read_markdown(path: Path, headings: Headings | None = None) -> Reading:
    """Read one Markdown file: a page of ours, or a post-mortem as a team writes them.

    Of the latter the folder's and the file's name are the key, so that a second import changes nothing.

    Args:
        path: The file.
        headings: What headings mean; the shipped table where none is given.

    Raises:
        DataError: If the file as a whole will not do.
    """
    text = text_of(path)
    sorting = Sorting(path.name, "page")
    if is_page(text):
        _take_page(sorting, text, path.name)
        return sorting.reading()
    known = headings if headings is not None else shipped_headings()
    key = f"{path.resolve().parent.name}/{path.name}"
    try:
        sorting.accept(1, account.incident_of(text, key, known, stem=path.stem), {})
    except DataError as error:
        sorting.reject(1, {"file": path.name, "text": text}, list(error.problems))
    return sorting.reading()


def _take_page(sorting: Sorting, text: str, name: str) -> None:
    """Sort one page: an incident, or a reject with every reason."""
    try:
        incident = incident_of(text, name)
    except DataError as error:
        sorting.reject(1, {"file": name, "text": text}, list(error.problems))
        return
    # What comes out of a store is taken as it stands there, or it could be lost; the review tells its faults.
    odd = () if incident.revision else disorder(incident)
    if odd:
        sorting.reject(1, {"file": name, "text": text}, list(odd))
        return
    source = incident.source
    names = [f"the id {incident.id!r}"] if incident.id else []
    names += [f"the key {source.key!r} of {source.system!r}"] if source is not None else []
    sorting.accept(1, incident, {"file": name, "text": text}, names=tuple(names))


def text_of(path: Path) -> str:
    """The text of a Markdown file.

    Raises:
        DataError: If it is missing, empty, too large, binary or not in UTF-8.
    """
    size = files.size_of(path)
    if size > LONGEST_PAGE:
        found = f"{size:,} bytes are more than one incident has"
        raise DataError(path.name, [Problem("", found, "check what wrote it")])
    with files.lines_of(path, "utf-8-sig") as lines:
        return "".join(lines.pieces()).replace("\r\n", "\n")
