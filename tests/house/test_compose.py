"""The deployment file says what Compose understands, and what we promise of it."""

import json
import re
from typing import Any

import pytest
import yaml
from jsonschema import Draft201909Validator

from dev import account
from migrations.roles import LOGINS
from tests.house.tree import ROOT

OURS = ("grants", "grants-worker", "notifications", "notifications-worker", "dashboard")
COMPOSE = ROOT / "docker-compose.yml"
SECRET = re.compile(r"PASSWORD|SECRET|KEY|TOKEN|ISSUERS")


def read_compose() -> dict[str, Any]:
    """The file, with its anchors resolved."""
    read: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
    return read


def problems(compose: dict[str, Any]) -> list[str]:
    """What the Compose Specification's own schema has against it."""
    schema = json.loads((ROOT / "tests" / "house" / "vendor" / "compose-spec.json").read_text())
    return [problem.message for problem in Draft201909Validator(schema).iter_errors(compose)]


def test_it_follows_the_compose_specification() -> None:
    assert problems(read_compose()) == []


def test_the_specification_would_see_a_misspelt_key() -> None:
    compose = read_compose()
    compose["services"]["grants"]["helthcheck"] = compose["services"]["grants"].pop("healthcheck")
    assert any("helthcheck" in problem for problem in problems(compose))


def test_it_runs_the_major_version_that_development_runs() -> None:
    assert read_compose()["services"]["postgres"]["image"] == f"postgres:{account.MAJOR}"


def test_whatever_keeps_running_says_whether_it_is_well() -> None:
    services = read_compose()["services"]
    assert {name for name, service in services.items() if "healthcheck" not in service} == {"migrate"}


def test_a_service_waits_for_what_it_stands_on() -> None:
    services = read_compose()["services"]
    assert services["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    for name in OURS:
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_each_service_is_told_where_the_other_is() -> None:
    """Without grants no letter is held; without notifications none is believed to be out. Neither says so loudly."""
    services = read_compose()["services"]
    told = services["grants-worker"]["environment"] | services["notifications-worker"]["environment"]
    assert told["TILSAGN_GRANTS_URL"] == "http://grants:8000"
    assert told["TILSAGN_NOTIFICATIONS_FEED_URL"] == "http://notifications:8000/v1/feed"
    for name, token in (
        ("grants-worker", "TILSAGN_NOTIFICATIONS_FEED_TOKEN_FILE"),
        ("notifications-worker", "TILSAGN_GRANTS_TOKEN_FILE"),
    ):
        assert services[name]["environment"][token].removeprefix("/run/secrets/") in services[name]["secrets"]


@pytest.mark.parametrize("name", ["grants", "notifications"])
def test_each_service_has_a_web_process_and_a_worker_and_the_web_process_can_sign_and_send_nothing(name: str) -> None:
    services = read_compose()["services"]
    web, worker = services[name], services[f"{name}-worker"]
    assert (web["command"], web["environment"]["TILSAGN_ROLE"]) == (worker["command"], "web")
    assert worker["environment"]["TILSAGN_ROLE"] == "worker"
    # what both are told, they are told alike
    both = web["environment"].keys() & worker["environment"].keys() - {"TILSAGN_ROLE"}
    assert both == web["environment"].keys() - {"TILSAGN_ROLE"}
    assert all(web["environment"][each] == worker["environment"][each] for each in both)
    assert "ports" in web
    assert "ports" not in worker
    assert not {"checkpoint-key", "grants-token", "notifications-token"} & set(web["secrets"])
    assert [volume for volume in web["volumes"] if not volume.endswith(":ro")] == []


def test_every_role_that_logs_in_gets_a_password() -> None:
    migrate = read_compose()["services"]["migrate"]["environment"]
    assert {f"{login.name.removeprefix('tilsagn_').upper()}_PASSWORD" for login in LOGINS} <= set(migrate)


def test_no_secret_has_a_default() -> None:
    used = re.findall(r"\$\{([A-Z_]+)(:[?-][^}]*)?\}", COMPOSE.read_text())
    defaulted = {name for name, rest in used if SECRET.search(name) and not rest.startswith(":?")}
    assert defaulted == set()
    written_out = re.findall(r"(?:PASSWORD|SECRET|TOKEN): (?!\$\{)\S+", COMPOSE.read_text())
    assert written_out == []


@pytest.mark.parametrize("name", ["migrate", *OURS])
def test_our_own_containers_may_do_little(name: str) -> None:
    service = read_compose()["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


def test_our_own_services_are_deployed_as_production_without_our_issuer() -> None:
    services = read_compose()["services"]
    for name in OURS:
        assert services[name]["environment"]["TILSAGN_ENVIRONMENT"] == "production"
        assert not [variable for variable in services[name]["environment"] if "DEV_ISSUER" in variable]


def test_what_does_not_exist_yet_is_not_started() -> None:
    modules = {
        name: ROOT / (service["command"][2].replace(".", "/") + ".py")
        for name, service in read_compose()["services"].items()
        if service.get("command", ["", ""])[1] == "-m" and not service.get("profiles")
    }
    missing = {name for name, path in modules.items() if not path.exists() and not path.with_suffix("").is_dir()}
    assert missing == set()
    assert set(modules) == {"migrate", *OURS}


def test_the_image_runs_as_nobody_in_particular_from_the_hashed_lock() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert re.findall(r"^USER (\S+)", dockerfile, re.MULTILINE) == ["10001:10001"]
    assert "--require-hashes" in dockerfile
    assert "requirements/dev.txt" not in dockerfile


def copied(dockerfile: str) -> list[str]:
    """What is taken from the checkout into the image."""
    lines = re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE)
    return [path for line in lines for path in line.split()]


def test_what_the_image_copies_is_there_and_let_in() -> None:
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    paths = copied((ROOT / "Dockerfile").read_text())
    assert len(paths) > 4
    assert [path for path in paths if not (ROOT / path).exists()] == []
    assert set(paths) == let_in
    assert copied("COPY a/b.txt c.txt /build/\nCOPY --from=x /y /y\n") == ["a/b.txt", "c.txt"]


def test_what_the_image_starts_is_what_compose_starts() -> None:
    command = re.findall(r"^CMD (.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert [json.loads(each) for each in command] == [read_compose()["services"]["grants"]["command"]]


def test_the_image_holds_no_secret_and_no_address_of_packages() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    said = [line for line in lines if not line.startswith("#")]
    assert [line for line in said if SECRET.search(line)] == []
    assert [line for line in said if re.search(r"https?:|--index|--find-links|--trusted-host", line)] == []
    assert [line for line in said if re.match(r"(ARG|ENV) ", line)] == [
        "ARG BASE=python:3.11-slim",
        "ENV PATH=/opt/tilsagn/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1",
    ]
