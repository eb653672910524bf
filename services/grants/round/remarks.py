"""What stands out in a file's names, numbers and months: held against the register of municipalities, the file's other
lines, what approved awards have used before, and what another year's money pays for. None of it is wrong by itself, so
nothing is refused for good: it is told before anything is recorded, and whoever brings the file confirms that they have
seen it.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256

from services.eventlog.refusal import Refusal
from services.grants.case.events.round import RoundLine
from services.grants.case.periods import find_months, name_month
from services.grants.registers.municipalities import as_compared, find_municipality
from services.grants.round.per_capita import PerCapitaLine
from services.text.folding import folded

MOST_TOLD = 1_000

PaidMonth = tuple[str, str, int]
"""A municipality, a rule as it reads, and a month counted from year 0."""
FirstLines = Mapping[str, Mapping[str, int]]
"""Of each number or municipality, the first line with each of what it is told with."""


@dataclass(frozen=True, kw_only=True)
class Remark:
    """What stands out in one place of the file. It repeats nothing that stood there; what the register or earlier
    awards have is told."""

    line: int
    column: str
    code: str
    what: str


@dataclass(frozen=True, kw_only=True)
class UsedBefore:
    """Which organisation numbers approved awards to a municipality have had, and the other way round; and the same of
    the round's own lines from other files. `months` are those that funds of another year pay for, with those funds."""

    numbers: Mapping[str, Collection[str]] = field(default_factory=dict)
    municipalities: Mapping[str, Collection[str]] = field(default_factory=dict)
    round_numbers: Mapping[str, Collection[str]] = field(default_factory=dict)
    round_municipalities: Mapping[str, Collection[str]] = field(default_factory=dict)
    months: Mapping[PaidMonth, Collection[str]] = field(default_factory=dict)

    def beside(self, lines: Iterable[RoundLine]) -> "UsedBefore":
        """With what these lines of the round have."""
        named = [(line.recipient.municipality_number, line.recipient.organisation_number) for line in lines]
        pairs = {(municipality, number) for municipality, number in named if municipality and number}
        return replace(
            self,
            round_numbers=_by_first(pairs),
            round_municipalities=_by_first((number, municipality) for municipality, number in pairs),
        )


class BatchUnconfirmed(Refusal):
    """Something in the file stands out, and nobody has confirmed it. `remarks` tells what (at most the first 1,000),
    `remarks_total` how much; the same file sent with `confirm` as given here is taken."""

    code = "batch-unconfirmed"
    title = "Filen har opplysninger som må bekreftes"


def _by_first(pairs: Iterable[tuple[str, str]]) -> Mapping[str, Collection[str]]:
    found: dict[str, set[str]] = {}
    for first, second in pairs:
        found.setdefault(first, set()).add(second)
    return found


def list_remarks(lines: Sequence[PerCapitaLine], before: UsedBefore) -> tuple[Remark, ...]:
    """Everything that stands out, in the order of the file."""
    of_number: dict[str, dict[str, int]] = {}
    of_municipality: dict[str, dict[str, int]] = {}
    for line in lines:
        number, municipality = str(line.recipient.organisation_number), str(line.recipient.municipality_number)
        of_number.setdefault(number, {}).setdefault(municipality, line.line)
        of_municipality.setdefault(municipality, {}).setdefault(number, line.line)
    return tuple(
        remark
        for line in lines
        for remark in (
            *_within(line, of_number, of_municipality),
            *_of_round(line, before),
            *_of_awards(line, before),
            *_of_other_years(line, before),
        )
    )


def _within(line: PerCapitaLine, of_number: FirstLines, of_municipality: FirstLines) -> Iterator[Remark]:
    """What stands out against the register, and against the file's other lines."""
    municipality, number = str(line.recipient.municipality_number), str(line.recipient.organisation_number)
    due_on = line.instalments[0].due_on
    registered = find_municipality(municipality, due_on) if due_on else None
    if registered and not _is_named(line.recipient.name, registered.name):
        yield _remark(line, "name", "name-not-the-registers", f"The register names {municipality} {registered.name}.")
    if others := [nth for other, nth in of_number[number].items() if other != municipality]:
        told = f"Line {min(others)} has the same number for another municipality."
        yield _remark(line, "organisation_number", "organisation-number-shared", told)
    if others := [nth for other, nth in of_municipality[municipality].items() if other != number]:
        told = f"Line {min(others)} has another number for the same municipality."
        yield _remark(line, "organisation_number", "organisation-number-not-one", told)


def _of_round(line: PerCapitaLine, before: UsedBefore) -> Iterator[Remark]:
    """What stands out against the round's lines from other files."""
    municipality, number = str(line.recipient.municipality_number), str(line.recipient.organisation_number)
    if others := set(before.round_municipalities.get(number, ())) - {municipality}:
        told = f"The round has lines with this number for {', '.join(sorted(others))}."
        yield _remark(line, "organisation_number", "organisation-number-shared", told)
    if others := set(before.round_numbers.get(municipality, ())) - {number}:
        told = f"The round has lines for the same municipality with {', '.join(sorted(others))}."
        yield _remark(line, "organisation_number", "organisation-number-not-one", told)


def _of_awards(line: PerCapitaLine, before: UsedBefore) -> Iterator[Remark]:
    """What stands out against approved awards."""
    municipality, number = str(line.recipient.municipality_number), str(line.recipient.organisation_number)
    earlier = before.numbers.get(municipality, ())
    if earlier and number not in earlier:
        told = f"Approved awards to {municipality} have {', '.join(sorted(earlier))}."
        yield _remark(line, "organisation_number", "organisation-number-not-as-before", told)
    if elsewhere := set(before.municipalities.get(number, ())) - {municipality}:
        told = f"Approved awards to {', '.join(sorted(elsewhere))} have this number."
        yield _remark(line, "organisation_number", "organisation-number-of-another", told)


def _of_other_years(line: PerCapitaLine, before: UsedBefore) -> Iterator[Remark]:
    """Months that are paid for already, of another budget year's money. More may be owed of them, which was not settled
    in their year; or they are paid for twice."""
    if not before.months:
        return
    municipality, rule = str(line.recipient.municipality_number), folded(line.basis.rule)
    found = {month: before.months.get((municipality, rule, month), ()) for month in find_months(line.period) or ()}
    if paid := [month for month, fund_ids in found.items() if fund_ids]:
        fund_ids = sorted({fund_id for month in paid for fund_id in found[month]})
        told = f"{', '.join(fund_ids)} pays {municipality} for {', '.join(map(name_month, paid))} by the same rule."
        yield _remark(line, "period", "months-paid-of-another-year", told)


def _is_named(said: str, registered: str) -> bool:
    return said == registered or as_compared(said) == as_compared(registered)


def _remark(line: PerCapitaLine, column: str, code: str, what: str) -> Remark:
    return Remark(line=line.line, column=column, code=code, what=what)


def told(remarks: Sequence[Remark], file_sha256: str) -> dict[str, object]:
    """The remarks as they are answered, and by what they are confirmed: a digest of them and of the file, so that what
    is confirmed is what was seen."""
    return {
        "remarks": [asdict(remark) for remark in remarks[:MOST_TOLD]],
        "remarks_total": len(remarks),
        "confirm": confirmation(remarks, file_sha256) if remarks else None,
    }


def confirmation(remarks: Sequence[Remark], file_sha256: str) -> str:
    """What confirms these remarks on this file."""
    seen = json.dumps([file_sha256, *(asdict(remark) for remark in remarks)], sort_keys=True)
    return sha256(seen.encode()).hexdigest()
