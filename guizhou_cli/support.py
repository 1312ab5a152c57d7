"""Whether a passage bears a claim out, as far as that can be told by its words, figures and names.

What it can't tell is whether our words mean what the passage says: that is for a person who has both.
"""

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from guizhou_cli import naming, queries, spelling
from guizhou_cli.article import normalised, tokens
from guizhou_cli.reading import Cell
from guizhou_cli.spelling import HAN

Row = Mapping[str, Cell]


class Claim(NamedTuple):
    """A claim: its row of the view `show`, that of the view `trade` if there is one, and the names of its partner.

    `spoke` are the names of those who spoke, or of the first hundred: a briefing of more is none.
    """

    row: Row
    spoke: Sequence[str] = ()
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
    growth = {str(row["claim"]): row for row in queries.filtered(db, "trade", source=source).dicts()}
    partners = queries.partner_names(db) if growth else {}
    only = ("claim IN (SELECT claim FROM trade WHERE source = ?)", [source]) if of_trade else None
    shown = queries.filtered(db, "show", source=source, only=only)
    spoke = [str(row["speaker"]) for row in queries.filtered(db, "speakers", source=source).dicts()[:_LOOKED_FOR]]
    found = []
    for row in shown.dicts():
        claim = Claim(row, spoke)
        rate = growth.get(claim.key)
        if rate:
            others = [name for id_, names in partners.items() if id_ != rate["partner"] for name in names]
            claim = claim._replace(growth=rate, partner=partners[str(rate["partner"])], other_partners=others)
        found.append(claim)
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
    figures = _figures(text)
    here = {*figures, *re.findall(_DIGITS, " ".join(figures)), *_years_told(text, str(claim.row["event_date"]))}
    for figure in _figures(str(claim.row["statement"])):
        if figure not in here and not here.issuperset(re.findall(_DIGITS, figure)):
            yield f"the figure {figure} {where}"
    if claim.growth:
        yield from _growth_faults(claim, claim.growth, text)
    if claim.row["attribution"] == "said" and not _credits(text, claim):
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
    spans = re.findall(r"\b(\d{1,3}) (?:years?\b|\u5e74)", spelling.canonical(str(growth["period"] or "")))
    if spans and growth["years"] is not None and str(growth["years"]) not in spans:
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
    if _other_direction(rate, text):
        yield f"annual_growth_pct {rate:.15g} has not the direction of paragraph {claim.paragraph}"
    if not holds(text, period):
        yield f"the period {naming.shortened(period)} {where}"
    if not period and years not in {None, 1} and float(str(years)) not in _numbers(text):
        yield f"years {years} {where}, and no period says so in the report's words"
    if not any(holds(text, name) for name in claim.partner):
        yield f"the partner {growth['partner']} {where}"


def _other_direction(rate: float, text: str) -> bool:
    """Tell whether a text gives a rate the other direction; not where it gives both, or none that can be told."""
    rises = {rise for clause in re.split(_CLAUSE_END, normalised(text)) for rise in _directions(abs(rate), clause)}
    return rate != 0 and bool(rises) and (rate > 0) not in rises


def _directions(number: float, clause: str) -> Iterator[bool]:
    """Yield for each place of a number in a clause whether it is a rise: by the nearest word that tells, if any.

    What leads up to a number is nearer to it than what follows: trade that grew 12 percent may do so despite a fall.
    """
    words = spelling.words(re.sub(r"(?<!\w)-(?=\d)", " minus ", clause))
    for at, word in enumerate(words):
        if number in _numbers(word):
            around = (*words[max(at - _WORDS_BEFORE, 0) : at][::-1], *words[at + 1 : at + 1 + _WORDS_BEHIND])
            told = next((near for near in around if near in _RISING or near in _FALLING), None)
            if told:
                yield told in _RISING


_CLAUSE_END = r"[,.:;!?\u3002](?!\d)| --? "
_WORDS_BEFORE, _WORDS_BEHIND = 10, 3
"""How far from a number the word may be that tells its direction: fell by an annual average of; percent lower."""

_RISING = frozenset(
    """
    advance advanced boost boosted climb climbed climbing expand expanded expanding expansion gain gained gaining grow
    growing grows higher increase increased increases increasing jump jumped jumping leap leapt lift lifted raise raised
    rebound rebounded rise rises rising soar soared soaring surge surged surging up \u589e \u5347 \u6da8
    """.split()
)
_FALLING = frozenset(
    """
    contracted contraction cut decline declined declines declining decrease decreased decreases decreasing dip dipped
    down drop dropped dropping fall falling falls less lose losing lower minus negative plunge plunged plunging reduced
    reduction shrank shrink shrinking shrunk slid slide sliding slipped slump slumped slumping tumble tumbled weakened
    \u964d \u8dcc \u51cf
    """.split()
)
"""In the one spelling, in which grew and growth are grow, rose is rise, and fell is fall."""

_DIGITS = r"\d+(?:\.\d+)?"


def _figures(text: str) -> list[str]:
    """Return the figures in a text, in digits or as the words two to twelve, each once: 28.4, 2, 14th."""
    found = (word for word in spelling.words(text) if any(map(str.isdecimal, word)))
    return list(dict.fromkeys(re.sub(r"(?<=\d)p(?=\d)", ".", word) for word in found))


def _years_told(text: str, day: str) -> Iterator[str]:
    """Yield the years that a text told on a day, as ISO 8601, speaks of without giving them in digits."""
    for words, since in _YEARS.items():
        if holds(text, words):
            yield str(int(day[:4]) + since)
    if re.search(_DAY_ALONE, text):
        yield day[:4]


_YEARS = {"last year": -1, "this year": 0, "next year": 1, "\u53bb\u5e74": -1, "\u4eca\u5e74": 0, "\u660e\u5e74": 1}
_MONTH = (
    r"\b(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_DAY_ALONE = rf"{_MONTH} \d{{1,2}}\b(?!,? \d{{4}})|\b\d{{1,2}} {_MONTH}(?! \d{{4}})"


def _numbers(text: str) -> set[float]:
    """Return the numbers in a text, also those that a unit or a currency is written on to: 50km, RMB1.2."""
    return {float(digits) for figure in _figures(text) for digits in re.findall(_DIGITS, figure)}


def _rates(text: str) -> set[float]:
    """Return the numbers in a text that are percentages."""
    return _numbers(" ".join(re.findall(r"\S+(?= percent\b)", spelling.canonical(text))).replace("p", "."))


def _credits(text: str, claim: Claim) -> bool:
    """Tell whether a text may be of a claim's speaker: named; or, where it names no other, quoted, he, or in office."""
    speaker = str(claim.row["speaker"])
    if _names(text, speaker):
        return True
    if any(_names(text, other) for other in claim.spoke if other != speaker):
        return False
    office = re.split(r",| (?:of|for|at|in|to|and)\b", str(claim.row["role"]))[0].split()[-1:]
    # Not one that somebody's name follows: that is who is meant.
    held = any(re.search(rf"(?i:\bthe {re.escape(word)})\b(?! of\b|,? [A-Z])", text) for word in office)
    quoted = re.search(r'^"|[,.?!]"', text) is not None
    return held or quoted or not _PRONOUNS.isdisjoint(tokens(text))


_LOOKED_FOR = 100

_PRONOUNS = frozenset(
    "he she they er sie il elle \u00e9l ella ele ela lui lei \u043e\u043d \u043e\u043d\u0430 \u4ed6 \u5979".split()
)


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
