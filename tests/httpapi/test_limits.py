"""What one request may take of us (faults.md S6), over a real socket, for that is where it is taken."""

import asyncio
import gzip
import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest

from services.httpapi.app import Service
from services.httpapi.limits import Limits
from services.httpapi.server import HEAD_BYTES, server
from tests.httpapi.demo import GRANT, client, demo, signed_in
from tests.in_process import InProcess
from tests.patience import PATIENCE_SECONDS, until

PATIENT = Limits(body_seconds=PATIENCE_SECONDS, at_once=2, larger_bodies={"/v1/letters": 1024 * 1024})
SHORT = replace(PATIENT, body_seconds=0.5)
"""Of bodies that never end."""
SIGNED = "".join(f"{name}: {value}\r\n" for name, value in signed_in().items())


@contextmanager
def served(app: Service) -> Iterator[int]:
    """The service on a port of its own, as it runs in production."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        running = server(app, host="127.0.0.1", port=0)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            running.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with served(demo(limits=PATIENT)) as found:
        yield found


@pytest.fixture(scope="module")
def short_port() -> Iterator[int]:
    with served(demo(limits=SHORT)) as found:
        yield found


class Conversation:
    """Bytes sent as they are, and what is answered."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)

    def say(self, *said: str | bytes) -> "Conversation":
        for each in said:
            self.socket.sendall(each.encode() if isinstance(each, str) else each)
        return self

    def hear(self) -> tuple[int, dict[str, str], str]:
        """One answer: status, headers, body."""
        file = self.socket.makefile("rb")
        status = int(file.readline().split()[1])
        lines = iter(lambda: file.readline().decode().strip(), "")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        return status, headers, file.read(int(headers.get("content-length", 0))).decode()

    def hangs_up_on(self, said: bytes, *, times: int) -> bool:
        """Whether the other side stops listening before so much has been said."""
        try:
            for _ in range(times):
                self.socket.sendall(said)
        except (BrokenPipeError, ConnectionResetError):
            return True
        return False

    def silence(self) -> bool:
        """Whether the other side has hung up without a word."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True


def head(path: str = "/v1/grants", *lines: str, kind: str = "application/json", method: str = "POST") -> str:
    extra = "".join(f"{line}\r\n" for line in lines)
    return f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\n{SIGNED}{extra}\r\n"


def chunks(*bodies: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(body), body) for body in bodies) + b"0\r\n\r\n"


def heard_code(conversation: Conversation) -> tuple[int, str]:
    status, _, body = conversation.hear()
    return status, json.loads(body).get("code", "")


def test_a_body_at_the_limit_is_read_and_one_byte_more_is_not() -> None:
    padding = 64 * 1024 - len(json.dumps(GRANT).encode())
    at_limit = json.dumps(GRANT).encode() + b" " * padding
    kind = {"Content-Type": "application/json"}
    assert client().post("/v1/grants", content=at_limit, headers=kind).status_code == 200
    answer = client().post("/v1/grants", content=at_limit + b" ", headers=kind)
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    assert answer.json()["largest_bytes"] == 64 * 1024


def test_a_letter_may_be_larger() -> None:
    kind = {"Content-Type": "application/yaml"}
    mebibyte = b"a" * 1024 * 1024
    assert client().post("/v1/letters", content=mebibyte, headers=kind).json() == {"characters": 1024 * 1024}
    assert client().post("/v1/letters", content=mebibyte + b"a", headers=kind).status_code == 413


@pytest.mark.parametrize("content", [b"\xff", b"\xef\xbb\xbfa", b"a\0", "a".encode("utf-16")])
def test_a_text_that_is_not_plain_utf_8_is_not_read(content: bytes) -> None:
    answer = client().post("/v1/letters", content=content, headers={"Content-Type": "application/yaml"})
    assert (answer.status_code, answer.json()["code"]) == (400, "document-unreadable")
    assert client().post("/v1/letters", content=b"a", headers={"Content-Type": "text/html"}).status_code == 415


def test_a_body_too_large_by_its_own_word_is_refused_before_it_is_sent(port: int) -> None:
    status, headers, _ = Conversation(port).say(head("/v1/grants", "Content-Length: 65537")).hear()
    assert (status, headers["connection"]) == (413, "close")


def test_a_chunked_body_is_counted_as_it_comes(port: int) -> None:
    chunked = head("/v1/grants", "Transfer-Encoding: chunked")
    assert Conversation(port).say(chunked, chunks(json.dumps(GRANT).encode())).hear()[0] == 200
    assert heard_code(Conversation(port).say(chunked, chunks(*[b" " * 8_192] * 9))) == (413, "body-too-large")


def test_an_endless_body_is_cut_off(port: int) -> None:
    conversation = Conversation(port).say(head("/v1/grants", "Transfer-Encoding: chunked"))
    assert conversation.hangs_up_on(b"2000\r\n" + b" " * 8_192 + b"\r\n", times=10_000)


def test_a_body_that_drips_is_given_up_on(short_port: int) -> None:
    dripping = Conversation(short_port).say(head("/v1/grants", "Content-Length: 1000"), b"{")
    status, headers, body = dripping.hear()
    assert (status, json.loads(body)["code"], headers["connection"]) == (408, "body-too-slow", "close")


def test_while_one_drips_another_is_served(short_port: int) -> None:
    dripping = Conversation(short_port).say(head("/v1/grants", "Content-Length: 1000"), b"{")
    assert Conversation(short_port).say(head("/v1/open", method="GET")).hear()[0] == 200
    assert dripping.hear()[0] == 408


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, identity", "x"])
def test_compressed_bodies_are_not_opened(encoding: str) -> None:
    bomb = gzip.compress(b"[" * 10_000_000)
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
    answer = client().post("/v1/grants", content=bomb, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "content-encoding-unsupported")


def test_identity_is_no_compression() -> None:
    assert client().post("/v1/grants", json=GRANT, headers={"Content-Encoding": "identity"}).status_code == 200


def test_headers_are_bounded_in_number_and_size() -> None:
    assert client().get("/v1/grants", headers={f"X-{number}": "1" for number in range(200)}).status_code == 431
    assert client().get("/v1/grants", headers={"X-Long": "a" * 17_000}).status_code == 431
    assert client().get("/v1/grants", headers={f"X-{number}": "1" for number in range(50)}).status_code == 200


@pytest.mark.parametrize(
    "endless", ["GET /v1/open HTTP/1.1\r\nX: ", "GET /", "GET /v1/open HTTP/1.1\r\n" + "X: a\r\n" * 100]
)
def test_a_head_without_end_is_hung_up_on(port: int, endless: str) -> None:
    conversation = Conversation(port).say(endless)
    assert conversation.hangs_up_on(b"a" * HEAD_BYTES, times=2_000)


def test_a_head_that_drips_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    with served(demo()) as port:
        patient = Conversation(port).say(head("/v1/open", method="GET"))
        assert patient.hear()[0] == 200
        monkeypatch.setattr("services.httpapi.server.HEAD_SECONDS", 0.3)  # of heads that never end
        assert Conversation(port).silence()
        assert Conversation(port).say("GET /v1/op").silence()
        assert patient.say("GET /v1").silence()


@pytest.mark.parametrize(
    "smuggled",
    [
        head("/v1/grants", "Content-Length: 5", "Transfer-Encoding: chunked")
        + "0\r\n\r\nGET /v1/open HTTP/1.1\r\n\r\n",
        head("/v1/grants", "Content-Length: 5", "Content-Length: 6") + "{}   ",
        head("/v1/grants", "Content-Length: +5") + "{}   ",
        head("/v1/grants", "Content-Length: 0x5") + "{}   ",
        head("/v1/grants", "Transfer-Encoding: xchunked") + "{}   ",
        "GET /v1/open HTTP/1.1\r\nHost: x\r\nX : y\r\n\r\n",
        "GET /v1/\xf8pen HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_a_request_that_two_servers_could_cut_differently_is_refused(port: int, smuggled: str) -> None:
    status, headers, body = Conversation(port).say(smuggled.encode("latin-1")).hear()
    assert (status, headers["content-type"]) == (400, "application/problem+json")
    told = json.loads(body)
    assert told["code"] in ("request-unreadable", "request-invalid", "not-found"), told
    assert (told["status"], told["correlation_id"]) == (400, headers["x-correlation-id"])


async def told(http: httpx.AsyncClient) -> dict[str, float]:
    """What its metrics say of requests."""
    lines = (await http.get("/internal/metrics")).text.splitlines()
    ours = [
        line.removeprefix("tilsagn_requests_").rsplit(" ", 1) for line in lines if line.startswith("tilsagn_requests_")
    ]
    return {name: float(value) for name, value in ours if "_created" not in name}


def test_a_service_that_is_full_asks_some_to_wait_and_still_says_it_lives() -> None:
    app = demo(limits=Limits(at_once=2))

    async def crowd() -> list[int]:
        gate, inside = asyncio.Event(), list[int]()

        async def body() -> AsyncIterator[bytes]:
            inside.append(1)
            await gate.wait()
            yield b"{}"

        transport = InProcess(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://demo", headers=signed_in()) as http:
            kind = {"Content-Type": "application/json"}
            waiting = [asyncio.create_task(http.post("/v1/grants", content=body(), headers=kind)) for _ in range(2)]
            await until(lambda: len(inside) == 2)
            turned_away, alive = await http.get("/v1/open"), await http.get("/internal/isalive")
            assert await told(http) == {"under_way": 2, "most": 2, 'turned_away_total{code="too-busy"}': 1}
            gate.set()
            done = await asyncio.gather(*waiting)
            after = await http.get("/v1/open")
            assert (await told(http))["under_way"] == 0
        assert turned_away.headers["retry-after"] == "2"
        return [turned_away.status_code, alive.status_code, *(each.status_code for each in done), after.status_code]

    assert asyncio.run(crowd()) == [503, 200, 422, 422, 200]


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("BREW /v1/open HTTP/1.1", "Host: a\r\n"),
        (f"GET /v1/open?{'a' * 70_000} HTTP/1.1", "Host: a\r\n"),
        ("GET http://evil.example/v1/open HTTP/1.1", "Host: a\r\n"),
        ("GET //evil.example/v1/open?a HTTP/1.1 x", "Host: a\r\n"),
        ("GET evil.example:443 HTTP/1.1", "Host: a\r\n"),
        ("CONNECT evil.example:443 HTTP/1.1", "Host: a\r\n"),
        ("OPTIONS * HTTP/1.1", "Host: a\r\n"),
        ("GET /v1/open HTTP/1.1", "Host: a\r\nHost: evil.example\r\n"),
        ("GET /v1/open HTTP/1.1", "Host: a\r\nhost: a\r\n"),
    ],
)
def test_what_is_for_another_or_cannot_be_read_is_refused_carefully(port: int, line: str, fields: str) -> None:
    """Whatever stands before us may have read it otherwise; and no cache keeps that we did not."""
    conversation = Conversation(port).say(f"{line}\r\n{fields}\r\n")
    try:
        status, headers, _ = conversation.hear()
    except (IndexError, ConnectionResetError):
        assert len(line) > HEAD_BYTES, "one that is too long may be hung up on"
        return
    assert status == 400
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["connection"] == "close"
