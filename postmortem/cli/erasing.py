"""Erasing a person at their request, and the certificates of it: `erase`."""

from __future__ import annotations

import os
import sys
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from postmortem.cli.command import command
from postmortem.cli.options import as_json, opened, surroundings
from postmortem.cli.printing import counted, paragraph, plain, say, say_json, table, tell, width
from postmortem.record.errors import DataError, PostmortemError, Problem
from postmortem.record.moments import day

if TYPE_CHECKING:
    from collections.abc import Iterable

    from postmortem.store.certificates import Certificate, Place

_SHOWN: Final = 40
_OWNER_ONLY: Final = 0o600
_KEPT: Final = (
    "digests of what files said, by which their rows are recognised at the next import: nothing can be read from them. "
    "Fields from which something was erased are not taken from files any more"
)
_TABLES: Final = {
    "documents": "as it stands",
    "revisions": "as it stood",
    "imports": "as a file said it",
    "certificates": "in certificates",
    "presences": "of who was at a record",
    "rounds": "of rounds of ideas",
    "ideas": "of what was written in a round",
}


@command(
    "erase",
    'erase "Maria Lindqvist" --also maria@example.org --reason "request of 2 March" --dry-run',
    'erase - --reason "request of 2 March" --certificate erased.md < names.txt',
    "erase --list",
)
@click.argument("term", required=False, metavar="[TERM]")
@click.option("--also", multiple=True, metavar="TERM", help="Another word for the same person. May be repeated.")
@click.option("--reason", default="", metavar="TEXT", help="At whose request, or why; it stands in the certificate.")
@click.option("--exact", is_flag=True, help="Only what is written exactly so, with its capitals and accents.")
@click.option("--dry-run", is_flag=True, help="Only show each place with the words around it.")
@click.option("--yes", is_flag=True, help="Don't ask once more.")
@click.option(
    "--certificate", type=click.Path(path_type=Path), metavar="FILE", help="Write the certificate: .md, .html or .json."
)
@click.option("--list", "listed", is_flag=True, help="List what was erased; with --number, one certificate.")
@click.option("--number", type=click.IntRange(min=1), metavar="N", help="Which certificate, with --list.")
@as_json
def erase(
    *,
    term: str | None,
    also: tuple[str, ...],
    reason: str,
    exact: bool,
    dry_run: bool,
    yes: bool,
    certificate: Path | None,
    listed: bool,
    number: int | None,
    as_json: bool,
) -> None:
    """Erase a person from the whole store, at their request.

    From every text, every revision and the database's own files; a certificate says what was done, without the words.
    TERM is a name, an address or a number; it is found as whole words, in capitals or not, with accents or without. A
    dash reads terms from standard input, one a line, so that they stay out of your shell's history.

    What was erased can't be brought back. Look first: --dry-run
    """
    if certificate is not None:
        _refuse(certificate)
    if listed:
        _list(number, certificate, as_json=as_json)
        return
    terms = [*(sys.stdin.read().splitlines() if term == "-" else [term or ""]), *also]
    if not any(word.strip() for word in terms):
        raise click.UsageError("Name who is to be erased, or say --list.")
    if not dry_run and not reason.strip():
        raise click.UsageError("Say at whose request: --reason TEXT. It stands in the certificate.")
    by = surroundings().author
    with opened() as store:
        if dry_run:
            _preview(store.erase(terms, by=by, reason=reason, exact=exact, dry_run=True), as_json=as_json)
            return
        if not yes:
            found = store.erase(terms, by=by, reason=reason, exact=exact, dry_run=True)
            tell(_summary(found, "would be erased"))
            _ask(stdin_used=term == "-")
        done = store.erase(terms, by=by, reason=reason, exact=exact)
    if certificate is not None:
        _write(certificate, done)
    if as_json:
        say_json(done.document())
        return
    say(_summary(done, "erased"))
    for line in (*done.copies, *done.remains):
        tell(paragraph(f"It may still be read in {line}.", then="  "))
    where = f" It is written to {certificate}." if certificate is not None else ""
    tell(f"Certificate {done.number} is kept in the store.{where}")


def _ask(*, stdin_used: bool) -> None:
    if stdin_used or not sys.stdin.isatty():
        raise click.UsageError("Nobody can be asked here: look with --dry-run, then say --yes.")
    if not click.confirm("What is erased can't be brought back. Erase it?", err=True):
        raise PostmortemError("Nothing was erased.")


def _summary(found: Certificate, verb: str) -> str:
    places = sum(place.count for place in found.places)
    where = f"in {counted(found.incidents, 'incident')}, {counted(found.revisions, 'revision')}"
    return f"{counted(places, 'place')} {verb}, {where}."


