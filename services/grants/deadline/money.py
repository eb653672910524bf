"""The deadlines of an award's money: instalments to be paid, answers to be waited for, claims to be paid back."""

from collections.abc import Iterator, Sequence
from datetime import date

from services.eventlog.events import Event
from services.grants.case.events.award import Instalment
from services.grants.case.events.award_change import (
    AwardAnnulled,
    AwardChangeProposed,
    AwardReduced,
    SupplementaryAwardApproved,
)
from services.grants.case.events.withholding import PriorWarningGiven, ReclaimDecided, ReclaimWarned, WithholdingDecided
from services.grants.deadline.events import Deadline, Role, State
from services.grants.disbursement import rules as disbursement
from services.grants.disbursement.blocks import (
    account_unverified,
    condition_unmet,
    ended,
    list_blocks,
    payment_suspended,
    report_missing,
    requested,
)
from services.grants.disbursement.budget_years import Block
from services.grants.disbursement.refusals import (
    AccountUnverified,
    ConditionUnmet,
    InstalmentRequested,
    ReportMissing,
)
from services.grants.disbursement.rules import Disbursement
from services.grants.waiting.case_facts import CaseFacts
from services.grants.waiting.money import is_promised_and_known
from services.grants.withholding import claims
from services.grants.withholding import rules as withholding
from services.grants.withholding.claims import Claims
from services.grants.withholding.rules import Withholding


def of_money(story: CaseFacts) -> Iterator[Deadline]:
    """In the order of a case's life. None before the recipient knows of the award: what an earlier release let be
    warned of or claimed by then is a deviation to correct, and nothing anybody waits for."""
    if not story.commitment.approved or story.informed.waits:
        return
    yield from of_instalments(story)
    yield from of_warnings(story)
    yield from of_changes(story)
    yield from of_claims(story)


def of_instalments(story: CaseFacts) -> Iterator[Deadline]:
    """Each instalment, from when the recipient knows of it and has accepted what it must; one without a day by the end
    of the last year its money stands in (bevilgningsreglementet § 5). While something else is in the way it is for
    whoever can do something about that, and says what it waits for."""
    case = story.room(disbursement.evolve, Disbursement)
    if not is_promised_and_known(case):
        return
    letters = case.informed.letters
    for part in story.commitment.instalments:
        if part.number in letters.untold:
            continue
        year_ends_on = date(max({story.commitment.own_year, *story.commitment.held_into}), 12, 31)
        known = (part.due_on or year_ends_on, case.informed.since, case.accepted_on, letters.told_on.get(part.number))
        due_on = max(day for day in known if day)
        on, what = max(due_on, story.today), f"Utbetaling av termin {part.number}"
        state = _state_of(story, case, part, on=on)
        role, waits_for = _waits_for(case, part, on=on) if state == "due" else ("attestor", None)
        yield Deadline(
            key=f"instalment-{part.number}", kind="instalment", state=state, due_on=due_on, role=role,
            what=f"{what} (venter på: {waits_for})" if waits_for else what, part=part.number,
            amount_ore=part.amount_ore,
        )  # fmt: skip


IN_THE_WAY: Sequence[Block] = (account_unverified, condition_unmet, report_missing, requested)
"""What of an instalment's blocks somebody here sees to, in the order they do."""

FALLEN_WHILE: Sequence[Block] = (ended, payment_suspended)
"""Blocks that leave nobody here anything to do: while one of them holds, the instalment has no deadline. What is
withheld of it is reckoned from its amount (`_state_of`)."""


def _waits_for(case: Disbursement, part: Instalment, *, on: date) -> tuple[Role, str | None]:
    """Who can do something about the first thing in the way, and what it is; the attestor where nothing is."""
    match next(iter(list_blocks(case, part, on=on, among=IN_THE_WAY)), None):
        case AccountUnverified():
            if case.account is None:
                return "caseworker", "mottakerens kontonummer"
            return "controller", "kontroll av kontonummeret"
        case ConditionUnmet():
            return "caseworker", "at vilkåret er oppfylt"
        case ReportMissing():
            return "caseworker", f"at rapport {part.needs_report} er godkjent"
        case InstalmentRequested():
            return "controller", "regnskapet"
    return "attestor", None


