"""The directorate whole, and what always holds whatever its people do."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from hypothesis import Phase, settings
from hypothesis.stateful import invariant, precondition, rule

from services.eventlog.events import Event
from services.eventlog.mapper import decode, encode
from services.grants.case.events.award import AwardApproved, AwardImported
from services.grants.case.events.grant_letter import (
    LetterFrozen,
    LetterLeft,
    LetterMayLeave,
    LetterReleaseImported,
)
from services.grants.case.events.withholding import RepaymentReceived
from services.grants.case.reductions import left_of
from services.grants.case.state import ENDED, state_of
from services.grants.recipient_report import settlement
from services.grants.withholding import claims
from tests.grants.award.letter_freezing import frozen
from tests.grants.directorate.books import AT_DISPOSAL_ORE
from tests.grants.directorate.complaining import Complaining
from tests.grants.directorate.drawn import DAYS_BACK, DECIDERS, FLAG, WHICH
from tests.grants.directorate.granting import Granting
from tests.grants.directorate.holding_back import HoldingBack
from tests.grants.directorate.paying import Paying
from tests.grants.life import ROOMS, Life, Moved, moves_of


class Directorate(Granting, Paying, HoldingBack, Complaining):
    """The people of a directorate and their cases, in any order, and what always holds."""

    @invariant()
    def every_room_and_the_facts_agree_on_the_money(self) -> None:
        for life in self.news_of("money"):
            moves = list(moves_of(life.events))
            promised_ore, paid_ore, held_ore = (
                sum(getattr(move, name) for move in moves) for name in ("promised_ore", "paid_ore", "held_ore")
            )
            for commitment in life.list_commitments():
                assert commitment.committed_ore == promised_ore
                assert commitment.disbursed_ore == paid_ore
                assert commitment.withheld_ore == held_ore
                assert commitment.outstanding_ore == promised_ore - paid_ore - held_ore
                assert 0 <= commitment.requested_ore <= commitment.outstanding_ore

    @invariant()
    def nothing_can_be_paid_of_an_award_that_is_over_and_what_is_left_is_what_neither_fell_away_nor_came_back(
        self,
    ) -> None:
        for life in self.news_of("left"):
            if state_of(life.events) in {*ENDED, "closed"}:
                assert life.commitment.outstanding_ore == 0
            kept_ore = sum(
                event.amount_ore for event in life.events if isinstance(event, RepaymentReceived) and not event.credited
            )
            assert left_of(life.events) == sum(move.promised_ore for move in moves_of(life.events)) - kept_ore

    @invariant()
    def no_case_has_both_an_approval_recorded_here_and_an_imported_letter(self) -> None:
        for life in self.news_of("imported"):
            kinds = {type(event) for event in life.events}
            assert len(kinds & {AwardApproved, AwardImported}) < 2
            assert not (LetterReleaseImported in kinds and kinds & {AwardApproved, LetterFrozen})

    @invariant()
    def on_no_day_is_more_taken_of_an_instalment_than_was_promised(self) -> None:
        for life in self.news_of("days"):
            moves = list(moves_of(life.events))
            for number in {move.instalment for move in moves}:
                mine = [move for move in moves if move.instalment == number]
                assert all(stands(mine, move.day) for move in mine)

    @invariant()
    def on_every_level_money_is_conserved(self) -> None:
        if self.is_as_before("levels"):
            return
        for fund_id, at_disposal_ore in zip(self.places, AT_DISPOSAL_ORE, strict=True):
            level = self.funds.funds.get(fund_id)
            if level is None:
                continue
            below = [life.commitment for life in self.lives if life.fund_id.startswith(fund_id)]
            committed_ore = sum(each.committed_ore for each in below)
            assert level.stood("committed") == committed_ore <= level.stood("available") == at_disposal_ore
            assert level.stood("disbursed") == sum(each.disbursed_ore for each in below)
            assert level.stood("withheld") == sum(each.withheld_ore for each in below)
            outstanding_ore = sum(each.outstanding_ore for each in below)
            assert level.stood("disbursed") + level.stood("withheld") + outstanding_ore == committed_ore

    @invariant()
    def nobody_pays_back_more_than_they_got(self) -> None:
        for life in self.news_of("claims"):
            case: claims.Claims = life.rooms["claims"]
            assert all(case.standing_ore(decided.number) >= 0 for decided in case.decided)
            assert all(case.kept_ore(part.number, on=date.max) >= 0 for part in life.commitment.instalments)
            for event in life.events:
                if isinstance(event, RepaymentReceived) and event.credited:
                    years = {paid.paid_on.year for paid in case.paid if paid.instalment == event.instalment}
                    assert event.received_on.year in years

    def teardown(self) -> None:
        """Stored and read again, each history folds to the same case in every room."""
        for life in self.lives:
            again = Life(life.number, life.fund_id)
            again.take(decode(type(event).TOPIC, encode(event)) for event in life.events)
            assert again.rooms == life.rooms
            assert again.rooms.keys() == ROOMS.keys()


def stands(moves: Sequence[Moved], day: date) -> bool:
    """Whether what was paid and held back by that day was promised by then, and none of it is less than nothing."""
    told = [move for move in moves if move.day <= day]
    paid_ore, held_ore = sum(move.paid_ore for move in told), sum(move.held_ore for move in told)
    return paid_ore >= 0 and held_ore >= 0 and paid_ore + held_ore <= sum(move.promised_ore for move in told)


LIFE = settings(max_examples=300, stateful_step_count=50)
HUNT = settings(LIFE, max_examples=150, phases=[Phase.generate])


class ToTheEnd(Directorate):
    """The same, and awards are settled. Apart, for a settled case has no more to hunt mutants in."""

    @precondition(lambda self: any(life.rooms["award"].informed.letters.untold for life in self.lives))
    @rule(which=WHICH)
    def a_letter_of_what_was_promised_since_goes_out(self, which: int) -> None:
        untold = [life for life in self.lives if life.rooms["award"].informed.letters.untold]
        life = untold[which % len(untold)]
        nth = len(life.events)
        sha256, message_id = f"{nth:064x}", f"c-{life.number}-{nth}"
        out: list[Event] = [
            replace(frozen, proposal_version=nth, sha256=sha256, dated_on=self.today, follows=frozen.sha256),
            LetterMayLeave(released_on=self.today, sha256=sha256, message_id=message_id),
            LetterLeft(left_on=self.today, sha256=sha256, message_id=message_id),
        ]
        assert self.record((life.stream, out))
        life.take(out)

    @precondition(lambda self: any(life.commitment.disbursed_ore for life in self.lives))
    @rule(which=WHICH, back=DAYS_BACK, who=DECIDERS, kept=FLAG)
    def an_award_is_settled(self, which: int, back: int, who: str, kept: bool) -> None:
        """On what was paid and not claimed back; now and then on less than the recipient kept."""
        paid = [life for life in self.lives if life.commitment.disbursed_ore]
        life = paid[which % len(paid)]
        case = life.rooms["recipient_report"]
        if case.proposed:
            self.ask(
                life,
                "recipient_report",
                settlement.return_proposed_settlement,
                reason="Regn på nytt.",
                returned_by="ola",
            )
        back_ore = case.recovered.kept_out_ore + case.recovered.standing_ore
        used_ore = life.commitment.disbursed_ore - back_ore - (0 if kept else 1)
        proposed = self.ask(
            life, "recipient_report", settlement.propose,
            used_ore=max(0, used_ore), proposed_on=self.day(back), proposed_by="kari",
        )  # fmt: skip
        if proposed:
            self.ask(life, "recipient_report", settlement.approve, settled_on=self.today, approved_by=who)
