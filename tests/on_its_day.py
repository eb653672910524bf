"""Acts that are done on the day they name, in this process: nobody reads a request before the service does."""

import httpx

from dev.at_its_day import days_in, days_of_body, is_said, on


class OnItsDay(httpx.ASGITransport):
    """The service in this process, each act on the last day it names, unless a test has said which day it is."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method not in ("POST", "PUT") or is_said():
            return await super().handle_async_request(request)
        content = request.content if isinstance(request.stream, httpx.ByteStream) else b""
        named = {*days_in(request.url.params.items()), *days_of_body(content)}
        if not named:
            return await super().handle_async_request(request)
        with on(max(named)):
            return await super().handle_async_request(request)
