"""A rule set verified: every statement checked over all cases, and by Z3 where asked."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from allstatus.errors import MissingExtra
from allstatus.rules.editions import find_rules
from allstatus.rules.load import read_rules
from allstatus.table.case_set import union
from allstatus.table.decision_table import DecisionTable
from allstatus.table.engines import make_engine
from allstatus.verify.case_space import Space, VerdictBox, fewest_verdict_boxes
from allstatus.verify.clauses import drop_each
from allstatus.verify.exhaustive import Exhaustive
from allstatus.verify.promises import read_promises
from allstatus.verify.statements import STATEMENTS, StatementResult, Witness


@dataclass(frozen=True, slots=True)
class Need:
    """A clause in words and the smallest case that needs it (None: none does)."""

    clause: str
    words: str
    needed_by: Witness | None


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found of every statement; `proved` is empty unless Z3 was asked."""

    table: DecisionTable
    exhaustive: Mapping[str, StatementResult]
    proved: Mapping[str, StatementResult]
    boxes: tuple[VerdictBox, ...]
    needs: tuple[Need, ...]

    @property
    def holds(self) -> bool:
        """No statement fails, and the two ways of checking agree."""
        return (
            all(f.holds is not False for f in [*self.exhaustive.values(), *self.proved.values()])
            and not self.disagreements
        )

    @property
    def checks(self) -> list[str]:
        """The statements checked in one way or the other, in order."""
        return [check for check in STATEMENTS if check in self.exhaustive or check in self.proved]

    @property
    def disagreements(self) -> list[str]:
        """Statements for which the two ways find different failures."""
        return [check for check in self.checks if self.agree(check) is False]

    def agree(self, check: str) -> bool | None:
        """Whether both ways find the same; None unless both checked it."""
        ours, theirs = self.exhaustive.get(check), self.proved.get(check)
        if ours is None or theirs is None or ours.skipped or theirs.skipped:
            return None
        return ours.failing - theirs.left_out == theirs.failing - ours.left_out


def verify(rules: str | Path | None = None, *, prove: bool = False) -> Verification:
    """Verify a rule set as its files stand, locked or not.

    Raises RulesError when the files cannot be read as rules, MissingExtra for `prove` without
    z3-solver.
    """
    if prove and importlib.util.find_spec("z3") is None:
        raise MissingExtra("z3-solver", "prove")
    ruleset = read_rules(find_rules(rules))
    table = DecisionTable(ruleset, make_engine(ruleset, "builtin"))
    boxes = tuple(fewest_verdict_boxes(table, table.outside))
    found = Exhaustive(table, boxes, read_promises(ruleset)).findings()
    return Verification(
        table, _by_check(found), _prove(table, boxes) if prove else {}, boxes, _needs(table)
    )


def _prove(table: DecisionTable, boxes: tuple[VerdictBox, ...]) -> dict[str, StatementResult]:
    from allstatus.verify.prove.proofs import Proofs

    return _by_check(Proofs(table, boxes).findings())


def _by_check(findings: list[StatementResult]) -> dict[str, StatementResult]:
    return {finding.check: finding for finding in findings}


def _needs(table: DecisionTable) -> tuple[Need, ...]:
    space = Space(table)
    return tuple(
        Need(dropped.about, dropped.words, space.smallest(dropped.changes))
        for dropped in drop_each(table)
    )


def box_words(table: DecisionTable, box: VerdictBox) -> list[str]:
    """What a box says, criterion by criterion, in the rule set's words up to the first
    semicolon.
    """
    criteria = table.ruleset.criteria.values()
    said = [
        (c.title if verdict else c.otherwise)
        for c, verdict in zip(criteria, box.verdicts, strict=True)
        if verdict is not None
    ]
    return [words.partition(";")[0] for words in said]


def box_regions(table: DecisionTable, box: VerdictBox) -> tuple[str, ...]:
    """The fewest regions that together hold the box; none where some of it is unnamed."""
    cases = box.cases & table.outside
    for size in range(1, len(table.regions) + 1):
        for names in combinations(table.regions, size):
            if not cases & ~union(table.regions[name] for name in names):
                return names
    return ()


def to_document(verification: Verification) -> dict[str, Any]:
    """The verification as one JSON document; keys are only ever added."""
    table, rules = verification.table, verification.table.ruleset
    return {
        "schema_version": "1",
        "holds": verification.holds,
        "disagreements": verification.disagreements,
        "ruleset": {
            "id": rules.id,
            "version": rules.version,
            "title": rules.title,
            "digest": rules.digest,
            "effective_from": rules.effective_from,
            "source": dict(rules.source),
        },
        "counts": {
            "criteria": len(table.criteria),
            "cases": len(table.cases),
            "consistent": table.consistent.bit_count(),
            "cells": 3 ** len(table.criteria),
            "undescribed": table.outside.bit_count(),
            **{name: cases.bit_count() for name, cases in table.statuses.items()},
        },
        "checks": [_check(verification, check) for check in verification.checks],
        "boxes": [_box(table, box) for box in verification.boxes],
        "clauses": [
            {"id": n.clause, "words": n.words, "needed_by": n.needed_by} for n in verification.needs
        ],
        "notice": rules.notice,
    }


def _box(table: DecisionTable, box: VerdictBox) -> dict[str, Any]:
    verdicts = zip(table.criteria, box.verdicts, strict=True)
    return {
        "criteria": {name: verdict for name, verdict in verdicts if verdict is not None},
        "words": box_words(table, box),
        "regions": list(box_regions(table, box)),
    }


def _check(verification: Verification, check: str) -> dict[str, Any]:
    return {
        "id": check,
        "statement": STATEMENTS[check],
        "exhaustive": _finding(verification.exhaustive.get(check)),
        "prove": _finding(verification.proved.get(check)),
        "agree": verification.agree(check),
    }


def _finding(finding: StatementResult | None) -> dict[str, Any] | None:
    if finding is None:
        return None
    failures = [
        {"about": f.about, "problem": f.problem, "witness": f.witness} for f in finding.failures
    ]
    return {
        "holds": finding.holds,
        "examined": finding.examined,
        "skipped": finding.skipped,
        "left_out": sorted(finding.left_out),
        "failures": failures,
    }
