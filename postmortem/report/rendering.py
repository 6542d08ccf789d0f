"""One summary, several renderings: HTML, Markdown and JSON, a cause map also as plain text and for Mermaid."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, Literal, get_args

from postmortem.record.errors import DataError, Problem, near
from postmortem.report import markdown, mermaid, outline
from postmortem.report.checklist import SheetSummary
from postmortem.report.maps import MapSummary
from postmortem.report.pages import map_page, page, tick_page, trends_page
from postmortem.report.summary import IncidentSummary, LetterSummary, PortfolioSummary, ReviewSummary
from postmortem.report.tokens import THEMES, Theme

Kind = Literal["html", "md", "json"]
MapKind = Literal["html", "md", "json", "txt", "mmd"]
Summary = IncidentSummary | PortfolioSummary | MapSummary | SheetSummary
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
MAP_KINDS: Final[tuple[MapKind, ...]] = get_args(MapKind)
_INSTEAD: Final = {
    ".pdf": "write .html, open it in a browser and print it to a PDF; it is laid out for paper",
    ".htm": "name it .html",
    ".markdown": "name it .md",
    ".docx": "write .md or .html; a word processor opens both",
}


def render(summary: Summary, kind: MapKind, *, theme: Theme = "auto") -> str:
    """A summary as one text.

    Args:
        summary: What `incident_summary`, `portfolio_summary`, `cause_map` or `checklist_page` gave.
        kind: `html`, `md` or `json`; a cause map also as `txt`, for an e-mail, and as `mmd`, for Mermaid.
        theme: For HTML: light, dark, or as the reader's system is. Printed, it is always light.

    Raises:
        DataError: If there is no such kind or theme.

    Examples:
        >>> from datetime import UTC, datetime
        >>> from postmortem.record import Incident, default_playbook
        >>> from postmortem.report import incident_summary
        >>> now = datetime(2026, 3, 20, tzinfo=UTC)
        >>> told = incident_summary(Incident(title="Line dead"), default_playbook(), audience="team", now=now)
        >>> render(told, "md").splitlines()[0]
        '# Line dead'
    """
    problems = [
        Problem(what, f"expected {', '.join(known[:-1])} or {known[-1]}, found {given!r}", _near(given, known))
        for what, given, known in (("kind", kind, _kinds(summary)), ("theme", theme, THEMES))
        if given not in known
    ]
    if problems:
        raise DataError("report", problems)
    if isinstance(summary, MapSummary):
        return _map(summary, kind, theme)
    if kind == "json":
        # The drawings are for the page alone; their numbers stand in the tables.
        drawings = {"chapters": {"__all__": {"charts": {"__all__": {"light", "dark", "height"}}}}}
        exclude = drawings if isinstance(summary, PortfolioSummary) else None
        return summary.model_dump_json(indent=2, exclude=exclude) + "\n"
    match summary:
        case ReviewSummary():
            return markdown.review(summary) if kind == "md" else page("review.html.j2", summary, theme)
        case LetterSummary():
            return markdown.letter(summary) if kind == "md" else page("letter.html.j2", summary, theme)
        case SheetSummary():
            return markdown.checklist(summary) if kind == "md" else tick_page(summary)
        case PortfolioSummary():
            return markdown.portfolio(summary) if kind == "md" else trends_page(summary, theme)
        case _:
            raise TypeError(f"expected a summary of this package, found {type(summary).__name__}")


def _kinds(summary: object) -> tuple[MapKind, ...]:
    return MAP_KINDS if isinstance(summary, MapSummary) else KINDS


def _map(summary: MapSummary, kind: MapKind, theme: Theme) -> str:
    match kind:
        case "json":
            # Where a box stands is for the page alone.
            return summary.model_dump_json(indent=2, exclude={"screen", "sheets", "paper"}) + "\n"
        case "html":
            return map_page(summary, theme)
        case "txt":
            return outline.text(summary)
        case _:
            return mermaid.text(summary) if kind == "mmd" else mermaid.fenced(summary)


def _near(given: str, known: tuple[str, ...]) -> str:
    hint = near(str(given), known)
    return f"did you mean {hint!r}?" if hint else ""


def write(
    summary: Summary,
    path: str | os.PathLike[str],
    *,
    theme: Theme = "auto",
) -> Path:
    """A summary as a file, by its suffix: `.html`, `.md` or `.json`. The file is there whole or not at all.

    A cause map may also be a `.txt`, for an e-mail, or a `.mmd`, for Mermaid.

    Args:
        summary: What `incident_summary`, `portfolio_summary`, `cause_map` or `checklist_page` gave.
        path: Where to; a file that is there is replaced.
        theme: For HTML, as for `render`.

    Returns:
        The path.

    Raises:
        DataError: If the suffix is another, or the file can't be written.
    """
    file = Path(path)
    suffix = file.suffix.lower()
    kinds = _kinds(summary)
    kind = next((known for known in kinds if suffix == f".{known}"), None)
    if kind is None:
        found = repr(file.suffix) if file.suffix else "no suffix"
        remedy = _INSTEAD.get(suffix, "")
        expected = f"{', '.join(f'.{known}' for known in kinds[:-1])} or .{kinds[-1]}"
        raise DataError(f"report {file.name}", [Problem("", f"expected {expected}, found {found}", remedy)])
    content = render(summary, kind, theme=theme).encode()
    beside = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise DataError(
            f"report {file.name}",
            [Problem("", f"can't be written: {error.strerror or error}", "name a folder that exists and is yours")],
        ) from None
    return file
