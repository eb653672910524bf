"""Why an act on a commitment cannot be as asked: there is none, no such instalment, or not that much of it."""

from services.eventlog.refusal import Refusal


class NotCommitted(Refusal):
    """The act needs an approved award, and there is none."""

    code = "not-committed"
    title = "Det er ikke gitt tilsagn i saken"


class UnknownInstalment(Refusal):
    """The payment plan has no instalment of that number."""

    code = "unknown-instalment"
    status = 404
    title = "Terminen finnes ikke"


class AmountNotPositive(Refusal):
    """An amount of money is more than nothing; what goes the other way has a fact of its own."""

    code = "amount-not-positive"
    status = 422
    title = "Beløpet må være større enn null"


class ReductionBeyondUnpaid(Refusal):
    """More than the instalment has free, or than the withholding holds: what is paid is reclaimed, not reduced."""

    code = "reduction-beyond-unpaid"
    title = "Beløpet overstiger det som gjenstår av terminen"


def positive(amount_ore: int) -> int:
    """The amount, or the refusal `AmountNotPositive`."""
    if amount_ore <= 0:
        raise AmountNotPositive(f"The amount is {amount_ore} øre. State one above zero.", amount_ore=amount_ore)
    return amount_ore
