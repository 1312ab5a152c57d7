"""The questions: views, search, and the names people type."""
