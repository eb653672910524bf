"""HEAD: what a page would be answered with, without the page. Some look whether it is there before they fetch it."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class WithoutBody:
    """Answers HEAD as GET is answered, by whoever may, and leaves the body out. What streams is not waited for: the
    answer is whole with its headers, and whoever writes on is told that nobody reads."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return
        answered = False

        async def headers_only(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                await send(message)
            elif message["type"] == "http.response.body" and not answered:
                answered = True
                await send({"type": "http.response.body", "body": b"", "more_body": False})

        async def read() -> Message:
            return {"type": "http.disconnect"} if answered else await receive()

        await self.app({**scope, "method": "GET"}, read, headers_only)
