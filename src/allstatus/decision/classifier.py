"""The way from a record to a decision.

record -> facts -> a verdict for each criterion -> cell of the decision table -> Decision
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from allstatus.decision.applicability import Applicability
from allstatus.decision.decision import Decision
from allstatus.errors import InvalidRecord
from allstatus.record.model import Record
from allstatus.rules.editions import find_rules
from allstatus.rules.language_texts import ENGLISH
from allstatus.rules.load import read_rules
from allstatus.rules.lock import check_lock
from allstatus.rules.ruleset import RuleSet
from allstatus.table.assumptions import CellResolver, Resolution
from allstatus.table.chart_context import ChartContext
from allstatus.table.decision_table import DecisionTable
from allstatus.table.engines import make_engine
from allstatus.table.facts import RecordFacts, add_chart, nothing_stated, sources_of, state_facts
from allstatus.why.explainer import Explainer


class Classifier:
    """A rule set with its decision table, ready to decide on records; `load_rules` makes one. Safe
    to share between threads.
    """

    def __init__(
        self, ruleset: RuleSet, table: DecisionTable, *, applicability: bool | Path = True
    ) -> None:
        self.ruleset, self.table = ruleset, table
        self.record_model = ruleset.record_model
        self._facts = tuple(ruleset.facts)
        self._sources = sources_of(ruleset.facts.values())
        self._criteria = tuple(  # few values, often repeated
            (c.condition.fact, lru_cache(maxsize=1024)(c.condition.holds))
            for c in ruleset.criteria.values()
        )
        self._assumable = frozenset(
            name for name, fact in ruleset.facts.items() if fact.assume is not None
        )
        self.resolver = CellResolver(table)
        self.explainer = Explainer(table, self.resolver)
        self.applicability = Applicability(
            ruleset, applicability if isinstance(applicability, Path) else None
        )
        self._fits = applicability is not False

    def classify(
        self,
        record: Mapping[str, Any] | Record,
        *,
        chart: ChartContext | None = None,
        applicability: bool | None = None,
        adult_ranges: bool = True,
    ) -> Decision:
        """Decide on one record; raises InvalidRecord when it is not one.

        `chart` is what the chart behind the record adds: evidence, warnings, conflicts and
        assumptions. Without `applicability` the options are the page's list alone; without
        `adult_ranges` only the laboratory's own ranges and flags decide on a blood count.
        """
        record = self.record_model.read(record)
        self.refuse_other_disease(record)
        stated = state_facts(record, self._facts, self._sources, adult_ranges=adult_ranges)
        if chart is not None:
            add_chart(stated, chart)
        elif len(stated.unreported) == len(self._facts):
            raise nothing_stated(tuple(self._facts))
        fitting = (
            self.applicability if (self._fits if applicability is None else applicability) else None
        )
        return Decision(
            self.explainer,
            record,
            stated,
            self._resolve(stated, assume=chart is None or chart.applicable),
            fitting,
        )

    def resolution_of(self, record: Mapping[str, Any] | Record) -> Resolution:
        """What follows from a record, which may state nothing at all; for asking what to find
        out.
        """
        return self._resolve(
            state_facts(self.record_model.read(record), self._facts, self._sources)
        )

    def _resolve(self, stated: RecordFacts, *, assume: bool = True) -> Resolution:
        values = stated.values
        verdicts = tuple([holds(values[fact]) for fact, holds in self._criteria])
        return self.resolver.resolve(
            verdicts, stated.unreported & self._assumable if assume else frozenset()
        )

    def refuse_other_disease(self, record: Record) -> None:
        """Raise InvalidRecord for a record with a diagnosis that the rules are not about."""
        if record.diagnosis is None:
            return
        code, population = record.diagnosis.strip().upper(), self.ruleset.population
        if code not in population["icd10cm"] and code not in population["snomed"]:
            raise InvalidRecord(
                "diagnosis",
                f"is not a code of {population['diagnosis']}, which these rules are about",
                f"use one of {', '.join(population['icd10cm'])}, or leave it out",
            )


def load_rules(
    rules: str | Path | None = None,
    *,
    engine: str = "auto",
    locked: bool = True,
    draft: bool = False,
    as_of: date | None = None,
    applicability: bool | Path = True,
    language: str = ENGLISH,
) -> Classifier:
    """Load a rule set by name or folder and fire its decision table.

    `engine` is `auto`, `durable` or `builtin`; `as_of` picks the version in force on that day
    instead of the current one; without `applicability` options are the page's list alone, and a
    folder there is another overlay than the shipped one. With `locked=False` the lock is not looked
    at; a `draft` need not be locked, and its version and notice say so wherever they are shown.
    `language` is that of the texts for readers; it changes neither answers nor digest. Raises
    RulesError when the rules are refused or have no texts in it.
    """
    ruleset = read_rules(find_rules(rules, as_of), language)
    if draft:
        ruleset = ruleset.as_draft()
    table = DecisionTable(ruleset, make_engine(ruleset, engine))
    table.refuse_faults()
    if locked and not draft:
        check_lock(ruleset.directory, ruleset.digest, table.csv)
    return Classifier(ruleset, table, applicability=applicability)


_find = lru_cache(maxsize=1024)(find_rules)


@lru_cache(maxsize=8)
def _loaded(directory: Path, engine: str) -> Classifier:
    return load_rules(directory, engine=engine)


def classify(
    record: Mapping[str, Any] | Record,
    *,
    rules: str | Path | None = None,
    engine: str = "auto",
    as_of: date | None = None,
    applicability: bool = True,
    adult_ranges: bool = True,
) -> Decision:
    """Decide on one record, a dict as JSON has it, by the page's definitions.

    `rules`, `engine` and `as_of` pick the rules as in `load_rules`; without `applicability` options
    are the page's list alone, without `adult_ranges` only the laboratory's own ranges and flags
    decide on a blood count. Raises InvalidRecord when it is no record, RulesError when rules are
    refused.

    >>> decision = classify({"prior_treatment": "disease_directed", "cbc": "normal",
    ...                      "marrow_blast_percent": "5", "signs_and_symptoms": "absent"})
    >>> decision.outcome, decision.status
    ('determined', 'in_remission')
    >>> classify({"prior_treatment": "disease_directed", "cbc": "normal"}).possible
    ('in_remission', 'recurrent', 'outside_definitions')
    """
    return _loaded(_find(rules, as_of), engine).classify(
        record, applicability=applicability, adult_ranges=adult_ranges
    )
