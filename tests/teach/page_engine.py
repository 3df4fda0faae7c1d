"""The page's engine run by node, and the same answers from Python, for comparing the two."""

import json
from pathlib import Path
from typing import Any

from allstatus.decision.classifier import Classifier
from allstatus.errors import InvalidRecord
from allstatus.record.exact_json import parse_json
from allstatus.why.other_definitions import MARROW
from teach.tools import run_node

REFUSED: dict[str, Any] = {
    "outcome": "invalid_record",
    "status": None,
    "possible": [],
    "regions": [],
    "possible_regions": [],
    "options": [],
    "missing": [],
    "reasons": [],
}


def page_answers(page: Path, lines: list[str]) -> list[dict[str, Any]]:
    """What the page's engine makes of each line of JSON."""
    return [
        json.loads(line)
        for line in run_node("engine.mjs", page, stdin="\n".join(lines)).splitlines()
    ]


def python_answer(classifier: Classifier, line: str) -> dict[str, Any]:
    """The same from Python."""
    try:
        decision = classifier.classify(parse_json(line))
    except InvalidRecord as error:
        return REFUSED | {"field": error.field}
    document = decision.to_dict()
    asked = document["ask_next"]
    keep = ("outcome", "status", "possible", "irrelevant", "reasons", "why_not")
    return {
        **{key: document[key] for key in keep},
        "options": [option["id"] for option in document["options"]],
        "regions": [region["id"] for region in document["regions"]],
        "possible_regions": [
            {"name": region["id"], "dependsOn": list(region["depends_on"])}
            for region in document["possible_regions"]
        ],
        "missing": [entry["fact"] for entry in document["missing"]],
        "ask_next": asked and {"fact": asked["fact"], "answers": asked["answers"]},
        "conflicts": [
            {"constraint": c["constraint"], "facts": list(c["facts"])}
            for c in document["conflicts"]
        ],
        "assumptions": [entry["fact"] for entry in document["assumptions"]],
        "changes": [
            {
                "to": change["to"],
                "regions": [entry["to_region"] for entry in change["changes"]],
                "about": change["about"],
            }
            for change in document["counterfactuals"]
        ],
        "away": [
            {
                "to": entry["status"] or entry["outcome"],
                "regions": [a["region"] for a in entry["answers"]],
            }
            for entry in document["one_answer_away"]
        ],
        "elsewhere": sorted(
            source["id"]
            for entry in document["elsewhere"]
            if entry["about"] == MARROW
            for source in entry["definitions"]
        ),
        "verdicts": {
            path: [_VERDICT[node["verdict"]], node["decisive"]]
            for path, node in document["trace"]["nodes"].items()
        },
    }


_VERDICT = {"true": True, "false": False, "unknown": None}
