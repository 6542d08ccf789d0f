"""Somebody's own table on its way into the store: what is guessed of it, what was decided, what would become of it."""

from __future__ import annotations

import os
import weakref
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from postmortem import settings
from postmortem._shipped import shipped
from postmortem.exchange import ImportResult, Reading, guess, import_into, read, shipped_mappings, write_rejects
from postmortem.exchange.guesses.sampling import SUFFIXES
from postmortem.record.errors import DataError, PostmortemError, Problem
from postmortem.widgets.opening import opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from postmortem.exchange import Guess, Mapping
    from postmortem.store import Store
    from postmortem.widgets.bringing import BringPanel

SAMPLE: Final = "data/examples/complaints.csv"
COUNTED_AT_ONCE: Final = 1_000
"""Rows up to which the whole file is counted with every change; above it a person asks for it."""

_MOST_FILES = 200
_DEEPEST = 3
_MOST_FOLDERS = 300
_TRIED = 200


class BringData:
    """A table, what its columns are taken for, and the way into the store.

    Shown in a cell it is the panel; every step is possible from code too.

    Args:
        store: Where the incidents go.
        by: Who imports; by default the surroundings say it.
        now: The clock; by default the machine's, or `POSTMORTEM_NOW`.
        folder: Where files are looked for and written to; by default where the notebook runs.

    Attributes:
        path: The file in hand.
        guess: What its columns are taken for; none before a file was opened.
        counted: What an import would do, where the whole file was counted since the last change.
        taken: What the last import did.
        told: What was done last, in one sentence.
        ready: The mapping that comes with the package and fits the file; empty where none does, or several.
    """

    def __init__(
        self,
        store: Store,
        *,
        by: str | None = None,
        now: Callable[[], datetime] = settings.now,
        folder: str | os.PathLike[str] = ".",
    ) -> None:
        self.store = store
        self.by = settings.by(by)
        self.now = now
        self.folder = Path(folder)
        self.path: Path | None = None
        self.guess: Guess | None = None
        self.counted: ImportResult | None = None
        self.taken: ImportResult | None = None
        self.told = ""
        self.ready = ""
        self._reading: Reading | None = None
        self._tried: tuple[tuple[int, str], ...] | None = None
        self._watchers: weakref.WeakSet[BringPanel] = weakref.WeakSet()

    def __repr__(self) -> str:
        """What is in hand; it stands in the stored notebook."""
        return f"{self.sentence()} Run this cell to work in it."

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:  # noqa: ANN401 - Jupyter's own protocol
        from postmortem.widgets.bringing import BringPanel  # noqa: PLC0415 - it needs the class above

        panel = BringPanel(self)
        self._watchers.add(panel)
        self._shown = panel
        return panel._repr_mimebundle_(**kwargs)

    # -------------------------------------------------------------------------------------------------------- the steps

    def open(self, path: str | os.PathLike[str]) -> BringData:
        """Take a file into hand and guess what its columns mean.

        Args:
            path: A CSV or TSV file or a workbook, as seen from the folder.

        Raises:
            DataError: If it is no table; what was in hand stays there.
        """
        file = self.folder / path
        try:
            found = guess(file)
        except (OSError, ValueError) as error:  # a name too long, or with a NUL in it
            raise DataError("file", [Problem("", f"can't be opened: {error}", "check the path")]) from None
        self.path, self.guess = file, found
        fitting = [name for name, mapping in shipped_mappings().items() if _fits(mapping, found.sample.header)]
        self.ready = fitting[0] if len(fitting) == 1 else ""
        self._changed(f"{file.name} is open.")
        return self

    def open_sample(self) -> BringData:
        """Take the small table into hand that comes with the package."""
        return self.open(self.sample)

    def choose(self, column: str, to: str) -> BringData:
        """Decide what a column becomes: a field, `key`, `extra`, or an empty text to leave it out.

        Raises:
            DataError: If there is no such column or field.
        """
        self.guess = self._opened().choose(column, to)
        self._changed("")
        return self

    def answer(self, question: str, option: str) -> BringData:
        """Answer a question, by its name.

        Raises:
            DataError: If there is no such question or answer.
        """
        self.guess = self._opened().answer(question, option)
        self._changed("")
        return self

    def count(self, progress: Callable[[str, int, int], None] | None = None) -> ImportResult:
        """What an import would do now: new, changed, unchanged, rejected. Nothing is saved.

        Args:
            progress: Called with what is done now, how far it is, and how far it goes.

        Raises:
            PostmortemError: If the file or the store will not do.
        """
        reading = self._read(progress)
        self.counted = import_into(self.store, reading, by=self.by, dry_run=True, progress=_as("Counting", progress))
        self._refresh()
        return self.counted

    def take_in(self, progress: Callable[[str, int, int], None] | None = None) -> ImportResult:
        """Import the file: all good rows, or none; rejected rows stay outside with their reasons.

        Raises:
            PostmortemError: If a question that must be answered is open, or the file or the store will not do.
        """
        if needed := self._opened().needed:
            raise PostmortemError(f"Please answer first: {needed[0].text}")
        reading = self._read(progress)
        self.taken = import_into(self.store, reading, by=self.by, progress=_as("Saving", progress))
        self.counted = None
        self.told = _became(self.taken)
        self._refresh()
        return self.taken

    def save_mapping(self, path: str | os.PathLike[str]) -> Path:
        """Write what was decided as a mapping, with the reasons, for `postmortem import --map`.

        Raises:
            DataError: If there is such a file already, or it can't be written.
        """
        text = self._opened().text
        file = self.folder / path
        try:
            with file.open("x", encoding="utf-8") as made:
                made.write(text)
        except FileExistsError:
            raise DataError(file.name, [Problem("", "there is such a file already", "name another one")]) from None
        except (OSError, ValueError) as error:
            found = f"can't be written: {getattr(error, 'strerror', None) or error}"
            raise DataError(str(path), [Problem("", found, "check the folder")]) from None
        self.told = f"The mapping was saved as {path}."
        self._refresh()
        return file

    def save_rejects(self, path: str | os.PathLike[str]) -> Path:
        """Write the rejected rows with their reasons, to be mended there and imported.

        Raises:
            DataError: If it can't be written.
        """
        file = self.folder / path
        write_rejects(file, self._read(None))
        self.told = f"The rejected rows were saved as {path}: mend them there and bring that file."
        self._refresh()
        return file

    # ----------------------------------------------------------------------------------------------------- what is seen

    @property
    def sample(self) -> Path:
        """A small table that comes with the package, to try it with."""
        return shipped(SAMPLE).resolve()

    @property
    def rejected(self) -> tuple[tuple[int, str], ...]:
        """The rows that would be rejected, with their reasons: of the whole file where it was counted."""
        if self._reading is not None:
            return tuple((reject.number, reject.reasons) for reject in self._reading.rejects)
        if self.guess is None:
            return ()
        if self._tried is None:
            shown = self.guess.preview(_TRIED, now=self.now(), currency=self.store.playbook.currency)
            self._tried = tuple((row.number + 1, " | ".join(map(str, row.problems))) for row in shown if row.problems)
        return self._tried

    @property
    def is_small(self) -> bool:
        """Whether the whole file is counted with every change."""
        return self.guess is not None and self.guess.sample.whole and len(self.guess.sample.rows) <= COUNTED_AT_ONCE

    def files(self) -> tuple[str, ...]:
        """The tables in the folder and a little below it, as paths from there."""
        return tuple(sorted(self._found(), key=lambda name: (name.count("/"), name)))

    def sentence(self) -> str:
        """What is in hand, and what would become of it."""
        if self.guess is None or self.path is None:
            return "Bring a table of yours: no file is chosen yet."
        if self.counted is None:
            asked = len(self.guess.needed)
            ask = f" {asked} question{'' if asked == 1 else 's'} must be answered first." if asked else ""
            return f"{self.path.name}: {len(self.guess.sample.header)} columns.{ask}"
        return f"{self.path.name}: {_would(self.counted)}"

    # ------------------------------------------------------------------------------------------------------- on the way

    def _opened(self) -> Guess:
        if self.guess is None:
            raise PostmortemError("No file is chosen yet: open one first.")
        return self.guess

    def _changed(self, told: str) -> None:
        self._reading = self._tried = self.counted = self.taken = None
        self.told = told
        self._refresh()

    def _refresh(self) -> None:
        for watcher in tuple(self._watchers):
            watcher.refresh()

    def _read(self, progress: Callable[[str, int, int], None] | None) -> Reading:
        found = self._opened()
        if self._reading is None and self.path is not None:
            own, done = self.store.playbook.currency, _as("Reading", progress)
            self._reading = read(self.path, mapping=found.mapping, now=self.now(), progress=done, currency=own)
        if self._reading is None:
            raise PostmortemError("No file is chosen yet: open one first.")
        return self._reading

    def _found(self) -> Iterator[str]:
        count = 0
        for above, folders, names in islice(os.walk(self.folder), _MOST_FOLDERS):
            depth = len(Path(above).relative_to(self.folder).parts)
            folders[:] = sorted(name for name in folders if not name.startswith(".")) if depth < _DEEPEST else []
            for name in sorted(names):
                if name.lower().endswith(SUFFIXES) and not name.startswith("."):
                    count += 1
                    if count > _MOST_FILES:
                        return
                    yield (Path(above).relative_to(self.folder) / name).as_posix()


