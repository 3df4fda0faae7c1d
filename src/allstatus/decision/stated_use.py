"""One agent's stated use as a small decision table of its own: it applies, it does not, or more
must be known.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from allstatus.decision.entries import (
    AgentApplicability,
    ConditionApplies,
    FactQuestion,
    OtherSourceAnswer,
)
from allstatus.record.value_class import value_class
from allstatus.rules.condition import Clause
from allstatus.rules.indications import AgentUse, Indications, OtherSource
from allstatus.rules.ruleset import Region, RuleSet, Status
from allstatus.table.case_set import members
from allstatus.table.decision_table import OUTSIDE, Cell, DecisionTable, Verdicts
from allstatus.table.engines import make_engine
from allstatus.why.cites import SourceCite
from allstatus.why.trace import TraceOutline, Tracer, decisive_leaves

APPLIES: Literal["applies"] = "applies"
DOES_NOT_APPLY: Literal["does_not_apply"] = "does_not_apply"
NEEDS_DATA: Literal["needs_data"] = "needs_data"
WORDS: Mapping[str, ConditionApplies] = {
    "determined": APPLIES,
    OUTSIDE: DOES_NOT_APPLY,
    "insufficient_data": NEEDS_DATA,
}
Known = Mapping[str, bool | None]  # a verdict for each criterion


@value_class
class StatedUse:
    """Whether a condition holds of a patient, the facts that can change that, and why."""

    applicability: ConditionApplies
    needs: tuple[str, ...]
    asks: tuple[FactQuestion, ...]
    because: str


class IndicationTable:
    """A condition with its decision table: one status, `applies`, and one region, `does_not_apply`.

    Raises RulesError when it holds in every case or in none.
    """

    def __init__(
        self, overlay: Indications, path: str, clauses: tuple[Clause, ...], place: str
    ) -> None:
        rules = _rules(overlay, path, clauses, place)
        self.path = path
        self.table = DecisionTable(rules, make_engine(rules, "builtin"))
        self.table.refuse_faults()
        self._tracer = Tracer(self.table)
        self._questions = {
            fact.name: FactQuestion(fact.name, fact.question, fact.answered_by)
            for fact in rules.facts.values()
        }
        self._said: dict[Verdicts, StatedUse] = {}

    def read(self, known: Known) -> StatedUse:
        """`applicability`, the facts that can change it (`needs`, `asks`) and `because`; each cell
        is worked out once.
        """
        verdicts = tuple([known[name] for name in self.table.criteria])
        if verdicts not in self._said:
            self._said[verdicts] = self._read(self.table.cell(verdicts))
        return self._said[verdicts]

    def _read(self, cell: Cell) -> StatedUse:
        word = WORDS[cell.outcome]
        needs = (
            [fact for fact in self._questions if self._can_change(fact, cell)]
            if word == NEEDS_DATA
            else []
        )
        asks = [self._questions[name] for name in needs]
        reasons = [ask.question for ask in asks] or self._reasons(self._tracer.outline(cell))
        return StatedUse(word, tuple(needs), tuple(asks), " ".join(reasons))

    def idle_criteria(self) -> list[str]:
        """The criteria that can never change the answer."""
        return sorted(name for name in self.table.criteria if not self._changes(name))

    def _changes(self, criterion: str) -> bool:
        """Whether in some case the answer is open when this criterion alone is."""
        cases = [self.table.cases[number] for number in members(self.table.consistent)]
        cells = (self.table.cell(tuple({**case, criterion: None}.values())) for case in cases)
        return any(len(cell.possible) > 1 for cell in cells)

    def rows(self) -> Iterator[tuple[str, str, str, str]]:
        """The table's lines: the condition, what holds, what does not, and the answer."""
        for number, case in enumerate(self.table.cases):
            if self.table.consistent >> number & 1:
                names = [
                    " ".join(name for name, holds in case.items() if holds is wanted)
                    for wanted in (True, False)
                ]
                answer = APPLIES if self.table.statuses[APPLIES] >> number & 1 else DOES_NOT_APPLY
                yield self.path, names[0], names[1], answer

    def _can_change(self, fact: str, cell: Cell) -> bool:
        """Whether two completions that differ in this fact alone give different answers."""
        others = [
            name
            for name in self.table.criteria
            if self.table.ruleset.criteria[name].condition.fact != fact
        ]
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
        for path in decisive_leaves(outline.nodes, outline.statuses[0].clauses):
            node = outline.nodes[path]
            holds = (node.verdict == "true") is not (node.kind == "not")
            criterion = outline.criteria[path]
            said.append(f"{criterion.title if holds else criterion.otherwise}.")
        return list(dict.fromkeys(said))


