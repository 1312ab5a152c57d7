"""Whom a sentence credits by itself: "Li Bingjun, governor of ..., said", "he said", "according to her", 高峰表示."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from guizhou_cli.report.names import (
    CHINESE,
    ENGLISH,
    Run,
    Word,
    chinese_name,
    chinese_office,
    is_office,
    run_after,
    run_before,
)

_FAR = 40  # words before a reporting verb in which its subject is looked for; characters in Chinese
_NEAR = 8
_LINKS = frozenset({"of", "for", "at", "with", "from"})
_ENDS_CLAUSE = frozenset({'"', ";", ":", "--", "?", "!", "."})
_ATTRIBUTIVE = frozenset({"view", "words", "opinion"})


class Mention(NamedTuple):
    """How a sentence refers to who is speaking.

    `kind` is `name`, `role` (words are those of the office), `pronoun` (he or she) or `other`, an organisation. A role
    is not definite in "a spokesman said".
    """

    kind: str
    words: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    definite: bool = True


class Attribution(NamedTuple):
    """Whom a sentence may credit by one reporting verb: the first mention that is a person.

    `weak` verbs (expects, praised) credit only somebody who is known. `subordinate` ones are in clauses such as "after
    Powell said", where the report speaks of what was said.
    """

    mentions: tuple[Mention, ...]
    weak: bool = False
    subordinate: bool = False


def attributions(text: str, words: Sequence[Word], *, chinese: bool) -> list[Attribution]:
    """Return whom a sentence may credit, in the order of its reporting verbs outside of quotations."""
    return list(_chinese(text, words) if chinese else _english(words))


def _english(words: Sequence[Word]) -> Iterator[Attribution]:
    signed = run_after(words, 1) if words and words[0].text in {"-", "--"} else None
    if signed is not None and signed.personal:  # "..." -- Ines Roth, minister
        yield Attribution((Mention("name", signed.name, signed.title),))
    for at, word in enumerate(words):
        low = word.low
        if word.quoted or not word.is_word:
            continue
        if low == "to" and at and words[at - 1].low == "according":
            yield Attribution((_noun_after(words, at + 1) or Mention("other"),))
        elif low in _ATTRIBUTIVE and at > 1 and words[at - 2].low == "in" and words[at - 1].low in {"his", "her"}:
            yield Attribution((Mention("pronoun", ("she" if words[at - 1].low == "her" else "he",)),))
        elif low in ENGLISH["said"] or low in ENGLISH["reported"]:
            mentions = tuple(mention for mention in _subjects(words, at) if mention)
            if mentions:
                yield Attribution(mentions, low not in ENGLISH["said"], _is_subordinate(words, at))


def _subjects(words: Sequence[Word], verb: int) -> Iterator[Mention | None]:
    """Yield who may be the subject of a reporting verb, the likeliest first."""
    before = _before(words, verb)
    yield before
    if words[verb].low == "quoted" or verb == 0 or words[verb - 1].text == "," or words[verb - 1].text in _ENDS_CLAUSE:
        yield _noun_after(words, verb + 1)
    if before is None or before.kind != "pronoun":
        yield _opening(words, verb)


def _is_subordinate(words: Sequence[Word], verb: int) -> bool:
    """Return whether only a subject is between a conjunction and a verb: "after Fed Chair Powell said"."""
    for word in reversed(words[max(0, verb - _NEAR) : verb]):
        if word.low in ENGLISH["subordinate"]:
            return True
        subject = (
            word.capital or is_office(word.low) or word.low in ENGLISH["determiners"] or word.low in ENGLISH["pronouns"]
        )
        if not word.is_word or not (subject or word.low in ENGLISH["skipped"]):
            return False
    return False


def _before(words: Sequence[Word], verb: int) -> Mention | None:
    at = verb - 1
    while at >= 0 and words[at].is_word and words[at].low in ENGLISH["skipped"]:
        at -= 1
    at = _before_brackets(words, at)
    if at < 0 or words[at].text in _ENDS_CLAUSE:
        return None
    return _described(words, at) if words[at].text == "," else _noun(words, at)


def _before_brackets(words: Sequence[Word], at: int) -> int:
    """Return the index before the brackets that end at a word, or that word's."""
    if at < 0 or words[at].text != ")":
        return at
    first = max(-1, at - _FAR)
    while at > first and words[at].text != "(":
        at -= 1
    return at - 1


def _noun(words: Sequence[Word], at: int) -> Mention | None:
    """Return the mention that ends with a word."""
    low = words[at].low
    if low in ENGLISH["pronouns"]:
        return Mention("pronoun", (low,))
    if low in ENGLISH["others"]:
        return Mention("other") if low in {"it", "they"} else None
    run = run_before(words, at)
    if run is None and is_office(low):
        return _role(words, at, at + 1)
    if run is None or not (run.personal or len(run.name) > 1):
        linked = _linked(words, run.begin - 1 if run else at - 1)
        if linked is not None:
            return linked
    if run is None:
        return Mention("other") if words[at].is_word else None
    return _of(run, words)


def _of(run: Run, words: Sequence[Word]) -> Mention:
    if run.name:
        return Mention("name", run.name, run.title)
    if run.title and is_office(run.title[-1].casefold()):
        return _role(words, run.begin, run.end)
    return Mention("other")


