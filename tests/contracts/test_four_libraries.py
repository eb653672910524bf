"""Whatever is delivered is taken by the libraries that receivers verify with, and by none of them once anything of it
was changed, or is old, or for whoever has another secret."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from jsonschema import Draft7Validator

from services.notifications.webhook.sending.signing import new_keys
from tests.conftest import Database
from tests.contracts.libraries import OF_PYPI, Sent, taken_in_node, taken_in_python
from tests.contracts.webhooks import CLOUDEVENT
from tests.notifications.webhook.receiver import Arrived, receiving
from tests.notifications.webhook.works import Works, at_work, message

ANOTHERS_ID = "00000000-0000-4000-8000-000000000000"
A_MINUTE = 60


def sent(arrived: Arrived, secret: str) -> Sent:
    """As it came, to whoever knows this secret."""
    names = {name: arrived.headers[f"webhook-{name}"] for name in ("id", "timestamp", "signature")}
    return Sent(secret=secret, body=arrived.body.decode(), now=int(names["timestamp"]), **names)


def changed(it: Sent) -> Iterator[tuple[str, Sent]]:
    """The same, not as it was sent."""
    for nth in range(0, len(it.body), 7):
        other = "0" if it.body[nth] != "0" else "1"
        yield f"character {nth} is another", replace(it, body=f"{it.body[:nth]}{other}{it.body[nth + 1 :]}")
    yield "a character less", replace(it, body=it.body[:-1])
    yield "a space more", replace(it, body=f"{it.body} ")
    yield "another's id", replace(it, id=ANOTHERS_ID)
    yield "no id", replace(it, id="")
    for by in (-1, 1, A_MINUTE):
        yield f"sent {by} s later", replace(it, timestamp=str(int(it.timestamp) + by))
    yield "no time", replace(it, timestamp="")
    yield "old", replace(it, now=it.now + 301)
    yield "ahead", replace(it, now=it.now - 301)
    yield "another's secret", replace(it, secret=new_keys().shared)
    told = it.signature.split(" ")
    for nth in range(3, 45, 6):
        spoilt = [f"{each[:nth]}{'A' if each[nth] != 'A' else 'B'}{each[nth + 1 :]}" for each in told]
        yield f"character {nth} of each signature is another", replace(it, signature=" ".join(spoilt))
    yield "signed by ed25519 alone", replace(it, signature=" ".join(each for each in told if each[:3] == "v1a"))
    yield "no signature", replace(it, signature="")


def test_four_libraries_take_what_is_delivered_and_nothing_that_was_changed(database: Database, tmp_path: Path) -> None:
    async def go(works: Works) -> None:
        async with receiving() as receiver:
            registered = await works.ask("POST", "/v1/webhook-endpoints", {"url": receiver.url, "types": ["*"]})
            at, first = registered.headers["Location"], registered.json()["secret"]
            await works.becomes(at, "active")
            await works.ask("POST", at + "/test")
            await works.put(
                message("one", scheme_id="jobbsjansen-2020"), message("Blåbær – «ren» 100 %", "letter.released")
            )
            before = list(await receiver.comes(4))
            rotated = (await works.act("POST", at + "/rotate")).json()["secret"]
            await works.put(message("two"))
            [both] = [each for each in await receiver.comes(5) if each not in before]
            cases = [("as it came", sent(each, first), True) for each in before]
            cases += [("as it came", sent(both, secret), True) for secret in (first, rotated)]
            cases += [("before it was made", sent(each, rotated), False) for each in before]
            for it in [sent(before[2], first), sent(both, first), sent(both, rotated)]:
                cases += [(how, other, False) for how, other in changed(it)]
            await asyncio.to_thread(all_agree, cases)
            for each in receiver.arrived:
                assert [error.message for error in Draft7Validator(CLOUDEVENT).iter_errors(each.told)] == []

    at_work(database, tmp_path, go)


def all_agree(cases: list[tuple[str, Sent, bool]]) -> None:
    """Each library says of each what it is."""
    told = [each for _, each, _ in cases]
    says = {library: [taken_in_python(library, each) for each in told] for library in OF_PYPI}
    says |= {f"{library} of npm": taken for library, taken in (taken_in_node(told) or {}).items()}
    for library, taken in says.items():
        wrong = [(how, each) for (how, each, valid), one in zip(cases, taken, strict=True) if one is not valid]
        assert wrong == [], library
    assert len(cases) > 100
