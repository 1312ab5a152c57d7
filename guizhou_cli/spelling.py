"""The one spelling that words are searched by: American for British, digits for number words, one form of a verb.

FTS5 stems words; this joins only what its stemmer does not. What differs from the text as written is added to the
index, and a question is asked both ways.
"""

import re

from guizhou_cli.text import HAN, tokens

_NUMBERS = "two three four five six seven eight nine ten eleven twelve".split()
_SAME = {number: f"n{value}" for value, number in enumerate(_NUMBERS, start=2)} | {
    other: word
    for word, others in {
        "grow": "grew grown growth",
        "rise": "rose risen",
        "fall": "fell fallen",
        "build": "built",
        "begin": "began begun",
        "make": "made",
        "sell": "sold",
        "buy": "bought",
        "spend": "spent",
        "lose": "lost",
        "province": "provincial",
        "year": "annum yearly annual annually",
        "past": "last",
        "governor": "governors",
    }.items()
    for other in others.split()
}
"""Words of one meaning that the Porter stemmer keeps apart."""

_AMERICAN = dict(
    pair.split(":")
    for pair in """
    centre:center kilometre:kilometer metre:meter litre:liter fibre:fiber theatre:theater programme:program
    defence:defense offence:offense licence:license aluminium:aluminum sulphur:sulfur plough:plow tyre:tire
    catalogue:catalog dialogue:dialog grey:gray cheque:check ageing:aging jewellery:jewelry
    """.split()
)
_ENDINGS = dict(
    pair.split(":")
    for pair in """
    isation:ization isations:izations ise:ize ised:ized ises:izes ising:izing yse:yze ysed:yzed ysing:yzing our:or
    ours:ors oured:ored ouring:oring avour:avor avourable:avorable lled:led lling:ling ller:ler llers:lers
    """.split()
)
"""British endings and their American spelling, for words of six letters or more."""

_LEAST = 6


def canonical(token: str) -> str:
    """Return a word in the one spelling: "centres" gives centers, "six" n6, "33.8" n33p8, "2,000" n2000."""
    if token[:1].isdigit():
        return figure(token)
    if token in _SAME:
        return _SAME[token]
    singular = token.removesuffix("s")
    if singular in _AMERICAN:
        return _AMERICAN[singular] + token[len(singular) :]
    if len(token) >= _LEAST:
        for size in range(9, 2, -1):
            ending = _ENDINGS.get(token[-size:])
            if ending:
                return token[:-size] + ending
    return token


def figure(token: str) -> str:
    """Return a figure as one word, which neither a part of it nor a longer figure equals: "28.40" gives n28p4."""
    number = re.sub(r",(?=\d{3}(?!\d))", "", token).replace(",", ".")
    if number.count(".") == 1:
        number = number.rstrip("0").rstrip(".")
    return "n" + number.replace(".", "p")


def is_han(token: str) -> bool:
    """Return whether a word is a Chinese character."""
    return re.match(f"[{HAN}]", token) is not None


def indexed(text: str) -> str:
    """Return what the index holds of a text beside the text itself.

    That is each word whose one spelling differs, each figure as one word, and each run of Chinese characters with
    blanks between them, for FTS5 takes such a run for one word.
    """
    found: dict[str, None] = {}
    run: list[str] = []
    for token in [*tokens(text), ""]:
        if token and is_han(token):
            run.append(token)
            continue
        if run:
            found[" ".join(run)] = None
            run = []
        spelt = canonical(token)
        if spelt != token:
            found[spelt] = None
    return " | ".join(found)
