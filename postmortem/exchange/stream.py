"""JSON a piece at a time: the elements of a list one after the other, never more than one of them in memory."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from postmortem.record.errors import DataError, Problem, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_DOCUMENT: Final = 16_000_000
"""Characters in one incident. One with hundreds of whys and every step described has about fifty thousand."""

REJECTED: Final = frozenset({"rejected", "because"})
"""What a line of a rejects file has beside the `document`, or the `text` of what could not be read."""

TOO_DEEP: Final = "nested too deeply to be an incident; check what wrote it"
_DEEPEST = 50
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_BLANKS = " \t\r\n"
_OF_NUMBERS = "0123456789.eE+-"
_MOST_DIGITS = 1000


@dataclass(frozen=True, slots=True)
class Element:
    """One JSON value.

    Attributes:
        value: What it says.
        faults: Why it can't be kept: `NaN`, a field that stands twice, a number of absurd length; or why it can't be
            read.
        text: What stands there, where it can't be read.
    """

    value: Any
    faults: tuple[str, ...] = ()
    text: str = ""

    @property
    def fields(self) -> dict[str, Any]:
        """What a reject keeps of it."""
        if isinstance(self.value, dict) and not self.text:
            return self.value
        return {"text": self.text or json.dumps(self.value)}


class Decoder:
    """Reads JSON as strictly as the standard has it, and tells what Python alone would let pass.

    Examples:
        >>> Decoder().element('{"a": NaN}').faults
        ('NaN is no JSON value; leave the field out, or write null',)
    """

    def __init__(self) -> None:
        self._faults: list[str] = []
        self._json = json.JSONDecoder(
            object_pairs_hook=self._pairs, parse_constant=self._constant, parse_int=self._integer
        )

    def _constant(self, name: str) -> None:
        self._faults.append(f"{name} is no JSON value; leave the field out, or write null")

    def _pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        fields = dict(pairs)
        if len(fields) < len(pairs):
            counted = Counter(name for name, _ in pairs)
            self._faults += [
                f"the field {name!r} stands twice; keep one" for name, count in counted.items() if count > 1
            ]
        return fields

    def _integer(self, text: str) -> int:
        if len(text) <= _MOST_DIGITS:
            return int(text)
        self._faults.append(f"a number with {len(text):,} digits; check it")
        return 0

    def _made(self, value: Any, text: str, start: int, end: int) -> Element:  # noqa: ANN401 - any JSON value
        if text.count("[", start, end) + text.count("{", start, end) > _DEEPEST and _is_deep(value):
            return Element(None, (TOO_DEEP,), text[start:end].strip())
        return Element(value, (*self._faults, *_broken_characters(value, text, start, end)))

    def element(self, text: str) -> Element:
        """The one value of a text.

        Raises:
            json.JSONDecodeError: If the text is not JSON.
            RecursionError: If it is nested too deeply.
        """
        self._faults.clear()
        value = self._json.decode(text)
        return self._made(value, text, 0, len(text))

    def element_at(self, text: str, start: int) -> tuple[Element, int]:
        """The value that begins at a place of a text, and where it ends.

        Raises:
            json.JSONDecodeError: If no whole value stands there.
            RecursionError: If it is nested too deeply.
        """
        self._faults.clear()
        value, end = self._json.raw_decode(text, start)
        return self._made(value, text, start, end), end

    def own(self, text: str) -> Element:
        """The value of a line; of a line of a rejects file what was rejected. What can't be read is told as a fault.

        Examples:
            >>> Decoder().own('{"rejected": 3, "because": ["no title"], "document": {"title": "Late"}}').value
            {'title': 'Late'}
        """
        try:
            element = self.element(text)
            if isinstance(element.value, dict) and element.value.keys() == REJECTED | {"text"}:
                text = str(element.value["text"])
                element = self.element(text)
        except (ValueError, RecursionError) as error:
            return Element(None, (why_not(error),), text.strip())
        if isinstance(element.value, dict) and element.value.keys() == REJECTED | {"document"}:
            return Element(element.value["document"], element.faults)
        return element


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_deep(value: object) -> bool:
    """Whether a value is nested deeper than any incident; later steps could run out of stack."""
    level: list[object] = [value]
    for _ in range(_DEEPEST):
        level = [
            below
            for one in level
            if isinstance(one, dict | list)
            for below in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True


def _broken_characters(value: object, text: str, start: int, end: int) -> tuple[str, ...]:
    if _HALF.search(text, start, end) is None:
        return ()
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return ("half of a character stands in a text (\\ud800 to \\udfff alone); take it out",)
    return ()


def why_not(error: Exception) -> str:
    """What is said of a text that is not JSON."""
    if isinstance(error, RecursionError):
        return TOO_DEEP
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON: {error.msg} at character {error.pos + 1}; it may be cut off: export it again"
    return f"not JSON: {error}"


class Elements:
    """The elements of a JSON list, or the one value of a file that holds no list.

    Args:
        pieces: The text of the file, in pieces of any length.
        name: What the file is called in an error.

    Attributes:
        is_list: Whether the file holds a list.

    Raises:
        DataError: While iterating, if the file is not JSON: cut off, broken, with something behind its end, or one
            value longer than an incident can be.

    Examples:
        >>> [element.value for element in Elements(iter(['[1, {"a"', ': 2}]']), "a.json")]
        [1, {'a': 2}]
    """

    def __init__(self, pieces: Iterator[str], name: str) -> None:
        self._pieces = pieces
        self._name = name
        self._decoder = Decoder()
        self._text = ""
        self._at = 0
        self._lines_gone = 0
        self._column_gone = 0
        self._ended = False
        self._gone = 0
        sign = self._sign()
        if sign not in {"[", "{"}:
            found = f"found {shown(self._text[self._at : self._at + 20])}" if sign else "found only blanks"
            raise self._refused(
                f"not JSON: expected an incident {{…}} or a list of them […], {found}", remedy="export it again"
            )
        self.is_list = sign == "["
        self._at += self.is_list

    def __iter__(self) -> Iterator[Element]:
        """Each element, in order."""
        if self.is_list:
            yield from self._listed()
        else:
            yield self._value()
        if self._sign():
            raise self._refused(
                "not JSON: something stands behind the end", remedy="for one incident a line name the file .jsonl"
            )

    def _listed(self) -> Iterator[Element]:
        """The elements of a list whose bracket was passed."""
        if self._sign() == "]":
            self._at += 1
            return
        yield self._value()
        while (sign := self._sign()) == ",":
            self._at += 1
            yield self._value()
        self._pass("]", sign, "list")

    def _pass(self, wanted: str, sign: str, what: str) -> None:
        """Step over a sign that must stand here."""
        if sign != wanted:
            ended = f"the file ends inside the {what}" if not sign else f"expected , or {wanted}, found {sign!r}"
            raise self._refused(f"not JSON: {ended}")
        self._at += 1

    def _sign(self) -> str:
        """The next character that is not blank; empty at the end of the file."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _BLANKS:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def _more(self, at_least: int = 1) -> bool:
        """Read on until so many characters more are there; what was passed is let go."""
        got: list[str] = []
        while not self._ended and sum(map(len, got)) < at_least:
            piece = next(self._pieces, "")
            self._ended = not piece
            got.append(piece)
        gone = self._text[: self._at]
        self._gone += len(gone)
        self._lines_gone += gone.count("\n")
        self._column_gone = len(gone) - gone.rfind("\n") - 1 + ("\n" not in gone) * self._column_gone
        self._text = self._text[self._at :] + "".join(got)
        self._at = 0
        return any(got)

    def _value(self) -> Element:
        self._sign()
        while True:
            try:
                element, end = self._decoder.element_at(self._text, self._at)
            except json.JSONDecodeError as error:
                waiting, far = len(self._text) - self._at, error.pos - self._at
                if waiting > LONGEST_DOCUMENT:
                    raise self._refused(
                        f"not JSON, or one incident longer than {LONGEST_DOCUMENT:,} characters"
                    ) from None
                # Twice as much each time: a long value is not decoded over and over for every piece.
                if not self._more(at_least=waiting):
                    raise self._refused(f"not JSON: {error.msg}", at=self._at + far) from None
            except RecursionError as error:
                raise self._refused(why_not(error), remedy="") from None
            else:
                goes_on = end == len(self._text) or (_is_number(element.value) and self._text[end] in _OF_NUMBERS)
                if not goes_on or not self._more():  # a number may go on in the next piece
                    self._at = end
                    return element

    def _refused(
        self, finding: str, *, at: int | None = None, remedy: str = "it may be cut off: export it again"
    ) -> DataError:
        before = self._text[: self._at if at is None else at]
        line = self._lines_gone + before.count("\n") + 1
        column = len(before) - before.rfind("\n") + ("\n" not in before) * self._column_gone
        place = f"line {line}, character {column}" if column < LONGEST_DOCUMENT else f"line {line}"
        return DataError(self._name, [Problem(place, finding, remedy)])


