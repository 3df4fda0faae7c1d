"""The page's engine run by node, and the same answers from Python, for comparing the two."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from allstatus.classify import Classifier
from allstatus.errors import InvalidRecord
from allstatus.record import parse_json
from allstatus.teach.embed import embed_rules
from allstatus.teach.source import engine_source

JS = Path(__file__).parent.parent / "js"
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="needs node")


def page_answers(classifier: Classifier, lines: list[str], folder: Path) -> list[dict[str, Any]]:
    """What the page's engine makes of each line of JSON."""
    engine, data = folder / "engine.js", folder / "data.json"
    engine.write_text(engine_source(), "utf-8")
    data.write_text(json.dumps(embed_rules(classifier)), "utf-8")
    command = ["node", str(JS / "engine.mjs"), str(engine), str(data)]
    result = subprocess.run(command, input="\n".join(lines), capture_output=True, encoding="utf-8", check=False, timeout=300)
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def python_answer(classifier: Classifier, line: str) -> dict[str, Any]:
    """The same from Python."""
    try:
        decision = classifier.classify(parse_json(line))
    except InvalidRecord as error:
        return {"refused": error.field}
    document = decision.to_dict()
    asked = document["ask_next"]
    keep = ("outcome", "status", "possible", "irrelevant", "reasons", "why_not")
    return {
        **{key: document[key] for key in keep},
        "regions": [region["id"] for region in document["regions"]],
        "missing": [entry["fact"] for entry in document["missing"]],
        "ask_next": asked and {"fact": asked["fact"], "answers": asked["answers"]},
        "conflicts": [{"constraint": c["constraint"], "facts": list(c["facts"])} for c in document["conflicts"]],
        "assumptions": [entry["fact"] for entry in document["assumptions"]],
        "changes": [
            {"to": change["to"], "regions": [entry["to_region"] for entry in change["changes"]], "about": change["about"]}
            for change in document["counterfactuals"]
        ],
        "verdicts": {path: [_VERDICT[node["verdict"]], node["decisive"]] for path, node in document["trace"]["nodes"].items()},
    }


_VERDICT = {"true": True, "false": False, "unknown": None}
