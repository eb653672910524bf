"""Awards are made, changed and annulled, time goes, and the year ends."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from services.grants.award_change import recipient as from_recipient
from services.grants.award_change import year_end as turn_of_year
from services.grants.case.events.award import Instalment
from services.grants.case.events.award_change import Ground, Reduction
from tests.grants.directorate.acts import Acts
from tests.grants.directorate.books import LATER_POST, year_letter
from tests.grants.directorate.drawn import DAYS_BACK, DECIDERS, FLAG, PARTS_ORE, PREPARERS, SHARES, WHICH, share


class Granting(Acts):
    """What is promised."""

    @initialize(parts_ore=PARTS_ORE)
    def begin(self, parts_ore: list[int]) -> None:
        assert self.record(("allocation-2020", [year_letter(self.turn)]))
        self.grant(self.places[1], [*parts_ore, 60], until=10)

    @precondition(lambda self: len(self.lives) < 4 and self.today.year == 2020)
    @rule(place=st.sampled_from([0, 1, 1, 2]), parts_ore=PARTS_ORE, until=st.integers(1, 13), outside=FLAG)
    def another_award_is_made(self, place: int, parts_ore: list[int], until: int, outside: bool) -> None:
        self.grant(self.places[place], parts_ore, until=until, outside=outside)

    @rule(which=WHICH, who=DECIDERS)
    def someone_claims_that_it_was_all_before_the_system(self, which: int, who: str) -> None:
        """The award, and its letter: whichever way the case was made, and however far it has come."""
        self.claim_all_of_it(self.pick(which), who)

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

    @precondition(lambda self: any(life.rooms["award"].commitment.approved for life in self.lives))
    @rule(transferable=FLAG, sure=st.integers(0, 9))
    def the_year_ends(self, transferable: bool, sure: int) -> None:
        self.turn_the_year(transferable=transferable, sure=sure)

    def turn_the_year(self, *, transferable: bool, sure: int) -> None:
        """Each case's commitment is held over, or lapses; before October seldom."""
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
