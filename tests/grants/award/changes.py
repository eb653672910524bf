"""What the tests of changes build, for other tests to use as well."""

from datetime import date
from typing import Any
from uuid import UUID

from services.eventlog.events import Event
from services.grants.award.rules import Granted, evolve
from services.grants.case.events.award import Instalment
from services.grants.case.events.award_change import AwardChangeProposed, AwardChangeReturned, Ground, Reduction
from services.grants.case.events.disbursement import PaymentAttested
from services.grants.case.events.recipient_report import CaseClosed
from services.grants.case.hearing import Hearing
from tests import given as sentences
from tests.grants.fodt_fri import MILLION

heard = Hearing(warned_on=date(2020, 11, 1), reply_by=date(2020, 11, 22))
more = AwardChangeProposed(
    kind="supplementary",
    added=(Instalment(number=3, amount_ore=MILLION),),
    reductions=(),
    ground=Ground(code="more-granted", text="Tiltaket utvides."),
    proposed_by="kari",
)
less = AwardChangeProposed(
    kind="reduction",
    added=(),
    reductions=(Reduction(instalment=2, amount_ore=MILLION),),
    ground=Ground(code="condition-not-met", text="Vilkåret er ikke oppfylt."),
    proposed_by="kari",
    hearing=heard,
)
none = AwardChangeProposed(
    kind="annulment",
    added=(),
    reductions=(Reduction(instalment=2, amount_ore=3 * MILLION),),
    ground=Ground(code="reversal-invalid", text="Vedtaket bygger på feil faktum."),
    proposed_by="kari",
    hearing=heard,
)
returned = AwardChangeReturned(reason="For knapt begrunnet.", returned_by="ola")
attested = PaymentAttested(
    payment_id=UUID(int=1),
    instalment=2,
    amount_ore=MILLION,
    account_id=UUID(int=2),
    pay_on=date(2020, 10, 1),
    attested_on=date(2020, 9, 28),
    attested_by="per",
)
closed = CaseClosed(closed_on=date(2020, 12, 1), closed_by="anne")


def given(*events: Event) -> sentences.Given:
    return sentences.given(*events, evolve=evolve, initial=Granted())


def asked(change: AwardChangeProposed) -> dict[str, Any]:
    return dict(vars(change))


def approval(**otherwise: Any) -> dict[str, Any]:
    plain = {"approved_on": date(2020, 12, 1), "approved_by": "ola", "disposal_authority": "Instruks 4.2"}
    return {**plain, **otherwise}
