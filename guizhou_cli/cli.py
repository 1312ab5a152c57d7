"""The commands: each parses, asks and shows.

Here alone does an error become a line on stderr and an exit status.
"""

import errno
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_command_from_info, get_command_name

from guizhou_cli import database, formats, queries
from guizhou_cli.errors import DatabaseProblem, ExitStatus, GzError, NothingFound, UsageProblem, note
from guizhou_cli.formats import Format, Style

_NAMES = ("gz", "guizhou")  # the program goes by the one it was called by
_HELP = "What was said at a press briefing, and by whom, so that it can be cited."


class Session(NamedTuple):
    """What the options before the command say."""

    named: Path | None = None
    color: bool = True


class _Program(TyperGroup):
    """The program: the commands, and the one error boundary.

    Whatever is raised below ends in `main`, as a line on stderr and an exit status. A command is built when it is
    called for: to build all of them takes 3 ms, a twentieth of a query.
    """

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - as Typer calls it
        """Return the names of the commands, in the order of this file."""
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
        try:
            status = super().main(args=args, prog_name=prog_name, standalone_mode=False)
            if sys.stdout is not None:
                sys.stdout.flush()
            return int(status or ExitStatus.FOUND)
        except GzError as error:
            return _tell(error.status, error.message, error.hint)
        except typer.TyperException as error:
            return _tell(ExitStatus.USAGE, *_usage(error))
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


class _AnyText(TyperCommand):
    """A command whose argument is any text: what begins with a hyphen, and is no option's, is text too."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Hide the hyphen of `-1.5%` behind a blank; `-f`, `-h` and `--anything` stay options."""
        return super().parse_args(ctx, [f" {arg}" if arg[:1] == "-" and arg[1:2] not in "-fh" else arg for arg in args])


def run(args: Sequence[str]) -> int:
    """Run one command line, without the program's name, and return its exit status."""
    called = Path(sys.argv[0]).name
    return int(get_command(program).main(args=list(args), prog_name=called if called in _NAMES else _NAMES[0]))


def _registered() -> dict[str, Any]:
    return {get_command_name(str(getattr(info.callback, "__name__", ""))): info for info in app.registered_commands}


def _tell(status: ExitStatus, message: str, hint: str | None = None) -> ExitStatus:
    note(" ".join(message.split("\n")))
    for line in (hint or "").split("\n"):
        if line:
            note(line, prefix="    ")
    return status


def _usage(error: typer.TyperException) -> tuple[str, str | None]:
    context = getattr(error, "ctx", None)
    message = error.format_message()
    message = message[:1].lower() + message[1:]
    if not message and context is not None:  # no command at all: Typer has printed the help
        return "which command?", None
    option = getattr(error, "option_name", "")
    if context is not None and context.parent is not None and option in {"--db", "--no-color"}:
        return message, f"{option} stands before the command: gz {option} … {context.info_name}"
    return message, f"{context.command_path if context is not None else _NAMES[0]} --help shows how"


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


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        formats.write_text(f"gz {version('guizhou-cli')}\n")
        raise typer.Exit


def _complete(kind: str) -> Callable[[typer.Context], list[str]]:
    def values(context: typer.Context) -> list[str]:
        try:
            named = context.find_root().params.get("db")
            with closing(database.open_readonly(named)) as db:
                return queries.completions(db, kind)
        except Exception:  # noqa: BLE001 - a shell that is completing must not be disturbed
            return []

    return values


