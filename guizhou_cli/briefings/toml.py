"""Writing TOML, as `gz export` and `gz draft` print it: plain strings, a table within a table on one line."""

from collections.abc import Iterator, Mapping

from guizhou_cli.output.machine import json_text


def lines(fields: Mapping[str, object]) -> Iterator[str]:
    """Yield the lines of a table, without the fields that are null or empty."""
    for key, value in fields.items():
        if value is not None and value != []:
            yield f"{key} = {text(value)}"


def text(value: object) -> str:
    r"""Return a value as TOML; what would control a terminal is written out in its strings: U+0085 as \u0085."""
    if isinstance(value, str):
        return json_text(value, indent=None).rstrip()
    if isinstance(value, Mapping):
        return f"{{ {', '.join(lines(value))} }}"
    if isinstance(value, list) and isinstance(value[0], Mapping):
        return "[\n" + "".join(f"    {text(row)},\n" for row in value) + "]"
    if isinstance(value, list):
        return f"[{', '.join(map(text, value))}]"
    return str(value).lower()
