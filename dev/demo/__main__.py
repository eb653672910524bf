"""`make demo`: 2020 played through the REST API by its people, in a database of its own that is new each time.

Tilsagn is then as if it had been in use from 1 January 2020 (`TILSAGN_SYSTEM_BEGAN_ON`): letters leave by the feed and
payments by batch file, and nothing is brought in as history. Ends with 1 if a balance is not what it should be. The
service stays up afterwards until Ctrl-C; with `--end` it stops when the year is played.
"""

import contextlib
import os
import signal
import socket
import sys
from pathlib import Path

from dev import postgres
from dev.children import end_child, start_child
from dev.clean import remove_state
from dev.demo.letters_out import StandIn
from dev.demo.year import play
from dev.people import READS_EVERYTHING
from dev.run import (
    SERVICE_STOP_SECONDS,
    Address,
    CannotRun,
    say,
    serve,
    tell_where_to_look,
    told_in_words,
    wait_for_the_end,
)
from dev.state import ROOT, State
from dev.stopping import Stopped, watch_for_stop


def main() -> None:
    """Play, tell, and stay; or end."""
    watch_for_stop(with_parent="--with-parent" in sys.argv[1:])
    try:
        with contextlib.ExitStack() as started:
            differing = run(Address.from_environment(), started, stay="--end" not in sys.argv[1:])
    except Stopped:
        say("Stoppet; databasen også.")
    except (CannotRun, postgres.AlreadyRunning, postgres.StartFailed) as problem:
        sys.exit(f"\n{problem}")
    else:
        sys.exit(1 if differing else 0)


def run(address: Address, started: contextlib.ExitStack, *, stay: bool) -> int:
    """Everything from nothing. How many balances are not what they should be."""
    state = State(Path(os.environ.get("TILSAGN_DEMO_STATE", ROOT / ".tilsagn-demo")).absolute())
    if os.environ.pop("DATABASE_URL", None):
        say("The demonstration uses a database of its own, not the one of DATABASE_URL.")
    remove_state(state.folder)
    state.make()
    outbox = state.folder / "accounting"
    outbox.mkdir()
    letters_out, feed_url = stand_in(state, started)
    told_more = {
        "TILSAGN_SYSTEM_BEGAN_ON": "2020-01-01",
        "TILSAGN_NOTIFICATIONS_FEED_URL": f"{feed_url}/v1/feed",
        "TILSAGN_ACCOUNTING_OUTBOX": str(outbox),
    }
    child, tokens = serve(state, address, started, more=told_more)
    with told_in_words(state):
        differing = play(address.base_url, tokens, letters_out)
    if stay and not differing:
        tell_where_to_look(address, tokens[READS_EVERYTHING])
        wait_for_the_end(child, state)
    return differing


def stand_in(state: State, started: contextlib.ExitStack) -> tuple[StandIn, str]:
    """The stand-in for the notifications service's feed, on a port that is free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (state.folder / "standin-feed.log").open("wb") as log:
        command = [sys.executable, "-m", "dev.standin_feed", "--port", str(port)]
        child = start_child(command, last_signal=signal.SIGTERM, log=log, directory=ROOT)
    started.callback(end_child, child, ask=signal.SIGTERM, insist=signal.SIGKILL, seconds=SERVICE_STOP_SECONDS)
    letters_out = StandIn(url := f"http://127.0.0.1:{port}")
    letters_out.wait_until_up()
    return letters_out, url


if __name__ == "__main__":
    main()
