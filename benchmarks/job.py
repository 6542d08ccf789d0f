"""One piece of work in a process of its own, measured from the inside.

A fresh process for each round: nothing is warm that a person would find cold, and the peak of the memory is that of
this work alone. Run as `python benchmarks/job.py NAME '{"argument": "value"}'`; prints one JSON document with `seconds`
(one number for each part of the work), `peak_mb` and facts by which the caller sees that the work was done.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import data

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

Result = dict[str, Any]

NAMES = (
    "incidents", "causes", "actions", "action_causes", "factors", "steps", "opinions", "feedback", "topics",
    "promises", "compensations", "checklists", "checklist_runs", "checklist_misses",
)  # fmt: skip


def peak_mb() -> float:
    """The most memory that this process has held so far, in megabytes."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not `ru_maxrss`: on Linux a child is born with the peak of its parent.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6
    import psutil  # noqa: PLC0415 - only where the system has no such file

    memory = psutil.Process().memory_info()
    if hasattr(memory, "peak_wset"):
        return memory.peak_wset / 1e6
    import resource  # noqa: PLC0415 - is not there on Windows

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most * (1 if sys.platform == "darwin" else 1024) / 1e6


# ------------------------------------------------------------------------------------------------------------- data


def rows(file: str, count: int) -> Result:
    """Write a made-up CSV file."""
    data.write_rows(Path(file), count)
    return {"rows": count}


def fill(store: str, count: int) -> Result:
    """Fill a store with made-up incidents, or, for 24, with the samples."""
    from postmortem._shipped import shipped  # noqa: PLC0415 - what a job needs it loads itself
    from postmortem.exchange import read  # noqa: PLC0415
    from postmortem.record import incident_from  # noqa: PLC0415
    from postmortem.store import open_store  # noqa: PLC0415

    samples = sorted(shipped("data/samples").glob("*.json"))
    made: Iterator[Any] = map(incident_from, data.documents(count))
    told = (incident for file in samples for incident in read(file, now=data.NOW).incidents)
    with open_store(store) as opened:
        opened.save_many(told if count == len(samples) else made, by="benchmark")
        return {"rows": len(opened)}


def dump(store: str, file: str) -> Result:
    """Write the tidy tables of a store to a pickle."""
    import pandas as pd  # noqa: PLC0415

    from postmortem.store import open_store  # noqa: PLC0415

    with open_store(store) as opened:
        tables = opened.tables()
    pd.to_pickle({name: getattr(tables, name) for name in NAMES}, file)
    return {"rows": len(tables.incidents)}


# ----------------------------------------------------------------------------------------------------------- import


def import_ours(file: str, store: str) -> Result:
    """Read a CSV file through the shipped mapping into a new store; then once more, when nothing is new."""
    from postmortem.exchange import import_into, load_mapping, read  # noqa: PLC0415
    from postmortem.store import open_store  # noqa: PLC0415

    open_store("sqlite://").close()  # the libraries behind the store are loaded before the clock starts
    begun = perf_counter()
    reading = read(file, mapping=load_mapping("phmsa"), now=data.NOW)
    done = perf_counter()
    with open_store(store) as opened:
        counts = import_into(opened, reading, by="benchmark")
        saved = perf_counter()
        most = peak_mb()
        reading = read(file, mapping=load_mapping("phmsa"), now=data.NOW)
        again = import_into(opened, reading, by="benchmark")
        end = perf_counter()
        tables = opened.tables()
    words = Counter(str(word).upper() for word in tables.causes["text"])
    return {
        "seconds": {"all": saved - begun, "read": done - begun, "save": saved - done, "again": end - saved},
        "peak_mb": most,
        "file_mb": Path(store).stat().st_size / 1e6,
        "counts": [counts.read, counts.imported, counts.rejected, again.unchanged, len(tables.incidents)],
        "causes": words,
        "cost": float(tables.incidents["our_cost"].sum()),
    }


def import_pandas(file: str, store: str) -> Result:
    """Read a CSV file with pandas and write it as one table."""
    import pandas as pd  # noqa: PLC0415
    from sqlalchemy import create_engine  # noqa: PLC0415

    pd.DataFrame({"a": [1]}).to_sql("a", create_engine("sqlite://"))  # as above
    begun = perf_counter()
    frame = pd.read_csv(file, parse_dates=["time"])
    done = perf_counter()
    engine = create_engine(f"sqlite:///{store}")
    frame.to_sql("incidents", engine, index=False)
    saved = perf_counter()
    most = peak_mb()
    engine.dispose()
    with closing(sqlite3.connect(store)) as database:
        words = dict(database.execute("SELECT cause, count(*) FROM incidents GROUP BY cause"))
        count, cost = database.execute("SELECT count(*), sum(cost) FROM incidents").fetchone()
    return {
        "seconds": {"all": saved - begun, "read": done - begun, "save": saved - done},
        "peak_mb": most,
        "file_mb": Path(store).stat().st_size / 1e6,
        "counts": [count, count, 0, count, count],
        "causes": words,
        "cost": cost,
    }


