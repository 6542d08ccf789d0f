"""A panel: plain state here, a pure drawing of it in the browser, and what is done there coming back by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

import anywidget
import traitlets

from postmortem.record.errors import PostmortemError, Problem

Event = Mapping[str, Any]


SCRIPTS: Final = (
    "signs.js",
    "copies.js",
    "together.js",
    "fields.js",
    "clock.js",
    "nodes.js",
    "dragging.js",
    "inspector.js",
    "branch.js",
    "tree.js",
    "map.js",
    "classify.js",
    "ideas.js",
    "past.js",
    "act.js",
    "agenda.js",
    "steps.js",
    "saying.js",
    "owed.js",
    "checklists.js",
    "due.js",
    "gates.js",
    "history.js",
    "bring.js",
    "panel.js",
)
"""The browser's side in the order in which it is put together. A file that draws blocks adds them to `BLOCKS`."""

STYLES: Final = (
    "panel.css",
    "together.css",
    "tree.css",
    "map.css",
    "retro.css",
    "recover.css",
    "checklists.css",
    "due.css",
    "agenda.css",
    "bring.css",
)


@lru_cache(maxsize=1)
def script() -> str:
    """The browser's side: preact and the panel in one module, so that nothing is fetched."""
    static = files("postmortem.widgets") / "static"
    preact = (static / "preact.mjs").read_text(encoding="utf-8").strip()
    body, names = preact.rsplit("export{", 1)
    table = re.sub(r"([\w$]+) as (\w+)", r"\2:\1", names.rstrip("};\n"))
    parts = [
        f"const preact=(()=>{{{body};return{{{table}}}}})();",
        *((static / name).read_text(encoding="utf-8") for name in SCRIPTS),
    ]
    return "\n".join(parts)


@lru_cache(maxsize=1)
def style() -> str:
    """The look: the one table of tokens, turned towards the notebook's theme, a map's boxes, and the panel's own."""
    shared = files("postmortem.report")
    tokens = (shared / "tokens.css").read_text(encoding="utf-8")
    tokens = tokens.replace(':root[data-theme="dark"]', '[data-jp-theme-light="false"] .pm').replace(":root", ".pm")
    static = files("postmortem.widgets") / "static"
    boxes = (shared / "map.css").read_text(encoding="utf-8")
    return tokens + boxes + "".join((static / name).read_text(encoding="utf-8") for name in STYLES)


def sentence(error: PostmortemError) -> str:
    """What was refused, beside the field it was typed in: without the place, which is seen there.

    Examples:
        >>> sentence(PostmortemError("the file is empty"))
        'The file is empty.'
    """
    problems = [Problem("", item.finding, item.remedy) for item in getattr(error, "problems", ())]
    told = "; ".join(map(str, problems)) or str(error)
    return f"{told[:1].upper()}{told[1:].rstrip('.')}."


_OF_ITSELF: Final = frozenset({"shown", "gone", "look", "heard"})

_HALF = re.compile("[\ud800-\udfff]")


def _whole(part: Any) -> Any:  # noqa: ANN401 - an event, or any part of one
    """The same without halves of characters, which a browser can send and no panel could be sent with."""
    if isinstance(part, str):
        return _HALF.sub("\N{REPLACEMENT CHARACTER}", part) if _HALF.search(part) else part
    if isinstance(part, Mapping):
        return {_whole(name): _whole(inner) for name, inner in part.items()}
    return [_whole(inner) for inner in part] if isinstance(part, list) else part


def _read(sent: object) -> Event:
    """What a browser sent; nothing of it where it is no event, or deeper than any panel sends."""
    try:
        event: Event = _whole(sent) if isinstance(sent, Mapping) else {}
    except RecursionError:
        return {}
    return event


def _number(event: Event) -> int:
    try:
        return int(event.get("n", 0))
    except (TypeError, ValueError, OverflowError):
        return 0


