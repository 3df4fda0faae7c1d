"""`allstatus batch`: a file of many records in, a file of decisions out."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from allstatus.commands.batch_export import (
    FOR_CHARTS,
    FOR_RECORDS,
    batch_export,
    draw_if_asked,
    print_totals,
    refuse,
    unread_lines,
)
from allstatus.commands.batch_options import (
    Backend,
    BackendOption,
    BatchOptions,
    ColumnsOption,
    ExplainOption,
    KeepOption,
    MasterOption,
    RejectsOption,
    ResumeOption,
    RowsArgument,
    TotalsPictureOption,
)
from allstatus.commands.chart_input import ChartInput, reads_charts
from allstatus.commands.progress import progress
from allstatus.commands.shared import (
    EncodingOption,
    EngineName,
    EngineOption,
    OutputOption,
    RulesOption,
    TargetArgument,
    app,
    output_of,
    run,
)

if TYPE_CHECKING:
    from allstatus.bulk.batch_run import BatchJob, BatchRun, BatchTotals
    from allstatus.bulk.cells import Cells
    from allstatus.bulk.result_columns import Results
    from allstatus.bulk.spark.spark_run import SparkBatch


WORTH_A_RATE = 2  # seconds; of less a rate says little


@app.command()
@partial(reads_charts, without=("input", "facts"))
def batch(
    source: Annotated[str, RowsArgument],
    target: Annotated[str | None, TargetArgument] = None,
    *,
    reading: ChartInput,
    out: Annotated[str | None, OutputOption] = None,
    rejects: Annotated[Path | None, RejectsOption] = None,
    columns: Annotated[Path | None, ColumnsOption] = None,
    keep: Annotated[list[str] | None, KeepOption] = None,
    backend: Annotated[Backend, BackendOption] = Backend.arrow,
    master: Annotated[str | None, MasterOption] = None,
    explain: Annotated[bool, ExplainOption] = False,
    picture: Annotated[Path | None, TotalsPictureOption] = None,
    resume: Annotated[bool, ResumeOption] = False,
    engine: Annotated[EngineName, EngineOption] = EngineName.auto,
    rules: Annotated[str | None, RulesOption] = None,
    encoding: Annotated[str, EncodingOption] = "",
) -> None:
    """Decide on a file of many records, or on each patient with the disease in an export; every
    row or line is accounted for.
    """
    if master is not None and backend is not Backend.spark:
        raise typer.BadParameter("goes with --backend spark only", param_hint="--master")
    asked = BatchOptions(
        source,
        output_of(out, target),
        rejects,
        columns,
        tuple(keep or ()),
        explain,
        picture,
        resume,
        engine.value,
        rules,
        reading,
        encoding,
    )
    run(lambda: _batch(asked, backend, master or "local[*]"))


NEEDED = {  # extras, and what they bring
    Backend.arrow: ("bulk", ("numpy", "pyarrow")),
    Backend.duckdb: ("bulk,sql", ("numpy", "pyarrow", "duckdb", "sqlglot")),
    Backend.spark: ("spark", ("numpy", "pyarrow", "pyspark", "pandas", "sqlglot")),
}


def _batch(asked: BatchOptions, backend: Backend, master: str) -> int:
    _need(backend, asked.plot)
    if results := asked.results_mapping:
        from allstatus.commands.batch_results import batch_results

        return batch_results(asked, results, backend=backend.value)
    if backend is Backend.spark:
        from allstatus.commands.batch_spark import batch_spark

        return batch_spark(asked, master)
    from allstatus.bulk.parquet_files import holds_parquet
    from allstatus.record.regular_file import is_folder

    where = Path(asked.source)
    if is_folder(where) and not holds_parquet(where):
        refuse({**asked.for_records, "--backend": backend is not Backend.arrow}, *FOR_RECORDS)
        return batch_export(asked)
    refuse(asked.for_charts, *FOR_CHARTS)
    job = asked.job
    return decide_and_report(
        _runner(backend)(load_cells(asked.engine, asked.rules), job), job, asked.plot
    )


def _need(backend: Backend, plot: Path | None) -> None:
    """Raise MissingExtra, which names all that is needed at once."""
    from allstatus.bulk.extras import need

    extra, libraries = NEEDED[backend]
    if plot is None:
        return need(extra, *libraries)
    need(f"{extra},teach", *libraries, "matplotlib")
    from allstatus.bulk.sources import wrong_ending
    from allstatus.bulk.totals_picture import DRAWN

    if plot.suffix.lower() not in DRAWN:
        raise wrong_ending("--picture", "picture", DRAWN)
    return None


def load_cells(engine: str, rules: str | None) -> Cells:
    """All cells of a rule set."""
    from allstatus.bulk.cells import Cells
    from allstatus.decision.classifier import load_rules

    return Cells(load_rules(rules, engine=engine))


def decide_and_report(
    work: BatchRun | SparkBatch, job: BatchJob, plot: Path | None, *, shown: bool = True
) -> int:
    """Do the job, with a progress bar if one is to be `shown`, and say what was done."""
    start = perf_counter()
    with progress(shown=shown) as advance:
        totals = work.totals(lambda more: advance("rows", more, work.rows))
    _report(work.results, totals, job, perf_counter() - start, plot)
    return 0


def _runner(backend: Backend) -> type[BatchRun]:
    if backend is Backend.duckdb:
        from allstatus.bulk.duckdb_cells import DuckRun

        return DuckRun
    from allstatus.bulk.batch_run import BatchRun

    return BatchRun


def _report(
    results: Results, totals: BatchTotals, job: BatchJob, seconds: float, plot: Path | None
) -> None:
    """What was done, to standard error: rows in = rows out + rejects, and the totals by outcome;
    and a picture.
    """
    from allstatus.bulk.totals import by_outcome

    rules = results.cells.ruleset
    lines = unread_lines(totals.ignored, job.source, "column ")
    lines += [f"note: remarks heard: {name}" for name in totals.heard]
    if totals.below_one:
        lines.append(
            f"warning: {totals.below_one:,} rows hold a number below 1, read as percent (column "
            f"`warnings`); is it a fraction of 1? say `unit: fraction` or `unit: percent` in the "
            f"mapping (--columns)"
        )
    if totals.by_adult_table:
        lines.append(f"note: adult table decided: {totals.by_adult_table:,} rows (`--ranges`)")
    lines.append(
        f"{totals.rows:,} rows in = {totals.written:,} out + {totals.rejected:,} rejected "
        f"({job.rejects})"
    )
    outcomes = by_outcome(results, totals)
    told = totals.rows > seconds > WORTH_A_RATE  # never "0 rows/s"
    speed = [f"{totals.rows / seconds:,.0f} rows/s"] if told else []
    print_totals(lines, outcomes, speed, rules)
    draw_if_asked(plot, outcomes, totals.rows, "rows", rules)
