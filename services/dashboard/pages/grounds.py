"""What an entry in the ledger came from, in words."""

from services.dashboard.words.spoken import N_, gettext

_GROUNDS = {
    "allocated": N_("Tildelt"),
    "change": N_("Endret"),
    "transfer": N_("Flyttet mellom poster"),
    "carry-over": N_("Overført fra i fjor"),
    "difference": N_("Avvik mot brevets sum"),
    "earmarked": N_("Øremerket"),
    "authority": N_("Fullmakt brukt"),
    "award.approved.v1": N_("Tilsagn godkjent"),
    "award.imported.v1": N_("Tilsagn fra før systemet"),
    "award.supplement-approved.v1": N_("Tilleggsbevilgning vedtatt"),
    "award.reduced.v1": N_("Tilskudd redusert"),
    "award.annulled.v1": N_("Vedtak opphevet"),
    "award.declined.v1": N_("Mottaker takket nei"),
    "award.commitment-held-over.v1": N_("Tilsagn overført ved årsskiftet"),
    "award.commitment-held-over.v2": N_("Tilsagn overført til neste budsjettår"),
    "award.commitment-lapsed.v1": N_("Tilsagn falt bort ved årsskiftet"),
    "disbursement.instalment-paid.v1": N_("Termin utbetalt"),
    "disbursement.instalment-paid.v2": N_("Termin utbetalt i et senere budsjettår"),
    "held-over": N_("Overført tilsagn dekket på nytt"),
    "withholding.decided.v1": N_("Termin holdt tilbake"),
    "withholding.released.v1": N_("Tilbakehold opphevet"),
    "withholding.reclaim-netted.v1": N_("Tilbakekreving motregnet"),
    "withholding.repayment-received.v1": N_("Tilbakebetaling mottatt"),
    "report.award-settled.v1": N_("Tilskudd gjort opp"),
}


def ground_in_words(ground: str) -> str:
    """A stored name as a reader would say it; a name not listed here is shown as it is, never left out."""
    return gettext(_GROUNDS.get(ground, ground))
