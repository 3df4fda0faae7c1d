"""`allstatus batch --backend spark`: files or an export, on a cluster."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from allstatus.commands.batch import decide_and_report, load_cells
from allstatus.commands.batch_export import FOR_CHARTS, FOR_RECORDS, refuse, report_export
from allstatus.commands.batch_options import BatchOptions

if TYPE_CHECKING:
    from allstatus.bulk.fhir_export.export_run import ExportJob


def batch_spark(asked: BatchOptions, master: str) -> int:
    """Do what was asked with a session of its own."""
    from allstatus.bulk.spark.session import refuse_resume, session
    from allstatus.bulk.spark.spark_export import SparkExport
    from allstatus.bulk.spark.spark_gather import GLOB
    from allstatus.bulk.spark.spark_paths import SparkPaths
    from allstatus.bulk.spark.spark_run import SparkBatch

    refuse_resume(asked.resume)
    with session(master) as started:
        if SparkPaths(started).is_export(asked.source, GLOB):
            refuse(asked.for_records, *FOR_RECORDS)
            export, start = (
                SparkExport(started, _export_job(asked), asked.source, asked.target),
                perf_counter(),
            )
            totals = export.totals()
            report_export(export, totals, perf_counter() - start, asked.plot)
            return 0
        refuse(asked.for_charts, *FOR_CHARTS)
        job = asked.job
        run = SparkBatch(
            started, load_cells(asked.engine, asked.rules), job, asked.source, asked.target
        )
        return decide_and_report(run, job, asked.plot, shown=False)


def _export_job(asked: BatchOptions) -> ExportJob:
    from allstatus.bulk.fhir_export.decide_patient import DecideSettings
    from allstatus.bulk.fhir_export.export_run import ExportJob

    how = DecideSettings(
        asked.rules, asked.engine, asked.reading.as_of, asked.reading.options, asked.explain
    )
    others = asked.rejects or asked.beside(".rejects.csv"), asked.beside(".evidence.ndjson")
    return ExportJob(Path(asked.source), Path(asked.target), *others, how)
