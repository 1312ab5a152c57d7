"""The commands: each parses, asks and shows. What they raise is reported by app.py."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from guizhou_cli.answer import AT_ONCE, Answer
from guizhou_cli.app import (
    PANELS,
    Program,
    Question,
    TextQuestion,
    called,
    commands,
    print_version,
    quick_exit,
    settle_in,
    take_output,
)
from guizhou_cli.ask import views
from guizhou_cli.errors import DatabaseProblem, FileProblem, NothingFound, UsageProblem, note
from guizhou_cli.output import formats
from guizhou_cli.output.formats import Style
from guizhou_cli.session import Session, has_screen
from guizhou_cli.text import visible

_SEARCH = "Find who said something: the same as who-said."
ASK, CITE, CHECK, OWN, ELSEWHERE = PANELS


def run(args: Sequence[str]) -> int:
    """Run one command line, without the program's name, and return its exit status."""
    return Program().main(args, called())


def show(context: typer.Context, answer: Answer) -> None:
    """Write an answer as the command line asks, and its notes to stderr.

    Raises:
        NothingFound: if it has no rows, with the reason; a program gets an empty answer in its format.

    """
    session, output = _session(context), take_output(context)
    if len(answer.rows) > AT_ONCE:
        settle_in()
    formats.write_answer(
        answer,
        output.form,
        title=f"gz {context.info_name}",
        color=session.color,
        keys=output.keys,
        columns=output.columns,
        pager=session.pager,
    )
    for line in answer.notes:
        note(line)
    if not answer.rows and answer.reason:
        raise NothingFound(answer.reason, answer.hint)


def _session(context: typer.Context) -> Session:
    session: Session = context.obj
    return session


Text = Annotated[list[str] | None, typer.Argument(metavar="[TEXT]", help="Only those with these words.")]
Sources = Annotated[
    list[str] | None, typer.Option("--source", metavar="ID", help="Only this report; may be given several times.")
]
Topics = Annotated[
    list[str] | None, typer.Option("--topic", metavar="T", help="Only this topic; may be given several times.")
]
Speakers = Annotated[
    list[str] | None,
    typer.Option(
        "--speaker",
        metavar="S",
        help="Only this speaker, by name or role; `reported` for the report's own words. May be given several times.",
    ),
]
Phrase = Annotated[
    list[str],
    typer.Argument(metavar="PHRASE", help="A phrase, a question in plain words, or a figure.", show_default=False),
]
SourceId = Annotated[str, typer.Argument(metavar="SOURCE", help="A report's id, as `gz sources` lists it.")]


# Ask


@commands.command(cls=Question, rich_help_panel=ASK, epilog="Example: gz bases energy")
def bases(
    context: typer.Context,
    text: Text = None,
    source: Sources = None,
) -> None:
    """List the industrial bases."""
    with _session(context).reading() as db:
        show(context, views.bases(db, _joined(text), sources=source or ()))


@commands.command(cls=Question, rich_help_panel=ASK, epilog="Example: gz trade asean")
def trade(
    context: typer.Context,
    name: Annotated[
        list[str] | None, typer.Argument(metavar="[PARTNER]", help="Only trade with this partner, by any of its names.")
    ] = None,
    partner: Annotated[
        list[str] | None,
        typer.Option(metavar="P", help="Only trade with this partner; may be given several times."),
    ] = None,
    source: Sources = None,
) -> None:
    """Show how fast trade grew, and with whom."""
    partners = [*(partner or ()), *([str(_joined(name))] if name else [])]
    with _session(context).reading() as db:
        show(context, views.trade(db, partners, sources=source or ()))


@commands.command(cls=Question, rich_help_panel=ASK, epilog="Example: gz measures coal")
def measures(
    context: typer.Context,
    text: Text = None,
    topic: Topics = None,
    source: Sources = None,
) -> None:
    """List the policy measures."""
    with _session(context).reading() as db:
        show(context, views.measures(db, _joined(text), topics=topic or (), sources=source or ()))


@commands.command(cls=Question, rich_help_panel=ASK, epilog="Example: gz figures trade --unit percent")
def figures(
    context: typer.Context,
    text: Text = None,
    whose: Annotated[
        str | None, typer.Option(metavar="W", help="Only figures of this country, province or body.")
    ] = None,
    unit: Annotated[
        list[str] | None, typer.Option(metavar="U", help="Only figures in this unit, such as percent or yuan.")
    ] = None,
    source: Sources = None,
) -> None:
    """List the figures: of what, whose, and over which period."""
    with _session(context).reading() as db:
        show(context, views.figures(db, _joined(text), whose=whose, units=unit or (), sources=source or ()))


