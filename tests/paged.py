"""A list read page after page."""

from collections.abc import Awaitable, Callable
from typing import Any

Read = Callable[[dict[str, str]], Awaitable[Any]]


async def in_pages(read: Read, size: int = 1) -> list[Any]:
    """Every item, read so many at a time. `read` asks with what it is given beside what it asks with anyway. Each page
    but the last is full, and says where the next begins."""
    items: list[Any] = []
    asked = {"limit": str(size)}
    while True:
        page = await read(asked)
        items += page["items"]
        assert len(page["items"]) == size or page["next"] is None
        if page["next"] is None:
            return items
        asked = {"limit": str(size), "cursor": page["next"]}
