"""What `import postmortem` costs, beside Python itself and pandas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Measure, Result


STATEMENTS = {
    "postmortem, `import postmortem`": ("import postmortem", "postmortem"),
    "postmortem, `import postmortem.cli`": ("import postmortem.cli", "postmortem.cli"),
    "Python alone": ("", "sys"),
    "`import pandas`": ("import pandas", "pandas"),
}


@pytest.mark.parametrize("who", STATEMENTS)
def test_starting(measure: Measure, python: Callable[..., Result], who: str):
    """A whole process: Python starts, imports, and ends."""
    code = "{}\nimport sys\nprint(*sys.modules)"
    runs = {
        name: lambda statement=statement: python("-c", code.format(statement))
        for name, (statement, _) in STATEMENTS.items()
    }

    told = measure("start", who, runs, part="wall", rounds=15)

    assert all(STATEMENTS[who][1] in result["said"].split() for result in told)
    assert all(("pandas" in result["said"].split()) == (who == "`import pandas`") for result in told)