@commands.command(cls=Question, rich_help_panel=ASK, epilog="Example: gz speakers li")
def speakers(
    context: typer.Context,
    name: Annotated[list[str] | None, typer.Argument(metavar="[NAME]", help="Only this speaker.")] = None,
    source: Sources = None,
) -> None:
    """List who spoke, in what role, and how many claims each made."""
    with _session(context).reading() as db:
        show(context, views.speakers(db, _joined(name), sources=source or ()))


@commands.command(
    "search", cls=TextQuestion, rich_help_panel=ASK, epilog="Example: gz search coal", help="Same as who-said."
)
@commands.command(cls=TextQuestion, rich_help_panel=ASK, epilog='Example: gz who-said "green development"')
def who_said(
    context: typer.Context,
    phrase: Phrase,
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=10_000, help="How many of the best to show.")] = 20,
    speaker: Speakers = None,
    source: Sources = None,
) -> None:
    """Find who said something about PHRASE, best match first."""
    from guizhou_cli.ask import search

    with _session(context).reading(to_search=True) as db:
        text = _joined(phrase) or ""
        show(context, search.who_said(db, text, limit=limit, speakers=speaker or (), sources=source or ()))


@commands.command(cls=Question, rich_help_panel=ASK, epilog="Example: gz claims --topic trade")
def claims(context: typer.Context, topic: Topics = None, speaker: Speakers = None, source: Sources = None) -> None:
    """List every claim, with who said it and where."""
    with _session(context).reading() as db:
        show(context, views.claims(db, topics=topic or (), speakers=speaker or (), sources=source or ()))


@commands.command(cls=Question, rich_help_panel=ASK, epilog="Example: gz topics")
def topics(context: typer.Context) -> None:
    """List the topics of the claims."""
    with _session(context).reading() as db:
        show(context, views.topics(db))


@commands.command(cls=Question, rich_help_panel=ASK, epilog="Example: gz sources --json")
def sources(context: typer.Context) -> None:
    """List the reports that the claims come from."""
    with _session(context).reading() as db:
        show(context, views.sources(db))


@commands.command("read", cls=Question, rich_help_panel=ASK, epilog="Example: gz read guizhou-2024-06-14")
def read_source(context: typer.Context, source: SourceId) -> None:
    """Print a report paragraph by paragraph, with the claims made of each."""
    with _session(context).reading() as db:
        show(context, views.passages(db, source))


# Cite


@commands.command("show", cls=Question, rich_help_panel=CITE, epilog="Example: gz show trade-asean")
def show_claims(
    context: typer.Context,
    claims: Annotated[list[str], typer.Argument(metavar="CLAIM...", help="Keys of claims, as the tables show them.")],
) -> None:
    """Show all there is to know about a claim, with a citation."""
    from guizhou_cli.output.citation import shown

    with _session(context).reading() as db:
        show(context, shown(views.show(db, claims)))


@commands.command(rich_help_panel=CITE, epilog="Example: gz cite trade-asean --style bibtex")
def cite(
    context: typer.Context,
    claims: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[CLAIM...]",
            help="Keys of claims, or ids of reports; all reports, if nothing is chosen.",
            show_default=False,
        ),
    ] = None,
    style: Annotated[
        Style, typer.Option("--style", "-s", metavar="S", case_sensitive=False, help=f"{', '.join(Style)}.")
    ] = Style.text,
    topic: Topics = None,
    speaker: Speakers = None,
    source: Sources = None,
) -> None:
    """Cite claims or reports, for a footnote or a reference manager."""
    from guizhou_cli.output import citation

    with _session(context).reading() as db:
        answer = views.cited(db, claims or (), topics=topic or (), speakers=speaker or (), sources=source or ())
        for line in answer.notes:
            note(line)
        if not answer.rows:
            raise NothingFound(answer.reason, answer.hint)
        formats.write_text(citation.cite(answer, style))


@commands.command("open", rich_help_panel=CITE, epilog="Example: gz open trade-asean")
def open_claim(
    context: typer.Context, claim: Annotated[str, typer.Argument(metavar="CLAIM", help="The key of a claim.")]
) -> None:
    """Open the report in a browser where a claim is; print the link where there is no screen."""
    from guizhou_cli.output.citation import link

    with _session(context).reading() as db:
        address = link(views.show(db, [claim]).dicts()[0])
    if has_screen():
        import webbrowser

        webbrowser.open(address)
    else:
        formats.write_text(f"{visible(address)}\n")


# Check


