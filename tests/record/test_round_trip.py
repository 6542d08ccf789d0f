"""What is written can be read again, whatever stands in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import given, settings

from postmortem.record import incident as incident_module
from postmortem.record.base import Value
from postmortem.record.incident import Incident
from postmortem.record.reading import document, incident_from, json_text
from tests.strategies import incidents

if TYPE_CHECKING:
    from collections.abc import Iterator

PARTS = tuple(getattr(incident_module, name) for name in incident_module.__all__)
PATIENT = settings(deadline=None, max_examples=80)


@PATIENT
@given(incidents())
def test_an_incident_survives_its_json(incident: Incident):
    """Text out, text in: the same value, and the same text again, to the byte."""
    text = json_text(incident)

    assert incident == incident_from(text)
    assert incident == incident_from(text.encode())
    assert text == json_text(incident_from(text))


@PATIENT
@given(incidents())
def test_an_incident_survives_its_document(incident: Incident):
    """Plain data out and in: the same value, also by way of another program's JSON."""
    plain = document(incident)

    assert incident == incident_from(plain)
    assert incident == incident_from(json.dumps(plain, indent=2))
    assert plain == document(incident_from(plain)) == json.loads(json_text(incident))


def test_every_field_is_tried():
    """The strategy fills each field of each part now and then, so that none is lost unseen."""
    filled: set[str] = set()

    @settings(deadline=None, max_examples=200, derandomize=True, database=None)
    @given(incidents())
    def look(incident: Incident):
        filled.update(_filled(incident))

    look()

    assert set() == {f"{part.__name__}.{name}" for part in PARTS for name in part.model_fields} - filled


def _filled(value: object) -> Iterator[str]:
    for part in value if isinstance(value, tuple) else (value,):
        if isinstance(part, Value):
            for name, field in type(part).model_fields.items():
                below = getattr(part, name)
                if below != field.default:
                    yield f"{type(part).__name__}.{name}"
                yield from _filled(below)


def test_what_was_never_said_is_not_written():
    """A fresh record is as short as what was told."""
    assert '{"title":"Late"}' == json_text(Incident(title="Late"))
