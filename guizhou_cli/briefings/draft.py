"""Draft a briefing of a report, as TOML for `gz add`: its source, its speakers, and a claim for each sentence."""

import json
import re
import textwrap
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import resources
from itertools import groupby

from guizhou_cli.report import speakers
from guizhou_cli.report.figures import Figure, described, figures
from guizhou_cli.report.reading import DATE, Document, Passage, is_date_line, passages, printed_passages
from guizhou_cli.report.speakers import Credit
from guizhou_cli.report.wording import facts
from guizhou_cli.text import HAN, normalised, tokens, visible

_LONGEST_QUOTE = 2000  # characters, as the model has it; of other texts a quarter of that
_LONGEST_TEXT = 500
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
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = 31
_UNKNOWN = "Not given"  # the role of a speaker, which a briefing must have

# What is on a page beside its report, in lower case.
_FOOTERS = """
copyright | all rights reserved | about us | contact us | terms of use | privacy policy | cookie | subscribe
newsletter | share this | follow us | read more | related stories | republished | website identification
registration number | reporting by | editing by | editor: | click here | sign up | log in | advertisement
责任编辑 | 版权所有 | 网站标识码
"""
_BYLINES = ("by ", "source:", "updated:", "published:", "photo:", "image:", "from:", "来源:", "作者:", "记者 ")
_GREETINGS = ("good morning", "good afternoon", "good evening", "thank", "dear ", "welcome", "ladies and", "hello")
_EVENTS = """
press briefing | news briefing | press conference | news conference | media briefing | briefing | interview | speech
新闻发布会 | 记者会 | 吹风会
"""
_NO_STATEMENTS = ("press conference", "news conference", "briefing", "transcript", "remarks", "speech", "statement by")
_DASH = re.compile(r" (?:--?|\u2014|\u2013) ")
_LEVELS = frozenset({"to", "below", "above", "at", "from", "under"})  # before a figure that is no growth: fell to 2%
_WORDS = {
    name: frozenset(words.split())
    for name, words in tomllib.loads(resources.files(__package__).joinpath("draft.toml").read_text("utf-8")).items()
}
_PERIOD = re.compile(r"\b((?:past|last) (\w+) years)\b")
_YEARS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_MOST_YEARS = 100
_AVERAGE = frozenset({"annual", "annually", "average"})
_COMMON = frozenset(
    "a an the of and in on to for is are was were has have had its it that this with by from at as be will said".split()
)


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
    credited = list(_statements(speakers.credits(found, language), found))
    quotes = _quotes(credited, found, printed_passages(document.text))
    ids = _speaker_ids(credited)
    lines = [
        "# Drafted from the report by rules. Check each claim, remove its `drafted = true`, delete what is of no use.",
        "",
        "[source]",
        *_source(document, options, found, language),
        *_speaker_tables(credited, ids),
    ]
    taken: set[str] = set()
    for number, group in groupby(zip(credited, quotes, strict=True), lambda pair: pair[0].sentence.paragraph):
        lines += ["", *_comment(found[number])]
        for credit, quote in group:
            lines += ["", *_claim(credit, quote, ids, taken)]
    return "\n".join(lines) + "\n"


# Which sentences are claims ---------------------------------------------------------------------------------


def _statements(credited: Iterable[Credit], found: Sequence[Passage]) -> Iterator[Credit]:
    """Yield the sentences that state something: no menus, bylines, headings, greetings and questions."""
    skipped = {passage.number for passage in found[1:] if _is_beside(passage.text)}
    for credit in credited:
        number, text = credit.sentence.paragraph, credit.sentence.text
        named = number == 0 and any(word in text.casefold() for word in _NO_STATEMENTS) and not figures(text)
        if number not in skipped and not named and not _says_nothing(text, fewest=_FEWEST_WORDS if number else 2):
            yield credit


def _is_beside(text: str) -> bool:
    """Return whether a passage is part of the page and not of the report: a menu, a footer, a byline, a heading."""
    count, low = len(text.split()), " ".join(text.casefold()[:_LONGEST_TEXT].replace("©", " ").split())
    if count < _FOOTER_WORDS and any(word.strip() in low for line in _FOOTERS.split("\n") for word in _items(line)):
        return True
    if is_date_line(text) or (count < _BYLINE_WORDS and (low.startswith(_BYLINES) or "|" in text)):
        return True
    ends = text.endswith((".", "!", "?", '"', "。", ";", ":", "…", ")"))
    return not ends and count <= _SHORT and not re.search(f"[{HAN}]{{6}}", text) and not figures(text)


def _items(line: str) -> list[str]:
    return [item.strip() for item in line.split("|") if item.strip()]


def _says_nothing(text: str, fewest: int) -> bool:
    """Return whether a sentence is a question, a greeting, or has too few words to state something."""
    low, count = text.casefold().strip("\"' "), len(text.split())
    if count < fewest and len(re.findall(f"[{HAN}]", text)) < _FEWEST_HAN:
        return True
    return low.endswith(("?", ":")) or (low.startswith(_GREETINGS) and count <= 2 * _SHORT)


