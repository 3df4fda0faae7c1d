"""What must hold of any rule set: checks of every engine against the builtin one, and the hunt for
one that fails.

`python tests/testing/differential.py --seconds 600` draws rule sets for as long as asked, for each
check in turn. A rule
set on which a check fails is shrunk and saved in tests/corpus, where the tests try it ever after.
"""

import argparse
import hashlib
import json
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import count, product
from pathlib import Path
from typing import Any

import cql_backend
import dmn_backend
from backends import PORTS
from hypothesis import HealthCheck, given, seed, settings
from random_rules import FILES, Short, long_rules, short_rules
from sql_backends import Sql, asked_of, fitting, in_duckdb

from allstatus.decision.classifier import Classifier
from allstatus.errors import RulesError
from allstatus.record.percent import HUNDRED, ZERO, format_number
from allstatus.table.decision_table import OUTSIDE, DecisionTable
from allstatus.table.engines import make_engine
from allstatus.testing.answers import FIELDS, SHOWING, Answer, AnswerLevel, answer_of, differing_in
from allstatus.testing.command_adapter import run_adapter
from allstatus.testing.conformance import judge
from allstatus.testing.representatives import HAIR, every_cell, numeric_facts
from allstatus.testing.rule_files import RuleFiles
from allstatus.testing.vectors import Vector
from allstatus.translate.box_conditions import conditions_of
from allstatus.translate.plain_json import to_plain
from allstatus.verify.prove.proofs import Proofs

CORPUS_FOLDER = Path(__file__).parent.parent / "corpus"
TOO_LONG = (
    "error code: 113"  # ERR_EXPRESSION_LIMIT_EXCEEDED: durable-rules' own limit for one condition
)
DOUBLE_PLACES = 8  # decimal places of a CQL Decimal, and far within what a double tells apart
SQL_PLACES = 18  # decimal places of the column in DuckDB
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
Check = Callable[[Short, Classifier], None]


def with_durable_rules(_: Short, rules: Classifier) -> None:
    """Forward chaining gives the same table."""
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


def with_the_sql_view(_: Short, rules: Classifier) -> None:
    """The view of `allstatus sql`, in DuckDB, answers every cell and every number a hair beside a
    limit alike.
    """
    vectors = [*vectors_of(rules), *edges_of(rules)]
    rows = Sql(rules).rows([vector.record for vector in vectors])
    stating = [
        any(value is not None for value in row[1:]) and row == fitting([row], SQL_PLACES)[0]
        for row in rows
    ]
    asked = [
        vector for vector, states in zip(vectors, stating, strict=True) if states
    ]  # a row of nulls alone is refused
    answers = asked_of(in_duckdb, rules, [vector.record for vector in asked])
    for vector, answer in zip(asked, answers, strict=True):
        assert not differing_in((*FIELDS, *SHOWING, "missing"), vector.expected, answer), (
            vector.record,
            answer,
        )


def with_sql(_: Short, rules: Classifier) -> None:
    """The exported boxes, as SQL conditions on columns that may be NULL, leave the same outcomes
    possible in every cell.
    """
    table = rules.table
    sets = {**table.statuses, OUTSIDE: table.outside, **table.regions}
    cells = list(product((None, False, True), repeat=len(table.criteria)))
    database = sqlite3.connect(":memory:")
    database.execute(f"CREATE TABLE cells ({', '.join(table.criteria)})")
    database.executemany(
        f"INSERT INTO cells VALUES ({', '.join('?' * len(table.criteria))})", cells
    )
    rows = database.execute(
        f"SELECT {', '.join(sql(table, cases) for cases in sets.values())} FROM cells ORDER BY "
        f"rowid"
    ).fetchall()
    for verdicts, row in zip(cells, rows, strict=True):
        found = [name for name, is_open in zip(sets, row, strict=True) if is_open]
        cell = table.cell(verdicts)
        assert [name for name in found if name not in table.regions] == list(cell.possible)
        lying = {name for name in found if name in table.regions}
        assert cell.outcome != OUTSIDE or lying == {*cell.regions, *cell.possible_regions}


def sql(table: DecisionTable, cases: int) -> str:
    boxes = (
        " AND ".join(f"{name} IS NOT {int(not verdict)}" for name, verdict in box.items()) or "TRUE"
        for box in conditions_of(table, cases)
    )
    return " OR ".join(f"({box})" for box in boxes) or "FALSE"


def vectors_of(rules: Classifier) -> list[Vector]:
    """Every cell, and every cell with what may be assumed left out."""
    assumable = [fact.name for fact in rules.ruleset.facts.values() if fact.assume is not None]
    cells = list(every_cell(rules.table))
    silent = [
        {name: value for name, value in cell.items() if name not in assumable} for cell in cells
    ]
    asked = [*cells, *(cell for cell in silent if cell and assumable)]
    return [
        Vector(str(n), "random", AnswerLevel.core, record, answer_of(rules, record))
        for n, record in enumerate(asked)
    ]


