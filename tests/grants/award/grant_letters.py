"""A whole grant letter to try things on: Født Fri's, with the parts the real one had and an invented number."""

from datetime import date
from uuid import UUID

from services.grants.case.events.award import AwardProposed, Instalment, NamedIn, Recipient, ReportOwed
from services.grants.grant_letter.content import LetterContent, Particulars, assemble
from services.grants.grant_letter.letterhead import read_letterhead
from services.grants.scheme.events import NoticePolicy, SchemeTerms, Source
from tests.grants.fodt_fri import FUND, MILLION

CASE = UUID("3f2b9c1e-5d47-4a8e-9b60-7c1d2e3f4a5b")
NUMBER = "2020/17"
DATED_ON = date(2020, 2, 10)
LETTERHEAD = read_letterhead()

TERMS = SchemeTerms(
    name="Nasjonale ressursmiljøer på integreringsfeltet",
    fund_ids=(FUND,),
    basis="named",
    notice=NoticePolicy(rule="exempt", source=Source(document="Instruks", section="5.4"), valid_from=date(2020, 1, 1)),
    source=Source(document="Tildelingsbrev 2020", section="5.1"),
    control="Vi følger opp tilskuddet gjennom rapportene og kan komme på stedlig kontroll.",
    reactions="Hvis vilkårene ikke følges, kan vi holde tilbake utbetalinger og kreve tilbake det som er utbetalt.",
)
PROPOSED = AwardProposed(
    fund_id=FUND,
    recipient=Recipient(name="Stiftelsen Født Fri", organisation_number="974760673"),
    amount_ore=6 * MILLION,
    purpose="Tilskuddet skal styrke arbeidet mot negativ sosial kontroll.",
    terms=("Midlene brukes til formålet.", "Ubrukte midler betales tilbake."),
    instalments=(
        Instalment(number=1, amount_ore=3 * MILLION),
        Instalment(number=2, amount_ore=3 * MILLION, due_on=date(2020, 9, 1), needs_report=1),
    ),
    basis=NamedIn(year=2020, letter=0, section="5.1"),
    proposed_by="kari",
    scheme_id="nasjonale-ressursmiljo-2020",
    acceptance_required=True,
    reports=(
        ReportOwed(number=1, kind="interim", due_on=date(2020, 8, 15)),
        ReportOwed(number=2, kind="final", due_on=date(2021, 3, 31), attested_accounts=True),
    ),
)


def content_of(proposal: AwardProposed = PROPOSED, terms: SchemeTerms | None = TERMS) -> LetterContent:
    """The letter of a proposal, dated 10 February 2020."""
    beside = Particulars(case_number=NUMBER)
    return assemble(proposal, terms, LETTERHEAD, case_id=CASE, dated_on=DATED_ON, beside=beside)
