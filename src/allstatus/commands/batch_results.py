"""`allstatus batch` on a table of results, one a row, by a mapping that says so."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from allstatus.commands.batch_export import refuse, report_export
from allstatus.commands.batch_options import BatchOptions

if TYPE_CHECKING:
    from allstatus.bulk.column_source import ColumnSource

FOR_PATIENTS = "is for a file of patients, and the mapping is of results", "leave it out"


def batch_results(asked: BatchOptions, mapping: dict[str, ColumnSource], *, backend: str) -> int:
    """Decide on each patient with the disease in a table of results."""
    from allstatus.bulk.results_run import ResultsRun

    other = None if backend == "arrow" else backend
    options = {"--keep": asked.keep or None, "--resume": asked.resume, "--backend": other}
    refuse(options, *FOR_PATIENTS)
    start, job = perf_counter(), asked.export_job
    job.how.classifier  # noqa: B018 - rules that are refused are refused before anything is read
    run = ResultsRun(job, mapping, asked.encoding)
    report_export(run, run.totals(), perf_counter() - start, asked.plot)
    return 0
