"""Whose account a recipient is paid to: registered by one person, held against a source by another.

The number itself stands in an erasable row; the log knows only its id. Who keeps it attests nothing that is paid to it,
in whichever order the two are tried (domain rule 3).
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.duties import keep_apart
from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.case.events.disbursement import PayeeAccountErased, PayeeAccountRegistered, PayeeAccountVerified
from services.grants.disbursement.attestation import kept_by
from services.grants.disbursement.rules import Disbursement
from services.grants.registers.organisation_numbers import check_organisation_number
from services.text.folding import is_blank


class AccountNotRecipients(Refusal):
    """The holder is neither the recipient nor who has come in its place."""

    code = "account-not-recipients"
    title = "Kontoen tilhører ikke mottakeren"


class NoAccountRegistered(Refusal):
    """There is no account to verify."""

    code = "no-account-registered"
    title = "Ingen konto er registrert"


class OtherAccountRegistered(Refusal):
    """Another account has been registered since the one that was looked at."""

    code = "other-account-registered"
    title = "En annen konto er registrert siden"


class AccountSourceMissing(Refusal):
    """It is not said what the account was held against."""

    code = "account-source-missing"
    status = 422
    title = "Kilden mangler"


def register_account(
    case: Disbursement,
    *,
    account_id: UUID,
    holder: str,
    registered_on: date,
    registered_by: str,
    digest: str | None = None,
) -> list[Event]:
    """Register which account the recipient is paid to; `holder` is the organisation number it belongs to, `digest` what
    its row is bound by. A new one replaces the last and waits for a second person. The same account id again returns
    no event.

    Refuses `NotCommitted`, `OrganisationNumberInvalid`, `AccountNotRecipients`, `SamePersonTwice`.
    """
    if case.account and case.account.account_id == account_id:
        return []
    case.commitment.approval()
    check_organisation_number(holder, recorded=recorded_numbers(case))
    _belongs_to_recipient(case, holder)
    keep_apart(registered_by, "register account", _attested(case))
    return [
        PayeeAccountRegistered(
            account_id=account_id, registered_on=registered_on, registered_by=registered_by, digest=digest
        )
    ]


def verify_account(
    case: Disbursement, *, account_id: UUID, source: str, verified_on: date, verified_by: str
) -> list[Event]:
    """Confirm, as a second person who has held it against a source, that the account is the recipient's. Verified
    already, nothing happens.

    Refuses `NoAccountRegistered`, `OtherAccountRegistered`, `SamePersonTwice`, `AccountSourceMissing`.
    """
    if case.account is None:
        raise NoAccountRegistered("Register the recipient's account first.")
    if case.account.account_id != account_id:
        raise OtherAccountRegistered("Another account is registered now. Look at it before you verify.")
    if case.verified:
        return []
    if is_blank(source):
        raise AccountSourceMissing("Say what the account was held against: a letter from the bank, the register.")
    keep_apart(verified_by, "verify account", kept_by(case) | _attested(case))
    return [
        PayeeAccountVerified(account_id=account_id, source=source, verified_on=verified_on, verified_by=verified_by)
    ]


def erase_account(
    recorded: Sequence[Event], *, account_id: UUID, reason: str, erased_on: date, erased_by: str
) -> list[Event]:
    """Record that the account's number is erased, whatever the state of its case: the right to be erased waits for
    nothing (personvernforordningen artikkel 17). `recorded` is what stands on the account's own stream. Again is
    nothing."""
    if any(isinstance(event, PayeeAccountErased) for event in recorded):
        return []
    return [PayeeAccountErased(account_id=account_id, reason=reason, erased_on=erased_on, erased_by=erased_by)]


def erasure_of(account_id: UUID) -> str:
    """The stream on which it stands that an account is erased."""
    return f"payee-account-{account_id}"


def recorded_numbers(case: Disbursement) -> list[str | None]:
    """The organisation numbers that stand in the case: its recipient's, and of who has come in its place."""
    proposed = case.commitment.proposed
    return [
        proposed.recipient.organisation_number if proposed else None,
        case.party.party.organisation_number if case.party else None,
    ]


def _belongs_to_recipient(case: Disbursement, holder: str) -> None:
    proposed = case.commitment.proposed
    body = case.party.party if case.party else proposed.recipient if proposed else None
    if body and body.organisation_number and body.organisation_number != holder:
        raise AccountNotRecipients(
            f"The account belongs to {holder}, and the money is for {body.organisation_number}.",
            organisation_number=body.organisation_number,
        )


def _attested(case: Disbursement) -> dict[str, set[str]]:
    return {"attest payment": {payment.attested.attested_by for payment in case.payments}}
