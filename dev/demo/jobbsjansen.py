"""Jobbsjansen: the first round of 85.3 million, then the 25 extraordinary million for those who were granted in it."""

from dev.demo import told
from dev.demo.applying import Call, application, into, propose, receive, reject
from dev.demo.books import Books
from dev.demo.days import Days
from dev.demo.invented import Invented
from dev.demo.office import AUTHORITY, INGRID, KARI, Office
from dev.demo.payments import pay, register_accounts
from dev.demo.rounds import Grant, approve, look_ahead, open_round, release

MILLION = 100_000_000
POST = "2020/291/62"
FIRST = Call(
    call_id="jobbsjansen-2020.forste-runde",
    fund_id=f"{POST}/jobbsjansen",
    title="Jobbsjansen 2020 (oppdiktet prosjekt)",
    arrived_on="2020-02-20",
    assessed_on="2020-03-10",
)
EXTRA = Call(
    call_id="jobbsjansen-ekstraordinaer-2020.tillegg-til-rundskriv-8",
    fund_id=f"{POST}/jobbsjansen-ekstraordinaere-midler",
    title="Flere deltakere i etablert prosjekt (oppdiktet)",
    arrived_on="2020-08-12",
    assessed_on="2020-09-01",
    established=True,
)


def play(office: Office, books: Books) -> Days[None]:
    """Both rounds."""
    told.heading("Jobbsjansen (291/62): kommuner og beløp er oppdiktet, utlysningene og rammene er brevets")
    told.line("Kommunenumrene er lånt av virkelige kommuner, som ikke har noe med saken å gjøre.")
    borrowed = {"Nord": "5401", "Sør": "4204", "Øst": "3004", "Vest": "4601", "Midt": "5001"}
    nord, sor, ost, vest, midt = (
        office.numbers.municipality(f"Oppdiktet kommune {name}", number) for name, number in borrowed.items()
    )
    yield from first_round(office, books, (nord, sor, ost, vest), turned_down=midt)
    yield from extra_call(office, books, (nord, sor), turned_down=midt)


def first_round(
    office: Office, books: Books, municipalities: tuple[Invented, ...], *, turned_down: Invented
) -> Days[None]:
    """All 85.3 million: what-if, a line returned and lowered, approved by another, paid by instalments."""
    sought = dict(zip(municipalities, (45, 25, 20, 15), strict=True)) | {turned_down: 30}
    told.part("Søknader om 85,3 mill. kroner, utlyst 15. januar 2020")
    cases = receive(office, FIRST, {who: millions * MILLION for who, millions in sought.items()})
    reject(office, FIRST, turned_down, cases[turned_down])
    nord = municipalities[0]
    halves = dict(zip(municipalities, (20, 12, 8, 2), strict=True))
    round_at = open_round(office, "jobbsjansen-2020", "Jobbsjansen, første runde", "2020-03-12", FIRST.call_id)
    too_much = {who: (half * MILLION, half * MILLION) for who, half in halves.items()}
    grants = list(propose(office, FIRST, round_at, cases, too_much | {nord: (22 * MILLION, 22 * MILLION)}))
    look_ahead(office, round_at, "2020-03-20")
    refuse_preparer(office, round_at)
    grants[0] = lower(office, round_at, grants[[grant.name for grant in grants].index(nord.name)])
    look_ahead(office, round_at, "2020-03-20")
    yield from approve(office, books, round_at, "2020-03-20", grants, planned_on="2020-04-06")
    yield from release(office, grants, "2020-04-06", "2020-04-14")
    told.part("Terminene betales")
    register_accounts(office, grants, "2020-04-15")
    pay(office, books, grants, 1, "2020-04-20")
    pay(office, books, grants, 2, "2020-09-15")


def refuse_preparer(office: Office, round_at: str) -> None:
    """Who prepares does not approve: Kari is no approver, and would be refused if she were."""
    approval = {"approved_on": "2020-03-20", "disposal_authority": AUTHORITY}
    told.refusal("Kari prøver å godkjenne selv og", office.tries(KARI, "PUT", "approval", approval, on=round_at))


def lower(office: Office, round_at: str, grant: Grant) -> Grant:
    """A line returned by the approver with a reason, and proposed anew at what is left: 41.3 million."""
    why = {"reason": "Rammen på 85,3 mill. kroner holder ikke. Sett ned til 41,3 mill. kroner."}
    office.acts(INGRID, "POST", round_at, "returns", why | {"case_ids": [grant.case.rsplit("/", 1)[1]]})
    office.forgets()
    told.line(f"Ingrid returnerer {grant.name}: «{why['reason']}»")
    half = 20_650_000_00
    lowered = Grant(
        case=grant.case,
        name=grant.name,
        organisation_number=grant.organisation_number,
        fund_id=grant.fund_id,
        parts=(half, half),
    )
    into(office, round_at, [lowered])
    return lowered


def extra_call(office: Office, books: Books, granted: tuple[Invented, ...], *, turned_down: Invented) -> Days[None]:
    """Only municipalities with an established project granted in the first round (supplement 4, 2020-018)."""
    told.part("Tillegg nr. 4: 25 mill. kroner ekstra til etablerte prosjekter som fikk tilskudd i første runde")
    wait_until_listed(office, granted)
    no = office.tries(KARI, "POST", "/v1/applications", application(EXTRA, turned_down, 5 * MILLION))
    told.refusal(turned_down.name, no)
    for finding in no.get("findings", ()):
        if not finding["met"]:
            told.line(f"  Regel «{finding['rule']}»: {finding['sentence']}")
    sought = dict(zip(granted, (18 * MILLION, 12 * MILLION), strict=True))
    cases = receive(office, EXTRA, sought)
    round_at = open_round(
        office, "jobbsjansen-ekstraordinaer-2020", "Jobbsjansen, ekstraordinære midler", "2020-09-02", EXTRA.call_id
    )
    shares = dict(zip(granted, ((15 * MILLION,), (10 * MILLION,)), strict=True))
    grants = propose(office, EXTRA, round_at, cases, shares)
    look_ahead(office, round_at, "2020-09-07")
    yield from approve(office, books, round_at, "2020-09-07", grants, planned_on="2020-09-22")
    yield from release(office, grants, "2020-09-22", "2020-09-25")
    register_accounts(office, grants, "2020-09-28")
    pay(office, books, grants, 1, "2020-09-30")


def wait_until_listed(office: Office, granted: tuple[Invented, ...]) -> None:
    """Who was granted is looked up in a list that follows the log within moments."""

    def listed() -> bool | None:
        cases = office.reads(f"/v1/cases?year=2020&call_id={FIRST.call_id}&limit=200")["items"]
        settled = [case for case in cases if case["state"] not in {"received", "assessed", "proposed", "rejected"}]
        return len(settled) > len(granted) or None

    office.waits_for(listed, "the list of those granted")
