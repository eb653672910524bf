"""Look at the pages with a real browser: screenshots and print in a folder, and axe-core's verdict on each.

    python -m dev.look shots                                  # the sample year, no database
    python -m dev.look shots --url http://127.0.0.1:8004 --person departementet    # a running dashboard, signed in

Needs chromium, and npm once to fetch axe-core. Ends with status 1 when axe finds a violation, a page breaks its own
content security policy or answers with the wrong status, anything lies outside the width of the screen, or a page is
taller than a phone can be scrolled with patience.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from dev.chromium import Chromium, Tab
from services.dashboard.sign_in.reader import Site
from tests.browser.serving import pages

AXE = "axe-core@4.14.1"
PAGES = {
    "year": ("/?aar=2020&gjelder=2020-12-31", 200),
    "spring": ("/?aar=2020&gjelder=2020-04-10&kjent=2020-06-01T12:00", 200),
    "empty": ("/?aar=2020&gjelder=2019-12-31", 200),
    "post": ("/poster/2020/291/71?gjelder=2020-12-31", 200),
    "letter": ("/brev/2020/4?gjelder=2020-12-31", 200),
    "receivers": ("/mottakere", 200),
    "statement": ("/tilgjengelighet", 200),
    "not-understood": ("/?gjelder=2020-02-31", 400),
    "missing": ("/poster/2020/999/1", 404),
}
SIGNED_OUT = {"sign-in": ("/logg-inn", 200), "asked-to-sign-in": ("/poster/2020/291/71?gjelder=2020-12-31", 401)}
TALLEST = {390: 6_000}
"""How high a page may be, by the width of the screen."""
WIDTHS = {"phone": 320, "larger-phone": 390, "laptop": 1280, "wide": 1920}


@contextmanager
def sample_year() -> Iterator[str]:
    """Serve the sample year on a free port of this machine."""
    app = pages(address="")
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    app.state.site = Site(address)
    yield address
    server.should_exit = True
    thread.join()


def axe_source() -> str:
    """axe-core's script, fetched by npm into a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.check_output(["npm", "pack", "--silent", AXE], cwd=folder, text=True)
        shutil.unpack_archive(Path(folder) / packed.strip(), folder, "gztar", filter="data")
        return (Path(folder) / "package" / "axe.min.js").read_text(encoding="utf-8")


def faults_of(tab: Tab, axe: str, *, status: int, width: int) -> list[str]:
    """What is wrong with the page that is open, one line each."""
    tab.evaluate(axe)
    found = tab.evaluate(
        "axe.run().then(found => found.violations.flatMap("
        "v => v.nodes.map(n => `${v.id}: ${n.target.join(' ')}: ${n.failureSummary.replace(/\\s+/g, ' ')}`)))"
    )
    faults = [f"axe {line}" for line in found] + [f"console {line}" for line in tab.complaints]
    if tab.status != status:
        faults.append(f"status {tab.status}, not {status}")
    if (beyond := tab.evaluate("document.documentElement.scrollWidth") - width) > 0:
        faults.append(f"{beyond} px wider than the screen")
    if (height := tab.evaluate("document.documentElement.scrollHeight")) > TALLEST.get(width, height):
        faults.append(f"{height} px high")
    return faults


def look(url: str, folder: Path, person: str = "") -> int:
    """Every page at every width in light and dark, with the page's own scripts off, and on paper; those that anybody
    reaches first, the others as `person`. Returns how many faults were found."""
    folder.mkdir(parents=True, exist_ok=True)
    axe, count = axe_source(), 0
    with Chromium() as browser:
        for name, (path, status) in {**(SIGNED_OUT if person else {}), **PAGES}.items():
            if person and name == next(iter(PAGES)):
                browser.open(f"{url}/logg-inn/begynn?person={person}", width=1280, scheme="light").close()
            for width_name, width in WIDTHS.items():
                for scheme in ("light", "dark"):
                    tab = browser.open(url + path, width=width, scheme=scheme)
                    (folder / f"{name}-{width_name}-{scheme}.png").write_bytes(tab.screenshot())
                    faults = faults_of(tab, axe, status=status, width=width)
                    count += len(faults)
                    print(f"{name:15} {width_name:7} {scheme:6} {'; '.join(faults) or 'ok'}", flush=True)
                    tab.close()
            tab = browser.open(url + path, width=1440, scheme="light")
            (folder / f"{name}.pdf").write_bytes(tab.on_paper())
            tab.close()
    return count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--url")
    parser.add_argument("--person", default="", help="whom to sign in as, where the development issuer lets anybody in")
    given = parser.parse_args()
    if given.url:
        sys.exit(1 if look(given.url.rstrip("/"), given.folder, given.person) else 0)
    with sample_year() as url:
        faults = look(url, given.folder)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
