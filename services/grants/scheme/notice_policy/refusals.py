"""Why a notice policy cannot be proposed or confirmed as asked."""

from services.eventlog.refusal import Refusal


class NoNoticePolicyWaits(Refusal):
    """Nobody has proposed a notice policy that a second person could decide on."""

    code = "no-notice-policy-waits"
    title = "Det er ingen orienteringsregel å ta stilling til"


class NoticePolicyUnsourced(Refusal):
    """A notice policy is confirmed against its source document, so the document's digest must be known."""

    code = "notice-policy-unsourced"
    status = 422
    title = "Kilden til orienteringsregelen mangler kontrollsum"
