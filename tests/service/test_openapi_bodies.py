"""The service held to its own OpenAPI document by schemathesis: lawful, odd and broken requests,
and every answer as described; and the clients that public generators make of it.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from needs import TOOLS, needs
from node import JS

from .conftest import call, chart, prefetch_of
from .process import served

# a body of the right shape may still be no chart, and is then refused
NOT_ASKED = "positive_data_acceptance"


@pytest.mark.slow
@needs("python:schemathesis")
def test_every_answer_is_as_described(tmp_path: Path) -> None:
    hooks = {
        "SCHEMATHESIS_HOOKS": "schemathesis_hooks",
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path]),
    }
    with served(tmp_path, "--insecure-dev") as service:
        asked = [
            "--no-color",
            "--seed",
            "1",
            "--max-examples",
            "4",
            "--phases",
            "examples,coverage,fuzzing",
        ]
        asked += ["--exclude-checks", NOT_ASKED, "--suppress-health-check", "all"]
        command = [
            sys.executable,
            "-m",
            "schemathesis.cli",
            "run",
            f"{service.address}/openapi.json",
            *asked,
        ]
        run = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env={**os.environ, **hooks},
            timeout=400,
        )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    assert "No issues found" in run.stdout or " passed" in run.stdout


HERE = Path(__file__).parent
CONSUMER = """
import type { components, operations, paths } from "./api";
type Card = components["schemas"]["Card"];
const call: components["schemas"]["CdsCall"] = {
  hook: "patient-view", hookInstance: "x", context: { userId: "Practitioner/x", patientId: "p1" } };
const first = (card: Card): string | undefined => card.suggestions?.[0].actions[0].description;
type Cards = operations["call_service"]["responses"][200]["content"]["application/json"]["cards"];
type Decision = paths["/classify"]["post"]["responses"][200]["content"]["application/json"];
const said = (decision: Decision, cards: Cards): string =>
  `${decision.outcome} ${decision.facts.cbc.state} ${cards.map(first)} ${call.hook}`;
// @ts-expect-error: no such indicator
const wrong: Card["indicator"] = "hard-stop";
export { said, wrong };
"""


@pytest.fixture(scope="module")
def document(client: TestClient, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("api") / "openapi.json"
    path.write_text(client.get("/openapi.json").text, "utf-8")
    return path


def operations(document: Path) -> set[str]:
    paths = json.loads(document.read_text("utf-8"))["paths"]
    return {method["operationId"] for path in paths.values() for method in path.values()}


def ran(command: list[object], folder: Path) -> str:
    found = os.environ | {"PATH": os.pathsep.join([str(TOOLS), os.environ["PATH"]])}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=folder, env=found
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout + done.stderr


def test_every_reference_is_to_what_is_there(document: Path) -> None:
    schemas = json.loads(document.read_text("utf-8"))["components"]["schemas"]
    named = {part.partition('"')[0] for part in document.read_text("utf-8").split('"$ref":"')[1:]}
    assert named <= {f"#/components/schemas/{name}" for name in schemas}
    assert {"Card", "Suggestion", "CardLink", "Decision", "Record"} <= set(schemas)


def test_operations_have_names_to_read(document: Path) -> None:
    assert operations(document) == {
        "list_services",
        "call_service",
        "give_feedback",
        "classify",
        "explain",
        "timeline",
        "explain_decision",
        "list_rules",
        "describe",
        "health",
        "readiness",
        "metrics",
    }


@pytest.mark.slow
@needs("tool:openapi-python-client")
def test_a_client_in_python(document: Path, tmp_path: Path) -> None:
    command = [TOOLS / "openapi-python-client", "generate", "--meta", "none"]
    command += ["--config", HERE / "generated_clients.yaml", "--path", document]
    said = ran([*command, "--output-path", tmp_path / "made"], tmp_path)
    assert "warning" not in said.lower()
    made = {path.stem for path in tmp_path.glob("made/api/*/*.py")} - {"__init__"}
    assert made == operations(document)
    asked = tmp_path / "call.json"
    asked.write_text(json.dumps(call(prefetch_of(chart("01-exactly-five")))))
    reading = "reading: {assume: [symptoms-absent-unless-recorded]}\n"
    with served(tmp_path, "--insecure-dev", config=reading) as service:
        script = HERE / "generated_client_calls.py"
        printed = ran([TOOLS / "python", script, tmp_path, service.address, asked], tmp_path)
    assert json.loads(printed) == {
        "status": "in_remission",
        "summary": "By NCI's patient page: ALL in remission",
        "action": "create",
        "link": "absolute",
        "feedback": 200,
        "points": 1,
        "explained": 200,
        "rules": ["nci-pdq-adult-all-patient"],
        "about": "allstatus",
        "health": "ok",
        "ready": "ready",
        "metrics": True,
    }


@pytest.mark.slow
@needs("node", "npm:openapi-typescript", "npm:typescript")
def test_types_in_typescript(document: Path, tmp_path: Path) -> None:
    modules = JS / "node_modules"
    generate = modules / "openapi-typescript" / "bin" / "cli.js"
    ran(["node", generate, document, "-o", tmp_path / "api.d.ts"], JS)
    (tmp_path / "consumer.ts").write_text(CONSUMER)
    (tmp_path / "package.json").write_text("{}")
    compiler = modules / "typescript" / "bin" / "tsc"
    ran(["node", compiler, "--strict", "--noEmit", "--skipLibCheck", "consumer.ts"], tmp_path)
    types = (tmp_path / "api.d.ts").read_text("utf-8")
    assert [name for name in operations(document) if f"    {name}: {{" not in types] == []
