"""Integration grants per capita: a file of municipalities into a round, tried first, then taken whole."""

from typing import Any

from dev.demo import told
from dev.demo.books import Books
from dev.demo.office import KARI, Office
from dev.demo.rounds import decide, look_ahead, open_round

FUND = "2020/291/60"
COLUMNS = "municipality_number;name;organisation_number;fund;period;rule;count;rate;amount;due_on"
MUNICIPALITIES = (("0301", 120), ("1103", 64), ("4601", 88), ("5001", 73), ("5401", 31), ("4204", 40))
RATE_KRONER = 100_000


def play(office: Office, books: Books) -> None:
    """A bad file is told of line by line and nothing of it is taken; the good one is approved whole."""
    told.heading("Integreringstilskudd per person (291/60), én fil: navn, antall og sats er oppdiktet")
    told.line("Kommunenumrene er lånt av virkelige kommuner, som ikke har noe med tallene å gjøre.")
    round_at = open_round(office, "integreringstilskudd-2020", "Integreringstilskudd, 1. kvartal 2020", "2020-03-30")
    lines = [line(office, number, persons) for number, persons in MUNICIPALITIES]
    refuse_bad_file(office, round_at, lines)
    tried = send(office, round_at, lines, "dry_run=true")
    told.line("Prøvekjøring av den rettede filen: ingen feil, ingenting lagret")
    told.line(
        f"{tried['remarks_total']} navn er ikke registerets (de er oppdiktet); Kari bekrefter at det skal være slik"
    )
    send(office, round_at, lines, f"confirm={tried['confirm']}")
    office.forgets()
    amounts_ore = [persons * RATE_KRONER * 100 for _, persons in MUNICIPALITIES]
    told.line(f"Filen tas inn: {len(lines)} linjer", sum(amounts_ore))
    look_ahead(office, round_at, "2020-04-01")
    decide(office, round_at, "2020-04-01")
    for amount_ore in amounts_ore:
        books.promise(FUND, amount_ore)
    told.line("Tilsagn i alt; de betales ikke i demonstrasjonen", sum(amounts_ore))


def line(office: Office, number: str, persons: int) -> str:
    """One line of the file."""
    name, organisation = f"Oppdiktet kommune {number}", office.numbers.organisation()
    amount = persons * RATE_KRONER
    return f"{number};{name};{organisation};{FUND};2020-Q1;år 1;{persons};{RATE_KRONER};{amount};2020-04-15"


def refuse_bad_file(office: Office, round_at: str, lines: list[str]) -> None:
    """A municipality nobody has, and a sum that is not count times rate."""
    first, second, *rest = lines
    spoilt = [first.replace("0301;", "0000;", 1), second.replace(";64;", ";65;"), *rest]
    path = f"{round_at}/batches?name=integreringstilskudd.csv"
    office.reads(round_at)
    answer = office.sends_file(KARI, path, round_at, written(spoilt))
    told.line(f"Kari sender en fil med feil: {answer['bad_lines']} linjer avvises, og ingenting tas inn")
    for fault in answer["faults"]:
        told.line(f"  linje {fault['line']}, {fault['column'] or 'hele linjen'}: {fault['code']}")


def send(office: Office, round_at: str, lines: list[str], how: str) -> Any:
    """The file as it should be."""
    act = f"batches?name=integreringstilskudd.csv&{how}"
    return office.acts(KARI, "POST", round_at, act, content=written(lines), headers={"Content-Type": "text/csv"})


def written(lines: list[str]) -> bytes:
    return "\n".join([COLUMNS, *lines, ""]).encode()
