"""The one spelling that words are searched by: American for British, digits for number words, one form of a verb.

FTS5 stems words; this joins what its stemmer keeps apart, and keeps apart what it would join. What differs from the
text as written is added to the index, and a question is asked both ways.
"""

import re
from functools import lru_cache

from guizhou_cli.text import HAN, normalised, tokens

_SAME = {
    word: one
    for line in """
    grow: grew grown growth / rise: rose risen / fall: fell fallen / build: built / begin: began begun / make: made
    sell: sold / buy: bought / spend: spent / lose: lost / province: provincial / past: last / percent: pct pc
    year: annum yearly annual annually / n2: two / n3: three / n4: four / n5: five / n6: six / n7: seven / n8: eight
    n9: nine / n10: ten / n11: eleven / n12: twelve
    """.replace("\n", "/").split("/")
    for one, _, others in [line.strip().partition(":")]
    for word in others.split()
}
"""Words of one meaning that the Porter stemmer keeps apart."""

_APART = {word: f"{word}1" for word in "news internal police".split()}
"""Words that it would join with another one (new, international, policy). No ending is cut off behind a digit."""

_PAIRS = {("per", "cent"): "percent", ("p", "a"): "year", ("united", "states"): "usa", ("u", "s"): "usa"}
"""Words side by side that are one."""

_CAPITALS = {"US": "usa", "IT": "infotech", "WHO": "worldhealth"}
"""Words that differ from a function word in their capitals alone."""

_JOINED = frozenset([*_PAIRS.values(), *_CAPITALS.values()])
_SECOND = frozenset(second for _, second in _PAIRS)

_AMERICAN = dict(
    pair.split(":")
    for pair in """
    centre:center kilometre:kilometer metre:meter litre:liter fibre:fiber theatre:theater programme:program
    defence:defense offence:offense licence:license practise:practice aluminium:aluminum sulphur:sulfur plough:plow
    mould:mold tyre:tire catalogue:catalog dialogue:dialog grey:gray cheque:check ageing:aging fulfil:fulfill
    enrol:enroll skilful:skillful instalment:installment jewellery:jewelry
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


def words(text: str) -> list[str]:
    """Return the words of a text, like `tokens`, but "per cent", "United States" and "US" as one word each."""
    text = normalised(text)
    if len(text) < _LEAST or not text.isupper():  # of a long text all in capitals nothing can be said
        for capitals, word in _CAPITALS.items():
            if capitals in text:
                text = re.sub(rf"\b{capitals}\b", word, text)
    found: list[str] = []
    for word in tokens(text):
        pair = _PAIRS.get((found[-1], word)) if word in _SECOND and found else None
        found[-1 if pair else len(found) :] = [pair or word]
    return found


@lru_cache(65_536)
def canonical(word: str) -> str:
    """Return a word in the one spelling: "centres" gives centers, "six" n6, "33.8" n33p8, "2,000" n2000."""
    if word[:1].isdigit():
        return _figure(word)
    same = _SAME.get(word) or _APART.get(word)
    if same:
        return same
    singular = word.removesuffix("s")
    if singular in _AMERICAN:
        return _AMERICAN[singular] + word[len(singular) :]
    if len(word) >= _LEAST:
        for size in range(9, 2, -1):
            ending = _ENDINGS.get(word[-size:])
            if ending:
                return word[:-size] + ending
    return word


def forms(word: str) -> list[str]:
    """Return the spellings that a word is searched by: the one, and as written where that finds nothing else."""
    spelt = canonical(word)
    return [spelt] if word in _APART or word[:1].isdigit() else list(dict.fromkeys([word, spelt]))


def _figure(digits: str) -> str:
    """Return a figure as one word, which neither a part of it nor a longer figure equals: "28.40" gives n28p4."""
    number = re.sub(r",(?=\d{3}(?!\d))", "", digits).replace(",", ".")
    if number.count(".") == 1:
        number = number.rstrip("0").rstrip(".")
    return "n" + number.replace(".", "p")


def is_han(word: str) -> bool:
    """Return whether a word is a Chinese character."""
    return re.match(f"[{HAN}]", word) is not None


def indexed(text: str) -> str:
    """Return what the index holds of a text beside the text itself.

    That is each word whose one spelling differs, each figure as one word, and each run of Chinese characters with
    blanks between them, for FTS5 takes such a run for one word.
    """
    found: dict[str, None] = {}
    run: list[str] = []
    for word in [*words(text), ""]:
        if word > "\u3000" and is_han(word):
            run.append(word)
            continue
        if run:
            found[" ".join(run)] = None
            run = []
        spelt = canonical(word)
        if spelt != word or word in _JOINED:
            found[spelt] = None
    return " | ".join(found)
