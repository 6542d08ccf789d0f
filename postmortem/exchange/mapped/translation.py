"""The one engine that carries out every mapping: a row of somebody's table becomes the document of an incident."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, cast

from postmortem.exchange.mapped.instants import Instants
from postmortem.exchange.mapped.mapping import CONTENT, PLACEHOLDER, Case, Column, Mapping, cased
from postmortem.exchange.mapped.markup import html_text
from postmortem.exchange.mapped.targets import target_of
from postmortem.record import money
from postmortem.record.errors import DataError, Problem, near, shown
from postmortem.record.vocabulary import CATEGORIES, FOUR_CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Document = dict[str, Any]
Cell = str | tuple[str, ...]
"""What stands in one column of a row; several words where the source itself keeps them apart."""

_NAMED: Final = " amounts with a currency"
"""Where amounts that name a currency wait until the whole row is read; no field is called so."""
_SPACES: Final = str.maketrans("", "", " \u00a0\u202f")


def _settle_currency(document: Document, team: str, problems: list[Problem]) -> None:
    """A record has one currency: the one that is told, else the one that its amounts name, else the team's."""
    told = [(place, text, money.currencies(beside)) for place, text, beside in document.pop(_NAMED, ())]
    clear = [meant[0] for _, _, meant in told if len(meant) == 1]
    if clear and not document.get("currency"):
        document["currency"] = clear[0]
    own = document.get("currency", "")
    for place, text, meant in told:
        if own and own not in meant:
            problems.append(Problem(place, f"{text!r} is not in {own}, as this record is", f"convert it to {own}"))
        elif not own and team and team not in meant:
            remedy = f"write the currency beside it, as in 20 {meant[0]}, or in a column of its own"
            problems.append(Problem(place, f"{text!r} is not in {team}, as the team's records are", remedy))


@dataclass(frozen=True, slots=True)
class _Rule:
    """A column's rule, bound to its place in the file."""

    at: int
    name: str
    column: Column
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Filling:
    """One column inside a template."""

    at: int
    column: Column
    case: Case


_Template = tuple[str | _Filling, ...]


