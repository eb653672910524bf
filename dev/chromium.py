"""A browser on a leash: chromium over its debugging pipe, with nothing but the standard library."""

import base64
import fcntl
import json
import os
import select
import shutil
import signal
import tempfile
from types import TracebackType
from typing import Any, Self

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SILENT_SECONDS = 300
"""How long a browser may say nothing: then it is given up, and whoever waits is told."""
_FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")


def _on_3_and_4(commands: int, answers: int) -> list[tuple[int, int, int]]:
    """The browser reads commands on descriptor 3 and answers on 4. Ours move away first: they may be those."""
    far = [fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10) for descriptor in (commands, answers)]
    return [(os.POSIX_SPAWN_DUP2, far[0], 3), (os.POSIX_SPAWN_DUP2, far[1], 4)]


class Chromium:
    """One headless browser with a profile of its own, gone when the block ends."""

    def __enter__(self) -> Self:
        program = next(filter(None, map(shutil.which, _NAMES)), None)
        if program is None:
            raise SystemExit("No chromium on this machine: install it to look at the pages.")
        self._profile = tempfile.mkdtemp()
        commands, self._to_browser = os.pipe()
        self._from_browser, answers = os.pipe()
        arguments = [program, *_FLAGS, "--remote-debugging-pipe", f"--user-data-dir={self._profile}", "about:blank"]
        self._pid = os.posix_spawn(program, arguments, os.environ, file_actions=_on_3_and_4(commands, answers))
        os.close(commands)
        os.close(answers)
        self._unread = b""
        self._sent = 0
        self.events: list[dict[str, Any]] = []
        self.questions: list[str] = []
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.kill(self._pid, signal.SIGTERM)
        os.waitpid(self._pid, 0)
        os.close(self._to_browser)
        os.close(self._from_browser)
        shutil.rmtree(self._profile, ignore_errors=True)

    def call(self, method: str, session: str | None = None, **parameters: Any) -> Any:
        """One command and its answer; what the browser says meanwhile is kept in `events`."""
        self._sent = number = self._sent + 1
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        os.write(self._to_browser, json.dumps(message | ({"sessionId": session} if session else {})).encode() + b"\0")
        while (answer := self._read()).get("id") != number:
            self.events.append(answer)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def wait_for(self, method: str, session: str) -> None:
        """Until the browser has told `method` about this session."""
        while not any(event.get("method") == method and event.get("sessionId") == session for event in self.events):
            self.events.append(self._read())

    def tab(self, *, width: int = 1280, scheme: str = "light", scripts: bool = False) -> "Tab":
        """An empty tab, `width` CSS pixels wide, `scheme` light or dark; pages run their own scripts in it, or not.
        Its reader asks for bokmål."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        tab = Tab(self, target, session, scripts=scripts)
        for domain in ("Page", "Network", "Log", "Runtime"):
            tab.call(f"{domain}.enable")
        tab.call("Network.setExtraHTTPHeaders", headers={"Accept-Language": "nb"})
        tab.look(width=width, scheme=scheme)
        return tab

    def open(self, url: str, *, width: int, scheme: str) -> "Tab":
        """A loaded page in a tab of its own, with its own scripts off."""
        tab = self.tab(width=width, scheme=scheme)
        tab.go(url)
        return tab

    def forget(self, session: str) -> None:
        """What was told about this session is of a page that has gone."""
        self.events = [event for event in self.events if event.get("sessionId") != session]

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._unread:
            if not select.select([self._from_browser], [], [], SILENT_SECONDS)[0]:
                raise RuntimeError(f"the browser has said nothing for {SILENT_SECONDS} s")
            chunk = os.read(self._from_browser, 1 << 20)
            if not chunk:
                raise RuntimeError("the browser has gone")
            self._unread += chunk
        text, _, self._unread = self._unread.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        if message.get("method") == "Page.javascriptDialogOpening":
            self._answer(message)
        return message

    def _answer(self, asked: dict[str, Any]) -> None:
        """Nobody sits here to answer a question: it is noted, and the page goes on."""
        self.questions.append(asked["params"]["message"])
        self._sent += 1
        answer = {"id": self._sent, "method": "Page.handleJavaScriptDialog", "params": {"accept": True}}
        os.write(self._to_browser, json.dumps(answer | {"sessionId": asked["sessionId"]}).encode() + b"\0")


class Tab:
    """A page that is open. It can be looked at in other ways, and led to another page."""

    def __init__(self, browser: Chromium, target: str, session: str, *, scripts: bool) -> None:
        self._browser, self._target, self._session, self._scripts = browser, target, session, scripts

    def go(self, url: str) -> None:
        """Another page, until it is loaded. Ours may ask it things, whether its own scripts ran or not."""
        self._browser.forget(self._session)
        self.call("Emulation.setScriptExecutionDisabled", value=not self._scripts)
        self.call("Page.navigate", url=url)
        self._browser.wait_for("Page.loadEventFired", self._session)
        self.call("Emulation.setScriptExecutionDisabled", value=False)
        self.evaluate("document.fonts.ready.then(() => true)")

    def look(self, *, width: int, scheme: str, media: str = "", height: int = 900) -> None:
        """The page as it stands, on another screen (`width` CSS pixels), in light or dark, or as `media` has it."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 700
        )
        features = [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]
        self.call("Emulation.setEmulatedMedia", media=media, features=features)

    def in_grey(self, *, grey: bool = True) -> None:
        """As somebody sees it who sees no colour."""
        self.call("Emulation.setEmulatedVisionDeficiency", type="achromatopsia" if grey else "none")

    def press(self, key: str, *, shift: bool = False) -> None:
        """One key: Tab, Enter or Space."""
        code, text = {"Tab": (9, ""), "Enter": (13, "\r"), "Space": (32, " ")}[key]
        name = " " if key == "Space" else key
        pressed = {"key": name, "code": key, "windowsVirtualKeyCode": code, "modifiers": 8 if shift else 0}
        self.call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **pressed)
        if text:
            self.call("Input.dispatchKeyEvent", type="keyUp", **pressed)

    def call(self, method: str, **parameters: Any) -> Any:
        return self._browser.call(method, self._session, **parameters)

    def evaluate(self, script: str) -> Any:
        """The value of a script, awaited when it is a promise."""
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def screenshot(self) -> bytes:
        """The whole page as PNG, also what is below the fold."""
        return base64.b64decode(self.call("Page.captureScreenshot", captureBeyondViewport=True)["data"])

    def on_paper(self) -> bytes:
        """The page as it would be printed, as PDF."""
        return base64.b64decode(self.call("Page.printToPDF", preferCSSPageSize=True)["data"])

    def source(self) -> str:
        """The page as it was answered."""
        of = self._told("Network.responseReceived")[0]["requestId"]
        return str(self.call("Network.getResponseBody", requestId=of)["body"])

    def source_in(self, language: str) -> str:
        """The same page as it is answered to whoever asks for a language."""
        headers = {"Accept-Language": language}
        return str(
            self.evaluate(f"fetch(location.href, {{headers: {json.dumps(headers)}}}).then((each) => each.text())")
        )

    @property
    def asked(self) -> list[str]:
        """Every address that was asked for since the page was."""
        return [told["request"]["url"] for told in self._told("Network.requestWillBeSent")]

    def heard(self) -> list[str]:
        """What the page's streams have told it, message by message."""
        self.evaluate("0")  # what the browser has told meanwhile is read with the answer
        return [str(told["data"]) for told in self._told("Network.eventSourceMessageReceived")]

    @property
    def status(self) -> int:
        """The HTTP status of the page itself."""
        return int(self._told("Network.responseReceived")[0]["response"]["status"])

    @property
    def complaints(self) -> list[str]:
        """What the browser logged against the page: policy breaches, files that are missing, errors."""
        entries = [told["entry"] for told in self._told("Log.entryAdded")]
        return [entry["text"] for entry in entries if entry.get("url") != self.evaluate("location.href")]

    def close(self) -> None:
        self._browser.call("Target.closeTarget", targetId=self._target)

    def _told(self, method: str) -> list[dict[str, Any]]:
        return [
            event["params"]
            for event in self._browser.events
            if event.get("method") == method and event.get("sessionId") == self._session
        ]