# ----------------------------------------------------------------------------------------------------------- tables


def tables_ours(store: str) -> Result:
    """Load the tidy tables."""
    import pandas as pd  # noqa: F401, PLC0415 - loaded before the clock starts, as for the others

    from postmortem.store import open_store  # noqa: PLC0415

    with open_store(store) as opened:
        begun = perf_counter()
        tables = opened.tables()
        seconds = perf_counter() - begun
    frames = {name: getattr(tables, name) for name in NAMES}
    return _loaded(frames, seconds)


def tables_sqlite3(store: str, columns: dict[str, list[str]], dates: bool = False) -> Result:  # noqa: FBT001, FBT002 - from JSON
    """Load the same columns of the same tables with `pandas.read_sql` and Python's own driver."""
    import pandas as pd  # noqa: PLC0415

    with closing(sqlite3.connect(store)) as database:
        begun = perf_counter()
        frames = {name: pd.read_sql(_select(name, known), database) for name, known in columns.items()}
        if dates:
            for frame in frames.values():
                for column in frame.columns:
                    if column.endswith(("_at", "_on")):
                        frame[column] = pd.to_datetime(frame[column], utc=True, format="ISO8601")
        return _loaded(frames, perf_counter() - begun)


def tables_sqlalchemy(store: str, columns: dict[str, list[str]]) -> Result:
    """Load the same columns of the same tables with `pandas.read_sql` and SQLAlchemy."""
    import pandas as pd  # noqa: PLC0415
    from sqlalchemy import create_engine, text  # noqa: PLC0415

    engine = create_engine(f"sqlite:///{store}")
    with engine.connect() as connection:
        begun = perf_counter()
        frames = {name: pd.read_sql(text(_select(name, known)), connection) for name, known in columns.items()}
        return _loaded(frames, perf_counter() - begun)


def due_ours(store: str, now: str) -> Result:
    """Ask what is due: every open promise with its record, the longest overdue first."""
    from datetime import datetime  # noqa: PLC0415 - as the others load what they need

    from postmortem.store import open_store  # noqa: PLC0415

    with open_store(store) as opened:
        opened.due(now=datetime.fromisoformat(now), until=datetime.fromisoformat("1900-01-02T00:00Z"))
        begun = perf_counter()
        found = opened.due(now=datetime.fromisoformat(now))
        seconds = perf_counter() - begun
    overdue = sum(item.promise.is_overdue(datetime.fromisoformat(now)) for item in found)
    return {"seconds": {"all": seconds}, "peak_mb": peak_mb(), "open": len(found), "overdue": overdue}


def due_documents(store: str, now: str) -> Result:
    """The same without a table for it: read each record, and see what was promised in it."""
    from datetime import datetime  # noqa: PLC0415 - as the others

    from postmortem.record.due import promises  # noqa: PLC0415
    from postmortem.record.playbook import default_playbook  # noqa: PLC0415
    from postmortem.record.reading import incident_from  # noqa: PLC0415

    rules, at = default_playbook(), datetime.fromisoformat(now)
    with closing(sqlite3.connect(store)) as database:
        begun = perf_counter()
        found = [
            item
            for (text,) in database.execute("SELECT document FROM documents WHERE deleted_at IS NULL")
            for item in promises(incident_from(text, "record"), rules)
            if item.status == "open"
        ]
        seconds = perf_counter() - begun
    overdue = sum(item.is_overdue(at) for item in found)
    return {"seconds": {"all": seconds}, "peak_mb": peak_mb(), "open": len(found), "overdue": overdue}


def due_plain(store: str, now: str) -> Result:
    """The same rows by plain SQL and Python's own driver, as tuples."""
    with closing(sqlite3.connect(store)) as database:
        begun = perf_counter()
        found = database.execute(
            "SELECT promises.incident_id, title, promise_id, promises.kind, text, who, place, due_at, due_on"
            " FROM promises JOIN incidents ON incidents.incident_id = promises.incident_id"
            " WHERE status = 'open' ORDER BY due_at"
        ).fetchall()
        seconds = perf_counter() - begun
    moment = now.replace("Z", ":00.000000Z")
    overdue = sum(row[7] is not None and row[7] <= moment for row in found)
    return {"seconds": {"all": seconds}, "peak_mb": peak_mb(), "open": len(found), "overdue": overdue}


