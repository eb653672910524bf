"""What a notice gathers: all that waits of its round or scheme and owes notice, and nothing else."""

from dataclasses import replace

from services.notifications.facts.notice import About
from services.notifications.facts.release import AwardEnded, LetterHeld
from services.notifications.notice.gathering import gather
from tests.conftest import Database
from tests.notifications.leaving.parts import Parts, at_work, exempt_scheme, let_out, order
from tests.notifications.world import bound_to, held, id_of, letter


def of(name: str, scheme_id: str, round_name: str) -> LetterHeld:
    """A letter of that scheme and round."""
    return replace(bound_to(held(name), scheme_id=scheme_id), round_id=id_of(round_name))


def test_a_notice_gathers_what_waits_of_its_round_or_scheme(database: Database) -> None:
    async def story(parts: Parts) -> None:
        exempt_scheme(parts.world)
        for name, scheme_id, round_name in (
            ("a", "jobbsjansen-2020", "spring"),
            ("b", "jobbsjansen-2020", "autumn"),
            ("c", "frivillig-2020", "spring"),
            ("gone", "jobbsjansen-2020", "spring"),
        ):
            parts.world.record(letter(name), of(name, scheme_id, round_name))
        parts.world.record(letter("gone"), AwardEnded(change="annulled", version=3))
        order(parts.world, "exempt")
        let_out(parts.world, "out")
        for about, names in (
            (About(kind="scheme", id="jobbsjansen-2020"), ["a", "b"]),
            (About(kind="round", id=str(id_of("spring"))), ["a", "c"]),
            (About(kind="scheme", id="oppdiktet-2020"), []),
            (About(kind="scheme", id="no such scheme"), []),
            (About(kind="letter", id=str(id_of("c"))), ["c"]),
            (About(kind="letter", id=str(id_of("gone"))), []),
        ):
            lines = await gather(parts.reading, about)
            assert [line.item for line in lines] == [letter(name) for name in names], about
            assert all(line.manifest_sha256 == parts.world.held(line.item).manifest_sha256 for line in lines)

    at_work(database, story)
