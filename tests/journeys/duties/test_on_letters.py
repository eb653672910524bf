"""Who speaks for the ministry of a notice lets out nothing that it lists, and who let it out speaks for nobody: each
pair over HTTP, in both orders, by somebody with every role."""

from pathlib import Path
from typing import Any

import pytest

from services.duties.of_notices import FOR_THE_MINISTRY, LETS_OUT
from services.eventlog.command import Command, Write
from services.eventlog.log import Log
from services.notifications.facts.channel import LetterDispatchFailed
from tests.conftest import Database
from tests.journeys.duties.everybody import OTHERS, WHY, Everybody
from tests.journeys.duties.walking import ISSUERS, ME, is_refused
from tests.notifications.office import at_the_office
from tests.notifications.publication.over_http import ASKED
from tests.notifications.release.over_http import WAIVER, address, of_round
from tests.notifications.world import letter

ONE, ANOTHER = OTHERS["directorate"]
MARIT, MORTEN = OTHERS["ministry"]
WHEN_OPEN = {"when_open": True}
Asked = tuple[str, str, Any]


class Way(Everybody):
    """A letter's or a publication's way out, with notices of it."""

    async def holds(self, name: str) -> str:
        """A letter that waits: its address."""
        self.world.record(letter(name), of_round(name))
        self.move(hours=1)
        return address(name)

    async def plans(self) -> str:
        """A publication that is planned: its address."""
        return (await self.asks(ONE, "POST", "/v1/publications", ASKED)).headers["Location"]

    async def tells(self, at: str) -> str:
        """Others tell the ministry of it: the notice's address."""
        kind = "letter" if "awards" in at else "publication"
        about = {"about": {"kind": kind, "id": at.rpartition("/")[2]}}
        more = {"planned_on": ASKED["planned_on"]} if kind == "publication" else {}
        notice = f"/v1/notices/{(await self.does(ONE, 'POST', '/v1/notices', about | more))['notice_id']}"
        await self.does(ANOTHER, "PUT", f"{notice}/order", {"channel": "file-outbox"})
        await self.until_sent(notice)
        return notice

    def word(self, word: str, notice: str) -> Asked:
        """How it is said for the ministry."""
        asked: dict[str, Asked] = {
            "acknowledge notice": ("PUT", f"{notice}/acknowledgement", None),
            "object to notice": ("POST", f"{notice}/objections", {"text": "Vent."}),
            "lift objection": ("PUT", f"{notice}/objections/1/lifting", WHY),
        }
        return asked[word]

    async def says(self, person: str, word: str, notice: str) -> None:
        """This person says it, and others whatever else it takes for the gate to open."""
        if word != "acknowledge notice":
            await self.does(MARIT, *self.word("acknowledge notice", notice))
        if word == "lift objection":
            await self.does(MARIT, *self.word("object to notice", notice))
        await self.does(person, *self.word(word, notice))
        if word == "object to notice":
            await self.does(MORTEN, *self.word("lift objection", notice))

    async def waives(self, at: str) -> None:
        await self.does(ONE, "POST", f"{at}/waivers", WAIVER)
        await self.does(ANOTHER, "PUT", f"{at}/waivers/confirmation")

    async def fails(self, at: str) -> None:
        """The channel says that what it took will not arrive."""
        await self.until(at, "dispatched")
        seen = (await self.asks(ONE, "GET", at)).headers["ETag"]
        failed = LetterDispatchFailed(attempt=1, problem="borte", lasting=True)
        write = Write(f"letter-{at.rpartition('/')[2]}", int(seen.strip('"')), (failed,))
        assert self.world.log.append_now(Command(actor="channel"), write).outcome == "recorded"

    async def keeps_out(self, me: tuple[str, str], *asked: Asked) -> None:
        for act in asked:
            for spelling in me:
                await is_refused(self.asks(spelling, *act), spelling)