def _select(name: str, columns: list[str]) -> str:
    return f"SELECT {', '.join(columns)} FROM {name}"  # noqa: S608 - names that we have chosen


def _loaded(frames: dict[str, pd.DataFrame], seconds: float) -> Result:
    return {
        "seconds": {"all": seconds},
        "peak_mb": peak_mb(),
        "frames_mb": sum(int(frame.memory_usage(deep=True).sum()) for frame in frames.values()) / 1e6,
        "rows": {name: len(frame) for name, frame in frames.items()},
        "columns": {name: frame.columns.tolist() for name, frame in frames.items()},
        "minutes": float(frames["incidents"]["customer_min"].sum()),
    }


# ----------------------------------------------------------------------------------------------------------- charts


def chart_ours(file: str) -> Result:
    """The first chart of a process (incidents by category), the second one (by month), and the first one again."""
    begun = perf_counter()
    import pandas as pd  # noqa: PLC0415 - the load is measured

    loaded = perf_counter()
    frames = pd.read_pickle(file)  # noqa: S301 - written by this benchmark a moment ago
    resumed = perf_counter()
    from postmortem import charts  # noqa: PLC0415
    from postmortem.analysis import Tables  # noqa: PLC0415

    tables = Tables(**frames)
    drawn = charts.draw("categories", tables, now=data.NOW)
    text = drawn.figure.to_json()
    first = perf_counter()
    months = charts.draw("months", tables, now=data.NOW)
    other = months.figure.to_json()
    second = perf_counter()
    charts.draw("categories", tables, now=data.NOW).figure.to_json()
    again = perf_counter()
    names = drawn.table["Cause"].str.lower().str.removesuffix(" yet")
    counts = dict(zip(names, drawn.table["Incidents"], strict=True))
    return {
        "seconds": {"first": loaded - begun + first - resumed, "second": second - first, "again": again - second},
        "peak_mb": peak_mb(),
        "kb": [len(text) / 1e3, len(other) / 1e3],
        "counts": {name: int(n) for name, n in counts.items() if name in data.COUNTED},
        "months": int(months.table["Incidents"].sum()),
    }


def chart_express(file: str) -> Result:
    """The same counts with pandas, drawn as plain bars with Plotly Express."""
    begun = perf_counter()
    import pandas as pd  # noqa: PLC0415 - the load is measured

    loaded = perf_counter()
    frames = pd.read_pickle(file)  # noqa: S301 - written by this benchmark a moment ago
    resumed = perf_counter()
    import plotly.express as px  # noqa: PLC0415

    def bars() -> tuple[pd.Series[int], str]:
        causes = frames["causes"]
        known = causes[causes["status"] != "ruled out"].drop_duplicates(["incident_id", "category"])
        counted = known["category"].value_counts()
        return counted, px.bar(x=counted.to_numpy(), y=counted.index.tolist(), orientation="h").to_json()

    counted, text = bars()
    first = perf_counter()
    by_month = frames["incidents"]["occurred_at"].dt.tz_localize(None).dt.to_period("M").value_counts().sort_index()
    other = px.bar(x=by_month.index.astype(str).tolist(), y=by_month.to_numpy()).to_json()
    second = perf_counter()
    bars()
    again = perf_counter()
    return {
        "seconds": {"first": loaded - begun + first - resumed, "second": second - first, "again": again - second},
        "peak_mb": peak_mb(),
        "kb": [len(text) / 1e3, len(other) / 1e3],
        "counts": {name: int(n) for name, n in counted.items() if name in data.COUNTED},
        "months": int(by_month.sum()),
    }


# ---------------------------------------------------------------------------------------------------------- reports


def incident_ours(store: str, file: str) -> Result:
    """One incident from the store to an HTML file; and once more, when all is loaded."""
    from postmortem.record import default_playbook  # noqa: PLC0415
    from postmortem.report import incident_summary, write  # noqa: PLC0415
    from postmortem.store import open_store  # noqa: PLC0415

    playbook = default_playbook()
    with open_store(store) as opened:
        incident = opened.load(data.TOLD)
    write(incident_summary(incident, playbook, audience="team", now=data.NOW), file)
    begun = perf_counter()
    write(incident_summary(incident, playbook, audience="team", now=data.NOW), file)
    return {"seconds": {"warm": perf_counter() - begun}, "peak_mb": peak_mb()}


