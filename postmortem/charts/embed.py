"""A chart for a page that stands alone: the figure as JSON, and plotly.js itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from plotly.offline import get_plotlyjs

from postmortem.charts.look import CONFIG

if TYPE_CHECKING:
    from postmortem.charts.chart import Chart

_IN_SCRIPT = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def plotly_js() -> str:
    """The whole of plotly.js, as plotly brings it along: a part would draw an unknown trace wrong and say nothing.

    Raises:
        ValueError: If it could not stand inside a page.
    """
    script: str = get_plotlyjs()
    if "</script" in script.lower() or "<!--" in script:
        raise ValueError("this plotly.js can't stand inside a page")
    return script


def figure_json(chart: Chart) -> str:
    """The drawing of a chart, for `Plotly.newPlot`: data, layout and configuration.

    It is safe inside a script element: nothing in it can end the element, whatever people typed.

    Args:
        chart: Drawn in the theme it shall have.
    """
    figure: dict[str, Any] = json.loads(chart.figure.to_json())
    return script_safe({"data": figure["data"], "layout": figure["layout"], "config": CONFIG})


def script_safe(value: object) -> str:
    r"""A value as JSON that may stand inside a script element.

    Examples:
        >>> print(script_safe("</script>"))
        "\u003c/script\u003e"
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
    return "".join(_IN_SCRIPT.get(sign, sign) for sign in text)
