"""JSON a piece at a time."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortem.exchange.stream import Decoder, Elements
from postmortem.record.errors import DataError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


def pieces(text: str, length: int) -> list[str]:
    """A text in pieces of one length."""
    return [text[at : at + length] for at in range(0, len(text), length)]


@given(values=st.lists(VALUES, max_size=6), length=st.integers(1, 40), indent=st.sampled_from([None, 2]))
def test_it_does_not_matter_where_the_pieces_end(values: list[object], length: int, indent: int | None):
    """A list read in pieces is the list read at once."""
    text = json.dumps(values, indent=indent)

    assert values == [element.value for element in Elements(iter(pieces(text, length)), "a.json")]


@given(values=st.lists(VALUES, min_size=1, max_size=4), length=st.integers(1, 40), data=st.data())
def test_a_list_that_was_cut_off_is_always_refused(values: list[object], length: int, data: st.DataObject):
    """Wherever the end is missing, the file is told to be broken."""
    text = json.dumps(values)
    short = text[: data.draw(st.integers(1, len(text) - 1))]

    with pytest.raises(DataError, match="not JSON"):
        list(Elements(iter(pieces(short, length)), "a.json"))


@given(length=st.integers(1, 30))
def test_the_place_of_a_fault_is_the_same_however_it_was_read(length: int):
    """Line and character are those of the file."""
    with pytest.raises(DataError, match="line 3, character 11"):
        list(Elements(iter(pieces('[{"title": "a"},\n\n {"title" "b"}]', length)), "a.json"))


def test_a_pair_of_halves_is_a_character():
    """What other programs write as two escapes is read as one sign; half of it alone is told."""
    decoder = Decoder()

    assert ("😀", ()) == ((pair := decoder.element('"\\ud83d\\ude00"')).value, pair.faults)
    assert decoder.element('"\\ud83d"').faults
