"""The DMN export, read and run by public packages (npm, see tests/js)."""

import json
import subprocess
from pathlib import Path
from typing import Any

from cql_backend import JS

from allstatus.errors import InvalidRecord
from allstatus.record.percent import Percent
from allstatus.rules.ruleset import RuleSet
from allstatus.table.decision_table import DecisionTable
from allstatus.table.facts import RecordFacts, sources_of, state_facts
from allstatus.testing.answers import REFUSED, Answer
from allstatus.translate.dmn import UNKNOWN, to_dmn

RUNNER = JS / "dmn.mjs"


def context(ruleset: RuleSet, record: dict[str, Any]) -> dict[str, Any] | None:
    """The variables a site hands the decision for a record; None for what is no record, which a
    site would not send.
    """
    try:
        stated = state_facts(
            ruleset.record_model.read(record),
            tuple(ruleset.facts),
            sources_of(ruleset.facts.values()),
        )
    except InvalidRecord:
        return None
    if len(stated.unreported) == len(ruleset.facts) or "diagnosis" in record:
        return None
    return {name: variable(ruleset, stated, name) for name in ruleset.facts}


def variable(ruleset: RuleSet, stated: RecordFacts, name: str) -> Any:
    """A single number as a double; null for bounds, which a number variable cannot hold."""
    value = stated.values[name]
    if isinstance(value, Percent):
        return None if value.exact is None else float(value.exact)
    worded = ruleset.facts[name].kind in ("yes_no", "choice")
    return UNKNOWN if value is None and worded and name not in stated.unreported else value


def answers(table: DecisionTable, records: list[dict[str, Any]], folder: Path) -> list[Answer]:
    """The decision's answers to records."""
    given = [context(table.ruleset, record) for record in records]
    model = folder / "model.dmn"
    model.write_text(to_dmn(table), "utf-8")
    lines = "".join(json.dumps(one) + "\n" for one in given if one is not None)
    result = subprocess.run(
        ["node", str(RUNNER), str(model)],
        input=lines,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert result.returncode == 0, result.stderr
    found = iter(result.stdout.splitlines())
    return [dict(REFUSED) if one is None else json.loads(next(found)) for one in given]
