"""Which modules are changed, and which tests are asked about each: rules, folds, movements and what they count with.

Left out: facts, requests, routes and read models, which decide nothing; files, letters and carriers, which have tests
of bytes; and whatever needs a database. Left out of every module: what a refusal says, sentences, and our own
assertions; values worked out when a module is loaded.
"""

from dataclasses import dataclass
from pathlib import Path

from dev.state import ROOT

GRANTS = "services/grants"
NOTIFICATIONS = "services/notifications"


@dataclass(frozen=True)
class Part:
    """Modules that are changed together, and the tests that speak of them (those that need no database are run)."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


def _part(folder: str, modules: str, *tests: str) -> Part:
    return Part(tuple(f"{folder}/{module}.py" for module in modules.split()), tests)


def _room(name: str, modules: str, *more: str) -> Part:
    return _part(f"{GRANTS}/{name}", modules, f"tests/grants/{name}", *more)


ROOMS = tuple(
    f"tests/grants/{room}"
    for room in ("application", "award", "complaint", "disbursement", "recipient_report", "waiting", "withholding")
)
PARTS = {
    "ground": _part("services", "calendar/days text/folding text/people", "tests/calendar", "tests/text"),
    "chain": _part(
        "services/eventlog",
        "checkpoints/chain checkpoints/command_chain epoch/rules",
        "tests/eventlog",
        "tests/contracts",
    ),
    "duties": _part("services/duties", "act apart authorship since table", "tests/duties"),
    "inbox": _part("services/inbox", "rules resuming/rules", "tests/inbox"),
    "outbox": _part("services/outbox", "rules", "tests/outbox"),
    "kept_answers": _part("services/kept_answers", "rules", "tests/kept_answers"),
    "lost_grounds": _part("services/lost_grounds", "rules", "tests/lost_grounds"),
    "restoration": _part("services/httpapi/restoration", "rules", "tests/httpapi/restoration"),
    "promise": _part(
        GRANTS,
        "case/commitment case/disputes case/moves case/reductions balance/sums",
        "tests/grants/test_commitment_of_several.py",
        "tests/grants/test_disputed.py",
        "tests/grants/award/test_changes.py",
        "tests/grants/disbursement",
        "tests/grants/withholding",
    ),
    "folds": _part(
        GRANTS,
        "case/granted_application award/approval award/state case/state case/hearing case/informed "
        "allocation/lines case/letters_out case/periods scheme/plan_conditions award/payment_plan scheme/plan "
        "case/ties registers/number_ranges registers/organisation_numbers registers/account_numbers case/number_guard",
        "tests/grants/test_informed.py",
        "tests/grants/allocation/test_lines.py",
        "tests/grants/test_letters_out.py",
        "tests/grants/test_number_ranges.py",
        "tests/grants/test_plan_conditions.py",
        "tests/grants/test_scheme_plan.py",
        "tests/grants/test_case_state.py",
        *ROOMS,
    ),
    "allocation": _part(
        GRANTS,
        "allocation/rules budget_year/state budget_year/carried_on_lines allocation/authority/carry_over "
        "allocation/authority/authorities allocation/authority/use allocation/authority/rules "
        "allocation/authority/commitment_authority budget_year/differences budget_year/duties "
        "budget_year/letter_checks budget_year/letter_duties allocation/movements budget_year/reckoning "
        "allocation/settlement allocation/letter_file/transcribed_duties allocation/correction/rules "
        "allocation/correction/taken_away allocation/deviation/carried_over allocation/deviation/cuts "
        "allocation/deviation/found allocation/deviation/leaning allocation/deviation/rules "
        "allocation/succession/rules",
        "tests/grants/allocation",
        "tests/grants/balance",
        "tests/grants/test_respelled.py",
    ),
    "application": _room(
        "application",
        "rules assessment contacts/contact eligibility impartiality ties/organisation_ties outcome overlaps receiving",
    ),
    "award": _part(
        GRANTS,
        "award/rules award_change/rules award_change/limits award_change/recipient "
        "grant_letter/imported_release grant_letter/state award/proposal "
        "award_change/year_end",
        "tests/grants/award",
        "tests/grants/test_case_state.py",
        "tests/grants/test_plan_conditions.py",
    ),
    "back_dating": _room("back_dating", "guard order rules"),
    "balance": _room("balance", "limits movements", "tests/grants/award", "tests/grants/disbursement"),
    "case_number": _room("case_number", "rules"),
    "complaint": _room("complaint", "rules admission arrival decision follow_up handling party steps"),
    "deadline": _room("deadline", "rules money year"),
    "disbursement": _room(
        "disbursement",
        "rules batch/accounting attestation batch/rules blocks budget_years history lost/rules pay_out/rules "
        "payee/rules batch/receipts",
    ),
    "held_over": _room("held_over", "rules", "tests/grants/test_later_years.py"),
    "letter": _room("grant_letter", "permit/rules permit/sendable", "tests/grants/award", "tests/grants/notice"),
    "notice": _room("notice", "rules", "tests/grants/grant_letter"),
    "report": _room(
        "recipient_report",
        "rules before_settlement checking closing control draw overpayment receiving reminder settlement",
        "tests/grants/withholding",
    ),
    "round": _room("round", "rules bounds per_capita remarks each_case"),
    "scheme": _room("scheme", "rules terms notice_policy/rules", "tests/grants/test_plan_conditions.py"),
    "staff": _room("staff", "rules"),
    "waiting": _room("waiting", "rules money reports case_facts"),
    "withholding": _room("withholding", "rules claims reclaim repayment warning", "tests/grants/recipient_report"),
    "register": _part(
        f"{NOTIFICATIONS}/deadline",
        "alerts subscriptions/calendars digests/digest heard of_notices rules thresholds",
        "tests/notifications/deadline",
    ),
    "gate": _part(
        NOTIFICATIONS,
        "gate/counting gate/decision facts/hands facts/held_state facts/notice_state facts/manifest "
        "notice/rules notice/objections publication/rules release/rules channel/rules grants_feed/rules "
        "grants_feed/decisions",
        "tests/notifications",
    ),
    "webhooks": _part(
        NOTIFICATIONS,
        "webhook/rules receiver/addresses webhook/sending/schedule webhook/sending/signing webhook/sending/composing",
        "tests/notifications/webhook",
    ),
}


def chosen(names: list[str]) -> dict[str, Part]:
    """The parts asked for by name or by a module's path (its part, with that module alone); all when none is."""
    if not names:
        return PARTS
    found = {name: PARTS[name] for name in names if name in PARTS}
    for name in names:
        for part, each in PARTS.items():
            modules = tuple(module for module in each.modules if name not in PARTS and name in module)
            if modules:
                before = found[part].modules if part in found else ()
                found[part] = Part((*before, *modules), each.tests)
    return found


def missing() -> list[str]:
    """Modules and tests of the table that are not there: a file that moved takes its row with it."""
    paths = [path for part in PARTS.values() for path in (*part.modules, *part.tests)]
    return [path for path in paths if not (ROOT / path).exists()]


def unlisted() -> list[str]:
    """Rules that no part has."""
    listed = {module for part in PARTS.values() for module in part.modules}
    rules = {path.relative_to(ROOT).as_posix() for path in Path(ROOT / "services").rglob("rules.py")}
    return sorted(rules - listed)
