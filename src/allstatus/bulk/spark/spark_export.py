"""An export in, a folder of decisions and one of their evidence out, by Spark: with every line
accounted for.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import islice
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from allstatus.bulk.fhir_export.export_run import ExportJob, ExportTotals
from allstatus.bulk.fhir_export.output import REJECTS
from allstatus.bulk.run_frame import Outputs
from allstatus.bulk.spark.line_workers import REJECT, TALLY, UNCLEAR
from allstatus.bulk.spark.patient_workers import (
    EVIDENCE,
    IS_UNCLEAR,
    LINES,
    PLACE,
    REFUSED,
    UNREAD,
    Deciding,
    decide_lines,
)
from allstatus.bulk.spark.record_workers import Shipped
from allstatus.bulk.spark.session import deciding
from allstatus.bulk.spark.spark_gather import GLOB, SparkGathered, SparkGatherer
from allstatus.bulk.spark.spark_paths import WRITTEN, SparkPaths, spark_format, write_decided
from allstatus.bulk.writers import Target
from allstatus.ehr.fhir.export_manifest import Beside
from allstatus.record.whole_files import PARTIAL

SOME = 10_000  # rejects at a time on the driver
_PLACED = "array<struct<file: string, block: bigint, place: bigint, reason: string>>"


class SparkExport:
    """A job on an export; `source` and `target` are paths or URIs, and the evidence is a folder
    beside the target.
    """

    def __init__(self, session: SparkSession, job: ExportJob, source: str, target: str) -> None:
        self.session, self.job, self.source, self.target = session, job, source, target
        self.files = SparkPaths(session)
        self.evidence, self.parts = f"{target}.evidence.ndjson", f"{target}.parts"
        spark_format(target, WRITTEN)
        for folder in (target, self.evidence):
            self.files.refuse_target(folder, source)
        self.names, beside = self.files.names(source, GLOB)
        self.beside = Beside.of(source, beside, self.files.read_files, self.files.list_files)
        self.beside.refuse_part(dict.fromkeys(self.names), partial=job.partial)
        self.ignored, self.size = self.beside.ignored, self.files.size(source)

    def totals(self) -> ExportTotals:
        """Do the job; returns the totals, checked. Raises InvalidRecord when it cannot be done."""
        with Outputs() as outputs:
            outputs.claim(Path(f"{self.job.evidence}.run"))  # the same name for the same OUT
            rejects = outputs.open(self.job.rejects, REJECTS)
            try:
                with deciding(self.source):
                    totals = self._totals(rejects)
                outputs.publish()
                self.files.publish(self.evidence)
                self.files.publish(self.target)
            finally:
                for unfinished in (self.target + PARTIAL, self.evidence + PARTIAL, self.parts):
                    self.files.remove(unfinished)
        return totals

    def _totals(self, rejects: Target) -> ExportTotals:
        gatherer = SparkGatherer(self.session, self.source, self.parts, self.job.how.reading)
        gathered = gatherer.gather()
        tally = gathered.told.where(F.col("what") == TALLY)
        lines = _counter(tally.groupBy("file").agg(F.sum("lines")))
        held = {name: lines[name] for name in self.names}
        self.beside.refuse_part(held, partial=self.job.partial)
        decided = self._decided(gatherer, gathered)
        listed = decided.where(F.col("outcome").isNotNull())
        self._write(listed)
        refused = self._reject(gatherer, gathered, decided, rejects)
        return self._counted(gathered, decided, listed, refused)

    def _decided(self, gatherer: SparkGatherer, gathered: SparkGathered) -> DataFrame:
        """A row for each patient found; written down, since it is read several times."""
        how = self.job.how
        shipped = Shipped.of(how.classifier.ruleset)
        sent = replace(how, rules=shipped.rules, engine="builtin")
        deciding = Deciding(sent, shipped, gathered.others)
        lines = gatherer.with_referred(gathered.kept).groupBy("name")
        return gatherer.kept_in(
            "decided", lines.applyInArrow(lambda own: decide_lines(deciding, own), deciding.schema)
        )

    def _write(self, listed: DataFrame) -> None:
        """Rows and evidence, both in the order of the patients' names."""
        ordered = listed.withColumn("as_of", F.to_date("as_of")).orderBy("id")
        write_decided(ordered.select(*self.job.how.columns), self.target, "overwrite")
        ordered.select(EVIDENCE).write.mode("overwrite").text(self.evidence + PARTIAL)

    def _reject(
        self, gatherer: SparkGatherer, gathered: SparkGathered, decided: DataFrame, rejects: Target
    ) -> int:
        """Write the lines refused, in the order of files and lines; returns how many of them were
        refused late, by a patient's reader.
        """
        rejected = gathered.told.where(F.col("what") == REJECT)
        early = rejected.select(*PLACE, F.col("text").alias("reason"))
        refused = decided.select(F.explode(F.from_json(REFUSED, _PLACED)).alias("refused"))
        late = refused.select("refused.*").dropDuplicates(list(PLACE))
        before = gatherer.lengths(gathered.told)
        rows = early.unionByName(late).orderBy(*PLACE).toLocalIterator()
        placed = (
            (file, before[file, block][1] + place - before[file, block][0] + 1, reason)
            for file, block, place, reason in rows
        )
        while some := list(islice(placed, SOME)):
            rejects.write_columns(zip(*some, strict=True))
        return late.count()

    def _counted(
        self, gathered: SparkGathered, decided: DataFrame, listed: DataFrame, late: int
    ) -> ExportTotals:
        tally = gathered.told.where(F.col("what") == TALLY)
        lines, passed, patients = _sums(tally, "lines", "passed", "patients")
        early = gathered.told.where(F.col("what") == REJECT).count()
        (told,) = _sums(gathered.told.where(F.col("what") != TALLY), "lines")
        totals = ExportTotals(
            lines,
            gathered.lines - late,
            passed + told - gathered.lines,
            early + late,
            patients,
            gathered.people + decided.where(F.col(LINES) == 0).count(),
            gathered.others.nameless,
        )
        totals.outcomes = _counter(listed.groupBy(F.coalesce("status", "outcome")).count())
        unread = decided.select(F.explode(F.from_json(UNREAD, "map<string, bigint>")))
        totals.unread = _counter(unread.groupBy("key").sum("value"))
        own, totals.unclear = _sums(decided, LINES, IS_UNCLEAR)
        others = gathered.told.where(F.col("what") == UNCLEAR).select("name")
        totals.unclear += others.distinct().count()
        totals.check(self.source, gathered.kept.count() - own)
        return totals


def _counter(counted: DataFrame) -> Counter[str]:
    """Rows of a name and a count."""
    return Counter({str(name): int(count) for name, count in counted.collect()})


def _sums(frame: DataFrame, *columns: str) -> list[int]:
    found = frame.agg(*map(F.sum, columns)).first()
    return [value or 0 for value in found or [0] * len(columns)]
