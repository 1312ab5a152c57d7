"""Whether a passage bears a claim out, as far as that can be told by its words, figures and names.

What it can't tell is whether our words mean what the passage says: that is for a person who has both.
"""

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from guizhou_cli import naming, queries, spelling
from guizhou_cli.article import normalised
from guizhou_cli.reading import Cell
from guizhou_cli.spelling import HAN

Row = Mapping[str, Cell]


class Claim(NamedTuple):
    """A claim: its row of the view `show`, that of the view `trade` if there is one, and the names of its partner."""

    row: Row
    growth: Row | None = None
    partner: Sequence[str] = ()
    other_partners: Sequence[str] = ()

    @property
    def key(self) -> str:
        """The claim's key."""
        return str(self.row["claim"])

    @property
    def paragraph(self) -> int:
        """The number of the passage where it stands."""
        return int(str(self.row["paragraph"]))

    @property
    def keywords(self) -> list[str]:
        """Its keywords."""
        return queries.split_keywords(str(self.row["keywords"]))


def claims(db: sqlite3.Connection, source: str, *, of_trade: bool = False) -> list[Claim]:
    """Return the claims of a source, or only those of a trade rate."""
    growth = {str(row["claim"]): row for row in queries.view(db, "trade", source).dicts()}
    partners = queries.partner_names(db) if growth else {}
    shown = queries.filtered(db, "show", claim=growth) if of_trade else queries.view(db, "show", source)
    found = []
    for row in shown.dicts():
        rate = growth.get(str(row["claim"]))
        if rate:
            others = [name for id_, names in partners.items() if id_ != rate["partner"] for name in names]
            found.append(Claim(row, rate, partners[str(rate["partner"])], others))
        else:
            found.append(Claim(row))
    return found


def faults(claim: Claim, text: str) -> Iterator[str]:
    """Yield what a claim has that its passage has not, in words for a person.

    Args:
        claim: the claim.
        text: its passage, normalised.

    """
    where = f"is not in paragraph {claim.paragraph}"
    for keyword in claim.keywords:
        if not holds(text, keyword):
            yield f"the keyword {naming.shortened(keyword)} {where}"
    here = {*_figures(text), *_years_told(text, str(claim.row["event_date"]))}
    for figure in _figures(str(claim.row["statement"])):
        if figure not in here:
            yield f"the figure {figure} {where}"
    if claim.growth:
        yield from _growth_faults(claim, claim.growth, text)
    if claim.row["attribution"] == "said" and not _names(text, str(claim.row["speaker"])):
        yield f"paragraph {claim.paragraph} does not name {claim.row['speaker']}"
    yield from contradictions(claim)


def contradictions(claim: Claim) -> Iterator[str]:
    """Yield what the columns of a claim have otherwise than its own statement and period, in words for a person."""
    growth = claim.growth
    if not growth:
        return
    rate, statement = float(str(growth["annual_growth_pct"])), str(claim.row["statement"])
    own = _rates(statement)
    if own and abs(rate) not in own:
        yield f"annual_growth_pct {rate:.15g} is not the rate that the statement gives"
    if abs(rate) in own and _other_direction(rate, statement):
        yield f"annual_growth_pct {rate:.15g} has not the direction that the statement gives"
    spans = {number for number in _numbers(str(growth["period"] or "")) if number < _FIRST_YEAR}
    if spans and growth["years"] is not None and float(str(growth["years"])) not in spans:
        yield f"years {growth['years']} is not what the period says"
    stated = any(holds(statement, name) for name in claim.partner)
    if not stated and any(holds(statement, name) for name in claim.other_partners):
        yield f"the partner {growth['partner']} is not the one that the statement names"


def holds(text: str, term: str) -> bool:
    """Tell whether normalised text has a term, as whole words, without regard to case."""
    return _stands(text.casefold(), normalised(term).casefold())


