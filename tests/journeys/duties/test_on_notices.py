"""Every pair of clashing acts on a notice, a waiver and a publication, over HTTP: the directorate's and the ministry's
never meet in one person, in any order that can come about."""

from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from services.duties.of_notices import FOR_THE_MINISTRY, IN_WHAT_IT_TELLS_OF, LETS_OUT
from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.faults.service import signed_in
from tests.journeys.duties.everybody import OTHERS, WHY, Everybody
from tests.journeys.duties.on_notices import ON_A_NOTICE, told_of
from tests.journeys.duties.walking import ISSUERS, ME, is_refused
from tests.notifications.office import at_the_office
from tests.notifications.publication.over_http import ASKED
from tests.notifications.release.over_http import WAIVER, address, of_round
from tests.notifications.world import id_of, letter

"""The ministry says nothing to a notice before it is ordered, and one is prepared and ordered once. Nothing that is
withdrawn is received."""


class Walked:
    """One notice, and what has been done with it: `standing` are the conditions that acts wait for."""

    def __init__(self, office: Everybody, name: str) -> None:
        self.office, self.name = office, name
        self.at = ""
        self.standing: set[str] = set()

    def request(self, act: str) -> tuple[str, str, Any]:
        """How the act is asked for."""
        now = self.office.world.now.astimezone(UTC).isoformat().replace("+00:00", "Z")
        receipt = {"received_at": now, "evidence": "E-post", "evidence_sha256": "ab" * 32}
        asked: dict[str, tuple[str, str, Any]] = {
            "prepare notice": ("POST", "/v1/notices", {"about": {"kind": "letter", "id": str(id_of(self.name))}}),
            "order notice": ("PUT", f"{self.at}/order", {"channel": "file-outbox"}),
            "send notice again": ("POST", f"{self.at}/sendings", WHY),
            "propose receipt": ("POST", f"{self.at}/receipts", receipt),
            "reject receipt": ("POST", f"{self.at}/receipts/rejection", WHY),
            "confirm receipt": ("PUT", f"{self.at}/receipts/confirmation", None),
            "revoke receipt": ("POST", f"{self.at}/receipts/revocation", WHY),
            "withdraw notice": ("PUT", f"{self.at}/withdrawal", WHY),
            "acknowledge notice": ("PUT", f"{self.at}/acknowledgement", None),
            "object to notice": ("POST", f"{self.at}/objections", {"text": "Vent."}),
            "lift objection": ("PUT", f"{self.at}/objections/1/lifting", WHY),
        }
        return asked[act]

    async def does(self, person: str, act: str) -> None:
        """The act, and what stands after it."""
        shown = await self.office.does(person, *self.request(act))
        match act:
            case "prepare notice":
                self.at = f"/v1/notices/{shown['notice_id']}"
            case "order notice" | "send notice again":
                await self.office.until_sent(self.at)
                self.standing = self.standing - {"received", "claimed"} | {"sent"}
            case "propose receipt":
                self.standing |= {"claimed"}
            case "reject receipt":
                self.standing -= {"claimed"}
            case "confirm receipt" | "acknowledge notice":
                self.standing = self.standing - {"claimed"} | {"received"}
            case "revoke receipt":
                self.standing -= {"received"}
            case "object to notice":
                self.standing |= {"objected"}

    async def comes_to(self, act: str) -> None:
        """Others do what the act waits for."""
        one, another = OTHERS["directorate"]
        if act != "prepare notice" and not self.at:
            await self.does(one, "prepare notice")
        if act not in ("prepare notice", "order notice") and "sent" not in self.standing:
            await self.does(one, "order notice")
        if act in ("propose receipt", "acknowledge notice", "reject receipt", "confirm receipt"):
            if "received" in self.standing:
                await self.does(one, "revoke receipt")
            if act in ("reject receipt", "confirm receipt") and "claimed" not in self.standing:
                await self.does(one, "propose receipt")
        if act == "revoke receipt" and "received" not in self.standing:
            if "claimed" not in self.standing:
                await self.does(one, "propose receipt")
            await self.does(another, "confirm receipt")
        if act == "lift objection" and "objected" not in self.standing:
            await self.does(OTHERS["ministry"][0], "object to notice")


@pytest.mark.parametrize(("act", "first"), ON_A_NOTICE)
def test_nobody_acts_on_a_notice_for_both(act: str, first: str, database: Database, tmp_path: Path) -> None:
    async def story(office: Everybody) -> None:
        for name, (me, me_again) in zip("ab", ME, strict=True):
            office.world.record(letter(name), of_round(name))
            office.move(hours=1)
            notice = Walked(office, name)
            await notice.comes_to(first)
            await notice.does(me, first)
            if (act, first) != ("confirm receipt", "propose receipt"):
                await notice.comes_to(act)
            for spelling in (me, me_again):
                await is_refused(office.asks(spelling, *notice.request(act)), spelling)
            side = OTHERS["ministry" if act in FOR_THE_MINISTRY else "directorate"]
            await notice.does(side[1], act)

    at_the_office(database, tmp_path, story, kind=Everybody, issuers=ISSUERS)


