"""How a reclaim is settled: the recipient pays, or is paid less of what they are still owed in the same case.

Money in and out stands in the accounts gross and in the year it moved (bevilgningsreglementet § 3, Bestemmelser om
økonomistyring i staten 3.4.2). So a repayment makes room on the fund again only within the year the payment was made
in, on the post it was spent of, and only up to what was paid of the instalment in that year; any other is income of its
year and is shown beside.
"""

from datetime import date

from services.duties import keep_apart
from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.case.commitment_refusals import positive
from services.grants.case.events.award_change import Reduction
from services.grants.case.events.withholding import ReclaimNetted, RepaymentReceived
from services.grants.case.reductions import total_ore
from services.grants.withholding.claims import BeyondPaid, Claims
from services.grants.withholding.reclaim import check_not_before, stay_within_claim
from services.text.folding import reads_as_any


class RepaymentOfWhat(Refusal):
    """It was not said what the money answers: a reclaim, or, unasked, an instalment."""

    code = "repayment-of-what"
    status = 422
    title = "Oppgi hva tilbakebetalingen gjelder"


class RepaymentVoucherUsed(Refusal):
    """The voucher already stands on another movement of the case."""

    code = "repayment-voucher-used"
    title = "Bilaget er allerede brukt"


class ReclaimOverturned(Refusal):
    """A complaint changed the claim; what is left of it is settled once it is reduced to that."""

    code = "reclaim-overturned"
    title = "Tilbakekravet er endret etter klage"


class WithheldIsNotNetted(Refusal):
    """Withheld money is not the recipient's to have, so nothing is settled with it before it is released."""

    code = "withheld-is-not-netted"
    title = "Tilbakeholdte midler kan ikke motregnes"


def receive_repayment(
    case: Claims,
    *,
    reclaim: int | None,
    instalment: int | None,
    amount_ore: int,
    voucher: str,
    received_on: date,
    recorded_by: str,
) -> list[Event]:
    """Record that money came back: of a reclaim (also one with suspensive effect, for nobody is kept from paying) or,
    unasked, of an instalment. Never more than the claim asks for, or than was paid. Not by whoever decided the claim.

    The same voucher and data again return no event. Refuses `NotCommitted`, `UnknownReclaim`, `UnknownInstalment`,
    `RepaymentOfWhat`, `RepaymentVoucherUsed`, `SamePersonTwice`, `BeforeReclaim`, `AmountNotPositive`, `BeyondClaim`,
    `BeyondPaid`.
    """
    returned = _instalment_of(case, reclaim, instalment)
    asked = (reclaim, returned, amount_ore, voucher, received_on, recorded_by)
    if any(asked == _asked(repaid) for repaid in case.repaid):
        return []
    _need_a_new_voucher(case, voucher)
    if reclaim is None:
        _stay_within_paid(case, returned, amount_ore, received_on)
    else:
        decided = case.reclaim(reclaim)
        keep_apart(recorded_by, "record repayment", {"decide reclaim": (decided.decided_by,)})
        check_not_before(decided, received_on)
        stay_within_claim(case, reclaim, amount_ore)
    return [
        RepaymentReceived(
            reclaim=reclaim,
            instalment=returned,
            amount_ore=amount_ore,
            credited=_is_credited(case, returned, amount_ore, received_on),
            voucher=voucher,
            received_on=received_on,
            recorded_by=recorded_by,
        )
    ]


def net_reclaim(
    case: Claims, *, number: int, reductions: tuple[Reduction, ...], netted_on: date, netted_by: str
) -> list[Event]:
    """Settle the claim, or a part of it, against what is free of the case's instalments: that much of the promise falls
    away. Not by whoever prepared the claim, and not while a complaint of it has suspensive effect.

    The same netting again returns no event. Refuses `UnknownReclaim`, `SamePersonTwice`, `ReclaimSuspended`,
    `ReclaimOverturned`, `BeforeReclaim`, `WithheldIsNotNetted`, `DisputedMoney`, `AmountNotPositive`,
    `UnknownInstalment`, `ReductionBeyondUnpaid`, `BeyondClaim`.
    """
    netted = ReclaimNetted(number=number, reductions=reductions, netted_on=netted_on, netted_by=netted_by)
    decided = case.reclaim(number)
    if netted in case.netted:
        return []
    keep_apart(netted_by, "net reclaim", {"warn of reclaim": case.find_preparers(number)})
    case.check_not_suspended(number)
    if case.is_overturned(number):
        raise ReclaimOverturned(f"Reclaim {number} {_overturned(case, number)}")
    check_not_before(decided, netted_on)
    if any(reduction.withholding is not None for reduction in reductions):
        raise WithheldIsNotNetted("Release what is withheld first, or net against what is free.")
    case.disputes.check_reductions(reductions)
    case.commitment.check_reductions(reductions, since=netted_on)
    stay_within_claim(case, number, total_ore(reductions))
    return [netted]


def _overturned(case: Claims, number: int) -> str:
    """How a complaint of it ended, and what that leaves to do: only of a claim that was changed is there a rest."""
    endings = {dispute.ending for dispute in case.disputes.list_about("reclaim", number) if dispute.overturns}
    if endings == {"changed"}:
        return "was changed after a complaint. Reduce it to what is left first."
    return "does not stand after a complaint of it, and is never netted. Reduce it by all that it still asks for."


def _instalment_of(case: Claims, reclaim: int | None, instalment: int | None) -> int:
    """Which instalment the money returns: the claim's own, or the one that was named."""
    match reclaim, instalment:
        case int() as number, None:
            return case.reclaim(number).instalment
        case None, int() as number:
            return case.commitment.instalment(number).number
        case _:
            raise RepaymentOfWhat("Name the reclaim it answers or, if it came unasked, the instalment it returns.")


def _need_a_new_voucher(case: Claims, voucher: str) -> None:
    used = {paid.reference for paid in case.paid} | {repaid.voucher for repaid in case.repaid}
    if reads_as_any(voucher, used):
        raise RepaymentVoucherUsed(f"Voucher {voucher} stands on another movement. Check the number.", voucher=voucher)


def _stay_within_paid(case: Claims, instalment: int, amount_ore: int, received_on: date) -> None:
    kept_ore = case.kept_ore(instalment, on=received_on)
    if positive(amount_ore) > kept_ore:
        raise BeyondPaid(
            f"By {received_on} {kept_ore} øre of instalment {instalment} were paid and neither repaid nor claimed."
            " Money that answers a reclaim names it.",
            kept_ore=kept_ore,
        )


def _is_credited(case: Claims, instalment: int, amount_ore: int, received_on: date) -> bool:
    """Whether the payment it returns and the repayment are of one budget year, in whose books the payment stands."""
    year = received_on.year
    paid_ore = sum(
        paid.amount_ore
        for paid in case.paid
        if paid.instalment == instalment and paid.paid_on.year == year and paid.paid_on <= received_on
    )
    credited_ore = sum(
        repaid.amount_ore
        for repaid in case.repaid
        if repaid.instalment == instalment and repaid.credited and repaid.received_on.year == year
    )
    money = case.commitment
    return year in {money.own_year, *money.held_into, *money.charged} and amount_ore <= paid_ore - credited_ore


def _asked(repaid: RepaymentReceived) -> tuple[object, ...]:
    return (
        repaid.reclaim,
        repaid.instalment,
        repaid.amount_ore,
        repaid.voucher,
        repaid.received_on,
        repaid.recorded_by,
    )
