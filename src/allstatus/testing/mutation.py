"""How good is a suite? Mutants it kills, mutants that are equivalent, and mutants that survive
it.
"""

from __future__ import annotations

import shlex
import subprocess
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Thread
from time import perf_counter
from typing import Any, Generic, TypeVar

from allstatus.decision.classifier import Classifier
from allstatus.errors import InvalidRecord, RulesError
from allstatus.testing.answers import Answer, differing_in
from allstatus.testing.mutants import Mutant
from allstatus.testing.port_mutants import PortMutant
from allstatus.testing.representatives import Record
from allstatus.testing.rule_files import Changed, Files
from allstatus.testing.started_command import SUITE_SECONDS, StartedCommand, last_of
from allstatus.testing.vectors import Follow, Vector, one_line

PLACE = "{rules}"
VARIABLE = "ALLSTATUS_RULES"
LAST_SECONDS = 5.0  # for what a suite that ended has said
LAST_WORDS = 6  # lines of a suite that does not pass on the rules as they are
LOADER = "the loader, which refuses it"
TOO_LONG = -1  # in place of an exit status
Built = TypeVar("Built")
Made = TypeVar("Made")


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


class Mutation(ABC, Generic[Built]):
    """Decision tables whose mutants vectors or a suite should notice: those of a rule set, or of
    the stated uses laid over it. `Built` is what their files make; building raises RulesError for a
    mutant that the loader refuses.
    """

    files: Files
    as_they_are: str  # "the rules as they are", for messages
    fields: tuple[str, ...]  # what is asked of an answer

    def __init__(self, classifier: Classifier, vectors: Sequence[Vector] = ()) -> None:
        self.classifier, self.vectors = classifier, vectors
        self.asked = {
            place: vector
            for place, vector in enumerate(vectors)
            if vector.expected.keys() >= set(self.fields)
        }

    @abstractmethod
    def mutants(self) -> Iterator[Mutant]:
        """Every slip in the files, in an order that depends on the files alone."""

    @abstractmethod
    def ports(self) -> Iterator[PortMutant]:
        """Every mistake of an implementation."""

    @abstractmethod
    def build(self, changed: Changed) -> Built:
        """What the files make with a mutant's changes."""

    @abstractmethod
    def killers(self, mutant: Built) -> Iterator[int]:
        """The places of the vectors to which a mutant gives another answer."""

    @abstractmethod
    def answer(self, asked: Vector, read: Record) -> Answer:
        """The right answer to a vector whose record is read as another."""

    @abstractmethod
    def tell_apart(self, mutant: Built) -> Record | None:
        """A record to which a mutant gives another answer; None when there is none."""

    def port_killers(self, port: PortMutant) -> Iterator[int]:
        """The places of the vectors to which a port gives another answer."""
        for place, vector in self.asked.items():
            answer = port.ask(partial(self.answer, vector), vector.record, vector.expected)
            if differing_in(self.fields, vector.expected, answer):
                yield place

    def first(self, places: Iterator[int]) -> str | None:
        """The id of the first of some vectors."""
        return next((self.vectors[place].id for place in places), None)


def mutate_vectors(mutation: Mutation[Any]) -> list[Fate]:
    """Mutants of files and of ports against vectors: the first vector that gets another answer
    kills.
    """
    return list(fates_by_vectors(mutation, [*mutation.mutants(), *mutation.ports()]))


def fates_by_vectors(
    mutation: Mutation[Any], mutants: Iterable[Mutant | PortMutant]
) -> Iterator[Fate]:
    """What the vectors make of each mutant, one at a time."""
    for mutant in mutants:
        if isinstance(mutant, Mutant):
            yield _fate(mutation, mutant)
        else:
            killer = mutation.first(mutation.port_killers(mutant))
            yield Fate(mutant.name, f"port: {mutant.group}", killer)


def _fate(mutation: Mutation[Any], mutant: Mutant) -> Fate:
    try:
        built = mutation.build(mutant.changed)
        killer = mutation.first(mutation.killers(built))
        witness = None if killer else mutation.tell_apart(built)
    except RulesError:
        return Fate(mutant.name, mutant.group, LOADER)
    lives = not killer and witness is None
    return Fate(mutant.name, mutant.group, killer, witness, equivalent=lives)


def kills(mutation: Mutation[Any], follow: Follow = iter) -> dict[str, list[int]]:
    """For each mutant that any vector kills, the places of those that do; none for what the loader
    refuses. `follow` passes the mutants on, to tell how far it has come.
    """
    found: dict[str, list[int]] = {}
    for mutant in follow(list(mutation.mutants())):
        try:
            built = mutation.build(mutant.changed)
            found[f"{mutant.group}: {mutant.name}"] = list(mutation.killers(built))
        except RulesError:
            continue
    for port in follow(list(mutation.ports())):
        found[f"port: {port.name}"] = list(mutation.port_killers(port))
    return {name: places for name, places in found.items() if places}


