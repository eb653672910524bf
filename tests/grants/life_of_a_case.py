"""What the tests of life of a case build, for other tests to use as well."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import reduce
from typing import Any, ClassVar
from uuid import UUID

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.eventlog.events import Event
from services.eventlog.mapper import decode, encode
from services.eventlog.refusal import Refusal
from services.grants.award import approval as awarding
from services.grants.award import award_import
from services.grants.award_change import recipient as from_recipient
from services.grants.award_change import rules as change
from services.grants.award_change import year_end as turn_of_year
from services.grants.balance.movements import effects
from services.grants.budget_year.events.allocation import LetterRegistered
from services.grants.case.events.award import AwardApproved, AwardImported, AwardProposed, Instalment
from services.grants.case.events.award_change import Ground, Reduction
from services.grants.case.events.grant_letter import LetterFrozen, LetterReleaseImported
from services.grants.case.events.withholding import PriorWarningGiven, RepaymentReceived
from services.grants.case.hearing import Exemption, Hearing
from services.grants.case.informed import keep_until_informed
from services.grants.complaint import admission, arrival, handling
from services.grants.disbursement import attestation, history
from services.grants.disbursement.batch import receipts
from services.grants.disbursement.batch import rules as batch
from services.grants.disbursement.batch.rules import Batch, PayeeAccount, evolve_batch
from services.grants.disbursement.payee import rules as payee
from services.grants.disbursement.rules import Disbursement
from services.grants.grant_letter import delivery as letter_out
from services.grants.grant_letter import freezing as letter_freezing
from services.grants.grant_letter import imported_release as letter_release
from services.grants.recipient_report import settlement
from services.grants.withholding import claims, reclaim, repayment, warning
from services.grants.withholding import rules as withholding
from tests.eventlog.played import NEW_YEAR, fund, letter
from tests.grants.award.letter_freezing import frozen, printed
from tests.grants.fodt_fri import broken, misused, proposed, unsound
from tests.grants.life import ROOMS, Funds, Life, Moved, moves_of

Rule = Callable[..., Sequence[Event]]

LATER_POST = "2021/291/71"
AT_DISPOSAL_ORE = (1_000, 500, 300)


def funds_of(turn: int) -> tuple[str, str, str]:
    """A post and its two earmarks, of a directorate's own."""
    post = f"2020/291/{71 + turn}"
    return post, f"{post}/nord", f"{post}/sor"


def year_letter(turn: int) -> LetterRegistered:
    """The letter that opens them."""
    post, north, south = funds_of(turn)
    opened = (fund(post, "post", "Tilskudd"), fund(north, "earmark", "Nord"), fund(south, "earmark", "Sør"))
    told = letter(turn, NEW_YEAR, *zip(funds_of(turn), AT_DISPOSAL_ORE, strict=True), funds=opened)
    return replace(told, statements=())


LATER = date(2099, 1, 1)
RECIPIENT = replace(proposed.recipient, organisation_number="974760673")

WHICH = st.integers(0, 5)
PARTS_ORE = st.lists(st.sampled_from([60, 100, 100, 200]), min_size=1, max_size=3)
SHARES = st.sampled_from(["all", "all", "half", "half", "one", "too much"])
DAYS_BACK = st.sampled_from([0, 0, 0, 0, 3, 40])
PREPARERS = st.sampled_from(["kari", "kari", "kari", "liv"])
DECIDERS = st.sampled_from(["ola", "ola", "ola", "ola", "liv", "kari"])
ATTESTORS = st.sampled_from(["per", "per", "per", "liv", "ola"])
REASONS = st.sampled_from([(unsound,), (unsound, broken), (misused,)])
HOW = ["paid", "netted", "netted", "waived"]
FLAG = st.booleans()


