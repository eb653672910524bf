"""What the tests of letter freezing build, for other tests to use as well."""

from services.grants.case.events.award import AwardApproved, AwardReturned
from services.grants.case.events.grant_letter import LetterFrozen
from services.grants.grant_letter.freezing import Print
from tests.grants.award.grant_letters import DATED_ON, PROPOSED, TERMS, content_of

SHA, OTHER = "ab" * 32, "cd" * 32

printed = Print(proposal_version=1, content=content_of(), template="grant-letter@1", sha256=SHA, size_bytes=40_000)
frozen = LetterFrozen(
    proposal_version=1,
    template="grant-letter@1",
    form="nb",
    sha256=SHA,
    size_bytes=40_000,
    dated_on=DATED_ON,
    frozen_by="kari",
    case_number="2020/17",
    scheme_name=TERMS.name,
)
approved = AwardApproved(
    fund_id=PROPOSED.fund_id,
    amount_ore=PROPOSED.amount_ore,
    approved_on=DATED_ON,
    approved_by="ola",
    disposal_authority="Instruks 4.2",
    across_years=False,
)
returned = AwardReturned(reason="Endre formålet.", returned_by="ola")
FREEZING = {"dated_on": DATED_ON, "printed": printed, "frozen_by": "kari"}
