"""`allstatus verify`: the shipped rules hold, every seeded fault is caught by both ways, with the
case that shows it.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from allstatus.record.percent import Percent
from allstatus.rules.editions import find_rules
from allstatus.table.boxes import prime_boxes
from allstatus.table.case_set import members, union
from allstatus.table.decision_table import Cell, DecisionTable, Verdicts
from allstatus.table.engines import Firing
from allstatus.table.engines.builtin import BuiltinEngine
from allstatus.verify.case_space import Space, fewest_verdict_boxes
from allstatus.verify.exhaustive import Exhaustive
from allstatus.verify.verification import Verification, to_document, verify
from allstatus.verify.verification_report import render_report
from needs import NO_DURABLE, NO_Z3
from shipped import RULES
from verify.seeded import seed

DATA = Path(__file__).parent
FAULTS = yaml.safe_load((DATA / "faults.yaml").read_text("utf-8"))
Verified = Callable[[str, bool], Verification]
WAYS = [pytest.param(False, id="exhaustive"), pytest.param(True, id="prove", marks=NO_Z3)]


def failing(verification: Verification, *, proved: bool) -> dict[str, set[str]]:
    found = verification.proved if proved else verification.exhaustive
    return {check: set(finding.failing) for check, finding in found.items() if finding.failures}


def cases_of(table: DecisionTable, witness: Mapping[str, Any]) -> int:
    """The cases that can be with these values of facts."""
    cases = table.consistent
    for criterion in table.ruleset.criteria.values():
        if criterion.condition.fact in witness:
            value = witness[criterion.condition.fact]
            if criterion.condition.limit is not None:
                value = Percent(Fraction(value), Fraction(value))
            true = table.where_true(criterion.name)
            cases &= true if criterion.condition.holds(value) else ~true
    return cases


@pytest.mark.parametrize("prove", WAYS)
def test_every_statement_about_the_shipped_rules_holds(prove: bool) -> None:
    verification = verify(prove=prove)
    assert verification.holds
    assert failing(verification, proved=False) == failing(verification, proved=True) == {}
    assert all(verification.agree(check) is not False for check in verification.checks)


@pytest.fixture(scope="module")
def verified(tmp_path_factory: pytest.TempPathFactory) -> Verified:
    """The rules with a fault, verified one way: once for all tests that look at it."""
    faults = {fault["fault"]: fault for fault in FAULTS}

    @cache
    def of(name: str, prove: bool) -> Verification:
        rules = tmp_path_factory.mktemp("faulty") / "rules"
        shutil.copytree(find_rules(), rules)
        seed(rules, faults[name])
        return verify(rules, prove=prove)

    return of


@pytest.mark.parametrize("prove", WAYS)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault["fault"])
def test_a_seeded_fault_is_caught(verified: Verified, fault: dict[str, Any], prove: bool) -> None:
    verification = verified(fault["fault"], prove)
    found = failing(verification, proved=prove)
    examples = found.pop("examples", set())
    assert found == {check: set(names) for check, names in fault["fails"].items()}
    left_out = verification.proved["examples"].left_out if prove else frozenset()
    assert set(fault["examples"]) - left_out <= examples
    assert not verification.holds
    assert not verification.disagreements


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault["fault"])
def test_the_witness_of_a_fault_is_the_smallest(verified: Verified, fault: dict[str, Any]) -> None:
    shown = [
        failure.witness
        for finding in verified(fault["fault"], False).exhaustive.values()
        for failure in finding.failures
        if failure.witness
    ]
    assert (shown[0] if shown else None) == fault["witness"]


@NO_Z3
@pytest.mark.parametrize(
    "fault", [f for f in FAULTS if f["witness"] and f["fails"]], ids=lambda fault: fault["fault"]
)
def test_the_witness_by_z3_shows_the_fault_in_the_table(
    verified: Verified, fault: dict[str, Any]
) -> None:
    verification = verified(fault["fault"], True)
    table, space = verification.table, Space(verification.table)
    check, (about, *_) = next(iter(fault["fails"].items()))
    witness = next(f.witness for f in verification.proved[check].failures if f.about == about)
    assert witness is not None
    cases = list(members(cases_of(table, witness)))
    assert cases
    if check == "exclusive":
        assert all(set(about.split("+")) <= space.statuses_of(case) for case in cases)
    elif check == "complete":
        assert all(table.outside >> case & 1 for case in cases)
        assert not any(region >> case & 1 for region in table.regions.values() for case in cases)
    else:
        points = space.points["marrow_blast_percent"]
        assert all(
            any(
                space.statuses_of(space.moved(case, point)) != space.statuses_of(case)
                for point in points
            )
            for case in cases
        )


def clause_places() -> list[tuple[str, tuple[int, ...]]]:
    """Each clause of each status but those whose criterion stands nowhere else, which loading
    refuses to miss.
    """
    clauses = [
        (name, clause)
        for name, status in RULES.ruleset.statuses.items()
        for clause in status.clauses
    ]
    uses = Counter(
        node.criterion
        for _, clause in clauses
        for node in clause.walk()
        if node.kind == "criterion"
    )
    nodes = [
        (name, node)
        for name, clause in clauses
        for node in (clause, *(clause.children if clause.kind == "any" else ()))
    ]
    kept = [
        (name, node.path)
        for name, node in nodes
        if all(uses[criterion] > 1 for criterion in node.criteria())
    ]
    return [(name, tuple(int(place) - 1 for place in path.split(".")[1:])) for name, path in kept]


@pytest.mark.slow
@pytest.mark.parametrize("prove", WAYS)
@pytest.mark.parametrize("place", clause_places(), ids=str)
def test_dropping_any_one_clause_is_caught(
    rules: Path, place: tuple[str, tuple[int, ...]], prove: bool
) -> None:
    name, (first, *rest) = place
    path = rules / "statuses" / f"{name}.yaml"
    data = yaml.safe_load(path.read_text("utf-8"))
    items = data["all"][first]["any"] if rest else data["all"]
    del items[rest[0] if rest else first]
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "utf-8")
    verification = verify(rules, prove=prove)
    assert failing(verification, proved=prove)
    assert not verification.disagreements


@pytest.mark.slow
@pytest.mark.parametrize("prove", WAYS)
@pytest.mark.parametrize("operator", ["<", "<=", ">=", "==", "!="])
def test_every_other_comparison_is_caught(rules: Path, operator: str, prove: bool) -> None:
    seed(
        rules,
        {
            "edits": [
                {
                    "file": "criteria.yaml",
                    "old": "percent > blast",
                    "new": f"percent {operator} blast",
                }
            ]
        },
    )
    verification = verify(rules, prove=prove)
    assert "promises" in failing(verification, proved=prove)
    assert not verification.disagreements


def test_a_retracted_answer_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    table = DecisionTable(RULES.ruleset, BuiltinEngine(RULES.ruleset))
    honest = DecisionTable.cell

    def forgetful(self: DecisionTable, verdicts: Verdicts) -> Cell:
        cell = honest(self, verdicts)
        changed = copy(cell)
        changed.outcome = "insufficient_data" if None not in verdicts else cell.outcome
        return changed

    monkeypatch.setattr(DecisionTable, "cell", forgetful)
    (failure,) = Exhaustive(table, [], None).knowledge().failures
    assert failure.problem.endswith(" becomes insufficient_data")
    assert failure.witness is not None


@NO_DURABLE
def test_an_engine_that_differs_in_one_case_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    class Faulty(BuiltinEngine):
        def fire(self, case: Mapping[str, bool]) -> Firing:
            firing = super().fire(case)
            return (
                Firing((), ())
                if all(case[name] for name in ("remission_before", "relapse_since_remission"))
                else firing
            )

    monkeypatch.setattr(
        "allstatus.verify.exhaustive.make_engine", lambda ruleset, _: Faulty(ruleset)
    )
    (failure,) = Exhaustive(RULES.table, [], None).engines().failures
    assert failure.witness is not None
    assert failure.witness["relapse_since_remission"] is True


def test_without_durable_rules_the_engines_are_not_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("allstatus.verify.exhaustive.durable_installed", lambda: False)
    verification = verify()
    assert verification.holds
    assert verification.exhaustive["engines"].skipped == "durable-rules is not installed"
    assert "not checked: engines" in render_report(to_document(verification))


@NO_Z3
def test_a_table_that_differs_from_the_files_is_caught_by_z3() -> None:
    from allstatus.verify.prove.proofs import Proofs

    table = DecisionTable(RULES.ruleset, BuiltinEngine(RULES.ruleset))
    fewer = table.statuses["untreated"] & (table.statuses["untreated"] - 1)
    table.statuses = {**table.statuses, "untreated": fewer}
    assert Proofs(table, []).same_table().failing == {"untreated"}
    table.consistent |= table.broken["remission_requires_treatment"]
    assert "consistent" in Proofs(table, []).same_table().failing


@NO_Z3
def test_a_box_too_few_or_too_wide_is_caught_by_both() -> None:
    from allstatus.verify.prove.proofs import Proofs

    boxes = fewest_verdict_boxes(RULES.table, RULES.table.outside)
    wide = replace(
        boxes[0], verdicts=(None,) * len(RULES.table.criteria), cases=RULES.table.everything
    )
    for wrong in (boxes[1:], [wide, *boxes[1:]]):
        assert Exhaustive(RULES.table, wrong, None).cover().failing == {"cover"}
        assert Proofs(RULES.table, wrong).cover().failing == {"cover"}


def test_what_no_status_describes_is_the_reviewed_list_of_boxes() -> None:
    boxes = to_document(verify())["boxes"]
    reviewed = yaml.safe_load((DATA / "gap.yaml").read_text("utf-8"))
    assert [{"words": box["words"], "regions": box["regions"]} for box in boxes] == reviewed


@pytest.mark.slow
def test_no_cover_has_fewer_boxes() -> None:
    table = RULES.table
    primes = prime_boxes(table.grid, table.outside, table.everything & ~table.consistent)
    best = fewest_verdict_boxes(table, table.outside)
    for boxes in combinations(map(table.grid.cases, primes), len(best) - 1):
        assert table.outside & ~union(boxes)
