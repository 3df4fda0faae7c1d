"""Whom a listed treatment's stated use fits: each option's own small decision table, read like the statuses'.

The overlay (`rules/applicability/`) has sources of its own; the page's list stays as it is, and a
treatment that does not fit stays visible, last, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic_core import to_json

from allstatus.engines import make_engine
from allstatus.facts import state_facts
from allstatus.options import list_options
from allstatus.record import Record
from allstatus.rules.condition import Clause
from allstatus.rules.model import Region, RuleSet, Status
from allstatus.rules.overlay import STATUS_FACT, AgentUse, OtherSource, Overlay, read_overlay
from allstatus.table import OUTSIDE, Cell, DecisionTable
from allstatus.trace import TraceOutline, Tracer, decisive_leaves

APPLIES, DOES_NOT_APPLY, NEEDS_DATA = "applies", "does_not_apply", "needs_data"
WORDS = {"determined": APPLIES, OUTSIDE: DOES_NOT_APPLY, "insufficient_data": NEEDS_DATA}
NO_CONDITION: Mapping[str, Any] = {"applicability": None, "needs": []}
Known = Mapping[str, bool | None]  # a verdict for each criterion


class Condition:
    """A condition with its decision table: one status, `applies`, and one region, `does_not_apply`.

    Raises RulesError when it holds in every case or in none.
    """

    def __init__(self, overlay: Overlay, path: str, clauses: tuple[Clause, ...], place: str) -> None:
        rules = _rules(overlay, path, clauses, place)
        self.path = path
        self.table = DecisionTable(rules, make_engine(rules, "builtin"))
        self._tracer = Tracer(self.table)
        self._questions = {fact.name: {"fact": fact.name, "question": fact.question, "answered_by": list(fact.answered_by)}
                           for fact in rules.facts.values()}  # fmt: skip

    def read(self, known: Known) -> dict[str, Any]:
        """`applicability`, the facts that can change it (`needs`, `asks`) and `because`."""
        cell = self.table.cell(tuple([known[name] for name in self.table.criteria]))
        word = WORDS[cell.outcome]
        needs = [fact for fact in self._questions if self._can_change(fact, cell)] if word == NEEDS_DATA else []
        asks = [self._questions[name] for name in needs]
        reasons = [str(ask["question"]) for ask in asks] or self._reasons(self._tracer.outline(cell))
        return {"applicability": word, "needs": needs, "asks": asks, "because": " ".join(reasons)}

    def idle_criteria(self) -> list[str]:
        """The criteria that can never change the answer."""
        table = self.table
        open_cells = (tuple(None if name == asked else verdict for name, verdict in case.items())
                      for number, case in enumerate(table.cases) if table.consistent >> number & 1
                      for asked in table.criteria)  # fmt: skip
        return sorted(set(table.criteria) - {table.criteria[cell.index(None)] for cell in open_cells if len(table.cell(cell).possible) > 1})

    def _can_change(self, fact: str, cell: Cell) -> bool:
        """Whether two completions that differ in this fact alone give different answers."""
        others = [name for name in self.table.criteria if self.table.ruleset.criteria[name].condition.fact != fact]
        answers: dict[tuple[bool, ...], bool] = {}
        for number, case in enumerate(self.table.cases):
            if cell.completions >> number & 1:
                applies = bool(self.table.statuses[APPLIES] >> number & 1)
                if answers.setdefault(tuple(case[name] for name in others), applies) is not applies:
                    return True
        return False

    @staticmethod
    def _reasons(outline: TraceOutline) -> list[str]:
        said = []
        for path in decisive_leaves(outline.nodes, outline.statuses[0]["clauses"]):
            holds = (outline.nodes[path]["verdict"] == "true") is not (outline.nodes[path]["kind"] == "not")
            criterion = outline.criteria[path]
            said.append(f"{criterion.title if holds else criterion.otherwise}.")
        return list(dict.fromkeys(said))


class Fitting:
    """Whom one agent's stated use fits, by its own source and by others."""

    def __init__(self, overlay: Overlay, use: AgentUse) -> None:
        self.use = use
        self.condition = Condition(overlay, use.agent, use.clauses, use.place)
        self.others = [(other, self._other(overlay, number, other)) for number, other in enumerate(use.other_sources, 1)]

    def read(self, known: Known, status: str) -> dict[str, Any]:
        """The agent's entry in `by_agent`; other sources where their answer differs, and their plain statements."""
        own = self.condition.read(known)
        others = [_other_entry(other, condition.read(known) if condition else NO_CONDITION) for other, condition in self.others
                  if not other.statuses or status in other.statuses]  # fmt: skip
        differing = [entry for entry in others if entry["applicability"] != own["applicability"]]
        return {"agent": self.use.agent, "title": self.use.title, **own, "note": self.use.note, "reading": self.use.reading,
                "cite": dict(self.use.cite), "other_sources": differing}  # fmt: skip

    def _other(self, overlay: Overlay, number: int, other: OtherSource) -> Condition | None:
        return None if other.clauses is None else Condition(overlay, f"{self.use.agent}.other.{number}", other.clauses, self.use.place)


