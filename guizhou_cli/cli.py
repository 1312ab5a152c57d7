"""The commands: each parses, asks and shows. What they raise is program.py's to tell.

It is as long as there are commands, of which most lines are what the help says.
"""

import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from typer.main import get_command

from guizhou_cli import database, formats, known, queries, said
from guizhou_cli.errors import DatabaseProblem, NothingFound, UsageProblem, note
from guizhou_cli.formats import Format, Style
from guizhou_cli.program import NAMES, AnyText, Program, commands

_HELP = "What was said at a press briefing, and by whom, so that it can be cited."


class Session(NamedTuple):
    """What the options before the command say."""

    named: Path | None = None
    color: bool = True


def run(args: Sequence[str]) -> int:
    """Run one command line, without the program's name, and return its exit status."""
    called = Path(sys.argv[0]).name
    return int(get_command(program).main(args=list(args), prog_name=called if called in NAMES else NAMES[0]))


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        formats.write_text(f"gz {version('guizhou-cli')}\n")
        raise typer.Exit


def _complete(kind: str) -> Callable[[typer.Context, str], list[str]]:
    def values(context: typer.Context, incomplete: str) -> list[str]:
        try:
            named = context.find_root().params.get("db")  # a text yet
            with closing(database.open_readonly(Path(named) if named else None)) as db:
                return known.completions(db, kind, incomplete)
        except Exception:  # noqa: BLE001 - a shell that is completing must not be disturbed
            return []

    return values


