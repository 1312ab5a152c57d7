"""The completion scripts for bash, zsh and fish, which ask completion.py, and how they are installed."""

from pathlib import Path

from guizhou_cli.errors import UsageProblem


def script(name: str) -> str:
    """Return the completion script of the shell in use for the program of this name. Raises as `install`."""
    return _filled(name)["script"]


def install(name: str) -> str:
    """Install the completion script of the shell in use in the user's home folder, and return a message.

    Raises:
        UsageProblem: if there is none for that shell.
        OSError: if a file can't be written.

    """
    shell = _filled(name)
    file, settings = Path.home() / shell["file"], Path.home() / shell["settings"]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(shell["script"], encoding="utf-8")
    there = settings.read_text(encoding="utf-8", errors="replace") if settings.exists() else ""
    if shell["line"] not in there:
        with settings.open("a", encoding="utf-8") as opened:
            opened.write(f"\n{shell['line']}\n")
    return f"completion is installed in {file}; it works in the next shell"


def _filled(name: str) -> dict[str, str]:
    """Return what shells.toml says of the shell in use, for the program of this name."""
    import tomllib

    import shellingham

    shells = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    try:
        shell = shellingham.detect_shell()[0]
    except shellingham.ShellDetectionFailure:
        shell = "in use, which is not known"
    if shell not in shells:
        raise UsageProblem(f"no completion for the shell {shell}", f"there is one for {', '.join(shells)}")
    return {key: text.replace("{name}", name).replace("{NAME}", name.upper()) for key, text in shells[shell].items()}
