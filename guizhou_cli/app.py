"""The program around the commands: the Typer group, the options of every question, and the one error boundary."""

# ruff: noqa: ANN401 - Typer keeps the classes of its contexts and parameters private

import errno
import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption
from typer.main import get_command_from_info, get_command_name
from typer.models import CommandInfo

from guizhou_cli.answer import Answer
from guizhou_cli.errors import ExitStatus, GzError, NothingFound, UsageProblem, note
from guizhou_cli.output.formats import Format, write_answer, write_text
from guizhou_cli.session import Session
from guizhou_cli.text import shortened

NAMES = ("gz", "guizhou")
"""The names of the program. It goes by the one that it is called by."""

PANELS = ("Ask", "Cite", "Check", "Your own briefings", "Elsewhere")
"""The groups of the help."""

commands = typer.Typer()
"""The commands as cli.py declares them; `Program` builds the one that is called."""


_WIDEST = 1000


class Output(NamedTuple):
    """How an answer is to be shown."""

    form: Format
    columns: tuple[str, ...]
    keys: bool


def settle_in() -> None:
    """Prepare for a command that works for longer than a query: collect garbage, and exit in the ordinary way."""
    gc.enable()


def quick_exit() -> None:
    """Exit without the clean-up of the interpreter after all."""
    gc.disable()


class Program(TyperGroup):
    """The commands, and the one error boundary.

    Whatever is raised below ends in `main`, as a line on stderr and an exit status. Only the command that is called is
    built, and the options of the program are made without Typer's signatures: together a tenth of the instructions of
    `gz bases --json`.
    """

    def __init__(self) -> None:
        super().__init__(
            name=NAMES[0],
            params=[*_program_options()],
            help="What was said at a press briefing, and by whom, so that it can be cited.",
            epilog='Try: gz bases · gz trade asean · gz who-said "green development"',
            context_settings={"help_option_names": ["-h", "--help"]},
            no_args_is_help=True,
        )

    def invoke(self, ctx: Any) -> Any:
        """Keep what the options before the command say, and run the command."""
        db = ctx.params["db"]
        ctx.obj = Session(Path(db) if db else None, color=not ctx.params["no_color"], pager=not ctx.params["no_pager"])
        return super().invoke(ctx)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - as Typer calls it
        """Return the names of the commands, group by group, in the order of cli.py."""
        return list(declared())

    def get_command(self, ctx: Any, name: str) -> Any:  # noqa: ARG002 - as Typer calls it
        """Return the command of that name. If there is none, build all of them, so that the nearest can be offered."""
        known = declared()
        for wanted in [name] if name in known else known:
            if wanted not in self.commands:
                self.commands[wanted] = get_command_from_info(
                    known[wanted], pretty_exceptions_short=True, rich_markup_mode=self.rich_markup_mode
                )
        return self.commands.get(name)

    def main(  # noqa: C901, PLR0911 - one for each way out
        self, args: Sequence[str] | None = None, prog_name: str | None = None, *_: Any, **__: Any
    ) -> int:
        """Run the command line `args` and return its exit status."""
        args = _with_two_words_as_one(args or ())
        if "--no-color" in args[: _command_at(args)]:  # for the help, which Typer prints before it reads that option
            os.environ["NO_COLOR"] = "1"
        columns = os.environ.get("COLUMNS", "")
        if columns.isdecimal():  # Typer fills each line of the help with blanks up to there
            os.environ["COLUMNS"] = str(min(int(columns[:9]), _WIDEST))
        _escape_beyond_encoding()
        try:
            status = super().main(args=args, prog_name=prog_name, standalone_mode=False)
            if sys.stdout is not None:
                sys.stdout.flush()
            return int(status or ExitStatus.FOUND)
        except GzError as error:
            return _report(error.status, error.message, error.hint)
        except typer.TyperException as error:
            return _report(ExitStatus.USAGE, *_usage(error, args))
        except (KeyboardInterrupt, typer.Abort):
            return ExitStatus.INTERRUPTED
        except SystemExit as error:
            return _exited(error)
        except OSError as error:
            _abandon_stdout()
            if error.errno in {errno.EPIPE, errno.ESHUTDOWN}:  # the reader has closed the pipe
                return ExitStatus.FOUND
            name = f"{error.filename}: " if error.filename else ""
            return _report(ExitStatus.PROBLEM, f"{name}{error.strerror or error}")
        except Exception as error:
            if isinstance(error.__cause__, KeyboardInterrupt):  # it came while a class was made (Python 3.11)
                return ExitStatus.INTERRUPTED
            if os.environ.get("GZ_DEBUG"):
                raise
            what = f"a fault of this program: {type(error).__name__}: {error}"
            return _report(ExitStatus.FAULT, what, "please report it; with GZ_DEBUG=1 it prints where it happened")


