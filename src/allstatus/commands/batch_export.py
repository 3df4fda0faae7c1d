"""`allstatus batch` on a folder: a FHIR Bulk Data export."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from allstatus.commands.batch_options import BatchOptions
from allstatus.commands.progress import progress
from allstatus.errors import InvalidRecord, nearest

if TYPE_CHECKING:
    from allstatus.bulk.fhir_export.export_run import ExportRun, ExportTotals
    from allstatus.bulk.results_run import ResultsRun
    from allstatus.bulk.spark.spark_export import SparkExport
    from allstatus.rules.ruleset import RuleSet

SHOWN = 5  # codings named in the report
FOR_RECORDS = "is for a file of records, and this is a folder of FHIR resources", "leave it out"
FOR_CHARTS = (
    "is for a folder of FHIR resources, and this is a file of records",
    "leave it out, or write the fact into the records",
)


def refuse(options: Mapping[str, Any], problem: str, remedy: str) -> None:
    """Raise InvalidRecord for the first of these options that is given."""
    for name, given in options.items():
        if given is not None and given is not False and given != []:
            raise InvalidRecord(name, problem, remedy)


def batch_export(asked: BatchOptions) -> int:
    """Decide on each patient with the disease in an export."""
    from allstatus.bulk.fhir_export.export_run import ExportRun

    job = asked.export_job
    job.how.classifier  # noqa: B018 - rules that are refused are refused before anything is read
    export, start = ExportRun(job), perf_counter()
    with progress() as advance:
        totals = export.totals(advance)
    report_export(export, totals, perf_counter() - start, asked.plot)
    return 0


def not_understood_lines(totals: ExportTotals) -> Iterator[str]:
    """Of whom no diagnosis is known as the disease and one is not understood, and what else no
    table names: codings only.
    """
    if totals.unclear:
        yield f"patients not listed with a diagnosis that is not understood: {totals.unclear:,}"
    if totals.unread:
        most = ", ".join(f"{code} ({n:,})" for code, n in totals.unread.most_common(SHOWN) if code)
        yield (
            f"{totals.unread.total():,} statements are not understood, most often: "
            f"{most or 'without a code'}; `allstatus codes unknown` lists all"
        )


def report_export(
    export: ExportRun | SparkExport | ResultsRun,
    totals: ExportTotals,
    seconds: float,
    plot: Path | None,
) -> None:
    """What was done, to standard error: lines in = read + passed over + rejected, patients, and the
    totals by outcome; and a picture.
    """
    from allstatus.bulk.totals import in_order

    rules = export.job.how.classifier.ruleset
    counts = f"{totals.read:,} read + {totals.passed:,} passed over + {totals.rejected:,} rejected"
    lines = unread_lines(export.ignored, export.job.source)
    if totals.nameless:
        lines.append(f"note: resources that name no patient: {totals.nameless:,}")
    lines.append(f"{totals.lines:,} lines in = {counts} ({export.job.rejects})")
    lines.append(
        f"{totals.patients:,} patients, {totals.found:,} with a code of {rules.disease}, "
        f"{totals.listed:,} "
        f"listed"
    )
    outcomes = in_order(rules, totals.outcomes)
    speed = f"{export.size / 1e6 / seconds:,.0f} MB/s, {totals.found / seconds:,.0f} patients/s"
    print_totals(lines, outcomes, [*not_understood_lines(totals), speed], rules)
    draw_if_asked(plot, outcomes, totals.listed, "patients", rules)


def unread_lines(names: Sequence[str], source: Path, called: str = "") -> list[str]:
    """What of an input is not read, by name. A key of NDJSON may be anything a sender writes, a
    patient's name too: only those close to one that is read are named.
    """
    from allstatus.bulk.column_mapping import READ
    from allstatus.bulk.sources import FORMATS

    keys = FORMATS.get(source.suffix.lower()) == "ndjson"
    named = [name for name in names if not keys or nearest(name, READ)]
    unnamed = len(names) - len(named)
    lines = [f"note: {called}{name} is not read" for name in named]
    return [*lines, f"note: unread keys: {unnamed:,}"] if unnamed else lines


def print_totals(
    lines: Iterable[str], outcomes: Mapping[str, int], after: Iterable[str], rules: RuleSet
) -> None:
    """The end of every run's report, to standard error: how many of each outcome, what is said
    `after` them, and by which rules.
    """
    counted = (f"{count:>14,}  {name}" for name, count in outcomes.items())
    used = f"rules {rules.id} {rules.version}, digest {rules.digest[:12]}, {rules.source['url']}"
    print("\n".join([*lines, *counted, *after, used, rules.notice]), file=sys.stderr)


def draw_if_asked(
    plot: Path | None, outcomes: Mapping[str, int], total: int, what: str, rules: RuleSet
) -> None:
    """A picture of the totals, where a file for it was named."""
    if plot is not None:
        from allstatus.bulk.totals_picture import draw_totals

        draw_totals(outcomes, total, what, rules, plot)
