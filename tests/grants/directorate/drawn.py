"""What is drawn for each act: which case, how much, how far back, and who."""

from hypothesis import strategies as st

from tests.grants.fodt_fri import broken, misused, unsound


def share(ore: int, part: str) -> int:
    """A part of what there is, or one øre more than there is."""
    return {"all": ore, "half": ore // 2, "one": 1, "too much": ore + 1}[part]


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