def _quotes(credited: Sequence[Credit], found: Sequence[Passage], printed: Sequence[str]) -> Iterator[str]:
    """Yield the words of each sentence as the report prints them, where they can be found, else normalised."""
    number, words, counted, at = -1, [""], 0, 0
    for credit in credited:
        sentence = credit.sentence
        text = found[sentence.paragraph].text
        if sentence.paragraph != number:
            number, words, counted, at = sentence.paragraph, printed[sentence.paragraph].split(), 0, 0
        counted += len(text[at : sentence.start].split())
        at, first = sentence.end, counted
        counted += len(sentence.text.split())
        quote = " ".join(words[first:counted])
        yield quote if normalised(quote) == sentence.text else sentence.text


# The source -------------------------------------------------------------------------------------------------


def _source(document: Document, options: DraftOptions, found: Sequence[Passage], language: str) -> Iterator[str]:
    given: dict[str, str | None] = asdict(options)
    guesses = _guesses(document, found) | {"language": language}
    day = given["event_date"] or given["published"] or guesses.get("published")
    name = _slug(_first_words(options.subject or options.title or guesses.get("title") or "")) or "report"
    guesses["id"] = f"{name}-{day}" if day else name
    if day:
        guesses["event_date"] = day
    for key, value in given.items():
        option = f"--{key.replace('_', '-')}"
        if value is not None:
            yield f"{key} = {_toml(value)}"
        elif key in guesses:
            yield f"{key} = {_toml(guesses[key])}  # a guess from the report; {option} says better"
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
        "event": next(
            (event.capitalize() for line in _EVENTS.split("\n") for event in _items(line) if event in low), None
        ),
        "place": next((line[0] for passage in found[1:4] if (line := _dateline(passage.text))), None),
    }
    return {key: value for key, value in guesses.items() if value}


def _day(text: str) -> str | None:
    """Return the first full date of a text in ISO 8601."""
    match = DATE.search(text)
    if match is None:
        return None
    year, month, day = (
        "".join(match[each + kind] or "" for kind in ("", "_month", "_day")) for each in ("y", "m", "d")
    )
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].casefold()) + 1
    return f"{year}-{number:02}-{int(day):02}" if 0 < number <= len(_MONTHS) and 0 < int(day) <= _DAYS else None


def _dateline(text: str) -> tuple[str, int] | None:
    """Return the place of a dateline and where it ends: "BEIJING, June 14 -- ...", "BANGKOK (AP) - ..."."""
    dash = _DASH.search(text[:_WIDTH])
    place = re.split(r"[,(]", text[: dash.start()])[0].strip() if dash else ""
    return (place.title(), dash.end()) if dash and place.isupper() and place.replace(" ", "").isalpha() else None


# Speakers ---------------------------------------------------------------------------------------------------


def _speaker_ids(credited: Sequence[Credit]) -> dict[str, str]:
    taken: set[str] = set()
    names = dict.fromkeys(credit.speaker for credit in credited if credit.speaker)
    return {name: _unique(_slug(name) or "speaker", taken) for name in names}


def _speaker_tables(credited: Sequence[Credit], ids: Mapping[str, str]) -> Iterator[str]:
    roles = {credit.speaker: credit.role for credit in credited}
    for name, identifier in ids.items():
        role = re.sub(r"(?i)^(?:an?|the|another|his|her|its) ", "", roles[name] or "")[:_LONGEST_TEXT]
        organization = _organization(role)[:_LONGEST_TEXT]
        yield from ("", "[[speaker]]", f"id = {_toml(identifier)}", f"name = {_toml(name[:_LONGEST_TEXT])}")
        role = role[:1].upper() + role[1:] or _UNKNOWN
        yield f"role = {_toml(role)}" + "  # the report does not say" * (role == _UNKNOWN)
        guess = "a guess from the role" if organization else "the report does not say"
        yield f"organization = {_toml(organization or role)}  # {guess}"


def _organization(role: str) -> str:
    """Return the organization in a role: "governor of Guizhou Province", "RBI Governor"; empty for none."""
    parts = re.split(r" (?:of|for|at) (?:the )?", role, maxsplit=1)
    return parts[1] if len(parts) > 1 else " ".join(word for word in role.split()[:-1] if word[0].isupper())


# Claims -----------------------------------------------------------------------------------------------------


def _comment(passage: Passage) -> Iterator[str]:
    text = visible(passage.text[:_SHOWN]) + ("..." if len(passage.text) > _SHOWN else "")
    yield f"# Paragraph {passage.number}"
    yield from textwrap.wrap(text, _WIDTH, initial_indent="# ", subsequent_indent="# ")


