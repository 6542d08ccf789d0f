"""What a chart is, beyond its drawing: a question, a finding, what it may claim, and the same in words and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

LEAST: Final = 288
"""Pixels that a page leaves a drawing on the narrowest phone, of 320; the months of every lane stand apart there."""

LANES: Final = 420
"""Pixels for months with words beside them: so much they need."""

NARROW: Final = 668
"""Pixels for names and columns side by side: so much they need."""


class Verdict(NamedTuple):
    """What may be claimed, and why.

    Attributes:
        word: The verdict itself, shown in bold, ended with a full stop; empty where nothing is judged.
        why: The rule that fired and its limit, or how to read the numbers.
    """

    word: str
    why: str


@dataclass(frozen=True, eq=False)
class Chart:
    """One chart with everything that stands around it, in the order of the page.

    All texts are plain and come in part from what people typed: whoever renders them escapes them. The texts inside the
    figure are escaped already.

    Attributes:
        key: A short name that never changes with the data, such as `pareto`; fit for an element's id.
        question: The manager's question above the title. It never changes with the data.
        title: The finding, a sentence with a number.
        subtitle: Measure, unit, period and n.
        figure: The drawing; an empty one says its sentence.
        verdict: What may be claimed, and why.
        alternative: One paragraph that says what the drawing shows.
        table: The numbers, with columns named for people.
        empty: Why there is nothing to draw and what to do about it; otherwise empty.
        least: Pixels that the drawing needs side by side, else its words overlap; on a narrower page it is moved.
    """

    key: str
    question: str
    title: str
    subtitle: str
    figure: go.Figure
    verdict: Verdict
    alternative: str
    table: pd.DataFrame
    empty: str = ""
    least: int = LEAST

    def __repr__(self) -> str:
        """Its key and its finding."""
        return f"<Chart {self.key}: {self.title!r}>"
