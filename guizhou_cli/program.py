"""The program around the commands: each is built when it is called for, and whatever is raised ends here.

Here alone does an error become a line on stderr and an exit status.
"""

import errno
import itertools
import os
import re
import sys
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command_from_info, get_command_name

from guizhou_cli.errors import ExitStatus, GzError, note
from guizhou_cli.formats import Format

NAMES = ("gz", "guizhou")
"""The program goes by the one it was called by."""

_MEANT = {
    "trade": ("partner", "perhaps: gz trade --partner {0}"),
    "measures": ("topic", "perhaps: gz who-said {0}, or gz measures --topic {0}"),
    "claims": ("topic", "perhaps: gz who-said {0}, or gz claims --topic {0}"),
}
"""What to do with an argument that a command does not take, and which option may have taken its first word."""

commands = typer.Typer()
"""The commands as they are written down; `Program` builds the one that is called for."""


class Program(TyperGroup):
    """The commands, and the one error boundary.

    Whatever is raised below ends in `main`, as a line on stderr and an exit status. A command is built when it is
    called for: to build all of them takes 3 ms, a twentieth of a query.
    """

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - as Typer calls it
        """Return the names of the commands, in the order of cli.py."""
        return list(_registered())

    def get_command(self, ctx: Any, name: str) -> Any:  # noqa: ARG002 - as Typer calls it
        """Return the command of that name; with none, build all of them, so that the nearest can be offered."""
        registered = _registered()
        for wanted in [name] if name in registered else registered:
            if wanted not in self.commands:
                self.commands[wanted] = get_command_from_info(
                    registered[wanted], pretty_exceptions_short=True, rich_markup_mode=self.rich_markup_mode
                )
        return self.commands.get(name)

    def main(  # noqa: C901, PLR0911 - one for each way out
        self, args: Sequence[str] | None = None, prog_name: str | None = None, *_: Any, **__: Any
    ) -> int:
        """Run the command line `args` and return its exit status."""
        before = itertools.takewhile(lambda arg: arg not in _registered(), args or ())
        if "--no-color" in before:  # for the help, which Typer prints before it has read that option
            os.environ["NO_COLOR"] = "1"
        try:
            status = super().main(args=args, prog_name=prog_name, standalone_mode=False)
            if sys.stdout is not None:
                sys.stdout.flush()
            return int(status or ExitStatus.FOUND)
        except GzError as error:
            return _tell(error.status, error.message, error.hint)
        except typer.TyperException as error:
            return _tell(ExitStatus.USAGE, *_usage(error, args or ()))
        except (KeyboardInterrupt, typer.Abort):
            return ExitStatus.INTERRUPTED
        except SystemExit as error:
            return _exited(error)
        except OSError as error:
            _abandon_stdout()
            if error.errno in {errno.EPIPE, errno.ESHUTDOWN}:  # the reader has seen enough
                return ExitStatus.FOUND
            name = f"{error.filename}: " if error.filename else ""
            return _tell(ExitStatus.PROBLEM, f"{name}{error.strerror or error}")
        except Exception as error:
            if isinstance(error.__cause__, KeyboardInterrupt):  # it came while a class was made (Python 3.11)
                return ExitStatus.INTERRUPTED
            if os.environ.get("GZ_DEBUG"):
                raise
            what = f"a fault of this program: {type(error).__name__}: {error}"
            return _tell(ExitStatus.FAULT, what, "please report it; with GZ_DEBUG=1 set it prints where it happened")


class AnyText(TyperCommand):
    """A command whose argument is any text: what begins with a hyphen, and is no option's, is text too."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Hide the hyphen of `-1.5%` behind a blank; what looks like an option, were it mistyped, stays one."""
        option = rf"[^-].*|-h|-f(?i:{'|'.join(Format)})?|--(?:[\w-]+=.*|\S*)"
        return super().parse_args(
            ctx,
            [
                arg if before in _TAKES or re.fullmatch(option, arg, re.DOTALL) else f" {arg}"
                for before, arg in zip(["", *args], args, strict=False)
            ],
        )


_TAKES = {"--limit", "--source", "--format", "-f"}
"""The options of such a command that take what follows them."""


def _registered() -> dict[str, Any]:
    return {
        get_command_name(str(getattr(info.callback, "__name__", ""))): info for info in commands.registered_commands
    }


def _tell(status: ExitStatus, message: str, hint: str | None = None) -> ExitStatus:
    note(message.replace("\n", " "))
    for line in (hint or "").split("\n"):
        if line:
            note(line, prefix="    ")
    return status


def _usage(error: typer.TyperException, args: Sequence[str]) -> tuple[str, str | None]:
    context = getattr(error, "ctx", None)
    message = error.format_message()
    message = message[:1].lower() + message[1:].replace("valid int range", "whole number in its range")
    if not message and context is not None:  # no command at all: Typer has printed the help
        return "which command?", None
    option = getattr(error, "option_name", "")
    alone = message.partition(" (Possible options")[0]
    if context is not None and context.parent is not None and option in _BEFORE:
        command = "" if option == "--version" else f" {context.info_name}"
        return alone, f"{option} stands before the command: gz {_BEFORE[option]}{command}"
    named = next((arg for arg in args if arg in _registered()), None)
    if context is not None and context.parent is None and named and option in _options(context, named):
        return alone, f"{option} stands behind the command: gz {named} {option}"
    extra = re.search(r"unexpected extra argument.*\((.*)\)$", message, re.DOTALL)
    if extra and context is not None and context.info_name in _MEANT:
        from shlex import quote

        narrowed, hint = _MEANT[context.info_name]
        return message, hint.format(quote(" ".join(filter(None, (context.params.get(narrowed), extra[1])))))
    called = next((f"{NAMES[0]} {arg}" for arg in args if arg in _registered()), NAMES[0])  # the parser has no context
    return message, f"{context.command_path if context is not None else called} --help shows how"


_BEFORE = {"--db": "--db PATH", "--no-color": "--no-color", "--version": "--version"}
"""The options that stand before a command, as they are typed."""


def _options(context: Any, command: str) -> set[str]:
    """Return the options of a command."""
    return {name for parameter in context.command.get_command(context, command).params for name in parameter.opts}


def _exited(error: SystemExit) -> ExitStatus:
    """Return FOUND where Rich exits because the reader of the help has seen enough; hand on any other exit."""
    if isinstance(error.__context__, BrokenPipeError):
        return ExitStatus.FOUND
    raise error


def _abandon_stdout() -> None:
    """Point stdout at nothing, so that the interpreter does not fail on flushing it at exit."""
    if sys.stdout is not None:
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except (OSError, ValueError):
            sys.stdout = None
