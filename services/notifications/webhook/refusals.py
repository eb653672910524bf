"""Why something cannot be done with what an endpoint is told."""

from services.eventlog.refusal import Refusal


class FurtherThanThere(Refusal):
    """There is no message of that number yet: whoever has it has it from elsewhere, and would hear nothing there."""

    code = "further-than-there-is"
    status = 422
    title = "Så langt går ikke meldingene"


class DeliveryUnknown(Refusal):
    """Of what is asked for something was never told here: a number that was not given, or a delivery of another's."""

    code = "delivery-unknown"
    status = 422
    title = "Noe av dette er aldri sendt hit"


class RecoveredTooFarBack(Refusal):
    """What was put more than a year ago is told nobody by a recovery: a receiver reads it by its numbers."""

    code = "recovered-too-far-back"
    status = 422
    title = "Så langt tilbake sendes ingenting på nytt"


class RecoveredAhead(Refusal):
    """Nothing is put yet in a time that is to come."""

    code = "recovered-ahead"
    status = 422
    title = "Tidsrommet har ikke vært ennå"


class CarriedOutBefore(Refusal):
    """The key was used; what was answered then is answered again."""

    code = "carried-out-before"
    title = "Dette er gjort tidligere"
