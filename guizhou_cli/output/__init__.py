"""Answers as text: for programs, as tables and documents, and as citations. Here are the names of the formats."""

from enum import StrEnum

Format = StrEnum("Format", "table json jsonl csv tsv markdown svg html")
"""What an answer is written as."""


class Style(StrEnum):
    """The style of a citation."""

    text = "text"
    bibtex = "bibtex"
    csl_json = "csl-json"
    ris = "ris"
    pandoc = "pandoc"
    footnote = "footnote"
