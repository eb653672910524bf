"""Why a payment is refused, and why an instalment waits. Blocks are listed before anybody asks."""

from services.eventlog.refusal import Refusal


class AwardEnded(Refusal):
    """The award is declined, annulled or settled, or the case is closed: nothing more is paid of it."""

    code = "award-ended"
    title = "Tilskuddet er avsluttet"


class LetterNotReleased(Refusal):
    """No fact says that the recipient has the grant letter, or it says so from a later day."""

    code = "letter-not-released"
    title = "Tilskuddsbrevet er ikke sendt"


class TermsNotAccepted(Refusal):
    """The award asks for the recipient's acceptance of its terms, and nobody has recorded one by that day."""

    code = "terms-not-accepted"
    title = "Vilkårene er ikke akseptert"


class CoverExpired(Refusal):
    """The promise held to a day, and was not accepted by then."""

    code = "cover-expired"
    title = "Tilsagnet er utløpt uten aksept"


class AccountUnverified(Refusal):
    """No account of the recipient has been held against a source by a second person."""

    code = "account-unverified"
    title = "Kontonummeret er ikke kontrollert"


class OutsideBudgetYear(Refusal):
    """The money is one calendar year's, and the payment falls in another."""

    code = "outside-budget-year"
    title = "Utbetalingen faller utenfor budsjettåret"


class BeyondCarryOver(Refusal):
    """What is held over to a year can be paid there only as far as a letter counting from the day or before has
    released money for it, in the order of claims. `covered_ore` is how much of the case that is."""

    code = "beyond-carry-over"
    title = "Det overførte er ikke stilt til disposisjon"


class InstalmentNotDue(Refusal):
    """The day the plan sets for the instalment has not come."""

    code = "instalment-not-due"
    title = "Terminen er ikke forfalt"


class ConditionUnmet(Refusal):
    """The plan sets a condition for the instalment, and nobody has recorded that it was met by that day."""

    code = "condition-unmet"
    title = "Vilkåret for terminen er ikke oppfylt"


class ReportMissing(Refusal):
    """The instalment waits for a report, whose latest version has not passed both its checks by that day."""

    code = "report-missing"
    title = "Rapporten terminen venter på, er ikke godkjent"


class PaymentSuspended(Refusal):
    """A complaint has suspensive effect on payment until it is decided (forvaltningsloven § 42)."""

    code = "payment-suspended"
    title = "Utbetalingen er utsatt på grunn av klage"


class InstalmentWithheld(Refusal):
    """What is asked for is held back, or was so on a day the payment would reach."""

    code = "instalment-withheld"
    title = "Terminen er holdt tilbake"


class InstalmentRequested(Refusal):
    """What is left of the instalment is attested already and waits for accounting to answer."""

    code = "instalment-requested"
    title = "Terminen er allerede anvist"


class InstalmentAlreadyPaid(Refusal):
    """Nothing is left unpaid of the instalment."""

    code = "instalment-already-paid"
    title = "Terminen er allerede utbetalt"


class PaymentBeyondCommitment(Refusal):
    """More than is left unpaid of the instalment, and so of what was promised."""

    code = "payment-beyond-commitment"
    title = "Utbetalingen overstiger tilsagnet"


class PayDayPassed(Refusal):
    """A payment is asked for no earlier than it is attested."""

    code = "pay-day-passed"
    status = 422
    title = "Betalingsdagen er før attestasjonen"


class PaymentNotHistory(Refusal):
    """The day is the system's own: such a payment is attested and requested here, never imported."""

    code = "payment-not-history"
    title = "Bare utbetalinger fra før systemet kan registreres som historikk"


class VoucherUsed(Refusal):
    """The voucher already stands on another payment of the case."""

    code = "voucher-used"
    title = "Bilaget er allerede brukt"


class UnknownPayment(Refusal):
    """The case has no attested payment of that id."""

    code = "unknown-payment"
    status = 404
    title = "Utbetalingen finnes ikke"


class PaymentAlreadyRequested(Refusal):
    """The payment stands in a batch that accounting has; only accounting's answer ends it."""

    code = "payment-already-requested"
    title = "Utbetalingen er sendt til regnskapet"


class NoCondition(Refusal):
    """The plan sets no condition for this instalment."""

    code = "no-condition"
    title = "Terminen har ikke vilkår"


class ConditionAlreadyMet(Refusal):
    """It is on record that the condition is met, on another day or another ground."""

    code = "condition-already-met"
    title = "Vilkåret er allerede oppfylt"


class MetTooEarly(Refusal):
    """The day lies long before the award's budget year: it is a slip of the pen."""

    code = "met-too-early"
    status = 422
    title = "Datoen er for tidlig"


class GroundMissing(Refusal):
    """It is not said how we know."""

    code = "condition-ground-missing"
    status = 422
    title = "Grunnlaget mangler"


class TakeBackReasonMissing(Refusal):
    """An attestation is not taken back without a reason."""

    code = "take-back-reason-missing"
    status = 422
    title = "Begrunnelsen mangler"
