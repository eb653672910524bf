"""Which kinds of facts do something to money, to posts or to limits: most do nothing, and each class is asked once."""

from services.eventlog.events import Kinds
from services.grants.budget_year.events.allocation import (
    AuthorityUsed,
    CommitmentAuthorityRegistered,
    DifferenceSettled,
    FundsRenamed,
    LetterCorrected,
    LetterRegistered,
    LetterWithdrawn,
    PostSucceeded,
    PostSucceededAmongSeveral,
    SuccessionWithdrawn,
)
from services.grants.budget_year.events.held_over import ClaimsRanked
from services.grants.case.events.award import AwardMade, AwardReturned
from services.grants.case.events.award_change import SupplementaryAwardApproved
from services.grants.case.events.disbursement import (
    InstalmentPaid,
    InstalmentPaidLater,
    PaymentAttested,
    PaymentRequested,
)
from services.grants.case.events.round import RoundLinesProposed
from services.grants.case.events.withholding import RepaymentReceived, WithholdingDecided, WithholdingReleased
from services.grants.case.events.year_end import CommitmentCarriedOver
from services.grants.case.reductions import REDUCING

OPENING = Kinds(LetterRegistered, LetterCorrected, FundsRenamed, AwardMade)
MOVING = Kinds(
    LetterRegistered,
    LetterCorrected,
    LetterWithdrawn,
    AuthorityUsed,
    AwardMade,
    SupplementaryAwardApproved,
    InstalmentPaid,
    WithholdingDecided,
    WithholdingReleased,
    RepaymentReceived,
    *REDUCING,
)
MARKING = Kinds(LetterRegistered, LetterCorrected, LetterWithdrawn, DifferenceSettled)
BETWEEN_YEARS = Kinds(
    CommitmentCarriedOver,
    ClaimsRanked,
    PostSucceeded,
    PostSucceededAmongSeveral,
    SuccessionWithdrawn,
    InstalmentPaidLater,
)
TO_BE_PAID = Kinds(PaymentAttested, PaymentRequested)
"""The kinds of facts that open funds, that move money, that say what is no money moving, that concern money between two
budget years, and that wait to be paid. Of most facts none of that is asked."""
LIMITING = Kinds(
    CommitmentAuthorityRegistered,
    LetterWithdrawn,
    AwardMade,
    SupplementaryAwardApproved,
    RoundLinesProposed,
    AwardReturned,
    RepaymentReceived,
)
"""The kinds of facts that do something to a limit, beside those that let something of a promise fall away."""
