"""The commands: each parses, asks and returns an answer to show. What they raise is reported by app.py."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from typer import Argument, Context, Option

from guizhou_cli import app
from guizhou_cli.answer import Answer
from guizhou_cli.app import TextQuestion, command, database, question, session, show
from guizhou_cli.ask import views
from guizhou_cli.errors import DatabaseProblem, FileProblem, NothingFound, UsageProblem, note
from guizhou_cli.output import formats
from guizhou_cli.output.formats import Style
from guizhou_cli.text import visible

ASK, CITE, CHECK, OWN, ELSEWHERE = app.PANELS
ALL: list[str] = []
"""An option that is not given: nothing is left out."""

Text = Annotated[list[str], Argument(metavar="[TEXT]", help="Only those with these words.")]
Name = Annotated[list[str], Argument(metavar="[NAME]", help="Only this one, by any of its names.")]
Sources = Annotated[list[str], Option("--source", metavar="ID", help="Only this report; more than once for several.")]
Topics = Annotated[list[str], Option("--topic", metavar="T", help="Only this topic; more than once for several.")]
Speakers = Annotated[
    list[str],
    Option("--speaker", metavar="S", help="Only this speaker, by name or role; `reported` for the report's own words."),
]
SourceId = Annotated[str, Argument(metavar="SOURCE", help="A report's id, as `gz sources` lists it.")]
ClaimKey = Annotated[str, Argument(metavar="CLAIM", help="The key of a claim, as the tables show it.")]
CitationStyle = Annotated[Style, Option("--style", "-s", metavar="S", case_sensitive=False, help=", ".join(Style))]
Article = Annotated[str, Argument(metavar="ARTICLE", help="Your copy of the report, as plain text; - for stdin.")]

run = app.run

# Ask


@question(ASK, "gz bases energy")
def bases(context: Context, text: Text = ALL, source: Sources = ALL) -> Answer:
    """List the industrial bases."""
    return views.bases(database(context), _joined(text), sources=source)


@question(ASK, "gz trade asean")
def trade(
    context: Context,
    name: Name = ALL,
    partner: Annotated[list[str], Option(metavar="P", help="The same; more than once for several partners.")] = ALL,
    source: Sources = ALL,
) -> Answer:
    """Show how fast trade grew, and with whom."""
    partners = [*partner, " ".join(name)] if name else partner
    return views.trade(database(context), partners, sources=source)


@question(ASK, "gz measures coal")
def measures(context: Context, text: Text = ALL, topic: Topics = ALL, source: Sources = ALL) -> Answer:
    """List the policy measures."""
    return views.measures(database(context), _joined(text), topics=topic, sources=source)


@question(ASK, "gz figures trade --unit percent")
def figures(
    context: Context,
    text: Text = ALL,
    whose: Annotated[str | None, Option(metavar="W", help="Only those of this country, province or body.")] = None,
    unit: Annotated[list[str], Option(metavar="U", help="Only those in this unit, such as percent or yuan.")] = ALL,
    source: Sources = ALL,
) -> Answer:
    """List the figures: of what, whose, and over which period."""
    return views.figures(database(context), _joined(text), whose=whose, units=unit, sources=source)


@question(ASK, "gz speakers li")
def speakers(context: Context, name: Name = ALL, source: Sources = ALL) -> Answer:
    """List who spoke, in what role, and how many claims each made."""
    return views.speakers(database(context), _joined(name), sources=source)


@question(ASK, "gz search coal", "search", TextQuestion, about="Another name of who-said.")
@question(ASK, 'gz who-said "green development"', cls=TextQuestion)
def who_said(
    context: Context,
    phrase: Annotated[list[str], Argument(metavar="PHRASE", help="A phrase, a question in plain words, or a figure.")],
    limit: Annotated[int, Option(metavar="N", min=1, max=10_000, help="How many of the best to show.")] = 20,
    speaker: Speakers = ALL,
    source: Sources = ALL,
) -> Answer:
    """Find who said something about PHRASE, best match first."""
    from guizhou_cli.ask.search import who_said

    text = _joined(phrase) or ""
    return who_said(database(context, to_search=True), text, limit=limit, speakers=speaker, sources=source)


@question(ASK, "gz claims --topic trade")
def claims(context: Context, topic: Topics = ALL, speaker: Speakers = ALL, source: Sources = ALL) -> Answer:
    """List every claim, with who said it and where."""
    return views.claims(database(context), topics=topic, speakers=speaker, sources=source)


@question(ASK, "gz topics")
def topics(context: Context) -> Answer:
    """List the topics of the claims."""
    return views.topics(database(context))


@question(ASK, "gz sources --json")
def sources(context: Context) -> Answer:
    """List the reports that the claims come from."""
    return views.sources(database(context))


@question(ASK, "gz read guizhou-2024-06-14")
def read(context: Context, source: SourceId) -> Answer:
    """Print a report paragraph by paragraph, with the claims made of each."""
    return views.passages(database(context), source)


# Cite


@question(CITE, "gz show trade-asean", "show")
def show_claims(
    context: Context,
    claims: Annotated[list[str], Argument(metavar="CLAIM...", help="Keys of claims, as the tables show them.")],
) -> Answer:
    """Show all there is to know about a claim, with a citation."""
    from guizhou_cli.output.citation import shown

    return shown(views.show(database(context), claims))


@command(CITE, "gz cite trade-asean --style bibtex")
def cite(
    context: Context,
    claims: Annotated[
        list[str], Argument(metavar="[CLAIM...]", help="Keys of claims, or ids of reports; all reports, if none.")
    ] = ALL,
    style: CitationStyle = Style.text,
    topic: Topics = ALL,
    speaker: Speakers = ALL,
    source: Sources = ALL,
) -> None:
    """Cite claims or reports, for a footnote or a reference manager."""
    from guizhou_cli.output import citation

    answer = views.cited(database(context), claims, topics=topic, speakers=speaker, sources=source)
    app.explain(answer)
    formats.write_text(citation.cite(answer, style))


@command(CITE, "gz open trade-asean", "open")
def open_claim(context: Context, claim: ClaimKey) -> None:
    """Open the report in a browser where a claim is; print the link where there is no screen."""
    from guizhou_cli.output.citation import link
    from guizhou_cli.session import has_screen

    address = link(views.show(database(context), [claim]).dicts()[0])
    if has_screen():
        import webbrowser

        webbrowser.open(address)
    else:
        formats.write_text(f"{visible(address)}\n")


# Check


@question(CHECK, "gz verify")
def verify(
    context: Context,
    article: Annotated[str | None, Argument(metavar="[ARTICLE]", help="Your copy of a report; - for stdin.")] = None,
    source: Annotated[str | None, Option(metavar="ID", help="The report that ARTICLE is a copy of.")] = None,
    strict: Annotated[bool, Option("--strict", help="Fail where something looks wrong, too.")] = False,
) -> None:
    """Check the database, and a copy of a report against it."""
    from guizhou_cli.briefings import verify

    answer = verify.verify(database(context), _report_text(article) if article else None, source)
    show(context, answer)
    verify.require(answer, strict=strict)


@question(CHECK, "echo 'Trade grew by 33.8 percent \\[@guizhou-2024-06-14, para. 6].' | gz check -")
def check(
    context: Context,
    file: Annotated[str, Argument(metavar="NOTE.md", help="A note with pandoc's citations; - for stdin.")],
) -> None:
    """Check the citations of a note, and its figures and speakers against the claims it cites."""
    from guizhou_cli.briefings.note import check_note
    from guizhou_cli.briefings.verify import require

    answer = check_note(database(context), _note_text(file))
    show(context, answer)
    require(answer)


# Your own briefings


@command(OWN, "gz export guizhou-2024-06-14 | sed s/guizhou-2024-06-14/mine/ | gz add - --dry-run")
def add(
    context: Context,
    file: Annotated[str | None, Argument(metavar="FILE", help="A briefing in TOML; - for stdin.")] = None,
    article: Annotated[str | None, Option(help="The report's text, to check the claims against and to keep.")] = None,
    no_text: Annotated[bool, Option("--no-text", help="Do not keep the report's text.")] = False,
    dry_run: Annotated[bool, Option("--dry-run", help="Check everything and keep nothing.")] = False,
    replace: Annotated[bool, Option("--replace", help="Replace the briefing of the same id.")] = False,
    strict: Annotated[bool, Option("--strict", help="Refuse what looks wrong, too.")] = False,
    json: Annotated[bool, Option("--json", help="Print the findings, with the columns of `gz verify`.")] = False,
    schema: Annotated[bool, Option("--schema", help="Print the JSON Schema of a briefing instead.")] = False,
) -> None:
    """Add a briefing of your own."""
    from guizhou_cli.briefings import load, model, store

    if schema:
        formats.write_text(formats.json_text(model.schema()))
        return
    if file is None:
        raise UsageProblem("which file?", "gz add FILE; gz export guizhou-2024-06-14 prints one to start from")
    if file == article == "-":
        raise UsageProblem("the briefing and its article can't both come from stdin", "name a file for one of them")
    briefing = load.load(file)
    report = _report_text(article) if article else None
    with session(context).changing(keep=not dry_run) as db:
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


@command(OWN, "gz draft report.txt --id mine")
def draft(
    report: Annotated[str, Argument(metavar="REPORT", help="A report as plain text; - for stdin.")],
    html: Annotated[bool, Option("--html", help="REPORT is a saved web page.")] = False,
    id_: Annotated[str | None, Option("--id", metavar="ID", help="The id of the briefing.")] = None,
    title: Annotated[str | None, Option(metavar="T", help="The report's title.")] = None,
    publisher: Annotated[str | None, Option(metavar="P", help="Who published the report.")] = None,
    published: Annotated[str | None, Option(metavar="DATE", help="When, as 2025-05-06.")] = None,
    event: Annotated[str | None, Option(metavar="E", help="What it reports on: Press briefing.")] = None,
    event_date: Annotated[str | None, Option(metavar="DATE", help="When that was.")] = None,
    place: Annotated[str | None, Option(metavar="P", help="Where that was.")] = None,
    url: Annotated[str | None, Option(metavar="URL", help="The address of the report.")] = None,
    language: Annotated[str | None, Option(metavar="L", help="The language of the report: en, zh.")] = None,
    subject: Annotated[str | None, Option(metavar="S", help="Whose briefing it is: Guizhou.")] = None,
) -> None:
    """Propose a briefing in TOML: the speakers of a report, and its claims with their quotes and figures."""
    from guizhou_cli.briefings.draft import DraftOptions, draft
    from guizhou_cli.report.reading import read_report

    given = DraftOptions(id_, title, publisher, published, event, event_date, place, url, language, subject)
    formats.write_text(draft(read_report(report, html=html), given))


@command(OWN, "gz export guizhou-2024-06-14")
def export(context: Context, source: SourceId) -> None:
    """Print a briefing as the TOML file that `gz add` reads."""
    from guizhou_cli.briefings.export import export

    formats.write_text(export(database(context), source))


@command(OWN, "gz export guizhou-2024-06-14 | sed s/guizhou-2024/mine/ | gz add - && gz remove mine-06-14 --yes")
def remove(
    context: Context, source: SourceId, yes: Annotated[bool, Option("--yes", "-y", help="Do not ask.")] = False
) -> None:
    """Remove a briefing that you have added."""
    from guizhou_cli.ask.names import source_id
    from guizhou_cli.briefings.store import remove

    if not yes and sys.stdin is not None and sys.stdin.isatty():
        with session(context).reading() as db:
            source = source_id(db, source).id
        if not typer.confirm(f"Remove {visible(source)} and all its claims?", err=True):
            raise NothingFound("nothing was removed")
    with session(context).changing() as db:
        message = remove(db, source)
    note(message)


@command(OWN, "gz add briefing.toml && gz attach harbour-2025-05-06 report.txt")
def attach(context: Context, source: SourceId, article: Article) -> None:
    """Keep your copy of a report in your database, for `gz read` and `gz who-said`, once it is verified."""
    from guizhou_cli.briefings.store import attach

    text = _report_text(article)
    with session(context).changing() as db:
        message = attach(db, source, text)
    note(message)


@command(OWN, "gz add briefing.toml --article report.txt && gz detach harbour-2025-05-06")
def detach(context: Context, source: SourceId) -> None:
    """Remove your copy of a report from your database."""
    from guizhou_cli.briefings.store import detach

    with session(context).changing() as db:
        message = detach(db, source)
    note(message)


# Elsewhere


@command(ELSEWHERE, 'sqlite3 "$(gz path)" "select * from trade"')
def path(context: Context) -> None:
    """Print the path of the database, for sqlite-utils, Datasette or sqlite3."""
    database(context)  # which builds it where there is none
    place = session(context).path()
    if not place.exists():
        raise DatabaseProblem(f"{place} can't be written: there is no such file", "name another with --db")
    formats.write_path(place.absolute())


@command(ELSEWHERE, "gz web --port 0")
def web(
    context: Context,
    port: Annotated[int, Option(metavar="N", min=0, max=65535, help="The port; 0 for any free one.")] = 8001,
    browse: Annotated[bool, Option("--open/--no-open", help="Open the page, if there is a screen.")] = True,
) -> None:
    """Serve the facts as a page to this computer alone, until Ctrl-C."""
    from guizhou_cli.web.server import serve

    serve(session(context), port, browse=browse)


@command(ELSEWHERE, "gz mcp")
def mcp(context: Context) -> None:
    """Serve the questions to an assistant over stdio (Model Context Protocol)."""
    from guizhou_cli.mcp import serve

    serve(session(context))


@command(ELSEWHERE, "gz help bases", "help")
def help_command(
    command: Annotated[list[str], Argument(metavar="[COMMAND]", help="Which command.")] = ALL,
) -> None:
    """Show this help, or that of a command."""
    raise typer.Exit(run([*command, "--help"]))


@command(ELSEWHERE, "gz version")
def version() -> None:
    """Print the version."""
    app.print_version()


def _joined(words: Sequence[str]) -> str | None:
    """Return the words that a shell has split as the one text that was typed."""
    return " ".join(word.lstrip() for word in words) if words else None


def _report_text(article: str) -> str:
    from guizhou_cli.report.reading import read_report

    return read_report(article).text


def _note_text(file: str) -> str:
    from guizhou_cli.files import called, contents

    try:
        return contents(file, 1_000_000, "split it").decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileProblem(f"{called(file)} is not UTF-8: byte {error.start}") from error