class Question(TyperCommand):
    """A command that shows an answer, and takes the options for how, which `take_output` returns."""

    def __init__(self, *args: Any, params: list[Any], **settings: Any) -> None:
        super().__init__(*args, params=[*params, *_output_options()], **settings)

    def invoke(self, ctx: Any) -> Any:
        """Run the command. If nothing could be asked, because a name is unknown, a program gets an empty array."""
        form, json, columns, keys = (ctx.params.pop(name) for name in ("form", "json", "columns", "keys"))
        form = _format(form, json=json)
        names = tuple(filter(None, (columns or "").replace(" ", "").split(",")))
        ctx.meta[_OUTPUT] = Output(form, names, keys)
        try:
            return super().invoke(ctx)
        except NothingFound:
            if _OUTPUT in ctx.meta and form is Format.json:  # no answer was shown
                write_answer(Answer(str(self.name), (), []), form, title="", color=False)
            raise


class TextQuestion(Question):
    """A question about any text: `-1.5%` begins with a hyphen, is no option, and is text."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Hide the hyphen of such a text behind a blank. What may be an option, if mistyped, stays one."""
        takes_value = {name for option in self.params for name in option.opts if not getattr(option, "is_flag", True)}
        hidden = [
            arg if before in takes_value or not _is_text(arg) else f" {arg}"
            for before, arg in zip(["", *args], args, strict=False)
        ]
        return super().parse_args(ctx, hidden)


def _output_options() -> Iterator[TyperOption]:
    formats = f"{', '.join(Format)}."
    yield TyperOption(param_decls=["form", "--format", "-f"], metavar="FORMAT", default="table", help=formats)
    yield TyperOption(param_decls=["json", "--json"], is_flag=True, help="Short for --format json.")
    yield TyperOption(param_decls=["columns", "--columns"], metavar="A,B", help="Only these columns, in this order.")
    yield TyperOption(param_decls=["keys", "--keys"], is_flag=True, help="Show the keys of the claims in a table.")


def _format(typed: str, *, json: bool) -> Format:
    try:
        form = Format(typed.lower())
    except ValueError:
        raise UsageProblem(f"no format {shortened(typed)}", f"the formats: {', '.join(Format)}") from None
    if json and form not in {Format.table, Format.json}:
        raise UsageProblem(f"--json and --format {form} are two formats", "choose one")
    return Format.json if json else form


def _program_options() -> Iterator[TyperOption]:
    yield TyperOption(
        param_decls=["db", "--db"], metavar="PATH", envvar="GZ_DB", help="Another database than your own."
    )
    for name, shown in {
        "no-color": "No colours, as with NO_COLOR.",
        "no-pager": "No pager for long answers on a terminal.",
    }.items():
        yield TyperOption(param_decls=[name.replace("-", "_"), f"--{name}"], is_flag=True, help=shown)
    for names, act, shown in (
        (["--version", "-V"], print_version, "Print the version."),
        (["--install-completion"], _install_completion, "Install completion for your shell: bash, zsh or fish."),
        (["--show-completion"], _show_completion, "Print the completion script for your shell."),
    ):
        yield TyperOption(
            param_decls=names, is_flag=True, is_eager=True, expose_value=False, callback=_at_once(act), help=shown
        )


def _at_once(act: Callable[[], None]) -> Callable[[Any, Any, bool], None]:
    """Return the callback of an option that does something in place of a command."""

    def callback(_context: Any, _option: Any, wanted: bool) -> None:
        if wanted:
            act()
            raise typer.Exit

    return callback


