"""False facts, recorded through the log's own function by whoever holds a service's role and password. What the facts
themselves, and the other service's, can convict is found; what looks lawful in every fact is not (docs/gate.md)."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from services.eventlog.events import Event
from services.grants.balance.movements import effects
from services.grants.case.events.award import AwardApproved
from services.grants.case.events.award_change import ChangeAnswered, ChangeRequested
from services.grants.case.events.disbursement import PayeeAccountRegistered, PayeeAccountVerified, PaymentAttested
from services.grants.case.events.grant_letter import (
    LetterLeft,
    LetterNotArrived,
    LetterPerhapsLeft,
    LetterTryWrittenOff,
)
from services.grants.case.events.grant_letter import LetterReleased as LetterReleaseHeard
from services.grants.grant_letter.permit.events import PermitGranted
from services.grants.scheme.notice_policy.events import NoticePolicyConfirmed, NoticePolicyProposed
from services.notifications.facts.notice import NoticeObjectionLifted, NoticeReceiptRevoked, NoticeReceived
from services.notifications.facts.release import LetterReleaseOrdered
from services.notifications.facts.scheme_policy import ConfirmedPolicyHeard, DecisionHeard
from tests.eventlog.played import case, life
from tests.faults.planted.tampering import Copy, Tampering, Who
from tests.grants.award.letter_routes import SCHEME
from tests.journeys.two_services import FREE, confirmed

NEW = case(77)
PROPOSED, APPROVED = life(77)[:2]
assert isinstance(APPROVED, AwardApproved)
ACCOUNT = UUID(int=78)
DAY = date(2020, 4, 1)


def told(
    name: str, by: Who, stream: str | Callable[[Copy], str], found: str, *facts: Event,
    counted: Any = None, together: bool = False,
) -> Tampering:  # fmt: skip
    """These facts in that stream, one command each or all in one (`together`); `{at}` is where the last one stands."""
    schema = by.removesuffix("_service")

    def does(copy: Copy) -> int:
        where = stream if isinstance(stream, str) else stream(copy)
        last = 0
        commands = [facts] if together else [(fact,) for fact in facts]
        for number, its in enumerate(commands, 1):
            false = {"effects": counted} if counted and number == len(commands) else {}
            last = copy.append(schema, where, *its, **false)
        return last

    return Tampering(name=name, by=by, does=does, found=found, touches=(f"{schema}.event",))


def doubled(pairs: Sequence[tuple[str, Event]]) -> Any:
    """Twice the money that the award promises."""
    return effects([
        (stream, replace(fact, amount_ore=2 * fact.amount_ore) if isinstance(fact, AwardApproved) else fact)
        for stream, fact in pairs
    ])  # fmt: skip


def notice_of(letter: str) -> Callable[[Copy], str]:
    """The stream of the notice that lists it."""
    asked = "SELECT notice FROM notifications.notice_line WHERE item = '{}'"
    return lambda copy: copy.ask(asked.format(copy.letters[letter]))


def case_of(letter: str) -> Callable[[Copy], str]:
    return lambda copy: copy.letters[letter].replace("letter-", "case-")


ATTESTED = PaymentAttested(
    payment_id=UUID(int=79),
    instalment=1,
    amount_ore=300,
    account_id=ACCOUNT,
    pay_on=DAY,
    attested_on=DAY,
    attested_by="ola",
)
REGISTERED = PayeeAccountRegistered(account_id=ACCOUNT, registered_on=DAY, registered_by="kari")
VERIFIED = PayeeAccountVerified(account_id=ACCOUNT, source="Brev", verified_on=DAY, verified_by="kari")


def ordered_out(copy: Copy, letter: str, person: str) -> int:
    """By this person, as it is held."""
    item = copy.letters[letter]
    manifest = copy.ask(f"SELECT encode(manifest_sha256, 'hex') FROM notifications.item WHERE item = '{item}'")
    return copy.append("notifications", item, LetterReleaseOrdered(manifest_sha256=manifest, ordered_by=person))


def lifted_by_who_ordered_it_out(copy: Copy) -> int:
    ordered_out(copy, "objected", "per")
    said_at = datetime(2020, 3, 20, tzinfo=UTC)
    lifted = NoticeObjectionLifted(objection=1, reason="Avklart.", lifted_by="per", said_at=said_at)
    return copy.append("notifications", notice_of("objected")(copy), lifted)


BY_GRANTS: Who = "grants_service"
BY_NOTIFICATIONS: Who = "notifications_service"
OF_MONEY = (
    told("an award that moves no money", BY_GRANTS, NEW, r"position {at}: balance: entries differ", PROPOSED, APPROVED,
         counted=lambda _: None),
    told("an award that moves twice its money", BY_GRANTS, NEW, r"position {at}: balance: entries differ", PROPOSED,
         APPROVED, counted=doubled),
)  # fmt: skip
OF_TWO_PEOPLE = (
    told(
        "an award approved by whoever proposed it, in another spelling",
        BY_GRANTS,
        NEW,
        r"position {at}: duties: .*KARI.* prepared this award",
        PROPOSED,
        replace(APPROVED, approved_by="KARI "),
    ),
    told(
        "a payment attested by whoever approved the award",
        BY_GRANTS,
        NEW,
        r"position {at}: duties: .*ola approved this award",
        PROPOSED,
        APPROVED,
        ATTESTED,
    ),
    told(
        "an account verified by whoever registered it",
        BY_GRANTS,
        NEW,
        r"position {at}: duties: .*kari",
        PROPOSED,
        REGISTERED,
        VERIFIED,
    ),
    told(
        "a request answered by whoever registered it",
        BY_GRANTS,
        NEW,
        r"position {at}: duties: .*kari",
        PROPOSED,
        APPROVED,
        ChangeRequested(number=1, asks="Ny frist.", received_on=DAY, registered_by="kari"),
        ChangeAnswered(number=1, granted=True, reason="Ja.", answered_on=DAY, answered_by="kari"),
    ),
    told(
        "a notice policy confirmed by one of its authors",
        BY_GRANTS,
        f"scheme-{SCHEME}",
        r"position {at}: duties: .*anne",
        NoticePolicyConfirmed(policy=confirmed(FREE).policy, written_by=("anne",), confirmed_by="anne"),
    ),
    told(
        "a notice policy confirmed by one of its authors, whom the fact does not name",
        BY_GRANTS,
        f"scheme-{SCHEME}",
        r"position {at}: duties: .*anne",
        NoticePolicyProposed(policy=confirmed(FREE).policy, proposed_by="anne"),
        NoticePolicyConfirmed(policy=confirmed(FREE).policy, written_by=("liv",), confirmed_by="anne"),
    ),
    told(
        "a receipt revoked by whoever gave it for the ministry",
        BY_NOTIFICATIONS,
        notice_of("young"),
        r"position {at}: duties: .*departementet",
        NoticeReceiptRevoked(reason="Feil.", revoked_by="departementet"),
    ),
    told(
        "an objection lifted by whoever sent the notice",
        BY_NOTIFICATIONS,
        notice_of("objected"),
        r"position {at}: duties: .*ola",
        NoticeObjectionLifted(
            objection=1, reason="Avklart.", lifted_by="ola", said_at=datetime(2020, 3, 20, tzinfo=UTC)
        ),
    ),
    told(
        "a notice acknowledged for the ministry by whoever prepared it",
        BY_NOTIFICATIONS,
        notice_of("revoked"),
        r"position {at}: duties: .*kari",
        NoticeReceived(
            dispatch=1,
            received_at=datetime(2020, 3, 20, tzinfo=UTC),
            evidence="x",
            evidence_sha256=None,
            told_by="kari",
        ),
    ),
    Tampering(
        name="a letter ordered out by whoever acknowledged its notice for the ministry",
        by=BY_NOTIFICATIONS,
        does=lambda copy: ordered_out(copy, "young", "Departementet"),
        found=r"position {at}: duties: .*Departementet acknowledged",
        touches=("notifications.event",),
    ),
    Tampering(
        name="an objection lifted by whoever ordered the letter out",
        by=BY_NOTIFICATIONS,
        does=lifted_by_who_ordered_it_out,
        found=r"position {at}: duties: .*per ordered this letter out",
        touches=("notifications.event",),
    ),
)


def permitted(name: str, letter: str, found: str, **changed: Any) -> Tampering:
    """A permit to send a letter, given by nothing but this role: true to the letter and the case in all but one."""
    stands = "SELECT encode(letter_sha256, 'hex') || ' ' || encode(manifest_sha256, 'hex') FROM notifications.item"
    frozen = "SELECT convert_from(data, 'UTF8')::jsonb ->> 'proposal_version' FROM grants.event WHERE stream = '{}'"

    def does(copy: Copy) -> int:
        item, case_ = copy.letters[letter], case_of(letter)(copy)
        sha256, manifest = copy.ask(f"{stands} WHERE item = '{item}'").split()
        version = copy.ask(f"SELECT max(version) FROM grants.event WHERE stream = '{case_}'")
        decision = copy.ask(frozen.format(case_) + " AND topic = 'award.letter-frozen.v1'")
        given = PermitGranted(
            attempt=9,
            letter_sha256=sha256,
            manifest_sha256=manifest,
            decision_version=int(decision),
            case_version=int(version),
            life_seconds=120,
        )
        return copy.append("grants", case_.replace("case-", "permit-"), replace(given, **changed))

    return Tampering(name=name, by=BY_GRANTS, does=does, found=found, touches=("grants.event", "grants.letter_permit"))


OF_PERMITS = (
    permitted("a permit of a letter that was never let out", "young", r"position {at}: heard: .*never let out"),
    permitted(
        "a permit of a letter that left, under another manifest",
        "noticed",
        r"position {at}: heard: .*never let out",
        manifest_sha256="ab" * 32,
    ),
    permitted(
        "a permit of bytes that are not the case's letter",
        "noticed",
        r"position {at}: permit: .*letter-superseded",
        letter_sha256="ab" * 32,
    ),
    permitted(
        "a permit of another decision than the letter tells of",
        "noticed",
        r"position {at}: permit: .*letter-superseded",
        decision_version=99,
    ),
)
OF_THE_OTHER = (
    told(
        "a letter that is out, and never left",
        BY_GRANTS,
        case_of("untold"),
        r"position {at}: heard",
        LetterReleaseHeard(released_on=DAY, sha256="ab" * 32, message_id="900"),
    ),
    told(
        "a letter that was held, said to have left",
        BY_GRANTS,
        case_of("young"),
        r"position {at}: heard",
        LetterLeft(left_on=DAY, sha256="ab" * 32, message_id="900"),
    ),
    told(
        "a letter that nobody tried to send, said to have perhaps left",
        BY_GRANTS,
        case_of("young"),
        r"position {at}: heard",
        LetterPerhapsLeft(attempt=1, sha256="ab" * 32, message_id="900"),
    ),
    told(
        "a letter said to have come back, so that the award is taken back unheard",
        BY_GRANTS,
        case_of("noticed"),
        r"position {at}: heard",
        LetterNotArrived(attempt=1, sha256="ab" * 32, message_id="900"),
    ),
    told(
        "a try said to be written off that no two people wrote off",
        BY_GRANTS,
        case_of("young"),
        r"position {at}: heard: .*no permit was written off",
        LetterTryWrittenOff(attempt=1, sha256="ab" * 32),
    ),
    told(
        "a scheme exempted by two people of grants who never said so",
        BY_NOTIFICATIONS,
        f"scheme-{SCHEME}",
        r"position {at}: heard",
        ConfirmedPolicyHeard(
            scheme_id=SCHEME,
            version=9,
            rule="exempt",
            source="Instruks: 5.4",
            valid_from=date(2020, 1, 1),
            document_sha256="cd" * 32,
            written_by=("anne",),
            confirmed_by="liv",
            confirmed_at=datetime(2020, 3, 1, tzinfo=UTC),
        ),
    ),
    told(
        "an award approved at a time grants never said",
        BY_NOTIFICATIONS,
        lambda copy: copy.letters["untold"],
        r"position {at}: heard",
        DecisionHeard(version=9, decided_at=datetime(2020, 3, 10, tzinfo=UTC)),
    ),
)
