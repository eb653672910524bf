"""Which page serves whom, and how much of an award they see there. The one table of it: the routes ask it, a test walks
it, and `docs/pages.md` is made from it.

The ministry owns what it reads here, and still does not see an award before it is told of it (Instruks 5.4): the
notice and its days are how its leadership is told, and a page must not be quicker. Those who make, control and audit
awards see them from the moment they are made.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.httpapi.callers.caller import STAFF, Role


class Sight(StrEnum):
    """How much of the awards a reader sees."""

    told = "told"
    everything = "everything"


SIGHT_IN_WORDS = {
    Sight.everything: "an award from when it is approved",
    Sight.told: "an award from when the ministry has received the notice of it, or its letter is out; one that owes no "
    "letter (per capita) or was decided before this system, from when it is approved",
}


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page: its address, what it is called, and who sees how much there. A role that is not named sees nothing."""

    address: str
    title: str
    sees: Mapping[Role, Sight]

    def sight_of(self, roles: Collection[Role]) -> Sight | None:
        """The most that any of the roles sees; None where none of them is let in."""
        seen = {self.sees[role] for role in roles if role in self.sees}
        return next((sight for sight in (Sight.everything, Sight.told) if sight in seen), None)


_MONEY: Mapping[Role, Sight] = {role: Sight.told if role is Role.ministry else Sight.everything for role in STAFF}

YEAR = Page(address="/", title="Budsjettåret", sees=_MONEY)
POST = Page(address="/poster/{year}/{chapter}/{post}", title="En post", sees=_MONEY)
PROMISES = Page(address="/poster/{year}/{chapter}/{post}/tilsagn", title="Tilsagnene på en post", sees=_MONEY)
LETTER = Page(address="/brev/{year}/{number}", title="Et tildelingsbrev", sees=_MONEY)
EXPLAINED = Page(address="/forklar/{figure:path}", title="Et beløp forklart", sees=_MONEY)
CHANGED = Page(address="/endringer", title="Endringer", sees=_MONEY)
SEARCH = Page(address="/sok", title="Søk", sees=_MONEY)
SCHEMES = Page(address="/ordninger", title="Ordninger", sees=_MONEY)
SCHEME = Page(address="/ordninger/{scheme}", title="En ordning", sees=_MONEY)
AWARDS = Page(address="/tilsagn", title="Alle tilsagn", sees=_MONEY)
AWARD = Page(address="/tilsagn/{year}/{number}", title="Et tilsagn", sees=_MONEY)
NOTICES = Page(address="/varsler", title="Varsler", sees=_MONEY)
DISPUTES = Page(address="/tilbakehold-og-klager", title="Tilbakehold og klager", sees=_MONEY)
RECIPIENTS = Page(address="/tilskuddsmottakere", title="Tilskuddsmottakere", sees=_MONEY)
RECIPIENT = Page(address="/tilskuddsmottakere/{number}", title="En tilskuddsmottaker", sees=_MONEY)

RECEIVERS = Page(
    address="/mottakere",
    title="Mottakere utenfor",
    sees=dict.fromkeys((Role.administrator, Role.controller, Role.auditor), Sight.everything),
)

RECEIVER = Page(address="/mottakere/{receiver}", title="En mottaker", sees=RECEIVERS.sees)
DEADLINES = Page(address="/frister", title="Frister", sees=_MONEY)
DEVIATIONS = Page(address="/avvik", title="Alle avvik", sees=_MONEY)
TRYING_OUT = Page(address="/prov", title="Prøv", sees={Role.controller: Sight.everything})
AUDIT = Page(address="/revisjon", title="Revisjon", sees={Role.auditor: Sight.everything})

