"""Whether a passage bears a claim out, as far as that can be told by its words, figures and names.

What it can't tell is whether our words mean what the passage says: that is for a person who has both.
"""

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from guizhou_cli import figures, known, mentions, naming, queries, spelling
from guizhou_cli.article import tokens
from guizhou_cli.reading import Cell

Row = Mapping[str, Cell]


class Claim(NamedTuple):
    """A claim: its row of the view `show`, that of the view `trade` if there is one, and the names of its partner.

    `spoke` are the names of those who spoke, or of the first hundred: a briefing of more is none. `others` are the
    rates of the same passage with the names of their partners, its own among them.
    """

    row: Row
    spoke: Sequence[str] = ()
    growth: Row | None = None
    partner: tuple[str, ...] = ()
    other_partners: Sequence[str] = ()
    others: "tuple[_Rate, ...]" = ()

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


class _Rate(NamedTuple):
    """A trade rate in percent a year, and the names of its partner."""

    rate: float
    partner: tuple[str, ...]


def claims(db: sqlite3.Connection, source: str, *, of_trade: bool = False) -> list[Claim]:
    """Return the claims of a source, or only those of a trade rate."""
    growth = {str(row["claim"]): row for row in queries.filtered(db, "trade", source=source).dicts()}
    partners = {id_: tuple(names) for id_, names in known.partner_names(db).items()} if growth else {}
    only = ("claim IN (SELECT claim FROM trade WHERE source = ?)", [source]) if of_trade else None
    shown = queries.filtered(db, "show", source=source, only=only)
    spoke = [str(row["speaker"]) for row in queries.filtered(db, "speakers", source=source).dicts()[:_LOOKED_FOR]]
    rates: dict[object, tuple[_Rate, ...]] = {}
    for told in growth.values():
        one = _Rate(float(str(told["annual_growth_pct"])), partners[str(told["partner"])])
        rates[told["paragraph"]] = (*rates.get(told["paragraph"], ()), one)
    found = []
    for row in shown.dicts():
        claim = Claim(row, spoke)
        rate = growth.get(claim.key)
        if rate:
            others = [name for id_, names in partners.items() if id_ != rate["partner"] for name in names]
            own, rivals = partners[str(rate["partner"])], rates[rate["paragraph"]]
            claim = claim._replace(growth=rate, partner=own, other_partners=others, others=rivals)
        found.append(claim)
    return found


def faults(claim: Claim, text: str, report: str) -> Iterator[str]:
    """Yield what a claim has that its passage has not, in words for a person.

    Args:
        claim: the claim.
        text: its passage, normalised.
        report: the report or a copy of it, normalised: there a speaker may be named in full.

    """
    where = f"is not in paragraph {claim.paragraph}"
    for keyword in claim.keywords:
        if not mentions.holds(text, keyword):
            yield f"the keyword {naming.shortened(keyword)} {where}"
    for figure in figures.lacking(str(claim.row["statement"]), text, str(claim.row["event_date"])):
        yield f"the figure {figure} {where}"
    if claim.growth:
        yield from _growth_faults(claim, claim.growth, text)
    if claim.row["attribution"] == "said" and not _credits(text, claim, report):
        yield f"paragraph {claim.paragraph} does not name {claim.row['speaker']}"
    yield from contradictions(claim)


def contradictions(claim: Claim) -> Iterator[str]:
    """Yield what the columns of a claim have otherwise than its own statement and period, in words for a person."""
    growth = claim.growth
    if not growth:
        return
    rate, statement = float(str(growth["annual_growth_pct"])), str(claim.row["statement"])
    own = figures.rates(statement)
    if own and abs(rate) not in own:
        yield f"annual_growth_pct {rate:.15g} is not the rate that the statement gives"
    if abs(rate) in own and figures.other_direction(rate, statement):
        yield f"annual_growth_pct {rate:.15g} has not the direction that the statement gives"
    spans = re.findall(r"\b(\d{1,3}) (?:years?\b(?! plan)|\u5e74)", spelling.canonical(str(growth["period"] or "")))
    if spans and growth["years"] is not None and str(growth["years"]) not in spans:
        yield f"years {growth['years']} is not what the period says"
    stated = any(mentions.holds(statement, name) for name in claim.partner)
    if not stated and any(mentions.holds(statement, name) for name in claim.other_partners):
        yield f"the partner {growth['partner']} is not the one that the statement names"