def mutate_suite(
    mutation: Mutation[Any], command: str, seconds: float = SUITE_SECONDS
) -> list[Fate]:
    """Mutants of the files against a suite: the command with the mutant's folder for `{rules}` and
    in ALLSTATUS_RULES.

    Exit status 0 within the `seconds` lets a mutant live. Raises InvalidRecord when the suite does
    not pass on the files as they are.
    """
    seconds_of(mutation, command, seconds)
    return list(fates_by_suite(mutation, command, mutation.mutants(), seconds))


def seconds_of(mutation: Mutation[Any], command: str, most: float = SUITE_SECONDS) -> float:
    """How long a suite takes on the files as they are; raises InvalidRecord, with the suite's last
    words, when it does not pass there.
    """
    start = perf_counter()
    status, text = _judged(mutation.files, Mutant("", "", {}), command, most)
    if status:
        said = [line for line in text.splitlines() if line.strip()][-LAST_WORDS:]
        why = f"not within {most:g} s" if status == TOO_LONG else f"exit status {status}"
        problem = f"does not pass on {mutation.as_they_are} ({why})"
        words = "; it said:" + "".join(f"\n    {line}" for line in said) if said else ""
        raise InvalidRecord("suite", problem, f"correct the suite first{words}")
    return perf_counter() - start


def fates_by_suite(
    mutation: Mutation[Any],
    command: str,
    mutants: Iterable[Mutant],
    seconds: float = SUITE_SECONDS,
) -> Iterator[Fate]:
    """What a suite makes of each mutant, one at a time; it kills what it does not end on in
    time.
    """
    for mutant in mutants:
        try:
            witness = mutation.tell_apart(mutation.build(mutant.changed))
            lives = witness is None or suite_passes(mutation.files, mutant, command, seconds)
        except RulesError:
            yield Fate(mutant.name, mutant.group, LOADER)
            continue
        killer = None if lives else "the suite"
        yield Fate(mutant.name, mutant.group, killer, witness, equivalent=witness is None)


def spread(mutants: Sequence[Made], sample: int | None) -> Sequence[Made]:
    """As many mutants, evenly over all of them; all where no number is given."""
    count = len(mutants) if sample is None else min(sample, len(mutants))
    return [mutants[place * len(mutants) // count] for place in range(count)]


def suite_passes(files: Files, mutant: Mutant, command: str, seconds: float) -> bool:
    """Whether a suite passes on the files with a mutant's changes; raises InvalidRecord when it
    cannot be started.
    """
    return _judged(files, mutant, command, seconds)[0] == 0


def _judged(files: Files, mutant: Mutant, command: str, seconds: float) -> tuple[int, str]:
    """The exit status of a suite on the files with a mutant's changes, and the last it said."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / files.directory.name
        files.write(mutant.changed, folder)
        suite = StartedCommand(
            command.replace(PLACE, shlex.quote(str(folder))),
            "suite",
            'give a command such as "pytest tests"',
            stderr=subprocess.STDOUT,
            environment={VARIABLE: str(folder)},
        )
        said = bytearray()
        assert suite.stdout
        listener = Thread(target=last_of, args=(suite.stdout, said), daemon=True)
        listener.start()
        status = TOO_LONG
        try:
            with suppress(subprocess.TimeoutExpired):
                status = suite.wait(seconds)
        finally:
            suite.end()
            suite.wait()
        listener.join(LAST_SECONDS)
    return status, said.decode("utf-8", "replace")


def render(fates: Sequence[Fate]) -> str:
    """The score to read, by group, then each survivor with what would kill it."""
    groups = dict.fromkeys(fate.group for fate in fates)
    lines = [f"{'group':<18} {'mutants':>7} {'killed':>7} {'equivalent':>10}"]
    for group in groups:
        words = [fate.word for fate in fates if fate.group == group]
        alive = "  ✗" if "survived" in words else ""
        killed, alike = words.count("killed"), words.count("equivalent")
        lines.append(f"{group:<18} {len(words):>7} {killed:>7} {alike:>10}{alive}")
    survivors = [fate for fate in fates if fate.word == "survived"]
    for fate in survivors:
        lines.append(f"✗ survived: {fate.group}: {fate.name}")
        lines += [f"  this record would kill it: {one_line(fate.witness)}"] if fate.witness else []
    killed = sum(fate.word == "killed" for fate in fates)
    lived = killed + len(survivors)
    lines.append(f"{killed} of {lived} killed; {len(fates) - lived} are equivalent to the rules")
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
    counts = {word: words.count(word) for word in ("killed", "survived", "equivalent")}
    return {**counts, "mutants": mutants}
