"""`allstatus batch --backend spark`: files or an export, on a cluster."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from allstatus.commands.asked import Asked
from allstatus.commands.batch import decide_and_report, load_cells
from allstatus.commands.exports import FOR_CHARTS, FOR_RECORDS, refuse, report_export

if TYPE_CHECKING:
    from allstatus.bulk.exports.run import Job


def batch_spark(asked: Asked, master: str) -> int:
    """Do what was asked with a session of its own."""
    from allstatus.bulk.spark.export import SparkExport
    from allstatus.bulk.spark.files import Files
    from allstatus.bulk.spark.gather import GLOB
    from allstatus.bulk.spark.run import SparkRun
    from allstatus.bulk.spark.session import refuse_resume, session

    refuse_resume(asked.resume)
    with session(master) as started:
        if Files(started).is_export(asked.source, GLOB):
            refuse(asked.for_records, *FOR_RECORDS)
            export, start = SparkExport(started, _export_job(asked), asked.source, asked.target), perf_counter()
            totals = export.totals()
            report_export(export, totals, perf_counter() - start, asked.plot)
            return 0
        refuse(asked.for_charts, *FOR_CHARTS)
        job = asked.job
        run = SparkRun(started, load_cells(asked.engine, asked.rules), job, asked.source, asked.target)
        return decide_and_report(run, job, asked.plot, shown=False)


def _export_job(asked: Asked) -> Job:
    from allstatus.bulk.exports.patient import How
    from allstatus.bulk.exports.run import Job

    how = How(asked.rules, asked.engine, asked.reading.as_of, asked.reading.options, asked.explain)
    others = asked.rejects or asked.beside(".rejects.csv"), asked.beside(".evidence.ndjson")
    return Job(Path(asked.source), Path(asked.target), *others, how)
