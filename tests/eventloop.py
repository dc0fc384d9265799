"""Event loops in threads of their own: a browser's driver may already run one in the test's thread."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

Result = TypeVar("Result")
WAIT_SECONDS = 10.0


def run_alone(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """What asyncio.run gives, from a thread of its own."""
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(asyncio.run, coroutine).result()


@contextmanager
def loop_alone() -> Iterator[asyncio.AbstractEventLoop]:
    """A loop at work beside the test until the end of the block; what still runs in it is cancelled then."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="test-loop")
    thread.start()
    try:
        yield loop
    finally:
        finish(loop, _cancel_all())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def finish(loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine in that loop and wait for its result."""
    return asyncio.run_coroutine_threadsafe(coroutine, loop).result(WAIT_SECONDS)


async def _cancel_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
