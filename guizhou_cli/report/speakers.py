"""Who is speaking in each sentence of a report: one pass with a memory.

A sentence credits somebody by itself ("Li Bingjun, governor of ..., said", "according to her", 高峰表示), or it is
within a quotation or a speech: that of a transcript's label, of one person's address, or behind "Lord Offord said:".
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile
from typing import NamedTuple

from guizhou_cli.report.names import (
    ALIKE,
    CHINESE,
    END,
    ENGLISH,
    OTHER,
    SPEECH,
    TRANSCRIPT,
    People,
    Person,
    Reference,
    Word,
    chinese_references,
    chinese_subject,
    is_office,
    office_words,
    reference,
    references,
    words_of,
)
from guizhou_cli.report.reading import Passage, Sentence, language_of, sentences
from guizhou_cli.text import han, initials, normalised

_FAR = 40  # words before a reporting verb in which its subject is looked for
_NEAR = 12
_ENDS_CLAUSE = frozenset({'"', ";", ":", "--", "-"})
_ENDS_PART = _ENDS_CLAUSE | {","}
_LINKS = ENGLISH["links"]
_UNSPECIFIC = ENGLISH["determiners"] | ENGLISH["joining"] | ENGLISH["unspecific"]
_CHINESE_REPORTS = [verb for verb in CHINESE["said"] if len(verb) > 1]
_OF_LABELS = ENGLISH["particles"] | ENGLISH["joining"]
_LABEL = 90  # characters of the longest label
_SHORT = 8  # words of a heading, and of a label without a person
_ROLE = 16  # words of the longest office behind a name
_FEWEST_TURNS = 3  # of a transcript whose labels are lines of their own, without a colon
_BLOCK = 12  # paragraphs of the longest indented quotation that has no marks
_SHORTEST_SPEECH = 3  # paragraphs
_BEGINNING = 2  # the paragraphs in which a transcript begins
_LEAD = 4  # paragraphs in which a report says who it is about
_HEAD = 5  # paragraphs at either end of a speech that may name the speaker
_SAID_IN = 200  # characters of what credits a speech
_CANDIDATES = 100  # people who may be meant by an office or a pronoun


class Credit(NamedTuple):
    """Who is speaking in a sentence.

    Attributes:
        sentence: the sentence.
        speaker: the person's name as the report gives it in full (or as it was declared), None for nobody.
        role: the person's office as the report gives it.
        said_in: the words that credit the speaker, where they are in another paragraph.
        asked: whether somebody who is not named says it, as a question of a transcript.

    """

    sentence: Sentence
    speaker: str | None
    role: str | None
    said_in: str | None
    asked: bool = False


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


# Whom a sentence credits by itself -----------------------------------------------------------------------------


class _Attribution(NamedTuple):
    """Whom a sentence may credit by one reporting verb: the first reference that is a person.

    `weak` verbs (expects, praised) credit only somebody who is known.
    """

    references: Sequence[Reference]
    weak: bool = False


def _attributions(words: Sequence[Word], refs: Sequence[Reference], *, headline: bool) -> Iterator[_Attribution]:
    """Yield whom an English sentence may credit by each of its reporting verbs outside of quotations."""
    for ref in refs if headline else ():  # "Lund: rates will fall", "Rates will fall: Governor Lund"
        before, behind = words[: ref.begin][-1:], words[ref.end :][:1]
        if (not before and behind and behind[0].text == ":") or (not behind and before and before[0].text == ":"):
            yield _Attribution([ref])
    for at, word in enumerate(words):
        if word.quoted or not word.is_word:
            continue
        if word.low == "to" and at and words[at - 1].low == "according":
            yield _Attribution([*_after(words, refs, at + 1)])
        elif word.low in ENGLISH["said"] or word.low in ENGLISH["reported"]:
            found = list(_subjects(words, refs, at))
            weak = word.low not in ENGLISH["said"]
            if found:
                yield _Attribution(found, weak)


def _subjects(words: Sequence[Word], refs: Sequence[Reference], verb: int) -> Iterator[Reference]:
    """Yield who may be the subject of a reporting verb, the likeliest first."""
    at = verb - 1
    while at >= 0 and (words[at].low in ENGLISH["skipped"] or words[at].text[0] in ")0123456789"):
        if words[at].text == ")":  # yesterday (19) said
            at = next((begin for begin in range(at, max(at - _NEAR, 0), -1) if words[begin].text == "("), at)
        at -= 1
    passive = any(word.low in ENGLISH["being"] for word in words[at + 1 : verb])
    if passive and words[verb].low != "quoted" and not words[verb].low.endswith("ing"):
        return  # "Lund was asked" credits nobody
    if at >= 0 and (words[at].text == "," or words[at].low in {"and", "but"}):  # "Lund paid the fare and said"
        begin = max([end + 1 for end in range(max(0, at - _FAR), at) if _ends_clause(words[end])], default=0)
        # Not Li Bingjun in "The governor, next to his deputy, Li Bingjun, said".
        beside = {ref.end + 1 for ref in refs if ref.kind == "office" and not _begins_part(words, ref)}
        parts = [
            ref for ref in refs if begin <= ref.begin < at and _begins_part(words, ref) and ref.begin not in beside
        ]
        yield from sorted(parts, key=lambda ref: ref.kind != "name")  # "The governor, Li Bingjun, said"
    elif at >= 0 and words[at].text not in _ENDS_CLAUSE:
        before = {ref.end: ref for ref in refs}
        for ref in reversed(refs):
            other = before.get(ref.begin - 1) if words[ref.begin - 1].low == "and" else None
            # Neither of two people says it alone; a Food and Drink Minister is one.
            two = other is not None and (other.has_office or not ref.title)
            if ref.end <= at + 1 and _is_subject(words, ref, at) and not two and not _is_object(words, ref):
                yield ref
        yield OTHER
    if not verb or words[verb].low == "quoted" or words[verb - 1].text in _ENDS_PART:
        yield from _after(words, refs, verb + 1)


def _ends_clause(word: Word) -> bool:
    return word.text in _ENDS_CLAUSE or word.low in ENGLISH["said"]


def _begins_part(words: Sequence[Word], ref: Reference) -> bool:
    """Return whether a reference begins a sentence or a part of one: "Li Bingjun, governor of ..., said"."""
    before = words[ref.begin - 1]
    return ref.begin == 0 or before.text in _ENDS_PART or before.low in ENGLISH["determiners"]


def _is_subject(words: Sequence[Word], ref: Reference, last: int) -> bool:
    """Return whether a reference ends at the last word before a verb, or before "of Guizhou", "for the ministry"."""
    behind = words[ref.end : last + 1]
    if not behind:
        return True
    described = len(behind) < _NEAR and behind[0].low in _LINKS and _ENDS_PART.isdisjoint(word.text for word in behind)
    return described and (ref.kind == "office" or ref.personal)


def _is_object(words: Sequence[Word], ref: Reference) -> bool:
    """Return whether a name is behind a preposition, and so nobody who speaks: the mission in Upper Arden says."""
    before = [word.low for word in words[max(0, ref.begin - 2) : ref.begin] if word.low != "the"]
    return ref.kind == "name" and not ENGLISH["prepositions"].isdisjoint(before[-1:])


def _after(words: Sequence[Word], refs: Sequence[Reference], at: int) -> Iterator[Reference]:
    """Yield who begins right behind a verb, before a mark: "said Li Bingjun", "said the ministry's spokesman"."""
    end = next((end for end in range(at, min(len(words), at + _NEAR)) if not words[end].is_word), at + _NEAR)
    near = [
        ref for ref in refs if at <= ref.begin <= end and not any(word.text == "'s" for word in words[ref.end :][:1])
    ]
    yield from near[:1]
    yield OTHER


# Paragraphs as they are read -----------------------------------------------------------------------------------


class _Said(NamedTuple):
    """A sentence: its words, whom it names and may credit, whether it is mostly a quotation or goes on with one.

    `within` are the references within its quotations, `references` the others.
    """

    sentence: Sentence
    words: list[Word]
    references: list[Reference]
    within: list[Reference]
    attributions: list[_Attribution]
    quotation: bool
    goes_on: bool


class _Label(NamedTuple):
    """The label before what somebody says: "[Gao Feng]:", "MR. PRICE:", "Q:"; `kind` is person, question or answer.

    `end` is where what is said begins. `sure` if its form says that it is a label; else it must occur again or name
    somebody who is known.
    """

    text: str
    end: int
    kind: str
    person: Reference
    sure: bool


class _Paragraph(NamedTuple):
    """A passage: its label, its sentences, and whether it has words such as "we" outside of quotations."""

    passage: Passage
    label: _Label | None
    said: list[_Said]
    first_person: bool

    @property
    def heading(self) -> bool:
        """Return whether it is too short for a paragraph, and no sentence."""
        text = self.passage.text
        return text[-1:] not in {".", "!", "?", '"', ":", "。"} and text.count(" ") < _SHORT

    @property
    def ends_speech(self) -> bool:
        """Return whether it is, or begins with, the heading of what follows a speech: "Notes to editors"."""
        heading = self.passage.text.partition(":")[0].strip("*-[](). ")
        return heading.casefold() in END and not self.first_person


def _paragraph(passage: Passage, language: str, label: _Label | None) -> _Paragraph:
    begin = label.end if label and label.end < len(passage.text) else 0
    said: list[_Said] = []
    quoted = first_person = False
    for sentence in sentences(passage.text[begin:], passage.number, language):
        text = sentence.text
        words = words_of(text, quoted=quoted)
        goes_on = quoted and bool(words) and words[0].quoted and words[0].text != '"'
        quoted = words[-1].quoted if words else quoted
        quotation = 2 * sum(word.quoted for word in words if word.is_word) > sum(word.is_word for word in words)
        first_person = first_person or any(word.low in ENGLISH["first_person"] and not word.quoted for word in words)
        if language_of(text) == "zh":
            refs, within = list[Reference](), list[Reference]()
            credited = [_Attribution([ref]) for ref in chinese_references(text, words)]
        else:
            found = [] if text.isupper() else references(words)  # capitals say nothing where all letters are
            refs = [ref for ref in found if not words[ref.begin].quoted]
            within = [ref for ref in found if words[ref.begin].quoted]
            credited = sorted(_attributions(words, refs, headline=passage.number == 0), key=lambda one: one.weak)
        placed = sentence._replace(start=sentence.start + begin, end=sentence.end + begin)
        said.append(_Said(placed, words, refs, within, credited, quotation, goes_on))
    return _Paragraph(passage, label, said, first_person)


def _role_beside(said: _Said, ref: Reference) -> str | None:
    """Return the office beside a name: "Li Bingjun, governor of ...", "a spokesperson, Gao Feng", "she is mayor"."""
    words, end, text = said.words, ref.end, said.sentence.text
    for before in said.references if len(ref.name) > 1 else ():
        if before.kind == "office" and before.end == ref.begin - 1 and words[before.end].text == ",":
            return text[words[before.begin].start : words[before.end - 1].end]
    if not words[end:] or words[end].low not in {",", "(", "is", "was"}:
        return None
    apart = (at for at in range(end + 1, len(words)) if not (words[at].is_word or words[at].text in {"&", "'"}))
    part = words[end + 1 : min(next(apart, len(words)), end + _ROLE)]
    role = [*takewhile(lambda word: word.low not in ENGLISH["said"], part)]
    if len(role) < len(part):  # Jan Berg, minister of ports on Friday said
        ends = [at for at, word in enumerate(role) if at and word.low in ENGLISH["skipped"]]
        role = role[: ends[0]] if ends else []
    is_one = any(is_office(word.low) and word.low not in ENGLISH["honorifics"] for word in role)
    return text[role[0].start : role[-1].end] if is_one else None


# Labels of transcripts -----------------------------------------------------------------------------------------


def _label(text: str) -> _Label | None:
    """Return the label at the beginning of a paragraph, if there may be one."""
    head, end = _head(text)
    bare = head.strip("[]*_# ")
    words = words_of(bare.title() if bare.isupper() else bare)
    reports = any(word.low in ENGLISH["said"] for word in words) or any(map(bare.__contains__, _CHINESE_REPORTS))
    reports = reports or any(map(bare.endswith, CHINESE["said"]))
    if not words or reports:
        return None
    label = _Label(head, end, "question", OTHER, sure=head != text)
    first = words[0].low.rstrip("0123456789")
    asks = (word for word in CHINESE["questions"] if bare.startswith(word) or bare.endswith(word))
    if first in ENGLISH["questions"] or bare == "问" or any(asks):
        return label
    if bare in CHINESE["answers"] or (first in ENGLISH["answers"] and len(words) == 1):
        return label._replace(kind="answer")
    person = chinese_subject(f" {bare}") if han(bare[:1]) else _english_person(words)
    if person is None:
        return None
    kind = "person" if person.kind == "office" or person.personal or han(bare[:1]) else "question"
    titled = person.has_office or (any(person.title) and han(bare[:1]) > 0)
    return label._replace(kind=kind, person=person, sure="[" in head or titled)


def _english_person(words: Sequence[Word]) -> Reference | None:
    """Return whom a label names: "Mr. Price", "The Minister (Ines Roth)", "Wire Agency"."""
    begin = 1 if words[0].low == "the" else 0
    end = next((at for at, word in enumerate(words) if word.text in {"(", ","}), len(words))
    if begin == end or not all(w.capital or is_office(w.low) or w.low in _OF_LABELS for w in words[begin:end]):
        return None
    person, beside = reference(words, begin, end), next(iter(references(words[end + 1 :])), OTHER)
    if person.kind == "office" and beside.personal:
        return beside._replace(title=person.title)
    return person._replace(title=person.title or (beside.title if beside.kind == "office" else ()))


def _head(text: str) -> tuple[str, int]:
    """Return what may be the label of a paragraph, and where what is said begins."""
    if text.startswith("Q ") and text[2:3].isupper():
        return "Q", 2
    colon = text.find(":", 0, _LABEL)
    if colon > 0:
        return text[:colon], len(text) - len(text[colon + 1 :].lstrip("* _]"))
    quote = text.find(' "', 0, _LABEL)
    if quote > 0 and text[:quote].isupper():  # ADA LUND HARBOUR MINISTER "It will open."
        return text[:quote], quote + 1
    first = text.find(". ", 0, _LABEL)
    stop = text.find(". ", first + 1, _LABEL) if text[: max(first, 0)].casefold() in ENGLISH["honorifics"] else first
    if stop > 1 and text[:stop].isupper() and text.count(" ", 0, stop) < _SHORT:
        return text[:stop], stop + 2
    if len(text) < _LABEL and text[-1:] not in {".", "!", "?", '"', ";"}:
        return text, len(text)
    return "", 0


def _begins_statement(headline: str) -> bool:
    """Return whether a headline without case begins as that of a statement: "Opening statement by"."""
    return any(words.endswith(" by") and headline.find(words) in {0, headline.find(" ") + 1} for words in SPEECH)


# The pass ------------------------------------------------------------------------------------------------------


class _Speech(NamedTuple):
    """Whose words all sentences are from paragraph `first` to `last`; None for somebody who is not named.

    `ends_early` if it ends where the report credits somebody in its own words, `asked` if it is a question.
    """

    person: Person | None
    said_in: str
    first: int
    last: int
    ends_early: bool = False
    asked: bool = False


class _Reader:
    """A report that is read for its speakers, and what is remembered on the way."""

    def __init__(self, passages: Sequence[Passage], language: str, known: Sequence[tuple[str, str]]) -> None:
        self.people = People()
        self.named: dict[str, Reference] = {}  # full names by their last word, of whom nothing else is said yet
        for name, role in known:
            name_words = normalised(name).split() if han(name) else [word.text for word in words_of(normalised(name))]
            if words := [word for word in name_words if word[0].isalnum()]:
                self.people.add(words, role=role).declared = name
        self.paragraphs = [
            _paragraph(passage, language, _label(passage.text) if passage.number else None) for passage in passages
        ]
        for paragraph in self.paragraphs:
            self._introduce(paragraph)
        self.transcript = False
        self._settle_labels(language)
        self._settle_offices()
        self.last: Person | None = None
        self.begun: Reference | None = None  # whom the sentence before names first, if in full and not known yet
        self.clock = 0
        self.credited: Person | None = None
        self.speaking: Person | None = None  # the last one, unless an organisation has spoken since
        self.speech = self._address()

    def _introduce(self, paragraph: _Paragraph) -> None:
        """Remember the people whom a paragraph names with their office, or as speaking."""
        for said in paragraph.said:
            for ref in [ref for ref in said.references if ref.kind == "name"]:
                role = _role_beside(said, ref)
                if ref.personal and (ref.has_office or role):
                    self.people.add(ref.name, ref.title if ref.has_office else (), role)
                elif ref.personal:
                    self.named.setdefault(ref.name[-1], ref)
            for ref in said.within:
                if ref.kind == "name" and ref.personal:
                    self.named.setdefault(ref.name[-1], ref)
            for ref in [each for one in said.attributions if not one.weak for each in one.references]:
                if ref.kind != "name":
                    continue
                full = self.named.get(ref.name[-1]) if len(ref.name) == 1 else None
                itself = any(word.quoted and word.low in {"i", "my"} for word in said.words)  # no organisation's words
                if full or ref.personal or itself or not said.references:  # the last of a Chinese sentence
                    self.people.add((full or ref).name, ref.title or (full or ref).title)

    def _settle_labels(self, language: str) -> None:
        """Keep the labels whose form says that they are, that occur again, or that name somebody who is known."""
        labels = [(one.passage, one.label) for one in self.paragraphs if one.label]
        sure = self._sure(labels)
        for _, label in labels:
            if label.text in sure and label.kind == "person" and label.person.name:
                self.people.add(label.person.name, label.person.title)
        for passage, label in labels:
            if label.text != passage.text and self.people.find(label.person.name):
                sure.add(label.text)
        self.transcript = len(sure) > 1 or sum(label.text in sure for _, label in labels) > 1
        for at, paragraph in enumerate(self.paragraphs):
            found = paragraph.label
            text = paragraph.passage.text
            if found is None:
                continue
            turn = found.kind == "person" or "?" in text or found.text.isupper()
            spoken = self.transcript and found.text != text and turn
            if not (found.text in sure or spoken):
                self.paragraphs[at] = _paragraph(paragraph.passage, language, None)
                self._introduce(self.paragraphs[at])
            elif found.person.name and (found.kind == "person" or self.people.find(found.person.name)):
                self.people.add(found.person.name, found.person.title)
                self.paragraphs[at] = paragraph._replace(label=found._replace(kind="person"))

    def _sure(self, labels: Sequence[tuple[Passage, _Label]]) -> set[str]:
        """Return the labels whose form says so, that occur again, that begin a transcript, or that ask and answer.

        Lines without a colon are labels only where there are several, and none is in a list of people.
        """
        counts = Counter(label.text for _, label in labels)
        sure = {label.text for _, label in labels if label.sure or counts[label.text] > 1}
        sure |= {
            label.text
            for passage, label in labels[:1]  # "Ada Lund: I have two announcements."
            if passage.number <= _BEGINNING and label.kind == "person" and self.paragraphs[passage.number].first_person
        }
        for (asking, one), (answering, two) in pairwise(labels):
            between = self.paragraphs[asking.number : answering.number]
            if one.kind == "question" and two.kind == "person" and any("?" in each.passage.text for each in between):
                sure |= {one.text, two.text}
        of_lines = [one.label for one in self.paragraphs]
        lines = [label.text if label and label.end == len(label.text) else "" for label in of_lines]
        present = {line for two_lines in pairwise(lines) if all(two_lines) for line in two_lines}  # a list of people
        return sure.difference(present if sum(line in sure for line in lines) >= _FEWEST_TURNS else lines)

    def _settle_offices(self) -> None:
        """Give an office that speaks at the beginning, and that nobody has, to the next one who speaks without any."""
        office: Sequence[str] = ()
        waiting: Person | None = None
        said = [each for paragraph in self.paragraphs[:_LEAD] for each in paragraph.said]
        attributions = [one for each in said for one in each.attributions]
        for ref in [next((ref for ref in one.references if ref.kind != "other"), OTHER) for one in attributions]:
            person = self.people.find(ref.name)
            if person is not None:
                waiting, office = (None, ()) if person.role else (person, office)
            elif ref.kind == "office" and ref.definite and not self._by_office(ref.title):
                office = ref.title if ref.title[-1] != "official" else ()
            if waiting and office:
                waiting.role = " ".join(word for word in office if word not in ENGLISH["determiners"])
                waiting, office = None, ()

    def _address(self) -> _Speech | None:
        """Return the speech of one person that all of the report is, or all that is before the first label."""
        first = next((at for at, paragraph in enumerate(self.paragraphs) if paragraph.label), len(self.paragraphs))
        body = [paragraph for paragraph in self.paragraphs[1:first] if not paragraph.heading]
        speaking = sum(paragraph.first_person for paragraph in body)
        reporting = sum(self._reports(paragraph) for paragraph in body)
        personal = speaking > 0 and len(body) >= _SHORTEST_SPEECH and reporting * 8 <= len(body)
        begin = next((at for at, one in enumerate(self.paragraphs) if at and one.first_person), first)
        above = self.paragraphs[:_HEAD]
        signed = [paragraph for paragraph in self.paragraphs[-_HEAD:] if paragraph.heading]
        phrases = (TRANSCRIPT if reporting * 2 <= len(body) else []) + (SPEECH if personal else [])
        for at, paragraph in enumerate([*above, *signed], 1):
            low = paragraph.passage.text.casefold()
            announced = at <= len(above) and any(words in low for words in phrases)
            announced = announced or (at == 1 and reporting * 8 <= len(body) and _begins_statement(low))
            if announced or (personal and speaking * 5 >= len(body) * 2 and not paragraph.first_person):
                person = self._named(paragraph)
                if person is not None:
                    return _Speech(person, paragraph.passage.text[:_SAID_IN], at if announced else begin, first - 1)
        return None

    def _named(self, paragraph: _Paragraph) -> Person | None:
        """Return the first person whom a paragraph names."""
        for ref in [ref for said in paragraph.said for ref in said.references if ref.kind == "name"]:
            person = self.people.find(ref.name)
            if person is None and ref.personal:
                person = self.people.add(ref.name)
            if person is not None:
                self._remember(person)
                return person
        return None

    # Memory

    def _remember(self, person: Person | None) -> None:
        if person is not None:
            self.clock += 1
            person.mentions = self.clock
            self.last = self.speaking = person

    def _resolve(self, ref: Reference) -> Person | None:
        if ref.kind == "name":
            return self.people.find(ref.name)
        if ref.kind == "pronoun":
            return self._by_pronoun(female=ref.title[0] in {"she", "her"})
        if ref.kind == "office" and ref.definite:
            return self.last if ref.title[-1] == "official" else self._by_office(ref.title)
        return None

    def _by_pronoun(self, *, female: bool) -> Person | None:
        known = self.people.everybody[-_CANDIDATES:]
        meant = [person for person in known if person.mentions and person.female in {None, female}]
        person = max(meant, key=lambda person: person.mentions, default=None)
        if person is not None:
            person.female = female
        return person

    def _by_office(self, words: Sequence[str]) -> Person | None:
        """Return the person whom an office means, by what they are called elsewhere: "its Party chief".

        A deputy is not meant by the office without that word, nor somebody whose office is of something else.
        """
        lows = office_words(" ".join(words))
        at = next((at for at in range(len(lows) - 1, -1, -1) if is_office(lows[at])), len(lows) - 1)
        head, described = lows[at], {*lows[:at], *lows[at + 1 :]} - _UNSPECIFIC
        offices = ALIKE.get(head, frozenset()) | {head}
        ranked: list[tuple[int, bool, int, Person]] = []
        for person in self.people.everybody[-_CANDIDATES:]:
            role = (person.role or "").casefold()
            parts = {*office_words(role)}
            chinese = role.endswith(head) and not role.endswith(f"副{head}")
            fits = not offices.isdisjoint(parts) if head.isascii() else chinese
            others = parts - offices - _UNSPECIFIC
            short = initials(person.role or "")
            shared = {word for word in described if word in others or (len(word) > 1 and word in short)}
            is_lesser = not (described ^ others).isdisjoint(ENGLISH["lesser"])
            of_other = bool(described and others) and not shared
            if fits and not is_lesser and not of_other:
                ranked.append((len(shared) + 2 * (head in parts), person.spoke, person.mentions, person))
        best = max(ranked, key=lambda one: one[:3], default=None)
        return best[3] if best else None

    def _reports(self, paragraph: _Paragraph) -> bool:
        """Return whether the report credits somebody by name in a paragraph, in its own words."""
        said = (one for each in paragraph.said for one in each.attributions if not one.weak)
        return any(each.kind == "name" and self.people.find(each.name) for one in said for each in one.references)

    def _credits(self, said: _Said) -> tuple[Person | None, bool]:
        """Return whom a sentence credits by itself, and whether it credits anybody, an organisation included."""
        anybody = False
        first = next(iter(said.references), OTHER)
        if first.kind != "pronoun":
            self.begun = self.named.get(first.name[-1]) if first.name else None
        elif self.begun and not said.attributions:  # "She takes the place of": a person
            somebody = self.people.add(self.begun.name)
            somebody.female = first.title[0] in {"she", "her"}
            self._remember(somebody)
        named = [person for ref in said.references if ref.kind == "name" and (person := self.people.find(ref.name))]
        if not said.references and han(said.sentence.text):
            text = said.sentence.text
            named = [person for person in self.people.everybody[-_CANDIDATES:] if person.name[0] in text]
            named.sort(key=lambda person: text.find(person.name[0]))
        if named and not any(ref.kind == "pronoun" for ref in said.references[:1]):
            self._remember(named[0])  # whom "he" in this or the next one means
        for one in said.attributions:
            if one.weak and said.sentence.paragraph == 0:
                continue
            for ref in one.references:
                person = self._resolve(ref)
                if person is not None:
                    self._remember(person)
                    person.spoke = True
                    return person, True
            anybody = anybody or not one.weak
        if anybody:
            self.speaking = None
        return None, anybody

    # The walk

    def credits(self) -> Iterator[Credit]:
        """Yield who is speaking, sentence by sentence."""
        index = 0
        while index < len(self.paragraphs):
            paragraph = self.paragraphs[index]
            if paragraph.label:
                self.speech = self._labelled(paragraph.label, paragraph, index)
            speech = self.speech
            ended = speech and (index > speech.last or (index > speech.first and paragraph.ends_speech))
            if ended or (speech and speech.ends_early and not paragraph.label and self._reports(paragraph)):
                self.speech = speech = None
            if speech and index >= speech.first:
                for said in paragraph.said:
                    yield _credit(said, speech.person, speech.said_in, asked=speech.asked)
                index += 1
                continue
            quotation = self._quotation(index)
            yield from self._in_report(quotation)
            index += len(quotation)
            if index > 1 and self.credited and quotation[-1].passage.text.endswith(":"):
                self.speech = self._block(self.credited, quotation[-1].said[-1].sentence.text, index)

    def _quotation(self, index: int) -> list[_Paragraph]:
        """Return a paragraph, and those below it into which a quotation of it goes on."""
        is_open, end = True, index
        while end < len(self.paragraphs) and is_open:
            paragraph, text = self.paragraphs[end], self.paragraphs[end].passage.text
            goes_on = end > index
            unmarked = goes_on and not text.startswith('"')
            if goes_on and (paragraph.label or (unmarked and not paragraph.first_person)):
                break
            is_open = (text.count('"') + unmarked) % 2 == 1
            end += 1
        return self.paragraphs[index:end]

    def _labelled(self, label: _Label, paragraph: _Paragraph, index: int) -> _Speech:
        person = None
        if label.kind == "answer":
            person = self.last
        elif label.kind == "person":
            office = label.person.kind == "office"
            person = self._by_office(label.person.title) if office else self._resolve(label.person)
            if person is None and label.person.title:  # "TREASURER:", whom the report never names
                name = [word.capitalize() for word in label.person.title if word not in ENGLISH["determiners"]]
                person = self.people.add(name, role=" ".join(name))
        self._remember(person)
        said_in = paragraph.passage.text[: label.end].strip()
        if paragraph.passage.text.startswith('"', label.end):
            return self._block(person, said_in, index)
        asks = label.kind == "question" and (label.person is OTHER or "?" in paragraph.passage.text)
        last = len(self.paragraphs) if person or asks else index  # "Photo: Reuters" is said by nobody
        return _Speech(person, said_in, index, last, not self.transcript, asks)

    def _block(self, person: Person | None, said_in: str, first: int) -> _Speech:
        """Return what is said behind "Lord Offord said:": an indented quotation, with marks or without them."""
        last = first
        for at in range(first + 1, min(first + _BLOCK, len(self.paragraphs))):
            paragraph = self.paragraphs[at]
            text = paragraph.passage.text
            if paragraph.label or self._reports(paragraph):
                break
            if text.startswith('"') or paragraph.first_person:
                last = at
        return _Speech(person, said_in, first, last)

    def _in_report(self, paragraphs: Sequence[_Paragraph]) -> Iterator[Credit]:
        """Yield who is speaking in the report's own words and in quotations, of which one may span the paragraphs."""
        opens = paragraphs[0].passage.text.startswith('"')
        unmarked = {each.passage.number for each in paragraphs[1:] if not each.passage.text.startswith('"')}
        spoken = [said for each in paragraphs for said in each.said]
        earlier = self.speaking
        found = [self._credits(said) for said in spoken]
        coming = [person for person, _ in found]  # whom the words behind a quotation credit
        for at in range(len(found) - 2, -1, -1):
            if coming[at] is None and not found[at][1]:
                coming[at] = coming[at + 1]
        before = self.credited = None
        for said, (person, by_itself), behind in zip(spoken, found, coming, strict=True):
            speaker = person
            if not by_itself and (said.quotation or said.sentence.paragraph in unmarked):
                near = (behind or before) if said.words[-1].quoted and not said.goes_on else (before or behind)
                speaker = near or (earlier if opens else None)
            before = speaker or before
            self.credited = speaker
            yield _credit(said, speaker)


def _credit(said: _Said, person: Person | None, said_in: str | None = None, *, asked: bool = False) -> Credit:
    if person is None:
        return Credit(said.sentence, None, None, None, asked)
    return Credit(said.sentence, person.full, person.role, said_in)
