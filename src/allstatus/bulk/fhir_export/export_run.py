"""An export in, decisions and evidence out: gathered by patient, decided in order, every line
accounted for.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from allstatus.bulk.fhir_export.decide_partition import is_done, load_done, work_off
from allstatus.bulk.fhir_export.decide_patient import DecideSettings, Row
from allstatus.bulk.fhir_export.gather import Gathered, Gatherer, Progress
from allstatus.bulk.fhir_export.ndjson_pieces import cut, find_files
from allstatus.bulk.fhir_export.output import Output
from allstatus.bulk.fhir_export.partitions import Partitions
from allstatus.bulk.fhir_export.process_pool import Pool
from allstatus.bulk.fhir_export.references import Wanted, fetch, save_wanted, types_of
from allstatus.bulk.kept_work import keep, recall, sums_of
from allstatus.bulk.run_frame import about_run, refuse_sum, workplace
from allstatus.bulk.writers import refuse_same_file, writing
from allstatus.ehr.fhir.export_manifest import Beside
from allstatus.errors import InvalidRecord

MANY = 250_000  # references looked for at a time


@dataclass(frozen=True, slots=True)
class ExportJob:
    """What to do: which folder, to where, and how."""

    source: Path
    target: Path
    rejects: Path
    evidence: Path
    how: DecideSettings
    resume: bool = False

    @property
    def partial(self) -> bool:
        """Whether an export that is known to be a part is read as one."""
        return self.how.options.partial


@dataclass(slots=True)
class ExportTotals:
    """Lines in = read + passed + rejected; `found` patients have a code of the disease,
    `outcomes` count those listed. `unread` counts their statements by the coding that no table
    names; of the `unclear`, found or not, no diagnosis is known as the disease and one is not
    understood.
    """

    lines: int = 0
    read: int = 0
    passed: int = 0
    rejected: int = 0
    patients: int = 0
    found: int = 0
    nameless: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)
    unclear: int = 0

    @property
    def listed(self) -> int:
        """How many patients are in the output."""
        return self.outcomes.total()

    def count(self, rows: Iterable[Row]) -> None:
        """Count the outcomes of rows."""
        self.outcomes.update(str(row["status"] or row["outcome"]) for row in rows)

    def check(self, source: object, lost: int) -> None:
        """Raise InvalidRecord unless every line has one place, none of them `lost` between."""
        parts = {"read": self.read, "passed over": self.passed, "rejected": self.rejected}
        refuse_sum(source, "lines", self.lines, {**parts, "lost": lost})


class ExportRun:
    """A job with its files found. `ignored` are the names of what else is in the folder.

    Raises InvalidRecord when what stands beside them says that they are a part, or out of date.
    """

    def __init__(self, job: ExportJob) -> None:
        self.job = job
        self.files, names = find_files(job.source)
        self.beside = Beside.of(str(job.source), names)
        self.ignored = self.beside.ignored
        self.beside.refuse_part(
            dict.fromkeys(path.name for path in self.files), partial=job.partial
        )
        refuse_same_file([job.source, *self.files], [job.target, job.rejects, job.evidence])
        self.pieces = cut(self.files)
        self.folder = job.target.with_name(job.target.name + ".parts")
        self.size = sum(piece.size for piece in self.pieces)

    def totals(self, progress: Progress = lambda *_: None) -> ExportTotals:
        """Do the job; returns the totals, checked. Raises InvalidRecord when a file cannot be read
        or written.
        """
        before = self._about()
        output = Output(self.job.target, self.job.rejects, self.job.evidence, self.job.how)
        with (
            writing(self.folder),
            output,
            workplace(self.folder, before, resume=self.job.resume),
            Pool(self.size) as pool,
        ):
            shelves, gathered = self._gather(pool, progress)
            self.beside.refuse_part(self._lines_by_file(gathered), partial=self.job.partial)
            self._decide(pool, shelves, gathered, progress)
            totals = self._write(output, shelves, gathered)
            if self._about() != before:
                raise self._to_be_run_again("changed while it was read")
            output.publish()
        return totals

    def _lines_by_file(self, gathered: Gathered) -> Counter[str]:
        lines = Counter[str]()
        for piece, number in zip(self.pieces, gathered.lengths, strict=True):
            lines[piece.path.name] += number
        return lines

    def _about(self) -> str:
        """By what it is told whether kept work is of the same export, rules and options."""
        how = self.job.how
        said = how.classifier.ruleset.digest, repr(replace(how, rules=None))
        return about_run(find_files(self.job.source)[0], *said)

    def _gather(self, pool: Pool, progress: Progress) -> tuple[Partitions, Gathered]:
        lines, mark = self.folder / "lines", self.folder / "gathered.json"
        if (data := recall(mark)) is not None and (told := _still_there(lines, data)):
            gathered = Gathered(**told)
            return Partitions(lines, gathered.people), gathered
        options = self.job.how.reading
        shelves, gathered = Gatherer(pool, self.pieces, lines, progress, options).gather()
        if self.job.resume:
            told = {"gathered": asdict(gathered), "files": sums_of(lines)}
            keep(mark, json.dumps(told).encode())
        return shelves, gathered

    def _decide(
        self, pool: Pool, shelves: Partitions, gathered: Gathered, progress: Progress
    ) -> None:
        """Work off every shelf; those that refer elsewhere after what they want was fetched."""
        with_what = self.job.how, shelves, gathered.others
        left = [shelf for shelf in range(shelves.count) if not is_done(shelves, shelf)]
        decided = partial(progress, "deciding", 1, len(left))
        for wanted in _waiting(pool.run(work_off, left, *with_what, False), decided):
            self._fetch(pool, shelves, gathered, wanted)
            waiting = sorted(set().union(*wanted.values()))
            for _ in pool.run(work_off, waiting, *with_what, True):
                decided()

    def _fetch(self, pool: Pool, shelves: Partitions, gathered: Gathered, wanted: Wanted) -> None:
        edition = save_wanted(shelves, wanted)
        types = types_of(wanted)
        held = zip(self.pieces, gathered.types, strict=True)
        pieces = [piece for piece, own in held if types is None or types.intersection(own)]
        for _ in pool.run(fetch, pieces, shelves, edition):
            pass

    def _write(self, output: Output, shelves: Partitions, gathered: Gathered) -> ExportTotals:
        fates = gathered.lines
        totals = ExportTotals(
            fates["all"],
            passed=fates["passed"],
            rejected=fates["rejected"],
            patients=gathered.patients,
            nameless=gathered.nameless,
            unclear=gathered.unclear,
        )
        lines = 0
        for shelf in range(shelves.count):
            done = load_done(shelves, shelf)
            output.write(done)
            totals.found += done.patients
            totals.unread.update(done.unread)
            totals.unclear += done.unclear
            totals.count(done.rows)
            lines += done.lines
        totals.rejected += output.late
        totals.read = lines - fates["copies"] - output.late
        rejected = output.write_rejects(shelves, self.pieces, gathered.lengths)
        totals.check(self.job.source, fates["shelved"] + fates["copies"] - lines)
        if not (rejected == totals.rejected and output.rows == totals.listed):
            raise self._to_be_run_again("was not written as it was counted")
        return totals

    def _to_be_run_again(self, problem: str) -> InvalidRecord:
        return InvalidRecord(str(self.job.source), problem, "run again; nothing was written")


def _waiting(
    worked_off: Iterable[tuple[int, set[bytes]]], decided: Callable[[], None]
) -> Iterator[Wanted]:
    """What shelves want that are not decided on yet, for so many at a time."""
    waiting = Wanted()
    for shelf, wanted in worked_off:
        if not wanted:
            decided()
        for key in wanted:
            waiting.setdefault(key, set()).add(shelf)
        if len(waiting) > MANY:
            yield waiting
            waiting = Wanted()
    if waiting:
        yield waiting


def _still_there(lines: Path, data: bytes) -> dict[str, Any] | None:
    """What was gathered, if every file of it is as it was; what came later and may be cut short is
    removed.
    """
    told = json.loads(data)
    files = {name: tuple(said) for name, said in told["files"].items()}
    found = sums_of(lines) if lines.is_dir() else {}
    if any(found.get(name) != said for name, said in files.items()):
        return None
    for name in found.keys() - files.keys():
        if not name.startswith("done-"):
            (lines / name).unlink()
    gathered: dict[str, Any] = told["gathered"]
    return gathered
