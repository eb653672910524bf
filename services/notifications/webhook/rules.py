"""Rules of endpoints: registered, asked for consent, changed, paused, resumed, given new secrets, deleted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from services.eventlog.events import Event
from services.eventlog.folding import fold_once, replace
from services.eventlog.recorded import Recorded
from services.eventlog.refusal import Refusal
from services.notifications.webhook.events import (
    ALL,
    EndpointChanged,
    EndpointConsented,
    EndpointDeleted,
    EndpointDisabled,
    EndpointFormerSecretRevoked,
    EndpointPaused,
    EndpointRegistered,
    EndpointResumed,
    EndpointSecretRotated,
    Sealed,
    Subscription,
)

OVERLAP = timedelta(hours=24)
"""How long the secret before signs beside the new one."""
State = Literal["pending", "active", "paused", "disabled", "deleted"]


class EndpointDeletedAlready(Refusal):
    """It is deleted, and stays so: register a new one."""

    code = "endpoint-deleted"
    title = "Endepunktet er slettet"


class EndpointNotDisturbed(Refusal):
    """It is neither paused nor disabled."""

    code = "endpoint-not-paused"
    title = "Endepunktet er verken satt på pause eller slått av"


class TypeUnknown(Refusal):
    """There are no messages of that type."""

    code = "message-type-unknown"
    status = 422
    title = "Meldingstypen finnes ikke"


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Where a receiver is told, as its facts leave it. `previous` signs beside `secret` until `previous_until`. Once it
    has consented everything it lets through is `numbered`, and waits while it may not be sent."""

    version: int = 0
    position: int = 0
    subscription: Subscription | None = None
    secret: Sealed | None = None
    previous: Sealed | None = None
    previous_until: datetime | None = None
    consented: bool = False
    numbered: bool = False
    paused: bool = False
    disabled: EndpointDisabled | None = None
    deleted: bool = False

    @property
    def state(self) -> State:
        """Where it stands, in one word. Only an active one is told anything but its challenge."""
        if self.deleted:
            return "deleted"
        if self.disabled:
            return "disabled"
        if self.paused:
            return "paused"
        return "active" if self.consented else "pending"


def evolve(endpoint: Endpoint, fact: Recorded) -> Endpoint:
    """The endpoint after this fact."""
    endpoint = replace(endpoint, version=fact.version, position=fact.position)
    match fact.event:
        case EndpointRegistered(subscription=subscription, secret=secret):
            return replace(endpoint, subscription=subscription, secret=secret)
        case EndpointChanged(subscription=subscription):
            same = endpoint.subscription is not None and endpoint.subscription.url == subscription.url
            return replace(endpoint, subscription=subscription, consented=endpoint.consented and same)
        case EndpointConsented(url=url):
            here = endpoint.subscription is not None and endpoint.subscription.url == url
            return replace(endpoint, consented=here, numbered=endpoint.numbered or here)
        case EndpointPaused():
            return replace(endpoint, paused=True)
        case EndpointResumed():
            return replace(endpoint, paused=False, disabled=None)
        case EndpointSecretRotated(secret=secret):
            until = fact.recorded_at + OVERLAP
            return replace(endpoint, secret=secret, previous=endpoint.secret, previous_until=until)
        case EndpointFormerSecretRevoked():
            return replace(endpoint, previous=None, previous_until=None)
        case EndpointDisabled() as disabled:
            return replace(endpoint, disabled=disabled)
        case EndpointDeleted():
            return replace(endpoint, deleted=True)
    return endpoint


def fold(facts: Iterable[Recorded]) -> Endpoint:
    """The endpoint as its stream leaves it."""
    return fold_once(evolve, facts, Endpoint)


def stream_of(endpoint_id: UUID) -> str:
    """The endpoint's stream."""
    return f"endpoint-{endpoint_id}"


def register(
    endpoint: Endpoint, *, subscription: Subscription, secret: Sealed, known: Iterable[str], by: str
) -> list[Event]:
    """Register where a receiver is to be told. `known` are the types there are."""
    assert not endpoint.version, "an endpoint is registered on a stream of its own"
    check_types(subscription.types, {*known, ALL})
    return [EndpointRegistered(subscription=subscription, secret=secret, registered_by=by)]


def change(endpoint: Endpoint, *, subscription: Subscription, known: Iterable[str], by: str) -> list[Event]:
    """Tell it otherwise. At another address, whoever answers there is asked anew; what comes meanwhile waits."""
    _refuse_deleted(endpoint)
    if subscription == endpoint.subscription:
        return []
    check_types(subscription.types, {*known, ALL})
    return [EndpointChanged(subscription=subscription, changed_by=by)]


def pause(endpoint: Endpoint, *, by: str) -> list[Event]:
    """Begin no delivery until it is resumed."""
    _refuse_deleted(endpoint)
    return [] if endpoint.paused else [EndpointPaused(paused_by=by)]


def resume(endpoint: Endpoint, *, by: str) -> list[Event]:
    """Begin deliveries again."""
    _refuse_deleted(endpoint)
    if not endpoint.paused and not endpoint.disabled:
        raise EndpointNotDisturbed(f"It is {endpoint.state}; there is nothing to resume.")
    return [EndpointResumed(resumed_by=by)]


def rotate(endpoint: Endpoint, *, secret: Sealed, revoke: bool, by: str) -> list[Event]:
    """Sign with another secret from now on, and with the one before for 24 hours; with `revoke`, with it no more. One
    that is older still signs no more in any case."""
    _refuse_deleted(endpoint)
    rotated = EndpointSecretRotated(secret=secret, rotated_by=by)
    return [rotated, EndpointFormerSecretRevoked(revoked_by=by)] if revoke else [rotated]


def delete(endpoint: Endpoint, *, reason: str | None, by: str) -> list[Event]:
    """Tell it no more."""
    return [] if endpoint.deleted else [EndpointDeleted(reason=reason, deleted_by=by)]


def consent(endpoint: Endpoint, *, url: str, challenge_id: UUID, answered_at: datetime) -> list[Event]:
    """The challenge came back from that address. An answer from an address it had before counts for nothing."""
    if endpoint.subscription is None or endpoint.deleted or endpoint.consented or endpoint.subscription.url != url:
        return []
    return [EndpointConsented(url=url, challenge_id=challenge_id, answered_at=answered_at)]


def disable(endpoint: Endpoint, *, reason: Literal["gone", "failing"], failing_since: datetime) -> list[Event]:
    """Tell it no more until somebody resumes it."""
    if endpoint.deleted or endpoint.disabled:
        return []
    return [EndpointDisabled(reason=reason, failing_since=failing_since)]


def check_types(asked: Iterable[str], known: Iterable[str]) -> None:
    """Refuses `TypeUnknown`: whoever asks for what nothing is ever told as would wait for it in silence."""
    unknown = sorted(set(asked) - set(known))
    if unknown:
        raise TypeUnknown(f"There are no messages of type {', '.join(unknown)}.", unknown=unknown)


def _refuse_deleted(endpoint: Endpoint) -> None:
    if endpoint.deleted:
        raise EndpointDeletedAlready("It is deleted. Register a new one.")
