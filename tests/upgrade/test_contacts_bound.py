"""Contact persons that stood before rows were bound: the upgrade binds those a fact names, and no others."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import UUID

import psycopg

from dev.verifying.log import verify
from migrations import upgrade
from services.grants.case.events.application import ContactErased
from tests.conftest import Cluster, Database
from tests.grants.application.desk import record
from tests.grants.application.story import received
from tests.upgrade.earlier_databases import restored, upgraded

NAMED, ERASED, WAITS = UUID(int=11), UUID(int=12), UUID(int=13)
BOUND = "SELECT convert_from(data, 'UTF8')::jsonb FROM grants.event WHERE topic = 'log.rows-bound.v1'"


def test_contacts_that_stood_are_bound_at_the_upgrade_and_who_no_fact_names_is_not(
    cluster: Cluster, tmp_path: Path
) -> None:
    with restored(cluster, "fa5cbcc-run", tmp_path) as dsns:
        upgrade(dsns["tilsagn_migrator"], revision="0014")
        before = Database(
            name="before",
            admin_dsn="",
            migrator_dsn=dsns["tilsagn_migrator"],
            service_dsn=dsns["grants_service"],
            reader_dsn=dsns["grants_reader"],
            notifications_dsn=dsns["notifications_service"],
            notifications_reader_dsn=dsns["notifications_reader"],
        )
        with psycopg.connect(before.service_dsn, autocommit=True) as service:
            for contact in (NAMED, ERASED, WAITS):
                kept = "SELECT grants.keep_contact(%s, %s, 'Petra', NULL, '22 00 00 00')"
                service.execute(kept, (contact, contact))
            erasure = ContactErased(contact_id=ERASED, erased_on=date(2020, 6, 1), erased_by="anne")
            record(before, f"case-{NAMED}", replace(received, contact_id=NAMED))
            record(before, f"case-{ERASED}", replace(received, contact_id=ERASED), erasure)
            service.execute("SELECT grants.erase_contact(%s)", (ERASED,))
        upgraded(dsns)
        with psycopg.connect(before.reader_dsn) as reader:
            [bound] = [told["rows"] for (told,) in reader.execute(BOUND) if told["table"] == "contact"]
        assert [(UUID(row["id"]), row["digest"] is None) for row in bound] == [(NAMED, False), (ERASED, True)]
        counts, faults = verify(before.reader_dsn, None, None)
        assert faults == []
        assert (counts["contacts bound by a digest"], counts["contacts erased"]) == (1, 1)
