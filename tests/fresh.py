"""Processes of an operating system that begin with nothing but code: what a test has opened is not in them.

They are forked from a server that has loaded the code of all of them once. Each would else load it anew, which is two
seconds of processor.
"""

import multiprocessing

FRESH = multiprocessing.get_context("forkserver")
FRESH.set_forkserver_preload(
    ["tests.faults.letters_at_work", "tests.faults.test_killed_projector", "tests.faults.test_eight_writers"]
)
