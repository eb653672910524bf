"""One command line for all acts that people answer for with their own token, alone or by two."""

from pathlib import Path

import pytest

from services.process.acts_by_token import Act, Does, Look, by_two, run
from tests.house.tree import list_modules

MINE, THEIRS = Path("mine"), Path("theirs")


class No(Exception):
    """Refused."""


class Asked:
    """What was asked, in order."""

    def __init__(self) -> None:
        self.told: list[tuple[str, ...]] = []

    def look(self) -> str:
        self.told.append(("look",))
        return "Seen."

    def propose(self, by: str, reason: str) -> str:
        self.told.append(("propose", by, reason))
        return "What is lost."

    def confirm(self, by: str, reason: str) -> str:
        self.told.append(("confirm", by, reason))
        raise No(f"{by} proposed it.")

    def move(self, by: str, reason: str) -> str:
        self.told.append(("move", by, reason))
        return "Moved."

    def run(self, *arguments: str) -> None:
        acts: list[Act] = [
            Look(name="look", what="what is lost", does=self.look),
            *by_two(propose=self.propose, proposes="propose it", reason="what happened", confirm=self.confirm),
            Does(name="move", what="move it", does=self.move),
        ]
        run("Go on.", acts, who=lambda token: f"who holds {token}", refused=(No,), arguments=arguments)


def test_one_looks_one_proposes_and_another_confirms(capsys: pytest.CaptureFixture[str]) -> None:
    asked = Asked()
    asked.run("look")
    asked.run("propose", "--token-file", str(MINE), "--reason", "The disk is gone.")
    asked.run("move", "--token-file", str(THEIRS))
    assert asked.told == [
        ("look",),
        ("propose", "who holds mine", "The disk is gone."),
        ("move", "who holds theirs", ""),
    ]
    assert capsys.readouterr().out == (
        "Seen.\nWhat is lost.\nProposed by who holds mine. Somebody else confirms it.\nMoved.\n"
    )


def test_what_is_refused_ends_with_one_and_its_sentence() -> None:
    with pytest.raises(SystemExit) as ended:
        Asked().run("confirm", "--token-file", str(MINE))
    assert ended.value.code == "who holds mine proposed it."


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("propose", "--token-file", "mine"),
        ("propose", "--reason", "x"),
        ("confirm",),
        ("confirm", "--token-file", "mine", "--reason", "x"),
        ("look", "--token-file", "mine"),
        ("another",),
    ],
    ids=repr,
)
def test_nothing_is_done_without_a_token_or_a_reason_that_is_owed(arguments: tuple[str, ...]) -> None:
    asked = Asked()
    with pytest.raises(SystemExit) as ended:
        asked.run(*arguments)
    assert (ended.value.code, asked.told) == (2, [])


def test_no_service_reads_a_command_line_of_its_own() -> None:
    """Seen: three modules each had the same arguments, the same two people and the same end."""
    readers = {name for name, text, _ in list_modules("services") if "import argparse" in text}
    assert readers == {"services/process/acts_by_token.py"}