@commands.command(cls=Question, rich_help_panel=CHECK, epilog="Example: gz verify")
def verify(
    context: typer.Context,
    article: Annotated[
        str | None,
        typer.Argument(
            metavar="[ARTICLE]", help="Your own copy of a report, as plain text; - for stdin.", show_default=False
        ),
    ] = None,
    source: Annotated[str | None, typer.Option(metavar="ID", help="The report that ARTICLE is a copy of.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail where something looks wrong, too.")] = False,
) -> None:
    """Check the database, and a copy of a report against it."""
    from guizhou_cli.briefings import verify as verifying

    text = None if article is None else _report_text(article)
    with _session(context).reading() as db:
        answer = verifying.verify(db, text, source)
        show(context, answer)
    verifying.require(answer, strict=strict)


@commands.command(
    cls=Question,
    rich_help_panel=CHECK,
    epilog="Example: echo 'Trade grew by 33.8 percent \\[@guizhou-2024-06-14, para. 6].' | gz check -",
)
def check(
    context: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="NOTE.md", help="A note in Markdown with pandoc's citations; - for stdin.")
    ],
) -> None:
    """Check the citations of a note, and its figures and speakers against the claims it cites."""
    from guizhou_cli.briefings.note import check_note
    from guizhou_cli.briefings.verify import require

    text = _note_text(file)
    with _session(context).reading() as db:
        answer = check_note(db, text)
        show(context, answer)
    require(answer)


# Your own briefings


@commands.command(
    rich_help_panel=OWN,
    epilog="Example: gz export guizhou-2024-06-14 | sed s/guizhou-2024-06-14/mine/ | gz add - --dry-run",
)
def add(
    context: typer.Context,
    file: Annotated[
        str | None,
        typer.Argument(metavar="FILE", help="A briefing in TOML; - for stdin.", show_default=False),
    ] = None,
    article: Annotated[
        str | None, typer.Option(metavar="ARTICLE", help="The report's text, to check the claims against and to keep.")
    ] = None,
    no_text: Annotated[bool, typer.Option("--no-text", help="Do not keep the report's text.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything and keep nothing.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Replace the briefing of the same id.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse what looks wrong, too.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the findings, with the columns of `gz verify`.")] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of a briefing instead.")] = False,
) -> None:
    """Add a briefing of your own."""
    from guizhou_cli.briefings import load, model, store

    settle_in()
    if schema:
        formats.write_text(formats.json_text(model.schema()))
        return
    if file is None:
        raise UsageProblem("which file?", "gz add FILE; gz export guizhou-2024-06-14 prints one to start from")
    if file == article == "-":
        raise UsageProblem("the briefing and its article can't both come from stdin", "name a file for one of them")
    briefing = load.load(file)
    report = None if article is None else _report_text(article)
    with _session(context).changing(keep=not dry_run) as db:
        added = store.add(
            db, briefing, report=report, keep_text=not no_text, replace=replace, strict=strict, dry_run=dry_run
        )
    if json:
        formats.write_answer(added.answer, formats.Format.json, title="gz add", color=False)
    for line in added.answer.notes:
        note(line)
    if added.problem:
        raise added.problem
    note(added.message)


@commands.command(rich_help_panel=OWN, epilog="Example: gz draft report.txt --id mine")
def draft(
    context: typer.Context,  # noqa: ARG001 - a draft needs no database
    report: Annotated[str, typer.Argument(metavar="REPORT", help="A report as plain text; - for stdin.")],
    html: Annotated[bool, typer.Option("--html", help="REPORT is a saved web page.")] = False,
    id_: Annotated[str | None, typer.Option("--id", metavar="ID", help="The id of the briefing.")] = None,
    title: Annotated[str | None, typer.Option(metavar="T", help="The report's title.")] = None,
    publisher: Annotated[str | None, typer.Option(metavar="P", help="Who published the report.")] = None,
    published: Annotated[str | None, typer.Option(metavar="DATE", help="When, as 2025-05-06.")] = None,
    event: Annotated[str | None, typer.Option(metavar="E", help="What it reports on: Press briefing.")] = None,
    event_date: Annotated[str | None, typer.Option(metavar="DATE", help="When that was.")] = None,
    place: Annotated[str | None, typer.Option(metavar="P", help="Where that was.")] = None,
    url: Annotated[str | None, typer.Option(metavar="URL", help="The address of the report.")] = None,
    language: Annotated[str | None, typer.Option(metavar="L", help="The language of the report: en, zh.")] = None,
    subject: Annotated[str | None, typer.Option(metavar="S", help="Whose briefing it is: Guizhou.")] = None,
) -> None:
    """Propose a briefing in TOML: the speakers of a report, and its claims with their quotes and figures."""
    from guizhou_cli.briefings.draft import DraftOptions
    from guizhou_cli.briefings.draft import draft as drafted
    from guizhou_cli.report.reading import read_report

    settle_in()
    given = DraftOptions(
        id=id_,
        title=title,
        publisher=publisher,
        published=published,
        event=event,
        event_date=event_date,
        place=place,
        url=url,
        language=language,
        subject=subject,
    )
    formats.write_text(drafted(read_report(report, html=html), given))


