"""Names that a person typed: what each stands for, and where it is unknown, which one was nearest."""

from collections.abc import Iterable
from typing import TypeVar

from guizhou_cli.errors import NothingFound, UsageProblem, visible
from guizhou_cli.search import FUNCTION_WORDS
from guizhou_cli.spelling import fold, words

Meant = TypeVar("Meant")


def choose(kind: str, asked: str, names: Iterable[tuple[str, Meant]], known: Iterable[str] = ()) -> set[Meant]:
    """Return what a name stands for: those it equals when folded, or else all that have each of its words.

    Args:
        kind: what is named, for the message: "partner".
        asked: the name as typed.
        names: each known name and what it stands for; several may have the same.
        known: the names to offer, where not all of them.

    Raises:
        UsageProblem: if there is no letter and no digit in it.
        NothingFound: if no name is that; it offers the nearest and the known ones.

    """
    names = list(names)
    known = list(known) or list(dict.fromkeys(name for name, _ in names))
    if not fold(asked):
        raise UsageProblem(f"no {kind} is named", listed("known: ", known))
    found = meant(asked, names)
    if found:
        return found
    raise unknown(kind, asked, (name for name, _ in names), known)


def meant(asked: str, names: Iterable[tuple[str, Meant]]) -> set[Meant]:
    """Return what a name stands for, as `choose` does; empty where it is none of the names."""
    names, folded = list(names), fold(asked)
    equal = {thing for name, thing in names if fold(name) == folded}
    if equal:
        return equal
    typed = words(asked)
    wanted = set(typed) - FUNCTION_WORDS
    if wanted:
        return {thing for name, thing in names if wanted <= set(words(name))}
    # He and May begin or end names, too.
    return {thing for name, thing in names if typed in (words(name)[:1], words(name)[-1:])} if typed else set()


def unknown(kind: str, asked: str, names: Iterable[str], known: Iterable[str] = ()) -> NothingFound:
    """Return the error for a name that is not known, with the nearest and with what is."""
    from difflib import get_close_matches

    names = list(dict.fromkeys(names))
    typed = set(words(asked))
    within = [name for name in names if words(name) and typed.issuperset(words(name))]
    wholes = {fold(name[:80]): name for name in reversed(names)}
    parts = {fold(part[:80]): name for name in reversed(names) for part in name.split()}
    offers = (spelt[near] for spelt in (wholes, parts) for near in get_close_matches(fold(asked[:80]), spelt, n=1))
    nearest = max(within, key=len) if within else next(offers, None)
    offer = f"; did you mean {nearest}?" if nearest else ""
    return NothingFound(f"no {kind} {shortened(asked)}{offer}", listed("known: ", known or names) if names else None)


def near(asked: Iterable[str], known: Iterable[str]) -> str | None:
    """Return the word that is nearest to one of those asked, none where no word is near."""
    from difflib import get_close_matches

    spelt = {fold(word): word for word in known}
    for word in asked:
        for found in get_close_matches(fold(word[:80]), spelt, n=1, cutoff=0.8):
            return spelt[found]
    return None


def listed(lead: str, names: Iterable[str], most: int = 12) -> str:
    """Return names in one line, no more than `most` of them."""
    names = list(names)
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return lead + ", ".join(names[:most]) + rest


def shortened(text: str, most: int = 60) -> str:
    """Return what a person typed, in quotes, made visible, and cut where it is long."""
    return f'"{visible(text[:most])}{"…" if len(text) > most else ""}"'
