"""A table of results in, one a row, and a row for each patient out: the long form, by mapping.

Each patient's rows become a chart, and what is promised of charts holds for them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from operator import itemgetter

import pyarrow as pa
import pyarrow.compute as pc

from allstatus.bulk.batch_run import REJECTS
from allstatus.bulk.column_mapping import refuse_absent, refuse_read_twice
from allstatus.bulk.column_source import ColumnSource
from allstatus.bulk.columns import column_of, texts_of
from allstatus.bulk.distinct import coded_by, words_of
from allstatus.bulk.fhir_export.decide_patient import Decided, tell
from allstatus.bulk.fhir_export.export_run import ExportJob, ExportTotals
from allstatus.bulk.fhir_export.output import decided_batch, decided_schema
from allstatus.bulk.remark_columns import COMMENT, heard_columns, not_final
from allstatus.bulk.run_frame import Outputs, no_row
from allstatus.bulk.sources import Slab, SlabSource
from allstatus.bulk.writers import refuse_same_file
from allstatus.ehr.coding.code_systems import UNSEEN
from allstatus.ehr.lab_table import charts_of
from allstatus.ehr.table_patients import NOBODYS, SUMMARIES, summaries

ROW, OWNER = "row", "owner"
CELL_ENDS = re.compile(r"[,;|\t\r\n\"{}\[\]:]+")
UNKNOWN = "unknown"  # a status in FHIR
AT_ONCE = 1 << 16  # rows that are plain values at a time
WRITTEN = 1 << 10  # patients written at a time
NOBODY = "names no patient; write whose result it is"
Rejects = list[tuple[int, str, str]]
Rows = list[tuple[str, dict[str, str]]]


@dataclass(slots=True)
class _Gathered:
    """The rows by their mapping's keys, and those rejected."""

    tables: list[pa.Table] = field(default_factory=list)
    rejects: Rejects = field(default_factory=list)
    rows: int = 0


class ResultsRun:
    """A job on a table of results; `ignored` are the columns that nothing reads."""

    def __init__(
        self, job: ExportJob, assigned: dict[str, ColumnSource], encoding: str = ""
    ) -> None:
        self.job, self._assigned = job, assigned
        self._wanted = {name for source in assigned.values() for name in source.columns}
        self.source = SlabSource(job.source, frozenset(self._wanted), encoding)
        self.source.left = []
        refuse_same_file([job.source], [job.target, job.rejects, job.evidence])
        refuse_absent(self.source.names, assigned)
        heard = heard_columns(self.source.names, self._wanted, of_results=True)
        self._heard = {kind: named for kind, named in heard.items() if kind not in assigned}
        self._wanted |= {name for named in self._heard.values() for name in named}
        refuse_read_twice(self.source.names, self._wanted)
        self.ignored = [name for name in self.source.names if name not in self._wanted]
        self.size = job.source.stat().st_size

    def totals(self) -> ExportTotals:
        """Do the job; returns the totals, checked. Raises InvalidRecord when a file cannot be read
        or written.
        """
        gathered = self._gather()
        if not gathered.rows:
            raise no_row(self.job.source)
        rejected = len(gathered.rejects)
        totals = ExportTotals(gathered.rows, gathered.rows - rejected, 0, rejected)
        with Outputs() as outputs:
            outputs.claim(self.job.target, self.job.rejects, self.job.evidence)
            rejects = outputs.open(self.job.rejects, REJECTS)
            rejects.write_columns([*zip(*sorted(gathered.rejects), strict=True)] or [[]] * 3)
            evidence = outputs.open(self.job.evidence, pa.schema([]))
            target = outputs.open(self.job.target, decided_schema(self.job.how))
            refused = _named_in(self.source.left or (), gathered.tables)
            people = _people(gathered.tables)
            decided = (self._decide(patient, rows, refused[patient]) for patient, rows in people)
            while some := list(islice(decided, WRITTEN)):
                rows = [one.row for one in some if one.row is not None]
                if rows:
                    target.write(decided_batch(rows, target.schema))
                    evidence.write_lines(one.evidence.decode() for one in some if one.evidence)
                _count(totals, some)
            totals.check(self.job.source, 0)
            outputs.publish(last=target)
        return totals

    def _gather(self) -> _Gathered:
        gathered = _Gathered()
        columns = [name for name in self.source.names if name in self._wanted]
        for slab in self.source.slabs(columns, self._wanted):
            gathered.rows += slab.count
            gathered.rejects += [(row, *why) for row, why in slab.unreadable.items()]
            table = self._texts(slab)
            gathered.tables.append(table.append_column(OWNER, _owners(table["patient"])))
        why = f"{SUMMARIES['why']}; {SUMMARIES['remedy']}"
        self._reject(gathered, lambda owners: _are(summaries(), owners), why)
        self._place_nobodys(gathered)
        return gathered

    def _reject(
        self, gathered: _Gathered, which: Callable[[pa.ChunkedArray], pa.ChunkedArray], why: str
    ) -> None:
        """Reject the rows with such owners."""
        column = self._assigned["patient"].column
        for place, table in enumerate(gathered.tables):
            those = which(table[OWNER])
            gathered.rejects += [(row, column, why) for row in table.filter(those)[ROW].to_pylist()]
            gathered.tables[place] = table.filter(pc.invert(those))

    def _place_nobodys(self, gathered: _Gathered) -> None:
        """Rows that name nobody go with those of the only patient there is; of several they are
        rejected.
        """
        people = _owned(gathered.tables) - {None}
        if len(people) == 1:
            gathered.tables = [_owned_by(table, *people) for table in gathered.tables]
        else:
            self._reject(gathered, pc.is_null, NOBODY)

    def _texts(self, slab: Slab) -> pa.Table:
        """A slab's columns by the mapping's keys, as texts, with the numbers of its rows."""
        said = {
            key: texts_of(column_of(slab.batch, source), source)
            for key, source in self._assigned.items()
        }
        said |= {key: _heard(key, slab.batch, named) for key, named in self._heard.items() if named}
        return pa.table({**said, ROW: pa.array(slab.row_numbers())})

    def _decide(self, patient: str, rows: Rows, refused: int) -> Decided:
        how, decided = self.job.how, Decided()
        (chart,) = charts_of(rows)
        how.mark_part(chart, refused)
        tell(how, patient, how.decide(chart), decided)
        return decided


