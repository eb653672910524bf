"""What docker-compose.yml says, done by processes of this machine: one for each container, started when those it
depends on are as it says, with the command and the environment it says. Names of hosts, paths inside containers and the
one port that all of them listen at are put in their place on this machine; nothing else is changed."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from subprocess import Popen
from typing import Any, ClassVar

import httpx
import psycopg
import yaml

from dev.children import end_child, start_child
from dev.postgres import Server
from tests.house.tree import ROOT
from tests.patience import PATIENCE_SECONDS, wait_until

VARIABLE = re.compile(r"\$\{(\w+)(?::([?-])([^}]*))?\}")
PORT = "8000"
DATABASE = "postgres"


class NotSet(Exception):
    """Compose stops with the name of the first variable that is missing."""


def filled_in(it: Any, told: Mapping[str, str]) -> Any:
    """What the file says, with its variables as Compose puts them in: into each value, once it is read. Raises
    NotSet."""
    if isinstance(it, dict):
        return {key: filled_in(value, told) for key, value in it.items()}
    if isinstance(it, list):
        return [filled_in(value, told) for value in it]
    return _filled(it, told) if isinstance(it, str) else it


def _filled(text: str, told: Mapping[str, str]) -> str:

    def value(match: re.Match[str]) -> str:
        name, kind, rest = match.groups()
        if told.get(name):
            return told[name]
        if kind == "?":
            raise NotSet(f"{name}: {rest}")
        return rest or ""

    return VARIABLE.sub(value, text)


@dataclass
class Composed:
    """The containers, as processes. `ports` is where each listens here, `server` stands for the database's."""

    secret: ClassVar[str | None] = None
    """Where the dashboard finds its secret, if elsewhere than on this machine."""

    told: Mapping[str, str]
    ports: Mapping[str, int]
    server: Server
    folder: Path
    started: list[str] = field(default_factory=list)
    processes: dict[str, Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        read = filled_in(yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8")), self.told)
        self.services: dict[str, Any] = read["services"]
        self.files = {f"/run/secrets/{name}": each["file"] for name, each in read["secrets"].items()}
        self.configs: dict[str, str] = {name: each["file"] for name, each in read["configs"].items()}

    def up(self) -> None:
        """Start all that is there, each when those it depends on are as it says."""
        waiting = dict(self.services)
        while waiting:
            ready = [name for name, it in waiting.items() if set(it.get("depends_on", ())).isdisjoint(waiting)]
            assert ready, f"these wait for each other: {', '.join(waiting)}"
            for name in ready:
                for other, how in waiting[name].get("depends_on", {}).items():
                    self.wait(other, how["condition"])
                self.start(name)
                del waiting[name]

    def start(self, name: str) -> None:
        self.started.append(name)
        if name != DATABASE:
            command = [sys.executable if part == "python" else part for part in self.services[name]["command"]]
            with (self.folder / f"{name}.log").open("ab") as log:
                self.processes[name] = start_child(
                    command, last_signal=signal.SIGKILL, log=log, environment=self.environment(name), directory=ROOT
                )

    def environment(self, name: str) -> dict[str, str]:
        """What the container is given, and nothing that this machine has beside: but the way to Python."""
        kept = {each: os.environ[each] for each in ("PATH", "HOME", "LANG") if each in os.environ}
        return kept | {key: self.here(name, str(value)) for key, value in self.services[name]["environment"].items()}

    def here(self, name: str, value: str) -> str:
        """A value of a container's, on this machine."""
        it = self.services[name]
        if value == PORT:
            return str(self.ports[name])
        if value == "0.0.0.0":
            return "127.0.0.1"
        places = {path: file for path, file in self.files.items() if path.rpartition("/")[2] in it.get("secrets", ())}
        places |= {each["target"]: self.configs[each["source"]] for each in it.get("configs", ())}
        for volume in it.get("volumes", ()):
            outside, inside, *_ = volume.split(":")
            places[inside] = outside
        for inside, outside in places.items():
            if value == inside:
                return str(outside)
        assert not value.startswith(("/run/", "/var/", "/etc/")), f"{name} is told of {value}, which it does not have"
        value = re.sub(rf"@{DATABASE}/(\w+)$", rf"@/\1?host={self.server.socket_directory}", value)
        return re.sub(r"http://([\w-]+):8000", lambda other: f"http://127.0.0.1:{self.ports[other[1]]}", value)

    def wait(self, name: str, condition: str) -> None:
        match condition:
            case "service_healthy":
                wait_until(lambda: self.healthy(name))
            case "service_completed_successfully":
                assert self.processes[name].wait(PATIENCE_SECONDS) == 0, self.said(name)
            case _:
                raise AssertionError(f"{name}: {condition} is not known here")

    def healthy(self, name: str) -> bool:
        """Whether its own health check says so."""
        check = self.services[name]["healthcheck"]["test"]
        if name == DATABASE:
            assert check[:2] == ["CMD", "pg_isready"]
            with psycopg.connect(self.server.dsn()):
                return True
        assert self.processes[name].poll() is None, self.said(name)
        command = [sys.executable if part == "python" else part for part in check[1:]]
        command[-1] = command[-1].replace(f":{PORT}/", f":{self.ports[name]}/")
        return subprocess.run(command, capture_output=True, check=False, timeout=PATIENCE_SECONDS).returncode == 0

    def said(self, name: str) -> str:
        return f"{name}: {(self.folder / f'{name}.log').read_text()[-3000:]}"

    def down(self) -> None:
        """The last started ends first."""
        for process in reversed(self.processes.values()):
            end_child(process, ask=signal.SIGTERM, insist=signal.SIGKILL, seconds=PATIENCE_SECONDS)


def metric(address: str, name: str) -> float:
    lines = httpx.get(f"{address}/internal/metrics", timeout=PATIENCE_SECONDS).text.splitlines()
    return next((float(line.split()[-1]) for line in lines if line.startswith(name)), 0.0)


def comes_up(composed: Composed) -> None:
    """Everything is started in order, says that it is well, hears the other, and believes nobody without a token."""
    composed.up()
    assert composed.started[:2] == ["postgres", "migrate"]
    assert set(composed.started) == set(composed.services)
    for name in composed.ports:
        wait_until(partial(composed.healthy, name))
    for worker in ("grants-worker", "notifications-worker"):
        address = f"http://127.0.0.1:{composed.ports[worker]}"
        wait_until(partial(metric, address, "tilsagn_inbox_answered_seconds"), lambda at: at > 0)
    for web in ("grants", "notifications"):
        answer = httpx.get(f"http://127.0.0.1:{composed.ports[web]}/v1/feed?after=0", timeout=PATIENCE_SECONDS)
        assert answer.status_code == 401  # it believes nobody without a token
    pages = httpx.get(f"http://127.0.0.1:{composed.ports['dashboard']}/", timeout=PATIENCE_SECONDS)
    assert pages.status_code == 421  # it was told the name it is asked by, and this is another
