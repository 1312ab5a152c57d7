"""Whether a text has a term or names a person: whole words, and a name that is theirs and not a namesake's."""

import re
from collections.abc import Sequence

from guizhou_cli.article import MONTH, normalised, tokens
from guizhou_cli.search import FUNCTION_WORDS
from guizhou_cli.spelling import HAN


def holds(text: str, term: str) -> bool:
    """Tell whether normalised text has a term, as whole words, without regard to case."""
    return _stands(text.casefold(), normalised(term).casefold())


def places(text: str, name: str) -> list[tuple[int, int]]:
    """Return where a name begins and ends in casefolded text, as whole words."""
    return [match.span() for match in re.finditer(_whole(normalised(name).casefold()), text)]


def names(text: str, name: str, others: Sequence[str] = (), role: str = "", report: str = "") -> bool:
    """Tell whether a text names a person: in full, or by the first or the last word of the name, as it is spelt.

    That word alone does not where it is part of the name of one of the others; nor, given a role and a report that
    has the whole name nowhere, where it is part of a longer one: "Bo Lund" is not Ada Lund, "Governor Lund" may be.
    """
    words = normalised(name).split()
    if _spelt(text, " ".join(words)):
        return True
    for other in map(normalised, others):
        text = re.sub(f"{_whole(other)}|{_whole(other.upper())}", " ", text)
    if role and not _spelt(report, " ".join(words)):
        known = {*_TITLES, *FUNCTION_WORDS, *tokens(role), *map(str.casefold, words)}
        longer = rf"\b([^\W\d_][\w'-]*) {re.escape(words[-1])}\b|\b{re.escape(words[0])} ([^\W\d_][\w'-]*)"
        for match in [*re.finditer(longer, text)]:
            beside = match[1] or match[2]
            if beside[0].isupper() and known.isdisjoint(tokens(beside)) and not re.fullmatch(_DAY, beside):
                text = text.replace(match.group(), " ")
    return any(_spelt(text, word) for word in (words[0], words[-1]))


_TITLES = frozenset(
    """
    ambassador ceo chair chairman chairwoman chancellor chief commissioner comrade councillor deputy director dr general
    gov governor head lady lord mayor minister miss mr mrs ms premier president prof professor secretary senator sir
    spokesman spokesperson spokeswoman
    """.split()
)
_DAY = rf"{MONTH}|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Yesterday|Today"


def _spelt(text: str, name: str) -> bool:
    return _stands(text, name) or _stands(text, name.upper())


def _stands(text: str, term: str) -> bool:
    """Tell whether a term stands in a text and is not part of a longer word."""
    # That it does not is mostly so, and told at once.
    return term in text and re.search(_whole(term), text) is not None


def _whole(term: str) -> str:
    """Return a pattern for a term that is not part of a longer word; Chinese is written without blanks."""
    before = rf"(?<![^\W_{HAN}])" if re.match(rf"[^\W_{HAN}]", term) else ""
    after = rf"(?![^\W_{HAN}])" if re.search(rf"[^\W_{HAN}]$", term) else ""
    return f"{before}{re.escape(term)}{after}"
