"""Work shared out to processes, its results in order.

They are forked from the process that asked for them where that has no other thread, since it has
imported and loaded all they need; elsewhere they are started anew.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from typing import Any, TypeVar

from allstatus.errors import InvalidRecord
from allstatus.record.undisturbed import ENDING

SMALL = 1 << 24  # bytes of an export for which starting processes takes longer than it saves
GARBAGE = 50_000  # objects made before the first look for cycles
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def _method() -> str:
    alone = sys.platform == "linux" and threading.active_count() == 1
    return "fork" if alone else "spawn" if sys.platform == "win32" else "forkserver"


def _workers(size: int) -> int:
    processors = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    return processors if size > SMALL else 1


class Pool:
    """As many processes as there are processors; for little work, this one alone."""

    def __init__(self, size: int) -> None:
        """`size`: bytes of the export."""
        self._workers = _workers(size)
        self._processes: ProcessPoolExecutor | None = None

    def __enter__(self) -> Pool:
        if self._workers > 1:
            self._processes = ProcessPoolExecutor(
                self._workers, get_context(_method()), initializer=_begin
            )
        return self

    def __exit__(self, *_: object) -> None:
        if self._processes is not None:
            self._processes.shutdown(cancel_futures=True)

    def run(
        self, work: Callable[..., _Result], items: Iterable[_Item], *more: Any
    ) -> Iterator[tuple[_Item, _Result]]:
        """(item, work(item, *more)) for each item, in order, a few ahead of the one that is
        used.
        """
        if self._processes is None:
            yield from ((item, work(item, *more)) for item in items)
            return
        waiting: deque[tuple[_Item, Future[_Result]]] = deque()
        try:
            for item in items:
                waiting.append((item, self._processes.submit(work, item, *more)))
                if len(waiting) > 2 * self._workers:
                    first, future = waiting.popleft()
                    yield first, future.result()
            for first, future in waiting:
                yield first, future.result()
        except BrokenProcessPool:
            raise InvalidRecord(
                "batch",
                "a process that worked on it ended",
                "check the machine's memory and run again",
            ) from None


def _begin() -> None:
    """Look for cycles seldom, since resources have none; leave it to the process that started this
    one to clean up, and end when it is gone, however it ended.
    """
    gc.set_threshold(GARBAGE)
    for name in ENDING:
        if number := getattr(signal, name, None):
            signal.signal(number, signal.SIG_IGN if name == "SIGINT" else signal.SIG_DFL)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_watch, args=(parent.sentinel,), daemon=True).start()


def _watch(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
