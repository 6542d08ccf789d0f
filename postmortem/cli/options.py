"""What every command takes, before or after its name; the filters; and the kinds of value that options hold."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

import postmortem as pm
from postmortem import settings
from postmortem.cli.printing import tell
from postmortem.record.errors import DataError, near
from postmortem.record.vocabulary import CATEGORIES, SEVERITIES, STATES, UNCLASSIFIED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from postmortem.record.playbook import Playbook
    from postmortem.store import Store

Function = TypeVar("Function", bound="Callable[..., Any]")

_META: Final = "postmortem.surroundings"
COMMON: Final = ("store", "playbook", "now", "by", "read_only")


class Word(click.Choice[str]):
    """One word of several; a word that is near one of them is answered with it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ANN401 - click's own signature
        """The word.

        Raises:
            click.BadParameter: If it is none of them.
        """
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            hint = near(str(value), list(self.choices))
            self.fail(f"{error.message}{f' Did you mean {hint!r}?' if hint else ''}", param, ctx)


class When(click.ParamType[Any]):
    """A day such as 2026-03-07, or (where that is all that will do) an instant with its offset.

    Attributes:
        name: What stands for it in a usage line.
    """

    def __init__(self, *, day: bool) -> None:
        self.name = "day" if day else "time"
        self._day = day

    def convert(
        self,
        value: Any,  # noqa: ANN401 - click's own signature
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> date | datetime:
        """The day or the instant.

        Raises:
            click.BadParameter: If it is none.
        """
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value) if self._day else settings.now(value)
        except (ValueError, DataError):
            expected = "a day such as 2026-03-07" if self._day else "a time with its offset: 2026-03-07T14:02:00+01:00"
            self.fail(f"expected {expected}, found {value!r}", param, ctx)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What was told beside the command itself; `None` where nothing was."""

    store: str | None = None
    playbook: str | None = None
    now: datetime | None = None
    by: str | None = None
    read_only: bool | None = None

    @property
    def instant(self) -> datetime:
        """The instant that counts as now."""
        return self.now or settings.now()

    @property
    def author(self) -> str:
        """Who saves."""
        return settings.by(self.by)

    def rules(self) -> Playbook:
        """The playbook in force."""
        return pm.load_playbook(self.playbook)


def surroundings() -> Surroundings:
    """What was told beside the command that is running."""
    told: dict[str, Any] = click.get_current_context().meta.get(_META, {})
    return Surroundings(**told)


@contextmanager
def opened() -> Iterator[Store]:
    """The store that was told, for as long as the command works on it."""
    told = surroundings()
    with pm.open_store(told.store, playbook=told.rules(), read_only=told.read_only, said=tell) as store:
        yield store


def _told(ctx: click.Context, param: click.Parameter, value: Any) -> None:  # noqa: ANN401 - click's own signature
    # What stands after the command's name is read later, and counts more than what stands before it.
    if value is not None and param.name is not None:
        ctx.meta.setdefault(_META, {})[param.name] = value


def common(function: Function) -> Function:
    """The options that every command takes, before or after its name."""
    for option in reversed(
        [
            click.option(
                "--store",
                metavar="URL",
                help="Where incidents are kept: a path or an address; else POSTMORTEM_STORE, else data/postmortem.db.",
                callback=_told,
                expose_value=False,
            ),
            click.option(
                "--playbook",
                metavar="FILE",
                help="A team's own rules; else POSTMORTEM_PLAYBOOK, else the ones that come with the package.",
                callback=_told,
                expose_value=False,
            ),
            click.option(
                "--now",
                metavar="TIME",
                type=When(day=False),
                help="What counts as now, for what is due; else POSTMORTEM_NOW, else the clock.",
                callback=_told,
                expose_value=False,
            ),
            click.option(
                "--by",
                metavar="NAME",
                help="Who saves; else POSTMORTEM_BY, else your user name.",
                callback=_told,
                expose_value=False,
            ),
            click.option(
                "--read-only",
                is_flag=True,
                default=None,
                help="Only look: nothing is saved, made or brought up to date; else as POSTMORTEM_READ_ONLY says.",
                callback=_told,
                expose_value=False,
            ),
        ]
    ):
        function = option(function)
    return function


def narrowed(function: Function) -> Function:
    """The options that say which incidents are meant, whenever they happened."""
    for option in reversed(
        [
            _several("--category", Word([*CATEGORIES, UNCLASSIFIED]), "Kind of a cause; one cause of it is enough."),
            _several("--team", click.STRING, "The team, as the record names it."),
            _several("--service", click.STRING, "The service, as the record names it."),
            _several("--state", Word(STATES), "How far the record has come."),
            _several("--severity", Word(SEVERITIES), "How bad it was."),
            click.option("--text", metavar="WORDS", help="Words that all stand somewhere in the record."),
        ]
    ):
        function = option(function)
    return function


def filters(function: Function) -> Function:
    """The options that say which incidents are meant."""
    for option in reversed(
        [
            click.option("--since", type=When(day=True), metavar="DAY", help="From this day on (UTC): 2026-03-07."),
            click.option(
                "--until", type=When(day=True), metavar="DAY", help="Up to this day (UTC), which is still in."
            ),
        ]
    ):
        function = option(function)
    return narrowed(function)


def _several(name: str, kind: click.ParamType[Any], text: str) -> Callable[[Function], Function]:
    listed = f" One of: {', '.join(kind.choices)}." if isinstance(kind, Word) else ""
    metavar = name.removeprefix("--").upper()
    return click.option(name, type=kind, multiple=True, metavar=metavar, help=f"{text}{listed} May be repeated.")


as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")


def spoken(**chosen: Any) -> dict[str, str]:  # noqa: ANN401 - the values of the filters
    """The filters that were set, as a report names them.

    Examples:
        >>> spoken(team=("Night desk", "Front desk"), text=None, since=date(2026, 3, 7))
        {'Team': 'Night desk or Front desk', 'Since': '2026-03-07'}
    """
    return {name.capitalize(): _joined(value) for name, value in chosen.items() if value}


def _joined(value: str | date | Sequence[str]) -> str:
    if isinstance(value, str | date):
        return str(value)
    return " or ".join(value)