def _growth_faults(claim: Claim, growth: Row, text: str) -> Iterator[str]:
    """Hold the rate, its direction, the years, the period and the partner against the passage."""
    where = f"is not in paragraph {claim.paragraph}"
    rate, period, years = float(str(growth["annual_growth_pct"])), str(growth["period"] or ""), growth["years"]
    if abs(rate) not in _numbers(text):
        yield f"annual_growth_pct {rate:.15g} {where}"
    told = " ".join(part for part in re.split(r"(?<=[.;!?\u3002\uff1b])\s+", text) if abs(rate) in _numbers(part))
    if _other_direction(rate, told):
        yield f"annual_growth_pct {rate:.15g} has not the direction of paragraph {claim.paragraph}"
    if not holds(text, period):
        yield f"the period {naming.shortened(period)} {where}"
    if not period and years not in {None, 1} and float(str(years)) not in _numbers(text):
        yield f"years {years} {where}, and no period says so in the report's words"
    if not any(holds(text, name) for name in claim.partner):
        yield f"the partner {growth['partner']} {where}"


def _other_direction(rate: float, text: str) -> bool:
    """Tell whether a text speaks of a rise alone where a rate is negative, or of a fall alone where it is positive."""
    here = set(spelling.words(text))
    rises, falls = bool(here & _RISING), bool(here & _FALLING)
    return rises != falls and ((rate < 0 and rises and f"-{-rate:.15g}" not in text) or (rate > 0 and falls))


_FIRST_YEAR = 1000
"""From here on a number in a period is a year."""

_RISING = frozenset("expand expanded gain gained grow growing grows increase increased rise rises rising".split())
_FALLING = frozenset(
    """
    contracted contraction cut decline declined declining decrease decreased dip dipped down drop dropped fall falling
    falls less lose lower minus negative plunged reduced reduction shrank shrink shrunk slid slipped slump slumped
    tumbled weakened
    """.split()
)
"""In the one spelling, in which grew and growth are grow, rose is rise, and fell is fall."""


def _figures(text: str) -> list[str]:
    """Return the figures in a text, in digits or as the words two to twelve, each once: 28.4, 2, 14th."""
    found = (word for word in spelling.words(text) if any(map(str.isdecimal, word)))
    return list(dict.fromkeys(re.sub(r"(?<=\d)p(?=\d)", ".", word) for word in found))


def _years_told(text: str, day: str) -> Iterator[str]:
    """Yield the years that a text told on a day, as ISO 8601, speaks of without giving them in digits."""
    for words, since in _YEARS.items():
        if holds(text, words):
            yield str(int(day[:4]) + since)


_YEARS = {"last year": -1, "this year": 0, "next year": 1, "\u53bb\u5e74": -1, "\u4eca\u5e74": 0, "\u660e\u5e74": 1}


def _numbers(text: str) -> set[float]:
    return {float(figure) for figure in _figures(text) if re.fullmatch(r"\d+(\.\d+)?", figure)}


def _rates(text: str) -> set[float]:
    """Return the numbers in a text that are percentages."""
    return _numbers(" ".join(re.findall(r"\S+(?= percent\b)", spelling.canonical(text))).replace("p", "."))


def _names(text: str, name: str) -> bool:
    """Tell whether a text names a person: in full, or by the first or the last word of the name, as it is spelt."""
    words = normalised(name).split()
    forms = [" ".join(words), words[0], words[-1]]
    return any(_stands(text, form) or _stands(text, form.upper()) for form in forms)


def _stands(text: str, term: str) -> bool:
    """Tell whether a term stands in a text and is not part of a longer word."""
    if term not in text:  # which is mostly so, and told at once
        return False
    if not term:
        return True
    before = rf"(?<![^\W_{HAN}])" if re.match(rf"[^\W_{HAN}]", term) else ""
    after = rf"(?![^\W_{HAN}])" if re.search(rf"[^\W_{HAN}]$", term) else ""
    return re.search(f"{before}{re.escape(term)}{after}", text) is not None
