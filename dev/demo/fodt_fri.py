"""Født Fri to the end: warned, withheld, complained, forwarded, across the turn of the year, the estate, the outcome.

The days and sums are public facts of 2020 and 2021. The reasons' words, the reply period and the document numbers are
the demonstration's, and so are the days of forwarding and of the ministry's outcome.
"""

from pathlib import Path

from dev.demo import told
from dev.demo.books import Books
from dev.demo.office import ANNE, AUTHORITY, INGRID, KARI, MINISTRY, PER, Office
from dev.demo.rounds import Grant
from dev.people import Unexpected

REASONS = [{"code": "terms-broken", "text": "Vilkårene for tilskuddet er ikke oppfylt (demonstrasjon)."}]
ESTATE = "Født Fri, konkursboet"
OLD_POST, NEW_POST = "2020/291/71", "2021/291/71"
OWN_ORE = 10_000_000_000
LETTERS_2021 = Path(__file__).parent / "letters"


def play(office: Office, books: Books, grant: Grant) -> None:
    """What became of the second half."""
    told.heading("Født Fri (291/71, 6 mill.): merkede dager og ord er demonstrasjonens, resten er offentlig kjent")
    withhold(office, books, grant)
    complain(office, grant)
    turn_the_year(office, books, grant)
    end(office, books, grant)


def withhold(office: Office, books: Books, grant: Grant) -> None:
    """Warned on 11 August, decided on 2 November; the money stays reserved, and is not paid."""
    held_ore = grant.parts[1]
    told.part("Forhåndsvarsel og tilbakehold")
    told.line("Tilsagn 3. februar 2020 (dagen er demonstrasjonens)", grant.amount_ore)
    told.line("Første termin utbetalt 28. februar 2020 (dagen er demonstrasjonens)", grant.parts[0])
    decision = {"instalment": 2, "amount_ore": held_ore, "reasons": REASONS, "decided_on": "2020-11-02"}
    told.refusal("Tilbakehold uten varsel", office.tries(INGRID, "POST", "withholdings", decision, on=grant.case))
    warning = {"amount_ore": held_ore, "reasons": REASONS, "reply_by": "2020-09-01", "warned_on": "2020-08-11"}
    office.acts(KARI, "PUT", grant.case, "instalments/2/warning", warning)
    told.line("Kari varsler 11. august 2020 (svarfristen 1. september er demonstrasjonens)", held_ore)
    office.acts(INGRID, "POST", grant.case, "withholdings", decision)
    books.withhold(grant.fund_id, held_ore)
    told.line("Ingrid vedtar å holde tilbake andre termin 2. november 2020", held_ore)
    attested = {"amount_ore": held_ore, "pay_on": "2020-11-10", "attested_on": "2020-11-10"}
    no = office.tries(PER, "POST", "instalments/2/attestations", attested, on=grant.case)
    told.refusal("Per prøver å attestere terminen og", no)


def complain(office: Office, grant: Grant) -> None:
    """23 November is day 21 of 21. The directorate stands by its decision and sends the complaint on."""
    told.part("Klage")
    office.letters_out.go_to("2020-12-14")
    complaint = {
        "disputed": "withholding",
        "decision_number": 1,
        "decision_arrived_on": "2020-11-02",
        "lodged_on": "2020-11-23",
        "grounds": "Mottakeren mener at vilkårene er oppfylt (demonstrasjon).",
    }
    office.acts(KARI, "POST", grant.case, "complaints", complaint)
    told.line("Født Fri klager 23. november 2020: dag 21 av 21, i tide")
    statement = {"statement": "Direktoratet opprettholder vedtaket (demonstrasjon).", "forwarded_on": "2020-12-14"}
    office.acts(KARI, "PUT", grant.case, "complaints/1/forwarding", statement)
    told.line("Kari sender klagen til departementet 14. desember 2020 med sin uttalelse (dagen er demonstrasjonens)")


