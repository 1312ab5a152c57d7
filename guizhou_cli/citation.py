"""Claims and reports as citations, in four styles, and the deep link that opens a report where a claim stands.

The publisher is the author of its report. A speaker is not: who said what stands in the note of an entry.
"""

import re
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date
from urllib.parse import quote

from guizhou_cli import queries
from guizhou_cli.errors import visible
from guizhou_cli.formats import Style, json_text
from guizhou_cli.queries import Answer
from guizhou_cli.reading import Cell

Shown = dict[str, Cell]
"""A row of the view `show`, or of the view `reports`, which has the columns that tell of the report alone."""


def show(db: sqlite3.Connection, claims: Sequence[str]) -> Answer:
    """Return claims whole, in the order named, each with the deep link to its passage and a citation.

    Those two, `link` and `citation`, stand in place of the words that locate the passage. Without a claim there is
    no row, but the columns.

    Raises:
        NothingFound: if there is no such claim.
        UsageProblem: if several sources have one of that name.

    """
    answer = queries.whole(db, claims)
    locating = {"first_words", "last_words"}
    columns = tuple(name for name in answer.columns if name not in locating)
    shown = [row | {"keywords": "; ".join(queries.split_keywords(str(row["keywords"])))} for row in answer.dicts()]
    rows = [(*(row[name] for name in columns), link(row), text_citation(row)) for row in shown]
    return answer._replace(columns=(*columns, "link", "citation"), rows=rows)


def cite(answer: Answer, style: Style) -> str:
    """Return rows of the view `show` or `reports` as one text in a style, an entry for each row, in their order.

    The citation key is the claim's key, or the source's id. No style but `text` has a place for a paragraph (a
    locator belongs to the citation, not to the entry), so the note names it.

    The styles: BibTeX as of `btxdoc`, with BibLaTeX's `date`; CSL-JSON as of the CSL 1.0.2 schema; RIS as of
    Research Information Systems' 2011 specification, but with the line ends of this system. UTF-8, all of them.
    """
    rows = [{name: _one_line(cell) for name, cell in row.items()} for row in answer.dicts()]
    if style is Style.csl_json:
        return json_text([_csl(row) for row in rows])
    if style is Style.text:
        return "".join(f"{visible(text_citation(row))}\n" for row in rows)
    return "\n".join((_bibtex if style is Style.bibtex else _ris)(row) for row in rows)


def link(row: Shown) -> str:
    """Return the report's address with a text fragment for the claim's passage; the bare address if none is known.

    The format is that of https://wicg.github.io/scroll-to-text-fragment/: a browser that knows it scrolls to the
    text from the first words to the last and marks it, and any other opens the page.
    """
    url, first, last = str(row["url"]), row.get("first_words"), row.get("last_words")
    if first is None:
        return url
    url = url.partition(":~:")[0]  # it may have been copied along with a fragment of its own
    fragment = ",".join(_encoded(str(words)) for words in (first, last) if words is not None)
    return f"{url}{':~:' if '#' in url else '#:~:'}text={fragment}"


def text_citation(row: Shown) -> str:
    """Return a citation in one line of plain text: who said it, where and when, and the report that says so."""
    place = "" if "claim" not in row else f"para. {row['paragraph']}, " if row["paragraph"] else "headline, "
    report = f"{row['publisher']}, \u201c{row['title']}\u201d, {day(row['published'])}, {place}{link(row)}"
    if row.get("attribution") != "said":
        return report
    return f"{row['speaker']} ({row['role']}), {_event(row)}, as reported in: {report}"


def day(iso: Cell) -> str:
    """Return an ISO 8601 date as people write it: 14 June 2024."""
    given = _date(iso)
    return f"{given.day} {_MONTHS[given.month - 1]} {given.year}" if given else str(iso)


# strftime("%B") would follow the locale.
_MONTHS = tuple("January February March April May June July August September October November December".split())


def _date(iso: Cell) -> date | None:
    try:
        return date.fromisoformat(str(iso))
    except ValueError:  # a date no calendar has, or a damaged database
        return None


def _encoded(words: str) -> str:
    # A hyphen is syntax in a text directive, so it is encoded too.
    return quote(words, safe="").replace("-", "%2D")


def _one_line(cell: Cell) -> Cell:
    return " ".join(cell.split()) if isinstance(cell, str) else cell


def _event(row: Shown) -> str:
    return f"{row['event']}, {row['place']}, {day(row['event_date'])}"


def _key(row: Shown) -> str:
    return str(row.get("claim") or row["source"])


