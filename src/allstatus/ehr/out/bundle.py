"""A decision as a FHIR R4 Bundle, and a rule set as the definitions that a site loads beside it."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic_core import to_json

from allstatus.decision.decision import Decision
from allstatus.ehr.out.context import Context
from allstatus.ehr.out.detected_issues import make_issues
from allstatus.ehr.out.guidance import make_guidance
from allstatus.ehr.out.names import BASE, Json, Names
from allstatus.ehr.out.observation import has_observation, make_observation
from allstatus.ehr.out.plan_definition import make_library, make_plan
from allstatus.ehr.out.provenance import make_device, make_provenance
from allstatus.ehr.out.request_group import make_proposals
from allstatus.ehr.out.terminology import make_terminology
from allstatus.table.decision_table import DecisionTable


def to_bundle(decision: Decision, *, at: datetime | None = None, base: str = BASE) -> Json:
    """A collection Bundle of one decision.

    It holds a GuidanceResponse always; a preliminary Observation where there is an answer; a
    RequestGroup of what the page lists; a DetectedIssue for each contradiction; a Device and the
    Provenance. Ids follow from the decision's content, and `at` (now, by default) is the only thing
    in it that does not. `base` begins the definitions' addresses.
    """
    context = Context(decision, at or datetime.now(UTC), base)
    resources = [make_guidance(context)]
    if has_observation(context):
        resources.append(make_observation(context))
    if decision.options:
        resources.append(make_proposals(context))
    resources += make_issues(context)
    resources.append(make_provenance(context, resources))
    resources.append(make_device(context))
    return {
        "resourceType": "Bundle",
        "id": context.id("Bundle"),
        "type": "collection",
        "timestamp": context.instant,
        "identifier": {"system": f"{base}/decision", "value": f"sha256:{context.digest}"},
        "entry": [
            {"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource}
            for resource in resources
        ],
    }


def bundle_json(decision: Decision, *, at: datetime | None = None, base: str = BASE) -> bytes:
    """`to_bundle()` as one line of UTF-8 JSON."""
    return to_json(to_bundle(decision, at=at, base=base))


def definitions(table: DecisionTable, *, base: str = BASE, cql: str | None = None) -> list[Json]:
    """What a site loads once for a rule set: CodeSystems, ValueSets, ConceptMaps, a PlanDefinition
    and its Library.

    `cql` is the rule set as a CQL library, which defines what the plan's conditions name.
    """
    names = Names(table.ruleset, base)
    return [*make_terminology(names), make_plan(names), make_library(names, table, cql)]
