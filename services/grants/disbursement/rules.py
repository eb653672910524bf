"""When an instalment may be paid, and everything that stands in its way.

Nothing is paid before the recipient has the letter, and the one who bound the money does not attest its payment:
budget disposal and attestation of one expense are two people's (Bestemmelser om økonomistyring i staten 2.5.2.1).
Payments are recorded on the cash basis, in one calendar year (Instruks 4.2; bevilgningsreglementet § 5).
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.award.events import Instalment, LetterReleaseImported
from services.grants.commitment import Commitment, positive
from services.grants.disbursement.events import InstalmentConditionMet, InstalmentPaid
from services.grants.duties import keep_apart
from services.grants.withholding.events import WithholdingReleased


class LetterNotReleased(Refusal):
    """No fact says that the recipient has the grant letter, or it says so from a later day."""

    code = "letter-not-released"
    title = "Tilskuddsbrevet er ikke sendt"


class OutsideBudgetYear(Refusal):
    """The money is one calendar year's, and the payment falls in another."""

    code = "outside-budget-year"
    title = "Utbetalingen faller utenfor budsjettåret"


class InstalmentNotDue(Refusal):
    """The day the plan sets for the instalment has not come."""

    code = "instalment-not-due"
    title = "Terminen er ikke forfalt"


class ConditionUnmet(Refusal):
    """The plan sets a condition for the instalment, and nobody has recorded that it was met by that day."""

    code = "condition-unmet"
    title = "Vilkåret for terminen er ikke oppfylt"


class InstalmentWithheld(Refusal):
    """What is asked for is held back, or was so on a day the payment would reach."""

    code = "instalment-withheld"
    title = "Terminen er holdt tilbake"


class InstalmentAlreadyPaid(Refusal):
    """Nothing is left unpaid of the instalment."""

    code = "instalment-already-paid"
    title = "Terminen er allerede utbetalt"


class PaymentBeyondCommitment(Refusal):
    """More than is left unpaid of the instalment, and so of what was promised."""

    code = "payment-beyond-commitment"
    title = "Utbetalingen overstiger tilsagnet"


class VoucherUsed(Refusal):
    """The voucher already stands on another payment of the case."""

    code = "voucher-used"
    title = "Bilaget er allerede brukt"


class NoCondition(Refusal):
    """The plan sets no condition for this instalment."""

    code = "no-condition"
    title = "Terminen har ikke vilkår"


class GroundMissing(Refusal):
    """It is not said how we know."""

    code = "condition-ground-missing"
    status = 422
    title = "Grunnlaget mangler"


@dataclass(frozen=True, kw_only=True)
class Disbursement:
    """What paying needs to know of a case. `letter_out_on` is None until a fact says that the letter is out."""

    commitment: Commitment = field(default_factory=Commitment)
    letter_out_on: date | None = None
    conditions_met: tuple[InstalmentConditionMet, ...] = ()
    payments: tuple[InstalmentPaid, ...] = ()
    releases: tuple[WithholdingReleased, ...] = ()

    def find_condition_met(self, number: int) -> InstalmentConditionMet | None:
        return next((met for met in self.conditions_met if met.instalment == number), None)


def evolve(case: Disbursement, event: Event) -> Disbursement:
    """The case after this fact. Any fact that puts the letter in the recipient's hands sets `letter_out_on`."""
    case = replace(case, commitment=case.commitment.fold(event))
    match event:
        case LetterReleaseImported(released_on=day):
            return replace(case, letter_out_on=day)
        case InstalmentConditionMet():
            return replace(case, conditions_met=(*case.conditions_met, event))
        case InstalmentPaid():
            return replace(case, payments=(*case.payments, event))
        case WithholdingReleased():
            return replace(case, releases=(*case.releases, event))
        case _:
            return case


def confirm_condition(
    case: Disbursement, *, instalment: int, ground: str, met_on: date, confirmed_by: str
) -> list[Event]:
    """Record that what the instalment waits for has happened. Told again, nothing happens: the first record stands.

    Refuses `NotCommitted`, `UnknownInstalment`, `NoCondition`, `GroundMissing`.
    """
    if case.commitment.instalment(instalment).condition is None:
        raise NoCondition(f"Instalment {instalment} is paid without conditions; there is nothing to confirm.")
    if not ground.strip():
        raise GroundMissing("Say how we know that the condition is met: the report, the document, the decision.")
    if case.find_condition_met(instalment):
        return []
    return [
        InstalmentConditionMet(instalment=instalment, ground=ground, met_on=met_on, confirmed_by=confirmed_by),
    ]