def _role(words: Sequence[Word], begin: int, end: int) -> Mention:
    """Return the mention of an office that ends before `end`: "its Party chief"."""
    while (
        begin > 0 and end - begin < _NEAR and words[begin - 1].is_word and words[begin - 1].low not in ENGLISH["said"]
    ):
        begin -= 1
        if words[begin].low in ENGLISH["determiners"] or words[begin].low in ENGLISH["indefinite"]:
            break
    lows = tuple(word.low for word in words[begin:end])
    return Mention("role", lows, definite=lows[0] not in ENGLISH["indefinite"])


def _linked(words: Sequence[Word], at: int) -> Mention | None:
    """Return the office or the name before "of Guizhou", "for the ministry"."""
    for place in range(at, max(0, at - _NEAR), -1):
        if not words[place].is_word:
            return None
        if words[place].low in _LINKS:
            if is_office(words[place - 1].low):
                return _role(words, place - 1, place)
            run = run_before(words, place - 1)
            if run is not None and run.personal:
                return Mention("name", run.name, run.title)
    return None


def _described(words: Sequence[Word], comma: int) -> Mention | None:
    """Return the name before ", governor of Guizhou," or the name that is between two commas itself."""
    end, nearest = comma, True
    while end > 0 and comma - end < _FAR:
        begin = end
        while (
            begin > 0
            and words[begin - 1].text != ","
            and words[begin - 1].text not in _ENDS_CLAUSE
            and end - begin < _FAR
        ):
            begin -= 1
        last = _before_brackets(words, end - 1)
        run = run_before(words, last) if last >= begin else None
        alone = run is not None and run.begin <= begin
        if run is not None and run.name and (alone or (run.personal and not nearest)):
            return Mention("name", run.name, run.title)
        part = words[begin:end]
        describes = (
            not nearest
            or any(is_office(word.low) for word in part)
            or all(word.low in ENGLISH["skipped"] for word in part)
        )
        describes = describes or (bool(part) and part[0].low in ENGLISH["describing"])
        if not describes or begin == 0 or words[begin - 1].text != ",":
            return None
        end, nearest = begin - 1, False
    return None


def _opening(words: Sequence[Word], verb: int) -> Mention | None:
    """Return the name that a sentence opens with and describes: "Jens Olsen, for the Relief Office (RO) said"."""
    comma = next((at for at, word in enumerate(words[:_NEAR]) if word.text in {",", "("}), 0)
    if (
        not 1 < comma < verb < _FAR
        or words[comma + 1].low in ENGLISH["skipped"]
        or words[comma + 1].low in ENGLISH["others"]
    ):
        return None
    run = run_before(words, comma - 1)
    if run is None or run.begin > 0 or not run.personal or any(word.low in ENGLISH["said"] for word in words[:verb]):
        return None
    return Mention("name", run.name, run.title)


def _noun_after(words: Sequence[Word], at: int) -> Mention | None:
    """Return the mention that begins with a word: "said Li Bingjun", "said the ministry's spokesman, Gao Feng"."""
    if at >= len(words):
        return None
    low = words[at].low
    if low in {"he", "she", "him"} or (low == "her" and not words[min(at + 1, len(words) - 1)].is_word):
        return Mention("pronoun", ("she" if low in {"she", "her"} else "he",))
    run = run_after(words, at)
    if run is None:
        office = next((place for place in range(at, min(at + _NEAR, len(words))) if is_office(words[place].low)), None)
        if office is None or not all(word.is_word for word in words[at:office]):
            return Mention("other") if low in ENGLISH["determiners"] else None
        run = run_after(words, office)
        if run is None or not run.name:
            return _role(words, office, office + 1)
    if not run.name and run.end + 1 < len(words) and is_office(words[run.end - 1].low) and words[run.end].text == ",":
        named = run_after(words, run.end + 1)
        if named is not None and named.personal:
            return Mention("name", named.name, run.title)
    return _of(run, words)


def _chinese(text: str, words: Sequence[Word]) -> Iterator[Attribution]:
    """Yield who is before the verbs of saying in a Chinese sentence."""
    quoted = {word.start for word in words if word.quoted}
    starts = {verb[0] for verb in CHINESE["said"]}
    behind = 0
    for at, character in enumerate(text):
        if at < behind or character not in starts or at in quoted:
            continue
        verb = next((verb for verb in CHINESE["said"] if text.startswith(verb, at)), None)
        if verb is None:
            continue
        behind = at + len(verb)
        mention = _chinese_subject(text[max(0, at - _FAR) : at])
        if mention:
            yield Attribution((mention,))


def _chinese_subject(before: str) -> Mention | None:
    skipped: str | None = ""
    while skipped is not None:
        before = before.removesuffix(skipped).rstrip(", ")
        skipped = next((word for word in CHINESE["skipped"] if before.endswith(word)), None)
    if before[-1:] in CHINESE["pronouns"]:
        return Mention("pronoun", ("she" if before[-1] == "她" else "he",))
    office = chinese_office(before)  # 王毅部长说
    name = chinese_name(before.removesuffix(office or ""))
    if name:
        title = before[: -len(name)]
        cut = max(map(title.rfind, ',。;:"'))
        return Mention("name", (name,), (office or title[cut + 1 :].strip(),))
    if office:
        return Mention("role", (office,))
    return Mention("other") if before else None
