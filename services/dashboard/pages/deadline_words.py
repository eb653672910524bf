"""What deadlines are called where people read them."""

from collections.abc import Mapping
from typing import Any

from services.dashboard.pages.deadline_sentences import said
from services.dashboard.pages.tables import Tag
from services.dashboard.words.spoken import N_, gettext

KINDS: Mapping[str, str] = {
    "assignment": N_("oppdrag i brev"),
    "ministry-report": N_("rapport til departementet"),
    "meeting": N_("møte i styringsdialogen"),
    "publication": N_("publisering"),
    "letter-publication": N_("brev som skal publiseres"),
    "pay-out": N_("utbetalingsfrist"),
    "notice-must-go": N_("orientering må sendes"),
    "notice-opens": N_("orientering åpner"),
    "notice-stale": N_("orientering blir for gammel"),
    "letters-waiting": N_("brev kan sendes"),
    "letter-waiting": N_("brev uten orientering kan sendes"),
    "letter-unnoticed": N_("brev mangler orientering"),
    "call-closes": N_("søknadsfrist"),
    "supplement-reply": N_("svar på supplering"),
    "reply-period": N_("svarfrist"),
    "terms-acceptance": N_("aksept av vilkår"),
    "instalment": N_("utbetaling"),
    "recipient-report": N_("rapport fra mottaker"),
    "complaint-period": N_("klagefrist"),
    "complaint-completion": N_("klage skal kompletteres"),
    "reclaim-payment": N_("tilbakebetaling"),
}
STATES: Mapping[str, Tag] = {
    "due": Tag(N_("venter"), "info"),
    "overdue": Tag(N_("forfalt"), "danger"),
    "met": Tag(N_("gjort"), "success"),
    "fallen": Tag(N_("bortfalt")),
    "over": Tag(N_("over")),
    "history": Tag(N_("før systemet")),
    "undated": Tag(N_("uten dag"), "warning"),
}
"""As the register answers, and one more: what waits and is late."""
SETTLED = ("met", "fallen", "over")
"""Nothing is waited for any more."""

ROLES: Mapping[str, str] = {
    "caseworker": N_("saksbehandler"),
    "approver": N_("godkjenner"),
    "attestor": N_("attestant"),
    "controller": N_("controller"),
    "ministry": N_("departementet"),
}


def deadline_in_words(row: Any) -> str:
    """What is due, with the number the letter gives it."""
    what = said(row.kind, str(row.what), settled=row.state in SETTLED)
    if row.assignment and row.assignment not in row.what:
        return gettext(N_("%(what)s (oppdrag %(number)s)"), what=what, number=row.assignment)
    return what
