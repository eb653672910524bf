"""What is answered of endpoints, as typed bodies."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.notifications.webhook.events import Subscription
from services.notifications.webhook.rules import Endpoint, State

ENDPOINT: dict[str, Any] = {
    "id": "7d2f6c1e-0b1f-5a54-9d3a-2f4c8e6b1a90",
    "state": "active",
    "subscription": {
        "url": "https://saksbehandling.example.no/tilsagn",
        "types": ["letter.delivered", "notice.received"],
        "wanted": {"scheme_ids": ["jobbsjansen-2020"], "posts": [], "case_ids": []},
        "ordered": False,
        "rate_per_second": 50,
        "contract": 1,
        "description": "Saksbehandlingssystemet",
        "pulled_by": None,
    },
    "public_key": "whpk_Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=",
    "previous_public_key": None,
    "previous_until": None,
    "disabled_because": None,
    "version": 2,
}


class EndpointShown(BaseModel):
    """An endpoint as it stands. `state` is pending until whoever answers at its address has given back the challenge it
    is sent, then active; nothing but the challenge is sent before. What signs is not in it, but the public half."""

    model_config = ConfigDict(json_schema_extra={"examples": [ENDPOINT]})

    id: UUID
    state: State
    subscription: Subscription
    public_key: str = Field(description="The ed25519 key to verify `v1a` by.")
    previous_public_key: str | None = Field(description="The key before, while it still signs beside.")
    previous_until: datetime | None
    disabled_because: str | None = Field(description="gone (410) or failing, of one that is disabled.")
    version: int


class EndpointWithSecret(EndpointShown):
    """The same, with the secret that was just made. The same command again shows it within ten minutes and while it is
    the last; then it says null."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**ENDPOINT, "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"}]}
    )

    secret: str | None = Field(description="Shared; to verify `v1` by.")


class EndpointListed(EndpointShown):
    """The same, and whether its receiver takes what it is sent."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**ENDPOINT, "failing_since": None}]})

    failing_since: datetime | None = Field(description="The first failure since something was last taken there.")


class EndpointPage(BaseModel):
    """Some endpoints, in the order of their ids."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [{**ENDPOINT, "failing_since": None}], "next": None}]}
    )

    items: list[EndpointListed]
    next: str | None


def show(endpoint_id: UUID, endpoint: Endpoint, now: datetime) -> Mapping[str, Any]:
    """The endpoint as answers tell it."""
    assert endpoint.subscription is not None
    assert endpoint.secret is not None
    overlaps = endpoint.previous_until is not None and now < endpoint.previous_until
    return {
        "id": endpoint_id,
        "state": endpoint.state,
        "subscription": endpoint.subscription,
        "public_key": endpoint.secret.public_key,
        "previous_public_key": endpoint.previous.public_key if overlaps and endpoint.previous else None,
        "previous_until": endpoint.previous_until if overlaps else None,
        "disabled_because": endpoint.disabled.reason if endpoint.disabled else None,
        "version": endpoint.version,
    }