class Rows(Elements):
    """The rows of another system's file: its list, the list that a field of it holds, or values behind each other.

    Several values behind each other, one a line for example, are taken as if they stood in one list.

    Args:
        pieces: As for `Elements`.
        name: As for `Elements`.
        path: The field that holds the list, such as `issues` or `data.tickets`. A value without that field is a row
            itself.

    Attributes:
        beside: The fields beside the rows that hold lists or objects of their own.

    Examples:
        >>> text = '{"total": 2, "issues": [{"key": "A-1"}, {"key": "A-2"}]}'
        >>> [row.value for row in Rows(iter([text]), "a.json", "issues")]
        [{'key': 'A-1'}, {'key': 'A-2'}]
    """

    def __init__(self, pieces: Iterator[str], name: str, path: str = "") -> None:
        super().__init__(pieces, name)
        self._at -= self.is_list
        self._path = path.split(".") if path else []
        self.beside: dict[str, None] = {}

    def __iter__(self) -> Iterator[Element]:
        """Each row, in order."""
        while sign := self._sign():
            if sign == "[":
                self._at += 1
                yield from self._listed()
            elif sign == "{" and self._path:
                yield from self._inside(0)
            elif sign == "{":
                yield self._value()
            else:
                raise self._refused(f"not JSON: expected {{ or [, found {sign!r}")

    def _inside(self, depth: int) -> Iterator[Element]:
        """The rows that an object holds; it itself where it has none."""
        fields: dict[str, Any] = {}
        faults: list[str] = []
        found = False
        began = self._gone + self._at
        self._at += 1
        sign = self._sign()
        while sign == '"':
            key = str(self._value().value)
            if self._sign() != ":":
                raise self._refused(f"not JSON: expected : behind {shown(key)}")
            self._at += 1
            if key == self._path[depth] and not found:
                found = True
                yield from self._held(depth)
            else:
                element = self._value()
                faults += [*element.faults, *([f"the field {key!r} stands twice; keep one"] if key in fields else ())]
                fields[key] = element.value
                if self._gone + self._at - began > LONGEST_DOCUMENT and not found:
                    raise self._refused(f"one row longer than {LONGEST_DOCUMENT:,} characters", remedy="")
            sign = self._sign()
            if sign == ",":
                self._at += 1
                sign = self._sign()
                if sign != '"':
                    ended = f"expected a name, found {sign!r}" if sign else "the file ends inside the object"
                    raise self._refused(f"not JSON: {ended}")
        self._pass("}", sign, "object")
        if found:
            self.beside |= dict.fromkeys(
                name for name, value in fields.items() if isinstance(value, list | dict) and value
            )
        elif depth:
            raise self._refused(f"there is no field {'.'.join(self._path)!r}", remedy="check rows under [source]")
        else:
            yield Element(fields, tuple(faults))

    def _held(self, depth: int) -> Iterator[Element]:
        """The rows in the field that the path names."""
        sign = self._sign()
        if depth + 1 < len(self._path) and sign == "{":
            yield from self._inside(depth + 1)
        elif sign == "[":
            self._at += 1
            yield from self._listed()
        else:
            element = self._value()
            if element.value is not None or element.faults:
                yield element