class Translation:
    """A mapping bound to the header of one file.

    Args:
        mapping: What the columns mean.
        header: The names of the file's columns.
        subject: What the file is called in an error.
        workbook: Whether the file is a workbook, or the rejects of one; see `Instants`.
        currency: The team's: what a sign stands for where the row does not name its currency. Where it is not known, a
            sign of several currencies is taken for it.

    Attributes:
        word: What a column is called in an error: `column`, or `field` where the source is JSON.
        not_carried: The columns that no rule uses, in their order.

    Raises:
        DataError: If the mapping names columns that the file does not have; all of them, with near names.

    Examples:
        >>> mapping = Mapping.model_validate({"source": {"system": "crm", "key": "No"}, "columns": {"What": "title"}})
        >>> Translation(mapping, ["No", "What"], "crm.csv").document(["7", "Late"])[0]["title"]
        'Late'
    """

    def __init__(
        self, mapping: Mapping, header: Sequence[str], subject: str, *, workbook: bool = False, currency: str = ""
    ) -> None:
        self._mapping = mapping
        self._currency = currency
        self.word = "field" if mapping.source.format == "json" else "column"
        self._header = list(header)
        self._at = {name: at for at, name in enumerate(header)}
        self._empty = frozenset(word.casefold() for word in mapping.source.empty) | {""}
        self._equal_rows: Counter[str] = Counter()
        missing = mapping.missing_in(self._at)
        if missing:
            raise DataError(subject, no_columns(missing, self._header, self.word))
        self._rules = [
            _Rule(self._at[name], name, column, tuple(column.to.split(".")))
            for name, column in mapping.columns.items()
            if name in self._at
        ]
        self._zone_at = next((rule.at for rule in self._rules if rule.column.to == "zone"), None)
        self._templates = {
            target: tuple(self._template(text) for text in texts) for target, texts in mapping.templates.items()
        }
        self._column_of = {rule.column.to: rule.name for rule in self._rules}
        used = {rule.at for rule in self._rules}
        used |= {
            part.at
            for texts in self._templates.values()
            for text in texts
            for part in text
            if isinstance(part, _Filling)
        }
        used |= {self._at[name] for name in mapping.source.key if name in self._at}
        self.not_carried = tuple(name for at, name in enumerate(header) if at not in used)
        self._instant = Instants(mapping.source, workbook=workbook)

    def _template(self, text: str) -> _Template:
        parts: list[str | _Filling] = []
        end = 0
        for match in PLACEHOLDER.finditer(text):
            parts.append(text[end : match.start()])
            name, case = match.groups()
            column = self._mapping.columns.get(name, Column(to="extra"))
            at = self._at.get(name, -1)  # an optional column that is not there is a value that is missing
            parts.append(_Filling(at, column, cast("Case", case or "")))
            end = match.end()
        return (*parts, text[end:])

    # ------------------------------------------------------------------------------------------------- one row

    def document(self, cells: Sequence[Cell], content: str = "") -> tuple[Document, list[Problem]]:
        """The document that a row makes, not checked as a whole yet, and what did not fit on the way.

        Args:
            cells: The row, as many cells as the header has.
            content: The whole row, for a key that is made of it; empty where the cells are all there is.

        Returns:
            The document, and problems whose place names the column.
        """
        problems: list[Problem] = []
        document: Document = {"zone": self._mapping.source.zone}
        for name, value in self._mapping.constants.items():
            own = list(value) if isinstance(value, list | tuple) else value  # columns may add to it
            _put(document, tuple(name.split(".", 1 if name.startswith("extra.") else -1)), own)
        if self._zone_at is not None and (told := self._value(cells[self._zone_at])):
            document["zone"] = _joined(told)
        for rule in self._rules:
            raw = self._value(cells[rule.at])
            if raw:
                self._carry(rule, raw, document, problems)
        self._fill_templates(cells, document, problems)
        _settle_currency(document, self._currency, problems)
        self._settle_causes(document, problems)
        self._name(cells, content, document, problems)
        return document, problems

    def place(self, path: str) -> str:
        """Where a field of the document comes from: its column, or else its own name."""
        for target in (path, path.split(".", maxsplit=1)[0]):
            if target in self._column_of:
                return f"{self.word} {self._column_of[target]!r}"
        return path

    def is_used(self, name: str) -> bool:
        """Whether anything is made of a column."""
        return name in self._at and name not in self.not_carried

    def _text(self, cell: str) -> str:
        text = cell.strip()
        return "" if text.casefold() in self._empty else text

    def _value(self, cell: Cell) -> Cell:
        if isinstance(cell, str):
            return self._text(cell)
        return tuple(dict.fromkeys(word for one in cell if (word := self._text(one))))

    def _words(self, column: Column, raw: Cell) -> list[str]:
        told = _plain(column, raw)
        if not column.separator:
            return list(told)
        parts = (part for one in told for part in one.split(column.separator))
        return list(dict.fromkeys(word for part in parts if (word := self._text(part))))

    def _carry(self, rule: _Rule, raw: Cell, document: Document, problems: list[Problem]) -> None:
        column = rule.column
        if column.closed:
            unknown = [word for word in self._words(column, raw) if word not in column.values]
            problems += [_unknown_word(f"{self.word} {rule.name!r}", word, column) for word in unknown]
            if unknown:
                return
        if special := _SPECIAL.get(rule.path[0]):
            special(self, rule, raw, document)
            return
        kind = target_of(column.to)
        if kind == "list":
            place = document
            for step in rule.path[:-1]:
                place = place.setdefault(step, {})
            place.setdefault(rule.path[-1], []).extend(map(column.spoken, self._words(column, raw)))
            return
        text = ", ".join(map(column.spoken, _plain(column, raw)))
        self._set(rule.path, text, f"{self.word} {rule.name!r}", document, problems)

    def _set(self, path: tuple[str, ...], text: str, place: str, document: Document, problems: list[Problem]) -> None:
        """Put a single value where it belongs."""
        kind = target_of(".".join(path))
        value: object = text
        if kind in {"instant", "day"}:
            value = self._instant(text, document["zone"])
            if isinstance(value, str):
                problems.append(Problem(place, value, ""))
                return
            if kind == "day" and isinstance(value, datetime):
                value = value.date()
        elif kind == "number":
            value = self._number(text)
            if beside := money.named(text)[1]:
                document.setdefault(_NAMED, []).append((place, text, beside))
        _put(document, path, value)

    def _number(self, text: str) -> str:
        plain = money.named(text)[0].translate(_SPACES)
        if self._mapping.source.thousands:
            plain = plain.replace(self._mapping.source.thousands, "")
        return plain.replace(",", ".") if self._mapping.source.decimal == "," else plain

    def _fill_templates(self, cells: Sequence[Cell], document: Document, problems: list[Problem]) -> None:
        for target, templates in self._templates.items():
            text = next((filled for template in templates if (filled := self._filled(template, cells))), None)
            if text:
                path = tuple(target.split(".", 1 if target.startswith("extra.") else -1))
                self._set(path, text, f"templates {target!r}", document, problems)
            elif target == "title":
                names = ", ".join(
                    repr(self._header[part.at]) for part in templates[-1] if isinstance(part, _Filling) and part.at >= 0
                )
                finding = "no title can be made: a value is missing"
                problems.append(Problem(f"{self.word}s {names}", finding, "fill it in"))

    def _filled(self, template: _Template, cells: Sequence[Cell]) -> str | None:
        texts: list[str] = []
        for part in template:
            if isinstance(part, str):
                texts.append(part)
                continue
            raw = self._value(cells[part.at]) if part.at >= 0 else ""
            if not raw:
                return None
            texts.append(cased(", ".join(map(part.column.spoken, self._words(part.column, raw))), part.case))
        return "".join(texts)

    # ------------------------------------------------------------------- what becomes several parts of an incident

    def _whys(self, rule: _Rule, raw: Cell, document: Document) -> None:
        for word in self._words(rule.column, raw):
            decided = word not in rule.column.undecided
            category = rule.column.categories.get(word) if decided else None
            why = _add_why(document, rule.column.spoken(word), None, rule.column.status if decided else "possible")
            _mark(document, why, category)

    def _chain(self, rule: _Rule, raw: Cell, document: Document) -> None:
        for word in self._words(rule.column, raw):
            above = document.get("_chain")
            document["_chain"] = _add_why(document, rule.column.spoken(word), above, rule.column.status)

    def _category(self, rule: _Rule, raw: Cell, document: Document) -> None:
        document["_category"] = (f"{self.word} {rule.name!r}", rule.column.spoken(_joined(raw)))

    def _actions(self, rule: _Rule, raw: Cell, document: Document) -> None:
        actions = document.setdefault("actions", [])
        for word in self._words(rule.column, raw):
            actions.append({"id": f"a{len(actions) + 1}", "text": rule.column.spoken(word)})

    def _extra(self, rule: _Rule, raw: Cell, document: Document) -> None:
        name = rule.column.to.partition(".")[2] or rule.name
        value = ", ".join(map(rule.column.spoken, self._words(rule.column, raw)))
        document.setdefault("extra", []).append({"name": name, "value": value})

    def _settle_causes(self, document: Document, problems: list[Problem]) -> None:
        if (last := document.pop("_chain", None)) is not None:
            _mark(document, last, None)
        if told := document.pop("_category", None):
            place, word = told
            if word not in CATEGORIES:
                hint = near(word, CATEGORIES)
                expected = f"expected {', '.join(FOUR_CATEGORIES)} or {CATEGORIES[-1]}, found {shown(word)}"
                problems.append(Problem(place, expected, f"did you mean {hint!r}?" if hint else ""))
            for cause in document.get("causes", ()):
                cause["category"] = cause["category"] or word

    def _name(self, cells: Sequence[Cell], content: str, document: Document, problems: list[Problem]) -> None:
        source = self._mapping.source
        if source.key == (CONTENT,):
            content = content or "\x1f".join(map(_joined, cells))
            digest = blake2b(content.encode("utf-8", "surrogateescape"), digest_size=10).hexdigest()
            self._equal_rows[digest] += 1
            key = f"{digest}-{self._equal_rows[digest]}"
        else:
            parts = [_joined(self._value(cells[self._at[name]])) for name in source.key]
            problems += [
                Problem(f"{self.word} {name!r}", "the key is missing", "give the row its key")
                for name, part in zip(source.key, parts, strict=True)
                if not part
            ]
            key = "/".join(parts)
        document["source"] = {"system": source.system, "key": key, "url": source.url}


