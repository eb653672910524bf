"""What a process is for is said in one word, and both is meant where none is said."""

from pathlib import Path

import pytest

from services.grants.settings import Settings as GrantsSettings
from services.httpapi.environment import SettingsInvalid
from services.notifications.settings import Settings as NotificationsSettings
from services.process.role import ProcessRole

GIVEN = {"TILSAGN_ENVIRONMENT": "test", "DATABASE_URL": "postgresql://", "TILSAGN_DEV_ISSUER_KEY_FILE": "key"}
OUTBOX = {"TILSAGN_OUTBOX": "outbox"}


@pytest.mark.parametrize(
    ("said", "answers", "works"),
    [("", True, True), ("both", True, True), ("web", True, False), ("worker", False, True), ("reader", True, False)],
    ids=str,
)
def test_a_process_answers_works_or_both(said: str, answers: bool, works: bool) -> None:
    told = GIVEN | OUTBOX | ({"TILSAGN_ROLE": said} if said else {})
    for settings in (GrantsSettings.from_environment(told), NotificationsSettings.from_environment(told)):
        assert (settings.process_role.answers, settings.process_role.works) == (answers, works)


def test_another_word_starts_nothing() -> None:
    for kind in (GrantsSettings, NotificationsSettings):
        with pytest.raises(SettingsInvalid, match="'wbe': web, worker, both or reader"):
            kind.from_environment(GIVEN | OUTBOX | {"TILSAGN_ROLE": "wbe"})


def test_who_only_answers_has_nowhere_to_send_and_who_works_must_have() -> None:
    """What is not there to be read cannot be read: a web process is given no folder of letters."""
    told = NotificationsSettings.from_environment(GIVEN | {"TILSAGN_ROLE": "web"})
    assert (told.process_role, told.outbox) == (ProcessRole.web, None)
    for role in ("worker", "both"):
        with pytest.raises(SettingsInvalid, match="TILSAGN_OUTBOX"):
            NotificationsSettings.from_environment(GIVEN | {"TILSAGN_ROLE": role})
    assert NotificationsSettings.from_environment(GIVEN | OUTBOX).outbox == Path("outbox")


def test_a_reader_reads_one_server_and_is_told_how_far_behind_it_may_be() -> None:
    """How far a standby has come is its own: of several that one pool leads to, one would be told of another."""
    reads = GIVEN | OUTBOX | {"TILSAGN_ROLE": "reader"}
    several = {"DATABASE_URL": "host=a,b dbname=tilsagn"}
    for kind in (GrantsSettings, NotificationsSettings):
        with pytest.raises(SettingsInvalid, match="one for each"):
            kind.from_environment(reads | several)
        assert kind.from_environment(GIVEN | OUTBOX | several).database_url == several["DATABASE_URL"]
        assert kind.from_environment(reads).behind_at_most_seconds == 300
        assert kind.from_environment(reads | {"TILSAGN_BEHIND_AT_MOST_SECONDS": "5"}).behind_at_most_seconds == 5
        for wrong in ("no", "0", "-1", "nan", "86400"):
            with pytest.raises(SettingsInvalid, match="less than a day"):
                kind.from_environment(reads | {"TILSAGN_BEHIND_AT_MOST_SECONDS": wrong})