@commands.command(rich_help_panel=OWN, epilog="Example: gz export guizhou-2024-06-14")
def export(context: typer.Context, source: SourceId) -> None:
    """Print a briefing as the TOML file that `gz add` reads."""
    from guizhou_cli.briefings.export import export as exported

    with _session(context).reading() as db:
        text = exported(db, source)
    formats.write_text(text)


@commands.command(
    rich_help_panel=OWN,
    epilog="Example: gz export guizhou-2024-06-14 | sed s/guizhou-2024/mine/ | gz add - && gz remove mine-06-14 --yes",
)
def remove(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="The id of a briefing that you have added.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove a briefing that you have added."""
    from guizhou_cli.ask import names
    from guizhou_cli.briefings import store

    session = _session(context)
    if not yes and sys.stdin is not None and sys.stdin.isatty():
        with session.reading() as db:
            source = names.source_id(db, source).id
        if not typer.confirm(f"Remove {visible(source)} and all its claims?", err=True):
            raise NothingFound("nothing was removed")
    with session.changing() as db:
        message = store.remove(db, source)
    note(message)


@commands.command(
    rich_help_panel=OWN, epilog="Example: gz add briefing.toml && gz attach harbour-2025-05-06 report.txt"
)
def attach(
    context: typer.Context,
    source: SourceId,
    article: Annotated[str, typer.Argument(metavar="ARTICLE", help="Your copy of that report; - for stdin.")],
) -> None:
    """Keep your copy of a report in your database, for `gz read` and `gz who-said`, once it is verified."""
    from guizhou_cli.briefings import store

    text = _report_text(article)
    with _session(context).changing() as db:
        message = store.attach(db, source, text)
    note(message)


@commands.command(
    rich_help_panel=OWN, epilog="Example: gz add briefing.toml --article report.txt && gz detach harbour-2025-05-06"
)
def detach(context: typer.Context, source: SourceId) -> None:
    """Remove your copy of a report from your database."""
    from guizhou_cli.briefings import store

    with _session(context).changing() as db:
        message = store.detach(db, source)
    note(message)


# Elsewhere


@commands.command(rich_help_panel=ELSEWHERE, epilog='Example: sqlite3 "$(gz path)" "select * from trade"')
def path(context: typer.Context) -> None:
    """Print the path of the database, for sqlite-utils, Datasette or sqlite3."""
    session = _session(context)
    with session.reading():  # which builds it where there is none
        place = session.path()
    if not place.exists():
        raise DatabaseProblem(f"{place} can't be written: there is no such file", "name another with --db")
    formats.write_path(place.absolute())


@commands.command(rich_help_panel=ELSEWHERE, epilog="Example: gz web --port 0")
def web(
    context: typer.Context,
    port: Annotated[
        int, typer.Option(metavar="N", min=0, max=65535, help="The port to listen on; 0 for any free one.")
    ] = 8001,
    browse: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in a browser, if there is a screen.")
    ] = True,
) -> None:
    """Serve the facts as a page to this computer alone, until Ctrl-C."""
    from guizhou_cli.web.server import serve

    settle_in()
    serve(_session(context), port, browse=browse)
    quick_exit()  # the interpreter would wait for a query that is still within a function of SQLite


@commands.command(rich_help_panel=ELSEWHERE, epilog="Example: gz mcp")
def mcp(context: typer.Context) -> None:
    """Serve the questions to an assistant over stdio (Model Context Protocol)."""
    from guizhou_cli.mcp import serve

    settle_in()
    serve(_session(context))


@commands.command("help", rich_help_panel=ELSEWHERE, epilog="Example: gz help bases")
def help_command(
    context: typer.Context,  # noqa: ARG001 - as every command
    command: Annotated[list[str] | None, typer.Argument(metavar="[COMMAND]", help="Which command.")] = None,
) -> None:
    """Show this help, or that of a command."""
    raise typer.Exit(run([*(command or ()), "--help"]))


@commands.command(rich_help_panel=ELSEWHERE, epilog="Example: gz version")
def version(context: typer.Context) -> None:  # noqa: ARG001 - as every command
    """Print the version."""
    print_version()


def _joined(words: Sequence[str] | None) -> str | None:
    """Return the words that a shell has split as the one text that was typed."""
    return " ".join(word.lstrip() for word in words) if words else None


def _report_text(article: str) -> str:
    from guizhou_cli.report.reading import read_report

    settle_in()
    return read_report(article).text


def _note_text(file: str) -> str:
    from guizhou_cli.files import called, contents

    try:
        return contents(file, _NOTE_BYTES, "split it").decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileProblem(f"{called(file)} is not UTF-8: byte {error.start}") from error


_NOTE_BYTES = 1_000_000