def edges_of(rules: Classifier) -> list[Vector]:
    """Every number on a limit and a hair beside it, all other facts as in the first cell."""
    first, numbers = next(every_cell(rules.table)), []
    for fact, domain in numeric_facts(rules.table).items():
        beside = {
            limit + step: None for limit in domain.limits for step in (-HAIR, Fraction(0), HAIR)
        }
        numbers += [
            {**first, fact: format_number(number)} for number in beside if ZERO <= number <= HUNDRED
        ]
    return [
        Vector(f"edge {n}", "random", AnswerLevel.core, record, answer_of(rules, record))
        for n, record in enumerate(numbers)
    ]


def with_the_javascript_port(_: Short, rules: Classifier) -> None:
    """The port, given the exported rules, explains every cell alike."""
    vectors = [*vectors_of(rules), *edges_of(rules)]
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "rules.json"
        path.write_text(json.dumps(to_plain(rules.table)), "utf-8")
        run = run_adapter(
            f"node {PORTS}/javascript/allstatus.mjs {path}", [vector.record for vector in vectors]
        )
    report = judge(vectors, run, AnswerLevel.explanation)
    assert report.conforms, [report.problems, *(failure.lines for failure in report.failures[:2])]


def with_cql(_: Short, rules: Classifier) -> None:
    """The exported library, in the public reference engine, answers every cell alike."""
    answered_alike(cql_backend.answers, rules)


def with_dmn(_: Short, rules: Classifier) -> None:
    """The exported decision table, by a FEEL interpreter: one row matches every cell, with its
    answer.
    """
    answered_alike(dmn_backend.answers, rules)


def answered_alike(
    asked: Callable[[DecisionTable, list[dict[str, Any]], Path], list[Answer]],
    rules: Classifier,
) -> None:
    """Every cell is answered alike, but for limits that doubles cannot tell apart."""
    limits = [criterion.condition.limit or 0 for criterion in rules.ruleset.criteria.values()]
    if any(limit * 10**DOUBLE_PLACES % 1 for limit in limits):
        return  # a gap declared in backends.py
    vectors = vectors_of(rules)
    with tempfile.TemporaryDirectory() as scratch:
        answers = asked(rules.table, [vector.record for vector in vectors], Path(scratch))
    for vector, answer in zip(vectors, answers, strict=True):
        assert {**vector.expected, **answer} == vector.expected, vector.record


CHECKS: dict[Check, int] = {  # how many random rule sets each is tried on
    with_durable_rules: 15,
    with_z3: 15,
    with_sql: 40,
    with_the_sql_view: 10,
    with_the_javascript_port: 6,
    with_cql: 2,
    with_dmn: 6,
}


def hunt(
    check: Check, examples: int, folder: Path = CORPUS_FOLDER, number: int | None = None
) -> None:
    """Try a check on random rule sets; one that fails is shrunk and saved before the failure is
    raised.
    """
    failing: list[Short] = []

    @settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=SLOW,
        **({} if number is None else {"database": None}),
    )
    @given(short_rules())
    def agrees(short: Short) -> None:
        try:
            check(short, FILES.build(long_rules(short)))
        except Exception:
            failing.append(short)
            raise

    try:
        (agrees if number is None else seed(number)(agrees))()
    except Exception as error:
        error.add_note(
            f"saved as {save(failing[-1], check, folder)}"
        )  # the last one tried is the simplest
        raise


def save(short: Short, check: Check, folder: Path) -> str:
    """Write a rule set among those that are tried ever after; its name says which check it once
    failed.
    """
    text = json.dumps(short, indent=1) + "\n"
    name = (
        f"{check.__name__.replace('_', '-')}-{hashlib.sha256(text.encode()).hexdigest()[:8]}.json"
    )
    (folder / name).write_text(text, "utf-8")
    return name


def main(arguments: Sequence[str] | None = None) -> int:
    """Hunt until the time is up, every check in turn; 1 when a rule set was saved."""
    parser = argparse.ArgumentParser(
        description="Random rule sets, every engine, until the time is up."
    )
    parser.add_argument("--seconds", type=float, default=60)
    until, tried = time.monotonic() + parser.parse_args(arguments).seconds, 0
    for number in count():
        for check in CHECKS:
            if time.monotonic() > until:
                print(f"{tried} rule sets tried, no engine differs")
                return 0
            try:
                hunt(check, 5, number=number)
            except Exception as error:
                print(f"{check.__name__}: {error}\n{getattr(error, '__notes__', [''])[-1]}")
                return 1
            tried += 5
    raise AssertionError("counting never ends")


if __name__ == "__main__":
    raise SystemExit(main())
