"""Why somebody is not let in, in the words they read. Told as a page, never as JSON."""

from services.httpapi.problem import HttpRefusal


class PageRefusal(HttpRefusal):
    """One whose `detail` is bokmål, for whoever reads the page."""


class SignedOut(PageRefusal):
    """Nobody is signed in in this browser, or no longer. A reader is shown where to sign in."""

    code = "signed-out"
    status = 401
    title = "Du må logge inn"
    headers = (("WWW-Authenticate", 'Cookie realm="Tilsagn"'),)


class NotYours(PageRefusal):
    """Signed in, in no role this page is for."""

    code = "page-not-yours"
    status = 403
    title = "Du har ikke tilgang til denne siden"


class FromElsewhere(PageRefusal):
    """Another site asks for it, with the reader's own cookie."""

    code = "from-elsewhere"
    status = 403
    title = "Forespørselen kom fra et annet nettsted"


class AnotherAddress(PageRefusal):
    """Asked for under a name that is not ours: the cookie of this name would be another's."""

    code = "another-address"
    status = 421
    title = "Sidene har en annen adresse"


class FormForged(PageRefusal):
    """The form does not carry what we gave this session to send along."""

    code = "form-forged"
    status = 403
    title = "Skjemaet er ikke gyldig lenger"


class FormUnclear(PageRefusal):
    """A field of the form is there twice, and may be read as either."""

    code = "form-unclear"
    status = 400
    title = "Skjemaet kan ikke leses"


class SignInAgain(PageRefusal):
    """What is asked takes the reader's own token, and it has run out or was never given. It is not renewed."""

    code = "sign-in-again"
    status = 403
    title = "Du må logge inn på nytt for å gjøre dette"


class ServiceAway(PageRefusal):
    """The service that is asked does not answer, or this deployment has not said where it is."""

    code = "service-away"
    status = 503
    title = "Tjenesten svarer ikke akkurat nå"
    headers = (("Retry-After", "10"),)


class NotSignedInHere(PageRefusal):
    """What the browser came back with proves nothing, or has been used."""

    code = "sign-in-refused"
    status = 400
    title = "Innloggingen lyktes ikke"


class ProviderAway(PageRefusal):
    code = "sign-in-unavailable"
    status = 503
    title = "Innlogging er utilgjengelig akkurat nå"
    headers = (("Retry-After", "10"),)
