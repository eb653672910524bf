"""What is recorded of the year that is multiplied: the letters of several agencies, and the cases of one of them.

Everything that must differ between years and agencies carries its year (`2020-`, `2020/`, `-2020`, `2020a000`) and its
agency's chapter (`/291/`, `-0291-`), and nothing else holds those signs: `multiplying.py` replaces them. Nothing is
told on 29 February, and no fact counts days by the calendar of working days, which falls otherwise in other years.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from itertools import count
from typing import Literal
from uuid import UUID

from services.eventlog.events import Event
from services.grants.budget_year.events.allocation import FundOpened, LetterRegistered, Posting, Statement
from services.grants.budget_year.letter import Dated, Letter
from services.grants.case.events.application import Applicant, ApplicationReceived, BudgetLine, Finding
from services.grants.case.events.award import (
    AwardApproved,
    AwardProposed,
    Instalment,
    NamedIn,
    Recipient,
    ReportOwed,
)
from services.grants.case.events.disbursement import InstalmentPaid, PaymentAttested, PaymentRequested
from services.grants.case.events.grant_letter import LetterLeft, LetterMayLeave
from services.grants.case.events.recipient_report import Check, ReportChecked, ReportReceived
from services.grants.case.events.withholding import (
    PriorWarningGiven,
    Reason,
    WithholdingDecided,
    WithholdingReleased,
)
from services.grants.scheme.events import (
    ApplicantIs,
    CallPublished,
    NoticePolicy,
    ReportDuty,
    SchemeRegistered,
    SchemeTerms,
    Source,
)

YEAR, CHAPTER = 2020, 291
AGENCIES = 8
"""How many of them there are; chapters lie a hundred apart."""
NEW_YEAR, LAST_START_DAY = date(YEAR, 1, 6), 300
LEAP_DAY = date(YEAR, 2, 29)
FUNDS = ("71/drift", "71/prosjekt", "62/tiltak")
AWARDS_EACH = 6
"""Cases of one recipient in a year."""
DOCUMENT = sha256(b"tilsagn large").hexdigest()


@dataclass(frozen=True)
class Told:
    """Facts that one command records on one stream, from version `version` on, on a day by somebody."""

    on: date
    stream: str
    version: int
    events: tuple[Event, ...]
    by: str


def chapter_of(agency: int) -> int:
    return CHAPTER + 100 * agency


def of_the_year() -> Iterator[Told]:
    """The letter of allocation, which gives every agency its posts, and each agency's schemes with a call."""
    yield Told(NEW_YEAR, f"allocation-{YEAR}", 0, (_letter(),), "siri")
    for agency in range(AGENCIES):
        for fund in FUNDS:
            scheme = scheme_of(agency, fund)
            facts = tuple(_scheme(agency, fund))
            yield Told(NEW_YEAR, f"scheme-{scheme}", 0, facts[:1], "siri")
            yield Told(NEW_YEAR, f"scheme-{scheme}", 1, facts[1:], "ola")


def of_cases(number: int) -> Iterator[Told]:
    """So many cases of the first agency, in the order of their days. No command opens more than one."""
    acts = [told for nth in range(number) for told in _case(nth, number)]
    yield from sorted(acts, key=lambda told: (told.on, told.stream))


def events_of(cases: int) -> int:
    """How many facts so many cases have."""
    return sum(len(told.events) for nth in range(cases) for told in _case(nth, cases))


def case_id(nth: int) -> UUID:
    return UUID(f"{YEAR}a000-0{CHAPTER}-4000-8000-{lettered(nth)}")


def lettered(nth: int) -> str:
    """The number in twelve signs of the second half of those of hexadecimal: none reads like a year."""
    digits = ""
    for _ in range(12):
        nth, digit = divmod(nth, 6)
        digits = "abcdef"[digit] + digits
    return digits


def scheme_of(agency: int, fund: str) -> str:
    return f"{fund.rpartition('/')[2]}-0{chapter_of(agency)}-{YEAR}"


def name_of(nth: int) -> str:
    """So that no name begins another."""
    return f"Forening {nth:06d}"


@cache
def organisation_number(nth: int) -> str:
    """Eight digits and the one that checks them, and none that reads like a year; all different, as no two are of one
    eight digits."""
    made = (f"{digits}{check}" for digits in count(91_000_000 + 40 * nth) if (check := _check(f"{digits}")) < 10)
    return next(each for each in made if str(YEAR) not in each)


