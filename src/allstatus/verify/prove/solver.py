"""One question to Z3, and the facts of its answer that matter."""

from __future__ import annotations

from typing import Any

import z3

from allstatus.verify.prove.translation import Case, Formula, Translation
from allstatus.verify.statements import Counterexample, Witness


def model_of(*formulas: Formula) -> Any:
    """Values that satisfy the formulas, None when there are none."""
    solver = z3.SolverFor("QF_LRA")
    solver.add(*formulas)
    answer = solver.check()
    if answer == z3.unknown:
        raise RuntimeError(f"Z3 could not decide: {solver.reason_unknown()}")
    return solver.model() if answer == z3.sat else None


def counterexample(
    rules: Translation, case: Case, about: str, problem: str, bad: Formula
) -> list[Counterexample]:
    """A failure with its witness when some consistent case is bad, else nothing."""
    given = rules.consistent(case)
    model = model_of(given, bad)
    if not model:
        return []
    return [Counterexample(about, problem, witness(rules, case, model, given, bad))]


def witness(rules: Translation, case: Case, model: Any, given: Formula, bad: Formula) -> Witness:
    """The facts of a model that are enough for it to be bad: none of them can be left out."""
    pinned = {n: v == model.eval(v, model_completion=True) for n, v in case.values.items()}
    for name in list(pinned):
        rest = [formula for other, formula in pinned.items() if other != name]
        if not model_of(given, *rest, z3.Not(bad)):
            del pinned[name]
    return {name: rules.shown(model, case, name) for name in pinned}
