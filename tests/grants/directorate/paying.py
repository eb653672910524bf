"""Payments are attested, asked for, answered and taken back."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from services.grants.disbursement import history
from tests.grants.directorate.acts import Acts
from tests.grants.directorate.books import LATER, LATER_POST
from tests.grants.directorate.drawn import ATTESTORS, DAYS_BACK, FLAG, SHARES, WHICH, share


class Paying(Acts):
    """What is paid."""

    @rule(which=WHICH, at=WHICH, part=SHARES, back=DAYS_BACK, who=ATTESTORS, released=FLAG)
    def someone_finds_it_right_to_pay(
        self, which: int, at: int, part: str, back: int, who: str, released: bool
    ) -> None:
        self.attest(which, at, part, back, who, released=released)

    @rule(which=WHICH, at=WHICH, part=SHARES, then=st.sampled_from(["paid", "paid", "taken back", "withheld"]))
    def an_instalment_is_attested_and(self, which: int, at: int, part: str, then: str) -> None:
        """So that what follows an attestation is common: paid, taken back, or something else tried meanwhile."""
        life = self.pick(which)
        number = self.instalment(life, at)
        self.attest(which, at, part, 0, "per", released=True)
        if then == "paid":
            self.hand_over(released=True)
            self.batches = [self.answer(handed, paid=True) for handed in self.batches]
        elif then == "withheld" and number <= len(life.commitment.instalments):
            self.withhold(life, number, max(1, life.commitment.free_ore(number)))
        elif life.commitment.requested:
            self.take_back(life, life.commitment.requested[-1].payment_id)

    @precondition(lambda self: any(life.commitment.withheld_ore for life in self.lives))
    @rule(which=WHICH, back=DAYS_BACK)
    def someone_attests_all_that_is_unpaid_though_some_is_withheld(self, which: int, back: int) -> None:
        held = [
            (life, decided.instalment)
            for life in self.lives
            for decided in life.rooms["withholding"].decided
            if life.commitment.withheld_by_ore(decided.number)
        ]
        life, number = held[which % len(held)]
        self.attest_of(life, number, max(1, life.commitment.unpaid_ore(number)), back, "per", released=True)

    @precondition(lambda self: any(life.commitment.requested for life in self.lives))
    @rule(released=FLAG, paid=st.sampled_from([True, True, True, False]))
    def accounting_is_asked_and_answers(self, released: bool, paid: bool) -> None:
        self.hand_over(released=released)
        self.batches = [self.answer(handed, paid=paid) for handed in self.batches]

    @rule(which=WHICH, at=WHICH, part=SHARES, back=DAYS_BACK, who=ATTESTORS)
    def an_old_payment_is_recorded(self, which: int, at: int, part: str, back: int, who: str) -> None:
        life = self.pick(which)
        number = self.instalment(life, at)
        open_ore = life.commitment.payable_ore(number) if number <= len(life.commitment.instalments) else 1
        self.ask(
            life, "disbursement", history.pay,
            instalment=number, amount_ore=share(open_ore, part), paid_on=self.day(back),
            reference=f"B-{len(life.events)}", attested_by=who, system_began_on=LATER, open_years={2021: 10**12},
            charged_post_id=LATER_POST,
        )  # fmt: skip
