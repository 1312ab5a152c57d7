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

    `spoke` are the names of those who spoke, or of the first hundred: a briefing of more is none. `others` are the
    rates of the same passage with the names of their partners, its own among them.
    """

    row: Row
    spoke: Sequence[str] = ()
    growth: Row | None = None
    partner: Sequence[str] = ()
    other_partners: Sequence[str] = ()
    others: "Sequence[_Rate]" = ()

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
    partner: Sequence[str]

    @classmethod
    def of(cls, growth: Row, partners: Mapping[str, Sequence[str]]) -> "_Rate":
        return cls(float(str(growth["annual_growth_pct"])), partners[str(growth["partner"])])


def claims(db: sqlite3.Connection, source: str, *, of_trade: bool = False) -> list[Claim]:
    """Return the claims of a source, or only those of a trade rate."""
    growth = {str(row["claim"]): row for row in queries.filtered(db, "trade", source=source).dicts()}
    partners = queries.partner_names(db) if growth else {}
    only = ("claim IN (SELECT claim FROM trade WHERE source = ?)", [source]) if of_trade else None
    shown = queries.filtered(db, "show", source=source, only=only)
    spoke = [str(row["speaker"]) for row in queries.filtered(db, "speakers", source=source).dicts()[:_LOOKED_FOR]]
    rates: dict[object, list[_Rate]] = {}
    for told in growth.values():
        rates.setdefault(told["paragraph"], []).append(_Rate.of(told, partners))
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
        if not holds(text, keyword):
            yield f"the keyword {naming.shortened(keyword)} {where}"
    figures = _figures(text)
    here = {*figures, *re.findall(_DIGITS, " ".join(figures)), *_years_told(text, str(claim.row["event_date"]))}
    statement, amounts = str(claim.row["statement"]), _amounts(text)
    here.update(figure for amount, figure in _amounts(statement).items() if amount in amounts)
    for figure in _figures(statement):
        if figure not in here and not here.issuperset(re.findall(_DIGITS, figure)):
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
    own = _rates(statement)
    if own and abs(rate) not in own:
        yield f"annual_growth_pct {rate:.15g} is not the rate that the statement gives"
    if abs(rate) in own and _other_direction(rate, statement):
        yield f"annual_growth_pct {rate:.15g} has not the direction that the statement gives"
    spans = re.findall(r"\b(\d{1,3}) (?:years?\b(?! plan)|\u5e74)", spelling.canonical(str(growth["period"] or "")))
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
    mine = _Rate(rate, claim.partner)
    if any(_swapped(text, mine, other) for other in claim.others):
        yield f"annual_growth_pct {rate:.15g} stands with another partner in paragraph {claim.paragraph}"


def _swapped(text: str, one: _Rate, other: _Rate) -> bool:
    """Tell whether a sentence names two partners in one order and their two rates in the other.

    That is told only where each rate stands once in the text, and what names the one partner before what names the
    other: "with ASEAN and Mercosur grew by 12.5 percent and 21.3 percent".
    """
    text = text.casefold()
    rates = [[at for at, number in _placed(text) if number == abs(each.rate)] for each in (one, other)]
    names = [[at for name in each.partner for at in _places(text, name)] for each in (one, other)]
    if [len(each) for each in rates] != [1, 1] or not all(names):
        return False
    (first,), (second,) = rates
    places = sorted([first, second, *names[0], *names[1]])
    if re.search(r"[.!?](?=\s)|[;\u3002]", text[places[0] : places[-1]]):
        return False
    before, behind = max(names[0]) < min(names[1]), max(names[1]) < min(names[0])
    return first > second if before else behind and first < second


def _placed(text: str) -> Iterator[tuple[int, float]]:
    """Yield where the numbers of a text stand, and which they are."""
    for match in re.finditer(r"[\d,.]*\d", text):
        yield from ((match.start(), number) for number in _numbers(match.group()))


def _places(text: str, name: str) -> list[int]:
    """Return where a name stands in casefolded text, as whole words."""
    found = re.finditer(re.escape(normalised(name).casefold()), text)
    return [
        match.start() for match in found if _stands(text[max(match.start() - 1, 0) : match.end() + 1], match.group())
    ]


def _other_direction(rate: float, text: str) -> bool:
    """Tell whether a text gives a rate the other direction; not where it gives both, or none that can be told."""
    rises = {rise for clause in re.split(_CLAUSE_END, normalised(text)) for rise in _directions(abs(rate), clause)}
    return rate != 0 and bool(rises) and (rate > 0) not in rises


def _directions(number: float, clause: str) -> Iterator[bool]:
    """Yield for each place of a number in a clause whether it is a rise: by the nearest words that tell, if any.

    Those are the nearest before it and the nearest behind it, which may differ: trade that, in spite of a fall in
    demand, averaged 12 percent growth. Of two that differ the one right before the number tells: grew 12 percent.
    """
    words = spelling.words(re.sub(r"(?<!\w)-(?=\d)", " minus ", clause))
    for at, word in enumerate(words):
        if number in _numbers(word):
            before, behind = words[max(at - _WORDS_BEFORE, 0) : at][::-1], words[at + 1 : at + 1 + _WORDS_BEHIND]
            right_before = _rise(before[:_RIGHT_BEFORE])
            told = [right_before] if right_before is not None else [_rise(before), _rise(behind)]
            yield from (rise for rise in told if rise is not None)


def _rise(words: Sequence[str]) -> bool | None:
    """Tell whether the first of the words that tells a direction tells a rise."""
    return next((word in _RISING for word in words if word in _RISING or word in _FALLING), None)


_CLAUSE_END = r"[,.:;!?\u3002](?!\d)| --? "
_RIGHT_BEFORE, _WORDS_BEFORE, _WORDS_BEHIND = 2, 10, 3
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


def _amounts(text: str) -> dict[float, str]:
    """Return the numbers in a text as they count, and the figure of each: 1200000 is 1.2, in 1.2 million."""
    found = {}
    words = spelling.words(text)
    for word, unit in zip(words, [*words[1:], ""], strict=True):
        number = re.fullmatch(r"(\d+)(?:p(\d+))?", word)
        if number:
            figure = word.replace("p", ".")
            found[round(float(figure) * _UNITS.get(unit, 1), 6)] = figure
    return found


_UNITS = {
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "\u4e07": 1e4,
    "\u4ebf": 1e8,
}


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
    told = re.findall(r"(\S+)(?: (?:to|or|and) (\S+))? percent\b", spelling.canonical(text))
    return _numbers(" ".join(word for pair in told for word in pair).replace("p", "."))


def _credits(text: str, claim: Claim, report: str) -> bool:
    """Tell whether a text may be of a claim's speaker: named; or, where it names no other, quoted, he, or in office."""
    speaker = str(claim.row["speaker"])
    others = [other for other in claim.spoke if other != speaker]
    if _names(text, speaker, others, str(claim.row["role"]), report):
        return True
    if any(_names(text, other) for other in others):
        return False
    office = re.split(r",| (?:of|for|at|in|to|and)\b", str(claim.row["role"]))[0].split()[-1:]
    # Not one that somebody's name follows: that is who is meant.
    held = any(re.search(rf"(?i:\bthe {re.escape(word)})\b(?! of\b|,? [A-Z])", text) for word in office)
    quoted = re.search(r'^"|[,.?!]"', text) is not None
    return held or quoted or re.search(_HE_OR_SHE, text) is not None or not _PRONOUNS.isdisjoint(tokens(text))