def _fits(mapping: Mapping, header: tuple[str, ...]) -> bool:
    return mapping.source.format != "json" and not mapping.missing_in(header)


def _as(what: str, progress: Callable[[str, int, int], None] | None) -> Callable[[int, int], None] | None:
    return None if progress is None else lambda done, all_: progress(what, done, all_)


def _would(counts: ImportResult) -> str:
    parts = (("new", counts.imported), ("changed", counts.updated), ("unchanged", counts.unchanged))
    listed = " + ".join(f"{count:,} {name}" for name, count in (*parts, ("rejected", counts.rejected)))
    return f"{counts.read:,} read = {listed}. Nothing is saved yet."


def _became(counts: ImportResult) -> str:
    parts = (
        ("imported", counts.imported),
        ("updated", counts.updated),
        ("there already", counts.unchanged),
        ("rejected", counts.rejected),
    )
    listed = ", ".join(f"{count:,} {name}" for name, count in parts if count) or "nothing to do"
    return f"{counts.read:,} row{'' if counts.read == 1 else 's'} read: {listed}."


def open_bring_data(
    store: Store | str | os.PathLike[str] | None = None, *, playbook: str | os.PathLike[str] | None = None
) -> BringData:
    """Bring a table of one's own.

    Args:
        store: Where the incidents go: an open store, a path or a URL; by default `POSTMORTEM_STORE`.
        playbook: A team's own playbook file; by default `POSTMORTEM_PLAYBOOK`.

    Raises:
        PostmortemError: If the store or the playbook can't be opened.
    """
    return BringData(opened(store, playbook=playbook))
