"""A sheet as an HTML table with a caption, which a word processor takes."""

from collections.abc import Iterator
from html import escape

from guizhou_cli.answer import Answer
from guizhou_cli.output.layouts import RIGHT, Column
from guizhou_cli.output.sheets import Shown, sheet
from guizhou_cli.text import visible

_STYLE = "<style>th, td { padding: 0 .5em; text-align: left; vertical-align: top }</style>\n"


def html(answer: Answer, title: str, *, keys: bool = False) -> Iterator[str]:
    """Yield the parts of an HTML document, which is XML too, with the answer as one table; it loads nothing."""
    columns, groups, captions = sheet(answer)
    unwanted = {"bar", "extra"} if keys else {"bar", "extra", "key"}
    kept = [(at, column) for at, column in enumerate(columns) if column.kind not in unwanted]
    yield f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8"/>\n<title>{_text(title)}</title>\n'
    yield f"{_STYLE}</head>\n<body>\n<table>\n<caption>{'<br/>'.join(map(_text, captions or [title]))}</caption>\n"
    if any(column.header for _, column in kept):
        yield f"<thead>\n<tr>{''.join(f'<th>{_text(column.header)}</th>' for _, column in kept)}</tr>\n</thead>\n"
    yield "<tbody>\n"
    for group in groups:
        if group.heading:
            yield f'<tr><th colspan="{len(kept)}">{_text(group.heading)}</th></tr>\n'
        for line in group.lines:
            yield f"<tr>{''.join(_cell(column, line.cells[at]) for at, column in kept)}</tr>\n"
    yield "</tbody>\n</table>\n</body>\n</html>\n"


def _cell(column: Column, cell: Shown) -> str:
    style = ' style="text-align: right"' if column.kind in RIGHT else ""
    text = f'<a href="{_text(cell.link)}">{_text(cell.text)}</a>' if cell.link else _text(cell.text)
    return f"<td{style}>{text}</td>"


def _text(text: str) -> str:
    return escape(visible(text))
