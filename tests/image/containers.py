"""What docker-compose.yml says, each container made of the image. They share this machine's network, so what differs
from Compose is ports, names of hosts and the way to the database; files and folders lie where Compose lays them."""

import json
import os
import signal
import subprocess
from functools import cached_property
from typing import Any, ClassVar

import psutil

from dev import image
from dev.children import start_child
from tests.faults.composed import DATABASE, PORT, Composed
from tests.house.tree import ROOT
from tests.patience import PATIENCE_SECONDS

SOCKETS = "/run/postgresql"
USER = 10001


class Contained(Composed):
    """The containers: runs of one, each with what Compose gives it and no more. It is removed when all have ended."""

    secret: ClassVar[str | None] = "/run/secrets/sign-in-secret"

    def start(self, name: str) -> None:
        self.started.append(name)
        if name == DATABASE:
            self.server.socket_directory.chmod(0o755)
            for each in self.server.socket_directory.glob(".s.PGSQL.*"):
                each.chmod(0o777)
            for path in (self.folder / "operator").rglob("*"):
                os.chown(path, USER, USER)
            return
        command = self.run(name, self.services[name]["command"])
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = start_child(command, last_signal=signal.SIGKILL, log=log, directory=ROOT)

    def run(self, name: str, command: list[str]) -> list[str]:
        """The command that runs this one, with its own environment, files and folders."""
        return image.command(
            "run",
            *(f"--volume={outside}:{inside}:{how}" for outside, inside, how in self.volumes(name)),
            *(f"--env={key}={value}" for key, value in self.environment(name).items()),
            self.container,
            "--",
            *command,
        )

    @cached_property
    def container(self) -> str:
        return image.buildah("from", image.NAME).strip()

    def volumes(self, name: str) -> list[tuple[str, str, str]]:
        it = self.services[name]
        secrets = [(self.files[f"/run/secrets/{each}"], f"/run/secrets/{each}", "ro") for each in it.get("secrets", ())]
        configs = [(self.configs[each["source"]], each["target"], "ro") for each in it.get("configs", ())]
        folders = [(*volume.split(":"), "rw")[:3] for volume in it.get("volumes", ())]
        return [*secrets, *configs, *folders, (str(self.server.socket_directory), SOCKETS, "ro")]

    def environment(self, name: str) -> dict[str, str]:
        return {key: self.here(name, str(value)) for key, value in self.services[name]["environment"].items()}

    def here(self, name: str, value: str) -> str:
        """As Compose says, but for ports, hosts and the way to the database."""
        if value.startswith(("/run/", "/var/", "/etc/")):
            return value
        return super().here(name, value).replace(str(self.server.socket_directory), SOCKETS)

    def healthy(self, name: str) -> bool:
        """Whether its own health check says so, asked within a container of the same image."""
        if name == DATABASE:
            return super().healthy(name)
        assert self.processes[name].poll() is None, self.said(name)
        check = [
            part.replace(f":{PORT}/", f":{self.ports[name]}/") for part in self.services[name]["healthcheck"]["test"]
        ]
        asked = subprocess.run(self.run(name, check[1:]), capture_output=True, check=False, timeout=PATIENCE_SECONDS)
        return asked.returncode == 0

    def users(self, name: str) -> set[int]:
        """Whom what runs in the container runs as."""
        inside = psutil.Process(self.processes[name].pid).children(recursive=True)
        return {each.uids().real for each in inside if "services." in " ".join(each.cmdline()) and each.uids().real}

    def down(self) -> None:
        """What runs in them first: whoever started them passes on no signal."""
        for process in reversed(self.processes.values()):
            inside = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
            for each in reversed(inside):
                each.terminate()
            psutil.wait_procs(inside, timeout=PATIENCE_SECONDS)
        super().down()
        image.buildah("rm", self.container)


def inspected() -> dict[str, Any]:
    """What the image says of itself."""
    told: dict[str, Any] = json.loads(image.buildah("inspect", "--type", "image", image.NAME))["OCIv1"]["config"]
    return told
