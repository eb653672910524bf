"""What a permit to send is asked with, and its write-off."""

from typing import Annotated

from pydantic import Field

from services.httpapi.strict.fields import Body, Prose, Sha256

Count = Annotated[int, Field(ge=1, le=1_000_000)]


class PermitAsked(Body):
    """The letter that is to leave, as the notifications service holds it: the SHA-256 (hex) of its file and of the
    manifest that binds it, the version of the case it tells of, and which try this is, from 1."""

    attempt: Count
    letter_sha256: Sha256
    manifest_sha256: Sha256
    decision_version: Count


class WriteOff(Body):
    """Why no answer will come."""

    reason: Prose
