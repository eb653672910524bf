"""A small year of cases on a real log for the pages that show them: a scheme with a call, awards the ministry is told
of and one it is not, money held back and claimed back, a complaint, and what grants hears of notices."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from services.eventlog.events import Event
from services.eventlog.mapper import decode
from services.eventlog.projections.projection import Projection
from services.eventlog.projections.projector import Projector
from services.grants.case.events.award import AwardApproved, AwardProposed, Recipient, ReportOwed
from services.grants.case.events.complaint import ComplaintForwarded, ComplaintReceived, Party
from services.grants.case.events.grant_letter import LetterReleased
from services.grants.case.events.recipient_report import ReportReceived
from services.grants.case.events.withholding import Reason, ReclaimDecided, WithholdingDecided
from services.grants.case_view.list_projection import Cases
from services.grants.notice.events import NoticeListingHeard, NoticeReceiptHeard, NoticeSendingHeard
from services.grants.notice.view import CaseNotices
from services.grants.overview.sums.projection import AwardSums
from tests.conftest import Database
from tests.eventlog.played import Played, life, played
from tests.eventlog.projector import catch_up, engine_of
from tests.history.history import EXAMPLES

AT = datetime(2020, 6, 1, 8, tzinfo=UTC)
SCHEME, CALL = "jobbsjansen-2020", "jobbsjansen-2020.forste-runde"
RELEASED = LetterReleased(released_on=date(2020, 3, 1), sha256="0" * 64, message_id="m")
HARM = '<script>alert("x")</script><img src="http://127.0.0.1:9/x" onerror="harm = 1">=1+1\u202eenrof'
FORMULA = '=HYPERLINK("http://127.0.0.1:9/x"; 1+1)'
WORDS = "hemmelig ord ingen skal lese"
UNTOLD_ORE, UNTOLD_NAME = 77_700, "Ikke fortalt forening"


def case_id(number: int) -> UUID:
    """As ids of cases are made, so that each gets a number that people call it by."""
    return UUID(int=number, version=4)


def case(number: int) -> str:
    return f"case-{case_id(number)}"


def stored(topic: str) -> Event:
    """The example of a fact that is kept of it."""
    return decode(topic, (EXAMPLES / f"{topic}.json").read_bytes())


def named(proposed: Event, name: str, number: str | None, **more: Any) -> Event:
    assert isinstance(proposed, AwardProposed)
    recipient = Recipient(name=name, organisation_number=number, address=(WORDS,))
    return replace(proposed, recipient=recipient, **more)


class YearOfCases:
    """The year, as it is written."""

    def __init__(self, year: Played) -> None:
        self.year = year
        self.versions: dict[str, int] = {}

    def say(self, stream: str, *facts: Event) -> None:
        self.year.say(stream, self.versions.get(stream, 0), *facts)
        self.versions[stream] = self.versions.get(stream, 0) + len(facts)

    def award(
        self, number: int, *, name: str, organisation: str | None = "974760673", ore: int = 600, **more: Any
    ) -> None:
        """An award that is approved, half of it paid and some of it held back, with words that nobody is to read."""
        proposed, approved, *rest = life(number, ore)
        reasons = (Reason(code="report-missing", text=WORDS),)
        told = [replace(each, reasons=reasons) if isinstance(each, WithholdingDecided) else each for each in rest]
        self.say(case(number), named(proposed, name, organisation, **more), approved, RELEASED, *told)

    def untold(self, number: int) -> None:
        """One that is approved, and of which the ministry has not been told."""
        proposed, approved, *_ = life(number, UNTOLD_ORE)
        assert isinstance(approved, AwardApproved)
        self.say(case(number), named(proposed, UNTOLD_NAME, "889640782", scheme_id=SCHEME), approved)

    def dispute(self, number: int) -> None:
        reasons = (Reason(code="misuse", text=WORDS),)
        self.say(
            case(number),
            ReportReceived(
                number=1, version=1, summary=WORDS, results=WORDS, used_ore=120, accounts_attested=True,
                document_sha256=None, received_on=date(2020, 9, 1), registered_by="kari",
            ),
            ReclaimDecided(
                number=1, instalment=1, amount_ore=50, reasons=reasons, prepared_reasons=reasons, reasons_changed=False,
                exemption=None, pay_by=date(2020, 11, 1), decided_on=date(2020, 10, 1), decided_by="ola",
            ),
            ComplaintReceived(
                number=1, disputed="withholding", decision_number=1, party=Party(name=WORDS),
                decision_arrived_on=date(2020, 5, 1), lodged_on=date(2020, 5, 9), last_day_on=date(2020, 5, 22),
                grounds=WORDS, defects=(), registered_by="kari",
            ),
            ComplaintForwarded(number=1, statement=WORDS, forwarded_on=date(2020, 6, 1), forwarded_by="per"),
        )  # fmt: skip

    def notice(self, notice: int, *numbers: int, received: bool) -> None:
        """What grants hears of a notice to the ministry that lists these cases."""
        facts: Sequence[Event] = (
            NoticeListingHeard(case_ids=tuple(map(case_id, numbers)), planned_on=None),
            NoticeSendingHeard(sent_at=AT),
            *((NoticeReceiptHeard(received_at=AT),) if received else ()),
        )
        self.say(f"notice-{UUID(int=100 + notice)}", *facts)

    def follow(self) -> None:
        """What follows the log has come to its end."""
        for projection in (Cases(), CaseNotices(), AwardSums()):
            follow(self.year.database, projection)


def follow(database: Database, projection: Projection) -> None:
    projector = Projector(
        engine_of(database), projection, schema="grants", views="grants_view", first_pause_seconds=0.001,
        longest_pause_seconds=0.002,
    )  # fmt: skip
    catch_up(projector)


@contextmanager
def year_of_cases(database: Database, folder: Path) -> Iterator[YearOfCases]:
    """Eight awards: three of one recipient, one of a harmful name, one to somebody without a number, one untold."""
    with played(database, folder) as log:
        log.open_year()
        year = YearOfCases(log)
        year.say(f"scheme-{SCHEME}", stored("scheme.registered.v1"), stored("scheme.call-published.v1"))
        owed = (ReportOwed(number=1, kind="final", due_on=date(2020, 10, 1)),)
        year.award(
            1, name="Første forening", scheme_id=SCHEME, purpose="Norskopplæring for voksne kvinner", reports=owed
        )
        year.award(2, name="Første  forening", purpose="Norskopplæring for voksne", ore=660)
        year.award(3, name=HARM, organisation="971032081", purpose=HARM)
        year.award(4, name="Uten nummer", organisation=None, purpose=WORDS)
        year.award(5, name="Femte " + "å" * 100_000, organisation="958935420", purpose=FORMULA)
        year.untold(6)
        year.dispute(1)
        year.notice(1, 6, received=False)
        year.notice(2, 2, received=True)
        year.follow()
        yield year
