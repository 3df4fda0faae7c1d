"""All engines agree on rule sets nobody wrote: random ones, and those in tests/corpus, which once mattered.

A rule set on which a check fails is printed; saved in tests/corpus as JSON, it is tried for ever.
"""

import json
import sqlite3
import tempfile
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import cql_backend
import dmn_backend
import pytest
from backends import BACKENDS, PORTS
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from random_rules import FILES, Short, long_rules, short_rules

from allstatus.classify import Classifier
from allstatus.engines import durable_installed, make_engine
from allstatus.errors import RulesError
from allstatus.export.boxes import boxes_of
from allstatus.export.plain import to_plain
from allstatus.table import OUTSIDE, DecisionTable
from allstatus.testing import complete_records, equivalent_spellings, records, refinements
from allstatus.testing.adapter import run_adapter
from allstatus.testing.answers import Answer, Level, answer_of
from allstatus.testing.conformance import judge
from allstatus.testing.rule_files import RuleFiles
from allstatus.testing.sides import every_cell
from allstatus.testing.vectors import Vector
from allstatus.verify.prove.proofs import Proofs

CORPUS_FOLDER = Path(__file__).parent.parent / "corpus"
CORPUS = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(CORPUS_FOLDER.glob("*.json"))}
TOO_LONG = "error code: 113"  # ERR_EXPRESSION_LIMIT_EXCEEDED: durable-rules' own limit for one condition
DOUBLE_PLACES = 8  # decimal places of a CQL Decimal, and far within what a double tells apart
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
Check = Callable[[Short, Classifier], None]


def with_durable_rules(_: Short, rules: Classifier) -> None:
    """Forward chaining gives the same table."""
    if not durable_installed():
        pytest.skip("durable-rules is not installed (it needs a C compiler)")
    try:
        engine = make_engine(rules.ruleset, "durable")
    except RulesError as error:
        if TOO_LONG not in str(error):
            raise
        return
    assert DecisionTable(rules.ruleset, engine).csv == rules.table.csv


def with_z3(short: Short, rules: Classifier) -> None:
    """Formulas made from the files alone give the same table over all rationals."""
    with tempfile.TemporaryDirectory() as scratch:
        FILES.write(long_rules(short), Path(scratch) / "rules")
        written = RuleFiles(Path(scratch) / "rules").build({})
        assert written.table.csv == rules.table.csv
        finding = Proofs(written.table, []).same_table()
    assert not finding.failures, finding.failures


def with_sql(_: Short, rules: Classifier) -> None:
    """The exported boxes, as SQL conditions on columns that may be NULL, leave the same outcomes possible in every cell."""
    table = rules.table
    sets = {**table.statuses, OUTSIDE: table.outside, **table.regions}
    cells = list(product((None, False, True), repeat=len(table.criteria)))
    database = sqlite3.connect(":memory:")
    database.execute(f"CREATE TABLE cells ({', '.join(table.criteria)})")
    database.executemany(f"INSERT INTO cells VALUES ({', '.join('?' * len(table.criteria))})", cells)
    rows = database.execute(f"SELECT {', '.join(sql(table, cases) for cases in sets.values())} FROM cells ORDER BY rowid").fetchall()
    for verdicts, row in zip(cells, rows, strict=True):
        found = [name for name, is_open in zip(sets, row, strict=True) if is_open]
        cell = table.cell(verdicts)
        assert [name for name in found if name not in table.regions] == list(cell.possible)
        assert cell.outcome != OUTSIDE or [name for name in found if name in table.regions] == list(cell.regions)


def sql(table: DecisionTable, cases: int) -> str:
    boxes = (" AND ".join(f"{name} IS NOT {int(not verdict)}" for name, verdict in box.items()) or "TRUE" for box in boxes_of(table, cases))
    return " OR ".join(f"({box})" for box in boxes) or "FALSE"


def vectors_of(rules: Classifier) -> list[Vector]:
    """Every cell, and every cell with what may be assumed left out."""
    assumable = [fact.name for fact in rules.ruleset.facts.values() if fact.assume is not None]
    cells = list(every_cell(rules.ruleset))
    silent = [{name: value for name, value in cell.items() if name not in assumable} for cell in cells]
    asked = [*cells, *(cell for cell in silent if cell)]
    return [Vector(str(n), "random", Level.core, record, answer_of(rules, record)) for n, record in enumerate(asked)]


