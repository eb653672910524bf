"""uvicorn, with the bounds it does not set itself: how long, and in how many bytes, a caller may say what it wants, and
how it ends: at once for those who only wait, and without having begun where its port is another's."""

import asyncio
import gc
import logging
import socket
import sys

import uvicorn
from uvicorn.lifespan.on import LifespanOn, LifespanSendMessage
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from services.calendar.patience import at_most
from services.httpapi.app import Service
from services.httpapi.correlation import HEADER, begin
from services.httpapi.middleware import CAREFUL_BROWSER
from services.httpapi.problem import HttpRefusal, problem

HEAD_SECONDS = at_most(10)
HEAD_BYTES = 32 * 1024
KEEP_ALIVE_SECONDS = at_most(15)
SHUTDOWN_SECONDS = at_most(20)
COLLECT_AFTER = (50_000, 20, 50)
"""How many more objects there are before the young are gone through, and how many times that before the older: some
megabytes at the most."""
CANNOT_START = 3  # what uvicorn ends with when it cannot
REFUSES_TO_START = 4
"""What it ends with when it could, and must not on this database."""

log = logging.getLogger(__name__)


class NotHttp(HttpRefusal):
    """What came is no request that can be read in one way only, so nobody has looked at what it asks."""

    code = "request-unreadable"
    status = 400
    title = "Forespørselen kan ikke leses"
    headers = (("Connection", "close"),)


class NotOfUs(Exception):
    """What is asked for is no path of ours but an address of its own, as of a proxy: it may name another than Host."""


class PatientForAWhile(HttpToolsProtocol):
    """Hangs up on a connection that has not sent the whole head of its request in time or within its size."""

    _head_timer: asyncio.TimerHandle | None = None
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._await_head()

    def on_headers_complete(self) -> None:
        self._head_arrived()
        if not self.url.startswith(b"/"):
            raise NotOfUs  # and is answered 400 as whatever cannot be read
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        if self._head_timer is not None:
            self._head_bytes += len(data)
            if self._head_bytes - len(data) > HEAD_BYTES:
                self.transport.close()
                return
        super().data_received(data)

    def send_400_response(self, msg: str) -> None:
        """What the protocol itself refuses is answered in the shape of every other refusal. uvicorn's `msg` is the same
        for all of them, and says less."""
        del msg
        correlation = begin(())
        answer = problem(
            NotHttp("Send one request in well-formed HTTP/1.1, for a path, with one way to tell where its body ends.")
        )
        headers = [*answer.raw_headers, (HEADER, correlation.encode()), *CAREFUL_BROWSER]
        lines = [b"HTTP/1.1 400 Bad Request", *(name + b": " + value for name, value in headers), b"", b""]
        self.transport.write(b"\r\n".join(lines) + bytes(answer.body))
        self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_arrived()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _head_arrived(self) -> None:
        self._head_bytes = 0
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()


class PlainLifespan(LifespanOn):
    """Says in a sentence why the service does not begin where it refuses to, instead of where in the code that was."""

    def __init__(self, config: uvicorn.Config, app: Service) -> None:
        super().__init__(config)
        self._app = app

    async def send(self, message: LifespanSendMessage) -> None:
        refused = self._app.refused_to_start
        if message["type"] == "lifespan.startup.failed" and refused is not None:
            code, said = getattr(refused, "code", ""), str(refused)
            await super().send({**message, "message": said if said.startswith(code) else f"{code}: {said}"})
        else:
            await super().send(message)


class Server(uvicorn.Server):
    """One process of a service at one address: its own, or one that whoever started it listens at already and handed
    down (`handed`, a file descriptor). Processes that were handed the same take turns at who comes there."""

    def __init__(self, app: Service, config: uvicorn.Config, handed: int | None = None) -> None:
        super().__init__(config)
        self._app, self._handed = app, handed

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until asked to end. The address is taken before anything of the service begins: where it is another's,
        the process ends (3), and no worker of it has done or will do anything."""
        await super().serve(sockets or [self._take_address()])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin, or end with 4 and one sentence where the service refuses the database it is on."""
        self.lifespan = PlainLifespan(self.config, self._app)
        try:
            await super().startup(sockets)
        except SystemExit:
            if self._app.refused_to_start is not None:
                sys.exit(REFUSES_TO_START)
            raise

    def _take_address(self) -> socket.socket:
        """A socket that listens. uvloop would go on in silence where another listens since this one was bound."""
        try:
            taken = self.config.bind_socket() if self._handed is None else socket.socket(fileno=self._handed)
            if self._handed is None or not taken.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                taken.listen(self.config.backlog)
        except OSError as failure:
            log.error("cannot listen: %s", failure)
            sys.exit(CANNOT_START)
        return taken

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Those who only wait are let go; those who are being served are served, for so long as was said."""
        for let_go in self._app.at_stop:
            let_go()
        await super().shutdown(sockets)


def server(app: Service, *, host: str, port: int, handed: int | None = None) -> Server:
    """A server ready to `run()` or `await serve()`. SIGTERM lets running requests finish, for twenty seconds. With a
    socket that was `handed` down it takes no address of its own.

    What the application is built of lives as long as the process. It is set aside from garbage collection here: going
    through it again held up a large request by a tenth of a second each time. What a request makes goes as it ends,
    most of it without collecting; a round of a thousand made the collector look a hundred times for nothing.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    return Server(
        app,
        uvicorn.Config(
            app,
            host=host,
            port=port,
            loop="uvloop",
            http=PatientForAWhile,
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            backlog=2048,
        ),
        handed,
    )
