"""The CQL export, translated and run by the public reference packages (npm, see tests/js)."""

import json
import subprocess
from pathlib import Path
from typing import Any

from allstatus.errors import InvalidRecord
from allstatus.record.percent import Percent
from allstatus.rules.ruleset import RuleSet
from allstatus.table.decision_table import DecisionTable
from allstatus.table.facts import sources_of, state_facts
from allstatus.testing.answers import REFUSED, Answer
from allstatus.translate.cql import UNKNOWN_FACTS, to_cql

JS = Path(__file__).parent.parent / "js"
RUNNER = JS / "cql.mjs"


def parameters(ruleset: RuleSet, record: dict[str, Any]) -> dict[str, Any] | None:
    """What a site hands the library for a record; None for what is no record, which a site would
    not send.
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
    known = {
        name: None if value is None else parameter(value) for name, value in stated.values.items()
    }
    return {
        **known,
        UNKNOWN_FACTS: [
            name for name, value in known.items() if value is None and name not in stated.unreported
        ],
    }


def parameter(value: Any) -> Any:
    """A number as an interval of doubles, the only numbers the engine has."""
    if not isinstance(value, Percent):
        return value
    return {
        "low": float(value.low),
        "high": float(value.high),
        "lowClosed": not value.low_open,
        "highClosed": not value.high_open,
    }


def run_cql(table: DecisionTable, given: list[dict[str, Any]], folder: Path) -> list[Answer]:
    """Translate the table's library and evaluate it for each set of parameters."""
    library = folder / "library.cql"
    library.write_text(to_cql(table), "utf-8")
    lines = "".join(json.dumps(one) + "\n" for one in given)
    result = subprocess.run(
        ["node", str(RUNNER), str(library)],
        input=lines,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def answers(table: DecisionTable, records: list[dict[str, Any]], folder: Path) -> list[Answer]:
    """The library's answers to records."""
    given = [parameters(table.ruleset, record) for record in records]
    found = iter(run_cql(table, [one for one in given if one is not None], folder))
    return [dict(REFUSED) if one is None else next(found) for one in given]
