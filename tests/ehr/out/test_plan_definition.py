"""The PlanDefinition applied by an engine that is not ours: the action of the status, and only
it.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

from cql_backend import parameters

from allstatus.ehr.out.bundle import definitions
from allstatus.translate.cql import to_cql
from needs import needs
from node import NODE, js_tool
from shipped import RULES

TREATED = {"prior_treatment": "disease_directed", "cbc": "normal", "signs_and_symptoms": "absent"}
BEFORE = {**TREATED, "prior_remission": True}
SICK = {"prior_treatment": "none", "cbc": "abnormal", "signs_and_symptoms": "present"}
CASES: dict[str, tuple[dict[str, Any], str | None]] = {
    "exactly at the limit": ({**TREATED, "marrow_blast_percent": "5"}, "in_remission"),
    "above the limit, never in remission": ({**TREATED, "marrow_blast_percent": "5.1"}, None),
    "above the limit after a remission": ({**BEFORE, "marrow_blast_percent": "5.1"}, "recurrent"),
    "below some limit": ({**TREATED, "marrow_blast_percent": "<5"}, "in_remission"),
    "on both sides": ({**BEFORE, "marrow_blast_percent": "5-10"}, None),
    "outside the marrow after a remission": (
        {**BEFORE, "leukemia_outside_marrow": "present"},
        "recurrent",
    ),
    "outside the marrow not known": (
        {**TREATED, "marrow_blast_percent": "4", "leukemia_outside_marrow": "unknown"},
        None,
    ),
    "never treated": ({**SICK, "marrow_blast_percent": "80"}, "untreated"),
    "no marrow": (BEFORE, None),
    "facts that contradict each other": (
        {**SICK, "prior_remission": True, "marrow_blast_percent": "80"},
        None,
    ),
}


@needs("node", "npm:encender", "npm:@cqframework/cql")
def test_another_engine_applies_the_action_of_the_status_and_only_it(tmp_path: Path) -> None:
    found = {
        f"{one['resourceType']}-{one['id']}": one
        for one in definitions(RULES.table, cql=to_cql(RULES.table))
    }
    paths = []
    for kind in ("PlanDefinition", "Library"):
        paths.append(tmp_path / f"{kind}.json")
        paths[-1].write_text(json.dumps(found[f"{kind}-{RULES.ruleset.id}"]), "utf-8")
    lines = "".join(
        json.dumps(parameters(RULES.ruleset, record)) + "\n" for record, _ in CASES.values()
    )
    command = [NODE, js_tool("apply.mjs"), *map(str, paths)]
    result = subprocess.run(
        command, input=lines, capture_output=True, text=True, check=False, timeout=300
    )
    assert result.returncode == 0, result.stderr
    applied = dict(zip(CASES, map(json.loads, result.stdout.splitlines()), strict=True))
    assert applied == {
        name: [] if status is None else [action(status)] for name, (_, status) in CASES.items()
    }
    for record, status in CASES.values():
        assert RULES.classify(record).status == status


def action(status: str) -> dict[str, Any]:
    titles = [option["title"] for option in RULES.ruleset.options[status]]
    return {"title": RULES.ruleset.statuses[status].title, "lists": titles}


def test_the_plan_holds_what_each_status_lists_under_its_own_condition() -> None:
    plan = next(one for one in definitions(RULES.table) if one["resourceType"] == "PlanDefinition")
    for action, status in zip(plan["action"], RULES.ruleset.statuses.values(), strict=True):
        expression = action["condition"][0]["expression"]["expression"]
        assert f'define "{expression}": Coalesce("Status" = \'{status.name}\', false)' in to_cql(
            RULES.table
        )
        assert [option["title"] for option in action["action"]] == [
            option["title"] for option in RULES.ruleset.options[status.name]
        ]
        assert status.cite["sentence"] in json.dumps(action["documentation"])
