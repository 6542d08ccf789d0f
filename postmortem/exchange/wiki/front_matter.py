"""YAML at the head of a page: plain data only. No tags, no references to other places, nothing said twice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from postmortem.record.errors import DataError, Problem, shown, shown_name

if TYPE_CHECKING:
    from collections.abc import Iterator

FENCE: Final = "---"

LONGEST: Final = 4_000_000
"""Characters of front matter that are read. One with hundreds of steps and opinions has about fifty thousand."""

_DEEPEST: Final = 40
_WIDE: Final = 1_000_000_000
_INT: Final = re.compile(r"[-+]?(0|[1-9][0-9]{0,60})")
_FLOAT: Final = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+([eE][-+][0-9]{1,3})?")
_WORDS: Final = {"true": True, "false": False, "null": None, "~": None, "": None}


def split(text: str) -> tuple[str, str, int] | None:
    r"""The front matter of a page, what follows it, and the line on which that begins; nothing where there is none.

    Examples:
        >>> split("---\nid: a\n---\nBody")
        ('id: a\n', 'Body', 4)
        >>> split("# No front matter") is None
        True
    """
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        return None
    for at, line in enumerate(lines[1:], 1):
        if line.rstrip() == FENCE:
            return "".join(f"{one}\n" for one in lines[1:at]), "\n".join(lines[at + 1 :]), at + 2
    return None


def dump(data: dict[str, Any]) -> str:
    r"""Plain data as YAML, in its own order, a text of several lines as lines; equal data give equal text.

    Examples:
        >>> print(dump({"id": "2026-014", "team": "no", "note": "a\nb"}), end="")
        id: 2026-014
        team: 'no'
        note: |-
          a
          b
    """
    import yaml  # noqa: PLC0415 - loaded when a page is written, not before

    class Dumper(yaml.SafeDumper):
        """Writes texts of several lines as lines, and never refers from one place to another."""

        def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002 - its contract is the library's
            return True

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - same
            super().increase_indent(flow, indentless=False)

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
        lines = value.split("\n")
        odd = not all(line.isprintable() for line in lines)
        as_lines = len(lines) > 1 and not value[0].isspace() and not value.endswith("\n\n")
        style = '"' if odd else "|" if as_lines else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(str, text)
    return yaml.dump(data, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=_WIDE, default_flow_style=False)


def load(text: str, subject: str, first_line: int = 2) -> dict[str, Any]:
    r"""Read front matter: names with texts, numbers, `true`, `false`, lists and names below.

    A day or a time stays the text that stands there, `no` is a text: what a value means is said by its field.

    Args:
        text: The YAML, without its fences.
        subject: What is read, for the errors.
        first_line: The line of the file on which it begins.

    Raises:
        DataError: If it is no YAML, with the line; if it has a tag, an anchor or a reference, a name that stands
            twice, or is nested too deeply; if it is no table of names.

    Examples:
        >>> load("id: a\nzone: Europe/Berlin\ntags: [x, 'y']", "a.md")
        {'id': 'a', 'zone': 'Europe/Berlin', 'tags': ['x', 'y']}
    """
    if len(text) > LONGEST:
        raise DataError(subject, [Problem("", f"the front matter has {len(text):,} characters", "check what wrote it")])
    reading = _Reading(subject, first_line)
    value = reading.value(text)
    if reading.problems:
        raise DataError(subject, reading.problems)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise DataError(subject, [Problem(f"line {first_line}", f"expected names with values, found {shown(value)}")])
    return value


class _Reading:
    """Builds plain data from the events of the parser, so that nothing but plain data can come of it."""

    def __init__(self, subject: str, first_line: int) -> None:
        self.subject = subject
        self.first_line = first_line
        self.problems: list[Problem] = []

    def value(self, text: str) -> Any:  # noqa: ANN401 - plain data
        import yaml  # noqa: PLC0415 - loaded when a page is read, not before

        # The same parser in C where the library was built with it: twenty times as quick on a large page.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            return self._document(yaml.parse(text, Loader=loader))
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = self._line(mark) if mark is not None else ""
            found = f"no YAML: {error.problem or error.context}"
            remedy = "put a text with ':', '#' or quotation marks in quotes; indent with blanks"
            raise DataError(self.subject, [Problem(line, found, remedy)]) from None
        except (yaml.YAMLError, RecursionError) as error:
            found = f"no YAML: {str(error).splitlines()[0] if str(error) else 'nested too deeply'}"
            raise DataError(self.subject, [Problem("", found, "write it anew")]) from None

    def _line(self, mark: Any) -> str:  # noqa: ANN401 - the library's
        return f"line {mark.line + self.first_line}"

    def _document(self, events: Iterator[Any]) -> Any:  # noqa: ANN401 - plain data
        import yaml  # noqa: PLC0415 - same

        # What is open: a list or a table, and the name that waits for its value.
        open_: list[tuple[Any, list[str]]] = []
        whole: list[Any] = []
        for event in events:
            if isinstance(event, yaml.AliasEvent):
                self._refuse(event, f"a reference (*{event.anchor})", "write the value itself")
                self._put(open_, whole, None, event)
            elif isinstance(event, yaml.ScalarEvent):
                self._check(event)
                self._put(open_, whole, self._scalar(event), event)
            elif isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
                self._check(event)
                made: Any = [] if isinstance(event, yaml.SequenceStartEvent) else {}
                self._put(open_, whole, made, event)
                open_.append((made, []))
                if len(open_) > _DEEPEST:
                    self._refuse(event, f"nested more than {_DEEPEST} deep", "check what wrote it")
                    return None
            elif isinstance(event, yaml.CollectionEndEvent):
                open_.pop()
            elif isinstance(event, yaml.DocumentStartEvent) and event.version:
                self._refuse(event, "a directive", "take it out")
        return whole[0] if whole else None

    def _put(self, open_: list[tuple[Any, list[str]]], whole: list[Any], value: Any, event: Any) -> None:  # noqa: ANN401 - plain data
        if not open_:
            if whole:
                self._refuse(event, "a second document", "keep one")
            whole.append(value)
            return
        holder, waiting = open_[-1]
        if isinstance(holder, list):
            holder.append(value)
        elif not waiting:
            name = event.value if hasattr(event, "value") else None
            if not isinstance(name, str):
                self._refuse(event, "a name that is no text", "write one word and a colon")
                name = f"line {event.start_mark.line}"
            if name in holder:
                self._refuse(event, f"{shown_name(name)} stands twice", "keep one of them")
            waiting.append(name)
        else:
            holder[waiting.pop()] = value

    def _check(self, event: Any) -> None:  # noqa: ANN401 - the library's
        if event.anchor is not None:
            self._refuse(event, f"an anchor (&{event.anchor})", "take it out, and write each value where it belongs")
        if event.tag is not None:
            self._refuse(event, f"a tag ({event.tag})", "take it out: plain texts, numbers and lists are read")

    def _refuse(self, event: Any, found: str, remedy: str) -> None:  # noqa: ANN401 - the library's
        self.problems.append(Problem(self._line(event.start_mark), found, remedy))

    @staticmethod
    def _scalar(event: Any) -> Any:  # noqa: ANN401 - plain data
        text: str = event.value
        if not event.implicit[0]:  # it stands in quotation marks, or as lines
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INT.fullmatch(text):
            return int(text)
        return float(text) if _FLOAT.fullmatch(text) else text