class AgentIndication:
    """Whom one agent's stated use fits, by its own source and by others."""

    def __init__(self, overlay: Indications, use: AgentUse) -> None:
        self.use = use
        self.condition = IndicationTable(overlay, use.agent, use.clauses, use.place)
        self.others = [
            (other, self._other(overlay, number, other))
            for number, other in enumerate(use.other_sources, 1)
        ]

    def conditions(self) -> Iterator[IndicationTable]:
        """The agent's own condition, then those of other sources."""
        yield self.condition
        yield from (condition for _, condition in self.others if condition is not None)

    def read(self, known: Known, status: str) -> AgentApplicability:
        """The agent's entry in `by_agent`; other sources where their answer differs, and their
        plain statements.
        """
        own = self.condition.read(known)
        others = [
            _other_answer(other, condition.read(known) if condition else None)
            for other, condition in self.others
            if not other.statuses or status in other.statuses
        ]
        return AgentApplicability(
            agent=self.use.agent,
            title=self.use.title,
            applicability=own.applicability,
            needs=own.needs,
            asks=own.asks,
            because=own.because,
            note=self.use.note,
            reading=self.use.reading,
            cite=SourceCite(**self.use.cite),
            other_sources=tuple([o for o in others if o.applicability != own.applicability]),
        )

    def _other(
        self, overlay: Indications, number: int, other: OtherSource
    ) -> IndicationTable | None:
        return (
            None
            if other.clauses is None
            else IndicationTable(
                overlay, f"{self.use.agent}.other.{number}", other.clauses, self.use.place
            )
        )


def table_csv(fittings: Iterable[AgentIndication]) -> str:
    """One line a case that can be, of every agent by every source: what holds, what does not, and
    the answer.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["condition", "holds", "does_not_hold", "answer"])
    for condition in (condition for fitting in fittings for condition in fitting.conditions()):
        writer.writerows(condition.rows())
    return out.getvalue()


def _other_answer(other: OtherSource, said: StatedUse | None) -> OtherSourceAnswer:
    cite = SourceCite(**other.cite)
    if said is None:
        return OtherSourceAnswer(other.says, None, (), cite)
    return OtherSourceAnswer(other.says, said.applicability, said.needs, cite)


def _rules(overlay: Indications, path: str, clauses: tuple[Clause, ...], place: str) -> RuleSet:
    """A rule set with the one status `applies`."""
    asked = {name for clause in clauses for name in clause.criteria()}
    criteria = {name: criterion for name, criterion in overlay.criteria.items() if name in asked}
    facts = {
        criterion.condition.fact: overlay.facts[criterion.condition.fact]
        for criterion in criteria.values()
    }
    otherwise = Clause(
        "not", f"{path}.not", children=(Clause("all", f"{path}.all", children=clauses),)
    )
    return RuleSet(
        id=path,
        version=overlay.version,
        title=overlay.title,
        effective_from="",
        source={},
        population={},
        notice=overlay.notice,
        facts=facts,
        thresholds=overlay.thresholds,
        criteria=criteria,
        constraints={},
        statuses={APPLIES: Status(APPLIES, APPLIES, clauses, (), "literal", {}, (), place, {})},
        regions={DOES_NOT_APPLY: Region(DOES_NOT_APPLY, "", otherwise, place, {})},
        options={APPLIES: ()},
        guidance={"tests": []},
        digest=overlay.digest,
        directory=overlay.directory,
    )
