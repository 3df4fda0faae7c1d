"""How good is a suite? Mutants it kills, mutants that are equivalent, and mutants that survive
it.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from allstatus.decision.classifier import Classifier
from allstatus.errors import InvalidRecord
from allstatus.record.model import Record
from allstatus.table.decision_table import Verdicts
from allstatus.testing.answers import (
    FIELDS,
    INVALID,
    SHOWING,
    AnswerLevel,
    answer_of,
    differing,
    differing_in,
)
from allstatus.testing.mutants import Mutant, rule_mutants
from allstatus.testing.port_mutants import PortMutant, port_mutants
from allstatus.testing.representatives import UNKNOWN
from allstatus.testing.rule_files import Files, RuleFiles
from allstatus.testing.vectors import Vector, one_line

PLACE = "{rules}"
VARIABLE = "ALLSTATUS_RULES"
Key = tuple[object, ...]
Option = tuple[
    str, Any, tuple[Verdicts, ...]
]  # fact, value, the verdicts of its criteria in each rule set


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a mutant: the first that killed it, or that it is equivalent, or a record that
    would kill it.

    A port's mistakes cannot all be compared with the rules; one that lives has survived.
    """

    name: str
    group: str
    killer: str | None = None
    witness: dict[str, Any] | None = None
    equivalent: bool = False

    @property
    def word(self) -> str:
        """killed, survived or equivalent."""
        return "killed" if self.killer else "equivalent" if self.equivalent else "survived"


def mutate_vectors(classifier: Classifier, vectors: Sequence[Vector]) -> list[Fate]:
    """Mutants of the rules and of ports against vectors: the first vector that gets another answer
    kills.
    """
    files, fates = RuleFiles(classifier.ruleset.directory), []
    readable = _readable(vectors)
    for mutant in rule_mutants(files):
        changed = files.build(mutant.changed)
        killer = next(
            (vectors[place].id for place in _rule_kills(changed, vectors, readable)), None
        )
        witness = None if killer else tell_apart(classifier, changed)
        fates.append(
            Fate(
                mutant.name,
                mutant.group,
                killer,
                witness,
                equivalent=not killer and witness is None,
            )
        )
    for port in port_mutants(classifier):
        killer = next((vectors[place].id for place in _port_kills(port, classifier, vectors)), None)
        fates.append(Fate(port.name, f"port: {port.group}", killer))
    return fates


def kills(classifier: Classifier, vectors: Sequence[Vector]) -> dict[str, list[int]]:
    """For each mutant that any vector kills, the places of those that do."""
    files = RuleFiles(classifier.ruleset.directory)
    readable = _readable(vectors)
    found = {
        f"{m.group}: {m.name}": list(_rule_kills(files.build(m.changed), vectors, readable))
        for m in rule_mutants(files)
    }
    found |= {
        f"port: {port.name}": list(_port_kills(port, classifier, vectors))
        for port in port_mutants(classifier)
    }
    return {name: places for name, places in found.items() if places}


def _readable(vectors: Sequence[Vector]) -> dict[int, Record]:
    """The vectors that are records, read once: no slip in the rules changes what is refused."""
    return {
        place: Record.read(vector.record)
        for place, vector in enumerate(vectors)
        if vector.expected["outcome"] != INVALID
    }


def _rule_kills(
    mutant: Classifier, vectors: Sequence[Vector], readable: Mapping[int, Record]
) -> Iterator[int]:
    """The places of the vectors to which the mutant gives another answer."""
    for place, record in readable.items():
        if differing_in(
            FIELDS + SHOWING, vectors[place].expected, answer_of(mutant, record, why=False)
        ):
            yield place


def _port_kills(
    port: PortMutant, classifier: Classifier, vectors: Sequence[Vector]
) -> Iterator[int]:
    for place, vector in enumerate(vectors):
        if differing(
            vector.expected,
            port.ask(classifier, vector.record, vector.expected),
            AnswerLevel.explanation,
        ):
            yield place


def mutate_suite(classifier: Classifier, command: str) -> list[Fate]:
    """Mutants of the rules against a suite: the command with the mutant's folder for `{rules}` and
    in ALLSTATUS_RULES.

    Exit status 0 lets a mutant live. Raises InvalidRecord when the suite does not pass on the rules
    as they are.
    """
    files = RuleFiles(classifier.ruleset.directory)
    if not suite_passes(files, Mutant("", "", {}), command):
        raise InvalidRecord(
            "suite", "does not pass on the rules as they are", "correct the suite first"
        )
    fates = []
    for mutant in rule_mutants(files):
        witness = tell_apart(classifier, files.build(mutant.changed))
        killed = witness is not None and not suite_passes(files, mutant, command)
        fates.append(
            Fate(
                mutant.name,
                mutant.group,
                "the suite" if killed else None,
                witness,
                equivalent=witness is None,
            )
        )
    return fates


