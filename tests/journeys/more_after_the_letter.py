"""What the tests of more after the letter build, for other tests to use as well."""

from datetime import datetime, timedelta

from tests.journeys.two_services import Clock, Town


async def told_and_received(here: Town, clock: Clock, award: str) -> None:
    """A notice of this letter, received; and its days pass."""
    about = {"about": {"kind": "letter", "id": award.rpartition("/")[2]}}
    prepared = await here.ask("kari", "POST", f"{here.notifications}/v1/notices", about)
    assert prepared.status_code == 201, prepared.text
    notice = f"{here.notifications}{prepared.headers['Location']}"
    assert (await here.acts_on("ola", "PUT", notice, "order", {"channel": "file-outbox"})).is_success
    await here.comes(notice, lambda it: it["state"] == "dispatched")
    taken = await here.acts_on("departementet", "PUT", notice, "acknowledgement")
    opens = datetime.fromisoformat(taken.json()["opens_at"])
    young = await here.acts_on("ola", "PUT", award, "release", {})
    assert young.json()["code"] == "notice-too-young"
    clock.set(opens + timedelta(seconds=1))


async def lets_out(here: Town, award: str) -> str:
    """The letter leaves; its SHA-256."""
    await here.has_bytes(award)
    out = await here.acts_on("ola", "PUT", award, "release", {})
    assert out.is_success, out.text
    gone = await here.comes(award, lambda it: it["state"] == "dispatched")
    return str(gone["letter_sha256"])


async def blocks_of(here: Town, case: str, instalment: int) -> set[str]:
    shown = (await here.ask("r", "GET", f"{case}/instalments")).json()
    part = next(each for each in shown["items"] if each["number"] == instalment)
    return {each["code"] for each in part["blocks"]}
