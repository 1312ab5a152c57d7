"""Draft a briefing of a report, as TOML for `gz add`: its source, its speakers, and a claim for each sentence.

The words that it goes by are data: draft.toml.
"""

import re
import textwrap
import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import resources
from itertools import dropwhile, groupby, pairwise, takewhile

from guizhou_cli.briefings import toml
from guizhou_cli.report import speakers
from guizhou_cli.report.figures import Figure, figures, phrase
from guizhou_cli.report.names import CHINESE, ENGLISH
from guizhou_cli.report.reading import DATE, Document, Passage, is_date_line, passages
from guizhou_cli.report.speakers import Credit
from guizhou_cli.report.wording import facts, plain
from guizhou_cli.text import HAN, han, normalised, tokens, visible

_LONGEST_QUOTE, _LONGEST_TEXT = 2000, 500  # characters, as in the model
_SHOWN = 1500  # characters of a passage that are shown in the comment above its claims
_WIDTH = 118
_MOST_FIGURES = 50  # of one claim
_MOST_KEYWORDS = 4
_SLUG_WORDS = 4
_SHORT = 8  # words of a heading
_FEWEST_WORDS = 3
_FEWEST_HAN = 5
_FOOTER_WORDS = 60
_BYLINE_WORDS = 15
_HAN_DATELINE = re.compile(
    rf"[{HAN}]{{2,4}}[社网]([{HAN}]{{2,4}}?)\d+月\d+日电(?:[(\uff08][^)\uff09]{{2,20}}[)\uff09])?"
)
_MARKS = '"\u201c\u201d\u201e\u00ab\u00bb'
_PIECE = re.compile(rf"[{HAN}{_MARKS}]|[^\s{HAN}{_MARKS}]+")  # as many in a text as it is printed as in normal form
_DASH = re.compile(r" (?:--?|\u2014|\u2013) ")
_WORDS: dict[str, list[str]] = tomllib.loads(resources.files(__package__).joinpath("draft.toml").read_text("utf-8"))
_LONGEST_PHRASE = 6  # words of what a figure is of
_FOOTER = re.compile(rf"(?<![a-z])(?:{'|'.join(_WORDS['footers'])})(?![a-z$])")
# Of the verbs that credit only known people some are nouns, too: claims, estimates, projects.
_REPORTS = [*ENGLISH["said"], *(verb for verb in ENGLISH["reported"] if verb.endswith("ed"))]
_CLAUSE = re.compile(
    rf',(?!\d)|(?<!\d),|[;:()"]|\b(?:{"|".join([*_WORDS["begins_clause"], *_REPORTS])})\b', re.IGNORECASE
)
_ENDS = sorted([*_WORDS["ends_phrase"], *_WORDS["share"]], key=len, reverse=True)
_BEFORE_NOUNS = {*_ENDS, *ENGLISH["determiners"]}
_COUNTED = frozenset({"count", "people", "mass", "length", "area"})  # kinds of figures that what they are of is behind


@dataclass(frozen=True)
class DraftOptions:
    """What no report says of itself, or what a person knows better: fields of the source."""

    id: str | None = None
    title: str | None = None
    publisher: str | None = None
    published: str | None = None
    event: str | None = None
    event_date: str | None = None
    place: str | None = None
    url: str | None = None
    language: str | None = None
    subject: str | None = None


def draft(document: Document, options: DraftOptions) -> str:
    """Return a briefing of a report as TOML: source, speakers, and a claim for each sentence that states something.

    What neither the options nor the report give is `TODO`, with a comment that names the option. Linear in the report.
    """
    found = passages(document.text)
    language = options.language or document.language
    beside_it = {passage.number for passage in found[1:] if _is_beside(passage.text)}
    credited = [
        credit
        for credit in speakers.credits(found, language)
        if credit.sentence.paragraph not in beside_it and _states_something(credit)
    ]
    roles = {credit.speaker: credit.role or "" for credit in credited if credit.speaker}
    taken: set[str] = set()
    ids = {name: _unique(_slug(name) or "speaker", taken) for name in roles}
    lines = [
        "# Drafted from the report by rules. Check each claim, remove its `drafted = true`, delete what is of no use.",
        "",
        "[source]",
        *_source(document, options, found, language),
    ]
    for name, role in roles.items():
        lines += ["", "[[speaker]]", *_speaker(ids[name], name, role)]
    taken = set()
    for number, group in groupby(credited, lambda credit: credit.sentence.paragraph):
        lines += ["", *_comment(found[number])]
        for credit, quote in _quoted(group, found[number]):
            lines += ["", "[[claim]]", *toml.lines(_claim(credit, quote, ids, taken))]
    return "\n".join(lines) + "\n"


