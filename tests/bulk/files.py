"""Rows written as a file of every format, decided by the command's own code, and read back."""

import csv
import json
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from allstatus.bulk.batch_run import BatchJob, BatchRun, BatchTotals
from bulk.rows import CELLS, all_rows, decided
from command_line import run

EVERY = [{"id": f"p{number}", **row} for number, row in enumerate(all_rows())]
ROWS = EVERY[::37]
GOOD = [
    row for row in ROWS if not isinstance(decided({k: v for k, v in row.items() if k != "id"}), str)
]
TEXT = {True: "true", False: "false"}


def table(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.table(
        {
            name: [
                TEXT.get(r[name], r[name]) if isinstance(r[name], bool) else r[name] for r in rows
            ]
            for name in rows[0]
        }
    )


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    if path.suffix == ".parquet":
        pq.write_table(table(rows), path, row_group_size=max(1, len(rows) // 3))
    elif path.suffix == ".csv":
        pa_csv.write_csv(table(rows), path)
    elif path.suffix == ".arrow":
        with pa.ipc.new_file(str(path), table(rows).schema) as file:
            file.write_table(table(rows), max_chunksize=500)
    else:
        path.write_text(
            "".join(
                json.dumps({k: v for k, v in row.items() if v is not None}) + "\n" for row in rows
            )
        )
    return path


def job(source: Path, target: Path, **more: Any) -> BatchJob:
    return BatchJob(
        source,
        target,
        target.with_suffix(".rejects.csv"),
        target.with_suffix(".cells.ndjson"),
        **more,
    )


def decide(source: Path, target: Path, **more: Any) -> BatchTotals:
    return BatchRun(CELLS, job(source, target, **more)).totals()


def read(path: Path) -> list[dict[str, Any]]:
    """The output as written, with nothing for an empty or absent text."""
    if path.suffix == ".parquet":
        rows = pq.read_table(path).to_pylist()
    elif path.suffix == ".arrow":
        with pa.ipc.open_file(str(path)) as file:
            rows = file.read_all().to_pylist()
    elif path.suffix == ".csv":
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))
    else:
        rows = [json.loads(line) for line in path.read_text().splitlines()]
    return [
        {name: str(value) if value not in (None, "") else None for name, value in row.items()}
        for row in rows
    ]


def expected(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = ("outcome", "status", "possible", "regions", "possible_regions", "missing", "options")
    answers = []
    for row in rows:
        answer = decided({name: value for name, value in row.items() if name != "id"})
        said = [" ".join(value) if isinstance(value, tuple) else value for value in answer]
        answers.append(
            {
                "id": row["id"],
                **{name: value or None for name, value in zip(names, said, strict=True)},
                "warnings": None,
            }
        )
    return answers


def answers(path: Path) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in row.items() if name not in ("cell", "ruleset")}
        for row in read(path)
    ]


command = partial(run, "batch")
