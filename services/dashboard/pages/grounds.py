"""What an entry in the ledger came from, in words."""

_GROUNDS = {
    "allocated": "Tildelt",
    "change": "Endret",
    "transfer": "Flyttet mellom poster",
    "carry-over": "Overført fra i fjor",
    "difference": "Avvik mot brevets sum",
    "earmarked": "Øremerket",
    "authority": "Fullmakt brukt",
    "award.approved.v1": "Tilsagn godkjent",
    "award.imported.v1": "Tilsagn fra før systemet",
    "disbursement.instalment-paid.v1": "Termin utbetalt",
    "disbursement.instalment-paid.v2": "Termin utbetalt i et senere budsjettår",
    "held-over": "Overført tilsagn dekket på nytt",
    "withholding.decided.v1": "Termin holdt tilbake",
    "withholding.released.v1": "Tilbakehold opphevet",
}


def ground_in_words(ground: str) -> str:
    """A stored name as a reader would say it; a name not listed here is shown as it is, never left out."""
    return _GROUNDS.get(ground, ground)
