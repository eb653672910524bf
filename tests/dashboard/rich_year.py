"""The grants of 2020 on a real log: the nine letters as transcribed, one of them corrected late, and cases on several
posts that the ministry is told of, in part or not at all; paid, withheld, reduced, repaid.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from services.eventlog.events import Event
from services.eventlog.projections.projector import Projector
from services.grants.allocation.correction.rules import correction
from services.grants.allocation.rules import register_letter
from services.grants.case.events.award import AwardApproved, AwardProposed, Instalment, NamedIn, Recipient
from services.grants.case.events.award_change import AwardReduced, Ground, Reduction, SupplementaryAwardApproved
from services.grants.case.events.disbursement import InstalmentPaid
from services.grants.case.events.grant_letter import LetterReleased
from services.grants.case.events.withholding import Reason, RepaymentReceived, WithholdingDecided, WithholdingReleased
from services.grants.case_view.list_projection import Cases
from tests.eventlog.played import Played
from tests.eventlog.projector import catch_up, engine_of
from tests.grants.allocation.letters import folded, letter_of

FUNDS = (
    "2020/291/71/nasjonale-ressursmiljo/fodt-fri",
    "2020/291/71/frivillige-organisasjoner",
    "2020/291/62/jobbsjansen",
    "2020/291/60",
    "2020/292/60",
)
CASES = 24
OWN_NUMBERS = ("974760673", "971277882", "958935420")


@dataclass(frozen=True)
class Lived:
    """Which cases the ministry is told of nothing of, and from which version in which cases of nothing more."""

    untold: frozenset[UUID]
    in_part: dict[UUID, int]


def case_id(number: int) -> UUID:
    return UUID(int=number * 7919, version=4)


def letters(year: Played) -> None:
    """All nine letters, one after the other, and a correction of one that had long counted."""
    facts: list[Event] = []

    def say(events: list[Event]) -> None:
        year.say("allocation-2020", len(facts), *events)
        facts.extend(events)

    for number in range(9):
        sha256 = f"{number:064x}"
        say(register_letter(folded(facts), letter=letter_of(number), source_sha256=sha256, registered_by="siri"))
    wrong = letter_of(4)
    change = next(each for each in wrong.changes if each.ground == "change" and each.fund_id == "2020/291/21")
    right = replace(change, amount_ore=change.amount_ore - 100)
    corrected = replace(wrong, changes=tuple(right if each == change else each for each in wrong.changes))
    say(
        correction(
            folded(facts), letter=corrected, source_sha256="c" * 64, corrected_by="siri", reason="Lest én krone feil."
        )
    )


def life(number: int) -> list[Event]:
    """One case: promised on its day, and as far as its number takes it."""
    fund, amount_ore = FUNDS[number % len(FUNDS)], 1_000_000 + number * 101
    half, day = amount_ore // 2, date(2020, 1, 20) + timedelta(days=9 * number)
    ground = Ground(code="other", text="Avtalt.")
    reasons = (Reason(code="other", text="Regnskapet mangler."),)
    who = Recipient(name=f"Mottaker <b>{number}</b>", organisation_number=OWN_NUMBERS[number % len(OWN_NUMBERS)])
    whole: list[Event] = [
        AwardProposed(
            fund_id=fund, recipient=who, amount_ore=amount_ore, purpose="Drift", terms=("Rapport",), proposed_by="kari",
            instalments=(Instalment(number=1, amount_ore=half), Instalment(number=2, amount_ore=amount_ore - half)),
            basis=NamedIn(year=2020, letter=0, section="4.2.5"),
        ),
        AwardApproved(
            fund_id=fund, amount_ore=amount_ore, approved_on=day, approved_by="ola", disposal_authority="Instruks 4.2",
            across_years=False,
        ),
    ]  # fmt: skip
    if number % 4 == 3:
        return whole
    whole += [
        LetterReleased(released_on=day, sha256="0" * 64, message_id="m"),
        InstalmentPaid(instalment=1, amount_ore=half, paid_on=day, reference="b1", attested_by="per"),
        WithholdingDecided(
            number=1, instalment=2, amount_ore=half - 50, reasons=reasons, prepared_reasons=reasons,
            reasons_changed=False, exemption=None, decided_on=day + timedelta(days=1), decided_by="ola",
        ),
        WithholdingReleased(
            number=1, instalment=2, amount_ore=7_001, reason="Levert.", released_on=day + timedelta(days=2),
            released_by="ola",
        ),
    ]  # fmt: skip
    if number % 4 == 1:
        whole += [
            AwardReduced(
                reductions=(Reduction(instalment=2, amount_ore=3_001),), ground=ground,
                reduced_on=day + timedelta(days=5), approved_by="ola",
            ),
            RepaymentReceived(
                reclaim=None, instalment=1, amount_ore=1_003, received_on=day + timedelta(days=6), voucher="b9",
                credited=True, recorded_by="siri",
            ),
        ]  # fmt: skip
    if number % 4 == 2:
        whole.append(
            SupplementaryAwardApproved(
                amount_ore=5_007, added=(Instalment(number=3, amount_ore=5_007),), ground=ground,
                approved_on=day + timedelta(days=8), approved_by="ola", disposal_authority="Instruks 4.2",
                letter_owed=True,
            )
        )  # fmt: skip
    return whole


def lived(year: Played) -> Lived:
    """The whole year, and the list of its cases come to the end of the log."""
    letters(year)
    untold, in_part = set(), {}
    for number in range(CASES):
        for version, event in enumerate(life(number)):
            year.say(f"case-{case_id(number)}", version, event)
        if number % 4 == 3:
            untold.add(case_id(number))
        elif number % 4 == 2:
            in_part[case_id(number)] = len(life(number))
    projector = Projector(
        engine_of(year.database), Cases(), schema="grants", views="grants_view",
        first_pause_seconds=0.001, longest_pause_seconds=0.002,
    )  # fmt: skip
    catch_up(projector)
    return Lived(frozenset(untold), in_part)
