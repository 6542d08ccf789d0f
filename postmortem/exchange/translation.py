"""The one engine that carries out every mapping: a row of somebody's table becomes the document of an incident."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, cast

from postmortem.exchange.mapping import CONTENT, Case, Column, Mapping, cased
from postmortem.exchange.targets import target_of
from postmortem.record.base import zone
from postmortem.record.errors import DataError, Problem, near, shown
from postmortem.record.vocabulary import CATEGORIES, FOUR_CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Document = dict[str, Any]

_PLACEHOLDER: Final = re.compile(r"\{([^{}|]+)(?:\|(lower|upper|sentence))?\}")
_CURRENCY_SIGNS: Final = str.maketrans("", "", "$€£ \u00a0\u202f")
_EXAMPLE: Final = datetime(2026, 3, 7, 14, 2, tzinfo=UTC)


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

    Attributes:
        not_carried: The columns that no rule uses, in their order.

    Raises:
        DataError: If the mapping names columns that the file does not have; all of them, with near names.

    Examples:
        >>> mapping = Mapping.model_validate({"source": {"system": "crm", "key": "No"}, "columns": {"What": "title"}})
        >>> Translation(mapping, ["No", "What"], "crm.csv").document(["7", "Late"])[0]["title"]
        'Late'
    """

    def __init__(self, mapping: Mapping, header: Sequence[str], subject: str) -> None:
        self._mapping = mapping
        self._header = list(header)
        self._at = {name: at for at, name in enumerate(header)}
        self._empty = frozenset(word.casefold() for word in mapping.source.empty) | {""}
        self._equal_rows: Counter[str] = Counter()
        problems = [*self._missing()]
        if problems:
            raise DataError(subject, problems)
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
        self._instant = lru_cache(maxsize=4096)(self._instant_of)

    def _missing(self) -> list[Problem]:
        wanted: dict[str, str] = {}
        for name, column in self._mapping.columns.items():
            if not column.optional:
                wanted.setdefault(name, f"columns.{name}")
        if self._mapping.source.key != (CONTENT,):
            for name in self._mapping.source.key:
                wanted.setdefault(name, "source.key")
        for target, texts in self._mapping.templates.items():
            for text in texts:
                for name, _ in _PLACEHOLDER.findall(text):
                    if name not in self._mapping.columns:
                        wanted.setdefault(name, f"templates.{target}")
        return [self._no_column(name, place) for name, place in wanted.items() if name not in self._at]

    def _no_column(self, name: str, place: str) -> Problem:
        hint = near(name, self._header)
        listed = ", ".join(self._header[:12]) + (", …" if len(self._header) > 12 else "")  # noqa: PLR2004 - a line's worth
        return Problem(
            f"column {name!r}",
            f"named by the mapping ({place}), but not in the header",
            f"did you mean {hint!r}?" if hint else f"the header has: {listed}",
        )

    def _template(self, text: str) -> _Template:
        parts: list[str | _Filling] = []
        end = 0
        for match in _PLACEHOLDER.finditer(text):
            parts.append(text[end : match.start()])
            name, case = match.groups()
            column = self._mapping.columns.get(name, Column(to="extra"))
            at = self._at.get(name, -1)  # an optional column that is not there is a value that is missing
            parts.append(_Filling(at, column, cast("Case", case or "")))
            end = match.end()
        return (*parts, text[end:])

    # ------------------------------------------------------------------------------------------------- one row

    def document(self, cells: Sequence[str]) -> tuple[Document, list[Problem]]:
        """The document that a row makes, not checked as a whole yet, and what did not fit on the way.

        Args:
            cells: The row, as many cells as the header has.

        Returns:
            The document, and problems whose place names the column.
        """
        problems: list[Problem] = []
        document: Document = {"zone": self._mapping.source.zone}
        for name, value in self._mapping.constants.items():
            own = list(value) if isinstance(value, list | tuple) else value  # columns may add to it
            _put(document, tuple(name.split(".", 1 if name.startswith("extra.") else -1)), own)
        if self._zone_at is not None and (told := self._value(cells[self._zone_at])):
            document["zone"] = told
        for rule in self._rules:
            raw = self._value(cells[rule.at])
            if raw:
                self._carry(rule, raw, document, problems)
        self._fill_templates(cells, document, problems)
        self._settle_causes(document, problems)
        self._name(cells, document, problems)
        return document, problems

    def place(self, path: str) -> str:
        """Where a field of the document comes from: its column, or else its own name."""
        for target in (path, path.split(".", maxsplit=1)[0]):
            if target in self._column_of:
                return f"column {self._column_of[target]!r}"
        return path

    def _value(self, cell: str) -> str:
        text = cell.strip()
        return "" if text.casefold() in self._empty else text

    def _words(self, column: Column, raw: str) -> list[str]:
        if not column.separator:
            return [raw]
        return list(dict.fromkeys(word for part in raw.split(column.separator) if (word := self._value(part))))

    def _carry(self, rule: _Rule, raw: str, document: Document, problems: list[Problem]) -> None:
        column = rule.column
        if column.closed:
            unknown = [word for word in self._words(column, raw) if word not in column.values]
            problems += [_unknown_word(rule.name, word, column) for word in unknown]
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
        value: object = column.spoken(raw)
        if kind in {"instant", "day"}:
            value = self._instant(str(value), document["zone"])
            if isinstance(value, str):
                problems.append(Problem(f"column {rule.name!r}", value, ""))
                return
            if kind == "day" and isinstance(value, datetime):
                value = value.date()
        elif kind == "number":
            value = self._number(str(value))
        _put(document, rule.path, value)

    def _number(self, text: str) -> str:
        plain = text.translate(_CURRENCY_SIGNS)
        if self._mapping.source.thousands:
            plain = plain.replace(self._mapping.source.thousands, "")
        return plain.replace(",", ".") if self._mapping.source.decimal == "," else plain

    def _instant_of(self, text: str, zone_name: str) -> datetime | str:
        """The instant, or the sentence that says why there is none."""
        for pattern in self._mapping.source.dates:
            try:
                # An aware instant comes out below; what is parsed here may be without a zone, as the table is.
                moment = datetime.fromisoformat(text) if pattern == "iso" else datetime.strptime(text, pattern)  # noqa: DTZ007
            except ValueError:
                continue
            return moment if moment.tzinfo is not None else _in_zone(moment, zone_name)
        wanted = " or ".join(
            _EXAMPLE.isoformat() if one == "iso" else _EXAMPLE.strftime(one) for one in self._mapping.source.dates
        )
        return f"expected a time such as {wanted}, found {shown(text)}; or name its format under dates in [source]"

    def _fill_templates(self, cells: Sequence[str], document: Document, problems: list[Problem]) -> None:
        for target, templates in self._templates.items():
            text = next((filled for template in templates if (filled := self._filled(template, cells))), None)
            if text is not None:
                _put(document, tuple(target.split(".")), text)
            elif target == "title":
                names = ", ".join(
                    repr(self._header[part.at]) for part in templates[-1] if isinstance(part, _Filling) and part.at >= 0
                )
                problems.append(Problem(f"columns {names}", "no title can be made: a value is missing", "fill it in"))

    def _filled(self, template: _Template, cells: Sequence[str]) -> str | None:
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

    def _whys(self, rule: _Rule, raw: str, document: Document) -> None:
        for word in self._words(rule.column, raw):
            decided = word not in rule.column.undecided
            category = rule.column.categories.get(word) if decided else None
            why = _add_why(document, rule.column.spoken(word), None, rule.column.status if decided else "possible")
            _mark(document, why, category)

    def _chain(self, rule: _Rule, raw: str, document: Document) -> None:
        for word in self._words(rule.column, raw):
            above = document.get("_chain")
            document["_chain"] = _add_why(document, rule.column.spoken(word), above, rule.column.status)

    def _category(self, rule: _Rule, raw: str, document: Document) -> None:
        document["_category"] = (rule.name, rule.column.spoken(raw))

    def _actions(self, rule: _Rule, raw: str, document: Document) -> None:
        actions = document.setdefault("actions", [])
        for word in self._words(rule.column, raw):
            actions.append({"id": f"a{len(actions) + 1}", "text": rule.column.spoken(word)})

    def _extra(self, rule: _Rule, raw: str, document: Document) -> None:
        name = rule.column.to.partition(".")[2] or rule.name
        value = ", ".join(map(rule.column.spoken, self._words(rule.column, raw)))
        document.setdefault("extra", []).append({"name": name, "value": value})

    def _settle_causes(self, document: Document, problems: list[Problem]) -> None:
        if (last := document.pop("_chain", None)) is not None:
            _mark(document, last, None)
        if told := document.pop("_category", None):
            name, word = told
            if word not in CATEGORIES:
                hint = near(word, CATEGORIES)
                expected = f"expected {', '.join(FOUR_CATEGORIES)} or {CATEGORIES[-1]}, found {shown(word)}"
                problems.append(Problem(f"column {name!r}", expected, f"did you mean {hint!r}?" if hint else ""))
            for cause in document.get("causes", ()):
                cause["category"] = cause["category"] or word

    def _name(self, cells: Sequence[str], document: Document, problems: list[Problem]) -> None:
        source = self._mapping.source
        if source.key == (CONTENT,):
            digest = blake2b("\x1f".join(cells).encode("utf-8", "surrogateescape"), digest_size=10).hexdigest()
            self._equal_rows[digest] += 1
            key = f"{digest}-{self._equal_rows[digest]}"
        else:
            parts = [self._value(cells[self._at[name]]) for name in source.key]
            problems += [
                Problem(f"column {name!r}", "the key is missing", "give the row its key")
                for name, part in zip(source.key, parts, strict=True)
                if not part
            ]
            key = "/".join(parts)
        document["source"] = {"system": source.system, "key": key, "url": source.url}


_SPECIAL: Final[dict[str, Callable[[Translation, _Rule, str, Document], None]]] = {
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


def _unknown_word(name: str, word: str, column: Column) -> Problem:
    hint = near(word, column.values)
    return Problem(
        f"column {name!r}",
        f"unknown word {shown(word)}",
        f"did you mean {hint!r}?" if hint else "name it under values in the mapping",
    )


def _in_zone(moment: datetime, zone_name: str) -> datetime | str:
    """A wall-clock time in its zone: of two the first; a time that the clocks skipped is refused."""
    try:
        there = moment.replace(tzinfo=zone(zone_name))
        back = there.astimezone(UTC).astimezone(there.tzinfo)
    except (ValueError, OverflowError) as error:
        return str(error)
    if back.replace(tzinfo=None) != moment:
        return f"{moment.isoformat(' ')} never was in {zone_name}: the clocks were set forward over it; check the time"
    return there
