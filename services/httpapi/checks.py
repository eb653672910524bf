"""What is asked of whatever a process needs to serve."""

from collections.abc import Awaitable, Callable

Check = Callable[[], Awaitable[None]]
"""Returns when what it looks at is well, raises when not."""
