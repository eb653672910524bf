"""On which ground, and how far, what was promised can be changed.

An individual decision is made otherwise only where forvaltningsloven § 35 or the award's own terms allow. What is paid
already is never taken by a change: it is reclaimed by its own decision.
"""

from collections.abc import Collection, Mapping
from datetime import date

from services.eventlog.refusal import Refusal
from services.grants.award.letter_bounds import check_letter_of
from services.grants.award.proposal import check_numbers, check_waits, check_years
from services.grants.award.refusals import keep_open, need_reason
from services.grants.award.rules import Granted, keep_payments_answered, keep_standing
from services.grants.case.events.award_change import AwardChangeProposed, ChangeGround, ChangeKind, Ground
from services.grants.case.hearing import PriorWarningMissing, need_hearing

REVERSALS: frozenset[ChangeGround] = frozenset(
    {"complaint-upheld", "reversal-to-benefit", "reversal-invalid", "reversal-by-appeal-body"}
)
GROUNDS: Mapping[ChangeKind, frozenset[ChangeGround]] = {
    "supplementary": REVERSALS | {"change-requested", "more-granted", "other"},
    "reduction": (REVERSALS - {"reversal-to-benefit"})
    | {"change-requested", "condition-not-met", "terms-broken", "reversal-reserved", "declined-by-recipient", "other"},
    "annulment": (REVERSALS - {"reversal-to-benefit"})
    | {"change-requested", "condition-not-met", "terms-broken", "reversal-reserved", "other"},
}
"""On which grounds each kind of change can stand."""


class GroundDoesNotFit(Refusal):
    """The ground does not carry this kind of change: less money is never to the party's benefit, money is promised anew
    after an annulment only by a reversal, and what a recipient asked for must have been granted first."""

    code = "ground-does-not-fit"
    title = "Hjemmelen passer ikke til endringen"


class ChangeEmpty(Refusal):
    """The change names no money, or money of the other kind."""

    code = "change-empty"
    status = 422
    title = "Endringen gjelder ingen penger"


class YearTurned(Refusal):
    """The turn of that year is recorded for the case. What was unpaid then is held over or has fallen away, and the
    year stands as it was closed: what is promised since is promised in a year that is not."""

    code = "year-turned"
    title = "Årsskiftet er registrert"


def keep_years_closed(granted: Granted, approved_on: date) -> None:
    """Refuse (`YearTurned`) more money promised on a day of a year whose turn is recorded, or of one before it."""
    turned = max((turn.year for turn in (*granted.turns, *granted.unbooked)), default=0)
    if approved_on.year <= turned:
        raise YearTurned(
            f"The turn of {turned} is recorded for this award. Date the supplement {turned + 1}-01-01 or later.",
            from_day=f"{turned + 1}-01-01",
        )


def check_ground(granted: Granted, kind: ChangeKind, ground: Ground) -> None:
    """Refuse a change of an award that does not stand (`NotCommitted`, `CaseSettled`, `AwardGone`), without words
    (`ReasonMissing`), or on a ground that does not carry it (`GroundDoesNotFit`). What is gone is promised anew only by
    a reversal."""
    if granted.gone and kind == "supplementary" and ground.code in REVERSALS:
        keep_open(granted.ended)
    else:
        keep_standing(granted)
    need_reason(ground.text)
    if ground.code not in GROUNDS[kind]:
        raise GroundDoesNotFit(f"The ground {ground.code} does not carry this change.", fitting=sorted(GROUNDS[kind]))
    if ground.code == "change-requested" and not any(answer.granted for answer in granted.answers):
        raise GroundDoesNotFit("The recipient has no granted change request. Register and answer it first.")


THEIR_OWN: frozenset[ChangeGround] = frozenset({"change-requested", "declined-by-recipient", "reversal-by-appeal-body"})
"""Where the recipient asked for it itself, or another body has decided it: nobody is warned of their own wish."""


def check_hearing(granted: Granted, change: AwardChangeProposed) -> None:
    """Refuse (`PriorWarningMissing`) to take money away on the directorate's own initiative unless the recipient is
    warned, or it is on record why not (forvaltningsloven § 16); `HearingUnclear`, `ReplyPeriodTooShort` and
    `ReasonsMissing` for a hearing that is none. Of an award the recipient cannot have been told of, or of
    instalments no letter can have told of yet, nobody is heard (forvaltningsloven § 35 first paragraph b)."""
    if change.hearing is not None:
        need_hearing(change.hearing)
    elif granted.informed.knows_nothing_of({part.instalment for part in change.reductions}):
        return
    elif change.kind != "supplementary" and change.ground.code not in THEIR_OWN:
        raise PriorWarningMissing("Warn the recipient and give time to answer, or state the exemption that applies.")


def check_money(
    granted: Granted,
    change: AwardChangeProposed,
    *,
    since: date,
    days: Collection[date] = (),
    commitment_authority: bool = False,
) -> bool:
    """Refuse what cannot be promised, or cannot fall away on the day `since` and every day after. Whether more money
    leaves the budget year, on one of `days` or a due day, by a commitment authority."""
    match change.kind:
        case "supplementary":
            if not change.added or change.reductions:
                raise ChangeEmpty("A supplementary award names the instalments it adds, and nothing that falls away.")
            for day in days:
                keep_years_closed(granted, day)
            return _leaves_year(granted, change, days=days, commitment_authority=commitment_authority)
        case "reduction":
            if change.added or not change.reductions:
                raise ChangeEmpty("A reduction names what falls away of which instalment, and adds none.")
        case "annulment":
            if change.added:
                raise ChangeEmpty("An annulment takes everything unpaid and adds nothing.")
            keep_payments_answered(granted)
    granted.disputes.check_reductions(change.reductions)
    granted.commitment.check_reductions(change.reductions, since=since)
    return False


def _leaves_year(
    granted: Granted, change: AwardChangeProposed, *, days: Collection[date], commitment_authority: bool
) -> bool:
    proposal = granted.commitment.proposed
    assert proposal is not None, "what is approved was proposed"
    check_numbers(change.added, first=len(granted.commitment.instalments) + 1)
    check_waits(change.added, proposal)
    plan = (*granted.commitment.instalments, *change.added)
    check_letter_of(proposal, instalments=plan, change=change.ground.text)
    return check_years(proposal.fund_id, change.added, days=days, commitment_authority=commitment_authority)
