"""The public CQL engine (npm cql-execution) on the CQL that this package writes."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from shutil import which
from typing import Any

from allstatus import Classifier

TESTS = Path(__file__).parents[1] / "tests"
RUNNER = TESTS / "js" / "cql.mjs"
FEW = 200


def time_cql(classifier: Classifier, records: list[dict[str, Any]], folder: Path) -> float | None:
    """Seconds of the processor a record, without the engine's start; None where it is not here."""
    if which("node") is None or not (RUNNER.parent / "node_modules" / "cql-execution").exists():
        return None
    sys.path.insert(0, str(TESTS / "testing"))
    from cql_backend import parameters

    from allstatus.translate.cql import to_cql

    library = folder / "library.cql"
    library.write_text(to_cql(classifier.table), "utf-8")
    given = [parameters(classifier.ruleset, record) for record in records]
    lines = [json.dumps(one) + "\n" for one in given if one is not None] * FEW

    def spent(number: int) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            ["node", str(RUNNER), str(library)],
            input="".join(lines[:number]),
            stdout=subprocess.DEVNULL,
            text=True,
            check=True,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return (spent(11 * FEW) - spent(FEW)) / (10 * FEW)
