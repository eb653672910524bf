"""An act on a thing that does not exist is answered that it does not (404), whatever version the caller claims to have
read: on every address that names a version, with a body made from its own description."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.faults.service import notifications_settings_of, serving, settings_of, signed_in
from tests.faults.walked import list_asking_for

BESIDE = {"POST /v1/rounds/{round_id}/batches": "a file is read whole before the round is looked for"}


@pytest.mark.parametrize("service", ["grants", "notifications"])
def test_what_is_not_there_is_said_not_to_be_in_any_version(service: str, database: Database, tmp_path: Path) -> None:
    settings = settings_of(database, tmp_path)
    told: Any = settings if service == "grants" else notifications_settings_of(database, tmp_path)
    otherwise: dict[str, tuple[int, str]] = {}
    walked = []

    async def go() -> None:
        async with serving(told) as (app, client):
            for asked in list_asking_for("If-Match", app.openapi()):
                if asked.name in BESIDE:
                    continue
                headers = signed_in(told, "siri", *Role) | {"If-Match": '"7"', "Idempotency-Key": asked.name}
                answer = await client.request(asked.verb, asked.address, headers=headers, json=asked.body)
                walked.append(asked.name)
                if answer.status_code != 404:
                    otherwise[asked.name] = (answer.status_code, answer.text[:300])

    asyncio.run(go())
    assert otherwise == {}
    assert len(walked) > 10
