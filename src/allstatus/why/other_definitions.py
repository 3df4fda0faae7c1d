"""What others would say of the same marrow and the same counts, only where it differs from the rule
set's own.

It informs; it never changes a decision, and it says nothing where the data do not decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import groupby
from typing import Any

from allstatus.record.blood_count import CbcReading
from allstatus.record.frozen import WrittenOnce
from allstatus.record.percent import Percent, format_number
from allstatus.record.value_class import value_class
from allstatus.rules.comparisons import Limit, OtherDefinition, other_remissions
from allstatus.rules.condition import Clause
from allstatus.rules.ruleset import RuleSet
from allstatus.why.cites import SourceCite

MARROW = "marrow_blast_percent"


@value_class
class DefinitionSource:
    """One of the definitions that say otherwise, and where it was read."""

    id: str
    name: str
    title: str
    cite: SourceCite


@value_class
class OtherAnswer:
    """What others say of the marrow or of a count where it is not what is said here.

    `here` and `there` are whether it is within the limit of a remission; `asks` is their limit.
    """

    about: str
    here: bool
    there: bool
    asks: str
    definitions: tuple[DefinitionSource, ...]
    says: str


class Group:
    """The definitions that ask for the same."""

    def __init__(self, limit: Limit, definitions: Iterable[OtherDefinition]) -> None:
        self.limit = limit
        self._sources = tuple(
            [DefinitionSource(d.id, d.name, d.title, SourceCite(**d.cite)) for d in definitions]
        )
        self.names = ", ".join(source.name for source in self._sources)

    def entry(self, about: str, here: bool, unit: str, says: str) -> OtherAnswer:
        """What they say where it is not what is said here."""
        return OtherAnswer(about, here, not here, f"{self.limit} {unit}", self._sources, says)


NOTHING: WrittenOnce[OtherAnswer] = WrittenOnce()


class OtherDefinitions:
    """Other definitions beside one rule set's remission; `rules/comparisons.yaml` is read when
    first needed.
    """

    def __init__(self, ruleset: RuleSet) -> None:
        self._ruleset = ruleset
        status = ruleset.remission
        clauses = () if status is None else status.clauses
        self._marrow_clauses = [clause for clause in clauses if self._facts(clause) == {MARROW}]
        self._marrow = lru_cache(maxsize=4096)(
            lambda value: WrittenOnce(self._on_marrow(value))
        )  # few spellings, often repeated

    def of(self, marrow: Any, panel: CbcReading | None) -> WrittenOnce[OtherAnswer]:
        """One entry for each way in which others differ: about what, what each says, who, and a
        sentence.
        """
        kept = self._marrow(marrow) if isinstance(marrow, Percent) else NOTHING
        return kept if panel is None else WrittenOnce((*kept.entries, *self._on_counts(panel)))

    def _on_marrow(self, value: Percent) -> Iterator[OtherAnswer]:
        here = self._within_here(value)
        if here is None:
            return
        for group in self._by_marrow:
            if value.compare(group.limit.comparator, group.limit.value) is (not here):
                words = ("within", "beyond") if here else ("beyond", "within")
                what = f"Marrow blasts {value.describe()} %: {words[0]} the limit of remission here"
                yield group.entry(
                    MARROW, here, "%", f"{what}, {words[1]} it by {group.names} ({group.limit} %)."
                )

    def _on_counts(self, panel: CbcReading) -> Iterator[OtherAnswer]:
        for name, by_limit in self._by_count.items():
            number, normal = panel.numbers.get(name), panel.normal.get(name)
            if number is None or normal is None:
                continue
            for group in by_limit:
                if group.limit.holds(number) is not normal:
                    words = ("normal", "not enough") if normal else ("not normal", "enough")
                    count = f"{name.capitalize()} {format_number(number)} ×10⁹/L"
                    says = (
                        f"{count}: {words[0]} here, {words[1]} for a remission by {group.names} "
                        f"({group.limit})."
                    )
                    yield group.entry(name, normal, "×10⁹/L", says)

    def _within_here(self, value: Percent) -> bool | None:
        """Whether the rule set's own clauses on the marrow hold for a percentage."""
        if not self._marrow_clauses:
            return None
        case = {
            name: self._ruleset.criteria[name].condition.holds(value)
            for clause in self._marrow_clauses
            for name in clause.criteria()
        }
        decided = {name: verdict for name, verdict in case.items() if verdict is not None}
        return (
            all(clause.holds(decided) for clause in self._marrow_clauses)
            if len(decided) == len(case)
            else None
        )

    def _facts(self, clause: Clause) -> set[str]:
        return {self._ruleset.criteria[name].condition.fact for name in clause.criteria()}

    @cached_property
    def _others(self) -> tuple[OtherDefinition, ...]:
        return other_remissions(self._ruleset)

    @cached_property
    def _by_marrow(self) -> list[Group]:
        return _grouped((definition.marrow, definition) for definition in self._others)

    @cached_property
    def _by_count(self) -> dict[str, list[Group]]:
        names = dict.fromkeys(name for definition in self._others for name in definition.counts)
        return {
            name: _grouped((d.counts[name], d) for d in self._others if name in d.counts)
            for name in names
        }


def _grouped(pairs: Iterable[tuple[Limit, OtherDefinition]]) -> list[Group]:
    ordered = sorted(pairs, key=lambda pair: (pair[0].value, pair[0].comparator))
    return [
        Group(limit, [definition for _, definition in group])
        for limit, group in groupby(ordered, key=lambda pair: pair[0])
    ]