# Which sentences are claims ---------------------------------------------------------------------------------


def _is_beside(text: str) -> bool:
    """Return whether a passage is part of the page and not of the report: a menu, a footer, a byline, a heading."""
    count, low = len(text.split()) + han(text) // 2, " ".join(text.casefold()[:_LONGEST_TEXT].replace("©", " ").split())
    footer = count < _FOOTER_WORDS and _FOOTER.search(low) is not None
    ends = text.endswith((".", "!", "?", '"', "。", ";", ":", "…", ")"))
    byline = count < _BYLINE_WORDS and not ends and ("|" in text or low.startswith(tuple(_WORDS["bylines"])))
    heading = not ends and count <= _SHORT and not figures(text)
    return footer or byline or heading or is_date_line(text)


def _states_something(credit: Credit) -> bool:
    """Return whether a sentence is no question, no greeting, no name of an event, and has words enough."""
    if credit.asked:
        return False
    text, headline = credit.sentence.text, credit.sentence.paragraph == 0
    low, count = text.casefold().strip("\"' "), len(text.split())
    greets = low.startswith(tuple(_WORDS["greetings"])) and count <= 2 * _SHORT
    names = headline and any(word in low for word in _WORDS["no_statements"])
    short = count < _FEWEST_WORDS - headline and han(text) < _FEWEST_HAN
    credits_only = han(text) and count == 1 and low.rstrip("\u3002").endswith(tuple(CHINESE["said"]))
    return not (((greets or names) and not figures(text)) or short or credits_only or low.endswith(("?", ":")))


def _quoted(credited: Iterable[Credit], passage: Passage) -> Iterator[tuple[Credit, str]]:
    """Yield the words of each sentence as the report prints them, where they can be found, else normalised."""
    begins = [piece.start() for piece in _PIECE.finditer(passage.text)]
    printed = [piece.span() for piece in _PIECE.finditer(passage.printed)]
    for credit in credited:
        sentence = credit.sentence
        spans = printed[bisect_left(begins, sentence.start) : bisect_left(begins, sentence.end)]
        quote = passage.printed[spans[0][0] : spans[-1][1]] if spans else ""
        yield credit, quote if normalised(quote) == sentence.text else sentence.text


# The source and the speakers --------------------------------------------------------------------------------


def _source(document: Document, options: DraftOptions, found: Sequence[Passage], language: str) -> Iterator[str]:
    given: dict[str, str | None] = asdict(options)
    guesses = _guesses(document, found) | {"language": language}
    day = given["event_date"] or given["published"] or guesses.get("published")
    name = _slug(_first_words(options.subject or options.title or guesses.get("title") or "")) or "report"
    guesses |= {"id": f"{name}-{day}", "event_date": day} if day else {"id": name}
    for key, value in given.items():
        option = f"--{key.replace('_', '-')}"
        if value is not None:
            yield f"{key} = {toml.text(value)}"
        elif key in guesses:
            yield f"{key} = {toml.text(guesses[key])}  # a guess from the report; {option} says better"
        elif key == "subject":
            yield f"# subject: whose briefing it is, such as a country; {option}"
        else:
            yield f'{key} = "TODO"  # the report does not say; {option}'


def _guesses(document: Document, found: Sequence[Passage]) -> dict[str, str]:
    """Return what the report gives of its source: by its date line, its dateline and its words."""
    head = document.text[: 4 * _LONGEST_QUOTE]
    low = normalised(head).casefold()
    dated = next((normalised(line) for line in head.splitlines() if is_date_line(line)), "")
    rest = re.sub(r"(?i)updated|published|posted|\d\d?:\d\d(?::\d\d)?|[:|,]", " ", DATE.sub(" ", dated))
    guesses = {
        "title": (document.title or (found[0].text if found else ""))[:_LONGEST_TEXT],
        "publisher": document.publisher or " ".join(rest.split()),
        "published": document.published or _day(low),
        "url": document.url,
        "event": next((event.capitalize() for event in _WORDS["events"] if event in low), None),
        "place": next((line[0] for passage in found[1:4] if (line := _dateline(passage.text))), None),
    }
    return {key: value for key, value in guesses.items() if value}