program = typer.Typer(
    cls=Program,
    help=_HELP,
    epilog='Try: gz bases · gz trade --partner asean · gz who-said "green development"',
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

As = Annotated[
    Format,
    typer.Option("--format", "-f", metavar="FORMAT", case_sensitive=False, help=f"{', '.join(Format)}."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Short for --format json.")]
Source = Annotated[
    str | None,
    typer.Option(
        metavar="ID", help="Only this briefing: an id that `gz sources` lists.", autocompletion=_complete("source")
    ),
]
Topic = Annotated[str | None, typer.Option(metavar="T", help="Only this topic.", autocompletion=_complete("topic"))]
Speaker = Annotated[
    str | None,
    typer.Option(
        metavar="S",
        help="Only this speaker, or this office; `reported` for the report's own words.",
        autocompletion=_complete("speaker"),
    ),
]


@program.callback()
def options(
    context: typer.Context,
    db: Annotated[
        Path | None, typer.Option(metavar="PATH", envvar="GZ_DB", help="Another database than your own.")
    ] = None,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colours, as NO_COLOR.")] = False,
    version: Annotated[  # noqa: ARG001 - its callback does the work
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Read the options before the command."""
    context.obj = Session(db, color=not no_color)


@commands.command(epilog="Example: gz bases energy")
def bases(
    context: typer.Context,
    text: Annotated[
        list[str] | None, typer.Argument(metavar="[TEXT]", help="Only bases whose name or detail has these words.")
    ] = None,
    source: Source = None,
    form: As = Format.table,
    json: AsJson = False,
) -> None:
    """List the industrial bases."""
    _answer(context, form, json, queries.bases, _spaced(text), source)


@commands.command(epilog="Example: gz trade --partner asean")
def trade(
    context: typer.Context,
    partner: Annotated[
        str | None,
        typer.Option(
            metavar="P", help="Only trade with this partner, by any of its names.", autocompletion=_complete("partner")
        ),
    ] = None,
    source: Source = None,
    form: As = Format.table,
    json: AsJson = False,
) -> None:
    """Show how fast trade grew, and with whom."""
    _answer(context, form, json, queries.trade, partner, source)


@commands.command(epilog='Example: gz measures --topic "green development"')
def measures(
    context: typer.Context, topic: Topic = None, source: Source = None, form: As = Format.table, json: AsJson = False
) -> None:
    """List the policy measures."""
    _answer(context, form, json, queries.measures, topic, source)


@commands.command(epilog="Example: gz speakers li")
def speakers(
    context: typer.Context,
    name: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]", help="Only this speaker.", autocompletion=_complete("speaker")),
    ] = None,
    source: Source = None,
    form: As = Format.table,
    json: AsJson = False,
) -> None:
    """List who spoke, in what role, and how many claims are theirs."""
    _answer(context, form, json, queries.speakers, _spaced(name), source)


@commands.command(cls=AnyText, epilog='Example: gz who-said "green development"')
def who_said(
    context: typer.Context,
    phrase: Annotated[
        list[str],
        typer.Argument(metavar="PHRASE", help="A phrase, a question in plain words, or a figure.", show_default=False),
    ],
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=10_000, help="How many of the best to show.")] = 20,
    source: Source = None,
    form: As = Format.table,
    json: AsJson = False,
) -> None:
    """Find who said something about PHRASE, best match first."""
    _answer(context, form, json, said.who_said, str(_spaced(phrase)), limit, source)


@commands.command(epilog="Example: gz claims --topic trade")
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


@commands.command(epilog="Example: gz topics")
def topics(context: typer.Context, form: As = Format.table, json: AsJson = False) -> None:
    """List what there is to ask about."""
    _answer(context, form, json, queries.topics)


@commands.command(epilog="Example: gz sources --json")
def sources(context: typer.Context, form: As = Format.table, json: AsJson = False) -> None:
    """List the reports that the claims come from."""
    _answer(context, form, json, queries.sources)


@commands.command(epilog='Example: sqlite3 "$(gz path)" "select * from trade"')
def path(context: typer.Context) -> None:
    """Print where the database is, for sqlite-utils, Datasette or sqlite3."""
    formats.write_path(_file(context).absolute())


@commands.command(epilog="Example: gz show trade-asean")
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
    from guizhou_cli import citation

    _answer(context, form, json, citation.show, claims)


@commands.command(epilog="Example: gz cite trade-asean --style bibtex")
def cite(
    context: typer.Context,
    claims: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[CLAIM…]",
            help="Claims, as the tables name them, or reports by their ids; without any, all reports.",
            autocompletion=_complete("claim"),
            show_default=False,
        ),
    ] = None,
    style: Annotated[
        Style, typer.Option("--style", "-s", metavar="S", case_sensitive=False, help=f"{', '.join(Style)}.")
    ] = Style.text,
) -> None:
    """Cite claims or reports, for a footnote or a reference manager."""
    from guizhou_cli import citation

    with closing(database.open_readonly(context.obj.named)) as db:
        text = citation.cite(queries.cite(db, claims), style)
    formats.write_text(text)


@commands.command(epilog="Example: gz verify")
def verify(
    context: typer.Context,
    article: Annotated[
        str | None,
        typer.Argument(
            metavar="[ARTICLE]", help="Your own copy of a report, as plain text; - for stdin.", show_default=False
        ),
    ] = None,
    source: Source = None,
    form: As = Format.table,
    json: AsJson = False,
) -> None:
    """Check the database, and a copy of a report against it."""
    from guizhou_cli import verification
    from guizhou_cli.article import read_article

    text = None if article is None else read_article(article)
    verification.require(_answer(context, form, json, verification.verify, text, source))


@commands.command(epilog="Example: gz export guizhou-2024-06-14 | sed s/guizhou-2024-06-14/mine/ | gz add - --dry-run")
def add(
    context: typer.Context,
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE", help="A briefing as TOML, as `gz export` writes it; - for stdin.", show_default=False
        ),
    ] = None,
    article: Annotated[
        str | None,
        typer.Option(
            metavar="ARTICLE", help="The report's text: fingerprints its paragraphs, checks the claims, is not kept."
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check all of it, and keep nothing.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Take the place of the source of the same id.")] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of a briefing instead.")] = False,
) -> None:
    """Add a briefing of your own."""
    from guizhou_cli import briefing, shelf
    from guizhou_cli.article import read_article

    if schema:
        formats.write_text(formats.json_text(briefing.schema()))
        return
    if file is None:
        raise UsageProblem("which file?", "gz add FILE; gz export guizhou-2024-06-14 prints one to start from")
    if file == article == "-":
        raise UsageProblem("the briefing and its article can't both come from stdin", "name a file for one of them")
    path = _file(context)
    read = briefing.read(file, shelf.known_partners(path))
    text = None if article is None else read_article(article)
    if not dry_run:
        _file(context, to_change=True)
    note(shelf.add(path, read, article=text, replace=replace, dry_run=dry_run))


@commands.command(epilog="Example: gz export guizhou-2024-06-14")
def export(
    context: typer.Context,
    source: Annotated[
        str,
        typer.Argument(metavar="SOURCE", help="An id that `gz sources` lists.", autocompletion=_complete("source")),
    ],
) -> None:
    """Print a briefing as the TOML file that `gz add` reads."""
    from guizhou_cli import exporting

    with closing(database.open_readonly(context.obj.named)) as db:
        text = exporting.export(db, source)
    formats.write_text(text)


@commands.command(
    epilog="Example: gz export guizhou-2024-06-14 | sed s/guizhou-2024/mine/ | gz add - && gz remove mine-06-14"
)
def remove(
    context: typer.Context,
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="An id that you have added.", autocompletion=_complete("added"))
    ],
) -> None:
    """Remove a briefing that you have added."""
    from guizhou_cli import shelf

    with closing(database.open_readonly(context.obj.named)) as db:
        known.source_id(db, source)  # there is nothing to change where it is not there
    note(shelf.remove(_file(context, to_change=True), source))


@commands.command(epilog="Example: gz web --port 0")
def web(
    context: typer.Context,
    port: Annotated[
        int, typer.Option(metavar="N", min=0, max=65535, help="Where to listen; 0 for any port that is free.")
    ] = 8001,
    browse: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in a browser, if there is a screen.")
    ] = True,
) -> None:
    """Serve the same facts as a page, on this computer alone, until Ctrl-C."""
    from guizhou_cli.web import serve

    serve(context.obj.named, port, browse=browse)


def _spaced(words: Sequence[str] | None) -> str | None:
    """Return words that a shell has parted as the one text that they were typed as."""
    return " ".join(word.lstrip() for word in words) if words else None


def _file(context: typer.Context, *, to_change: bool = False) -> Path:
    """Return the path of the database, which is there, and current if it is to change, when this returns.

    Raises:
        DatabaseProblem: if there is none, because it could only be built in memory, or it can't be opened.

    """
    session: Session = context.obj
    database.open_readonly(session.named, to_change=to_change).close()
    path = session.named or database.default_path()
    if not path.exists():
        raise DatabaseProblem(f"{path} can't be written: there is no such file", "name another with --db")
    return path


def _answer(
    context: typer.Context, form: Format, json: bool, ask: Callable[..., queries.Answer], *question: Any
) -> queries.Answer:
    """Ask, show the answer and return it; where there is none, a program gets an empty one in its format."""
    if json and form not in {Format.table, Format.json}:
        raise UsageProblem(f"--json and --format {form} are two formats", "choose one")
    form = Format.json if json else form
    session: Session = context.obj
    command = str(context.info_name)
    title = f"gz {command}"
    searching = command in {"who-said", "verify"}
    with closing(database.open_readonly(session.named, to_search=searching)) as db:
        try:
            answer = ask(db, *question)
        except NothingFound:
            if form not in {Format.table, Format.svg, Format.html}:
                empty = ask(db, []) if command == "show" else queries.nothing(db, command)
                formats.write_answer(empty, form, title)
            raise
    formats.write_answer(answer, form, title, color=session.color)
    if answer.total > len(answer.rows):
        among = f"the {answer.ranked:,} added last of " if answer.ranked < answer.total else ""
        note(f"the best {len(answer.rows)} of {among}{answer.total:,}; --limit shows more")
    return answer
