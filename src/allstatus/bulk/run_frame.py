"""The frame of every run over many patients: under whose rules it was done, a sum that must come
out, files that all appear or none, and a place for work that may be gone on with.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

import allstatus
from allstatus.bulk.kept_work import ABOUT
from allstatus.bulk.sources import format_of
from allstatus.bulk.writers import Target, writing
from allstatus.errors import InvalidRecord
from allstatus.record.code_files import codes_digest
from allstatus.record.undisturbed import undisturbed
from allstatus.record.whole_files import WholeFiles
from allstatus.rules.ruleset import RuleSet

AHEAD = 2  # slabs read and decided on that wait to be written
_Item = TypeVar("_Item")


def about_rules(rules: RuleSet) -> dict[str, str]:
    """What the metadata of an output says of the rules behind it."""
    return {
        "ruleset": rules.id,
        "version": rules.version,
        "source": rules.source["url"],
        "notice": rules.notice,
    }


def refuse_sum(source: object, what: str, whole: int, parts: Mapping[str, int]) -> None:
    """Raise InvalidRecord unless the parts add up to the whole; `what` is counted."""
    if whole != sum(parts.values()):
        counts = ", ".join(f"{count} {name}" for name, count in parts.items())
        raise InvalidRecord(
            str(source),
            f"does not add up ({whole} {what} in, {counts})",
            "it may have changed while it was read: run again; nothing was written",
        )


def no_row(source: object) -> InvalidRecord:
    """The refusal of a file without a single row."""
    remedy = "give a file with one row for each patient"
    return InvalidRecord(str(source), "holds no row", remedy)


def doubled_column(name: str) -> InvalidRecord:
    """The refusal of a column to keep that has the name of another of the output."""
    remedy = "rename it in the input, or do not keep it"
    return InvalidRecord(name, "is a column of the output already", remedy)


class Outputs:
    """The files of a run: all of them appear when `publish` is called, or none of them does."""

    def __init__(self) -> None:
        self._open: list[Target] = []
        self._files = WholeFiles()

    def __enter__(self) -> Outputs:
        return self

    def __exit__(self, *_: object) -> None:
        with undisturbed():
            for target in self._open:
                target.discard()
            self._files.__exit__()

    def claim(self, *paths: Path) -> None:
        """Keep other runs from these files; raises InvalidRecord where one is at work on them."""
        for path in paths:
            self._files.claim(path)

    def open(self, path: Path, schema: pa.Schema) -> Target:
        """Begin a file; raises InvalidRecord when it cannot be written."""
        format_of(path)
        self._open.append(Target(path, schema, self._files.begin(path)))
        return self._open[-1]

    def publish(self, last: Target | None = None) -> None:
        """Give the finished files their names, the one that is waited for last."""
        for target in self._open:
            target.close()
        self._files.publish(None if last is None else self._files.claim(last.path))


@contextmanager
def workplace(folder: Path, about: str, *, resume: bool) -> Iterator[None]:
    """A folder beside the output for the work of a run, gone when the output is there; after an
    error it stays only where the run is to be resumed.

    `about` says of which input, rules and options the work is; work of any other is not gone on
    with. Raises InvalidRecord when the folder cannot be written.
    """
    mark, kept = folder / ABOUT, resume
    try:
        with writing(folder):
            if not (resume and mark.is_file() and mark.read_bytes() == about.encode()):
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir(parents=True)
                mark.write_bytes(about.encode())
        yield
        kept = False
    finally:
        if not kept:
            with undisturbed():
                shutil.rmtree(folder, ignore_errors=True)


def about_run(files: Iterable[Path], *how: Any) -> str:
    """Of which input a run's kept work is, and by which program, codes and options. A file's time
    of writing can be put back after it was edited, that of its last change cannot.
    """
    told = [(path, path.stat()) for path in files]
    inputs = [
        [os.path.realpath(path), said.st_size, said.st_mtime_ns, said.st_ctime_ns]
        for path, said in told
    ]
    return json.dumps([inputs, allstatus.__version__, codes_digest(), *how])


def ahead(items: Iterator[_Item], most: int = AHEAD) -> Iterator[_Item]:
    """The items, got by another thread, up to so many of them before they are used."""
    with ThreadPoolExecutor(1) as reader:
        waiting = deque(reader.submit(next, items, None) for _ in range(most))
        while (item := waiting.popleft().result()) is not None:
            waiting.append(reader.submit(next, items, None))
            yield item
