"""Whom a listed treatment's stated use fits: each option's own small decision table, read like the
statuses'.

The overlay (`rules/applicability/`) has sources of its own; the page's list stays as it is, and a
treatment that does not fit stays visible, last, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from allstatus.decision.entries import Option, OverlayUsed
from allstatus.decision.options import list_options
from allstatus.decision.stated_use import (
    DOES_NOT_APPLY,
    AgentIndication,
    IndicationTable,
    Known,
    table_csv,
)
from allstatus.record.frozen import WrittenOnce
from allstatus.record.model import Record
from allstatus.rules.condition import Clause
from allstatus.rules.indications import STATUS_FACT, Indications, read_overlay
from allstatus.rules.lock import check_lock
from allstatus.rules.ruleset import RuleSet
from allstatus.table.facts import sources_of, state_facts


class OptionList:
    """The options of one status with their tables; each combination of verdicts is worked out
    once.
    """

    def __init__(
        self,
        overlay: Indications,
        ruleset: RuleSet,
        status: str,
        fittings: Mapping[str, AgentIndication],
    ) -> None:
        self.status, self._options = status, list_options(ruleset, status)
        self.fittings = {
            option.id: [fittings[agent] for agent in option.agents]
            for option in self._options
            if option.agents and all(agent in fittings for agent in option.agents)
        }
        self.conditions = {
            option.id: _joined(overlay, option, self.fittings[option.id])
            for option in self._options
            if option.id in self.fittings
        }
        asked = {
            name
            for fitting in self.agents.values()
            for condition in fitting.conditions()
            for name in condition.table.criteria
        }
        self._criteria = [
            (name, criterion.condition.fact, criterion.condition.holds)
            for name, criterion in overlay.criteria.items()
            if name in asked
        ]
        self._facts = tuple(
            dict.fromkeys(fact for _, fact, _ in self._criteria if fact != STATUS_FACT)
        )
        self._sources = sources_of(overlay.facts[name] for name in self._facts)
        self._record_keys = {
            (overlay.facts[name].record_key or name).split(".")[0] for name in self._facts
        }
        self._known: dict[tuple[bool | None, ...], WrittenOnce[Option]] = {}
        self._of_nothing = self._of(Record())

    def of(self, record: Record) -> WrittenOnce[Option]:
        """The options as they stand for a record."""
        nothing = self._record_keys.isdisjoint(record.model_fields_set)
        return self._of_nothing if nothing else self._of(record)

    @property
    def agents(self) -> dict[str, AgentIndication]:
        """The agents that have a condition, by name."""
        return {fitting.use.agent: fitting for group in self.fittings.values() for fitting in group}

    @property
    def criteria(self) -> list[str]:
        """The criteria the conditions ask for."""
        return [name for name, _, _ in self._criteria]

    def known(self, record: Record) -> dict[str, bool | None]:
        """The verdict of each criterion the conditions ask for."""
        return dict(zip(self.criteria, self._verdicts(record), strict=True))

    def _of(self, record: Record) -> WrittenOnce[Option]:
        verdicts = self._verdicts(record)
        listed = self._known.get(verdicts)
        if listed is None:
            known = {
                name: verdict
                for (name, _, _), verdict in zip(self._criteria, verdicts, strict=True)
            }
            listed = self._known[verdicts] = WrittenOnce(
                sorted(self._entries(known), key=_last_when_it_does_not_apply)
            )
        return listed

    def _verdicts(self, record: Record) -> tuple[bool | None, ...]:
        values = state_facts(record, self._facts, self._sources).values
        values[STATUS_FACT] = self.status
        return tuple([holds(values[fact]) for _, fact, holds in self._criteria])

    def _entries(self, known: Known) -> Iterator[Option]:
        for option in self._options:
            if option.id not in self.conditions:
                yield option
                continue
            agents = [fitting.read(known, self.status) for fitting in self.fittings[option.id]]
            said = self.conditions[option.id].read(known)
            because = [f"{agent.title}: {agent.because}" for agent in agents]
            yield replace(
                option,
                applicability=said.applicability,
                needs=said.needs,
                asks=said.asks,
                because=" ".join(because) if len(agents) > 1 else said.because,
                by_agent=tuple(agents),
            )


class Applicability:
    """The overlay over one rule set's options, read when first needed; RulesError when it is
    refused.

    `source` is its folder, or an overlay read before; None is the shipped one. `known` are agents'
    tables made before.
    """

    def __init__(
        self,
        ruleset: RuleSet,
        source: Path | Indications | None = None,
        *,
        locked: bool = True,
        known: Mapping[str, AgentIndication] | None = None,
    ) -> None:
        self.ruleset, self._source, self._locked, self._made = ruleset, source, locked, known or {}
        self._lists: dict[str, OptionList] = {}

    @property
    def folder(self) -> Path | None:
        """Where the overlay is kept; None for the shipped one."""
        source = self._source
        return source.directory if isinstance(source, Indications) else source

    @cached_property
    def overlay(self) -> Indications:
        """The overlay's files, checked."""
        return self._source if isinstance(self._source, Indications) else read_overlay(self._source)

    @cached_property
    def about(self) -> OverlayUsed:
        """Which overlay it is."""
        overlay = self.overlay
        return OverlayUsed(overlay.id, overlay.version, overlay.digest, overlay.notice)

    @cached_property
    def fittings(self) -> dict[str, AgentIndication]:
        """Every agent's tables."""
        fittings = {
            name: self._made.get(name) or AgentIndication(self.overlay, use)
            for name, use in self.overlay.agents.items()
        }
        if self._locked:
            check_lock(self.overlay.directory, self.overlay.digest, table_csv(fittings.values()))
        return fittings

    @property
    def csv(self) -> str:
        """The agents' tables, one line a case."""
        return table_csv(self.fittings.values())

    def options_of(self, status: str) -> OptionList:
        """The options of a status with their tables."""
        options = self._lists.get(status)
        if options is None:
            fittings = {
                name: fitting
                for name, fitting in self.fittings.items()
                if self.ruleset.is_about(fitting.use.population)
            }
            options = self._lists[status] = OptionList(self.overlay, self.ruleset, status, fittings)
        return options

    def conditions(self) -> Iterator[IndicationTable]:
        """Every table: of each agent by each source, and of each option with several agents."""
        for fitting in self.fittings.values():
            yield from fitting.conditions()
        for status in self.ruleset.statuses:
            yield from (
                c
                for c in self.options_of(status).conditions.values()
                if c.path not in self.fittings
            )


def applicability_faults(applicability: Applicability) -> list[str]:
    """A line for each criterion that can never change an answer (a table that never or always holds
    is refused at load).
    """
    return [
        f"{condition.path}: criterion '{name}' can never change whether it applies; remove it from "
        f"the condition"
        for condition in applicability.conditions()
        for name in condition.idle_criteria()
    ]


def _last_when_it_does_not_apply(option: Option) -> bool:
    return option.applicability == DOES_NOT_APPLY


def _joined(
    overlay: Indications, option: Option, fittings: list[AgentIndication]
) -> IndicationTable:
    """One table for all agents of an option: any of them, or all, as the page has it."""
    if len(fittings) == 1:
        return fittings[0].condition
    parts = tuple(
        Clause("all", f"{option.id}.{f.use.agent}", children=f.use.clauses) for f in fittings
    )
    clause = Clause(option.choice, option.id, children=parts)
    return IndicationTable(overlay, option.id, (clause,), fittings[0].use.place)
