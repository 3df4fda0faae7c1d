"""Where Spark reads and writes: files and folders of any file system it knows, named by a path or a
URI.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from allstatus.bulk.answer_texts import CELL
from allstatus.bulk.sources import FORMATS, wrong_ending
from allstatus.bulk.spark.session import refusing
from allstatus.bulk.spark.spark_csv import OPTIONS, SparkCsv, inert_texts
from allstatus.bulk.writers import named_twice
from allstatus.ehr.fhir.export_manifest import LINES, LONGEST, may_be_manifest
from allstatus.errors import InvalidRecord
from allstatus.record.whole_files import NO_ROOM, PARTIAL

FILE, ROW = "__file", "__row"
COMPLETE = "_SUCCESS"  # what Spark leaves in a folder whose part files are all there
READ, WRITTEN = ("parquet", "csv"), ("parquet", "csv", "ndjson")
UNREADABLE = "cannot be read by Spark"
READABLE = "give the path or URI of a file, or of a folder of files of one format"


def spark_format(where: str, known: tuple[str, ...]) -> str:
    """The format that a name says, of those known; raises InvalidRecord for another."""
    suffix = Path(where).suffix.lower()
    if FORMATS.get(suffix) not in known:
        endings = [end for end, kind in FORMATS.items() if kind in known]
        raise wrong_ending(where, "format Spark is used with here", endings)
    return FORMATS[suffix]


def literal(where: str) -> str:
    """A path or URI as Spark reads it by its letters: a sign that could be a pattern is none."""
    return re.sub(r"([\\\[\]{}*?])", r"\\\1", where)


def _read_header(session: SparkSession, where: str) -> DataFrame:
    """A CSV of Spark's own finding; where a sign in its name could be a pattern, with a header of
    one line, since Spark looks for one of more lines in all that the pattern fits.
    """
    whole = OPTIONS | {"multiLine": literal(where) == where}
    return session.read.options(**whole).csv(literal(where))


class SparkPaths:
    """The file systems a session sees."""

    def __init__(self, session: SparkSession) -> None:
        self.session = session

    def exists(self, where: str) -> bool:
        """Whether there is a file or a folder."""
        system, path = self._at(where)
        return bool(system.exists(path))

    def is_file(self, where: str) -> bool:
        """Whether there is one file, not a folder of files."""
        system, path = self._at(where)
        return bool(system.exists(path) and system.getFileStatus(path).isFile())

    def remove(self, where: str) -> None:
        """Remove a file or a folder with all in it, if there is one."""
        system, path = self._at(where)
        system.delete(path, True)

    def publish(self, target: str) -> None:
        """Give the finished folder its name, in place of an earlier finished one."""
        system, path = self._at(target)
        with refusing(target, "cannot be written", NO_ROOM):
            system.delete(path, True)
            moved = system.rename(self._at(target + PARTIAL)[1], path)
        if not moved:
            raise InvalidRecord(
                target,
                "cannot be written",
                f"the finished folder is {target}{PARTIAL}; rename it by hand",
            )

    def names(self, folder: str, glob: str) -> tuple[list[str], list[str]]:
        """(files of a pattern, what else is in a folder but for hidden names), sorted."""
        system, path = self._at(folder)
        found = system.globStatus(self._at(f"{literal(folder)}/{glob}")[1])
        wanted = sorted(str(status.getPath().getName()) for status in found)
        names = sorted(str(status.getPath().getName()) for status in system.listStatus(path))
        others = [name for name in names if not (name in wanted or name.startswith((".", "_")))]
        return wanted, others

    def read_files(self, folder: str, names: list[str]) -> dict[str, bytes]:
        """What stands in the files of a folder: all of those that may be a manifest, by their names
        and sizes, of others their first line.
        """
        paths = {name: f"{folder}/{name}" for name in names}
        rows = {
            name: self.session.read.text(literal(path), wholetext=may_be_manifest(name)).first()
            for name, path in paths.items()
            if self.is_file(path) and self.size(path) <= LONGEST
        }
        return {name: str(row[0]).encode() for name, row in rows.items() if row is not None}

    def list_files(self, folder: str) -> list[str]:
        """The names of the files of lines in a folder, at any depth; of none where it is a file."""
        system, path = self._at(folder)
        if self.is_file(folder):
            return []
        found, names = system.listFiles(path, True), []
        while found.hasNext():
            names.append(str(found.next().getPath().getName()))
        return [name for name in names if LINES.search(name)]

    def size(self, where: str) -> int:
        """Bytes of a file, or of the files in a folder."""
        system, path = self._at(where)
        return int(system.getContentSummary(path).getLength())

    def is_export(self, where: str, glob: str) -> bool:
        """Whether this is a folder with files of resources."""
        system, path = self._at(where)
        folder = system.exists(path) and system.getFileStatus(path).isDirectory()
        return bool(folder and len(system.globStatus(self._at(f"{literal(where)}/{glob}")[1])))

    def refuse_target(self, target: str, source: str) -> None:
        """Refuse to replace the source, or what is no finished output of Spark's."""
        if self._whole(target) == self._whole(source):
            raise named_twice(target)
        if self.exists(target) and not self.exists(f"{target}/{COMPLETE}"):
            raise InvalidRecord(
                target,
                "is there already, and is not a finished output of Spark",
                "name another place, or remove it",
            )

    def _whole(self, where: str) -> str:
        system, path = self._at(where)
        return str(system.makeQualified(path).toString())

    def _at(self, where: str) -> tuple[Any, Any]:
        jvm, context = self.session._jvm, self.session.sparkContext
        assert jvm is not None
        path = jvm.org.apache.hadoop.fs.Path(where)
        return path.getFileSystem(context._jsc.hadoopConfiguration()), path


