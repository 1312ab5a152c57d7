"""The seam between command, question and output is typed: mypy sees a wrong argument."""

import ast
import re
from pathlib import Path

import pytest
from conftest import REPOSITORY
from mypy import api

SNIPPET = """
from typer import Context
from guizhou_cli.answer import Answer
from guizhou_cli.app import database, question, show
from guizhou_cli.ask import search, views
from guizhou_cli.output import Style
from guizhou_cli.output.citation import cite

@question("Ask", "gz right")
def right(context: Context) -> Answer:
    print(cite(views.cited(database(context)), Style.text))
    return views.trade(database(context), ["asean"], sources=["guizhou-2024-06-14"])

@question("Ask", "gz wrong")  # wrong
def wrong(context: Context) -> float:
    db = database(context)
    show(context, views.trade(db, 3.14))  # wrong
    show(context, views.bases(db, 3.14))  # wrong
    show(context, views.measures(db, None, topics=[3.14]))  # wrong
    show(context, search.who_said(db, "coal", limit="3"))  # wrong
    show(context, 3.14)  # wrong
    show(context, [("a row",)])  # wrong
    print(cite(views.cited(db), "apa"))  # wrong
    print(cite(views.cited(db).rows, Style.text))  # wrong
    return 3.14
"""


def test_a_wrong_argument_is_a_type_error(tmp_path: Path) -> None:
    """Each wrong argument of a question and each wrong answer to show fails `mypy --strict`, and no right one does."""
    (tmp_path / "snippet.py").write_text(SNIPPET)
    configuration = REPOSITORY / "pyproject.toml"
    options = ["--strict", f"--config-file={configuration}", f"--cache-dir={tmp_path}", "--follow-imports=silent"]
    out, err, _ = api.run([*options, str(tmp_path / "snippet.py")])
    assert err == ""
    reported = {int(line) for line in re.findall(r"snippet\.py:(\d+): error", out)}
    wrong = [number for number, line in enumerate(SNIPPET.splitlines(), 1) if line.endswith("# wrong")]
    assert sorted(reported) == wrong


@pytest.mark.parametrize("path", sorted((REPOSITORY / "guizhou_cli" / "ask").glob("*.py")), ids=lambda path: path.name)
def test_questions_have_no_untyped_seam(path: Path) -> None:
    """No question takes or returns Any, or a callable of any arguments."""
    names = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
    assert "Any" not in names
    assert "Callable[..., Answer]" not in path.read_text()