def _day(text: str) -> str | None:
    """Return the first full date of a text in small letters in ISO 8601."""
    match = DATE.search(text)
    if match is None:
        return None
    numbers = re.findall(r"\d+", match[0])
    year = max(numbers, key=len)
    numbers.remove(year)
    named = re.search(r"[a-z]{3}", match[0])
    month = _WORDS["months"].index(named[0]) + 1 if named else int(numbers[0])
    return f"{year}-{month:02}-{int(numbers[-1]):02}"


def _dateline(text: str) -> tuple[str, int] | None:
    """Return the place of a dateline and where it ends: "BEIJING, June 14 -- ...", "BANGKOK (AP) - ..."."""
    if chinese := _HAN_DATELINE.match(text):
        return chinese[1], chinese.end()
    dash = _DASH.search(text[:_WIDTH])
    place = re.split(r"[,(]", text[: dash.start()])[0].strip() if dash else ""
    return (place.title(), dash.end()) if dash and place.isupper() and place.replace(" ", "").isalpha() else None


def _speaker(id_: str, name: str, role: str) -> Iterator[str]:
    role = re.sub(r"(?i)^(?:an?|the|another|his|her|its) ", "", role)[:_LONGEST_TEXT]
    _, *body = re.split(r" (?:of|for|at) (?:the )?", role, maxsplit=1)
    role = role[:1].upper() + role[1:]
    yield from toml.lines({"id": id_, "name": name[:_LONGEST_TEXT], "role": role or "Role not given"})
    if body:
        yield f"organization = {toml.text(body[0][:1].upper() + body[0][1:])}  # a guess from the role"
    else:
        yield 'organization = "Organization not given"'


# Claims -----------------------------------------------------------------------------------------------------


def _comment(passage: Passage) -> Iterator[str]:
    text = visible(passage.text[:_SHOWN]) + ("..." if len(passage.text) > _SHOWN else "")
    yield f"# Paragraph {passage.number}"
    yield from textwrap.wrap(text, _WIDTH, initial_indent="# ", subsequent_indent="# ")


def _claim(credit: Credit, quote: str, ids: Mapping[str, str], taken: set[str]) -> dict[str, object]:
    dateline = _dateline(quote) if credit.sentence.start == 0 else None
    quote = quote[dateline[1] if dateline else 0 :][:_LONGEST_QUOTE].strip()
    text = normalised(quote)
    found = figures(text)[:_MOST_FIGURES]
    # The names of several words, but for that of the speaker.
    names = re.findall(r"(?<=[a-z,] )[A-Z][\w'-]*+(?: (?:(?:and|of|for) )?[A-Z][\w'-]*+)++", text)
    names = [name for name in names if len(name) < _WIDTH and not (credit.speaker and credit.speaker in name)]
    keywords = list(dict.fromkeys([*(figure.text for figure in found if figure.unit), *names]))
    return {
        "id": _unique(_slug(_first_words(text)) or f"paragraph-{credit.sentence.paragraph}", taken),
        "quote": quote,
        "paragraph": credit.sentence.paragraph,
        "speaker": ids.get(credit.speaker or ""),
        "said_in": credit.said_in and credit.said_in[:_LONGEST_QUOTE],
        "keywords": keywords[:_MOST_KEYWORDS],
        "figure": [_figure(figure, text, found) for figure in found],
        "drafted": True,
    }


def _figure(figure: Figure, text: str, others: Sequence[Figure]) -> dict[str, object]:
    """Return a figure as a table; what it is of, its change and its sign are guesses by the words beside it."""
    others = [other for other in others if other.kind != "time"]
    earlier = [other for other in others if other.end <= figure.start]
    later = [other for other in others if other.start >= figure.end]
    beside = list(pairwise([*earlier[-1:], figure, *later[:1]]))
    between = [text[one.end : other.start].strip("( ") for one, other in beside]
    falling = any(
        words == "to" and one.value > other.value for words, (one, other) in zip(between, beside, strict=True)
    )
    start = figure.start
    if earlier and between[0] in _WORDS["ranges"]:
        start = earlier.pop().start
    before_that, begin = (text[: earlier[-1].start], earlier[-1].end) if earlier else ("", 0)
    end = later[0].start if later else len(text)
    before, behind = text[begin:start], text[figure.end : end]
    change, falls = ("level", False) if falling else _change(figure, before, behind)  # from 9 to 8 percent
    clauses = [*_CLAUSE.split(before)[::-1], *_CLAUSE.split(before_that)[::-1]]
    clauses.insert(0, _before_of(clauses[0]))
    if figure.kind in _COUNTED:
        clauses.insert(0, _CLAUSE.split(behind.strip(".-"), maxsplit=1)[0])
    what = next(filter(None, map(_noun_phrase, clauses)), "figure")
    first = what.split(" ")[0]
    if text.startswith(first) and first[1:].islower() and not facts(first).get("name"):
        what = first.lower() + what.removeprefix(first)
    value = -figure.value if falls else figure.value
    number = int(value) if value % 1 == 0 else float(value)
    table = {"what": what[:_LONGEST_TEXT], "value": number, "unit": figure.unit}
    return table | ({"change": change} if change != "level" else {}) | (_period(text) if change == "growth" else {})


