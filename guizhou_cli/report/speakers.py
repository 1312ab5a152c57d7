"""Who is speaking in each sentence of a report: one pass with a memory.

A sentence credits somebody by itself (attribution.py), or it is within a quotation or a speech: that of a transcript's
label, of one person's address, or of the indented words behind "Lord Offord said:".
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import NamedTuple

from guizhou_cli.report.attribution import Attribution, Mention, attributions
from guizhou_cli.report.names import (
    ALIKE,
    CHINESE,
    ENGLISH,
    People,
    Person,
    Run,
    Word,
    chinese_name,
    is_chinese_name,
    is_office,
    runs,
    split_title,
    words_of,
)
from guizhou_cli.report.reading import Passage, Sentence, sentences
from guizhou_cli.text import HAN, normalised

_LABEL = 90  # characters of the longest label
_LABEL_WORDS = 20
_SHORT = 8  # words of a heading, and of a label without a person
_ROLE = 16  # words of the longest office behind a name
_BLOCK = 12  # paragraphs of the longest indented quotation that has no marks
_SHORTEST_SPEECH = 3  # paragraphs
_HEAD = 5  # paragraphs at either end of a speech that may name the speaker
_SAID_IN = 200  # characters of what credits a speech
_AHEAD = 3  # paragraphs below, in which somebody may be named who is called by an office above
_CANDIDATES = 100  # people who may be meant by an office or a pronoun
_IN_NAMES = ENGLISH["particles"] | {"of", "and", "for", "the"}


class Credit(NamedTuple):
    """Who is speaking in a sentence.

    Attributes:
        sentence: the sentence.
        speaker: the person's name as the report gives it in full (or as it was declared), None for nobody.
        role: the person's office as the report gives it.
        said_in: the words that credit the speaker, where they are in another paragraph.
        certain: whether the report says so; False where a neighbouring sentence makes it only likely.

    """

    sentence: Sentence
    speaker: str | None
    role: str | None
    said_in: str | None
    certain: bool


def credits(  # noqa: A001 - the noun of the field
    passages: Sequence[Passage], language: str = "en", known: Sequence[tuple[str, str]] = ()
) -> list[Credit]:
    """Return who is speaking in each sentence of a report, in order. Linear in the report.

    Args:
        passages: of the report.
        language: its ISO 639 code.
        known: the name and role of each person who is declared as a speaker.

    """
    return list(_Reader(passages, language, known).credits())


# Labels of transcripts ---------------------------------------------------------------------------------------


class _Label(NamedTuple):
    """The label before what somebody says: "[Gao Feng]:", "MR. PRICE:", "Q:"; `kind` is person, question or answer.

    `end` is where what is said begins. `sure` if it has brackets or an office, or is one of the words for questions and
    answers; else it must occur again or name somebody who is known.
    """

    text: str
    end: int
    kind: str = "question"
    name: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    sure: bool = False


def _label(text: str) -> _Label | None:  # noqa: PLR0911 - one for each form
    """Return the label at the beginning of a paragraph, if there may be one."""
    if text[:1].islower():
        return None
    head, end, alone = _head(text)
    bare = head.strip("[]*_# ")
    words = [word for word in words_of(bare) if word.text not in {".", "*"}]
    if not words or len(words) > _LABEL_WORDS or any(word.low in ENGLISH["said"] for word in words):
        return None
    bracketed = head.strip("*_ ").startswith("[")
    label = _Label(head, end, sure=bracketed)
    first = words[0].low.rstrip("0123456789")
    if any(bare.startswith(word) or bare.endswith(word) for word in CHINESE["questions"]):
        return label._replace(sure=True)
    if bare in CHINESE["answers"] or (first in ENGLISH["answers"] and len(words) == 1 and words[0].capital):
        return label._replace(kind="answer", sure=not alone)
    if first in ENGLISH["questions"] and len(words) <= _SHORT:
        return label._replace(sure=not alone)
    if re.match(f"[{HAN}]", bare):
        name = chinese_name(bare) or bare.rpartition(" ")[2]
        title = bare[: -len(name)].strip()
        sure = bracketed or bool(title) or end >= len(text)
        valid = not alone and is_chinese_name(name)
        return label._replace(kind="person", name=(name,), title=(title,) * bool(title), sure=sure) if valid else None
    return _english_label(label, words, shouted=bare.upper() == bare)


def _english_label(label: _Label, words: Sequence[Word], *, shouted: bool) -> _Label | None:
    """Return the label of a person, such as "MR. PRICE", "The Minister (Ines Roth)", or of somebody who asks."""
    inner = next((at for at, word in enumerate(words) if word.text in {"(", ","}), len(words))
    outer = [word._replace(text=word.text.title()) if shouted else word for word in words[:inner]]
    behind = [word for word in words[inner + 1 :] if word.is_word]
    outer = outer[1:] if outer and outer[0].low == "the" else outer
    if not outer or not all(word.capital or is_office(word.low) or word.low in _IN_NAMES for word in outer):
        return None
    run = split_title(outer)
    office = bool(run.title) and is_office(run.title[-1].casefold())
    if not run.name and run.has_office and len(behind) > 1:
        run, office = run._replace(name=split_title(behind).name), True
    if run.name and (office or run.personal or (shouted and label.sure)):
        beside = tuple(word.text for word in behind) if any(is_office(word.low) for word in behind) else ()
        return label._replace(kind="person", name=run.name, title=run.title or beside, sure=label.sure or office)
    if office and shouted:
        return label._replace(kind="person", title=tuple(word.casefold() for word in run.title), sure=True)
    return label if len(words) <= _SHORT else None


def _head(text: str) -> tuple[str, int, bool]:
    """Return what may be a label of a paragraph, where what is said begins, and whether the label is all there is."""
    if text.startswith("Q ") and text[2:3].isupper():
        return "Q", 2, False
    colon = text.find(":", 0, _LABEL)
    if colon > 0 and not text[colon + 1 : colon + 2].isdigit():
        rest = text[colon + 1 : colon + _SHORT].lstrip("* _]")
        return text[:colon], min(len(text), colon + _SHORT) - len(rest), False
    stop = text.find(". ", 0, _LABEL)
    while stop > 0 and text[:stop].rpartition(" ")[2].casefold() in ENGLISH["honorifics"]:  # MR. PRICE. Good afternoon
        stop = text.find(". ", stop + 1, _LABEL)
    if stop > 1 and text[:stop].isupper() and text.count(" ", 0, stop) < _HEAD:
        return text[:stop], stop + 2, False
    if text[:1] == "[" and "]" in text[:_LABEL]:
        end = text.index("]") + 1
        return text[:end], end, False
    if len(text) < _LABEL and text[-1:] not in {".", "!", "?", '"', ";"}:
        return text, len(text), True
    return "", 0, False


# Paragraphs as they are read ---------------------------------------------------------------------------------


class _Said(NamedTuple):
    """A sentence: its words, its names, whom it may credit, and whether it is mostly a quotation."""

    sentence: Sentence
    words: list[Word]
    runs: list[Run]
    attributions: list[Attribution]
    quotation: bool


class _Paragraph(NamedTuple):
    """A passage: its label, its sentences, and whether it has words such as "we" outside of quotations."""

    passage: Passage
    label: _Label | None
    said: list[_Said]
    first_person: bool

    @property
    def heading(self) -> bool:
        """Return whether it is short and no sentence."""
        text = self.passage.text
        return len(text) < _LABEL and len(text.split()) <= _SHORT and not text.endswith((".", "!", "?", '"', ":", "。"))


def _paragraph(passage: Passage, language: str, *, labelled: bool = True) -> _Paragraph:
    text = passage.text
    label = _label(text[: 2 * _LABEL]) if labelled else None
    begin = label.end if label and label.end < len(text) else 0
    said: list[_Said] = []
    quoted = first_person = False
    for sentence in sentences(text[begin:], passage.number, language):
        words = words_of(sentence.text, quoted=quoted)
        quoted = words[-1].quoted if words else quoted
        chinese = any("\u3400" <= word.text[0] <= "\u9fff" for word in words[:_LABEL])
        quotation = 2 * sum(word.quoted for word in words if word.is_word) > sum(word.is_word for word in words)
        first_person = first_person or any(word.low in ENGLISH["first_person"] and not word.quoted for word in words)
        credited = attributions(sentence.text, words, chinese=chinese)
        placed = sentence._replace(start=sentence.start + begin, end=sentence.end + begin)
        said.append(_Said(placed, words, list(runs(words)), credited, quotation))
    return _Paragraph(passage, label, said, first_person)


def _role_beside(said: _Said, run: Run) -> str | None:
    """Return the office beside a name: "Li Bingjun, governor of ...", "a spokesperson, Gao Feng", "she is mayor"."""
    words, begin, end = said.words, run.begin, run.end
    if begin > 1 and words[begin - 1].text == "," and is_office(words[begin - 2].low) and len(run.name) > 1:
        first = begin - 2
        while first > 0 and begin - first < _SHORT and words[first - 1].is_word:
            first -= 1
            if words[first].low in ENGLISH["determiners"]:
                break
        return said.sentence.text[words[first].start : words[begin - 2].end]
    if end + 1 >= len(words) or words[end].low not in {",", "(", "is", "was"}:
        return None
    if words[end].is_word and words[end + 1].low not in ENGLISH["determiners"]:
        return None
    after = end + 1
    while after < min(len(words), end + _ROLE) and (words[after].is_word or words[after].text in {"&", "'", "("}):
        if words[after].low in ENGLISH["said"]:
            break
        after += 1
    inside = words[end + 1 : after]
    if not inside or inside[0].low in {"who", "which"} or not any(is_office(word.low) for word in inside[:_SHORT]):
        return None
    return said.sentence.text[inside[0].start : inside[-1].end].rstrip("( ")


# The pass ------------------------------------------------------------------------------------------------------


@dataclass
class _Speech:
    """Whose words all sentences are from paragraph `first` to `last`; nobody's in a question.

    `ends_early` if it ends where the report credits somebody in its own words.
    """

    person: Person | None
    said_in: str
    first: int
    last: int
    ends_early: bool = False


class _Reader:
    """A report that is read for its speakers, and what is remembered on the way."""

    def __init__(self, passages: Sequence[Passage], language: str, known: Sequence[tuple[str, str]]) -> None:
        self.people = People()
        for name, role in known:
            if words := normalised(name).split():
                self.people.add(words, (), role, 0).declared = name
        self.paragraphs = [_paragraph(passage, language) for passage in passages]
        naming = [one for one in self.paragraphs if any(said.runs or said.attributions for said in one.said)]
        for paragraph in [*naming, *naming]:  # an office may be given before the full name
            self._introduce(paragraph)
        self.transcript = False
        self._settle_labels(language)
        self.last: Person | None = None
        self.clock = 0
        self.quoting: Person | None = None
        self.credited: Person | None = None
        self.speech = self._address()

    def _introduce(self, paragraph: _Paragraph) -> None:
        """Remember the people whom a paragraph names with their office, or as speaking."""
        number = paragraph.passage.number
        for said in paragraph.said:
            for run in said.runs:
                role = _role_beside(said, run)
                if run.personal and (run.has_office or role):
                    self.people.add(run.name, run.title if run.has_office else (), role, number)
                elif role and self.people.find(run.name):
                    self.people.add(run.name, (), role, number)
            for mention in [each for one in said.attributions if number and not one.weak for each in one.mentions]:
                chinese = mention.kind == "name" and "\u3400" <= mention.words[0][0] <= "\u9fff"
                if mention.kind == "name" and (chinese or Run(0, 0, mention.title, mention.words).personal):
                    self.people.add(mention.words, mention.title, None, number)

    def _settle_labels(self, language: str) -> None:
        """Keep the labels of which more than their form says that they are labels."""
        labels = [paragraph.label for paragraph in self.paragraphs[1:] if paragraph.label]
        counts = Counter(label.text for label in labels)
        sure = {label.text for label in labels if label.sure or counts[label.text] > 1 or self.people.find(label.name)}
        self.transcript = len(sure) > 1 or any(counts[text] > 1 for text in sure)
        for at, paragraph in enumerate(self.paragraphs):
            label, text = paragraph.label, paragraph.passage.text
            if label is None:
                continue
            asked = self.transcript and label.end < len(text) and (label.kind == "person" or "?" in text)
            if at and (label.text in sure or asked):
                if label.name:
                    self.people.add(label.name, label.title, None, paragraph.passage.number)
                continue
            if label.end >= len(text):
                self.paragraphs[at] = paragraph._replace(label=None)
                continue
            self.paragraphs[at] = _paragraph(paragraph.passage, language, labelled=False)
            self._introduce(self.paragraphs[at])

    def _address(self) -> _Speech | None:
        """Return the speech of one person that all of the report is, or all that is before the first label."""
        first = next((at for at, paragraph in enumerate(self.paragraphs) if paragraph.label), len(self.paragraphs))
        body = [paragraph for paragraph in self.paragraphs[1:first] if not paragraph.heading]
        speaking = sum(paragraph.first_person for paragraph in body)
        reporting = sum(self._reports(paragraph) for paragraph in body)
        if len(body) < _SHORTEST_SPEECH or speaking * 5 < len(body) * 2 or reporting * 8 > len(body):
            return None
        head = list(takewhile(lambda one: not one.first_person and not one.label, self.paragraphs[:_HEAD]))
        ending = [paragraph for paragraph in self.paragraphs[-_HEAD:] if paragraph.heading]
        for paragraph in [*head, *ending]:
            for run in [run for said in paragraph.said for run in said.runs]:
                person = self.people.find(run.name, run.title)
                if person is None and run.personal:
                    person = self.people.add(run.name, (), None, paragraph.passage.number)
                if person is not None:
                    begin = next(at for at, one in enumerate(self.paragraphs) if at and one.first_person)
                    self._remember(person)
                    return _Speech(person, paragraph.passage.text[:_SAID_IN], begin, first - 1)
        return None

    # Memory

    def _remember(self, person: Person | None) -> None:
        if person is not None:
            self.clock += 1
            person.mentions = self.clock
            self.last = person

    def _resolve(self, mention: Mention, paragraph: int) -> Person | None:
        if mention.kind == "name":
            return self.people.find(mention.words, mention.title)
        if mention.kind == "pronoun":
            return self._by_pronoun(female=mention.words[0] == "she")
        if mention.kind == "role" and mention.definite:
            return self._by_office(mention.words, paragraph)
        return None

    def _by_pronoun(self, *, female: bool) -> Person | None:
        person = self.last
        if person is not None and person.female is (not female):
            others = [
                one for one in self.people.everybody[-_CANDIDATES:] if one.mentions and one.female is not (not female)
            ]
            return max(others, key=lambda one: one.mentions, default=None)
        if person is not None:
            person.female = female
        return person

    def _by_office(self, words: Sequence[str], paragraph: int) -> Person | None:
        """Return the person whom an office means, by what they are called elsewhere: "its Party chief"."""
        head, modifiers = words[-1], set(words[:-1]) - ENGLISH["determiners"]
        if head == "official":
            return self.last
        offices = ALIKE.get(head, frozenset()) | {head}
        ranked: list[tuple[int, int, Person]] = []
        for person in self.people.everybody[-_CANDIDATES:]:
            role = (person.role or "").casefold()
            parts = set(re.findall(r"[^\W_]+(?:-[^\W_]+)*+", role))
            fits = head in role if not head.isascii() else not offices.isdisjoint(parts)
            shared = len(parts & modifiers)
            if fits and (person.mentions or shared or person.paragraph <= paragraph + _AHEAD):
                ranked.append((shared + 2 * (head in parts), person.mentions, person))
        best = max(ranked, key=lambda one: one[:2], default=None)
        if best is None or (len(ranked) > 1 and best[:2] == (0, 0)):
            return None
        return best[2]

    def _reports(self, paragraph: _Paragraph) -> bool:
        """Return whether the report credits somebody by name in a paragraph, in its own words."""
        said = (one for each in paragraph.said for one in each.attributions if not one.weak)
        return any(each.kind == "name" and self.people.find(each.words) for one in said for each in one.mentions)

    def _credits(self, said: _Said, paragraph: int) -> tuple[Person | None, bool]:
        """Return whom a sentence credits by itself, and whether it credits anybody, an organisation included."""
        anybody = False
        for one in said.attributions:
            if one.subordinate or (one.weak and paragraph == 0):
                continue
            for mention in one.mentions:
                person = self._resolve(mention, paragraph)
                if person is not None:
                    self._remember(person)
                    return person, True
            anybody = anybody or not one.weak
        if said.runs and said.runs[0].begin == 0:  # the subject, whom "he" in the next sentence means
            self._remember(self.people.find(said.runs[0].name, said.runs[0].title))
        return None, anybody

    # The walk

    def credits(self) -> Iterator[Credit]:
        """Yield who is speaking, sentence by sentence."""
        for index, paragraph in enumerate(self.paragraphs):
            if paragraph.label:
                self.speech = self._labelled(paragraph.label, paragraph, index)
            speech = self.speech
            if speech and (
                index > speech.last or (speech.ends_early and not paragraph.label and self._reports(paragraph))
            ):
                self.speech = speech = None
            if speech and index >= speech.first:
                self.quoting = None
                name, role = (speech.person.full, speech.person.role) if speech.person else (None, None)
                for said in paragraph.said:
                    yield Credit(said.sentence, name, role, speech.said_in if name else None, certain=True)
                continue
            yield from self._in_report(paragraph)
            if index and self.credited is not None and paragraph.passage.text.endswith(":"):
                self.speech = self._block(self.credited, index)

    def _labelled(self, label: _Label, paragraph: _Paragraph, index: int) -> _Speech:
        person = None
        if label.kind == "answer":
            person = max(self.people.everybody, key=lambda one: (one.role is not None, one.mentions), default=None)
        elif label.kind == "person":
            person = self.people.find(label.name, label.title) if label.name else self._by_office(label.title, index)
        self._remember(person)
        said_in = paragraph.passage.text[: label.end].strip()
        return _Speech(person, said_in, index, len(self.paragraphs), ends_early=not self.transcript)

    def _block(self, person: Person, index: int) -> _Speech:
        """Return what is said behind "Lord Offord said:": an indented quotation, with marks or without them."""
        last = index + 1
        marked = last < len(self.paragraphs) and self.paragraphs[last].passage.text.startswith('"')
        for at in range(index + 2, min(index + _BLOCK, len(self.paragraphs))):
            paragraph = self.paragraphs[at]
            text = paragraph.passage.text
            if paragraph.label or paragraph.heading or text.endswith(":") or self._reports(paragraph):
                break
            if text.startswith('"') if marked else paragraph.first_person:
                last = at
        return _Speech(person, self.paragraphs[index].said[-1].sentence.text, index + 1, last)

    def _in_report(self, paragraph: _Paragraph) -> Iterator[Credit]:
        """Yield who is speaking in a paragraph of the report's own words and of quotations."""
        opens = paragraph.passage.text.startswith('"')
        earlier = self.last
        found = [self._credits(said, paragraph.passage.number) for said in paragraph.said]
        anybody = any(person for person, _ in found)
        coming = [person for person, _ in found]  # whom the words behind a quotation credit
        for at in range(len(found) - 2, -1, -1):
            if coming[at] is None and not found[at][1] and (paragraph.said[at + 1].quotation or found[at + 1][0]):
                coming[at] = coming[at + 1]
        before, above = None, self.quoting if opens else None
        self.quoting = self.credited = None
        for said, (person, by_itself), behind in zip(paragraph.said, found, coming, strict=True):
            speaker, certain = person, by_itself or not anybody
            if not by_itself and said.quotation:
                goes_on = said.words[-1].quoted
                near = (behind or before) if goes_on else (before or behind)
                speaker = near or above or (earlier if opens and not anybody else None)
                certain = speaker is not None
            if speaker is not None or not said.quotation:
                before = speaker
            self.credited = speaker
            if speaker is not None and said.quotation:
                self.quoting = speaker
            name, role = (speaker.full, speaker.role) if speaker else (None, None)
            yield Credit(said.sentence, name, role, None, certain)
