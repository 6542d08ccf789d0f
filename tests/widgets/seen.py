"""Looking at a panel and working in it as the browser does: events in, plain data out."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)

_numbers = count(1)


def send(panel, kind, **event):
    """One event, numbered as the browser numbers them."""
    panel.receive({"type": kind, "n": next(_numbers), **event})


def put(panel, place, value):
    """Type into a field."""
    send(panel, "put", place=place, value=value)


def do(panel, deed, **args):
    """Press a button."""
    send(panel, "do", do=deed, args=args)


def blocks(part):
    """Every dict in a view, the outer ones first."""
    if isinstance(part, dict):
        yield part
        for inner in part.values():
            yield from blocks(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from blocks(inner)


def fields(panel):
    """The fields of a panel by their place."""
    return {block["place"]: block for block in blocks(panel.view) if block.get("t") == "field"}


def texts(part):
    """Every text in a view."""
    if isinstance(part, dict):
        return [text for inner in part.values() for text in texts(inner)]
    if isinstance(part, list):
        return [text for inner in part for text in texts(inner)]
    return [part] if isinstance(part, str) else []


def pressed(panel, label):
    """Press the button of a label."""
    (button,) = [block for block in blocks(panel.view) if block.get("t") == "button" and block["label"] == label]
    do(panel, button["do"], **button["args"])


def nodes(panel):
    """The nodes of the why tree by their id."""
    return {block["id"]: block for block in blocks(panel.view) if "can_act" in block and "children" in block}


def without_session(view):
    """A view without the marks of the session it belongs to, and of which of its records it shows."""
    return {name: part for name, part in view.items() if name not in {"session", "record"}}