def _check(digits: str) -> int:
    return -sum(int(digit) * weight for digit, weight in zip(digits, (3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11


def _letter() -> LetterRegistered:
    """Every agency's posts and earmarks, with room for everything."""
    funds: list[FundOpened] = []
    for agency in range(AGENCIES):
        for post in sorted({fund[:2] for fund in FUNDS}):
            funds.append(_fund(agency, post, "post"))
            funds += [_fund(agency, fund, "earmark") for fund in FUNDS if fund.startswith(post)]
    return LetterRegistered(
        letter=Letter(
            year=YEAR, number=0, title="Tildelingsbrev", reference=None,
            dated=Dated(on=NEW_YEAR, ground="printed", reason=None),
        ),
        source_sha256=DOCUMENT, registered_by="siri", funds=tuple(funds),
        postings=tuple(
            Posting(
                fund_id=fund.fund_id, effective_on=NEW_YEAR, of_which_carried_over_ore=0, ground="allocated",
                letter_number=0, cite="5.1", at_disposal_ore=10**13,
            )
            for fund in funds
        ),
        statements=tuple(
            Statement(fund_id=fund.fund_id, effective_on=NEW_YEAR, name="transferable", amount=1)
            for fund in funds if fund.kind == "post"
        ),
    )  # fmt: skip


def _fund(agency: int, name: str, kind: Literal["post", "earmark"]) -> FundOpened:
    chapter = chapter_of(agency)
    return FundOpened(
        fund_id=f"{YEAR}/{chapter}/{name}", kind=kind, name=name.title(), year=YEAR, chapter=chapter, post=name[:2]
    )


def _scheme(agency: int, fund: str) -> Iterator[Event]:
    source = Source(document="Tildelingsbrev", section="5.1")
    fund_id = f"{YEAR}/{chapter_of(agency)}/{fund}"
    terms = SchemeTerms(
        name=f"Tilskudd til {fund.rpartition('/')[2]}", fund_ids=(fund_id,), basis="application",
        notice=NoticePolicy(rule="exempt", source=source, valid_from=NEW_YEAR), source=source, aim="Integrering.",
        target_group="Organisasjoner.", criteria_text="Behov.", follow_up="Rapport.", control="Regnskap.",
        reactions="Tilbakehold.", eligibility=(ApplicantIs(kinds=("organisation",)),),
        report_duties=(ReportDuty(kind="final", month=6, day=1, years_after=1),),
    )  # fmt: skip
    scheme_id = scheme_of(agency, fund)
    yield SchemeRegistered(scheme_id=scheme_id, year=YEAR, terms=terms, registered_on=NEW_YEAR, registered_by="siri")
    yield CallPublished(
        call_id=f"{scheme_id}.var", title="Utlysning", fund_id=fund_id, terms=terms, opens_on=NEW_YEAR,
        closes_on=date(YEAR, 12, 20), total_ore=None, published_on=NEW_YEAR, published_by="ola",
    )  # fmt: skip


def _case(nth: int, of: int) -> Iterator[Told]:
    """One case from its first day to where it has come, a command at a time."""
    begins = NEW_YEAR + timedelta(days=1 + nth * LAST_START_DAY // of)
    stream, version = f"case-{case_id(nth)}", 0
    for after, events, by in _steps(nth, begins):
        on = begins + timedelta(days=after)
        yield Told(on + timedelta(days=on == LEAP_DAY), stream, version, events, by)
        version += len(events)


Step = tuple[int, tuple[Event, ...], str]


def _steps(nth: int, begins: date) -> Iterator[Step]:
    """Days after it begins, what was told, and by whom."""

    def day(after: int) -> date:
        on = begins + timedelta(days=after)
        return on + timedelta(days=on == LEAP_DAY)

    fund = f"{YEAR}/{CHAPTER}/{FUNDS[nth % len(FUNDS)]}"
    scheme = scheme_of(0, FUNDS[nth % len(FUNDS)])
    recipient = nth // AWARDS_EACH
    amount_ore = 1_000_000 + 300 * (nth % 1_000)
    half = amount_ore // 2
    kind = nth % 10
    if kind == 9:
        yield 0, (_application(recipient, scheme, amount_ore, day(0)),), "kari"
        return
    proposed = AwardProposed(
        fund_id=fund, recipient=Recipient(name=name_of(recipient), organisation_number=organisation_number(recipient)),
        amount_ore=amount_ore, purpose="Drift", terms=("Rapport",), proposed_by="kari",
        instalments=(Instalment(number=1, amount_ore=half), Instalment(number=2, amount_ore=amount_ore - half)),
        basis=NamedIn(year=YEAR, letter=0, section="4.2.5"), scheme_id=scheme,
        reports=(ReportOwed(number=1, kind="final", due_on=date(YEAR + 1, 6, 1)),),
    )  # fmt: skip
    approved = AwardApproved(
        fund_id=fund, amount_ore=amount_ore, disposal_authority="Instruks 4.2", across_years=False, approved_on=day(3),
        approved_by="ola", scheme_id=scheme,
    )  # fmt: skip
    if kind == 8:
        yield 0, (proposed,), "kari"
        yield 3, (approved,), "ola"
        return
    letter, heard_of = sha256(f"letter {nth}".encode()).hexdigest(), "feed:notifications"
    yield 0, (proposed,), "kari"
    yield 3, (approved,), "ola"
    yield 5, (LetterMayLeave(released_on=day(5), sha256=letter, message_id=f"{nth}-1"),), heard_of
    yield 6, (LetterLeft(left_on=day(6), sha256=letter, message_id=f"{nth}-2"),), heard_of
    yield from _pays(1, half, nth, day, 10)
    if kind == 7:
        yield from _withheld(amount_ore - half, day)
        return
    yield from _pays(2, amount_ore - half, nth, day, 25)
    if kind < 3:
        yield 40, (_report(amount_ore, day(40)),), "kari"
        yield 42, (_checked("content", day(42), "lise"),), "lise"
        yield 43, (_checked("money", day(43), "per"),), "per"


def _application(recipient: int, scheme: str, amount_ore: int, on: date) -> ApplicationReceived:
    return ApplicationReceived(
        version=1, scheme_id=scheme, call_id=f"{scheme}.var", year=YEAR,
        applicant=Applicant(
            kind="organisation", name=name_of(recipient), organisation_number=organisation_number(recipient)
        ),
        title="Drift", summary="Drift av lokallag.", amount_sought_ore=amount_ore,
        budget=(BudgetLine(what="Lønn", amount_ore=amount_ore),), established_project=True, form="nb", contact_id=None,
        arrived_on=on, late=False, answers=None,
        findings=(Finding(rule="applicant-is", met=True, sentence="Søkeren er en organisasjon."),),
        content_sha256=DOCUMENT, registered_by="kari",
    )  # fmt: skip


def _pays(instalment: int, amount_ore: int, nth: int, day: Callable[[int], date], on: int) -> Iterator[Step]:
    """Found right to pay by one person, asked of accounting by another, and answered as paid."""
    payment_id, account_id, batch_id = (
        UUID(f"{YEAR}a000-0{CHAPTER}-{kind}{instalment:03d}-8000-{lettered(nth)}") for kind in (4, 5, 6)
    )
    attested = PaymentAttested(
        payment_id=payment_id, instalment=instalment, amount_ore=amount_ore, account_id=account_id, pay_on=day(on),
        attested_on=day(on - 1), attested_by="per",
    )  # fmt: skip
    asked = PaymentRequested(payment_id=payment_id, batch_id=batch_id, requested_on=day(on - 1), requested_by="lise")
    paid = InstalmentPaid(
        instalment=instalment, amount_ore=amount_ore, paid_on=day(on), reference=f"b{nth}-{instalment}",
        attested_by="per", payment_id=payment_id,
    )  # fmt: skip
    yield on - 1, (attested,), "per"
    yield on - 1, (asked,), "lise"
    yield on, (paid,), "lise"


def _withheld(amount_ore: int, day: Callable[[int], date]) -> Iterator[Step]:
    reasons = (Reason(code="report-missing", text="Regnskapet mangler."),)
    yield (
        12,
        (
            PriorWarningGiven(
                instalment=2, amount_ore=amount_ore, reasons=reasons, reply_by=day(30), warned_on=day(12),
                warned_by="kari",
            ),
        ),
        "kari",
    )  # fmt: skip
    decided = WithholdingDecided(
        number=1, instalment=2, amount_ore=amount_ore, reasons=reasons, prepared_reasons=reasons, reasons_changed=False,
        exemption=None, decided_on=day(31), decided_by="ola",
    )  # fmt: skip
    yield 31, (decided,), "ola"
    released = WithholdingReleased(
        number=1, instalment=2, amount_ore=amount_ore // 2, reason="Levert.", released_on=day(45), released_by="ola"
    )
    yield 45, (released,), "ola"


def _report(used_ore: int, on: date) -> ReportReceived:
    return ReportReceived(
        number=1, version=1, summary="Gjennomført.", results="Nådd.", used_ore=used_ore, accounts_attested=True,
        document_sha256=None, received_on=on, registered_by="kari",
    )  # fmt: skip


def _checked(check: Check, on: date, by: str) -> ReportChecked:
    return ReportChecked(number=1, version=1, check=check, note="I orden.", checked_on=on, checked_by=by)
