"""The examples of the status files as formulas, with the rule set's named assumptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import z3

from allstatus.verify.prove.solver import model_of
from allstatus.verify.prove.translation import Case, Formula, Translation

OUTSIDE = "outside_definitions"


def stated(rules: Translation, case: Case, facts: Mapping[str, Any]) -> list[Formula] | None:
    """What an example states; None when it states more than plain values of facts."""
    known = [rules.consistent(case)]
    for name, value in facts.items():
        if name not in rules.facts:
            return None
        formula = z3.BoolVal(True) if value == "unknown" else rules.stated(case, name, value)
        if formula is None:
            return None
        known.append(formula)
    return known


def assume(
    rules: Translation, case: Case, known: list[Formula], reported: Mapping[str, Any]
) -> list[Formula]:
    """What is known after each assumption that applies and that nothing known contradicts."""
    for name, fact in rules.facts.items():
        rule = fact.get("assume")
        if rule is None or name in reported:
            continue
        applies = "when" not in rule or not model_of(
            *known, z3.Not(rules.clause(case, rule["when"], ""))
        )
        taken = rules.stated(case, name, rule["value"])
        if applies and model_of(*known, taken):
            known = [*known, taken]
    return known


def wrong(
    rules: Translation, case: Case, example: Mapping[str, Any], known: list[Formula]
) -> str | None:
    """How the example's answer differs from the expected one; None when it does not."""
    known = assume(rules, case, known, example["facts"])
    possible = {name for name in rules.statuses if model_of(*known, rules.status(case, name))}
    possible |= {OUTSIDE} if model_of(*known, rules.undescribed(case)) else set()
    expected = {
        "determined": {example.get("status")},
        OUTSIDE: {OUTSIDE},
        "conflicting_data": set(),
        "insufficient_data": example.get("possible"),
    }[example["outcome"]]
    agrees = len(possible) > 1 if expected is None else possible == set(expected)
    found = ", ".join(sorted(possible)) or "nothing"
    return None if agrees else f"expected {example['outcome']}, possible is {found}"
