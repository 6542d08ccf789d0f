"""A sentence with blanks, as a team writes it in its word file: what is wrong with one, and how it is filled."""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING, Final

from postmortem.record.errors import Problem, near

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

Sentence = str | tuple[str, ...]
"""One sentence, or several ways to say it: the first that the record can fill is taken."""

WHOSE: Final = {"shared": "shared", "customer": "not_ours", "third party": "not_ours", "not yet known": "unknown"}
"""Where a word file says what is said instead, by whose mistake it was."""

_BLANK: Final = re.compile(r"\{([^{}]*)\}")
_SEAM: Final = re.compile(r"\{([^{}]*)\}(\.?)")
_CLOSING: Final = "\"')]\N{RIGHT DOUBLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}"


def is_ended(text: str) -> bool:
    """Whether a text ends with a mark of its own, so that no full stop follows it.

    Examples:
        >>> is_ended("They said: “Done.”"), is_ended("Done")
        (True, False)
    """
    return text.rstrip(_CLOSING)[-1:] in ".!?…:"


def ways(sentence: Sentence) -> tuple[str, ...]:
    """The ways to say a sentence, the fullest first."""
    return (sentence,) if isinstance(sentence, str) else sentence


def blanks_in(template: str) -> tuple[str, ...]:
    """The blanks of a sentence.

    Examples:
        >>> blanks_in("It cost you {lost} and {paid}.")
        ('lost', 'paid')
    """
    return tuple(_BLANK.findall(template))


def filled(template: str, known: Mapping[str, str]) -> str:
    """A sentence with its blanks filled; nothing where one is unknown. No stop follows what ends with its own mark.

    Examples:
        >>> filled("It cost you {lost}.", {"lost": "2 hours"}), filled("It cost you {lost}.", {})
        ('It cost you 2 hours.', '')
    """
    if not all(name in known for name in blanks_in(template)):
        return ""
    return _SEAM.sub(lambda found: known[found[1]] + ("" if is_ended(known[found[1]]) else found[2]), template)


def without_blanks(template: str) -> str:
    """What a sentence says whatever the record is.

    Examples:
        >>> without_blanks("It cost you {lost}.")
        'It cost you  .'
    """
    return _BLANK.sub(" ", template)


def problems_of(place: str, sentences: Iterable[Sentence], known: Collection[str]) -> Iterator[Problem]:
    """What will not do in sentences, each with its number and with the blanks that there are.

    Args:
        place: Where they stand.
        sentences: All of a part.
        known: The blanks that are filled there.
    """
    for number, sentence in enumerate(sentences, start=1):
        for way in ways(sentence):
            yield from wrong(f"{place}[{number}]", way, known)


def wrong(place: str, template: str, known: Collection[str]) -> Iterator[Problem]:
    """What will not do in one sentence.

    Examples:
        >>> print(*wrong("thanks", "Thank you, {custmer}.", ["customer", "team"]))
        thanks: there is no blank {custmer}; did you mean {customer}?
    """
    example = f"write a blank like {{{next(iter(known))}}}" if known else "there is nothing to fill in here"
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError as error:
        yield Problem(place, f"a brace without its other half: {error}", example)
        return
    if any(form or turned for _, _, form, turned in parts):
        yield Problem(place, "a blank holds a name and nothing else", example)
    for name in (field for _, field, _, _ in parts if field is not None):
        if name not in known:
            hint = near(name, known)
            there = f"there are: {', '.join(known)}" if known else example
            yield Problem(place, f"there is no blank {{{name}}}", f"did you mean {{{hint}}}?" if hint else there)
