"""Acts that are done on the day they name, in this process: nobody reads a request before the service does."""

from contextlib import nullcontext

import httpx

from dev.at_its_day import days_in, days_of_body, is_said, on
from tests.in_process import InProcess
from tests.probing_days import send_probing


class OnItsDay(InProcess):
    """The service in this process, each act on the last day it names, unless a test has said which day it is; and each
    of its days first tried wrong on that same day."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method not in ("POST", "PUT"):
            return await super().handle_async_request(request)
        content = request.content if isinstance(request.stream, httpx.ByteStream) else b""
        named = {*days_in(request.url.params.items()), *days_of_body(content)}
        with nullcontext() if is_said() or not named else on(max(named)):
            return await send_probing(request, self._send)

    async def _send(self, request: httpx.Request) -> httpx.Response:
        answer = await super().handle_async_request(request)
        await answer.aread()
        return answer
