"""What acts on notices are asked with, as typed bodies."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, Strict

from services.httpapi.strict.fields import Body, Day, Id, Instant, Line, Prose, Sha256, Text

ItemName = Annotated[str, Text(43, 50), Field(pattern="^(letter|publication)-[0-9a-f-]{36}$")]


class AboutRound(Body):
    """Every letter of a round that waits and owes notice."""

    kind: Literal["round"]
    id: Id


class AboutScheme(Body):
    """Every letter of a scheme that waits and owes notice."""

    kind: Literal["scheme"]
    id: Line


class AboutLetter(Body):
    """One letter, by its case."""

    kind: Literal["letter"]
    id: Id


class AboutPublication(Body):
    """A report or evaluation that is to be published."""

    kind: Literal["publication"]
    id: Id


NamedThing = AboutRound | AboutScheme | AboutLetter | AboutPublication
"""Whatever a notice can be about, by its kind."""


class Preparing(Body):
    """What the ministry is to be told of, the day it is meant to leave, and which notice this one takes over from."""

    about: Annotated[NamedThing, Field(discriminator="kind")]
    planned_on: Day | None = None
    renews: Id | None = None


class Ordering(Body):
    """By which channel the notice is sent."""

    channel: Literal["file-outbox", "smtp", "eformidling"]


class Receipt(Body):
    """When the ministry had the notice, and what shows it: a document by its name and SHA-256."""

    received_at: Instant
    evidence: Line
    evidence_sha256: Sha256


class Objecting(Body):
    """What the ministry stops (nothing named: everything), and why."""

    items: Annotated[tuple[ItemName, ...], Strict(False), Field(max_length=1_000)] = ()
    text: Prose


def id_of(about: NamedThing) -> str:
    """The id as it stands in the fact."""
    return str(about.id) if isinstance(about.id, UUID) else about.id
