"""A panel alone on a page: the widget's own script and look, drawn in Chromium, answered by the panel in this process.

No server and no kernel stand between: what is seen here is the panel's own work, in a second instead of twenty.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from postmortem.widgets.panel import script, style

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from postmortem.widgets.panel import Panel

TRAITS = ("head", "view", "focus", "ack")

SHELL = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Panel</title>
<style>body { margin: 0; padding: 8px; background: var(--jp-layout-color0, #fff); }
[data-jp-theme-light="false"] { --jp-layout-color0: #111; }</style><style id="look"></style></head>
<body data-jp-theme-light="true"><main id="panel"></main></body></html>"""

SHOW = """async ([code, look, state]) => {
  document.getElementById("look").textContent = look;
  const widget = (await import(URL.createObjectURL(new Blob([code], { type: "text/javascript" })))).default;
  const heard = {};
  const model = {
    get: (name) => state[name],
    on: (name, act) => { (heard[name] ||= new Set()).add(act); },
    off: (name, act) => { heard[name]?.delete(act); },
    send: async (event) => {
      window.pmUnanswered = (window.pmUnanswered || 0) + 1;
      window.pmTake(await window.pmSend(event));
      window.pmUnanswered -= 1;
    },
  };
  // As a kernel does it: one message for each trait that changed, in their order.
  window.pmTake = (told) => Object.keys(told).forEach((name) => {
    state[name] = told[name];
    [...(heard[`change:${name}`] || [])].forEach((act) => act());
  });
  widget.render({ model, el: document.getElementById("panel") });
}"""


class Alone:
    """One panel on one page.

    Args:
        page: An empty page.
        panel: What is drawn there.
    """

    def __init__(self, page: Page, panel: Panel) -> None:
        self.page, self.panel = page, panel
        self.events: list[dict[str, Any]] = []
        self._told: dict[str, str] = {}
        page.set_content(SHELL)
        page.expose_function("pmSend", self._receive)
        page.evaluate(SHOW, [script(), style(), self._changes()])

    def _receive(self, event: dict[str, Any]) -> dict[str, Any]:
        self.events.append(event)
        self.panel.receive(event)
        return self._changes()

    def _changes(self) -> dict[str, Any]:
        state = {name: json.dumps(getattr(self.panel, name)) for name in TRAITS}
        changed = {name: json.loads(text) for name, text in state.items() if self._told.get(name) != text}
        self._told = state
        return changed

    def follow(self) -> None:
        """Draw what changed without an event from this page: from code, or by somebody else."""
        self.page.evaluate("(told) => window.pmTake(told)", self._changes())
