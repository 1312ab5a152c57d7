"""The one spelling that words are brought to, in the full-text index and in a question.

Letters without case or accents, American rather than British, figures whole, each Chinese character a word of its own.
"""

import re
import unicodedata
from functools import lru_cache

HAN = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = rf"[{HAN}]|[^\W_{HAN}]+"
_LONGEST_ACRONYM = 8
"""Characters. A longer text that is all in capitals tells no acronyms from other words."""

_NUMERALS = {
    word: str(number)
    for number, word in (
        *enumerate(
            "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
            " eighteen nineteen twenty".split(),
            start=2,
        ),
        *zip(range(30, 100, 10), "thirty forty fifty sixty seventy eighty ninety".split(), strict=True),
    )
}
_ONE_STEM = {  # which the porter tokenizer does not join
    "grew": "grow", "grown": "grow", "growth": "grow", "rose": "rise", "risen": "rise", "fell": "fall",
    "fallen": "fall", "built": "build", "began": "begin", "begun": "begin", "made": "make", "sold": "sell",
    "bought": "buy", "spent": "spend", "went": "go", "won": "win", "lost": "lose", "men": "man", "women": "woman",
    "provincial": "province", "annum": "year", "yearly": "year", "news": "newses",  # which it would join with new
    "last": "past",  # the last two years
}  # fmt: skip
_AMERICAN = {
    british + ending: american + ending
    for british, american in (
        ("centre", "center"), ("kilometre", "kilometer"), ("metre", "meter"), ("litre", "liter"), ("fibre", "fiber"),
        ("theatre", "theater"), ("programme", "program"), ("defence", "defense"), ("offence", "offense"),
        ("licence", "license"), ("practise", "practice"), ("aluminium", "aluminum"), ("sulphur", "sulfur"),
        ("plough", "plow"), ("mould", "mold"), ("tyre", "tire"), ("catalogue", "catalog"), ("dialogue", "dialog"),
        ("grey", "gray"), ("cheque", "check"), ("ageing", "aging"), ("fulfil", "fulfill"), ("enrol", "enroll"),
        ("skilful", "skillful"), ("instalment", "installment"), ("jewellery", "jewelry"),
    )
    for ending in ("", "s")
}  # fmt: skip
# Each with what a text must have for the rule to change anything: to look for that is ten times as fast.
_BRITISH_ENDINGS = (
    (("is",), r"(?<=\w{3})is(e|es|ed|er|ers|ing|ation|ations|ational)$", r"iz\1"),
    (("ys",), r"(?<=\w{3})ys(e|es|ed|er|ers|ing)$", r"yz\1"),
    (("our",), r"(?<=\w{2})our(s|ed|er|ers|ing|able|ably|ite|ites|ful|hood|hoods)?$", r"or\1"),
    (("ll",), r"(trave|labe|mode|cance|fue|channe|leve|signa|tunne|counse|tota|riva)ll(ed|ing|er|ers)$", r"\1l\2"),
)
_CAPITALS = (  # words that only their capitals tell from function words
    (("US", "U.S"), r"\bU\.?S\.?(?:A\b\.?)?(?!\w)", "usa"),
    (("IT",), r"\bIT\b", "infotech"),
    (("WHO",), r"\bWHO\b(?!\s+(?:said|says)\b)", "worldhealth"),
    (("May",), r"(?<=[a-z,] )May\b", "monthofmay"),
)
_ONE_WORD = (
    (("united",), r"\bunited\s+states(?:\s+of\s+america)?\b", "usa"),
    ((",",), r"(?<=\d),(?=\d{3}(?!\d))", ""),  # 1,000: one figure
    ((",",), r"(?<=\d),(?=\d{1,2}(?!\d))", "."),  # 33,8: a figure too, as most of the world writes it
    ((".",), r"(?<=\d)\.0+(?!\d)|(?<=\d)(\.\d*[1-9])0+(?!\d)", r"\1"),  # 28.40 is 28.4, and 28.0 is 28
    ((".",), r"(?<=\d)\.(?=\d)", "p"),  # 28.4: one word, which neither 28 nor 8.4 is
    (("p.a",), r"\bp\.a\b\.?", "year"),
    ((".",), r"(?<![^\W_])([^\W\d_])\.(?=[^\W\d_]\b)", r"\1"),  # U.S.: one word
    (("&",), "&", " and "),
    (("'", "\u2019", "\u02bc"), r"['\u2019\u02bc]s\b|['\u2019\u02bc]", ""),
    (
        ("%", "cent", "pct", "pc"),
        r"%|\bper[\s\u2010-]+cents?\b|(?<![^\W\d_])(?:percent|pct)\b|(?<=\d)\s?pc\b",
        " percent ",
    ),
)
_Rules = tuple[tuple[tuple[str, ...], str, str], ...]


def words(text: str) -> list[str]:
    """Return the words of `text` in the one spelling: "Centre's 28.4%" gives center, 28p4, percent."""
    text = _decoded(text)
    if len(text) < _LONGEST_ACRONYM or not text.isupper():
        text = _by(_CAPITALS, text)
    return [_one_spelling(token) for token in re.findall(_TOKEN, _by(_ONE_WORD, _unaccented(text)))]


def canonical(text: str) -> str:
    """Return the words of `text` in the one spelling, a blank between them: what the full-text index holds."""
    return " ".join(words(text))


def fold(name: str) -> str:
    """Return a name without case, accents, hyphens, blanks or other punctuation, to compare it by."""
    return "".join(filter(str.isalnum, _unaccented(_decoded(name))))


def _decoded(typed: str) -> str:
    """Return what was typed in a C locale, whose bytes Python could not decode, as the UTF-8 that it most likely is."""
    try:
        return typed.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeError:
        return typed


def _unaccented(text: str) -> str:
    if text.isascii():
        return text.casefold()
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()


def _by(rules: _Rules, text: str) -> str:
    for signs, pattern, replacement in rules:
        for sign in signs:
            if sign in text:
                text = re.sub(pattern, replacement, text)
                break
    return text


@lru_cache(maxsize=10_000)
def _one_spelling(token: str) -> str:
    whole = _NUMERALS.get(token) or _ONE_STEM.get(token) or _AMERICAN.get(token)
    return whole or _by(_BRITISH_ENDINGS, token)
