"""A summary as one HTML file: style and drawings inside, no request to anywhere, every typed text escaped."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from postmortem.charts.embed import plotly_js
from postmortem.report import tokens

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from postmortem.record.base import Value
    from postmortem.report.checklist import SheetSummary
    from postmortem.report.maps import MapSummary
    from postmortem.report.summary import PortfolioSummary

TEMPLATES: Final = Path(__file__).with_name("templates")
MAP_STYLE: Final = Path(__file__).with_name("map.css")
"""How the boxes of a cause map look, on a page as well as in a notebook."""
_COMMENT: Final = re.compile(r"\s*/\*.*?\*/", re.DOTALL)


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates, with escaping always on and no name left undefined."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def policy(scripts: Sequence[str] = ()) -> str:
    """What a page may do: nothing but show itself, and run exactly these scripts.

    Args:
        scripts: The text of each script of the page.

    Examples:
        >>> policy()
        "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'; img-src data:"
    """
    rules = [
        "default-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
    ]
    if scripts:
        digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
        rules.append(" ".join(["script-src", *(f"'sha256-{digest}'" for digest in digests)]))
    return "; ".join(rules)


def page(
    template: str,
    summary: Value,
    theme: tokens.Theme,
    scripts: Sequence[str] = (),
    figures: Mapping[str, tuple[str, str]] | None = None,
    *,
    style: str = "",
) -> str:
    """A summary laid out by a template.

    Args:
        template: The template's file.
        summary: All that the page shows.
        theme: Whether it is light, dark, or as the reader's system is.
        scripts: The scripts that the template puts into the page, so that no other can run.
        figures: The light and the dark drawing of each chart, safe for a script element.
        style: What this page has beyond the sheet of all pages.
    """
    return (
        environment()
        .get_template(template)
        .render(
            s=summary,
            theme=theme,
            policy=Markup(policy(scripts)),  # noqa: S704 - made above from fixed words and hashes
            tokens=Markup(tokens.css(theme)),  # noqa: S704 - our own sheet
            sheet=Markup(sheet() + style),  # noqa: S704 - our own sheets
            figures=figures or {},
            scripts=[Markup(script) for script in scripts],  # noqa: S704 - our own scripts
        )
    )


@lru_cache(maxsize=1)
def sheet() -> str:
    """The style of all pages, without its comments: a page holds nothing but what is told in it."""
    return _style(TEMPLATES / "report.css")


def _style(*files: Path) -> str:
    return "\n".join(_COMMENT.sub("", file.read_text(encoding="utf-8")).strip() for file in files)


def map_page(summary: MapSummary, theme: tokens.Theme) -> str:
    """A cause map as a page for the wall: one drawing on a screen, as many sheets as it takes on paper.

    Args:
        summary: All that the page shows.
        theme: Whether it is light, dark, or as the reader's system is. On paper it is light.
    """
    style = _style(MAP_STYLE, TEMPLATES / "wall.css").replace("size: A3", f"size: {summary.paper}")
    return page("map.html.j2", summary, theme, style=f"\n{style}")


def tick_page(summary: SheetSummary) -> str:
    """A checklist as a sheet of paper: black on white, whatever the reader's system is.

    Args:
        summary: All that the page shows.
    """
    return page("checklist.html.j2", summary, "light", style=f"\n{_style(TEMPLATES / 'checklist.css')}")


def trends_page(summary: PortfolioSummary, theme: tokens.Theme) -> str:
    """Many incidents as a page, with plotly.js in it once.

    Args:
        summary: All that the page shows.
        theme: Whether it is light, dark, or as the reader's system is. Both are in the file: on paper it is light.
    """
    drawn = [chart for chapter in summary.chapters for chart in chapter.charts if chart.light]
    # The JSON was made safe for a script element where it was made.
    figures = {chart.key: (Markup(chart.light), Markup(chart.dark)) for chart in drawn}  # noqa: S704 - see above
    scripts = (plotly_js(), (TEMPLATES / "trends.js").read_text(encoding="utf-8")) if drawn else ()
    return page("trends.html.j2", summary, theme, scripts, figures)
