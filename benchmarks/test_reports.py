"""Reports as HTML, beside `nbconvert --to html` of executed notebooks with the same words and the same figures."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Job, Measure, Result

WORDS = "nbconvert, the same words"
ALONE = "nbconvert, figures as they are stored by default: none is shown"
INSIDE = "nbconvert, plotly.js inside"
FIGURE = "<the data of a figure>"
"""What stands in a `page` here once for each figure that it draws, whoever made it."""


@pytest.fixture(scope="module")
def notebooks(job: Job, samples: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """The executed notebooks, and how many figures they hold."""
    folder = tmp_path_factory.mktemp("notebooks")
    return folder, job("notebooks", store=samples, folder=str(folder))["figures"]


def paged(file: str, mark: str) -> Result:
    """A page and its sizes, in megabytes."""
    page = Path(file).read_bytes()
    sizes = {"mb": len(page) / 1e6, "gzip_mb": len(gzip.compress(page)) / 1e6}
    return {"page": page.decode().replace(mark, FIGURE), "file": file, **sizes}


@pytest.fixture(scope="module")
def told_by_us(job: Job, fresh: Callable[[str], str]) -> Callable[[str, str], Result]:
    """Write a report of a store."""

    def run(name: str, store: str) -> Result:
        file = fresh(".html")
        return job(name, store=store, file=file) | paged(file, '<script type="application/json"')

    return run


@pytest.fixture(scope="module")
def converted(python: Callable[..., Result], fresh: Callable[[str], str]) -> Callable[[Path], Result]:
    """Convert a notebook to HTML."""

    def run(notebook: Path) -> Result:
        file = fresh(".html")
        told = python("-m", "nbconvert", "--to", "html", "--output", file, str(notebook))
        return told | paged(file, "Plotly.newPlot(")

    return run


@pytest.mark.parametrize("who", ["postmortem", WORDS])
def test_telling_one_incident(  # noqa: PLR0917 - fixtures and parameters
    measure: Measure,
    samples: str,
    notebooks: tuple[Path, int],
    told_by_us: Callable[[str, str], Result],
    converted: Callable[[Path], Result],
    who: str,
):
    """From the store to a page; nbconvert gets the same words as one Markdown cell, made beforehand."""
    runs = {
        "postmortem": lambda: told_by_us("incident_ours", samples),
        WORDS: lambda: converted(notebooks[0] / "incident.ipynb"),
    }

    told = measure("report of one incident", who, runs, part="wall", rounds=7)

    assert all("walking frame" in result["page"] and "welcome card" in result["page"] for result in told)


@pytest.mark.parametrize(("who", "share"), [("postmortem", 1), (ALONE, 0), (INSIDE, 1)])
def test_telling_the_samples(  # noqa: PLR0917 - fixtures and parameters
    measure: Measure,
    samples: str,
    notebooks: tuple[Path, int],
    told_by_us: Callable[[str, str], Result],
    converted: Callable[[Path], Result],
    who: str,
    share: int,
):
    """From the store to a page with every figure; nbconvert gets the figures and the words, made beforehand.

    As a notebook shows figures by itself, nbconvert loses all of them, with a warning.
    """
    folder, figures = notebooks
    runs = {
        "postmortem": lambda: told_by_us("portfolio_ours", samples),
        ALONE: lambda: converted(folder / "default.ipynb"),
        INSIDE: lambda: converted(folder / "embedded.ipynb"),
    }

    told = measure("report of the 24 samples", who, runs, part="wall", rounds=7)

    assert figures == 5
    assert all(figures * share == result["page"].count(FIGURE) for result in told)


def test_telling_many(measure: Measure, large: str, told_by_us: Callable[[str, str], Result]):
    """From the tables of 100,000 incidents to a page with every figure; loading the tables is measured by itself."""
    runs = {"postmortem": lambda: told_by_us("portfolio_ours", large)}

    told = measure("report of 100,000 incidents", "postmortem", runs, part="report", rounds=2)

    assert all(result["page"].count(FIGURE) == 5 for result in told)


@pytest.fixture(scope="module")
def pages(
    samples: str,
    notebooks: tuple[Path, int],
    told_by_us: Callable[[str, str], Result],
    converted: Callable[[Path], Result],
) -> dict[str, str]:
    """Our page of the samples, and nbconvert's with the figures in it."""
    ours = told_by_us("portfolio_ours", samples)
    return {"postmortem": ours["file"], INSIDE: converted(notebooks[0] / "embedded.ipynb")["file"]}


@pytest.mark.parametrize("who", ["postmortem", INSIDE])
def test_opening(  # noqa: PLR0917 - fixtures and parameters
    measure: Measure, job: Job, pages: dict[str, str], notebooks: tuple[Path, int], chromium: str, who: str
):
    """In Chromium, without a network, until every figure is drawn. Our page asks nobody for anything."""
    figures = notebooks[1]
    runs = {
        one: lambda file=file: job("page_opened", file=file, charts=figures, chromium=chromium)
        for one, file in pages.items()
    }

    told = measure("open the report of the 24 samples", who, runs, rounds=9)

    assert all(figures == result["shown"] for result in told)
    assert all((result["asked"] == 0) == (who == "postmortem") for result in told)
