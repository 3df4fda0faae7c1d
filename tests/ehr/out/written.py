"""Decisions written as FHIR, and the definitions of the shipped rules, for the tests of each."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from allstatus.decision.decision import Decision
from allstatus.ehr.chart import Chart
from allstatus.ehr.chart_files import read_charts
from allstatus.ehr.chart_options import make_reader
from allstatus.ehr.out.bundle import definitions, to_bundle
from allstatus.ehr.timelines.timeline import decide_chart
from allstatus.errors import InvalidRecord
from allstatus.record.exact_json import parse_json
from allstatus.record.json_reader import decode
from shipped import RULES

FIXTURES = Path(__file__).parents[3] / "fixtures"
CASES: dict[str, Any] = yaml.safe_load((FIXTURES / "fhir_out/cases.yaml").read_text("utf-8"))
AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
DEFINITIONS = {
    f"{one['resourceType']}/{one['id']}": one
    for one in definitions(RULES.table, cql="library Made")
}


def charts(path: Path, assume: list[str] | None = None) -> Iterator[Decision]:
    return decide_all(decode(path.read_bytes(), str(path)), assume)


def decide_all(text: str, assume: list[str] | None = None) -> Iterator[Decision]:
    for _, chart in read_charts(text):
        assert isinstance(chart, Chart)
        yield decide_chart(RULES, chart, options=make_reader(assume or []))


def decide(case: dict[str, Any]) -> Decision:
    return (
        RULES.classify(case["record"])
        if "record" in case
        else next(charts(FIXTURES / case["chart"], case.get("assume")))
    )


def every_decision() -> Iterator[tuple[str, Decision]]:
    """Every record and chart of the fixtures, every case, every complete case of the table."""
    for name, case in CASES.items():
        yield name, decide(case)
    for path in sorted(FIXTURES.glob("records/*.json")):
        if not path.name.endswith(".expected.json"):
            try:
                yield path.name, RULES.classify(parse_json(path.read_text("utf-8")))
            except InvalidRecord:
                continue
    for path in sorted([*FIXTURES.glob("fhir/*.json"), *FIXTURES.glob("hl7v2/*.hl7")]):
        if not path.name.endswith(".expected.json"):
            for number, decision in enumerate(charts(path)):
                yield f"{path.name} {number}", decision
    for number, record in enumerate(complete_records()):
        yield f"complete case {number}", RULES.classify(record)


def complete_records() -> Iterator[dict[str, Any]]:
    """A record for each complete case of the criteria."""
    limit = RULES.ruleset.thresholds["blast_threshold"].value
    for case in RULES.table.cases:
        yield {
            "prior_treatment": "disease_directed" if case["treated"] else "none",
            "prior_remission": case["remission_before"],
            "relapse_since_remission": case["relapse_since_remission"],
            "cbc": "normal" if case["cbc_normal"] else "abnormal",
            "marrow_blast_percent": str(limit + case["marrow_blasts_above_threshold"]),
            "signs_and_symptoms": "present" if case["signs_or_symptoms"] else "absent",
            "leukemia_outside_marrow": "present" if case["leukemia_outside_marrow"] else "absent",
        }


@cache
def decisions() -> dict[str, Decision]:
    return dict(every_decision())


@cache
def bundles() -> dict[str, dict[str, Any]]:
    return {name: to_bundle(decision, at=AT) for name, decision in decisions().items()}


def resources(bundle: dict[str, Any]) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in bundle["entry"]]


def at(value: Any, path: str) -> Any:
    for part in path.split("."):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


def values(value: Any, key: str) -> Iterator[Any]:
    """Everything under a key, however deep."""
    for part in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        yield from values(part, key)
    if isinstance(value, dict) and key in value:
        yield value[key]


def linked_by_id(value: Any) -> Any:
    """References within a bundle as a server would rewrite them, so that the kind they lead to is
    checked.
    """
    if isinstance(value, dict):
        changed = {key: linked_by_id(part) for key, part in value.items()}
        if str(changed.get("reference", "")).startswith("urn:uuid:"):
            changed["reference"] = (
                f"{changed['type']}/{changed['reference'].removeprefix('urn:uuid:')}"
            )
        return changed
    return [linked_by_id(part) for part in value] if isinstance(value, list) else value
