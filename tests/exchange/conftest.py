"""Files to read, and a mapping to read them with."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from postmortem.exchange import mapping_from, read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from postmortem.exchange import Mapping, Reading

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def crm() -> Mapping:
    """A small mapping: a key, a title, two times, a cost and a word of ours."""
    columns = {
        "What": "title",
        "When": "occurred_at",
        "Fixed": {"to": "fixed_at", "optional": True},
        "Cost": {"to": "impact.our_cost", "optional": True},
        "Fault": {"to": "fault", "optional": True},
    }
    return mapping_from({"source": {"system": "crm", "key": "No", "dates": ["iso", "%d.%m.%Y"]}, "columns": columns})


@pytest.fixture
def reading(tmp_path: Path, crm: Mapping) -> Callable[..., Reading]:
    """Writes a file and reads it."""

    def written_and_read(name: str, content: str | bytes, mapping: Mapping | None = crm) -> Reading:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read(path, mapping=mapping, now=NOW)

    return written_and_read
