"""Why a scheme or a call cannot be as asked. Each sentence says what to do about it."""

from services.eventlog.refusal import Refusal


class SchemeTaken(Refusal):
    """A scheme with other terms is registered under this id."""

    code = "scheme-taken"
    title = "Ordningen er allerede registrert med et annet innhold"


class SchemeUnknown(Refusal):
    """No scheme is registered under this id."""

    code = "scheme-unknown"
    status = 404
    title = "Ordningen finnes ikke"


class SchemeFundUnknown(Refusal):
    """A scheme pays from funds that letters have opened. `funds` names those that none has."""

    code = "scheme-fund-unknown"
    status = 422
    title = "Ordningen viser til en budsjettlinje som ikke finnes"


class TermsDoNotAddUp(Refusal):
    """Something in the terms contradicts the rest of them. `problems` says everything that does."""

    code = "scheme-terms-do-not-add-up"
    status = 422
    title = "Vilkårene for ordningen henger ikke sammen"


class SchemeIncomplete(Refusal):
    """A scheme must be whole before anybody may apply (Bestemmelser om økonomistyring i staten 6.2.1.1).
    `missing` names everything it lacks."""

    code = "scheme-incomplete"
    title = "Ordningen er ikke ferdig beskrevet"


class SchemeTakesNoApplications(Refusal):
    """Recipients of this scheme are named, agreed with or reckoned per capita: there is nothing to apply for."""

    code = "scheme-takes-no-applications"
    title = "Ordningen tar ikke imot søknader"


class CallIdWrong(Refusal):
    """A call's id begins with its scheme's: jobbsjansen-2020.forste-runde."""

    code = "call-id-wrong"
    status = 422
    title = "Utlysningens id passer ikke til ordningen"


class CallTaken(Refusal):
    """Another call is published under this id."""

    code = "call-taken"
    title = "En annen utlysning har denne id-en"


class CallUnknown(Refusal):
    """No call is published under this id."""

    code = "call-unknown"
    status = 404
    title = "Utlysningen finnes ikke"


class CallIsCancelled(Refusal):
    """The call is cancelled, and stays so."""

    code = "call-is-cancelled"
    title = "Utlysningen er trukket tilbake"


class CallDatesWrong(Refusal):
    """A call is published, then opens, then closes; it may all be one day."""

    code = "call-dates-wrong"
    status = 422
    title = "Datoene for utlysningen er i feil rekkefølge"


class FundNotOfScheme(Refusal):
    """A call gives from one of its scheme's funds."""

    code = "call-fund-not-of-scheme"
    status = 422
    title = "Budsjettlinjen hører ikke til ordningen"


class DeadlineNotLater(Refusal):
    """A deadline that is announced is only ever moved to a later day."""

    code = "call-deadline-not-later"
    title = "Fristen kan bare utsettes"


class SchemeReasonMissing(Refusal):
    """Terms, deadlines and calls are not changed without a reason that can be read afterwards."""

    code = "scheme-reason-missing"
    status = 422
    title = "Begrunnelsen mangler"
