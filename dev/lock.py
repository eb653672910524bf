"""`make lock`: compile requirements/*.in to locks with hashes and without addresses (house.md, decision 13); and, where
npm is there, what tests run in node (requirements/node/package.json).

`make lock ARGS=--upgrade` takes the newest versions; without it only what the .in files changed moves.
"""

import shutil
import subprocess
import sys

from dev.state import ROOT

FLAGS = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-emit-index-url"]
FLAGS += ["--no-emit-find-links", "--quiet"]


def compile_lock(name: str, *more: str) -> None:
    """Compile requirements/NAME.in to requirements/NAME.txt."""
    command = [sys.executable, "-m", "uv", "pip", "compile", *FLAGS, *more]
    command += [f"requirements/{name}.in", "-o", f"requirements/{name}.txt"]
    subprocess.run(command, cwd=ROOT, check=True)


def lock_node() -> None:
    """Write requirements/node/package-lock.json, if npm is there: exact versions stand in package.json."""
    if shutil.which("npm") is None:
        print("requirements/node is left as it is: there is no npm here")
        return
    command = ["npm", "install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run([*command, "--omit-lockfile-registry-resolved"], cwd=ROOT / "requirements" / "node", check=True)


if __name__ == "__main__":
    compile_lock("runtime", *sys.argv[1:])
    compile_lock("dev", "-c", "requirements/runtime.txt", *sys.argv[1:])
    compile_lock("tracing", *sys.argv[1:])
    compile_lock("failover-build", *sys.argv[1:])
    compile_lock("failover", *sys.argv[1:])
    lock_node()
