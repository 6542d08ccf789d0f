"""Real incident data for the tests in this folder, which all carry the marker `real`.

The data belongs to others and is no part of the repository: where it is absent the tests skip with the reason.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

BESIDE = Path(__file__).parents[3] / "shared" / "data"


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark every test of this folder, so that `-m "not real"` leaves them out."""
    item.add_marker(pytest.mark.real)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data: POSTMORTEM_REAL_DATA, else `shared/data` beside the checkout."""
    named = os.environ.get("POSTMORTEM_REAL_DATA")
    folder = Path(named) if named else BESIDE
    if not folder.is_dir():
        where = f"POSTMORTEM_REAL_DATA names {named}" if named else "no shared/data beside the checkout"
        pytest.skip(f"real data is absent: {where}; set POSTMORTEM_REAL_DATA to its folder")
    return folder
