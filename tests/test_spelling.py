"""The one spelling: which words are joined, and what the index holds beside a text."""

import pytest

from guizhou_cli.spelling import canonical, indexed
from guizhou_cli.text import fold, normalised, tokens, visible


@pytest.mark.parametrize(
    ("word", "spelt"),
    [
        ("centre", "center"),
        ("kilometres", "kilometers"),
        ("modernisation", "modernization"),
        ("labour", "labor"),
        ("six", "n6"),
        ("grew", "grow"),
        ("33.80", "n33p8"),
        ("1,200", "n1200"),
        ("33,8", "n33p8"),
        ("coal", "coal"),
    ],
)
def test_a_word_has_one_spelling(word: str, spelt: str) -> None:
    """British and American spellings, number words, verb forms and ways of writing a figure are one word."""
    assert canonical(word) == spelt


def test_the_index_holds_what_differs() -> None:
    """Beside a text the index holds its words in the one spelling, and Chinese characters with blanks between them."""
    assert indexed("Labour costs grew by 3.5% at the 贸易 centre") == "labor | grow | n3p5 | 贸 易 | center"


def test_words_and_figures_are_tokens() -> None:
    """A figure is one word, a Chinese character is one, and vowel signs stay within their word."""
    assert tokens("Li's 1,200.5 of 贸易, किताब!") == ["li", "s", "1,200.5", "of", "贸", "易", "किताब"]


def test_a_fold_keeps_vowel_signs() -> None:
    """Case, accents and punctuation make no other name; vowel signs do."""
    assert fold("São-Tomé ") == fold("sao tome")
    assert fold("กิน") != fold("กัน")
    assert fold("काम") != fold("कम")


def test_the_normal_form() -> None:
    """Quotes, dashes, blanks and invisible characters have one form in what fingerprints are taken of."""
    assert normalised(" \u201cA\u201d \u2013 b\u2014c\u00ad\u200b  d ") == '"A" -- b--cd'.replace("cd", "c d")


def test_controls_are_made_visible() -> None:
    """Each character that steers a terminal is written out; letters of any script stay."""
    assert visible("a\x1b[2J\u202e东é") == "a\\x1b[2J\\u202e东é"
