"""`allstatus batch`: a file of many records in, a file of decisions out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from allstatus.commands.app import EngineName, EngineOption, RulesOption, app, run

if TYPE_CHECKING:
    from allstatus.bulk.cells import Cells
    from allstatus.bulk.results import Results
    from allstatus.bulk.run import Job, Run, Totals
    from allstatus.bulk.spark.run import SparkRun


class Backend(StrEnum):
    """What works the columns out."""

    arrow = "arrow"
    duckdb = "duckdb"
    spark = "spark"


@app.command()
def batch(
    source: Annotated[str, typer.Argument(metavar="IN", help="Parquet, CSV, NDJSON or Arrow IPC, by its name.")],
    target: Annotated[str, typer.Argument(metavar="OUT", help="The same formats; it appears only when it is complete.")],
    *,
    rejects: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Rows that are no record: row, column, reason. Else OUT.rejects.csv.")
    ] = None,
    columns: Annotated[Path | None, typer.Option(metavar="FILE", help="Which column says what, in YAML.")] = None,
    keep: Annotated[list[str] | None, typer.Option(metavar="COLUMN", help="Copy this column to the output; may be given again.")] = None,
    backend: Annotated[
        Backend, typer.Option(help="duckdb runs the expression of `allstatus sql` over Parquet, spark on a cluster.")
    ] = Backend.arrow,
    master: Annotated[str | None, typer.Option(metavar="URL", help="Spark's master, such as spark://host:7077, else local[*].")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Add criteria, assumptions, reasons, next question, conflicts.")] = False,
    plot: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw the totals (PNG, SVG or PDF).")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Keep what is finished, and go on from it when run again.")] = False,
    engine: Annotated[EngineName, EngineOption] = EngineName.auto,
    rules: Annotated[str | None, RulesOption] = None,
) -> None:
    """Decide on a file of many records; every row is written or rejected, and counted."""

    if master is not None and backend is not Backend.spark:
        raise typer.BadParameter("goes with --backend spark only", param_hint="--master")

    def action() -> int:
        _need(backend, plot)
        from allstatus.bulk.mapping import read_mapping
        from allstatus.bulk.run import Job

        beside = _beside(target, ".rejects.csv"), _beside(target, ".cells.ndjson")
        assigned = {} if columns is None else read_mapping(columns)
        job = Job(Path(source), Path(target), rejects or beside[0], beside[1], assigned, tuple(keep or ()), explain, resume)
        cells = _cells(engine.value, rules)
        if backend is Backend.spark:
            from allstatus.bulk.spark.run import open_run

            with open_run(cells, job, source, target, master or "local[*]") as work:
                return _batch(work, job, plot, shown=False)
        return _batch(_runner(backend)(cells, job), job, plot)

    run(action)


def _beside(target: str, ending: str) -> Path:
    """A side file beside the output; of an output elsewhere (a URI), in the folder at hand."""
    return Path((target.rpartition("/")[2] if "://" in target else target) + ending)


def _need(backend: Backend, plot: Path | None) -> None:
    from allstatus.bulk.extras import need

    need("bulk", "numpy", "pyarrow")
    if backend is Backend.duckdb:
        need("sql", "duckdb", "sqlglot")
    if backend is Backend.spark:
        need("spark", "pyspark", "pandas", "sqlglot")
    if plot is not None:
        need("teach", "matplotlib")


def _cells(engine: str, rules: str | None) -> Cells:
    from allstatus.bulk.cells import Cells
    from allstatus.classify import load_rules

    return Cells(load_rules(rules, engine=engine))


def _batch(work: Run | SparkRun, job: Job, plot: Path | None, *, shown: bool = True) -> int:
    """Do the job, with a progress bar if one is to be `shown`, and say what was done."""
    start = perf_counter()
    with _progress(work.rows, shown) as advance:
        totals = work.totals(advance)
    _report(work.results, totals, job, perf_counter() - start)
    if plot is not None:
        from allstatus.bulk.plot import draw_totals

        draw_totals(work.results, totals, plot)
    return 0


def _runner(backend: Backend) -> type[Run]:
    if backend is Backend.duckdb:
        from allstatus.bulk.duck import DuckRun

        return DuckRun
    from allstatus.bulk.run import Run

    return Run


@contextmanager
def _progress(rows: int | None, shown: bool) -> Iterator[Callable[[int], None]]:
    """A bar with rate and time left on a terminal, nothing elsewhere."""
    if not (shown and sys.stderr.isatty()):
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    parts = [TextColumn("{task.completed:,.0f} rows"), BarColumn(), TaskProgressColumn(show_speed=True), TimeRemainingColumn()]
    with Progress(*parts, console=Console(stderr=True)) as progress:
        task = progress.add_task("rows", total=rows)
        yield lambda count: progress.advance(task, count)


def _report(results: Results, totals: Totals, job: Job, seconds: float) -> None:
    """What was done, to standard error: rows in = rows out + rejects, and the totals by outcome."""
    from allstatus.bulk.totals import by_outcome

    rules = results.cells.ruleset
    lines = [f"note: column {name} is not read" for name in totals.ignored]
    lines.append(f"{totals.rows:,} rows in = {totals.written:,} out + {totals.rejected:,} rejected ({job.rejects})")
    lines += [f"{rows:>14,}  {name}" for name, rows in by_outcome(results, totals).items()]
    lines.append(f"{totals.rows / seconds:,.0f} rows/s")
    lines.append(f"rules {rules.id} {rules.version}, digest {rules.digest[:12]}, {rules.source['url']}")
    print("\n".join([*lines, rules.notice]), file=sys.stderr)
