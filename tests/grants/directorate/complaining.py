"""Decisions are complained of, and complaints end."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.grants.directorate.acts import Acts
from tests.grants.directorate.drawn import FLAG, WHICH


class Complaining(Acts):
    """What is complained of."""

    @rule(which=WHICH, at=WHICH, suspended=FLAG)
    def the_party_complains(self, which: int, at: int, suspended: bool) -> None:
        self.complain(self.pick(which), at, suspended=suspended)

    @precondition(lambda self: any(life.rooms["complaint"].complaints for life in self.lives))
    @rule(
        which=WHICH, how=st.sampled_from(["upheld", "upheld", "changed", "annulled", "withdrawn", "reversed", "late"])
    )
    def a_complaint_ends(self, which: int, how: str) -> None:
        known = [(life, each) for life in self.lives for each in life.rooms["complaint"].complaints]
        still = [(life, each) for life, each in known if each.ended is None] or known
        life, complaint = still[which % len(still)]
        self.end_complaint(life, complaint.received.number, how)
