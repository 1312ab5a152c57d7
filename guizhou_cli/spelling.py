"""Spellings: what the full-text index holds beside a text, and the other spellings that a question tries.

FTS5 stems words and ignores case and accents. It would take "28.4" for two words, so that "28" would find it, a run of
Chinese characters for one, and "US" for "use". The words that mean the same are a table of data, spelling.txt.
"""

import re
from functools import cache
from pathlib import Path

from guizhou_cli.text import HAN, normalised, tokens

_ACRONYMS = ("IT", "US", "WHO")
"""Those that are function words in small letters."""

_ACRONYM = rf"\b(?:{'|'.join(_ACRONYMS)})\b"
_FIGURE = r"[0-9](?<![A-Za-z0-9].)[0-9]*+(?:[.,][0-9]++)*+"  # begins with a set of characters, which `re` finds fastest
_EAST_ASIAN = "[\u2e80-\U0010ffff]++"
"""Chinese characters and full-width figures among others: of these alone the normal form is needed."""
_LEAST = 6
"""Letters of a word of which an ending may be spelt otherwise."""


def indexed(text: str) -> str:
    """Return the figures and acronyms of a text as words, and its Chinese characters with blanks between them."""
    found: list[str] = []
    if not text.isascii():
        east_asian = normalised(" | ".join(re.findall(_EAST_ASIAN, text)))
        found = [" ".join(run) for run in re.findall(f"[{HAN}]++", east_asian)]
        text = f"{text} | {east_asian}"
    found += map(_own, re.findall(_FIGURE, text))
    if any(acronym in text for acronym in _ACRONYMS):
        found += map(_own, re.findall(_ACRONYM, text))
    return " | ".join(dict.fromkeys(found))


def searched(text: str) -> list[str]:
    """Return the words of a text in normal form as a question looks for them: figures and acronyms as in the index."""
    if len(text) < _LEAST or not text.isupper():  # of a long text all in capitals nothing can be said
        text = re.sub(_ACRONYM, lambda found: _own(found[0]), text)
    return [_own(word) if re.match(_FIGURE, word) else word for word in tokens(text)]


def _own(word: str) -> str:
    """Return a word that only an equal figure or acronym equals: "28.40" gives n28p4, "US" nus."""
    number = re.sub(r",(?=\d{3}(?!\d))", "", word).replace(",", ".")
    if number.count(".") == 1:
        number = number.rstrip("0").rstrip(".")
    return "n" + number.replace(".", "p").lower()


@cache
def _lines() -> list[list[str]]:
    lines = Path(__file__).with_name("spelling.txt").read_text("utf-8").splitlines()
    return [line.split(", ") for line in lines if not line.startswith("#")]


def same() -> list[list[str]]:
    """Return words and phrases that mean the same, a list of each meaning."""
    return [line for line in _lines() if not line[0].startswith("-")]


def spellings(word: str) -> list[str]:
    """Return a word, and the word with an American ending for a British one or the reverse: labour, labor."""
    found = [word]
    for one, other in (line for line in _lines() if line[0].startswith("-") and len(word) >= _LEAST):
        for old, new in ((one[1:], other[1:]), (other[1:], one[1:])):
            if word.endswith(old):
                found.append(word.removesuffix(old) + new)
    return found