class Panel(anywidget.AnyWidget):
    """A widget that draws `view` and sends back events.

    A subclass says what is shown (`drawn`) and what an event does (`handle`). Tests call `receive` with an event and
    look at `view`: no browser, no kernel.
    """

    _esm = traitlets.Unicode("").tag(sync=True)
    _css = traitlets.Unicode("").tag(sync=True)
    head = traitlets.Dict().tag(sync=True)
    view = traitlets.Dict().tag(sync=True)
    ack = traitlets.Int(0).tag(sync=True)
    looked = traitlets.Int(0).tag(sync=True)
    focus = traitlets.Dict().tag(sync=True)

    def __init__(self) -> None:
        super().__init__(_esm=script(), _css=style())
        self._asked = 0
        self._taken: dict[str, int] = {}
        self._views: set[str] = set()
        self._was_shown = self._is_behind = False
        self.failure: Exception | None = None
        self.on_msg(lambda _widget, content, _buffers: self.receive(content))

    def drawn(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """What the head and the body show now."""
        raise NotImplementedError

    def handle(self, event: Event) -> str:
        """Do what an event asks; give back where the focus goes, or an empty text."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Show what stands now; only what changed is sent. A panel that nobody has on screen any more waits."""
        self._is_behind = self._was_shown and not self._views
        if not self._is_behind:
            self.head, self.view = self.drawn()

    def attend(self, event: Event) -> None:
        """Take note of what the browser tells of itself: nothing was done by anybody, and nothing waits for an answer.

        `shown` and `gone` come from each view of the panel; `look` comes every few seconds from one panel a page.
        """
        window = str(event.get("from", ""))
        if event.get("type") == "gone":
            self._views.discard(window)
            return
        self._was_shown = True
        self._views.add(window)
        meeting = getattr(self, "meeting", None)
        try:
            if event.get("type") == "look" and meeting is not None:
                meeting.look(str(event.get("stage", "")), str(event.get("place", "")))
            if event.get("type") == "heard" and meeting is not None:
                meeting.hear()
            if self._is_behind:
                self.refresh()
        except Exception as error:  # noqa: BLE001 - as in `receive`: nobody shall meet a traceback
            self.failure = error
        if event.get("type") == "look":
            self.looked += 1

    def receive(self, event: Event) -> None:
        """Take one event from the browser. Whatever goes wrong is told in the panel, never as a traceback.

        An event says in `n` its number and in `from` which window it comes from. One that was sent again, because the
        kernel was busy with something else for a while, is done once.
        """
        event = _read(event)
        if str(event.get("type")) in _OF_ITSELF:
            self.attend(event)
            return
        number, window = _number(event), str(event.get("from", ""))
        if window and number <= self._taken.get(window, 0):
            self.ack = max(self.ack, number)
            return
        self._taken[window] = number
        wish, trouble = "", ""
        try:
            wish = self.handle(event)
        except PostmortemError as error:
            trouble = str(error)
        except Exception as error:  # noqa: BLE001 - nobody at the keyboard shall meet a traceback; it is kept for us
            self.failure = error
            trouble = f"That could not be done ({type(error).__name__}: {error}). What stood there before is unchanged."
        try:
            self.refresh()
        except PostmortemError as error:
            trouble = trouble or str(error)
        except Exception as error:  # noqa: BLE001 - as above
            self.failure = error
            trouble = (
                trouble or f"What stands now could not be shown ({type(error).__name__}: {error}). Nothing is lost."
            )
        if trouble:
            self.head = {**self.head, "trouble": trouble}
        if wish:
            self._asked += 1
            self.focus = {"n": self._asked, "at": wish}
        self.ack = max(self.ack, number)

    def _repr_keys(self) -> list[str]:
        return []

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:  # noqa: ANN401 - Jupyter's own protocol
        """The live widget, and a plain sentence wherever widgets can't be shown."""
        bundle = super()._repr_mimebundle_(**kwargs)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data is not None:
            data["text/plain"] = repr(self)
        return bundle