NEWS = Page(address="/nytt", title="Nytt siden sist", sees=dict.fromkeys(STAFF, Sight.told))
BESIDE = (NEWS,)
"""What an open page asks for by itself. It is no page: a number, and nothing of an award."""
PAGES = (
    YEAR, POST, PROMISES, LETTER, EXPLAINED, CHANGED, SEARCH, SCHEMES, SCHEME, AWARDS, AWARD, NOTICES, DISPUTES,
    RECIPIENTS, RECIPIENT, DEADLINES, DEVIATIONS, RECEIVERS, RECEIVER, TRYING_OUT, AUDIT,
)  # fmt: skip
ENTRANCES = (
    YEAR, SCHEMES, AWARDS, NOTICES, DISPUTES, RECIPIENTS, DEADLINES, DEVIATIONS, CHANGED, RECEIVERS, TRYING_OUT, AUDIT,
)  # fmt: skip
"""The pages that every page leads to, for those who may see them."""

FORMS = {
    "/mottakere/{receiver}/send-igjen": Page(
        address="/mottakere/{receiver}/send-igjen",
        title="Send igjen til en mottaker",
        sees={Role.administrator: Sight.everything},
    ),
    "/prov/brev": Page(address="/prov/brev", title="Prøv et brev", sees=TRYING_OUT.sees),
    "/prov/runde": Page(address="/prov/runde", title="Prøv en runde", sees=TRYING_OUT.sees),
}
"""What may be sent, beside signing out: each is done by a service, with the reader's own token, or not at all."""

FILES = {
    each.address: each
    for each in (
        Page(address="/revisjon/logg/{log}", title="En logg, hel", sees=AUDIT.sees),
        Page(address="/revisjon/nokkel/{log}", title="Nøkkelen en logg er signert med", sees=AUDIT.sees),
        Page(address="/revisjon/bevis/{year}/{number}", title="Beviset for et brev", sees=AUDIT.sees),
        Page(address="/revisjon/verktoy/{tool}", title="Et program som etterprøver", sees=AUDIT.sees),
    )
}
"""What an auditor takes home: fetched from the services with their own token, but for the programs."""

_SAFE = r"[a-z_]{1,20}=(?:[0-9A-Za-z.:+_~-]|%3A|%2B){1,60}"
"""What is asked for of a page, as our own links write it: a day, an instant, a side, a choice among words."""
_OWN_PATH = re.compile(
    "|".join(
        re.sub(r"{\w+:path}", r"(?:[0-9a-z/_-]|[.](?![.])){1,300}", re.sub(r"{\w+}", "[0-9a-z-]{1,40}", each.address))
        for each in PAGES
    ),
    re.ASCII,
)
_OWN_QUERY = re.compile(rf"{_SAFE}(?:&{_SAFE}){{0,11}}", re.ASCII)


def own_page(address: str) -> str:
    """One of the pages, with what was asked for of it, if that is written as our links write it; or the first page.
    Nobody is sent elsewhere by what stood in a link, nor is shown what did: free text, as a search, is left out."""
    path, _, query = address.partition("?")
    if not _OWN_PATH.fullmatch(path):
        return YEAR.address
    return address if _OWN_QUERY.fullmatch(query) else path


def own_place(address: str) -> str:
    """The same, with whatever was asked for: for what one of our own forms sends, which no other site can."""
    path, _, query = address.partition("?")
    return address if _OWN_PATH.fullmatch(path) and re.fullmatch(r"[!-~]{0,2000}", query) else YEAR.address


OPEN = {
    "/tilgjengelighet": "the accessibility statement, which public bodies owe everybody; it shows no figure",
    "/logg-inn": "where to sign in",
    "/logg-inn/begynn": "sends the browser to where people sign in",
    "/logg-inn/tilbake": "where it comes back to",
    "/sprak": "chooses the language of the pages, which the browser keeps",
    "/logg-ut": "signs out whoever is signed in, and nobody else",
}
"""What nobody need be signed in for, and why."""
OF_THE_PLATFORM = {
    "/internal/isalive": "a probe carries no token; it says that the process answers, and nothing else",
    "/internal/isready": "a probe carries no token; it says which of its two databases does not answer",
    "/internal/metrics": "a collector carries no token; counts and seconds by route, nothing of a grant or person",
}
"""The same at every service: for the platform's own network. The proxy in front passes none of `/internal/` on."""
