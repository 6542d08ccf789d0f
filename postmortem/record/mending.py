"""All that will not do in tables that people wrote, at once: what does not fit by itself hides nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from postmortem.record.errors import Unsound
from postmortem.record.reading import problems_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pydantic_core import ErrorDetails

    from postmortem.record.errors import Problem

Read = TypeVar("Read", bound=BaseModel)
_ROUNDS: Final = 4
_GONE: Final = object()


def read_whole(
    model: type[Read], data: Mapping[str, Any], base: Mapping[str, Any] | None = None
) -> tuple[Read | None, list[Problem]]:
    """A value from plain data, and everything that does not fit.

    What does not fit by itself is put aside, and the rest read again: whether the parts fit together is looked at only
    where each of them fits.

    Args:
        model: What it shall be.
        data: What was written.
        base: What stands in place of a part that is put aside; without it, nothing.

    Returns:
        The value without what was put aside; `None` where it can't be read without it.

    Examples:
        >>> from postmortem.record.rules import Step
        >>> step, problems = read_whole(Step, {"id": "call", "text": "Call", "target": "tel"})
        >>> step.id, [problem.where for problem in problems]
        ('call', ['target'])
    """
    problems: dict[Problem, None] = {}
    gone: set[str] = set()
    for _ in range(_ROUNDS):
        try:
            return model.model_validate(data), list(problems)
        except ValidationError as error:
            # Each part was looked at in the first round; that another one misses what was put aside is nobody's fault.
            told = problems_in(error, model=model, data=data) if not problems else _together(error)
            told = [it for it in told if it.finding not in gone and not _holds(it, problems)]
            problems |= dict.fromkeys(told)
            data, names = _without(data, error.errors(include_url=False), base or {})
            gone |= {f"there is no {name!r}" for name in names}
    return None, list(problems)


def _holds(found: Problem, before: Iterable[Problem]) -> bool:
    """Whether it is said of a part from which something was put aside before: without that it may well not fit."""
    return any(it.where.startswith(f"{found.where}.") for it in before)


def _together(error: ValidationError) -> list[Problem]:
    causes = (detail.get("ctx", {}).get("error") for detail in error.errors(include_url=False))
    return [problem for cause in causes if isinstance(cause, Unsound) for problem in cause.problems]


def _without(
    data: Mapping[str, Any], details: list[ErrorDetails], base: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Any]]:
    """The data without the parts that do not fit, from the last one of a list to the first, and the names that go."""
    rest: dict[str, Any] = _copied(dict(data))
    names: list[Any] = []
    ways = {tuple(_way(rest, detail["loc"])) for detail in details} - {()}
    for way in sorted(ways, key=lambda way: (len(way), [str(step).zfill(9) for step in way]), reverse=True):
        *above, last = way
        parent, there = _at(rest, above), _GONE if any(isinstance(step, int) for step in way) else _at(base, way)
        if there is not _GONE:
            parent[last] = _copied(there)
        else:
            names += [last, parent[last].get("id")] if isinstance(parent[last], dict) else []
            del parent[last]
    return rest, names


def _way(data: Any, location: Sequence[int | str]) -> list[int | str]:  # noqa: ANN401 - whatever stands in the file
    """The steps down to what is put aside, as far as there are any: where a part is missing, the whole."""
    way: list[int | str] = []
    for step in location:
        if (below := _at(data, [step])) is _GONE:
            break
        data, way = below, [*way, step]
    return way


def _at(data: Any, way: Sequence[int | str]) -> Any:  # noqa: ANN401 - whatever stands in the file
    for step in way:
        in_list = isinstance(data, list) and isinstance(step, int) and step < len(data)
        if not in_list and not (isinstance(data, dict) and step in data):
            return _GONE
        data = data[step]
    return data


def _copied(data: Any) -> Any:  # noqa: ANN401 - whatever stands in the file
    """A copy in which nothing stands in two places, as the steps of a procedure do that another one begins with."""
    if isinstance(data, dict):
        return {key: _copied(value) for key, value in data.items()}
    return [_copied(value) for value in data] if isinstance(data, list) else data
