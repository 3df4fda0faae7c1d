"""The decision: an outcome, never a guess, with everything that led to it, read off the table when
asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import FrozenInstanceError
from typing import Any, NoReturn, TypeVar

from allstatus.decision import document
from allstatus.decision.answer import UNDECIDED, Answer
from allstatus.decision.entries import FactQuestion, PossibleRegion, RulesSource, RulesUsed
from allstatus.decision.lazy import lazy
from allstatus.decision.origin import Origin
from allstatus.record.frozen import WrittenOnce
from allstatus.table.decision_table import OUTSIDE
from allstatus.table.engines import EngineName
from allstatus.why.counterfactuals import AnswerAway, Change, Counterfactual, Settling
from allstatus.why.observed import Observation
from allstatus.why.other_definitions import MARROW, OtherAnswer
from allstatus.why.questions import NextQuestion
from allstatus.why.trace import Trace, WhyNot

T = TypeVar("T")
BESIDE = ("record", "chart", "contradictions", "verdicts", "observed", "remission_number")
BEHIND = ("_explainer", "_stated", "_resolution", "_applicability")  # not pickled


class Decision(Answer):
    """What the page's definitions say of one record: a frozen value, made part by part when read.

    Equal to another when its JSON is the same; it can be hashed, copied and pickled, and a pickled
    one is read without its rules. No part of it can be changed.
    """

    _origin: Origin

    @lazy
    def schema_version(self) -> str:
        """Of the decision's JSON: additive within a major version."""
        return document.SCHEMA_VERSION

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
        if self.outcome != "insufficient_data":
            return ()
        return shared(self, "missing", self._missing)

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

    @property
    def changes(self) -> tuple[Change, ...]:
        """The `counterfactuals` as classes of values."""
        return self._explanation.changes if self._explained else ()

    @property
    def settling(self) -> tuple[Settling, ...]:
        """`one_answer_away` as classes of values."""
        return self._explanation.settling if self.outcome == "insufficient_data" else ()

    @lazy
    def _nearness(self) -> tuple[bool, ...]:
        return tuple([seen.near for seen in self._measured.values()])

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
        self.__setattr__(name, None)

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

    def _missing(self) -> tuple[FactQuestion, ...]:
        rules = self.rules
        facts = [rules.facts[name] for name in self._explanation.missing]
        return tuple([FactQuestion(f.name, f.question, rules.test_titles(f)) for f in facts])

    @property
    def _others(self) -> WrittenOnce[OtherAnswer]:
        if self.outcome == "conflicting_data":
            return WrittenOnce()
        return self._explainer.elsewhere.of(self._stated.values.get(MARROW), self._stated.panel)

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


def shared(decision: Decision, what: object, make: Callable[[], T]) -> T:
    """What is the same for all decisions of one resolution and outcome whose numbers are as near
    their limits: made once, under the name `what`.
    """
    if decision._stated.conflicts:
        return make()  # which are of this record alone
    kind = what, decision.outcome, decision._nearness
    return _made_once(decision._explanation.said, kind, make)


def measured(decision: Decision) -> Mapping[str, Observation]:
    """What `observed` says of the criteria that have a limit."""
    return decision._measured


def follows_from(decision: Decision, criterion: str) -> tuple[str, ...]:
    """The criteria of known facts from which another's verdict follows; none where its own fact
    says it.
    """
    one = decision._explanation
    return _made_once(one.said, ("follows", criterion), lambda: one.follows_from(criterion))


def shared_by_options(decision: Decision, what: object, make: Callable[[], T]) -> T:
    """What is the same for all decisions with the same options: made once, under that name."""
    return _made_once(decision._listed.said, what, make)


def _made_once(said: dict[Any, Any], kind: object, make: Callable[[], T]) -> T:
    if kind not in said:
        said[kind] = make()
    made: T = said[kind]
    return made
