"""The same facts as a page."""