def turn_the_year(office: Office, books: Books, grant: Grant) -> None:
    """Supplement 8 makes the post "kan overføres", so that the money under dispute goes on to the new year's books: a
    claim on what is carried over, and on nothing of the new year's own."""
    held_ore, closed = grant.parts[1], books.funds[OLD_POST]
    told.part("Årsskiftet")
    office.letters_out.go_to("2021-01-20")
    office.acts(ANNE, "POST", grant.case, "turn-of-year", {"year": 2020})
    if not office.reads("/v1/posts/2020/291/71?valid_at=2020-12-31")["transferable"]:
        raise Unexpected("291/71 is not transferable at the end of 2020")
    told.line("Tillegg nr. 8 gir post 71 stikkordet «kan overføres»")
    told.line("Anne fører årsskiftet: de omstridte pengene er et krav på det som overføres til 2021", held_ore)
    for day in ("2021-01-20", "2021-04-06"):
        figures = {"committed": closed.committed_ore, "disbursed": closed.disbursed_ore}
        books.expect(OLD_POST, day, **figures, withheld=closed.withheld_ore, held_over=held_ore)
    told.line(f"Anne registrerer {register(office, '2021-00')}: 100 mill. på 291/71")
    books.expect(NEW_POST, "2021-01-20", claims=held_ore, committed=0, withheld=0, remaining=OWN_ORE)
    attested = {"amount_ore": held_ore, "pay_on": "2021-02-01", "attested_on": "2021-01-20"}
    no = office.tries(PER, "POST", "instalments/2/attestations", attested, on=grant.case)
    told.refusal("Per prøver å attestere det for 1. februar 2021 og", no)
    party = {"name": ESTATE, "organisation_number": office.numbers.organisation()}
    change = {"party": party, "capacity": "bankruptcy-estate", "document": "demonstrasjon: kunngjøring"}
    office.acts(KARI, "PUT", grant.case, "party", change | {"changed_on": "2021-01-20"})
    told.line("Født Fri går konkurs i januar 2021; boet trer inn som part")


def end(office: Office, books: Books, grant: Grant) -> None:
    """The money is released on 2021's post and bound there; the ministry's own decision is final: the withholding
    stands. Then what was held back falls away, and is free for others on 2021's post."""
    held_ore = grant.parts[1]
    told.part("Departementets utfall")
    office.letters_out.go_to("2021-03-15")
    told.line(f"Anne registrerer {register(office, '2021-01')}: det overførte er bundet av kravet", held_ore)
    books.expect(NEW_POST, "2021-03-14", claims=held_ore, committed=0, withheld=0, remaining=OWN_ORE)
    books.expect(NEW_POST, "2021-03-15", claims=held_ore, committed=held_ore, withheld=held_ore, remaining=OWN_ORE)
    outcome = {"outcome": "upheld", "document": "demonstrasjon: departementets brev", "decided_on": "2021-03-15"}
    office.acts(MINISTRY, "PUT", grant.case, "complaints/1/outcome", outcome)
    told.line("Departementet stadfester vedtaket 15. mars 2021 (dagen er demonstrasjonens); det er endelig")
    fall_away(office, grant, held_ore)
    books.expect(NEW_POST, "2021-04-06", claims=0, committed=0, disbursed=0, withheld=0, remaining=OWN_ORE + held_ore)
    case = office.reads(grant.case)
    told.line("Saken viser: tilsagn", case["committed_ore"])
    told.line("Saken viser: utbetalt", case["disbursed_ore"])
    told.line("Saken viser: holdt tilbake", case["withheld_ore"])


def fall_away(office: Office, grant: Grant, held_ore: int) -> None:
    """What was held back is promised no more: Kari proposes it, Ingrid decides."""
    office.letters_out.go_to("2021-04-06")
    ground = {"code": "terms-broken", "text": "Departementet har stadfestet vedtaket (demonstrasjon)."}
    known = {"code": "fvl-16-3-c", "ground": "Boet er hørt i klagesaken (demonstrasjon)."}
    change = {
        "kind": "reduction",
        "reductions": [{"instalment": 2, "amount_ore": held_ore, "withholding": 1}],
        "ground": ground,
        "hearing": {"warned_on": "2021-04-06", "exemption": known},
    }
    office.acts(KARI, "POST", grant.case, "award/changes", change)
    approval = {"approved_on": "2021-04-06", "disposal_authority": AUTHORITY}
    office.acts(INGRID, "PUT", grant.case, "award/changes/approval", approval)
    told.line("Ingrid lar det tilbakeholdte falle bort 6. april 2021 (dagen er demonstrasjonens)", held_ore)


def register(office: Office, name: str) -> str:
    """One of the demonstration's own letters of 2021, registered; what it is called."""
    return str(office.sends_letter(ANNE, (LETTERS_2021 / f"{name}.yaml").read_bytes())["title"])
