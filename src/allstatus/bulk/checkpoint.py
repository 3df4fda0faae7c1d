"""Finished slabs kept beside the output, so that a run that was stopped goes on where it was."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from allstatus.bulk.arrow import Reject
from allstatus.bulk.writers import PARTIAL, writing

if TYPE_CHECKING:
    from allstatus.bulk.batch_run import BatchJob


@dataclass(slots=True)
class DecidedSlab:
    """A slab decided on: its rows to write, its rejects, and how many of its rows lie in each
    cell.
    """

    rows: int
    batch: pa.RecordBatch
    rejects: list[Reject]
    cells: dict[int, int]


class Parts:
    """A folder `OUT.parts` with one Arrow file for each slab; another input or other rules start it
    anew.
    """

    def __init__(self, job: BatchJob, digest: str) -> None:
        self.folder = job.target.with_name(job.target.name + ".parts")
        source = job.source.stat()
        columns = [list(job.keep), repr(sorted(job.assigned.items()))]
        about = [
            str(job.source.resolve()),
            source.st_size,
            source.st_mtime_ns,
            digest,
            job.explain,
            job.adult_ranges,
            job.encoding,
            *columns,
        ]
        self.about = json.dumps(about)

    def has(self, number: int) -> bool:
        """Whether a slab is finished."""
        return self._path(number).is_file()

    def save(self, number: int, done: DecidedSlab) -> None:
        """Keep a slab, whole or not at all."""
        rejects = [[reject.row, reject.column, reject.reason] for reject in done.rejects]
        kept = {"rows": done.rows, "rejects": rejects, "cells": list(done.cells.items())}
        schema = done.batch.schema.with_metadata({"done": json.dumps(kept)})
        path = self._path(number)
        partial = path.with_name(path.name + PARTIAL)
        with writing(self.folder):
            with pa.ipc.new_file(str(partial), schema) as file:
                file.write_batch(done.batch)
            os.replace(partial, path)

    def load_all(self) -> Iterator[DecidedSlab]:
        """Every slab in order."""
        number = 0
        while self.has(number):
            with pa.ipc.open_file(str(self._path(number))) as file:
                kept, batch = json.loads(file.schema.metadata[b"done"]), file.get_batch(0)
            yield DecidedSlab(
                kept["rows"],
                batch.replace_schema_metadata(),
                [Reject(*reject) for reject in kept["rejects"]],
                dict(kept["cells"]),
            )
            number += 1

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:06d}.arrow"
