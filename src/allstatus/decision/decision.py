"""The decision: an outcome, never a guess, with everything that led to it, read off the table when
asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import FrozenInstanceError
from typing import Any, Literal, NoReturn

from allstatus.decision import document
from allstatus.decision.applicability import Applicability
from allstatus.decision.entries import (
    FactQuestion,
    FactValue,
    Option,
    OverlayUsed,
    PossibleRegion,
    RegionFound,
    RulesSource,
    RulesUsed,
)
from allstatus.decision.lazy import lazy
from allstatus.decision.options import list_options
from allstatus.decision.origin import Origin
from allstatus.record.frozen import FrozenDict, Kept
from allstatus.record.model import Record
from allstatus.rules.ruleset import Criterion, Fact, RuleSet
from allstatus.table.assumptions import Resolution
from allstatus.table.chart_context import (
    Accounted,
    AssumptionMade,
    ChartContext,
    CodesUsed,
    Contradiction,
    DiagnosisSeen,
    Evidence,
    FactState,
)
from allstatus.table.decision_table import OUTSIDE, Outcome, StatusName
from allstatus.table.engines import EngineName
from allstatus.table.facts import RecordFacts, write_value
from allstatus.why.conflicts import Conflict
from allstatus.why.counterfactuals import AnswerAway, Change, Counterfactual, Settling
from allstatus.why.explainer import Explainer, Explanation
from allstatus.why.other_definitions import MARROW, OtherAnswer
from allstatus.why.questions import NextQuestion
from allstatus.why.trace import Observation, Trace, WhyNot, observe

FactParts = tuple[Any, FactState, tuple[str | Evidence, ...]]
REMISSION = "in_remission"
NOT_APPLICABLE: Literal["not_applicable"] = "not_applicable"
BESIDE = ("record", "chart", "contradictions", "verdicts", "observed", "remission_number")
BEHIND = ("_explainer", "_stated", "_resolution", "_applicability")  # not pickled
UNDECIDED = ("conflicting_data", NOT_APPLICABLE)  # no definition is tried


class Decision:
    """What the page's definitions say of one record: a frozen value, made part by part when read.

    Equal to another when its JSON is the same; it can be hashed, copied and pickled, and a pickled
    one is read without its rules. No part of it can be changed.
    """

    record: Record
    _explainer: Explainer
    _stated: RecordFacts
    _resolution: Resolution
    _applicability: Applicability | None
    _origin: Origin

    def __init__(
        self,
        explainer: Explainer,
        record: Record,
        stated: RecordFacts,
        resolution: Resolution,
        applicability: Applicability | None = None,
    ) -> None:
        self.__dict__.update(
            record=record,
            _explainer=explainer,
            _stated=stated,
            _resolution=resolution,
            _applicability=applicability,
        )

    @lazy
    def schema_version(self) -> str:
        """Of the decision's JSON: additive within a major version."""
        return document.SCHEMA_VERSION

    @lazy
    def id(self) -> str | int | None:
        """The record's id."""
        return self.record.id

    @lazy
    def outcome(self) -> Outcome:
        """determined, outside_definitions, insufficient_data, conflicting_data, or (charts only)
        not_applicable.
        """
        chart = self._stated.chart
        if chart is not None and not chart.applicable:
            return NOT_APPLICABLE
        return "conflicting_data" if self._stated.conflicts else self._resolution.cell.outcome

    @lazy
    def status(self) -> StatusName | None:
        """A status of the rule set when determined, else None; by the page untreated, in_remission
        or recurrent.
        """
        return self._resolution.cell.status if self.outcome == "determined" else None

    @lazy
    def possible(self) -> tuple[str, ...]:
        """Every outcome the facts still allow; empty when they contradict each other."""
        return () if self.outcome in UNDECIDED else self._resolution.cell.possible

    @lazy
    def regions(self) -> tuple[RegionFound, ...]:
        """Which undescribed cases this surely is, each with its sentence (outside_definitions
        only).
        """
        names = self._resolution.cell.regions if self.outcome == OUTSIDE else ()
        return tuple([RegionFound(name, self.rules.regions[name].sentence) for name in names])

    @lazy
    def possible_regions(self) -> tuple[PossibleRegion, ...]:
        """Which undescribed cases this may be besides, and the facts that depends on
        (outside_definitions only).
        """
        names = self._explanation.depends_on if self.outcome == OUTSIDE else {}
        regions = self.rules.regions
        return tuple(
            [PossibleRegion(name, regions[name].sentence, facts) for name, facts in names.items()]
        )

    @lazy
    def one_answer_away(self) -> tuple[AnswerAway, ...]:
        """What the fewest answers to what is not known would make of it, for each outcome that is
        still possible; empty unless data are insufficient.
        """
        return tuple([entry.answer_away() for entry in self.settling])

    @lazy
    def missing(self) -> tuple[FactQuestion, ...]:
        """The facts whose answer could change the outcome, with the question and the tests that
        answer it.
        """
        names = self._explanation.missing if self.outcome == "insufficient_data" else ()
        facts = [self.rules.facts[name] for name in names]
        return tuple([FactQuestion(f.name, f.question, self.rules.test_titles(f)) for f in facts])

    @lazy
    def irrelevant(self) -> tuple[str, ...]:
        """The facts that are not known and cannot change the answer."""
        return () if self.outcome in UNDECIDED else self._explanation.irrelevant

    @lazy
    def ask_next(self) -> NextQuestion | None:
        """The question that settles the answer at the least burden (burdens are illustrative),
        answer by answer.
        """
        return self._explanation.ask_next if self.outcome == "insufficient_data" else None

    @lazy
    def conflicts(self) -> tuple[Conflict, ...]:
        """Which facts contradict each other, and the constraint they break."""
        stated = [Conflict(name, tuple(facts), why) for name, facts, why in self._stated.conflicts]
        return (*stated, *self._explanation.clashes)

    @lazy
    def assumptions(self) -> tuple[AssumptionMade, ...]:
        """The named assumptions this answer rests on."""
        used = self._resolution.used if self.outcome != "conflicting_data" else ()
        return (*self._stated.assumptions, *[_assumption(self.rules.facts[n]) for n in used])

    @lazy
    def warnings(self) -> tuple[str, ...]:
        """What a reader should check: it never changes the decision."""
        limit, age = self.rules.population["adult_from_age_years"], self.record.age_years
        if age is None or age >= limit:
            return tuple(self._stated.warnings)
        young = f"age_years: the page is about adults; this patient is under {limit}"
        return (*self._stated.warnings, young)

    @lazy
    def accounted(self) -> Accounted | None:
        """Where the statements of a chart went, in numbers that add up; None for a record."""
        account = None if self.chart is None else self.chart.account
        return None if account is None else account.numbers

    @lazy
    def codes(self) -> CodesUsed | None:
        """The site's own code tables a chart was read by; None without any."""
        return None if self.chart is None else self.chart.codes

    @lazy
    def diagnoses(self) -> tuple[DiagnosisSeen, ...]:
        """The diagnoses a chart holds; empty for a record."""
        return () if self.chart is None else self.chart.diagnoses

    @lazy
    def options(self) -> tuple[Option, ...]:
        """The treatments the page lists for the status, whether each applies; none for any other
        outcome.
        """
        return self._listed.entries

    @lazy
    def applicability(self) -> OverlayUsed | None:
        """Which overlay said whether the options apply; None without options, or when it was turned
        off.
        """
        used = self._applicability
        return None if self.status is None or used is None else used.about

    @lazy
    def facts(self) -> Mapping[str, FactValue]:
        """Every fact: its value, whether it was given, derived, assumed or is unknown, and its
        evidence.
        """
        return FrozenDict({name: FactValue(*parts) for name, parts in self._facts.items()})

    @lazy
    def trace(self) -> Trace:
        """Every definition, clause by clause, with what was observed."""
        return self._explainer.tracer.trace(
            self._resolution.cell, self.observed, self.remission_number
        )

    @lazy
    def elsewhere(self) -> tuple[OtherAnswer, ...]:
        """What other definitions would say of the same marrow and counts, only where it differs; it
        decides nothing.
        """
        return self._others.entries

    @lazy
    def reasons(self) -> tuple[tuple[str, ...], ...]:
        """All subset-minimal sets of known facts that already force the outcome; in a conflict,
        that clash.
        """
        return self._explanation.reasons if self._explained else ()

    @lazy
    def why_not(self) -> tuple[WhyNot, ...]:
        """For each status not reached, the clauses that decide against it or the facts it waits
        for.
        """
        return () if self.outcome in UNDECIDED else self._explanation.why_not

    @lazy
    def counterfactuals(self) -> tuple[Counterfactual, ...]:
        """The smallest changes of facts to each other outcome."""
        values = {name: fact.value for name, fact in self.facts.items()}
        return tuple([change.counterfactual(values) for change in self.changes])

    @lazy
    def ruleset(self) -> RulesUsed:
        """Which rules decided, and the page they read."""
        rules = self.rules
        table_digest = self._explainer.table.digest
        source = RulesSource(**rules.source)
        return RulesUsed(
            rules.id, rules.version, rules.digest, table_digest, rules.effective_from, source
        )

    @lazy
    def engine(self) -> EngineName:
        """The engine that fired the rules."""
        return self._explainer.table.engine

    @lazy
    def notice(self) -> str:
        """What the answer is, and is not."""
        return self.rules.notice

    @lazy
    def contradictions(self) -> tuple[Contradiction, ...]:
        """The coded statuses of a chart that say otherwise than its facts; not in the JSON."""
        return () if self.chart is None else self.chart.contradictions

    @lazy
    def verdicts(self) -> Mapping[str, bool | None]:
        """Each criterion after assumptions and constraints: true, false, or None where it is
        open; not in the JSON.
        """
        closed = self._resolution.cell.closed
        return FrozenDict(zip(self.rules.criteria, closed, strict=True))

    @lazy
    def observed(self) -> Mapping[str, Observation]:
        """For each criterion what was seen of its fact, and how far a number lies from the limit;
        in the JSON at the trace's nodes.
        """
        return FrozenDict({name: self._observe(c) for name, c in self.rules.criteria.items()})

    @lazy
    def remission_number(self) -> int | None:
        """Which remission this is, where the record counts relapses or denies an earlier
        remission.
        """
        if self.status != REMISSION:
            return None
        if self.record.relapse_count is not None:
            return self.record.relapse_count + 1
        return 1 if self.record.prior_remission is False else None

    @lazy
    def chart(self) -> ChartContext | None:
        """What the chart behind the record supplied; None for a record alone."""
        return self._stated.chart

    @property
    def rules(self) -> RuleSet:
        """The rules this was decided by."""
        return self._explainer.table.ruleset

    @property
    def changes(self) -> tuple[Change, ...]:
        """The `counterfactuals` as classes of values."""
        return self._explanation.changes if self._explained else ()

    @property
    def settling(self) -> tuple[Settling, ...]:
        """`one_answer_away` as classes of values."""
        return self._explanation.settling if self.outcome == "insufficient_data" else ()

    def to_dict(self) -> dict[str, Any]:
        """The decision as `allstatus schema decision` describes it, in dicts and lists of one's
        own.
        """
        return document.to_dict(self)

    def to_json(self) -> bytes:
        """`to_dict()` as one line of UTF-8 JSON."""
        return document.to_json(self)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Decision) and self.to_json() == other.to_json())

    def __hash__(self) -> int:
        return hash(self.to_json())

    def __setattr__(self, name: str, _: object) -> NoReturn:
        raise FrozenInstanceError(f"a decision cannot be changed: {name}")

    def __delattr__(self, name: str) -> NoReturn:
        raise FrozenInstanceError(f"a decision cannot be changed: {name}")

    def __getattr__(self, name: str) -> Any:
        """What a pickled decision left behind is worked out again, by the same rules."""
        if name not in BEHIND or "_origin" not in self.__dict__:
            raise AttributeError(f"a decision has no {name!r}")
        again = self._origin.decide(self)
        self.__dict__.update({behind: again.__dict__[behind] for behind in BEHIND})
        return self.__dict__[name]

    def __reduce__(self) -> tuple[Callable[..., Decision], tuple[dict[str, Any]]]:
        values = {name: getattr(self, name) for name in (*document.PARTS, *BESIDE)}
        origin = self.__dict__.get("_origin") or Origin.of(self)
        return _restore, ({**values, "_origin": origin},)

    def __copy__(self) -> Decision:
        return self

    def __deepcopy__(self, _: object) -> Decision:
        return self

    @lazy
    def _explanation(self) -> Explanation:
        """What can be said of this decision whatever the exact values behind it."""
        return self._explainer.explain(self._resolution)

    @property
    def _explained(self) -> bool:
        """Whether the rules are about this record and it does not contradict itself before any is
        asked.
        """
        return not self._stated.conflicts and self.outcome != NOT_APPLICABLE

    @property
    def _listed(self) -> Kept[Option]:
        status = self.status
        if status is None or self._applicability is None:
            return Kept(list_options(self.rules, status))
        return self._applicability.options_of(status).of(self.record)

    @property
    def _others(self) -> Kept[OtherAnswer]:
        if self.outcome == "conflicting_data":
            return Kept()
        return self._explainer.elsewhere.of(self._stated.values.get(MARROW), self._stated.panel)

    @lazy
    def _measured(self) -> dict[str, Observation]:
        """What was observed for each criterion with a limit."""
        limited = [c for c in self.rules.criteria.values() if c.condition.limit is not None]
        return {c.name: self._observe(c) for c in limited}

    def _observe(self, criterion: Criterion) -> Observation:
        fact = criterion.condition.fact
        return observe(criterion, self._stated.values[fact], self._facts[fact][0])

    @lazy
    def _facts(self) -> dict[str, FactParts]:
        """Each fact's value, state and evidence."""
        return {name: self._fact(name) for name in self.rules.facts}

    def _fact(self, name: str) -> FactParts:
        value, evidence = self._stated.values[name], self._stated.evidence.get(name, ())
        if value is not None:
            state: FactState = "derived" if name in self._stated.derived else "given"
            if self.chart is not None:
                state = self.chart.states.get(name, state)
            return write_value(value), state, evidence
        assume = self.rules.facts[name].assume
        if (
            name in self._resolution.assumed
            and assume is not None
            and self.outcome != "conflicting_data"
        ):
            return assume.value, "assumed", (assume.because, *evidence)
        derived = self._explanation.derived.get(name)
        return derived, "unknown" if derived is None else "derived", evidence

    def __repr__(self) -> str:
        return (
            f"Decision(outcome={self.outcome!r}, status={self.status!r}, "
            f"possible={self.possible!r})"
        )


def _restore(values: dict[str, Any]) -> Decision:
    """A decision as it was pickled."""
    decision = Decision.__new__(Decision)
    decision.__dict__.update(values)
    return decision


def _assumption(fact: Fact) -> AssumptionMade:
    assume = fact.assume
    assert assume is not None
    return AssumptionMade(fact.name, assume.value, assume.because, assume.reading)