def _note(row: Shown) -> str:
    # It never begins with one word and a colon, which reference managers take for a field of their own.
    if "claim" not in row:
        return f"Event reported: {_event(row)}"
    said = row["attribution"] == "said"
    by = f"said by {row['speaker']} ({row['role']}), {_event(row)}" if said else "the report's own words"
    where = f"Paragraph {row['paragraph']}" if row["paragraph"] else "In the headline"
    return f"{where}: {by}"


def _csl(row: Shown) -> dict[str, object]:
    statement = {"annote": row["statement"]} if "claim" in row else {}
    return {
        "id": _key(row),
        "type": "article-newspaper",
        "author": [{"literal": row["publisher"]}],
        "title": row["title"],
        "container-title": row["publisher"],
        "publisher": row["publisher"],
        "issued": _csl_date(row["published"]),
        "URL": link(row),
        "event-title": row["event"],
        "event-date": _csl_date(row["event_date"]),
        "event-place": row["place"],
        "language": row["language"],
        "note": _note(row).replace("{:", "{ :"),  # {:name: value} in a note is a field to citeproc-js
        **statement,
    }


def _csl_date(iso: Cell) -> dict[str, object]:
    given = _date(iso)
    return {"date-parts": [[given.year, given.month, given.day]]} if given else {"raw": iso}


def _bibtex(row: Shown) -> str:
    given = _date(row["published"])
    fields = {
        "author": f"{{{_latex(row['publisher'])}}}",  # in braces of its own: an institution, not first and last names
        "title": f"{{{_latex(row['title'])}}}",  # likewise: its capitals are its own
        "entrysubtype": "newspaper",
        "journal": f"{{{_latex(row['publisher'])}}}",
        "publisher": f"{{{_latex(row['publisher'])}}}",
        "year": str(row["published"])[:4],
        "month": _MONTHS[given.month - 1][:3].lower() if given else None,
        "date": given.isoformat() if given else None,
        "url": _bibtex_address(link(row)),
        "note": _latex(_note(row)),
        "annote": _latex(row["statement"]) if "claim" in row else None,
    }
    lines = [f"  {name} = {value if name == 'month' else f'{{{value}}}'},\n" for name, value in fields.items() if value]
    return f"@article{{{_key(row)},\n{''.join(lines)}}}\n"


_LATEX = {
    **{char: f"\\{char}" for char in "&%$#_{}"},
    "\\": "\\textbackslash{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    "<": "\\textless{}",
    ">": "\\textgreater{}",
}
_LIGATURES = r"(?<=-)(?=-)|(?<=')(?=')|(?<=[`?!])(?=`)|(?<=,)(?=,)"
"""Between which characters TeX would put one of its own: a dash for two hyphens."""


def _latex(cell: Cell) -> str:
    text = re.sub(_LIGATURES, "\0", visible(_balanced(str(cell))))
    return "".join("{}" if char == "\0" else _LATEX.get(char, char) for char in text)


def _balanced(text: str) -> str:
    r"""Return `text` with each brace that has no partner as a full-width one.

    BibTeX counts braces, also those behind a backslash, so that a single \{ would swallow the rest of the file. The
    macros that stand for a brace are not known to every reader.
    """
    chars, opened = list(text), []
    for at, char in enumerate(text):
        if char == "{":
            opened.append(at)
        elif char == "}" and opened:
            opened.pop()
        elif char == "}":
            chars[at] = "\uff5d"
    for at in opened:
        chars[at] = "\uff5b"
    return "".join(chars)


def _bibtex_address(address: str) -> str:
    # An address is taken as it is, so what would end the field is percent-encoded in it.
    return re.sub(r"[{}\\\s]", lambda match: quote(match.group(), safe=""), visible(address))


def _ris(row: Shown) -> str:
    published, publisher = str(row["published"]), str(row["publisher"])
    notes = [_note(row)] + ([f"{row['claim']}: {row['statement']}"] if "claim" in row else [])
    fields: Sequence[tuple[str, Cell]] = (
        ("TY", "NEWS"),
        ("ID", _key(row)),
        ("AU", f"{publisher}," if " " in publisher and "," not in publisher else publisher),
        ("TI", row["title"]),
        ("T2", publisher),
        ("PB", publisher),
        ("PY", published[:4]),
        ("DA", published.replace("-", "/") + "/"),
        ("LA", row["language"]),
        ("UR", link(row).replace(";", "%3B")),  # which parts addresses
        *(("N1", note) for note in notes),
    )
    return "".join(_ris_lines(fields)) + "ER  - \n"


def _ris_lines(fields: Iterable[tuple[str, Cell]]) -> Iterable[str]:
    return (f"{tag}  - {visible(str(value))}\n" for tag, value in fields)
