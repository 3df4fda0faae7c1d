"""Work in a thread ends when nobody waits for it, and gives what it found when somebody does."""

import asyncio
import threading
import time

import anyio
import pytest
from anyio import CapacityLimiter

from allstatus.service.endable import Ended, in_thread


def run(*actions: object, seconds: float = 5, threads: int = 1) -> list[object]:
    """What came of each action, begun at once."""

    async def one(action: object, limiter: CapacityLimiter) -> object:
        async with asyncio.timeout(seconds):
            return await in_thread(action, limiter)

    async def every() -> list[object]:
        limiter = CapacityLimiter(threads)
        begun = [one(action, limiter) for action in actions]
        return await asyncio.gather(*begun, return_exceptions=True)

    return anyio.run(every)


def test_a_result_is_a_result() -> None:
    assert run(lambda: 3, lambda: None, lambda: [None]) == [3, None, [None]]


def test_an_error_is_an_error() -> None:
    (found,) = run(lambda: 1 / 0)
    assert isinstance(found, ZeroDivisionError)


@pytest.mark.parametrize("caught", [True, False])
def test_it_ends(caught: bool) -> None:
    ends: list[str] = []

    def endless() -> None:
        while True:
            try:
                sum(range(1000))
            except Exception:
                assert caught
            except Ended:
                ends.append(threading.current_thread().name)
                raise

    found = run(endless, endless, seconds=1, threads=2)
    assert all(isinstance(error, TimeoutError) for error in found)
    until = time.monotonic() + 10
    while len(ends) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    assert len(ends) == 2


def test_ended_at_any_moment_harms_no_other() -> None:
    """Work of about the length of its time, many times: each ends or gives its result, and the
    threads go on.
    """

    def short() -> int:
        time.sleep(0.001)
        return 7

    for _ in range(100):
        found = run(*[short] * 4, seconds=0.0015, threads=2)
        assert all(one == 7 or isinstance(one, TimeoutError) for one in found)
    assert run(*[lambda: 1] * 4, threads=2) == [1] * 4