def with_the_javascript_port(_: Short, rules: Classifier) -> None:
    """The port, given the exported rules, explains every cell alike."""
    if lacking := BACKENDS["javascript"].lacks():
        pytest.skip(lacking)
    vectors = vectors_of(rules)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "rules.json"
        path.write_text(json.dumps(to_plain(rules.table)), "utf-8")
        run = run_adapter(f"node {PORTS}/javascript/allstatus.mjs {path}", [vector.record for vector in vectors])
    report = judge(vectors, run, Level.explanation)
    assert report.conforms, [report.problems, *(failure.lines for failure in report.failures[:2])]


def with_cql(_: Short, rules: Classifier) -> None:
    """The exported library, in the public reference engine, answers every cell alike."""
    answered_alike("cql", cql_backend.answers, rules)


def with_dmn(_: Short, rules: Classifier) -> None:
    """The exported decision table, by a FEEL interpreter: one row matches every cell, with its answer."""
    answered_alike("dmn", dmn_backend.answers, rules)


def answered_alike(name: str, asked: Callable[[DecisionTable, list[dict[str, Any]], Path], list[Answer]], rules: Classifier) -> None:
    """Every cell is answered alike, but for limits that doubles cannot tell apart."""
    if lacking := BACKENDS[name].lacks():
        pytest.skip(lacking)
    limits = [criterion.condition.limit or 0 for criterion in rules.ruleset.criteria.values()]
    if any(limit * 10**DOUBLE_PLACES % 1 for limit in limits):
        return  # a gap declared in backends.py
    vectors = vectors_of(rules)
    with tempfile.TemporaryDirectory() as scratch:
        answers = asked(rules.table, [vector.record for vector in vectors], Path(scratch))
    for vector, answer in zip(vectors, answers, strict=True):
        assert {**vector.expected, **answer} == vector.expected, vector.record


CHECKS: dict[Check, int] = {  # how many random rule sets each is tried on
    with_durable_rules: 15, with_z3: 15, with_sql: 40, with_the_javascript_port: 6, with_cql: 2, with_dmn: 6,
}  # fmt: skip


@pytest.mark.parametrize("name", CORPUS)
@pytest.mark.parametrize("check", CHECKS)
def test_engines_agree_on_the_corpus(name: str, check: Check) -> None:
    check(CORPUS[name], FILES.build(long_rules(CORPUS[name])))


@pytest.mark.parametrize("check", CHECKS)
def test_engines_agree_on_random_rule_sets(check: Check) -> None:
    @settings(max_examples=CHECKS[check], deadline=None, suppress_health_check=SLOW)
    @given(short_rules())
    def agrees(short: Short) -> None:
        note(f"save in tests/corpus:\n{json.dumps(short, indent=1)}")
        check(short, FILES.build(long_rules(short)))

    agrees()


@settings(max_examples=40, suppress_health_check=SLOW)
@given(st.data())
def test_the_laws_hold_of_any_rule_set(drawn: st.DataObject) -> None:
    """More knowledge adds no possibility, another spelling changes nothing, and a complete record lacks nothing."""
    rules = FILES.build(long_rules(drawn.draw(short_rules())))
    before, after = drawn.draw(refinements(rules=rules))
    assert set(rules.classify(after).possible) <= set(rules.classify(before).possible)
    assert answer_of(rules, drawn.draw(equivalent_spellings(before, rules))) == answer_of(rules, before)
    assert rules.classify(drawn.draw(complete_records(rules))).outcome != "insufficient_data"
    assert set(drawn.draw(records(rules))) <= set(rules.ruleset.facts)


def test_the_corpus_keeps_a_rule_set_too_long_for_durable_rules() -> None:
    if not durable_installed():
        pytest.skip("durable-rules is not installed (it needs a C compiler)")
    rules = FILES.build(long_rules(CORPUS["too-long-for-durable-rules"]))
    with pytest.raises(RulesError, match=f"{TOO_LONG}.*use --engine builtin"):
        make_engine(rules.ruleset, "durable")
    assert make_engine(rules.ruleset, "auto").name == "builtin"
