"""In from files and out to files: `sample`, `import`, `export`."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

import postmortem as pm
from postmortem._shipped import shipped
from postmortem.cli.command import command
from postmortem.cli.options import as_json, opened, surroundings
from postmortem.cli.printing import bar, counted, paragraph, plain, say, say_json, tell
from postmortem.record import commitments
from postmortem.record.errors import DataError, PostmortemError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from postmortem.exchange import ImportResult, Reading
    from postmortem.record import Incident
    from postmortem.store import Store

    Read = Callable[[Path, Callable[[int, int], None]], tuple[Reading, str | None]]

_SHOWN: Final = 20
_COUNTS: Final = ("read", "imported", "unchanged", "updated", "rejected")
_WOULD: Final = {
    "imported": "would be imported",
    "unchanged": "unchanged",
    "updated": "would be updated",
    "rejected": "would be rejected",
}


@command("sample", "sample", "sample --store try.db")
@as_json
def sample(*, as_json: bool) -> None:
    """Load sample incidents to look at and to learn with.

    Loading them twice changes nothing.
    """
    told = surroundings()
    files = sorted(shipped("data/samples").glob("*.json"))
    readings = [pm.exchange.read(file, now=told.instant) for file in files]
    together = replace(
        readings[0],
        subject="samples",
        rows_read=sum(reading.rows_read for reading in readings),
        incidents=tuple(incident for reading in readings for incident in reading.incidents),
        rejects=tuple(reject for reading in readings for reject in reading.rejects),
    )
    if together.rejects:
        raise DataError("samples", together.problems)
    try:
        with opened() as store:
            result = pm.exchange.import_into(store, together, by=told.by or "samples")
    except pm.ConflictError as error:
        raise PostmortemError(
            f"this store has an incident {error.incident_id} of its own, and the samples bring one of that number; "
            "give them a store of their own: postmortem sample --store samples.db"
        ) from None
    if as_json:
        say_json(asdict(result))
        return
    say(_sentence(result))
    tell("Look at them: postmortem list, postmortem lab")


def _sentence(result: ImportResult) -> str:
    said = [f"{getattr(result, name):,} {name}" for name in _COUNTS[1:] if getattr(result, name)]
    return f"{counted(result.read, 'incident')} read: {', '.join(said) or 'nothing to do'}."


@command(
    "import",
    "import incidents.json",
    "import complaints.csv --map crm.toml --rejects rejects.csv",
    "import docs/postmortems/*.md --dry-run",
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option(
    "--map", "map_", metavar="MAP.toml", help="What the columns of a table mean: a file, or the name of a shipped one."
)
@click.option(
    "--headings", metavar="FILE.toml", help="What the headings of post-mortems in Markdown mean, in your own words."
)
@click.option("--dry-run", is_flag=True, help="Only say what would come of it; nothing is saved.")
@click.option(
    "--rejects", type=click.Path(path_type=Path), metavar="FILE", help="Write the rejected rows here, with reasons."
)
@as_json
def import_(
    *,
    files: tuple[Path, ...],
    map_: str | None,
    headings: str | None,
    dry_run: bool,
    rejects: Path | None,
    as_json: bool,
) -> None:
    """Take in incidents from JSON, tables, workbooks and Markdown.

    Each file is taken in as a whole or not at all, except for rows that are rejected: those keep their number, their
    values and every reason. Taking in a file again changes nothing; a row that changed since is updated.

    A table, a workbook, and JSON of another system need a mapping. Where none is named, the shipped one that fits is
    taken, and you are told.

    A Markdown file is one incident: a page that was exported here, or a post-mortem as a team writes them, read by its
    headings; what has no field of its own is kept under its heading. A folder stands for all Markdown pages in it.
    """
    if rejects is not None and len(_with_pages(files)) > 1:
        raise click.UsageError("--rejects goes with one FILE: the rows of several would stand in one list.")
    mapping = pm.exchange.load_mapping(map_) if map_ else None
    known = pm.exchange.load_headings(headings) if headings else None
    currency = surroundings().rules().currency

    def reading(file: Path, progress: Callable[[int, int], None]) -> tuple[Reading, str | None]:
        now = surroundings().instant
        if mapping is None:
            return pm.exchange.read_fitting(file, headings=known, now=now, progress=progress, currency=currency)
        return pm.exchange.read(
            file, mapping=mapping, headings=known, now=now, progress=progress, currency=currency
        ), map_

    outcomes = [_taken(file, reading, rejects, dry_run=dry_run) for file in _with_pages(files)]
    good = all(outcome["rejected"] == 0 and not outcome["refused"] for outcome in outcomes)
    if as_json:
        sums = {name: sum(outcome[name] for outcome in outcomes) for name in (*_COUNTS, "acceptable")}
        say_json({**sums, "dry_run": dry_run, "files": outcomes})
    else:
        for outcome in outcomes:
            _print(outcome, rejects, dry_run=dry_run)
        if len(outcomes) > 1:
            _print_sum(outcomes, dry_run=dry_run)
    click.get_current_context().exit(0 if good else 1)


def _with_pages(files: tuple[Path, ...]) -> tuple[Path, ...]:
    """The files, with the Markdown pages of a folder in its place; a folder without any stays, and is refused."""
    found: list[Path] = []
    for file in files:
        pages = sorted(file.glob("*.md")) if file.is_dir() else []
        found += pages or [file]
    return tuple(found)


def _taken(file: Path, read: Read, rejects: Path | None, *, dry_run: bool) -> Any:  # noqa: ANN401 - plain JSON data
    """What became of one file."""
    # A file that is refused counts for nothing: what was read is always the sum of the rest.
    nothing: dict[str, Any] = {**dict.fromkeys(_COUNTS, 0), "acceptable": 0}
    outcome: dict[str, Any] = {"file": str(file), "mapping": None, **nothing}
    outcome |= {"not_carried": [], "notes": [], "problems": [], "refused": ""}
    try:
        with bar(f"Reading {file.name}") as progress:
            reading, mapping = read(file, progress)
        if rejects is not None:
            pm.exchange.write_rejects(rejects, reading)
        outcome |= {
            "mapping": mapping,
            "read": reading.rows_read,
            "acceptable": len(reading.incidents),
            "rejected": len(reading.rejects),
            "not_carried": list(reading.not_carried),
            "notes": list(reading.notes),
            "problems": [
                {"number": reject.number, **asdict(problem)}
                for reject in reading.rejects
                for problem in reject.problems
            ],
        }
        with _rehearsed() if dry_run else opened() as store, bar(f"Saving {file.name}") as progress:
            result = pm.exchange.import_into(
                store, reading, by=surroundings().author, dry_run=dry_run, progress=progress
            )
        outcome |= asdict(result)
    except DataError as error:
        outcome |= nothing | {
            "refused": str(error),
            "problems": [{"number": None, **asdict(found)} for found in error.problems],
        }
    except PostmortemError as error:
        outcome |= nothing | {"refused": f"{file.name}: {error}"}
    return outcome


@contextmanager
def _rehearsed() -> Iterator[Store]:
    """The store for a dry run; an empty one in memory where there is none yet, so that none is made."""
    from postmortem.store.rehearsal import is_made  # noqa: PLC0415 - only a dry run asks

    told = surroundings()
    if is_made(told.store):
        with opened() as store:
            yield store
    else:
        with pm.open_store("sqlite://", playbook=told.rules()) as store:
            yield store


def _print(outcome: dict[str, Any], rejects: Path | None, *, dry_run: bool) -> None:
    if outcome["refused"]:
        tell(outcome["refused"])
        return
    name = plain(Path(outcome["file"]).name)
    if outcome["mapping"]:
        tell(f"{name}: read through the mapping {outcome['mapping']!r}.")
    for note in outcome["notes"]:
        tell(paragraph(f"{name}: {plain(note)}.", then="  "))
    if outcome["not_carried"]:
        listed = ", ".join(plain(column) for column in outcome["not_carried"])
        tell(paragraph(f"Columns that the mapping does not use: {listed}.", then="  "))
    say(f"{name}: {_counts(outcome, dry_run=dry_run)}{'. Nothing was saved.' if dry_run else ''}")
    problems = outcome["problems"]
    for problem in problems[:_SHOWN]:
        tell(paragraph(str(Problem(problem["where"], problem["finding"], problem["remedy"])), first="  ", then="    "))
    if len(problems) > _SHOWN:
        where = f"all stand in {rejects}" if rejects else "--rejects FILE or --json gives all"
        tell(f"  … and {counted(len(problems) - _SHOWN, 'more problem')}; {where}")
    elif rejects and outcome["rejected"]:
        tell(f"  The rejected rows stand in {rejects}: mend them there and import that file.")


def _counts(outcome: dict[str, Any], *, dry_run: bool) -> str:
    words = _WOULD if dry_run else {part: part for part in _COUNTS[1:]}
    parts = " + ".join(f"{outcome[part]:,} {word}" for part, word in words.items())
    return f"{outcome['read']:,} read = {parts}"


def _print_sum(outcomes: list[Any], *, dry_run: bool) -> None:
    """All files together, and how many were refused: with fifty of them nobody counts the lines."""
    sums = {name: sum(outcome[name] for outcome in outcomes) for name in _COUNTS}
    refused = sum(bool(outcome["refused"]) for outcome in outcomes)
    told = f"; {counted(refused, 'file')} refused" if refused else ""
    say(f"{counted(len(outcomes), 'file')} together: {_counts(sums, dry_run=dry_run)}{told}")


_TABLE_WRITERS: Final = {".csv": "write_csv", ".xlsx": "write_xlsx", ".parquet": "write_parquet"}
_DOCUMENT_WRITERS: Final = {".json": "write_json", ".jsonl": "write_jsonl"}
_FORMATS: Final = ", ".join((*_DOCUMENT_WRITERS, *_TABLE_WRITERS))


@command("export", "export incidents.jsonl", "export year.xlsx", "export wiki/incidents/")
@click.argument("file", type=click.Path(), metavar="FILE")
@click.option("--replace", is_flag=True, help="Write also over pages that were mended by hand and not imported.")
@as_json
def export(*, file: str, replace: bool, as_json: bool) -> None:
    """Write all incidents to FILE, or to a folder of pages.

    The suffix says how: .json and .jsonl hold whole incidents and can be imported again without loss. .xlsx writes the
    tidy tables as one workbook; .csv and .parquet write the incidents to FILE and the other tables beside it. What
    stood there before is replaced.

    A FILE that is a folder, or ends in a slash, gets one Markdown page an incident, for a wiki or a git repository:
    mend texts there and import the pages again. A page that has not changed is not touched, none is deleted, and one
    that was mended and not imported is not written over. Pages hold whole incidents, names of customers included.

    What people will do differently and keep to themselves is left out, whoever exports; it stays in the store, and
    importing the file again does not take it away.
    """
    path = Path(file)
    suffix = path.suffix.lower()
    known = suffix in {**_TABLE_WRITERS, **_DOCUMENT_WRITERS}
    as_folder = file.endswith(("/", "\\")) or (path.is_dir() and not known)
    if not as_folder and not known:
        found = f"can't write {suffix!r}" if suffix else "the name has no suffix"
        remedy = f"name it {_FORMATS}; or a folder, with a slash at its end, for Markdown pages"
        raise DataError(f"export {path.name}", [Problem("", found, remedy)])
    left: tuple[Path, ...] = ()
    with opened() as store:
        count = len(store)
        if as_folder:
            pages = pm.exchange.write_pages(path, _shared(store), replace=replace, holds=store.holds)
            written, left = pages.written, pages.left
        elif suffix in _TABLE_WRITERS:
            written = getattr(pm.exchange, _TABLE_WRITERS[suffix])(path, store.tables())
        else:
            getattr(pm.exchange, _DOCUMENT_WRITERS[suffix])(path, _shared(store))
            written = (path,)
    if as_json:
        say_json({"incidents": count, "written": list(map(str, written)), "left": list(map(str, left))})
        return
    if as_folder:
        tell(f"{counted(count, 'incident')}: {counted(len(written), 'page')} written to {plain(str(path))}")
        for page in left:
            tell(f"  {plain(page.name)}: there is no such incident in the store any more; the page was left")
    else:
        tell(f"{counted(count, 'incident')} written to {', '.join(map(str, written))}")


def _shared(store: Store) -> Iterator[Incident]:
    """Every incident, without what people keep to themselves (R38)."""
    return (commitments.public(incident) for incident in store.incidents())


COMMANDS: Final = (sample, import_, export)
