"""A sheet as an HTML table with a caption, which a word processor takes."""

from html import escape
from pathlib import Path
from string import Template

from guizhou_cli.answer import Answer
from guizhou_cli.output.layouts import RIGHT, Column
from guizhou_cli.output.sheets import Shown, sheet
from guizhou_cli.text import visible


def html(answer: Answer, title: str, *, keys: bool = False) -> str:
    """Return an HTML document, which is XML too, with the answer as one table; it loads nothing."""
    columns, groups, captions = sheet(answer)
    unwanted = {"bar", "extra"} if keys else {"bar", "extra", "key"}
    kept = [at for at, column in enumerate(columns) if column.kind not in unwanted]
    headers = [f"<th>{_text(columns[at].header)}</th>" for at in kept]
    claim = any(column.kind == "copied" for column in columns)
    rows = [] if claim or not any(column.header for column in columns) else [f"<tr>{''.join(headers)}</tr>"]
    for group in groups:
        if group.heading:
            rows.append(f'<tr><th colspan="{len(kept)}">{_text(group.heading)}</th></tr>')
        for line in group.lines:
            cells = [_cell(columns[at], line.cells[at]) for at in kept]
            if claim:  # of which there is too much to say for one row
                rows += [f"<tr>{header}{cell}</tr>" for header, cell in zip(headers, cells, strict=True)]
            else:
                rows.append(f"<tr>{''.join(cells)}</tr>")
    form = Template(Path(__file__).with_name("document.html").read_text(encoding="utf-8"))
    caption = "<br/>".join(map(_text, captions or [title]))
    return form.substitute(title=_text(title), caption=caption, rows="\n".join(rows))


def _cell(column: Column, cell: Shown) -> str:
    style = ' class="right"' if column.kind in RIGHT else ""
    text = f'<a href="{_text(cell.link)}">{_text(cell.text)}</a>' if cell.link else _text(cell.text)
    return f"<td{style}>{text}</td>"


def _text(text: str) -> str:
    return escape(visible(text))
