"""A guessed mapping as TOML with the reasons beside it: to read, to change, to save and to load again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from postmortem.exchange.guesses.proposals import EXTRA, KEY, LEFT_OUT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postmortem.exchange.guesses.guessing import Guess
    from postmortem.exchange.guesses.questions import Question

_WIDE: Final = 118


def text(guess: Guess) -> str:
    r"""The mapping of a guess as it stands in a file.

    Whatever a header or a cell says, it stays inside its string or its comment.

    Examples:
        >>> quoted("a\n[source]"), comment("a\n[source]")
        ('"a\\n[source]"', '# a [source]')
    """
    return "\n".join(_lines(guess)) + "\n"


def quoted(value: str) -> str:
    """A text as a TOML string."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")


def comment(value: str) -> str:
    """A text as one comment line, without anything that could end it."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in value).split())
    return f"# {line if len(line) <= _WIDE else f'{line[: _WIDE - 1]}…'}".rstrip()


def _lines(guess: Guess) -> Iterator[str]:
    data: dict[str, Any] = guess.data
    yield comment(
        f"What the columns of {guess.sample.name} mean: guessed from the header and the first rows. Look it through."
    )
    yield "#"
    yield comment("Use: postmortem import FILE --map THIS_FILE; add --dry-run to see first what would become of it.")
    if guess.questions:
        yield "#"
        yield comment("To settle:")
        for question in guess.questions:
            yield from _asked(question)
    yield ""
    yield "[source]"
    yield from (f"{name} = {_value(value)}" for name, value in data["source"].items() if value not in ("", []))
    if templates := data.get("templates", {}):
        yield ""
        yield "[templates]"
        yield comment("Of several, the first one all of whose columns have a value is taken.")
        yield from (f"{name} = {_value(texts)}" for name, texts in templates.items())
    yield ""
    yield "[columns]"
    proposed = {one.column: one for one in guess.proposals}
    for column, one in proposed.items():
        if column not in data["columns"]:
            what = {KEY: "names the row (key)", LEFT_OUT: "left out"}.get(one.to, "stands under templates")
            yield comment(f"{column}: {what}; {one.reason}")
            continue
        sure = "" if one.to == EXTRA else f"{one.confidence}: "
        also = f"; or {', '.join(one.alternatives)}" if one.alternatives else ""
        yield comment(f"{sure}{one.reason}{also}")
        yield f"{quoted(column)} = {_value(data['columns'][column])}"


def _asked(question: Question) -> Iterator[str]:
    yield comment(f"- {question.text}")
    assumed = question.assumed
    told = dict(question.options).get(assumed, assumed)
    yield comment(f"  {'answered' if question.answered else 'assumed'}: {told}")


def _value(value: Any) -> str:  # noqa: ANN401 - whatever a mapping holds
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_name(name)} = {_value(inner)}' for name, inner in value.items())} }}"
    return f"[{', '.join(_value(inner) for inner in value)}]"


def _name(name: str) -> str:
    return name if name.isascii() and name.isalpha() else quoted(name)
