"""Completion in bash, zsh and fish: what a shell asks, and the scripts that ask it.

A shell waits for each answer, so a value is looked up without Typer; only command names and options need the commands.
Nothing of a database is evaluated: the scripts take lines as data, and a value has none but safe characters.
"""

import os
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

Offer = tuple[str, str]
"""A value and its description."""

Declare = Callable[[], None]

SAFE = re.compile(r"[A-Za-z0-9:_.=-]++")

_TEXTS = """
    --columns --event --event-date --id --language --limit --place --port --published --publisher --subject --title
    --unit --url --whose
"""
OPTIONS = {
    "--db": "file",
    "--source": "source",
    "--topic": "topic",
    "--speaker": "speaker",
    "--partner": "partner",
    "--format": "format",
    "-f": "format",
    "--style": "style",
    "-s": "style",
    "--article": "file",
    **dict.fromkeys(_TEXTS.split(), "text"),
}
"""What each option takes that takes a value: a kind that `ask.names.completions` knows, or one that is handled here."""

ARGUMENTS = {
    "attach": "source",
    "cite": "claim",
    "detach": "source",
    "export": "source",
    "help": "command",
    "measures": "topic",
    "open": "claim",
    "read": "source",
    "remove": "added",
    "show": "claim",
    "speakers": "speaker",
    "trade": "partner",
}
"""What the arguments of a command are; those of the others are files or any text."""


def complete(instruction: str, declare: Declare) -> int:
    """Answer a shell and return the exit status.

    Args:
        instruction: `complete_bash`, `complete_lines` (values with descriptions, for our scripts for zsh and fish),
            `complete_zsh` or `complete_fish` (for Typer's scripts, which an earlier release has installed), or
            `source_` and the name of a shell. What was typed is in the environment, as for Typer's scripts: in
            COMP_WORDS and COMP_CWORD (bash) or in _TYPER_COMPLETE_ARGS.
        declare: imports the commands, which a value does without.

    A fault prints nothing, because a shell that is completing must not be disturbed.
    """
    try:
        what, _, shell = instruction.partition("_")
        text = script("gz", shell) if what == "source" else _answer(shell, declare)
        if os.environ.get("_TYPER_COMPLETE_FISH_ACTION") == "is-args":
            return 0 if text else 1
        if sys.stdout is not None:
            sys.stdout.buffer.write(text.encode("utf-8", "replace"))
            sys.stdout.flush()
    except Exception:
        if os.environ.get("GZ_DEBUG"):
            raise
    return 0


def _answer(shell: str, declare: Declare) -> str:
    if shell == "bash":
        found, cut = _in_bash(declare)
        return "".join(f"{value[cut:]}\n" for value, _ in found)
    typed = _words(os.environ.get("_TYPER_COMPLETE_ARGS", ""))
    found = offers(typed[1:-1], typed[-1], declare)
    if shell == "lines":
        return "".join(f"{value}\t{shown}\n" for value, shown in found)
    if shell == "fish":
        return "".join(f"{value}\n" for value, _ in found)
    if not found:
        return "_files"
    # The script for zsh of an earlier release evaluates this.
    pairs = ('"{}":"{}"'.format(value.replace(":", r"\\:"), re.sub(r"[^\w ,.-]", " ", shown)) for value, shown in found)
    return f"_arguments '*: :(({' '.join(pairs)}))'"


def _in_bash(declare: Declare) -> tuple[list[Offer], int]:
    """Return what to offer, and how many characters bash has already: it splits words at `:` and `=`."""
    typed = _words(os.environ["COMP_WORDS"])
    at = int(os.environ["COMP_CWORD"])
    split = [*typed[:at], typed[at] if at < len(typed) else ""]
    joined: list[str] = []
    for word in split:
        if joined and (word in {":", "="} or joined[-1][-1:] in {":", "="}):
            joined[-1] += word
        else:
            joined.append(word)
    cut = len(joined[-1]) - len(split[-1].strip(":=")) if len(joined) < len(split) else 0
    return offers(joined[1:-1], joined[-1], declare), cut


def _words(text: str) -> list[str]:
    """Return the words of a command line, of which the last is the one to complete."""
    if "\n" in text:
        words = text.split("\n")
    elif any(quote in text for quote in "\"'\\"):
        from shlex import split

        try:
            words = split(text)
        except ValueError:  # a quote that is not closed yet
            words = text.split()
        words += [""] if text[-1:].isspace() else []
    else:
        words = text.split() + ([""] if text[-1:].isspace() or not text else [])
    return [word.strip("\"'") for word in words]


