"""Answers as text: formats, tables and citations."""
