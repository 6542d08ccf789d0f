"""Execute the stored notebooks on the samples and write them in one normal form.

Two builds give the same bytes: cell ids count up; there are no timings, no widget state, no random ids; what a widget
shows stays as the sentence it prints. `--check` only says which notebooks are not in the normal form.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks"
LARGEST = 60_000
"""Bytes a stored notebook may have: a larger one carries a figure or widget state."""

STORY = {
    "POSTMORTEM_NOW": "2026-03-20T12:00:00+00:00",
    "POSTMORTEM_BY": "Reader",
    "TZ": "Europe/London",
}
"""The day on which the stored notebooks tell their story, where, and who tells it."""

_KEPT = ("text/plain", "image/png")


def normal(notebook: dict[str, Any]) -> str:
    """The one text that a notebook with these cells and outputs has."""
    cells = [_cell(cell, number) for number, cell in enumerate(notebook["cells"], start=1)]
    run = 0
    for cell in cells:
        if cell["cell_type"] == "code":
            run += 1
            cell["execution_count"] = run
            for output in cell["outputs"]:
                if output["output_type"] == "execute_result":
                    output["execution_count"] = run
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    whole = {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(whole, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _cell(cell: dict[str, Any], number: int) -> dict[str, Any]:
    source = "".join(cell["source"]).rstrip().splitlines(keepends=True)
    tags = {"tags": cell["metadata"]["tags"]} if cell["metadata"].get("tags") else {}
    plain: dict[str, Any] = {
        "cell_type": cell["cell_type"],
        "id": f"cell-{number:02d}",
        "metadata": tags,
        "source": source,
    }
    if cell["cell_type"] == "code":
        plain |= {"execution_count": None, "outputs": [_output(output) for output in cell["outputs"]]}
    return plain


def _output(output: dict[str, Any]) -> dict[str, Any]:
    if output["output_type"] == "stream":
        return {"name": output["name"], "output_type": "stream", "text": _lines(output["text"])}
    if output["output_type"] == "error":
        raise SystemExit(f"a cell fails: {output['ename']}: {output['evalue']}")
    data = {kind: _lines(value) for kind, value in output["data"].items() if kind in _KEPT}
    plain: dict[str, Any] = {"data": data, "metadata": {}, "output_type": output["output_type"]}
    return plain | ({"execution_count": None} if output["output_type"] == "execute_result" else {})


def _lines(text: str | list[str]) -> list[str]:
    return "".join(text).splitlines(keepends=True)


def executed(path: Path, store: Path) -> dict[str, Any]:
    """A notebook with the outputs that its cells give on the samples."""
    import nbformat  # noqa: PLC0415 - slow to load, and --check needs none of it
    from nbclient import NotebookClient  # noqa: PLC0415

    os.environ.update(STORY | {"POSTMORTEM_STORE": str(store)})
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        store_widget_state=False,
        resources={"metadata": {"path": str(store.parent)}},
    )
    client.execute()
    whole: dict[str, Any] = json.loads(nbformat.writes(notebook))
    return whole


def build(paths: list[Path]) -> int:
    """Execute and rewrite notebooks, each on a fresh store with the samples."""
    from click.testing import CliRunner  # noqa: PLC0415
    from postmortem.cli import main  # noqa: PLC0415 - the checkout's own command fills the store

    for path in paths:
        with tempfile.TemporaryDirectory() as folder:
            store = Path(folder) / "postmortem.db"
            done = CliRunner().invoke(main, ["--store", str(store), "sample"])
            if done.exit_code:
                raise SystemExit(done.output)
            text = normal(executed(path, store))
        if len(text.encode()) > LARGEST:
            raise SystemExit(f"{path.name}: {len(text.encode())} bytes; a stored notebook has at most {LARGEST}")
        changed = text != path.read_text(encoding="utf-8")
        path.write_text(text, encoding="utf-8")
        print(f"{path.name}: {'written' if changed else 'unchanged'}")  # noqa: T201 - this is a command
    return 0


def check(paths: list[Path]) -> int:
    """Say which notebooks are not in the normal form."""
    wrong = [path.name for path in paths if normal(json.loads(path.read_text("utf-8"))) != path.read_text("utf-8")]
    for name in wrong:
        print(f"{name}: not in the normal form; run `make notebooks`", file=sys.stderr)  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebooks", nargs="*", type=Path, help="which ones; all by default")
    parser.add_argument("--check", action="store_true", help="write nothing, only say what is not normal")
    given = parser.parse_args()
    chosen = given.notebooks or sorted(NOTEBOOKS.glob("*.ipynb"))
    sys.exit(check(chosen) if given.check else build(chosen))