def print_version() -> None:
    """Print the version that is installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        number = version("guizhou-cli")
    except PackageNotFoundError:
        number = "from its sources, not installed"
    write_text(f"gz {number}\n")


def _install_completion() -> None:
    from guizhou_cli.completion import install

    note(install(called()))


def _show_completion() -> None:
    from guizhou_cli.completion import script

    write_text(script(called()))


def called() -> str:
    """Return the name that this program is called by."""
    name = os.path.basename(sys.argv[0])  # noqa: PTH119 - once at each start
    return name if name in NAMES else NAMES[0]


_OUTPUT = "guizhou_cli.output"


def take_output(context: typer.Context) -> Output:
    """Return how the command line asks for its answer to be shown. An answer is shown once."""
    output: Output = context.meta.pop(_OUTPUT)
    return output


def declared() -> dict[str, CommandInfo]:
    """Return the commands by name, in the order of the help."""
    return {
        info.name or get_command_name(getattr(info.callback, "__name__", "")): info
        for info in commands.registered_commands
    }


def _is_text(arg: str) -> bool:
    if not arg.startswith("-") or arg == "-":
        return False
    if arg.startswith("--"):
        return any(char.isspace() for char in arg.partition("=")[0])
    return arg != "-h" and not (arg.startswith("-f") and arg[2:].lower() in {"", *Format})


def _command_at(args: Sequence[str]) -> int:
    """Return where the command is among the arguments: behind the options of the program."""
    for at, arg in enumerate(args):
        if not arg.startswith("-") and args[at - 1 : at] != ["--db"]:
            return at
    return len(args)


def _with_two_words_as_one(args: Sequence[str]) -> list[str]:
    """Return the arguments with `who said` as the command that it is."""
    at = _command_at(args)
    return [*args[:at], "who-said", *args[at + 2 :]] if list(args[at : at + 2]) == ["who", "said"] else list(args)


def _escape_beyond_encoding() -> None:
    """Let stdout escape what a C locale has no bytes for, which is the case of the help alone: rows are UTF-8."""
    if isinstance(sys.stdout, TextIOWrapper) and sys.stdout.errors != "backslashreplace":
        sys.stdout.reconfigure(errors="backslashreplace")


def _report(status: ExitStatus, message: str, hint: str | None = None) -> ExitStatus:
    note(message)
    for line in (hint or "").split("\n"):
        if line:
            note(line, prefix="    ")
    return status


def _usage(error: typer.TyperException, args: Sequence[str]) -> tuple[str, str | None]:
    """Return the message and the hint of a command line that Typer refuses."""
    context = getattr(error, "ctx", None)
    message = error.format_message()
    message = message[:1].lower() + message[1:].replace("argument(s)", "argument")
    if not message and context is not None:  # no command at all: Typer has printed the help
        return "which command?", None
    named = next((arg for arg in args if arg in declared()), None)
    option = getattr(error, "option_name", "")
    alone = message.partition(" (Possible options")[0]
    if context is not None and context.parent is not None and option in _BEFORE:
        return alone, f"{option} goes before the command: gz {_BEFORE[option]} {context.info_name}"
    if context is not None and context.parent is None and named and option in options_of(context.command, named):
        return alone, f"{option} goes behind the command: gz {named} {option}"
    path = context.command_path if context is not None else " ".join(filter(None, (NAMES[0], named)))
    return message, f"{path} --help shows how"


_BEFORE = {"--db": "--db PATH", "--no-color": "--no-color", "--no-pager": "--no-pager"}
"""The options that go before a command, as they are typed."""


def options_of(program: Any, command: str | None) -> dict[str, str]:
    """Return the options of a command, or those of the program, with their help."""
    built = program.get_command(None, command) if command else program
    return {
        name: getattr(option, "help", "") or "" for option in built.params for name in option.opts if name[0] == "-"
    }


def _exited(error: SystemExit) -> ExitStatus:
    """Return FOUND where Rich exits because the reader of the help has closed the pipe; raise any other exit."""
    if isinstance(error.__context__, BrokenPipeError):
        return ExitStatus.FOUND
    raise error


def _abandon_stdout() -> None:
    """Point stdout at nothing, so that flushing it at the exit does not fail."""
    if sys.stdout is not None:
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except (OSError, ValueError):
            sys.stdout = None
