"""What the people of a directorate can do in a case, each as one or several rules ask."""

from dataclasses import replace
from functools import reduce
from typing import Any
from uuid import UUID

from services.grants.award import approval as awarding
from services.grants.award_change import rules as change
from services.grants.case.events.award import Instalment
from services.grants.case.events.award_change import Reduction
from services.grants.case.hearing import Exemption, Hearing
from services.grants.complaint import admission, arrival, handling
from services.grants.disbursement import attestation
from services.grants.disbursement.batch import receipts
from services.grants.disbursement.batch import rules as batch
from services.grants.disbursement.batch.rules import Batch, PayeeAccount, evolve_batch
from services.grants.disbursement.payee import rules as payee
from services.grants.disbursement.rules import Disbursement
from services.grants.withholding import reclaim, repayment, warning
from services.grants.withholding import rules as withholding
from tests.grants.directorate.books import LATER_POST, RECIPIENT, Books
from tests.grants.directorate.deciding import Step, decided_here, decided_outside
from tests.grants.directorate.drawn import share
from tests.grants.fodt_fri import misused, proposed
from tests.grants.life import Life


class Acts(Books):
    """Each asks the rules, and does what they allow."""

    def grant(self, fund_id: str, parts_ore: list[int], *, until: int, outside: bool = False) -> None:
        """A new case, brought so far as `until` steps: its award, its letter, its account."""
        life = Life(1_000 * self.turn + 100 + len(self.lives), fund_id)
        plan = tuple(Instalment(number=number, amount_ore=ore) for number, ore in enumerate(parts_ore, 1))
        proposal = replace(
            self.proposal, fund_id=fund_id, amount_ore=sum(parts_ore), instalments=plan, recipient=RECIPIENT
        )
        account_id, day = self.new_id(), self.today
        self.accounts[account_id] = PayeeAccount(
            account_id=account_id, account_number="12345678911", organisation_number="974760673"
        )
        steps: list[Step] = [
            *(decided_outside(proposal, day) if outside else decided_here(proposal, day)),
            ("disbursement", payee.register_account, {
                "account_id": account_id, "holder": "974760673", "registered_on": day, "registered_by": "anne",
            }),
            ("disbursement", payee.verify_account, {
                "account_id": account_id, "source": "Brev fra banken", "verified_on": day, "verified_by": "siri",
            }),
        ]  # fmt: skip
        for number, (room, decision, asked) in enumerate(steps[:until]):
            if not self.ask(life, room, decision, **asked):
                break
            if number == 0:
                self.lives.append(life)
            if decision is awarding.approve:
                self.claim_all_of_it(life)

    def claim_all_of_it(self, life: Life, who: str = "ola") -> None:
        proposal = life.commitment.proposed or replace(proposed, fund_id=life.fund_id, recipient=RECIPIENT)
        for room, decision, asked in decided_outside(proposal, self.today, confirmed_by=who):
            self.ask(life, room, decision, **asked)

    def change(self, life: Life, kind: str, decider: str, back: int, **asked: Any) -> None:
        """Proposed, and decided at once; or returned where it is refused. Whoever loses by it has asked for it."""
        if kind != "supplementary":
            known = Exemption(code="fvl-16-3-c", ground="De har selv meldt fra.")
            asked["hearing"] = Hearing(warned_on=self.day(back), exemption=known)
        if self.ask(life, "award", change.propose_change, kind=kind, **asked) and not self.ask(
            life, "award", change.approve_change,
            approved_on=self.day(back), approved_by=decider, disposal_authority="Delegert",
        ):  # fmt: skip
            self.ask(life, "award", change.return_change, reason="Må endres.", returned_by=decider)

    def attest(self, which: int, at: int, part: str, back: int, who: str, *, released: bool) -> None:
        life = self.pick(which)
        number = self.instalment(life, at)
        open_ore = life.commitment.payable_ore(number) if number <= len(life.commitment.instalments) else 1
        self.attest_of(life, number, share(open_ore, part), back, who, released=released)

    def attest_of(self, life: Life, number: int, amount_ore: int, back: int, who: str, *, released: bool) -> None:
        self.ask(
            life, "disbursement", attestation.attest,
            payment_id=self.new_id(), instalment=number, amount_ore=amount_ore, pay_on=self.today,
            attested_on=self.day(back), attested_by=who, open_years={2021: 10**12} if released else {},
        )  # fmt: skip

    def take_back(self, life: Life, payment_id: UUID) -> None:
        self.ask(
            life, "disbursement", attestation.take_back,
            payment_id=payment_id, reason="Feil termin.", taken_back_on=self.today, taken_back_by="per",
        )  # fmt: skip

    def hand_over(self, *, released: bool) -> None:
        """What is attested and can be asked for, in a batch to accounting."""
        cases: dict[UUID, Disbursement] = {life.case_id: life.rooms["disbursement"] for life in self.lives}
        opened = dict.fromkeys(cases, {2021: 10**12} if released else {})
        posts = {case_id: {2021: LATER_POST} for case_id in cases}
        requests, _ = batch.choose(cases, self.accounts, up_to=self.today, open_years=opened, posts=posts)
        if requests:
            made, asked = batch.make_batch(
                requests, batch_id=self.new_id(), file_name="b.xml", sha256="0" * 64, made_on=self.today, made_by="anne"
            )
            if self.record_all(asked):
                self.batches.append(evolve_batch(Batch(), made))

    def answer(self, handed: Batch, *, paid: bool) -> Batch:
        """Accounting's answer to all that it has not answered."""
        unanswered = [line for line in handed.lines if not handed.find_receipt(line.payment_id)]
        told: list[receipts.Receipt] = [
            receipts.Paid(
                payment_id=line.payment_id, amount_ore=line.amount_ore, voucher=f"U-{line.payment_id.int}",
                answered_on=self.today,
            )
            if paid
            else receipts.NotPaid(
                payment_id=line.payment_id, amount_ore=line.amount_ore, code="account-closed", reason="Avsluttet.",
                answered_on=self.today,
            )
            for line in unanswered
        ]  # fmt: skip
        cases = {life.case_id: life.rooms["disbursement"] for life in self.lives}
        posts = {case_id: {2021: LATER_POST} for case_id in cases}
        taken = receipts.take_receipts(handed, cases, receipts=told, recorded_by="anne", posts=posts)
        assert self.record_all(taken.cases), "what was attested is there to pay"
        return reduce(evolve_batch, taken.batch, handed)

    def release(self, life: Life, number: int, amount_ore: int, back: int) -> None:
        self.ask(
            life, "withholding", withholding.release,
            number=number, amount_ore=amount_ore, reason=f"Levert, {len(life.events)}.",
            released_on=self.day(back), released_by="ola",
        )  # fmt: skip

    def withhold(self, life: Life, number: int, amount_ore: int) -> bool:
        asked = {"instalment": number, "amount_ore": amount_ore, "reasons": (misused,)}
        exemption = Exemption(code="fvl-16-3-a", ground="Kontoen tømmes.")
        self.ask(
            life, "withholding", warning.omit_warning,
            **asked, exemption=exemption, omitted_on=self.today, omitted_by="kari",
        )  # fmt: skip
        return self.ask(life, "withholding", withholding.decide, **asked, decided_on=self.today, decided_by="ola")

    def claim(self, which: int) -> tuple[Life, int, int]:
        """A case with a reclaim, its number, and what it still asks for."""
        claimed = [(life, decided.number) for life in self.lives for decided in life.rooms["claims"].decided]
        life, number = claimed[which % len(claimed)]
        return life, number, life.rooms["claims"].standing_ore(number)

    def settle(self, life: Life, number: int, how: str, ore: int, at: int, back: int, who: str) -> None:
        """Paid, waived, or netted against an instalment that is open, or paid already."""
        day = self.day(back)
        if how == "paid":
            self.ask(
                life, "claims", repayment.receive_repayment,
                reclaim=number, instalment=None, amount_ore=ore, voucher=f"R-{self.new_id().int}", received_on=day,
                recorded_by="anne",
            )  # fmt: skip
        elif how == "waived":
            self.ask(
                life, "claims", reclaim.reduce_reclaim,
                number=number, amount_ore=ore, reason=f"Ettergitt, {len(life.events)}.", reduced_on=day,
                reduced_by="ola",
            )  # fmt: skip
        else:
            own = life.rooms["claims"].reclaim(number).instalment
            against = (Reduction(instalment=own if at % 2 else self.instalment(life, at), amount_ore=ore),)
            self.ask(
                life, "claims", repayment.net_reclaim,
                number=number, reductions=against, netted_on=day, netted_by=who,
            )  # fmt: skip

    def complain(self, life: Life, at: int, *, suspended: bool) -> None:
        """Of the last decision of the case, or an earlier one."""
        decisions = life.rooms["complaint"].decisions
        if not decisions:
            return
        decision = decisions[-1 - at % len(decisions)]
        received = self.ask(
            life, "complaint", arrival.receive,
            disputed=decision.disputed, decision_number=decision.number, party=None, decision_arrived_on=self.today,
            lodged_on=self.today, grounds="Vi er uenige.", defects=(), registered_by="kari",
        )  # fmt: skip
        if received and suspended:
            self.ask(
                life, "complaint", handling.grant_suspension,
                number=len(life.rooms["complaint"].complaints), reason="Driften trues.", granted_on=self.today,
                suspends=handling.SUSPENDED_BY.get(decision.disputed, "payment"), granted_by="liv",
            )  # fmt: skip

    def end_complaint(self, life: Life, number: int, how: str) -> None:
        """The party takes it back, the directorate reverses or dismisses, or the ministry decides."""
        day = self.today
        if how == "withdrawn":
            self.ask(life, "complaint", arrival.withdraw, number=number, withdrawn_on=day, recorded_by="kari")
        elif how == "reversed":
            self.ask(
                life, "complaint", handling.reverse,
                number=number, wholly=True, reason="Medhold.", reversed_on=day, reversed_by="liv",
            )  # fmt: skip
        elif how == "late":
            self.ask(
                life, "complaint", admission.dismiss,
                number=number, reason="For sent.", dismissed_on=day, dismissed_by="liv",
            )  # fmt: skip
        else:
            self.ask(
                life, "complaint", handling.forward,
                number=number, statement="Vedtaket opprettholdes.", forwarded_on=day, forwarded_by="liv",
            )  # fmt: skip
            self.ask(
                life, "complaint", handling.record_outcome,
                number=number, outcome=how, document="20/2", decided_on=day, recorded_by="kari",
            )  # fmt: skip