class Listed:
    """A status's options as they stand for one patient, and the same as JSON."""

    def __init__(self, entries: list[dict[str, Any]]) -> None:
        self._entries = entries
        self.json = to_json(entries)

    @property
    def entries(self) -> list[dict[str, Any]]:
        """The options, as new dicts."""
        return [dict(entry) for entry in self._entries]


class OptionList:
    """The options of one status with their tables; each combination of verdicts is worked out once."""

    def __init__(self, overlay: Overlay, ruleset: RuleSet, status: str, fittings: Mapping[str, Fitting]) -> None:
        self.status, self._options = status, list_options(ruleset, status)
        self.fittings = {option["id"]: [fittings[agent] for agent in option["agents"]] for option in self._options
                         if option["agents"] and all(agent in fittings for agent in option["agents"])}  # fmt: skip
        self.conditions = {option["id"]: _joined(overlay, option, self.fittings[option["id"]])
                           for option in self._options if option["id"] in self.fittings}  # fmt: skip
        asked = _criteria_of(self.fittings.values())
        self._criteria = [(name, criterion.condition.fact, criterion.condition.holds)
                          for name, criterion in overlay.criteria.items() if name in asked]  # fmt: skip
        self._facts = tuple(dict.fromkeys(fact for _, fact, _ in self._criteria if fact != STATUS_FACT))
        self._keys = {name: key for name in self._facts if (key := overlay.facts[name].record_key)}
        self._known: dict[tuple[bool | None, ...], Listed] = {}

    def of(self, record: Record) -> Listed:
        """The options as they stand for a record."""
        values = state_facts(record, self._facts, self._keys).values
        values[STATUS_FACT] = self.status
        verdicts = tuple([holds(values[fact]) for _, fact, holds in self._criteria])
        listed = self._known.get(verdicts)
        if listed is None:
            known = {name: verdict for (name, _, _), verdict in zip(self._criteria, verdicts, strict=True)}
            listed = self._known[verdicts] = Listed(sorted(self._entries(known), key=_last_when_it_does_not_apply))
        return listed

    def _entries(self, known: Known) -> Iterator[dict[str, Any]]:
        for option in self._options:
            if option["id"] not in self.conditions:
                yield option
                continue
            agents = [fitting.read(known, self.status) for fitting in self.fittings[option["id"]]]
            said = self.conditions[option["id"]].read(known)
            if len(agents) > 1:
                said["because"] = " ".join(f"{agent['title']}: {agent['because']}" for agent in agents)
            yield {**option, **said, "by_agent": agents}


