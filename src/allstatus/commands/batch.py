"""`allstatus batch`: a file of many records in, a file of decisions out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from allstatus.commands.app import EngineName, EngineOption, RulesOption, app, run
from allstatus.commands.charts import AsOfOption, AssumeOption, Ranges, RangesOption, Reading, WindowOption
from allstatus.commands.exports import FOR_CHARTS, FOR_RECORDS, batch_export, refuse

if TYPE_CHECKING:
    from allstatus.bulk.results import Results
    from allstatus.bulk.run import Job, Run, Totals


class Backend(StrEnum):
    """What works the columns out."""

    arrow = "arrow"
    duckdb = "duckdb"


@app.command()
def batch(
    source: Annotated[Path, typer.Argument(metavar="IN", help="Parquet, CSV, NDJSON or Arrow IPC by name, or the folder of an export.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="The same formats; it appears only when it is complete.")],
    *,
    rejects: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Rows that are no record: row, column, reason. Else OUT.rejects.csv.")
    ] = None,
    columns: Annotated[Path | None, typer.Option(metavar="FILE", help="Which column says what, in YAML.")] = None,
    keep: Annotated[list[str] | None, typer.Option(metavar="COLUMN", help="Copy this column to the output; may be given again.")] = None,
    backend: Annotated[Backend, typer.Option(help="duckdb runs the expression of `allstatus sql` over Parquet.")] = Backend.arrow,
    explain: Annotated[bool, typer.Option("--explain", help="Add criteria, assumptions, reasons, next question, conflicts.")] = False,
    plot: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw the totals (PNG, SVG or PDF).")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Keep what is finished, and go on from it when run again.")] = False,
    engine: Annotated[EngineName, EngineOption] = EngineName.auto,
    rules: Annotated[str | None, RulesOption] = None,
    assume: Annotated[list[str] | None, AssumeOption] = None,
    as_of: Annotated[datetime | None, AsOfOption] = None,
    window: Annotated[int | None, WindowOption] = None,
    ranges: Annotated[Ranges | None, RangesOption] = None,
) -> None:
    """Decide on a file of many records, or on each patient with ALL in an export; every row or line is accounted for."""

    def action() -> int:
        _need(backend, plot)
        charts = {"--assume": assume, "--as-of": as_of, "--window": window, "--ranges": ranges}
        if source.is_dir():
            refuse({"--columns": columns, "--keep": keep, "--backend": backend is not Backend.arrow}, *FOR_RECORDS)
            given = {"window": 14 if window is None else window, "ranges": ranges or Ranges.adult}
            return batch_export(source, target, rejects, Reading.of(assume, as_of, **given), explain, plot, resume, engine.value, rules)
        refuse(charts, *FOR_CHARTS)
        from allstatus.bulk.mapping import read_mapping
        from allstatus.bulk.run import Job

        beside = target.with_name(target.name + ".rejects.csv"), target.with_name(target.name + ".cells.ndjson")
        assigned = {} if columns is None else read_mapping(columns)
        job = Job(source, target, rejects or beside[0], beside[1], assigned, tuple(keep or ()), explain, resume)
        return _batch(job, backend, plot, engine.value, rules)

    run(action)


def _need(backend: Backend, plot: Path | None) -> None:
    from allstatus.bulk.extras import need

    need("bulk", "numpy", "pyarrow")
    if backend is Backend.duckdb:
        need("sql", "duckdb", "sqlglot")
    if plot is not None:
        need("teach", "matplotlib")


def _batch(job: Job, backend: Backend, plot: Path | None, engine: str, rules: str | None) -> int:
    from allstatus.bulk.cells import Cells
    from allstatus.classify import load_rules

    work = _runner(backend)(Cells(load_rules(rules, engine=engine)), job)
    start = perf_counter()
    with _progress(work.source.rows) as advance:
        totals = work.totals(advance)
    _report(work.results, totals, job, perf_counter() - start)
    if plot is not None:
        from allstatus.bulk.plot import draw_totals
        from allstatus.bulk.totals import by_outcome

        draw_totals(by_outcome(work.results, totals), totals.rows, "rows", work.results.cells.ruleset, plot)
    return 0


def _runner(backend: Backend) -> type[Run]:
    if backend is Backend.duckdb:
        from allstatus.bulk.duck import DuckRun

        return DuckRun
    from allstatus.bulk.run import Run

    return Run


@contextmanager
def _progress(rows: int | None) -> Iterator[Callable[[int], None]]:
    """A bar with rate and time left on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    shown = [TextColumn("{task.completed:,.0f} rows"), BarColumn(), TaskProgressColumn(show_speed=True), TimeRemainingColumn()]
    with Progress(*shown, console=Console(stderr=True)) as progress:
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
