"""The way to an application in this very process. httpx's own way keeps none of the client's deadlines: whoever was not
answered waited for ever, and the run stood still without a word of where."""

import asyncio

import httpx

from tests.patience import PATIENCE_SECONDS


class InProcess(httpx.ASGITransport):
    """Whoever asks is answered, or told what was not answered while patience lasted."""

    patience_seconds = PATIENCE_SECONDS

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            async with asyncio.timeout(self.patience_seconds):
                return await super().handle_async_request(request)
        except TimeoutError:
            asked = f"{request.method} {request.url.path}"
            raise httpx.ReadTimeout(f"nothing was answered to {asked}", request=request) from None
