"""Measure how the checks of report/checking.py do on invented reports: `python tests/benchmarks/reading.py`.

reports.toml has reports and true claims of them. Of each claim slips are made by fixed rules and slips.toml; a slip is
noticed where it gets a finding that the true claim does not get. Printed are the true claims that are refused and
doubted, and the slips noticed, kind by kind, and the mean over kinds.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from statistics import mean
from typing import NamedTuple

from guizhou_cli.report.checking import Claimed, ClaimedFigure, Finding, Report, check
from guizhou_cli.report.figures import figures

FOLDER = Path(__file__).parent
REWORDED: dict[str, str] = tomllib.loads((FOLDER / "slips.toml").read_text("utf-8"))["reworded"]
INVENTED = {
    "figure invented, in digits": " 37 percent more than planned.",
    "figure invented, in words": " twice the plan.",
}


Speakers = dict[str, tuple[str, str]]


class Case(NamedTuple):
    """A report with true claims, what they declare, and the names of partners by id."""

    text: str
    language: str
    day: str
    speakers: Speakers
    partners: dict[str, tuple[str, ...]]
    claims: list[Claimed]


class Measured(NamedTuple):
    """Findings of true claims by status, and for each kind of slips whether each was noticed."""

    claims: int
    failed: list[Finding]
    doubted: list[Finding]
    noticed: dict[str, list[bool]]

    @property
    def recall(self) -> float:
        """The share of slips noticed, in the mean over kinds."""
        return mean(mean(kind) for kind in self.noticed.values())


def cases() -> Iterator[Case]:
    """Yield the reports of reports.toml."""
    for report in tomllib.loads((FOLDER / "reports.toml").read_text("utf-8"))["report"]:
        partners = {key: tuple(names) for key, names in report.get("partners", {}).items()}
        claims = []
        for claim in report["claim"]:
            columns: tuple[ClaimedFigure, ...] = ()
            if trade := claim.pop("trade", None):
                rate, names = Decimal(str(trade["value"])), partners[trade["partner"]]
                columns = (ClaimedFigure(rate, "percent", "growth", names, trade["period"], trade["years"]),)
            claims.append(Claimed(**claim | {"keywords": tuple(claim["keywords"]), "figures": columns}))
        speakers = {key: (name, role) for key, (name, role) in report["speakers"].items()}
        yield Case(report["text"], report.get("language", "en"), report["day"], speakers, partners, claims)


def slips(case: Case, claim: Claimed, report: Report) -> Iterator[tuple[str, Claimed, Speakers]]:
    """Yield the slips of a claim: the kind, the claim and the speakers, of which one is changed."""
    for kind, changed in of_claim(case, claim, report):
        yield kind, changed, case.speakers
    if claim.speaker and case.speakers[claim.speaker][0].isascii():
        name, role = case.speakers[claim.speaker]
        yield "speaker's name misspelt", claim, case.speakers | {claim.speaker: (misspelt(name), role)}


def of_claim(case: Case, claim: Claimed, report: Report) -> Iterator[tuple[str, Claimed]]:
    """Yield changed claims and the kind of change."""
    statement, number = str(claim.statement), int(str(claim.paragraph))
    for kind, new in restated(statement, report.passages[number].text):
        yield kind, claim._replace(statement=new)
    digits = [each.text for each in figures(statement)][:1]
    if digits and any(digits[0] in word for word in claim.keywords):
        new = mistyped(digits[0])
        keywords = tuple(word.replace(digits[0], new) for word in claim.keywords)
        changed = claim._replace(statement=statement.replace(digits[0], new), keywords=keywords)
        yield "digit, in keywords too", changed
    yield "word misspelt, in a keyword", claim._replace(keywords=(misspelt(claim.keywords[0]),))
    others = [key for key in case.speakers if key != claim.speaker]
    if claim.speaker:
        yield "speaker's words credited to nobody", claim._replace(speaker=None)
        yield from (("speaker: another of the report", claim._replace(speaker=other)) for other in others[:1])
    else:
        yield "report's own words credited to a speaker", claim._replace(speaker=others[0])
    for near in (number - 1, number + 1):
        if report.passage(near):
            yield "paragraph off by one, without the quote", claim._replace(paragraph=near, quote=None)
    for column in claim.figures:
        other = next(names for names in case.partners.values() if names != column.partner_names)
        for kind, wrong in (
            ("one digit of the rate", column._replace(value=column.value + 3)),
            ("sign of the rate", column._replace(value=-column.value)),
            ("years", column._replace(years=int(str(column.years)) + 1)),
            ("period", column._replace(period="second half of the year")),
            ("another partner", column._replace(partner_names=other)),
        ):
            yield f"trade column: {kind}", claim._replace(figures=(wrong,))
    if claim.measure:
        yield "measure column: the opposite", claim._replace(measure="Do not " + claim.measure.lower())


def restated(statement: str, passage: str) -> Iterator[tuple[str, str]]:
    """Yield slips of a statement: the kind, and the statement changed."""
    for kind, rules in REWORDED.items():
        for rule in rules.split():
            old, new = rule.replace("_", " ").split(">")
            pattern = rf"\b{old}\b" if old.isascii() and old[0].isalpha() else re.escape(old)
            if re.search(pattern, statement):
                yield kind, re.sub(pattern, new, statement, count=1)
                break
    own = figures(statement)
    if own and own[0].text[0].isdigit():
        first = own[0]
        yield "digit", statement.replace(first.text, mistyped(first.text), 1)
        rivals = [each for each in figures(passage) if each.unit == first.unit and each.value != first.value]
        if rivals:
            yield "swapped: another figure of the paragraph", statement.replace(first.text, rivals[0].text, 1)
        if len(own) > 1 and own[1].unit == first.unit:
            between = statement[first.end : own[1].start]
            swapped = statement[: first.start] + own[1].text + between + first.text + statement[own[1].end :]
            yield "swapped: two figures of the statement", swapped
    for name in re.findall(r"(?<=[a-z,] )[A-Z][a-z]{4,}", statement)[:1]:
        yield "name misspelt, in the statement", statement.replace(name, misspelt(name))
    for kind, words in INVENTED.items():
        yield kind, statement.rstrip(".。") + ("," + words if statement.isascii() else ",比计划多37%。")


def mistyped(digits: str) -> str:
    """Return a figure with another first digit."""
    return str(int(digits[0]) % 9 + 1) + digits[1:]


def misspelt(words: str) -> str:
    """Return words with two letters in each other's place, or a Chinese keyword with another character."""
    at = next(
        (at for at in range(len(words) - 2, 0, -1) if words[at : at + 2].islower() and words[at] != words[at + 1]), 0
    )
    return words[:at] + words[at + 1] + words[at] + words[at + 2 :] if at else words[:-1] + "馀"


