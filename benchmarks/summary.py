"""What was measured, as the tables of README.md: ours beside each peer, with the ratio.

Run as `python benchmarks/summary.py FILE`, where FILE is what `pytest --benchmark-json=FILE` wrote.
"""

from __future__ import annotations

import json
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

OURS = "postmortem"
LIBRARIES = (
    "pandas", "SQLAlchemy", "pydantic", "narwhals", "plotly", "Jinja2", "nbconvert", "playwright", "pytest-benchmark",
)  # fmt: skip


def time(seconds: float) -> str:
    """A duration as it is read.

    Examples:
        >>> time(0.0123), time(0.256), time(3.14159), time(61.4)
        ('12 ms', '256 ms', '3.1 s', '61 s')
    """
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"


def size(megabytes: float) -> str:
    """An amount of memory or of a file as it is read.

    Examples:
        >>> size(0.0352), size(4.92), size(136.4)
        ('35 KB', '4.9 MB', '136 MB')
    """
    if megabytes < 1:
        return f"{megabytes * 1000:.0f} KB"
    return f"{megabytes:.1f} MB" if megabytes < 10 else f"{megabytes:.0f} MB"


def ratio(ours: float, peer: float) -> str:
    """Ours for one of theirs.

    Examples:
        >>> ratio(3, 2), ratio(1, 30)
        ('1.5', '0.033')
    """
    return f"{ours / peer:.2g}" if ours < peer else f"{ours / peer:.1f}"


MEASURES = (
    ("peak_mb", "peak memory"), ("frames_mb", "size of the frames"), ("file_mb", "size of the file"),
    ("mb", "size of the page"), ("gzip_mb", "the page, compressed"),
)  # fmt: skip


def table(title: str, rows: list[dict[str, Any]]) -> list[str]:
    """One group as Markdown: a line for each of ours, each peer and each measure."""
    lines = [f"### {title}", "", "| What | Ours | Peer | Ratio |", "|---|---|---|---|"]
    ours = [row for row in rows if row["extra_info"]["who"].startswith(OURS)]
    for own in ours:
        name = own["extra_info"]["who"].removeprefix(OURS).lstrip(", ")
        for peer in (row for row in rows if row not in ours):
            a, b = own["stats"]["median"], peer["stats"]["median"]
            who = peer["extra_info"]["who"]
            lines.append(f"| {name or 'time'} | {time(a)} | {who}: {time(b)} | {ratio(a, b)} |")
            for key, word in MEASURES:
                if key in own["extra_info"] and key in peer["extra_info"]:
                    x, y = own["extra_info"][key], peer["extra_info"][key]
                    lines.append(f"| {word} | {size(x)} | {who}: {size(y)} | {ratio(x, y)} |")
        if len(rows) == len(ours):
            lines.append(f"| {name or 'time'} | {time(own['stats']['median'])} | | |")
    spread = ", ".join(
        f"{row['extra_info']['who']} {time(row['stats']['min'])} to {time(row['stats']['max'])}" for row in rows
    )
    parts = [
        f"{row['extra_info']['who']} {', '.join(f'{name} {time(seconds)}' for name, seconds in parts.items())}"
        for row in rows
        if len(parts := row["extra_info"]["parts"]) > 1
    ]
    lines += ["", f"{rows[0]['stats']['rounds']} rounds, from fastest to slowest: {spread}."]
    return [*lines, *([f"Parts: {'; '.join(parts)}."] if parts else []), ""]


def summary(path: Path) -> str:
    """The tables of one run.

    Args:
        path: What pytest-benchmark wrote.
    """
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in json.loads(path.read_text(encoding="utf-8"))["benchmarks"]:
        groups.setdefault(row["group"], []).append(row)
    known = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    lines = [f"Python {platform.python_version()}, {known}", ""]
    for title, rows in groups.items():
        lines += table(title, rows)
    return "\n".join(lines)


if __name__ == "__main__":
    print(summary(Path(sys.argv[1])))
