"""How long tests wait for what should happen: minutes, since a busy machine is no fault of the bot."""

import asyncio
from collections.abc import Awaitable, Callable

from tournament.numerai.asking.throttle import Patience

PATIENCE = 180.0  # seconds; only what will never happen is waited for that long
# with an API that answers, if only with an error: nothing is given up because it takes a while
CALM = Patience(
    connect=PATIENCE, read=PATIENCE, budget=PATIENCE, stale=PATIENCE, short=PATIENCE, backoff=0.001
)
# with an API that is silent: given up at once, so that a test needs not wait
HASTY = Patience(connect=PATIENCE, read=0.3, budget=0.7, stale=0.3, short=0.2, remember=0.0, backoff=0.001)


async def eventually(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait until this holds; for what happens behind the scenes and tells nobody."""
    async with asyncio.timeout(PATIENCE):
        while not await holds():  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0.005)