_LOOKED_FOR = 100

_PRONOUNS = frozenset("he she they er sie il elle \u00e9l ella ele ela lui lei \u043e\u043d \u043e\u043d\u0430".split())
_HE_OR_SHE = r"(?<!\u5176)[\u4ed6\u5979]"  # not as the half of "other"


def _names(text: str, name: str, others: Sequence[str] = (), role: str = "", report: str = "") -> bool:
    """Tell whether a text names a person: in full, or by the first or the last word of the name, as it is spelt.

    That word alone does not where it is part of the name of one of the others; nor, given a role and a report that
    has the whole name nowhere, where it is part of a longer one: "Bo Lund" is not Ada Lund, "Governor Lund" may be.
    """
    words = normalised(name).split()
    if _spelt(text, " ".join(words)):
        return True
    for other in map(normalised, others):
        text = text.replace(other, " ").replace(other.upper(), " ")
    if role and not _spelt(report, " ".join(words)):
        known = {*_TITLES, *tokens(role), *map(str.casefold, words)}
        longer = rf"\b([^\W\d_][\w'-]*) {re.escape(words[-1])}\b|\b{re.escape(words[0])} ([^\W\d_][\w'-]*)"
        for match in [*re.finditer(longer, text)]:
            beside = match[1] or match[2]
            if beside[0].isupper() and beside.casefold() not in known:
                text = text.replace(match.group(), " ")
    return any(_spelt(text, word) for word in (words[0], words[-1]))


_TITLES = frozenset(
    """
    ambassador chair chairman chairwoman chancellor commissioner comrade councillor deputy director dr general governor
    lady lord mayor minister miss mr mrs ms premier president prof professor secretary senator sir spokesman
    spokesperson spokeswoman
    """.split()
)


def _spelt(text: str, name: str) -> bool:
    return _stands(text, name) or _stands(text, name.upper())


def _stands(text: str, term: str) -> bool:
    """Tell whether a term stands in a text and is not part of a longer word."""
    if term not in text:  # which is mostly so, and told at once
        return False
    if not term:
        return True
    before = rf"(?<![^\W_{HAN}])" if re.match(rf"[^\W_{HAN}]", term) else ""
    after = rf"(?![^\W_{HAN}])" if re.search(rf"[^\W_{HAN}]$", term) else ""
    return re.search(f"{before}{re.escape(term)}{after}", text) is not None