def _change(figure: Figure, before: str, behind: str) -> tuple[str, bool]:
    """Return the change of a figure by the words before and behind it, and whether it is one downwards."""
    earlier, later = phrase(before)[-6:], phrase(behind)
    beside = [*earlier, "", *later[:3]]
    near = {*beside, *map("".join, pairwise(beside))}  # a Chinese word is two tokens
    grows = "direction" in facts(" ".join([*earlier, figure.text, *later[:5]]))
    change = "target" if not near.isdisjoint(_WORDS["target"]) else "level"
    if figure.kind == "ratio" and change == "level":
        change = "growth" if grows else "share" if not near.isdisjoint(_WORDS["share"]) else "level"
    moves = (facts(part).get("direction") for part in (_CLAUSE.split(before)[-1], before + figure.text + behind))
    directions = next(filter(None, moves), {})
    reached = not {*_WORDS["levels"]}.isdisjoint(before.split()[-2:])  # fell to 2 percent
    if change == "growth" and (reached or not directions):
        return "level", False
    moved = figure.kind == "ratio" and change in {"growth", "target"} and not reached
    return change, moved and [*directions] == ["down"]


def _before_of(clause: str) -> str:
    """Return the noun phrase before an "of" that a clause ends with: "now expects a net profit of between"; or ""."""
    backwards = [*dropwhile(lambda word: word.casefold() in _ENDS, clause.split()[::-1])]
    if backwards[:1] != ["of"]:
        return ""
    nouns = [*takewhile(lambda word: word.casefold() not in _BEFORE_NOUNS, backwards[1:])]
    lows = [word.casefold() for word in nouns[:1]]
    says_nothing = any(low in _WORDS["amounts"] or facts(low).get("direction") for low in lows)
    return "" if says_nothing else " ".join(nouns[::-1])


def _noun_phrase(clause: str) -> str:
    """Return the words at the beginning of a clause that may be its subject."""
    if han(clause):
        clause = "".join(takewhile(lambda char: not char.isdecimal(), clause))
        while ends := [end for end in _ENDS if clause.endswith(end)]:
            clause = clause.removesuffix(ends[0])
        return clause

    def is_around(word: str) -> bool:
        return word.casefold() in _WORDS["around_phrase"]

    def goes_on(word: str) -> bool:
        return word[0].isalpha() and word.casefold() not in _ENDS and not facts(word).get("direction")

    begun = dropwhile(is_around, clause.split())
    words = [*takewhile(goes_on, begun)][:_LONGEST_PHRASE]
    return " ".join([*dropwhile(is_around, words[::-1])][::-1])


def _period(text: str) -> dict[str, object]:
    """Return the one period of a sentence, "past three years", with its years where growth is an annual average."""
    found = re.findall(r"\b((?:past|last) (\w+) years)\b", text)
    if len(found) != 1:
        return {}
    period, number = found[0]
    years = _WORDS["years"].index(number) if number in _WORDS["years"] else int(number) if number.isdecimal() else 0
    annual = 0 < years <= 100 and {*_WORDS["averages"]} & {*text.casefold().split()}  # noqa: PLR2004 - as the model
    return {"years": years if annual else None, "period": period}


def _first_words(text: str) -> str:
    """Return the first words of a text that are not the commonest, for an id."""
    words = [word for word in tokens(text[:_LONGEST_TEXT]) if word.isascii() and len(word) > 1]
    return " ".join([word for word in words if word not in _WORDS["common"]][:_SLUG_WORDS])


def _slug(text: str) -> str:
    slug = "-".join(re.findall(r"[a-z0-9]++", plain(text)))[:80].strip("-")
    return slug if any(map(str.isalpha, slug)) else ""


def _unique(slug: str, taken: set[str]) -> str:
    """Return a slug that is not taken yet, and take it."""
    name, count = slug, 1
    while name in taken:
        count += 1
        name = f"{slug}-{count}"
    taken.add(name)
    return name
