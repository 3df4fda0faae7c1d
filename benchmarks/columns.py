"""Columns beside Polars, DuckDB and C written by hand, all in one run, answers compared: `python
benchmarks/columns.py`.

`--rows N` sets the rows (10,000,000), `--growth` measures files of 10^5 rows and up to N instead.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import allstatus
from allstatus import load_rules
from allstatus.bulk.arrow import Columns
from allstatus.bulk.batch_run import BatchJob, BatchRun
from allstatus.bulk.cells import Cells
from allstatus.bulk.column_source import ColumnSource
from allstatus.bulk.result_columns import Results

ROUNDS = 9
WRITTEN = ("outcome", "status", "options")
GROUP = 1 << 20
HOUSE = {
    "prior_treatment": ColumnSource("treated", {"true": "disease_directed", "false": "none"}),
    "prior_remission": ColumnSource("before"),
    "cbc": ColumnSource("cbc_normal", {"true": "normal", "false": "abnormal"}),
    "marrow_blast_percent": ColumnSource("blasts"),
    "signs_and_symptoms": ColumnSource("signs", {"true": "present", "false": "absent"}),
    "leukemia_outside_marrow": ColumnSource("outside", {"true": "present", "false": "absent"}),
}
BOOLEANS = ("treated", "before", "cbc_normal", "signs", "outside")
MEASURED = """
import atexit, re, time
from allstatus.cli import main
peak = lambda: re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]
atexit.register(lambda: print(time.process_time(), peak()))
main()
"""
Times = dict[str, list[tuple[float, float]]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--growth", action="store_true")
    asked = parser.parse_args()
    cells = Cells(load_rules())
    print(
        f"allstatus {allstatus.__version__}, Python {platform.python_version()}, {os.cpu_count()} "
        f"cores"
    )
    print(
        f"polars {pl.__version__}, duckdb {duckdb.__version__}, pyarrow {pa.__version__}, numpy "
        f"{np.__version__}\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        if asked.growth:
            growth(Path(folder), asked.rows)
        else:
            table = patients(asked.rows)
            in_memory(cells, table, Path(folder))
            from_file_to_file(cells, table, Path(folder))


def patients(rows: int, seed: int = 1) -> pa.Table:
    """Booleans with one in ten unknown, and blast percentages to one decimal around the limit."""
    chance = np.random.default_rng(seed)

    def unknown() -> np.ndarray:
        return chance.random(rows, np.float32) < 0.1

    flags = {
        name: pa.array(chance.integers(0, 2, rows, np.uint8).view(bool), mask=unknown())
        for name in BOOLEANS
    }
    blasts = np.round(chance.gamma(1, 8, rows).clip(0, 100), 1)
    return pa.table({"id": np.arange(rows), **flags, "blasts": pa.array(blasts, mask=unknown())})


def in_memory(cells: Cells, table: pa.Table, folder: Path) -> None:
    """Status (and what goes with it) of columns that are in memory already."""
    batch = table.combine_chunks().to_batches()[0]
    columns, results = Columns(cells, batch.schema.names, HOUSE), Results(cells, only=("status",))
    frame, limit = (
        pl.from_arrow(table.combine_chunks()),
        float(next(iter(cells.ruleset.thresholds.values())).value),
    )
    statuses = list(cells.ruleset.statuses)
    pool = ThreadPoolExecutor(os.cpu_count())
    database = duckdb.connect()
    database.register("arrow", table)
    database.execute("CREATE TABLE patients AS SELECT * FROM arrow")
    names, coded = pa.array([None, *statuses]), duckdb_status(limit, statuses, codes=True)

    def ours(threads: ThreadPoolExecutor | None) -> pa.Array:
        found, rejects = columns.cells_of(batch, threads)
        assert len(rejects) == 0 or found.max() == len(cells)
        return results.lookups["status"].column(
            np.minimum(found, cells.conflict) if rejects else found, threads
        )

    actions: dict[str, Callable[[], Any]] = {
        "allstatus: cell and status, 2 threads": lambda: ours(pool),
        "allstatus: cell and status, 1 thread": lambda: ours(None),
        "polars expression: status code": lambda: frame.select(polars_status(limit, statuses)),
        "duckdb CASE: status code, to arrow": lambda: database.sql(
            f"SELECT {coded} FROM patients"
        ).to_arrow_table(),
    }
    if compiled := compile_c(folder):
        actions |= {
            f"C by hand: status and trace word, {n} thread{'s' * (n > 1)}": c_contender(
                compiled, table, limit, n
            )
            for n in (1, 2)
        }
    found = {name: action() for name, action in actions.items()}
    expected = found["allstatus: cell and status, 2 threads"].dictionary_decode()
    for name, answer in found.items():
        codes = codes_of(answer)
        if codes is not None and not names.take(pa.array(codes)).equals(expected.cast(pa.string())):
            raise SystemExit(f"{name}: not the same statuses")
    print(f"{table.num_rows:,} rows in memory; every row's status compared\n")
    show(table.num_rows, in_turn(actions))


def codes_of(answer: Any) -> np.ndarray | None:
    """Status codes as a peer gave them (0 for none); nothing for our own."""
    if isinstance(answer, pl.DataFrame):
        return answer.to_series().to_numpy()
    if isinstance(answer, pa.Table):
        return answer.column(0).to_numpy()
    return answer if isinstance(answer, np.ndarray) else None


def polars_status(limit: float, statuses: list[str]) -> pl.Expr:
    """The three statuses, guarded: a remission says treated, unreported leukemia outside the marrow
    is none.
    """
    treated, before, cbc, signs, outside = (pl.col(name) for name in BOOLEANS)
    above, possible = pl.col("blasts") > limit, ~(before & ~treated).fill_null(False)
    remission = (treated | before) & cbc & ~above & ~signs & ~outside.fill_null(False)
    tests = {
        "in_remission": remission,
        "recurrent": before & (above | outside),
        "untreated": ~treated & ~cbc & above & signs,
    }
    code = pl.when(~possible).then(pl.lit(0, dtype=pl.UInt8))
    for name, test in tests.items():
        code = code.when(test).then(pl.lit(statuses.index(name) + 1, dtype=pl.UInt8))
    return code.otherwise(pl.lit(0, dtype=pl.UInt8)).alias("status")


def duckdb_status(limit: float, statuses: list[str], *, codes: bool = False) -> str:
    """The same as a CASE expression."""
    tests = {
        "in_remission": (
            f"(treated OR before) AND cbc_normal AND NOT blasts > {limit} AND NOT signs AND NOT "
            f"coalesce(outside, FALSE)"
        ),
        "recurrent": f"before AND (blasts > {limit} OR outside)",
        "untreated": f"NOT treated AND NOT cbc_normal AND blasts > {limit} AND signs",
    }
    said = {
        name: f"{statuses.index(name) + 1}::UTINYINT" if codes else f"'{name}'" for name in tests
    }
    cases = " ".join(f"WHEN {test} THEN {said[name]}" for name, test in tests.items())
    none = "0::UTINYINT" if codes else "NULL"
    return f"CASE WHEN before AND NOT treated THEN {none} {cases} ELSE {none} END AS status"


def compile_c(folder: Path) -> ctypes.CDLL | None:
    """The hand-written C, compiled here and now; None without a compiler."""
    if (compiler := shutil.which("gcc")) is None:
        print("no gcc here: C is left out")
        return None
    target = folder / "hand_written.so"
    source = Path(__file__).parent / "hand_written.c"
    subprocess.run(
        [
            compiler,
            "-O3",
            "-march=native",
            "-fopenmp",
            "-shared",
            "-fPIC",
            "-o",
            target,
            source,
            "-lm",
        ],
        check=True,
    )
    return ctypes.CDLL(str(target))


def c_contender(
    library: ctypes.CDLL, table: pa.Table, limit: float, threads: int
) -> Callable[[], np.ndarray]:
    """C on bytes of its own liking: unknown is 2, an unknown number NaN."""
    flags = [pc.fill_null(table.column(name).cast(pa.uint8()), 2).to_numpy() for name in BOOLEANS]
    blasts = pc.fill_null(table.column("blasts"), float("nan")).to_numpy()
    status, trace = np.empty(len(blasts), np.uint8), np.empty(len(blasts), np.uint32)
    order = [flags[0], flags[1], flags[2], blasts, flags[3], flags[4]]
    pointers = [ctypes.c_void_p(array.ctypes.data) for array in order]

    def decide() -> np.ndarray:
        library.omp_set_num_threads(threads)
        out = (ctypes.c_void_p(status.ctypes.data), ctypes.c_void_p(trace.ctypes.data))
        library.decide(ctypes.c_int64(len(blasts)), *pointers, ctypes.c_double(limit), *out)
        _keep = order
        return status

    return decide


def from_file_to_file(cells: Cells, table: pa.Table, folder: Path) -> None:
    """Parquet to Parquet: id, outcome, status and options."""
    source, target = folder / "in.parquet", folder / "out.parquet"
    pq.write_table(table, source, row_group_size=GROUP)
    limit, statuses = (
        float(next(iter(cells.ruleset.thresholds.values())).value),
        list(cells.ruleset.statuses),
    )
    options = {
        name: " ".join(str(option["id"]) for option in listed)
        for name, listed in cells.ruleset.options.items()
    }
    listed = " ".join(f"WHEN '{name}' THEN '{text}'" for name, text in options.items())
    query = (
        f"COPY (SELECT id, CASE WHEN status IS NULL THEN 'none' ELSE 'determined' END AS outcome, "
        f"status, CASE status {listed} ELSE '' END "
        f"AS options FROM (SELECT id, {duckdb_status(limit, statuses)} FROM "
        f"read_parquet('{source}'))) TO '{folder}/duckdb.parquet'"
    )

    def ours(written: tuple[str, ...] | None) -> None:
        run = BatchRun(
            cells,
            BatchJob(
                source, target, folder / "rejects.csv", folder / "cells.ndjson", assigned=HOUSE
            ),
        )
        if written:
            run.results = Results(cells, only=written)
        run.totals()

    actions: dict[str, Callable[[], Any]] = {
        "pyarrow copies, constants added": lambda: copy(
            source, folder / "copy.parquet", options["recurrent"]
        ),
        "allstatus, every column": lambda: ours(None),
        "duckdb CASE, texts": lambda: duckdb.sql(query),
        "allstatus, outcome, status, options": lambda: ours(WRITTEN),
    }
    times = in_turn(actions, rounds=3)
    compare(pq.read_table(target), pq.read_table(folder / "duckdb.parquet"))
    print(f"\n{table.num_rows:,} rows from Parquet to Parquet; statuses and options compared\n")
    show(table.num_rows, times)
    print(
        f"\nlargest memory of this process: "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB"
    )


def compare(mine: pa.Table, theirs: pa.Table) -> None:
    """The same statuses and options for every row; DuckDB also answers for rows that state nothing,
    which we reject.
    """
    theirs = (
        theirs.filter(pc.is_in(theirs["id"], mine["id"])) if len(mine) < len(theirs) else theirs
    )
    for name in ("id", "status", "options"):
        if mine[name].cast(theirs[name].type).to_pylist() != theirs[name].to_pylist():
            raise SystemExit(f"duckdb: not the same {name}")


def copy(source: Path, target: Path, options: str) -> None:
    """Read what we read, write the id and three constant columns: what the files alone cost."""
    texts = {"outcome": "determined", "status": "recurrent", "options": options}
    kind = pa.dictionary(pa.int8(), pa.string())
    schema = pa.schema([("id", pa.int64()), *((name, kind) for name in texts)])
    with (
        pq.ParquetFile(source) as file,
        pq.ParquetWriter(target, schema, use_dictionary=list(texts)) as writer,
    ):
        for batch in file.iter_batches(1 << 18):
            constant = pa.array(np.zeros(batch.num_rows, np.int8))
            columns = [
                pa.DictionaryArray.from_arrays(constant, pa.array([text]))
                for text in texts.values()
            ]
            writer.write_batch(
                pa.RecordBatch.from_arrays([batch.column("id"), *columns], schema=schema)
            )


def growth(folder: Path, most: int) -> None:
    """A file of ever more rows, each run a process of its own, so that its memory is its own."""
    print(f"{'rows':>12} {'seconds':>9} {'CPU s':>9} {'M rows/s':>9} {'peak MB':>8}")
    rows = 100_000
    while rows <= most:
        source = folder / "in.parquet"
        with pq.ParquetWriter(source, patients(1).schema) as writer:
            for start in range(0, rows, 10 * GROUP):
                writer.write_table(
                    patients(min(10 * GROUP, rows - start), seed=start), row_group_size=GROUP
                )
        mapping = folder / "columns.yaml"
        mapping.write_text(
            "".join(
                f"{key}: {{column: {s.column}, values: {dict(s.values or {})}}}\n"
                for key, s in HOUSE.items()
            )
        )
        start = perf_counter()
        child = [
            sys.executable,
            "-c",
            MEASURED,
            "batch",
            source,
            folder / "out.parquet",
            "--columns",
            mapping,
        ]
        printed = subprocess.run(
            child, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True
        ).stdout
        seconds = perf_counter() - start
        work, peak = map(float, printed.split())
        print(
            f"{rows:>12,} {seconds:>9.2f} {work:>9.2f} {rows / seconds / 1e6:>9.2f} "
            f"{peak / 1024:>8,.0f}",
            flush=True,
        )
        rows *= 10


def in_turn(actions: dict[str, Callable[[], Any]], rounds: int = ROUNDS) -> Times:
    """Seconds of each action, by the clock and of all cores, all in turn after one round to warm
    up.
    """
    times: Times = {name: [] for name in actions}
    for turn in range(rounds + 1):
        for name, action in actions.items():
            start, work = perf_counter(), process_time()
            action()
            if turn:
                times[name].append((perf_counter() - start, process_time() - work))
    return times


def show(rows: int, times: Times) -> None:
    """Median and best by the clock, and the least processor time, which other work on the machine
    disturbs least.
    """
    print(f"{'':44} {'median s':>9} {'M rows/s':>9} {'best':>9} {'CPU ns/row':>11}")
    for name, both in times.items():
        spent, work = [clock for clock, _ in both], min(cpu for _, cpu in both)
        rates = f"{rows / median(spent) / 1e6:>9.1f} {rows / min(spent) / 1e6:>9.1f}"
        print(f"{name:44} {median(spent):>9.4f} {rates} {work / rows * 1e9:>11.2f}")


if __name__ == "__main__":
    main()
