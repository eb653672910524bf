"""What other services are told of schemes and calls. Thin: ids, days and amounts (whole øre); no persons, no texts. A
confirmed notice policy is told with everybody who answers for it, for it opens the gate."""

from collections.abc import Mapping

from services.calendar.clock import in_utc
from services.eventlog.feeds.feed import Mapper, Message
from services.eventlog.recorded import Recorded
from services.grants.scheme.events import (
    CallCancelled,
    CallDeadlineMoved,
    CallPublished,
    NoticePolicy,
    SchemeRegistered,
    SchemeRevised,
)
from services.grants.scheme.notice_policy.events import NoticePolicyConfirmed


def _registered(fact: Recorded) -> Message:
    assert isinstance(fact.event, SchemeRegistered)
    data = {**_of_scheme(fact), "year": fact.event.year, **_notice(fact.event.terms.notice)}
    return Message(type="no.tilsagn.scheme.registered.v1", subject=fact.stream, data=data)


def _revised(fact: Recorded) -> Message:
    assert isinstance(fact.event, SchemeRevised)
    data = {**_of_scheme(fact), "revised_on": fact.event.revised_on.isoformat(), **_notice(fact.event.terms.notice)}
    return Message(type="no.tilsagn.scheme.revised.v1", subject=fact.stream, data=data)


def _published(fact: Recorded) -> Message:
    call = fact.event
    assert isinstance(call, CallPublished)
    data = {
        **_of_scheme(fact),
        "call_id": call.call_id,
        "fund_id": call.fund_id,
        "opens_on": call.opens_on.isoformat(),
        "closes_on": call.closes_on.isoformat(),
        "total_ore": call.total_ore,
        "published_on": call.published_on.isoformat(),
    }
    return Message(type="no.tilsagn.scheme.call-published.v1", subject=fact.stream, data=data)


def _moved(fact: Recorded) -> Message:
    assert isinstance(fact.event, CallDeadlineMoved)
    data = {**_of_scheme(fact), "call_id": fact.event.call_id, "closes_on": fact.event.closes_on.isoformat()}
    return Message(type="no.tilsagn.scheme.call-deadline-moved.v1", subject=fact.stream, data=data)


def _cancelled(fact: Recorded) -> Message:
    assert isinstance(fact.event, CallCancelled)
    data = {**_of_scheme(fact), "call_id": fact.event.call_id, "cancelled_on": fact.event.cancelled_on.isoformat()}
    return Message(type="no.tilsagn.scheme.call-cancelled.v1", subject=fact.stream, data=data)


def _policy_confirmed(fact: Recorded) -> Message:
    """From now on, by this log's time, awards that are approved go by this policy."""
    confirmed = fact.event
    assert isinstance(confirmed, NoticePolicyConfirmed)
    data = {
        **_of_scheme(fact),
        **_notice(confirmed.policy),
        "document_sha256": confirmed.policy.document_sha256,
        "written_by": list(confirmed.written_by),
        "confirmed_by": confirmed.confirmed_by,
        "recorded_at": in_utc(fact.recorded_at),
    }
    return Message(type="no.tilsagn.scheme.notice-policy-confirmed.v1", subject=fact.stream, data=data)


def _of_scheme(fact: Recorded) -> dict[str, object]:
    return {"scheme_id": fact.stream.removeprefix("scheme-"), "version": fact.version}


def _notice(policy: NoticePolicy) -> dict[str, object]:
    return {
        "notice": policy.rule,
        "notice_source": f"{policy.source.document}: {policy.source.section}",
        "notice_valid_from": policy.valid_from.isoformat(),
    }


MESSAGES: Mapping[str, Mapper] = {
    SchemeRegistered.TOPIC: _registered,
    SchemeRevised.TOPIC: _revised,
    NoticePolicyConfirmed.TOPIC: _policy_confirmed,
    CallPublished.TOPIC: _published,
    CallDeadlineMoved.TOPIC: _moved,
    CallCancelled.TOPIC: _cancelled,
}
