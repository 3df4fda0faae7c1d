"""How good is a suite about stated uses? Mutants of the overlay it kills, that are equivalent, and
that survive it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from allstatus.decision.applicability import Applicability
from allstatus.decision.classifier import Classifier
from allstatus.errors import InvalidRecord, RulesError
from allstatus.record.model import Record as Checked
from allstatus.rules.indications import STATUS_FACT, Indications
from allstatus.table.fact_domain import Pattern
from allstatus.testing.answers import Answer, differing_in
from allstatus.testing.indication_answers import USES, uses_of
from allstatus.testing.indication_differences import Differences, Readable
from allstatus.testing.indication_mutants import use_mutants, use_port_mutants
from allstatus.testing.indication_values import PatientFact
from allstatus.testing.indication_vectors import base_record, fittings_of
from allstatus.testing.mutants import Mutant
from allstatus.testing.mutation import Fate, suite_passes
from allstatus.testing.port_mutants import PortMutant
from allstatus.testing.representatives import Record
from allstatus.testing.rule_files import OverlayFiles
from allstatus.testing.vectors import Vector

LOADER = "the loader, which refuses it"
NOT_PASSING = "does not pass on the overlay as it is"


def mutate_uses(classifier: Classifier, vectors: Sequence[Vector]) -> list[Fate]:
    """Mutants of the overlay and of its ports against vectors: the first vector that gets another
    answer kills.
    """
    files, readable, fates = OverlayFiles(classifier.applicability), _readable(vectors), []
    differences = Differences(classifier.applicability, readable)
    for mutant in use_mutants(files):
        fates.append(_fate(classifier, files, mutant, vectors, differences))
    for port in use_port_mutants(classifier.applicability.overlay):
        killer = next(
            (vectors[place].id for place in _port_kills(port, classifier, vectors, readable)), None
        )
        fates.append(Fate(port.name, f"port: {port.group}", killer))
    return fates


def _fate(
    classifier: Classifier,
    files: OverlayFiles,
    mutant: Mutant,
    vectors: Sequence[Vector],
    differences: Differences,
) -> Fate:
    try:
        changed = files.build(mutant.changed)
        killer = next((vectors[place].id for place in differences.with_(changed)), None)
        witness = None if killer else tell_uses_apart(classifier, changed)
    except RulesError:
        return Fate(mutant.name, mutant.group, LOADER)
    return Fate(
        mutant.name, mutant.group, killer, witness, equivalent=not killer and witness is None
    )


def use_kills(classifier: Classifier, vectors: Sequence[Vector]) -> dict[str, list[int]]:
    """For each mutant that any vector kills, the places of those that do; none for what the loader
    refuses.
    """
    files, readable = OverlayFiles(classifier.applicability), _readable(vectors)
    found: dict[str, list[int]] = {}
    differences = Differences(classifier.applicability, readable)
    for mutant in use_mutants(files):
        try:
            found[f"{mutant.group}: {mutant.name}"] = list(
                differences.with_(files.build(mutant.changed))
            )
        except RulesError:
            continue
    for port in use_port_mutants(classifier.applicability.overlay):
        found[f"port: {port.name}"] = list(_port_kills(port, classifier, vectors, readable))
    return {name: places for name, places in found.items() if places}


def _readable(vectors: Sequence[Vector]) -> Readable:
    """The vectors that ask about uses: no slip in the overlay changes a status."""
    return {
        place: (v.expected["status"], Checked.read(v.record))
        for place, v in enumerate(vectors)
        if USES[0] in v.expected
    }


def _port_kills(
    port: PortMutant, classifier: Classifier, vectors: Sequence[Vector], readable: Readable
) -> Iterator[int]:
    for place, (status, _) in readable.items():
        asked = vectors[place]
        read = port.reads(asked.record) if port.reads else asked.record
        answer = (
            asked.expected
            if read == asked.record
            else _uses(classifier.applicability, status, Checked.read(read))
        )
        if differing_in(USES, asked.expected, port.says(read, answer) if port.says else answer):
            yield place


def mutate_uses_suite(classifier: Classifier, command: str) -> list[Fate]:
    """Mutants of the overlay against a suite: the command with the mutant's folder for `{rules}`
    and in ALLSTATUS_RULES.

    Exit status 0 lets a mutant live. Raises InvalidRecord when the suite does not pass on the
    overlay as it is.
    """
    files, fates = OverlayFiles(classifier.applicability), []
    if not suite_passes(files, Mutant("", "", {}), command):
        raise InvalidRecord("suite", NOT_PASSING, "correct the suite first")
    for mutant in use_mutants(files):
        try:
            witness = tell_uses_apart(classifier, files.build(mutant.changed))
            killer = (
                None if witness is None or suite_passes(files, mutant, command) else "the suite"
            )
            fates.append(
                Fate(mutant.name, mutant.group, killer, witness, equivalent=witness is None)
            )
        except RulesError:
            fates.append(Fate(mutant.name, mutant.group, LOADER))
    return fates


def tell_uses_apart(one: Classifier, other: Applicability) -> Record | None:
    """The first record to which another overlay gives other answers; None when there is none.

    Agent by agent, looks at every side of every limit of either and at what is not known, in every
    combination.
    """
    for status in one.ruleset.statuses:
        mine, theirs = (
            {f.use.agent: f for f in fittings_of(overlay, status)}
            for overlay in (one.applicability, other)
        )
        for agent in (name for name in mine | theirs if mine.get(name) is not theirs.get(name)):
            pair = [
                fitting for fitting in (mine.get(agent), theirs.get(agent)) if fitting is not None
            ]
            asked = {
                name
                for fitting in pair
                for condition in fitting.conditions()
                for name in condition.table.ruleset.criteria
            }
            for record in _records(one, other.overlay, status, asked):
                if _differs(one, other, status, record):
                    return record
    return None


def _records(one: Classifier, other: Indications, status: str, asked: set[str]) -> Iterator[Record]:
    """Every combination of values that either overlay may tell apart, of the facts of these
    criteria.
    """
    overlay = one.applicability.overlay
    names = {
        words.criteria[name].condition.fact for words in (overlay, other) for name in asked
    } - {STATUS_FACT}
    facts = [
        (PatientFact(overlay, overlay.facts[name]), PatientFact(other, other.facts[name]))
        for name in overlay.facts
        if name in names
    ]
    base = base_record(one, status)
    for values in product(*(_values(mine, theirs) for mine, theirs in facts)):
        record = base
        for (fact, _), value in zip(facts, values, strict=True):
            record = fact.stated_in(record, value)
        yield record


def _values(mine: PatientFact, theirs: PatientFact) -> list[Any]:
    found: dict[Pattern, Any] = {}
    for value in mine.stated_values(theirs.limits):
        both = mine.pattern(mine.read(value)) + theirs.pattern(theirs.read(value))
        found.setdefault(both, value)
    return [*found.values(), mine.not_known]


def _differs(one: Classifier, other: Applicability, status: str, record: Record) -> bool:
    read = Checked.read(record)
    if not differing_in(
        USES, *(_uses(overlay, status, read) for overlay in (one.applicability, other))
    ):
        return False
    try:
        return one.classify(read, applicability=False).status == status
    except InvalidRecord:
        return False


def _uses(applicability: Applicability, status: str, record: Checked) -> Answer:
    return uses_of(applicability.options_of(status).of(record).entries)
