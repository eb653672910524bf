"""What is sent is sent by a channel there is: one that is not set up is refused where it is named."""

from pathlib import Path

import pytest

from services.httpapi.environment import SettingsInvalid
from services.notifications.settings import Settings
from tests.conftest import Database
from tests.notifications.channels import KNOWN
from tests.notifications.office import INGRID, KARI, Office, at_the_office
from tests.notifications.release.over_http import of_round
from tests.notifications.world import id_of, letter

SMTP = {"TILSAGN_SMTP_HOST": "smtp.test", "TILSAGN_SMTP_SENDER": "post@imdi.test"}


@pytest.mark.parametrize("channel", ["smtp", "eformidling"])
def test_letters_leave_by_no_channel_that_is_not_set_up(channel: str) -> None:
    with pytest.raises(SettingsInvalid, match="not set up"):
        Settings.from_environment(KNOWN | {"TILSAGN_LETTER_CHANNEL": channel})
    point = {"TILSAGN_INTEGRATION_POINT_URL": "http://point.test"}
    assert Settings.from_environment(KNOWN | SMTP | point | {"TILSAGN_LETTER_CHANNEL": channel})


def test_the_ministry_is_written_to_by_mail_only_where_its_address_is_known() -> None:
    known = Settings.from_environment(KNOWN | SMTP)
    assert known.channels_to_the_ministry == {"file-outbox"}
    addressed = Settings.from_environment(KNOWN | SMTP | {"TILSAGN_MINISTRY_ADDRESS": "post@kd.test"})
    assert addressed.channels_to_the_ministry == {"file-outbox", "smtp"}


def test_a_notice_is_not_ordered_by_a_channel_that_is_not_set_up(database: Database, tmp_path: Path) -> None:
    """It was once taken, and never left."""

    async def story(office: Office) -> None:
        office.world.record(letter("a"), of_round("a"))
        about = {"about": {"kind": "letter", "id": str(id_of("a"))}}
        at = f"/v1/notices/{(await office.does(KARI, 'POST', '/v1/notices', about))['notice_id']}"
        refused = await office.refused(INGRID, "PUT", f"{at}/order", {"channel": "eformidling"})
        assert (refused["code"], refused["channels"]) == ("channel-not-set-up", ["file-outbox"])
        await office.does(INGRID, "PUT", f"{at}/order", {"channel": "file-outbox"})

    at_the_office(database, tmp_path, story)
