"""Work shared out to processes, its results in order.

The processes are forked from a server that imports what they need once, while the process that
asked for them goes on;
where the system has no such server they are started anew.
"""

from __future__ import annotations

import gc
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_all_start_methods, get_context, parent_process
from multiprocessing.connection import wait
from typing import Any, TypeVar

from allstatus.errors import InvalidRecord

SMALL = 1 << 24  # bytes of an export for which starting processes takes longer than it saves
METHOD = "forkserver" if "forkserver" in get_all_start_methods() else "spawn"
GARBAGE = 50_000  # objects made before the first look for cycles
NEEDED = [
    "allstatus.bulk.fhir_export.gather",
    "allstatus.bulk.fhir_export.decide_partition",
]  # what works in the processes
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def prepare(size: int) -> None:
    """Let the server begin to import what the processes for an export of so many bytes need, if
    there will be any.
    """
    if _workers(size) > 1 and METHOD == "forkserver":
        from multiprocessing import forkserver

        forkserver.set_forkserver_preload(NEEDED)
        forkserver.ensure_running()


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
                self._workers, get_context(METHOD), initializer=_begin
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
    """Look for cycles seldom, since resources have none; end this process when the one that started
    it is gone, however it ended.
    """
    gc.set_threshold(GARBAGE)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_watch, args=(parent.sentinel,), daemon=True).start()


def _watch(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
