"""What is written can be read again, whatever stands in it."""

from __future__ import annotations

import json

import pytest
from hypothesis import Phase, find, given, settings

from postmortem.record import incident as incident_module
from postmortem.record.incident import Incident
from postmortem.record.reading import document, incident_from, json_text
from tests.strategies import fields, incidents

PARTS = tuple(getattr(incident_module, name) for name in incident_module.__all__)
QUICK = settings(deadline=None, database=None, phases=[Phase.generate])  # the first one found will do
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


FIELDS = [(part, name) for part in PARTS for name in part.model_fields]


@pytest.mark.parametrize(("part", "name"), FIELDS, ids=lambda value: getattr(value, "__name__", value))
def test_every_field_is_tried(part, name):
    """The strategies can fill each field of each part, so that none is lost unseen."""
    default = part.model_fields[name].default
    whole = (part, name) in {(Incident, "whys"), (Incident, "causes"), (Incident, "actions")}
    strategy = incidents().map(lambda value: getattr(value, name)) if whole else fields(part)[name]

    found = find(strategy, lambda value: value != default, settings=QUICK)

    assert default != found


def test_what_was_never_said_is_not_written():
    """A fresh record is as short as what was told."""
    assert '{"title":"Late"}' == json_text(Incident(title="Late"))
