"""Whom a letter names, as it is answered before it is frozen."""

from pydantic import BaseModel, Field

from services.grants.grant_letter.signatories import Signatories, Signatory


class SignatoryShown(BaseModel):
    """Somebody behind the letter, with name and title as the register of staff has them on its day."""

    subject: str
    name: str | None = Field(description="None where the register does not have them: the letter then leaves them out.")
    title: str | None


class SignatoriesShown(BaseModel):
    """Who prepared what the letter tells of, who decided or is to decide it, and which of the two it cannot name."""

    caseworker: SignatoryShown | None
    approver: SignatoryShown | None
    unnamed: list[str]


def shown_signatories(signed: Signatories) -> SignatoriesShown:
    """As people read it."""
    return SignatoriesShown(
        caseworker=_shown(signed.caseworker), approver=_shown(signed.approver), unnamed=signed.unnamed
    )


def _shown(signatory: Signatory | None) -> SignatoryShown | None:
    if signatory is None:
        return None
    named = signatory.named
    return SignatoryShown(
        subject=signatory.subject, name=named.name if named else None, title=named.title if named else None
    )