def measured() -> Measured:
    """Return what the checks find in the true claims and in the slips."""
    result = Measured(sum(len(case.claims) for case in cases()), [], [], defaultdict(list))
    for case in cases():
        report = Report.of(case.text, case.language, tuple(case.speakers.values()), case.day)
        quoted = check(case.claims, report, case.speakers)
        plain = check([claim._replace(quote=None) for claim in case.claims], report, case.speakers)
        result.failed.extend(finding for finding in quoted if finding.status == "failed")
        result.doubted.extend(finding for finding in quoted if finding.status == "doubt")
        for claim in case.claims:
            for kind, changed, speakers in slips(case, claim, report):
                known = {
                    finding.detail for finding in (quoted if changed.quote else plain) if finding.claim == claim.id
                }
                found = {finding.detail for finding in check([changed], report, speakers)}
                result.noticed[kind].append(bool(found - known))
    return result


def main() -> None:
    """Print the table."""
    result = measured()
    refused, doubted = ({finding.claim for finding in found} for found in (result.failed, result.doubted))
    for finding in (*result.failed, *result.doubted):
        print(f"  {finding.claim} {finding.status}: {finding.detail}")
    print(f"{'slip':60}{'made':>6}{'noticed':>9}")
    for kind, noticed in sorted(result.noticed.items()):
        print(f"{kind:60}{len(noticed):6}{mean(noticed):9.0%}")
    print(f"{result.claims} true claims: refused {len(refused) / result.claims:.1%}, ", end="")
    print(f"doubted {len(doubted - refused) / result.claims:.1%}; ", end="")
    print(f"slips noticed {result.recall:.0%} in the mean over kinds")


if __name__ == "__main__":
    main()
