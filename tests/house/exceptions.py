"""What departs from the house's rules, by name and with its reason. An entry leaves when the departure does."""

# Files over 220 lines, and functions (file:name) over 45.
LONG: dict[str, str] = {
    "services/grants/disbursement/rules.py": "seven lines over: a payment's refusals stand beside the rule they serve",
    "services/grants/withholding/rules.py": "three lines over: likewise for withholding",
}

# Files of a room that are not one of the names every room has.
ROOM_FILES = {
    "services/grants/allocation/authorities.py": "which authorities of chapter 6 are in force, and how far they reach",
    "services/grants/allocation/authority_refusals.py": "why an authority cannot be used as asked",
    "services/grants/allocation/authority_use.py": "the steps every use of an authority takes",
    "services/grants/allocation/authority_uses.py": "rules of each authority that is used in the year",
    "services/grants/allocation/carry_over.py": "rules of applying for carry-over",
    "services/grants/allocation/duties.py": "assignments, deadlines and restrictions, read off the letters",
    "services/grants/allocation/letter_duties.py": "what a letter asks for and allows, as values",
    "services/grants/allocation/preview.py": "what a letter would do, before it is registered",
    "services/grants/allocation/printed_figure.py": "a figure with its precision, and where it is printed",
    "services/grants/allocation/spot.py": "a place in a transcription, and how values are read off it",
    "services/grants/allocation/transcribed_duties.py": "the part of a transcription that asks and allows, typed",
    "services/grants/allocation/budget_year.py": "the state of a budget year, folded; the rules read it",
    "services/grants/allocation/letter.py": "a letter as a value: what it states, line by line",
    "services/grants/allocation/letter_checks.py": "what a transcription must satisfy in itself, before it is a letter",
    "services/grants/allocation/letter_file.py": "the file a controller writes, read into a letter",
    "services/grants/allocation/letter_shape.py": "the JSON Schema of that file",
    "services/grants/allocation/marked_yaml.py": "YAML that knows its line numbers, so that a refusal can point",
    "services/grants/allocation/differences.py": "what a letter states against what it adds up to, and its status",
    "services/grants/allocation/movements.py": "what a letter moves on the funds",
    "services/grants/allocation/printed.py": "an amount as printed, with the precision it was stated in",
    "services/grants/allocation/reckoning.py": "adds up what the letters say",
    "services/grants/allocation/reconciliation.py": "compares what is stated with what it adds up to",
    "services/grants/allocation/series.py": "the same line of money under another number another year",
    "services/grants/allocation/settlement.py": "rules of settling a difference",
    "services/grants/allocation/transcription.py": "a letter's file, from plain values to a typed letter",
    "services/grants/allocation/authority_routes.py": "one command for each authority, each with its own questions",
    "services/grants/allocation/duty_routes.py": "what letters ask for, over HTTP; reading, but for a succession",
    "services/grants/allocation/year_file.py": "where acts on a year's stream are carried out",
    "services/grants/award/letter_release.py": "rules of letters released before the system existed",
    "services/grants/award/proposal.py": "what a proposal must hold",
    "services/grants/balance/digest.py": "one hash of all balances, to compare two replays by",
    "services/grants/balance/ledger.py": "the entries of a post, one line a movement",
    "services/grants/balance/movements.py": "which movements an event makes: the same for live, rebuild and as-of",
    "services/grants/balance/refusals.py": "what the hard stop in the database says, as refusals",
    "services/grants/withholding/warning.py": "rules of the prior warning",
}
# The dashboard is pages: templates, words and drawings, no events and no rules.
ROOMS_OF_THEIR_OWN_SHAPE = {"services/grants/dashboard"}

# Files that stand between the rooms of a service, beside main.py, rooms.py, settings.py and inbox.py.
BETWEEN_ROOMS = {
    "services/grants/case_file.py": "the stream of a case, shared by award, disbursement and withholding",
    "services/grants/case_reading.py": "a case as it reads back, from the three rooms' events",
    "services/grants/clock.py": "today in Europe/Oslo, passed in",
    "services/grants/commitment.py": "the sum three rooms share, instalment by instalment",
    "services/grants/log_routes.py": "the log itself over HTTP: the feed and the export",
    "services/grants/page_source.py": "the pages' numbers, by the REST API's own queries",
    "services/grants/duties.py": "which two acts must not be the same person's",
}

# Where a check is told to look away: (file, what is silenced).
SILENCED = {
    ("dev/contracts.py", "ARG002"): "the library's signature",
    ("services/eventlog/projector.py", "BLE001"): "whatever it was, the batch was rolled back and is tried again",
    ("services/eventlog/projector.py", "assignment"): "SQLAlchemy does not type the driver's own connection",
    ("services/eventlog/runner.py", "BLE001"): "a thread that dies in silence is the worst answer",
    ("services/eventlog/writer.py", "BLE001"): "whatever happens, no caller is left waiting",
    ("services/httpapi/server.py", "override"): "uvicorn types the transport more loosely than asyncio gives it",
    ("tests/grants/test_commitment.py", "arg-type"): "folds events of several rooms with each room's own evolve",
    ("tests/httpapi/test_service.py", "list-item"): "hands the service what it must refuse",
    ("bench/appending.py", "misc"): "mypy cannot infer a lambda with a default",
    ("tests/eventlog/played.py", "arg-type"): "a kind given as plain text where the event names its few",
    (
        "tests/eventlog/test_chain.py",
        "DTZ001",
    ): "hypothesis takes bounds without a zone; the zone is set on what it draws",
    ("tests/eventlog/test_checkpoint.py", "arg-type"): "settings handed on by name",
    ("tests/eventlog/test_export.py", "operator"): "one of several changes to the lines, each of its own type",
    ("tests/eventlog/test_projector.py", "arg-type"): "settings handed on by name",
    ("tests/faults/service.py", "arg-type"): "a log that only writes needs no reading pool",
    ("tests/faults/test_database_roles.py", "attr-defined"): "pytest does not type a fixture's own function",
    ("tests/faults/test_database_roles.py", "return-value"): "psycopg types connection info loosely",
    ("tests/faults/test_eight_writers.py", "no-untyped-def"): "two small functions of the child process",
    ("tests/faults/test_hostile_elsewhere.py", "attr-defined"): "FastAPI types its routes as Starlette's",
    ("tests/faults/test_hostile_elsewhere.py", "dict-item"): "a header sent as bytes, for bytes are what is hostile",
}
