"""An export's lines gathered by patient, in three readings: who has the disease, what is about
them, and what that refers to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from allstatus.bulk.fhir_export import ndjson_pieces
from allstatus.bulk.fhir_export.decide_patient import ExportContext
from allstatus.bulk.fhir_export.identifiers import resolve_names
from allstatus.bulk.fhir_export.line_scan import IDENTIFIED_ONLY, NAMELESS, OWN
from allstatus.bulk.fhir_export.links import one_person
from allstatus.bulk.fhir_export.ndjson_pieces import REFERENCE, TOO_LONG
from allstatus.bulk.spark.line_workers import (
    ALIASED,
    FOUND,
    GONE,
    KEYED,
    LINKED,
    NOT_WHOLE,
    SOMEBODY,
    TALLY,
    TOLD,
    find,
    find_aliases,
    find_keyed,
    find_known,
    route,
)
from allstatus.bulk.spark.patient_workers import PLACE, WANTED, find_missing
from allstatus.bulk.spark.spark_paths import literal
from allstatus.ehr.chart_options import DEFAULT_OPTIONS, ChartOptions
from allstatus.ehr.fhir.fhir_resources import READERS
from allstatus.errors import InvalidRecord

KEPT = ("name", *PLACE, "line")
GLOB = "*.{ndjson,jsonl,ndjson.gz,jsonl.gz}"


@dataclass(frozen=True, slots=True)
class SparkGathered:
    """`told` is what was written of every line's fate, `kept` the lines of the patients found, one
    for each of these, `lines` how many lines that are, `others` what is beside them.
    """

    told: DataFrame
    kept: DataFrame
    lines: int
    people: int
    others: ExportContext


class SparkGatherer:
    """Reads an export whose in-between results lie in `folder`, by the tables that `options`
    name.
    """

    def __init__(
        self,
        session: SparkSession,
        source: str,
        folder: str,
        options: ChartOptions = DEFAULT_OPTIONS,
    ) -> None:
        self.session, self.folder, self.options = session, folder, options
        self.lines = read_lines(session, source)

    def gather(self) -> SparkGathered:
        """Find the patients, then gather the lines about them."""
        found = self.lines.mapInArrow(partial(find, self.options), LINKED).distinct()
        called = one_person(map(tuple, found.toLocalIterator()), self._resolve, self._known)
        names = {*called.values()}
        sent = self.session.sparkContext.broadcast(called)
        told = self.kept_in("told", self.lines.mapInArrow(partial(route, sent, self.options), TOLD))
        _refuse_part(told)
        counts = dict(map(tuple, told.groupBy("what").agg(F.sum("lines")).collect()))
        lines = counts.get(OWN, 0)
        kept = told.where(F.col("what") == OWN)
        somebody = _two(told.where(F.col("what") == SOMEBODY))
        if counts.get(IDENTIFIED_ONLY):
            identified = self._identified(told, called)
            somebody |= _two(identified.where(F.col("text").isin(*READERS)))
            found = self.session.createDataFrame([(name,) for name in names], "name string")
            theirs = identified.join(found, "name", "left_semi")
            lines += theirs.select(*PLACE).distinct().count()
            kept = kept.unionByName(theirs)
        alone, nameless = len(somebody) <= 1, told.where(F.col("what") == NAMELESS)
        if alone and names and counts.get(NAMELESS):
            kept = kept.unionByName(nameless.withColumn("name", F.lit(min(names))))
            lines += counts[NAMELESS]
        unnamed = nameless.select("text").distinct().count() if counts.get(NAMELESS) else 0
        others = ExportContext(alone, unnamed, _withdrawn(told) if GONE in counts else {})
        return SparkGathered(told, kept.select(*KEPT), lines, len(names), others)

    def with_referred(self, kept: DataFrame) -> DataFrame:
        """The lines of each patient, and, `referred`, those they refer to that are about no
        patient.
        """
        own = kept.withColumn("referred", F.lit(False))
        referring = kept.groupBy("name").applyInArrow(find_missing, WANTED)
        wanted = self.kept_in("wanted", referring)
        first = wanted.select(F.substring_index("key", "/", 1)).distinct().collect()
        types = frozenset(row[0] for row in first)
        if not types:
            return own
        bare = wanted.where(~F.col("key").contains("/")).limit(1).count()
        keyed = self.lines.mapInArrow(partial(find_keyed, None if bare else types), KEYED)
        referred = wanted.join(keyed, "key").dropDuplicates(["name", *PLACE])
        return own.unionByName(referred.select(*KEPT).withColumn("referred", F.lit(True)))

    def lengths(self, told: DataFrame) -> dict[tuple[str, int], tuple[int, int]]:
        """For each block of each file, the place of its first line, and how many lines of the file
        come before it.
        """
        blocks = told.where(F.col("what") == TALLY).groupBy("file", "block")
        tallies = blocks.agg(F.min("place"), F.sum("lines"))
        before: dict[str, int] = {}
        found = {}
        for file, block, first, lines in sorted(map(tuple, tallies.collect())):
            found[file, block] = first, before.get(file, 0)
            before[file] = before.get(file, 0) + lines
        return found

    def _identified(self, told: DataFrame, called: dict[str, str]) -> DataFrame:
        """The lines that name somebody by an identifier, with the name of each patient who has
        one.
        """
        lines = told.where(F.col("what") == IDENTIFIED_ONLY)
        named = self._resolve(
            row["name"] for row in lines.select("name").distinct().toLocalIterator()
        )
        rows = [(name, called.get(other, other)) for name, other in named.items()]
        names = self.session.createDataFrame(rows, "name string, resolved string")
        known = lines.join(names, "name").drop("name").withColumnRenamed("resolved", "name")
        return known.dropDuplicates(["name", *PLACE])

    def _known(self, wanted: frozenset[str]) -> set[str]:
        """Those of some names that Patients have."""
        look = partial(find_known, self.session.sparkContext.broadcast(wanted))
        return {row["name"] for row in self.lines.mapInArrow(look, FOUND).distinct().collect()}

    def _resolve(self, names: Iterable[str]) -> dict[str, str]:
        """Each name as it is, or the name of the first Patient that has the identifier."""
        return resolve_names(names, self._who_has)

    def _who_has(self, wanted: frozenset[str]) -> dict[str, str]:
        """The first Patient that has each of these identifiers."""
        look = partial(find_aliases, self.session.sparkContext.broadcast(wanted))
        aliases = self.lines.mapInArrow(look, ALIASED).groupBy("identified")
        first = aliases.agg(F.min(F.struct(*PLACE, "name")).alias("first")).collect()
        return {row["identified"]: row["first"]["name"] for row in first}

    def kept_in(self, name: str, frame: DataFrame) -> DataFrame:
        """Written down once, so that what follows does not work it out again."""
        where = f"{self.folder}/{name}"
        frame.write.mode("overwrite").parquet(where)
        return self.session.read.schema(frame.schema).parquet(literal(where))


def _refuse_part(told: DataFrame) -> None:
    """Raise InvalidRecord for the first line that says that the export is a part, or outdated."""
    refused = told.where(F.col("what") == NOT_WHOLE).orderBy(*PLACE).first()
    if refused is not None:
        raise InvalidRecord(refused["file"], refused["text"], refused["name"])


def _withdrawn(told: DataFrame) -> dict[str, str]:
    """What records say is gone: `Type/id`, and its address as sent."""
    rows = told.where(F.col("what") == GONE).select("name", "text").collect()
    return {row["name"]: row["text"] for row in rows}


def _two(frame: DataFrame) -> set[str]:
    """The names in a frame, two of them at most."""
    return {row["name"] for row in frame.select("name").distinct().limit(2).collect()}


def read_lines(session: SparkSession, source: str) -> DataFrame:
    """Every line of an export as bytes, with its file, the block of it that was read in one go, and
    its place there; of one that is too long, that it is, and what it refers to.
    """
    text = session.read.options(lineSep="\n", pathGlobFilter=GLOB).text(literal(source))
    left = F.regexp_extract_all("value", F.lit(REFERENCE.pattern.decode()), F.lit(0))
    references = F.array_join(F.array_sort(F.array_distinct(left)), " ")
    value = F.when(
        F.octet_length("value") > ndjson_pieces.LONGEST, F.concat(F.lit(f"{TOO_LONG} "), references)
    ).otherwise(F.col("value"))
    return text.select(
        F.col("_metadata.file_name").alias("file"),
        F.col("_metadata.file_block_start").alias("block"),
        F.monotonically_increasing_id().alias("place"),
        value.cast("binary").alias("line"),
    )
