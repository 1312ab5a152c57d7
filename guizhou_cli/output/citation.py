"""Claims and reports as citations, and the deep link that opens a report where a claim is.

The publisher is the author of its report. A speaker is not: a footnote and a line of text name who said what, and an
entry of a bibliography is of the report, cited with the paragraph as the locator.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import accumulate
from urllib.parse import quote

from guizhou_cli.answer import Answer, Cell
from guizhou_cli.output.formats import Style, json_text, markdown
from guizhou_cli.text import visible

__all__ = ["Record", "Style", "cite", "day", "event", "link", "report", "shown", "text_citation"]

Record = Mapping[str, Cell]
"""A row of the view `show`, or of the view `reports`, which has the columns of the report alone."""

_FRAGMENT_WORDS = 4
"""Words of a quote at each end of a text fragment."""


def shown(answer: Answer) -> Answer:
    """Return rows of the view `show` with each claim's deep link and citation in place of its passage's locator."""
    columns = tuple(name for name in answer.columns if name not in {"first_words", "last_words"})
    rows = [(*(row[name] for name in columns), link(row), text_citation(row)) for row in answer.dicts()]
    return answer.but(columns=(*columns, "link", "citation"), rows=rows)


def cite(answer: Answer, style: Style) -> str:
    """Return rows of the views `show`, `reports`, `claims` or `who-said` as one text in a style, each citation once.

    CSL-JSON (as of the CSL 1.0.2 schema), BibTeX (of btxdoc, with BibLaTeX's `date` and `urldate`) and RIS (of
    Research Information Systems' 2011 specification, with the line ends of this system) have one entry per report,
    under the source's id. Pandoc's citations and the Markdown footnotes name the paragraph.
    """
    rows = [completed(answer, dict(zip(answer.columns, row, strict=True))) for row in answer]
    if style is Style.footnote:
        return _footnotes(rows)
    if style in _LINES:
        return "".join(f"{line}\n" for line in dict.fromkeys(map(_LINES[style], rows)))
    reports: dict[Cell, Record] = {}
    for row in rows:
        reports.setdefault(row["source"], row)
    if style is Style.csl_json:
        return json_text([_csl(row) for row in reports.values()])
    return "\n".join(map(_bibtex if style is Style.bibtex else _ris, reports.values()))


def completed(answer: Answer, row: Record) -> Record:
    """Return a row of a claim view with the columns of its report and its passage, each text on one line."""
    if "url" not in row:
        first, last = answer.passages.get((str(row["source"]), int(row["paragraph"] or 0)), (None, None))
        row = {"first_words": first, "last_words": last, **answer.reports[str(row["source"])], **row}
    return {name: _clean(cell) for name, cell in row.items()}


def link(row: Record) -> str:
    """Return the report's address with a text fragment for the claim: its quote, or else its passage, if known.

    The format is that of https://wicg.github.io/scroll-to-text-fragment/: a browser that knows it scrolls to the
    text from the first words to the last and marks it, and any other opens the page.
    """
    url = str(row["url"])
    words = [str(end) for end in (row.get("first_words"), row.get("last_words")) if end is not None]
    if row.get("quote"):
        words = _ends(str(row["quote"])) or words
    if not words:
        return url
    url = url.partition(":~:")[0]  # it may have been copied along with a fragment of its own
    # A hyphen is syntax in a text directive, so it is encoded too.
    fragment = ",".join(quote(end, safe="", errors="replace").replace("-", "%2D") for end in words)
    return f"{url}{':~:' if '#' in url else '#:~:'}text={fragment}"


def text_citation(row: Record) -> str:
    """Return a citation in one line of plain text: who said it, where and when, and the report that says so."""
    return f"{_without_link(row)}{link(row)}"


def report(row: Record) -> str:
    """Return a report in a few words: Xinhua, 15 June 2024."""
    return f"{_clean(row['publisher'])}, {_clean(day(row['published']))}"


def event(row: Record) -> str:
    """Return an event in a few words: Press briefing, Beijing, 14 June 2024."""
    return f"{_clean(row['event'])}, {_clean(row['place'])}, {_clean(day(row['event_date']))}"


def day(iso: Cell) -> str:
    """Return an ISO 8601 date as people write it: 14 June 2024. A date that no calendar has stays as it is."""
    given = _date(iso)
    return f"{given.day} {_MONTHS[given.month - 1]} {given.year}" if given else str(iso)


# strftime("%B") would follow the locale.
_MONTHS = tuple("January February March April May June July August September October November December".split())


def _date(iso: Cell) -> date | None:
    try:
        return date.fromisoformat(str(iso))
    except ValueError:  # a date that no calendar has, or a damaged database
        return None


def _clean(cell: Cell) -> Cell:
    """Return text on one line and without a control character."""
    return visible(" ".join(cell.split())) if isinstance(cell, str) else cell


def _ends(words: str) -> list[str]:
    """Return the first and the last words of a quote, or all of a short one; omissions are between them."""
    pieces = [piece.split() for piece in words.replace("...", "\u2026").split("\u2026") if piece.split()]
    if len(pieces) > 1 or any(len(piece) > 2 * _FRAGMENT_WORDS for piece in pieces):
        pieces = [pieces[0][:_FRAGMENT_WORDS], pieces[-1][-_FRAGMENT_WORDS:]]
    # Quotes at the ends may be typographic ones on the page.
    return [text for piece in pieces if (text := " ".join(piece).strip("\"'"))]


def _without_link(row: Record) -> str:
    extras = f"archived at {row['archive_url']}, " if row.get("archive_url") else ""
    extras += f"accessed {day(row['accessed'])}, " if row.get("accessed") else ""
    cited = f"{row['publisher']}, \u201c{row['title']}\u201d, {day(row['published'])}, {_locator(row)}{extras}"
    if row.get("attribution") != "said":
        return cited
    return f"{row['speaker']} ({row['role']}), {event(row)}, as reported in: {cited}"


def _locator(row: Record) -> str:
    return "" if "claim" not in row else f"para. {row['paragraph']}, " if row["paragraph"] else "headline, "


def _key(row: Record) -> str:
    """Return the source's id; of a damaged database, with hyphens for what a key can't have."""
    return re.sub("[^A-Za-z0-9-]", "-", str(row["source"])) or "source"


def _pandoc(row: Record) -> str:
    return f"[@{_key(row)}, {_locator(row)}".removesuffix(", ") + "]"


_LINES: dict[Style, Callable[[Record], str]] = {Style.text: text_citation, Style.pandoc: _pandoc}
"""The styles with a line for each passage."""


def _footnotes(rows: Sequence[Record]) -> str:
    """Return statements with a reference each, then the numbered notes; reports have no statement."""
    numbers: dict[str, int] = {}
    lines: dict[str, None] = {}  # in order, each once
    for row in rows:
        number = numbers.setdefault(f"{markdown(_without_link(row))}<{_enclosed(link(row))}>", len(numbers) + 1)
        if "claim" in row:
            lines[f"- {markdown(row['statement'])}[^{number}]\n"] = None
    notes = "".join(f"[^{number}]: {note}\n" for note, number in numbers.items())
    return "".join(lines) + "\n" * bool(lines) + notes


def _enclosed(address: str) -> str:
    """Return an address with what would end it encoded, between the angle brackets of Markdown or BibTeX's braces."""
    return re.sub(r"[<>{}\\\s`]", lambda match: quote(str(match.group()), safe=""), address)


def _note(row: Record) -> str:
    # It never begins with one word and a colon, which reference managers take for a field of their own.
    archived = f". Archived at {row['archive_url']}" if row.get("archive_url") else ""
    return f"Event reported: {event(row)}{archived}"


def _csl(row: Record) -> Mapping[str, object]:
    entry: dict[str, object] = {
        "id": _key(row),
        "type": "article-newspaper",
        "author": [{"literal": row["publisher"]}],
        "title": row["title"],
        "container-title": row["publisher"],
        "publisher": row["publisher"],
        "issued": _csl_date(row["published"]),
        "URL": row["url"],
        "event-title": row["event"],
        "event-date": _csl_date(row["event_date"]),
        "event-place": row["place"],
        "language": row["language"],
        "note": _note(row).replace("{:", "{ :"),  # {:name: value} in a note is a field to citeproc-js
    }
    return entry | ({"accessed": _csl_date(row["accessed"])} if row.get("accessed") else {})


def _csl_date(iso: Cell) -> dict[str, object]:
    given = _date(iso)
    return {"date-parts": [[given.year, given.month, given.day]]} if given else {"raw": iso}


def _bibtex(row: Record) -> str:
    published = _date(row["published"])
    fields = {
        "author": f"{{{_latex(row['publisher'])}}}",  # in braces of its own: an institution, not first and last names
        "title": f"{{{_latex(row['title'])}}}",  # likewise: its capitals are its own
        "entrysubtype": "newspaper",
        "journal": f"{{{_latex(row['publisher'])}}}",
        "publisher": f"{{{_latex(row['publisher'])}}}",
        "year": _latex(str(row["published"])[:4]),
        "month": published and _MONTHS[published.month - 1][:3].lower(),
        "date": published,
        "url": _enclosed(str(row["url"])),
        "urldate": _date(row.get("accessed")),
        "note": _latex(_note(row)),
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
    text = re.sub(_LIGATURES, "\0", _balanced(str(cell)))
    return "".join("{}" if char == "\0" else _LATEX.get(char, char) for char in text)


def _balanced(text: str) -> str:
    r"""Return `text` with full-width braces if one of them has no partner.

    BibTeX counts braces, also those behind a backslash, so that a single \{ would swallow the rest of the file. The
    macros for a brace are not known to every reader.
    """
    depths = list(accumulate((char == "{") - (char == "}") for char in text))
    if depths and (depths[-1] or min(depths) < 0):
        return text.translate({ord("{"): "\uff5b", ord("}"): "\uff5d"})
    return text


def _ris(row: Record) -> str:
    published, publisher = str(row["published"]), str(row["publisher"])
    accessed = str(row.get("accessed") or "")
    fields: Iterable[tuple[str, Cell]] = (
        ("TY", "NEWS"),
        ("ID", _key(row)),
        ("AU", f"{publisher}," if " " in publisher and "," not in publisher else publisher),
        ("TI", row["title"]),
        ("T2", publisher),
        ("PB", publisher),
        ("PY", published[:4]),
        ("DA", published.replace("-", "/") + "/"),
        ("Y2", accessed and accessed.replace("-", "/") + "/"),
        ("LA", row["language"]),
        ("UR", str(row["url"]).replace(";", "%3B")),  # which parts addresses
        ("N1", _note(row)),
    )
    return "".join(f"{tag}  - {value}\n" for tag, value in fields if value != "") + "ER  - \n"