def _heard(key: str, batch: pa.RecordBatch, named: list[str]) -> pa.Array:
    """What columns that are not mapped say of each row: remarks as its comment, and a status that
    is not final as one that is not known.
    """
    texts = [words_of(batch.column(name)) for name in named]
    if key == COMMENT:
        rows = zip(*(column.to_pylist() for column in texts), strict=True)
        return pa.array(["\n".join(filter(None, row)) for row in rows], pa.string())
    said = [coded_by(column, lambda text: bool(text and not_final(text))) for column in texts]
    return pa.array([UNKNOWN if any(rows) else "" for rows in zip(*said, strict=True)])


def _named_in(lines: Sequence[str], tables: list[pa.Table]) -> Counter[str]:
    """In how many of the lines that are no rows each patient is named, by a whole cell; one that
    was too long to be kept may name each.
    """
    known = _owned(tables) if lines else set()
    cells = (
        {cell.strip(UNSEEN) for cell in CELL_ENDS.split(line)} if line else known for line in lines
    )
    return Counter(name for some in cells for name in some & known)


def _owned(tables: Sequence[pa.Table]) -> set[str]:
    """Whose any row is."""
    return {name for table in tables for name in pc.unique(table[OWNER]).to_pylist()}


def _owners(patients: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whose each row is; null where it names nobody."""
    names = pc.utf8_trim(patients.cast(pa.string()), UNSEEN)
    nobodys = pc.or_kleene(pc.is_null(names), _are(f"(?:{NOBODYS.pattern})?", names))
    return pc.if_else(nobodys, None, names)


def _are(pattern: str, names: pa.ChunkedArray) -> pa.ChunkedArray:
    """Which of these names are so as a whole; none where nobody is named."""
    found = pc.match_substring_regex(names, f"^(?:{pattern})$", ignore_case=True)
    return pc.fill_null(found, False)


def _owned_by(table: pa.Table, name: str) -> pa.Table:
    """A table all of whose rows are one patient's."""
    owners = pc.fill_null(table[OWNER], name)
    return table.set_column(table.column_names.index(OWNER), OWNER, owners)


def _people(tables: list[pa.Table]) -> Iterator[tuple[str, Rows]]:
    """Each patient's rows, in their order, with where each stands."""
    table = pa.concat_tables(tables).unify_dictionaries()
    order = pc.sort_indices(table.select([OWNER, ROW]), [(OWNER, "ascending"), (ROW, "ascending")])
    for patient, rows in groupby(_sorted_rows(table, order), itemgetter(OWNER)):
        yield patient, [(f"row {row[ROW]}", row) for row in rows]


def _sorted_rows(table: pa.Table, order: pa.Array) -> Iterator[dict[str, str]]:
    for start in range(0, len(order), AT_ONCE):
        for row in table.take(order.slice(start, AT_ONCE)).to_pylist():
            yield {key: "" if value is None else value for key, value in row.items()}


def _count(totals: ExportTotals, some: list[Decided]) -> None:
    """Count patients, by what was decided."""
    totals.patients += len(some)
    for one in some:
        totals.unread.update(one.unread)
        totals.unclear += one.unclear
    rows = [one.row for one in some if one.row is not None]
    totals.found += len(rows)
    totals.count(rows)
