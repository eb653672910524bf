"""Why an authority of chapter 6 cannot be used as asked. Each names the paragraph in its details."""

from services.eventlog.refusal import Refusal


class AuthorityNotGiven(Refusal):
    """No letter that counts on that day gives this authority."""

    code = "authority-not-given"
    title = "Fullmakten er ikke gitt"


class AuthorityDoesNotReach(Refusal):
    """The authority does not reach this post, or not from this post to that one."""

    code = "authority-does-not-reach"
    title = "Fullmakten rekker ikke til denne posten"


class ConditionNotMet(Refusal):
    """A condition of the paragraph is not met. `conditions` name each."""

    code = "authority-condition-not-met"
    title = "Et vilkår for fullmakten er ikke oppfylt"


class AuthorityLimitPassed(Refusal):
    """The use would pass what the authority allows on the post this year. All amounts in øre."""

    code = "authority-limit-passed"
    title = "Grensen for fullmakten er nådd"


class ConsentMissing(Refusal):
    """The ministry consents in each single case, before the appropriation is overspent."""

    code = "consent-missing"
    title = "Departementets samtykke mangler"


class SavingsDoNotCover(Refusal):
    """The saving in the years allowed is not the amount that is overspent."""

    code = "savings-do-not-cover"
    title = "Innsparingen dekker ikke beløpet"


class RestrictedMoneyUnstated(Refusal):
    """A restriction lies on the post; how much of the amount is restricted money must be stated."""

    code = "restricted-money-unstated"
    status = 422
    title = "Oppgi hvor mye av beløpet som er bundet"


class MoneyRestricted(Refusal):
    """Restricted money may not be used for anything else until a letter from the ministry lifts the restriction."""

    code = "money-restricted"
    title = "Pengene er bundet til departementet har avklart bruken"


class ReferenceTaken(Refusal):
    """Another use of the authority is recorded under this reference."""

    code = "reference-taken"
    title = "Referansen er brukt før"
