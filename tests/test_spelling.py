"""Spellings: what a question tries beside a word, and what the index holds beside a text."""

from guizhou_cli.spelling import indexed, searched, spellings
from guizhou_cli.text import fold, normalised, tokens, visible


def test_endings_are_tried_both_ways() -> None:
    """A word of six letters or more with a British ending is tried with the American one, and the reverse."""
    assert spellings("modernisation") == ["modernisation", "modernization"]
    assert spellings("modernized") == ["modernized", "modernised"]
    assert spellings("labour") == ["labour", "labor"]
    assert (spellings("four"), spellings("coal")) == (["four"], ["coal"])


def test_the_index_holds_what_fts5_would_take_apart() -> None:
    """Beside a text the index holds its figures and acronyms as words, and Chinese characters with blanks between."""
    assert indexed("US labour cost 33.80% or 1,200 in G20, 5G, 贸易28.4%") == "贸 易 | n33p8 | n1200 | n5 | n28p4 | nus"
    assert indexed("Labour costs grew") == ""
    assert searched("WHO told us 33,8 of 贸") == ["nwho", "told", "us", "n33p8", "of", "贸"]
    assert searched("WHO TOLD US") == ["who", "told", "us"]


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
