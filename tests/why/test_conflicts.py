"""The fewest constraints that together exclude what was stated, on every cell without a case."""

from itertools import combinations, product

from allstatus.why.conflicts import clashing_constraints
from why.cells import RULES, TABLE, Verdicts, known_of

CELLS = [TABLE.cell(cell) for cell in product((False, True, None), repeat=len(TABLE.criteria))]
CONFLICTING = [cell for cell in CELLS if not cell.completions]


def excluded_by(names: tuple[str, ...], verdicts: Verdicts) -> bool:
    """Whether these constraints leave no case of those verdicts."""
    left = TABLE.cases_with(known_of(verdicts))
    for name in names:
        left &= ~TABLE.broken[name]
    return not left


def test_a_cell_with_a_case_has_no_conflict() -> None:
    assert all(clashing_constraints(TABLE, cell) == () for cell in CELLS if cell.completions)


def test_the_constraints_named_exclude_the_cell_and_no_fewer_do() -> None:
    assert CONFLICTING
    for cell in CONFLICTING:
        names = tuple(entry.constraint for entry in clashing_constraints(TABLE, cell))
        assert excluded_by(names, cell.verdicts)
        for size in range(1, len(names)):
            assert not any(
                excluded_by(fewer, cell.verdicts) for fewer in combinations(TABLE.broken, size)
            )


def test_a_conflict_names_its_facts_and_says_why() -> None:
    decision = RULES.classify({"prior_treatment": "none", "prior_remission": True})
    (conflict,) = decision.conflicts
    assert set(conflict.facts) == {"prior_treatment", "prior_remission"}
    assert conflict.because == RULES.ruleset.constraints[conflict.constraint].because
