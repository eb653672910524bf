"""Acts on an award whose letter is not out, and letters said to be from before this system: recorded past the rules by
whoever holds the grants service's role."""

from dataclasses import replace
from datetime import timedelta

from services.eventlog.events import Event
from services.grants.case.events.award import AwardApproved, AwardImported, AwardImportProposed
from services.grants.case.events.disbursement import PaymentRequested
from services.grants.case.events.grant_letter import LetterReleased as LetterReleaseHeard
from services.grants.case.events.grant_letter import LetterReleaseImported, LetterReleaseImportProposed
from services.grants.case.events.withholding import WithholdingDecided
from tests.eventlog.played import life
from tests.faults.planted.dated import NOW
from tests.faults.planted.told import APPROVED, ATTESTED, BY_GRANTS, NEW, PROPOSED, case_of, told

TODAY = replace(ATTESTED, attested_on=NOW, pay_on=NOW, attested_by="per")
REQUESTED = PaymentRequested(
    payment_id=TODAY.payment_id, batch_id=TODAY.payment_id, requested_on=NOW, requested_by="anne"
)
CLAIMED = LetterReleaseImportProposed(released_on=NOW, document="20/1", document_sha256="ab" * 32, proposed_by="kari")
OUT_BEFORE = LetterReleaseImported(released_on=NOW, document="20/1", document_sha256="ab" * 32, confirmed_by="liv")
[WITHIN] = {each.fund_id for each in (APPROVED,) if isinstance(each, AwardApproved)}
[WITHHELD] = [each for each in life(77, on=NOW) if isinstance(each, WithholdingDecided)]
OUTSIDE: tuple[Event, ...] = (
    AwardImportProposed(
        decided_on=NOW, disposal_authority="x", document="20/1", document_sha256="ab" * 32, proposed_by="kari"
    ),
    AwardImported(
        fund_id=WITHIN,
        amount_ore=1,
        approved_on=NOW,
        approved_by="liv",
        disposal_authority="x",
        across_years=False,
        document="20/1",
        document_sha256="ab" * 32,
    ),
)
[UNTOLD] = [replace(each, letter_owed=False) for each in (APPROVED,) if isinstance(each, AwardApproved)]
EARLIER = NOW - timedelta(days=3)
WAITS = r"position {at}: told: .*whose letter was not out"
TOLD_FIRST = (
    told(
        "an award said to owe no letter, of a scheme nobody found to owe no notice",
        BY_GRANTS,
        NEW,
        r"position {at}: told: .*owes no letter, and nobody had found",
        PROPOSED,
        UNTOLD,
    ),
    told(
        "money withheld on a day before its recipient knew of the award",
        BY_GRANTS,
        NEW,
        r"position {at}: told: .*is dated before its recipient knew",
        PROPOSED,
        APPROVED,
        LetterReleaseHeard(released_on=NOW, sha256="ab" * 32, message_id="901"),
        replace(WITHHELD, decided_on=EARLIER),
    ),
    told("a payment found right before the letter is out", BY_GRANTS, NEW, WAITS, PROPOSED, APPROVED, TODAY),
    told("a payment asked for before the letter is out", BY_GRANTS, NEW, WAITS, PROPOSED, APPROVED, TODAY, REQUESTED),
    told("money withheld before the letter is out", BY_GRANTS, case_of("young"), WAITS, WITHHELD),
    told(
        "a letter that is held, said to be out since before this system",
        BY_GRANTS,
        case_of("young"),
        r"position {at}: told: .*a letter is frozen in it",
        CLAIMED,
        OUT_BEFORE,
    ),
    told(
        "a letter of an award approved here, said to be out since before this system",
        BY_GRANTS,
        NEW,
        r"position {at}: told: .*it was approved here",
        PROPOSED,
        APPROVED,
        CLAIMED,
        OUT_BEFORE,
    ),
)
