"""What a command of this program is: its help, with an example, and the options that all of them take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from postmortem.cli.options import COMMON, common
from postmortem.cli.printing import tell
from postmortem.record.errors import PostmortemError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SETTINGS: Final = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Calm(click.Command):
    """A command whose help shows its own options first, then those that every command takes."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write both lists of options."""
        own: list[tuple[str, str]] = []
        everywhere: list[tuple[str, str]] = []
        for param in self.get_params(ctx):
            # Arguments stand in the usage line.
            record = param.get_help_record(ctx) if isinstance(param, click.Option) else None
            if record is not None:
                (everywhere if param.name in COMMON else own).append(record)
        for title, listed in (("Options", own), ("With every command, before or after its name", everywhere)):
            if listed:
                with formatter.section(title):
                    formatter.write_dl(listed)


class Family(Calm, click.Group):
    """A command that holds others."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands first: they are what a person looks for."""
        self.format_commands(ctx, formatter)
        super().format_options(ctx, formatter)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own signature
        """The commands in the order of the work, not of the alphabet."""
        return list(self.commands)


class Program(Family):
    """The whole program."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run the command that was named; what it refuses is said in its own words, without a traceback."""
        try:
            return super().invoke(ctx)
        except PostmortemError as error:
            tell(str(error))
        except KeyboardInterrupt:
            tell("Stopped. What was finished before stays; nothing is half-written.")
        raise click.exceptions.Exit(1)


def command(name: str, *examples: str) -> Callable[[Callable[..., Any]], Calm]:
    """A function as a command of the program.

    Args:
        name: Its name.
        examples: Lines that stand in its help as they would be typed.
    """

    def made(function: Callable[..., Any]) -> Calm:
        return click.command(name, cls=Calm, epilog=_shown(examples), context_settings=SETTINGS)(common(function))

    return made


def family(name: str, *examples: str) -> Callable[[Callable[..., Any]], Family]:
    """A function as a command that holds others.

    Args:
        name: Its name.
        examples: Lines that stand in its help as they would be typed.
    """

    def made(function: Callable[..., Any]) -> Family:
        return click.group(name, cls=Family, epilog=_shown(examples), context_settings=SETTINGS)(common(function))

    return made


def _shown(examples: Sequence[str]) -> str:
    lines = "\n".join(f"  postmortem {example}" for example in examples)
    return f"\b\n{'Example' if len(examples) == 1 else 'Examples'}:\n{lines}"
