"""Work in a thread that ends when nobody waits for it any more.

A thread that a request's time has run out on would go on to its own end and hold up the others.
Python ends a thread's work in one way, by raising in it; another process would have to load the
rules again and be sent each chart.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Lock, get_ident
from typing import Generic, TypeVar, cast

import anyio
from anyio import CapacityLimiter

T = TypeVar("T")


class Ended(BaseException):
    """Raised in work that nobody waits for; no handler of errors takes it for one."""


class _Work(Generic[T]):
    """An action, and which thread it runs in; 0 before it began and once it is over."""

    def __init__(self, action: Callable[[], T]) -> None:
        self._action, self._lock = action, Lock()
        self._thread, self._ended = 0, False

    def run(self) -> T | None:
        """Act; None where it was ended."""
        with suppress(Ended):
            with self._lock:
                if self._ended:
                    return None
                self._thread = get_ident()
            try:
                return self._action()
            finally:
                self._over()
        return None

    def _over(self) -> None:
        """Be no longer to be ended; what was raised at the last moment must still come in here."""
        with self._lock:
            self._thread = 0
        until = time.monotonic() + 1
        while self._ended and time.monotonic() < until:
            time.sleep(0.001)

    def end(self) -> None:
        """Raise in the action, if it still runs."""
        with self._lock:
            self._ended = True
            if self._thread:
                thread, kind = ctypes.c_ulong(self._thread), ctypes.py_object(Ended)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, kind)


async def in_thread(action: Callable[[], T], limiter: CapacityLimiter) -> T:
    """The result of an action, worked out in a thread; when this is cancelled the action ends."""
    work = _Work(action)
    try:
        result = await anyio.to_thread.run_sync(work.run, limiter=limiter, abandon_on_cancel=True)
    except BaseException:
        work.end()
        raise
    return cast(T, result)
