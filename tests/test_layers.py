"""The arrows between the rooms go one way, heavy libraries stay in their rooms, and importing costs little."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).parent.parent / "postmortem"

# The package's own front door, as a name beside the rooms: `import postmortem`, `from postmortem import Incident`.
FRONT = "__init__"

# What a room may import, besides itself and `_shipped`. The order is the order in which an incident goes through them.
ROOMS = {
    "_shipped": set(),
    "record": set(),
    "store": {"record"},
    "exchange": {"record"},
    "analysis": {"record"},
    "charts": {"record", "analysis"},
    "report": {"record", "analysis", "charts"},
    "settings": {"record"},
    "widgets": {FRONT, "settings", "record", "store", "exchange", "analysis", "charts", "report"},
    "cli": {FRONT, "settings", "record", "store", "exchange", "analysis", "charts", "report", "widgets"},
    FRONT: {"settings", "record", "store", "exchange", "analysis", "charts", "report", "widgets"},
}

# The rooms that are a single file. `settings` asks the surroundings (clock, author): only the surface may ask it.
MODULES = (FRONT, "_shipped", "settings", "cli")

# The rooms that may import a library. A library that is not named here is free.
LIBRARIES = {
    "alembic": {"store"},
    "anywidget": {"widgets"},
    "click": {"cli"},
    "ipywidgets": {"widgets"},
    "jinja2": {"report"},
    "mistune": {"exchange"},
    "pandas": {"store", "exchange", "analysis", "charts", "report", "widgets"},
    "plotly": {"charts"},
    "psycopg": {"store"},
    "pyarrow": {"exchange"},
    "python_calamine": {"exchange"},
    "sqlalchemy": {"store"},
    "xlsxwriter": {"exchange"},
    "yaml": {"exchange"},
}

# What `import postmortem` leaves for its first use; and what the command line does.
HEAVY = {
    "alembic",
    "anywidget",
    "ipywidgets",
    "jinja2",
    "jsonschema",
    "mistune",
    "nbconvert",
    "nbformat",
    "numpy",
    "pandas",
    "plotly",
    "psycopg",
    "pyarrow",
    "python_calamine",
    "sqlalchemy",
    "xlsxwriter",
    "yaml",
}
HEAVY_FOR_COMMANDS = {"jsonschema", "nbconvert", "nbformat", "pandas", "plotly"}


def imported_names(tree: ast.Module, package: tuple[str, ...]) -> Iterator[tuple[int, str, bool]]:
    """Line, absolute dotted name and "for type checking only" of every import, wherever in the module it stands.

    `from a import b` counts as a.b, which may be a module or a name in one. Besides statements, calls of
    `import_module` and `__import__` with a literal name count.
    """
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}
        for statement in node.body
        for inner in ast.walk(statement)
    }
    for node in ast.walk(tree):
        names: list[str] = []
        match node:
            case ast.Import(names=aliases):
                names = [alias.name for alias in aliases]
            case ast.ImportFrom(module=module, names=aliases, level=level):
                base = [*package[: len(package) + 1 - level]] if level else []
                names = [".".join([*base, *([module] if module else []), alias.name]) for alias in aliases]
            case ast.Call(
                func=ast.Name(id="import_module" | "__import__") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(name)), *_],
            ) if not name.startswith("."):
                names = [name]
        for name in names:
            yield node.lineno, name, id(node) in for_types


def layer_faults(package: Path) -> list[str]:
    """Every import in the package that a room may not make, with its place and what the room may import.

    Args:
        package: The folder of a package laid out like ours.

    Returns:
        One sentence for each fault, in the order of the files; empty when the house stands.
    """
    faults = []
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        room = parts[0]
        if room not in ROOMS:
            faults.append(f"{'/'.join(parts)}.py: {room} is no room of this house: {', '.join(sorted(ROOMS))}")
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"), path.name)
        for line, name, for_types in imported_names(tree, (package.name, *parts[:-1])):
            place = f"{'/'.join(parts)}.py:{line}"
            top, _, rest = name.partition(".")
            if top == package.name:
                target = rest.partition(".")[0]
                target = target if target in ROOMS else FRONT
                if target not in {room, "_shipped", *ROOMS[room]}:
                    may = ", ".join(sorted(ROOMS[room])) or "no other room"
                    faults.append(f"{place}: {room} imports {target}; it may import {may}")
            elif room not in LIBRARIES.get(top, {room}) and not for_types:
                faults.append(f"{place}: {room} imports {top}; only {', '.join(sorted(LIBRARIES[top]))} may")
    return faults


def modules_after(statement: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded after one statement."""
    code = (
        f"{statement}\nimport json, sys\nprint(json.dumps(sorted({{name.partition('.')[0] for name in sys.modules}})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        pytest.fail(f"{statement} fails:\n{done.stderr}")
    return set(json.loads(done.stdout))


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A package laid out like ours, with every room, in which every import is allowed."""
    package = tmp_path / PACKAGE.name
    for room in ROOMS.keys() - set(MODULES):
        (package / room).mkdir(parents=True)
        (package / room / "__init__.py").write_text('"""A room."""\n')
    for module in MODULES:
        (package / f"{module}.py").write_text('"""A module."""\n')
    return package


def test_nothing_in_the_package_reaches_upward():
    """Every import of the package follows the arrows, and every library is imported in its own room only."""
    faults = layer_faults(PACKAGE)

    assert faults == []


def test_every_room_is_there():
    """The rules speak of the rooms that exist: a renamed room can't slip out of them."""
    rooms = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}

    assert set(ROOMS) == rooms


