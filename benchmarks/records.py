"""The records every contender is timed on: all seven facts known for the peers, fixtures with gaps
for allstatus alone.
"""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

from allstatus import Classifier, InvalidRecord

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "records"
HISTORIES = (
    ("none", False, False),
    ("symptom_relief_only", False, False),
    ("disease_directed", False, False),
    ("disease_directed", True, False),
    ("disease_directed", True, True),
)
STEPS = (-4, -0.1, 0, 0.1, 15, 75)  # blast percentages around the limit
Record = dict[str, Any]


def blast_limit(classifier: Classifier) -> float:
    """The limit as the rule set states it, so that no peer holds a number of its own."""
    return float(classifier.ruleset.thresholds["blast_threshold"].value)


def known_grid(limit: float) -> list[Record]:
    """Every consistent case with all seven facts stated, at several blast percentages."""
    findings = product(("normal", "abnormal"), STEPS, ("absent", "present"), ("absent", "present"))
    return [
        {
            "prior_treatment": treatment,
            "prior_remission": remission,
            "relapse_since_remission": relapse,
            "cbc": cbc,
            "marrow_blast_percent": round(limit + step, 3),
            "signs_and_symptoms": signs,
            "leukemia_outside_marrow": outside,
        }
        for (treatment, remission, relapse), (cbc, step, signs, outside) in product(
            HISTORIES, findings
        )
    ]


def read_fixtures(classifier: Classifier) -> tuple[list[Record], list[Record]]:
    """The fixtures that are records: those stating every fact as a plain value, and all the
    others.
    """
    plain = {
        name: (int, float) if name == "marrow_blast_percent" else (str, bool)
        for name in classifier.ruleset.facts
    }
    known, partial = [], []
    for path in sorted(FIXTURES.glob("*.json")):
        if path.name.endswith(".expected.json"):
            continue
        record = json.loads(path.read_text("utf-8"))
        if not isinstance(record, dict) or not _is_record(classifier, record):
            continue
        record.pop("id", None)
        complete = all(
            isinstance(record.get(name), kinds) and record[name] != "unknown"
            for name, kinds in plain.items()
        )
        (known if complete else partial).append(record)
    return [{name: record[name] for name in plain} for record in known], partial


def _is_record(classifier: Classifier, record: Record) -> bool:
    try:
        classifier.classify(record)
    except InvalidRecord:
        return False
    return True


def ndjson(records: list[Record], lines: int) -> str:
    """Many lines of NDJSON, each with an id of its own."""
    return "".join(
        json.dumps({"id": f"case-{n}", **records[n % len(records)]}) + "\n" for n in range(lines)
    )