def share(ore: int, part: str) -> int:
    """A part of what there is, or one øre more than there is."""
    return {"all": ore, "half": ore // 2, "one": 1, "too much": ore + 1}[part]


Step = tuple[str, Rule, dict[str, Any]]


def decided_here(proposal: AwardProposed, day: date) -> list[Step]:
    """Proposed, its letter frozen, approved, and the letter told of as out by the feed: no other way is open."""
    told = {"sha256": frozen.sha256, "organisation_number": RECIPIENT.organisation_number}
    approval = {"approved_by": "ola", "approved_on": day, "disposal_authority": "Delegert"}
    return [
        ("awarding", awarding.propose, {"proposal": proposal}),
        ("letter", letter_freezing.freeze, {"dated_on": day, "printed": printed, "frozen_by": "kari"}),
        ("awarding", awarding.approve, approval),
        ("letter", letter_out.take_release, {**told, "released_on": day, "message_id": "1"}),
    ]


def decided_outside(proposal: AwardProposed, day: date, confirmed_by: str = "ola") -> list[Step]:
    """Claimed and confirmed, and its letter likewise."""
    claim = award_import.Outside(
        decided_on=day, disposal_authority="Delegert", document="20/0", document_sha256="cd" * 32
    )
    letter_claim = {"released_on": day, "document": "20/1", "document_sha256": None, "proposed_by": "kari"}
    return [
        ("awarding", award_import.propose_import, {
            "proposal": proposal, "outside": claim, "system_began_on": LATER,
        }),
        ("awarding", award_import.confirm_import, {"confirmed_by": confirmed_by}),
        ("award", letter_release.claim_release, {**letter_claim, "system_began_on": LATER}),
        ("award", letter_release.confirm_release, {"confirmed_by": "liv"}),
    ]  # fmt: skip


class Directorate(RuleBasedStateMachine):
    """The people of a directorate and their cases. Kept mutants replace a rule by its name."""

    mutants: ClassVar[Mapping[str, Rule]] = {}
    proposal: ClassVar[AwardProposed] = proposed
    reached: ClassVar[Counter[str]] = Counter()

    def __init__(self, turn: int = 0) -> None:
        super().__init__()
        self.turn = turn
        self.places = funds_of(turn)
        self.lives: list[Life] = []
        self.batches: list[Batch] = []
        self.accounts: dict[UUID, PayeeAccount] = {}
        self.funds = Funds()
        self.today = date(2020, 2, 1)
        self.ids = 0
        self.written = 0
        self.seen: dict[str, Hashable] = {}

    def news_of(self, asking: str) -> Iterator[Life]:
        """The cases that something has happened to since this was asked before: the others stand as they stood."""
        for life in self.lives:
            place = f"{asking} {life.number}"
            if self.seen.get(place) != len(life.events):
                self.seen[place] = len(life.events)
                yield life

    def is_as_before(self, asking: str) -> bool:
        """Whether nothing was tried on the log since this was asked before, and no case was opened."""
        stands = self.written, sum(len(life.events) for life in self.lives)
        before, self.seen[asking] = self.seen.get(asking), stands
        return before == stands

    # What is asked, and what is recorded of it.

    def record(self, *writes: tuple[str, Sequence[Event]]) -> bool:
        """Record these facts if the funds bear them."""
        pairs = [(stream, event) for stream, events in writes for event in events]
        self.written += bool(pairs)
        borne = self.funds.take(effects(pairs))
        self.reached.update(type(event).__name__ for _, event in pairs if borne)
        self.reached["PostExhausted"] += not borne
        return borne

    def ask(self, life: Life, room: str, decision: Rule, **asked: Any) -> bool:
        """Ask a rule of a case, and at its door; whether it went through. Asked again at once, it is a harmless
        repeat."""
        mutant = self.mutants.get(decision.__name__)
        try:
            events = (mutant or decision)(life.rooms[room], **asked)
            self.stand_at_the_door(life, events)
        except Refusal as refusal:
            self.reached[type(refusal).__name__] += 1
            return False
        if not self.record((life.stream, events)):
            return False
        life.take(events)
        if mutant is None:
            assert list(decision(life.rooms[room], **asked)) == []
        return True

    def stand_at_the_door(self, life: Life, events: Sequence[Event]) -> None:
        """What a case refuses whatever its rules say."""
        keep_until_informed(life.events, events)

    def new_id(self) -> UUID:
        self.ids += 1
        return UUID(int=self.ids)

    def day(self, back: int) -> date:
        return self.today - timedelta(days=back)

    def pick(self, which: int) -> Life:
        """A case with an award, mostly; now and then any."""
        granted = [life for life in self.lives if life.commitment.approved]
        among = granted if granted and which else self.lives
        return among[which % len(among)]

    @staticmethod
    def instalment(life: Life, which: int) -> int:
        """One with something left to pay, mostly; now and then one that is paid, or that the plan has not."""
        numbers = [part.number for part in life.commitment.open_instalments]
        if which == 5 or not numbers:
            return 1 + which % (len(life.commitment.instalments) + 1)
        return numbers[which % len(numbers)]

    # The award.

    @initialize(parts_ore=PARTS_ORE)
    def begin(self, parts_ore: list[int]) -> None:
        assert self.record(("allocation-2020", [year_letter(self.turn)]))
        self.grant(self.places[1], [*parts_ore, 60], until=9)

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

    @precondition(lambda self: len(self.lives) < 4 and self.today.year == 2020)
    @rule(place=st.sampled_from([0, 1, 1, 2]), parts_ore=PARTS_ORE, until=st.integers(1, 12), outside=FLAG)
    def another_award_is_made(self, place: int, parts_ore: list[int], until: int, outside: bool) -> None:
        self.grant(self.places[place], parts_ore, until=until, outside=outside)

    @rule(which=WHICH, who=DECIDERS)
    def someone_claims_that_it_was_all_before_the_system(self, which: int, who: str) -> None:
        """The award, and its letter: whichever way the case was made, and however far it has come."""
        self.claim_all_of_it(self.pick(which), who)

    def claim_all_of_it(self, life: Life, who: str = "ola") -> None:
        proposal = life.commitment.proposed or replace(proposed, fund_id=life.fund_id, recipient=RECIPIENT)
        for room, decision, asked in decided_outside(proposal, self.today, confirmed_by=who):
            self.ask(life, room, decision, **asked)

    @rule(days=st.integers(1, 45))
    def time_goes(self, days: int) -> None:
        self.today = min(self.today + timedelta(days=days), date(2020, 12, 31 if self.today.year == 2020 else 1))

    @rule(which=WHICH, ore=st.sampled_from([1, 60, 100, 400]), back=DAYS_BACK, preparer=PREPARERS, decider=DECIDERS)
    def more_is_granted(self, which: int, ore: int, back: int, preparer: str, decider: str) -> None:
        life = self.pick(which)
        number = len(life.commitment.instalments) + 1
        ground = Ground(code="more-granted", text="Mer til formålet.")
        added = (Instalment(number=number, amount_ore=ore),)
        self.change(life, "supplementary", decider, back, added=added, ground=ground, proposed_by=preparer)

    @rule(which=WHICH, at=WHICH, part=SHARES, back=DAYS_BACK, preparer=PREPARERS, decider=DECIDERS)
    def part_of_it_falls_away(self, which: int, at: int, part: str, back: int, preparer: str, decider: str) -> None:
        life = self.pick(which)
        rest = life.commitment.list_rest()
        falling = rest[at % len(rest)] if rest else Reduction(instalment=1, amount_ore=1)
        reductions = (replace(falling, amount_ore=share(falling.amount_ore, part)),)
        ground = Ground(code="condition-not-met", text="Prosjektet er mindre enn søkt.")
        self.change(life, "reduction", decider, back, reductions=reductions, ground=ground, proposed_by=preparer)
        if falling.withholding is None:
            self.attest_of(life, falling.instalment, falling.amount_ore, 0, "per", released=True)

    @precondition(lambda self: len(self.lives) > 1)
    @rule(
        which=WHICH, back=DAYS_BACK, preparer=PREPARERS, decider=DECIDERS, how=st.sampled_from(["annulled", "refused"])
    )
    def it_is_annulled_or_refused(self, which: int, back: int, preparer: str, decider: str, how: str) -> None:
        life = self.pick(which)
        if how == "refused":
            self.ask(
                life, "award", from_recipient.decline,
                reason="Prosjektet er avlyst.", declined_on=self.day(back), recorded_by="kari",
            )  # fmt: skip
            return
        ground = Ground(code="reversal-invalid", text="Vedtaket bygde på feil opplysninger.")
        self.change(life, "annulment", decider, back, ground=ground, proposed_by=preparer)

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

    @precondition(lambda self: any(life.rooms["award"].commitment.approved for life in self.lives))
    @rule(transferable=FLAG, sure=st.integers(0, 9))
    def the_year_ends(self, transferable: bool, sure: int) -> None:
        if sure > 2 and self.today < date(2020, 10, 1):
            return
        self.today = max(self.today, date(2021, 1, 15))
        for life in self.lives:
            if life.commitment.approved:
                self.ask(
                    life, "award", turn_of_year.turn_year,
                    year=2020, transferable=transferable, into_post_id=LATER_POST, today=self.today,
                    recorded_by="anne",
                )  # fmt: skip

    # Its payment.

    @rule(which=WHICH, at=WHICH, part=SHARES, back=DAYS_BACK, who=ATTESTORS, released=FLAG)
    def someone_finds_it_right_to_pay(
        self, which: int, at: int, part: str, back: int, who: str, released: bool
    ) -> None:
        self.attest(which, at, part, back, who, released=released)

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

    def take_back(self, life: Life, payment_id: UUID) -> None:
        self.ask(
            life, "disbursement", attestation.take_back,
            payment_id=payment_id, reason="Feil termin.", taken_back_on=self.today, taken_back_by="per",
        )  # fmt: skip

    @precondition(lambda self: any(life.commitment.requested for life in self.lives))
    @rule(released=FLAG, paid=st.sampled_from([True, True, True, False]))
    def accounting_is_asked_and_answers(self, released: bool, paid: bool) -> None:
        self.hand_over(released=released)
        self.batches = [self.answer(handed, paid=paid) for handed in self.batches]

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

    def record_all(self, by_case: Mapping[UUID, Sequence[Event]]) -> bool:
        """Several cases' facts in one transaction."""
        mine = [(life, by_case[life.case_id]) for life in self.lives if life.case_id in by_case]
        if not self.record(*((life.stream, events) for life, events in mine)):
            return False
        for life, events in mine:
            life.take(events)
        return True

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

    # What is held back and claimed back.

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

    def release(self, life: Life, number: int, amount_ore: int, back: int) -> None:
        self.ask(
            life, "withholding", withholding.release,
            number=number, amount_ore=amount_ore, reason=f"Levert, {len(life.events)}.",
            released_on=self.day(back), released_by="ola",
        )  # fmt: skip

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
            self.release(life, number, share(life.rooms["withholding"].standing_ore(number), part), 0)
            return
        self.complain(life, 0, suspended=part == "all")
        if then == "reversed":
            self.end_complaint(life, len(life.rooms["complaint"].complaints), "reversed")

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

    @precondition(lambda self: any(life.rooms["claims"].decided for life in self.lives))
    @rule(which=WHICH, at=WHICH, part=SHARES, back=DAYS_BACK, who=DECIDERS, how=st.sampled_from(HOW))
    def a_claim_is_settled(self, which: int, at: int, part: str, back: int, who: str, how: str) -> None:
        life, number, standing_ore = self.claim(which)
        self.settle(life, number, how, share(standing_ore, part), at, back, who)

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

    # What is complained of.

    @rule(which=WHICH, at=WHICH, suspended=FLAG)
    def the_party_complains(self, which: int, at: int, suspended: bool) -> None:
        self.complain(self.pick(which), at, suspended=suspended)

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

    @precondition(lambda self: any(life.rooms["complaint"].complaints for life in self.lives))
    @rule(
        which=WHICH, how=st.sampled_from(["upheld", "upheld", "changed", "annulled", "withdrawn", "reversed", "late"])
    )
    def a_complaint_ends(self, which: int, how: str) -> None:
        known = [(life, each) for life in self.lives for each in life.rooms["complaint"].complaints]
        still = [(life, each) for life, each in known if each.ended is None] or known
        life, complaint = still[which % len(still)]
        self.end_complaint(life, complaint.received.number, how)

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

    # What always holds.

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


LIFE = settings(max_examples=200, stateful_step_count=50)
HUNT = settings(LIFE, max_examples=150, phases=[Phase.generate])


class ToTheEnd(Directorate):
    """The same, and awards are settled. Apart, for a settled case has no more to hunt mutants in."""

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