def _claim(credit: Credit, quote: str, ids: Mapping[str, str], taken: set[str]) -> Iterator[str]:
    dateline = _dateline(quote) if credit.sentence.start == 0 else None
    quote = quote[dateline[1] if dateline else 0 :][:_LONGEST_QUOTE].strip()
    text = normalised(quote)
    found = figures(text)[:_MOST_FIGURES]
    number = credit.sentence.paragraph
    identifier = _unique(_slug(_first_words(text)) or f"paragraph-{number}", taken)
    yield from ("[[claim]]", f"id = {_toml(identifier)}", f"quote = {_toml(quote)}", f"paragraph = {number}")
    if credit.speaker:
        yield f"speaker = {_toml(ids[credit.speaker])}"
        if credit.said_in:
            yield f"said_in = {_toml(credit.said_in[:_LONGEST_QUOTE])}"
    keywords = list(dict.fromkeys([*(figure.text for figure in found if figure.unit), *_names(text, credit.speaker)]))[
        :_MOST_KEYWORDS
    ]
    if keywords:
        yield f"keywords = [{', '.join(map(_toml, keywords))}]"
    if found:
        yield from ("figure = [", *(f"    {_figure(figure, text, found)}," for figure in found), "]")
    yield "drafted = true"


def _figure(figure: Figure, text: str, others: Sequence[Figure]) -> str:
    """Return a figure as a TOML table; it is growth only beside a word of rising or falling."""
    what, change = described(figure, text)
    begin = max((other.end for other in others if other.kind != "time" and other.end <= figure.start), default=0)
    end = min(
        (other.start for other in others if other.kind != "time" and other.start >= figure.end), default=len(text)
    )
    subject, verb = _moving(text[begin : figure.start]) if figure.kind == "ratio" else ("", "")
    directions = facts(text[begin:end]).get("direction", {})
    if verb:
        what, change, directions = subject or what, "growth", {"down": verb} if verb in _WORDS["falls"] else {}
    elif change == "growth" and (not directions or _LEVELS & set(text[: figure.start].split()[-2:])):
        change = "level"
    value = f"{'-' * (change == 'growth' and [*directions] == ['down'])}{figure.value:f}"
    value = value.rstrip("0").rstrip(".") if "." in value else value
    first = what.split(" ")[0]
    if text.startswith(first) and first[1:].islower():
        what = first.lower() + what[len(first) :]
    cells = [f"what = {_toml(what[:_LONGEST_TEXT])}", f"value = {value}"]
    if figure.unit:
        cells.append(f"unit = {_toml(figure.unit)}")
    if change != "level":
        cells.append(f"change = {_toml(change)}")
    if change == "growth":
        cells += _period(text[begin:end])
    return f"{{ {', '.join(cells)} }}"


def _moving(before: str) -> tuple[str, str]:
    """Return the subject and the verb of rising or falling right before a figure, or empty texts."""
    words = re.split(r"[,;:()\"]", before)[-1].split()
    while words and words[-1].casefold() in _WORDS["between"]:
        words.pop()
    verb = words.pop().casefold() if words else ""
    if verb not in _WORDS["rises"] | _WORDS["falls"]:
        return "", ""
    lows = [word.casefold() for word in words]
    start = max((at + 1 for at, word in enumerate(lows) if word in _WORDS["before_subject"]), default=0)
    while start < len(lows) and lows[start] in _WORDS["not_subject"]:
        start += 1
    end = next((at for at in range(start, len(lows)) if lows[at] in _WORDS["behind_subject"]), len(lows))
    return " ".join(words[start:end]), verb


def _period(clause: str) -> Iterator[str]:
    """Yield the cells of a period such as "past three years", with its years where growth is an annual average."""
    found = _PERIOD.findall(clause)
    if len(found) != 1:
        return
    period, number = found[0]
    years = _YEARS.index(number) if number in _YEARS else int(number) if number.isdecimal() else 0
    if 0 < years <= _MOST_YEARS and not _AVERAGE.isdisjoint(clause.casefold().split()):
        yield f"years = {years}"
    yield f"period = {_toml(period)}"


def _names(text: str, speaker: str | None) -> list[str]:
    """Return the names of several words in a sentence, but for its beginning and for its speaker."""
    found = re.findall(r"(?<=[a-z,] )[A-Z][\w'-]*+(?: (?:(?:and|of|for) )?[A-Z][\w'-]*+)++", text)
    return [name for name in found if len(name) < _WIDTH and not (speaker and speaker in name)]


def _first_words(text: str) -> str:
    """Return the first words of a text that are not the commonest, for an id."""
    words = [word for word in tokens(text[:_LONGEST_TEXT]) if word.isascii() and word not in _COMMON and len(word) > 1]
    return " ".join(words[:_SLUG_WORDS])


def _slug(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()
    return "-".join(re.findall(r"[a-z0-9]++", plain))[:80].strip("-")


def _unique(slug: str, taken: set[str]) -> str:
    """Return a slug that is not taken yet, and take it."""
    name, count = slug, 1
    while name in taken:
        count += 1
        name = f"{slug}-{count}"
    taken.add(name)
    return name


def _toml(text: str) -> str:
    """Return a TOML basic string: that of JSON, without the one control character that JSON leaves alone."""
    return json.dumps(visible(text), ensure_ascii=False).replace("\x7f", "\\u007F")
