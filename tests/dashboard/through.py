"""The way from the dashboard to a real service that a test has in this process."""

import httpx

_OF_THE_WAY = ("content-length", "transfer-encoding", "content-encoding")


class Through(httpx.AsyncBaseTransport):
    """Asks by a client of the service, and notes what was asked."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.asked: list[tuple[str, str]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append((request.method, request.url.raw_path.decode()))
        headers = {name: value for name, value in request.headers.items() if name not in ("host", "connection")}
        content = await request.aread()
        answer = await self.client.request(
            request.method, request.url.raw_path.decode(), headers=headers, content=content
        )
        kept = {name: value for name, value in answer.headers.items() if name not in _OF_THE_WAY}
        return httpx.Response(answer.status_code, headers=kept, content=answer.content)