def _preview(found: Certificate, *, as_json: bool) -> None:
    if as_json:
        shown = [
            {
                "incident_id": it.incident_id,
                "field": it.mention.field,
                "before": it.mention.before,
                "found": it.mention.found,
                "after": it.mention.after,
                "left": it.mention.closed,
                "times": it.times,
            }
            for it in found.found
        ]
        say_json(found.document() | {"found": shown})
        return
    for it in found.found[:_SHOWN]:
        where = f"{plain(it.incident_id)}  {it.mention.field}: "
        text = f"{it.mention.before}»{it.mention.found}«{it.mention.after}"
        times = f" ({it.times} times)" if it.times > 1 else ""
        left = " - stays: this field takes only certain words" if it.mention.closed else ""
        say(paragraph(f"{where}{text}{times}{left}", then="  "))
    if len(found.found) > _SHOWN:
        tell(f"… and {counted(len(found.found) - _SHOWN, 'more')}; --json gives all.")
    tell(f"{_summary(found, 'would be erased')} Nothing was changed.")
    for line in found.copies:
        tell(paragraph(f"A copy: {line}.", then="  "))


def _list(number: int | None, file: Path | None, *, as_json: bool) -> None:
    with opened() as store:
        kept = store.certificates()
    if number is not None:
        kept = tuple(it for it in kept if it.number == number)
        if not kept:
            raise PostmortemError(f"the store holds no certificate {number}; postmortem erase --list shows them")
    if file is not None:
        if len(kept) != 1:
            raise click.UsageError("Say which certificate is to be written: --number N.")
        _write(file, kept[0])
    if as_json:
        say_json([it.document() for it in kept])
    elif number is not None:
        say(markdown(kept[0]))
    elif kept:
        rows = [[str(it.number), day(it.at.date()), it.by, str(it.incidents), it.reason] for it in kept]
        say(table(["No", "Day", "By", "Incidents", "Reason"], rows, most=width()))
    else:
        tell("Nothing was erased from this store.")


# -- the certificate as a file ----------------------------------------------------------------------------------------


def _refuse(file: Path) -> None:
    if file.suffix.lower() not in _WRITERS:
        raise DataError(
            f"certificate {file.name}", [Problem("", f"can't write {file.suffix!r}", "name it .md, .html or .json")]
        )
    if file.exists():
        raise PostmortemError(f"{file} is there already: name another file; nothing was erased")


def _write(file: Path, certificate: Certificate) -> None:
    text = _WRITERS[file.suffix.lower()](certificate)
    try:
        with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _OWNER_ONLY), "w", encoding="utf-8") as out:
            out.write(text)
    except OSError as error:
        tell(
            f"{file} was not written: {error.strerror}; postmortem erase --list --number {certificate.number} shows it"
        )


def markdown(certificate: Certificate) -> str:
    """A certificate as Markdown, to be printed or sent on; what people typed stands as it is, and runs nowhere."""
    lines = [f"# Certificate of erasure {certificate.number}", ""]
    lines += [f"- {name}: {_said(value)}" for name, value in _facts(certificate)]
    for title, given in _sections(certificate):
        lines += ["", f"## {title}", "", *(f"- {_said(line)}" for line in given)]
    return "\n".join([*lines, ""])


def _said(text: str) -> str:
    """Typed text in Markdown: on one line, without signs that would be read as more than text."""
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>#|!" else sign for sign in plain(text))


def _html(certificate: Certificate) -> str:
    title = f"Certificate of erasure {certificate.number}"
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(plain(value))}</dd>" for name, value in _facts(certificate))
    parts = [
        f"<h2>{escape(title)}</h2><ul>{''.join(f'<li>{escape(plain(line))}</li>' for line in given)}</ul>"
        for title, given in _sections(certificate)
    ]
    style = (
        "body{font:1rem/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem}dt{font-weight:600}"
    )
    return (
        f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{style}</style>'
        f"<h1>{title}</h1><dl>{facts}</dl>{''.join(parts)}</html>\n"
    )


def _json(certificate: Certificate) -> str:
    import json  # noqa: PLC0415 - needed for this one file only

    return json.dumps(certificate.document(), indent=2, ensure_ascii=False) + "\n"


_WRITERS: Final = {".md": markdown, ".html": _html, ".json": _json}


def _facts(it: Certificate) -> list[tuple[str, str]]:
    return [
        ("When", f"{day(it.at.date())}, {it.at:%H:%M} UTC"),
        ("By", it.by),
        ("Reason", it.reason),
        ("Words looked for", f"{it.terms} (not kept)"),
        ("Incidents changed", f"{it.incidents:,}"),
        ("Revisions changed", f"{it.revisions:,}"),
        ("Places erased", f"{sum(place.count for place in it.places):,}"),
    ]


def _sections(it: Certificate) -> Iterable[tuple[str, list[str]]]:
    if it.places:
        yield "Where it stood", [_place(place) for place in it.places]
    if it.left:
        yield "Left, as the field takes only certain words", [_place(place) for place in it.left]
    if it.copies:
        yield "Copies that the store knows of", list(it.copies)
    if it.remains:
        yield "Where it may still be read", list(it.remains)
    yield "What is kept", [_KEPT]


def _place(place: Place) -> str:
    return f"{place.field} ({_TABLES.get(place.table, place.table)}): {place.count:,}"


COMMANDS: Final = (erase,)
