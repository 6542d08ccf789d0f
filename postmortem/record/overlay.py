"""A team's own tables upon the default, with lists that are changed one by one: steps, and questions of how bad it is.

A table of a procedure may say `extends`, `add`, `drop`, `move` and `change` instead of listing every step (R11 to R14),
and `[severity.questions]` all but the first of these (R6). All of it is read at once: first what is dropped goes, then
what is changed is changed, then each that is moved or added is put behind or before the one it names, wherever that one
stands in the end. A step takes those along that belong to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from postmortem.record.base import Filled, Identifier, Value
from postmortem.record.errors import Problem, unknown
from postmortem.record.mending import read_whole
from postmortem.record.rules import SeverityQuestion, Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Row = dict[str, Any]
Item = TypeVar("Item")
Read = TypeVar("Read", bound=Value)


class Placed(Value):
    """Where a step or a question is put: behind another one or before it."""

    id: Identifier
    behind: str = ""
    before: str = ""


class Added(Step, Placed):
    """A step that is new; at the end, or below the one it belongs to, where no place is named."""


class Changed(Step):
    """What is different about a step that is there; all else of it stays."""

    text: Filled = "as it is"


class Edits(Value):
    """What a team changes about one procedure, step by step.

    Attributes:
        extends: Another procedure whose steps this one begins with.
    """

    extends: str = ""
    add: tuple[Added, ...] = ()
    drop: tuple[str, ...] = ()
    move: tuple[Placed, ...] = ()
    change: tuple[Changed, ...] = ()


class AddedQuestion(SeverityQuestion, Placed):
    """A question that is new; at the end, where no place is named."""


class ChangedQuestion(SeverityQuestion):
    """What is different about a question that is there; all else of it stays."""

    ask: Filled = "as it is"


class QuestionEdits(Value):
    """What a team changes about the questions of how bad it is, one by one."""

    add: tuple[AddedQuestion, ...] = ()
    drop: tuple[str, ...] = ()
    move: tuple[Placed, ...] = ()
    change: tuple[ChangedQuestion, ...] = ()


def merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> Row:
    """Tables upon tables, key by key; anything else replaces what was there."""
    both = dict(base)
    for key, value in own.items():
        under = both.get(key)
        both[key] = merged(under, value) if isinstance(under, Mapping) and isinstance(value, Mapping) else value
    return both


def overlaid(base: Mapping[str, Any], own: Mapping[str, Any]) -> tuple[Row, list[Problem]]:
    """A team's tables upon the default, with the steps of its procedures as they are in the end.

    Args:
        base: The default.
        own: What the team changes.

    Returns:
        The tables, and what will not do in the changes of steps; such a change is left out.

    Examples:
        >>> base = {"procedures": {"presets": {"a": {"title": "A", "steps": [{"id": "x", "text": "X"}]}}}}
        >>> change = {"add": [{"id": "y", "text": "Y", "before": "x"}], "drop": ["z"]}
        >>> tables, problems = overlaid(base, {"procedures": {"presets": {"a": change}}})
        >>> [step["id"] for step in tables["procedures"]["presets"]["a"]["steps"]], str(problems[0])
        (['y', 'x'], "procedures.presets.a.drop: there is no 'z'; there are: x")
    """
    both, problems = merged(base, own), list[Problem]()
    questions = _below(own, "severity", "questions")
    if isinstance(questions, Mapping):
        place = "severity.questions"
        edits, problems = _read(place, QuestionEdits, questions)
        rows, more = rows_after(place, base["severity"]["questions"], edits or QuestionEdits())
        problems += more
        both["severity"] = {**both["severity"], "questions": rows}
    presets = _below(own, "procedures", "presets")
    if not isinstance(presets, Mapping):
        return both, problems
    reading = _Presets(base["procedures"]["presets"], presets)
    both["procedures"] = {
        **both["procedures"],
        "presets": {name: reading.preset(name) for name in both["procedures"]["presets"]},
    }
    return both, [*problems, *reading.problems]


def _below(own: Mapping[str, Any], section: str, key: str) -> Any:  # noqa: ANN401 - whatever stands in the file
    told = own.get(section)
    return told.get(key) if isinstance(told, Mapping) else None


def _read(place: str, model: type[Read], said: Mapping[str, Any]) -> tuple[Read | None, list[Problem]]:
    read, problems = read_whole(model, said)
    return read, [replace(problem, where=f"{place}.{problem.where}") for problem in problems]


@dataclass
class _Presets:
    """The procedures of a team, each worked out once."""

    base: Mapping[str, Row]
    own: Mapping[str, Any]
    problems: list[Problem] = field(default_factory=list)
    _known: Row = field(default_factory=dict)

    def preset(self, name: str, via: tuple[str, ...] = ()) -> Any:  # noqa: ANN401 - whatever stands in the file
        if name not in self._known:
            self._known[name] = self._worked_out(name, (*via, name))
        return self._known[name]

    def _worked_out(self, name: str, via: tuple[str, ...]) -> Any:  # noqa: ANN401 - whatever stands in the file
        start, told, place = self.base.get(name, {}), self.own.get(name, {}), f"procedures.presets.{name}"
        if not isinstance(told, Mapping):
            return told
        rest = {key: value for key, value in told.items() if key not in Edits.model_fields}
        said = {key: value for key, value in told.items() if key in Edits.model_fields}
        if not said:
            return {**start, **rest}
        read, problems = _read(place, Edits, said)
        self.problems += problems
        extends = said.get("extends")
        edits = read or Edits(extends=extends if isinstance(extends, str) else "")
        if "steps" in rest:
            found = f"`steps` lists every step already, and {' and '.join(f'`{key}`' for key in said)} changes some"
            self.problems.append(Problem(place, found, "keep one of both"))
            return {**start, **rest}
        if edits.extends:
            other = self._extended(f"{place}.extends", edits.extends, via)
            first = {key: value for key, value in other.items() if key != "title"}
            start = {**first, **{key: value for key, value in start.items() if key != "steps"}}
        elif "extends" not in said and not start:
            hint = unknown(place, name, self.base)
            new = 'a new one begins with extends = "…", or lists its steps'
            self.problems.append(replace(hint, remedy=f"{hint.remedy}; {new}"))
        if "steps" not in start:  # told already: what is said of the others shall be true
            return {**next(iter(self.base.values())), **rest}
        steps, problems = rows_after(place, start["steps"], edits)
        self.problems += problems
        return {**start, **rest, "steps": steps}

    def _extended(self, place: str, name: str, via: tuple[str, ...]) -> Row:
        known = [other for other in {**self.base, **self.own} if other != via[-1]]
        if name in via:
            way = " extends ".join((*via[via.index(name) :], name))
            self.problems.append(Problem(place, f"{way}: a circle", "begin with one that stands on its own"))
        elif name not in known:
            self.problems.append(unknown(place, name, known))
        else:
            other = self.preset(name, via)
            return other if isinstance(other, dict) else {}
        return {}


def rows_after(
    place: str,
    rows: Any,  # noqa: ANN401 - whatever stands in the file
    edits: Edits | QuestionEdits,
) -> tuple[Any, list[Problem]]:
    """The steps or questions after what a team changes, and what will not do; such a change is left out.

    Args:
        place: Where the changes stand.
        rows: All as plain data. Where they are no tables with ids of their own, they stay as they are.
        edits: What is changed.
    """
    ids = [row.get("id") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    if not ids or len(ids) < len(rows) or not all(isinstance(name, str) for name in ids) or len({*ids}) < len(ids):
        return rows, []  # what is wrong with them is told where they are read
    work = _Rows(place, {row["id"]: row for row in rows})
    gone = set(work.there("drop", {name: name for name in work.once("drop", ((name, name) for name in edits.drop))}))
    changes = work.there("change", work.once("change", ((it.id, it) for it in edits.change)))
    added: dict[str, Placed] = work.once("add", ((it.id, it) for it in edits.add))
    work.change(changes, gone)
    work.exchange(gone, added)
    moved = work.there("move", work.once("move", ((it.id, it) for it in edits.move)))
    return work.in_order({"move": moved, "add": added}), work.problems


@dataclass
class _Rows:
    """The steps of one procedure, or the questions, while they are changed."""

    place: str
    rows: dict[str, Row]
    problems: list[Problem] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)

    def tell(self, where: str, finding: str, remedy: str) -> None:
        self.problems.append(Problem(f"{self.place}.{where}", finding, remedy))

    def once(self, key: str, items: Iterable[tuple[str, Item]]) -> dict[str, Item]:
        """The first of each name, in their order; a name that stands twice is told."""
        first: dict[str, Item] = {}
        doubles: set[str] = set()
        for name, item in items:
            if name in first and name not in doubles:
                self.tell(f"{key}.{name}", "it stands more than once", "keep one of them")
                doubles.add(name)
            first.setdefault(name, item)
        return first

    def there(self, key: str, named: Mapping[str, Item]) -> dict[str, Item]:
        """What is said of steps that there are; a name that none has is told."""
        for name in named:
            if name in self.gone:
                self.tell(f"{key}.{name}", "it is dropped as well", "keep one of both")
            elif name not in self.rows:
                self.problems.append(unknown(f"{self.place}.{key}", name, self.rows))
        return {name: item for name, item in named.items() if name in self.rows}

    def change(self, changes: Mapping[str, Value], gone: set[str]) -> None:
        for name, change in changes.items():
            if name in gone:
                self.tell(f"change.{name}", "it is dropped as well", "keep one of both")
            else:
                self.rows[name] = {**self.rows[name], **change.model_dump(exclude_unset=True)}

    def exchange(self, gone: set[str], added: dict[str, Placed]) -> None:
        """Take out what is dropped, unless another step needs it, and put in what is added."""
        for name in [name for name in added if name in self.rows and name not in gone]:
            self.tell(f"add.{name}", "there is one of that name already", "change it, or give this one another id")
            del added[name]
        new = {name: it.model_dump(exclude_unset=True, exclude={"behind", "before"}) for name, it in added.items()}
        stay = {name: row for name, row in self.rows.items() if name not in gone} | new
        for name in [name for name in self.rows if name in gone and name not in added]:
            later = [other for other, row in stay.items() if name in _after(row)]
            parts = [other for other, row in stay.items() if _part_of(row) == name]
            if later:
                then = f'change = [{{ id = "{later[0]}", after = [] }}]'
                found = f"{_listed(later)} {'comes' if len(later) == 1 else 'come'} after {name!r}"
                self.tell("drop", found, f"drop that as well, or say what comes before it: {then}")
            if parts:
                found = f"{_listed(parts)} {'belongs' if len(parts) == 1 else 'belong'} to {name!r}"
                self.tell("drop", found, "drop that as well, or give it another part_of")
            if not later and not parts:
                self.gone.add(name)
        self.rows = {name: row for name, row in self.rows.items() if name not in self.gone} | new

    def in_order(self, wanted: Mapping[str, Mapping[str, Placed]]) -> list[Row]:
        """The steps in their order: those that stay, then each that is put behind or before another one."""
        puts = {
            name: put
            for key, steps in wanted.items()
            for name, step in steps.items()
            if (put := self._put(key, step)) is not None
        }
        groups = {
            name: [name, *(part for part in self.rows if _part_of(self.rows[part]) == name and part not in puts)]
            for name in puts
        }
        away = {name for group in groups.values() for name in group}
        line = [name for name in self.rows if name not in away]
        behind: dict[str, str] = {}
        while puts:
            name = next((name for name, (_, anchor) in puts.items() if anchor in line), None)
            if name is None:
                self._in_a_circle(puts, wanted)
                return [*self.rows.values()]
            where, anchor = puts.pop(name)
            at = line.index(anchor)
            if where == "behind":
                behind[name] = anchor
                at = next((n for n in range(at + 1, len(line)) if not self._hangs(line[n], anchor, behind)), len(line))
            line[at:at] = groups[name]
        return [self.rows[name] for name in line]

    def _put(self, key: str, step: Placed) -> tuple[str, str] | None:
        """Where a step is put: behind or before which other one; `None` where it stays, or goes to the end."""
        where = f"{key}.{step.id}"
        said = {name: anchor for name in ("behind", "before") if (anchor := getattr(step, name))}
        if len(said) > 1:
            self.tell(where, "it names two places, behind and before", "keep one of both")
            return None
        if not said:
            whole = _part_of(self.rows[step.id]) if key == "add" else ""
            if key == "move":
                self.tell(where, "it does not say where to", 'add behind = "…" or before = "…"')
            return ("behind", whole) if whole in self.rows and whole != step.id else None
        ((side, anchor),) = said.items()
        if anchor in self.gone:
            self.tell(f"{where}.{side}", f"{anchor!r} is dropped", "name one that stays")
        elif anchor not in self.rows:
            self.problems.append(unknown(f"{self.place}.{where}.{side}", anchor, self.rows))
        elif anchor == step.id or _part_of(self.rows[anchor]) == step.id:
            self.tell(f"{where}.{side}", f"{anchor!r} goes along with it", "name another one")
        else:
            return side, anchor
        return None

    def _hangs(self, name: str, anchor: str, behind: Mapping[str, str]) -> bool:
        """Whether a step was put behind another one, or belongs to it, itself or by way of others."""
        seen: set[str] = set()
        while name and name not in seen:
            seen.add(name)
            name = behind.get(name) or _part_of(self.rows[name])
            if name == anchor:
                return True
            if name not in self.rows:
                return False
        return False

    def _in_a_circle(self, puts: Mapping[str, tuple[str, str]], wanted: Mapping[str, Mapping[str, Placed]]) -> None:
        for name, (_, anchor) in puts.items():
            key = next(key for key, steps in wanted.items() if name in steps)
            self.tell(f"{key}.{name}", f"{anchor!r} is put beside it in turn", "put one beside a step that stays")


def _after(row: Row) -> Sequence[Any]:
    told = row.get("after")
    return told if isinstance(told, list | tuple) else ()


def _part_of(row: Row) -> str:
    told = row.get("part_of")
    return told if isinstance(told, str) else ""


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(map(repr, names[:-1])), repr(names[-1]))))
