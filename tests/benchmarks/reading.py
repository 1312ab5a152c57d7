"""Measure how the checks of report/checking.py do on invented reports: `python tests/benchmarks/reading.py`.

reports.toml has reports and true claims of them. Of each claim slips are made by fixed rules, one a claim; a slip is
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
from typing import NamedTuple, TypedDict, cast

from guizhou_cli.report.checking import Claimed, ClaimedFigure, Finding, Report, check
from guizhou_cli.report.figures import figures

REWORDED = {
    "unit: million, billion or trillion": "million>billion billion>million 万亿>亿 亿元>万元",
    "unit: percent, percentage points, basis points": (
        "percentage_points>percent basis_points>percentage_points percent>percentage_points per_cent>percentage_points"
        " %>个百分点 个百分点>%"
    ),
    "unit: currency or measure": (
        "dollars>euros yuan>dollars pounds>dollars euros>yuan hectares>acres tons>pounds kilometers>miles"
        " meters>feet 亿元>亿美元 公里>英里"
    ),
    "direction, in the statement": (
        "increased>decreased dropped>jumped up_by>down_by expanded>shrank lower>higher rose>fell reduced>raised"
        " more>less rise>fall doubled>halved 增长>下降 下降>增长 提高>降低"
    ),
    "hedge": "over>under almost>more_than Almost>More_than 超过>不到 以上>以下",
    "subject": (
        "Exports>Imports Imports>Exports east>south west>north north>south Unemployment>Employment Wheat>Rice"
        " grain>fish tram>railway Southern>Northern 出口>进口 进口>出口 高速公路>铁路"
    ),
    "period, in the statement": (
        "2030>2031 2034>2035 2028>2027 2024>2023 2029>2028 2021>2020"
        " third_quarter>second_quarter first_half>second_half"
        " October>November June>July December>November February>March thirty_years>forty_years five_years>six_years"
        " Wednesday>Monday 14_days>20_days 一季度>二季度 六年>七年"
    ),
    "negation": (
        "will_not>will did_not>did will>will_not is_not>is is>is_not was>was_not were>were_not have_died>have_not_died"
        " reached>did_not_reach handled>did_not_handle should>should_not may>may_not dropped>did_not_drop"
        " 占>不占 达到>没有达到 是>不是"
    ),
    "partner": "Ostrava>Lunavia Lunavia>Ostrava 东盟>欧盟",
}
"""By kind of slip, words of a statement and what takes their place; the first that occur are used."""

INVENTED = {
    "figure invented, in digits": " 37 percent more than planned.",
    "figure invented, in words": " twice the plan.",
}


class Trade(TypedDict):
    """A trade rate of reports.toml."""

    partner: str
    value: float
    period: str
    years: int


class Case(NamedTuple):
    """A report with true claims, what they declare, and the names of partners by id."""

    text: str
    language: str
    day: str
    speakers: dict[str, tuple[str, str]]
    partners: dict[str, tuple[str, ...]]
    claims: list[Claimed]


class Slip(NamedTuple):
    """A changed claim, and the speakers where they are changed."""

    kind: str
    claim: Claimed
    speakers: dict[str, tuple[str, str]]


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
    for report in tomllib.loads(Path(__file__).with_name("reports.toml").read_text("utf-8"))["report"]:
        partners = {key: tuple(names) for key, names in report.get("partners", {}).items()}
        speakers = {key: (name, role) for key, (name, role) in report["speakers"].items()}
        claims = []
        for claim in report["claim"]:
            trade = cast("Trade | None", claim.pop("trade", None))
            columns: tuple[ClaimedFigure, ...] = ()
            if trade:
                rate, names = Decimal(str(trade["value"])), partners[trade["partner"]]
                columns = (ClaimedFigure(rate, "percent", "growth", names, trade["period"], trade["years"]),)
            keywords = tuple(claim.pop("keywords"))
            claims.append(Claimed(**claim, keywords=keywords, figures=columns))
        yield Case(report["text"], report.get("language", "en"), report["day"], speakers, partners, claims)


def slips(case: Case, claim: Claimed, report: Report) -> Iterator[Slip]:
    """Yield the slips of a claim, each of one kind."""
    statement = str(claim.statement)

    yield from (
        Slip(kind, claim._replace(statement=new), case.speakers)
        for kind, new in restated(statement, passage_of(claim, report))
    )
    digits = [each.text for each in figures(statement)]
    if digits and any(digits[0] in word for word in claim.keywords):
        new = mistyped(digits[0])
        keywords = tuple(word.replace(digits[0], new) for word in claim.keywords)
        yield Slip(
            "digit, in keywords too",
            claim._replace(statement=statement.replace(digits[0], new), keywords=keywords),
            case.speakers,
        )
    yield Slip("word misspelt, in a keyword", claim._replace(keywords=(misspelt(claim.keywords[0]),)), case.speakers)
    others = [key for key in case.speakers if key != claim.speaker]
    if claim.speaker:
        yield Slip("speaker's words credited to nobody", claim._replace(speaker=None), case.speakers)
        yield from (
            Slip("speaker: another of the report", claim._replace(speaker=other), case.speakers) for other in others[:1]
        )
        name, role = case.speakers[claim.speaker]
        if name.isascii():
            declared = case.speakers | {claim.speaker: (misspelt(name), role)}
            yield Slip("speaker's name misspelt", claim, declared)
    else:
        yield Slip("report's own words credited to a speaker", claim._replace(speaker=others[0]), case.speakers)
    for number in (int(str(claim.paragraph)) - 1, int(str(claim.paragraph)) + 1):
        if report.passage(number):
            yield Slip(
                "paragraph off by one, without the quote", claim._replace(paragraph=number, quote=None), case.speakers
            )
    yield from (
        Slip("trade column: " + kind, claim._replace(figures=(column,)), case.speakers)
        for kind, column in of_columns(case, claim)
    )
    if claim.measure:
        yield Slip(
            "measure column: the opposite", claim._replace(measure="Do not " + claim.measure.lower()), case.speakers
        )


def passage_of(claim: Claimed, report: Report) -> str:
    """Return the text of a claim's passage."""
    return report.passages[int(str(claim.paragraph))].text


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


def of_columns(case: Case, claim: Claimed) -> Iterator[tuple[str, ClaimedFigure]]:
    """Yield slips of a claim's column: the kind, and the column changed."""
    for column in claim.figures:
        yield "one digit of the rate", column._replace(value=column.value + 3)
        yield "sign of the rate", column._replace(value=-column.value)
        yield "years", column._replace(years=int(str(column.years)) + 1)
        yield "period", column._replace(period="second half of the year")
        other = next(names for names in case.partners.values() if names != column.partner_names)
        yield "another partner", column._replace(partner_names=other)


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
