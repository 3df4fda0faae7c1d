"""Does an implementation conform? Vectors judged one by one, and a report by family and level."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from allstatus.testing.answers import Answer, AnswerLevel, differing
from allstatus.testing.command_adapter import CommandRun, run_adapter
from allstatus.testing.started_command import ANSWERS_SECONDS
from allstatus.testing.vectors import Vector, one_line, within


@dataclass(frozen=True, slots=True)
class VectorFailure:
    """A vector that got another answer: the fields that differ, or what was wrong with the line."""

    vector: Vector
    fields: tuple[str, ...]
    given: Answer | str

    @property
    def lines(self) -> list[str]:
        """The failure to read: the record, then each field as expected and as given."""
        lines = [self.vector.id, f"  record {one_line(self.vector.record)}"]
        if isinstance(self.given, str):
            return [*lines, f"  {self.given}"]
        for name in self.fields:
            given = one_line(self.given[name]) if name in self.given else "nothing"
            lines.append(f"  {name}: expected {one_line(self.vector.expected[name])}, got {given}")
        return lines


@dataclass(frozen=True, slots=True)
class Report:
    """How an implementation did at a level."""

    level: AnswerLevel
    vectors: tuple[Vector, ...]
    failures: tuple[VectorFailure, ...]
    problems: tuple[str, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether the command ran well or answered anything at all."""
        silent = len(self.failures) == len(self.vectors) and all(
            isinstance(failure.given, str) for failure in self.failures
        )
        return not (self.problems and silent)

    @property
    def conforms(self) -> bool:
        """Every vector of the level got its answer, and nothing else went wrong."""
        return not self.failures and not self.problems

    def counts(self) -> Iterator[tuple[str, AnswerLevel, int, int]]:
        """(family, level, vectors, failures), in the order of the vectors."""
        asked = Counter((vector.family, vector.level) for vector in self.vectors)
        failed = Counter((failure.vector.family, failure.vector.level) for failure in self.failures)
        yield from (
            (family, level, count, failed[family, level])
            for (family, level), count in asked.items()
        )

    def wrongly_sure(self) -> int:
        """How often a status was given where the facts do not settle one."""
        return sum(
            isinstance(failure.given, dict)
            and failure.given["outcome"] == "determined"
            and failure.vector.expected["outcome"] == "insufficient_data"
            for failure in self.failures
        )


def check_command(
    command: str, vectors: Sequence[Vector], level: AnswerLevel, seconds: float = ANSWERS_SECONDS
) -> Report:
    """Run a command over the vectors of a level."""
    asked = within(vectors, level)
    return judge(asked, run_adapter(command, [vector.record for vector in asked], seconds), level)


def judge(vectors: Sequence[Vector], run: CommandRun, level: AnswerLevel) -> Report:
    """Compare what came back with what was expected."""
    failures = []
    for vector, given in zip(vectors, run.answers, strict=True):
        if failure := judge_one(vector, given, level):
            failures.append(failure)
    return Report(level, tuple(vectors), tuple(failures), run.problems)


def judge_one(vector: Vector, given: Answer | str, level: AnswerLevel) -> VectorFailure | None:
    """The failure of one vector, if it is one."""
    fields = () if isinstance(given, str) else tuple(differing(vector.expected, given, level))
    return VectorFailure(vector, fields, given) if fields or isinstance(given, str) else None


def to_document(report: Report) -> dict[str, Any]:
    """The report as JSON, every failure included."""
    return {
        "level": report.level,
        "conforms": report.conforms,
        "problems": list(report.problems),
        "wrongly_sure": report.wrongly_sure(),
        "families": [
            {"family": family, "level": level, "vectors": asked, "failures": failed}
            for family, level, asked, failed in report.counts()
        ],
        "failures": [
            {
                "id": f.vector.id,
                "record": f.vector.record,
                "differs": list(f.fields),
                "expected": f.vector.expected,
                "given": f.given,
            }
            for f in report.failures
        ],
    }


def render(report: Report) -> str:
    """The report to read: a line for each family, then the first failures."""
    if not report.answered:
        said = [f"✗ {problem}" for problem in report.problems]
        return "\n".join([*said, f"nothing was answered, of {len(report.vectors)} vectors"]) + "\n"
    lines = [f"{'family':<14} {'level':<14} {'vectors':>7} {'passed':>7}"]
    for family, level, asked, failed in report.counts():
        lines.append(
            f"{family:<14} {level:<14} {asked:>7} {asked - failed:>7}{'  ✗' if failed else ''}"
        )
    lines += [f"✗ {problem}" for problem in report.problems]
    if report.failures:
        first = {failure.vector.family: failure for failure in reversed(report.failures)}
        shown = [failure for failure in report.failures if first[failure.vector.family] is failure]
        lines += ["", f"{len(report.failures)} failures; the first of each family:"]
        lines += [line for failure in shown for line in failure.lines]
    if sure := report.wrongly_sure():
        lines += ["", f"{sure} times a status was given although the facts do not settle one."]
    lines += [
        "",
        f"{'conforms' if report.conforms else 'does not conform'} at level {report.level} "
        f"({len(report.vectors)} vectors)",
    ]
    return "\n".join(lines) + "\n"
