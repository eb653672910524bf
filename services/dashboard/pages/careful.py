"""What every answer says of itself, also one that is no page: kept by nobody, run by nobody, framed nowhere."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.dashboard.pages.answering import HEADERS

_SAID = tuple((name.lower().encode(), value.encode()) for name, value in HEADERS.items())


class Careful:
    """Around all else. What an answer says itself stands: style sheets may be kept."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(each for each in _SAID if each[0] not in said)]
            await send(message)

        await self.app(scope, receive, send_on)
