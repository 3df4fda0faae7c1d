"""Finished slabs kept beside the output, so that a run that was stopped goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from allstatus.bulk.arrow import Reject
from allstatus.bulk.kept_work import keep, recall
from allstatus.bulk.parquet_files import parquet_files
from allstatus.bulk.run_frame import about_run
from allstatus.bulk.writers import writing

if TYPE_CHECKING:
    from allstatus.bulk.batch_run import BatchJob


@dataclass(slots=True)
class DecidedSlab:
    """A slab decided on: its rows to write, its rejects, how many of its rows lie in each cell, and
    of how many the adult table decided on the blood count.
    """

    rows: int
    batch: pa.RecordBatch
    rejects: list[Reject]
    cells: dict[int, int]
    by_adult_table: int = 0


class Parts:
    """A folder `OUT.parts` with one Arrow file for each slab; another input, rules, codes, options
    or program start it anew.
    """

    def __init__(self, job: BatchJob, digest: str) -> None:
        self.folder = job.target.with_name(job.target.name + ".parts")
        files = parquet_files(job.source) if job.source.is_dir() else [job.source]
        self.about = about_run(
            sorted(files),
            digest,
            job.explain,
            job.adult_ranges,
            job.encoding,
            job.keep,
            repr(sorted(job.assigned.items())),
        )

    def has(self, number: int) -> bool:
        """Whether a slab is finished."""
        return recall(self._path(number)) is not None

    def save(self, number: int, done: DecidedSlab) -> None:
        """Keep a slab, whole or not at all."""
        rejects = [[reject.row, reject.column, reject.reason] for reject in done.rejects]
        told = {
            "rows": done.rows,
            "rejects": rejects,
            "cells": list(done.cells.items()),
            "by_adult_table": done.by_adult_table,
        }
        schema = done.batch.schema.with_metadata({"done": json.dumps(told)})
        sink = pa.BufferOutputStream()
        with pa.ipc.new_file(sink, schema) as file:
            file.write_batch(done.batch)
        with writing(self.folder):
            keep(self._path(number), memoryview(sink.getvalue()))

    def load_all(self) -> Iterator[DecidedSlab]:
        """Every slab in order."""
        number = 0
        while (data := recall(self._path(number))) is not None:
            with pa.ipc.open_file(pa.py_buffer(data)) as file:
                told, batch = json.loads(file.schema.metadata[b"done"]), file.get_batch(0)
            yield DecidedSlab(
                told["rows"],
                batch.replace_schema_metadata(),
                [Reject(*reject) for reject in told["rejects"]],
                dict(told["cells"]),
                told["by_adult_table"],
            )
            number += 1

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:06d}.arrow"
