"""What `allstatus batch` was asked: its options gathered, and which of them go with records and
which with charts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from allstatus.commands.chart_input import WINDOW, ChartInput, Ranges

if TYPE_CHECKING:
    from allstatus.bulk.batch_run import BatchJob
    from allstatus.bulk.column_source import ColumnSource
    from allstatus.bulk.fhir_export.export_run import ExportJob

RowsArgument = typer.Argument(
    metavar="IN", help="Parquet, CSV, NDJSON or Arrow IPC by name, or the folder of an export."
)
RejectsOption = typer.Option(
    metavar="FILE", help="Rows that are no record: row, column, reason. Else OUT.rejects.csv."
)
ColumnsOption = typer.Option(
    metavar="FILE", help="Which column says what, in YAML, as `columns suggest` begins it."
)
KeepOption = typer.Option(
    metavar="COLUMN", help="Copy this column to the output; may be given again."
)
BackendOption = typer.Option(
    help="duckdb runs the expression of `allstatus sql` over Parquet, spark on a cluster."
)
MasterOption = typer.Option(
    metavar="URL", help="Spark's master, such as spark://host:7077, else local[*]."
)
ExplainOption = typer.Option(
    "--explain", help="Add criteria, assumptions, reasons, next question, conflicts."
)
TotalsPictureOption = typer.Option(metavar="FILE", help="Draw the totals (PNG, SVG or PDF).")
ResumeOption = typer.Option(
    "--resume", help="Keep what is finished, and go on from it when run again."
)


class Backend(StrEnum):
    """What works the columns out."""

    arrow = "arrow"
    duckdb = "duckdb"
    spark = "spark"


@dataclass(frozen=True)
class BatchOptions:
    """The options as given; `source` and `target` are paths, or URIs for Spark."""

    source: str
    target: str
    rejects: Path | None
    columns: Path | None
    keep: tuple[str, ...]
    explain: bool
    plot: Path | None
    resume: bool
    engine: str
    rules: str | None
    reading: ChartInput
    encoding: str = ""

    @property
    def for_records(self) -> dict[str, Any]:
        """The options that only a file of records has a use for."""
        return {
            "--columns": self.columns,
            "--keep": self.keep or None,
            "--encoding": self.encoding or None,
        }

    @property
    def for_charts(self) -> dict[str, Any]:
        """The options that only an export has a use for."""
        return {
            "--assume": self.reading.assume or None,
            "--as-of": self.reading.as_of,
            "--window": self.reading.window != WINDOW,
            "--codes": self.reading.codes,
            "--partial": self.reading.partial,
        }

    @cached_property
    def mapping(self) -> dict[str, ColumnSource]:
        """What the mapping file says; empty without one."""
        from allstatus.bulk.mapping_file import read_mapping

        if self.columns is None:
            return {}
        return read_mapping(self.columns, own_keys(self.rules))

    @property
    def results_mapping(self) -> dict[str, ColumnSource]:
        """The mapping of a table of results, one a row: the file's, or by the columns' own names;
        empty for a table of patients.
        """
        from allstatus.record.regular_file import no_file

        if self.columns is None and no_file(self.source):
            return {}
        from allstatus.bulk.mapping_file import is_of_results, named_as_results
        from allstatus.bulk.sources import SlabSource

        if self.columns is not None:
            return self.mapping if is_of_results(self.mapping) else {}
        return named_as_results(SlabSource(Path(self.source), encoding=self.encoding).names)

    @property
    def job(self) -> BatchJob:
        """The job on a file of records, its side files beside the output if no other place is
        named.
        """
        from allstatus.bulk.batch_run import BatchJob

        others = self.rejects or self.beside(".rejects.csv"), self.beside(".cells.ndjson")
        return BatchJob(
            Path(self.source),
            Path(self.target),
            *others,
            self.mapping,
            self.keep,
            self.explain,
            self.resume,
            self.reading.ranges is not Ranges.laboratory,
            self.encoding,
        )

    @property
    def export_job(self) -> ExportJob:
        """The job on charts, its side files beside the output if no other place is named."""
        from allstatus.bulk.fhir_export.decide_patient import DecideSettings
        from allstatus.bulk.fhir_export.export_run import ExportJob

        reading = self.reading
        how = DecideSettings(self.rules, self.engine, reading.as_of, reading.options, self.explain)
        others = self.rejects or self.beside(".rejects.csv"), self.beside(".evidence.ndjson")
        return ExportJob(Path(self.source), Path(self.target), *others, how, self.resume)

    def beside(self, ending: str) -> Path:
        """A side file beside the output; of an output elsewhere (a URI), in the folder at hand."""
        elsewhere = "://" in self.target
        return Path(
            (self.target.rpartition("/")[2] if elsewhere else self.target.rstrip("/")) + ending
        )


def own_keys(rules: str | None) -> tuple[str, ...]:
    """The keys that the record of these rules has and no other."""
    from allstatus.rules.editions import find_rules
    from allstatus.rules.load import read_rules

    return tuple(name for name, fact in read_rules(find_rules(rules)).facts.items() if fact.own)
