"""What is wrong with a TOML briefing, in words for a person: where it stands, what is expected, what was found."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from guizhou_cli.errors import visible
from guizhou_cli.naming import shortened
from guizhou_cli.spelling import fold

TABLES_AT_MOST = 100_000
"""Of one kind, such as claims, in one briefing."""

Row = dict[str, Any]


def fault(detail: ErrorDetails, model: type[BaseModel]) -> str:
    """Return one of pydantic's findings as a line for a person: where, what is expected, what was found."""
    where = _where(detail["loc"])
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "missing":
        return f"{where}: it is missing"
    if kind == "extra_forbidden":
        return f"{where}: it is not a key of a briefing{_near_key(detail['loc'], model)}"
    expected = {
        "string_type": "a text",
        "string_too_short": _BLANK,
        "string_too_long": f"a text of no more than {context.get('max_length')} characters",
        "string_pattern_mismatch": _pattern(detail["loc"][-1], context.get("pattern")),
        "int_type": "a whole number",
        "int_from_float": "a whole number",
        "int_parsing_size": "a smaller whole number",
        "float_type": "a number",
        "finite_number": "a number",
        "list_type": "a list",
        "model_type": "a table",
        "model_attributes_type": "a table",
        "greater_than_equal": f"a number of at least {_round(context.get('ge', 0))}",
        "less_than_equal": f"a number of no more than {_round(context.get('le', 0))}",
        "too_long": f"a list of no more than {context.get('max_length')}",
        "too_short": "at least one",
        "date": "a date such as 2025-06-10",
    }.get(kind, detail["msg"])
    found = "a longer one" if kind == "too_long" else _shown(detail["input"])
    return f"{where}: {expected} is expected, got {found}"


_BLANK = "a text that is not blank"
_ID = "an id of small letters, digits and single hyphens"
_KEY_SHOWN = 60
_EXPECTED_PATTERN = {
    "url": "an address that begins with http:// or https://",
    "language": "a language tag such as en",
    "sha256": "a SHA-256 of 64 hexadecimal digits",
}


def _pattern(key: int | str, pattern: str | None) -> str:
    if pattern and pattern.startswith("[^"):  # something that is seen
        return _BLANK
    return _EXPECTED_PATTERN.get(str(key), _ID)


def _round(bound: float) -> str:
    return f"{bound:.0f}"


def _where(loc: tuple[int | str, ...]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{_cut(part)}" for part in loc).removeprefix(".")


def _cut(key: str) -> str:
    return visible(key if len(key) <= _KEY_SHOWN else f"{key[:_KEY_SHOWN]}…")


def _near_key(loc: tuple[int | str, ...], model: type[BaseModel]) -> str:
    for part in loc[:-1]:
        if isinstance(part, str):
            model = _table_of(model, part)
    near = get_close_matches(str(loc[-1])[:80], list(model.model_fields), n=1)
    return f"; did you mean {near[0]}?" if near else f"; those are {', '.join(model.model_fields)}"


def _table_of(model: type[BaseModel], key: str) -> type[BaseModel]:
    """Return the model of the table, or of the tables in the list, that a key holds."""
    candidates = [model.model_fields[key].annotation]
    while candidates:
        kind = candidates.pop()
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
        candidates += get_args(kind)
    return model


def _shown(given: object) -> str:
    if isinstance(given, str):
        return shortened(given)
    if isinstance(given, dict | list):
        return ("a " if given else "an empty ") + ("table" if isinstance(given, dict) else "list")
    if isinstance(given, bool):
        return str(given).lower()
    return shortened(str(given)).strip('"') if not isinstance(given, int) or abs(given) < 10**30 else "a huge one"


def reference_faults(data: Row, known_partners: AbstractSet[str]) -> Iterator[str]:
    """Yield what is there twice or refers to nothing.

    It looks at what TOML gave, whatever its types, so that these faults are told along with all others.

    Args:
        data: the file as `tomllib` read it.
        known_partners: ids of trade partners that need not be declared.

    """
    ids: dict[str, set[object]] = {}
    for kind, key in (("speaker", "id"), ("partner", "id"), ("passage", "number"), ("claim", "id")):
        seen: dict[str | int, int] = {}
        for at, table in _tables(data, kind):
            value = table.get(key)
            if isinstance(value, str | int):
                if value in seen:
                    yield f"{kind}[{at}].{key}: {_shown(value)} is there already, at {kind}[{seen[value]}]"
                seen.setdefault(value, at)
        ids[kind] = set(seen)
    for at, passage in _tables(data, "passage"):
        if "last_words" in passage and "first_words" not in passage:
            yield f"passage[{at}].last_words: first_words are expected with them"
    wanted = set()
    for at, claim in _tables(data, "claim"):
        yield from (f"claim[{at}]{wrong}" for wrong in _claim_faults(claim, ids, known_partners))
        wanted.add(_partner(claim))
    for at, partner in _tables(data, "partner"):
        yield from (f"partner[{at}]{wrong}" for wrong in _partner_faults(partner, wanted))


def _claim_faults(claim: Row, ids: dict[str, set[object]], known_partners: AbstractSet[str]) -> Iterator[str]:
    speaker, paragraph, partner = claim.get("speaker"), claim.get("paragraph"), _partner(claim)
    if isinstance(speaker, str) and speaker not in ids["speaker"]:
        yield f".speaker: no [[speaker]] has the id {_shown(speaker)}"
    if isinstance(paragraph, int) and ids["passage"] and paragraph not in ids["passage"]:
        yield f".paragraph: no [[passage]] has the number {_shown(paragraph)}"
    if partner is not None and partner not in ids["partner"] | known_partners:
        yield f".trade.partner: {_shown(partner)} is not known, and no [[partner]] has that id"
    if len({"trade", "base", "measure"} & claim.keys()) > 1:
        yield ": one of trade, base and measure is expected, got several"


def _partner(claim: Row) -> str | None:
    trade = claim.get("trade")
    partner = trade.get("partner") if isinstance(trade, dict) else None
    return partner if isinstance(partner, str) else None


def _partner_faults(partner: Row, wanted: AbstractSet[str | None]) -> Iterator[str]:
    if isinstance(partner.get("id"), str) and partner["id"] not in wanted:
        yield f".id: no claim is about trade with {_shown(partner['id'])}"
    aliases = partner.get("aliases")
    called = {"name": partner.get("name")}
    if isinstance(aliases, list):
        called |= {f"aliases[{at}]": alias for at, alias in enumerate(aliases)}
    for place, name in called.items():
        if isinstance(name, str) and name.strip() and not fold(name):
            yield f".{place}: a name with a letter or a digit is expected, got {_shown(name)}"


def _tables(data: Row, kind: str) -> Iterator[tuple[int, Row]]:
    given = data.get(kind)
    if isinstance(given, list):
        for at, table in enumerate(given[:TABLES_AT_MOST]):
            if isinstance(table, dict):
                yield at, table