def suite_passes(files: Files, mutant: Mutant, command: str) -> bool:
    """Whether a suite passes on the files with a mutant's changes; raises InvalidRecord when it
    cannot be started.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / files.directory.name
        files.write(mutant.changed, folder)
        return _judged_by(command, folder)


def _judged_by(command: str, folder: Path) -> bool:
    """Whether a suite passes on the rules in a folder; raises InvalidRecord when it cannot be
    started.
    """
    words = shlex.split(command.replace(PLACE, shlex.quote(str(folder))))
    environment = {**os.environ, VARIABLE: str(folder)}
    try:
        return (
            subprocess.run(words, env=environment, capture_output=True, check=False).returncode == 0
        )
    except OSError:
        raise InvalidRecord(
            "suite", "cannot be started", 'give a command such as --suite "pytest tests"'
        ) from None


def tell_apart(one: Classifier, other: Classifier) -> dict[str, Any] | None:
    """The first record that the two rule sets answer differently; None when no record does.

    Looks at every side of every limit of either, unknown and not reported, in every combination.
    """
    axes = [list(_options(one, other, name)) for name in one.ruleset.facts]
    for choice in product(*axes):
        record = {name: value for name, value, _ in choice if value is not None}
        unreported = frozenset(name for name, value, _ in choice if value is None)
        if record and _answer(one, choice, 0, unreported) != _answer(other, choice, 1, unreported):
            return record
    return None


def _options(one: Classifier, other: Classifier, name: str) -> Iterator[Option]:
    """Values of a fact that either rule set may tell apart, with the verdicts of each; None for not
    reported.
    """
    mine, theirs = one.table.domains[name], other.table.domains[name]
    seen: dict[tuple[Verdicts, ...], Any] = {}
    for point in mine.points(theirs.limits):
        seen.setdefault((mine.pattern(point.value), theirs.pattern(point.value)), point.stated)
    yield from ((name, value, patterns) for patterns, value in seen.items())
    unknown = (mine.pattern(None), theirs.pattern(None))
    yield name, UNKNOWN, unknown
    if mine.fact.assume is not None or theirs.fact.assume is not None:
        yield name, None, unknown


def _answer(
    classifier: Classifier, choice: tuple[Option, ...], side: int, unreported: frozenset[str]
) -> Key:
    rules = classifier.ruleset
    by_fact = {
        name: dict(zip(rules.criteria_of(name), patterns[side], strict=True))
        for name, _, patterns in choice
    }
    verdicts = tuple(
        by_fact[criterion.condition.fact][name] for name, criterion in rules.criteria.items()
    )
    assumable = frozenset(name for name in unreported if rules.facts[name].assume is not None)
    cell = classifier.resolver.resolve(verdicts, assumable).cell
    options = [option["id"] for option in rules.options[cell.status]] if cell.status else []
    return cell.possible, cell.regions, tuple(options)


def render(fates: Sequence[Fate]) -> str:
    """The score to read, by group, then each survivor with what would kill it."""
    groups = dict.fromkeys(fate.group for fate in fates)
    lines = [f"{'group':<18} {'mutants':>7} {'killed':>7} {'equivalent':>10}"]
    for group in groups:
        words = [fate.word for fate in fates if fate.group == group]
        alive = "  ✗" if "survived" in words else ""
        lines.append(
            f"{group:<18} {len(words):>7} {words.count('killed'):>7} "
            f"{words.count('equivalent'):>10}{alive}"
        )
    survivors = [fate for fate in fates if fate.word == "survived"]
    for fate in survivors:
        lines.append(f"✗ survived: {fate.group}: {fate.name}")
        lines += [f"  this record would kill it: {one_line(fate.witness)}"] if fate.witness else []
    killed = sum(fate.word == "killed" for fate in fates)
    lines.append(
        f"{killed} of {killed + len(survivors)} killed; {len(fates) - killed - len(survivors)} are "
        f"equivalent to the rules"
    )
    return "\n".join(lines) + "\n"


def to_document(fates: Sequence[Fate]) -> dict[str, Any]:
    """The fates as JSON."""
    mutants = [
        {
            "group": f.group,
            "name": f.name,
            "fate": f.word,
            "killer": f.killer,
            "witness": None if f.killer else f.witness,
        }
        for f in fates
    ]
    words = [fate.word for fate in fates]
    return {
        **{word: words.count(word) for word in ("killed", "survived", "equivalent")},
        "mutants": mutants,
    }
