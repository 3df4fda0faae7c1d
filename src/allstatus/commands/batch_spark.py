"""`allstatus batch --backend spark`: files or an export, on a cluster."""

from __future__ import annotations

from time import perf_counter

from allstatus.commands.batch import decide_and_report, load_cells
from allstatus.commands.batch_export import FOR_CHARTS, FOR_RECORDS, refuse, report_export
from allstatus.commands.batch_options import BatchOptions


def batch_spark(asked: BatchOptions, master: str) -> int:
    """Do what was asked with a session of its own."""
    from allstatus.bulk.spark.session import refuse_resume, refusing, session
    from allstatus.bulk.spark.spark_export import SparkExport
    from allstatus.bulk.spark.spark_gather import GLOB
    from allstatus.bulk.spark.spark_paths import READABLE, UNREADABLE, SparkPaths
    from allstatus.bulk.spark.spark_run import SparkBatch

    refuse_resume(asked.resume)
    with session(master) as started, refusing(asked.source, UNREADABLE, READABLE):
        if SparkPaths(started).is_export(asked.source, GLOB):
            refuse(asked.for_records, *FOR_RECORDS)
            export, start = (
                SparkExport(started, asked.export_job, asked.source, asked.target),
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
