"""What a shell asks while it completes: the values for the word that is typed.

A shell waits for each answer, so a value is looked up without Typer; only command names and options need the commands.
Nothing of a database is evaluated: the scripts take lines as data, and a value has none but safe characters.
"""

import os
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from guizhou_cli.ask.names import completions
from guizhou_cli.session import Session
from guizhou_cli.text import visible

_SAFE = re.compile(r"[A-Za-z0-9:_.=-]++")


def complete(instruction: str) -> int:
    """Answer a shell on stdout and return the exit status.

    `complete_bash` asks for values, with what was typed in COMP_WORDS and COMP_CWORD; `complete_lines` for values with
    descriptions behind a tab, with what was typed in _TYPER_COMPLETE_ARGS.
    """
    with suppress(Exception):  # a shell that is completing must not be disturbed
        if instruction == "complete_bash":
            words, cut = _in_bash()
            lines = [value[cut:] for value in offers(words)]
        elif instruction == "complete_lines":
            words = _words(os.environ["_TYPER_COMPLETE_ARGS"])
            lines = [f"{value}\t{shown}" for value, shown in offers(words).items()]
        else:
            return 0
        sys.stdout.buffer.write("".join(f"{line}\n" for line in lines).encode())
        sys.stdout.flush()
    return 0


def _in_bash() -> tuple[list[str], int]:
    """Return the words, and how many characters of the last bash has already: it splits words at `:` and `=`."""
    at = int(os.environ["COMP_CWORD"])
    split = [*_words(os.environ["COMP_WORDS"])[: at + 1], ""][: at + 1]
    words = re.sub("\n([:=])(\n|$)", r"\1", "\n".join(split)).split("\n")
    last = words[-1]
    return words, 0 if len(words) == len(split) else 1 + max(last.rfind(":"), last.rfind("="))


def _words(text: str) -> list[str]:
    """Return the words of a command line, of which the last is the one to complete."""
    return [word.strip("\"'") for word in text.split("\n" if "\n" in text else " ")]


def offers(words: Sequence[str]) -> dict[str, str]:
    """Return the values that complete the last of the words of a command line, with a description of each."""
    table = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    kinds = dict(line.split() for line in table if not line.startswith("#"))
    database, command, option = os.environ.get("GZ_DB"), "", ""
    for word in words[1:-1]:
        if option:
            database, option = (word if option == "--db" else database), ""
        elif word.startswith("-"):
            option = word if word in kinds else ""
        elif not command:
            command = word
    prefix, begun = "", words[-1]
    if option:
        kind = kinds[option]
    elif begun.startswith("-"):
        name, given, value = begun.partition("=")
        prefix, kind, begun = (name + given, kinds.get(name, "text"), value) if given else ("", "option", begun)
    else:
        kind = kinds.get(command, "file") if command else "command"
    found = _of_kind(kind, command, begun, database)
    return {
        prefix + value: visible(" ".join(shown.split())) for value, shown in found.items() if _SAFE.fullmatch(value)
    }


def _of_kind(kind: str, command: str, begun: str, database: str | None) -> dict[str, str]:
    if kind in {"text", "file"}:
        return {}
    if kind not in {"command", "option", "format", "style"}:
        with Session(Path(database) if database else None, color=False, pager=False).reading() as db:
            return dict(completions(db, kind, begun))
    import guizhou_cli.cli  # noqa: F401 - declares the commands; to import them takes twice as long as the database
    from guizhou_cli import app
    from guizhou_cli.output.formats import Format, Style

    if kind == "option":
        program = app.Program()
        params = (program.get_command(None, command) if command else program).params
        found = {name: getattr(param, "help", "") or "" for param in params for name in param.opts if name[0] == "-"}
    elif kind == "command":
        found = {name: info.help or "" for name, info in app.commands.items()}
    else:
        found = dict.fromkeys({"format": Format, "style": Style}[kind], "")
    return {value: shown for value, shown in found.items() if value.startswith(begun)}
