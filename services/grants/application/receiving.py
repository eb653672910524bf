"""How an application comes in: as a version that is frozen, asked for more of, taken in though late, or taken back."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from uuid import UUID

from services.duties import keep_apart
from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.application.applicant import check_applicant
from services.grants.application.content import Content, content_of, content_sha256
from services.grants.application.eligibility import SHOWN_ONLY, Call, Circumstances, examine
from services.grants.application.impartiality import need_not_partial
from services.grants.application.rules import Application, need_open, need_reason, need_undecided
from services.grants.case.events.application import (
    Applicant,
    ApplicationReceived,
    ApplicationWithdrawn,
    Finding,
    LateAccepted,
    LateGround,
    SupplementRequested,
)
from services.text.folding import is_blank


class NotEligible(Refusal):
    """The applicant is not one of those who may apply. `reasons` has a sentence for each rule that is not met."""

    code = "not-eligible"
    title = "Søkeren kan ikke søke på denne utlysningen"


class CallNoLongerOffered(Refusal):
    """The call was cancelled, and nobody can apply to it."""

    code = "call-no-longer-offered"
    title = "Utlysningen er trukket tilbake"


class AnotherApplicant(Refusal):
    """A later version is the same applicant's; somebody else's application is a case of its own."""

    code = "another-applicant"
    title = "Søknaden er en annen søkers"


class VersionUnknown(Refusal):
    """The application has no version of that number."""

    code = "application-version-unknown"
    status = 404
    title = "Versjonen finnes ikke"


class NotLate(Refusal):
    """It came in time, and needs no exception."""

    code = "application-not-late"
    title = "Søknaden kom i tide"


class NothingAskedFor(Refusal):
    """A request says what is missing."""

    code = "nothing-asked-for"
    status = 422
    title = "Det er ikke sagt hva som mangler"


class ReplyDayPassed(Refusal):
    """The last day to answer is before the request itself."""

    code = "reply-day-passed"
    status = 422
    title = "Svarfristen er før forespørselen"


class RequestWaits(Refusal):
    """The applicant still has time to answer the last request."""

    code = "supplement-request-waits"
    title = "Søkeren har fortsatt frist på forrige forespørsel"


def receive(
    application: Application,
    *,
    content: Content,
    call: Call,
    granted: Mapping[str, bool],
    contact_id: UUID | None,
    arrived_on: date,
    registered_by: str,
    contact_digest: str | None = None,
) -> list[Event]:
    """Freeze what arrived as the next version. Late is no refusal: it is registered as late. The same content from the
    same contact as last time is nothing. Without a contact, whose row `contact_digest` binds, the last stands.

    `granted` answers for the earlier calls the rules ask about (`earlier_calls`).
    Refuses `CallNoLongerOffered`, `NotEligible`, `AnotherApplicant`, `AwardWaits`, as `check_applicant`, `need_open`.
    """
    contact_id = contact_id or application.contact_id
    if application.versions:
        last = application.versions[-1]
        if (content, contact_id) == (content_of(last), application.contact_id):
            return []
        need_undecided(application)
        _need_same(last.applicant, content.applicant)
    if call.cancelled:
        raise CallNoLongerOffered("The call was cancelled. Tell the applicant.")
    check_applicant(content.applicant, on=arrived_on, recorded=application.numbers)
    findings = examine(Circumstances(content=content, call=call, arrived_on=arrived_on, granted=granted))
    came_after, answers = arrived_on > call.published.closes_on, _answered(application, arrived_on)
    _need_eligible(findings, came_after=came_after)
    received = ApplicationReceived(
        version=len(application.versions) + 1,
        scheme_id=call.scheme_id,
        year=call.year,
        contact_id=contact_id,
        contact_digest=contact_digest,
        arrived_on=arrived_on,
        late=came_after and answers is None,
        answers=answers,
        findings=findings,
        content_sha256=content_sha256(content),
        registered_by=registered_by,
        **{each.name: getattr(content, each.name) for each in fields(content)},
    )
    return [received]


def take_in_late(
    application: Application, *, version: int, ground: LateGround, reason: str, accepted_on: date, accepted_by: str
) -> list[Event]:
    """Take in a late version on a coded ground, by another than who registered it. The same version again returns no
    event.

    Refuses `VersionUnknown`, `NotLate`, `NotImpartial`, `SamePersonTwice`, `ApplicationReasonMissing`, `need_open`."""
    if any(taken_in.version == version for taken_in in application.taken_in):
        return []
    need_open(application)
    received = application.find_version(version)
    if received is None:
        raise VersionUnknown(f"Of {len(application.versions)} versions none is number {version}.")
    if not received.late:
        raise NotLate(f"Version {version} arrived on {received.arrived_on}, in time.")
    need_not_partial(application, accepted_by)
    keep_apart(accepted_by, "accept late application", {"register application": [received.registered_by]})
    need_reason(reason)
    accepted = LateAccepted(version=version, ground=ground, reason=reason, accepted_on=accepted_on,
                            accepted_by=accepted_by)  # fmt: skip
    return [accepted]


def request_supplement(
    application: Application, *, asks: tuple[str, ...], reply_by: date, requested_on: date, requested_by: str
) -> list[Event]:
    """Ask the applicant for what is missing, by a day that is theirs to the end. The same request again returns no
    event.

    Refuses `NothingAskedFor`, `ReplyDayPassed`, `RequestWaits`, `NotImpartial`, `AwardWaits` and what `need_open`
    refuses.
    """
    last = application.requests[-1] if application.requests else None
    if last and (last.asks, last.reply_by, last.requested_on) == (asks, reply_by, requested_on):
        return []
    need_undecided(application)
    need_not_partial(application, requested_by)
    if not asks or any(is_blank(each) for each in asks):
        raise NothingAskedFor("Say what is missing, point by point.")
    if reply_by < requested_on:
        raise ReplyDayPassed(f"The request is of {requested_on}. Give the applicant a later day to answer by.")
    waits = application.unanswered
    if waits is not None and requested_on <= waits.reply_by:
        raise RequestWaits(f"The applicant may answer request {waits.number} to the end of {waits.reply_by}.")
    return [
        SupplementRequested(
            number=len(application.requests) + 1,
            asks=asks,
            reply_by=reply_by,
            requested_on=requested_on,
            requested_by=requested_by,
        )
    ]


def withdraw(application: Application, *, reason: str, withdrawn_on: date, recorded_by: str) -> list[Event]:
    """Record that the applicant takes it back, which needs no grounds of theirs. Withdrawn again returns no event.

    Refuses `AwardWaits` (have the proposal returned first) and what `need_open` refuses.
    """
    if isinstance(application.ending, ApplicationWithdrawn):
        return []
    need_undecided(application)
    return [ApplicationWithdrawn(reason=reason, withdrawn_on=withdrawn_on, recorded_by=recorded_by)]


def _answered(application: Application, arrived_on: date) -> int | None:
    """The number of the request that a version answers in time, if one waits."""
    asked = application.unanswered
    return asked.number if asked is not None and arrived_on <= asked.reply_by else None


def _need_same(last: Applicant, new: Applicant) -> None:
    numbers = [(each.kind, each.organisation_number, each.municipality_number) for each in (last, new)]
    unnumbered = last.organisation_number is None and last.municipality_number is None
    if numbers[0] != numbers[1] or (unnumbered and last.name != new.name):
        raise AnotherApplicant("The version is another applicant's. Register it as an application of its own.")


def _need_eligible(findings: tuple[Finding, ...], *, came_after: bool) -> None:
    """What came after the call closed is late, not ineligible; every other rule must be met."""
    reasons = [
        finding.sentence
        for finding in findings
        if not finding.met and finding.rule not in SHOWN_ONLY and not (finding.rule == "within-dates" and came_after)
    ]
    if reasons:
        raise NotEligible(" ".join(reasons), reasons=reasons)
