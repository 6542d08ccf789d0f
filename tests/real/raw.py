"""Reading a source's file without anything of ours, to count against."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

Rows = list[dict[str, str]]


def rows_of(path: Path) -> Rows:
    """The raw rows, read without anything of ours."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))