def portfolio_ours(store: str, file: str) -> Result:
    """Many incidents from the store to an HTML file; and once more, when all is loaded."""
    from postmortem.record import default_playbook  # noqa: PLC0415
    from postmortem.report import portfolio_summary, write  # noqa: PLC0415
    from postmortem.store import open_store  # noqa: PLC0415

    playbook = default_playbook()
    with open_store(store) as opened:
        tables = opened.tables()
    loaded = perf_counter()
    write(portfolio_summary(tables, playbook, now=data.NOW), file)
    end = perf_counter()
    return {"seconds": {"report": end - loaded}, "peak_mb": peak_mb()}


def notebooks(store: str, folder: str) -> Result:
    """Write and execute the notebooks that stand beside our reports: the same words, the same figures.

    `incident.ipynb` holds the Markdown report of one incident; `default.ipynb` the words and the figures of the
    portfolio, each shown as a notebook shows a figure by itself; `embedded.ipynb` the same with `plotly.js` inside.
    """
    import nbformat  # noqa: PLC0415
    from nbclient import NotebookClient  # noqa: PLC0415
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook  # noqa: PLC0415

    from postmortem.record import default_playbook  # noqa: PLC0415
    from postmortem.report import incident_summary, portfolio_summary, render  # noqa: PLC0415
    from postmortem.store import open_store  # noqa: PLC0415

    playbook = default_playbook()
    with open_store(store) as opened:
        told = incident_summary(opened.load(data.TOLD), playbook, audience="team", now=data.NOW)
        many = portfolio_summary(opened.tables(), playbook, now=data.NOW)
    drawn = [chart for chapter in many.chapters for chart in chapter.charts if chart.light]
    at = Path(folder)
    for chart in drawn:
        figure = json.loads(chart.light)
        text = json.dumps({"data": figure["data"], "layout": figure["layout"]})
        (at / f"{chart.key}.json").write_text(text, encoding="utf-8")
    cells = [
        new_markdown_cell(render(many, "md")),
        *(new_code_cell(f"pio.read_json({str(at / f'{chart.key}.json')!r})") for chart in drawn),
    ]
    embedded = "import plotly.io as pio\npio.renderers.default = 'notebook'"
    whole = {
        "incident": [new_markdown_cell(render(told, "md"))],
        "default": [new_code_cell("import plotly.io as pio"), *cells],
        "embedded": [new_code_cell(embedded), *cells],
    }
    for name, parts in whole.items():
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        notebook = new_notebook(cells=[dict(cell) for cell in parts], metadata=kernel)
        notebook = nbformat.from_dict(notebook)
        NotebookClient(notebook, timeout=300).execute()
        nbformat.write(notebook, at / f"{name}.ipynb")
    return {"figures": len(drawn)}


def page_opened(file: str, charts: int, chromium: str) -> Result:
    """Open a page in Chromium, without a network, until its charts are drawn."""
    from playwright.sync_api import TimeoutError as Late  # noqa: PLC0415
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(data.CHROMIUM))
        page = browser.new_page(viewport={"width": 1280, "height": 900})

        def refuse(route: Any) -> None:
            asked.append(route.request.url)
            route.abort()

        page.route(lambda url: url.startswith("http"), refuse)
        begun = perf_counter()
        page.goto(Path(file).as_uri(), wait_until="commit")
        drawn = "n => document.querySelectorAll('.js-plotly-plot .main-svg:first-of-type').length >= n"
        with suppress(Late):  # what is not drawn is told by `shown`
            page.wait_for_function(drawn, arg=charts, timeout=20_000)
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        seconds = perf_counter() - begun
        shown = page.evaluate("document.querySelectorAll('.js-plotly-plot .main-svg:first-of-type').length")
        browser.close()
    return {"seconds": {"all": seconds}, "shown": shown, "asked": len(asked)}


JOBS = {
    job.__name__: job
    for job in (
        rows, fill, dump, import_ours, import_pandas, tables_ours, tables_sqlite3, tables_sqlalchemy, due_ours,
        due_documents, due_plain, chart_ours,
        chart_express, incident_ours, portfolio_ours, notebooks, page_opened,
    )
}  # fmt: skip

if __name__ == "__main__":
    print(json.dumps(JOBS[sys.argv[1]](**json.loads(sys.argv[2]))))