class Applicability:
    """The overlay over one rule set's options, read when first needed; RulesError when it is refused."""

    def __init__(self, ruleset: RuleSet, directory: Path | None = None) -> None:
        self._ruleset, self._directory = ruleset, directory
        self._lists: dict[str, OptionList] = {}

    @cached_property
    def overlay(self) -> Overlay:
        """The overlay's files, checked."""
        return read_overlay(self._directory)

    @property
    def about(self) -> dict[str, str]:
        """Which overlay it is."""
        overlay = self.overlay
        return {"id": overlay.id, "version": overlay.version, "digest": overlay.digest, "notice": overlay.notice}

    @cached_property
    def fittings(self) -> dict[str, Fitting]:
        """Every agent's tables."""
        return {name: Fitting(self.overlay, use) for name, use in self.overlay.agents.items()}

    def options_of(self, status: str) -> OptionList:
        """The options of a status with their tables."""
        options = self._lists.get(status)
        if options is None:
            options = self._lists[status] = OptionList(self.overlay, self._ruleset, status, self.fittings)
        return options

    def conditions(self) -> Iterator[Condition]:
        """Every table: of each agent by each source, and of each option with several agents."""
        for fitting in self.fittings.values():
            yield fitting.condition
            yield from (condition for _, condition in fitting.others if condition is not None)
        for status in self._ruleset.statuses:
            yield from (c for c in self.options_of(status).conditions.values() if c.path not in self.fittings)


def applicability_faults(applicability: Applicability) -> list[str]:
    """A line for each criterion that can never change an answer (a table that never or always holds is refused at load)."""
    return [
        f"{condition.path}: criterion '{name}' can never change whether it applies; remove it from the condition"
        for condition in applicability.conditions()
        for name in condition.idle_criteria()
    ]


def _other_entry(other: OtherSource, said: Mapping[str, Any]) -> dict[str, Any]:
    return {"says": other.says, "applicability": said["applicability"], "needs": said["needs"], "cite": dict(other.cite)}


def _last_when_it_does_not_apply(option: Mapping[str, Any]) -> bool:
    return bool(option["applicability"] == DOES_NOT_APPLY)


def _criteria_of(groups: Iterable[list[Fitting]]) -> set[str]:
    conditions = [c for group in groups for fitting in group for c in (fitting.condition, *(c for _, c in fitting.others if c is not None))]
    return {name for condition in conditions for name in condition.table.criteria}


def _joined(overlay: Overlay, option: Mapping[str, Any], fittings: list[Fitting]) -> Condition:
    """One table for all agents of an option: any of them, or all, as the page has it."""
    if len(fittings) == 1:
        return fittings[0].condition
    parts = tuple(Clause("all", f"{option['id']}.{f.use.agent}", children=f.use.clauses) for f in fittings)
    clause = Clause("any" if option["choice"] == "any" else "all", option["id"], children=parts)
    return Condition(overlay, option["id"], (clause,), fittings[0].use.place)


def _rules(overlay: Overlay, path: str, clauses: tuple[Clause, ...], place: str) -> RuleSet:
    """A rule set with the one status `applies`."""
    asked = {name for clause in clauses for name in clause.criteria()}
    criteria = {name: criterion for name, criterion in overlay.criteria.items() if name in asked}
    facts = {criterion.condition.fact: overlay.facts[criterion.condition.fact] for criterion in criteria.values()}
    otherwise = Clause("not", f"{path}.not", children=(Clause("all", f"{path}.all", children=clauses),))
    return RuleSet(
        id=path, version=overlay.version, title=overlay.title, effective_from="", source={}, population={}, notice=overlay.notice,
        facts=facts, thresholds=overlay.thresholds, criteria=criteria, constraints={},
        statuses={APPLIES: Status(APPLIES, APPLIES, clauses, (), "literal", {}, (), place)},
        regions={DOES_NOT_APPLY: Region(DOES_NOT_APPLY, "", otherwise, place)},
        options={APPLIES: ()}, guidance={"tests": []}, digest=overlay.digest, directory=overlay.directory,
    )  # fmt: skip
