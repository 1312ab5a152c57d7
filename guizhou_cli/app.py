"""The program around the commands: how they are declared, the options of every question, and the one error boundary."""

# ruff: noqa: ANN401 - Typer keeps the classes of its contexts and parameters private

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption
from typer.main import get_command_from_info
from typer.models import CommandInfo

from guizhou_cli.answer import Answer
from guizhou_cli.errors import ExitStatus, GzError, NothingFound, UsageProblem, note
from guizhou_cli.output.formats import Format, write_answer, write_text
from guizhou_cli.session import Session
from guizhou_cli.text import shortened

PANELS = ("Ask", "Cite", "Check", "Your own briefings", "Elsewhere")
"""The groups of the help."""

commands: dict[str, CommandInfo] = {}
"""The commands by name, in the order of the help, as cli.py declares them; `Program` builds the one that is called."""

_NAMES = ("gz", "guizhou")
_OUTPUT = "guizhou_cli.output"
_WIDEST = 1000
_NO_TEXT = {"-", "-h", "-f", *(f"-f{form}" for form in Format)}

P = ParamSpec("P")
T = TypeVar("T")


def command(
    panel: str, example: str, name: str | None = None, cls: type[TyperCommand] = TyperCommand, about: str | None = None
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Declare a function as a command, in a group of the help, with an example that runs.

    Its name and its help are `name` and `about`, or those of the function.
    """

    def declare(function: Callable[P, T]) -> Callable[P, T]:
        called = name or function.__name__.replace("_", "-")
        commands[called] = CommandInfo(
            called,
            cls=cls,
            callback=function,
            help=about or function.__doc__,
            epilog=f"Example: {example}",
            rich_help_panel=panel,
        )
        return function

    return declare


def question(
    panel: str, example: str, name: str | None = None, cls: type[TyperCommand] | None = None, about: str | None = None
) -> Callable[[Callable[P, Answer | None]], Callable[P, Answer | None]]:
    """Declare a command whose answer is shown as the options of every question say."""
    return command(panel, example, name, cls or Question, about)


def session(context: typer.Context) -> Session:
    """Return what the options before the command say."""
    said: Session = context.obj
    return said


def database(context: typer.Context, *, to_search: bool = False) -> sqlite3.Connection:
    """Open the database for reading, until the command ends. Raises as `Session.reading`."""
    return context.with_resource(session(context).reading(to_search=to_search))


def show(context: typer.Context, answer: Answer) -> None:
    """Write an answer as the command line asks, and `explain` it."""
    form, columns, keys = context.meta.pop(_OUTPUT)
    said = session(context)
    title = f"gz {context.info_name}"
    write_answer(answer, form, title=title, color=said.color, keys=keys, columns=columns, pager=said.pager)
    explain(answer)


def explain(answer: Answer) -> None:
    """Write the notes of an answer to stderr; raise a NothingFound with the reason if it has no rows."""
    for line in answer.notes:
        note(line)
    if not answer.rows and answer.reason:
        raise NothingFound(answer.reason, answer.hint)


class Question(TyperCommand):
    """A command that returns an answer to show, or has shown one, and takes the options for how."""

    def __init__(self, *args: Any, params: list[Any], **settings: Any) -> None:
        formats = f"{', '.join(Format)}."
        more = [
            TyperOption(param_decls=["form", "--format", "-f"], metavar="FORMAT", default="table", help=formats),
            TyperOption(param_decls=["json", "--json"], is_flag=True, help="Short for --format json."),
            TyperOption(param_decls=["columns", "--columns"], metavar="A,B", help="Only these columns, in this order."),
            TyperOption(param_decls=["keys", "--keys"], is_flag=True, help="Show the keys of the claims in a table."),
        ]
        super().__init__(*args, params=[*params, *more], **settings)

    def invoke(self, ctx: Any) -> None:
        """Run the command and show its answer. For an unknown name, a program gets an empty array."""
        typed, json, columns, keys = (ctx.params.pop(name) for name in ("form", "json", "columns", "keys"))
        form = Format.json if json else next((form for form in Format if form == typed.lower()), None)
        if form is None:
            raise UsageProblem(f"no format {shortened(typed)}", f"the formats: {', '.join(Format)}")
        ctx.meta[_OUTPUT] = form, [name for name in (columns or "").replace(" ", "").split(",") if name], keys
        try:
            answer = super().invoke(ctx)
        except NothingFound:
            if form is Format.json and _OUTPUT in ctx.meta:  # no answer was shown
                write_text("[]\n")
            raise
        if answer is not None:
            show(ctx, answer)


class TextQuestion(Question):
    """A question about any text: `-1.5%` begins with a hyphen, is no option, and is text."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Hide the hyphen of such a text behind a blank."""
        is_text = (arg[:1] == "-" != arg[1:2] and arg.lower() not in _NO_TEXT for arg in args)
        return super().parse_args(ctx, [f" {arg}" if text else arg for arg, text in zip(args, is_text, strict=True)])


class Program(TyperGroup):
    """The commands, of which only the one that is called is built, and the options before them."""

    def __init__(self) -> None:
        super().__init__(
            name=_called(),
            params=[
                TyperOption(param_decls=["db", "--db"], metavar="PATH", envvar="GZ_DB", help="Another database."),
                _flag("no_color", "No colours, as with NO_COLOR.", "--no-color"),
                _flag("no_pager", "No pager for long answers on a terminal.", "--no-pager"),
                _flag("version", "Print the version.", "--version", "-V"),
                _flag("install", "Install completion for your shell: bash, zsh or fish.", "--install-completion"),
                _flag("script", "Print the completion script for your shell.", "--show-completion"),
            ],
            help="What was said at a press briefing, and by whom, so that it can be cited.",
            epilog='Try: gz bases · gz trade asean · gz who-said "green development"',
            context_settings={"help_option_names": ["-h", "--help"]},
            no_args_is_help=True,
        )

    def invoke(self, ctx: Any) -> None:
        """Keep what the options before the command say, and run the command, or what an option asks for in place."""
        given = ctx.params
        if given["no_color"]:
            os.environ["NO_COLOR"] = "1"  # which the help of a command heeds, too
        ctx.obj = Session(
            Path(given["db"]) if given["db"] else None, color=not given["no_color"], pager=not given["no_pager"]
        )
        if given["version"]:
            print_version()
        elif given["script"] or given["install"]:
            from guizhou_cli.shells import install, script

            if given["script"]:
                write_text(script(_called()))
            else:
                note(install(_called()))
        else:
            super().invoke(ctx)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Take `who said` as the one command that it is."""
        return super().resolve_command(ctx, ["who-said", *args[2:]] if args[:2] == ["who", "said"] else args)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - as Typer calls it
        """Return the names of the commands, in the order of cli.py."""
        return list(commands)

    def get_command(self, ctx: Any, name: str) -> Any:  # noqa: ARG002 - as Typer calls it
        """Return the command of that name. If there is none, build all of them, so that the nearest can be offered."""
        for wanted in [name] if name in commands else commands:
            if wanted not in self.commands:
                self.commands[wanted] = get_command_from_info(
                    commands[wanted], pretty_exceptions_short=True, rich_markup_mode=self.rich_markup_mode
                )
        return self.commands.get(name)


def _flag(name: str, shown: str, *typed: str) -> TyperOption:
    return TyperOption(param_decls=[name, *typed], is_flag=True, help=shown)


def print_version() -> None:
    """Print the version that is installed."""
    from importlib.metadata import version

    write_text(f"gz {version('guizhou-cli')}\n")


def _called() -> str:
    """Return the name that this program is called by."""
    name = os.path.basename(sys.argv[0])  # noqa: PTH119 - once at each start
    return name if name in _NAMES else _NAMES[0]


def run(args: Sequence[str]) -> int:
    """Run a command line and return its exit status. Whatever is raised below ends here, as a line on stderr."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal():  # Typer fills each line of the help with blanks up to there
        os.environ["COLUMNS"] = str(min(int(columns[:9]), _WIDEST))
    if isinstance(sys.stdout, TextIOWrapper):  # a C locale has no bytes for some of the help; rows are UTF-8
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        status = Program().main([*args], _called(), standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BaseException as error:
        status = _reported(error)
        if status is None:
            raise
    return int(status or ExitStatus.FOUND)


def _reported(error: BaseException) -> int | None:  # noqa: PLR0911 - a status for each kind
    """Report an exception and return the exit status; return None for one that is to be raised."""
    if isinstance(error, GzError):
        return _report(error.status, error.message, error.hint)
    if isinstance(error, typer.TyperException):
        return _report(ExitStatus.USAGE, *_usage(error))
    if isinstance(error, KeyboardInterrupt | typer.Abort) or isinstance(error.__cause__, KeyboardInterrupt):
        return ExitStatus.INTERRUPTED  # a cause if it came while a class was made (Python 3.11)
    if isinstance(error, BrokenPipeError) or isinstance(error.__context__, BrokenPipeError):
        return ExitStatus.FOUND  # the reader has closed the pipe, for which Typer and Rich exit
    if isinstance(error, OSError):
        name = f"{error.filename}: " if error.filename else ""
        return _report(ExitStatus.PROBLEM, f"{name}{error.strerror or error}")
    if isinstance(error, SystemExit) or os.environ.get("GZ_DEBUG"):
        return None
    what = f"a fault of this program: {type(error).__name__}: {error}"
    return _report(ExitStatus.FAULT, what, "please report it; with GZ_DEBUG=1 it prints where it happened")


def _usage(error: typer.TyperException) -> tuple[str, str | None]:
    """Return the message and the hint of a command line that Typer refuses."""
    message = error.format_message()
    if not message:  # no command at all: Typer has printed the help
        return "which command?", None
    context: Any = getattr(error, "ctx", None)
    hint = f"{context.command_path if context else _called()} --help shows how"
    if hasattr(error, "option_name"):
        hint = "gz --help shows the options before the command, gz COMMAND --help those behind it"
    return message[0].lower() + message[1:].replace("argument(s)", "argument"), hint


def _report(status: int, message: str, hint: str | None = None) -> int:
    note(message, hint)
    return status
