"""Briefings of a user's own: draft, load, add, attach, verify, export."""
