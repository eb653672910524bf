"""The year, story by story: the letters and schemes first, the books held against the API last."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dev.demo import balances, covid, evaluation, fodt_fri, information, jobbsjansen, named, per_capita, told, voluntary
from dev.demo.books import Books
from dev.demo.days import Days, in_order
from dev.demo.letters_out import LettersOut
from dev.demo.office import ANNE, INGRID, KARI, Office
from dev.people import People
from dev.play2020 import LETTERS
from dev.schemes import register_schemes

NAMED = "Navngitte ressursmiljø"


def play(base_url: str, tokens: Mapping[str, str], letters_out: LettersOut) -> int:
    """Plays all of it. How many balances are not what they should be; raises Unexpected where the service answers
    otherwise than the year goes."""
    register(People(base_url, tokens))
    office, books = Office(base_url, tokens, letters_out), Books()
    stories: list[tuple[str, Days[Any]]] = [
        (NAMED, named.play(office, books)),
        ("Jobbsjansen", jobbsjansen.play(office, books)),
        ("Frivillige organisasjoner", voluntary.play(office, books)),
        ("Mentorordningen", voluntary.play_mentors(office, books)),
        ("Koronainformasjon", covid.play(office, books)),
        ("Ekstraordinær informasjon", information.play(office, books)),
        ("En evaluering", evaluation.play(letters_out.desk)),
    ]
    granted = in_order(stories, letters_out.go_to)[NAMED]
    per_capita.play(office, books)
    fodt_fri.play(office, books, granted)
    return balances.compare(office, books)


def register(people: People) -> None:
    """The controller registers the letters; the caseworker the schemes, and the approver their calls."""
    told.heading("Brevene og ordningene")
    for file in sorted(LETTERS.glob("*.yaml")):
        told.line(f"Anne registrerer {title(people, file)}")
    schemes, calls = register_schemes(people, writes=KARI, publishes=INGRID)
    told.line(f"Kari registrerer {schemes} tilskuddsordninger, Ingrid kunngjør {calls} utlysninger")
    told.line("Kari foreslår om departementet skal orienteres, ordning for ordning; Ingrid bekrefter mot kilden")


def title(people: People, file: Path) -> str:
    """The letter sent as transcribed, and what it is called."""
    source = file.read_bytes()
    sent: dict[str, Any] = {"content": source, "headers": {"Content-Type": "application/yaml"}}
    return str(people.does(ANNE, "POST", "/v1/letters", f"letter:{file.stem}", **sent).json()["title"])
