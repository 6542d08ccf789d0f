"""Changing one thing of an incident by its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings

from postmortem.record import edit
from postmortem.record.base import Value
from postmortem.record.errors import DataError, UnknownNodeError
from postmortem.record.incident import Extra, Incident, Kept, Moment, Why
from tests.strategies import incidents

if TYPE_CHECKING:
    from collections.abc import Iterator

TOLD = Incident(
    title="Late",
    timeline=(Moment(id="m1", text="Left at nine"), Moment(id="m2", text="Came at noon")),
    whys=(Why(id="w1", text="No reminder"),),
)


def places(value: Value, above: str = "") -> Iterator[str]:
    """Every place that can be named: fields, parts of lists by their id, and their fields."""
    for name in type(value).model_fields:
        below: Any = getattr(value, name)
        yield f"{above}{name}"
        if isinstance(below, Value):
            yield from places(below, f"{above}{name}.")
        if isinstance(below, tuple):
            named = [part for part in below if "id" in getattr(type(part), "model_fields", {})]
            for part in named:
                yield f"{above}{name}.{part.id}"
                yield from places(part, f"{above}{name}.{part.id}.")


@settings(deadline=None, max_examples=40)
@given(incidents())
def test_putting_back_what_stands_there_changes_nothing(incident: Incident):
    """For every place of any incident."""
    for place in places(incident):
        assert incident == edit.put(incident, place, edit.get(incident, place))


def test_a_part_of_a_list_is_named_by_its_id():
    """The order of the list does not matter to who edits one line of it."""
    assert "At ten" == edit.get(edit.put(TOLD, "timeline.m2.text", "At ten"), "timeline.m2.text")
    assert "Left at nine" == TOLD.timeline[0].text


def test_a_reply_is_named_by_its_question():
    """Replies have no id of their own; the question is their name."""
    asked = Incident.model_validate(
        {"title": "Late", "evaluation": {"replies": [{"question": "smell", "answer": "no"}]}}
    )

    assert "yes" == edit.put(asked, "evaluation.replies.smell.answer", "yes").evaluation.replies[0].answer


def test_putting_changes_a_copy():
    """The value that was given stays as it was."""
    edit.put(TOLD, "title", "Later")

    assert "Late" == TOLD.title


def test_a_misspelt_field_is_refused_with_the_near_name():
    """The person sees what they meant."""
    with pytest.raises(DataError) as refused:
        edit.put(TOLD, "impact.custommer_min", 3)

    assert "custommer_min: there is no such field; did you mean 'customer_min'?" in str(refused.value)


@pytest.mark.parametrize("place", ["", "titel", "title.length", "impact.", "timeline.m1.at.hour", "model_fields"])
def test_a_place_that_is_none_is_refused_when_looking_too(place: str):
    """Nothing but a field of the record can be reached."""
    with pytest.raises(DataError):
        edit.get(TOLD, place)
    with pytest.raises(DataError):
        edit.put(TOLD, place, "x")


@pytest.mark.parametrize("place", ["timeline.m3.text", "timeline.0.text", "whys.", "timeline.m11"])
def test_a_part_that_is_not_there_is_refused(place: str):
    """An id that nobody has is told, with those that are there."""
    with pytest.raises(UnknownNodeError):
        edit.get(TOLD, place)
    with pytest.raises(UnknownNodeError):
        edit.put(TOLD, place, "x")


def test_a_value_that_does_not_fit_is_refused_at_its_place():
    """The error names the place the person wrote to."""
    with pytest.raises(DataError) as refused:
        edit.put(TOLD, "timeline.m1.at", "yesterday")

    assert "timeline.m1.at" == refused.value.problems[0].where
    assert "expected a date and time with an offset" in refused.value.problems[0].finding


def test_a_whole_part_can_be_put_and_is_checked():
    """A part may be replaced; what is no part is refused."""
    assert "New" == edit.put(TOLD, "whys.w1", Why(id="w1", text="New")).whys[0].text
    with pytest.raises(DataError):
        edit.put(TOLD, "whys.w1", "New")


def test_an_edit_that_breaks_a_reference_is_refused():
    """The record stays sound whatever is put."""
    rooted = Incident.model_validate({**TOLD.model_dump(), "causes": [{"id": "c1", "why": "w1"}]})
    with pytest.raises(DataError) as refused:
        edit.put(rooted, "whys", ())

    assert "causes.c1.why: there is no why 'w1'; add the why first" in str(refused.value)


def test_a_change_that_does_not_fit_says_so_in_plain_words():
    """No other kind of error reaches the person, whichever door they take."""
    with pytest.raises(DataError) as refused:
        edit.changed(TOLD, state="open")

    assert "state: expected draft, recovering, analysing, acting, closed or reopened, found 'open'" in str(
        refused.value
    )


def test_a_field_may_have_any_name():
    """A part with a field called `value` can be changed and made too."""
    assert "2" == edit.changed(Extra(name="n", value="1"), value="2").value
    assert "1" == edit.made(Extra, name="kind", value="1").value


@pytest.mark.parametrize(
    ("ids", "free"),
    [((), "m1"), (("m1", "m2"), "m3"), (("m7",), "m8"), (("x9", "m2", "mm"), "m3"), (("m-1", "m²"), "m1")],
)
def test_the_next_id_is_free(ids: tuple[str, ...], free: str):
    """One more than the highest of its kind; ids that others gave are left alone."""
    assert free == edit.next_id("m", tuple(Moment(id=name) for name in ids))


def test_adding_and_dropping_a_part_leaves_only_its_id_behind():
    """The list is what it was; who has seen the part means no other by its id."""
    more = edit.add(TOLD, "timeline", Moment(id="m3", text="Home"))

    assert ("m1", "m2", "m3") == tuple(moment.id for moment in more.timeline)
    assert edit.changed(TOLD, gone=("m3",)) == edit.drop(more, "timeline", "m3")


def test_dropping_what_is_not_there_is_refused():
    """A wrong id drops nothing."""
    with pytest.raises(UnknownNodeError):
        edit.drop(TOLD, "timeline", "m9")


def test_what_was_put_away_about_a_part_goes_with_it():
    """A new part may get the old one's id; its findings are its own."""
    kept = (Kept(rule="R27", where="timeline.m2.text"), Kept(rule="R27", where="timeline.m22.text"))
    left = edit.drop(edit.changed(TOLD, kept=kept), "timeline", "m2")

    assert ("timeline.m22.text",) == tuple(finding.where for finding in left.kept)