def test_no_two_rooms_may_import_each_other():
    """The arrows have no circle: each room may import only rooms that come before it."""
    order = list(ROOMS)

    assert set() == {
        (room, target)
        for room in order
        if room != FRONT
        for target in ROOMS[room] - {FRONT}
        if order.index(target) >= order.index(room)
    }


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("record/whys.py", "from pydantic import BaseModel\nfrom postmortem.record import incident"),
        ("record/whys.py", "from . import incident\nfrom .incident import Incident\nfrom .. import _shipped"),
        ("store/tables.py", "import pandas as pd\nimport sqlalchemy.orm\nfrom postmortem.record import Incident"),
        ("analysis/trends.py", "import narwhals as nw\nfrom postmortem._shipped import folder"),
        ("charts/pareto.py", "import plotly.graph_objects as go\nfrom postmortem.analysis import pareto"),
        ("report/page.py", "def page():\n    import jinja2\n    from postmortem.charts import theme"),
        ("record/frame.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pandas as pd"),
        ("widgets/form.py", "import postmortem\nfrom postmortem import Incident, store"),
        ("cli.py", "import click\nfrom postmortem import open_store\nfrom postmortem.widgets import form"),
        ("__init__.py", "from importlib import import_module\ndef __getattr__(n): return import_module(ROOM[n])"),
    ],
)
def test_what_follows_the_arrows_passes(house: Path, where: str, code: str):
    """Own room, rooms below, the room's own libraries, types of others, and names made at run time are in order."""
    (house / where).write_text(code)

    assert layer_faults(house) == []


@pytest.mark.parametrize(
    ("where", "code", "fault"),
    [
        ("record/a.py", "import postmortem.store", "record/a.py:1: record imports store; it may import no other room"),
        ("record/a.py", "from ..store import x", "record/a.py:1: record imports store; it may import no other room"),
        ("record/a.py", "from .. import store", "record/a.py:1: record imports store; it may import no other room"),
        ("store/a.py", "from postmortem import analysis", "store/a.py:1: store imports analysis; it may import record"),
        ("analysis/a.py", "def f():\n    from postmortem.store import x", "analysis/a.py:2: analysis imports store"),
        (
            "exchange/a.py",
            "if TYPE_CHECKING:\n    from postmortem.store import Store",
            "exchange/a.py:2: exchange imports store",
        ),
        ("charts/a.py", "from postmortem.report import x", "charts/a.py:1: charts imports report"),
        ("report/a.py", "from postmortem import open_store", "report/a.py:1: report imports __init__"),
        ("widgets/a.py", "import postmortem.cli", "widgets/a.py:1: widgets imports cli"),
        ("__init__.py", "from . import cli", "__init__.py:1: __init__ imports cli"),
        ("store/a.py", "from postmortem import settings", "store/a.py:1: store imports settings"),
        ("_shipped.py", "from postmortem.record import base", "_shipped.py:1: _shipped imports record"),
        (
            "record/a.py",
            "import importlib\nimportlib.import_module('postmortem.cli')",
            "record/a.py:2: record imports cli",
        ),
        ("store/deep/a.py", "from ...charts import x", "store/deep/a.py:1: store imports charts"),
        ("record/a.py", "import pandas", "record/a.py:1: record imports pandas; only analysis, charts, exchange"),
        ("analysis/a.py", "import plotly.express", "analysis/a.py:1: analysis imports plotly; only charts may"),
        (
            "report/a.py",
            "try:\n    from ipywidgets import HTML\nexcept E: 0",
            "report/a.py:2: report imports ipywidgets",
        ),
        ("charts/a.py", "import anywidget", "charts/a.py:1: charts imports anywidget; only widgets may"),
        (
            "exchange/a.py",
            "from sqlalchemy import text",
            "exchange/a.py:1: exchange imports sqlalchemy; only store may",
        ),
        ("cli.py", "from alembic import command", "cli.py:1: cli imports alembic; only store may"),
        ("widgets/a.py", "from jinja2 import Template", "widgets/a.py:1: widgets imports jinja2; only report may"),
        ("record/a.py", "if not TYPE_CHECKING:\n    import click", "record/a.py:2: record imports click; only cli may"),
        ("record/a.py", "if TYPE_CHECKING:\n    0\nelse:\n    import click", "record/a.py:4: record imports click"),
        ("helpers/a.py", "", "helpers/a.py: helpers is no room of this house"),
    ],
)
def test_what_goes_against_them_is_named_with_its_place(house: Path, where: str, code: str, fault: str):
    """Whichever way an import is written, and wherever it stands in the module, it is found."""
    (house / where).parent.mkdir(parents=True, exist_ok=True)
    (house / where).write_text(code)

    faults = layer_faults(house)

    assert [True] == [found.startswith(fault) for found in faults], faults


def test_importing_the_package_loads_nothing_heavy():
    """`import postmortem` is quick: tables, database, charts and widgets load when first used."""
    loaded = modules_after("import postmortem")

    assert set() == HEAVY & loaded


def test_importing_the_command_line_loads_nothing_that_a_short_command_does_not_need():
    """`postmortem --help` waits neither for notebooks' schemas nor for tables and charts."""
    loaded = modules_after("import postmortem.cli")

    assert set() == HEAVY_FOR_COMMANDS & loaded


def test_a_heavy_import_is_seen_however_deep_it_comes_from():
    """The measure sees through other packages: importing nbformat loads jsonschema."""
    loaded = modules_after("import nbformat")

    assert {"jsonschema", "nbformat"} <= loaded
