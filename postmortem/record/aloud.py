"""How an answer reads aloud when another follows: "<cause>, therefore <effect>" (R25)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from postmortem.record.incident import Incident
    from postmortem.record.vocabulary import Leg

_EXPLAINED: Final[Mapping[Leg, str]] = {
    "detection": "the customer met it before we did",
    "recovery": "our answer was slow or wrong",
}


def explained(incident: Incident, leg: Leg) -> str:
    """What the whys of a leg explain: what went wrong, that it was seen late, or that the answer was slow."""
    return _EXPLAINED.get(leg, incident.title)


def plain(text: str) -> str:
    """A text without the sign at its end, so that another can follow."""
    return text.strip().rstrip(".!;,")


def after_therefore(text: str) -> str:
    """A text as it is read after "therefore".

    Examples:
        >>> after_therefore("The line was dead."), after_therefore("DHL came late")
        ('the line was dead', 'DHL came late')
    """
    # An abbreviation or a name stays as it is: only "The", "A", "It" … lose their capital.
    text = plain(text)
    first = text.split(" ", 1)[0]
    return text[:1].lower() + text[1:] if first[1:].islower() or len(first) == 1 else text
