"""Money is warned of, withheld, released, claimed back, netted and paid back."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from services.grants.case.events.withholding import PriorWarningGiven
from services.grants.case.hearing import Exemption
from services.grants.withholding import reclaim, repayment, warning
from services.grants.withholding import rules as withholding
from tests.grants.directorate.acts import Acts
from tests.grants.directorate.drawn import DAYS_BACK, DECIDERS, FLAG, HOW, PREPARERS, REASONS, SHARES, WHICH, share
from tests.grants.fodt_fri import misused


class HoldingBack(Acts):
    """What is held back and claimed back."""

    @rule(which=WHICH, at=WHICH, part=SHARES, back=DAYS_BACK, reasons=REASONS, who=PREPARERS, exempt=FLAG)
    def someone_warns(self, which: int, at: int, part: str, back: int, reasons: Any, who: str, exempt: bool) -> None:
        life = self.pick(which)
        number, day = self.instalment(life, at), self.day(back)
        free_ore = life.commitment.free_ore(number) if number <= len(life.commitment.instalments) else 1
        asked = {"instalment": number, "amount_ore": share(free_ore, part), "reasons": reasons}
        if exempt:
            exemption = Exemption(code="fvl-16-3-a", ground="Kontoen tømmes.")
            self.ask(
                life, "withholding", warning.omit_warning,
                **asked, exemption=exemption, omitted_on=day, omitted_by=who,
            )  # fmt: skip
        else:
            reply_by = day + timedelta(days=7)
            self.ask(life, "withholding", warning.warn, **asked, reply_by=reply_by, warned_on=day, warned_by=who)

    @rule(which=WHICH, back=DAYS_BACK, reasons=REASONS, who=DECIDERS, less=FLAG, heard=FLAG)
    def someone_withholds(self, which: int, back: int, reasons: Any, who: str, less: bool, heard: bool) -> None:
        """On a warning that waits, or without one; having waited for the answer, or not."""
        waiting = [(life, each) for life in self.lives for each in life.rooms["withholding"].waiting]
        life, prepared = waiting[which % len(waiting)] if waiting else (self.pick(which), None)
        if heard and isinstance(prepared, PriorWarningGiven) and prepared.reply_by < date(2020, 12, 31):
            self.today = max(self.today, prepared.reply_by + timedelta(days=1))
        self.ask(
            life, "withholding", withholding.decide,
            instalment=prepared.instalment if prepared else 1,
            amount_ore=max(1, prepared.amount_ore // (1 + less)) if prepared else 1,
            reasons=reasons, decided_on=self.day(0 if heard else back), decided_by=who,
        )  # fmt: skip

    @precondition(lambda self: any(life.rooms["withholding"].decided for life in self.lives))
    @rule(which=WHICH, part=SHARES, back=DAYS_BACK, of_all=FLAG)
    def someone_releases(self, which: int, part: str, back: int, of_all: bool) -> None:
        """A part of what still stands, or of what once was withheld."""
        held = [(life, decided) for life in self.lives for decided in life.rooms["withholding"].decided]
        life, decided = held[which % len(held)]
        held_ore = decided.amount_ore if of_all else life.rooms["withholding"].standing_ore(decided.number)
        self.release(life, decided.number, share(held_ore, part), back)

    @precondition(lambda self: any(life.rooms["claims"].paid for life in self.lives))
    @rule(which=WHICH, part=SHARES, back=DAYS_BACK, reasons=REASONS, who=PREPARERS, decider=DECIDERS, wait=FLAG)
    def someone_claims_back(
        self, which: int, part: str, back: int, reasons: Any, who: str, decider: str, wait: bool
    ) -> None:
        """Warned of; and decided at once where there is an exemption from waiting."""
        paid = [(life, paid) for life in self.lives for paid in life.rooms["claims"].paid]
        life, payment = paid[which % len(paid)]
        day = self.day(back)
        kept_ore = life.rooms["claims"].kept_ore(payment.instalment, on=self.today)
        asked = {"instalment": payment.instalment, "amount_ore": share(kept_ore, part), "reasons": reasons}
        exemption = None if wait else Exemption(code="fvl-16-3-c", ground="Kjent for mottakeren.")
        self.ask(
            life, "claims", reclaim.warn_of_reclaim,
            **asked, reply_by=day + timedelta(days=7) if wait else None, exemption=exemption, warned_on=day,
            warned_by=who,
        )  # fmt: skip
        self.ask(
            life, "claims", reclaim.decide_reclaim,
            **asked, pay_by=self.today + timedelta(days=20), decided_on=self.today, decided_by=decider,
        )  # fmt: skip

    @rule(
        which=WHICH,
        at=WHICH,
        then=st.sampled_from(["complained of", "netted", "netted", "paid", "waived"]),
        part=SHARES,
    )
    def some_of_it_is_paid_and_claimed_back_and(self, which: int, at: int, then: str, part: str) -> None:
        """So that claims are common, with something left to net them against, and what follows on them is too."""
        life = self.pick(which)
        number = self.instalment(life, at)
        self.attest(which, at, part if part != "too much" else "half", 0, "per", released=True)
        self.hand_over(released=True)
        self.batches = [self.answer(handed, paid=True) for handed in self.batches]
        kept_ore = life.rooms["claims"].kept_ore(number, on=self.today)
        asked = {"instalment": number, "amount_ore": kept_ore, "reasons": (misused,)}
        exemption = Exemption(code="fvl-16-3-c", ground="Kjent for mottakeren.")
        self.ask(
            life, "claims", reclaim.warn_of_reclaim,
            **asked, reply_by=None, exemption=exemption, warned_on=self.today, warned_by="kari",
        )  # fmt: skip
        pay_by = self.today + timedelta(days=20)
        claimed = self.ask(
            life, "claims", reclaim.decide_reclaim, **asked, pay_by=pay_by, decided_on=self.today, decided_by="ola"
        )
        if not claimed:
            return
        if then == "complained of":
            self.complain(life, 0, suspended=True)
        else:
            number = len(life.rooms["claims"].decided)
            self.settle(life, number, then, share(kept_ore, part), at, 0, "ola")

    @rule(which=WHICH, at=WHICH, part=SHARES, then=st.sampled_from(["stands", "released", "complained of", "reversed"]))
    def some_of_it_is_withheld_and(self, which: int, at: int, part: str, then: str) -> None:
        """On an exemption, at once, by two people: so that withholdings are common, and what follows on them is too."""
        life = self.pick(which)
        number = self.instalment(life, at)
        free_ore = life.commitment.payable_ore(number) if number <= len(life.commitment.instalments) else 1
        if not self.withhold(life, number, share(free_ore, part)) or then == "stands":
            return
        if then == "released":
            number = len(life.rooms["withholding"].decided)
            released_ore = share(life.rooms["withholding"].standing_ore(number), part)
            for _ in ("once", "and tried once more"):
                self.release(life, number, released_ore, 0)
            return
        self.complain(life, 0, suspended=part == "all")
        if then == "reversed":
            self.end_complaint(life, len(life.rooms["complaint"].complaints), "reversed")

    @precondition(lambda self: any(life.rooms["claims"].decided for life in self.lives))
    @rule(which=WHICH, at=WHICH, part=SHARES, back=DAYS_BACK, who=DECIDERS, how=st.sampled_from(HOW))
    def a_claim_is_settled(self, which: int, at: int, part: str, back: int, who: str, how: str) -> None:
        life, number, standing_ore = self.claim(which)
        self.settle(life, number, how, share(standing_ore, part), at, back, who)

    @precondition(lambda self: any(life.rooms["claims"].paid for life in self.lives))
    @rule(which=WHICH, part=SHARES, back=DAYS_BACK)
    def money_comes_back_unasked(self, which: int, part: str, back: int) -> None:
        paid = [(life, paid) for life in self.lives for paid in life.rooms["claims"].paid]
        life, payment = paid[which % len(paid)]
        kept_ore = life.rooms["claims"].kept_ore(payment.instalment, on=self.today)
        self.ask(
            life, "claims", repayment.receive_repayment,
            reclaim=None, instalment=payment.instalment, amount_ore=share(kept_ore, part),
            voucher=f"R-{self.new_id().int}", received_on=self.day(back), recorded_by="anne",
        )  # fmt: skip