app = typer.Typer()  # holds the commands; `program` builds the one that is called for
program = typer.Typer(
    cls=_Program,
    help=_HELP,
    epilog='Try: gz bases · gz trade --partner asean · gz who-said "green development"',
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

As = Annotated[Format, typer.Option("--format", "-f", help="What to write the answer as.")]
AsJson = Annotated[bool, typer.Option("--json", help="Short for --format json.")]
Source = Annotated[
    str | None,
    typer.Option(help="Only this briefing: an id that `gz sources` lists.", autocompletion=_complete("source")),
]
Topic = Annotated[str | None, typer.Option(help="Only this topic.", autocompletion=_complete("topic"))]
Speaker = Annotated[str | None, typer.Option(help="Only this speaker.", autocompletion=_complete("speaker"))]


@program.callback()
def options(
    context: typer.Context,
    db: Annotated[Path | None, typer.Option(envvar="GZ_DB", help="Another database than your own.")] = None,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colours, as NO_COLOR.")] = False,
    version: Annotated[  # noqa: ARG001 - its callback does the work
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Read the options before the command."""
    context.obj = Session(db, color=not no_color)


@app.command(epilog="Example: gz bases energy")
def bases(
    context: typer.Context,
    text: Annotated[str | None, typer.Argument(help="Only bases whose name or detail has these words.")] = None,
    source: Source = None,
    form: As = Format.table,
    json: AsJson = False,
) -> None:
    """List the industrial bases."""
    _answer(context, form, json, queries.bases, text, source)


@app.command(epilog="Example: gz trade --partner asean")
def trade(
    context: typer.Context,
    partner: Annotated[
        str | None,
        typer.Option(help="Only trade with this partner, by any of its names.", autocompletion=_complete("partner")),
    ] = None,
    source: Source = None,
    form: As = Format.table,
    json: AsJson = False,
) -> None:
    """Show how fast trade grew, and with whom."""
    _answer(context, form, json, queries.trade, partner, source)


@app.command(epilog='Example: gz measures --topic "green development"')
def measures(
    context: typer.Context, topic: Topic = None, source: Source = None, form: As = Format.table, json: AsJson = False
) -> None:
    """List the policy measures."""
    _answer(context, form, json, queries.measures, topic, source)


@app.command(epilog="Example: gz speakers li")
def speakers(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="Only this speaker.", autocompletion=_complete("speaker"))] = None,
    source: Source = None,
    form: As = Format.table,
    json: AsJson = False,
) -> None:
    """List who spoke, in what role, and how many claims are theirs."""
    _answer(context, form, json, queries.speakers, name, source)


@app.command(cls=_AnyText, epilog='Example: gz who-said "green development"')
def who_said(
    context: typer.Context,
    phrase: Annotated[
        str, typer.Argument(help="A phrase, a question in plain words, or a figure.", show_default=False)
    ],
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many of the best to show.")] = 20,
    source: Source = None,
    form: As = Format.table,
    json: AsJson = False,
) -> None:
    """Find who said something about PHRASE, best match first."""
    _answer(context, form, json, queries.who_said, phrase.strip(), limit, source)


@app.command(epilog="Example: gz claims --topic trade")
def claims(
    context: typer.Context,
    topic: Topic = None,
    speaker: Speaker = None,
    source: Source = None,
    form: As = Format.table,
    json: AsJson = False,
) -> None:
    """List every claim, with who said it and where."""
    _answer(context, form, json, queries.claims, topic, speaker, source)


@app.command(epilog="Example: gz topics")
def topics(context: typer.Context, form: As = Format.table, json: AsJson = False) -> None:
    """List what there is to ask about."""
    _answer(context, form, json, queries.topics)


@app.command(epilog="Example: gz sources --json")
def sources(context: typer.Context, form: As = Format.table, json: AsJson = False) -> None:
    """List the reports that the claims come from."""
    _answer(context, form, json, queries.sources)


@app.command(epilog='Example: sqlite3 "$(gz path)" "select * from trade"')
def path(context: typer.Context) -> None:
    """Print where the database is, for sqlite-utils, Datasette or sqlite3."""
    where = context.obj.named or database.default_path()
    database.open_readonly(context.obj.named).close()
    if not where.exists():
        raise DatabaseProblem(f"{where} can't be written: there is no file to name", "name another with --db")
    formats.write_path(where.absolute())


@app.command(epilog="Example: gz show trade-asean")
def show(
    context: typer.Context,
    claims: Annotated[
        list[str],
        typer.Argument(metavar="CLAIM…", help="Claims, as the tables name them.", autocompletion=_complete("claim")),
    ],
    form: As = Format.table,
    json: AsJson = False,
) -> None:
    """Show claims whole: who said it, where it stands, and a citation ready to paste."""
    _answer(context, form, json, queries.show, claims)


@app.command(epilog="Example: gz cite trade-asean --style bibtex")
def cite(
    context: typer.Context,
    claims: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[CLAIM…]",
            help="Claims, as the tables name them; without any, the reports themselves.",
            autocompletion=_complete("claim"),
            show_default=False,
        ),
    ] = None,
    style: Annotated[Style, typer.Option("--style", "-s", help="What to write the citations as.")] = Style.text,
) -> None:
    """Cite claims or reports, for a footnote or a reference manager."""
    from guizhou_cli import citation

    with closing(database.open_readonly(context.obj.named)) as db:
        formats.write_text(citation.cite(queries.cite(db, claims), style))


@app.command(epilog="Example: gz verify")
def verify(
    context: typer.Context,
    article: Annotated[
        str | None,
        typer.Argument(help="Your own copy of a report, as plain text; - for stdin.", show_default=False),
    ] = None,
    source: Source = None,
    form: As = Format.table,
    json: AsJson = False,
) -> None:
    """Check the database, and a copy of a report against it."""
    from guizhou_cli import verification

    text = None if article is None else verification.read_article(article)
    verification.require(_answer(context, form, json, verification.verify, text, source))


@app.command(epilog="Example: gz export guizhou-2024-06-14 | sed s/guizhou-2024-06-14/mine/ | gz add - --dry-run")
def add(
    context: typer.Context,
    file: Annotated[
        str | None,
        typer.Argument(help="A briefing as TOML, as `gz export` writes it; - for stdin.", show_default=False),
    ] = None,
    article: Annotated[
        str | None, typer.Option(help="The report's text: fingerprints its paragraphs, checks the claims, is not kept.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check all of it, and keep nothing.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Take the place of the source of the same id.")] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of a briefing instead.")] = False,
) -> None:
    """Add a briefing of your own."""
    from guizhou_cli import briefing, shelf

    if schema:
        formats.write_text(formats.json_text(briefing.schema()))
        return
    if file is None:
        raise UsageProblem("which file?", "gz add FILE; gz export guizhou-2024-06-14 prints one to start from")
    if file == article == "-":
        raise UsageProblem("the briefing and its article can't both come from stdin", "name a file for one of them")
    path = _writable(context)
    read = briefing.read(file, shelf.known_partners(path))
    text = None if article is None else shelf.read_report(article)
    note(shelf.add(path, read, article=text, replace=replace, dry_run=dry_run))


@app.command(epilog="Example: gz export guizhou-2024-06-14")
def export(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="An id that `gz sources` lists.", autocompletion=_complete("source"))],
) -> None:
    """Print a briefing as the TOML file that `gz add` reads."""
    from guizhou_cli import exporting

    with closing(database.open_readonly(context.obj.named)) as db:
        formats.write_text(exporting.export(db, source))


@app.command(
    epilog="Example: gz export guizhou-2024-06-14 | sed s/guizhou-2024/mine/ | gz add - && gz remove mine-06-14"
)
def remove(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="An id that `gz sources` lists.", autocompletion=_complete("source"))],
) -> None:
    """Remove a briefing that you have added."""
    from guizhou_cli import shelf

    note(shelf.remove(_writable(context), source))


@app.command(epilog="Example: gz web --port 0")
def web(
    context: typer.Context,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where to listen; 0 for any port that is free.")] = 8001,
    browse: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in a browser, if there is a screen.")
    ] = True,
) -> None:
    """Serve the same facts as a page, on this computer alone, until Ctrl-C."""
    from guizhou_cli.web import serve

    serve(context.obj.named, port, browse=browse)


def _writable(context: typer.Context) -> Path:
    """Return the path of the database, which is there and current when this returns."""
    session: Session = context.obj
    database.open_readonly(session.named).close()
    return session.named or database.default_path()


def _answer(
    context: typer.Context, form: Format, json: bool, ask: Callable[..., queries.Answer], *question: Any
) -> queries.Answer:
    """Ask, show the answer and return it; where there is none, a program gets an empty one in its format."""
    if json and form not in {Format.table, Format.json}:
        raise UsageProblem(f"--json and --format {form} are two formats", "choose one")
    form = Format.json if json else form
    session: Session = context.obj
    title = " ".join(["gz", str(context.info_name)])
    with closing(database.open_readonly(session.named)) as db:
        try:
            answer = ask(db, *question)
        except NothingFound:
            if form not in {Format.table, Format.svg, Format.html}:
                formats.write_answer(queries.nothing(db, ask), form, title)
            raise
    formats.write_answer(answer, form, title, color=session.color)
    if answer.total > len(answer.rows):
        among = f"the {answer.ranked:,} added last of " if answer.ranked < answer.total else ""
        note(f"the best {len(answer.rows)} of {among}{answer.total:,}; --limit shows more")
    return answer