def _state_of(story: CaseFacts, case: Disbursement, part: Instalment, *, on: date) -> State:
    """What is withheld is waited for by nobody, until it is released; nor is what a complaint suspends."""
    paid_ore = story.commitment.paid_ore(part.number)
    if 0 < part.amount_ore <= paid_ore:
        return "met"
    if story.commitment.free_ore(part.number) <= 0 or list_blocks(case, part, on=on, among=FALLEN_WHILE):
        return "fallen"
    return "due"


def of_warnings(story: CaseFacts) -> Iterator[Deadline]:
    """How long the recipient may answer before money is held back or claimed (forvaltningsloven § 16)."""
    held = story.room(withholding.evolve, Withholding)
    for place, warned in enumerate(story.list_all(PriorWarningGiven), 1):
        waits = any(each is warned for each in held.waiting)
        yield _reply(
            story, f"warning-{place}", "varselet om tilbakehold", warned.reply_by, warned.instalment, waits=waits,
            decided=_is_followed(story.events, warned, WithholdingDecided, warned.instalment),
        )  # fmt: skip
    claimed = story.room(claims.evolve, Claims)
    for place, claim in enumerate(story.list_all(ReclaimWarned), 1):
        if claim.reply_by:
            waits = any(each is claim for each in claimed.waiting)
            yield _reply(
                story, f"reclaim-warning-{place}", "varselet om tilbakekrav", claim.reply_by, claim.instalment,
                waits=waits, decided=_is_followed(story.events, claim, ReclaimDecided, claim.instalment),
            )  # fmt: skip


def of_changes(story: CaseFacts) -> Iterator[Deadline]:
    """How long the recipient may answer before its award is made otherwise."""
    proposals = story.list_all(AwardChangeProposed)
    decisions = (SupplementaryAwardApproved, AwardReduced, AwardAnnulled)
    for place, proposed in enumerate(proposals, 1):
        reply_by = proposed.hearing.reply_by if proposed.hearing else None
        if reply_by is None:
            continue
        following = _next(story.events, proposed)
        yield _reply(
            story, f"change-{place}", "varselet om endring", reply_by, None, waits=following is None,
            decided=isinstance(following, decisions),
        )  # fmt: skip


def of_claims(story: CaseFacts) -> Iterator[Deadline]:
    """Each claim until it is paid back; while a complaint suspends it nobody waits for it."""
    if not story.has(ReclaimDecided):
        return
    case = story.room(claims.evolve, Claims)
    for claim in case.decided:
        number = claim.number
        state: State = "due"
        if case.standing_ore(number) <= 0:
            state = "met" if case.repaid_ore(number) + case.netted_ore(number) > 0 else "fallen"
        elif case.find_suspending(number) is not None:
            state = "fallen"
        yield Deadline(
            key=f"reclaim-payment-{number}", kind="reclaim-payment", state=state, due_on=claim.pay_by,
            role="caseworker", what=f"Tilbakebetaling av krav {number}", part=number,
            amount_ore=case.claimed_ore(number),
        )  # fmt: skip


def _reply(
    story: CaseFacts, name: str, to: str, reply_by: date, part: int | None, *, waits: bool, decided: bool
) -> Deadline:
    """Met once it was decided; fallen where it was made otherwise, taken back or overtaken."""
    state: State = "due" if waits else "met" if decided else "fallen"
    if state == "due" and story.room(disbursement.evolve, Disbursement).ended:
        state = "fallen"
    return Deadline(
        key=f"reply-period-{name}", kind="reply-period", state=state, due_on=reply_by, role="caseworker",
        what=f"Svar på {to}", part=part,
    )  # fmt: skip


def _is_followed(events: Sequence[Event], warned: Event, by: type[Event], instalment: int) -> bool:
    """Whether the first thing that was warned of or decided of the instalment after it is such a decision."""
    kinds = (type(warned), by)
    place = next(place for place, event in enumerate(events) if event is warned)
    later = (each for each in events[place + 1 :] if isinstance(each, kinds))
    first = next((each for each in later if getattr(each, "instalment", None) == instalment), None)
    return isinstance(first, by)


def _next(events: Sequence[Event], proposed: Event) -> Event | None:
    """What became of a proposed change: the first fact after it that is about a change or ends the award."""
    place = next(place for place, event in enumerate(events) if event is proposed)
    about = ("award.change-proposed.", "award.change-returned.", "award.supplement-", "award.reduced.",
             "award.annulled.", "award.declined.")  # fmt: skip
    return next((each for each in events[place + 1 :] if each.TOPIC.startswith(about)), None)