def _growth_faults(claim: Claim, growth: Row, text: str) -> Iterator[str]:
    """Hold the rate, its direction, the years, the period and the partner against the passage."""
    where = f"is not in paragraph {claim.paragraph}"
    rate, period, years = float(str(growth["annual_growth_pct"])), str(growth["period"] or ""), growth["years"]
    if abs(rate) not in figures.numbers(text):
        yield f"annual_growth_pct {rate:.15g} {where}"
    if figures.other_direction(rate, text):
        yield f"annual_growth_pct {rate:.15g} has not the direction of paragraph {claim.paragraph}"
    if not mentions.holds(text, period):
        yield f"the period {naming.shortened(period)} {where}"
    if not period and years not in {None, 1} and float(str(years)) not in figures.numbers(text):
        yield f"years {years} {where}, and no period says so in the report's words"
    if not any(mentions.holds(text, name) for name in claim.partner):
        yield f"the partner {growth['partner']} {where}"
    told = {partner for partner, number in _rates_told(text, claim.others) if number == abs(rate)}
    if told and claim.partner not in told:
        yield f"annual_growth_pct {rate:.15g} stands with another partner in paragraph {claim.paragraph}"


class _Told(NamedTuple):
    """Where a sentence names a partner, or gives a rate, in characters; the other of the two is empty."""

    begin: int
    end: int
    partner: tuple[str, ...] = ()
    rate: float = 0.0


@lru_cache(maxsize=8)
def _rates_told(text: str, told_of: tuple[_Rate, ...]) -> set[tuple[tuple[str, ...], float]]:
    """Return which partner each rate is plainly told of in a text, by the partner's names, whatever was claimed.

    Plain is a sentence that names partners and rates in turn, or partners one right after the other and then as many
    rates: "with ASEAN and Mercosur grew by 12.5 percent and 21.3 percent". One that compares is not.
    """
    found: set[tuple[tuple[str, ...], float]] = set()
    for sentence in re.split(r"(?<=[.!?])\s|[;\u3002]", text.casefold()):
        told = [] if re.search(_COMPARING, sentence) else _in_order(sentence, told_of)
        half, kinds = len(told) // 2, "".join("N" if each.partner else "R" for each in told)
        between = [sentence[one.end : other.begin] for one, other in pairwise(told)]
        if kinds in {"NR" * half, "RN" * half}:
            pairs = zip(told[::2], told[1::2], strict=True)
        elif kinds == "N" * half + "R" * half and all(map(_AND.fullmatch, between[: half - 1] + between[half:])):
            pairs = zip(told[:half], told[half:], strict=True)
        else:
            continue
        found.update((one.partner or other.partner, one.rate or other.rate) for one, other in pairs)
    return found


def _in_order(sentence: str, told_of: tuple[_Rate, ...]) -> list[_Told]:
    """Return the partners and rates of a sentence as they stand; a longer name hides the shorter one within it."""
    rates, partners = {abs(each.rate) for each in told_of}, {each.partner for each in told_of}
    told = [_Told(*at, partner) for partner in partners for name in partner for at in mentions.places(sentence, name)]
    told += [_Told(begin, end, (), rate) for begin, end, rate in figures.placed(sentence) if rate in rates]
    kept: list[_Told] = []
    for each in sorted(told, key=lambda each: (each.begin, -each.end)):
        if kept and each.begin < kept[-1].end:
            continue
        if kept and each.partner and each.partner == kept[-1].partner:
            kept[-1] = kept[-1]._replace(end=each.end)
        else:
            kept.append(each)
    return kept


_COMPARING = r"\b(?:ahead|against|beat|beats|behind|compared|former|latter|outpac\w+|than|unlike|versus|vs)\b"
_AND = re.compile(r"\s*(?:%|percent|per cent)?[\s,]*(?:and|&|\u548c|\u4e0e)?(?: with| by)?(?: the)?\s*")


def _credits(text: str, claim: Claim, report: str) -> bool:
    """Tell whether a text may be of a claim's speaker: named; or, where it names no other, quoted, he, or in office."""
    speaker = str(claim.row["speaker"])
    others = [other for other in claim.spoke if other != speaker]
    if mentions.names(text, speaker, others, str(claim.row["role"]), report):
        return True
    if any(mentions.names(text, other) for other in others):
        return False
    office = re.split(r",| (?:of|for|at|in|to|and)\b", str(claim.row["role"]))[0].split()[-1:]
    # Not one that somebody's name follows: that is who is meant.
    held = any(re.search(rf"(?i:\bthe {re.escape(word)})\b(?! of\b|,? [A-Z])", text) for word in office)
    quoted = re.search(r'^"|[,.?!]"', text) is not None
    return held or quoted or re.search(_HE_OR_SHE, text) is not None or not _PRONOUNS.isdisjoint(tokens(text))


_LOOKED_FOR = 100

_PRONOUNS = frozenset("he she they er sie il elle \u00e9l ella ele ela lui lei \u043e\u043d \u043e\u043d\u0430".split())
_HE_OR_SHE = r"(?<!\u5176)[\u4ed6\u5979]"  # not as the half of "other"