def offers(words: Iterable[str], begun: str, declare: Declare) -> list[Offer]:
    """Return the values that complete what is begun behind these words, with a description of each."""
    database, command, option = os.environ.get("GZ_DB"), "", ""
    for word in words:
        if option:
            database, option = (word if option == "--db" else database), ""
        elif word.startswith("-"):
            option = word if word in OPTIONS else ""
        elif not command:
            command = word
    prefix = ""
    if option:
        kind = OPTIONS[option]
    elif begun.startswith("-"):
        option, has_value, _ = begun.partition("=")
        prefix, kind = (f"{option}=", OPTIONS.get(option, "text")) if has_value else ("", "option")
    else:
        kind = ARGUMENTS.get(command, "file") if command else "command"
    if kind in {"command", "option"}:
        declare()
    found = _of_kind(kind, command, begun.removeprefix(prefix), database)
    return [(prefix + value, _plain(shown)) for value, shown in found if SAFE.fullmatch(value)]


def _of_kind(kind: str, command: str, begun: str, database: str | None) -> list[Offer]:
    if kind in {"text", "file"}:
        return []
    if kind in {"command", "option", "format", "style"}:
        known = _of_the_program(kind, command)
        return [(value, shown) for value, shown in known.items() if value.startswith(begun)]
    from guizhou_cli.ask.names import completions
    from guizhou_cli.session import Session

    named = Path(database) if database else None
    with Session(named, color=False, pager=False).reading() as db:
        return completions(db, kind, begun)


def _of_the_program(kind: str, command: str) -> dict[str, str]:
    if kind == "format":
        from guizhou_cli.output.formats import Format

        return dict.fromkeys(Format, "")
    if kind == "style":
        from guizhou_cli.output.formats import Style

        return dict.fromkeys(Style, "")
    from guizhou_cli.app import Program, declared, options_of

    if kind == "command":
        return {
            name: (info.help or getattr(info.callback, "__doc__", None) or "").partition("\n")[0]
            for name, info in declared().items()
        }
    return options_of(Program(), command if command in declared() else None)


def _plain(shown: str) -> str:
    from guizhou_cli.text import visible

    return visible(" ".join(shown.split()))


SCRIPTS = {
    "bash": """\
_{name}_completion() {
    local IFS=$'\\n'
    COMPREPLY=($(env COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD _{NAME}_COMPLETE=complete_bash "$1"))
}
complete -o default -F _{name}_completion {name}
""",
    "zsh": """\
#compdef {name}
_{name}_completion() {
    local -a values shown
    local line
    local typed="${(pj:\\n:)words[1,$CURRENT]}"
    for line in "${(@f)$(env _TYPER_COMPLETE_ARGS="$typed" _{NAME}_COMPLETE=complete_lines {name})}"; do
        [[ -n $line ]] || continue
        values+=("${line%%$'\\t'*}")
        shown+=("${line/$'\\t'/  -- }")
    done
    if (( $#values )); then
        compadd -l -d shown -a values
    else
        _files
    fi
}
if [[ $funcstack[1] == _{name} ]]; then
    _{name}_completion
else
    compdef _{name}_completion {name}
fi
""",
    "fish": """\
function _{name}_completion
    set -lx _TYPER_COMPLETE_ARGS (commandline -cp | string collect)
    set -l found (env _{NAME}_COMPLETE=complete_lines {name})
    if set -q found[1]
        printf '%s\\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete --command {name} --no-files --arguments '(_{name}_completion)'
""",
}
"""The script of each shell. It hands over the words as they are, and takes the answer as lines of data."""


def script(name: str, shell: str | None = None) -> str:
    """Return the completion script of a shell for the program of this name; of the shell in use unless one is named.

    Raises:
        UsageProblem: if there is none for that shell.

    """
    shell = shell or _shell()
    if shell not in SCRIPTS:
        from guizhou_cli.errors import UsageProblem

        raise UsageProblem(f"no completion for the shell {shell}", f"there is one for {', '.join(SCRIPTS)}")
    return SCRIPTS[shell].replace("{name}", name).replace("{NAME}", name.upper())


def install(name: str) -> str:
    """Install the completion script of the shell in use in the user's home folder, and return a message.

    Raises:
        UsageProblem: if there is none for that shell.
        OSError: if a file can't be written.

    """
    from shlex import quote

    shell = _shell()
    text = script(name, shell)
    home = Path.home()
    places = {
        "bash": (home / ".bash_completions" / f"{name}.sh", home / ".bashrc"),
        "zsh": (home / ".zfunc" / f"_{name}", home / ".zshrc"),
        "fish": (home / ".config" / "fish" / "completions" / f"{name}.fish", None),
    }
    file, settings = places[shell]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    if settings:
        line = f"source {quote(str(file))}" if shell == "bash" else "fpath+=~/.zfunc; autoload -Uz compinit; compinit"
        there = settings.read_text(encoding="utf-8", errors="surrogateescape") if settings.exists() else ""
        if line not in there.splitlines():
            with settings.open("a", encoding="utf-8") as opened:
                opened.write(f"\n{line}\n")
    return f"completion for {shell} is installed in {file}; it works in the next shell"


def _shell() -> str:
    import shellingham

    try:
        return str(shellingham.detect_shell()[0])
    except shellingham.ShellDetectionFailure:
        return "in use, which is not known"
