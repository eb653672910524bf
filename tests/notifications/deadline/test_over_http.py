"""The register over HTTP: lists by what people look for, one deadline with its history, and who may record what."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg

from dev.verifying import views
from services.notifications.deadline.rules import id_of
from tests.conftest import Cluster, Database, copied
from tests.notifications.deadline.registered import ASSIGNMENT, CASE, INSTALMENT, Registry, at_the_registry, follow
from tests.notifications.deadline.registered import of_case as of_case
from tests.notifications.deadline.registered import of_year as of_year
from tests.notifications.office import INGRID, KARI, MINISTRY
from tests.notifications.world import FREE, freed, held, letter, policy
from tests.notifications.world import id_of as named
from tests.paged import in_pages

STREAM, YEAR = f"deadlines-{CASE}", "deadlines-2020"
THE_INSTALMENT, THE_ASSIGNMENT = id_of(STREAM, INSTALMENT.key), id_of(YEAR, ASSIGNMENT.key)
MET = {"met_on": "2020-03-01", "ground": "Oversendt i brev 20/00412-3."}


def test_what_is_due_is_found_by_what_people_look_for(database: Database, tmp_path: Path) -> None:
    async def story(registry: Registry) -> None:
        registry.hears(STREAM, of_case(INSTALMENT))
        registry.hears(YEAR, of_year(ASSIGNMENT))
        kinds = [item["kind"] for item in await registry.list()]
        assert kinds == ["instalment", "assignment"]
        found = {
            "?kind=assignment": ["assignment"],
            "?from=2020-03-21": ["assignment"],
            "?to=2020-03-20": ["instalment"],
            "?scheme=jobbsjansen-2020": ["instalment"],
            "?post=291.62": ["instalment"],
            f"?case={CASE}": ["instalment"],
            "?case_number=2020/17": ["instalment"],
            "?case_number=2020-17": ["instalment"],
            "?post=0291.62": ["instalment"],
            "?role=attestor": ["instalment"],
            "?role=ministry": ["assignment"],
            "?overdue=true": [],
            "?overdue=false&state=due": ["instalment", "assignment"],
            "?state=met": [],
        }
        for query, expected in found.items():
            assert [item["kind"] for item in await registry.list(query)] == expected, query
        for query, status, code in (
            ("?kind=nosuch", 404, "unknown-deadline-kind"),
            ("?case_number=tull", 422, "request-invalid"),
            ("?post=291", 422, "request-invalid"),
            ("?from=2020-03-02&to=2020-03-01", 422, "period-reversed"),
        ):
            refused = await registry.asks(KARI, "GET", f"/v1/deadlines{query}")
            assert (refused.status_code, refused.json()["code"]) == (status, code), query
        registry.move(days=20)
        (late,) = await registry.list("?overdue=true", MINISTRY)
        assert (late["kind"], late["overdue"], late["state"]) == ("instalment", True, "due")

    at_the_registry(database, tmp_path, story)


def test_the_list_is_read_in_pages(database: Database, tmp_path: Path) -> None:
    async def story(registry: Registry) -> None:
        registry.hears(STREAM, of_case(*(replace(INSTALMENT, key=f"instalment-{n}", part=n) for n in range(1, 8))))
        follow(database)
        seen, following = [], ""
        while True:
            page = (await registry.asks(KARI, "GET", f"/v1/deadlines?limit=3{following}")).json()
            seen += [item["part"] for item in page["items"]]
            if page["next"] is None:
                break
            following = f"&cursor={page['next']}"
        assert sorted(seen) == list(range(1, 8))

    at_the_registry(database, tmp_path, story)


def test_one_deadline_tells_what_has_happened_to_it_and_when_people_are_told(
    database: Database, tmp_path: Path
) -> None:
    async def story(registry: Registry) -> None:
        registry.hears(STREAM, of_case(INSTALMENT))
        registry.move(days=1)
        registry.hears(STREAM, of_case(replace(INSTALMENT, due_on=date(2020, 3, 27))))
        follow(database)
        shown = (await registry.asks(KARI, "GET", f"/v1/deadlines/{THE_INSTALMENT}")).json()
        assert [(each["what"], each["due_on"]) for each in shown["history"]] == [
            ("set", "2020-03-20"), ("moved", "2020-03-27"),
        ]  # fmt: skip
        assert (shown["moves"], shown["last_passed"], shown["next_at"]) == (1, None, "2020-03-19T23:00:00+00:00")
        assert shown["thresholds"]["before_days"] == [5, 1]
        gone = await registry.asks(KARI, "GET", f"/v1/deadlines/{named('nothing')}")
        assert (gone.status_code, gone.json()["code"]) == (404, "unknown-deadline")

    at_the_registry(database, tmp_path, story)


def test_what_has_happened_to_one_is_read_in_pages(database: Database, tmp_path: Path) -> None:
    async def story(registry: Registry) -> None:
        days = [date(2020, 3, day) for day in range(20, 28)]
        for day in days:
            registry.hears(STREAM, of_case(replace(INSTALMENT, due_on=day)))
            registry.move(hours=1)
        follow(database)

        async def read(asked: dict[str, str]) -> Any:
            query = "&".join(f"{name}={value}" for name, value in asked.items())
            shown = (await registry.asks(KARI, "GET", f"/v1/deadlines/{THE_INSTALMENT}?{query}")).json()
            assert shown["moves"] == len(days) - 1
            return {"items": shown["history"], "next": shown["next"]}

        assert [each["due_on"] for each in await in_pages(read, size=3)] == [str(day) for day in days]
        assert (await read({}))["next"] is None

    at_the_registry(database, tmp_path, story)


def test_an_assignment_is_recorded_as_done_and_taken_back(database: Database, tmp_path: Path) -> None:
    async def story(registry: Registry) -> None:
        registry.hears(YEAR, of_year(ASSIGNMENT))
        registry.hears(STREAM, of_case(INSTALMENT))
        follow(database)
        at = f"/v1/deadlines/{THE_ASSIGNMENT}"
        done = await registry.asks(KARI, "PUT", f"{at}/met", MET, **{"If-Match": '"1"'})
        assert (done.status_code, done.json()["state"]) == (200, "met"), done.text
        assert await registry.list("?state=due&kind=assignment") == []
        (_, told) = (await registry.asks(KARI, "GET", at)).json()["history"]
        assert (told["what"], told["by"], told["met_on"], told["ground"]) == ("met", KARI, *MET.values())
        back = await registry.asks(KARI, "PUT", f"{at}/reopened", {"reason": "Feil."}, **{"If-Match": '"2"'})
        assert (back.status_code, back.json()["state"]) == (200, "due"), back.text
        # The register has not followed yet.
        assert (await registry.asks(KARI, "GET", at)).json()["state"] == "due"
        assert len(await registry.list("?state=due&kind=assignment")) == 1
        for person, path, version, status, code in (
            (INGRID, f"{at}/met", 3, 403, "role-missing"),
            (MINISTRY, f"{at}/met", 3, 403, "role-missing"),
            (KARI, f"/v1/deadlines/{THE_INSTALMENT}/met", 1, 409, "deadline-met-by-itself"),
        ):
            refused = await registry.asks(person, "PUT", path, MET, **{"If-Match": f'"{version}"'})
            assert (refused.status_code, refused.json()["code"]) == (status, code)

    at_the_registry(database, tmp_path, story)


def test_each_deadline_of_a_year_has_a_version_of_its_own(database: Database, tmp_path: Path) -> None:
    """Two people record two assignments as done at once: neither has changed what the other has read."""

    async def story(registry: Registry) -> None:
        other = replace(ASSIGNMENT, key="assignment-0-2020-002-1")
        registry.hears(YEAR, of_year(ASSIGNMENT, other))
        registry.hears(YEAR, of_year(replace(other, what="Utrede en annen ordning")))
        follow(database)
        at = {each.key: f"/v1/deadlines/{id_of(YEAR, each.key)}" for each in (ASSIGNMENT, other)}
        read = {key: await registry.asks(KARI, "GET", path) for key, path in at.items()}
        assert [each.headers["ETag"] for each in read.values()] == ['"1"', '"2"']
        assert [each.json()["version"] for each in read.values()] == [1, 2]
        for key, path in at.items():
            done = await registry.asks(KARI, "PUT", f"{path}/met", MET, **{"If-Match": read[key].headers["ETag"]})
            assert done.status_code == 200, done.text
            again = await registry.asks(KARI, "GET", path)
            assert done.headers["ETag"] == again.headers["ETag"] != read[key].headers["ETag"]
            stale = await registry.asks(KARI, "PUT", f"{path}/reopened", {"reason": "x"}, **{"If-Match": '"1"'})
            assert (stale.status_code, stale.json()["code"]) == (412, "stale-version")

    at_the_registry(database, tmp_path, story)


def test_a_notices_deadlines_hold_for_the_letters_that_wait_for_it(database: Database, tmp_path: Path) -> None:
    async def story(registry: Registry) -> None:
        for name in ("a", "b"):
            registry.world.record(letter(name), held(name))
        notice = await registry.notifies("letter", str(named("a")))
        of_a = f"&case={named('a')}"
        assert {item["kind"] for item in await registry.list(f"?state=due{of_a}")} == set()
        assert {item["kind"] for item in await registry.list("?state=due")} == {"letter-unnoticed"}, "of the other"
        await registry.does(MINISTRY, "PUT", f"{notice}/acknowledgement")
        due = {item["kind"]: item for item in await registry.list(f"?state=due{of_a}")}
        assert due.keys() == {"notice-opens", "letters-waiting", "notice-stale"}
        assert due["notice-opens"]["waiting"] == 1
        assert due["notice-opens"]["due_at"] == due["letters-waiting"]["due_at"] == "2020-03-15T23:00:00+00:00"
        registry.move(days=15)
        await registry.does(INGRID, "PUT", f"/v1/awards/{named('a')}/release", {})
        assert await registry.list(f"?state=due{of_a}") == []
        assert {item["kind"] for item in await registry.list("?state=met")} == {*due, "letter-unnoticed"}

    at_the_registry(database, tmp_path, story)


def test_a_letter_that_is_changed_and_a_scheme_that_is_exempt_end_what_a_notice_told(
    database: Database, tmp_path: Path
) -> None:
    """A letter made otherwise waits for a notice of its own. One that owes none waits for nothing but to be sent."""

    async def story(registry: Registry) -> None:
        for name in ("a", "b"):
            registry.world.record(letter(name), held(name))
            notice = await registry.notifies("letter", str(named(name)))
            await registry.does(MINISTRY, "PUT", f"{notice}/acknowledgement")
        waits = {"notice-opens": 1, "letters-waiting": 1, "notice-stale": 1}
        assert {item["kind"]: item["waiting"] for item in await registry.list(f"?state=due&case={named('a')}")} == waits
        registry.world.record(letter("a"), held("a", amount_ore=90))
        registry.world.record(f"scheme-{FREE}", policy())
        registry.world.record(letter("b"), *freed("b"))
        (changed,) = await registry.list(f"?state=due&case={named('a')}")
        assert changed["kind"] == "letter-unnoticed"
        (free,) = await registry.list(f"?state=due&case={named('b')}")
        assert (free["kind"], free["overdue"]) == ("letter-waiting", True)

    at_the_registry(database, tmp_path, story)


def test_the_days_people_are_told_on_are_changed_by_a_controller(database: Database, tmp_path: Path) -> None:
    async def story(registry: Registry) -> None:
        at = "/v1/deadline-thresholds/instalment"
        shown = await registry.controls("GET", at)
        assert (shown.json()["before_days"], shown.headers["ETag"]) == ([5, 1], '"0"')
        asked = {"before_days": [3], "every_days": 2, "counted": "calendar", "valid_from": "2020-03-01", "reason": "x"}
        for body, code in (
            (asked | {"valid_from": "2020-02-29"}, "thresholds-reach-back"),
            (asked | {"before_days": [1, 3]}, "thresholds-unclear"),
        ):
            refused = await registry.controls("PUT", at, body, **{"If-Match": '"0"'})
            assert (refused.status_code, refused.json()["code"]) == (422, code)
        set_ = await registry.controls("PUT", at, asked, **{"If-Match": '"0"'})
        assert (set_.status_code, set_.json()["before_days"]) == (200, [3]), set_.text
        ahead = asked | {"before_days": [20], "valid_from": "2020-03-06"}
        far = await registry.controls("PUT", at, asked | {"valid_from": "2199-12-31"}, **{"If-Match": '"1"'})
        assert (far.status_code, far.json()["code"]) == (422, "thresholds-too-far-ahead")
        await registry.controls("PUT", at, ahead, **{"If-Match": '"1"'})
        whole = (await registry.controls("GET", at)).json()
        assert whole["before_days"] == [3]
        assert [(each["valid_from"], each["before_days"]) for each in whole["dated"]] == [
            ("2020-03-01", [3]), ("2020-03-06", [20]),
        ]  # fmt: skip
        registry.hears(STREAM, of_case(INSTALMENT))
        follow(registry.database)
        shown = (await registry.asks(KARI, "GET", f"/v1/deadlines/{THE_INSTALMENT}")).json()
        assert shown["next_at"] == "2020-03-05T23:00:00+00:00", "twenty days before have passed as they begin to count"
        listed = (await registry.controls("GET", "/v1/deadline-thresholds")).json()["items"]
        assert next(each for each in listed if each["kind"] == "instalment")["every_days"] == 2
        kari = await registry.asks(KARI, "PUT", at, asked, **{"If-Match": '"1"'})
        assert kari.status_code == 403
        unknown = await registry.controls("PUT", "/v1/deadline-thresholds/x", asked, **{"If-Match": '"0"'})
        assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown-deadline-kind")

    at_the_registry(database, tmp_path, story)


def test_what_was_over_long_before_it_was_known_is_history_and_not_overdue(database: Database, tmp_path: Path) -> None:
    async def story(registry: Registry) -> None:
        past = replace(ASSIGNMENT, due_on=date(2020, 1, 28))
        late = replace(ASSIGNMENT, key="letter-publication-3", kind="letter-publication", due_on=date(2020, 1, 2))
        registry.hears(YEAR, of_year(past, late))
        assert await registry.list("?state=due") == await registry.list("?overdue=true")
        assert [item["kind"] for item in await registry.list("?state=due")] == ["letter-publication"]
        (item,) = await registry.list("?state=history")
        assert (item["kind"], item["overdue"]) == ("assignment", False)

    at_the_registry(database, tmp_path, story)


# And what stands in it is what the log gives.


def test_what_was_changed_in_the_register_is_found(database: Database, tmp_path: Path, cluster: Cluster) -> None:
    async def story(registry: Registry) -> None:
        registry.hears(STREAM, of_case(INSTALMENT))
        registry.world.record(letter("a"), held("a"))
        notice = await registry.notifies("letter", str(named("a")), planned_on=str(date(2020, 3, 1) + timedelta(40)))
        await registry.does(MINISTRY, "PUT", f"{notice}/acknowledgement")
        await registry.list()

    at_the_registry(database, tmp_path, story)
    with copied(cluster) as scratch:
        counts, faults, told = views.compare_views(
            database.notifications_reader_dsn, scratch.admin_dsn, "notifications"
        )
        assert (counts, faults, told) == ({"rows of notifications_view.deadline": 6}, [], [])
    with psycopg.connect(database.admin_dsn) as owner:
        owner.execute("UPDATE notifications_view.deadline SET due_on = due_on + 1 WHERE kind = 'instalment'")
    with copied(cluster) as scratch:
        faults = views.compare_views(database.notifications_reader_dsn, scratch.admin_dsn, "notifications")[1]
        assert len(faults) == 1
        assert "due_on" in faults[0].detail