def pay(
    case: Disbursement,
    *,
    instalment: int,
    amount_ore: int,
    paid_on: date,
    reference: str,
    attested_by: str,
    open_years: Collection[int] = (),
) -> list[Event]:
    """Record that the instalment, or a part of it, was paid. The same voucher and data again are no new payment.

    `open_years` are the years beside the fund's own in which its money may be spent, because a supplement has released
    it as carried over or a commitment authority reaches there. Refuses what `list_blocks` lists, in its order, and
    `NotCommitted`, `UnknownInstalment`, `AmountNotPositive`, `VoucherUsed`, `SamePersonTwice`, `InstalmentAlreadyPaid`,
    `PaymentBeyondCommitment`, `InstalmentWithheld`.
    """
    paid = InstalmentPaid(
        instalment=instalment, amount_ore=amount_ore, paid_on=paid_on, reference=reference, attested_by=attested_by
    )
    if paid in case.payments:
        return []
    planned = case.commitment.instalment(instalment)
    if any(payment.reference == reference for payment in case.payments):
        raise VoucherUsed(f"Voucher {reference} stands on another payment. Check the number.", reference=reference)
    _keep_disposal_from_attestation(case, instalment, attested_by)
    if blocks := list_blocks(case, planned, on=paid_on, open_years=open_years):
        raise blocks[0]
    _stay_within(case, instalment, positive(amount_ore), paid_on)
    return [paid]


def list_blocks(
    case: Disbursement, planned: Instalment, *, on: date, open_years: Collection[int] = ()
) -> list[Refusal]:
    """Every reason why the instalment cannot be paid on that day, as the refusals that paying would meet."""
    blocks: list[Refusal] = []
    number = planned.number
    if case.letter_out_on is None:
        blocks.append(LetterNotReleased("The recipient does not have the grant letter. It must be released first."))
    elif on < case.letter_out_on:
        blocks.append(LetterNotReleased(f"The grant letter went out on {case.letter_out_on}, after {on}."))
    year = int(case.commitment.approval().fund_id[:4])
    if on.year not in {year, *open_years}:
        blocks.append(OutsideBudgetYear(f"The money is for {year} and is not carried over to {on.year}.", year=year))
    if planned.due_on and on < planned.due_on:
        blocks.append(InstalmentNotDue(f"Instalment {number} is due on {planned.due_on}.", due_on=str(planned.due_on)))
    met = case.find_condition_met(number)
    if planned.condition and (met is None or on < met.met_on):
        blocks.append(ConditionUnmet(f"Instalment {number} waits for: {planned.condition}."))
    if case.commitment.unpaid_ore(number) > 0 >= case.commitment.free_ore(number, since=on):
        blocks.append(InstalmentWithheld(f"What is unpaid of instalment {number} is withheld."))
    return blocks


def _keep_disposal_from_attestation(case: Disbursement, number: int, attested_by: str) -> None:
    """Those who bound the money, or freed it after a withholding, do not attest that it is paid."""
    keep_apart(
        attested_by,
        doing="attest its payment",
        from_whoever="approved this award",
        was=case.commitment.approval().approved_by,
    )
    for release in case.releases:
        if release.instalment == number:
            keep_apart(
                attested_by,
                doing="attest its payment",
                from_whoever=f"released withheld money of instalment {number}",
                was=release.released_by,
            )


def _stay_within(case: Disbursement, number: int, amount_ore: int, paid_on: date) -> None:
    """Rule 5: never more than is left of what was promised. What is withheld is promised, but not to be paid."""
    unpaid_ore = case.commitment.unpaid_ore(number)
    if unpaid_ore == 0:
        raise InstalmentAlreadyPaid(f"Instalment {number} is paid in full.")
    if amount_ore > unpaid_ore:
        raise PaymentBeyondCommitment(
            f"{unpaid_ore} øre are unpaid of instalment {number}; {amount_ore} øre is more.", unpaid_ore=unpaid_ore
        )
    free_ore = case.commitment.free_ore(number, since=paid_on)
    if amount_ore > free_ore:
        raise InstalmentWithheld(
            f"{free_ore} øre of instalment {number} can be paid from {paid_on}; the rest is withheld.",
            free_ore=free_ore,
        )
