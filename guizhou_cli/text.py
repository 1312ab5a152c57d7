"""Text: the form that fingerprints are taken of, the one tokenizer, the one fold, and what may be printed.

On the path of every query, so it imports nothing that a query does without.
"""

import re
from collections.abc import Iterable

HAN = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Chinese and Japanese characters, as the inside of a character class of `re`: each is a word of its own."""

STEERING = (
    r"\x00-\x1f"  # C0
    r"\x7f-\x9f"  # DEL and C1
    r"\u061c"  # Arabic letter mark
    r"\u200e\u200f"  # left-to-right and right-to-left marks
    r"\u2028-\u202e"  # separators of lines and paragraphs, embeddings and overrides
    r"\u2066-\u2069"  # isolates
    r"\ud800-\udfff"  # lone surrogates
    r"\ufeff"  # byte order mark
    r"\ufff9-\ufffb"  # interlinear annotation
    r"\ufdd0-\ufdef\ufffe\uffff"  # noncharacters
)
"""Characters that control a terminal or can't be encoded, as the inside of a character class of `re`."""

UNSEEN = dict.fromkeys([0xAD, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF])
"""Characters of no width, as a table of `str.translate` that leaves them out."""
_PLAIN = (
    dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u2032\u2035\u02bb\u02bc\u2039\u203a"), "'")
    | dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb"), '"')
    | dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212"), "-")
    | dict.fromkeys(map(ord, "\u2014\u2015"), "--")
)
_MARKS = "\u0300-\u036f"
"""Accents and other diacritics of Latin, Greek and Cyrillic letters. The vowel signs of other scripts are letters."""
_SIGNS = (
    "\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0d7f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1-\u0ece\u1000-\u109f"
)
"""Vowel signs and tone marks within words, which `\\w` leaves out."""
_WORD = rf"[{HAN}]|\d++(?:[.,]\d++)*+|(?:[^\W\d_{HAN}]|[{_MARKS}{_SIGNS}])(?:[^\W_{HAN}]|[{_MARKS}{_SIGNS}])*+"

_ASCII_WORD = r"\d++(?:[.,]\d++)*+|[a-z][a-z0-9]*+"
"""The same for a text of ASCII alone, at more than twice the speed."""


def visible(text: str) -> str:
    r"""Return `text` with each character that controls a terminal or can't be encoded written out (ESC as `\x1b`)."""
    if text.isprintable():  # the common case at C speed; false for all of these and for a few harmless ones
        return text
    return re.sub(f"[{STEERING}]", lambda match: match.group().encode("unicode_escape").decode("ascii"), text)


def decoded(typed: str) -> str:
    """Return an argument typed in a C locale, whose bytes Python could not decode, as the UTF-8 that it most likely is.

    A lone surrogate that is left becomes a question mark, for SQLite takes none.
    """
    try:
        return typed.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeError:
        return typed.encode("utf-8", "replace").decode("utf-8")


def normalised(text: str) -> str:
    """Return `text` in the form that fingerprints and quotes are compared in.

    Unicode NFKC; typographic quotes as plain ones, an em dash as two hyphens, an en dash as one, or as two where it
    is between blanks; soft hyphens, byte order marks and characters of no width left out; runs of white space as
    one blank; ends stripped.
    """
    if not text.isascii():
        # A dash between blanks is what word processors make of two hyphens.
        text = re.sub(r"(?<!\S)[\u2012\u2013](?!\S)", "\u2014", text.translate(UNSEEN))
        from unicodedata import normalize

        text = normalize("NFKC", text).translate(_PLAIN)
    return " ".join(text.split())


def tokens(text: str) -> list[str]:
    """Return the words of a text without case: "Li's 28.4% of 贸易" gives li, s, 28.4, of, 贸, 易.

    A figure is one word, with its point or commas. A Chinese character is a word.
    """
    return re.findall(_ASCII_WORD if text.isascii() else _WORD, text.casefold())


def fold(name: str) -> str:
    """Return a name without case, accents, blanks and punctuation, to compare names by.

    Vowel signs of Hindi, Thai and other scripts are kept: names that differ in them are different names.
    """
    name = decoded(name).casefold()
    if name.isascii():
        return "".join(filter(str.isalnum, name))
    from unicodedata import category, normalize

    plain = (c for c in normalize("NFKD", name).casefold() if not "\u0300" <= c <= "\u036f")
    return "".join(c for c in plain if c.isalnum() or category(c)[0] == "M")


def han(text: str) -> int:
    """Return how many Chinese and Japanese characters a text has."""
    return len(re.findall(f"[{HAN}]", text))


def initials(name: str) -> str:
    """Return the letters that the capitalised words of a name begin with, without case: who, of World Health Office."""
    return "".join(word[0] for word in name.split() if word[0].isupper()).casefold()


def pieces(quote: str) -> list[str]:
    """Return the pieces of a quote between which something is left out: " … " or "..."."""
    return quote.replace("...", "\u2026").split("\u2026")


def counted(count: object, thing: str) -> str:
    """Return a number of things: 1 claim, 2 claims."""
    return f"{count} {thing}{'' if count == 1 else 's'}"


def shortened(text: str, most: int = 60) -> str:
    """Return a text in quotes, made visible, and cut where it is longer than `most` characters."""
    return f'"{visible(text[:most])}{"…" if len(text) > most else ""}"'


def listed(lead: str, names: Iterable[str], most: int = 12) -> str:
    """Return names in one line behind `lead`, no more than `most` of them."""
    names = list(names)
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return lead + ", ".join(names[:most]) + rest