def read_patients(session: SparkSession, where: str, shape: SparkCsv | None) -> DataFrame:
    """The rows of a file or of the files in a folder, with their file and their number in it (from
    1); of CSV by its shape.
    """
    if shape is None:
        frame = session.read.parquet(literal(where))
        return frame.select(
            "*",
            F.col("_metadata.file_path").alias(FILE),
            (F.col("_metadata.row_index") + 1).alias(ROW),
        )
    return _read_csv(session, shape)


def shape_of(session: SparkSession, where: str) -> SparkCsv | None:
    """How CSV is written there; None where it is Parquet."""
    is_csv = spark_format(where, READ) == "csv"
    return SparkCsv.of(session, literal(where), where) if is_csv else None


def _read_csv(session: SparkSession, shape: SparkCsv) -> DataFrame:
    """Each file is a partition of its own (no file is packed with another), so that rows can be
    counted in it.
    """
    session.conf.set(
        "spark.sql.files.openCostInBytes",
        str(session.conf.get("spark.sql.files.maxPartitionBytes")),
    )
    session.conf.set(
        "spark.sql.csv.parser.columnPruning.enabled", "false"
    )  # else a spoilt row is not noticed
    number = F.monotonically_increasing_id().bitwiseAND((1 << 33) - 1) + 1
    file = F.col("_metadata.file_path").alias(FILE)
    return shape.read(session).select("*", file, number.alias(ROW))


def write_decided(frame: DataFrame, target: str, mode: str) -> None:
    """Write part files under the temporary name."""
    kind = spark_format(target, WRITTEN)
    writer = (inert_texts(frame) if kind == "csv" else frame).write.mode(mode)
    if kind == "parquet":
        writer.parquet(target + PARTIAL)
    elif kind == "csv":
        writer.options(**OPTIONS, emptyValue="", nullValue="").csv(target + PARTIAL)
    else:
        writer.json(target + PARTIAL, ignoreNullFields=False)


def cells_written(session: SparkSession, target: str) -> dict[int, int]:
    """How many rows of each cell stand in what was written, read back from it."""
    kind, written = spark_format(target, WRITTEN), literal(target + PARTIAL)
    if kind == "parquet":
        frame = session.read.parquet(written)
    elif kind == "csv":
        frame = _read_header(session, target + PARTIAL)
    else:
        frame = session.read.schema(f"{CELL} INT").json(written)
    return {int(cell): int(rows) for cell, rows in frame.groupBy(CELL).count().collect()}
