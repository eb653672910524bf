"""The fifteen national resource environments that the letter of allocation names, with its own amounts."""

from collections.abc import Mapping, Sequence

from dev.demo import told
from dev.demo.books import Books
from dev.demo.days import Days
from dev.demo.office import KARI, Office
from dev.demo.payments import pay, register_accounts
from dev.demo.rounds import Grant, approve, look_ahead, open_round, release

FUND = "2020/291/71/nasjonale-ressursmiljo"
FODT_FRI = "fodt-fri"
KRONER: Mapping[str, int] = {
    "antirasistisk-senter": 6_075_000,
    "inlo": 600_000,
    "kia": 1_265_000,
    "minotenk": 4_000_000,
    "mira": 3_650_000,
    "multikulturelt-initiativ": 500_000,
    "noas": 2_630_000,
    "omod": 2_040_000,
    "seif": 5_350_000,
    "lim": 2_000_000,
    "utrop": 1_500_000,
    "caritas-norge": 3_000_000,
    "samora": 1_500_000,
    "stiftelsen-fargespill": 2_000_000,
    "fodt-fri": 6_000_000,
}
"""What the table of chapter 5.1 prints: 42 110 000 kroner in all."""


def play(office: Office, books: Books) -> Days[Grant]:
    """All fifteen in one round, exempt from the notice. Everyone is paid both halves but Født Fri, who is paid the
    first; its case goes on in a story of its own."""
    told.heading("Femten navngitte nasjonale ressursmiljø (291/71): mottakere og beløp er brevets")
    told.line("Organisasjonsnumre og kontonumre er oppdiktet: brevet oppgir ingen.")
    round_at = open_round(office, "nasjonale-ressursmiljo-2020", "Nasjonale ressursmiljø 2020", "2020-01-20")
    halves = {word: (kroner * 50, kroner * 50) for word, kroner in KRONER.items()}
    grants = name_all(office, round_at, FUND, halves, letter=0, section="5.1, kap. 291 post 71")
    look_ahead(office, round_at, "2020-02-03")
    yield from approve(office, books, round_at, "2020-02-03", grants, planned_on="2020-02-10")
    yield from release(office, grants, "2020-02-10", "2020-02-17")
    register_accounts(office, grants, "2020-02-18")
    pay(office, books, grants, 1, "2020-02-28")
    fodt_fri = next(grant for grant in grants if grant.fund_id.endswith(FODT_FRI))
    pay(office, books, [grant for grant in grants if grant is not fodt_fri], 2, "2020-09-15")
    return fodt_fri


def name_all(
    office: Office, round_at: str, fund_id: str, parts: Mapping[str, tuple[int, ...]], *, letter: int, section: str
) -> Sequence[Grant]:
    """Puts those the letter names into a round, each on the fund that is its own."""
    funds = office.reads("/v1/posts/2020/291/71/funds?valid_at=2020-12-31&limit=500")["items"]
    names = {fund["fund_id"]: fund["name"] for fund in funds}
    numbers = {f"{fund_id}/{word}": office.numbers.organisation() for word in parts}
    lines = [
        {
            "fund_id": own,
            "amount_ore": sum(parts[own.rpartition("/")[2]]),
            "recipient": {"name": names[own], "organisation_number": number},
            "named_in": {"year": 2020, "letter": letter, "section": section},
        }
        for own, number in numbers.items()
    ]
    office.acts(KARI, "POST", round_at, "lines", {"lines": lines})
    told.line(f"Kari foreslår {len(lines)} tildelinger, som brevet navngir", sum(map(sum, parts.values())))
    return [
        Grant(
            case=f"/v1/cases/{line['case_id']}",
            name=line["recipient"]["name"],
            organisation_number=line["recipient"]["organisation_number"],
            fund_id=line["fund_id"],
            parts=parts[line["fund_id"].rpartition("/")[2]],
        )
        for line in office.reads(f"{round_at}/lines?limit=200")["items"]
    ]
