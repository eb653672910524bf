"""What `make bench` measures as `make verify` is the very function that `make verify` is."""

import inspect

import bench.verifying
from bench.__main__ import BENCHES
from bench.before import before, is_there
from dev import verify
from dev.verifying.whole import look_at_all


def test_verify_and_its_bench_call_one_function() -> None:
    for calls in (verify.main, bench.verifying.whole):
        assert "look_at_all(" in inspect.getsource(calls)
    assert vars(verify)["look_at_all"] is vars(bench.verifying)["look_at_all"] is look_at_all
    assert "dated=not demonstration" in inspect.getsource(look_at_all)


def test_the_commit_before_is_a_part_of_the_bench_and_one_that_is_not_there_is_said_to_be_so() -> None:
    assert BENCHES["before"] is before
    assert not is_there("0" * 40)
