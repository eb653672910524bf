"""What a proposed award must hold to be whole, before anybody is asked to approve it."""

import re

from stdnum.no import orgnr

from services.eventlog.refusal import Refusal
from services.grants.award.events import AwardProposed
from services.grants.commitment import positive


class AwardIncomplete(Refusal):
    """Something a recipient must be told is not there; `missing` names all of it."""

    code = "award-incomplete"
    status = 422
    title = "Forslaget er ikke fullstendig"


class FundMalformed(Refusal):
    """The fund's id does not begin with a budget year, so no rule of years can be kept."""

    code = "fund-malformed"
    status = 422
    title = "Ugyldig budsjettlinje"


class PlanMisnumbered(Refusal):
    """Instalments are numbered 1, 2, 3 in the order they stand."""

    code = "plan-misnumbered"
    status = 422
    title = "Terminene er feil nummerert"


class PlanDoesNotAddUp(Refusal):
    """The instalments together are not the award."""

    code = "plan-does-not-add-up"
    status = 422
    title = "Terminene summerer ikke til beløpet"


class OrganisationNumberInvalid(Refusal):
    """The number is not one the register can have given: nine digits, the last a check digit modulo 11."""

    code = "organisation-number-invalid"
    status = 422
    title = "Ugyldig organisasjonsnummer"


def check_whole(proposal: AwardProposed) -> None:
    """Refuse a proposal that lacks something or contradicts itself.

    `AwardIncomplete`, `FundMalformed`, `OrganisationNumberInvalid`, `AmountNotPositive`, `PlanMisnumbered`,
    `PlanDoesNotAddUp`.
    """
    if missing := _list_missing(proposal):
        raise AwardIncomplete(f"Missing: {', '.join(missing)}.", missing=missing)
    if not re.match(r"[0-9]{4}/", proposal.fund_id):
        raise FundMalformed("A fund begins with its budget year, as in 2020/291/71.")
    number = proposal.recipient.organisation_number
    if number is not None and not is_organisation_number(number):
        raise OrganisationNumberInvalid("The organisation number is not valid. Look it up in the register.")
    _check_plan(proposal)


def is_organisation_number(number: str) -> bool:
    """Whether nine digits weigh up to a multiple of 11, as every number of the Norwegian register does."""
    return re.fullmatch(r"[0-9]{9}", number) is not None and bool(orgnr.is_valid(number))


def _list_missing(proposal: AwardProposed) -> list[str]:
    needed = {
        "recipient": proposal.recipient.name.strip(),
        "purpose": proposal.purpose.strip(),
        "terms": proposal.terms and all(term.strip() for term in proposal.terms),
        "instalments": proposal.instalments,
        "section of the letter": proposal.basis.section.strip(),
    }
    return [name for name, there in needed.items() if not there]


def _check_plan(proposal: AwardProposed) -> None:
    positive(proposal.amount_ore)
    for place, instalment in enumerate(proposal.instalments, start=1):
        if instalment.number != place:
            raise PlanMisnumbered(f"Instalment {instalment.number} stands where {place} is expected.")
        positive(instalment.amount_ore)
    sum_ore = sum(instalment.amount_ore for instalment in proposal.instalments)
    if sum_ore != proposal.amount_ore:
        raise PlanDoesNotAddUp(
            f"The instalments add up to {sum_ore} øre and the award is {proposal.amount_ore} øre.",
            difference_ore=sum_ore - proposal.amount_ore,
        )
