"""A scheme's notice policy over HTTP: proposed by one, confirmed by another in the very version they read, and told."""

from pathlib import Path

from tests.conftest import Database
from tests.faults.service import ANNE, INGRID, KARI, PER
from tests.grants.scheme.scheme_routes import AT, JOBBSJANSEN, LETTERS, OLA, Office, at_the_office

POLICY = f"{AT}/notice-policy"
PROPOSAL = {
    "rule": "exempt",
    "source": {"document": "Brev fra departementet", "section": "2"},
    "valid_from": "2020-02-01",
    "document_sha256": "cd" * 32,
}


def test_a_policy_goes_from_a_proposal_to_what_counts_and_is_told_of_then(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        await office.registers_letters(LETTERS[:1])
        opened = await office.does(KARI, "POST", "/v1/schemes", json=JOBBSJANSEN.scheme)
        waits = opened.json()["notice_policy"]
        assert (waits["confirmed"], waits["proposed"]["written_by"]) == (None, [KARI])
        unsourced = await office.refused(INGRID, "PUT", f"{POLICY}/confirmation", seen='"1"')
        assert unsourced == (422, "notice-policy-unsourced")

        await office.does(OLA, "PUT", POLICY, json=PROPOSAL, seen='"1"')
        assert await office.refused(INGRID, "PUT", f"{POLICY}/confirmation", seen='"1"') == (412, "stale-version")
        why = {"reason": "Brevet gjelder en annen ordning."}
        await office.does(INGRID, "PUT", f"{POLICY}/rejection", json=why, seen='"2"')
        await office.does(ANNE, "PUT", POLICY, json=PROPOSAL, seen='"3"')
        twice = await office.refused(ANNE, "PUT", f"{POLICY}/confirmation", seen='"4"')
        assert twice == (409, "same-person-twice")
        done = await office.does(INGRID, "PUT", f"{POLICY}/confirmation", seen='"4"')

        counts = done.json()["notice_policy"]
        assert counts["proposed"] is None
        assert (counts["confirmed"]["confirmed_by"], counts["confirmed"]["written_by"]) == (INGRID, [ANNE, OLA])
        assert counts["confirmed"]["policy"] == PROPOSAL
        feed = await office.reads("/v1/feed?after=0&limit=100")
        [told] = [each for each in feed if each["type"] == "no.tilsagn.scheme.notice-policy-confirmed.v1"]
        assert (told["data"]["notice"], told["data"]["version"]) == ("exempt", 5)
        assert told["data"]["recorded_at"] == told["time"]
        assert (told["data"]["written_by"], told["data"]["confirmed_by"]) == ([ANNE, OLA], INGRID)

    at_the_office(database, tmp_path, story)


def test_who_may_propose_and_who_may_confirm(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        await office.registers_letters(LETTERS[:1])
        assert await office.refused(KARI, "PUT", POLICY, json=PROPOSAL, seen='"0"') == (404, "scheme-unknown")
        await office.does(KARI, "POST", "/v1/schemes", json=JOBBSJANSEN.scheme)
        for person in (INGRID, PER):
            assert await office.refused(person, "PUT", POLICY, json=PROPOSAL, seen='"1"') == (403, "role-missing")
        await office.does(KARI, "PUT", POLICY, json=PROPOSAL, seen='"1"')
        for act, body in (("confirmation", None), ("rejection", {"reason": "Nei."})):
            told = await office.refused(OLA, "PUT", f"{POLICY}/{act}", seen='"2"', json=body)
            assert told == (403, "role-missing")
        lacking = {name: value for name, value in PROPOSAL.items() if name != "document_sha256"}
        assert await office.refused(KARI, "PUT", POLICY, json=lacking, seen='"2"') == (422, "request-invalid")
        await office.does(ANNE, "PUT", f"{POLICY}/confirmation", seen='"2"')
        nothing = await office.refused(INGRID, "PUT", f"{POLICY}/confirmation", seen='"3"')
        assert nothing == (409, "no-notice-policy-waits")

    at_the_office(database, tmp_path, story)
