"""What the columns of somebody else's table mean here: a mapping, written as TOML.

A mapping names a system and a key, and says for each column into which field of an incident it goes. It is data; one
engine (`translation`) carries out every mapping. `data/mappings/phmsa.toml` is a commented example.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections import Counter
from collections.abc import Container, Iterator
from collections.abc import Mapping as Named
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from postmortem._shipped import shipped
from postmortem.exchange.mapped.targets import SPECIAL, is_list, target_names, target_of
from postmortem.record.base import Frozen, Table, Value, ZoneName
from postmortem.record.errors import DataError, Problem, Unsound, near
from postmortem.record.incident import Incident
from postmortem.record.reading import problems_in
from postmortem.record.vocabulary import Category, WhyStatus

CONTENT: Final = "content"
Case = Literal["", "lower", "upper", "sentence"]
Markup = Literal["", "html", "atlassian"]
PLACEHOLDER: Final = re.compile(r"\{([^{}|]+)(?:\|(lower|upper|sentence))?\}")
"""A column in a template, with the case it is written in there."""

_OF_JSON: Final = ("rows", "objects")
_OF_TABLES: Final = ("separator", "sheet", "repeats")


class Origin(Value):
    """The section `[source]`: where the rows come from and how they are written.

    Attributes:
        format: `table` for CSV, TSV and workbooks, where a column is named by its header; `json` for JSON and JSON
            lines, where a column is a path to a field, such as `fields.priority.name`.
        rows: For JSON: the field that holds the list of rows, such as `issues` or `data.tickets`; empty where the file
            is the list, or one row alone.
        objects: For JSON: where an object stands instead of a word, the first of these fields that it has is the word.
        sheet: For a workbook: the sheet to read; empty for the first one that holds anything.
        repeats: For a table: whether columns may share a name; their cells are then the words of one column.
        system: The name of the system; with the key it makes a row recognisable when it is imported again.
        key: The column or columns that name a row, or `content`: a key made from the row itself and the running number
            of equal rows, for tables that have none.
        url: The address of the source, the same for all rows.
        encoding: How the file's bytes are to be read; `utf-8-sig` reads UTF-8 with and without a byte-order mark.
        separator: What stands between cells; empty: a tab for `.tsv`, else the one that suits the header.
        zone: The zone of times that carry no offset.
        dates: Formats tried in this order: `iso` for ISO 8601, or patterns such as `%d.%m.%Y %H:%M`.
        empty: Words that mean "no value", compared without regard to case.
        decimal: The decimal mark of numbers.
        thousands: What stands between the thousands of numbers, if anything.
    """

    system: str = Field(min_length=1)
    key: tuple[str, ...] = Field(min_length=1)
    format: Literal["table", "json"] = "table"
    rows: str = ""
    objects: tuple[str, ...] = ()
    sheet: str = ""
    repeats: bool = False
    url: str = ""
    encoding: str = "utf-8-sig"
    separator: str = Field(default="", max_length=1)
    zone: ZoneName = "UTC"
    dates: tuple[str, ...] = Field(default=("iso",), min_length=1)
    empty: tuple[str, ...] = ()
    decimal: Literal[".", ","] = "."
    thousands: str = Field(default="", max_length=1)

    @field_validator("key", mode="before")
    @classmethod
    def _one_column(cls, given: object) -> object:
        return (given,) if isinstance(given, str) else given

    @model_validator(mode="after")
    def _of_one_format(self) -> Self:
        other = _OF_TABLES if self.format == "json" else _OF_JSON
        problems = [
            Problem(f"source.{name}", f"does not go with the format {self.format!r}", f"take out {name}")
            for name in other
            if name in self.model_fields_set and getattr(self, name)
        ]
        if problems:
            raise Unsound(problems)
        return self

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, name: str) -> str:
        try:
            b" ".decode(name)  # nothing at all would be decoded without looking for the encoding
        except (LookupError, UnicodeError):
            raise ValueError(f"expected an encoding such as utf-8, cp1252 or utf-16, found {name!r}") from None
        return name


class Column(Value):
    """What becomes of one column.

    Attributes:
        to: The field, such as `occurred_at` or `impact.our_cost`; or `whys` (each word becomes a why that is marked as
            a root), `chain` (the columns one after the other are one chain of whys, the last one the root), `category`
            (of the row's roots), `actions`, or `extra` and `extra.NAME` (kept under its own name).
        separator: What stands between the words of a cell that holds several.
        values: What a word of the source is called here.
        closed: Whether a word that is not in `values` is refused.
        case: How words that are not in `values` are written: as they stand, `lower`, `upper` or `sentence`.
        categories: For `whys`: the kind of cause for a word of the source (R28); a word that is left out stays
            unclassified.
        undecided: For `whys`: words that say the cause is not known yet; the why stays possible and unclassified.
        status: For `whys` and `chain`: how far the source has settled them (R24).
        objects: For JSON: as `objects` of the source, for this field alone.
        markup: What the text is written in, to be read as plain text: `html`, or `atlassian` for the documents of
            Atlassian's products.
        optional: Whether the file may come without the column.
    """

    to: str
    separator: str = ""
    values: Table[str, str] = Field(default_factory=Frozen)
    closed: bool = False
    case: Case = ""
    categories: Table[str, Category] = Field(default_factory=Frozen)
    undecided: tuple[str, ...] = ()
    status: WhyStatus = "possible"
    objects: tuple[str, ...] = ()
    markup: Markup = ""
    optional: bool = False

    def spoken(self, word: str) -> str:
        """A word of the source as it is written here.

        Examples:
            >>> Column(to="service", case="sentence").spoken("CRUDE OIL")
            'Crude oil'
        """
        return self.values.get(word) or cased(word, self.case)


def cased(text: str, case: Case) -> str:
    """A text in another case; `sentence` has one capital, at the beginning."""
    if case == "sentence":
        return text[:1].upper() + text[1:].lower()
    return text.lower() if case == "lower" else text.upper() if case == "upper" else text


class Mapping(Value):
    """A whole mapping file.

    Attributes:
        source: Where the rows come from and how they are written.
        columns: What becomes of each column; a column that is not named is told as not carried.
        templates: Texts and instants put together from columns, such as `"{cause} in {state|lower}"` or
            `"{year}-{month}-{day}"`. Of several, the first one all of whose columns have a value is taken.
        constants: Fields that are the same for every row.

    Raises:
        pydantic.ValidationError: If a part does not fit; `load_mapping` says it in plain words.

    Examples:
        >>> Mapping.model_validate({"source": {"system": "crm", "key": "No"}, "columns": {"What": "title"}})
        <Mapping 'crm': 1 column>
    """

    source: Origin
    columns: Table[str, Column] = Field(min_length=1)
    templates: Table[str, tuple[str, ...]] = Field(default_factory=Frozen)
    constants: Table[str, Any] = Field(default_factory=Frozen)

    def __repr__(self) -> str:
        """Its system, and how much it maps."""
        count = len(self.columns)
        return f"<Mapping {self.source.system!r}: {count} column{'' if count == 1 else 's'}>"

    @field_validator("columns", mode="before")
    @classmethod
    def _short_form(cls, given: Any) -> Any:  # noqa: ANN401 - whatever stands in the file
        if not isinstance(given, Named):
            return given
        return {name: {"to": rule} if isinstance(rule, str) else rule for name, rule in given.items()}

    @field_validator("templates", mode="before")
    @classmethod
    def _one_template(cls, given: Any) -> Any:  # noqa: ANN401 - whatever stands in the file
        if not isinstance(given, Named):
            return given
        return {name: (texts,) if isinstance(texts, str) else texts for name, texts in given.items()}

    @model_validator(mode="after")
    def _fits_an_incident(self) -> Self:
        problems = [*self._unknown_targets(), *self._doubled_targets(), *self._bad_constants()]
        if not {"title"} & {*(rule.to for rule in self.columns.values()), *self.templates, *self.constants}:
            problems.append(
                Problem("templates.title", "missing", "an incident needs a title: name a column or a template")
            )
        if problems:
            raise Unsound(problems)
        return self

    def missing_in(self, names: Container[str]) -> dict[str, str]:
        """The columns that a file must have and has not, each with the place of the mapping that names it.

        Of several templates for one field, one whose columns are all there is enough.
        """
        wanted = {name: f"columns.{name}" for name, column in self.columns.items() if not column.optional}
        if self.source.key != (CONTENT,):
            for name in self.source.key:
                wanted.setdefault(name, "source.key")
        for target, texts in self.templates.items():
            asked = [[name for name in placed_in(text) if name not in self.columns] for text in texts]
            if not any(all(name in names for name in one) for one in asked):
                for name in (name for one in asked for name in one):
                    wanted.setdefault(name, f"templates.{target}")
        return {name: place for name, place in wanted.items() if name not in names}

    def names(self) -> tuple[str, ...]:
        """Every column that is named anywhere, in the order of the file."""
        key = () if self.source.key == (CONTENT,) else self.source.key
        placed = (name for texts in self.templates.values() for text in texts for name in placed_in(text))
        return tuple(dict.fromkeys((*self.columns, *key, *placed)))

    def _unknown_targets(self) -> Iterator[Problem]:
        for name, rule in self.columns.items():
            if rule.to not in SPECIAL and not rule.to.startswith("extra.") and target_of(rule.to) is None:
                yield _no_field(f"columns.{name}.to", rule.to)
            if rule.to != "whys" and (rule.categories or rule.undecided):
                yield Problem(f"columns.{name}", "categories and undecided belong to whys", 'set to = "whys"')
        for name in self.templates:
            if not (name.startswith("extra.") or target_of(name) in {"text", "instant", "day"}):
                yield _no_field(f"templates.{name}", name)

    def _doubled_targets(self) -> Iterator[Problem]:
        given = [rule.to for rule in self.columns.values()]
        counted = Counter([*given, *self.templates, *self.constants])
        for target, count in counted.items():
            if count > 1 and target not in SPECIAL - {"category"} and not is_list(target):
                yield Problem(target, f"{count} places give it a value", "keep one of columns, templates and constants")

    def _bad_constants(self) -> Iterator[Problem]:
        given: dict[str, Any] = {"title": "-"}
        for name, value in self.constants.items():
            if name.startswith("extra."):
                continue
            if target_of(name) is None:
                yield _no_field(f"constants.{name}", name)
                continue
            *above, last = name.split(".")
            place = given
            for step in above:
                place = place.setdefault(step, {})
            place[last] = value
        try:
            Incident.model_validate(given)
        except ValidationError as error:
            for problem in problems_in(error):
                yield Problem(f"constants.{problem.where}", problem.finding, problem.remedy)


def placed_in(template: str) -> tuple[str, ...]:
    """The columns that stand in a template.

    Examples:
        >>> placed_in("{cause} in {state|lower}")
        ('cause', 'state')
    """
    return tuple(name for name, _ in PLACEHOLDER.findall(template))


def _no_field(where: str, name: str) -> Problem:
    hint = near(name, [*target_names(), *SPECIAL])
    return Problem(where, f"there is no field {name!r}", f"did you mean {hint!r}?" if hint else "")


def mapping_from(data: Named[str, Any], subject: str = "mapping") -> Mapping:
    """A mapping from plain data.

    Raises:
        DataError: With all that does not fit, by key.

    Examples:
        >>> mapping_from({"source": {"system": "crm", "encodng": "utf-8"}, "columns": {"What": "title"}})
        Traceback (most recent call last):
        ...
        postmortem.record.errors.DataError: mapping: 2 problems
          source.key: missing; this field is needed
          source.encodng: unknown field; did you mean 'encoding'?
    """
    try:
        return Mapping.model_validate(data)
    except ValidationError as error:
        raise DataError(subject, problems_in(error, model=Mapping, data=data)) from None


def load_mapping(name: str | os.PathLike[str]) -> Mapping:
    """A mapping from a file, or one of those that come with the package by its name.

    Args:
        name: The path of a TOML file, or a name such as `phmsa`. A name is something without a suffix and a folder.

    Raises:
        DataError: If there is no such mapping, or it does not fit; with all its problems, by key.

    Examples:
        >>> load_mapping("phmsa").source.key
        ('content',)
    """
    text = os.fspath(name)
    known = shipped_mappings()
    if text in known:
        return known[text]
    file = Path(text)
    if not file.suffix and file.name == text and not file.exists():
        hint = near(text, known)
        remedy = f"did you mean {hint!r}?" if hint else f"there are: {', '.join(known)}; or give the path of a file"
        raise DataError(f"mapping {text}", [Problem("", "no mapping of this name comes with the package", remedy)])
    return _loaded(file, f"mapping {text}")


def _loaded(file: Path, subject: str) -> Mapping:
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise DataError(subject, [Problem("", f"can't be read: {error.strerror}", "check the path")]) from None
    except UnicodeDecodeError as error:
        raise DataError(subject, [Problem("", f"not UTF-8: {error.reason}", "save it as UTF-8")]) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DataError(subject, [Problem("", f"not TOML: {error}")]) from None
    return mapping_from(data, subject)


@lru_cache(maxsize=1)
def shipped_mappings() -> dict[str, Mapping]:
    """The mappings that come with the package, by name."""
    return {
        file.stem: _loaded(file, f"mapping {file.name}") for file in sorted(shipped("data/mappings").glob("*.toml"))
    }
