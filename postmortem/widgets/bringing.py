"""The panel in which a table is brought: which file, what is to ask, what each column becomes, the first rows."""

from __future__ import annotations

import base64
import binascii
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from postmortem.exchange.guesses.proposals import EXTRA, KEY, LEFT_OUT
from postmortem.record.base import zone
from postmortem.record.errors import DataError, PostmortemError, Problem
from postmortem.widgets.blocks import Block, button, buttons, lines, note, row, section
from postmortem.widgets.panel import Event, Panel, sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from postmortem.exchange.guesses.guessing import Guess
    from postmortem.exchange.guesses.preview import Shown
    from postmortem.exchange.guesses.questions import Question
    from postmortem.record.incident import Incident
    from postmortem.widgets.bring import BringData

_ROWS = 5
_FILES = 6
_REJECTED = 5
_MOST_BYTES: Final = 50_000_000
_LONGEST = 240
_EACH: Final = re.compile(r" \| (?=row \d)")
_IN_A_MAPPING: Final = re.compile(r"(?:; or name its format)? under dates in \[source\]")

_EMPTY: Final = (
    "Choose a table to begin: CSV, TSV or a workbook. Type its path, take one of this folder, upload one, or try the "
    "sample table. Nothing is saved before you press the last button."
)


class BringPanel(Panel):
    """One table on its way into the store.

    Args:
        bring: The table in hand, and what was decided.
    """

    def __init__(self, bring: BringData) -> None:
        self.bring = bring
        self.typed = ""
        self.map_name = ""
        self.refused: dict[str, tuple[str, str]] = {}
        self._parts: dict[str, bytearray] = {}
        self._uploads: tempfile.TemporaryDirectory[str] | None = None
        super().__init__()
        self.refresh()

    def __repr__(self) -> str:
        """As the table it shows."""
        return repr(self.bring)

    # ---------------------------------------------------------------------------------------------------------- drawing

    def drawn(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Everything as plain data."""
        bring = self.bring
        head = {"title": "Bring a table of yours", "line": bring.told, "done": bring.taken is not None}
        body = [self._file()]
        if bring.guess is None:
            body.append(note(_EMPTY))
        else:
            body += self._ready()
            body += [*self._questions(bring.guess), self._columns(bring.guess), self._first(bring.guess), self._last()]
        return head, {"stage": "bring", "session": f"{id(bring):x}", "body": body, "bar": None}

    def _field(self, kind: str, place: str, label: str, value: str, **extra: Any) -> Block:  # noqa: ANN401 - help, …
        shown, error = self.refused.get(place, (value, ""))
        more = {"findings": [], "error": error, "refused": "Not possible", **extra}
        return {"t": "field", "kind": kind, "place": place, "label": label, "value": shown, **more}

    def _file(self) -> Block:
        found = self.bring.files()
        named = self._field(
            "text", "path", "Path of the file", self.typed, list=list(found), placeholder="complaints.csv"
        )
        near = [button(name, "open", style="sm", path=name) for name in found[:_FILES]]
        more = len(found) - _FILES
        here = (
            [note(f"In this folder, and {more} more:" if more > 0 else "In this folder:"), buttons(*near)]
            if near
            else []
        )
        return section(
            "Which file?",
            row(named, buttons(button("Open", "open", style="pri"), button("Try the sample table", "sample"))),
            *here,
            {"t": "upload", "label": "Or upload one", "accept": ".csv,.tsv,.xlsx,.xlsm", "most": _MOST_BYTES},
        )

    def _ready(self) -> list[Block]:
        """That a mapping for this file comes with the package; the two ways know their rows by different names."""
        bring = self.bring
        if not bring.ready or bring.path is None:
            return []
        told = (
            f"In a terminal, postmortem import {bring.path.name} reads it through the mapping {bring.ready!r}. What "
            "follows here is guessed. Stay with one of the two ways: taken in both ways, each row would stand there "
            "twice."
        )
        return [section("A mapping for this file comes along", note(told))]

    def _questions(self, guess: Guess) -> Iterator[Block]:
        if not guess.questions:
            return
        asked = [self._question(question) for question in guess.questions]
        open_ = len(guess.needed)
        aside = f"{open_} must be answered" if open_ else "all may stay as they are"
        yield section("What only you can tell", *asked, aside=aside)

    def _question(self, question: Question) -> Block:
        place = f"ask {question.name}"
        about: dict[str, Any] = {"do": "answer", "args": {"question": question.name}}
        if not question.options:
            return self._field("text", place, question.text, question.assumed, **about)
        options = [list(option) for option in question.options]
        # The list stays the same when it is answered: a browser keeps its place in it.
        if question.needed:
            options.insert(0, ["", "please choose"])
        told = "" if question.needed and not question.answered else question.assumed
        return self._field("choice", place, question.text, told, options=options, **about)

    def _columns(self, guess: Guess) -> Block:
        fields = [[name, words.label or name] for name, words in guess.words.fields.items()]
        options = [[EXTRA, "Keep it as it is"], [LEFT_OUT, "Leave it out"], [KEY, "Key: names the row"], *fields]
        known = {value for value, _ in options}
        rows = [
            {
                "name": one.column,
                "examples": [_cut(text) for text in one.looks.examples],
                "value": one.to,
                "options": options if one.to in known else [*options, [one.to, one.to]],
                "sure": "" if one.confidence == "kept" else one.confidence,
                "reason": one.reason,
                "also": [guess.words.label(name) for name in one.alternatives],
            }
            for one in guess.proposals
        ]
        count = sum(one.to not in {EXTRA, LEFT_OUT} for one in guess.proposals)
        aside = f"{count} of {len(rows)} have a field; the others are kept as they are"
        return section("What each column becomes", {"t": "columns", "rows": rows}, aside=aside)

    def _first(self, guess: Guess) -> Block:
        shown = guess.preview(_ROWS, now=self.bring.now(), currency=self.bring.store.playbook.currency)
        titles = ["Row", "What went wrong", "When", "Team", "Why", "Kept as it is"]
        table = {"t": "rows", "titles": titles, "rows": [_as_row(one) for one in shown]}
        left_out = [one.column for one in guess.proposals if one.to == LEFT_OUT]
        told = [note(f"Not carried: {', '.join(left_out)}.")] if left_out else []
        bad = self.bring.rejected
        if bad:
            more = f" The first {_REJECTED}:" if len(bad) > _REJECTED else ""
            told.append(note(f"{len(bad):,} would be rejected.{more}", strong="Rows that will not do.", tone="warn"))
            told.append(
                lines(
                    f"Row {number}: {_cut(_without_row(reason))}"
                    for number, reasons in bad[:_REJECTED]
                    for reason in _EACH.split(reasons)
                )
            )
        return section("The first rows as they would become", table, *told)

    def _last(self) -> Block:
        bring = self.bring
        guess = bring.guess
        open_ = guess.needed if guess is not None else ()
        if bring.taken is not None:
            said = note(bring.told, strong="Done.")
        elif bring.counted is not None:
            said = note(bring.sentence(), strong="As it stands.")
        else:
            said = note("Count the whole file to see what would become of it.")
        stem = bring.path.stem if bring.path is not None else "table"
        name = self._field(
            "text",
            "map",
            "Save the mapping as",
            self.map_name or f"{stem}.toml",
            help="For the next file of this kind.",
        )
        pressed = [button("Take them in", "take", style="pri", icon="check", off=bool(open_))]
        pressed += [] if bring.is_small else [button("Count the whole file", "count")]
        pressed += [button("Save the rejected rows", "rejects")] if bring.rejected else []
        ask = [note(f"Please answer first: {open_[0].text}", tone="warn")] if open_ else []
        return section(
            "Take them in",
            said,
            *ask,
            buttons(*pressed),
            row(name, buttons(button("Save the mapping", "save", icon="page"))),
        )

    # ----------------------------------------------------------------------------------------------------------- events

    def handle(self, event: Event) -> str:
        """What the browser asks for: a path typed, a column chosen, a question answered, the table taken in."""
        kind = event.get("type")
        if kind == "put":
            return self._put(str(event["place"]), str(event["value"]))
        if kind == "do":
            # What takes its time is acknowledged at once: it was kept, and the bar says how far it is.
            self.ack = max(self.ack, int(event.get("n", 0)))
            return self._do(str(event["do"]), event.get("args") or {})
        if kind == "again":
            return ""
        raise PostmortemError(f"the panel asked for {kind!r}, which nobody knows; run the cell again")

    def _put(self, place: str, value: str) -> str:
        self.refused.pop(place, None)
        if place == "path":
            self.typed = value
        elif place == "map":
            self.map_name = value
        return ""

    def _do(self, name: str, args: Mapping[str, Any]) -> str:
        bring = self.bring
        stem = bring.path.stem if bring.path is not None else "table"
        deeds: Mapping[str, Callable[[], object]] = {
            "open": lambda: self._open(str(args.get("path", self.typed))),
            "sample": bring.open_sample,
            "upload": lambda: self._upload(args),
            "answer": lambda: self._answer(str(args["question"]), str(args["value"])),
            "choose": lambda: bring.choose(str(args["column"]), str(args["value"])),
            "count": lambda: bring.count(self._progress),
            "take": lambda: bring.take_in(self._progress),
            "save": lambda: bring.save_mapping(self.map_name or f"{stem}.toml"),
            "rejects": lambda: bring.save_rejects(f"{stem}-rejected.csv"),
        }
        if name not in deeds:
            raise PostmortemError(f"the panel has no {name!r}; run the cell again")
        place, value = self._typed_at(name, args)
        self.refused.pop(place, None)
        try:
            deeds[name]()
        except PostmortemError as error:
            if not place:
                raise
            self.refused[place] = (value, sentence(error))
        if bring.is_small and bring.counted is None and bring.taken is None:
            bring.count()
        return ""

    def _typed_at(self, name: str, args: Mapping[str, Any]) -> tuple[str, str]:
        """The field at which a refusal is told, and what stands in it."""
        if name in {"open", "sample", "upload"}:
            return "path", str(args.get("path", self.typed))
        if name == "answer":
            return f"ask {args['question']}", str(args["value"])
        return ("map", self.map_name) if name == "save" else ("", "")

    def _answer(self, question: str, value: str) -> None:
        if value or question in {"title", KEY, *(self.bring.guess.answers if self.bring.guess else ())}:
            self.bring.answer(question, value)

    def _open(self, path: str) -> None:
        if not path.strip():
            raise DataError("file", [Problem("", "no path is typed yet", "type one, or take a file of the folder")])
        self.bring.open(path.strip())
        self.typed = path.strip()

    def _progress(self, what: str, done: int, all_: int) -> None:
        self.view = {**self.view, "bar": {"label": what, "done": done, "all": max(all_, 1)}}

    def _upload(self, args: Mapping[str, Any]) -> None:
        """One piece of a file that is uploaded; the last one opens it."""
        name = (
            re.sub(r"[^\w.-]+", "_", str(args["name"]).replace("\\", "/").rsplit("/", 1)[-1]).lstrip(".")[-100:]
            or "table.csv"
        )
        if int(args["at"]) == 0:
            self._parts = {name: bytearray()}
        part = self._parts.setdefault(name, bytearray())
        try:
            part += base64.b64decode(str(args["data"]), validate=True)
        except (binascii.Error, ValueError):
            raise DataError(name, [Problem("", "did not arrive whole", "upload it again")]) from None
        if len(part) > _MOST_BYTES:
            self._parts = {}
            remedy = "put it into the folder and type its path"
            raise DataError(name, [Problem("", f"larger than {_MOST_BYTES // 1_000_000} MB", remedy)])
        if not args.get("last"):
            return
        if self._uploads is None:
            self._uploads = tempfile.TemporaryDirectory(prefix="postmortem-", ignore_cleanup_errors=True)
        file = Path(self._uploads.name) / name
        file.write_bytes(self._parts.pop(name))
        self.typed = ""
        self.bring.open(file)


def _as_row(shown: Shown) -> Block:
    incident = shown.incident
    reasons = [_without_row(str(problem)) for problem in shown.problems]
    return {"number": f"{shown.number + 1}", "cells": _cells(incident) if incident else [], "rejected": reasons}


def _cells(incident: Incident) -> list[str]:
    at = incident.occurred_at
    when = f"{at.astimezone(zone(incident.zone)):%d %b %Y, %H:%M}" if at is not None else "not told"
    kept = "; ".join(f"{one.name}: {one.value}" for one in incident.extra)
    return [
        _cut(incident.title),
        when,
        _cut(incident.team),
        _cut(", ".join(why.text for why in incident.whys)),
        _cut(kept),
    ]


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _without_row(text: str) -> str:
    """A reason as it is told here: the row stands before it, and what stands in a mapping file is not seen here."""
    return _IN_A_MAPPING.sub("", re.sub(r"^row \d+(?: \(line \d+\))?[,:] ?", "", text))
