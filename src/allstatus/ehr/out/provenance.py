"""Who computed a decision from what: this program as a Device, and the Provenance."""

from __future__ import annotations

import allstatus
from allstatus.ehr.out.context import Context
from allstatus.ehr.out.names import Json, coded

ASSEMBLER = coded("provenance-participant-type", "assembler", "Assembler")
CREATE = coded("v3-DataOperation", "CREATE", "create")


def make_device(context: Context) -> Json:
    """This program, its engine and its rules, by version and digest."""
    decision, rules = context.decision, context.decision.rules
    versions = {
        "allstatus": allstatus.__version__,
        "engine": decision.engine,
        f"rule set {rules.id}": rules.version,
        "rule set SHA-256": rules.digest,
        "decision table SHA-256": decision.ruleset.table_digest,
    }
    return {
        "resourceType": "Device",
        "id": context.device_id,
        "status": "active",
        "deviceName": [{"name": "allstatus", "type": "model-name"}],
        "version": [{"type": {"text": name}, "value": value} for name, value in versions.items()],
        "note": [context.notice],
    }


def make_provenance(context: Context, targets: list[Json]) -> Json:
    """Where the resources come from: the device, the rules as policy, the evidence that counted."""
    made = [
        {"reference": f"urn:uuid:{target['id']}", "type": target["resourceType"]}
        for target in targets
    ]
    evidence = [
        {"role": "source", "what": {"reference": reference}} for reference in context.used()
    ]
    return context.resource(
        "Provenance",
        ("Provenance",),
        target=made,
        recorded=context.instant,
        policy=[context.names.versioned("PlanDefinition")],
        activity=CREATE,
        agent=[{"type": ASSEMBLER, "who": context.device}],
        entity=evidence,
    )