@pytest.mark.parametrize("word", FOR_THE_MINISTRY)
def test_who_speaks_for_the_ministry_lets_nothing_out(word: str, database: Database, tmp_path: Path) -> None:
    async def story(office: Way) -> None:
        for name, me in zip("ab", ME, strict=True):
            at = await office.holds(name)
            await office.says(me[0], word, await office.tells(at))
            await office.does(ONE, "POST", f"{at}/waivers", WAIVER)
            await office.keeps_out(me, ("PUT", f"{at}/release", WHEN_OPEN), ("PUT", f"{at}/waivers/confirmation", None))
            await office.does(ANOTHER, "PUT", f"{at}/waivers/confirmation")
            await office.does(ANOTHER, "PUT", f"{at}/release", {})
            await office.fails(at)
            await office.keeps_out(me, ("POST", f"{at}/sendings", WHY))
            await office.does(ANOTHER, "POST", f"{at}/sendings", WHY)

            planned = await office.plans()
            await office.says(me[0], word, await office.tells(planned))
            office.move(days=16)
            await office.keeps_out(me, ("PUT", f"{planned}/release", None))
            await office.does(ANOTHER, "PUT", f"{planned}/release")

    at_the_office(database, tmp_path, story, kind=Way, issuers=ISSUERS)


@pytest.mark.parametrize("out", LETS_OUT)
def test_who_lets_it_out_speaks_for_nobody(out: str, database: Database, tmp_path: Path) -> None:
    async def lets_out(office: Way, name: str, me: str) -> str:
        """What I do, all else being others': the address of a notice the ministry has not answered."""
        if out == "publish":
            planned = await office.plans()
            unanswered = await office.tells(planned)
            await office.says(MORTEN, "acknowledge notice", await office.tells(planned))
            office.move(days=16)
            await office.does(me, "PUT", f"{planned}/release")
            return unanswered
        at = await office.holds(name)
        unanswered = await office.tells(at)
        if out == "order release":
            await office.does(me, "PUT", f"{at}/release", WHEN_OPEN)
        elif out == "confirm waiver":
            await office.does(ONE, "POST", f"{at}/waivers", WAIVER)
            await office.does(me, "PUT", f"{at}/waivers/confirmation")
        else:
            await office.waives(at)
            await office.does(me if out == "release letter" else ANOTHER, "PUT", f"{at}/release", {})
        if out == "send letter again":
            await office.fails(at)
            await office.does(me, "POST", f"{at}/sendings", WHY)
        return unanswered

    async def story(office: Way) -> None:
        for name, me in zip("ab", ME, strict=True):
            notice = await lets_out(office, name, me[0])
            said = {word: office.word(word, notice) for word in FOR_THE_MINISTRY}
            await office.keeps_out(me, said["acknowledge notice"], said["object to notice"])
            await office.does(MARIT, *said["acknowledge notice"])
            await office.does(MARIT, *said["object to notice"])
            await office.keeps_out(me, said["lift objection"])
            await office.does(MORTEN, *said["lift objection"])

    at_the_office(database, tmp_path, story, kind=Way, issuers=ISSUERS)


@pytest.mark.parametrize("first", ["order", "word"])
def test_who_does_both_in_the_same_moment_does_one(
    first: str, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other is recorded after this one was decided and before it is recorded."""
    me, plain, meanwhile = ME[0][0], Log.append, list[Any]()

    async def append(log: Log, command: Command, *writes: Write) -> Any:
        if command.actor == me and meanwhile:
            await meanwhile.pop()()
        return await plain(log, command, *writes)

    async def story(office: Way) -> None:
        at = await office.holds("a")
        notice = await office.tells(at)
        order, word = ("PUT", f"{at}/release", WHEN_OPEN), office.word("acknowledge notice", notice)
        late, early = (order, word) if first == "word" else (word, order)
        monkeypatch.setattr(Log, "append", append)
        meanwhile.append(lambda: office.does(me, *early))
        await is_refused(office.asks(me, *late), me)
        assert not meanwhile

    at_the_office(database, tmp_path, story, kind=Way, issuers=ISSUERS)
