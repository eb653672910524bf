"""Letters let out unlawfully: the owner replaces the function that decides, has the service record the release, and
lays back the function that was shipped. All follows from the facts, and is chained; only a judge of releases tells."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import psycopg

from services.eventlog.events import Event
from services.notifications.facts.release import (
    AfterNotice,
    Ground,
    LetterReleased,
    SchemeExempt,
    Waived,
)
from tests.faults.planted.lived import BEGAN, signer, simulated
from tests.faults.planted.tampering import Copy, Tampering

LAWLESS = """
    CREATE OR REPLACE FUNCTION notifications.decide_release() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
    BEGIN NEW.opens_at := {}; NEW.released_at := NEW.recorded_at; RETURN NEW; END $$
"""
SHIPPED = "SELECT pg_get_functiondef('notifications.decide_release()'::regprocedure)"
HELD = "SELECT encode(manifest_sha256, 'hex') || ' ' || encode(letter_sha256, 'hex') FROM notifications.item"
NOW = BEGAN + timedelta(days=17)
LIVED = BEGAN + timedelta(days=60)
"""When the year has been lived through, the clearing of answers too: nothing is recorded before that."""
DOCUMENT = "ab" * 32


@contextmanager
def lawless(copy: Copy, opened_at: datetime | None) -> Iterator[None]:
    """Whatever is asked to leave does; what is kept of it says that it opened then."""
    with psycopg.connect(copy.database.migrator_dsn, autocommit=True) as owner:
        owner.execute("SET ROLE tilsagn_owner")
        shipped = owner.execute(SHIPPED).fetchone()
        assert shipped is not None
        said = f"'{opened_at.isoformat()}'::timestamptz" if opened_at else "'-infinity'"
        owner.execute(LAWLESS.format(said).encode())
        try:
            yield
        finally:
            owner.execute(shipped[0].encode())


def released(copy: Copy, item: str, ground: Ground, at: datetime) -> LetterReleased:
    """The fact that a letter left, as it is held."""
    manifest, letter = copy.ask(f"{HELD} WHERE item = '{item}'").split()
    return LetterReleased(
        manifest_sha256=manifest,
        letter_sha256=letter,
        ground=ground,
        said_at=at,
        released_by="ola",
        recipient_number="974760673",
        channel="file-outbox",
    )


@dataclass(frozen=True, kw_only=True)
class Unlawful:
    """Which letter, on what it is said to leave, and what is recorded first."""

    letter: str
    at: datetime = NOW
    waived: bool = False
    exempt: str = ""
    first: tuple[Event, ...] = ()

    def ground(self, copy: Copy, item: str) -> tuple[Ground, datetime | None]:
        if self.exempt:
            return SchemeExempt(source=self.exempt), None
        if self.waived:
            return Waived(document_sha256=DOCUMENT), None
        notice = copy.ask(
            f"SELECT coalesce(max(notice), 'notice-{UUID(int=0)}') FROM notifications.notice_line WHERE item = '{item}'"
        )
        opened_at = self.at - timedelta(hours=1)
        return AfterNotice(notice_id=UUID(notice.removeprefix("notice-")), opened_at=opened_at), opened_at

    def plant(self, copy: Copy) -> int:
        item = copy.letters[self.letter]
        with simulated(copy.database) as clock:
            clock.set(max(self.at, LIVED))
            ground, opened_at = self.ground(copy, item)
            with lawless(copy, opened_at):
                facts = (*self.first, released(copy, item, ground, self.at))
                position = copy.append("notifications", item, *facts, now=clock.now)
            assert signer(copy.database, copy.folder, "notifications", clock.now).sign()  # as the service would
        return position


def left(name: str, planted: Unlawful) -> Tampering:
    """Found where it left, by name."""
    touches = ("notifications.release", "notifications.event")
    return Tampering(name=name, by="owner", does=planted.plant, found=r"position {at}: gate: ", touches=touches)


RELEASES = (
    left("a letter out on a waiver that never was", Unlawful(letter="untold", waived=True)),
    left("a letter out on a notice that never was", Unlawful(letter="untold")),
    left("a letter out under an objection", Unlawful(letter="objected")),
    left("a letter out on a receipt that was revoked", Unlawful(letter="revoked")),
    left("a letter out before its days were over", Unlawful(letter="young")),
    left("a letter out after the notice had grown stale", Unlawful(letter="young", at=BEGAN + timedelta(days=200))),
    left("a letter out as exempt, of a scheme that owes notice", Unlawful(letter="untold", exempt="Instruks: 5.4")),
)
