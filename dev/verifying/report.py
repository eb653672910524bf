"""What `make verify` says of what it found."""

from collections import Counter
from datetime import UTC, datetime

from services.eventlog.checkpoints.chain import Fault

SHOWN_AT_MOST = 50


def report_heard(schema: str, counts: Counter[str], faults: list[Fault]) -> int:
    """Say what one log heard of the other, and what does not hold. How many faults."""
    print(f"What {schema} says it heard, held against the other log:")
    for name, count in counts.items():
        print(f"  {count:>12,} {name}")
    for fault in faults[:SHOWN_AT_MOST]:
        print(fault)
    print(f"{len(faults)} FAULTS." if faults else "The other log says the same.")
    return len(faults)


def report_views(counts: Counter[str], faults: list[Fault], told: list[str]) -> int:
    """Say which rows of the read models were compared, and what the log does not give. How many faults."""
    print("Read models, filled anew from the log and compared:")
    for name, count in counts.items():
        print(f"  {count:>12,} {name}")
    for line in told:
        print(f"  told: {line}")
    for fault in faults[:SHOWN_AT_MOST]:
        print(fault)
    print(f"{len(faults)} FAULTS." if faults else "What was compared is what the log gives.")
    return len(faults)


def report_schema(faults: list[Fault], told: list[str]) -> int:
    """Say what the database itself holds that was not shipped. How many faults."""
    print("Tables, functions, rights and roles:")
    for line in told:
        print(f"  told: {line}")
    for fault in faults[:SHOWN_AT_MOST]:
        print(fault)
    print(f"{len(faults)} FAULTS." if faults else "They are this release's own.")
    return len(faults)


def report(schema: str, counts: Counter[str], faults: list[Fault]) -> int:
    """Say what was looked at and what does not hold. How many faults."""
    print(f"The log of {schema}:")
    for name, count in counts.items():
        print(f"  {count:>12,} {name}")
    for fault in faults[:SHOWN_AT_MOST]:
        print(fault)
    if faults:
        print(f"{len(faults)} FAULTS.")
    elif counts["events"] and not counts["checkpoints"]:
        print("The log agrees with itself. Nothing is signed yet, so nothing shows that it is the one recorded.")
    else:
        print(f"Everything holds ({datetime.now(UTC):%Y-%m-%d %H:%M} UTC).")
    return len(faults)