_SPECIAL: Final[dict[str, Callable[[Translation, _Rule, Cell, Document], None]]] = {
    "whys": Translation._whys,  # noqa: SLF001 - the class's own table
    "chain": Translation._chain,  # noqa: SLF001
    "category": Translation._category,  # noqa: SLF001
    "actions": Translation._actions,  # noqa: SLF001
    "extra": Translation._extra,  # noqa: SLF001
}


def _put(document: Document, path: tuple[str, ...], value: object) -> None:
    if path[0] == "extra":
        document.setdefault("extra", []).append({"name": path[1], "value": str(value)})
        return
    place = document
    for step in path[:-1]:
        place = place.setdefault(step, {})
    place[path[-1]] = value


def _add_why(document: Document, text: str, parent: str | None, status: str) -> str:
    whys = document.setdefault("whys", [])
    name = f"w{len(whys) + 1}"
    whys.append(
        {"id": name, "text": text, "parent": parent, "status": status} | ({} if parent else {"leg": "occurrence"})
    )
    return name


def _mark(document: Document, why: str, category: str | None) -> None:
    causes = document.setdefault("causes", [])
    causes.append({"id": f"c{len(causes) + 1}", "why": why, "category": category})


def _unknown_word(place: str, word: str, column: Column) -> Problem:
    hint = near(word, column.values)
    return Problem(
        place,
        f"unknown word {shown(word)}",
        f"did you mean {hint!r}?" if hint else "name it under values in the mapping",
    )


def _plain(column: Column, raw: Cell) -> tuple[str, ...]:
    """The words that stand apart in the source, without markup."""
    told = (raw,) if isinstance(raw, str) else raw
    return tuple(map(html_text, told)) if column.markup == "html" else told


def _joined(cell: Cell) -> str:
    return cell if isinstance(cell, str) else ", ".join(cell)


def no_columns(missing: dict[str, str], names: Sequence[str], word: str = "column") -> list[Problem]:
    """What is said of columns that a mapping names and a file does not have.

    Args:
        missing: Each with the place of the mapping that names it.
        names: What the file has.
        word: What a column is called: `column` or `field`.
    """
    listed = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")  # noqa: PLR2004 - a line's worth
    held = "the header has" if word == "column" else "there are"
    where = "not in the header" if word == "column" else "in no row of the file"
    return [
        Problem(
            f"{word} {name!r}",
            f"named by the mapping ({place}), but {where}",
            f"did you mean {hint!r}?" if (hint := near(name, names)) else f"{held}: {listed}",
        )
        for name, place in missing.items()
    ]
