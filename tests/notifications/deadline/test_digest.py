"""The daily digest: each role's once a day, in the morning in Norway, and it says so when nothing is due."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from psycopg_pool import AsyncConnectionPool

from services.eventlog.log import Log
from services.eventlog.recorded import Recorded
from services.httpapi.environment import SettingsInvalid
from services.notifications.channel.smtp import SmtpChannel
from services.notifications.deadline.digests.digest import AGAIN, LEASE, attempt_now, begins_at
from services.notifications.deadline.digests.digest_post import Digests
from services.notifications.deadline.events import DigestBegun, DigestNotSent, DigestSent
from services.notifications.deadline.listing import Deadlines
from services.notifications.settings import Settings, Smtp
from tests.conftest import Database
from tests.notifications.channel.smtp import Server
from tests.notifications.channel.smtp import server as server
from tests.notifications.channels import KNOWN
from tests.notifications.deadline.registered import CASE, INSTALMENT, follow, of_case
from tests.notifications.world import Kept

DAY = date(2020, 3, 29)  # the clock goes forward that night
SEVEN = datetime(2020, 3, 29, 5, tzinfo=UTC)
BEGUN, NOT_SENT = DigestBegun(role="attestor", day=DAY, attempt=1), DigestNotSent(problem="x")


def facts(*events: DigestBegun | DigestSent | DigestNotSent, at: datetime = SEVEN) -> list[Recorded]:
    return [Recorded(n, "digest", n, event, at, "x", "-", "-") for n, event in enumerate(events, 1)]


def test_it_is_sent_at_seven_in_norway_and_once() -> None:
    assert begins_at(DAY) == SEVEN
    assert begins_at(date(2020, 3, 28)) == datetime(2020, 3, 28, 6, tzinfo=UTC)
    moment = timedelta(microseconds=1)
    assert attempt_now([], day=DAY, now=SEVEN - moment) is None
    assert attempt_now([], day=DAY, now=SEVEN) == 1
    sent = DigestSent(reference="x", overdue=0, due=0)
    assert attempt_now(facts(BEGUN, sent), day=DAY, now=SEVEN + timedelta(hours=5)) is None


def test_what_was_begun_or_not_sent_is_tried_again() -> None:
    moment = timedelta(microseconds=1)
    assert attempt_now(facts(BEGUN), day=DAY, now=SEVEN + LEASE - moment) is None
    assert attempt_now(facts(BEGUN), day=DAY, now=SEVEN + LEASE) == 2
    assert attempt_now(facts(BEGUN, NOT_SENT), day=DAY, now=SEVEN + AGAIN - moment) is None
    assert attempt_now(facts(BEGUN, NOT_SENT), day=DAY, now=SEVEN + AGAIN) == 2


def test_each_role_gets_its_own_once_a_day_also_when_nothing_is_due(
    database: Database, server: tuple[Server, Smtp]
) -> None:
    handler, settings = server
    addresses = {"attestor": "utbetaling@example.no", "ministry": "departementet@example.no"}

    async def story() -> None:
        async with AsyncConnectionPool(
            database.notifications_dsn, open=False, kwargs={"autocommit": True}, min_size=3
        ) as pool:
            with Kept(database) as world:
                log = Log(database.notifications_dsn, pool, schema="notifications", now=lambda: world.now)
                posts = [Digests(log, Deadlines(pool), SmtpChannel(settings), addresses) for _ in range(2)]

                async def at(now: datetime) -> list[str]:
                    """Both look. The messages that came."""
                    world.now = now
                    world.set_clock(now)
                    follow(database)
                    handler.taken.clear()
                    await asyncio.gather(*(each.send_due() for each in posts))
                    mails = [message_from_bytes(each, policy=policy.default) for each in handler.taken]
                    return sorted(f"{mail['To']}: {mail['Subject']}\n{mail.get_content()}" for mail in mails)

                world.record(
                    f"deadlines-{CASE}",
                    of_case(INSTALMENT, replace(INSTALMENT, key="instalment-2", part=2, due_on=date(2020, 3, 2))),
                )
                assert await at(datetime(2020, 3, 16, 5, 59, tzinfo=UTC)) == []
                attestor, ministry = await at(datetime(2020, 3, 16, 6, tzinfo=UTC))
                assert "ingenting forfaller" in ministry
                assert "Ingenting er forfalt, og ingenting forfaller de neste 7 dagene." in ministry
                assert "1 forfalt, 1 forfaller" in attestor
                assert "  02.03.2020  Utbetaling av termin 1 (2020/17)" in attestor
                assert await at(datetime(2020, 3, 16, 6, 1, tzinfo=UTC)) == []
                handler.answers = "451 not now"
                assert await at(datetime(2020, 3, 17, 6, tzinfo=UTC)) == []
                handler.answers = "250 OK"
                assert await at(datetime(2020, 3, 17, 6, 14, tzinfo=UTC)) == []
                assert len(await at(datetime(2020, 3, 17, 6, 16, tzinfo=UTC))) == 2
                assert len(await at(datetime(2020, 3, 25, 6, tzinfo=UTC))) == 2, "of the days away, today's alone"
                log.close()

    asyncio.run(story())


def test_addresses_stand_in_a_file_and_need_a_mail_server(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("digest") / "digest.json"
    asked = KNOWN | {"TILSAGN_DIGEST_FILE": str(file)}
    mail = {"TILSAGN_SMTP_HOST": "localhost", "TILSAGN_SMTP_SENDER": "tilsagn@example.no"}
    file.write_text('{"attestor": "utbetaling@example.no"}')
    assert Settings.from_environment(asked | mail).digests == {"attestor": "utbetaling@example.no"}
    with pytest.raises(SettingsInvalid):
        Settings.from_environment(asked)
    for wrong in ('{"nobody": "a@b.no"}', '{"attestor": "x"}', "[]", "x"):
        file.write_text(wrong)
        with pytest.raises(SettingsInvalid):
            Settings.from_environment(asked | mail)
