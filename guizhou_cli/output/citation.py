"""Claims and reports as citations, and the deep link that opens a report where a claim is.

The publisher is the author of its report. A speaker is not: a footnote and a line of text name who said what, and an
entry of a bibliography is of the report, cited with the paragraph as the locator.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from urllib.parse import quote

from guizhou_cli.answer import Answer, Cell
from guizhou_cli.output import Style
from guizhou_cli.output.machine import json_text, markdown
from guizhou_cli.text import pieces, visible

Record = Mapping[str, Cell]
"""A row of the view `show`, or of the view `reports`, which has the columns of the report alone."""

_FRAGMENT_WORDS = 4
"""Words of a quote at each end of a text fragment."""
# strftime("%B") would follow the locale.
_MONTHS = "January February March April May June July August September October November December".split()
_LATEX = {
    **{char: f"\\{char}" for char in "&%$#_"},
    "{": "\uff5b",  # BibTeX counts braces, also those behind a backslash: one alone would swallow the rest of the file
    "}": "\uff5d",
    "\\": "\\textbackslash{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    "<": "\\textless{}",
    ">": "\\textgreater{}",
}


def shown(answer: Answer) -> Answer:
    """Return rows of the view `show` with each claim's deep link and citation in place of its passage's locator."""
    columns = tuple(name for name in answer.columns if name not in {"first_words", "last_words"})
    rows = [(*(row[name] for name in columns), link(row), text_citation(row)) for row in answer.dicts()]
    return answer.but(columns=(*columns, "link", "citation"), rows=rows)


def cite(answer: Answer, style: Style) -> str:
    """Return rows of the views `show` or `reports` as one text in a style, each citation once.

    CSL-JSON, BibTeX and RIS have one entry per report, under the source's id. The other styles name the paragraph.
    """
    rows = [completed(answer, dict(zip(answer.columns, row, strict=True))) for row in answer]
    reports = {row["source"]: row for row in rows}.values()
    match style:
        case Style.text:
            return "".join(dict.fromkeys(f"{text_citation(row)}\n" for row in rows))
        case Style.pandoc:
            return "".join(dict.fromkeys(f"[@{', '.join([_key(row), *_place(row)])}]\n" for row in rows))
        case Style.footnote:
            return _footnotes(rows)
        case Style.csl_json:
            return json_text([_csl(row) for row in reports])
        case Style.bibtex:
            return "\n".join(map(_bibtex, reports))
        case Style.ris:
            return "\n".join(map(_ris, reports))


def completed(answer: Answer, row: Record) -> Record:
    """Return a row of a claim view with the columns of its report and its passage, each text on one line."""
    if "url" not in row:
        first, last = answer.passages.get((str(row["source"]), int(row["paragraph"] or 0)), (None, None))
        row = {"first_words": first, "last_words": last, **answer.reports[str(row["source"])], **row}
    return {name: visible(" ".join(cell.split())) if isinstance(cell, str) else cell for name, cell in row.items()}


def link(row: Record) -> str:
    """Return the report's address with a text fragment for the claim: its quote, or else its passage, if known.

    The format is that of https://wicg.github.io/scroll-to-text-fragment/: a browser that knows it scrolls to the
    text from the first words to the last and marks it, and any other opens the page.
    """
    words = [str(end) for end in (row.get("first_words"), row.get("last_words")) if end is not None]
    # Between the pieces of a quote something is left out.
    quoted = [piece.split() for piece in pieces(str(row.get("quote") or "")) if piece.strip()]
    if len(quoted) > 1 or any(len(piece) > 2 * _FRAGMENT_WORDS for piece in quoted):
        quoted = [quoted[0][:_FRAGMENT_WORDS], quoted[-1][-_FRAGMENT_WORDS:]]
    # Quotes at the ends may be typographic ones on the page. A hyphen is syntax in a text directive.
    ends = [text for piece in quoted if (text := " ".join(piece).strip("\"'"))] or words
    fragment = ",".join(quote(end, safe="", errors="replace").replace("-", "%2D") for end in ends)
    if not fragment:
        return str(row["url"])
    url = str(row["url"]).partition(":~:")[0]  # it may have been copied along with a fragment of its own
    return f"{url}{':~:' if '#' in url else '#:~:'}text={fragment}"


def text_citation(row: Record) -> str:
    """Return a citation in one line of plain text: who said it, where and when, and the report that says so."""
    return f"{_without_link(row)}{link(row)}"


def report(row: Record) -> str:
    """Return a report in a few words: Xinhua, 15 June 2024."""
    return visible(f"{row['publisher']}, {day(row['published'])}")


def event(row: Record) -> str:
    """Return an event in a few words: Press briefing, Beijing, 14 June 2024."""
    return visible(f"{row['event']}, {row['place']}, {day(row['event_date'])}")


def day(iso: Cell) -> str:
    """Return an ISO 8601 date as people write it: 14 June 2024. A date that no calendar has stays as it is."""
    given = _date(iso)
    return f"{given.day} {_MONTHS[given.month - 1]} {given.year}" if given else str(iso)


def _date(iso: Cell) -> date | None:
    try:
        return date.fromisoformat(str(iso))
    except ValueError:  # a damaged database, or no date at all
        return None


def _without_link(row: Record) -> str:
    extras = [*_place(row)]
    extras += [f"archived at {row['archive_url']}"] if row.get("archive_url") else []
    extras += [f"accessed {day(row['accessed'])}"] if row.get("accessed") else []
    cited = f"{row['publisher']}, \u201c{row['title']}\u201d, {day(row['published'])}, "
    cited += "".join(f"{extra}, " for extra in extras)
    if row.get("attribution") != "said":
        return cited
    return f"{row['speaker']} ({row['role']}), {event(row)}, as reported in: {cited}"


def _place(row: Record) -> list[str]:
    """Return the locator of a claim, or nothing for a report."""
    return [] if "claim" not in row else [f"para. {row['paragraph']}"] if row["paragraph"] else ["headline"]


def _key(row: Record) -> str:
    """Return the source's id; of a damaged database, with hyphens for what a key can't have."""
    return re.sub("[^A-Za-z0-9-]", "-", str(row["source"])) or "source"


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


def _entry(style: Style, row: Record) -> dict[str, str]:
    """Return the fields of a report's entry in a bibliography, as citation.toml has them."""
    import tomllib
    from string import Template

    texts = {name: str(cell or "") for name, cell in row.items()} | {"key": _key(row)}
    published, publisher = texts["published"], texts["publisher"]
    archived = f". Archived at {row['archive_url']}" if row.get("archive_url") else ""
    given = _date(published)
    texts |= {
        # It never begins with one word and a colon, which reference managers take for a field of their own.
        "note": f"Event reported: {event(row)}{archived}",
        "year": published[:4],
        "month": _MONTHS[given.month - 1][:3].lower() if given else "",
        # In RIS a name of several words has its last one first, and a semicolon parts addresses.
        "author": f"{publisher}," if " " in publisher and "," not in publisher else publisher,
    }
    if style is Style.bibtex:
        texts = {name: _latex(text) for name, text in texts.items()}
    texts["address"] = _enclosed(str(row["url"])) if style is Style.bibtex else str(row["url"]).replace(";", "%3B")
    fields = tomllib.loads(Path(__file__).with_name("citation.toml").read_text(encoding="utf-8"))[style]
    filled = {name: Template(field).substitute(texts) for name, field in fields.items()}
    return {name: text for name, text in filled.items() if text.strip("{}")}


def _csl(row: Record) -> dict[str, object]:
    entry: dict[str, object] = dict(_entry(Style.csl_json, row))
    for name in entry.keys() & {"issued", "event-date", "accessed"}:
        given = _date(str(entry[name]))
        entry[name] = {"date-parts": [[given.year, given.month, given.day]]} if given else {"raw": entry[name]}
    return entry | {"author": [{"literal": entry["author"]}]}


def _bibtex(row: Record) -> str:
    fields = "".join(f"  {name} = {text},\n" for name, text in _entry(Style.bibtex, row).items())
    return f"@article{{{_key(row)},\n{fields}}}\n"


def _ris(row: Record) -> str:
    entry = _entry(Style.ris, row)
    days = {tag: f"{entry[tag]}/".replace("-", "/") for tag in ("DA", "Y2") if tag in entry}
    return "".join(f"{tag}  - {text}\n" for tag, text in (entry | days).items()) + "ER  - \n"


def _latex(text: str) -> str:
    text = "".join(_LATEX.get(char, char) for char in text)
    return re.sub(r"([-'`,])(?=\1)|[?!](?=`)", r"\g<0>{}", text)  # TeX would make a dash of two hyphens, and so on