@pytest.mark.parametrize("act", FOR_THE_MINISTRY)
def test_nobody_speaks_for_the_ministry_of_what_they_had_a_hand_in(
    act: str, database: Database, tmp_path: Path
) -> None:
    """Others prepare the notice, order it and do all else with it; grants tells, or the plan, whose the rest is."""

    async def story(office: Everybody) -> None:
        for nth, first in enumerate(first for first in IN_WHAT_IT_TELLS_OF if first not in LETS_OUT):
            me, me_again = ME[nth % len(ME)]
            notice = Walked(office, first)
            if first == "plan publication":
                notice.at = await notice_of_a_publication(office, me)
            else:
                office.world.record(letter(first), of_round(first), told_of(first, me))
                office.move(hours=1)
            await notice.comes_to(act)
            for spelling in (me, me_again):
                await is_refused(office.asks(spelling, *notice.request(act)), spelling)
            await notice.does(OTHERS["ministry"][1], act)

    at_the_office(database, tmp_path, story, kind=Everybody, issuers=ISSUERS)


async def notice_of_a_publication(office: Everybody, planner: str) -> str:
    """One that another prepares of what somebody planned: its address."""
    at = (await office.asks(planner, "POST", "/v1/publications", ASKED)).headers["Location"]
    about = {"about": {"kind": "publication", "id": at.rpartition("/")[2]}, "planned_on": ASKED["planned_on"]}
    return f"/v1/notices/{(await office.does('oskar', 'POST', '/v1/notices', about))['notice_id']}"


def test_one_issuers_subject_is_no_other_issuers(database: Database, tmp_path: Path) -> None:
    async def story(office: Everybody) -> None:
        for subject in ("b:siri", "B:siri", "b:SIRI"):
            token = signed_in(office.settings, subject, Role.caseworker)
            answer = await office.client.get("/v1/notices", headers=token)
            assert (answer.status_code, answer.json()["code"]) == (401, "token-invalid")
        assert (await office.client.get("/v1/notices", headers=office.signed("b:siri"))).status_code == 200

    at_the_office(database, tmp_path, story, kind=Everybody, issuers=ISSUERS)


def test_a_waiver_that_went_back_and_forth_is_confirmed_by_none_who_wrote_of_it(
    database: Database, tmp_path: Path
) -> None:
    async def story(office: Everybody) -> None:
        for name, (me, me_again) in zip("ab", ME, strict=True):
            office.world.record(letter(name), of_round(name))
            at = address(name)
            await office.does(me, "POST", f"{at}/waivers", WAIVER)
            await is_refused(office.asks(me_again, "PUT", f"{at}/waivers/confirmation"), me_again)
            await office.does("oskar", "POST", f"{at}/waivers/rejection", WHY)
            await office.does("oskar", "POST", f"{at}/waivers", WAIVER)
            for spelling in (me, me_again, "oskar", "OSKAR"):
                await is_refused(office.asks(spelling, "PUT", f"{at}/waivers/confirmation"), spelling)
            await office.does("berit", "PUT", f"{at}/waivers/confirmation")

    at_the_office(database, tmp_path, story, kind=Everybody, issuers=ISSUERS)


def test_whoever_planned_a_publication_does_not_publish_it(database: Database, tmp_path: Path) -> None:
    async def story(office: Everybody) -> None:
        planned = []
        for me, _ in ME:
            answer = await office.asks(me, "POST", "/v1/publications", ASKED)
            at = answer.headers["Location"]
            about = {"about": {"kind": "publication", "id": at.rpartition("/")[2]}, "planned_on": ASKED["planned_on"]}
            await office.does("oskar", "PUT", f"{at}/plan", ASKED | {"title": f"{ASKED['title']}."})
            notice = f"/v1/notices/{(await office.does('oskar', 'POST', '/v1/notices', about))['notice_id']}"
            await office.does("berit", "PUT", f"{notice}/order", {"channel": "file-outbox"})
            await office.until_sent(notice)
            await office.does("marit", "PUT", f"{notice}/acknowledgement")
            planned.append(at)
        office.move(days=16)
        for at, (me, me_again) in zip(planned, ME, strict=True):
            for spelling in (me, me_again, "oskar", "Oskar"):
                await is_refused(office.asks(spelling, "PUT", f"{at}/release"), spelling)
            await office.does("berit", "PUT", f"{at}/release")

    at_the_office(database, tmp_path, story, kind=Everybody, issuers=ISSUERS)
